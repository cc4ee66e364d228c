//! The recorder as a `Machine`: does what the interpreter does, and notes it.
//!
//! Tests that hold become guards. A test of a type that does not hold becomes a guard for the type that there
//! is. What else may say no (caches, overflow, calls that need the general way) is not noted then: what
//! follows does for every value, which `checker.rs` tests.

use super::recording::Recording;
use super::tables::{Callee, Condition};
use crate::builtins::function::Function;
use crate::builtins::module::Module;
use crate::builtins::singletons::none;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::execution::attribute_cache::Access;
use crate::execution::body::{Body, Cache, CacheKind};
use crate::execution::calls::plain_init;
use crate::execution::frame;
use crate::execution::instr::{CONSTANT, Instr, Op as Code};
use crate::execution::interp::Interp;
use crate::object::{Ref as Object, ShapeId, Value, ValueExt};
use crate::semantics::machine::{Cond, Effect, FloatOp, Flow, IntOp, Machine};
use crate::vm::Vm;
use adder_jit::abort::Abort;
use adder_jit::ir::{Const, Effect as Calls, Ref};
use adder_jit::ops::{Kind, Op};

pub struct Recorder {
    pub m: Interp,
    pub rec: Recording,
}

/// A word, and the operation that made it.
#[derive(Clone, Copy)]
pub struct Val {
    w: Value,
    r: Ref,
}

impl Recorder {
    fn val(&mut self, w: Value) -> Val {
        Val { w, r: self.rec.constant(w) }
    }

    fn int(&mut self, op: Op, a: (i64, Ref), b: (i64, Ref), i: i64) -> (i64, Ref) {
        (i, self.rec.emit(op, &[a.1, b.1]))
    }

    fn guard(&mut self, b: (bool, Ref)) -> bool {
        if !b.1.is_constant() {
            self.rec.emit(if b.0 { Op::GuardTrue } else { Op::GuardFalse }, &[b.1]);
        }
        b.0
    }

    /// Guards that a word is this very one.
    fn guard_word(&mut self, v: Val) {
        if !v.r.is_constant() {
            let expected = self.rec.constant(v.w);
            self.rec.emit(Op::GuardWord, &[v.r, expected]);
        }
    }

    /// Guards what type a value has.
    fn guard_type(&mut self, v: Val) {
        if self.rec.is_tested(v.r) {
            return;
        }
        match v.w.is_small() {
            true => self.rec.emit(Op::GuardInt, &[v.r]),
            false => self.rec.emit_with(Op::GuardShape, &[v.r], v.w.shape().0),
        };
    }

    fn equal(&mut self, v: Ref, w: Ref, outcome: bool) -> (bool, Ref) {
        (outcome, self.rec.emit(Op::WordEq, &[v, w]))
    }

    /// A word of an object that is a constant of the trace from now on.
    fn promoted_field(&mut self, obj: Ref, offset: u32, w: Value) {
        let field = self.rec.field(offset, Kind::Word);
        let r = self.rec.emit_with(Op::LoadWord, &[obj], field);
        self.guard_word(Val { w, r });
    }

    fn residual(
        &mut self,
        e: Effect,
        callee: Callee,
        operands: &[Ref],
        call: impl FnOnce(&mut Interp) -> PyResult<Value>,
    ) -> PyResult<Val> {
        let effect = if e == Effect::Pure { Calls::Pure } else { Calls::Any };
        let r = self.rec.call(callee, effect, Kind::Word, operands, self.m.pc);
        match call(&mut self.m) {
            Ok(w) => Ok(Val { w, r }),
            Err(raised) => {
                self.rec.give_up(Abort::Raised);
                Err(raised)
            }
        }
    }

