//! `attrgetter`, `itemgetter`, `methodcaller`.

use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, NamedArgs};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::enumerate::no_keywords;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// Return a callable object that fetches the given attribute(s) from its operand.
///
/// After f = attrgetter('name'), the call f(r) returns r.name.
/// After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).
/// After h = attrgetter('name.first', 'name.last'), the call h(r) returns
/// (r.name.first, r.name.last).
#[pyclass(name = "attrgetter", module = "operator", flags = def::DEFAULT, signature = "(attr, /, *attrs)")]
#[repr(C)]
pub struct AttrGetter {
    h: LongHeader,
    names: Field<Ref<Tuple>>,
    /// For each name a tuple of its parts between dots, interned.
    parts: Field<Ref<Tuple>>,
}

/// Return a callable object that fetches the given item(s) from its operand.
///
/// After f = itemgetter(2), the call f(r) returns r[2].
/// After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])
#[pyclass(name = "itemgetter", module = "operator", flags = def::DEFAULT, signature = "(item, /, *items)")]
#[repr(C)]
pub struct ItemGetter {
    h: LongHeader,
    items: Field<Ref<Tuple>>,
}

/// Return a callable object that calls the given method on its operand.
///
/// After f = methodcaller('name'), the call f(r) returns r.name().
/// After g = methodcaller('name', 'date', foo=1), the call g(r) returns
/// r.name('date', foo=1).
#[pyclass(
    name = "methodcaller",
    module = "operator",
    flags = def::DEFAULT,
    signature = "(name, /, *args, **kwargs)"
)]
#[repr(C)]
pub struct MethodCaller {
    h: LongHeader,
    name: Field<Ref<Str>>,
    /// Positional values, then keyword values.
    values: Field<Ref<Tuple>>,
    keywords: Field<Option<Ref<Tuple>>>,
}

/// The operand of a call.
fn operand(vm: &Vm, name: &str, args: Args) -> PyResult<Value> {
    if args.has_keywords() {
        raise!(vm, TypeError, "{name}() takes no keyword arguments")
    }
    match args.pos() {
        [v] => Ok(*v),
        other => raise!(vm, TypeError, "{name} expected 1 argument, got {}", other.len()),
    }
}

impl AttrGetter {
    fn fetch(vm: &Vm, v: Value, parts: Value) -> PyResult<Value> {
        let parts = parts.downcast::<Tuple>().expect("the parts of a name");
        let mut v = v;
        for part in parts.items() {
            v = vm.get_attr(v, part.downcast::<Str>().expect("a part of a name"))?;
        }
        Ok(v)
    }
}

#[pymethods]
impl AttrGetter {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        no_keywords::<AttrGetter>(vm, class, args)?;
        let given = args.pos();
        if given.is_empty() {
            return Err(vm.type_error("attrgetter expected at least 1 argument, got 0"));
        }
        let parts = Tuple::build(vm, given.len(), |i| {
            let Some(name) = given[i].downcast::<Str>() else {
                return Err(vm.type_error("attribute name must be a string"));
            };
            let whole = name.to_utf8();
            let pieces: Vec<&str> = match &whole {
                Some(text) => text.split('.').collect(),
                None => vec![],
            };
            if pieces.is_empty() {
                return Ok(Tuple::from_slice(vm, &[vm.intern_ref(name).value()]).value());
            }
            Ok(Tuple::build(vm, pieces.len(), |j| PyResult::Ok(vm.intern_str(pieces[j]).value()))?.value())
        })?;
        let names = Tuple::from_slice(vm, given);
        let init = AttrGetter { h: LongHeader::new(), names: Field::new(names), parts: Field::new(parts) };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let v = operand(vm, "attrgetter", args)?;
        let parts = this.downcast::<AttrGetter>().expect("the receiver is an attrgetter").parts.get();
        if parts.len() == 1 {
            return AttrGetter::fetch(vm, v, parts.get(0));
        }
        Ok(Tuple::build(vm, parts.len(), |i| AttrGetter::fetch(vm, v, parts.get(i)))?.value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let names = this.downcast::<AttrGetter>().expect("the receiver is an attrgetter").names.get();
        repr(vm, this, names, None)
    }

    /// Return state information for pickling
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<AttrGetter>) -> Value {
        Tuple::from_slice(vm, &[this.value().class().value(), this.names.get().value()]).value()
    }
}

