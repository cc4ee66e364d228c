//! Template strings: `string.templatelib.Template`, its iterator, and `Interpolation`.

use crate::args::Args;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

/// Template object
#[pyclass(name = "Template", module = "string.templatelib", flags = def::DEFAULT, signature = "(*strings)")]
#[repr(C)]
pub struct Template {
    h: LongHeader,
    /// One more than interpolations.
    strings: Field<Ref<Tuple>>,
    interpolations: Field<Ref<Tuple>>,
}

/// Interpolation object
#[pyclass(
    name = "Interpolation",
    module = "string.templatelib",
    flags = def::DEFAULT,
    signature = "(value, expression='', conversion=None, format_spec='')"
)]
#[repr(C)]
pub struct Interpolation {
    h: LongHeader,
    value: Field<Value>,
    expression: Field<Value>,
    /// None, 's', 'r' or 'a'.
    conversion: Field<Value>,
    format_spec: Field<Value>,
}

/// An interpolation of a t-string; conversion 0 is none, 1 's', 2 'r', 3 'a'.
pub fn interpolation(
    vm: &Vm,
    value: Value,
    expression: Value,
    conversion: u16,
    format_spec: Option<Value>,
) -> PyResult<Value> {
    let conversion = match conversion {
        1 => vm.char_str('s' as u32),
        2 => vm.char_str('r' as u32),
        3 => vm.char_str('a' as u32),
        _ => none(),
    };
    let format_spec = format_spec.unwrap_or_else(|| vm.empty_str());
    Ok(Interpolation::make(value, expression, conversion, format_spec).value())
}

/// A t-string of its strings and interpolations.
pub fn template(vm: &Vm, strings: Value, interpolations: Value) -> PyResult<Value> {
    match (strings.exact::<Tuple>(), interpolations.exact::<Tuple>()) {
        (Some(s), Some(i)) => Ok(Template::make(s, i).value()),
        _ => Err(vm.system_error("a template is made of tuples")),
    }
}

impl Template {
    fn make(strings: Ref<Tuple>, interpolations: Ref<Tuple>) -> Ref<Template> {
        heap::new(
            Template::shape(),
            Template {
                h: LongHeader::new(),
                strings: Field::new(strings),
                interpolations: Field::new(interpolations),
            },
        )
    }
}

fn template_arg(v: Value) -> Option<Ref<Template>> {
    v.exact::<Template>()
}

