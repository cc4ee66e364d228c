//! `ast.AST`: the constructor, copying and `repr` of all nodes, driven by `_fields` and `_field_types`.

use super::Classes;
use adder_compiler::ast::asdl::Kind;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, NamedArgs};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::generic_alias::GenericAlias;
use adder_vm::builtins::list::List;
use adder_vm::builtins::set::Set;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::builtins::union_::Union;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

#[pyclass(name = "AST", module = "ast", flags = def::BASETYPE, dict = dict)]
#[repr(C)]
pub struct Ast {
    h: LongHeader,
    dict: Field<Option<Ref<Dict>>>,
}

impl Ast {
    /// An instance without attributes.
    pub fn blank(vm: &Vm, class: Ref<Type>) -> PyResult<Value> {
        Ok(vm.new_instance(class, Ast { h: LongHeader::new(), dict: Field::new(None) })?.value())
    }
}

/// An attribute of the class that is a sequence of names, as a tuple.
fn sequence(vm: &Vm, class: Ref<Type>, name: &str) -> PyResult<Option<Ref<Tuple>>> {
    let Some(v) = vm.get_attr_opt(class.value(), vm.intern_str(name))? else { return Ok(None) };
    if let Some(t) = v.exact::<Tuple>() {
        return Ok(Some(t));
    }
    vm.len(v)?;
    let list = List::new(vm);
    vm.iterate(v, &mut |item| {
        list.push(vm, item);
        Ok(())
    })?;
    Ok(Some(Tuple::from_slice(vm, list.items())))
}

fn attribute_name(vm: &Vm, v: Value) -> PyResult<Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(vm.intern_ref(s)),
        None => raise!(vm, TypeError, "attribute name must be string, not '{}'", v.class().name()),
    }
}

