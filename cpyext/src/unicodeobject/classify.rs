//! The character database, as functions of code points.

use adder_macros::capi;
use adder_text::{case, classify};
use adder_vm::vm::Vm;
use std::ffi::c_int;

macro_rules! tests {
    ($($name:ident = $f:path;)*) => {$(
        #[capi]
        pub fn $name(_vm: &Vm, c: u32) -> c_int {
            $f(c) as c_int
        }
    )*};
}

tests! {
    _PyUnicode_IsLowercase = classify::is_lower;
    _PyUnicode_IsUppercase = classify::is_upper;
    _PyUnicode_IsTitlecase = classify::is_title;
    _PyUnicode_IsWhitespace = classify::is_space;
    _PyUnicode_IsLinebreak = classify::is_line_break;
    _PyUnicode_IsDecimalDigit = classify::is_decimal;
    _PyUnicode_IsDigit = classify::is_digit;
    _PyUnicode_IsNumeric = classify::is_numeric;
    _PyUnicode_IsPrintable = classify::is_printable;
    _PyUnicode_IsAlpha = classify::is_alpha;
    _PyUnicode_IsXidStart = classify::is_xid_start;
    _PyUnicode_IsXidContinue = classify::is_xid_continue;
    _PyUnicode_IsCased = classify::is_cased;
    _PyUnicode_IsCaseIgnorable = classify::is_case_ignorable;
}

macro_rules! conversions {
    ($($name:ident = $f:path;)*) => {$(
        #[capi]
        pub fn $name(_vm: &Vm, c: u32) -> u32 {
            $f(c)
        }
    )*};
}

conversions! {
    _PyUnicode_ToLowercase = case::simple_lower;
    _PyUnicode_ToUppercase = case::simple_upper;
    _PyUnicode_ToTitlecase = case::simple_title;
}

#[capi]
pub fn _PyUnicode_ToDecimalDigit(_vm: &Vm, c: u32) -> c_int {
    classify::to_decimal(c).map_or(-1, |d| d as c_int)
}

#[capi]
pub fn _PyUnicode_ToDigit(_vm: &Vm, c: u32) -> c_int {
    classify::to_digit(c).map_or(-1, |d| d as c_int)
}

#[capi]
pub fn _PyUnicode_ToNumeric(_vm: &Vm, c: u32) -> f64 {
    classify::to_numeric(c).unwrap_or(-1.0)
}

/// Which ASCII characters are white space.
#[unsafe(no_mangle)]
pub static _Py_ascii_whitespace: [u8; 128] = {
    let mut table = [0; 128];
    let mut i = 0;
    while i < 128 {
        table[i] = matches!(i as u8, b'\t'..=b'\r' | 0x1c..=0x1f | b' ') as u8;
        i += 1;
    }
    table
};
