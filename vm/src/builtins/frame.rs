//! `frame`: what Python sees of a running or finished frame.
//!
//! A frame object is made when somebody asks for it. While the frame runs the object points to its
//! control record; when the frame ends, its registers are copied into the object.

use crate::builtins::array::Array;
use crate::builtins::code::Code;
use crate::builtins::delegation;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::BaseException;
use crate::builtins::function::{Cell as PyCell, Function};
use crate::builtins::generator::{self, Generator};
use crate::builtins::singletons::{as_bool, none};
use crate::builtins::str_::Str;
use crate::builtins::traceback::Traceback;
use crate::error::PyResult;
use crate::execution::frame::Control;
use crate::execution::lifetimes;
use crate::extension;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// A frame object.
#[pyclass(name = "frame", fixed = id::FRAME)]
#[repr(C)]
pub struct Frame {
    h: LongHeader,
    function: Field<Ref<Function>>,
    locals: Field<Option<Value>>,
    /// Registers after the frame has ended.
    registers: Field<Option<Ref<Array>>>,
    back: Field<Option<Ref<Frame>>>,
    /// Keys of `f_locals` that are no variables.
    extra: Field<Option<Ref<Dict>>>,
    trace: Field<Option<Value>>,
    /// The generator whose frame it is, until that has ended.
    generator: Field<Option<Value>>,
    /// Null after the frame has ended.
    control: Cell<*mut Control>,
    unit: Cell<u32>,
    pub lineno: Cell<i32>,
    trace_lines: Cell<bool>,
    trace_opcodes: Cell<bool>,
    opcode_events: Cell<bool>,
}

pub trait FrameExt {
    /// The dict for keys of `f_locals` that are no variables.
    fn make_extra_locals(self, vm: &Vm) -> Ref<Dict>;
    fn set_trace_function(self, function: Option<Value>);
}

/// The object of a running frame.
pub fn object_of(vm: &Vm, control: *mut Control) -> Ref<Frame> {
    // SAFETY: callers pass a frame between the base and the top of the running thread's stack.
    let c = unsafe { &mut *control };
    if let Some(v) = Value::from_bits(c.object) {
        // SAFETY: the word is a Frame.
        return unsafe { v.cast() };
    }
    let _ = vm;
    let frame = heap::new(
        Frame::shape(),
        Frame {
            h: LongHeader::new(),
            function: Field::new(c.function()),
            locals: Field::new(c.locals()),
            registers: Field::new(None),
            back: Field::new(None),
            extra: Field::new(None),
            trace: Field::new(None),
            generator: Field::new(None),
            control: Cell::new(control),
            unit: Cell::new(0),
            lineno: Cell::new(0),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
            opcode_events: Cell::new(false),
        },
    );
    c.object = frame.value().bits();
    frame
}

/// The frame object `depth` levels up, None if there are not that many.
pub fn current(vm: &Vm, depth: usize) -> Option<Ref<Frame>> {
    let thread = vm.thread();
    let mut control = thread.top()?;
    let mut depth = depth;
    while control >= thread.stacks.controls {
        if depth == 0 {
            return Some(object_of(vm, control));
        }
        depth -= 1;
        // SAFETY: records from the base to the top are initialised.
        let mut sleepers = delegation::sleepers_from_top(unsafe { &*control });
        while let Some(g) = sleepers.next() {
            if depth == 0 {
                return Some(delegation::frame_of_sleeper(vm, g));
            }
            depth -= 1;
        }
        control = control.wrapping_sub(1);
    }
    None
}

/// A frame ends: its object takes the registers over.
pub fn leave(vm: &Vm, control: *mut Control, result: Option<Value>) {
    let keep = result;
    // SAFETY: the frame that ends.
    let c = unsafe { &mut *control };
    let Some(object) = Value::from_bits(c.object) else { return };
    // SAFETY: the word is a Frame.
    let frame: Ref<Frame> = unsafe { object.cast() };
    let n = c.code().localsplusnames.get().len();
    let copy = Array::new(n);
    lifetimes::share_frame(c);
    for i in 0..n {
        copy.set(i, c.reg(i));
    }
    frame.registers.set(frame, Some(copy));
    // After some RERAISEs the frame ends where the exception came up first.
    let unit = match vm.thread().reraised_at.replace(u32::MAX) {
        at if at != u32::MAX && result.is_none() => at,
        _ => c.unit(),
    };
    frame.unit.set(unit);
    frame.generator.set(frame, None);
    let thread = vm.thread();
    // A generator's frame is nobody's callee any more.
    if control > thread.stacks.controls && !c.kind.is_generator() {
        // SAFETY: there is a frame below.
        let below = unsafe { control.sub(1) };
        let back = object_of(vm, below);
        frame.back.set(frame, Some(back));
    }
    frame.control.set(std::ptr::null_mut());
    c.object = 0;
    std::hint::black_box(keep);
}

