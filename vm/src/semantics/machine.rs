//! The trait that bytecode semantics are generic over.
//!
//! An instance decides what a value is: the interpreter's are plain words, a recorder's are words
//! with the trace operation that made them. Tests return a concrete `bool` (a recorder guards on
//! the outcome). A handler does its tests first, then pure computation, then at most one effect:
//! a guard resumes at the start of the instruction, which is then executed again.
//!
//! Tests of two kinds. Those of values say what is the case. Those of types and caches may answer no at any
//! time: what follows must then do for every value (`machines/checker.rs` makes them fail on purpose).

use crate::error::PyResult;
use crate::execution::attribute_cache::Access;
use crate::execution::body::Cache;
use crate::execution::frame::Kind;
use crate::execution::instr::{Instr, Op};
use crate::object::{ShapeId, Value};
use crate::vm::Vm;

/// Integer comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cond {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
    /// Unsigned less-than: an index check.
    Below,
}

/// Pure float operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FloatOp {
    Add,
    Sub,
    Mul,
    Div,
    Neg,
}

/// Pure integer operations that cannot overflow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntOp {
    And,
    Or,
    Xor,
    /// Arithmetic shift right; the count is below 64.
    Shr,
    /// Python's floor division and modulo; the divisor is neither 0 nor -1.
    FloorDiv,
    Mod,
}

/// What a residual call may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Depends on its arguments only and changes nothing.
    Pure,
    /// May run any code.
    Any,
}

/// How an instruction ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    Next,
    /// An exception is set.
    Raise,
    /// The frame changed (a call or a return): registers are those of another frame now.
    Switch,
    /// As `Next`, but the run loop is to go on from the saved position: see `execution/run.rs`.
    Leave,
    /// The run loop's entry frame has returned.
    Done,
}

/// Values and operations of one way to execute.
pub trait Machine: Sized {
    /// A tagged value.
    type V: Copy;
    /// A raw integer of 63 bits.
    type I: Copy;
    /// A raw double.
    type F: Copy;
    /// A raw truth value.
    type B: Copy;

    fn vm(&self) -> &'static Vm;

    // Registers.
    fn reg(&mut self, r: u16) -> Self::V;
    /// A register or, from `instr::CONSTANT` on, a constant.
    fn operand(&mut self, r: u16) -> Self::V;
    fn set(&mut self, r: u16, v: Self::V);
    fn clear(&mut self, r: u16);
    /// Whether a register holds a value.
    fn is_bound(&mut self, r: u16) -> bool;
    /// Copies a register that may be empty: comprehensions save and restore unbound locals.
    fn copy(&mut self, to: u16, from: u16);
    /// Copies an operand, whose register may be empty.
    fn copy_operand(&mut self, to: u16, from: u16);
    /// Exchanges two registers that may be empty.
    fn exchange(&mut self, a: u16, b: u16);
    /// A value that is the same whenever this instruction runs.
    fn constant(&mut self, v: Value) -> Self::V;
    /// Constant `k` of the code being executed.
    fn code_constant(&mut self, k: u32) -> Self::V;
    fn int_constant(&mut self, i: i64) -> Self::I;
    fn float_constant(&mut self, f: f64) -> Self::F;
    fn bool_constant(&mut self, b: bool) -> Self::B;
    /// The word behind a value, without any promise: only for residual calls.
    fn word(&self, v: Self::V) -> Value;

    // Tests of types: false only means that the general way is to be taken.
    fn is_small(&mut self, v: Self::V) -> bool;
    fn shape_is(&mut self, v: Self::V, shape: ShapeId) -> bool;
    /// Whether only the same word is the same object: numbers are compared by `Value::same`.
    fn has_identity(&mut self, v: Self::V) -> bool;

