//! `abstract.h`, numbers: `PyNumber_*`.

use crate::abstract_::need;
use crate::ffi::types::*;
use crate::pyobject::{Arg, Owned, Ptr, new_ref};
use crate::typeobject;
use adder_macros::capi;
use adder_vm::builtins::complex_::Complex;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::type_::Type;
use adder_vm::def::LONG_SUBCLASS;
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Value, ValueExt};
use adder_vm::protocol::BinaryOp;
use adder_vm::raise;
use adder_vm::vm::Vm;

/// The value of an exact int of one digit.
#[inline(always)]
unsafe fn compact(p: Ptr) -> Option<i64> {
    let c = p as *mut _longobject;
    if (*p).ob_type != typeobject::int_type() || (*c).long_value.lv_tag >= 16 {
        return None;
    }
    let sign = 1 - ((*c).long_value.lv_tag & 3) as i64;
    Some(sign * *(&raw const (*c).long_value.ob_digit).cast::<u32>() as i64)
}

/// Sums, differences, products and quotients of exact floats and small ints, from struct to struct.
#[inline(always)]
fn quick(op: BinaryOp, a: Arg, b: Arg) -> Option<Owned> {
    if a.0.is_null() || b.0.is_null() {
        return None;
    }
    // SAFETY: live objects, whose types say what they are.
    unsafe {
        let float = typeobject::float_type();
        if (*a.0).ob_type == float && (*b.0).ob_type == float {
            let (x, y) = ((*(a.0 as *mut PyFloatObject)).ob_fval, (*(b.0 as *mut PyFloatObject)).ob_fval);
            return Some(Owned(crate::floatobject::new(match op {
                BinaryOp::Add => x + y,
                BinaryOp::Sub => x - y,
                BinaryOp::Mul => x * y,
                BinaryOp::TrueDiv if y != 0.0 => x / y,
                _ => return None,
            })));
        }
        let (x, y) = (compact(a.0)?, compact(b.0)?);
        Some(Owned(crate::longobject::from_i64(match op {
            BinaryOp::Add => x + y,
            BinaryOp::Sub => x - y,
            BinaryOp::Mul => x * y,
            _ => return None,
        })))
    }
}

macro_rules! binary {
    ($($name:ident, $inplace:ident = $op:ident;)*) => {$(
        #[capi]
        pub fn $name(vm: &Vm, a: Arg, b: Arg) -> PyResult<Owned> {
            if let Some(r) = quick(BinaryOp::$op, a, b) {
                return Ok(r);
            }
            let (a, b) = (need(vm, a)?, need(vm, b)?);
            Ok(Owned::new(vm.binary_op(BinaryOp::$op, a, b)?))
        }

        #[capi]
        pub fn $inplace(vm: &Vm, a: Arg, b: Arg) -> PyResult<Owned> {
            if let Some(r) = quick(BinaryOp::$op, a, b) {
                return Ok(r);
            }
            let (a, b) = (need(vm, a)?, need(vm, b)?);
            Ok(Owned::new(vm.inplace_op(BinaryOp::$op, a, b)?))
        }
    )*};
}

binary! {
    PyNumber_Add, PyNumber_InPlaceAdd = Add;
    PyNumber_Subtract, PyNumber_InPlaceSubtract = Sub;
    PyNumber_Multiply, PyNumber_InPlaceMultiply = Mul;
    PyNumber_MatrixMultiply, PyNumber_InPlaceMatrixMultiply = MatMul;
    PyNumber_FloorDivide, PyNumber_InPlaceFloorDivide = FloorDiv;
    PyNumber_TrueDivide, PyNumber_InPlaceTrueDivide = TrueDiv;
    PyNumber_Remainder, PyNumber_InPlaceRemainder = Mod;
    PyNumber_Lshift, PyNumber_InPlaceLshift = LShift;
    PyNumber_Rshift, PyNumber_InPlaceRshift = RShift;
    PyNumber_And, PyNumber_InPlaceAnd = And;
    PyNumber_Xor, PyNumber_InPlaceXor = Xor;
    PyNumber_Or, PyNumber_InPlaceOr = Or;
}

#[capi]
pub fn PyNumber_Divmod(vm: &Vm, a: Arg, b: Arg) -> PyResult<Value> {
    let (a, b) = (need(vm, a)?, need(vm, b)?);
    vm.binary_op(BinaryOp::DivMod, a, b)
}

#[capi]
pub fn PyNumber_Power(vm: &Vm, a: Arg, b: Arg, modulus: Arg) -> PyResult<Value> {
    let (a, b, modulus) = (need(vm, a)?, need(vm, b)?, need(vm, modulus)?);
    vm.power(a, b, modulus)
}

