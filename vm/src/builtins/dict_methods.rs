//! Methods and slots of `dict`; the views are in `dict_views.rs`.

use crate::args::Args;
use crate::builtins::dict::Dict;
use crate::builtins::dict_views::{DictItems, DictKeyIterator, DictKeys, DictReverseKeyIterator, DictValues};
use crate::builtins::exceptions::Exc;
use crate::builtins::list::List;
use crate::builtins::sequence;
use crate::builtins::set::{FrozenSet, Set, any_set};
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{Type, TypeExt};
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_macros::pymethods;

/// The receiver of a slot.
#[inline(always)]
fn me(v: Value) -> Ref<Dict> {
    // SAFETY: used in slots of dict only (layout-of-objects).
    unsafe { v.cast() }
}

impl Vm {
    /// `dict.update(other)` for a mapping; AttributeError if it has no `keys` (PyDict_Update).
    pub fn dict_update(&self, dict: Ref<Dict>, other: Value) -> PyResult<()> {
        if let Some(d) = other.downcast::<Dict>()
            && has_dict_iter(d)
        {
            return dict.update_from(self, d);
        }
        let keys = self.call_method(other, names().keys, &[])?;
        let iter = self.iter(keys)?;
        while let Some(key) = self.next(iter)? {
            let value = self.get_item(other, key)?;
            dict.set_item(self, key, value)?;
        }
        Ok(())
    }

    /// `dict.update(other)` for a mapping or an iterable of pairs.
    pub fn dict_update_any(&self, dict: Ref<Dict>, other: Value) -> PyResult<()> {
        if other.is::<Dict>() || self.get_attr_opt(other, names().keys)?.is_some() {
            return self.dict_update(dict, other);
        }
        merge_pairs(self, dict, other)
    }
}

/// Whether a dict iterates as the class `dict` does, so that it may be read directly.
fn has_dict_iter(d: Ref<Dict>) -> bool {
    d.value().is::<Dict>()
        || d.value().class().slots().tp_iter.map(|f| f as usize)
            == Dict::class().slots().tp_iter.map(|f| f as usize)
}

/// PyDict_MergeFromSeq2
fn merge_pairs(vm: &Vm, dict: Ref<Dict>, pairs: Value) -> PyResult<()> {
    let iter = vm.iter(pairs)?;
    let mut i = 0;
    while let Some(item) = vm.next(iter)? {
        let pair = match sequence::fast_sequence(vm, item, "object is not iterable") {
            Ok(pair) => pair,
            Err(raised) => {
                let exc = vm.take_exception(raised);
                if exc.value().class() == Exc::TypeError.class() {
                    let note =
                        format!("Cannot convert dictionary update sequence element #{i} to a sequence");
                    crate::builtins::exceptions::add_note(vm, exc, &note)?;
                }
                return Err(vm.restore(exc));
            }
        };
        let [key, value] = *sequence::fast_items(pair) else {
            raise!(
                vm,
                ValueError,
                "dictionary update sequence element #{i} has length {}; 2 is required",
                sequence::fast_items(pair).len()
            )
        };
        dict.set_item(vm, key, value)?;
        i += 1;
    }
    Ok(())
}

fn update_args(vm: &Vm, dict: Ref<Dict>, args: Args, name: &str) -> PyResult<()> {
    let pos = args.pos();
    if pos.len() > 1 {
        raise!(vm, TypeError, "{name} expected at most 1 argument, got {}", pos.len())
    }
    if let Some(other) = pos.first() {
        vm.dict_update_any(dict, *other)?;
    }
    for (name, value) in args.keywords() {
        dict.set_item(vm, name.value(), value)?;
    }
    Ok(())
}

/// Whether two dicts have equal items (dict_equal).
fn equal(vm: &Vm, a: Ref<Dict>, b: Ref<Dict>) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut i = 0;
    while i < a.slots() {
        if let Some((key, value)) = a.entry(i) {
            match b.get_item(vm, key)? {
                Some(other) if vm.eq(value, other)? => {}
                _ => return Ok(false),
            }
        }
        i += 1;
    }
    Ok(true)
}

