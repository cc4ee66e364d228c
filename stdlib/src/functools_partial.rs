//! `functools.partial`, and the placeholder for positional arguments that come later.

use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, NamedArgs};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::function::Method;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// The type of the Placeholder singleton.
///
/// Used as a placeholder for partial arguments.
#[pyclass(name = "_PlaceholderType", module = "functools", flags = def::DEFAULT)]
#[repr(C)]
pub struct PlaceholderType {
    h: LongHeader,
}

/// Create a new function with partial application of the given arguments and keywords.
#[pyclass(
    name = "partial",
    module = "functools",
    flags = def::BASE | def::METHOD_DESCRIPTOR,
    dict = dict,
    signature = "(func, /, *args, **keywords)"
)]
#[repr(C)]
pub struct Partial {
    h: LongHeader,
    function: Field<Value>,
    args: Field<Ref<Tuple>>,
    keywords: Field<Ref<Dict>>,
    dict: Field<Option<Ref<Dict>>>,
}

static PLACEHOLDER: heap::StaticRoot = heap::StaticRoot::new();

pub fn placeholder() -> Value {
    match PLACEHOLDER.get() {
        Some(v) => v,
        None => {
            let v = heap::new(PlaceholderType::shape(), PlaceholderType { h: LongHeader::new() }).value();
            PLACEHOLDER.set(Some(v));
            v
        }
    }
}

fn is_placeholder(v: Value) -> bool {
    Some(v) == PLACEHOLDER.get()
}

#[pymethods]
impl PlaceholderType {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        if !args.all().is_empty() {
            return Err(vm.type_error("PlaceholderType takes no arguments"));
        }
        Ok(placeholder())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, _: Value) -> PyResult<Value> {
        Ok(vm.new_str("Placeholder"))
    }

    #[pymethod("($self, /)")]
    fn __reduce__(_: &Vm, _this: Value) -> &'static str {
        "Placeholder"
    }
}

/// Number of placeholders.
fn gaps(values: &[Value]) -> usize {
    values.iter().filter(|v| is_placeholder(**v)).count()
}

/// Old positional arguments with the first new ones in place of placeholders, then the other new ones.
fn merge(vm: &Vm, old: &[Value], new: &[Value], out: Ref<List>) {
    let mut rest = new.iter();
    for v in old {
        let v = if is_placeholder(*v) { rest.next().unwrap_or(v) } else { v };
        out.push(vm, *v);
    }
    for v in rest {
        out.push(vm, *v);
    }
}

