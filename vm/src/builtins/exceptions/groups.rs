//! `BaseExceptionGroup` and `ExceptionGroup`.

use super::{BaseException, Exc};
use crate::args::Args;
use crate::builtins::list::List;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_macros::{pyclass, pymethods};

/// A combination of multiple unrelated exceptions.
#[pyclass(name = "BaseExceptionGroup", base = BaseException, flags = def::BASE)]
#[repr(C)]
pub struct BaseExceptionGroup {
    base: BaseException,
    pub message: Field<Value>,
    pub exceptions: Field<Value>,
    /// The repr of the sequence the exceptions came in, if that was no list and no tuple.
    shown: Field<Value>,
}

/// `ExceptionGroup(BaseExceptionGroup, Exception)`
pub fn make_exception_group(vm: &Vm) -> Ref<Type> {
    let bases =
        Tuple::from_slice(vm, &[Exc::BaseExceptionGroup.class().value(), Exc::Exception.class().value()]);
    let ns = crate::builtins::dict::Dict::new(vm);
    ns.set_str(vm, "__module__", vm.new_str("builtins"));
    let args = [vm.new_str("ExceptionGroup"), bases.value(), ns.value()];
    let class = crate::type_new::type_new(vm, Type::class(), Args::positional(&args)).expect("a valid class");
    adder_heap::Root::new(class).leak();
    class.downcast::<Type>().expect("type_new makes types")
}

fn members(group: Ref<BaseExceptionGroup>) -> Ref<Tuple> {
    group.exceptions.get().downcast::<Tuple>().expect("the members are a tuple")
}

#[pymethods]
impl BaseExceptionGroup {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [message, excs] = args.pos() else {
            raise!(
                vm,
                TypeError,
                "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
                args.pos().len()
            )
        };
        if message.downcast::<Str>().is_none() {
            raise!(
                vm,
                TypeError,
                "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
                message.class().name()
            )
        }
        if excs.class().slots().sq_item.is_none()
            && excs.downcast::<List>().is_none()
            && excs.downcast::<Tuple>().is_none()
        {
            return Err(vm.type_error("second argument (exceptions) must be a sequence"));
        }
        let list = vm.sequence_to_tuple(*excs)?;
        if list.len() == 0 {
            return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
        }
        let mut only_exceptions = true;
        for (i, e) in list.items().iter().enumerate() {
            if e.downcast::<BaseException>().is_none() {
                raise!(vm, ValueError, "Item {i} of second argument (exceptions) is not an exception")
            }
            only_exceptions &= e.class().is_subclass_of(Exc::Exception.class());
        }
        let plain = excs.is::<List>() || excs.is::<Tuple>();
        let shown = if plain { none() } else { vm.repr(*excs)? };
        let mut class = class;
        if class == Exc::BaseExceptionGroup.class() {
            if only_exceptions {
                class = Exc::ExceptionGroup.class();
            }
        } else if class == Exc::ExceptionGroup.class() {
            if !only_exceptions {
                return Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
            }
        } else if class.is_subclass_of(Exc::Exception.class()) && !only_exceptions {
            raise!(vm, TypeError, "Cannot nest BaseExceptions in '{}'", class.name())
        }
        let init = BaseExceptionGroup {
            base: BaseException::blank(Tuple::from_slice(vm, args.pos())),
            message: Field::new(*message),
            exceptions: Field::new(list.value()),
            shown: Field::new(shown),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        if args.has_keywords() {
            raise!(vm, TypeError, "{}() takes no keyword arguments", this.class().short_name())
        }
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of groups only.
        let g: Ref<BaseExceptionGroup> = unsafe { this.cast() };
        let was_list = g.base.args.get().items().get(1).is_some_and(|v| v.downcast::<List>().is_some());
        let excs = match g.shown.get() {
            shown if !shown.is_none() => shown,
            _ if was_list => vm.repr(List::from_slice(vm, members(g).items()).value())?,
            _ => vm.repr(g.exceptions.get())?,
        };
        let message = vm.repr(g.message.get())?;
        let name = vm.new_str(&format!("{}(", this.class().name()));
        vm.concat_strings(&[name, message, vm.new_str(", "), excs, vm.new_str(")")])
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of groups only.
        let g: Ref<BaseExceptionGroup> = unsafe { this.cast() };
        let n = members(g).len();
        let s = if n == 1 { "" } else { "s" };
        vm.concat_strings(&[g.message.get(), vm.new_str(&format!(" ({n} sub-exception{s})"))])
    }