/// An empty instance of a dict subclass that iterates as dicts do, or the result of calling the class.
fn new_of_class(vm: &Vm, class: Value) -> PyResult<Value> {
    if class == Dict::class().value() { Ok(Dict::new(vm).value()) } else { vm.call(class, &[]) }
}

#[pymethods]
impl Dict {
    #[slot(tp_new)]
    fn new_(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(vm.new_instance(class, Dict::blank())?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        update_args(vm, me(this), args, "dict")
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        if me(this).is_empty() {
            return Ok(vm.new_str("{}"));
        }
        sequence::guarded_repr(vm, this, "{...}", |out| {
            let (mut i, mut first) = (0, true);
            out.push_str("{");
            while i < me(this).slots() {
                if let Some((k, v)) = me(this).entry(i) {
                    if !first {
                        out.push_str(", ");
                    }
                    first = false;
                    sequence::push_repr(vm, out, k)?;
                    out.push_str(": ");
                    sequence::push_repr(vm, out, v)?;
                }
                i += 1;
            }
            out.push_str("}");
            Ok(())
        })
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.downcast::<Dict>(), b.downcast::<Dict>()) else {
            return Ok(not_implemented());
        };
        match op {
            CompareOp::Eq => Ok(bool_value(equal(vm, x, y)?)),
            CompareOp::Ne => Ok(bool_value(!equal(vm, x, y)?)),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(DictKeyIterator::new(vm, me(this)))
    }

    #[slot(mp_length)]
    fn length(_vm: &Vm, this: Value) -> PyResult<usize> {
        Ok(me(this).len())
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        if let Some(v) = me(this).get_item(vm, key)? {
            return Ok(v);
        }
        if !this.is::<Dict>()
            && let Some(f) = this.class().lookup(vm, names().__missing__)
        {
            return vm.call_unbound(f, this, &[key]);
        }
        Err(vm.key_error(key))
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        match value {
            Some(v) => me(this).set_item(vm, key, v),
            None => match me(this).remove(vm, key)? {
                Some(_) => Ok(()),
                None => Err(vm.key_error(key)),
            },
        }
    }

    #[slot(sq_contains)]
    fn contains_(vm: &Vm, this: Value, key: Value) -> PyResult<bool> {
        me(this).contains(vm, key)
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.downcast::<Dict>(), b.downcast::<Dict>()) else {
            return Ok(not_implemented());
        };
        let new = if has_dict_iter(x) {
            x.copy(vm)
        } else {
            let new = Dict::new(vm);
            vm.dict_update(new, a)?;
            new
        };
        vm.dict_update(new, y.value())?;
        Ok(new.value())
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
        vm.dict_update_any(me(this), other)?;
        Ok(this)
    }

    /// True if the dictionary has the specified key, else False.
    #[pymethod("($self, key, /)")]
    fn __contains__(vm: &Vm, this: Ref<Dict>, key: Value) -> PyResult<bool> {
        this.contains(vm, key)
    }

    /// Return self[key].
    #[pymethod("($self, key, /)")]
    fn __getitem__(vm: &Vm, this: Ref<Dict>, key: Value) -> PyResult<Value> {
        Dict::subscript(vm, this.value(), key)
    }

