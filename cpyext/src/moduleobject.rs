//! Modules of extensions: definition, state, functions.

use crate::ffi::constants::{Py_mod_create, Py_mod_exec, Py_mod_gil, Py_mod_multiple_interpreters};
use crate::ffi::types::*;
use crate::pyobject::{Arg, Borrowed, Done, Owned, Ptr};
use crate::unicodeobject::text;
use crate::{methodobject, pyerrors};
use adder_macros::capi;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_char, c_void};

/// What a module's `extension` word refers to: as an int, for it is not in the heap.
struct Extension {
    def: *mut PyModuleDef,
    state: *mut c_void,
}

fn extension(m: Ref<Module>) -> Option<&'static mut Extension> {
    // SAFETY: `from_def` made the word from a leaked box.
    m.extension.get().map(|v| unsafe { &mut *(v.small() as *mut Extension) })
}

/// A module object with the definition's functions and documentation.
///
/// # Safety
/// The definition lives for ever.
pub unsafe fn from_def(vm: &Vm, def: *mut PyModuleDef, name: &str) -> PyResult<Ref<Module>> {
    let doc = if (*def).m_doc.is_null() { None } else { Some(text((*def).m_doc)) };
    let m = Module::new(vm, name, doc.as_deref());
    let e = Box::leak(Box::new(Extension { def, state: std::ptr::null_mut() }));
    m.extension.set(m, Some(Value::from_small(e as *mut Extension as i64)));
    add_functions(vm, m, (*def).m_methods)?;
    Ok(m)
}

unsafe fn add_functions(vm: &Vm, m: Ref<Module>, mut f: *const PyMethodDef) -> PyResult<()> {
    let name = m.dict().get_name_quiet(names().__name__);
    while !f.is_null() && !(*f).ml_name.is_null() {
        let function = methodobject::new(vm, f, Some(m.value()), name, std::ptr::null_mut())?;
        m.dict().set_str(vm, &text((*f).ml_name), function);
        f = f.add(1);
    }
    Ok(())
}

/// Zeroed state, as the definition says.
unsafe fn make_state(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
    if let Some(e) = extension(m)
        && e.state.is_null()
        && (*e.def).m_size > 0
    {
        e.state = libc::calloc(1, (*e.def).m_size as usize);
        if e.state.is_null() {
            return Err(vm.memory_error());
        }
    }
    Ok(())
}

/// The slots of a definition.
unsafe fn slots(def: *mut PyModuleDef) -> Vec<PyModuleDef_Slot> {
    let mut all = vec![];
    let mut s = (*def).m_slots;
    while !s.is_null() && (*s).slot != 0 {
        all.push(*s);
        s = s.add(1);
    }
    all
}

/// What the slots of a definition say, each at most once.
struct Phases {
    create: Option<unsafe extern "C" fn(Ptr, *mut PyModuleDef) -> Ptr>,
    executes: bool,
}

/// # Safety
/// The definition lives for ever.
unsafe fn phases(vm: &Vm, def: *mut PyModuleDef, name: &str) -> PyResult<Phases> {
    let mut phases = Phases { create: None, executes: false };
    let (mut interpreters, mut gil) = (false, false);
    for s in slots(def) {
        match s.slot {
            Py_mod_create if phases.create.is_some() => {
                raise!(vm, SystemError, "module {name} has multiple create slots")
            }
            // SAFETY: the slot has such a function.
            Py_mod_create => phases.create = Some(std::mem::transmute(s.value)),
            Py_mod_exec => phases.executes = true,
            Py_mod_multiple_interpreters => {
                if std::mem::replace(&mut interpreters, true) {
                    raise!(vm, SystemError, "module {name} has more than one 'multiple interpreters' slots")
                }
            }
            Py_mod_gil => {
                if std::mem::replace(&mut gil, true) {
                    raise!(vm, SystemError, "module {name} has more than one 'gil' slot")
                }
            }
            n => raise!(vm, SystemError, "module {name} uses unknown slot ID {n}"),
        }
    }
    Ok(phases)
}

