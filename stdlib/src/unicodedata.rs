//! `unicodedata`: the database and the normalisation of the text crate, for Unicode 16 and, as `ucd_3_2_0`,
//! for Unicode 3.2.

use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_text::builder::Owned;
use adder_text::normalize::{Form, is_normalized, normalize};
use adder_text::unicodedata::{self as ucd, Version};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;

/// The code point of a string of one.
fn single(vm: &Vm, function: &str, position: &str, v: Value) -> PyResult<u32> {
    let Some(s) = v.downcast::<Str>() else {
        let got = if v.is_none() { "None".to_string() } else { v.class().name() };
        raise!(vm, TypeError, "{function}() {position} must be a unicode character, not {got}")
    };
    if s.len() != 1 {
        raise!(
            vm,
            TypeError,
            "{function}(): {position} must be a unicode character, not a string of length {}",
            s.len()
        )
    }
    Ok(s.char_at(0))
}

fn or_default(vm: &Vm, found: Option<Value>, default: Option<Value>, message: &str) -> PyResult<Value> {
    match found.or(default) {
        Some(v) => Ok(v),
        None => Err(vm.value_error(message)),
    }
}

fn parse_form(vm: &Vm, form: Ref<Str>) -> PyResult<Form> {
    match Form::parse(&form.to_string()) {
        Some(f) => Ok(f),
        None => Err(vm.value_error("invalid normalization form")),
    }
}

/// The functions for any version.
mod any {
    use super::*;

    pub fn decimal(vm: &Vm, version: Version, chr: Value, default: Option<Value>) -> PyResult<Value> {
        let c = single(vm, "decimal", "argument 1", chr)?;
        or_default(vm, ucd::decimal(c, version).map(|d| vm.int(d as i64)), default, "not a decimal")
    }

    pub fn digit(vm: &Vm, version: Version, chr: Value, default: Option<Value>) -> PyResult<Value> {
        let c = single(vm, "digit", "argument 1", chr)?;
        or_default(vm, ucd::digit(c, version).map(|d| vm.int(d as i64)), default, "not a digit")
    }

    pub fn numeric(vm: &Vm, version: Version, chr: Value, default: Option<Value>) -> PyResult<Value> {
        let c = single(vm, "numeric", "argument 1", chr)?;
        or_default(vm, ucd::numeric(c, version).map(|d| vm.float(d)), default, "not a numeric character")
    }

    pub fn name(vm: &Vm, version: Version, chr: Value, default: Option<Value>) -> PyResult<Value> {
        let c = single(vm, "name", "argument 1", chr)?;
        or_default(vm, ucd::name(c, version).map(|n| vm.new_str(&n)), default, "no such name")
    }

    pub fn category(vm: &Vm, version: Version, chr: Value) -> PyResult<Value> {
        Ok(vm.new_str(ucd::category(single(vm, "category", "argument", chr)?, version)))
    }

    pub fn bidirectional(vm: &Vm, version: Version, chr: Value) -> PyResult<Value> {
        Ok(vm.new_str(ucd::bidirectional(single(vm, "bidirectional", "argument", chr)?, version)))
    }

    pub fn combining(vm: &Vm, version: Version, chr: Value) -> PyResult<i64> {
        Ok(ucd::combining(single(vm, "combining", "argument", chr)?, version) as i64)
    }

    pub fn mirrored(vm: &Vm, version: Version, chr: Value) -> PyResult<i64> {
        Ok(ucd::mirrored(single(vm, "mirrored", "argument", chr)?, version) as i64)
    }

    pub fn east_asian_width(vm: &Vm, version: Version, chr: Value) -> PyResult<Value> {
        Ok(vm.new_str(ucd::east_asian_width(single(vm, "east_asian_width", "argument", chr)?, version)))
    }

    pub fn decomposition(vm: &Vm, version: Version, chr: Value) -> PyResult<Value> {
        Ok(vm.new_str(&ucd::decomposition(single(vm, "decomposition", "argument", chr)?, version)))
    }

    pub fn is_normal(vm: &Vm, version: Version, form: Ref<Str>, unistr: Ref<Str>) -> PyResult<bool> {
        Ok(is_normalized(unistr.units(), parse_form(vm, form)?, version))
    }

    pub fn normal(vm: &Vm, version: Version, form: Ref<Str>, unistr: Ref<Str>) -> PyResult<Value> {
        if unistr.is_empty() {
            return Ok(unistr.value());
        }
        match normalize(unistr.units(), parse_form(vm, form)?, version) {
            Some(text) => vm.new_str_owned(text),
            None => Ok(unistr.value()),
        }
    }

