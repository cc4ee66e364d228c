//! The place in a tuple or list that C has not filled yet, as the VM sees it: an object that stands for
//! NULL. It becomes NULL again when the container crosses to C.

use crate::pyobject::{Ptr, from_c, steal};
use adder_heap::StaticRoot;
use adder_macros::{pyclass, pymethods};
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Value};
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;

/// Stands for an item that is NULL.
#[pyclass(name = "NULL")]
#[repr(C)]
pub struct NullItem {
    h: LongHeader,
}

#[pymethods]
impl NullItem {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, _this: Value) -> PyResult<Value> {
        Ok(vm.new_str("<NULL>"))
    }
}

/// The one object, once there was need of it.
static ITEM: StaticRoot = StaticRoot::new();

#[cold]
fn null_item() -> Value {
    if let Some(item) = ITEM.get() {
        return item;
    }
    ready_class::<NullItem>(Vm::get());
    let item = adder_heap::new(NullItem::shape(), NullItem { h: LongHeader::new() }).value();
    ITEM.set(Some(item));
    item
}

/// Whether the item is NULL to C.
#[inline(always)]
pub fn is_null(v: Value) -> bool {
    ITEM.get().is_some_and(|item| item == v)
}

/// The value of an item.
///
/// # Safety
/// `p` is a live object or NULL.
#[inline(always)]
pub unsafe fn item(p: Ptr) -> Value {
    if p.is_null() { null_item() } else { from_c(p) }
}

/// The value of an item that its container gives away.
///
/// # Safety
/// A place of an owned reference, or of NULL.
#[inline(always)]
pub unsafe fn steal_item(place: &mut Ptr) -> Value {
    let p = std::mem::replace(place, std::ptr::null_mut());
    if p.is_null() { null_item() } else { steal(p) }
}