/// A generator's frame goes to sleep: its object, if there is one, reads the generator's registers.
pub fn suspend(control: *mut Control, g: Ref<Generator>) -> Option<Value> {
    // SAFETY: the frame that goes to sleep.
    let c = unsafe { &mut *control };
    let object = Value::from_bits(c.object)?;
    // SAFETY: the word is a Frame.
    let frame: Ref<Frame> = unsafe { object.cast() };
    frame.generator.set(frame, Some(g.value()));
    frame.control.set(std::ptr::null_mut());
    c.object = 0;
    Some(object)
}

/// A generator that has a frame object runs again.
pub fn wake(object: Value, control: *mut Control) {
    // SAFETY: what generators keep as their frame object is a Frame.
    let frame: Ref<Frame> = unsafe { object.cast() };
    frame.control.set(control);
    // SAFETY: the frame that is about to run.
    unsafe { (*control).locals = frame.locals.get().map_or(0, |v| v.bits()) };
}

/// The object of a sleeping generator's frame.
pub fn of_generator(g: Ref<Generator>) -> Ref<Frame> {
    let frame = Frame::of_extension(g.function.get(), None, 0);
    frame.generator.set(frame, Some(g.value()));
    frame
}

impl FrameExt for Ref<Frame> {
    fn make_extra_locals(self, vm: &Vm) -> Ref<Dict> {
        self.extra.get().unwrap_or_else(|| {
            let dict = Dict::new(vm);
            self.extra.set(self, Some(dict));
            dict
        })
    }

    fn set_trace_function(self, function: Option<Value>) {
        self.trace.set(self, function);
    }
}

/// Adds a traceback entry for the frame to the exception being raised.
pub fn add_traceback(vm: &Vm, control: *mut Control) {
    let Some(exc) = vm.peek_exception() else { return };
    let frame = object_of(vm, control);
    // SAFETY: the running frame.
    let unit = unsafe { (*control).unit() };
    let next = exc.traceback.get().and_then(|t| t.exact::<Traceback>());
    let tb = Traceback::new(next, frame, unit as i32 * 2, -1);
    exc.traceback.set(exc, Some(tb.value()));
}

/// The traceback of an exception.
pub fn traceback_of(exc: Ref<BaseException>) -> Option<Ref<Traceback>> {
    exc.traceback.get().and_then(|t| t.exact::<Traceback>())
}

impl Frame {
    /// The object of a frame that never runs: a C function's entry in tracebacks.
    pub fn of_extension(function: Ref<Function>, locals: Option<Value>, lineno: i32) -> Ref<Frame> {
        heap::new(
            Frame::shape(),
            Frame {
                h: LongHeader::new(),
                function: Field::new(function),
                locals: Field::new(locals),
                registers: Field::new(None),
                back: Field::new(None),
                extra: Field::new(None),
                trace: Field::new(None),
                generator: Field::new(None),
                control: Cell::new(std::ptr::null_mut()),
                unit: Cell::new(0),
                lineno: Cell::new(lineno),
                trace_lines: Cell::new(true),
                trace_opcodes: Cell::new(false),
                opcode_events: Cell::new(false),
            },
        )
    }

    pub fn code(&self) -> Ref<Code> {
        self.function.get().code.get()
    }