    /// Guards that a call of `f` enters `body` and finds these defaults.
    fn guard_callee(&mut self, f: Val, count: usize) -> Option<&'static Body> {
        // SAFETY: the caller has tested the shape; bodies live as long as their code, which becomes a
        // constant of the trace.
        let function: Object<Function> = unsafe { f.w.cast() };
        let code = function.code.get();
        let body: &'static Body = unsafe { &*code.ready_body()? };
        if body.events.is_some() {
            self.rec.give_up(Abort::Interrupted);
        }
        self.promoted_field(f.r, Function::CODE, code.value());
        if count < body.arguments
            && let Some(defaults) = function.defaults.get()
        {
            self.promoted_field(f.r, Function::DEFAULTS, defaults.value());
        }
        Some(body)
    }

    /// Notes that the frame of `f` was entered, with `count` arguments from register `first` on.
    fn entered(&mut self, id: u32, f: Val, extra: Ref, body: &Body, count: usize) {
        self.rec.enter(id, f.r, extra);
        // What the call has put behind the arguments: defaults, and nothing.
        for r in count..body.cleared.max(body.arguments) {
            // SAFETY: live-registers; the new frame's were just filled.
            let word = Value::from_bits(unsafe { *self.m.regs.add(r) });
            let known = match word {
                Some(v) => self.rec.constant(v),
                None => self.rec.empty(),
            };
            self.rec.set(r as u16, known);
        }
    }

    fn call_python(
        &mut self,
        f: Val,
        dest: u16,
        first: u16,
        count: usize,
        push: impl FnOnce(&mut Interp) -> bool,
    ) -> bool {
        // SAFETY: running-frame.
        if unsafe { (*self.m.frame).owned } != 0 {
            self.rec.give_up(Abort::Foreign);
        }
        let Some(body) = self.guard_callee(f, count) else { return false };
        let id = self.rec.callee_frame(body, first, dest, false);
        self.rec.room(id);
        if !push(&mut self.m) {
            return false;
        }
        self.entered(id, f, Ref::NONE, body, count);
        true
    }

    /// After something that may have pushed a frame: if so, the instruction is the interpreter's.
    fn pushed(&mut self, entered: PyResult<bool>) -> PyResult<bool> {
        match entered {
            Ok(true) => self.rec.perform(self.m.frame, self.m.pc),
            Ok(false) => {}
            Err(_) => self.rec.give_up(Abort::Raised),
        }
        entered
    }

    /// After what was done by the interpreter alone.
    fn interpreted(&mut self, flow: Flow) -> Flow {
        match flow {
            Flow::Next | Flow::Switch => self.rec.perform(self.m.frame, self.m.pc),
            Flow::Raise => self.rec.give_up(Abort::Raised),
            Flow::Leave | Flow::Done => self.rec.give_up(Abort::LeftTheLoop),
        }
        flow
    }

    /// What instruction follows elsewhere.
    fn target(&self, offset: i32) -> *const Instr {
        // SAFETY: body-of-code.
        unsafe { self.m.pc.offset(offset as isize) }
    }
}

macro_rules! arithmetic {
    ($($name:ident $op:ident;)*) => {$(
        fn $name(&mut self, a: Self::I, b: Self::I) -> Option<Self::I> {
            let i = self.m.$name(a.0, b.0)?;
            Some(self.int(Op::$op, a, b, i))
        }
    )*};
}

impl Machine for Recorder {
    type V = Val;
    type I = (i64, Ref);
    type F = (f64, Ref);
    type B = (bool, Ref);

