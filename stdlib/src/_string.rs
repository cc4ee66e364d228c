//! `_string`: helpers of `string.Formatter`, over the text crate.

use adder_macros::pymodule;
use adder_text::builder::Owned;
use adder_text::format_fields::{First, Part, Segments, field_name_first, field_name_next};
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::vm::Vm;

/// string helper module
#[pymodule]
pub mod _string {
    use super::*;

    fn text(vm: &Vm, u: adder_text::units::Units) -> PyResult<Value> {
        vm.new_str_owned(Owned::from_units(u))
    }

    /// parse the argument as a format string
    #[pyfunction("($module, format_string, /)")]
    fn formatter_parser(vm: &Vm, format_string: Ref<Str>) -> PyResult<Value> {
        let list = List::new(vm);
        let units = format_string.units();
        for segment in Segments::new(units) {
            let segment = segment.map_err(|e| vm.raise_text_error(e))?;
            let literal = text(vm, units.slice(segment.literal))?;
            let row = match segment.field {
                None => [literal, none(), none(), none()],
                Some(f) => {
                    let conversion = match f.conversion {
                        Some(c) => text(vm, adder_text::units::Units::Four(&[c]))?,
                        None => none(),
                    };
                    [literal, text(vm, units.slice(f.name))?, text(vm, units.slice(f.spec))?, conversion]
                }
            };
            list.push(vm, Tuple::from_slice(vm, &row).value());
        }
        vm.iter(list.value())
    }

    /// split the argument as a field name
    #[pyfunction("($module, field_name, /)")]
    fn formatter_field_name_split(vm: &Vm, field_name: Ref<Str>) -> PyResult<Value> {
        let units = field_name.units();
        let (first, rest) = field_name_first(units, None).map_err(|e| vm.raise_text_error(e))?;
        let first = match first {
            First::Index(i) => vm.int(i as i64),
            First::Name(n) => text(vm, units.slice(n))?,
        };
        let list = List::new(vm);
        let mut at = rest;
        while let Some(part) = field_name_next(units, &mut at) {
            let (is_attribute, value) = match part.map_err(|e| vm.raise_text_error(e))? {
                Part::Attribute(n) => (true, text(vm, units.slice(n))?),
                Part::Index(i) => (false, vm.int(i as i64)),
                Part::Key(k) => (false, text(vm, units.slice(k))?),
            };
            list.push(vm, Tuple::from_slice(vm, &[bool_value(is_attribute), value]).value());
        }
        Ok(Tuple::from_slice(vm, &[first, vm.iter(list.value())?]).value())
    }
}
