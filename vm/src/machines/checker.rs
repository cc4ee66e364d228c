//! The machine that enforces the rule for handlers: tests, then pure computation, then at most one effect.
//!
//! It computes as the interpreter does. A test after an effect is an error of the handler, since a guard
//! there would execute the effect twice; so is a call after an effect, since it may raise. What may follow
//! an effect are more writes.
//!
//! With a seed, tests fail on purpose, in two ways.
//! A *failing guard* leaves the instruction: what the handler does from then on has no effect, and the
//! instruction is executed again from its start, as after the exit of a trace.
//! A *lie* is a test of a type that says no although it is so, which sends the handler on its general way.
//! Either way the program must do what it always does.

use crate::error::{PyResult, Raised};
use crate::execution::attribute_cache::Access;
use crate::execution::body::Cache;
use crate::execution::frame::Kind;
use crate::execution::instr::{Instr, Op};
use crate::execution::interp::Interp;
use crate::object::{ShapeId, Value};
use crate::semantics::machine::{Cond, Effect, FloatOp, Flow, IntOp, Machine};
use crate::vm::Vm;

/// One of so many tests fails, and one of so many lies.
const FAILURES: u64 = 16;
const LIES: u64 = 8;

/// Runs the top frame, which must be an entry frame, until it returns.
pub fn run(vm: &'static Vm, seed: Option<u64>) -> PyResult<Value> {
    let random = seed.map_or(0, |s| s.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut c = Checker { m: Interp::saved(vm), op: Op::Resume, effect: None, stopped: false, random };
    loop {
        let start = c.m;
        let i = c.fetch();
        let mut flow = crate::semantics::step(&mut c, i);
        if c.stopped {
            c.m = start;
            let i = c.fetch();
            flow = again(&mut c.m, i);
        }
        if let Some(result) = super::after(&mut c.m, flow)? {
            return Ok(result);
        }
    }
}

#[inline(never)]
fn again(m: &mut Interp, i: Instr) -> Flow {
    crate::semantics::step(m, i)
}

/// An effect that nothing but writes may follow.
#[derive(Clone, Copy, Debug)]
enum Done {
    Write,
    Call,
}

struct Checker {
    m: Interp,
    op: Op,
    /// The last effect of the instruction.
    effect: Option<Done>,
    /// A guard has failed: effects are ignored.
    stopped: bool,
    /// The state of a generator of random numbers; 0: nothing fails.
    random: u64,
}

impl Checker {
    fn fetch(&mut self) -> Instr {
        // SAFETY: pc points at an instruction of the running body.
        let i = unsafe { *self.m.pc };
        self.m.pc = unsafe { self.m.pc.add(1) };
        (self.op, self.effect, self.stopped) = (i.op, None, false);
        i
    }

    /// One of `n` times.
    fn strikes(&mut self, n: u64) -> bool {
        if self.random == 0 || self.stopped {
            return false;
        }
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 33).is_multiple_of(n)
    }

    fn no_effect_before(&self, what: &str) {
        if let Some(effect) = self.effect {
            panic!("instruction {}: {what} after an effect ({effect:?})", self.op.name());
        }
    }

    /// A test of a value.
    fn tested(&mut self, outcome: bool) -> bool {
        self.no_effect_before("a test");
        if self.strikes(FAILURES) {
            self.stopped = true;
        }
        outcome
    }

    /// A test that may say no to what is so.
    fn typed(&mut self, outcome: bool) -> bool {
        self.tested(outcome) && !self.strikes(LIES)
    }

    /// Whether a write may be done.
    fn writes(&mut self) -> bool {
        if self.stopped {
            return false;
        }
        self.effect = Some(Done::Write);
        true
    }

    /// Before a call that may raise.
    fn calls(&mut self) -> PyResult<()> {
        if self.stopped {
            return Err(Raised::stopped());
        }
        self.no_effect_before("a call");
        self.effect = Some(Done::Call);
        Ok(())
    }

    /// Before what pushes a frame or does nothing, which is a test as well.
    fn pushes(&mut self) -> bool {
        self.typed(true) && !self.stopped
    }

    fn pushed(&mut self, entered: bool) -> bool {
        if entered {
            self.effect = Some(Done::Call);
        }
        entered
    }
}

