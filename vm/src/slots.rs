//! Type slots: the fast form of special methods.
//!
//! `Slots` holds one function per CPython slot that the VM uses. One table says which special
//! method belongs to which slot, how a slot is called from Python (`wrap`, used by wrapper
//! descriptors such as `int.__add__`), and what stands in the slot when the method is written in
//! Python (`generic`, in `generic_slots.rs`). CPython's typeobject.c (slotdefs, update_one_slot) is
//! the model.

use crate::args::Args;
use crate::builtins::buffer::{GetBuffer, ReleaseBuffer};
use crate::builtins::str_::Str;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::generic_slots as generic;
use crate::object::{Ref, Value};
use crate::slot_wrappers as wrap;
use crate::vm::Vm;

pub type Unary = fn(&Vm, Value) -> PyResult<Value>;
pub type Binary = fn(&Vm, Value, Value) -> PyResult<Value>;
pub type Ternary = fn(&Vm, Value, Value, Value) -> PyResult<Value>;
pub type Inquiry = fn(&Vm, Value) -> PyResult<bool>;
pub type Length = fn(&Vm, Value) -> PyResult<usize>;
pub type SizeArg = fn(&Vm, Value, isize) -> PyResult<Value>;
/// `None` deletes the item.
pub type SizeObjArg = fn(&Vm, Value, isize, Option<Value>) -> PyResult<()>;
/// `None` deletes the item.
pub type ObjObjArg = fn(&Vm, Value, Value, Option<Value>) -> PyResult<()>;
pub type Contains = fn(&Vm, Value, Value) -> PyResult<bool>;
pub type Hash = fn(&Vm, Value) -> PyResult<i64>;
pub type RichCompare = fn(&Vm, Value, Value, CompareOp) -> PyResult<Value>;
/// `Ok(None)`: exhausted.
pub type IterNext = fn(&Vm, Value) -> PyResult<Option<Value>>;
/// `(descriptor, instance or None, owner)`
pub type DescrGet = fn(&Vm, Value, Option<Value>, Value) -> PyResult<Value>;
/// `None` deletes.
pub type DescrSet = fn(&Vm, Value, Value, Option<Value>) -> PyResult<()>;
pub type Init = fn(&Vm, Value, Args) -> PyResult<()>;
pub type New = fn(&Vm, Ref<Type>, Args) -> PyResult<Value>;
pub type Call = fn(&Vm, Value, Args) -> PyResult<Value>;
/// `Ok(None)`: there is no such attribute; the caller words the AttributeError.
pub type GetAttr = fn(&Vm, Value, Ref<Str>) -> PyResult<Option<Value>>;
/// `None` deletes.
pub type SetAttr = fn(&Vm, Value, Ref<Str>, Option<Value>) -> PyResult<()>;
pub type Finalize = fn(&Vm, Value);

/// Rich comparison operators, numbered as CPython's `Py_LT` ... `Py_GE`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CompareOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CompareOp {
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    pub fn swapped(self) -> CompareOp {
        use CompareOp::*;
        match self {
            Lt => Gt,
            Le => Ge,
            Eq => Eq,
            Ne => Ne,
            Gt => Lt,
            Ge => Le,
        }
    }

    /// The truth of the operator for an ordering.
    #[inline(always)]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        use CompareOp::*;
        match self {
            Lt => ordering.is_lt(),
            Le => ordering.is_le(),
            Eq => ordering.is_eq(),
            Ne => ordering.is_ne(),
            Gt => ordering.is_gt(),
            Ge => ordering.is_ge(),
        }
    }

    pub fn from_index(i: usize) -> CompareOp {
        use CompareOp::*;
        [Lt, Le, Eq, Ne, Gt, Ge][i]
    }
}

macro_rules! slots {
    ($($slot:ident: $ty:ty,)*) => {
        /// The slots of a type, in C's terms without the grouping into sub-structures.
        #[repr(C)]
        #[derive(Clone, Copy, Default)]
        pub struct Slots { $(pub $slot: Option<$ty>,)* }

        /// Index of each slot in `Slots` seen as an array.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum SlotId { $($slot,)* }

        pub const SLOT_NAMES: &[&str] = &[$(stringify!($slot)),*];
    };
}

