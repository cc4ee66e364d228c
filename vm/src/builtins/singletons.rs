//! None, True, False, NotImplemented and Ellipsis: static objects outside the heap.

use crate::args::Args;
use crate::builtins::int::Int;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap::ShapeId;
use adder_macros::{pyclass, pymethods};

/// The type of the None singleton.
#[pyclass(name = "NoneType", fixed = id::NONE, signature = "()")]
#[repr(C)]
pub struct NoneType {
    h: LongHeader,
}

/// The type of the NotImplemented singleton.
#[pyclass(name = "NotImplementedType", fixed = id::NOT_IMPLEMENTED, signature = "()")]
#[repr(C)]
pub struct NotImplementedType {
    h: LongHeader,
}

/// The type of the Ellipsis singleton.
#[pyclass(name = "ellipsis", fixed = id::ELLIPSIS, signature = "()")]
#[repr(C)]
pub struct Ellipsis {
    h: LongHeader,
}

/// A static object, aligned as those of the heap are: links of C structs use the low bits.
#[repr(C, align(16))]
struct Static<T>(T);
// SAFETY: only the shadow word and flags change, under the GIL (gil-protected).
unsafe impl<T> Sync for Static<T> {}

static NONE: Static<NoneType> = Static(NoneType { h: LongHeader::immortal(ShapeId::fixed(id::NONE)) });
static NOT_IMPLEMENTED: Static<NotImplementedType> =
    Static(NotImplementedType { h: LongHeader::immortal(ShapeId::fixed(id::NOT_IMPLEMENTED)) });
static ELLIPSIS: Static<Ellipsis> =
    Static(Ellipsis { h: LongHeader::immortal(ShapeId::fixed(id::ELLIPSIS)) });
static TRUE: Static<Int> = Static(Int::immortal_bool(Value::from_small(1)));
static FALSE: Static<Int> = Static(Int::immortal_bool(Value::from_small(0)));

#[inline(always)]
fn word<T>(s: &'static Static<T>) -> Value {
    // SAFETY: the address of a static object with a header.
    unsafe { Value::from_bits_unchecked(s as *const Static<T> as u64) }
}

#[inline(always)]
pub fn none() -> Value {
    word(&NONE)
}

#[inline(always)]
pub fn true_() -> Value {
    word(&TRUE)
}

#[inline(always)]
pub fn false_() -> Value {
    word(&FALSE)
}

#[inline(always)]
pub fn not_implemented() -> Value {
    word(&NOT_IMPLEMENTED)
}

#[inline(always)]
pub fn ellipsis() -> Value {
    word(&ELLIPSIS)
}

#[inline(always)]
pub fn bool_value(b: bool) -> Value {
    if b { true_() } else { false_() }
}

/// The truth of True and False themselves.
#[inline(always)]
pub fn as_bool(v: Value) -> Option<bool> {
    if v == true_() {
        Some(true)
    } else if v == false_() {
        Some(false)
    } else {
        None
    }
}

#[inline(always)]
pub fn is_not_implemented(v: Value) -> bool {
    v == not_implemented()
}

fn no_args(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<()> {
    if !args.all().is_empty() {
        raise!(vm, TypeError, "{} takes no arguments", class.name())
    }
    Ok(())
}

#[pymethods]
impl NoneType {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        no_args(vm, class, args)?;
        Ok(none())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, _: Value) -> PyResult<Value> {
        Ok(vm.intern_str("None").value())
    }

    #[slot(nb_bool)]
    fn bool(_: &Vm, _: Value) -> PyResult<bool> {
        Ok(false)
    }

    #[slot(tp_hash)]
    fn hash(_: &Vm, _: Value) -> PyResult<i64> {
        Ok(0xfca86420)
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        crate::builtins::union_::or(vm, a, b)
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: crate::slots::CompareOp) -> PyResult<Value> {
        vm.identity_compare(a, b, op)
    }
}

#[pymethods]
impl NotImplementedType {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        no_args(vm, class, args)?;
        Ok(not_implemented())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, _: Value) -> PyResult<Value> {
        Ok(vm.intern_str("NotImplemented").value())
    }

    #[slot(nb_bool)]
    fn bool(vm: &Vm, _: Value) -> PyResult<bool> {
        Err(vm.type_error("NotImplemented should not be used in a boolean context"))
    }

    #[pymethod("($self, /)")]
    fn __reduce__(_vm: &Vm, _this: Value) -> &'static str {
        "NotImplemented"
    }
}

#[pymethods]
impl Ellipsis {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if !args.all().is_empty() {
            raise!(vm, TypeError, "EllipsisType takes no arguments")
        }
        let _ = class;
        Ok(ellipsis())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, _: Value) -> PyResult<Value> {
        Ok(vm.intern_str("Ellipsis").value())
    }

    #[pymethod("($self, /)")]
    fn __reduce__(_vm: &Vm, _this: Value) -> &'static str {
        "Ellipsis"
    }
}

#[allow(unused_imports)]
use Field as _;
#[allow(unused_imports)]
use ValueExt as _;