#[pymethods]
impl Template {
    #[slot(tp_new)]
    fn new(vm: &Vm, _: Ref<Type>, args: Args) -> PyResult<Value> {
        if args.has_keywords() {
            return Err(vm.type_error("Template.__new__ only accepts *args arguments"));
        }
        let strings = crate::builtins::list::List::new(vm);
        let parts = crate::builtins::list::List::new(vm);
        let mut last_was_string = false;
        for v in args.pos() {
            if let Some(s) = v.downcast::<Str>() {
                if last_was_string {
                    let before = strings.get(strings.len() - 1).downcast::<Str>();
                    let joined = match before {
                        Some(before) => vm.str_concat(before, s)?,
                        None => *v,
                    };
                    strings.set(strings.len() - 1, joined);
                } else {
                    strings.push(vm, *v);
                }
                last_was_string = true;
            } else if v.is::<Interpolation>() {
                if !last_was_string {
                    strings.push(vm, vm.empty_str());
                }
                parts.push(vm, *v);
                last_was_string = false;
            } else {
                raise!(
                    vm,
                    TypeError,
                    "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                    v.class().name()
                )
            }
        }
        if !last_was_string {
            strings.push(vm, vm.empty_str());
        }
        let strings = Tuple::from_slice(vm, strings.items());
        Ok(Template::make(strings, Tuple::from_slice(vm, parts.items())).value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let Some(t) = template_arg(this) else { return Err(vm.type_error("a Template is required")) };
        let strings = vm.repr_string(t.strings.get().value())?;
        let parts = vm.repr_string(t.interpolations.get().value())?;
        Ok(vm.new_str(&format!("Template(strings={strings}, interpolations={parts})")))
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        let Some(t) = template_arg(this) else { return Err(vm.type_error("a Template is required")) };
        Ok(TemplateIter::new(t).value())
    }

    #[slot(sq_concat)]
    fn concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (Some(x), Some(y)) = (template_arg(a), template_arg(b)) else {
            // CPython names the types in the order of the operands.
            raise!(
                vm,
                TypeError,
                "can only concatenate {} (not \"{}\") to {}",
                if template_arg(a).is_some() { "string.templatelib.Template" } else { "str" },
                b.class().full_name(vm),
                if template_arg(a).is_some() { "string.templatelib.Template" } else { "str" }
            )
        };
        let (s, t) = (x.strings.get(), y.strings.get());
        let (last, first) = (s.get(s.len() - 1), t.get(0));
        let joined = match (last.downcast::<Str>(), first.downcast::<Str>()) {
            (Some(l), Some(f)) => vm.str_concat(l, f)?,
            _ => last,
        };
        let n = s.len() + t.len() - 1;
        let strings = Tuple::build(vm, n, |i| {
            Ok::<_, crate::error::Raised>(match i.cmp(&(s.len() - 1)) {
                std::cmp::Ordering::Less => s.get(i),
                std::cmp::Ordering::Equal => joined,
                std::cmp::Ordering::Greater => t.get(i + 1 - s.len()),
            })
        })?;
        let (p, q) = (x.interpolations.get(), y.interpolations.get());
        let parts = Tuple::build(vm, p.len() + q.len(), |i| {
            Ok::<_, crate::error::Raised>(if i < p.len() { p.get(i) } else { q.get(i - p.len()) })
        })?;
        Ok(Template::make(strings, parts).value())
    }

    /// Strings
    #[getter]
    fn strings(_: &Vm, this: Ref<Template>) -> Value {
        this.strings.get().value()
    }

    /// Interpolations
    #[getter]
    fn interpolations(_: &Vm, this: Ref<Template>) -> Value {
        this.interpolations.get().value()
    }

    /// Values of interpolations
    #[getter]
    fn values(vm: &Vm, this: Ref<Template>) -> PyResult<Value> {
        let parts = this.interpolations.get();
        let t = Tuple::build(vm, parts.len(), |i| match parts.get(i).exact::<Interpolation>() {
            Some(p) => Ok(p.value.get()),
            None => Err(vm.system_error("a template has something else than interpolations")),
        })?;
        Ok(t.value())
    }

    /// Pickle support.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Template>) -> PyResult<Value> {
        let module = crate::import::import_module(vm, "string.templatelib")?;
        let f = vm.get_attr(module, vm.intern_str("_template_unpickle"))?;
        let args = Tuple::from_slice(vm, &[this.strings.get().value(), this.interpolations.get().value()]);
        Ok(Tuple::from_slice(vm, &[f, args.value()]).value())
    }
}

/// Iterates over strings that are not empty and interpolations, in their order.
#[pyclass(name = "TemplateIter", module = "string.templatelib", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct TemplateIter {
    h: LongHeader,
    template: Field<Ref<Template>>,
    /// Even positions are strings, odd ones interpolations.
    next: Cell<usize>,
}

impl TemplateIter {
    fn new(template: Ref<Template>) -> Ref<TemplateIter> {
        heap::new(
            TemplateIter::shape(),
            TemplateIter { h: LongHeader::new(), template: Field::new(template), next: Cell::new(0) },
        )
    }
}

#[pymethods]
impl TemplateIter {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(_: &Vm, this: Value) -> PyResult<Option<Value>> {
        let Some(it) = this.exact::<TemplateIter>() else { return Ok(None) };
        let t = it.template.get();
        let (strings, parts) = (t.strings.get(), t.interpolations.get());
        loop {
            let i = it.next.get();
            if i >= strings.len() + parts.len() {
                return Ok(None);
            }
            it.next.set(i + 1);
            if i % 2 == 1 {
                return Ok(Some(parts.get(i / 2)));
            }
            let s = strings.get(i / 2);
            if s.downcast::<Str>().is_none_or(|s| !s.is_empty()) {
                return Ok(Some(s));
            }
        }
    }
}