    // Tests of values.
    fn test(&mut self, b: Self::B) -> bool;
    fn same_word(&mut self, v: Self::V, w: Value) -> bool;
    /// Whether a value is the pinned object at this address.
    fn is_object(&mut self, v: Self::V, address: usize) -> bool;
    /// As `same_word`, for two values that are not known.
    fn equal_words(&mut self, v: Self::V, w: Self::V) -> bool;
    /// Makes the value a constant of the trace.
    fn promote(&mut self, v: Self::V) -> Value;
    /// Whether a cache still describes its class: the version it was filled under.
    fn version_is(&mut self, cache: &Cache) -> bool;

    // Boxing.
    fn unbox_int(&mut self, v: Self::V) -> Self::I;
    fn box_int(&mut self, i: Self::I) -> Self::V;
    fn unbox_float(&mut self, v: Self::V) -> Self::F;
    fn box_float(&mut self, f: Self::F) -> Self::V;
    fn box_bool(&mut self, b: Self::B) -> Self::V;
    fn not(&mut self, b: Self::B) -> Self::B;
    /// As `same_word`, but no test: what a residual call has returned can be asked.
    fn is_word(&mut self, v: Self::V, w: Value) -> Self::B;
    fn int_to_float(&mut self, i: Self::I) -> Self::F;

    // Arithmetic. None: the result does not fit 63 bits.
    fn int_add(&mut self, a: Self::I, b: Self::I) -> Option<Self::I>;
    fn int_sub(&mut self, a: Self::I, b: Self::I) -> Option<Self::I>;
    fn int_mul(&mut self, a: Self::I, b: Self::I) -> Option<Self::I>;
    fn int_op(&mut self, op: IntOp, a: Self::I, b: Self::I) -> Self::I;
    fn int_cmp(&mut self, c: Cond, a: Self::I, b: Self::I) -> Self::B;
    fn float_op(&mut self, op: FloatOp, a: Self::F, b: Self::F) -> Self::F;
    fn float_cmp(&mut self, c: Cond, a: Self::F, b: Self::F) -> Self::B;

    // Memory: byte offsets from the start of the object.
    fn load(&mut self, obj: Self::V, offset: u32) -> Self::V;
    /// Whether a word of an object holds a value.
    fn is_set(&mut self, obj: Self::V, offset: u32) -> bool;
    fn store(&mut self, obj: Self::V, offset: u32, v: Self::V);
    fn load_raw(&mut self, obj: Self::V, offset: u32) -> Self::I;
    fn store_raw(&mut self, obj: Self::V, offset: u32, i: Self::I);
    fn load_float(&mut self, obj: Self::V, offset: u32) -> Self::F;
    /// Item `i` of the value array that starts at byte `base` of `obj`.
    fn load_item(&mut self, obj: Self::V, base: u32, i: Self::I) -> Self::V;
    fn store_item(&mut self, obj: Self::V, base: u32, i: Self::I, v: Self::V);
    fn set_shape(&mut self, obj: Self::V, shape: ShapeId);

    // Residual calls: opaque functions of the VM.
    fn call1(&mut self, e: Effect, f: fn(&Vm, Value) -> PyResult<Value>, a: Self::V) -> PyResult<Self::V>;
    fn call2(
        &mut self,
        e: Effect,
        f: fn(&Vm, Value, Value) -> PyResult<Value>,
        a: Self::V,
        b: Self::V,
    ) -> PyResult<Self::V>;
    fn call3(
        &mut self,
        e: Effect,
        f: fn(&Vm, Value, Value, Value) -> PyResult<Value>,
        a: Self::V,
        b: Self::V,
        c: Self::V,
    ) -> PyResult<Self::V>;
    /// Truth of any object, through `__bool__` and `__len__`.
    fn call_truth(&mut self, v: Self::V) -> PyResult<Self::B>;

    // Allocation: the items are `count` registers from `first` on.
    fn new_tuple(&mut self, first: u16, count: u16) -> Self::V;
    fn new_list(&mut self, first: u16, count: u16) -> Self::V;