/// Operations without tests and effects.
macro_rules! pure {
    ($(fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {$(
        fn $name(&mut self, $($arg: $type),*) -> $result {
            self.m.$name($($arg),*)
        }
    )*};
}

macro_rules! tests {
    ($way:ident: $(fn $name:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $name(&mut self, $($arg: $type),*) -> bool {
            let outcome = self.m.$name($($arg),*);
            self.$way(outcome)
        }
    )*};
}

macro_rules! writes {
    ($(fn $name:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $name(&mut self, $($arg: $type),*) {
            if self.writes() {
                self.m.$name($($arg),*);
            }
        }
    )*};
}

macro_rules! calls {
    ($(fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {$(
        fn $name(&mut self, $($arg: $type),*) -> PyResult<$result> {
            self.calls()?;
            self.m.$name($($arg),*)
        }
    )*};
}

/// What may find nothing, and then the general way is taken.
macro_rules! finds {
    ($(fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {$(
        fn $name(&mut self, $($arg: $type),*) -> Option<$result> {
            let found = self.m.$name($($arg),*);
            if self.typed(found.is_some()) { found } else { None }
        }
    )*};
}

impl Machine for Checker {
    type V = Value;
    type I = i64;
    type F = f64;
    type B = bool;

    fn vm(&self) -> &'static Vm {
        self.m.vm
    }

    fn word(&self, v: Value) -> Value {
        v
    }

    pure! {
        fn reg(r: u16) -> Value;
        fn operand(r: u16) -> Value;
        fn constant(v: Value) -> Value;
        fn code_constant(k: u32) -> Value;
        fn int_constant(i: i64) -> i64;
        fn float_constant(f: f64) -> f64;
        fn bool_constant(b: bool) -> bool;
        fn unbox_int(v: Value) -> i64;
        fn box_int(i: i64) -> Value;
        fn unbox_float(v: Value) -> f64;
        fn box_float(f: f64) -> Value;
        fn box_bool(b: bool) -> Value;
        fn not(b: bool) -> bool;
        fn is_word(v: Value, w: Value) -> bool;
        fn int_to_float(i: i64) -> f64;
        fn int_op(op: IntOp, a: i64, b: i64) -> i64;
        fn int_cmp(c: Cond, a: i64, b: i64) -> bool;
        fn float_op(op: FloatOp, a: f64, b: f64) -> f64;
        fn float_cmp(c: Cond, a: f64, b: f64) -> bool;
        fn load(obj: Value, offset: u32) -> Value;
        fn load_raw(obj: Value, offset: u32) -> i64;
        fn load_float(obj: Value, offset: u32) -> f64;
        fn load_item(obj: Value, base: u32, i: i64) -> Value;
        fn extension() -> Instr;
        fn cache(i: u16) -> &'static mut Cache;
        fn new_tuple(first: u16, count: u16) -> Value;
        fn new_list(first: u16, count: u16) -> Value;
    }

    tests! {
        tested:
        fn test(b: bool);
        fn same_word(v: Value, w: Value);
        fn is_object(v: Value, address: usize);
        fn equal_words(v: Value, w: Value);
        fn is_bound(r: u16);
        fn is_set(obj: Value, offset: u32);
        fn interrupted();
    }

    tests! {
        typed:
        fn is_small(v: Value);
        fn shape_is(v: Value, shape: ShapeId);
        fn has_identity(v: Value);
        fn version_is(cache: &Cache);
    }

    finds! {
        fn int_add(a: i64, b: i64) -> i64;
        fn int_sub(a: i64, b: i64) -> i64;
        fn int_mul(a: i64, b: i64) -> i64;
        fn cached_global(i: u16) -> Value;
        fn known_entry(obj: Value, site: &Cache, access: Access) -> &'static Cache;
        fn module_value(module: Value, entry: &Cache) -> Value;
    }

    writes! {
        fn set(r: u16, v: Value);
        fn clear(r: u16);
        fn copy(to: u16, from: u16);
        fn copy_operand(to: u16, from: u16);
        fn exchange(a: u16, b: u16);
        fn store(obj: Value, offset: u32, v: Value);
        fn store_raw(obj: Value, offset: u32, i: i64);
        fn store_item(obj: Value, base: u32, i: i64, v: Value);
        fn set_shape(obj: Value, shape: ShapeId);
        fn jump(offset: i32);
        fn jump_if(b: bool, sense: bool, offset: i32);
    }

    calls! {
        fn call1(e: Effect, f: fn(&Vm, Value) -> PyResult<Value>, a: Value) -> Value;
        fn call2(e: Effect, f: fn(&Vm, Value, Value) -> PyResult<Value>, a: Value, b: Value) -> Value;
        fn call3(
            e: Effect,
            f: fn(&Vm, Value, Value, Value) -> PyResult<Value>,
            a: Value,
            b: Value,
            c: Value
        ) -> Value;
        fn call_truth(v: Value) -> bool;
        fn call_getter(obj: Value, cache: &'static Cache) -> Value;
        fn call_native(f: Value, first: u16, count: u16) -> Value;
        fn call_descriptor(f: Value, first: u16, count: u16) -> Value;
        fn call_next(iter: Value, dest: u16, offset: i32) -> ();
    }

    fn promote(&mut self, v: Value) -> Value {
        self.tested(true);
        v
    }

    fn push_call(&mut self, function: Value, dest: u16, first: u16, count: u16) -> bool {
        let entered = self.pushes() && self.m.push_call(function, dest, first, count);
        self.pushed(entered)
    }

    fn push_bound(&mut self, function: Value, receiver: Value, dest: u16, first: u16, count: u16) -> bool {
        let entered = self.pushes() && self.m.push_bound(function, receiver, dest, first, count);
        self.pushed(entered)
    }

    fn push_init(&mut self, class: Value, dest: u16, first: u16, count: u16) -> PyResult<bool> {
        let entered = self.pushes() && self.m.push_init(class, dest, first, count)?;
        Ok(self.pushed(entered))
    }

    fn push_resume(&mut self, generator: Value, sent: Value, dest: u16, kind: Kind) -> bool {
        let entered = self.pushes() && self.m.push_resume(generator, sent, dest, kind);
        self.pushed(entered)
    }

    fn push_item(&mut self, obj: Value, key: Value, value: Option<Value>, dest: u16) -> PyResult<bool> {
        let entered = self.pushes() && self.m.push_item(obj, key, value, dest)?;
        Ok(self.pushed(entered))
    }

    fn push_next(&mut self, iter: Value, dest: u16) -> PyResult<bool> {
        let entered = self.pushes() && self.m.push_next(iter, dest)?;
        Ok(self.pushed(entered))
    }

    fn construct(&mut self, class: Value, first: u16, count: u16) -> Option<PyResult<Value>> {
        if !self.pushes() {
            return None;
        }
        let result = self.m.construct(class, first, count);
        self.pushed(result.is_some());
        result
    }

    fn back_edge(&mut self, offset: i32) -> Flow {
        if self.calls().is_err() {
            return Flow::Raise;
        }
        self.m.back_edge(offset)
    }

    fn yield_value(&mut self, i: Instr) -> Flow {
        if self.calls().is_err() {
            return Flow::Raise;
        }
        self.m.yield_value(i)
    }

    fn return_value(&mut self, v: Value) -> Flow {
        if self.calls().is_err() {
            return Flow::Raise;
        }
        self.m.return_value(v)
    }

    fn cold(&mut self, i: Instr) -> Flow {
        if self.calls().is_err() {
            return Flow::Raise;
        }
        self.m.cold(i)
    }

    /// Both instructions mean the same, so this is no effect.
    fn specialize(&mut self, op: Op) -> bool {
        self.m.specialize(op)
    }
}