impl Interpolation {
    fn make(value: Value, expression: Value, conversion: Value, format_spec: Value) -> Ref<Interpolation> {
        heap::new(
            Interpolation::shape(),
            Interpolation {
                h: LongHeader::new(),
                value: Field::new(value),
                expression: Field::new(expression),
                conversion: Field::new(conversion),
                format_spec: Field::new(format_spec),
            },
        )
    }
}

fn interpolation_arg(vm: &Vm, v: Option<Value>, name: &str) -> PyResult<Value> {
    match v {
        None => Ok(vm.empty_str()),
        Some(v) if v.downcast::<Str>().is_some() => Ok(v),
        Some(v) => {
            let got = if v.is_none() { "None".into() } else { v.class().name() };
            raise!(vm, TypeError, "Interpolation() argument '{name}' must be str, not {got}")
        }
    }
}

#[pymethods]
impl Interpolation {
    #[slot(tp_new)]
    fn new(vm: &Vm, _: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: crate::args::Params = crate::args::Params {
            owner: "",
            function: "Interpolation",
            names: &["value", "expression", "conversion", "format_spec"],
            pos_only: 0,
            positional: 4,
            required: 1,
            kw_only: 0,
            kw_required: 0,
            varargs: false,
            varkw: false,
        };
        let mut bound = [None; 4];
        PARAMS.bind(vm, args, &mut bound)?;
        let expression = interpolation_arg(vm, bound[1], "expression")?;
        let conversion = bound[2].unwrap_or(none());
        if !conversion.is_none() {
            let Some(s) = conversion.downcast::<Str>() else {
                raise!(
                    vm,
                    TypeError,
                    "Interpolation() argument 'conversion' must be str, not {}",
                    conversion.class().name()
                )
            };
            if !matches!(s.as_ascii(), Some("s" | "r" | "a")) {
                raise!(vm, ValueError, "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'")
            }
        }
        let format_spec = interpolation_arg(vm, bound[3], "format_spec")?;
        match bound[0] {
            Some(value) => Ok(Interpolation::make(value, expression, conversion, format_spec).value()),
            None => Err(vm.type_error("Interpolation() missing required argument 'value' (pos 1)")),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let Some(i) = this.exact::<Interpolation>() else {
            return Err(vm.type_error("an Interpolation is required"));
        };
        let parts = [i.value.get(), i.expression.get(), i.conversion.get(), i.format_spec.get()];
        let mut text = String::from("Interpolation(");
        for (k, v) in parts.into_iter().enumerate() {
            if k > 0 {
                text.push_str(", ");
            }
            text.push_str(&vm.repr_string(v)?);
        }
        text.push(')');
        Ok(vm.new_str(&text))
    }

    /// Value
    #[getter]
    fn value(_: &Vm, this: Ref<Interpolation>) -> Value {
        this.value.get()
    }

    /// Expression
    #[getter]
    fn expression(_: &Vm, this: Ref<Interpolation>) -> Value {
        this.expression.get()
    }

    /// Conversion
    #[getter]
    fn conversion(_: &Vm, this: Ref<Interpolation>) -> Value {
        this.conversion.get()
    }

    /// Format specification
    #[getter]
    fn format_spec(_: &Vm, this: Ref<Interpolation>) -> Value {
        this.format_spec.get()
    }

    /// Pickle support.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Interpolation>) -> PyResult<Value> {
        let parts = [this.value.get(), this.expression.get(), this.conversion.get(), this.format_spec.get()];
        let args = Tuple::from_slice(vm, &parts);
        Ok(Tuple::from_slice(vm, &[this.value().class().value(), args.value()]).value())
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Ref<Type>, object: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class.value(), object)
    }
}
