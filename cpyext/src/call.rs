//! `abstract.h`, calls. The C-variadic ones are in `variadic/`.
//!
//! Arguments become values on the stack, or, when there are many, in a tuple. What C can call
//! directly is called directly: objects of C types with a vectorcall field.

use crate::abstract_::need;
use crate::exceptions_state::with_handled;
use crate::ffi::types::*;
use crate::pyerrors;
use crate::pyobject::{Arg, Owned, Ptr, from_c, note_changed};
use crate::tupleobject;
use crate::typeobject::calls::{makes_instances, type_call};
use adder_macros::capi;
use adder_vm::args::{Args, NamedArgs};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::function::Function;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Object as _, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

const OFFSET_FLAG: usize = 1 << 63;
const HAVE_VECTORCALL: u64 = 1 << 11;

/// Runs `f` with the values of C references, which lie on the stack or in a tuple.
///
/// # Safety
/// There are `n` live objects at `args`.
#[inline]
pub unsafe fn with_values<R>(vm: &Vm, args: *const Ptr, n: usize, f: impl FnOnce(&[Value]) -> R) -> R {
    const FEW: usize = 8;
    if n <= FEW {
        let mut values = [Value::from_small(0); FEW];
        for (i, v) in values[..n].iter_mut().enumerate() {
            *v = from_c(*args.add(i));
        }
        let r = f(&values[..n]);
        note_all_changed(args, n);
        return r;
    }
    let t: Result<Ref<Tuple>, ()> = Tuple::build(vm, n, |i| Ok(from_c(*args.add(i))));
    let t = t.expect("references convert");
    let r = f(t.items());
    // The items stay where they are while the tuple is in a local.
    std::hint::black_box(t);
    note_all_changed(args, n);
    r
}

/// # Safety
/// As `with_values`.
#[inline]
pub unsafe fn note_all_changed(args: *const Ptr, n: usize) {
    for i in 0..n {
        note_changed(*args.add(i));
    }
}

/// The vectorcall function of an object, or None.
///
/// # Safety
/// `f` is a live object.
#[inline(always)]
unsafe fn vectorcall(f: Ptr) -> vectorcallfunc {
    if (*(*f).ob_type).tp_flags & HAVE_VECTORCALL == 0 { None } else { vectorcall_field(f) }
}

/// The same for callers that do not ask the type's flag: it is not inherited by a class with a `__call__`.
unsafe fn vectorcall_field(f: Ptr) -> vectorcallfunc {
    let offset = (*(*f).ob_type).tp_vectorcall_offset;
    if offset <= 0 { None } else { *(f.cast::<u8>().offset(offset) as *const vectorcallfunc) }
}

#[capi]
pub fn PyVectorcall_Function(_vm: &Vm, f: Arg) -> *mut std::ffi::c_void {
    // SAFETY: the caller passes a live object.
    unsafe { vectorcall(f.0) }.map_or(std::ptr::null_mut(), |f| f as *mut std::ffi::c_void)
}

#[capi]
pub fn PyVectorcall_NARGS(_vm: &Vm, n: usize) -> isize {
    (n & !OFFSET_FLAG) as isize
}

fn names_of(vm: &Vm, names: Ptr) -> PyResult<Option<Ref<Tuple>>> {
    if names.is_null() {
        return Ok(None);
    }
    match Arg(names).value().downcast::<Tuple>() {
        Some(t) => Ok(Some(t)),
        None => raise!(vm, TypeError, "keyword names must be a tuple"),
    }
}

