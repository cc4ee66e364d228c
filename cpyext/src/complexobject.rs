//! `complex`, and arithmetic on pairs of doubles.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Fallible, FromC, IntoC, Ptr, new_struct};
use crate::typeobject::complex_type;
use adder_macros::capi;
use adder_vm::builtins::complex_::{Complex, Pair, product, quotient};
use adder_vm::error::PyResult;
use adder_vm::object::ValueExt;
use adder_vm::vm::Vm;

impl FromC for Py_complex {
    type C = Py_complex;
    fn from_c(c: Py_complex) -> Py_complex {
        c
    }
}

impl IntoC for Py_complex {
    type C = Py_complex;
    fn into_c(self, _: &Vm) -> Py_complex {
        self
    }
}

impl Fallible for Py_complex {
    const ERROR: Py_complex = Py_complex { real: -1.0, imag: 0.0 };
}

fn pair(c: Py_complex) -> Pair {
    (c.real, c.imag)
}

fn from_pair((real, imag): Pair) -> Py_complex {
    Py_complex { real, imag }
}

/// A new reference.
pub fn new(value: Py_complex) -> Ptr {
    let p = new_struct(complex_type(), size_of::<PyComplexObject>());
    // SAFETY: a fresh struct of that size.
    unsafe { (*(p as *mut PyComplexObject)).cval = value };
    p
}

#[capi]
pub fn PyComplex_FromDoubles(_vm: &Vm, real: f64, imag: f64) -> *mut PyObject {
    new(Py_complex { real, imag })
}

#[capi]
pub fn PyComplex_FromCComplex(_vm: &Vm, value: Py_complex) -> *mut PyObject {
    new(value)
}

#[capi]
pub fn PyComplex_AsCComplex(vm: &Vm, v: Arg) -> PyResult<Py_complex> {
    Ok(from_pair(vm.to_complex(v.value())?))
}

#[capi]
pub fn PyComplex_RealAsDouble(vm: &Vm, v: Arg) -> PyResult<f64> {
    Ok(vm.to_complex(v.value())?.0)
}

#[capi]
pub fn PyComplex_ImagAsDouble(vm: &Vm, v: Arg) -> PyResult<f64> {
    Ok(vm.to_complex(v.value())?.1)
}

/// The value of a complex object.
pub fn value_of(v: adder_vm::object::Value) -> Option<Py_complex> {
    v.downcast::<Complex>().map(|c| from_pair(c.pair()))
}

// ---- arithmetic ---------------------------------------------------------------------------------

fn set_errno(error: i32) {
    // SAFETY: the thread's errno.
    unsafe { *libc::__errno_location() = error };
}

#[capi]
pub fn _Py_c_sum(_vm: &Vm, a: Py_complex, b: Py_complex) -> Py_complex {
    Py_complex { real: a.real + b.real, imag: a.imag + b.imag }
}

#[capi]
pub fn _Py_c_diff(_vm: &Vm, a: Py_complex, b: Py_complex) -> Py_complex {
    Py_complex { real: a.real - b.real, imag: a.imag - b.imag }
}

#[capi]
pub fn _Py_c_neg(_vm: &Vm, a: Py_complex) -> Py_complex {
    Py_complex { real: -a.real, imag: -a.imag }
}

#[capi]
pub fn _Py_c_prod(_vm: &Vm, a: Py_complex, b: Py_complex) -> Py_complex {
    from_pair(product(pair(a), pair(b)))
}

#[capi]
pub fn _Py_c_quot(_vm: &Vm, a: Py_complex, b: Py_complex) -> Py_complex {
    match quotient(pair(a), pair(b)) {
        Some(q) => from_pair(q),
        None => {
            set_errno(libc::EDOM);
            Py_complex { real: 0.0, imag: 0.0 }
        }
    }
}

#[capi]
pub fn _Py_c_pow(_vm: &Vm, a: Py_complex, b: Py_complex) -> Py_complex {
    if b.real == 0.0 && b.imag == 0.0 {
        return Py_complex { real: 1.0, imag: 0.0 };
    }
    if a.real == 0.0 && a.imag == 0.0 {
        if b.imag != 0.0 || b.real < 0.0 {
            set_errno(libc::EDOM);
        }
        return Py_complex { real: 0.0, imag: 0.0 };
    }
    let (magnitude, angle) = (a.real.hypot(a.imag), a.imag.atan2(a.real));
    let (mut length, mut phase) = (magnitude.powf(b.real), angle * b.real);
    if b.imag != 0.0 {
        length *= (-angle * b.imag).exp();
        phase += b.imag * magnitude.ln();
    }
    let r = Py_complex { real: length * phase.cos(), imag: length * phase.sin() };
    if r.real.is_infinite() || r.imag.is_infinite() {
        set_errno(libc::ERANGE);
    }
    r
}

#[capi]
pub fn _Py_c_abs(_vm: &Vm, a: Py_complex) -> f64 {
    set_errno(0);
    let r = a.real.hypot(a.imag);
    if r.is_infinite() && a.real.is_finite() && a.imag.is_finite() {
        set_errno(libc::ERANGE);
    }
    r
}

// One of the operands is real: it is not converted, so that signs of zeros are right.

#[capi]
pub fn _Py_cr_sum(_vm: &Vm, a: Py_complex, b: f64) -> Py_complex {
    Py_complex { real: a.real + b, imag: a.imag }
}

#[capi]
pub fn _Py_cr_diff(_vm: &Vm, a: Py_complex, b: f64) -> Py_complex {
    Py_complex { real: a.real - b, imag: a.imag }
}

#[capi]
pub fn _Py_rc_diff(_vm: &Vm, a: f64, b: Py_complex) -> Py_complex {
    Py_complex { real: a - b.real, imag: -b.imag }
}

#[capi]
pub fn _Py_cr_prod(_vm: &Vm, a: Py_complex, b: f64) -> Py_complex {
    Py_complex { real: a.real * b, imag: a.imag * b }
}

#[capi]
pub fn _Py_cr_quot(_vm: &Vm, a: Py_complex, b: f64) -> Py_complex {
    if b == 0.0 {
        set_errno(libc::EDOM);
        return Py_complex { real: 0.0, imag: 0.0 };
    }
    Py_complex { real: a.real / b, imag: a.imag / b }
}