    fn vm(&self) -> &'static Vm {
        self.m.vm
    }

    fn word(&self, v: Val) -> Value {
        v.w
    }

    fn reg(&mut self, r: u16) -> Val {
        Val { w: self.m.reg(r), r: self.rec.reg(r) }
    }

    fn operand(&mut self, r: u16) -> Val {
        if r < CONSTANT { self.reg(r) } else { self.code_constant((r - CONSTANT) as u32) }
    }

    fn set(&mut self, r: u16, v: Val) {
        self.m.set(r, v.w);
        self.rec.set(r, v.r);
    }

    fn clear(&mut self, r: u16) {
        self.m.clear(r);
        let empty = self.rec.empty();
        self.rec.set(r, empty);
    }

    fn is_bound(&mut self, r: u16) -> bool {
        let bound = self.m.is_bound(r);
        let (known, empty) = (self.rec.reg(r), self.rec.empty());
        if !known.is_constant() {
            let b = self.equal(known, empty, !bound);
            self.guard(b);
        }
        bound
    }

    fn copy(&mut self, to: u16, from: u16) {
        self.m.copy(to, from);
        let known = self.rec.reg(from);
        self.rec.set(to, known);
    }

    fn copy_operand(&mut self, to: u16, from: u16) {
        if from < CONSTANT {
            self.copy(to, from);
        } else {
            let v = self.operand(from);
            self.set(to, v);
        }
    }

    fn exchange(&mut self, a: u16, b: u16) {
        self.m.exchange(a, b);
        let (x, y) = (self.rec.reg(a), self.rec.reg(b));
        self.rec.set(a, y);
        self.rec.set(b, x);
    }

    fn constant(&mut self, v: Value) -> Val {
        self.val(v)
    }

    fn code_constant(&mut self, k: u32) -> Val {
        let w = self.m.code_constant(k);
        self.val(w)
    }

    fn int_constant(&mut self, i: i64) -> Self::I {
        (i, self.rec.trace.constant(Const::Int(i)))
    }

    fn float_constant(&mut self, f: f64) -> Self::F {
        (f, self.rec.trace.constant(Const::Float(f)))
    }

    fn bool_constant(&mut self, b: bool) -> Self::B {
        (b, self.rec.trace.constant(Const::Bool(b)))
    }

    fn is_small(&mut self, v: Val) -> bool {
        self.guard_type(v);
        v.w.is_small()
    }

    fn shape_is(&mut self, v: Val, shape: ShapeId) -> bool {
        self.guard_type(v);
        self.m.shape_is(v.w, shape)
    }

    fn has_identity(&mut self, v: Val) -> bool {
        self.guard_type(v);
        self.m.has_identity(v.w)
    }

    fn test(&mut self, b: Self::B) -> bool {
        self.guard(b)
    }

    fn same_word(&mut self, v: Val, w: Value) -> bool {
        if v.w == w {
            self.guard_word(v);
            return true;
        }
        let b = self.is_word(v, w);
        self.guard(b)
    }

    fn is_object(&mut self, v: Val, address: usize) -> bool {
        self.guard_word(v);
        self.m.is_object(v.w, address)
    }

    fn equal_words(&mut self, v: Val, w: Val) -> bool {
        let b = self.equal(v.r, w.r, v.w == w.w);
        self.guard(b)
    }

    fn promote(&mut self, v: Val) -> Value {
        self.guard_word(v);
        v.w
    }

    fn version_is(&mut self, cache: &Cache) -> bool {
        let holds = self.m.version_is(cache);
        if holds {
            self.rec.holds(Condition::Version { at: cache.version_at, version: cache.version });
        }
        holds
    }

    fn unbox_int(&mut self, v: Val) -> Self::I {
        (self.m.unbox_int(v.w), self.rec.emit(Op::UnboxInt, &[v.r]))
    }

    fn box_int(&mut self, i: Self::I) -> Val {
        Val { w: self.m.box_int(i.0), r: self.rec.emit(Op::BoxInt, &[i.1]) }
    }

    fn unbox_float(&mut self, v: Val) -> Self::F {
        (self.m.unbox_float(v.w), self.rec.emit(Op::UnboxFloat, &[v.r]))
    }

    fn box_float(&mut self, f: Self::F) -> Val {
        Val { w: self.m.box_float(f.0), r: self.rec.emit(Op::BoxFloat, &[f.1]) }
    }

    fn box_bool(&mut self, b: Self::B) -> Val {
        Val { w: self.m.box_bool(b.0), r: self.rec.emit(Op::BoxBool, &[b.1]) }
    }

    fn not(&mut self, b: Self::B) -> Self::B {
        (!b.0, self.rec.emit(Op::Not, &[b.1]))
    }

    fn is_word(&mut self, v: Val, w: Value) -> Self::B {
        let expected = self.rec.constant(w);
        self.equal(v.r, expected, v.w == w)
    }

    fn int_to_float(&mut self, i: Self::I) -> Self::F {
        (i.0 as f64, self.rec.emit(Op::IntToFloat, &[i.1]))
    }

    arithmetic! {
        int_add AddOvf;
        int_sub SubOvf;
        int_mul MulOvf;
    }

    fn int_op(&mut self, op: IntOp, a: Self::I, b: Self::I) -> Self::I {
        let code = match op {
            IntOp::And => Op::IntAnd,
            IntOp::Or => Op::IntOr,
            IntOp::Xor => Op::IntXor,
            IntOp::Shr => Op::IntShr,
            IntOp::FloorDiv => Op::IntFloorDiv,
            IntOp::Mod => Op::IntMod,
        };
        let i = self.m.int_op(op, a.0, b.0);
        self.int(code, a, b, i)
    }

    fn int_cmp(&mut self, c: Cond, a: Self::I, b: Self::I) -> Self::B {
        let op = match c {
            Cond::Lt => Op::IntLt,
            Cond::Le => Op::IntLe,
            Cond::Eq => Op::IntEq,
            Cond::Ne => Op::IntNe,
            Cond::Gt => Op::IntGt,
            Cond::Ge => Op::IntGe,
            Cond::Below => Op::IntBelow,
        };
        (self.m.int_cmp(c, a.0, b.0), self.rec.emit(op, &[a.1, b.1]))
    }

    fn float_op(&mut self, op: FloatOp, a: Self::F, b: Self::F) -> Self::F {
        let f = self.m.float_op(op, a.0, b.0);
        let r = match op {
            FloatOp::Add => self.rec.emit(Op::FloatAdd, &[a.1, b.1]),
            FloatOp::Sub => self.rec.emit(Op::FloatSub, &[a.1, b.1]),
            FloatOp::Mul => self.rec.emit(Op::FloatMul, &[a.1, b.1]),
            FloatOp::Div => self.rec.emit(Op::FloatDiv, &[a.1, b.1]),
            FloatOp::Neg => self.rec.emit(Op::FloatNeg, &[a.1]),
        };
        (f, r)
    }

    fn float_cmp(&mut self, c: Cond, a: Self::F, b: Self::F) -> Self::B {
        let op = match c {
            Cond::Lt => Op::FloatLt,
            Cond::Le => Op::FloatLe,
            Cond::Eq => Op::FloatEq,
            Cond::Ne => Op::FloatNe,
            Cond::Gt => Op::FloatGt,
            Cond::Ge => Op::FloatGe,
            Cond::Below => unreachable!("floats have no unsigned order"),
        };
        (self.m.float_cmp(c, a.0, b.0), self.rec.emit(op, &[a.1, b.1]))
    }

    fn load(&mut self, obj: Val, offset: u32) -> Val {
        let field = self.rec.field(offset, Kind::Word);
        Val { w: self.m.load(obj.w, offset), r: self.rec.emit_with(Op::LoadWord, &[obj.r], field) }
    }

    fn is_set(&mut self, obj: Val, offset: u32) -> bool {
        let field = self.rec.field(offset, Kind::Word);
        let (r, empty) = (self.rec.emit_with(Op::LoadWord, &[obj.r], field), self.rec.empty());
        let set = self.m.is_set(obj.w, offset);
        let b = self.equal(r, empty, !set);
        self.guard(b);
        set
    }

    fn store(&mut self, obj: Val, offset: u32, v: Val) {
        let field = self.rec.field(offset, Kind::Word);
        self.rec.emit_with(Op::StoreWord, &[obj.r, v.r], field);
        self.m.store(obj.w, offset, v.w);
    }

    fn load_raw(&mut self, obj: Val, offset: u32) -> Self::I {
        let field = self.rec.field(offset, Kind::Int);
        (self.m.load_raw(obj.w, offset), self.rec.emit_with(Op::LoadInt, &[obj.r], field))
    }

    fn store_raw(&mut self, obj: Val, offset: u32, i: Self::I) {
        let field = self.rec.field(offset, Kind::Int);
        self.rec.emit_with(Op::StoreInt, &[obj.r, i.1], field);
        self.m.store_raw(obj.w, offset, i.0);
    }

    fn load_float(&mut self, obj: Val, offset: u32) -> Self::F {
        let field = self.rec.field(offset, Kind::Float);
        (self.m.load_float(obj.w, offset), self.rec.emit_with(Op::LoadFloat, &[obj.r], field))
    }

    fn load_item(&mut self, obj: Val, base: u32, i: Self::I) -> Val {
        let field = self.rec.array(base);
        let w = self.m.load_item(obj.w, base, i.0);
        Val { w, r: self.rec.emit_with(Op::LoadItem, &[obj.r, i.1], field) }
    }

    fn store_item(&mut self, obj: Val, base: u32, i: Self::I, v: Val) {
        let field = self.rec.array(base);
        self.rec.emit_with(Op::StoreItem, &[obj.r, i.1, v.r], field);
        self.m.store_item(obj.w, base, i.0, v.w);
    }

    fn set_shape(&mut self, obj: Val, shape: ShapeId) {
        self.rec.emit_with(Op::SetShape, &[obj.r], shape.0);
        self.m.set_shape(obj.w, shape);
    }

    fn call1(&mut self, e: Effect, f: fn(&Vm, Value) -> PyResult<Value>, a: Val) -> PyResult<Val> {
        self.residual(e, Callee::One(f), &[a.r], |m| m.call1(e, f, a.w))
    }

    fn call2(
        &mut self,
        e: Effect,
        f: fn(&Vm, Value, Value) -> PyResult<Value>,
        a: Val,
        b: Val,
    ) -> PyResult<Val> {
        self.residual(e, Callee::Two(f), &[a.r, b.r], |m| m.call2(e, f, a.w, b.w))
    }

    fn call3(
        &mut self,
        e: Effect,
        f: fn(&Vm, Value, Value, Value) -> PyResult<Value>,
        a: Val,
        b: Val,
        c: Val,
    ) -> PyResult<Val> {
        self.residual(e, Callee::Three(f), &[a.r, b.r, c.r], |m| m.call3(e, f, a.w, b.w, c.w))
    }

    fn call_truth(&mut self, v: Val) -> PyResult<Self::B> {
        let r = self.rec.call(Callee::Truth, Calls::Any, Kind::Bool, &[v.r], self.m.pc);
        match self.m.call_truth(v.w) {
            Ok(b) => Ok((b, r)),
            Err(raised) => {
                self.rec.give_up(Abort::Raised);
                Err(raised)
            }
        }
    }

    fn new_tuple(&mut self, first: u16, count: u16) -> Val {
        let items: Vec<Ref> = (first..first + count).map(|r| self.rec.reg(r)).collect();
        let r = self.rec.call(Callee::Tuple, Calls::Allocates, Kind::Word, &items, self.m.pc);
        Val { w: self.m.new_tuple(first, count), r }
    }

    fn new_list(&mut self, first: u16, count: u16) -> Val {
        let items: Vec<Ref> = (first..first + count).map(|r| self.rec.reg(r)).collect();
        let r = self.rec.call(Callee::List, Calls::Allocates, Kind::Word, &items, self.m.pc);
        Val { w: self.m.new_list(first, count), r }
    }

    fn call_getter(&mut self, obj: Val, cache: &'static Cache) -> PyResult<Val> {
        let callee = Callee::Getter(Box::new(*cache));
        self.residual(Effect::Any, callee, &[obj.r], |m| m.call_getter(obj.w, cache))
    }

    fn jump(&mut self, offset: i32) {
        self.m.jump(offset);
    }

    fn jump_if(&mut self, b: Self::B, sense: bool, offset: i32) {
        if !b.1.is_constant() {
            let other = if b.0 == sense { self.m.pc } else { self.target(offset) };
            self.rec.emit_at(if b.0 { Op::GuardTrue } else { Op::GuardFalse }, &[b.1], other);
        }
        self.m.jump_if(b.0, sense, offset);
    }

    fn back_edge(&mut self, offset: i32) -> Flow {
        if self.m.vm.eval_breaker() {
            self.rec.give_up(Abort::Interrupted);
        }
        self.rec.holds(Condition::Calm);
        self.m.back_edge(offset)
    }

    fn extension(&mut self) -> Instr {
        self.m.extension()
    }

    fn cached_global(&mut self, i: u16) -> Option<Val> {
        let w = self.m.cached_global(i)?;
        let (cache, vm_frame) = (*self.m.cache(i), self.m.frame);
        // SAFETY: running-frame.
        let function = unsafe { (*vm_frame).function() };
        let globals = function.globals.get().value();
        let f = self.rec.function();
        self.promoted_field(f, Function::GLOBALS, globals);
        let mut dict = self.rec.tables.word(globals);
        self.rec.holds(Condition::DictVersion { dict, version: cache.version });
        if cache.kind == CacheKind::Builtin {
            let builtins = function.builtins.get().value();
            self.promoted_field(f, Function::BUILTINS, builtins);
            dict = self.rec.tables.word(builtins);
            self.rec.holds(Condition::DictVersion { dict, version: cache.version2 });
        }
        let callee = Callee::DictValue { dict, at: cache.offset };
        let r = self.rec.call(callee, Calls::Reads, Kind::Word, &[], self.m.pc);
        Some(Val { w, r })
    }

    fn cache(&mut self, i: u16) -> &'static mut Cache {
        self.m.cache(i)
    }

    fn known_entry(&mut self, obj: Val, site: &Cache, access: Access) -> Option<&'static Cache> {
        let entry = self.m.known_entry(obj.w, site, access)?;
        self.guard_type(obj);
        self.rec.holds(Condition::Version { at: entry.version_at, version: entry.version });
        Some(entry)
    }

    fn module_value(&mut self, module: Val, entry: &Cache) -> Option<Val> {
        let w = self.m.module_value(module.w, entry)?;
        debug_assert!(module.w.is::<Module>());
        self.guard_word(module);
        let place = self.rec.tables.word(module.w);
        self.rec.holds(Condition::ModuleVersion { module: place, version: entry.version2 });
        let callee = Callee::ModuleValue { module: place, at: entry.offset };
        let r = self.rec.call(callee, Calls::Reads, Kind::Word, &[], self.m.pc);
        Some(Val { w, r })
    }

    fn push_call(&mut self, function: Val, dest: u16, first: u16, count: u16) -> bool {
        let push = |m: &mut Interp| m.push_call(function.w, dest, first, count);
        self.call_python(function, dest, first, count as usize, push)
    }

    fn push_bound(&mut self, function: Val, receiver: Val, dest: u16, first: u16, count: u16) -> bool {
        let push = |m: &mut Interp| m.push_bound(function.w, receiver.w, dest, first, count);
        if !self.call_python(function, dest, first - 1, count as usize + 1, push) {
            return false;
        }
        // The receiver is the callee's first register.
        self.rec.set(0, receiver.r);
        true
    }

    fn push_init(&mut self, class: Val, dest: u16, first: u16, count: u16) -> PyResult<bool> {
        // SAFETY: the caller has tested the shape.
        let type_: Object<Type> = unsafe { class.w.cast() };
        let count = count as usize;
        let Some(init) = plain_init(self.m.vm, type_, count) else { return Ok(false) };
        // SAFETY: running-frame.
        if unsafe { (*self.m.frame).owned } != 0 {
            self.rec.give_up(Abort::Foreign);
        }
        self.guard_word(class);
        let version = type_.cache_version();
        self.rec.holds(Condition::Version { at: type_.version.as_ptr(), version });
        let f = self.val(init.value());
        let Some(body) = self.guard_callee(f, count + 1) else { return Ok(false) };
        let id = self.rec.callee_frame(body, first - 1, dest, true);
        self.rec.room(id);
        let instance = self.rec.call(Callee::Instance, Calls::Any, Kind::Word, &[class.r], self.m.pc);
        self.rec.only_allocated();
        let entered = self.m.push_init(class.w, dest, first, count as u16);
        if !matches!(entered, Ok(true)) {
            self.rec.give_up(Abort::Vain);
            return entered;
        }
        self.entered(id, f, instance, body, count + 1);
        self.rec.set(0, instance);
        Ok(true)
    }

    fn push_resume(&mut self, generator: Val, sent: Val, dest: u16, kind: frame::Kind) -> bool {
        let entered = self.m.push_resume(generator.w, sent.w, dest, kind);
        self.pushed(Ok(entered)).is_ok_and(|entered| entered)
    }

    fn call_native(&mut self, f: Val, first: u16, count: u16) -> PyResult<Val> {
        let callee = Callee::Native { first, count };
        self.residual(Effect::Any, callee, &[f.r], |m| m.call_native(f.w, first, count))
    }

    fn call_descriptor(&mut self, f: Val, first: u16, count: u16) -> PyResult<Val> {
        let callee = Callee::Descriptor { first, count };
        self.residual(Effect::Any, callee, &[f.r], |m| m.call_descriptor(f.w, first, count))
    }

    fn construct(&mut self, class: Val, first: u16, count: u16) -> Option<PyResult<Val>> {
        let result = self.m.construct(class.w, first, count)?;
        self.guard_word(class);
        Some(self.residual(Effect::Any, Callee::Construct { first, count }, &[class.r], |_| result))
    }

    fn push_item(&mut self, obj: Val, key: Val, value: Option<Val>, dest: u16) -> PyResult<bool> {
        let entered = self.m.push_item(obj.w, key.w, value.map(|v| v.w), dest);
        self.pushed(entered)
    }

    fn push_next(&mut self, iter: Val, dest: u16) -> PyResult<bool> {
        let entered = self.m.push_next(iter.w, dest);
        self.pushed(entered)
    }

    fn call_next(&mut self, iter: Val, dest: u16, offset: i32) -> PyResult<()> {
        let r = self.rec.call(Callee::Next, Calls::Any, Kind::Word, &[iter.r], self.m.pc);
        self.m.sync();
        let next = match self.m.vm.next(iter.w) {
            Ok(next) => next,
            Err(raised) => {
                self.rec.give_up(Abort::Raised);
                return Err(raised);
            }
        };
        let empty = self.rec.empty();
        let (_, ended) = self.equal(r, empty, next.is_none());
        match next {
            Some(w) => {
                let end = self.target(offset);
                self.rec.emit_at(Op::GuardFalse, &[ended], end);
                self.set(dest, Val { w, r });
            }
            None => {
                // Where the iterator has one more item, the loop's body follows.
                self.rec.emit_at_with(Op::GuardTrue, &[ended], self.m.pc, dest, r);
                self.m.jump(offset);
            }
        }
        Ok(())
    }

    fn interrupted(&mut self) -> bool {
        let interrupted = self.m.interrupted();
        if interrupted {
            self.rec.give_up(Abort::Interrupted);
        }
        interrupted
    }

    fn yield_value(&mut self, i: Instr) -> Flow {
        self.rec.here();
        let flow = self.m.yield_value(i);
        self.interpreted(flow)
    }

    fn return_value(&mut self, v: Val) -> Flow {
        // SAFETY: running-frame.
        let returns = unsafe { &*self.m.frame };
        if self.rec.frames.len() == 1 {
            self.rec.give_up(Abort::LeftTheLoop);
        } else if returns.object != 0 || returns.owned != 0 || returns.chain != 0 {
            self.rec.give_up(Abort::Observed);
        }
        let (kind, dest) = (returns.kind, returns.dest);
        if self.rec.abort.is_some() {
            return self.m.return_value(v.w);
        }
        let mut known = v.r;
        let inlined = self.rec.frames[self.rec.frames.len() - 1];
        match kind {
            frame::Kind::Call | frame::Kind::Getter | frame::Kind::Next => {}
            frame::Kind::Init if inlined.extra != Ref::NONE => {
                if !self.same_word(v, none()) {
                    self.rec.give_up(Abort::Raised);
                }
                known = inlined.extra;
            }
            _ => {
                self.rec.here();
                let flow = self.m.return_value(v.w);
                return self.interpreted(flow);
            }
        }
        let flow = self.m.return_value(v.w);
        self.rec.leave();
        self.rec.set(dest, known);
        flow
    }

    fn specialize(&mut self, op: Code) -> bool {
        self.m.specialize(op)
    }

    fn cold(&mut self, i: Instr) -> Flow {
        self.rec.here();
        let flow = self.m.cold(i);
        self.interpreted(flow)
    }
}
