//! `weakref.proxy`: objects that forward every operation to their referent while it lives.

use crate::args::Args;
use crate::builtins::exceptions::Exc;
use crate::builtins::str_::Str;
use crate::builtins::weakref::{self, Weak, WeakRef};
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::protocol::BinaryOp;
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};

#[pyclass(name = "ProxyType", module = "weakref")]
#[repr(C)]
pub struct WeakProxy {
    base: WeakRef,
}

#[pyclass(name = "CallableProxyType", module = "weakref")]
#[repr(C)]
pub struct CallableProxy {
    base: WeakRef,
}

/// `weakref.proxy(target, callback)`
pub fn proxy(vm: &Vm, target: Value, callback: Option<Value>) -> PyResult<Value> {
    weakref::check_supported(vm, target)?;
    let callable = vm.is_callable(target);
    if callback.is_none() {
        let shared = if callable {
            weakref::shared::<CallableProxy>(target)
        } else {
            weakref::shared::<WeakProxy>(target)
        };
        if let Some(p) = shared {
            return Ok(p);
        }
    }
    let shape = if callable { CallableProxy::shape() } else { WeakProxy::shape() };
    let weak: Ref<Weak> = heap::new(shape, WeakRef::blank(target, callback));
    weakref::register(vm, weak);
    Ok(weak.value())
}

fn is_proxy(v: Value) -> bool {
    v.is::<WeakProxy>() || v.is::<CallableProxy>()
}

/// The referent of a proxy, any other value itself; ReferenceError if it is dead.
fn unwrap(vm: &Vm, v: Value) -> PyResult<Value> {
    if !is_proxy(v) {
        return Ok(v);
    }
    // SAFETY: proxies are laid out as references.
    match unsafe { v.cast::<Weak>() }.get() {
        Some(target) => Ok(target),
        None => Err(vm.error(Exc::ReferenceError, "weakly-referenced object no longer exists")),
    }
}

fn unary(vm: &Vm, v: Value, name: &str, symbol: &str) -> PyResult<Value> {
    let target = unwrap(vm, v)?;
    match vm.call_special(target, vm.intern_str(name), &[])? {
        Some(r) => Ok(r),
        None => raise!(vm, TypeError, "bad operand type for {symbol}: '{}'", target.class().name()),
    }
}

