//! `str.format`, `str.format_map` and `format()`.

use crate::args::Args;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_text::builder::Builder;
use adder_text::format_fields::{self, AutoNumber, Field, First, Part, Segments};
use adder_text::units::Units;
use std::ops::Range;

/// What fields refer to.
#[derive(Clone, Copy)]
enum Fields<'a> {
    Arguments(Args<'a>),
    Mapping(Value),
}

impl Vm {
    /// `format(v, spec)` (PyObject_Format).
    pub fn format(&self, v: Value, spec: Option<Value>) -> PyResult<Value> {
        if let Some(spec) = spec
            && spec.downcast::<Str>().is_none()
        {
            return Err(
                self.system_error(format!("Format specifier must be a string, not {}", spec.class().name()))
            );
        }
        if spec.and_then(|s| s.downcast::<Str>()).is_none_or(|s| s.is_empty()) {
            if v.is::<Str>() {
                return Ok(v);
            }
            if v.is_small() {
                return Ok(self.str(v)?.value());
            }
        }
        let spec = spec.unwrap_or_else(|| self.empty_str());
        let Some(r) = self.call_special(v, names().__format__, &[spec])? else {
            raise!(self, TypeError, "Type {} doesn't define __format__", v.class().name())
        };
        if r.downcast::<Str>().is_none() {
            raise!(self, TypeError, "__format__ must return a str, not {}", r.class().name())
        }
        Ok(r)
    }
}

pub fn format(vm: &Vm, this: Ref<Str>, args: Args) -> PyResult<Value> {
    run(vm, this, Fields::Arguments(args))
}

pub fn format_map(vm: &Vm, this: Ref<Str>, mapping: Value) -> PyResult<Value> {
    run(vm, this, Fields::Mapping(mapping))
}

fn run(vm: &Vm, this: Ref<Str>, fields: Fields) -> PyResult<Value> {
    let mut auto = AutoNumber::default();
    // A field or a literal alone is not copied.
    let mut segments = Segments::new(this.units());
    if let (Some(Ok(only)), None) = (segments.next(), segments.next()) {
        match only.field {
            None if only.literal.len() == this.len() => return vm.exact_str(this),
            Some(field) if only.literal.is_empty() => {
                let r = render(vm, this, 0, &field, fields, 2, &mut auto)?;
                return match r.downcast::<Str>() {
                    Some(s) => vm.exact_str(s),
                    None => Ok(r),
                };
            }
            _ => {}
        }
    }
    let mut out = Builder::with_capacity(this.len() + 16);
    markup(vm, this, 0..this.len(), fields, 2, &mut auto, &mut out)?;
    vm.str_of_owned(out.finish())
}

/// Expands the markup in a part of `text`.
fn markup(
    vm: &Vm,
    text: Ref<Str>,
    part: Range<usize>,
    fields: Fields,
    depth: u32,
    auto: &mut AutoNumber,
    out: &mut Builder,
) -> PyResult<()> {
    if depth == 0 {
        return Err(vm.value_error("Max string recursion exceeded"));
    }
    let u = text.units().slice(part.clone());
    for segment in Segments::new(u) {
        let segment = segment.map_err(|e| vm.text_error(e))?;
        out.push_units(u.slice(segment.literal));
        if let Some(field) = segment.field {
            let r = render(vm, text, part.start, &field, fields, depth, auto)?;
            if let Some(s) = r.downcast::<Str>() {
                out.push_units(s.units());
            }
        }
    }
    Ok(())
}

fn render(
    vm: &Vm,
    text: Ref<Str>,
    base: usize,
    field: &Field,
    fields: Fields,
    depth: u32,
    auto: &mut AutoNumber,
) -> PyResult<Value> {
    let at = |r: &Range<usize>| text.units().slice(base + r.start..base + r.end);
    let mut v = lookup(vm, at(&field.name), fields, auto)?;
    if let Some(c) = field.conversion {
        v = match char::from_u32(c) {
            Some('r') => vm.repr(v)?,
            Some('s') => vm.str(v)?.value(),
            Some('a') => vm.ascii(v)?,
            _ => return Err(vm.text_error(format_fields::unknown_conversion(c))),
        };
    }
    let spec = if field.nested {
        let mut spec = Builder::new();
        let range = base + field.spec.start..base + field.spec.end;
        markup(vm, text, range, fields, depth - 1, auto, &mut spec)?;
        Some(vm.str_of_owned(spec.finish())?)
    } else if field.spec.is_empty() {
        None
    } else {
        Some(vm.str_of(at(&field.spec))?)
    };
    vm.format(v, spec)
}

/// The object a field name means.
fn lookup(vm: &Vm, name: Units, fields: Fields, auto: &mut AutoNumber) -> PyResult<Value> {
    let (first, mut at) = format_fields::field_name_first(name, Some(auto)).map_err(|e| vm.text_error(e))?;
    let mut v = match (first, fields) {
        (First::Name(r), Fields::Arguments(args)) => {
            let key = vm.str_of(name.slice(r))?;
            let wanted = key.downcast::<Str>();
            match args.keywords().find(|(n, _)| wanted.is_some_and(|w| Str::same_text(n, &w))) {
                Some((_, v)) => v,
                None => return Err(vm.key_error(key)),
            }
        }
        (First::Name(r), Fields::Mapping(mapping)) => {
            let key = vm.str_of(name.slice(r))?;
            vm.get_item(mapping, key)?
        }
        (First::Index(_), Fields::Mapping(_)) => {
            return Err(vm.value_error("Format string contains positional fields"));
        }
        (First::Index(i), Fields::Arguments(args)) => match args.pos().get(i) {
            Some(v) => *v,
            None => {
                raise!(vm, IndexError, "Replacement index {i} out of range for positional args tuple")
            }
        },
    };
    while let Some(part) = format_fields::field_name_next(name, &mut at) {
        v = match part.map_err(|e| vm.text_error(e))? {
            Part::Attribute(r) => {
                let attr = vm.new_str_units(name.slice(r))?;
                let attr = vm.intern_ref(attr);
                vm.get_attr(v, attr)?
            }
            Part::Key(r) => {
                let key = vm.str_of(name.slice(r))?;
                vm.get_item(v, key)?
            }
            Part::Index(i) => vm.get_item(v, vm.new_int(i as i128))?,
        };
    }
    Ok(v)
}