#[pymethods]
impl ItemGetter {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        no_keywords::<ItemGetter>(vm, class, args)?;
        if args.pos().is_empty() {
            return Err(vm.type_error("itemgetter expected at least 1 argument, got 0"));
        }
        let items = Field::new(Tuple::from_slice(vm, args.pos()));
        Ok(vm.new_instance(class, ItemGetter { h: LongHeader::new(), items })?.value())
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let v = operand(vm, "itemgetter", args)?;
        let items = this.downcast::<ItemGetter>().expect("the receiver is an itemgetter").items.get();
        if items.len() == 1 {
            return vm.get_item(v, items.get(0));
        }
        Ok(Tuple::build(vm, items.len(), |i| vm.get_item(v, items.get(i)))?.value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let items = this.downcast::<ItemGetter>().expect("the receiver is an itemgetter").items.get();
        repr(vm, this, items, None)
    }

    /// Return state information for pickling
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<ItemGetter>) -> Value {
        Tuple::from_slice(vm, &[this.value().class().value(), this.items.get().value()]).value()
    }
}

impl MethodCaller {
    fn args(&self) -> (Ref<Tuple>, Option<Ref<Tuple>>) {
        (self.values.get(), self.keywords.get())
    }
}

#[pymethods]
impl MethodCaller {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let Some((name, rest)) = args.split_first() else {
            return Err(vm.type_error("methodcaller needs at least one argument, the method name"));
        };
        let Some(name) = name.downcast::<Str>() else {
            return Err(vm.type_error("method name must be a string"));
        };
        let values = Tuple::from_slice(vm, rest.all());
        let init = MethodCaller {
            h: LongHeader::new(),
            name: Field::new(vm.intern_ref(name)),
            values: Field::new(values),
            keywords: Field::new(rest.names().filter(|n| !n.is_empty())),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let v = operand(vm, "methodcaller", args)?;
        let m = this.downcast::<MethodCaller>().expect("the receiver is a methodcaller");
        let f = vm.get_attr(v, m.name.get())?;
        let (values, names) = m.args();
        vm.call_args(f, NamedArgs::new(values.items(), names).args())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let m = this.downcast::<MethodCaller>().expect("the receiver is a methodcaller");
        let values = m.values.get();
        let all = Tuple::build(vm, values.len() + 1, |i| {
            PyResult::Ok(if i == 0 { m.name.get().value() } else { values.get(i - 1) })
        })?;
        repr(vm, this, all, m.keywords.get())
    }

    /// Return state information for pickling
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<MethodCaller>) -> PyResult<Value> {
        let (values, names) = this.args();
        let class = this.value().class().value();
        let keywords = names.map_or(0, |n| n.len());
        let positional = values.len() - keywords;
        let Some(names) = names else {
            let args = Tuple::build(vm, positional + 1, |i| {
                PyResult::Ok(if i == 0 { this.name.get().value() } else { values.get(i - 1) })
            })?;
            return Ok(Tuple::from_slice(vm, &[class, args.value()]).value());
        };
        // partial(methodcaller, name, **keywords)(*args)
        let functools = adder_vm::import::import_module(vm, "functools")?;
        let partial = vm.get_attr_str(functools, "partial")?;
        let dict = Dict::new(vm);
        for i in 0..keywords {
            dict.set_item(vm, names.get(i), values.get(positional + i))?;
        }
        let all = Tuple::build(vm, keywords + 2, |i| {
            PyResult::Ok(match i {
                0 => class,
                1 => this.name.get().value(),
                i => values.get(positional + i - 2),
            })
        })?;
        let constructor = vm.call_args(partial, NamedArgs::new(all.items(), Some(names)).args())?;
        let args = Tuple::from_slice(vm, &values.items()[..positional]).value();
        Ok(Tuple::from_slice(vm, &[constructor, args]).value())
    }
}

/// `operator.itemgetter(1, 2)`; the last values belong to the keywords.
fn repr(vm: &Vm, this: Value, values: Ref<Tuple>, keywords: Option<Ref<Tuple>>) -> PyResult<Value> {
    let name = this.class().full_name(vm);
    if vm.repr_enter(this)? {
        return Ok(vm.new_str(&format!("{name}(...)")));
    }
    let positional = values.len() - keywords.map_or(0, |k| k.len());
    let mut parts = vec![];
    let mut failed = None;
    for (i, v) in values.items().iter().enumerate() {
        match vm.repr_string(*v) {
            Ok(text) if i < positional => parts.push(text),
            Ok(text) => {
                let key = keywords.expect("values behind the positional ones").get(i - positional);
                parts.push(format!(
                    "{}={text}",
                    key.downcast::<Str>().expect("a keyword is a string").to_string()
                ));
            }
            Err(raised) => {
                failed = Some(raised);
                break;
            }
        }
    }
    vm.repr_leave(this);
    match failed {
        Some(raised) => Err(raised),
        None => Ok(vm.new_str(&format!("{name}({})", parts.join(", ")))),
    }
}