fn s(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

#[pymethods]
impl Ast {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ast::blank(vm, class)
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let class = this.class();
        let Some(fields) = sequence(vm, class, "_fields")? else {
            raise!(vm, AttributeError, "type object '{}' has no attribute '_fields'", class.full_name(vm))
        };
        let (n, given) = (fields.len(), args.pos());
        if given.len() > n {
            let name = class.name();
            raise!(vm, TypeError, "{name} constructor takes at most {n} positional argument{}", s(n))
        }
        let remaining = Set::new(vm);
        for field in fields.items() {
            remaining.add(vm, *field)?;
        }
        for (i, value) in given.iter().enumerate() {
            let name = attribute_name(vm, fields.get(i))?;
            vm.set_attr(this, name, *value)?;
            remaining.discard(vm, name.value())?;
        }
        for (key, value) in args.keywords() {
            if vm.contains(fields.value(), key.value())? {
                if !remaining.discard(vm, key.value())? {
                    let shown = vm.repr_string(key.value())?;
                    raise!(vm, TypeError, "{} got multiple values for argument {shown}", class.name())
                }
            } else {
                let attributes = sequence(vm, class, "_attributes")?.unwrap_or(Tuple::empty());
                if !vm.contains(attributes.value(), key.value())? {
                    let message = format!(
                        "{}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword \
                         arguments is deprecated and will be removed in Python 3.15.",
                        class.name(),
                        vm.repr_string(key.value())?
                    );
                    vm.warn(Exc::DeprecationWarning, &message)?;
                }
            }
            vm.set_attr(this, vm.intern_ref(key), value)?;
        }
        if remaining.is_empty() {
            return Ok(());
        }
        let Some(types) = vm.get_attr_opt(class.value(), vm.intern_str("_field_types"))? else {
            return Ok(());
        };
        for i in 0..n {
            let field = fields.get(i);
            if remaining.contains(vm, field)? {
                default(vm, this, field, types)?;
            }
        }
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(vm.new_str_owned(adder_text::builder::Owned::from_units(shown(vm, this, 3)?.units()))?)
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Value) -> PyResult<Value> {
        let class = this.class();
        let Some(dict) = vm.get_attr_opt(this, vm.intern_str("__dict__"))? else {
            return Ok(Tuple::from_slice(vm, &[class.value(), Tuple::empty().value()]).value());
        };
        // The constructor wants its required fields; the state then gives them their values.
        let fields = sequence(vm, class, "_fields")?.unwrap_or(Tuple::empty());
        let placeholders = List::new(vm);
        for i in 0..fields.len() {
            if vm.get_item_opt(dict, fields.get(i))?.is_none() {
                break;
            }
            placeholders.push(vm, none());
        }
        let args = Tuple::from_slice(vm, placeholders.items());
        Ok(Tuple::from_slice(vm, &[class.value(), args.value(), dict]).value())
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[pymethod("($self, /, *args, **fields)")]
    fn __replace__(vm: &Vm, this: Value, args: Ref<Tuple>, changes: Ref<Dict>) -> PyResult<Value> {
        if !args.is_empty() {
            return Err(vm.type_error("__replace__() takes no positional arguments"));
        }
        let class = this.class();
        let fields = sequence(vm, class, "_fields")?.unwrap_or(Tuple::empty());
        let attributes = sequence(vm, class, "_attributes")?.unwrap_or(Tuple::empty());
        let dict = vm.get_attr(this, vm.intern_str("__dict__"))?;
        check_replace(vm, class, dict, changes, fields, attributes)?;
        let payload = Dict::new(vm);
        for i in 0..fields.len() + attributes.len() {
            let name = if i < fields.len() { fields.get(i) } else { attributes.get(i - fields.len()) };
            if let Some(value) = vm.get_item_opt(dict, name)? {
                payload.set_item(vm, name, value)?;
            }
        }
        payload.update_from(vm, changes)?;
        let (names, values) = (List::new(vm), List::new(vm));
        for i in 0..payload.slots() {
            if let Some((name, value)) = payload.entry(i) {
                names.push(vm, name);
                values.push(vm, value);
            }
        }
        let names = Tuple::from_slice(vm, names.items());
        vm.call_args(class.value(), NamedArgs::new(values.items(), Some(names)).args())
    }
}

/// What a field that was not given is: nothing for optional ones, whose default is in the class.
fn default(vm: &Vm, this: Value, field: Value, types: Value) -> PyResult<()> {
    let class = this.class();
    let Some(ty) = vm.get_item_opt(types, field)? else {
        let message = format!(
            "Field {} is missing from {}._field_types. This will become an error in Python 3.15.",
            vm.repr_string(field)?,
            class.name()
        );
        return vm.warn(Exc::DeprecationWarning, &message);
    };
    let name = attribute_name(vm, field)?;
    if ty.is::<Union>() {
        return Ok(());
    }
    if ty.is::<GenericAlias>() {
        return vm.set_attr(this, name, List::new(vm).value());
    }
    let classes = Classes::get(vm)?;
    if classes.named("expr_context") == Some(ty) {
        return vm.set_attr(this, name, classes.unit(Kind::Load));
    }
    let message = format!(
        "{}.__init__ missing 1 required positional argument: '{name}'. This will become an error in Python 3.15.",
        class.name()
    );
    vm.warn(Exc::DeprecationWarning, &message)
}

/// Whether `__replace__` has what the constructor needs, and nothing else.
fn check_replace(
    vm: &Vm,
    class: Ref<Type>,
    dict: Value,
    changes: Ref<Dict>,
    fields: Ref<Tuple>,
    attributes: Ref<Tuple>,
) -> PyResult<()> {
    let expecting = Set::new(vm);
    for name in fields.items().iter().chain(attributes.items()) {
        expecting.add(vm, *name)?;
    }
    for i in 0..changes.slots() {
        if let Some((key, _)) = changes.entry(i)
            && !expecting.discard(vm, key)?
        {
            let shown = vm.repr_string(key)?;
            raise!(vm, TypeError, "{}.__replace__ got an unexpected keyword argument {shown}.", class.name())
        }
    }
    let types = vm.get_attr_opt(class.value(), vm.intern_str("_field_types"))?;
    let mut missing = vec![];
    for name in fields.items() {
        if !expecting.contains(vm, *name)? || vm.get_item_opt(dict, *name)?.is_some() {
            continue;
        }
        let optional = match types {
            Some(types) => vm.get_item_opt(types, *name)?.is_some_and(|ty| ty.is::<Union>()),
            None => false,
        };
        if !optional {
            missing.push(vm.repr_string(*name)?);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort();
    let (n, names) = (missing.len(), missing.join(", "));
    raise!(vm, TypeError, "{}.__replace__ missing {n} keyword argument{}: {names}.", class.name(), s(n))
}

fn joined(vm: &Vm, parts: Ref<List>) -> PyResult<Ref<Str>> {
    let text = vm.call_method(vm.new_str(""), vm.intern_str("join"), &[parts.value()])?;
    Ok(text.downcast().expect("join gives a str"))
}

/// `Name(id='x', ctx=Load())`, to a depth, and of lists the first and last items.
fn shown(vm: &Vm, this: Value, depth: usize) -> PyResult<Ref<Str>> {
    let name = this.class().name();
    let text = |t: String| vm.str(vm.new_str(&t));
    if depth == 0 || vm.repr_enter(this)? {
        return text(format!("{name}(...)"));
    }
    let parts = List::new(vm);
    let result = shown_fields(vm, this, depth, parts);
    vm.repr_leave(this);
    result?;
    joined(vm, parts)
}

fn shown_fields(vm: &Vm, this: Value, depth: usize, parts: Ref<List>) -> PyResult<()> {
    let class = this.class();
    parts.push(vm, vm.new_str(&format!("{}(", class.short_name())));
    let fields = sequence(vm, class, "_fields")?.unwrap_or(Tuple::empty());
    for i in 0..fields.len() {
        let name = attribute_name(vm, fields.get(i))?;
        let value = vm.get_attr(this, name)?;
        let separator = if i > 0 { ", " } else { "" };
        parts.push(vm, vm.new_str(&format!("{separator}{name}=")));
        let text = match value.downcast::<Ast>() {
            Some(_) => shown(vm, value, depth - 1)?.value(),
            None if value.downcast::<List>().is_some() || value.downcast::<Tuple>().is_some() => {
                shown_items(vm, value, depth - 1)?.value()
            }
            None => vm.repr(value)?,
        };
        parts.push(vm, text);
    }
    parts.push(vm, vm.new_str(")"));
    Ok(())
}

fn shown_items(vm: &Vm, value: Value, depth: usize) -> PyResult<Ref<Str>> {
    let is_list = value.downcast::<List>().is_some();
    let n = vm.len(value)?;
    let parts = List::new(vm);
    parts.push(vm, vm.new_str(if is_list { "[" } else { "(" }));
    for i in 0..n.min(2) {
        if i > 0 {
            parts.push(vm, vm.new_str(if n > 2 { ", ..., " } else { ", " }));
        }
        let item = vm.get_item(value, vm.int(if i == 0 { 0 } else { n as i64 - 1 }))?;
        let text = match item.downcast::<Ast>() {
            Some(_) => shown(vm, item, depth)?.value(),
            None => vm.repr(item)?,
        };
        parts.push(vm, text);
    }
    parts.push(vm, vm.new_str(if is_list { "]" } else { ")" }));
    joined(vm, parts)
}