    /// Return the size of the dict in memory, in bytes.
    #[pymethod("($self, /)")]
    fn __sizeof__(_vm: &Vm, this: Ref<Dict>) -> i64 {
        (std::mem::size_of::<Dict>() + 28 * this.slots().next_power_of_two()) as i64
    }

    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod("($self, key, default=None, /)")]
    fn get(vm: &Vm, this: Ref<Dict>, key: Value, default: Option<Value>) -> PyResult<Value> {
        Ok(this.get_item(vm, key)?.or(default).unwrap_or(none()))
    }

    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod("($self, key, default=None, /)")]
    fn setdefault(vm: &Vm, this: Ref<Dict>, key: Value, default: Option<Value>) -> PyResult<Value> {
        this.set_default(vm, key, default.unwrap_or(none()))
    }

    /// D.pop(k[,d]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[pymethod("($self, key, default=<unrepresentable>, /)")]
    fn pop(vm: &Vm, this: Ref<Dict>, key: Value, default: Option<Value>) -> PyResult<Value> {
        if this.is_empty() {
            return match default {
                Some(v) => Ok(v),
                None => Err(vm.key_error(key)),
            };
        }
        match this.remove(vm, key)?.or(default) {
            Some(v) => Ok(v),
            None => Err(vm.key_error(key)),
        }
    }

    /// Remove and return a (key, value) pair as a 2-tuple.
    ///
    /// Pairs are returned in LIFO (last-in, first-out) order.
    /// Raises KeyError if the dict is empty.
    #[pymethod("($self, /)")]
    fn popitem(vm: &Vm, this: Ref<Dict>) -> PyResult<Value> {
        match this.pop_last() {
            Some((k, v)) => Ok(Tuple::from_slice(vm, &[k, v]).value()),
            None => {
                let message = vm.new_str("popitem(): dictionary is empty");
                Err(vm.key_error(message))
            }
        }
    }

    /// Return a set-like object providing a view on the dict's keys.
    #[pymethod("($self, /)")]
    fn keys(vm: &Vm, this: Ref<Dict>) -> Ref<DictKeys> {
        DictKeys::new(vm, this)
    }

    /// Return a set-like object providing a view on the dict's items.
    #[pymethod("($self, /)")]
    fn items(vm: &Vm, this: Ref<Dict>) -> Ref<DictItems> {
        DictItems::new(vm, this)
    }

    /// Return an object providing a view on the dict's values.
    #[pymethod("($self, /)")]
    fn values(vm: &Vm, this: Ref<Dict>) -> Ref<DictValues> {
        DictValues::new(vm, this)
    }

    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    ///
    /// If E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]
    /// If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v
    /// In either case, this is followed by: for k in F:  D[k] = F[k]
    #[pymethod]
    fn update(vm: &Vm, this: Ref<Dict>, args: Args) -> PyResult<()> {
        update_args(vm, this, args, "update")
    }

    /// Create a new dictionary with keys from iterable and values set to value.
    #[classmethod("($type, iterable, value=None, /)")]
    fn fromkeys(vm: &Vm, class: Value, iterable: Value, value: Option<Value>) -> PyResult<Value> {
        let value = value.unwrap_or(none());
        let new = new_of_class(vm, class)?;
        if let Some(d) = new.exact::<Dict>().filter(|d| d.is_empty()) {
            // Dicts and sets know the hashes of their keys.
            if let Some(keys) = iterable.exact::<Dict>() {
                let mut i = 0;
                while i < keys.slots() {
                    if let Some((hash, key, _)) = keys.entry_with_hash(i) {
                        let hash = if key.is::<Str>() { vm.hash(key)? } else { hash };
                        d.set_known_hash(vm, key, hash, value)?;
                    }
                    i += 1;
                }
                return Ok(new);
            }
            if let Some(keys) =
                any_set(iterable).filter(|s| s.value().is::<Set>() || s.value().is::<FrozenSet>())
            {
                let mut at = 0;
                while let Some((key, hash)) = keys.next_entry(&mut at) {
                    let hash = if key.is::<Str>() { vm.hash(key)? } else { hash };
                    d.set_known_hash(vm, key, hash, value)?;
                }
                return Ok(new);
            }
            vm.iterate(iterable, &mut |key| d.set_item(vm, key, value))?;
        } else {
            vm.iterate(iterable, &mut |key| vm.set_item(new, key, value))?;
        }
        Ok(new)
    }

    /// Remove all items from the dict.
    #[pymethod(name = "clear", "($self, /)")]
    fn clear_(_vm: &Vm, this: Ref<Dict>) {
        this.clear();
    }

    /// Return a shallow copy of the dict.
    #[pymethod(name = "copy", "($self, /)")]
    fn copy_(vm: &Vm, this: Ref<Dict>) -> Ref<Dict> {
        this.copy(vm)
    }

    /// Return a reverse iterator over the dict keys.
    #[pymethod("($self, /)")]
    fn __reversed__(vm: &Vm, this: Ref<Dict>) -> Value {
        DictReverseKeyIterator::new(vm, this)
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }
}

#[allow(unused_imports)]
use List as _;
