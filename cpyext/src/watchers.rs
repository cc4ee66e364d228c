//! Ids of watchers: C functions that are told of changes of types, functions, code objects and contexts
//! (dicts: `dict_watchers.rs`).
//!
//! Types: told before the first change after an attribute was looked up. Contexts: when one is entered or
//! left. Functions: made, and their code, defaults or keyword defaults changed. Code objects: made.
//! Nobody is told of functions and code objects that die.

use crate::ffi::types::PyTypeObject;
use crate::pyobject::{Arg, Done, Owned, Ptr};
use crate::typeobject::type_struct;
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::builtins::function::Function;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use adder_vm::watch::{self, Kind};
use std::ffi::c_int;
use std::mem::transmute;

/// The watchers of one kind, by id.
pub struct Watchers {
    functions: GilCell<[usize; 8]>,
    /// Those before it are CPython's own.
    first: usize,
    kind: &'static str,
}

impl Watchers {
    pub const fn new(kind: &'static str, first: usize) -> Watchers {
        Watchers { functions: GilCell::new([0; 8]), first, kind }
    }

    /// The id of a new watcher.
    pub fn add(&self, vm: &Vm, f: usize) -> PyResult<c_int> {
        let free = self.functions.get().iter().skip(self.first).position(|f| *f == 0);
        let Some(id) = free else { raise!(vm, RuntimeError, "no more {} watcher IDs available", self.kind) };
        self.functions.get()[id + self.first] = f;
        Ok((id + self.first) as c_int)
    }

    pub fn check(&self, vm: &Vm, id: c_int) -> PyResult<usize> {
        // CPython's messages about functions begin with small letters.
        let (invalid, no) = if self.kind == "func" { ("invalid", "no") } else { ("Invalid", "No") };
        match usize::try_from(id).ok().and_then(|i| self.functions.get().get(i)) {
            None => raise!(vm, ValueError, "{invalid} {} watcher ID {id}", self.kind),
            Some(0) => raise!(vm, ValueError, "{no} {} watcher set for ID {id}", self.kind),
            Some(_) => Ok(id as usize),
        }
    }

    pub fn clear(&self, vm: &Vm, id: c_int) -> PyResult<Done> {
        self.functions.get()[self.check(vm, id)?] = 0;
        Ok(Done)
    }

    pub fn any(&self) -> bool {
        self.functions.get().iter().any(|f| *f != 0)
    }

    /// Calls `f` with the id and the function of each watcher; below 0 it has set an exception, which is
    /// reported with the message for that id.
    pub fn tell(&self, f: impl Fn(usize, usize) -> c_int, message: impl Fn(usize) -> String) {
        let functions = *self.functions.get();
        for (id, function) in functions.into_iter().enumerate().filter(|(_, f)| *f != 0) {
            if f(id, function) < 0 {
                let vm = Vm::get();
                let raised = crate::pyerrors::from_indicator(vm);
                vm.unraisable(raised, &message(id), none());
            }
        }
    }
}

// ---- types --------------------------------------------------------------------------------------

static TYPES: Watchers = Watchers::new("type", 1);

/// The hook of the VM.
fn tell(kind: Kind, event: i32, object: Value, new: Option<Value>) {
    match kind {
        Kind::Type => type_modified(object),
        Kind::Function => function_event(event, object, new),
        Kind::Code => code_event(event, object),
        Kind::Context => context_event(event, object),
    }
}

fn repr(v: Value) -> String {
    Vm::get().repr_string(v).unwrap_or_default()
}

fn type_modified(class: Value) {
    let Some(t) = class.downcast::<Type>().map(type_struct) else { return };
    // SAFETY: the struct of a class.
    let watched = unsafe { (*t).tp_watched };
    if watched == 0 {
        return;
    }
    let object = Owned::new(class);
    TYPES.tell(
        |id, f| {
            if watched & 1 << id == 0 {
                return 0;
            }
            // SAFETY: a function of this type.
            unsafe { transmute::<usize, unsafe extern "C" fn(Ptr) -> c_int>(f)(object.0) }
        },
        |id| format!("Exception ignored in type watcher callback #{id} for {}", repr(class)),
    );
}