/// The first phase of a module with slots: the object.
///
/// # Safety
/// The definition lives for ever.
pub unsafe fn create(vm: &Vm, def: *mut PyModuleDef, spec: Value, name: &str) -> PyResult<Value> {
    if (*def).m_size < 0 {
        raise!(vm, SystemError, "module {name}: m_size may not be negative for multi-phase initialization")
    }
    let phases = phases(vm, def, name)?;
    let Some(make) = phases.create else { return Ok(from_def(vm, def, name)?.value()) };
    let spec = Owned::new(spec);
    let p = crate::pyobject::with_loans(|| make(spec.0, def));
    if pyerrors::is_set() {
        let raised = pyerrors::from_indicator(vm);
        if p.is_null() {
            return Err(raised);
        }
        let message = format!("creation of module {name} raised unreported exception");
        return Err(pyerrors::caused_by(vm, raised, &message));
    }
    if p.is_null() {
        raise!(vm, SystemError, "creation of module {name} failed without setting an exception")
    }
    // SAFETY: the function gives the reference away.
    let made = crate::pyobject::steal(p);
    match made.downcast::<Module>() {
        Some(m) => {
            let e = Box::leak(Box::new(Extension { def, state: std::ptr::null_mut() }));
            m.extension.set(m, Some(Value::from_small(e as *mut Extension as i64)));
        }
        None if (*def).m_size > 0
            || (*def).m_traverse.is_some()
            || (*def).m_clear.is_some()
            || (*def).m_free.is_some() =>
        {
            raise!(vm, SystemError, "module {name} is not a module object, but requests module state")
        }
        None if phases.executes => raise!(
            vm,
            SystemError,
            "module {name} specifies execution slots, but did not create a ModuleType instance"
        ),
        None => {}
    }
    add_functions_to(vm, made, vm.new_str(name), (*def).m_methods)?;
    if !(*def).m_doc.is_null() {
        vm.set_attr(made, vm.intern_str("__doc__"), vm.new_str(&text((*def).m_doc)))?;
    }
    Ok(made)
}

/// Functions of what a create slot made, which need not be a module.
unsafe fn add_functions_to(vm: &Vm, to: Value, name: Value, mut f: *const PyMethodDef) -> PyResult<()> {
    while !f.is_null() && !(*f).ml_name.is_null() {
        let function = methodobject::new(vm, f, Some(to), Some(name), std::ptr::null_mut())?;
        vm.set_attr(to, vm.intern_str(&text((*f).ml_name)), function)?;
        f = f.add(1);
    }
    Ok(())
}

/// The second phase: state and exec slots. Once, as the state tells.
pub fn exec(vm: &Vm, module: Value) -> PyResult<()> {
    let Some(m) = module.downcast::<Module>() else { return Ok(()) };
    let Some(e) = extension(m) else { return Ok(()) };
    // SAFETY: the definition lives for ever.
    if !e.state.is_null() || unsafe { (*e.def).m_slots.is_null() } {
        return Ok(());
    }
    // SAFETY: the definition lives for ever.
    unsafe { exec_slots(vm, m, e.def) }
}

/// # Safety
/// The definition lives for ever.
unsafe fn exec_slots(vm: &Vm, m: Ref<Module>, def: *mut PyModuleDef) -> PyResult<()> {
    let name = module_name(vm, m)?;
    if let Some(e) = extension(m)
        && e.state.is_null()
        && (*def).m_size >= 0
    {
        // Also a state of no bytes says that the module was executed.
        e.state = libc::calloc(1, (*def).m_size.max(1) as usize);
        if e.state.is_null() {
            return Err(vm.memory_error());
        }
    }
    let p = Owned::new(m.value());
    for s in slots(def) {
        match s.slot {
            Py_mod_exec => {}
            Py_mod_create | Py_mod_multiple_interpreters | Py_mod_gil => continue,
            n => raise!(vm, SystemError, "module {name} initialized with unknown slot {n}"),
        }
        let f: unsafe extern "C" fn(Ptr) -> i32 = std::mem::transmute(s.value);
        let failed = crate::pyobject::with_loans(|| f(p.0)) != 0;
        match (failed, pyerrors::is_set()) {
            (false, false) => {}
            (true, true) => return Err(pyerrors::from_indicator(vm)),
            (true, false) => {
                raise!(vm, SystemError, "execution of module {name} failed without setting an exception")
            }
            (false, true) => {
                let cause = pyerrors::from_indicator(vm);
                let message = format!("execution of module {name} raised unreported exception");
                return Err(pyerrors::caused_by(vm, cause, &message));
            }
        }
    }
    Ok(())
}

fn module_name(vm: &Vm, m: Ref<Module>) -> PyResult<String> {
    match m.dict().get_name_quiet(names().__name__).and_then(|v| v.downcast::<Str>()) {
        Some(s) => Ok(s.to_string()),
        None => raise!(vm, SystemError, "nameless module"),
    }
}

#[capi]
pub fn PyModule_Create2(vm: &Vm, def: *mut PyModuleDef, _version: i32) -> PyResult<Value> {
    // SAFETY: the caller passes a definition that lives for ever.
    unsafe {
        if !(*def).m_slots.is_null() {
            raise!(
                vm,
                SystemError,
                "module {}: PyModule_Create is incompatible with m_slots",
                text((*def).m_name)
            )
        }
        // The loader knows the name with the packages.
        let name = crate::loader::full_name(&text((*def).m_name));
        let m = from_def(vm, def, &name)?;
        make_state(vm, m)?;
        crate::pystate::remember_module(def, Owned::new(m.value()));
        Ok(m.value())
    }
}

