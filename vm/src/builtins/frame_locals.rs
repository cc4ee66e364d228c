//! `FrameLocalsProxy`: the local variables of a function's frame as a mapping that writes through (PEP 667).
//!
//! Variables are where the frame keeps them (`Frame::local`, `Frame::set_local`); keys that are no variables of
//! the function are kept in a dict of the frame object.

use crate::args::Args;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::frame::{Frame, FrameExt};
use crate::builtins::list::List;
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};

#[pyclass(name = "FrameLocalsProxy", flags = def::DEFAULT | def::MAPPING)]
#[repr(C)]
pub struct FrameLocalsProxy {
    h: LongHeader,
    frame: Field<Ref<Frame>>,
}

/// The proxy of a function's frame.
pub fn proxy(frame: Ref<Frame>) -> Value {
    let init = FrameLocalsProxy { h: LongHeader::new(), frame: Field::new(frame) };
    heap::new(FrameLocalsProxy::shape(), init).value()
}

fn frame_of(this: Value) -> Ref<Frame> {
    // SAFETY: called from methods and slots of FrameLocalsProxy, which has no subclasses.
    unsafe { this.cast::<FrameLocalsProxy>() }.frame.get()
}

/// The variable with this name, bound or not.
fn index(vm: &Vm, frame: Ref<Frame>, key: Value) -> PyResult<Option<usize>> {
    vm.hash(key)?;
    if key.downcast::<Str>().is_none() {
        return Ok(None);
    }
    let code = frame.code();
    for (i, name) in code.localsplusnames.get().items().iter().enumerate() {
        if !frame.is_hidden(i) && vm.eq(*name, key)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn find(vm: &Vm, this: Value, key: Value) -> PyResult<Option<Value>> {
    let frame = frame_of(this);
    if let Some(i) = index(vm, frame, key)?
        && let Some(v) = frame.local(i)
    {
        return Ok(Some(v));
    }
    match frame.extra_locals() {
        Some(d) => d.get_item(vm, key),
        None => Ok(None),
    }
}

fn store(vm: &Vm, this: Value, key: Value, value: Value) -> PyResult<()> {
    let frame = frame_of(this);
    match index(vm, frame, key)? {
        Some(i) => {
            frame.set_local(i, value);
            Ok(())
        }
        None => frame.make_extra_locals(vm).set_item(vm, key, value),
    }
}

fn remove(vm: &Vm, this: Value, key: Value) -> PyResult<Option<Value>> {
    let frame = frame_of(this);
    if index(vm, frame, key)?.is_some() {
        return Err(vm.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    match frame.extra_locals() {
        Some(d) => d.remove(vm, key),
        None => Ok(None),
    }
}

fn snapshot(vm: &Vm, this: Value) -> PyResult<Ref<Dict>> {
    let frame = frame_of(this);
    let dict = frame.variables(vm);
    if let Some(extra) = frame.extra_locals() {
        dict.update_from(vm, extra)?;
    }
    Ok(dict)
}

fn listed(vm: &Vm, this: Value, what: &str) -> PyResult<Ref<List>> {
    let view = vm.call_method(snapshot(vm, this)?.value(), vm.intern_str(what), &[])?;
    let list = List::new(vm);
    vm.iterate(view, &mut |item| {
        list.push(vm, item);
        Ok(())
    })?;
    Ok(list)
}

fn is_mapping(v: Value) -> bool {
    v.downcast::<Dict>().is_some() || v.is::<FrameLocalsProxy>()
}

/// Writes all items of a dict or another proxy. False: it is neither.
fn update(vm: &Vm, this: Value, other: Value) -> PyResult<bool> {
    let items = match other.downcast::<Dict>() {
        Some(d) => d,
        None if other.is::<FrameLocalsProxy>() => snapshot(vm, other)?,
        None => return Ok(false),
    };
    for i in 0..items.slots() {
        if let Some((k, v)) = items.entry(i) {
            store(vm, this, k, v)?;
        }
    }
    Ok(true)
}

#[pymethods]
impl FrameLocalsProxy {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [frame] = args.pos() else {
            raise!(vm, TypeError, "FrameLocalsProxy expected 1 argument, got {}", args.pos().len())
        };
        match frame.downcast::<Frame>() {
            Some(frame) => Ok(proxy(frame)),
            None => raise!(vm, TypeError, "expect frame, not {}", frame.class().name()),
        }
    }

    #[slot(mp_subscript)]
    fn getitem(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        match find(vm, this, key)? {
            Some(v) => Ok(v),
            None => {
                let shown = vm.repr_string(key)?;
                let text = vm.new_str(&format!("local variable '{shown}' is not defined"));
                Err(vm.error_value(Exc::KeyError, text))
            }
        }
    }

    #[slot(mp_ass_subscript)]
    fn setitem(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        match value {
            Some(v) => store(vm, this, key, v),
            None => match remove(vm, this, key)? {
                Some(_) => Ok(()),
                None => Err(vm.error_value(Exc::KeyError, key)),
            },
        }
    }

    #[slot(mp_length)]
    fn len(vm: &Vm, this: Value) -> PyResult<usize> {
        Ok(snapshot(vm, this)?.len())
    }

    #[slot(sq_contains)]
    fn contains(vm: &Vm, this: Value, key: Value) -> PyResult<bool> {
        Ok(find(vm, this, key)?.is_some())
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.iter(listed(vm, this, "keys")?.value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        if vm.repr_enter(this)? {
            return Ok(vm.new_str("{...}"));
        }
        let shown = snapshot(vm, this).and_then(|d| vm.repr(d.value()));
        vm.repr_leave(this);
        shown
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        Err(vm.unhashable(this))
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !is_mapping(b) {
            return Ok(not_implemented());
        }
        if b.is::<FrameLocalsProxy>() {
            return Ok(bool_value((frame_of(a) == frame_of(b)) == (op == CompareOp::Eq)));
        }
        vm.compare(snapshot(vm, a)?.value(), b, op)
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if !is_mapping(a) || !is_mapping(b) {
            return Ok(not_implemented());
        }
        let result = Dict::new(vm);
        for side in [a, b] {
            let items = match side.downcast::<Dict>() {
                Some(d) => d,
                None => snapshot(vm, side)?,
            };
            result.update_from(vm, items)?;
        }
        Ok(result.value())
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
        Ok(if update(vm, this, other)? { this } else { not_implemented() })
    }

    #[pymethod("($self, key, default=None, /)")]
    fn get(vm: &Vm, this: Ref<FrameLocalsProxy>, key: Value, default: Option<Value>) -> PyResult<Value> {
        Ok(find(vm, this.value(), key)?.unwrap_or(default.unwrap_or(none())))
    }

    #[pymethod("($self, key, default=None, /)")]
    fn setdefault(
        vm: &Vm,
        this: Ref<FrameLocalsProxy>,
        key: Value,
        default: Option<Value>,
    ) -> PyResult<Value> {
        if let Some(v) = find(vm, this.value(), key)? {
            return Ok(v);
        }
        let value = default.unwrap_or(none());
        store(vm, this.value(), key, value)?;
        Ok(value)
    }

    #[pymethod("($self, key, default=<unrepresentable>, /)")]
    fn pop(vm: &Vm, this: Ref<FrameLocalsProxy>, key: Value, default: Option<Value>) -> PyResult<Value> {
        match remove(vm, this.value(), key)?.or(default) {
            Some(v) => Ok(v),
            None => Err(vm.error_value(Exc::KeyError, key)),
        }
    }

    #[pymethod("($self, other, /)")]
    fn update(vm: &Vm, this: Ref<FrameLocalsProxy>, other: Value) -> PyResult<()> {
        if update(vm, this.value(), other)? {
            return Ok(());
        }
        Err(vm.type_error("update() argument must be dict or another FrameLocalsProxy"))
    }

    #[pymethod("($self, /)")]
    fn keys(vm: &Vm, this: Ref<FrameLocalsProxy>) -> PyResult<Ref<List>> {
        listed(vm, this.value(), "keys")
    }

    #[pymethod("($self, /)")]
    fn values(vm: &Vm, this: Ref<FrameLocalsProxy>) -> PyResult<Ref<List>> {
        listed(vm, this.value(), "values")
    }

    #[pymethod("($self, /)")]
    fn items(vm: &Vm, this: Ref<FrameLocalsProxy>) -> PyResult<Ref<List>> {
        listed(vm, this.value(), "items")
    }

    #[pymethod("($self, /)")]
    fn copy(vm: &Vm, this: Ref<FrameLocalsProxy>) -> PyResult<Ref<Dict>> {
        snapshot(vm, this.value())
    }

    #[pymethod("($self, /)")]
    fn __reversed__(vm: &Vm, this: Ref<FrameLocalsProxy>) -> PyResult<Value> {
        let keys = listed(vm, this.value(), "keys")?;
        vm.call_method(keys.value(), vm.intern_str("reverse"), &[])?;
        Ok(keys.value())
    }
}
