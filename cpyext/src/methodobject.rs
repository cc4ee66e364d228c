//! Functions of extension modules: one call path for each calling convention.

use crate::ffi::constants::*;
use crate::ffi::types::*;
use crate::pyerrors;
use crate::pyobject::{Owned, Ptr, steal, with_loans};
use crate::tupleobject;
use adder_vm::args::{Args, Params};
use adder_vm::builtins::descr::{self, NativeFunction};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::def::{MethodDef, MethodKind};
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{CStr, c_char};

/// What the VM knows of a C function, with its C definition. Lives for ever, as the definition does.
#[repr(C)]
struct Definition {
    def: MethodDef,
    c: *const PyMethodDef,
}

/// C functions bind their own arguments.
static PARAMS: Params = Params {
    owner: "",
    function: "",
    names: &[],
    pos_only: 0,
    positional: 0,
    required: 0,
    kw_only: 0,
    kw_required: 0,
    varargs: true,
    varkw: true,
};

/// # Safety
/// `p` is null or a C string that lives for ever.
unsafe fn text(p: *const c_char) -> &'static str {
    if p.is_null() { "" } else { CStr::from_ptr(p).to_str().unwrap_or("") }
}

/// Splits `name(args)\n--\n\n` off a docstring.
fn split_signature<'a>(name: &str, doc: &'a str) -> (&'a str, &'a str) {
    match (doc.strip_prefix(name).filter(|d| d.starts_with('(')), doc.find(")\n--\n\n")) {
        (Some(rest), Some(end)) => (&rest[..end + 1 - name.len()], &doc[end + 6..]),
        _ => ("", doc),
    }
}

/// A function object for a C definition.
///
/// # Safety
/// The definition lives for ever.
pub unsafe fn new(
    vm: &Vm,
    c: *const PyMethodDef,
    receiver: Option<Value>,
    module: Option<Value>,
) -> PyResult<Value> {
    let name = text((*c).ml_name);
    let conventions = METH_VARARGS | METH_KEYWORDS | METH_NOARGS | METH_O | METH_FASTCALL | METH_METHOD;
    let func = match (*c).ml_flags & conventions {
        METH_NOARGS => call_noargs,
        METH_O => call_o,
        METH_VARARGS => call_varargs,
        f if f == METH_VARARGS | METH_KEYWORDS => call_varargs_keywords,
        METH_FASTCALL => call_fast,
        f if f == METH_FASTCALL | METH_KEYWORDS => call_fast_keywords,
        _ => raise!(vm, SystemError, "{name}() method: bad call flags"),
    };
    let (text_signature, doc) = split_signature(name, text((*c).ml_doc));
    let def = MethodDef { name, kind: MethodKind::Function, func, params: &PARAMS, text_signature, doc };
    let definition: &'static Definition = Box::leak(Box::new(Definition { def, c }));
    Ok(descr::extension_function(&definition.def, receiver, module))
}

/// The function that is called, and what it is called with.
struct Call<'a> {
    name: &'static str,
    method: PyCFunction,
    receiver: Owned,
    args: Args<'a>,
}