#[capi]
pub fn PyNumber_InPlacePower(vm: &Vm, a: Arg, b: Arg, modulus: Arg) -> PyResult<Value> {
    let (a, b, modulus) = (need(vm, a)?, need(vm, b)?, need(vm, modulus)?);
    if modulus.is_none() {
        return vm.inplace_op(BinaryOp::Pow, a, b);
    }
    if let Some(f) = a.class().slots().nb_inplace_power {
        let r = f(vm, a, b, modulus)?;
        if !adder_vm::builtins::singletons::is_not_implemented(r) {
            return Ok(r);
        }
    }
    vm.power(a, b, modulus)
}

#[capi]
pub fn PyNumber_Negative(vm: &Vm, v: Arg) -> PyResult<Value> {
    vm.negative(need(vm, v)?)
}

#[capi]
pub fn PyNumber_Positive(vm: &Vm, v: Arg) -> PyResult<Value> {
    vm.positive(need(vm, v)?)
}

#[capi]
pub fn PyNumber_Invert(vm: &Vm, v: Arg) -> PyResult<Value> {
    vm.invert(need(vm, v)?)
}

#[capi]
pub fn PyNumber_Absolute(vm: &Vm, v: Arg) -> PyResult<Value> {
    let v = need(vm, v)?;
    match v.class().slots().nb_absolute {
        Some(f) => f(vm, v),
        None => raise!(vm, TypeError, "bad operand type for abs(): '{}'", v.class().name()),
    }
}

#[capi]
pub fn PyNumber_Check(_vm: &Vm, v: Arg) -> bool {
    if v.0.is_null() {
        return false;
    }
    let v = v.peek();
    let s = v.class().slots();
    s.nb_index.is_some()
        || s.nb_int.is_some()
        || s.nb_float.is_some()
        || v.class().is_subclass_of(Complex::class())
}

#[capi]
pub fn PyIndex_Check(_vm: &Vm, v: Arg) -> bool {
    v.class().slots().nb_index.is_some()
}

/// Exactly an int, not of a subclass.
fn is_exact_int(v: Arg) -> bool {
    // SAFETY: C passes live objects.
    unsafe { (*v.0).ob_type == typeobject::int_type() }
}

#[capi]
pub fn PyNumber_Index(vm: &Vm, v: Arg) -> PyResult<Owned> {
    need(vm, v)?;
    if is_exact_int(v) {
        // SAFETY: a live object.
        return Ok(unsafe { new_ref(v.0) });
    }
    Ok(Owned::new(vm.index_value(v.value())?))
}

#[capi]
pub fn PyNumber_Long(vm: &Vm, v: Arg) -> PyResult<Owned> {
    need(vm, v)?;
    if is_exact_int(v) {
        // SAFETY: a live object.
        return Ok(unsafe { new_ref(v.0) });
    }
    let int = adder_vm::builtins::int::Int::class().value();
    Ok(Owned::new(vm.call(int, &[v.value()])?))
}

#[capi]
pub fn PyNumber_Float(vm: &Vm, v: Arg) -> PyResult<Owned> {
    need(vm, v)?;
    // SAFETY: a live object.
    if unsafe { (*v.0).ob_type } == typeobject::float_type() {
        // SAFETY: a live object.
        return Ok(unsafe { new_ref(v.0) });
    }
    let float = adder_vm::builtins::float::Float::class().value();
    Ok(Owned::new(vm.call(float, &[v.value()])?))
}

#[capi]
pub fn PyNumber_AsSsize_t(vm: &Vm, v: Arg, error: Arg) -> PyResult<isize> {
    let original = need(vm, v)?;
    let i = vm.index_value(original)?;
    if let Some(i) = vm.int_to_i64(i) {
        return Ok(i as isize);
    }
    if error.0.is_null() {
        return Ok(if vm.int_is_negative(i) { isize::MIN } else { isize::MAX });
    }
    let message = format!("cannot fit '{}' into an index-sized integer", original.class().name());
    match error.value().downcast::<Type>() {
        Some(class) => Err(vm.raise_class(class, &[vm.new_str(&message)])),
        None => Err(vm.error(Exc::SystemError, message)),
    }
}

#[capi]
pub fn PyNumber_ToBase(vm: &Vm, v: Arg, base: i32) -> PyResult<Value> {
    let name = match base {
        2 => "bin",
        8 => "oct",
        10 => "",
        16 => "hex",
        _ => raise!(vm, SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16"),
    };
    let i = vm.index_value(need(vm, v)?)?;
    if base == 10 {
        return vm.repr(i);
    }
    vm.call(vm.builtin(name)?, &[i])
}

/// `PyNumber_Index` for a value; ints of subclasses stay what they are.
pub fn index(vm: &Vm, v: Arg) -> PyResult<Value> {
    let flags = v.flags();
    let value = v.value();
    if flags & LONG_SUBCLASS != 0
        && let Some(i) = as_int(value)
    {
        return Ok(i);
    }
    vm.index_value(value)
}

/// An exact or subclassed int: what `__index__` gives, as it is.
#[capi]
pub fn _PyNumber_Index(vm: &Vm, v: Arg) -> PyResult<Value> {
    if v.0.is_null() {
        return Err(vm.system_error("null argument to internal routine"));
    }
    vm.index_value(v.value())
}