/// A call with the arguments of a vectorcall.
///
/// # Safety
/// As `PyObject_Vectorcall`.
unsafe fn call(vm: &Vm, f: Ptr, args: *const Ptr, n: usize, names: Ptr) -> PyResult<Owned> {
    if f.is_null() {
        need(vm, Arg(f))?;
    }
    if let Some(direct) = vectorcall(f).or_else(|| crate::methodobject::vectorcall_of(f)) {
        let p = direct(f, args, n, names);
        if p.is_null() == pyerrors::is_set() {
            return Ok(Owned(p));
        }
        let name = vm.repr_string(Arg(f).value())?;
        let p = crate::methodobject::result(vm, &name, p)?;
        return Ok(Owned::new(p));
    }
    if names.is_null() && makes_instances(f) && !vm.near_native_limit() {
        let all = tupleobject::new(n & !OFFSET_FLAG);
        if n & !OFFSET_FLAG != 0 {
            for (i, item) in tupleobject::items(all.0).iter_mut().enumerate() {
                *item = crate::pyobject::new_ref(*args.add(i)).release();
            }
        }
        return Ok(Owned(type_call(f as *mut PyTypeObject, all.0, std::ptr::null_mut())));
    }
    if names.is_null() && Arg(f).class() == Function::class() {
        let f: Ref<Function> = from_c(f).cast();
        return with_handled(vm, || {
            with_values(vm, args, n & !OFFSET_FLAG, |v| vm.call_function(f, Args::positional(v)))
        })
        .map(Owned::new);
    }
    let names = names_of(vm, names)?;
    let all = (n & !OFFSET_FLAG) + names.map_or(0, |t| t.len());
    let receiver = crate::methodobject::receiver_of(f);
    let f = from_c(f);
    let result = with_handled(vm, || {
        with_values(vm, args, all, |values| vm.call_args(f, NamedArgs::new(values, names).args()))
    });
    note_changed(receiver);
    Ok(Owned::new(result?))
}

#[capi]
pub fn PyObject_Vectorcall(
    vm: &Vm,
    f: Arg,
    args: *const Ptr,
    n: usize,
    names: *mut PyObject,
) -> PyResult<Owned> {
    // SAFETY: the caller's promise.
    unsafe { call(vm, f.0, args, n, names) }
}

#[capi]
pub fn PyObject_CallNoArgs(vm: &Vm, f: Arg) -> PyResult<Owned> {
    // SAFETY: no arguments.
    unsafe { call(vm, f.0, std::ptr::null(), 0, std::ptr::null_mut()) }
}

#[capi]
pub fn PyObject_CallOneArg(vm: &Vm, f: Arg, arg: Arg) -> PyResult<Owned> {
    // One place before the arguments is the callee's to use.
    let args = [std::ptr::null_mut(), arg.0];
    // SAFETY: one live object.
    unsafe { call(vm, f.0, &args[1], 1 | OFFSET_FLAG, std::ptr::null_mut()) }
}

#[capi]
pub fn PyObject_CallObject(vm: &Vm, f: Arg, args: Arg) -> PyResult<Owned> {
    // SAFETY: live objects.
    unsafe {
        if args.0.is_null() {
            return call(vm, f.0, std::ptr::null(), 0, std::ptr::null_mut());
        }
        if args.flags() & adder_vm::def::TUPLE_SUBCLASS == 0 {
            raise!(vm, TypeError, "argument list must be a tuple")
        }
        let items = tupleobject::items(args.0);
        call(vm, f.0, items.as_ptr(), items.len(), std::ptr::null_mut())
    }
}

/// `f(*args, **keywords)` with the items of a dict.
fn call_dict(vm: &Vm, f: Value, args: &[Value], keywords: Ref<Dict>) -> PyResult<Value> {
    let n = args.len();
    let mut names_ok = Ok(());
    let names: PyResult<Ref<Tuple>> = {
        let keys = keywords.keys_list(vm);
        Tuple::build(vm, keys.len(), |i| {
            let key = keys.get(i);
            if key.downcast::<Str>().is_none() {
                names_ok = Err(vm.type_error("keywords must be strings"));
            }
            Ok(key)
        })
    };
    let names = names?;
    names_ok?;
    let missing = || vm.runtime_error("dictionary changed size during iteration");
    let all = Tuple::build(vm, n + names.len(), |i| {
        if i < n {
            return Ok(args[i]);
        }
        keywords.get_item(vm, names.get(i - n))?.ok_or_else(missing)
    })?;
    let r = vm.call_args(f, NamedArgs::new(all.items(), Some(names)).args());
    std::hint::black_box(all);
    r
}

#[capi]
pub fn PyObject_VectorcallDict(
    vm: &Vm,
    f: Arg,
    args: *const Ptr,
    n: usize,
    keywords: Arg,
) -> PyResult<Owned> {
    // SAFETY: the caller's promise.
    unsafe {
        if keywords.0.is_null() {
            return call(vm, f.0, args, n, std::ptr::null_mut());
        }
        let Some(d) = keywords.value().downcast::<Dict>() else {
            raise!(vm, SystemError, "bad argument to internal function")
        };
        if d.is_empty() {
            return call(vm, f.0, args, n, std::ptr::null_mut());
        }
        let f = need(vm, f)?;
        Ok(Owned::new(with_values(vm, args, n & !OFFSET_FLAG, |values| call_dict(vm, f, values, d))?))
    }
}

