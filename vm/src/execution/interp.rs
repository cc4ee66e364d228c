//! The interpreter: `Machine` over plain words, calls and returns.
//!
//! Python calls Python without native recursion: a call pushes a control record and the loop goes
//! on in the callee. `run` is entered anew only when Rust calls Python.

use super::attribute_cache::{self, Access};
use super::body::{Body, Cache, CacheKind};
use super::cold;
use super::frame::{Control, Kind};
use super::instr::{CONSTANT, Instr, Op};
use super::lifetimes;
use super::outside;
use crate::builtins::descr::{MethodDescriptor, NativeFunction};
use crate::builtins::float::Float;
use crate::builtins::function::Function;
use crate::builtins::generator_frames;
use crate::builtins::int::BigInt;
use crate::builtins::module::Module;
use crate::builtins::singletons::{bool_value, none};
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::{PyResult, Raised};
use crate::extension;
use crate::object::{Object as _, Ref, ShapeId, Value, ValueExt};
use crate::semantics::machine::{Cond, Effect, FloatOp, Flow, IntOp, Machine};
use crate::slots::SlotId;
use crate::vm::Vm;
use adder_heap as heap;

/// The interpreter's state: where it is in which frame.
///
/// It lives in machine registers while instructions execute, so nothing may take its address: what is not
/// inlined saves the position and works on a state of its own (`saved`); see `run.rs`.
///
/// The fast instance (`FAST`) calls nothing: where the other one would, it sets `stopped` and has no effect
/// from then on. Because instructions do their tests first, the whole instruction can then be executed by
/// the other one.
#[derive(Clone, Copy)]
pub struct Interp<const FAST: bool = false> {
    pub pc: *const Instr,
    pub regs: *mut u64,
    pub frame: *mut Control,
    /// The frame's body.
    pub body: *const Body,
    pub vm: &'static Vm,
    pub stopped: bool,
}

impl Interp {
    /// The state of the running frame, as it was saved.
    #[inline(always)]
    pub fn saved(vm: &'static Vm) -> Interp {
        let (pc, regs, frame, body) =
            (std::ptr::null(), std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null());
        let mut m = Interp { pc, regs, frame, body, vm, stopped: false };
        m.reload();
        m
    }
}

impl<const FAST: bool> Interp<FAST> {
    /// Leaves the instruction to the other instance.
    #[inline(always)]
    fn stop(&mut self) -> Raised {
        self.stopped = true;
        Raised::stopped()
    }

    /// The same state as the fast instance's, and back.
    #[inline(always)]
    fn fast(&self) -> Interp<true> {
        let Interp { pc, regs, frame, body, vm, stopped } = *self;
        Interp { pc, regs, frame, body, vm, stopped }
    }

    #[inline(always)]
    fn adopt(&mut self, other: Interp<true>) {
        let Interp { pc, regs, frame, body, vm, stopped } = other;
        *self = Interp { pc, regs, frame, body, vm, stopped };
    }

    /// Goes on from the saved position if that makes sense.
    #[inline(always)]
    fn resume(&mut self, flow: Flow) -> Flow {
        if matches!(flow, Flow::Next | Flow::Switch) {
            self.reload();
        }
        flow
    }

    /// Saves the position, so that collections, tracebacks and calls see it.
    #[inline(always)]
    pub fn sync(&self) {
        // SAFETY: running-frame.
        unsafe { (*self.frame).pc = self.pc };
    }

    /// The running instruction has called native code and will probably do so again: its first form, which calls
    /// nothing, is not tried any more.
    #[inline(always)]
    pub fn specialize_call(&mut self) {
        // SAFETY: the instruction before `pc` is a call, of one word.
        let op = unsafe { &mut (*self.pc.cast_mut().sub(1)).op };
        match op {
            Op::Call => *op = Op::CallNative,
            Op::CallMethod => *op = Op::CallNativeMethod,
            _ => {}
        }
    }