    pub fn lookup(vm: &Vm, version: Version, name: Value) -> PyResult<Value> {
        // The argument is a text or bytes (`s#` of PyArg_Parse).
        let text = match name.downcast::<Str>() {
            Some(s) => s.to_utf8().unwrap_or_default(),
            None => match vm.buffer_bytes(name)? {
                Some(b) => String::from_utf8_lossy(&b).into_owned(),
                None => raise!(
                    vm,
                    TypeError,
                    "lookup() argument must be read-only bytes-like object, not {}",
                    name.class().name()
                ),
            },
        };
        if text.len() > 256 {
            return Err(vm.error_value(Exc::KeyError, vm.new_str("name too long")));
        }
        let found = ucd::lookup(&text).filter(|cps| {
            version == Version::V16 || (cps.len() == 1 && ucd::category(cps[0], version) != "Cn")
        });
        match found {
            Some(cps) => vm.new_str_owned(Owned::from_code_points(cps)),
            None => {
                Err(vm.error_value(Exc::KeyError, vm.new_str(&format!("undefined character name '{text}'"))))
            }
        }
    }
}

/// The database of another version.
#[pyclass(name = "UCD", module = "unicodedata", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Ucd {
    h: LongHeader,
}

#[pymethods]
impl Ucd {
    #[getter]
    fn unidata_version(_: &Vm, _this: Ref<Ucd>) -> &'static str {
        ucd::VERSION_OLD
    }

    /// Converts a Unicode character into its equivalent decimal value.
    ///
    /// Returns the decimal value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pymethod("($self, chr, default=<unrepresentable>, /)")]
    fn decimal(vm: &Vm, _this: Ref<Ucd>, chr: Value, default: Option<Value>) -> PyResult<Value> {
        any::decimal(vm, Version::V3_2, chr, default)
    }

    /// Converts a Unicode character into its equivalent digit value.
    ///
    /// Returns the digit value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pymethod("($self, chr, default=<unrepresentable>, /)")]
    fn digit(vm: &Vm, _this: Ref<Ucd>, chr: Value, default: Option<Value>) -> PyResult<Value> {
        any::digit(vm, Version::V3_2, chr, default)
    }

    /// Converts a Unicode character into its equivalent numeric value.
    ///
    /// Returns the numeric value assigned to the character chr as float.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pymethod("($self, chr, default=<unrepresentable>, /)")]
    fn numeric(vm: &Vm, _this: Ref<Ucd>, chr: Value, default: Option<Value>) -> PyResult<Value> {
        any::numeric(vm, Version::V3_2, chr, default)
    }

    /// Returns the name assigned to the character chr as a string.
    ///
    /// If no name is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pymethod("($self, chr, default=<unrepresentable>, /)")]
    fn name(vm: &Vm, _this: Ref<Ucd>, chr: Value, default: Option<Value>) -> PyResult<Value> {
        any::name(vm, Version::V3_2, chr, default)
    }

    /// Returns the general category assigned to the character chr as string.
    #[pymethod("($self, chr, /)")]
    fn category(vm: &Vm, _this: Ref<Ucd>, chr: Value) -> PyResult<Value> {
        any::category(vm, Version::V3_2, chr)
    }

    /// Returns the bidirectional class assigned to the character chr as string.
    ///
    /// If no such value is defined, an empty string is returned.
    #[pymethod("($self, chr, /)")]
    fn bidirectional(vm: &Vm, _this: Ref<Ucd>, chr: Value) -> PyResult<Value> {
        any::bidirectional(vm, Version::V3_2, chr)
    }

    /// Returns the canonical combining class assigned to the character chr as integer.
    ///
    /// Returns 0 if no combining class is defined.
    #[pymethod("($self, chr, /)")]
    fn combining(vm: &Vm, _this: Ref<Ucd>, chr: Value) -> PyResult<i64> {
        any::combining(vm, Version::V3_2, chr)
    }

    /// Returns the mirrored property assigned to the character chr as integer.
    ///
    /// Returns 1 if the character has been identified as a "mirrored"
    /// character in bidirectional text, 0 otherwise.
    #[pymethod("($self, chr, /)")]
    fn mirrored(vm: &Vm, _this: Ref<Ucd>, chr: Value) -> PyResult<i64> {
        any::mirrored(vm, Version::V3_2, chr)
    }

    /// Returns the east asian width assigned to the character chr as string.
    #[pymethod("($self, chr, /)")]
    fn east_asian_width(vm: &Vm, _this: Ref<Ucd>, chr: Value) -> PyResult<Value> {
        any::east_asian_width(vm, Version::V3_2, chr)
    }

    /// Returns the character decomposition mapping assigned to the character chr as string.
    ///
    /// An empty string is returned in case no such mapping is defined.
    #[pymethod("($self, chr, /)")]
    fn decomposition(vm: &Vm, _this: Ref<Ucd>, chr: Value) -> PyResult<Value> {
        any::decomposition(vm, Version::V3_2, chr)
    }

    /// Return whether the Unicode string unistr is in the normal form 'form'.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pymethod("($self, form, unistr, /)")]
    fn is_normalized_(vm: &Vm, _this: Ref<Ucd>, form: Ref<Str>, unistr: Ref<Str>) -> PyResult<bool> {
        any::is_normal(vm, Version::V3_2, form, unistr)
    }

    /// Return the normal form 'form' for the Unicode string unistr.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pymethod("($self, form, unistr, /)")]
    fn normalize_(vm: &Vm, _this: Ref<Ucd>, form: Ref<Str>, unistr: Ref<Str>) -> PyResult<Value> {
        any::normal(vm, Version::V3_2, form, unistr)
    }

    /// Look up character by name.
    ///
    /// If a character with the given name is found, return the
    /// corresponding character.  If not found, KeyError is raised.
    #[pymethod("($self, name, /)")]
    fn lookup(vm: &Vm, _this: Ref<Ucd>, name: Value) -> PyResult<Value> {
        any::lookup(vm, Version::V3_2, name)
    }
}

