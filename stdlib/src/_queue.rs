//! `_queue`: the unbounded queue behind `queue.SimpleQueue`.
//!
//! As in C, `empty_lock` is held while the queue is empty and somebody waits: a getter acquires it, `put`
//! releases it. All else happens under the GIL, so that `put` may be called by a finaliser at any time.

use crate::_thread::raw_lock::{self, RawLock};
use crate::arguments::{bind, params};
use crate::new_exception::ExceptionClass;
use crate::os_support::nanoseconds;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::cell::Cell;
use std::sync::Arc;

static EMPTY: ExceptionClass = ExceptionClass::new();

/// Simple, unbounded, reentrant FIFO queue.
#[pyclass(name = "SimpleQueue", module = "_queue", flags = def::BASE, signature = "()")]
#[repr(C)]
pub struct SimpleQueue {
    h: LongHeader,
    items: Field<Ref<List>>,
    /// Where the queue begins in the list.
    head: Cell<usize>,
    /// Not in the object, which may move while a thread waits.
    empty_lock: Arc<RawLock>,
    locked: Cell<bool>,
}

const PUT: Params = params("put", &["item", "block", "timeout"], 0, 3, 1);

fn len(q: Ref<SimpleQueue>) -> usize {
    q.items.get().len() - q.head.get()
}

fn unlock(q: Ref<SimpleQueue>) {
    if q.locked.replace(false) {
        q.empty_lock.release();
    }
}

fn put(vm: &Vm, q: Ref<SimpleQueue>, item: Value) {
    q.items.get().push(vm, item);
    unlock(q);
}

fn empty(vm: &Vm) -> Raised {
    vm.raise_class(EMPTY.get(), &[])
}

fn get(vm: &Vm, q: Ref<SimpleQueue>, block: bool, timeout: Option<Value>) -> PyResult<Value> {
    let timeout = match timeout.filter(|t| block && !t.is_none()) {
        None => None,
        Some(t) => match nanoseconds(vm, t, true)? {
            ns if ns < 0 => return Err(vm.value_error("'timeout' must be a non-negative number")),
            ns => Some(ns),
        },
    };
    while len(q) == 0 {
        let lock = q.empty_lock.clone();
        if !lock.try_acquire() && (!block || !raw_lock::acquire(vm, &lock, true, timeout)?) {
            return Err(empty(vm));
        }
        // The lock is ours: it stays so while the queue is empty.
        q.locked.set(true);
        if len(q) == 0 && !block {
            return Err(empty(vm));
        }
    }
    let (items, head) = (q.items.get(), q.head.get());
    let item = items.get(head);
    items.set(head, none());
    q.head.set(head + 1);
    if q.head.get() > 32 && 2 * q.head.get() > items.len() {
        items.remove_range(0, q.head.replace(0));
    }
    unlock(q);
    Ok(item)
}

#[pymethods]
impl SimpleQueue {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        crate::arguments::exactly::<SimpleQueue, 0>(vm, class, "SimpleQueue", args)?;
        let q = SimpleQueue {
            h: LongHeader::new(),
            items: Field::new(List::new(vm)),
            head: Cell::new(0),
            empty_lock: Arc::new(RawLock::new()),
            locked: Cell::new(false),
        };
        Ok(vm.new_instance(class, q)?.value())
    }

    /// Put the item on the queue.
    ///
    /// The optional 'block' and 'timeout' arguments are ignored, as this method
    /// never blocks.  They are provided for compatibility with the Queue class.
    #[pymethod("($self, /, item, block=True, timeout=None)")]
    fn put(vm: &Vm, this: Ref<SimpleQueue>, args: Args) -> PyResult<()> {
        let [item, _, _] = bind::<3>(vm, &PUT, args)?;
        put(vm, this, item.expect("a required argument is bound"));
        Ok(())
    }

    /// Put an item into the queue without blocking.
    ///
    /// This is exactly equivalent to `put(item)` and is only provided
    /// for compatibility with the Queue class.
    #[pymethod("($self, /, item)")]
    fn put_nowait(vm: &Vm, this: Ref<SimpleQueue>, item: Value) {
        put(vm, this, item);
    }

    /// Remove and return an item from the queue.
    ///
    /// If optional args 'block' is true and 'timeout' is None (the default),
    /// block if necessary until an item is available. If 'timeout' is
    /// a non-negative number, it blocks at most 'timeout' seconds and raises
    /// the Empty exception if no item was available within that time.
    /// Otherwise ('block' is false), return an item if one is immediately
    /// available, else raise the Empty exception ('timeout' is ignored
    /// in that case).
    #[pymethod("($self, /, block=True, timeout=None)")]
    fn get(vm: &Vm, this: Ref<SimpleQueue>, block: Option<bool>, timeout: Option<Value>) -> PyResult<Value> {
        get(vm, this, block.unwrap_or(true), timeout)
    }

    /// Remove and return an item from the queue without blocking.
    ///
    /// Only get an item if one is immediately available. Otherwise
    /// raise the Empty exception.
    #[pymethod("($self, /)")]
    fn get_nowait(vm: &Vm, this: Ref<SimpleQueue>) -> PyResult<Value> {
        get(vm, this, false, None)
    }

    /// Return True if the queue is empty, False otherwise (not reliable!).
    #[pymethod("($self, /)")]
    fn empty(_: &Vm, this: Ref<SimpleQueue>) -> bool {
        len(this) == 0
    }

    /// Return the approximate size of the queue (not reliable!).
    #[pymethod("($self, /)")]
    fn qsize(_: &Vm, this: Ref<SimpleQueue>) -> usize {
        len(this)
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, item)
    }
}

/// C implementation of the Python queue module.
/// This module is an implementation detail, please do not use it directly.
#[pymodule]
pub mod _queue {
    use super::*;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let doc = "Exception raised by Queue.get(block=0)/get_nowait().";
        let empty = EMPTY.make(vm, "_queue", "Empty", &[Exc::Exception.class().value()], doc)?;
        m.dict().set_str(vm, "Empty", empty);
        m.dict().set_str(vm, "SimpleQueue", ready_class::<SimpleQueue>(vm).value());
        Ok(())
    }
}
