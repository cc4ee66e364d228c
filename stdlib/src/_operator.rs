//! `_operator`: the operators as functions, and callables that fetch (`operator_getters.rs`).

use crate::operator_getters::{AttrGetter, ItemGetter, MethodCaller};
use adder_macros::pymodule;
use adder_vm::args::Args;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::protocol::BinaryOp;
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;

/// Compares in a time that depends on the lengths only.
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    // The loop always runs over `b`, so that the length of `a` does not show.
    let mut difference = (a.len() != b.len()) as u8;
    for (i, y) in b.iter().enumerate() {
        difference |= a.get(i).copied().unwrap_or(!y) ^ y;
    }
    std::hint::black_box(difference) == 0
}

/// Operator interface.
///
/// This module exports a set of functions implemented in C corresponding
/// to the intrinsic operators of Python.  For example, operator.add(x, y)
/// is equivalent to the expression x+y.
#[pymodule]
pub mod _operator {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "attrgetter", ready_class::<AttrGetter>(vm).value());
        m.dict().set_str(vm, "itemgetter", ready_class::<ItemGetter>(vm).value());
        m.dict().set_str(vm, "methodcaller", ready_class::<MethodCaller>(vm).value());
        Ok(())
    }

    /// Same as a + b.
    #[pyfunction("($module, a, b, /)")]
    fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::Add, a, b)
    }

    /// Same as a - b.
    #[pyfunction("($module, a, b, /)")]
    fn sub(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::Sub, a, b)
    }

    /// Same as a * b.
    #[pyfunction("($module, a, b, /)")]
    fn mul(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::Mul, a, b)
    }

    /// Same as a @ b.
    #[pyfunction("($module, a, b, /)")]
    fn matmul(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::MatMul, a, b)
    }

    /// Same as a // b.
    #[pyfunction("($module, a, b, /)")]
    fn floordiv(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::FloorDiv, a, b)
    }

    /// Same as a / b.
    #[pyfunction("($module, a, b, /)")]
    fn truediv(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::TrueDiv, a, b)
    }

    /// Same as a % b.
    #[pyfunction("($module, a, b, /)", name = "mod")]
    fn modulo(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::Mod, a, b)
    }

    /// Same as a << b.
    #[pyfunction("($module, a, b, /)")]
    fn lshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::LShift, a, b)
    }

    /// Same as a >> b.
    #[pyfunction("($module, a, b, /)")]
    fn rshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::RShift, a, b)
    }

    /// Same as a & b.
    #[pyfunction("($module, a, b, /)", name = "and_")]
    fn and_(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::And, a, b)
    }

    /// Same as a ^ b.
    #[pyfunction("($module, a, b, /)")]
    fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::Xor, a, b)
    }

    /// Same as a | b.
    #[pyfunction("($module, a, b, /)", name = "or_")]
    fn or_(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::Or, a, b)
    }

    /// Same as a ** b.
    #[pyfunction("($module, a, b, /)")]
    fn pow(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(BinaryOp::Pow, a, b)
    }

    /// Same as a += b.
    #[pyfunction("($module, a, b, /)")]
    fn iadd(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::Add, a, b)
    }

    /// Same as a -= b.
    #[pyfunction("($module, a, b, /)")]
    fn isub(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::Sub, a, b)
    }

    /// Same as a *= b.
    #[pyfunction("($module, a, b, /)")]
    fn imul(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::Mul, a, b)
    }

    /// Same as a @= b.
    #[pyfunction("($module, a, b, /)")]
    fn imatmul(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::MatMul, a, b)
    }

    /// Same as a //= b.
    #[pyfunction("($module, a, b, /)")]
    fn ifloordiv(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::FloorDiv, a, b)
    }

    /// Same as a /= b.
    #[pyfunction("($module, a, b, /)")]
    fn itruediv(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::TrueDiv, a, b)
    }

    /// Same as a %= b.
    #[pyfunction("($module, a, b, /)")]
    fn imod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::Mod, a, b)
    }

    /// Same as a <<= b.
    #[pyfunction("($module, a, b, /)")]
    fn ilshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::LShift, a, b)
    }

    /// Same as a >>= b.
    #[pyfunction("($module, a, b, /)")]
    fn irshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::RShift, a, b)
    }

    /// Same as a &= b.
    #[pyfunction("($module, a, b, /)")]
    fn iand(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::And, a, b)
    }

    /// Same as a ^= b.
    #[pyfunction("($module, a, b, /)")]
    fn ixor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::Xor, a, b)
    }

    /// Same as a |= b.
    #[pyfunction("($module, a, b, /)")]
    fn ior(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::Or, a, b)
    }

    /// Same as a **= b.
    #[pyfunction("($module, a, b, /)")]
    fn ipow(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.inplace_op(BinaryOp::Pow, a, b)
    }

    /// Same as a == b.
    #[pyfunction("($module, a, b, /)")]
    fn eq(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.compare(a, b, CompareOp::Eq)
    }

    /// Same as a != b.
    #[pyfunction("($module, a, b, /)")]
    fn ne(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.compare(a, b, CompareOp::Ne)
    }

    /// Same as a < b.
    #[pyfunction("($module, a, b, /)")]
    fn lt(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.compare(a, b, CompareOp::Lt)
    }

    /// Same as a <= b.
    #[pyfunction("($module, a, b, /)")]
    fn le(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.compare(a, b, CompareOp::Le)
    }

    /// Same as a > b.
    #[pyfunction("($module, a, b, /)")]
    fn gt(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.compare(a, b, CompareOp::Gt)
    }

    /// Same as a >= b.
    #[pyfunction("($module, a, b, /)")]
    fn ge(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.compare(a, b, CompareOp::Ge)
    }

    /// Same as -a.
    #[pyfunction("($module, a, /)")]
    fn neg(vm: &Vm, a: Value) -> PyResult<Value> {
        vm.negative(a)
    }

    /// Same as +a.
    #[pyfunction("($module, a, /)")]
    fn pos(vm: &Vm, a: Value) -> PyResult<Value> {
        vm.positive(a)
    }

    /// Same as ~a.
    #[pyfunction("($module, a, /)")]
    fn inv(vm: &Vm, a: Value) -> PyResult<Value> {
        vm.invert(a)
    }

    /// Same as ~a.
    #[pyfunction("($module, a, /)")]
    fn invert(vm: &Vm, a: Value) -> PyResult<Value> {
        vm.invert(a)
    }

    /// Same as abs(a).
    #[pyfunction("($module, a, /)")]
    fn abs(vm: &Vm, a: Value) -> PyResult<Value> {
        match a.class().slots().nb_absolute {
            Some(f) => f(vm, a),
            None => raise!(vm, TypeError, "bad operand type for abs(): '{}'", a.class().name()),
        }
    }

    /// Same as a.__index__()
    #[pyfunction("($module, a, /)")]
    fn index(vm: &Vm, a: Value) -> PyResult<Value> {
        vm.index_value(a)
    }

    /// Return True if a is true, False otherwise.
    #[pyfunction("($module, a, /)")]
    fn truth(vm: &Vm, a: Value) -> PyResult<bool> {
        vm.truth(a)
    }

    /// Same as not a.
    #[pyfunction("($module, a, /)", name = "not_")]
    fn not_(vm: &Vm, a: Value) -> PyResult<bool> {
        Ok(!vm.truth(a)?)
    }

    /// Same as a is b.
    #[pyfunction("($module, a, b, /)", name = "is_")]
    fn is_(vm: &Vm, a: Value, b: Value) -> bool {
        let _ = vm;
        a.same(b)
    }

    /// Same as a is not b.
    #[pyfunction("($module, a, b, /)")]
    fn is_not(vm: &Vm, a: Value, b: Value) -> bool {
        let _ = vm;
        !a.same(b)
    }

    /// Same as a is None.
    #[pyfunction("($module, a, /)")]
    fn is_none(vm: &Vm, a: Value) -> bool {
        let _ = vm;
        a.is_none()
    }

    /// Same as a is not None.
    #[pyfunction("($module, a, /)")]
    fn is_not_none(vm: &Vm, a: Value) -> bool {
        let _ = vm;
        !a.is_none()
    }

    /// Same as b in a (note reversed operands).
    #[pyfunction("($module, a, b, /)")]
    fn contains(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
        vm.contains(a, b)
    }

    /// Return the first index of b in a.
    #[pyfunction("($module, a, b, /)", name = "indexOf")]
    fn index_of(vm: &Vm, a: Value, b: Value) -> PyResult<i64> {
        let it = vm.iter(a)?;
        let mut i = 0;
        while let Some(v) = vm.next(it)? {
            if vm.eq(v, b)? {
                return Ok(i);
            }
            i += 1;
        }
        Err(vm.value_error("sequence.index(x): x not in sequence"))
    }

    /// Return the number of items in a which are, or which equal, b.
    #[pyfunction("($module, a, b, /)", name = "countOf")]
    fn count_of(vm: &Vm, a: Value, b: Value) -> PyResult<i64> {
        let mut n = 0;
        vm.iterate(a, &mut |v| {
            n += vm.eq(v, b)? as i64;
            Ok(())
        })?;
        Ok(n)
    }

    /// Same as a + b, for a and b sequences.
    #[pyfunction("($module, a, b, /)")]
    fn concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if a.class().slots().sq_item.is_none() {
            raise!(vm, TypeError, "'{}' object can't be concatenated", a.class().name())
        }
        if let Some(f) = a.class().slots().sq_concat {
            return f(vm, a, b);
        }
        if b.class().slots().sq_item.is_none() {
            raise!(vm, TypeError, "'{}' object can't be concatenated", a.class().name())
        }
        vm.binary_op(BinaryOp::Add, a, b)
    }

    /// Same as a += b, for a and b sequences.
    #[pyfunction("($module, a, b, /)")]
    fn iconcat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        if a.class().slots().sq_item.is_none() {
            raise!(vm, TypeError, "'{}' object can't be concatenated", a.class().name())
        }
        vm.inplace_op(BinaryOp::Add, a, b)
    }

    /// Same as a[b].
    #[pyfunction("($module, a, b, /)")]
    fn getitem(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.get_item(a, b)
    }

    /// Same as a[b] = c.
    #[pyfunction("($module, a, b, c, /)")]
    fn setitem(vm: &Vm, a: Value, b: Value, c: Value) -> PyResult<()> {
        vm.set_item(a, b, c)
    }

    /// Same as del a[b].
    #[pyfunction("($module, a, b, /)")]
    fn delitem(vm: &Vm, a: Value, b: Value) -> PyResult<()> {
        vm.del_item(a, b)
    }

    /// Return an estimate of the number of items in obj.
    ///
    /// This is useful for presizing containers when building from an iterable.
    ///
    /// If the object supports len(), the result will be exact.
    /// Otherwise, it may over- or under-estimate by an arbitrary amount.
    /// The result will be an integer >= 0.
    #[pyfunction("($module, obj, default=0, /)")]
    fn length_hint(vm: &Vm, obj: Value, default: Option<Value>) -> PyResult<i64> {
        let fallback = match default {
            Some(d) if adder_vm::builtins::int::as_int(d).is_none() => {
                raise!(vm, TypeError, "'{}' object cannot be interpreted as an integer", d.class().name())
            }
            Some(d) => vm.index_isize(d)?,
            None => 0,
        };
        Ok(vm.length_hint(obj, usize::MAX)?).map(|n| if n == usize::MAX { fallback as i64 } else { n as i64 })
    }

    /// Same as obj(*args, **kwargs).
    #[pyfunction]
    fn call(vm: &Vm, args: Args) -> PyResult<Value> {
        match args.split_first() {
            Some((f, rest)) => vm.call_args(f, rest),
            None => Err(vm.type_error("call expected at least 1 argument, got 0")),
        }
    }

    /// Return 'a == b'.
    ///
    /// This function uses an approach designed to prevent
    /// timing analysis, making it appropriate for cryptography.
    ///
    /// a and b must both be of the same type: either str (ASCII only),
    /// or any bytes-like object.
    ///
    /// Note: If a and b are of different lengths, or if an error occurs,
    /// a timing attack could theoretically reveal information about the
    /// types and lengths of a and b--but not their values.
    #[pyfunction("($module, a, b, /)")]
    fn _compare_digest(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
        if let (Some(x), Some(y)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
            return match (x.as_ascii(), y.as_ascii()) {
                (Some(x), Some(y)) => Ok(same_bytes(x.as_bytes(), y.as_bytes())),
                _ => Err(vm.type_error("comparing strings with non-ASCII characters is not supported")),
            };
        }
        match (vm.buffer_bytes(a)?, vm.buffer_bytes(b)?) {
            (Some(x), Some(y)) => Ok(same_bytes(&x, &y)),
            _ => raise!(
                vm,
                TypeError,
                "unsupported operand types(s) or combination of types: '{}' and '{}'",
                a.class().name(),
                b.class().name()
            ),
        }
    }
}
