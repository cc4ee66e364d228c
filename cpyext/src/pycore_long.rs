//! Arithmetic of ints and converters for `PyArg_Parse`, which CPython's own modules use.

use crate::longobject::{from_value, index};
use crate::pyobject::{Arg, Owned};
use adder_macros::capi;
use adder_vm::builtins::int::as_int;
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_int, c_void};

fn bad<T>(vm: &Vm) -> PyResult<T> {
    raise!(vm, SystemError, "bad argument to internal function")
}

macro_rules! arithmetic {
    ($($name:ident = $f:ident;)*) => {$(
        #[capi]
        pub fn $name(vm: &Vm, a: Arg, b: Arg) -> PyResult<Owned> {
            match (as_int(a.peek()), as_int(b.peek())) {
                (Some(a), Some(b)) => {
                    Ok(Owned(from_value(adder_vm::builtins::int_ops::$f(vm, a, b)?)))
                }
                _ => bad(vm),
            }
        }
    )*};
}

arithmetic! {
    _PyLong_Add = add;
    _PyLong_Subtract = sub;
    _PyLong_Multiply = mul;
}

macro_rules! shifts {
    ($($name:ident = $f:ident;)*) => {$(
        #[capi]
        pub fn $name(vm: &Vm, a: Arg, bits: i64) -> PyResult<Owned> {
            match as_int(a.peek()) {
                Some(a) => Ok(Owned(from_value(adder_vm::builtins::int_ops::$f(vm, a, vm.int(bits))?))),
                None => bad(vm),
            }
        }
    )*};
}

shifts! {
    _PyLong_Lshift = lshift;
    _PyLong_Rshift = rshift;
}

/// Converters for `PyArg_Parse`: 1, or 0 with an exception.
macro_rules! converters {
    ($($name:ident($t:ty, $shown:literal);)*) => {$(
        #[capi]
        pub fn $name(vm: &Vm, v: Arg, to: *mut c_void) -> c_int {
            let converted = index(vm, v).and_then(|n| {
                if n < 0 {
                    return Err(vm.value_error("Cannot convert negative int"));
                }
                <$t>::try_from(n).map_err(|_| {
                    vm.overflow_error(concat!("Python int too large for C ", $shown))
                })
            });
            match converted {
                Ok(n) => {
                    // SAFETY: the caller passes a place for the result.
                    unsafe { *to.cast::<$t>() = n };
                    1
                }
                Err(raised) => {
                    crate::pyerrors::to_indicator(vm, raised);
                    0
                }
            }
        }
    )*};
}

converters! {
    _PyLong_UnsignedShort_Converter(u16, "unsigned short");
    _PyLong_UnsignedInt_Converter(u32, "unsigned int");
    _PyLong_UnsignedLong_Converter(u64, "unsigned long");
    _PyLong_UnsignedLongLong_Converter(u64, "unsigned long long");
    _PyLong_Size_t_Converter(usize, "size_t");
    _PyLong_UInt8_Converter(u8, "uint8_t");
    _PyLong_UInt16_Converter(u16, "uint16_t");
    _PyLong_UInt32_Converter(u32, "uint32_t");
    _PyLong_UInt64_Converter(u64, "uint64_t");
}

#[capi]
pub fn _PyLong_Format(vm: &Vm, v: Arg, base: c_int) -> PyResult<Value> {
    let Some(n) = as_int(v.peek()) else { return bad(vm) };
    match base {
        10 => vm.int_to_str(n),
        2 | 8 | 16 => vm.int_to_prefixed(n, base as u32),
        _ => bad(vm),
    }
}