slots! {
    tp_repr: Unary, tp_str: Unary, tp_hash: Hash, tp_call: Call, tp_getattro: GetAttr,
    tp_setattro: SetAttr, tp_richcompare: RichCompare, tp_iter: Unary, tp_iternext: IterNext,
    tp_descr_get: DescrGet, tp_descr_set: DescrSet, tp_init: Init, tp_new: New, tp_finalize: Finalize,
    am_await: Unary, am_aiter: Unary, am_anext: Unary,
    nb_add: Binary, nb_subtract: Binary, nb_multiply: Binary, nb_remainder: Binary, nb_divmod: Binary,
    nb_power: Ternary, nb_negative: Unary, nb_positive: Unary, nb_absolute: Unary, nb_bool: Inquiry,
    nb_invert: Unary, nb_lshift: Binary, nb_rshift: Binary, nb_and: Binary, nb_xor: Binary, nb_or: Binary,
    nb_int: Unary, nb_float: Unary, nb_inplace_add: Binary, nb_inplace_subtract: Binary,
    nb_inplace_multiply: Binary, nb_inplace_remainder: Binary, nb_inplace_power: Ternary,
    nb_inplace_lshift: Binary, nb_inplace_rshift: Binary, nb_inplace_and: Binary, nb_inplace_xor: Binary,
    nb_inplace_or: Binary, nb_floor_divide: Binary, nb_true_divide: Binary, nb_inplace_floor_divide: Binary,
    nb_inplace_true_divide: Binary, nb_index: Unary, nb_matrix_multiply: Binary,
    nb_inplace_matrix_multiply: Binary,
    mp_length: Length, mp_subscript: Binary, mp_ass_subscript: ObjObjArg,
    sq_length: Length, sq_concat: Binary, sq_repeat: SizeArg, sq_item: SizeArg, sq_ass_item: SizeObjArg,
    sq_contains: Contains, sq_inplace_concat: Binary, sq_inplace_repeat: SizeArg,
    bf_getbuffer: GetBuffer, bf_releasebuffer: ReleaseBuffer,
}

pub const SLOT_COUNT: usize = std::mem::size_of::<Slots>() / 8;
const _: () = assert!(SLOT_COUNT == SLOT_NAMES.len() && SLOT_COUNT <= 128);

impl Slots {
    /// The function in a slot as a word, 0 if empty.
    #[inline(always)]
    pub fn raw(&self, id: SlotId) -> usize {
        // SAFETY: repr(C) of SLOT_COUNT words of Option<fn> (layout-of-slots).
        unsafe { *(self as *const Slots as *const usize).add(id as usize) }
    }

    /// Stores a word that came from `raw` of the same slot.
    pub fn set_raw(&mut self, id: SlotId, word: usize) {
        // SAFETY: as in `raw`.
        unsafe { *(self as *mut Slots as *mut usize).add(id as usize) = word }
    }
}

/// Calls the slot function (a word of the type that the slot has) for `special(self, *args)`.
pub type Wrap = fn(&Vm, usize, Value, Args) -> PyResult<Value>;

/// One special method.
pub struct SlotDef {
    pub name: &'static str,
    pub slot: SlotId,
    pub wrap: Wrap,
    /// The word to put into the slot when the method is not native; 0 leaves the slot empty, because
    /// the number slot of the same name takes over.
    pub generic: fn() -> usize,
    pub text_signature: &'static str,
    pub doc: &'static str,
}

// SAFETY: immutable data.
unsafe impl Sync for SlotDef {}

macro_rules! slot_defs {
    ($($name:literal $slot:ident ($ty:ty) $wrap:path, $generic:expr, $sig:literal, $doc:literal;)*) => {
        /// All special methods, in CPython's order.
        pub static SLOT_DEFS: &[SlotDef] = &[$(SlotDef {
            name: $name, slot: SlotId::$slot, wrap: $wrap,
            generic: || { const GENERIC: Option<$ty> = $generic; GENERIC.map_or(0, |f| f as usize) },
            text_signature: $sig, doc: $doc,
        },)*];
    };
}

