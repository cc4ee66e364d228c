//! Capsules: a C pointer in an object. The VM's object has the fields; C has no access to the struct.
//!
//! The destructor runs when the last reference of C goes if nothing else has seen the capsule, and else
//! as the object's finaliser.

use crate::pyerrors;
use crate::pyobject::{Arg, Done, Owned, Ptr, for_c_only, with_loans};
use crate::unicodeobject::text;
use adder_heap as heap;
use adder_macros::{capi, pyclass, pymethods};
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;
use std::ffi::{CStr, c_char, c_void};

type Destructor = unsafe extern "C" fn(Ptr);

/// Capsule objects let you wrap a C "void *" pointer in a Python
/// object.  They're a way of passing data through the Python interpreter
/// without creating your own custom type.
///
/// Capsules are used for communication between extension modules.
/// They provide a way for an extension module to export a C interface
/// to other extension modules, so that extension modules can use the
/// Python import mechanism to link to one another.
#[pyclass(name = "PyCapsule", flags = adder_vm::def::DEFAULT | adder_vm::def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Capsule {
    h: LongHeader,
    pointer: Cell<*mut c_void>,
    name: Cell<*const c_char>,
    context: Cell<*mut c_void>,
    destructor: Cell<Option<Destructor>>,
}

#[pymethods]
impl Capsule {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let c: Ref<Capsule> = unsafe { this.cast() };
        let id = vm.id(this);
        Ok(vm.new_str(&if c.name.get().is_null() {
            format!("<capsule object NULL at {id:#x}>")
        } else {
            // SAFETY: a capsule's name outlives it.
            format!("<capsule object \"{}\" at {id:#x}>", unsafe { text(c.name.get()) })
        }))
    }

    #[slot(tp_finalize)]
    fn finalize(_vm: &Vm, this: Value) {
        let p = Owned::new(this);
        destroy(this, p.0);
    }
}

/// Makes the class; once.
pub fn init(vm: &Vm) {
    adder_vm::type_new::ready_class::<Capsule>(vm);
}

/// Runs the destructor, once in a capsule's life.
fn destroy(capsule: Value, p: Ptr) {
    let Some(c) = capsule.exact::<Capsule>() else { return };
    let Some(f) = c.destructor.get() else { return };
    // SAFETY: the error that may be set belongs to somebody else; the destructor gets its capsule, which
    // still has it.
    unsafe {
        let saved = pyerrors::PyErr_GetRaisedException();
        with_loans(|| f(p));
        c.destructor.set(None);
        if pyerrors::is_set() {
            pyerrors::PyErr_WriteUnraisable(p);
        }
        pyerrors::PyErr_SetRaisedException(saved);
    }
}

/// `tp_dealloc`: the last reference of C went, and no value refers to the capsule.
unsafe extern "C" fn dealloc(p: Ptr) {
    if !crate::pyobject::is_linked(p) {
        // The object is dead: its finaliser has called the destructor.
        return crate::typeobject::builtin_dealloc(p);
    }
    // A reference for the destructor's time.
    (*p).ob_refcnt = 1;
    destroy(crate::pyobject::look(p), p);
    (*p).ob_refcnt -= 1;
    if (*p).ob_refcnt == 0 {
        crate::typeobject::builtin_dealloc(p);
    }
}

/// The type's struct is filled: its instances have a function of their own for their end.
pub fn init_struct() {
    // SAFETY: our static type.
    unsafe { (*crate::typeobject::capsule_type()).tp_dealloc = Some(dealloc) };
}

/// The capsule, if there is one with a pointer.
fn valid(v: Arg) -> Option<Ref<Capsule>> {
    if v.0.is_null() {
        return None;
    }
    v.peek().exact::<Capsule>().filter(|c| !c.pointer.get().is_null())
}

fn check(vm: &Vm, v: Arg, function: &str) -> PyResult<Ref<Capsule>> {
    match valid(v) {
        Some(c) => Ok(c),
        None => raise!(vm, ValueError, "{function} called with invalid PyCapsule object"),
    }
}

/// # Safety
/// Both are NULL or C strings.
unsafe fn same_name(a: *const c_char, b: *const c_char) -> bool {
    a == b || (!a.is_null() && !b.is_null() && CStr::from_ptr(a) == CStr::from_ptr(b))
}

fn make(pointer: *mut c_void, name: *const c_char) -> Ref<Capsule> {
    heap::new(
        Capsule::shape(),
        Capsule {
            h: LongHeader::new(),
            pointer: Cell::new(pointer),
            name: Cell::new(name),
            context: Cell::new(std::ptr::null_mut()),
            destructor: Cell::new(None),
        },
    )
}

/// A capsule without a destructor; pointer and name live for ever.
pub fn new(pointer: *mut c_void, name: *const c_char) -> Value {
    make(pointer, name).value()
}