    /// exception message
    #[getter]
    fn message(_vm: &Vm, this: Ref<BaseExceptionGroup>) -> Value {
        this.message.get()
    }

    /// nested exceptions
    #[getter]
    fn exceptions(_vm: &Vm, this: Ref<BaseExceptionGroup>) -> Value {
        this.exceptions.get()
    }

    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }

    #[pymethod("($self, excs, /)")]
    fn derive(vm: &Vm, this: Ref<BaseExceptionGroup>, excs: Value) -> PyResult<Value> {
        vm.call(Exc::BaseExceptionGroup.class().value(), &[this.message.get(), excs])
    }

    #[pymethod("($self, matcher_value, /)")]
    fn split(vm: &Vm, this: Ref<BaseExceptionGroup>, matcher_value: Value) -> PyResult<Value> {
        let how = matcher(vm, matcher_value)?;
        let (matched, rest) = split(vm, this.value(), &how, true)?;
        Ok(Tuple::from_slice(vm, &[matched.unwrap_or(none()), rest.unwrap_or(none())]).value())
    }

    #[pymethod("($self, matcher_value, /)")]
    fn subgroup(vm: &Vm, this: Ref<BaseExceptionGroup>, matcher_value: Value) -> PyResult<Value> {
        let how = matcher(vm, matcher_value)?;
        Ok(split(vm, this.value(), &how, false)?.0.unwrap_or(none()))
    }
}

enum Matcher {
    Class(Value),
    Function(Value),
    /// The leaves with these identities.
    Instances(Vec<u64>),
}

fn matcher(vm: &Vm, v: Value) -> PyResult<Matcher> {
    let is_class =
        |c: Value| c.downcast::<Type>().is_some_and(|t| t.is_subclass_of(Exc::BaseException.class()));
    if is_class(v) || v.exact::<Tuple>().is_some_and(|t| t.items().iter().all(|c| is_class(*c))) {
        return Ok(Matcher::Class(v));
    }
    if vm.is_callable(v) && v.downcast::<Type>().is_none() {
        return Ok(Matcher::Function(v));
    }
    Err(vm.type_error(
        "expected an exception type, a tuple of exception types, or a callable (other than a class)",
    ))
}

fn is_match(vm: &Vm, exc: Value, how: &Matcher) -> PyResult<bool> {
    match how {
        Matcher::Class(c) => super::matches(vm, exc, *c),
        Matcher::Function(f) => {
            let r = vm.call(*f, &[exc])?;
            vm.truth(r)
        }
        Matcher::Instances(ids) => {
            Ok(exc.downcast::<BaseExceptionGroup>().is_none() && ids.contains(&vm.id(exc)))
        }
    }
}

fn subset(vm: &Vm, group: Ref<BaseExceptionGroup>, excs: Ref<List>) -> PyResult<Option<Value>> {
    if excs.len() == 0 {
        return Ok(None);
    }
    let derived = vm.call_method(group.value(), vm.intern_str("derive"), &[excs.value()])?;
    let Some(d) = derived.downcast::<BaseExceptionGroup>() else {
        return Err(vm.type_error("derive must return an instance of BaseExceptionGroup"));
    };
    // SAFETY: groups are exceptions.
    let (from, to): (Ref<BaseException>, Ref<BaseException>) =
        unsafe { (group.value().cast(), d.value().cast()) };
    to.traceback.set(to, from.traceback.get());
    to.context.set(to, from.context.get());
    to.cause.set(to, from.cause.get());
    to.suppress_context.set(from.suppress_context.get());
    if let Some(notes) = vm.get_attr_opt(group.value(), names().__notes__)?
        && let Ok(copy) = vm.sequence_to_tuple(notes)
    {
        vm.set_attr(derived, names().__notes__, List::from_slice(vm, copy.items()).value())?;
    }
    Ok(Some(derived))
}

fn split(vm: &Vm, exc: Value, how: &Matcher, want_rest: bool) -> PyResult<(Option<Value>, Option<Value>)> {
    vm.check_native_stack()?;
    if is_match(vm, exc, how)? {
        return Ok((Some(exc), None));
    }
    let Some(group) = exc.downcast::<BaseExceptionGroup>() else {
        return Ok((None, if want_rest { Some(exc) } else { None }));
    };
    let (matched, rest) = (List::new(vm), List::new(vm));
    let items = members(group);
    for e in items.items() {
        let (m, r) = split(vm, *e, how, want_rest)?;
        if let Some(m) = m {
            matched.push(vm, m);
        }
        if let Some(r) = r {
            rest.push(vm, r);
        }
    }
    let m = subset(vm, group, matched)?;
    let r = if want_rest { subset(vm, group, rest)? } else { None };
    Ok((m, r))
}