fn trailing(vm: &Vm, values: &[Value]) -> PyResult<()> {
    if values.last().is_some_and(|v| is_placeholder(*v)) {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    Ok(())
}

#[pymethods]
impl Partial {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let Some((function, rest)) = args.split_first() else {
            return Err(vm.type_error("type 'partial' takes at least one argument"));
        };
        if !vm.is_callable(function) {
            return Err(vm.type_error("the first argument must be callable"));
        }
        trailing(vm, rest.pos())?;
        if rest.keywords().any(|(_, v)| is_placeholder(v)) {
            return Err(vm.type_error("Placeholder cannot be passed as a keyword argument"));
        }
        let keywords = Dict::new(vm);
        // A partial of a partial is flattened, unless it has attributes of its own.
        let inner = function.downcast::<Partial>().filter(|p| {
            p.dict.get().is_none()
                && function.class().slots().tp_call.map(|f| f as usize)
                    == Partial::class().slots().tp_call.map(|f| f as usize)
        });
        let mut target = function;
        let values = List::new(vm);
        match inner {
            Some(p) => {
                target = p.function.get();
                merge(vm, p.args.get().items(), rest.pos(), values);
                keywords.update_from(vm, p.keywords.get())?;
            }
            None => merge(vm, &[], rest.pos(), values),
        }
        for (name, value) in rest.keywords() {
            keywords.set_item(vm, name.value(), value)?;
        }
        let args = Tuple::from_slice(vm, values.items());
        let init = Partial {
            h: LongHeader::new(),
            function: Field::new(target),
            args: Field::new(args),
            keywords: Field::new(keywords),
            dict: Field::new(None),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let p = this.downcast::<Partial>().expect("the receiver is a partial");
        let (own, given) = (p.args.get(), args.pos());
        let needed = gaps(own.items());
        if given.len() < needed {
            raise!(
                vm,
                TypeError,
                "missing positional arguments in 'partial' call; expected at least {needed}, got {}",
                given.len()
            )
        }
        let values = List::with_capacity(vm, own.len() + args.all().len());
        merge(vm, own.items(), given, values);
        let keywords = p.keywords.get();
        if keywords.is_empty() {
            values.extend_slice(vm, &args.all()[given.len()..])?;
            return vm.call_args(p.function.get(), NamedArgs::new(values.items(), args.names()).args());
        }
        let names = List::new(vm);
        for i in 0..keywords.slots() {
            if let Some((key, value)) = keywords.entry(i) {
                let Some(name) = key.downcast::<Str>() else {
                    return Err(vm.type_error("keywords must be strings"));
                };
                let given = args.keywords().find(|(n, _)| n.same_text(&name));
                names.push(vm, key);
                values.push(vm, given.map_or(value, |(_, v)| v));
            }
        }
        for (name, value) in args.keywords() {
            if !keywords.contains(vm, name.value())? {
                names.push(vm, name.value());
                values.push(vm, value);
            }
        }
        let names = Tuple::from_slice(vm, names.items());
        vm.call_args(p.function.get(), NamedArgs::new(values.items(), Some(names)).args())
    }

    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        match obj {
            Some(obj) if !obj.is_none() => Ok(Method::new(vm, this, obj).value()),
            _ => Ok(this),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        if vm.repr_enter(this)? {
            return Ok(vm.new_str("..."));
        }
        let text = shown(vm, this.downcast::<Partial>().expect("the receiver is a partial"));
        vm.repr_leave(this);
        Ok(vm.new_str(&text?))
    }

    /// function object to use in future partial calls
    #[getter]
    fn func(_: &Vm, this: Ref<Partial>) -> Value {
        this.function.get()
    }

    /// tuple of arguments to future partial calls
    #[getter]
    fn args(_: &Vm, this: Ref<Partial>) -> Value {
        this.args.get().value()
    }

    /// dictionary of keyword arguments to future partial calls
    #[getter]
    fn keywords(_: &Vm, this: Ref<Partial>) -> Value {
        this.keywords.get().value()
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Partial>) -> Value {
        let f = this.function.get();
        let dict = this.dict.get().map_or(none(), |d| d.value());
        let state =
            Tuple::from_slice(vm, &[f, this.args.get().value(), this.keywords.get().value(), dict]).value();
        let args = Tuple::from_slice(vm, &[f]).value();
        Tuple::from_slice(vm, &[this.value().class().value(), args, state]).value()
    }

    #[pymethod("($self, object, /)")]
    fn __setstate__(vm: &Vm, this: Ref<Partial>, object: Value) -> PyResult<()> {
        let invalid = || vm.type_error("invalid partial state");
        let Some(state) = object.downcast::<Tuple>() else { return Err(invalid()) };
        let [f, args, keywords, dict] = state.items() else { return Err(invalid()) };
        let (f, args, keywords, dict) = (*f, *args, *keywords, *dict);
        let Some(args) = args.downcast::<Tuple>() else { return Err(invalid()) };
        if !vm.is_callable(f) || (!keywords.is_none() && keywords.downcast::<Dict>().is_none()) {
            return Err(invalid());
        }
        trailing(vm, args.items())?;
        let args = if args.value().is::<Tuple>() { args } else { Tuple::from_slice(vm, args.items()) };
        let keywords = match keywords.downcast::<Dict>() {
            None => Dict::new(vm),
            Some(d) if keywords.is::<Dict>() => d,
            Some(d) => d.copy(vm),
        };
        this.function.set(this, f);
        this.args.set(this, args);
        this.keywords.set(this, keywords);
        this.dict.set(this, dict.downcast::<Dict>());
        Ok(())
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Value, object: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, object)
    }
}

/// `functools.partial(f, 1, x=2)`
fn shown(vm: &Vm, p: Ref<Partial>) -> PyResult<String> {
    let mut text = format!("{}({}", p.value().class().full_name(vm), vm.repr_string(p.function.get())?);
    let args = p.args.get();
    for v in args.items() {
        text += ", ";
        text += &vm.repr_string(*v)?;
    }
    let keywords = p.keywords.get();
    for i in 0..keywords.slots() {
        if let Some((key, value)) = keywords.entry(i) {
            // A key may be no string, after __setstate__.
            text += &format!(", {}={}", vm.str(key)?.to_string(), vm.repr_string(value)?);
        }
    }
    text.push(')');
    Ok(text)
}
