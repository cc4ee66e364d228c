//! `code`: a code object of CPython 3.14's form, with its translation made on first execution.

use crate::builtins::singletons::{bool_value, ellipsis, none};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::events::Monitors;
use crate::events::bodies::EventTable;
use crate::execution::body::Body;
use crate::execution::translate::translate;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::shapes::id;
use crate::vm::Vm;
use crate::watch::{self, Kind};
use adder_compiler::code::{self as flags, CodeData, Const};
use adder_compiler::tables;
use adder_heap as heap;
use adder_heap::{GilCell, Refs, Visitor};
use adder_macros::pyclass;
use std::cell::Cell;

/// Create a code object.  Not for mere mortals.
#[pyclass(name = "code", fixed = id::CODE, pinned = true, refs = Refs::Custom(trace))]
#[repr(C)]
pub struct Code {
    pub h: LongHeader,
    pub name: Field<Ref<Str>>,
    pub qualname: Field<Ref<Str>>,
    pub filename: Field<Ref<Str>>,
    pub consts: Field<Ref<Tuple>>,
    pub names: Field<Ref<Tuple>>,
    pub localsplusnames: Field<Ref<Tuple>>,
    /// Everything that is not an object.
    pub plain: Box<Plain>,
    /// The translation in use: one of `bodies`, or null.
    body: Cell<*mut Body>,
    /// The translations made so far: the plain one, and the one with events.
    bodies: [Cell<*mut Body>; 2],
    /// The place in `TRANSLATED`.
    number: Cell<usize>,
    /// What `sys.monitoring` has set for this code object.
    pub monitors: Cell<*mut Monitors>,
    /// Data that debuggers attach.
    pub extra: Cell<usize>,
}

/// The fields of a code object that are plain data.
#[derive(Clone)]
pub struct Plain {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    pub flags: u32,
    pub firstlineno: i32,
    pub code: Vec<u8>,
    pub localspluskinds: Vec<u8>,
    pub linetable: Vec<u8>,
    pub exceptiontable: Vec<u8>,
    pub nlocals: u32,
    pub ncells: u32,
    pub nfrees: u32,
}

/// The addresses of the code objects that have a translation; they leave when they are freed.
static TRANSLATED: GilCell<Vec<usize>> = GilCell::new(Vec::new());

/// Calls `f` for every code object that has a translation.
pub fn each_translated(f: &mut dyn FnMut(&Code)) {
    for i in 0..TRANSLATED.get().len() {
        // SAFETY: code objects are pinned, and freed ones are not in the list.
        f(unsafe { &*(TRANSLATED.get()[i] as *const Code) });
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        if !self.bodies[0].get().is_null() {
            let (all, number) = (TRANSLATED.get(), self.number.get());
            all.swap_remove(number);
            if let Some(moved) = all.get(number) {
                // SAFETY: as in `each_translated`.
                unsafe { &*(*moved as *const Code) }.number.set(number);
            }
        }
        for body in &self.bodies {
            if !body.get().is_null() {
                // SAFETY: made by Box::into_raw in `translation`; the code object is dead, so nobody runs it.
                drop(unsafe { Box::from_raw(body.get()) });
            }
        }
        if !self.monitors.get().is_null() {
            // SAFETY: made by Box::into_raw in `events::monitors_of`.
            drop(unsafe { Box::from_raw(self.monitors.get()) });
        }
    }
}

unsafe fn trace(p: *mut u8, v: &mut Visitor) {
    // SAFETY: called by the collector with a Code object.
    unsafe {
        let code = &mut *(p as *mut Code);
        v.visit_field(&code.name);
        v.visit_field(&code.qualname);
        v.visit_field(&code.filename);
        v.visit_field(&code.consts);
        v.visit_field(&code.names);
        v.visit_field(&code.localsplusnames);
        for body in &code.bodies {
            if let Some(body) = body.get().as_mut() {
                body.trace(v);
            }
        }
    }
}

impl Code {
    /// Makes a code object of compiled data.
    pub fn from_data(vm: &Vm, data: &CodeData) -> PyResult<Ref<Code>> {
        let filename = vm.new_str(&data.filename).downcast::<Str>().expect("a string");
        Code::from_data_in(vm, data, filename)
    }

