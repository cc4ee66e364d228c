//! Slots of C types as VM functions: what stands in `Slots` of classes that extensions define.
//!
//! One VM function serves all C types: it finds the C function in the C type of the receiver's class.
//! A wrapper descriptor (`ndarray.__add__`) has its C function itself, and `call` calls it.

use super::{PyBaseObject_Type, places, type_struct};
use crate::ffi::constants::{Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL, Py_TPFLAGS_TYPE_SUBCLASS};
use crate::ffi::types::*;
use crate::methodobject::{self, Few};
use crate::object::PyType_IsSubtype;
use crate::pyerrors;
use crate::pyobject::{Owned, Passed, Ptr, class_of_type, decref, steal, with_loans};
use adder_vm::args::Args;
use adder_vm::builtins::singletons::{bool_value, is_not_implemented, none, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::error::{PyResult, Raised};
use adder_vm::execution::lifetimes;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slot_wrappers::{count, name_arg, one_or_two};
use adder_vm::slots::*;
use adder_vm::vm::Vm;
use std::mem::transmute;

// SAFETY of the transmutes below: a word of a C type's slot is a function of the slot's type
// (c-slots).

/// The C function that the class has in a slot.
#[inline(always)]
fn function(class: Ref<Type>, slot: SlotId) -> usize {
    // SAFETY: the struct of a class.
    unsafe { places::function(type_struct(class), slot) }
}

/// The VM function for C functions in the slot.
pub fn caller(slot: SlotId) -> usize {
    CALLERS.raw(slot)
}

/// The exception that a C function has set, or SystemError.
fn error(vm: &Vm, what: &str) -> Raised {
    if pyerrors::is_set() {
        return pyerrors::from_indicator(vm);
    }
    vm.system_error(format!("{what} returned an error without setting an exception"))
}

fn object(vm: &Vm, slot: SlotId, p: Ptr) -> PyResult<Value> {
    if p.is_null() {
        return Err(error(vm, SLOT_NAMES[slot as usize]));
    }
    // SAFETY: the function gives the reference away.
    Ok(unsafe { steal(p) })
}

fn status(vm: &Vm, slot: SlotId, n: i32) -> PyResult<()> {
    if n == -1 { Err(error(vm, SLOT_NAMES[slot as usize])) } else { Ok(()) }
}

/// A null pointer if there is no value.
fn optional(v: Option<Value>) -> Passed {
    v.map_or(Passed::NULL, Passed::new)
}

// ---- the C functions called ---------------------------------------------------------------------

type C1 = unsafe extern "C" fn(Ptr) -> Ptr;
type C2 = unsafe extern "C" fn(Ptr, Ptr) -> Ptr;
type C3 = unsafe extern "C" fn(Ptr, Ptr, Ptr) -> Ptr;

fn c_unary(vm: &Vm, slot: SlotId, f: usize, a: Value) -> PyResult<Value> {
    let a = Passed::new(a);
    object(vm, slot, with_loans(|| unsafe { transmute::<usize, C1>(f)(a.p) }))
}

fn c_binary(vm: &Vm, slot: SlotId, f: usize, a: Value, b: Value) -> PyResult<Value> {
    let (a, b) = (Passed::new(a), Passed::new(b));
    object(vm, slot, with_loans(|| unsafe { transmute::<usize, C2>(f)(a.p, b.p) }))
}

fn c_ternary(vm: &Vm, slot: SlotId, f: usize, a: Value, b: Value, c: Value) -> PyResult<Value> {
    let (a, b, c) = (Passed::new(a), Passed::new(b), Passed::new(c));
    object(vm, slot, with_loans(|| unsafe { transmute::<usize, C3>(f)(a.p, b.p, c.p) }))
}

fn c_inquiry(vm: &Vm, slot: SlotId, f: usize, a: Value) -> PyResult<bool> {
    let a = Passed::new(a);
    let n = with_loans(|| unsafe { transmute::<usize, unsafe extern "C" fn(Ptr) -> i32>(f)(a.p) });
    status(vm, slot, n)?;
    Ok(n != 0)
}

fn c_length(vm: &Vm, slot: SlotId, f: usize, a: Value) -> PyResult<usize> {
    let a = Passed::new(a);
    let n = with_loans(|| unsafe { transmute::<usize, unsafe extern "C" fn(Ptr) -> isize>(f)(a.p) });
    if n < 0 { Err(error(vm, SLOT_NAMES[slot as usize])) } else { Ok(n as usize) }
}

fn c_hash(vm: &Vm, f: usize, a: Value) -> PyResult<i64> {
    let a = Passed::new(a);
    let n = with_loans(|| unsafe { transmute::<usize, unsafe extern "C" fn(Ptr) -> isize>(f)(a.p) });
    if n == -1 { Err(error(vm, "tp_hash")) } else { Ok(n as i64) }
}

fn c_richcompare(vm: &Vm, f: usize, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    let (a, b) = (Passed::new(a), Passed::new(b));
    type F = unsafe extern "C" fn(Ptr, Ptr, i32) -> Ptr;
    let p = with_loans(|| unsafe { transmute::<usize, F>(f)(a.p, b.p, op as i32) });
    object(vm, SlotId::tp_richcompare, p)
}

fn c_iternext(vm: &Vm, f: usize, a: Value) -> PyResult<Option<Value>> {
    let a = Passed::new(a);
    let p = with_loans(|| unsafe { transmute::<usize, C1>(f)(a.p) });
    if !p.is_null() {
        // SAFETY: the function gives the reference away.
        return Ok(Some(unsafe { steal(p) }));
    }
    if pyerrors::is_set() {
        return stop_is_end(vm, pyerrors::from_indicator(vm));
    }
    Ok(None)
}

/// StopIteration is the end as well.
fn stop_is_end(vm: &Vm, raised: Raised) -> PyResult<Option<Value>> {
    vm.swallow(raised, adder_vm::builtins::exceptions::Exc::StopIteration)?;
    Ok(None)
}

fn c_descr_get(vm: &Vm, f: usize, d: Value, obj: Option<Value>, owner: Value) -> PyResult<Value> {
    let (d, obj, owner) = (Passed::new(d), optional(obj), Passed::new(owner));
    object(vm, SlotId::tp_descr_get, with_loans(|| unsafe { transmute::<usize, C3>(f)(d.p, obj.p, owner.p) }))
}

fn c_store(vm: &Vm, slot: SlotId, f: usize, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
    let (this, key, value) = (Passed::new(this), Passed::new(key), optional(value));
    type F = unsafe extern "C" fn(Ptr, Ptr, Ptr) -> i32;
    status(vm, slot, with_loans(|| unsafe { transmute::<usize, F>(f)(this.p, key.p, value.p) }))
}

fn c_size_arg(vm: &Vm, slot: SlotId, f: usize, this: Value, n: isize) -> PyResult<Value> {
    let this = Passed::new(this);
    type F = unsafe extern "C" fn(Ptr, isize) -> Ptr;
    object(vm, slot, with_loans(|| unsafe { transmute::<usize, F>(f)(this.p, n) }))
}

fn c_size_obj_arg(vm: &Vm, slot: SlotId, f: usize, this: Value, n: isize, v: Option<Value>) -> PyResult<()> {
    let (this, v) = (Passed::new(this), optional(v));
    type F = unsafe extern "C" fn(Ptr, isize, Ptr) -> i32;
    status(vm, slot, with_loans(|| unsafe { transmute::<usize, F>(f)(this.p, n, v.p) }))
}

fn c_contains(vm: &Vm, f: usize, this: Value, item: Value) -> PyResult<bool> {
    let (this, item) = (Passed::new(this), Passed::new(item));
    type F = unsafe extern "C" fn(Ptr, Ptr) -> i32;
    let n = with_loans(|| unsafe { transmute::<usize, F>(f)(this.p, item.p) });
    status(vm, SlotId::sq_contains, n)?;
    Ok(n != 0)
}

/// The arguments as a tuple and, if there are keywords, a dict.
pub fn packed(vm: &Vm, args: Args) -> PyResult<(Owned, Owned)> {
    Ok((methodobject::tuple(args.pos()), methodobject::keywords(vm, args)?))
}

fn c_init(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<()> {
    let this = Passed::new(this);
    let (args, keywords) = packed(vm, args)?;
    type F = unsafe extern "C" fn(Ptr, Ptr, Ptr) -> i32;
    let n = with_loans(|| unsafe { transmute::<usize, F>(f)(this.p, args.0, keywords.0) });
    status(vm, SlotId::tp_init, n)
}

fn c_call(vm: &Vm, f: usize, this: Value, args: Args) -> PyResult<Value> {
    let this = Passed::new(this);
    let (args, keywords) = packed(vm, args)?;
    object(
        vm,
        SlotId::tp_call,
        with_loans(|| unsafe { transmute::<usize, C3>(f)(this.p, args.0, keywords.0) }),
    )
}

fn c_getattro(vm: &Vm, f: usize, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
    let (this, name) = (Passed::new(this), Passed::new(name.value()));
    object(vm, SlotId::tp_getattro, with_loans(|| unsafe { transmute::<usize, C2>(f)(this.p, name.p) }))
        .map(Some)
}

fn c_finalize(_vm: &Vm, f: usize, this: Value) {
    let this = Owned::new(this);
    pyerrors::keeping(|| {
        with_loans(|| unsafe { transmute::<usize, unsafe extern "C" fn(Ptr)>(f)(this.0) });
    });
}

/// The collector found the object unreachable. What is not collected by CPython is finalised by its
/// `tp_dealloc`.
fn finalize(this: Value) {
    let t = type_struct(this.class());
    // SAFETY: the struct of a class; that of an instance that lives.
    unsafe {
        if (*t).tp_flags & Py_TPFLAGS_HAVE_GC != 0 && !adder_vm::extension::is_dead(this) {
            let this = Owned::new(this);
            with_loans(|| super::call_finalizer(this.0));
        }
    }
}

// ---- the slots ----------------------------------------------------------------------------------

/// A binary slot: the functions of both operands, in CPython's order. The VM calls this once if both
/// have C functions, for to it they are the same function.
fn binary(
    _vm: &Vm,
    slot: SlotId,
    a: Value,
    b: Value,
    call: impl Fn(usize) -> PyResult<Value>,
) -> PyResult<Value> {
    let (ta, tb) = (a.class(), b.class());
    let own = |t: Ref<Type>| if t.slots().raw(slot) == caller(slot) { function(t, slot) } else { 0 };
    let fa = own(ta);
    let mut fb = if ta == tb { 0 } else { own(tb) };
    if fa == fb {
        fb = 0;
    }
    if fa != 0 {
        if fb != 0 && tb.is_subclass_of(ta) {
            let r = call(fb)?;
            if !is_not_implemented(r) {
                return Ok(r);
            }
            fb = 0;
        }
        let r = call(fa)?;
        if !is_not_implemented(r) {
            return Ok(r);
        }
    }
    if fb != 0 { call(fb) } else { Ok(not_implemented()) }
}

macro_rules! callers {
    (
        unary: $($unary:ident)*;
        binary: $($binary:ident)*;
        left: $($left:ident)*;
        length: $($length:ident)*;
        size_arg: $($size_arg:ident)*;
        $($slot:ident: $f:expr;)*
    ) => {
        static CALLERS: Slots = Slots {
            $($unary: Some(|vm, a| c_unary(vm, SlotId::$unary, function(a.class(), SlotId::$unary), a)),)*
            $($binary: Some(|vm, a, b| {
                binary(vm, SlotId::$binary, a, b, |f| c_binary(vm, SlotId::$binary, f, a, b))
            }),)*
            $($left: Some(|vm, a, b| {
                c_binary(vm, SlotId::$left, function(a.class(), SlotId::$left), a, b)
            }),)*
            $($length: Some(|vm, a| c_length(vm, SlotId::$length, function(a.class(), SlotId::$length), a)),)*
            $($size_arg: Some(|vm, a, n| {
                c_size_arg(vm, SlotId::$size_arg, function(a.class(), SlotId::$size_arg), a, n)
            }),)*
            $($slot: Some($f),)*
        };
    };
}

callers! {
    unary: tp_repr tp_str tp_iter am_await am_aiter am_anext nb_negative nb_positive nb_absolute nb_invert nb_int
        nb_float nb_index;
    binary: nb_add nb_subtract nb_multiply nb_remainder nb_divmod nb_lshift nb_rshift nb_and nb_xor nb_or
        nb_floor_divide nb_true_divide nb_matrix_multiply;
    left: nb_inplace_add nb_inplace_subtract nb_inplace_multiply nb_inplace_remainder nb_inplace_lshift
        nb_inplace_rshift nb_inplace_and nb_inplace_xor nb_inplace_or nb_inplace_floor_divide
        nb_inplace_true_divide nb_inplace_matrix_multiply mp_subscript sq_concat sq_inplace_concat;
    length: mp_length sq_length;
    size_arg: sq_repeat sq_item sq_inplace_repeat;
    tp_hash: |vm, a| c_hash(vm, function(a.class(), SlotId::tp_hash), a);
    tp_call: call_instance;
    tp_getattro: |vm, a, name| c_getattro(vm, function(a.class(), SlotId::tp_getattro), a, name);
    tp_setattro: |vm, a, name, v| {
        let f = function(a.class(), SlotId::tp_setattro);
        c_store(vm, SlotId::tp_setattro, f, a, name.value(), v)
    };
    tp_richcompare: |vm, a, b, op| {
        c_richcompare(vm, function(a.class(), SlotId::tp_richcompare), a, b, op)
    };
    tp_iternext: |vm, a| c_iternext(vm, function(a.class(), SlotId::tp_iternext), a);
    tp_descr_get: |vm, d, obj, owner| {
        c_descr_get(vm, function(d.class(), SlotId::tp_descr_get), d, obj, owner)
    };
    tp_descr_set: |vm, d, obj, v| {
        c_store(vm, SlotId::tp_descr_set, function(d.class(), SlotId::tp_descr_set), d, obj, v)
    };
    tp_init: |vm, a, args| c_init(vm, function(a.class(), SlotId::tp_init), a, args);
    tp_new: new_instance;
    tp_finalize: |_, a| finalize(a);
    nb_power: |vm, a, b, m| {
        binary(vm, SlotId::nb_power, a, b, |f| c_ternary(vm, SlotId::nb_power, f, a, b, m))
    };
    nb_inplace_power: |vm, a, b, m| {
        let f = function(a.class(), SlotId::nb_inplace_power);
        c_ternary(vm, SlotId::nb_inplace_power, f, a, b, m)
    };
    nb_bool: |vm, a| c_inquiry(vm, SlotId::nb_bool, function(a.class(), SlotId::nb_bool), a);
    mp_ass_subscript: |vm, a, key, v| {
        let f = function(a.class(), SlotId::mp_ass_subscript);
        c_store(vm, SlotId::mp_ass_subscript, f, a, key, v)
    };
    sq_ass_item: |vm, a, n, v| {
        let f = function(a.class(), SlotId::sq_ass_item);
        c_size_obj_arg(vm, SlotId::sq_ass_item, f, a, n, v)
    };
    sq_contains: |vm, a, item| c_contains(vm, function(a.class(), SlotId::sq_contains), a, item);
    bf_getbuffer: |vm, a, flags| {
        let f = function(a.class(), SlotId::bf_getbuffer);
        crate::buffers::get(vm, a, f, flags)
    };
    bf_releasebuffer: |_, _, _| {};
}

/// Calls an instance: its vectorcall function if it has one, else `tp_call`.
fn call_instance(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
    let t = type_struct(this.class());
    let this_c = Passed::new(this);
    // SAFETY: the struct of a class; the offset is that of a function pointer in the instance.
    unsafe {
        if (*t).tp_flags & Py_TPFLAGS_HAVE_VECTORCALL != 0 {
            let at = (this_c.p as *const u8).offset((*t).tp_vectorcall_offset);
            if let Some(f) = *at.cast::<vectorcallfunc>() {
                let p = with_loans(|| methodobject::vectorcall(f, this_c.p, args));
                return object(vm, SlotId::tp_call, p);
            }
        }
    }
    c_call(vm, function(this.class(), SlotId::tp_call), this, args)
}

/// Calls `tp_vectorcall` of a type, which makes its instances.
pub fn type_vectorcall(vm: &Vm, class: Ref<Type>, args: Args) -> Option<PyResult<Value>> {
    let t = type_struct(class);
    // SAFETY: the struct of a class; the function is the type's own.
    unsafe {
        let f = (*t).tp_vectorcall?;
        let p = with_loans(|| methodobject::vectorcall(f, t as Ptr, args));
        Some(object(vm, SlotId::tp_new, p))
    }
}

/// Calls an instance out of the run loop: see `extension::Hooks`.
pub fn call_object(vm: &Vm, this: Value, args: *const Value, count: usize) -> PyResult<Value> {
    const ARGUMENTS_OFFSET: usize = 1 << 63;
    vm.check_native_stack()?;
    // SAFETY: the caller passes that many values.
    let args = unsafe { std::slice::from_raw_parts(args, count) };
    let class = this.class();
    let t = type_struct(class);
    // SAFETY: the struct of a class.
    let (flags, offset) = unsafe { ((*t).tp_flags, (*t).tp_vectorcall_offset) };
    let own_call = class.slots().raw(SlotId::tp_call) == caller(SlotId::tp_call);
    if !own_call || flags & Py_TPFLAGS_HAVE_VECTORCALL == 0 || count > Few::MOST {
        return lifetimes::call_other(vm, this, Args::positional(args));
    }
    let this_c = Passed::new(this);
    // SAFETY: the offset is that of a function pointer in the instance.
    let Some(f) = (unsafe { *(this_c.p as *const u8).offset(offset).cast::<vectorcallfunc>() }) else {
        return lifetimes::call_other(vm, this, Args::positional(args));
    };
    lifetimes::call_c(vm, args, || {
        let mut all = Few::new();
        all.fill(args);
        let n = args.len() | ARGUMENTS_OFFSET;
        // SAFETY: the instance's own function.
        let p = with_loans(|| unsafe { f(this_c.p, all.as_ptr(), n, std::ptr::null_mut()) });
        object(vm, SlotId::tp_call, p)
    })
}

/// `tp_new` of the nearest class that is not written in Python.
fn new_instance(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
    let mut native = class;
    while native.is_generic(SlotId::tp_new) {
        match native.base.get() {
            Some(b) => native = b,
            None => break,
        }
    }
    let f = function(native, SlotId::tp_new);
    if f == 0 {
        raise!(vm, TypeError, "cannot create '{}' instances", class.full_name(vm))
    }
    call_new(vm, f, class, args)
}

/// Instances of the class are made by `construct` if its `tp_new` is its own.
pub fn note_construct(class: Ref<Type>) {
    let c_made = class.is_foreign()
        && class.value().class() == Type::class()
        && class.slots().raw(SlotId::tp_new) == caller(SlotId::tp_new);
    class.construct.set(if c_made { Some(construct) } else { None });
}

/// `type.__call__` of a class whose `tp_new` is a C function: the instance becomes a value when it is complete.
fn construct(vm: &Vm, class: Ref<Type>, args: *const Value, count: usize) -> PyResult<Value> {
    vm.check_native_stack()?;
    // SAFETY: the caller passes that many values.
    let args = unsafe { std::slice::from_raw_parts(args, count) };
    lifetimes::call_c(vm, args, || {
        let t = type_struct(class);
        // SAFETY: the struct of a class; the slots have their types; new references.
        unsafe {
            if (*t).tp_vectorcall.is_some()
                && let Some(result) = type_vectorcall(vm, class, Args::positional(args))
            {
                return result;
            }
            let Some(new) = (*t).tp_new else {
                raise!(vm, TypeError, "cannot create '{}' instances", class.full_name(vm))
            };
            let args = methodobject::tuple(args);
            let p = with_loans(|| new(t, args.0, std::ptr::null_mut()));
            if p.is_null() {
                return Err(error(vm, SLOT_NAMES[SlotId::tp_new as usize]));
            }
            let made = (*p).ob_type;
            // `object.__init__` has nothing to do for an object whose `tp_new` is not that of `object`.
            let no_init = super::PyBaseObject_Type.tp_init.map_or(0, |f| f as usize);
            if (made == t || PyType_IsSubtype(made, t) != 0)
                && let Some(init) = (*made).tp_init.filter(|f| *f as usize != no_init)
                && with_loans(|| init(p, args.0, std::ptr::null_mut())) < 0
            {
                let raised = error(vm, SLOT_NAMES[SlotId::tp_init as usize]);
                pyerrors::keeping(|| decref(p));
                return Err(raised);
            }
            Ok(steal(p))
        }
    })
}

/// Whether the object is a class of an extension that is called as `type` calls one.
///
/// # Safety
/// `p` is a live object.
#[inline]
pub unsafe fn makes_instances(p: Ptr) -> bool {
    let meta = (*p).ob_type;
    let is_class = (*meta).tp_flags & Py_TPFLAGS_TYPE_SUBCLASS != 0
        && (*meta).tp_call.map(|f| f as usize) == super::PyType_Type.tp_call.map(|f| f as usize);
    let t = p as *mut PyTypeObject;
    is_class && (*t).tp_new.is_some() && class_of_type(t).is_some_and(|class| class.is_foreign())
}

/// `type.__call__` for C: the instance, or null with an exception.
///
/// # Safety
/// `makes_instances` says so of the type; the arguments are a tuple and a dict or null.
pub unsafe fn type_call(t: *mut PyTypeObject, args: Ptr, keywords: Ptr) -> Ptr {
    let new = (*t).tp_new.expect("a class with tp_new");
    let p = new(t, args, keywords);
    if p.is_null() {
        return p;
    }
    let made = (*p).ob_type;
    if (made == t || PyType_IsSubtype(made, t) != 0)
        && let Some(init) = (*made).tp_init.filter(|f| *f as usize != needless_init(t))
        && init(p, args, keywords) < 0
    {
        pyerrors::keeping(|| decref(p));
        return std::ptr::null_mut();
    }
    p
}

/// `object.__init__`, which has nothing to do for an object whose `tp_new` is not that of `object`; else 0.
unsafe fn needless_init(t: *mut PyTypeObject) -> usize {
    let object = &raw mut PyBaseObject_Type;
    if (*t).tp_new.map(|f| f as usize) == (*object).tp_new.map(|f| f as usize) {
        return 0;
    }
    (*object).tp_init.map_or(0, |f| f as usize)
}

fn call_new(vm: &Vm, f: usize, class: Ref<Type>, args: Args) -> PyResult<Value> {
    let (args, keywords) = packed(vm, args)?;
    type F = unsafe extern "C" fn(*mut PyTypeObject, Ptr, Ptr) -> Ptr;
    let p = with_loans(|| unsafe { transmute::<usize, F>(f)(type_struct(class), args.0, keywords.0) });
    object(vm, SlotId::tp_new, p)
}

// ---- wrapper descriptors ------------------------------------------------------------------------

/// An index that counts from the end if it is negative.
fn index(vm: &Vm, this: Value, i: Value) -> PyResult<isize> {
    let i = vm.index_isize(i)?;
    match this.class().slots().sq_length {
        Some(length) if i < 0 => Ok(i + length(vm, this)? as isize),
        _ => Ok(i),
    }
}

/// Calls the C function `f` of a slot as the special method of the definition.
pub fn call_slot(vm: &Vm, def: &'static SlotDef, f: usize, this: Value, args: Args) -> PyResult<Value> {
    use SlotId::*;
    let slot = def.slot;
    let reversed = def.name.starts_with("__r") && !matches!(def.name, "__repr__" | "__rshift__");
    let done = |r: PyResult<()>| r.map(|()| none());
    match slot {
        tp_repr | tp_str | tp_iter | am_await | am_aiter | am_anext | nb_negative | nb_positive
        | nb_absolute | nb_invert | nb_int | nb_float | nb_index => {
            let [] = count(vm, args)?;
            c_unary(vm, slot, f, this)
        }
        tp_iternext => {
            let [] = count(vm, args)?;
            match c_iternext(vm, f, this)? {
                Some(v) => Ok(v),
                None => Err(vm.stop_iteration(None)),
            }
        }
        nb_power | nb_inplace_power => {
            let (a, m) = one_or_two(vm, args)?;
            let (a, b) = if reversed { (a, this) } else { (this, a) };
            c_ternary(vm, slot, f, a, b, m)
        }
        nb_bool => {
            let [] = count(vm, args)?;
            Ok(bool_value(c_inquiry(vm, slot, f, this)?))
        }
        mp_length | sq_length => {
            let [] = count(vm, args)?;
            Ok(vm.int(c_length(vm, slot, f, this)? as i64))
        }
        tp_hash => {
            let [] = count(vm, args)?;
            Ok(vm.int(c_hash(vm, f, this)?))
        }
        tp_richcompare => {
            let [other] = count(vm, args)?;
            let op = ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"]
                .iter()
                .position(|n| *n == def.name)
                .expect("a comparison");
            c_richcompare(vm, f, this, other, CompareOp::from_index(op))
        }
        tp_descr_get => {
            let (obj, owner) = one_or_two(vm, args)?;
            let instance = if obj.is_none() { None } else { Some(obj) };
            if instance.is_none() && owner.is_none() {
                raise!(vm, TypeError, "__get__(None, None) is invalid")
            }
            let owner = if owner.is_none() { obj.class().value() } else { owner };
            c_descr_get(vm, f, this, instance, owner)
        }
        tp_descr_set | tp_setattro | mp_ass_subscript => {
            let deletes = matches!(def.name, "__delete__" | "__delattr__" | "__delitem__");
            let (key, v) = if deletes {
                let [key] = count(vm, args)?;
                (key, None)
            } else {
                let [key, v] = count(vm, args)?;
                (key, Some(v))
            };
            if slot == tp_setattro {
                name_arg(vm, key)?;
            }
            done(c_store(vm, slot, f, this, key, v))
        }
        tp_getattro => {
            let [name] = count(vm, args)?;
            let name = name_arg(vm, name)?;
            match c_getattro(vm, f, this, name)? {
                Some(v) => Ok(v),
                None => Err(vm.no_attribute(this, name)),
            }
        }
        tp_init => done(c_init(vm, f, this, args)),
        tp_call => c_call(vm, f, this, args),
        tp_finalize => {
            let [] = count(vm, args)?;
            c_finalize(vm, f, this);
            Ok(none())
        }
        sq_repeat | sq_inplace_repeat => {
            let [n] = count(vm, args)?;
            c_size_arg(vm, slot, f, this, vm.index_isize(n)?)
        }
        sq_item => {
            let [i] = count(vm, args)?;
            c_size_arg(vm, slot, f, this, index(vm, this, i)?)
        }
        sq_ass_item => {
            let (i, v) = if def.name == "__delitem__" {
                let [i] = count(vm, args)?;
                (i, None)
            } else {
                let [i, v] = count(vm, args)?;
                (i, Some(v))
            };
            done(c_size_obj_arg(vm, slot, f, this, index(vm, this, i)?, v))
        }
        sq_contains => {
            let [item] = count(vm, args)?;
            Ok(bool_value(c_contains(vm, f, this, item)?))
        }
        bf_getbuffer => {
            let [flags] = count(vm, args)?;
            let flags = adder_vm::builtins::buffer::flags_argument(vm, flags)?;
            let buffer = crate::buffers::get(vm, this, f, flags)?;
            adder_vm::builtins::buffer::memoryview_of(vm, buffer)
        }
        bf_releasebuffer => {
            let [view] = count(vm, args)?;
            adder_vm::builtins::buffer::release_view(vm, this, view)?;
            Ok(none())
        }
        tp_new => Err(vm.system_error("slot without a wrapper")),
        _ => {
            let [other] = count(vm, args)?;
            let (a, b) = if reversed { (other, this) } else { (this, other) };
            c_binary(vm, slot, f, a, b)
        }
    }
}
