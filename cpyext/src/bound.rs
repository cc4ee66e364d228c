//! Methods of the VM that C binds itself, as compiled `with` statements do with `__enter__` and `__exit__`.
//!
//! `tp_descr_get` of a method descriptor gives C a struct that is C's alone until it is seen as a value, as
//! tuples are. Called through its vectorcall field it makes no object.

use crate::call::note_all_changed;
use crate::ffi::types::*;
use crate::memory;
use crate::methodobject;
use crate::pyobject::{Arg, IntoC, Ptr, from_c, incref, look, new_raw_struct, note_changed, xdecref};
use crate::typeobject::PyCFunction_Type;
use adder_vm::args::Args;
use adder_vm::builtins::descr::{MethodDescriptor, native_function};
use adder_vm::def::MethodDef;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;

/// The struct, with what only we read behind it.
#[repr(C)]
struct Bound {
    c: PyCMethodObject,
    def: &'static MethodDef,
}

/// A new reference of the method bound to `this`; None if `this` is no instance of the descriptor's class.
///
/// # Safety
/// `descriptor` is a live method descriptor whose struct is filled, `this` a live object.
pub unsafe fn bind(descriptor: Ptr, this: Ptr) -> Option<Ptr> {
    let d = look(descriptor).exact::<MethodDescriptor>()?;
    let class = Arg(this).class();
    if class != d.objclass() && !class.is_subclass_of(d.objclass()) {
        return None;
    }
    let p = new_raw_struct(&raw mut PyCFunction_Type, size_of::<Bound>());
    let b = p as *mut Bound;
    incref(this);
    (*b).c.func.m_ml = (*(descriptor as *mut PyMethodDescrObject)).d_method;
    (*b).c.func.m_self = this;
    (*b).c.func.m_module = std::ptr::null_mut();
    (*b).c.func.m_weakreflist = std::ptr::null_mut();
    (*b).c.mm_class = std::ptr::null_mut();
    (*b).def = d.def();
    (*b).c.func.vectorcall = None;
    (*b).c.func.vectorcall = Some(methodobject::vectorcall_of(p).unwrap_or(call));
    Some(p)
}

/// Calls the method of a struct that `bind` made.
unsafe extern "C" fn call(callable: Ptr, args: *const Ptr, flags: usize, names: Ptr) -> Ptr {
    const ARGUMENTS_OFFSET: usize = 1 << 63;
    const FEW: usize = 4;
    let n = flags & !ARGUMENTS_OFFSET;
    let named = !names.is_null() && (*(names as *mut PyVarObject)).ob_size != 0;
    if n > FEW || named {
        return methodobject::call_vector(callable, args, flags, names);
    }
    let vm = Vm::get();
    let b = callable as *mut Bound;
    let this = (*b).c.func.m_self;
    let mut values = [from_c(this); FEW + 1];
    for i in 0..n {
        values[i + 1] = from_c(*args.add(i));
    }
    let def = (*b).def;
    let result: PyResult<Value> =
        vm.check_native_stack().and_then(|()| (def.func)(vm, def, Args::positional(&values[..n + 1])));
    note_all_changed(args, n);
    note_changed(this);
    result.into_c(vm)
}

/// The object of a struct that `bind` made.
///
/// # Safety
/// `p` is such a struct, without an object.
pub unsafe fn value(vm: &Vm, p: Ptr) -> Value {
    let b = p as *mut Bound;
    native_function(vm, (*b).def, Some(from_c((*b).c.func.m_self)), None)
}

/// Deallocates the struct if it is one that only C knew.
///
/// # Safety
/// `p` is an object that dies.
#[inline(always)]
pub unsafe fn dealloc(p: Ptr) -> bool {
    if (*p).ob_type != &raw mut PyCFunction_Type || !memory::contains(p) || *memory::link(p) != 0 {
        return false;
    }
    // A struct whose object is dead has lost its link as well, and may have a module.
    let c = p as *mut PyCFunctionObject;
    let (this, module) = ((*c).m_self, (*c).m_module);
    if (*p).ob_flags & crate::pyobject::HOLLOW != 0 {
        return false;
    }
    memory::free_unlinked(p);
    xdecref(this);
    xdecref(module);
    true
}