#[capi]
pub fn PyModuleDef_Init(_vm: &Vm, def: *mut PyModuleDef) -> *mut PyObject {
    // SAFETY: the caller passes a definition that lives for ever.
    unsafe { (*def).m_base.ob_base.ob_type = &raw mut crate::typeobject::PyModuleDef_Type };
    def.cast()
}

fn check(vm: &Vm, m: Arg) -> PyResult<Ref<Module>> {
    match m.peek().downcast::<Module>() {
        Some(m) => Ok(m),
        None => raise!(vm, SystemError, "bad argument to internal function"),
    }
}

#[capi]
pub fn PyModule_GetState(vm: &Vm, m: Arg) -> PyResult<*mut c_void> {
    Ok(extension(check(vm, m)?).map_or(std::ptr::null_mut(), |e| e.state))
}

#[capi]
pub fn PyModule_GetDef(vm: &Vm, m: Arg) -> PyResult<*mut PyModuleDef> {
    Ok(extension(check(vm, m)?).map_or(std::ptr::null_mut(), |e| e.def))
}

#[capi]
pub fn PyModule_GetDict(vm: &Vm, m: Arg) -> PyResult<Borrowed> {
    crate::pyobject::lend(vm, check(vm, m)?.dict().value())
}

#[capi]
pub fn PyModule_AddObjectRef(vm: &Vm, m: Arg, name: *const c_char, value: Arg) -> PyResult<Done> {
    if m.peek().downcast::<Module>().is_none() {
        raise!(vm, TypeError, "PyModule_AddObjectRef() first argument must be a module")
    }
    let m = check(vm, m)?;
    // SAFETY: the caller passes a C string.
    let name = unsafe { text(name) };
    if value.0.is_null() {
        if pyerrors::is_set() {
            return Err(pyerrors::from_indicator(vm));
        }
        raise!(
            vm,
            SystemError,
            "PyModule_AddObjectRef() must be called with an exception raised if value is NULL"
        )
    }
    m.dict().set_str(vm, &name, value.stored());
    Ok(Done)
}

#[capi]
pub fn PyModule_AddIntConstant(vm: &Vm, m: Arg, name: *const c_char, value: i64) -> PyResult<Done> {
    // SAFETY: the caller passes a C string.
    check(vm, m)?.dict().set_str(vm, &unsafe { text(name) }, vm.int(value));
    Ok(Done)
}

#[capi]
pub fn PyModule_AddStringConstant(
    vm: &Vm,
    m: Arg,
    name: *const c_char,
    value: *const c_char,
) -> PyResult<Done> {
    // SAFETY: the caller passes C strings.
    check(vm, m)?.dict().set_str(vm, &unsafe { text(name) }, vm.new_str(&unsafe { text(value) }));
    Ok(Done)
}

/// As `PyModule_AddObjectRef`; takes the reference, but only if it succeeds. The struct stays, because C
/// code often goes on using its pointer.
#[capi]
pub fn PyModule_AddObject(vm: &Vm, m: Arg, name: *const c_char, value: *mut PyObject) -> PyResult<Done> {
    if value.is_null() && !pyerrors::is_set() {
        return Err(vm.type_error("PyModule_AddObject() needs non-NULL value"));
    }
    // SAFETY: the same contract.
    if unsafe { PyModule_AddObjectRef(m.0, name, value) } < 0 {
        return Err(pyerrors::from_indicator(vm));
    }
    let value = crate::pyobject::Owned(value);
    // SAFETY: a live object. Of a number the module only has the value.
    if unsafe { crate::pyobject::is_number(value.0) } {
        value.release();
    }
    Ok(Done)
}

/// As `PyModule_AddObjectRef`; takes the reference in any case.
#[capi]
pub fn PyModule_Add(vm: &Vm, m: Arg, name: *const c_char, value: *mut PyObject) -> PyResult<Done> {
    let value = crate::pyobject::Owned(value);
    // SAFETY: the same contract.
    if unsafe { PyModule_AddObjectRef(m.0, name, value.0) } < 0 {
        return Err(pyerrors::from_indicator(vm));
    }
    Ok(Done)
}

