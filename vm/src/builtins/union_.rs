//! `typing.Union`, which is also `types.UnionType`: `int | str` (CPython's unionobject.c).

use crate::builtins::generic_alias::{self, GenericAlias};
use crate::builtins::list::List;
use crate::builtins::set::{FrozenSet, Set};
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_text::builder::Builder;

/// Represent a union type
///
/// E.g. for int | str
#[pyclass(name = "Union", module = "typing", flags = def::IMMUTABLE | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Union {
    h: LongHeader,
    args: Field<Ref<Tuple>>,
    /// A frozenset of the arguments that have a hash.
    hashable: Field<Ref<Set>>,
    unhashable: Field<Ref<List>>,
    parameters: Field<Option<Ref<Tuple>>>,
}

/// Collects the members of a union without repetition.
struct Members<'a> {
    vm: &'a Vm,
    args: Ref<List>,
    hashable: Ref<Set>,
    unhashable: Ref<List>,
}

impl Members<'_> {
    fn new(vm: &Vm) -> Members<'_> {
        Members { vm, args: List::new(vm), hashable: FrozenSet::new(vm), unhashable: List::new(vm) }
    }

    fn add(&self, v: Value) -> PyResult<()> {
        let vm = self.vm;
        if v.is_none() {
            return self.add_one(v.class().value());
        }
        if let Some(u) = v.exact::<Union>() {
            let args = u.args.get();
            for a in args.items() {
                self.add_one(*a)?;
            }
            return Ok(());
        }
        let _ = vm;
        self.add_one(v)
    }

    fn add_one(&self, v: Value) -> PyResult<()> {
        let vm = self.vm;
        match vm.hash(v) {
            Ok(hash) => {
                if self.hashable.add_entry(vm, v, hash)? {
                    self.args.push(vm, v);
                }
            }
            Err(raised) => {
                vm.swallow(raised, crate::builtins::exceptions::Exc::TypeError)?;
                if !vm.contains(self.unhashable.value(), v)? {
                    self.unhashable.push(vm, v);
                    self.args.push(vm, v);
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> PyResult<Value> {
        let vm = self.vm;
        match self.args.len() {
            0 => Err(vm.type_error("Cannot take a Union of no types.")),
            1 => Ok(self.args.get(0)),
            _ => {
                let args = Tuple::from_slice(vm, self.args.items());
                let union = Union {
                    h: LongHeader::new(),
                    args: Field::new(args),
                    hashable: Field::new(self.hashable),
                    unhashable: Field::new(self.unhashable),
                    parameters: Field::new(None),
                };
                Ok(heap::new(Union::shape(), union).value())
            }
        }
    }
}

fn is_unionable(v: Value) -> bool {
    v.is_none()
        || v.downcast::<Type>().is_some()
        || v.downcast::<GenericAlias>().is_some()
        || v.is::<Union>()
        || crate::builtins::typevar::is_type_alias(v)
}

/// `a | b` for types; NotImplemented for anything else.
pub fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    if !is_unionable(a) || !is_unionable(b) {
        return Ok(not_implemented());
    }
    union_of(vm, &[a, b])
}

/// The union of members that need no check.
pub fn union_of(vm: &Vm, members: &[Value]) -> PyResult<Value> {
    let m = Members::new(vm);
    for v in members {
        m.add(*v)?;
    }
    m.finish()
}

/// `Union[a, b]`: the members are checked by `typing._type_check` (_Py_union_from_tuple).
fn union_checked(vm: &Vm, members: Ref<Tuple>) -> PyResult<Value> {
    let m = Members::new(vm);
    for v in members.items() {
        if is_unionable(*v) {
            m.add(*v)?;
            continue;
        }
        let check = typing_function(vm, "_type_check")?;
        let message = vm.new_str("Union[arg, ...]: each arg must be a type.");
        m.add(vm.call(check, &[*v, message])?)?;
    }
    m.finish()
}

/// A function of the module `typing`.
pub fn typing_function(vm: &Vm, name: &str) -> PyResult<Value> {
    let module = crate::import::import_module(vm, "typing")?;
    vm.get_attr_str(module, name)
}

/// The members, if `v` is a union: for `isinstance`.
pub fn members(v: Value) -> Option<Ref<Tuple>> {
    v.exact::<Union>().map(|u| u.args.get())
}

/// `class[item]`
pub fn generic_alias(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
    Ok(GenericAlias::new(vm, class, item).value())
}

fn me(v: Value) -> Ref<Union> {
    // SAFETY: used in slots of Union only.
    unsafe { v.cast() }
}

fn equal(vm: &Vm, a: Ref<Union>, b: Ref<Union>) -> PyResult<bool> {
    if !vm.eq(a.hashable.get().value(), b.hashable.get().value())? {
        return Ok(false);
    }
    let (x, y) = (a.unhashable.get(), b.unhashable.get());
    if x.len() != y.len() {
        return Ok(false);
    }
    for i in 0..x.len() {
        if !vm.contains(y.value(), x.get(i))? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[pymethods]
impl Union {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let mut out = Builder::new();
        for (i, v) in me(this).args.get().items().iter().enumerate() {
            if i > 0 {
                out.push_str(" | ");
            }
            generic_alias::push_type_repr(vm, &mut out, *v)?;
        }
        vm.new_str_owned(out.finish())
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let u = me(this);
        let bad = u.unhashable.get();
        for i in 0..bad.len() {
            vm.hash(bad.get(i))?;
        }
        if !bad.is_empty() {
            raise!(vm, TypeError, "union contains {} unhashable elements", bad.len())
        }
        vm.hash(u.hashable.get().value())
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.exact::<Union>(), b.exact::<Union>()) else {
            return Ok(not_implemented());
        };
        match op {
            CompareOp::Eq => Ok(bool_value(equal(vm, x, y)?)),
            CompareOp::Ne => Ok(bool_value(!equal(vm, x, y)?)),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        or(vm, a, b)
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, item: Value) -> PyResult<Value> {
        let u = me(this);
        let params = Union::__parameters__(vm, u)?;
        let args = generic_alias::substitute(vm, this, u.args.get(), params, item)?;
        // `|` of the arguments one after the other, so that they may overload it.
        let mut result = args.get(0);
        for v in &args.items()[1..] {
            result = vm.binary_op(crate::protocol::BinaryOp::Or, result, *v)?;
        }
        Ok(result)
    }

    #[getter]
    fn __args__(_vm: &Vm, this: Ref<Union>) -> Ref<Tuple> {
        this.args.get()
    }

    /// Name of the type
    #[getter]
    fn __name__(_vm: &Vm, _this: Ref<Union>) -> &'static str {
        "Union"
    }

    /// Qualified name of the type
    #[getter]
    fn __qualname__(_vm: &Vm, _this: Ref<Union>) -> &'static str {
        "Union"
    }

    /// Always returns the type
    #[getter]
    fn __origin__(_vm: &Vm, _this: Ref<Union>) -> Ref<Type> {
        Union::class()
    }

    /// Type variables in the types.UnionType.
    #[getter]
    fn __parameters__(vm: &Vm, this: Ref<Union>) -> PyResult<Ref<Tuple>> {
        if let Some(p) = this.parameters.get() {
            return Ok(p);
        }
        let p = generic_alias::make_parameters(vm, this.args.get().items())?;
        this.parameters.set(this, Some(p));
        Ok(p)
    }

    #[pymethod("($self, bases, /)")]
    fn __mro_entries__(vm: &Vm, this: Ref<Union>, _bases: Value) -> PyResult<Value> {
        raise!(vm, TypeError, "Cannot subclass {}", vm.repr_string(this.value())?)
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, _class: Value, object: Value) -> PyResult<Value> {
        let members = object.downcast::<Tuple>().unwrap_or_else(|| Tuple::from_slice(vm, &[object]));
        union_checked(vm, members)
    }
}

#[allow(unused_imports)]
use none as _;