    fn running(&self) -> Option<&'static Control> {
        // SAFETY: the pointer is cleared when the frame ends.
        unsafe { self.control.get().as_ref() }
    }

    /// The sleeping generator.
    fn sleeping(&self) -> Option<Ref<Generator>> {
        self.generator.get().and_then(generator::as_generator)
    }

    pub fn unit(&self) -> u32 {
        match (self.running(), self.sleeping()) {
            (Some(c), _) => c.unit(),
            (None, Some(g)) => g.unit(),
            (None, None) => self.unit.get(),
        }
    }

    /// The line now.
    pub fn line(&self) -> Option<i32> {
        if self.lineno.get() != 0 {
            return Some(self.lineno.get());
        }
        self.code().line_of(self.unit())
    }

    fn register(&self, i: usize) -> Option<Value> {
        match (self.running(), self.sleeping()) {
            (Some(c), _) => c.reg(i).inspect(|v| extension::shared(*v)),
            (None, Some(g)) => g.register(i),
            (None, None) => self.registers.get().and_then(|r| r.get(i)),
        }
    }

    /// The local variables as a new dict, or the namespace itself for module and class code.
    pub fn locals(&self, vm: &Vm) -> PyResult<Value> {
        if let Some(namespace) = self.locals.get() {
            return Ok(namespace);
        }
        let dict = self.variables(vm);
        if let Some(extra) = self.extra.get() {
            dict.update_from(vm, extra)?;
        }
        Ok(dict.value())
    }

    /// The bound variables of a function as a new dict.
    pub fn variables(&self, vm: &Vm) -> Ref<Dict> {
        let code = self.code();
        let names = code.localsplusnames.get();
        let dict = Dict::new(vm);
        for i in 0..names.len() {
            if self.is_hidden(i) {
                continue;
            }
            if let (Some(v), Some(name)) = (self.local(i), names.get(i).downcast::<Str>()) {
                dict.set_name(name, v);
            }
        }
        dict
    }

    /// A variable of an inlined comprehension in a class body.
    pub fn is_hidden(&self, i: usize) -> bool {
        self.code().plain.localspluskinds[i] & 0x10 != 0
    }

    /// The cell of variable i, if it is one: it may not have come to the frame yet.
    fn cell(&self, i: usize) -> Option<Ref<PyCell>> {
        let code = self.code();
        let kind = code.plain.localspluskinds[i];
        if kind & 0xc0 == 0 {
            return None;
        }
        if let Some(cell) = self.register(i).and_then(|v| v.exact::<PyCell>()) {
            return Some(cell);
        }
        if kind & 0x80 == 0 {
            // A parameter that will become one.
            return None;
        }
        let (closure, all) = (self.function.get().closure.get()?, code.localsplusnames.get().len());
        closure.items().get(i + closure.len() - all).and_then(|c| c.exact::<PyCell>())
    }

    /// The value of variable i.
    pub fn local(&self, i: usize) -> Option<Value> {
        match self.cell(i) {
            Some(cell) => cell.get(),
            None => self.register(i),
        }
    }

    /// Sets variable i.
    pub fn set_local(&self, i: usize, value: Value) {
        if let Some(cell) = self.cell(i) {
            cell.set(Some(value));
            return;
        }
        match (self.running(), self.sleeping()) {
            (Some(c), _) => {
                // SAFETY: the running frame; nobody else looks at the mask.
                lifetimes::share_frame(unsafe { &mut *self.control.get() });
                c.set_reg(i, Some(value));
            }
            (None, Some(g)) => g.set_register(i, value),
            (None, None) => {
                if let Some(registers) = self.registers.get().filter(|r| i < r.capacity()) {
                    registers.set(i, Some(value));
                }
            }
        }
    }

    /// Keys of `f_locals` that are no variables.
    pub fn extra_locals(&self) -> Option<Ref<Dict>> {
        self.extra.get()
    }

    pub fn traces_lines(&self) -> bool {
        self.trace_lines.get()
    }

    pub fn traces_opcodes(&self) -> bool {
        self.opcode_events.get()
    }

    pub fn trace_function(&self) -> Option<Value> {
        self.trace.get()
    }

    pub fn globals(&self) -> Ref<Dict> {
        self.function.get().globals.get()
    }

    pub fn function(&self) -> Ref<Function> {
        self.function.get()
    }
}

fn flag(vm: &Vm, value: Option<Value>) -> PyResult<bool> {
    match value {
        None => Err(vm.type_error("can't delete numeric/char attribute")),
        Some(v) => as_bool(v).map_or_else(|| Err(vm.type_error("attribute value type must be bool")), Ok),
    }
}