/// This module provides access to the Unicode Character Database.
///
/// It defines character properties for all Unicode characters.
#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod unicodedata {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let class = ready_class::<Ucd>(vm);
        let old = heap::new(Ucd::shape(), Ucd { h: LongHeader::new() });
        m.dict().set_str(vm, "UCD", class.value());
        m.dict().set_str(vm, "ucd_3_2_0", old.value());
        m.dict().set_str(vm, "unidata_version", vm.new_str(ucd::VERSION));
        Ok(())
    }

    /// Converts a Unicode character into its equivalent decimal value.
    ///
    /// Returns the decimal value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction("($module, chr, default=<unrepresentable>, /)")]
    fn decimal(vm: &Vm, chr: Value, default: Option<Value>) -> PyResult<Value> {
        any::decimal(vm, Version::V16, chr, default)
    }

    /// Converts a Unicode character into its equivalent digit value.
    ///
    /// Returns the digit value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction("($module, chr, default=<unrepresentable>, /)")]
    fn digit(vm: &Vm, chr: Value, default: Option<Value>) -> PyResult<Value> {
        any::digit(vm, Version::V16, chr, default)
    }

    /// Converts a Unicode character into its equivalent numeric value.
    ///
    /// Returns the numeric value assigned to the character chr as float.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction("($module, chr, default=<unrepresentable>, /)")]
    fn numeric(vm: &Vm, chr: Value, default: Option<Value>) -> PyResult<Value> {
        any::numeric(vm, Version::V16, chr, default)
    }

    /// Returns the name assigned to the character chr as a string.
    ///
    /// If no name is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction("($module, chr, default=<unrepresentable>, /)")]
    fn name(vm: &Vm, chr: Value, default: Option<Value>) -> PyResult<Value> {
        any::name(vm, Version::V16, chr, default)
    }

    /// Returns the general category assigned to the character chr as string.
    #[pyfunction("($module, chr, /)")]
    fn category(vm: &Vm, chr: Value) -> PyResult<Value> {
        any::category(vm, Version::V16, chr)
    }

    /// Returns the bidirectional class assigned to the character chr as string.
    ///
    /// If no such value is defined, an empty string is returned.
    #[pyfunction("($module, chr, /)")]
    fn bidirectional(vm: &Vm, chr: Value) -> PyResult<Value> {
        any::bidirectional(vm, Version::V16, chr)
    }

    /// Returns the canonical combining class assigned to the character chr as integer.
    ///
    /// Returns 0 if no combining class is defined.
    #[pyfunction("($module, chr, /)")]
    fn combining(vm: &Vm, chr: Value) -> PyResult<i64> {
        any::combining(vm, Version::V16, chr)
    }

    /// Returns the mirrored property assigned to the character chr as integer.
    ///
    /// Returns 1 if the character has been identified as a "mirrored"
    /// character in bidirectional text, 0 otherwise.
    #[pyfunction("($module, chr, /)")]
    fn mirrored(vm: &Vm, chr: Value) -> PyResult<i64> {
        any::mirrored(vm, Version::V16, chr)
    }

    /// Returns the east asian width assigned to the character chr as string.
    #[pyfunction("($module, chr, /)")]
    fn east_asian_width(vm: &Vm, chr: Value) -> PyResult<Value> {
        any::east_asian_width(vm, Version::V16, chr)
    }

    /// Returns the character decomposition mapping assigned to the character chr as string.
    ///
    /// An empty string is returned in case no such mapping is defined.
    #[pyfunction("($module, chr, /)")]
    fn decomposition(vm: &Vm, chr: Value) -> PyResult<Value> {
        any::decomposition(vm, Version::V16, chr)
    }

    /// Return whether the Unicode string unistr is in the normal form 'form'.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pyfunction("($module, form, unistr, /)")]
    fn is_normalized_(vm: &Vm, form: Ref<Str>, unistr: Ref<Str>) -> PyResult<bool> {
        any::is_normal(vm, Version::V16, form, unistr)
    }

    /// Return the normal form 'form' for the Unicode string unistr.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pyfunction("($module, form, unistr, /)")]
    fn normalize_(vm: &Vm, form: Ref<Str>, unistr: Ref<Str>) -> PyResult<Value> {
        any::normal(vm, Version::V16, form, unistr)
    }

    /// Look up character by name.
    ///
    /// If a character with the given name is found, return the
    /// corresponding character.  If not found, KeyError is raised.
    #[pyfunction("($module, name, /)")]
    fn lookup(vm: &Vm, name: Value) -> PyResult<Value> {
        any::lookup(vm, Version::V16, name)
    }
}