fn function_event(event: i32, f: Value, new: Option<Value>) {
    let (object, value) = (Owned::new(f), new.map_or(Owned::NULL, Owned::new));
    let names = ["CREATE", "DESTROY", "MODIFY_CODE", "MODIFY_DEFAULTS", "MODIFY_KWDEFAULTS"];
    FUNCTIONS.tell(
        // SAFETY: a function of this type.
        |_, w| unsafe {
            transmute::<usize, unsafe extern "C" fn(c_int, Ptr, Ptr) -> c_int>(w)(event, object.0, value.0)
        },
        |_| {
            let name = f.downcast::<Function>().map(|f| f.qualname.get().to_string()).unwrap_or_default();
            let at = Vm::get().id(f);
            format!(
                "Exception ignored in PyFunction_EVENT_{} watcher callback for function {name} at {at:#x}",
                names[event as usize]
            )
        },
    );
}

fn code_event(event: i32, code: Value) {
    let object = Owned::new(code);
    CODES.tell(
        // SAFETY: a function of this type.
        |_, w| unsafe { transmute::<usize, unsafe extern "C" fn(c_int, Ptr) -> c_int>(w)(event, object.0) },
        |_| format!("Exception ignored in PY_CODE_EVENT_CREATE watcher callback for {}", repr(code)),
    );
}

fn context_event(event: i32, context: Value) {
    let object = Owned::new(context);
    CONTEXTS.tell(
        // SAFETY: a function of this type.
        |_, w| unsafe { transmute::<usize, unsafe extern "C" fn(c_int, Ptr) -> c_int>(w)(event, object.0) },
        |_| format!("Exception ignored in Py_CONTEXT_SWITCHED watcher callback for {}", repr(context)),
    );
}

#[capi]
pub fn PyType_AddWatcher(vm: &Vm, f: usize) -> PyResult<c_int> {
    watch::want(Kind::Type, tell);
    TYPES.add(vm, f)
}

#[capi]
pub fn PyType_ClearWatcher(vm: &Vm, id: c_int) -> PyResult<Done> {
    TYPES.clear(vm, id)
}

fn watched_type(vm: &Vm, t: Arg, action: &str) -> PyResult<(Ref<Type>, *mut PyTypeObject)> {
    match t.value().downcast::<Type>() {
        Some(class) => Ok((class, type_struct(class))),
        None => raise!(vm, ValueError, "Cannot {action} non-type"),
    }
}

#[capi]
pub fn PyType_Watch(vm: &Vm, id: c_int, t: Arg) -> PyResult<Done> {
    let (class, t) = watched_type(vm, t, "watch")?;
    let id = TYPES.check(vm, id)?;
    class.cache_version();
    // SAFETY: the struct of a class.
    unsafe { (*t).tp_watched |= 1 << id };
    Ok(Done)
}

#[capi]
pub fn PyType_Unwatch(vm: &Vm, id: c_int, t: Arg) -> PyResult<Done> {
    let (_, t) = watched_type(vm, t, "watch")?;
    let id = TYPES.check(vm, id)?;
    // SAFETY: the struct of a class.
    unsafe { (*t).tp_watched &= !(1 << id) };
    Ok(Done)
}

/// Whether the class has a version now, which caches may use.
#[capi]
pub fn PyUnstable_Type_AssignVersionTag(_vm: &Vm, t: Arg) -> bool {
    t.value().downcast::<Type>().is_some_and(|class| class.cache_version() != 0)
}

// ---- functions, code objects, contexts ----------------------------------------------------------

macro_rules! kinds {
    ($($watchers:ident = $variant:ident, $kind:literal: $add:ident, $clear:ident;)*) => {$(
        static $watchers: Watchers = Watchers::new($kind, 0);

        #[capi]
        pub fn $add(vm: &Vm, f: usize) -> PyResult<c_int> {
            watch::want(Kind::$variant, tell);
            $watchers.add(vm, f)
        }

        #[capi]
        pub fn $clear(vm: &Vm, id: c_int) -> PyResult<Done> {
            $watchers.clear(vm, id)
        }
    )*};
}

kinds! {
    FUNCTIONS = Function, "func": PyFunction_AddWatcher, PyFunction_ClearWatcher;
    CODES = Code, "code": PyCode_AddWatcher, PyCode_ClearWatcher;
    CONTEXTS = Context, "context": PyContext_AddWatcher, PyContext_ClearWatcher;
}