impl<'a> Call<'a> {
    fn new(args: Args<'a>) -> Call<'a> {
        let (function, args) = args.split_first().expect("the function object comes first");
        // SAFETY: only functions made by `new` come here.
        let (f, definition) = unsafe {
            let f: Ref<NativeFunction> = function.cast();
            (f, &*(f.def() as *const MethodDef as *const Definition))
        };
        let receiver = match f.receiver() {
            Some(v) => Owned::new(v),
            None => Owned::NULL,
        };
        // SAFETY: the definition lives for ever.
        Call { name: definition.def.name, method: unsafe { (*definition.c).ml_meth }, receiver, args }
    }

    fn no_keywords(&self, vm: &Vm) -> PyResult<()> {
        if self.args.has_keywords() {
            raise!(vm, TypeError, "{}() takes no keyword arguments", self.name)
        }
        Ok(())
    }

    fn all(&self) -> Vec<Owned> {
        self.args.all().iter().map(|v| Owned::new(*v)).collect()
    }

    fn run(&self, vm: &Vm, f: impl FnOnce() -> Ptr) -> PyResult<Value> {
        result(vm, self.name, with_loans(f))
    }
}

/// What a C function returned.
pub fn result(vm: &Vm, name: &str, p: Ptr) -> PyResult<Value> {
    if p.is_null() {
        if !pyerrors::is_set() {
            raise!(vm, SystemError, "<built-in function {name}> returned NULL without setting an exception")
        }
        return Err(pyerrors::from_indicator(vm));
    }
    // SAFETY: the function gives the reference away.
    let v = unsafe { steal(p) };
    if pyerrors::is_set() {
        let cause = vm.take_exception(pyerrors::from_indicator(vm));
        let raised = vm.error(
            Exc::SystemError,
            format!("<built-in function {name}> returned a result with an exception set"),
        );
        let error = vm.take_exception(raised);
        error.cause.set(error, Some(cause));
        return Err(vm.restore(error));
    }
    Ok(v)
}

/// # Safety
/// The definition's flags say that the function has this type.
unsafe fn as_type<F: Copy>(f: PyCFunction) -> F {
    const { assert!(size_of::<F>() == size_of::<PyCFunction>()) };
    std::mem::transmute_copy(&f)
}

type Keywords = unsafe extern "C" fn(Ptr, Ptr, Ptr) -> Ptr;
type Fast = unsafe extern "C" fn(Ptr, *const Ptr, isize) -> Ptr;
type FastKeywords = unsafe extern "C" fn(Ptr, *const Ptr, isize, Ptr) -> Ptr;

fn call_noargs(vm: &Vm, args: Args) -> PyResult<Value> {
    let c = Call::new(args);
    c.no_keywords(vm)?;
    let n = c.args.pos().len();
    if n != 0 {
        raise!(vm, TypeError, "{}() takes no arguments ({n} given)", c.name)
    }
    // SAFETY: METH_NOARGS.
    c.run(vm, || unsafe { c.method.expect("a function")(c.receiver.0, std::ptr::null_mut()) })
}

fn call_o(vm: &Vm, args: Args) -> PyResult<Value> {
    let c = Call::new(args);
    c.no_keywords(vm)?;
    let [arg] = c.args.pos() else {
        raise!(vm, TypeError, "{}() takes exactly one argument ({} given)", c.name, c.args.pos().len())
    };
    let arg = Owned::new(*arg);
    // SAFETY: METH_O.
    c.run(vm, || unsafe { c.method.expect("a function")(c.receiver.0, arg.0) })
}

/// The positional arguments as a tuple that only C knows.
fn tuple(args: Args) -> Owned {
    let t = tupleobject::new(args.pos().len());
    for (i, v) in args.pos().iter().enumerate() {
        // SAFETY: a fresh tuple of that length.
        unsafe { tupleobject::items(t.0)[i] = Owned::new(*v).release() };
    }
    t
}

fn call_varargs(vm: &Vm, args: Args) -> PyResult<Value> {
    let c = Call::new(args);
    c.no_keywords(vm)?;
    let t = tuple(c.args);
    // SAFETY: METH_VARARGS.
    c.run(vm, || unsafe { c.method.expect("a function")(c.receiver.0, t.0) })
}

fn call_varargs_keywords(vm: &Vm, args: Args) -> PyResult<Value> {
    let c = Call::new(args);
    let t = tuple(c.args);
    let keywords =
        if c.args.has_keywords() { Owned::new(c.args.keyword_dict(vm)?.value()) } else { Owned::NULL };
    // SAFETY: METH_VARARGS | METH_KEYWORDS.
    c.run(vm, || unsafe { as_type::<Keywords>(c.method)(c.receiver.0, t.0, keywords.0) })
}

fn call_fast(vm: &Vm, args: Args) -> PyResult<Value> {
    let c = Call::new(args);
    c.no_keywords(vm)?;
    let all = c.all();
    // SAFETY: METH_FASTCALL; an `Owned` is a pointer.
    c.run(vm, || unsafe { as_type::<Fast>(c.method)(c.receiver.0, all.as_ptr().cast(), all.len() as isize) })
}

fn call_fast_keywords(vm: &Vm, args: Args) -> PyResult<Value> {
    let c = Call::new(args);
    let all = c.all();
    let names = match c.args.names().filter(|n| n.len() > 0) {
        Some(n) => Owned::new(n.value()),
        None => Owned::NULL,
    };
    let n = c.args.pos().len() as isize;
    // SAFETY: METH_FASTCALL | METH_KEYWORDS; an `Owned` is a pointer.
    c.run(vm, || unsafe { as_type::<FastKeywords>(c.method)(c.receiver.0, all.as_ptr().cast(), n, names.0) })
}

const _: () = assert!(size_of::<Owned>() == 8);