    /// Continues in whatever frame is on top now.
    #[inline(always)]
    pub fn reload(&mut self) {
        self.frame = self.vm.thread().frame.get();
        // SAFETY: running-frame.
        unsafe {
            // The position has often just been saved. Loaded together with its neighbour, as the compiler would
            // have it, it would have to wait until the store has reached the cache.
            self.pc = (&raw const (*self.frame).pc).read_volatile();
            self.regs = (*self.frame).regs;
            self.body = (*self.frame).body;
        }
    }

    #[inline(always)]
    fn body(&self) -> &'static Body {
        // SAFETY: body-of-code.
        unsafe { &*self.body }
    }

    /// Pushes the frame of a Python function whose arguments are `count` registers from `first` on,
    /// which become its first registers. False: the function or the stacks need the general way, and
    /// nothing happened. The caller has saved the position.
    #[inline(always)]
    pub fn enter(
        &mut self,
        f: Ref<Function>,
        dest: u16,
        first: u16,
        count: usize,
        kind: Kind,
        extra: u64,
    ) -> bool {
        // SAFETY: running-frame.
        let passes = unsafe { (*self.frame).owned } != 0;
        if FAST && passes {
            self.stopped = true;
            return false;
        }
        let Some(body) = f.code.get().ready_body() else { return false };
        // SAFETY: body-of-code.
        let body = unsafe { &*body };
        if !body.simple || count > body.arguments {
            return false;
        }
        let thread = self.vm.thread();
        let regs = unsafe { self.regs.add(first as usize) };
        let next = unsafe { self.frame.add(1) };
        if thread.depth.get() >= self.vm.recursion_limit() || !thread.has_room(next, regs, body.registers) {
            return false;
        }
        let mut used = count;
        if count < body.arguments {
            let Some(defaults) = f.defaults.get() else { return false };
            let lacking = body.arguments - count;
            let Some(skip) = defaults.len().checked_sub(lacking) else { return false };
            for v in &defaults.items()[skip..] {
                unsafe { *regs.add(used) = v.bits() };
                used += 1;
            }
        }
        let owned = if !FAST && passes { outside::pass(self.vm, body, regs, count) } else { 0 };
        thread.depth.set(thread.depth.get() + 1);
        unsafe {
            while used < body.cleared {
                *regs.add(used) = 0;
                used += 1;
            }
            next.write(Control { extra, dest, owned, ..Control::new(f, body, regs, kind) });
        }
        thread.frame.set(next);
        self.frame = next;
        self.regs = regs;
        self.body = body;
        // The RESUME at the start only asks for events.
        let skip = body.starts_with_resume && !self.vm.eval_breaker();
        self.pc = unsafe { body.code.as_ptr().add(skip as usize) };
        true
    }

    /// As `enter`, with arguments that are in no register yet.
    #[inline(always)]
    pub fn enter_with(&mut self, f: Ref<Function>, dest: u16, args: &[Value], kind: Kind) -> bool {
        let first = self.body().registers;
        let (next, regs) = unsafe { (self.frame.add(1), self.regs.add(first)) };
        if first > u16::MAX as usize || !self.vm.thread().has_room(next, regs, args.len()) {
            return false;
        }
        for (i, v) in args.iter().enumerate() {
            unsafe { *regs.add(i) = v.bits() };
        }
        self.enter(f, dest, first as u16, args.len(), kind, 0)
    }
}

// SAFETY of the operations below: semantics ask for offsets of the object whose shape they have just tested
// (layout-of-objects), for registers of the running body that are live (live-registers), for numbers of
// constants, names and caches that the translation gave out, and move `pc` by offsets that it computed
// (body-of-code); `frame` is the running frame (running-frame).
impl<const FAST: bool> Machine for Interp<FAST> {
    type V = Value;
    type I = i64;
    type F = f64;
    type B = bool;