#[capi]
pub fn PyModule_AddType(vm: &Vm, m: Arg, t: *mut PyTypeObject) -> PyResult<Done> {
    let m = check(vm, m)?;
    let class = crate::typeobject::ready_class(vm, t)?;
    // SAFETY: names of types are C strings.
    let name = unsafe { text((*t).tp_name) };
    m.dict().set_str(vm, name.rsplit('.').next().unwrap_or(&name), class.value());
    Ok(Done)
}

#[capi]
pub fn PyModule_AddFunctions(vm: &Vm, m: Arg, functions: *mut PyMethodDef) -> PyResult<Done> {
    // SAFETY: the caller passes a table that lives for ever.
    unsafe { add_functions(vm, check(vm, m)?, functions)? };
    Ok(Done)
}

#[capi]
pub fn PyModule_SetDocString(vm: &Vm, m: Arg, doc: *const c_char) -> PyResult<Done> {
    // SAFETY: the caller passes a C string.
    check(vm, m)?.dict().set_str(vm, "__doc__", vm.new_str(&unsafe { text(doc) }));
    Ok(Done)
}

#[capi]
pub fn PyModule_NewObject(vm: &Vm, name: Arg) -> PyResult<Value> {
    match name.value().downcast::<Str>() {
        Some(s) => Ok(Module::new(vm, &s.to_string(), None).value()),
        None => raise!(vm, TypeError, "module name must be a str"),
    }
}

#[capi]
pub fn PyModule_New(vm: &Vm, name: *const c_char) -> Value {
    // SAFETY: the caller passes a C string.
    Module::new(vm, &unsafe { text(name) }, None).value()
}

#[capi]
pub fn PyModule_GetNameObject(vm: &Vm, m: Arg) -> PyResult<Value> {
    match check(vm, m)?.dict().get_name_quiet(names().__name__) {
        Some(v) if v.downcast::<Str>().is_some() => Ok(v),
        _ => raise!(vm, SystemError, "nameless module"),
    }
}

#[capi]
pub fn PyModule_GetName(vm: &Vm, m: Arg) -> PyResult<*const c_char> {
    match check(vm, m)?.dict().get_name_quiet(names().__name__) {
        // The module keeps its name, and the name its struct.
        Some(v) if v.downcast::<Str>().is_some() => {
            let name = crate::pyobject::lend(vm, v)?;
            // SAFETY: a live str.
            Ok(unsafe { crate::unicodeobject::codecs::PyUnicode_AsUTF8(name.0) })
        }
        _ => raise!(vm, SystemError, "nameless module"),
    }
}

#[capi]
pub fn PyModule_GetFilenameObject(vm: &Vm, m: Arg) -> PyResult<Value> {
    match check(vm, m)?.dict().get_name_quiet(vm.intern_str("__file__")) {
        Some(v) if v.downcast::<Str>().is_some() => Ok(v),
        _ => raise!(vm, SystemError, "module filename missing"),
    }
}

#[capi]
pub fn PyModule_ExecDef(vm: &Vm, m: Arg, def: *mut PyModuleDef) -> PyResult<Done> {
    // SAFETY: the caller passes a definition that lives for ever.
    unsafe { exec_slots(vm, check(vm, m)?, def)? };
    Ok(Done)
}

#[capi]
pub fn PyModule_FromDefAndSpec2(vm: &Vm, def: *mut PyModuleDef, spec: Arg, _version: i32) -> PyResult<Value> {
    let spec = spec.value();
    let name = vm.get_attr_str(spec, "name")?;
    let name = vm.str(name)?.to_string();
    // SAFETY: the caller passes a definition that lives for ever.
    unsafe { create(vm, def, spec, &name) }
}

/// The state of a module made from a definition; null otherwise.
pub fn state(m: Value) -> *mut c_void {
    m.downcast::<Module>().and_then(extension).map_or(std::ptr::null_mut(), |e| e.state)
}

/// The definition a module was made from; null otherwise.
pub fn definition(m: Value) -> *mut PyModuleDef {
    m.downcast::<Module>().and_then(extension).map_or(std::ptr::null_mut(), |e| e.def)
}

#[capi]
pub fn PyModule_GetFilename(vm: &Vm, m: Arg) -> PyResult<*const c_char> {
    // SAFETY: the same contract.
    let name = crate::pyobject::Owned(unsafe { PyModule_GetFilenameObject(m.0) });
    if name.0.is_null() {
        return Err(pyerrors::from_indicator(vm));
    }
    // SAFETY: a live string, which the module keeps.
    Ok(unsafe { crate::unicodeobject::codecs::PyUnicode_AsUTF8(name.0) })
}

/// This build has a GIL, whatever the module says.
#[capi]
pub fn PyUnstable_Module_SetGIL(_vm: &Vm, _m: Arg, _gil: *mut c_void) -> i32 {
    0
}