macro_rules! proxy_class {
    ($t:ident {
        binary { $($slot:ident $f:ident $op:ident,)* }
        inplace { $($islot:ident $if_:ident $iop:ident,)* }
        $($own:tt)*
    }) => {
        #[pymethods]
        impl $t {
            $(
                #[slot($slot)]
                fn $f(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                    vm.binary_op(BinaryOp::$op, unwrap(vm, a)?, unwrap(vm, b)?)
                }
            )*

            $(
                #[slot($islot)]
                fn $if_(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                    vm.inplace_op(BinaryOp::$iop, unwrap(vm, a)?, unwrap(vm, b)?)
                }
            )*

            #[slot(tp_repr)]
            fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
                // SAFETY: proxies are laid out as references.
                let weak: Ref<Weak> = unsafe { this.cast() };
                let id = vm.id(this);
                Ok(vm.new_str(&match weak.get() {
                    Some(t) => {
                        format!("<weakproxy at {id:#x}; to '{}' at {:#x}>", t.class().full_name(vm), vm.id(t))
                    }
                    None => format!("<weakproxy at {id:#x}; dead>"),
                }))
            }

            #[slot(tp_str)]
            fn str(vm: &Vm, this: Value) -> PyResult<Value> {
                Ok(vm.str(unwrap(vm, this)?)?.value())
            }

            #[slot(tp_hash)]
            fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
                Err(vm.type_error(format!("unhashable type: '{}'", this.class().full_name(vm))))
            }

            #[slot(tp_richcompare)]
            fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
                vm.compare(unwrap(vm, a)?, unwrap(vm, b)?, op)
            }

            #[slot(tp_getattro)]
            fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
                vm.get_attr(unwrap(vm, this)?, name).map(Some)
            }

            #[slot(tp_setattro)]
            fn setattro(vm: &Vm, this: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
                let target = unwrap(vm, this)?;
                match value {
                    Some(v) => vm.set_attr(target, name, v),
                    None => vm.del_attr(target, name),
                }
            }

            #[slot(nb_power)]
            fn power(vm: &Vm, a: Value, b: Value, c: Value) -> PyResult<Value> {
                vm.power(unwrap(vm, a)?, unwrap(vm, b)?, unwrap(vm, c)?)
            }

            #[slot(nb_inplace_power)]
            fn inplace_power(vm: &Vm, a: Value, b: Value, _c: Value) -> PyResult<Value> {
                vm.inplace_op(BinaryOp::Pow, unwrap(vm, a)?, unwrap(vm, b)?)
            }

            #[slot(nb_negative)]
            fn negative(vm: &Vm, this: Value) -> PyResult<Value> {
                vm.negative(unwrap(vm, this)?)
            }

            #[slot(nb_positive)]
            fn positive(vm: &Vm, this: Value) -> PyResult<Value> {
                vm.positive(unwrap(vm, this)?)
            }

            #[slot(nb_invert)]
            fn invert(vm: &Vm, this: Value) -> PyResult<Value> {
                vm.invert(unwrap(vm, this)?)
            }

            #[slot(nb_absolute)]
            fn absolute(vm: &Vm, this: Value) -> PyResult<Value> {
                unary(vm, this, "__abs__", "abs()")
            }

            #[slot(nb_bool)]
            fn bool(vm: &Vm, this: Value) -> PyResult<bool> {
                vm.truth(unwrap(vm, this)?)
            }

            #[slot(nb_int)]
            fn int(vm: &Vm, this: Value) -> PyResult<Value> {
                let target = unwrap(vm, this)?;
                vm.call(vm.builtin("int")?, &[target])
            }

            #[slot(nb_float)]
            fn float(vm: &Vm, this: Value) -> PyResult<Value> {
                let f = vm.to_f64(unwrap(vm, this)?)?;
                Ok(vm.float(f))
            }

            #[slot(nb_index)]
            fn index(vm: &Vm, this: Value) -> PyResult<Value> {
                vm.index_value(unwrap(vm, this)?)
            }

            #[slot(mp_length)]
            fn length(vm: &Vm, this: Value) -> PyResult<usize> {
                vm.len(unwrap(vm, this)?)
            }

            #[slot(mp_subscript)]
            fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
                vm.get_item(unwrap(vm, this)?, unwrap(vm, key)?)
            }

            #[slot(mp_ass_subscript)]
            fn ass_subscript(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
                let target = unwrap(vm, this)?;
                match value {
                    Some(v) => vm.set_item(target, key, v),
                    None => vm.del_item(target, key),
                }
            }

            #[slot(sq_contains)]
            fn contains(vm: &Vm, this: Value, item: Value) -> PyResult<bool> {
                vm.contains(unwrap(vm, this)?, item)
            }

            #[slot(tp_iter)]
            fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
                vm.iter(unwrap(vm, this)?)
            }

            #[slot(tp_iternext)]
            fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
                let target = unwrap(vm, this)?;
                if target.class().slots().tp_iternext.is_none() {
                    raise!(
                        vm,
                        TypeError,
                        "Weakref proxy referenced a non-iterator '{}' object",
                        target.class().full_name(vm)
                    )
                }
                vm.next(target)
            }

            #[pymethod("($self, /)")]
            fn __bytes__(vm: &Vm, this: Value) -> PyResult<Value> {
                let target = unwrap(vm, this)?;
                vm.call_method(target, names().__bytes__, &[])
            }

            #[pymethod("($self, /)")]
            fn __reversed__(vm: &Vm, this: Value) -> PyResult<Value> {
                let target = unwrap(vm, this)?;
                vm.call_method(target, names().__reversed__, &[])
            }

            $($own)*
        }
    };
}

macro_rules! both {
    ($($t:ident { $($own:tt)* })*) => {$(
        proxy_class!($t {
            binary {
                nb_add add Add, nb_subtract subtract Sub, nb_multiply multiply Mul, nb_remainder remainder Mod,
                nb_lshift lshift LShift, nb_rshift rshift RShift, nb_and and And, nb_or or Or, nb_xor xor Xor,
                nb_floor_divide floor_divide FloorDiv, nb_true_divide true_divide TrueDiv,
                nb_matrix_multiply matrix_multiply MatMul,
            }
            inplace {
                nb_inplace_add iadd Add, nb_inplace_subtract isubtract Sub, nb_inplace_multiply imultiply Mul,
                nb_inplace_remainder iremainder Mod, nb_inplace_lshift ilshift LShift,
                nb_inplace_rshift irshift RShift, nb_inplace_and iand And, nb_inplace_or ior Or,
                nb_inplace_xor ixor Xor, nb_inplace_floor_divide ifloor_divide FloorDiv,
                nb_inplace_true_divide itrue_divide TrueDiv, nb_inplace_matrix_multiply imatrix_multiply MatMul,
            }
            #[slot(nb_divmod)]
            fn divmod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                let (a, b) = (unwrap(vm, a)?, unwrap(vm, b)?);
                vm.binary_op(BinaryOp::DivMod, a, b)
            }

            $($own)*
        });
    )*};
}

both! {
    WeakProxy {}
    CallableProxy {
        #[slot(tp_call)]
        fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
            vm.call_args(unwrap(vm, this)?, args)
        }
    }
}