/// `except* class`
pub fn group_match(vm: &Vm, exc: Value, class: Value) -> PyResult<(Value, Value)> {
    let check = |c: Value| -> PyResult<()> {
        match c.downcast::<Type>() {
            Some(t) if t.is_subclass_of(Exc::BaseExceptionGroup.class()) => raise!(
                vm,
                TypeError,
                "catching ExceptionGroup with except* is not allowed. Use except instead."
            ),
            Some(t) if t.is_subclass_of(Exc::BaseException.class()) => Ok(()),
            _ => raise!(
                vm,
                TypeError,
                "catching classes that do not inherit from BaseException is not allowed"
            ),
        }
    };
    match class.downcast::<Tuple>() {
        Some(t) => {
            for c in t.items() {
                check(*c)?;
            }
        }
        None => check(class)?,
    }
    if exc.is_none() {
        return Ok((none(), none()));
    }
    if super::matches(vm, exc, class)? {
        if exc.downcast::<BaseExceptionGroup>().is_some() {
            return Ok((none(), exc));
        }
        let list = Tuple::from_slice(vm, &[exc]);
        let wrapped = vm.call(Exc::BaseExceptionGroup.class().value(), &[vm.new_str(""), list.value()])?;
        // SAFETY: both are exceptions.
        let (from, to): (Ref<BaseException>, Ref<BaseException>) = unsafe { (exc.cast(), wrapped.cast()) };
        to.traceback.set(to, from.traceback.get());
        return Ok((none(), wrapped));
    }
    if exc.downcast::<BaseExceptionGroup>().is_some() {
        let (m, r) = split(vm, exc, &Matcher::Class(class), true)?;
        return Ok((r.unwrap_or(none()), m.unwrap_or(none())));
    }
    Ok((exc, none()))
}

fn collect_leaves(vm: &Vm, exc: Value, out: &mut Vec<u64>) {
    match exc.downcast::<BaseExceptionGroup>() {
        Some(g) => {
            for e in members(g).items() {
                collect_leaves(vm, *e, out);
            }
        }
        None => out.push(vm.id(exc)),
    }
}

fn same_metadata(a: Ref<BaseException>, b: Ref<BaseException>) -> bool {
    a.traceback.get() == b.traceback.get()
        && a.context.get() == b.context.get()
        && a.cause.get() == b.cause.get()
}

/// What is raised after the handlers of `except*` ran: CPython's _PyExc_PrepReraiseStar.
pub fn prep_reraise_star(vm: &Vm, orig: Value, excs: Value) -> PyResult<Value> {
    let list = excs.downcast::<List>().expect("the compiler passes a list");
    if list.len() == 0 {
        return Ok(none());
    }
    let Some(original) = orig.downcast::<BaseExceptionGroup>() else {
        // A naked exception was caught: at most one element is not None.
        let found = list.items().iter().copied().find(|e| !e.is_none());
        return Ok(found.unwrap_or(none()));
    };
    // SAFETY: groups are exceptions.
    let original_exc: Ref<BaseException> = unsafe { original.value().cast() };
    let (raised, reraised) = (List::new(vm), List::new(vm));
    for e in list.items().iter().copied().filter(|e| !e.is_none()) {
        let exc = e.downcast::<BaseException>().expect("handlers raise exceptions");
        if same_metadata(exc, original_exc) { reraised.push(vm, e) } else { raised.push(vm, e) }
    }
    let projection = if reraised.len() == 0 {
        None
    } else {
        let mut leaves = vec![];
        for e in reraised.items() {
            collect_leaves(vm, *e, &mut leaves);
        }
        split(vm, orig, &Matcher::Instances(leaves), false)?.0
    };
    if raised.len() == 0 {
        return Ok(projection.unwrap_or(none()));
    }
    if let Some(p) = projection {
        raised.push(vm, p);
    }
    if raised.len() == 1 {
        return Ok(raised.get(0));
    }
    vm.call(Exc::BaseExceptionGroup.class().value(), &[vm.new_str(""), raised.value()])
}

/// The struct's class, for `fields.rs`.
pub fn class() -> Ref<Type> {
    BaseExceptionGroup::class()
}