    fn from_data_in(vm: &Vm, data: &CodeData, filename: Ref<Str>) -> PyResult<Ref<Code>> {
        let consts = Tuple::build(vm, data.consts.len(), |i| constant(vm, &data.consts[i], filename))?;
        let names = interned(vm, &data.names);
        let locals = interned(vm, &data.localsplusnames);
        let kinds = &data.localspluskinds;
        let count = |bit: u8| kinds.iter().filter(|k| **k & bit != 0).count() as u32;
        let plain = Plain {
            argcount: data.argcount,
            posonlyargcount: data.posonlyargcount,
            kwonlyargcount: data.kwonlyargcount,
            stacksize: data.stacksize,
            flags: data.flags,
            firstlineno: data.firstlineno,
            code: data.code.clone(),
            localspluskinds: kinds.clone(),
            linetable: data.linetable.clone(),
            exceptiontable: data.exceptiontable.clone(),
            nlocals: count(flags::CO_FAST_LOCAL),
            ncells: count(flags::CO_FAST_CELL),
            nfrees: count(flags::CO_FAST_FREE),
        };
        let (name, qualname) = (vm.intern_str(&data.name), vm.intern_str(&data.qualname));
        Ok(Code::new(vm, name, qualname, filename, consts, names, locals, plain))
    }

    pub fn new(
        _vm: &Vm,
        name: Ref<Str>,
        qualname: Ref<Str>,
        filename: Ref<Str>,
        consts: Ref<Tuple>,
        names: Ref<Tuple>,
        localsplusnames: Ref<Tuple>,
        plain: Plain,
    ) -> Ref<Code> {
        let code = heap::new(
            Code::shape(),
            Code {
                h: LongHeader::new(),
                name: Field::new(name),
                qualname: Field::new(qualname),
                filename: Field::new(filename),
                consts: Field::new(consts),
                names: Field::new(names),
                localsplusnames: Field::new(localsplusnames),
                plain: Box::new(plain),
                body: Cell::new(std::ptr::null_mut()),
                bodies: [const { Cell::new(std::ptr::null_mut()) }; 2],
                number: Cell::new(0),
                monitors: Cell::new(std::ptr::null_mut()),
                extra: Cell::new(0),
            },
        );
        watch::tell(Kind::Code, watch::CREATE, code.value(), None);
        code
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.plain.flags & flag != 0
    }

    /// The docstring constant, or None.
    pub fn docstring(&self) -> Value {
        if self.has_flag(flags::CO_HAS_DOCSTRING) && self.consts.get().len() > 0 {
            self.consts.get().get(0)
        } else {
            none()
        }
    }

    /// The line of a bytecode unit.
    pub fn line_of(&self, unit: u32) -> Option<i32> {
        tables::line_of(&self.plain.linetable, self.plain.firstlineno, unit)
    }

    /// Must be called after storing a value into the body.
    #[inline(always)]
    pub fn touched(&self) {
        // SAFETY: a Code exists only in the heap, so its address is its reference.
        heap::write_barrier(unsafe { Ref::from_ptr(self as *const Code as *mut Code) }.value());
    }

    /// The translation, if it was made.
    #[inline(always)]
    pub fn ready_body(&self) -> Option<*mut Body> {
        let b = self.body.get();
        if b.is_null() { None } else { Some(b) }
    }

    /// The translation, made when first needed.
    #[inline(always)]
    pub fn body(&self, vm: &Vm) -> PyResult<*mut Body> {
        let b = self.body.get();
        if b.is_null() { self.translate(vm) } else { Ok(b) }
    }

    /// The translation without events, if it was made.
    pub fn plain_body(&self) -> Option<*mut Body> {
        Some(self.bodies[0].get()).filter(|b| !b.is_null())
    }

    /// Uses the translation that present events ask for from now on.
    pub fn choose_body(&self) {
        if self.bodies[0].get().is_null() {
            return;
        }
        let wanted = crate::events::wanted(self);
        self.body.set(self.bodies[wanted as usize].get());
        // SAFETY: body-of-code.
        unsafe { (*self.bodies[0].get()).replaced.set(wanted) };
    }

    #[cold]
    #[inline(never)]
    fn translate(&self, vm: &Vm) -> PyResult<*mut Body> {
        if self.bodies[0].get().is_null() {
            self.bodies[0].set(self.translation(vm, false)?);
            self.number.set(TRANSLATED.get().len());
            TRANSLATED.get().push(self as *const Code as usize);
            self.touched();
        }
        if crate::events::wanted(self) && self.bodies[1].get().is_null() {
            self.bodies[1].set(self.translation(vm, true)?);
            self.touched();
        }
        self.choose_body();
        Ok(self.body.get())
    }

