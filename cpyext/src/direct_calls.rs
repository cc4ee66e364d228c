//! Calls of C functions out of the run loop, with arguments in registers: one function for each calling
//! convention, which does all that a call needs (`MethodDef::direct`).
//!
//! What is unusual (a wrong number of arguments, or many) goes to the convention's general function, in
//! `methodobject.rs`.

use crate::ffi::types::PyCFunction;
use crate::methodobject::*;
use crate::pyobject::{Passed, Ptr, with_loans};
use adder_vm::args::Args;
use adder_vm::def::{MethodDef, MethodKind};
use adder_vm::error::PyResult;
use adder_vm::execution::lifetimes;
use adder_vm::object::Value;
use adder_vm::vm::Vm;

/// A call as `DirectCall` has it.
struct Direct<'a> {
    vm: &'a Vm,
    definition: &'static Definition,
    def: &'static MethodDef,
    /// The word of what the function is called with first, or 0.
    receiver: u64,
    /// All registers; the receiver of a method is the first.
    all: &'a [Value],
    /// Those behind the receiver.
    args: &'a [Value],
}

impl<'a> Direct<'a> {
    /// # Safety
    /// The arguments are those of a `DirectCall`.
    #[inline(always)]
    unsafe fn new(
        vm: &'a Vm,
        def: &'static MethodDef,
        receiver: u64,
        args: *const Value,
        count: usize,
    ) -> Direct<'a> {
        let all = std::slice::from_raw_parts(args, count);
        let (receiver, args) = match (receiver, all) {
            (0, [first, rest @ ..]) if def.kind != MethodKind::Static => (first.bits(), rest),
            _ => (receiver, all),
        };
        Direct { vm, definition: definition(def), def, receiver, all, args }
    }

    /// Calls the function through `f`, which gets it and the receiver.
    #[inline(always)]
    fn run(self, f: impl FnOnce(PyCFunction, Ptr) -> Ptr) -> PyResult<Value> {
        self.vm.check_native_stack()?;
        let call = || {
            let this = match Value::from_bits(self.receiver) {
                Some(v) => Passed::new(v),
                None => Passed::NULL,
            };
            // SAFETY: the definition lives for ever.
            let method = unsafe { (*self.definition.c).ml_meth };
            let p = with_loans(|| f(method, this.p));
            result(self.vm, self.def.name, p)
        };
        lifetimes::call_c(self.vm, self.all, call)
    }

    /// The call in its general form.
    #[cold]
    #[inline(never)]
    fn general(self) -> PyResult<Value> {
        let (vm, def) = (self.vm, self.def);
        let args = Args::positional(self.all);
        lifetimes::before_native(vm, self.all);
        match Value::from_bits(self.receiver).filter(|_| self.args.len() == self.all.len()) {
            Some(receiver) => vm.with_prepended(receiver, args, |args| (def.func)(vm, def, args)),
            None => (def.func)(vm, def, args),
        }
    }
}

macro_rules! direct {
    ($($(#[$doc:meta])* $name:ident($call:ident, $f:ident, $this:ident): $counts:expr, $body:expr;)*) => {
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
                let $call = unsafe { Direct::new(vm, def, receiver, args, count) };
                if !$counts {
                    return $call.general();
                }
                let (args, definition) = ($call.args, $call.definition);
                // SAFETY: the definition's flags say what type the function has.
                $call.run(
                    |$f, $this| unsafe { $body(args, definition) },
                )
            }
        )*
    };
}

direct! {
    /// METH_NOARGS
    noargs(c, f, this): c.args.is_empty(), |_, _| f.expect("a function")(this, std::ptr::null_mut());
    /// METH_O
    o(c, f, this): c.args.len() == 1, |args: &[Value], _| {
        let arg = Passed::new(args[0]);
        f.expect("a function")(this, arg.p)
    };
    /// METH_VARARGS
    varargs(c, f, this): true, |args, _| {
        let t = tuple(args);
        f.expect("a function")(this, t.0)
    };
    /// METH_VARARGS | METH_KEYWORDS
    varargs_keywords(c, f, this): true, |args, _| {
        let t = tuple(args);
        as_type::<Keywords>(f)(this, t.0, std::ptr::null_mut())
    };
    /// METH_FASTCALL
    fast(c, f, this): c.args.len() <= Few::MOST, |args: &[Value], _| {
        let mut all = Few::new();
        all.fill(args);
        as_type::<Fast>(f)(this, all.as_ptr(), args.len() as isize)
    };
    /// METH_FASTCALL | METH_KEYWORDS
    fast_keywords(c, f, this): c.args.len() <= Few::MOST, |args: &[Value], _| {
        let mut all = Few::new();
        all.fill(args);
        as_type::<FastKeywords>(f)(this, all.as_ptr(), args.len() as isize, std::ptr::null_mut())
    };
    /// METH_METHOD | METH_FASTCALL | METH_KEYWORDS
    method(c, f, this): c.args.len() <= Few::MOST, |args: &[Value], definition: &Definition| {
        let mut all = Few::new();
        all.fill(args);
        let (n, names) = (args.len() as isize, std::ptr::null_mut());
        as_type::<Method>(f)(this, definition.class, all.as_ptr(), n, names)
    };
}
