//! The module `_locale`.

use crate::constants::LOCALE;
use crate::os_support::*;
use adder_heap::StaticRoot;
use adder_macros::pymodule;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::vm::Vm;
use std::cmp::Ordering;
use std::ffi::CString;

static ERROR: StaticRoot = StaticRoot::new();

/// A `grouping` string as a list.
unsafe fn grouping(vm: &Vm, p: *const libc::c_char) -> Value {
    let list = List::new(vm);
    let bytes = c_bytes(p);
    for b in bytes {
        list.push(vm, vm.int(*b as i64));
    }
    if !bytes.is_empty() && bytes[bytes.len() - 1] != 127 {
        list.push(vm, vm.int(0));
    }
    list.value()
}

/// Support for POSIX locales.
#[pymodule]
pub mod _locale {
    use super::*;

    /// Activates/queries locale processing.
    #[pyfunction("($module, category, locale=None, /)")]
    fn setlocale(vm: &Vm, category: i32, locale: Option<Value>) -> PyResult<Value> {
        let name = match locale.filter(|l| !l.is_none()) {
            Some(l) => Some(c_string(vm, l, "locale")?),
            None => None,
        };
        let p = unsafe { libc::setlocale(category, name.as_ref().map_or(std::ptr::null(), |n| n.as_ptr())) };
        if p.is_null() {
            let message = if name.is_some() { "unsupported locale setting" } else { "locale query failed" };
            return Err(match ERROR.get().and_then(|e| e.downcast()) {
                Some(class) => vm.raise_class(class, &[vm.new_str(message)]),
                None => vm.value_error(message),
            });
        }
        vm.fs_decode(unsafe { c_bytes(p) })
    }

    /// Returns numeric and monetary locale-specific parameters.
    #[pyfunction("($module, /)")]
    fn localeconv(vm: &Vm) -> PyResult<Value> {
        let d = Dict::new(vm);
        unsafe {
            let l = &*libc::localeconv();
            for (name, p) in [
                ("decimal_point", l.decimal_point),
                ("thousands_sep", l.thousands_sep),
                ("int_curr_symbol", l.int_curr_symbol),
                ("currency_symbol", l.currency_symbol),
                ("mon_decimal_point", l.mon_decimal_point),
                ("mon_thousands_sep", l.mon_thousands_sep),
                ("positive_sign", l.positive_sign),
                ("negative_sign", l.negative_sign),
            ] {
                d.set_str(vm, name, vm.fs_decode(c_bytes(p))?);
            }
            d.set_str(vm, "grouping", grouping(vm, l.grouping));
            d.set_str(vm, "mon_grouping", grouping(vm, l.mon_grouping));
            for (name, n) in [
                ("int_frac_digits", l.int_frac_digits),
                ("frac_digits", l.frac_digits),
                ("p_cs_precedes", l.p_cs_precedes),
                ("p_sep_by_space", l.p_sep_by_space),
                ("n_cs_precedes", l.n_cs_precedes),
                ("n_sep_by_space", l.n_sep_by_space),
                ("p_sign_posn", l.p_sign_posn),
                ("n_sign_posn", l.n_sign_posn),
            ] {
                d.set_str(vm, name, vm.int(n as i64));
            }
        }
        Ok(d.value())
    }

    /// Return the value for the locale information associated with key.
    #[pyfunction("($module, key, /)")]
    fn nl_langinfo(vm: &Vm, key: i32) -> PyResult<Value> {
        if !LOCALE.iter().any(|(_, n)| *n == key as i64) {
            return Err(vm.value_error("unsupported langinfo constant"));
        }
        vm.fs_decode(unsafe { c_bytes(libc::nl_langinfo(key)) })
    }

    /// Get the current locale encoding.
    #[pyfunction("($module, /)")]
    fn getencoding(_vm: &Vm) -> &'static str {
        crate::_io::textio::locale_encoding()
    }

    /// Compares two strings according to the locale.
    #[pyfunction("($module, os1, os2, /)")]
    fn strcoll(vm: &Vm, a: Ref<Str>, b: Ref<Str>) -> PyResult<i32> {
        let (x, y) = (vm.fs_encode(a)?, vm.fs_encode(b)?);
        let (Ok(x), Ok(y)) = (CString::new(x), CString::new(y)) else {
            return Err(vm.value_error("embedded null character"));
        };
        Ok(match unsafe { libc::strcoll(x.as_ptr(), y.as_ptr()) }.cmp(&0) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        })
    }

    /// Return a string that can be used as a key for locale-aware comparisons.
    #[pyfunction("($module, string, /)")]
    fn strxfrm(vm: &Vm, s: Ref<Str>) -> PyResult<Value> {
        let Ok(c) = CString::new(vm.fs_encode(s)?) else {
            return Err(vm.value_error("embedded null character"));
        };
        let mut out = vec![0u8; 4 * c.as_bytes().len() + 16];
        let n = unsafe { libc::strxfrm(out.as_mut_ptr().cast(), c.as_ptr(), out.len()) };
        out.resize(n + 1, 0);
        unsafe { libc::strxfrm(out.as_mut_ptr().cast(), c.as_ptr(), out.len()) };
        out.truncate(n);
        let text: String = out.iter().map(|b| *b as char).collect();
        Ok(vm.new_str(&text))
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_constants(vm, m, LOCALE);
        let ns = Dict::new(vm);
        ns.set_str(vm, "__module__", vm.new_str("locale"));
        let base = Exc::Exception.class().value();
        let bases = Tuple::from_slice(vm, &[base]);
        let error = vm.call(base.class().value(), &[vm.new_str("Error"), bases.value(), ns.value()])?;
        ERROR.set(Some(error));
        m.dict().set_str(vm, "Error", error);
        Ok(())
    }
}
