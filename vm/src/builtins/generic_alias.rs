//! `types.GenericAlias`, such as `list[int]`, and the substitution of type parameters that it shares
//! with unions (CPython's genericaliasobject.c).

use crate::args::Args;
use crate::builtins::exceptions::Exc;
use crate::builtins::list::List;
use crate::builtins::object::Object as BaseObject;
use crate::builtins::sequence;
use crate::builtins::singletons::{bool_value, ellipsis, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_text::builder::Builder;
use std::cell::Cell;

/// Represent a PEP 585 generic type
///
/// E.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).
#[pyclass(name = "GenericAlias", module = "types", flags = def::BASE, signature = "(origin, args, /)")]
#[repr(C)]
pub struct GenericAlias {
    h: LongHeader,
    pub origin: Field<Value>,
    pub args: Field<Ref<Tuple>>,
    parameters: Field<Option<Ref<Tuple>>>,
    /// `*tuple[int]`
    starred: Cell<bool>,
}

fn blank(origin: Value, args: Ref<Tuple>, starred: bool) -> GenericAlias {
    GenericAlias {
        h: LongHeader::new(),
        origin: Field::new(origin),
        args: Field::new(args),
        parameters: Field::new(None),
        starred: Cell::new(starred),
    }
}

fn as_tuple(vm: &Vm, item: Value) -> Ref<Tuple> {
    item.downcast::<Tuple>().unwrap_or_else(|| Tuple::from_slice(vm, &[item]))
}

impl GenericAlias {
    pub fn new(vm: &Vm, origin: Value, item: Value) -> Ref<GenericAlias> {
        let args = as_tuple(vm, item);
        heap::new(GenericAlias::shape(), blank(origin, args, false))
    }

    fn parameters(vm: &Vm, this: Ref<GenericAlias>) -> PyResult<Ref<Tuple>> {
        if let Some(p) = this.parameters.get() {
            return Ok(p);
        }
        let p = make_parameters(vm, this.args.get().items())?;
        this.parameters.set(this, Some(p));
        Ok(p)
    }
}

/// Attributes of the alias itself; everything else is the origin's.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];
const BLOCKED: &[&str] = &["__bases__", "__copy__", "__deepcopy__"];

// ---- reprs --------------------------------------------------------------------------------------

/// The repr of a type in an annotation (_Py_typing_type_repr).
pub fn push_type_repr(vm: &Vm, out: &mut Builder, v: Value) -> PyResult<()> {
    if v == ellipsis() {
        out.push_str("...");
        return Ok(());
    }
    if v == none().class().value() {
        out.push_str("None");
        return Ok(());
    }
    let is_alias =
        vm.get_attr_opt(v, names().__origin__)?.is_some() && vm.get_attr_opt(v, names().__args__)?.is_some();
    if !is_alias
        && let Some(qualname) = vm.get_attr_opt(v, names().__qualname__)?
        && let Some(module) = vm.get_attr_opt(v, names().__module__)?.filter(|m| !m.is_none())
    {
        let qualname = vm.str(qualname)?;
        if !module.downcast::<Str>().is_some_and(|m| m.eq_str("builtins")) {
            let module = vm.str(module)?;
            out.push_units(module.units());
            out.push_str(".");
        }
        out.push_units(qualname.units());
        return Ok(());
    }
    sequence::push_repr(vm, out, v)
}

fn push_list_repr(vm: &Vm, out: &mut Builder, list: Ref<List>) -> PyResult<()> {
    out.push_str("[");
    let mut i = 0;
    while let Some(v) = list.try_get(i) {
        if i > 0 {
            out.push_str(", ");
        }
        push_type_repr(vm, out, v)?;
        i += 1;
    }
    out.push_str("]");
    Ok(())
}

// ---- parameters ---------------------------------------------------------------------------------

fn add_new(vm: &Vm, list: Ref<List>, v: Value) {
    if !list.items().contains(&v) {
        list.push(vm, v);
    }
}

fn is_args_list(v: Value) -> bool {
    v.downcast::<Tuple>().is_some() || v.downcast::<List>().is_some()
}

/// The type parameters in some arguments, in order of appearance (_Py_make_parameters).
pub fn make_parameters(vm: &Vm, args: &[Value]) -> PyResult<Ref<Tuple>> {
    let found = List::new(vm);
    for (i, arg) in args.iter().enumerate() {
        let _ = i;
        if arg.downcast::<Type>().is_some() {
            continue;
        }
        if is_args_list(*arg) {
            let inner = vm.sequence_to_tuple(*arg)?;
            for p in make_parameters(vm, inner.items())?.items() {
                add_new(vm, found, *p);
            }
            continue;
        }
        if vm.get_attr_opt(*arg, names().__typing_subst__)?.is_some() {
            add_new(vm, found, *arg);
            continue;
        }
        if let Some(inner) =
            vm.get_attr_opt(*arg, names().__parameters__)?.and_then(|p| p.downcast::<Tuple>())
        {
            for p in inner.items() {
                add_new(vm, found, *p);
            }
        }
    }
    Ok(Tuple::from_slice(vm, found.items()))
}

/// Items with `*tuple[int, str]` replaced by its arguments (_unpack_args).
fn unpack_args(vm: &Vm, item: Value) -> PyResult<Ref<Tuple>> {
    let items = as_tuple(vm, item);
    let out = List::new(vm);
    for v in items.items() {
        if v.downcast::<Type>().is_none()
            && let Some(inner) = vm.get_attr_opt(*v, names().__typing_unpacked_tuple_args__)?
            && let Some(inner) = inner.downcast::<Tuple>()
            && inner.items().last() != Some(&ellipsis())
        {
            for x in inner.items() {
                out.push(vm, *x);
            }
            continue;
        }
        out.push(vm, *v);
    }
    Ok(Tuple::from_slice(vm, out.items()))
}

/// Substitutes within an argument that is generic itself (subs_tvars).
fn substitute_inside(vm: &Vm, obj: Value, params: Ref<Tuple>, items: Ref<Tuple>) -> PyResult<Value> {
    let Some(inner) = vm.get_attr_opt(obj, names().__parameters__)?.and_then(|p| p.downcast::<Tuple>())
    else {
        return Ok(obj);
    };
    if inner.is_empty() {
        return Ok(obj);
    }
    let new = List::new(vm);
    for p in inner.items() {
        let mut arg = *p;
        if let Some(at) = params.items().iter().position(|q| q == p) {
            arg = items.get(at);
            if p.class().slots().tp_iter.is_some()
                && let Some(many) = arg.downcast::<Tuple>()
            {
                for v in many.items() {
                    new.push(vm, *v);
                }
                continue;
            }
        }
        new.push(vm, arg);
    }
    let key = Tuple::from_slice(vm, new.items());
    vm.get_item(obj, key.value())
}

/// The arguments with the parameters replaced by `item` (_Py_subs_parameters).
pub fn substitute(
    vm: &Vm,
    this: Value,
    args: Ref<Tuple>,
    params: Ref<Tuple>,
    item: Value,
) -> PyResult<Ref<Tuple>> {
    if params.is_empty() {
        raise!(vm, TypeError, "{} is not a generic class", vm.repr_string(this)?)
    }
    let mut item = unpack_args(vm, item)?.value();
    for p in params.items() {
        if let Some(prepare) = vm.get_attr_opt(*p, names().__typing_prepare_subst__)?.filter(|f| !f.is_none())
        {
            item = vm.call(prepare, &[this, as_tuple(vm, item).value()])?;
        }
    }
    let items = as_tuple(vm, item);
    if items.len() != params.len() {
        raise!(
            vm,
            TypeError,
            "Too {} arguments for {}; actual {}, expected {}",
            if items.len() > params.len() { "many" } else { "few" },
            vm.repr_string(this)?,
            items.len(),
            params.len()
        )
    }
    let new = List::new(vm);
    for arg in args.items() {
        let arg = *arg;
        if arg.downcast::<Type>().is_some() {
            new.push(vm, arg);
            continue;
        }
        if is_args_list(arg) {
            let inner = vm.sequence_to_tuple(arg)?;
            let inner = substitute(vm, this, inner, params, item)?;
            let inner = if arg.downcast::<List>().is_some() {
                List::from_slice(vm, inner.items()).value()
            } else {
                inner.value()
            };
            new.push(vm, inner);
            continue;
        }
        let unpack = match vm.get_attr_opt(arg, names().__typing_is_unpacked_typevartuple__)? {
            Some(v) => vm.truth(v)?,
            None => false,
        };
        let replaced = match vm.get_attr_opt(arg, names().__typing_subst__)? {
            Some(subst) => {
                let at = params
                    .items()
                    .iter()
                    .position(|p| *p == arg)
                    .expect("parameters name all type variables");
                vm.call(subst, &[items.get(at)])?
            }
            None => substitute_inside(vm, arg, params, items)?,
        };
        if !unpack {
            new.push(vm, replaced);
            continue;
        }
        let Some(many) = replaced.downcast::<Tuple>() else {
            raise!(
                vm,
                TypeError,
                "expected __typing_subst__ of {} objects to return a tuple, not {}",
                arg.class().full_name(vm),
                replaced.class().full_name(vm)
            )
        };
        for v in many.items() {
            new.push(vm, *v);
        }
    }
    Ok(Tuple::from_slice(vm, new.items()))
}

// ---- the class ----------------------------------------------------------------------------------

fn me(v: Value) -> Ref<GenericAlias> {
    // SAFETY: used in slots of GenericAlias only.
    unsafe { v.cast() }
}

#[pymethods]
impl GenericAlias {
    #[slot(tp_new)]
    fn new_(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if args.has_keywords() {
            return Err(vm.type_error("GenericAlias() takes no keyword arguments"));
        }
        let [origin, item] = *args.pos() else {
            raise!(vm, TypeError, "GenericAlias expected 2 arguments, got {}", args.pos().len())
        };
        let args = as_tuple(vm, item);
        Ok(vm.new_instance(class, blank(origin, args, false))?.value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let alias = me(this);
        let mut out = Builder::new();
        if alias.starred.get() {
            out.push_str("*");
        }
        push_type_repr(vm, &mut out, alias.origin.get())?;
        out.push_str("[");
        let args = alias.args.get();
        for (i, v) in args.items().iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            match v.downcast::<List>() {
                Some(l) => push_list_repr(vm, &mut out, l)?,
                None => push_type_repr(vm, &mut out, *v)?,
            }
        }
        if args.is_empty() {
            out.push_str("()");
        }
        out.push_str("]");
        vm.new_str_owned(out.finish())
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let alias = me(this);
        let h = vm.hash(alias.origin.get())? ^ vm.hash(alias.args.get().value())?;
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.downcast::<GenericAlias>(), b.downcast::<GenericAlias>()) else {
            return Ok(not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let equal = x.starred.get() == y.starred.get()
            && vm.eq(x.origin.get(), y.origin.get())?
            && vm.eq(x.args.get().value(), y.args.get().value())?;
        Ok(bool_value(equal == (op == CompareOp::Eq)))
    }

    #[slot(tp_getattro)]
    fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        if name.is_dunder() && OWN.iter().chain(BLOCKED).any(|n| name.eq_str(n)) {
            return vm.generic_getattr(this, name);
        }
        vm.get_attr(me(this).origin.get(), name).map(Some)
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let obj = vm.call_args(me(this).origin.get(), args)?;
        if let Err(raised) = vm.set_attr(obj, names().__orig_class__, this) {
            let exc = vm.take_exception(raised);
            let class = exc.value().class();
            if !class.is_subclass_of(Exc::AttributeError.class())
                && !class.is_subclass_of(Exc::TypeError.class())
            {
                return Err(vm.restore(exc));
            }
        }
        Ok(obj)
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, item: Value) -> PyResult<Value> {
        let alias = me(this);
        let params = GenericAlias::parameters(vm, alias)?;
        let args = substitute(vm, this, alias.args.get(), params, item)?;
        let new = heap::new(GenericAlias::shape(), blank(alias.origin.get(), args, alias.starred.get()));
        Ok(new.value())
    }

    #[slot(tp_iter)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        let it = GenericAliasIterator { h: LongHeader::new(), alias: Field::new(Some(me(this))) };
        Ok(heap::new(GenericAliasIterator::shape(), it).value())
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        crate::builtins::union_::or(vm, a, b)
    }

    #[getter]
    fn __origin__(_vm: &Vm, this: Ref<GenericAlias>) -> Value {
        this.origin.get()
    }

    #[getter]
    fn __args__(_vm: &Vm, this: Ref<GenericAlias>) -> Ref<Tuple> {
        this.args.get()
    }

    #[getter]
    fn __unpacked__(_vm: &Vm, this: Ref<GenericAlias>) -> bool {
        this.starred.get()
    }

    /// Type variables in the GenericAlias.
    #[getter]
    fn __parameters__(vm: &Vm, this: Ref<GenericAlias>) -> PyResult<Ref<Tuple>> {
        GenericAlias::parameters(vm, this)
    }

    #[getter]
    fn __typing_unpacked_tuple_args__(_vm: &Vm, this: Ref<GenericAlias>) -> Option<Ref<Tuple>> {
        (this.starred.get() && this.origin.get() == Tuple::class().value()).then(|| this.args.get())
    }

    #[pymethod("($self, bases, /)")]
    fn __mro_entries__(vm: &Vm, this: Ref<GenericAlias>, _bases: Value) -> Ref<Tuple> {
        Tuple::from_slice(vm, &[this.origin.get()])
    }

    #[pymethod("($self, instance, /)")]
    fn __instancecheck__(vm: &Vm, _this: Ref<GenericAlias>, _instance: Value) -> PyResult<Value> {
        Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
    }

    #[pymethod("($self, subclass, /)")]
    fn __subclasscheck__(vm: &Vm, _this: Ref<GenericAlias>, _subclass: Value) -> PyResult<Value> {
        Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<GenericAlias>) -> PyResult<Value> {
        if this.starred.get() {
            let plain = GenericAlias::new(vm, this.origin.get(), this.args.get().value());
            let iter = vm.iter(plain.value())?;
            let args = Tuple::from_slice(vm, &[iter]);
            return Ok(Tuple::from_slice(vm, &[vm.builtin("next")?, args.value()]).value());
        }
        let args = Tuple::from_slice(vm, &[this.origin.get(), this.args.get().value()]);
        Ok(Tuple::from_slice(vm, &[this.value().class().value(), args.value()]).value())
    }

    #[pymethod("($self, /)")]
    fn __dir__(vm: &Vm, this: Ref<GenericAlias>) -> PyResult<Value> {
        let dir = vm.call(vm.builtin("dir")?, &[this.origin.get()])?;
        let list = vm.sequence_to_list(dir)?;
        for name in OWN {
            let name = vm.intern_str(name).value();
            if !vm.contains(list.value(), name)? {
                list.push(vm, name);
            }
        }
        Ok(list.value())
    }
}

/// Gives the alias starred, once: `*tuple[int]`.
#[pyclass(name = "generic_alias_iterator")]
#[repr(C)]
pub struct GenericAliasIterator {
    h: LongHeader,
    alias: Field<Option<Ref<GenericAlias>>>,
}

#[pymethods]
impl GenericAliasIterator {
    #[slot(tp_iter)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(_vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let it: Ref<GenericAliasIterator> = unsafe { this.cast() };
        let Some(alias) = it.alias.get() else { return Ok(None) };
        let starred = heap::new(GenericAlias::shape(), blank(alias.origin.get(), alias.args.get(), true));
        it.alias.set(it, None);
        Ok(Some(starred.value()))
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<GenericAliasIterator>) -> PyResult<Value> {
        let arg = match this.alias.get() {
            Some(a) => a.value(),
            None => Tuple::empty().value(),
        };
        let args = Tuple::from_slice(vm, &[arg]);
        Ok(Tuple::from_slice(vm, &[vm.builtin("iter")?, args.value()]).value())
    }
}

#[allow(unused_imports)]
use BaseObject as _;