#[pymethods]
impl Frame {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of frame only.
        let f: Ref<Frame> = unsafe { this.cast() };
        let code = f.code();
        let line = f.line().map_or("None".into(), |n| n.to_string());
        let id = vm.id(this);
        let file = vm.repr_string(code.filename.get().value())?;
        Ok(vm.new_str(&format!("<frame at {id:#x}, file {file}, line {line}, code {}>", code.name.get())))
    }

    #[getter]
    fn f_code(_vm: &Vm, this: Ref<Frame>) -> Ref<Code> {
        this.code()
    }

    #[getter]
    fn f_globals(_vm: &Vm, this: Ref<Frame>) -> Ref<Dict> {
        this.globals()
    }

    #[getter]
    fn f_builtins(_vm: &Vm, this: Ref<Frame>) -> Ref<Dict> {
        this.function.get().builtins.get()
    }

    #[getter]
    fn f_locals(vm: &Vm, this: Ref<Frame>) -> PyResult<Value> {
        match this.locals.get() {
            Some(namespace) => Ok(namespace),
            None => {
                let _ = vm;
                Ok(crate::builtins::frame_locals::proxy(this))
            }
        }
    }

    #[getter]
    fn f_lineno(vm: &Vm, this: Ref<Frame>) -> Value {
        this.line().map_or(none(), |n| vm.int(n as i64))
    }

    #[getter]
    fn f_lasti(_vm: &Vm, this: Ref<Frame>) -> i64 {
        this.unit() as i64 * 2
    }

    #[getter]
    fn f_back(vm: &Vm, this: Ref<Frame>) -> Option<Ref<Frame>> {
        let control = this.control.get();
        if control.is_null() {
            return match this.sleeping() {
                Some(g) => delegation::caller(vm, g),
                None => this.back.get(),
            };
        }
        // SAFETY: the frame runs.
        if let Some(g) = delegation::sleepers_from_top(unsafe { &*control }).next() {
            return Some(delegation::frame_of_sleeper(vm, g));
        }
        // It may be a frame of another thread.
        // SAFETY: listed threads are alive.
        let mut bases = vm.threads().into_iter().map(|t| unsafe { (*t).stacks.controls });
        if bases.any(|base| base == control) {
            return None;
        }
        // SAFETY: there is a frame below.
        Some(object_of(vm, unsafe { control.sub(1) }))
    }

    #[getter]
    fn f_trace(_vm: &Vm, this: Ref<Frame>) -> Value {
        this.trace.get().unwrap_or(none())
    }

    #[setter(name = "f_trace")]
    fn set_trace(_vm: &Vm, this: Ref<Frame>, value: Option<Value>) -> PyResult<()> {
        this.trace.set(this, value.filter(|v| !v.is_none()));
        if this.trace_opcodes.get() {
            this.opcode_events.set(true);
        }
        Ok(())
    }

    #[getter]
    fn f_trace_lines(_vm: &Vm, this: Ref<Frame>) -> bool {
        this.trace_lines.get()
    }

    #[setter(name = "f_trace_lines")]
    fn set_trace_lines(vm: &Vm, this: Ref<Frame>, value: Option<Value>) -> PyResult<()> {
        this.trace_lines.set(flag(vm, value)?);
        Ok(())
    }

    #[getter]
    fn f_trace_opcodes(_vm: &Vm, this: Ref<Frame>) -> bool {
        this.trace_opcodes.get()
    }

    #[setter(name = "f_trace_opcodes")]
    fn set_trace_opcodes(vm: &Vm, this: Ref<Frame>, value: Option<Value>) -> PyResult<()> {
        let on = flag(vm, value)?;
        this.trace_opcodes.set(on);
        // As in CPython this has an effect on a frame that is traced already.
        if !on || this.trace.get().is_some() {
            this.opcode_events.set(on);
        }
        Ok(())
    }

    #[getter]
    fn f_generator(_vm: &Vm, this: Ref<Frame>) -> Value {
        let running = this.running().filter(|c| c.kind.is_generator());
        let of_running = running.and_then(|c| Value::from_bits(c.extra));
        of_running.or(this.generator.get()).unwrap_or(none())
    }

    /// Clear most references held by the frame.
    #[pymethod("($self, /)")]
    fn clear(vm: &Vm, this: Ref<Frame>) -> PyResult<()> {
        if !this.control.get().is_null() {
            raise!(vm, RuntimeError, "cannot clear an executing frame")
        }
        if let Some(g) = this.sleeping() {
            if g.is_suspended() {
                raise!(vm, RuntimeError, "cannot clear a suspended frame")
            }
            delegation::close(vm, g)?;
        }
        this.registers.set(this, None);
        this.extra.set(this, None);
        Ok(())
    }
}