#[capi]
pub fn PyCapsule_New(
    vm: &Vm,
    pointer: *mut c_void,
    name: *const c_char,
    destructor: *mut c_void,
) -> PyResult<Owned> {
    if pointer.is_null() {
        raise!(vm, ValueError, "PyCapsule_New called with null pointer")
    }
    let capsule = make(pointer, name);
    set_destructor(capsule, destructor);
    Ok(for_c_only(capsule.value()))
}

fn set_destructor(capsule: Ref<Capsule>, f: *mut c_void) {
    if f.is_null() {
        return capsule.destructor.set(None);
    }
    if capsule.destructor.get().is_none() {
        heap::register_finalizer(capsule.value());
    }
    // SAFETY: the caller passes a destructor.
    capsule.destructor.set(Some(unsafe { std::mem::transmute::<*mut c_void, Destructor>(f) }));
}

#[capi]
pub fn PyCapsule_IsValid(_vm: &Vm, v: Arg, name: *const c_char) -> bool {
    // SAFETY: names are C strings.
    valid(v).is_some_and(|c| unsafe { same_name(c.name.get(), name) })
}

#[capi]
pub fn PyCapsule_GetPointer(vm: &Vm, v: Arg, name: *const c_char) -> PyResult<*mut c_void> {
    let c = check(vm, v, "PyCapsule_GetPointer")?;
    // SAFETY: names are C strings.
    if !unsafe { same_name(c.name.get(), name) } {
        raise!(vm, ValueError, "PyCapsule_GetPointer called with incorrect name")
    }
    Ok(c.pointer.get())
}

#[capi]
pub fn PyCapsule_GetName(vm: &Vm, v: Arg) -> PyResult<*const c_char> {
    Ok(check(vm, v, "PyCapsule_GetName")?.name.get())
}

#[capi]
pub fn PyCapsule_GetDestructor(vm: &Vm, v: Arg) -> PyResult<*mut c_void> {
    let f = check(vm, v, "PyCapsule_GetDestructor")?.destructor.get();
    Ok(f.map_or(std::ptr::null_mut(), |f| f as *mut c_void))
}

#[capi]
pub fn PyCapsule_GetContext(vm: &Vm, v: Arg) -> PyResult<*mut c_void> {
    Ok(check(vm, v, "PyCapsule_GetContext")?.context.get())
}

#[capi]
pub fn PyCapsule_SetPointer(vm: &Vm, v: Arg, pointer: *mut c_void) -> PyResult<Done> {
    if pointer.is_null() {
        raise!(vm, ValueError, "PyCapsule_SetPointer called with null pointer")
    }
    check(vm, v, "PyCapsule_SetPointer")?.pointer.set(pointer);
    Ok(Done)
}

#[capi]
pub fn PyCapsule_SetName(vm: &Vm, v: Arg, name: *const c_char) -> PyResult<Done> {
    check(vm, v, "PyCapsule_SetName")?.name.set(name);
    Ok(Done)
}

#[capi]
pub fn PyCapsule_SetDestructor(vm: &Vm, v: Arg, destructor: *mut c_void) -> PyResult<Done> {
    set_destructor(check(vm, v, "PyCapsule_SetDestructor")?, destructor);
    Ok(Done)
}

#[capi]
pub fn PyCapsule_SetContext(vm: &Vm, v: Arg, context: *mut c_void) -> PyResult<Done> {
    check(vm, v, "PyCapsule_SetContext")?.context.set(context);
    Ok(Done)
}

/// The pointer of the capsule at `package.module.attribute`. Only the first part is imported.
#[capi]
pub fn PyCapsule_Import(vm: &Vm, name: *const c_char, _no_block: i32) -> PyResult<*mut c_void> {
    // SAFETY: the caller passes a C string.
    let path = unsafe { CStr::from_ptr(name) };
    let mut parts = path.to_bytes().split(|b| *b == b'.');
    let first = parts.next().unwrap_or(b"");
    let found = match std::str::from_utf8(first) {
        Ok(first) if !first.is_empty() => adder_vm::import::import_module(vm, first).ok(),
        _ => None,
    };
    let path = path.to_string_lossy();
    let Some(mut at) = found else {
        // Why it cannot be imported is not told.
        vm.fetch_exception();
        let first = String::from_utf8_lossy(first);
        raise!(vm, ImportError, "PyCapsule_Import could not import module \"{first}\"")
    };
    for part in parts {
        let part = crate::unicodeobject::decode_value(vm, part)?;
        at = vm.get_attr(at, vm.intern_ref(part.exact::<Str>().expect("decoded text")))?;
    }
    // SAFETY: names are C strings.
    match at.exact::<Capsule>().filter(|c| unsafe { same_name(c.name.get(), name) }) {
        Some(c) => Ok(c.pointer.get()),
        None => raise!(vm, AttributeError, "PyCapsule_Import \"{path}\" is not valid"),
    }
}
