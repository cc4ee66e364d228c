//! Calls of C functions out of the run loop, with arguments in registers: one function for each calling
//! convention, which does all that a call needs (`MethodDef::direct`).
//!
//! What is unusual (a wrong number of arguments, or many) goes to the convention's general function, in
//! `methodobject.rs`.

use crate::methodobject::*;
use crate::pyobject::{Passed, with_loans};
use adder_vm::args::Args;
use adder_vm::def::{MethodDef, MethodKind};
use adder_vm::error::PyResult;
use adder_vm::execution::lifetimes;
use adder_vm::object::Value;
use adder_vm::vm::Vm;

/// The words that a `DirectCall` passes, as the function gets them.
struct Words<'a> {
    /// What the function is called with first, or 0.
    receiver: u64,
    args: &'a [Value],
}

impl<'a> Words<'a> {
    /// # Safety
    /// The arguments are those of a `DirectCall`.
    #[inline(always)]
    unsafe fn new(def: &MethodDef, receiver: u64, args: *const Value, count: usize) -> Words<'a> {
        let all = std::slice::from_raw_parts(args, count);
        match (receiver, all) {
            (0, [first, rest @ ..]) if def.kind != MethodKind::Static => {
                Words { receiver: first.bits(), args: rest }
            }
            _ => Words { receiver, args: all },
        }
    }
}

/// The call in its general form, or RecursionError.
///
/// # Safety
/// The arguments are those of a `DirectCall`.
#[cold]
#[inline(never)]
unsafe fn general(
    vm: &Vm,
    def: &'static MethodDef,
    receiver: u64,
    args: *const Value,
    count: usize,
) -> PyResult<Value> {
    vm.check_native_stack()?;
    let all = std::slice::from_raw_parts(args, count);
    lifetimes::before_native(vm, all);
    match Value::from_bits(receiver) {
        Some(receiver) => {
            vm.with_prepended(receiver, Args::positional(all), |args| (def.func)(vm, def, args))
        }
        None => (def.func)(vm, def, Args::positional(all)),
    }
}

macro_rules! direct {
    ($($(#[$doc:meta])* $name:ident($args:ident, $f:ident, $this:ident): $counts:expr, $body:expr;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(
                vm: &Vm,
                def: &'static MethodDef,
                receiver: u64,
                args: *const Value,
                count: usize,
            ) -> PyResult<Value> {
                // SAFETY: only the run loop calls.
                let words = unsafe { Words::new(def, receiver, args, count) };
                let $args = words.args;
                if !$counts || vm.near_native_limit() {
                    // SAFETY: as above.
                    return unsafe { general(vm, def, receiver, args, count) };
                }
                // SAFETY: as above; and the definition is an extension's.
                let (all, definition) = unsafe { (std::slice::from_raw_parts(args, count), definition(def)) };
                lifetimes::call_c(vm, all, || {
                    let this = match Value::from_bits(words.receiver) {
                        Some(v) => Passed::new(v),
                        None => Passed::NULL,
                    };
                    // SAFETY: the definition lives for ever; its flags say what type the function has.
                    let p = with_loans(|| unsafe {
                        let ($f, $this) = ((*definition.c).ml_meth, this.p);
                        $body($args, definition)
                    });
                    result_of(vm, def, p)
                })
            }
        )*
    };
}

direct! {
    /// METH_NOARGS
    noargs(args, f, this): args.is_empty(), |_, _| f.expect("a function")(this, std::ptr::null_mut());
    /// METH_O
    o(args, f, this): args.len() == 1, |args: &[Value], _| {
        let arg = Passed::new(args[0]);
        f.expect("a function")(this, arg.p)
    };
    /// METH_VARARGS
    varargs(args, f, this): true, |args, _| {
        let t = tuple(args);
        f.expect("a function")(this, t.0)
    };
    /// METH_VARARGS | METH_KEYWORDS
    varargs_keywords(args, f, this): true, |args, _| {
        let t = tuple(args);
        as_type::<Keywords>(f)(this, t.0, std::ptr::null_mut())
    };
    /// METH_FASTCALL
    fast(args, f, this): args.len() <= Few::MOST, |args: &[Value], _| {
        let mut all = Few::new();
        all.fill(args);
        as_type::<Fast>(f)(this, all.as_ptr(), args.len() as isize)
    };
    /// METH_FASTCALL | METH_KEYWORDS
    fast_keywords(args, f, this): args.len() <= Few::MOST, |args: &[Value], _| {
        let mut all = Few::new();
        all.fill(args);
        as_type::<FastKeywords>(f)(this, all.as_ptr(), args.len() as isize, std::ptr::null_mut())
    };
    /// METH_METHOD | METH_FASTCALL | METH_KEYWORDS
    method(args, f, this): args.len() <= Few::MOST, |args: &[Value], definition: &Definition| {
        let mut all = Few::new();
        all.fill(args);
        let (n, names) = (args.len() as isize, std::ptr::null_mut());
        as_type::<Method>(f)(this, definition.class, all.as_ptr(), n, names)
    };
}