#[capi]
pub fn PyObject_Call(vm: &Vm, f: Arg, args: Arg, keywords: Arg) -> PyResult<Owned> {
    let keywords = match keywords.0.is_null() {
        true => None,
        false => match keywords.value().downcast::<Dict>() {
            Some(d) => Some(d).filter(|d| !d.is_empty()),
            None => raise!(vm, SystemError, "bad argument to internal function"),
        },
    };
    if args.0.is_null() || args.flags() & adder_vm::def::TUPLE_SUBCLASS == 0 {
        raise!(vm, TypeError, "argument list must be a tuple")
    }
    // SAFETY: live objects.
    unsafe {
        let items = tupleobject::items(args.0);
        if keywords.is_none() {
            return call(vm, f.0, items.as_ptr(), items.len(), std::ptr::null_mut());
        }
        let f = need(vm, f)?;
        let keywords = keywords.unwrap_or_else(|| Dict::new(vm));
        Ok(Owned::new(with_values(vm, items.as_ptr(), items.len(), |v| call_dict(vm, f, v, keywords))?))
    }
}

#[capi]
pub fn PyVectorcall_Call(vm: &Vm, f: Arg, args: Arg, keywords: Arg) -> PyResult<Owned> {
    // SAFETY: the caller passes live objects.
    let Some(direct) = (unsafe { vectorcall_field(f.0) }) else {
        let name = f.value().class().name();
        raise!(vm, TypeError, "'{name}' object does not support vectorcall")
    };
    // SAFETY: as above.
    unsafe {
        let items = tupleobject::items(args.0);
        let keywords = if keywords.0.is_null() { None } else { keywords.value().downcast::<Dict>() };
        let p = match keywords.filter(|d| !d.is_empty()) {
            None => direct(f.0, items.as_ptr(), items.len(), std::ptr::null_mut()),
            Some(d) => {
                // C references for the length of the call.
                let keys = d.keys_list(vm);
                let names = Tuple::build(vm, keys.len(), |i| Ok::<Value, ()>(keys.get(i)));
                let names = Owned::new(names.map_or(none(), |t| t.value()));
                let mut all: Vec<Owned> = items.iter().map(|p| crate::pyobject::new_ref(*p)).collect();
                for i in 0..keys.len() {
                    let v = d.get_item(vm, keys.get(i))?.unwrap_or(none());
                    all.push(Owned::new(v));
                }
                direct(f.0, all.as_ptr().cast(), items.len(), names.0)
            }
        };
        if p.is_null() == pyerrors::is_set() {
            return Ok(Owned(p));
        }
        let name = vm.repr_string(f.value())?;
        Ok(Owned::new(crate::methodobject::result(vm, &name, p)?))
    }
}

#[capi]
pub fn PyObject_VectorcallMethod(
    vm: &Vm,
    name: Arg,
    args: *const Ptr,
    n: usize,
    names: *mut PyObject,
) -> PyResult<Owned> {
    let names = names_of(vm, names)?;
    let Some(name) = name.value().downcast::<Str>() else {
        raise!(vm, TypeError, "attribute name must be string, not '{}'", name.value().class().name())
    };
    let name = vm.intern_ref(name);
    let all = (n & !OFFSET_FLAG) + names.map_or(0, |t| t.len());
    // SAFETY: the caller passes that many objects, at least the receiver.
    unsafe {
        Ok(Owned::new(with_values(vm, args, all, |values| {
            let Some((this, _)) = values.split_first() else {
                raise!(vm, SystemError, "bad argument to internal function")
            };
            let f = vm.get_attr(*this, name)?;
            vm.call_args(f, NamedArgs::new(&values[1..], names).args())
        })?))
    }
}

#[capi]
pub fn PyCFunction_Call(_vm: &Vm, f: Ptr, args: Ptr, keywords: Ptr) -> Ptr {
    // SAFETY: the same contract.
    unsafe { PyObject_Call(f, args, keywords) }
}