    fn translation(&self, vm: &Vm, events: bool) -> PyResult<*mut Body> {
        let p = &self.plain;
        let consts = self.consts.get();
        let small = |k: usize| match consts.items().get(k) {
            Some(v) if v.is_small() => i16::try_from(v.small()).ok(),
            _ => None,
        };
        let locals = self.localsplusnames.get().len();
        let stack = p.stacksize as usize;
        let Ok(t) = translate(&p.code, &p.exceptiontable, locals, stack, consts.len(), &small, events) else {
            return Err(vm.system_error("code object too large or malformed"));
        };
        let events = match (events, self.plain_body()) {
            // SAFETY: bodies live as long as their code.
            (true, Some(plain)) => match EventTable::new(self, &t.code, unsafe { &*plain }) {
                Some(table) => Some(Box::new(table)),
                None => return Err(vm.system_error("a translation with events differs")),
            },
            _ => None,
        };
        let kwonly = p.kwonlyargcount as usize;
        let variadic = p.flags & (flags::CO_VARARGS | flags::CO_VARKEYWORDS) != 0;
        let names = self.names.get();
        let starts_with_resume = t.code.first().is_some_and(|i| i.op == crate::execution::instr::Op::Resume);
        let body = Body {
            starts_with_resume,
            replaced: Default::default(),
            owners: Default::default(),
            events,
            code: t.code[..].into(),
            origin: t.origin[..].into(),
            handlers: t.handlers[..].into(),
            caches: t.caches[..].into(),
            constants: consts
                .items()
                .iter()
                .copied()
                .chain(t.smalls.iter().map(|i| Value::from_small(*i as i64)))
                .map(|v| v.bits())
                .collect(),
            names: names.items().iter().map(|v| v.bits()).collect(),
            registers: t.registers,
            locals,
            cleared: if t.live.is_empty() { t.registers } else { locals },
            live: t.live[..].into(),
            arguments: p.argcount as usize,
            simple: kwonly == 0 && !variadic && p.flags & flags::CO_OPTIMIZED != 0,
            optimized: p.flags & flags::CO_OPTIMIZED != 0,
            is_generator: p.flags & (flags::CO_GENERATOR | flags::CO_COROUTINE | flags::CO_ASYNC_GENERATOR)
                != 0,
        };
        t.recycle();
        Ok(Box::into_raw(Box::new(body)))
    }
}

fn interned(vm: &Vm, names: &[String]) -> Ref<Tuple> {
    let result: Result<_, std::convert::Infallible> =
        Tuple::build(vm, names.len(), |i| Ok(vm.intern_str(&names[i]).value()));
    match result {
        Ok(t) => t,
        Err(never) => match never {},
    }
}

/// Whether CPython interns a string constant: all of it could be part of a name.
fn is_name_like(s: &Str) -> bool {
    s.as_ascii().is_some_and(|s| s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
}

/// A constant as an object.
pub fn constant(vm: &Vm, c: &Const, filename: Ref<Str>) -> PyResult<Value> {
    Ok(match c {
        Const::None => none(),
        Const::True => bool_value(true),
        Const::False => bool_value(false),
        Const::Ellipsis => ellipsis(),
        Const::Int(i) => vm.int(*i),
        Const::BigInt { negative, magnitude_le } => {
            let magnitude = dashu_int::IBig::from(dashu_int::UBig::from_le_bytes(magnitude_le));
            vm.int_from_ibig(&if *negative { -magnitude } else { magnitude })?
        }
        Const::Float(f) => vm.float(*f),
        Const::Complex(re, im) => vm.complex(*re, *im),
        Const::Str(s) => {
            let s = vm.str_from_wtf8(s)?;
            if is_name_like(&s) { vm.intern_ref(s).value() } else { s.value() }
        }
        Const::Bytes(b) => vm.new_bytes(b)?,
        Const::Tuple(items) => Tuple::build(vm, items.len(), |i| constant(vm, &items[i], filename))?.value(),
        Const::FrozenSet(items) => {
            let t = Tuple::build(vm, items.len(), |i| constant(vm, &items[i], filename))?;
            vm.frozenset_from(t.items())?
        }
        Const::Slice(parts) => {
            let (a, b, c) = (
                constant(vm, &parts[0], filename)?,
                constant(vm, &parts[1], filename)?,
                constant(vm, &parts[2], filename)?,
            );
            vm.new_slice(a, b, c)
        }
        Const::Code(data) => Code::from_data_in(vm, data, filename)?.value(),
    })
}