    /// The attribute that a cache entry for a getset describes.
    fn call_getter(&mut self, obj: Self::V, cache: &'static Cache) -> PyResult<Self::V>;

    // Control.
    fn jump(&mut self, offset: i32);
    /// Jumps if `b` equals `sense`. No test: it may follow a residual call, which must not be repeated.
    fn jump_if(&mut self, b: Self::B, sense: bool, offset: i32);
    /// A backward jump: the place where loops are counted and events polled.
    fn back_edge(&mut self, offset: i32) -> Flow;
    /// The extension word; the next instruction is behind it.
    fn extension(&mut self) -> Instr;
    /// The global or builtin that cache `i` has found, if it still holds.
    fn cached_global(&mut self, i: u16) -> Option<Self::V>;
    fn cache(&mut self, i: u16) -> &'static mut Cache;
    /// The entry for the name of `site` and the object's shape in the table of all instructions, if it
    /// holds.
    fn known_entry(&mut self, obj: Self::V, site: &Cache, access: Access) -> Option<&'static Cache>;
    /// The attribute of a module that an entry describes, if its namespace is still the same.
    fn module_value(&mut self, module: Self::V, entry: &Cache) -> Option<Self::V>;
    /// Calls a Python function whose arguments are the registers from `first` on. False: the fast
    /// way does not apply (argument count, generator, stack limit) and nothing happened.
    fn push_call(&mut self, function: Self::V, dest: u16, first: u16, count: u16) -> bool;
    /// As `push_call` with one more argument, the receiver, which goes to register `first - 1`, which is free.
    fn push_bound(&mut self, function: Self::V, receiver: Self::V, dest: u16, first: u16, count: u16)
    -> bool;
    /// Calls a class whose instances are made by `object.__new__` and initialised by a Python
    /// function: the instance goes to register `first - 1`, which is free. False as for `push_call`.
    fn push_init(&mut self, class: Self::V, dest: u16, first: u16, count: u16) -> PyResult<bool>;
    /// Continues a generator or coroutine, whose results go to `dest`; the extension word says where
    /// to go on when it has ended. False: it cannot be resumed this way and nothing happened.
    fn push_resume(&mut self, generator: Self::V, sent: Self::V, dest: u16, kind: Kind) -> bool;
    /// Calls a native function with the registers from `first` on.
    fn call_native(&mut self, f: Self::V, first: u16, count: u16) -> PyResult<Self::V>;
    /// Calls a class that an extension defines, with the registers from `first` on. None: it is another class,
    /// and nothing happened.
    fn construct(&mut self, _class: Self::V, _first: u16, _count: u16) -> Option<PyResult<Self::V>> {
        None
    }
    /// Calls an instance of a class that an extension defines. None as for `construct`.
    fn call_foreign(&mut self, _f: Self::V, _first: u16, _count: u16) -> Option<PyResult<Self::V>> {
        None
    }
    /// Calls a native method; the receiver is register `first`.
    fn call_descriptor(&mut self, f: Self::V, first: u16, count: u16) -> PyResult<Self::V>;
    /// Calls `__getitem__` (no value) or `__setitem__` that is written in Python; the result goes to `dest`,
    /// or nowhere. False as for `push_call`.
    fn push_item(&mut self, obj: Self::V, key: Self::V, value: Option<Self::V>, dest: u16) -> PyResult<bool>;
    /// Calls the `__next__` of an iterator that is written in Python, as `push_resume` does a generator.
    fn push_next(&mut self, iter: Self::V, dest: u16) -> PyResult<bool>;
    /// `dest` = the next item of any iterator, or a jump when exhausted.
    fn call_next(&mut self, iter: Self::V, dest: u16, offset: i32) -> PyResult<()>;
    /// Whether an event waits to be handled.
    fn interrupted(&mut self) -> bool;
    /// Suspends the generator's frame: its consumer gets register b.
    fn yield_value(&mut self, i: Instr) -> Flow;
    /// Ends the frame with a result.
    fn return_value(&mut self, v: Self::V) -> Flow;
    /// Makes the running instruction another one of the same meaning, which is faster for what it has met.
    /// Only before its extension word is read. False: not this machine's business, and nothing happened.
    fn specialize(&mut self, op: Op) -> bool;
    /// An instruction without generic semantics, executed by the interpreter's cold path.
    fn cold(&mut self, i: Instr) -> Flow;
}