    #[inline(always)]
    fn vm(&self) -> &'static Vm {
        self.vm
    }

    #[inline(always)]
    fn reg(&mut self, r: u16) -> Value {
        debug_assert!(unsafe { *self.regs.add(r as usize) } != 0, "an empty register is read");
        unsafe { Value::from_bits_unchecked(*self.regs.add(r as usize)) }
    }

    #[inline(always)]
    fn operand(&mut self, r: u16) -> Value {
        if r < CONSTANT { self.reg(r) } else { self.code_constant((r - CONSTANT) as u32) }
    }

    #[inline(always)]
    fn copy_operand(&mut self, to: u16, from: u16) {
        if from < CONSTANT {
            self.copy(to, from);
        } else {
            let v = self.code_constant((from - CONSTANT) as u32);
            self.set(to, v);
        }
    }

    #[inline(always)]
    fn set(&mut self, r: u16, v: Value) {
        if FAST && self.stopped {
            return;
        }
        unsafe { *self.regs.add(r as usize) = v.bits() }
    }

    #[inline(always)]
    fn clear(&mut self, r: u16) {
        unsafe { *self.regs.add(r as usize) = 0 }
    }

    #[inline(always)]
    fn copy(&mut self, to: u16, from: u16) {
        unsafe { *self.regs.add(to as usize) = *self.regs.add(from as usize) }
    }

    #[inline(always)]
    fn exchange(&mut self, a: u16, b: u16) {
        unsafe { std::ptr::swap(self.regs.add(a as usize), self.regs.add(b as usize)) }
    }

    #[inline(always)]
    fn is_bound(&mut self, r: u16) -> bool {
        unsafe { *self.regs.add(r as usize) != 0 }
    }

    #[inline(always)]
    fn constant(&mut self, v: Value) -> Value {
        v
    }

    #[inline(always)]
    fn code_constant(&mut self, k: u32) -> Value {
        unsafe { Value::from_bits_unchecked(*self.body().constants.get_unchecked(k as usize)) }
    }

    #[inline(always)]
    fn int_constant(&mut self, i: i64) -> i64 {
        i
    }

    #[inline(always)]
    fn float_constant(&mut self, f: f64) -> f64 {
        f
    }

    #[inline(always)]
    fn bool_constant(&mut self, b: bool) -> bool {
        b
    }

    #[inline(always)]
    fn word(&self, v: Value) -> Value {
        v
    }

    #[inline(always)]
    fn test(&mut self, b: bool) -> bool {
        b
    }

    #[inline(always)]
    fn is_small(&mut self, v: Value) -> bool {
        v.is_small()
    }

    #[inline(always)]
    fn shape_is(&mut self, v: Value, shape: ShapeId) -> bool {
        v.is_ptr() && v.shape() == shape
    }

    #[inline(always)]
    fn has_identity(&mut self, v: Value) -> bool {
        v.is_ptr() && v.shape() != Float::shape() && v.shape() != BigInt::shape()
    }

    #[inline(always)]
    fn same_word(&mut self, v: Value, w: Value) -> bool {
        v == w
    }

    #[inline(always)]
    fn is_object(&mut self, v: Value, address: usize) -> bool {
        v.bits() == address as u64
    }

    #[inline(always)]
    fn equal_words(&mut self, v: Value, w: Value) -> bool {
        v == w
    }

    #[inline(always)]
    fn promote(&mut self, v: Value) -> Value {
        v
    }

    #[inline(always)]
    fn version_is(&mut self, cache: &Cache) -> bool {
        // The shape test came first, so the class is alive.
        unsafe { *cache.version_at == cache.version }
    }

    #[inline(always)]
    fn unbox_int(&mut self, v: Value) -> i64 {
        v.small()
    }

    #[inline(always)]
    fn box_int(&mut self, i: i64) -> Value {
        Value::from_small(i)
    }

    #[inline(always)]
    fn unbox_float(&mut self, v: Value) -> f64 {
        unsafe { v.cast::<Float>() }.value
    }

    #[inline(always)]
    fn box_float(&mut self, f: f64) -> Value {
        if FAST {
            return match self.vm.float_in_place(f) {
                Some(v) => v,
                None => {
                    self.stopped = true;
                    none()
                }
            };
        }
        // It may collect.
        self.sync();
        self.vm.float(f)
    }

    #[inline(always)]
    fn box_bool(&mut self, b: bool) -> Value {
        bool_value(b)
    }

    #[inline(always)]
    fn not(&mut self, b: bool) -> bool {
        !b
    }

    #[inline(always)]
    fn is_word(&mut self, v: Value, w: Value) -> bool {
        v == w
    }

    #[inline(always)]
    fn int_to_float(&mut self, i: i64) -> f64 {
        i as f64
    }

    #[inline(always)]
    fn int_add(&mut self, a: i64, b: i64) -> Option<i64> {
        let r = a.wrapping_add(b);
        if Value::try_small(r).is_some() { Some(r) } else { None }
    }

    #[inline(always)]
    fn int_sub(&mut self, a: i64, b: i64) -> Option<i64> {
        let r = a.wrapping_sub(b);
        if Value::try_small(r).is_some() { Some(r) } else { None }
    }

    #[inline(always)]
    fn int_mul(&mut self, a: i64, b: i64) -> Option<i64> {
        let r = a.checked_mul(b)?;
        if Value::try_small(r).is_some() { Some(r) } else { None }
    }

    #[inline(always)]
    fn int_op(&mut self, op: IntOp, a: i64, b: i64) -> i64 {
        match op {
            IntOp::And => a & b,
            IntOp::Or => a | b,
            IntOp::Xor => a ^ b,
            IntOp::Shr => a >> b,
            IntOp::FloorDiv => a.div_euclid(b),
            IntOp::Mod => a.rem_euclid(b),
        }
    }

    #[inline(always)]
    fn int_cmp(&mut self, c: Cond, a: i64, b: i64) -> bool {
        match c {
            Cond::Lt => a < b,
            Cond::Le => a <= b,
            Cond::Eq => a == b,
            Cond::Ne => a != b,
            Cond::Gt => a > b,
            Cond::Ge => a >= b,
            Cond::Below => (a as u64) < (b as u64),
        }
    }

    #[inline(always)]
    fn float_op(&mut self, op: FloatOp, a: f64, b: f64) -> f64 {
        match op {
            FloatOp::Add => a + b,
            FloatOp::Sub => a - b,
            FloatOp::Mul => a * b,
            FloatOp::Div => a / b,
            FloatOp::Neg => -a,
        }
    }

    #[inline(always)]
    fn float_cmp(&mut self, c: Cond, a: f64, b: f64) -> bool {
        match c {
            Cond::Lt => a < b,
            Cond::Le => a <= b,
            Cond::Eq => a == b,
            Cond::Ne => a != b,
            Cond::Gt => a > b,
            Cond::Ge => a >= b,
            Cond::Below => unreachable!("floats have no unsigned order"),
        }
    }

    #[inline(always)]
    fn load(&mut self, obj: Value, offset: u32) -> Value {
        unsafe { Value::from_bits_unchecked(*(obj.header() as *const u8).add(offset as usize).cast::<u64>()) }
    }

    #[inline(always)]
    fn is_set(&mut self, obj: Value, offset: u32) -> bool {
        unsafe { *(obj.header() as *const u8).add(offset as usize).cast::<u64>() != 0 }
    }

    #[inline(always)]
    fn store(&mut self, obj: Value, offset: u32, v: Value) {
        // SAFETY: word-is-object.
        if FAST && (self.stopped || unsafe { (*obj.header()).needs_barrier() }) {
            self.stopped = true;
            return;
        }
        unsafe { *(obj.header() as *mut u8).add(offset as usize).cast::<u64>() = v.bits() }
        heap::write_barrier(obj);
    }

    #[inline(always)]
    fn load_raw(&mut self, obj: Value, offset: u32) -> i64 {
        unsafe { *(obj.header() as *const u8).add(offset as usize).cast::<i64>() }
    }

    #[inline(always)]
    fn store_raw(&mut self, obj: Value, offset: u32, i: i64) {
        if FAST && self.stopped {
            return;
        }
        unsafe { *(obj.header() as *mut u8).add(offset as usize).cast::<i64>() = i }
    }

    #[inline(always)]
    fn load_float(&mut self, obj: Value, offset: u32) -> f64 {
        unsafe { *(obj.header() as *const u8).add(offset as usize).cast::<f64>() }
    }

    #[inline(always)]
    fn load_item(&mut self, obj: Value, base: u32, i: i64) -> Value {
        unsafe {
            let p = (obj.header() as *const u8).add(base as usize).cast::<u64>().add(i as usize);
            Value::from_bits_unchecked(*p)
        }
    }

    #[inline(always)]
    fn store_item(&mut self, obj: Value, base: u32, i: i64, v: Value) {
        // SAFETY: word-is-object.
        if FAST && (self.stopped || unsafe { (*obj.header()).needs_barrier() }) {
            self.stopped = true;
            return;
        }
        unsafe {
            let p = (obj.header() as *mut u8).add(base as usize).cast::<u64>().add(i as usize);
            *p = v.bits();
            heap::write_barrier_at(obj, p);
        }
    }

    #[inline(always)]
    fn set_shape(&mut self, obj: Value, shape: ShapeId) {
        if FAST && self.stopped {
            return;
        }
        unsafe { (*obj.header()).set_shape(shape) }
    }

    #[inline(always)]
    fn call1(&mut self, _: Effect, f: fn(&Vm, Value) -> PyResult<Value>, a: Value) -> PyResult<Value> {
        if FAST {
            return Err(self.stop());
        }
        self.sync();
        if lifetimes::is_linked(a) {
            return lifetimes::residual1(self.vm, f, a);
        }
        f(self.vm, a)
    }

    #[inline(always)]
    fn call2(
        &mut self,
        _: Effect,
        f: fn(&Vm, Value, Value) -> PyResult<Value>,
        a: Value,
        b: Value,
    ) -> PyResult<Value> {
        if FAST {
            return Err(self.stop());
        }
        self.sync();
        if lifetimes::is_linked(a) || lifetimes::is_linked(b) {
            return lifetimes::residual2(self.vm, f, a, b);
        }
        f(self.vm, a, b)
    }

    #[inline(always)]
    fn call3(
        &mut self,
        _: Effect,
        f: fn(&Vm, Value, Value, Value) -> PyResult<Value>,
        a: Value,
        b: Value,
        c: Value,
    ) -> PyResult<Value> {
        if FAST {
            return Err(self.stop());
        }
        self.sync();
        if lifetimes::is_linked(a) || lifetimes::is_linked(b) {
            return lifetimes::residual3(self.vm, f, a, b, c);
        }
        f(self.vm, a, b, c)
    }

    #[inline(always)]
    fn call_truth(&mut self, v: Value) -> PyResult<bool> {
        if FAST {
            return Err(self.stop());
        }
        self.sync();
        if lifetimes::is_linked(v) {
            return lifetimes::truth(self.vm, v);
        }
        self.vm.truth(v)
    }

    #[inline(always)]
    fn new_tuple(&mut self, first: u16, count: u16) -> Value {
        if FAST {
            let made = match count {
                0 => None,
                _ => unsafe { Tuple::in_place(self.regs.add(first as usize), count as usize) },
            };
            self.stopped |= made.is_none();
            return made.unwrap_or(none());
        }
        self.sync();
        outside::new_tuple(self.vm, unsafe { self.regs.add(first as usize) }, count)
    }

    #[inline(always)]
    fn new_list(&mut self, first: u16, count: u16) -> Value {
        if FAST {
            self.stopped = true;
            return none();
        }
        self.sync();
        outside::new_list(self.vm, unsafe { self.regs.add(first as usize) }, count)
    }

    #[inline(always)]
    fn jump(&mut self, offset: i32) {
        self.pc = unsafe { self.pc.offset(offset as isize) };
    }

    #[inline(always)]
    fn jump_if(&mut self, b: bool, sense: bool, offset: i32) {
        if b == sense {
            self.jump(offset);
        }
    }

    #[inline(always)]
    fn back_edge(&mut self, offset: i32) -> Flow {
        if FAST && (self.vm.eval_breaker() || super::run::stack_grows(self.vm)) {
            self.stopped = true;
            return Flow::Raise;
        }
        if !FAST && self.vm.eval_breaker() {
            self.sync();
            if self.vm.handle_pending().is_err() {
                return Flow::Raise;
            }
            crate::events::poll(self.vm);
            if self.body != unsafe { (*self.frame).body } {
                // The frame has another body now, where the jump is longer or shorter.
                self.reload();
                let jump = unsafe { *self.pc.sub(1) };
                self.pc = unsafe { self.pc.offset(jump.imm() as isize) };
                return Flow::Next;
            }
        }
        self.pc = unsafe { self.pc.offset(offset as isize) };
        if !FAST && super::run::stack_grows(self.vm) {
            self.sync();
            return Flow::Leave;
        }
        Flow::Next
    }

    #[inline(always)]
    fn extension(&mut self) -> Instr {
        unsafe {
            let e = *self.pc;
            self.pc = self.pc.add(1);
            e
        }
    }

    #[inline(always)]
    fn cached_global(&mut self, i: u16) -> Option<Value> {
        let cache = self.cache(i);
        let globals = unsafe { (*self.frame).globals() };
        if cache.version != globals.version() || cache.version == 0 {
            return None;
        }
        if cache.kind == CacheKind::Global {
            return globals.value_at(cache.offset);
        }
        let builtins = unsafe { (*self.frame).function() }.builtins.get();
        if cache.kind == CacheKind::Builtin && cache.version2 == builtins.version() && cache.version2 != 0 {
            return builtins.value_at(cache.offset);
        }
        None
    }

    #[inline(always)]
    fn cache(&mut self, i: u16) -> &'static mut Cache {
        unsafe { &mut *((*self.body).caches.as_ptr() as *mut Cache).add(i as usize) }
    }

    #[inline(always)]
    fn known_entry(&mut self, obj: Value, site: &Cache, access: Access) -> Option<&'static Cache> {
        // SAFETY: names of a code object are interned strings.
        let name = unsafe {
            Value::from_bits_unchecked(*self.body().names.get_unchecked(site.name as usize)).cast()
        };
        attribute_cache::known(obj, name, access)
    }

    #[inline(always)]
    fn module_value(&mut self, module: Value, entry: &Cache) -> Option<Value> {
        // SAFETY: the entry's shape is that of modules.
        let dict = unsafe { module.cast::<Module>() }.dict();
        if dict.version() == entry.version2 && entry.version2 != 0 {
            dict.value_at(entry.offset)
        } else {
            None
        }
    }

    #[inline(always)]
    fn push_call(&mut self, function: Value, dest: u16, first: u16, count: u16) -> bool {
        self.sync();
        // SAFETY: the caller has tested the shape.
        self.enter(unsafe { function.cast() }, dest, first, count as usize, Kind::Call, 0)
    }

    #[inline(always)]
    fn push_bound(&mut self, function: Value, receiver: Value, dest: u16, first: u16, count: u16) -> bool {
        self.set(first - 1, receiver);
        if self.push_call(function, dest, first - 1, count + 1) {
            return true;
        }
        self.clear(first - 1);
        false
    }

    #[inline(always)]
    fn push_init(&mut self, class: Value, dest: u16, first: u16, count: u16) -> PyResult<bool> {
        if FAST {
            return Err(self.stop());
        }
        self.sync();
        let entered = outside::push_init(self.vm, class, dest, first, count)?;
        if entered {
            self.reload();
        }
        Ok(entered)
    }

    #[inline(always)]
    fn push_resume(&mut self, generator: Value, sent: Value, dest: u16, kind: Kind) -> bool {
        if FAST {
            let mut fast: Interp<true> = self.fast();
            // SAFETY: the caller has tested the shape.
            let entered =
                generator_frames::enter_fast(&mut fast, unsafe { generator.cast() }, sent, dest, kind);
            self.adopt(fast);
            return entered;
        }
        self.sync();
        let entered = outside::push_resume(self.vm, generator, sent, dest, kind);
        if entered {
            self.reload();
        }
        entered
    }

    #[inline(always)]
    fn call_getter(&mut self, obj: Value, cache: &'static Cache) -> PyResult<Value> {
        if FAST {
            return Err(self.stop());
        }
        self.sync();
        let v = attribute_cache::call_getter(self.vm, obj, cache)?;
        if lifetimes::is_linked(obj) {
            lifetimes::got(self.vm, obj, v);
        }
        Ok(v)
    }

    #[inline(always)]
    fn call_native(&mut self, f: Value, first: u16, count: u16) -> PyResult<Value> {
        if FAST {
            return Err(self.stop());
        }
        let args = unsafe { self.regs.add(first as usize) };
        // SAFETY: the caller has tested the shape.
        let native: Ref<NativeFunction> = unsafe { f.cast() };
        self.specialize_call();
        self.sync();
        let result = match native.def().direct {
            Some(direct) => {
                let receiver = native.extension_receiver().map_or(0, |v| v.bits());
                direct(self.vm, native.def(), receiver, args.cast(), count as usize)
            }
            None => outside::call_native(self.vm, f, args, count),
        };
        if self.vm.eval_breaker() && result.is_ok() {
            // Signals are handled after the call that they interrupted, and it may have been `sys.settrace`.
            self.vm.handle_pending()?;
            crate::events::poll(self.vm);
            self.reload();
        }
        result
    }

    #[inline(always)]
    fn construct(&mut self, class: Value, first: u16, count: u16) -> Option<PyResult<Value>> {
        if FAST {
            return Some(Err(self.stop()));
        }
        // SAFETY: the caller has tested the shape.
        let class: Ref<Type> = unsafe { class.cast() };
        let construct = class.construct.get()?;
        self.specialize_call();
        self.sync();
        let args = unsafe { self.regs.add(first as usize) };
        Some(construct(self.vm, class, args.cast(), count as usize))
    }

    #[inline(always)]
    fn call_foreign(&mut self, f: Value, first: u16, count: u16) -> Option<PyResult<Value>> {
        if FAST {
            return Some(Err(self.stop()));
        }
        if !f.is_ptr() || !f.class().is_foreign() {
            return None;
        }
        self.sync();
        let args = unsafe { self.regs.add(first as usize) };
        Some(extension::call_object(self.vm, f, args.cast(), count as usize))
    }

    #[inline(always)]
    fn call_descriptor(&mut self, f: Value, first: u16, count: u16) -> PyResult<Value> {
        if FAST {
            return Err(self.stop());
        }
        let args = unsafe { self.regs.add(first as usize) };
        // SAFETY: the caller has tested the shape.
        let method: Ref<MethodDescriptor> = unsafe { f.cast() };
        self.specialize_call();
        self.sync();
        if let Some(direct) = method.def().direct
            && count > 0
            && method.is_for(unsafe { Value::from_bits_unchecked(*args) })
        {
            return direct(self.vm, method.def(), 0, args.cast(), count as usize);
        }
        outside::call_descriptor(self.vm, f, args, count)
    }

    #[inline(always)]
    fn push_item(&mut self, obj: Value, key: Value, value: Option<Value>, dest: u16) -> PyResult<bool> {
        if FAST {
            return Err(self.stop());
        }
        let slot = if value.is_some() { SlotId::mp_ass_subscript } else { SlotId::mp_subscript };
        if !obj.class().is_generic(slot) {
            return Ok(false);
        }
        self.sync();
        let entered = outside::push_item(self.vm, obj, key, value, dest)?;
        if entered {
            self.reload();
        }
        Ok(entered)
    }

    #[inline(always)]
    fn push_next(&mut self, iter: Value, dest: u16) -> PyResult<bool> {
        if FAST {
            return Err(self.stop());
        }
        if !iter.class().is_generic(SlotId::tp_iternext) {
            return Ok(false);
        }
        self.sync();
        let entered = outside::push_next(self.vm, iter, dest)?;
        if entered {
            self.reload();
        }
        Ok(entered)
    }

    #[inline(always)]
    fn call_next(&mut self, iter: Value, dest: u16, offset: i32) -> PyResult<()> {
        if FAST {
            return Err(self.stop());
        }
        self.sync();
        match self.vm.next(iter)? {
            Some(v) => {
                if lifetimes::may_own(self.vm) {
                    lifetimes::iterated(self.vm, iter, v);
                }
                self.set(dest, v);
            }
            None => self.jump(offset),
        }
        Ok(())
    }

    #[inline(always)]
    fn return_value(&mut self, v: Value) -> Flow {
        let frame = unsafe { &*self.frame };
        let thread = self.vm.thread();
        let simple = match frame.kind {
            Kind::Call | Kind::Getter | Kind::Next => true,
            Kind::For | Kind::Send => true,
            Kind::Init => v == none(),
            _ => false,
        };
        // SAFETY: a frame that is not an entry has one below.
        let owns =
            |below: *mut Control| frame.owned | if simple { unsafe { (*below).owned } } else { 0 } != 0;
        let owns = owns(unsafe { self.frame.sub(1) });
        if FAST && !(simple && frame.object | frame.chain == 0 && !owns) {
            self.stopped = true;
            return Flow::Raise;
        }
        self.sync();
        let fresh = !FAST && frame.owned != 0 && outside::leave(self.frame, v);
        if !FAST && frame.object != 0 {
            cold::leave_frame(self.vm, self.frame, Some(v));
        }
        if !FAST && frame.chain != 0 {
            outside::return_to_delegator(self.vm, self.frame, v, fresh);
            self.reload();
            return Flow::Switch;
        }
        thread.depth.set(thread.depth.get() - 1);
        thread.frame.set(unsafe { self.frame.sub(1) });
        let (kind, dest) = (frame.kind, frame.dest);
        if !FAST && owns {
            outside::receive(self.vm, v, kind == Kind::Call, fresh);
        }
        match kind {
            Kind::Call | Kind::Getter | Kind::Next => {
                self.reload();
                self.set(dest, v);
                Flow::Switch
            }
            Kind::Iter => {
                self.reload();
                if v.class().slots().tp_iternext.is_none() {
                    return outside::no_iterator(self.vm, v);
                }
                self.set(dest, v);
                Flow::Switch
            }
            Kind::Entry | Kind::Generator | Kind::Drained => {
                thread.result.set(v.bits());
                Flow::Done
            }
            Kind::For | Kind::Send => {
                let jump = frame.jump;
                if FAST {
                    generator_frames::finish_fast(self.vm, frame);
                } else {
                    generator_frames::finish_frame(self.vm, self.frame);
                }
                self.reload();
                self.pc = unsafe { self.pc.offset(jump as isize) };
                if kind == Kind::Send {
                    self.set(dest, v);
                }
                Flow::Switch
            }
            Kind::AsyncSend => {
                generator_frames::finish_frame(self.vm, self.frame);
                outside::async_returned(self.vm, self.frame)
            }
            Kind::Init => {
                let instance = unsafe { Value::from_bits_unchecked(frame.extra) };
                self.reload();
                if v != none() {
                    return outside::init_returned(self.vm, v);
                }
                self.set(dest, instance);
                Flow::Switch
            }
        }
    }

    #[inline(always)]
    fn interrupted(&mut self) -> bool {
        self.vm.eval_breaker()
    }

    #[inline(always)]
    fn yield_value(&mut self, i: Instr) -> Flow {
        if FAST {
            let mut fast = self.fast();
            let suspended = generator_frames::suspend_fast(&mut fast, i);
            self.adopt(fast);
            if suspended {
                return Flow::Switch;
            }
            self.stopped = true;
            return Flow::Raise;
        }
        self.sync();
        let flow = outside::yield_value(self.vm, i);
        self.resume(flow)
    }

    #[inline(always)]
    fn specialize(&mut self, op: Op) -> bool {
        if FAST {
            self.stopped = true;
            return false;
        }
        unsafe { (*self.pc.cast_mut().sub(1)).op = op };
        true
    }

    #[inline(always)]
    fn cold(&mut self, i: Instr) -> Flow {
        if FAST {
            self.stopped = true;
            return Flow::Raise;
        }
        self.sync();
        // What is frequent among the cold.
        let flow = match i.op {
            Op::ReturnGenerator => outside::make_generator(self.vm, i),
            _ => outside::execute_cold(self.vm, i),
        };
        self.resume(flow)
    }
}