slot_defs! {
    "__getattribute__" tp_getattro (GetAttr) wrap::getattro, Some(generic::tp_getattro), "($self, name, /)", "Return getattr(self, name).";
    "__getattr__" tp_getattro (GetAttr) wrap::none, Some(generic::tp_getattro), "", "";
    "__setattr__" tp_setattro (SetAttr) wrap::setattro, Some(generic::tp_setattro), "($self, name, value, /)", "Implement setattr(self, name, value).";
    "__delattr__" tp_setattro (SetAttr) wrap::delattro, Some(generic::tp_setattro), "($self, name, /)", "Implement delattr(self, name).";
    "__repr__" tp_repr (Unary) wrap::unary, Some(generic::tp_repr), "($self, /)", "Return repr(self).";
    "__hash__" tp_hash (Hash) wrap::hash, Some(generic::tp_hash), "($self, /)", "Return hash(self).";
    "__call__" tp_call (Call) wrap::call, Some(generic::tp_call), "($self, /, *args, **kwargs)", "Call self as a function.";
    "__str__" tp_str (Unary) wrap::unary, Some(generic::tp_str), "($self, /)", "Return str(self).";
    "__lt__" tp_richcompare (RichCompare) wrap::lt, Some(generic::tp_richcompare), "($self, value, /)", "Return self<value.";
    "__le__" tp_richcompare (RichCompare) wrap::le, Some(generic::tp_richcompare), "($self, value, /)", "Return self<=value.";
    "__eq__" tp_richcompare (RichCompare) wrap::eq, Some(generic::tp_richcompare), "($self, value, /)", "Return self==value.";
    "__ne__" tp_richcompare (RichCompare) wrap::ne, Some(generic::tp_richcompare), "($self, value, /)", "Return self!=value.";
    "__gt__" tp_richcompare (RichCompare) wrap::gt, Some(generic::tp_richcompare), "($self, value, /)", "Return self>value.";
    "__ge__" tp_richcompare (RichCompare) wrap::ge, Some(generic::tp_richcompare), "($self, value, /)", "Return self>=value.";
    "__iter__" tp_iter (Unary) wrap::unary, Some(generic::tp_iter), "($self, /)", "Implement iter(self).";
    "__next__" tp_iternext (IterNext) wrap::next, Some(generic::tp_iternext), "($self, /)", "Implement next(self).";
    "__get__" tp_descr_get (DescrGet) wrap::descr_get, Some(generic::tp_descr_get), "($self, instance, owner=None, /)", "Return an attribute of instance, which is of type owner.";
    "__set__" tp_descr_set (DescrSet) wrap::descr_set, Some(generic::tp_descr_set), "($self, instance, value, /)", "Set an attribute of instance to value.";
    "__delete__" tp_descr_set (DescrSet) wrap::descr_delete, Some(generic::tp_descr_set), "($self, instance, /)", "Delete an attribute of instance.";
    "__init__" tp_init (Init) wrap::init, Some(generic::tp_init), "($self, /, *args, **kwargs)", "Initialize self.  See help(type(self)) for accurate signature.";
    "__new__" tp_new (New) wrap::none, Some(generic::tp_new), "", "";
    "__del__" tp_finalize (Finalize) wrap::finalize, Some(generic::tp_finalize), "($self, /)", "Called when the instance is about to be destroyed.";
    "__await__" am_await (Unary) wrap::unary, Some(generic::am_await), "($self, /)", "Return an iterator to be used in await expression.";
    "__aiter__" am_aiter (Unary) wrap::unary, Some(generic::am_aiter), "($self, /)", "Return an awaitable, that resolves in asynchronous iterator.";
    "__anext__" am_anext (Unary) wrap::unary, Some(generic::am_anext), "($self, /)", "Return a value or raise StopAsyncIteration.";
    "__add__" nb_add (Binary) wrap::binary_l, Some(generic::nb_add), "($self, value, /)", "Return self+value.";
    "__radd__" nb_add (Binary) wrap::binary_r, Some(generic::nb_add), "($self, value, /)", "Return value+self.";
    "__sub__" nb_subtract (Binary) wrap::binary_l, Some(generic::nb_subtract), "($self, value, /)", "Return self-value.";
    "__rsub__" nb_subtract (Binary) wrap::binary_r, Some(generic::nb_subtract), "($self, value, /)", "Return value-self.";
    "__mul__" nb_multiply (Binary) wrap::binary_l, Some(generic::nb_multiply), "($self, value, /)", "Return self*value.";
    "__rmul__" nb_multiply (Binary) wrap::binary_r, Some(generic::nb_multiply), "($self, value, /)", "Return value*self.";
    "__mod__" nb_remainder (Binary) wrap::binary_l, Some(generic::nb_remainder), "($self, value, /)", "Return self%value.";
    "__rmod__" nb_remainder (Binary) wrap::binary_r, Some(generic::nb_remainder), "($self, value, /)", "Return value%self.";
    "__divmod__" nb_divmod (Binary) wrap::binary_l, Some(generic::nb_divmod), "($self, value, /)", "Return divmod(self, value).";
    "__rdivmod__" nb_divmod (Binary) wrap::binary_r, Some(generic::nb_divmod), "($self, value, /)", "Return divmod(value, self).";
    "__pow__" nb_power (Ternary) wrap::ternary, Some(generic::nb_power), "($self, value, mod=None, /)", "Return pow(self, value, mod).";
    "__rpow__" nb_power (Ternary) wrap::ternary_r, Some(generic::nb_power), "($self, value, mod=None, /)", "Return pow(value, self, mod).";
    "__neg__" nb_negative (Unary) wrap::unary, Some(generic::nb_negative), "($self, /)", "-self";
    "__pos__" nb_positive (Unary) wrap::unary, Some(generic::nb_positive), "($self, /)", "+self";
    "__abs__" nb_absolute (Unary) wrap::unary, Some(generic::nb_absolute), "($self, /)", "abs(self)";
    "__bool__" nb_bool (Inquiry) wrap::inquiry, Some(generic::nb_bool), "($self, /)", "True if self else False";
    "__invert__" nb_invert (Unary) wrap::unary, Some(generic::nb_invert), "($self, /)", "~self";
    "__lshift__" nb_lshift (Binary) wrap::binary_l, Some(generic::nb_lshift), "($self, value, /)", "Return self<<value.";
    "__rlshift__" nb_lshift (Binary) wrap::binary_r, Some(generic::nb_lshift), "($self, value, /)", "Return value<<self.";
    "__rshift__" nb_rshift (Binary) wrap::binary_l, Some(generic::nb_rshift), "($self, value, /)", "Return self>>value.";
    "__rrshift__" nb_rshift (Binary) wrap::binary_r, Some(generic::nb_rshift), "($self, value, /)", "Return value>>self.";
    "__and__" nb_and (Binary) wrap::binary_l, Some(generic::nb_and), "($self, value, /)", "Return self&value.";
    "__rand__" nb_and (Binary) wrap::binary_r, Some(generic::nb_and), "($self, value, /)", "Return value&self.";
    "__xor__" nb_xor (Binary) wrap::binary_l, Some(generic::nb_xor), "($self, value, /)", "Return self^value.";
    "__rxor__" nb_xor (Binary) wrap::binary_r, Some(generic::nb_xor), "($self, value, /)", "Return value^self.";
    "__or__" nb_or (Binary) wrap::binary_l, Some(generic::nb_or), "($self, value, /)", "Return self|value.";
    "__ror__" nb_or (Binary) wrap::binary_r, Some(generic::nb_or), "($self, value, /)", "Return value|self.";
    "__int__" nb_int (Unary) wrap::unary, Some(generic::nb_int), "($self, /)", "int(self)";
    "__float__" nb_float (Unary) wrap::unary, Some(generic::nb_float), "($self, /)", "float(self)";
    "__iadd__" nb_inplace_add (Binary) wrap::binary_l, Some(generic::nb_inplace_add), "($self, value, /)", "Return self+=value.";
    "__isub__" nb_inplace_subtract (Binary) wrap::binary_l, Some(generic::nb_inplace_subtract), "($self, value, /)", "Return self-=value.";
    "__imul__" nb_inplace_multiply (Binary) wrap::binary_l, Some(generic::nb_inplace_multiply), "($self, value, /)", "Return self*=value.";
    "__imod__" nb_inplace_remainder (Binary) wrap::binary_l, Some(generic::nb_inplace_remainder), "($self, value, /)", "Return self%=value.";
    "__ipow__" nb_inplace_power (Ternary) wrap::ternary, Some(generic::nb_inplace_power), "($self, value, /)", "Return self**=value.";
    "__ilshift__" nb_inplace_lshift (Binary) wrap::binary_l, Some(generic::nb_inplace_lshift), "($self, value, /)", "Return self<<=value.";
    "__irshift__" nb_inplace_rshift (Binary) wrap::binary_l, Some(generic::nb_inplace_rshift), "($self, value, /)", "Return self>>=value.";
    "__iand__" nb_inplace_and (Binary) wrap::binary_l, Some(generic::nb_inplace_and), "($self, value, /)", "Return self&=value.";
    "__ixor__" nb_inplace_xor (Binary) wrap::binary_l, Some(generic::nb_inplace_xor), "($self, value, /)", "Return self^=value.";
    "__ior__" nb_inplace_or (Binary) wrap::binary_l, Some(generic::nb_inplace_or), "($self, value, /)", "Return self|=value.";
    "__floordiv__" nb_floor_divide (Binary) wrap::binary_l, Some(generic::nb_floor_divide), "($self, value, /)", "Return self//value.";
    "__rfloordiv__" nb_floor_divide (Binary) wrap::binary_r, Some(generic::nb_floor_divide), "($self, value, /)", "Return value//self.";
    "__truediv__" nb_true_divide (Binary) wrap::binary_l, Some(generic::nb_true_divide), "($self, value, /)", "Return self/value.";
    "__rtruediv__" nb_true_divide (Binary) wrap::binary_r, Some(generic::nb_true_divide), "($self, value, /)", "Return value/self.";
    "__ifloordiv__" nb_inplace_floor_divide (Binary) wrap::binary_l, Some(generic::nb_inplace_floor_divide), "($self, value, /)", "Return self//=value.";
    "__itruediv__" nb_inplace_true_divide (Binary) wrap::binary_l, Some(generic::nb_inplace_true_divide), "($self, value, /)", "Return self/=value.";
    "__index__" nb_index (Unary) wrap::unary, Some(generic::nb_index), "($self, /)", "Return self converted to an integer, if self is suitable for use as an index into a list.";
    "__matmul__" nb_matrix_multiply (Binary) wrap::binary_l, Some(generic::nb_matrix_multiply), "($self, value, /)", "Return self@value.";
    "__rmatmul__" nb_matrix_multiply (Binary) wrap::binary_r, Some(generic::nb_matrix_multiply), "($self, value, /)", "Return value@self.";
    "__imatmul__" nb_inplace_matrix_multiply (Binary) wrap::binary_l, Some(generic::nb_inplace_matrix_multiply), "($self, value, /)", "Return self@=value.";
    "__len__" mp_length (Length) wrap::length, Some(generic::mp_length), "($self, /)", "Return len(self).";
    "__getitem__" mp_subscript (Binary) wrap::binary_l, Some(generic::mp_subscript), "($self, key, /)", "Return self[key].";
    "__setitem__" mp_ass_subscript (ObjObjArg) wrap::ass_subscript, Some(generic::mp_ass_subscript), "($self, key, value, /)", "Set self[key] to value.";
    "__delitem__" mp_ass_subscript (ObjObjArg) wrap::del_subscript, Some(generic::mp_ass_subscript), "($self, key, /)", "Delete self[key].";
    "__len__" sq_length (Length) wrap::length, Some(generic::sq_length), "($self, /)", "Return len(self).";
    "__add__" sq_concat (Binary) wrap::binary_l, None, "($self, value, /)", "Return self+value.";
    "__mul__" sq_repeat (SizeArg) wrap::size_arg, None, "($self, value, /)", "Return self*value.";
    "__rmul__" sq_repeat (SizeArg) wrap::size_arg, None, "($self, value, /)", "Return value*self.";
    "__getitem__" sq_item (SizeArg) wrap::sq_item, Some(generic::sq_item), "($self, key, /)", "Return self[key].";
    "__setitem__" sq_ass_item (SizeObjArg) wrap::sq_setitem, Some(generic::sq_ass_item), "($self, key, value, /)", "Set self[key] to value.";
    "__delitem__" sq_ass_item (SizeObjArg) wrap::sq_delitem, Some(generic::sq_ass_item), "($self, key, /)", "Delete self[key].";
    "__contains__" sq_contains (Contains) wrap::contains, Some(generic::sq_contains), "($self, key, /)", "Return bool(key in self).";
    "__iadd__" sq_inplace_concat (Binary) wrap::binary_l, None, "($self, value, /)", "Implement self+=value.";
    "__imul__" sq_inplace_repeat (SizeArg) wrap::size_arg, None, "($self, value, /)", "Implement self*=value.";
    "__buffer__" bf_getbuffer (GetBuffer) wrap::getbuffer, Some(generic::bf_getbuffer), "($self, flags, /)", "Return a buffer object that exposes the underlying memory of the object.";
    "__release_buffer__" bf_releasebuffer (ReleaseBuffer) wrap::releasebuffer, Some(generic::bf_releasebuffer), "($self, buffer, /)", "Release the buffer object that exposes the underlying memory of the object.";
}
