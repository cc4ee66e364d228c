//! The one place where the VM reaches the C API layer: hooks that the command installs.

use crate::args::Args;
use crate::builtins::dict::{Dict, DictEvent};
use crate::builtins::module::Module;
use crate::builtins::type_::Type;
use crate::def::{GetSetDef, MethodDef};
use crate::error::PyResult;
use crate::object::{LongHeader, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::SlotDef;
use crate::vm::Vm;
use adder_heap::GilCell;

/// The shadow word of an object whose C struct was deallocated: C had the last reference.
pub const DEAD_SHADOW: u64 = 3;

/// Whether the C struct, which is the instance, was deallocated: only weak references can still tell.
pub fn is_dead(v: Value) -> bool {
    // SAFETY: instances with a C struct have the long header (layout-of-objects).
    v.class().extension.get() && unsafe { (*(v.header() as *const LongHeader)).shadow() } == DEAD_SHADOW
}

/// What the C API layer does for the VM.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Loads an extension module for an import spec.
    pub create_dynamic: fn(&Vm, Value) -> PyResult<Value>,
    /// Runs the exec slots of a module that `create_dynamic` made.
    pub exec_dynamic: fn(&Vm, Value) -> PyResult<i64>,
    /// Whether the program that embeds Python has a built-in module of that name.
    pub is_builtin: fn(&str) -> bool,
    /// Makes it for an import spec; None if there is none.
    pub create_builtin: fn(&Vm, Value, &str) -> PyResult<Option<Value>>,
    /// The address of the object's C struct: its identity.
    pub identity: fn(Value) -> u64,
    /// `__text_signature__` and `__doc__` of a C definition, each empty if it has none.
    pub method_doc: fn(&'static MethodDef) -> (&'static str, &'static str),
    pub getset_doc: fn(&'static GetSetDef) -> &'static str,
    pub type_doc: fn(Ref<Type>) -> (&'static str, &'static str),
    /// `__basicsize__` and `__itemsize__` of a class whose instances have C structs.
    pub type_sizes: fn(Ref<Type>) -> (i64, i64),
    /// Calls the function that makes instances of the class, if it has one besides `tp_new` and `tp_init`.
    pub type_vectorcall: fn(&Vm, Ref<Type>, Args) -> Option<PyResult<Value>>,
    /// Calls the C function of a slot as the special method: `(definition, function, self, args)`.
    pub call_slot: fn(&Vm, &'static SlotDef, usize, Value, Args) -> PyResult<Value>,
    /// Calls an instance of a class of an extension, as `MethodDef::direct` calls a function.
    pub call_object: fn(&Vm, Value, *const Value, usize) -> PyResult<Value>,
    /// Slots of the class were computed anew.
    pub slots_changed: fn(&Vm, Ref<Type>),
    /// The `__dict__` that the C struct of an instance has, where its class says so.
    pub instance_dict: fn(Value) -> Option<Ref<Dict>>,
    pub set_instance_dict: fn(Value, Ref<Dict>),
    /// Deallocates the C structs of objects that were found dead; whether it broke up cycles, so that more
    /// may be dead now.
    pub release_dead: fn(&Vm) -> bool,
    /// The module `_datetime` was made: its C API.
    pub datetime: fn(&Vm, Ref<Module>) -> PyResult<()>,
    /// How many references of the object C has.
    pub references: fn(Value) -> i64,
    pub lifetimes: Lifetimes,
    pub lists: Lists,
    /// A dict that is watched will change: what happens, the key and the new value.
    pub dict_event: fn(Value, DictEvent, Option<Value>, Option<Value>),
    /// A bytearray with a C struct has its data elsewhere now.
    pub bytearray_moved: fn(Value),
    pub foreign_calls: ForeignCalls,
    /// An instance of a class of an extension has a weak reference.
    pub weakly_referenced: fn(Value),
}

/// What calls of C functions that are not methods of extensions need: `ctypes`.
#[derive(Clone, Copy)]
pub struct ForeignCalls {
    /// The address of the object's C struct. If the object has none of its own, because it crosses by
    /// value, true, and the caller owns a reference of what was made.
    pub address: fn(Value) -> (usize, bool),
    /// A new reference, to be given to C.
    pub new_reference: fn(Value) -> usize,
    /// Gives a reference back.
    pub drop_reference: unsafe fn(usize),
    /// The object of a live struct.
    pub object_at: unsafe fn(usize) -> Value,
    /// The object of a reference that C gives away.
    pub take: unsafe fn(usize) -> Value,
    /// The data of a bytes object in its C struct, where it stays as long as the object lives.
    pub bytes_data: fn(Value) -> *const u8,
    /// Runs C code that uses the API, and fetches the exception that it left.
    pub run: fn(&Vm, &mut dyn FnMut()) -> PyResult<()>,
    /// The result of a function that C has called: a new reference, or 0 and the error indicator.
    pub give: fn(&Vm, PyResult<Value>) -> usize,
    /// To be called before the GIL is given away: makes the thread known.
    pub prepare: fn(),
    /// Gives the GIL away, so that the code that runs next may ask for it.
    pub save_thread: unsafe extern "C" fn() -> *mut u8,
    pub restore_thread: unsafe extern "C" fn(*mut u8),
    /// Takes the GIL in a thread that may have it, or may be unknown.
    pub ensure_gil: unsafe extern "C" fn() -> i32,
    pub release_gil: unsafe extern "C" fn(i32),
}

/// Objects that C has made and to which one register refers: see `execution/lifetimes.rs`.
#[derive(Clone, Copy)]
pub struct Lifetimes {
    pub is_fresh: fn(Value) -> bool,
    /// There may be other references.
    pub share: fn(Value),
    /// The register has the only reference again, after it passed the object through C.
    pub keep: fn(Value),
    /// The register lets the object go: C has the only references.
    pub release: fn(Value),
    /// C gets the object for a call, after which it is let go.
    pub lend: fn(Value),
    /// The call is over, for which this many objects were lent.
    pub settle: fn(usize),
}

/// Operations on lists whose items are in their C structs.
#[derive(Clone, Copy)]
pub struct Lists {
    pub len: fn(Value) -> usize,
    pub get: fn(Value, usize) -> Option<Value>,
    /// Replaces the items start..end.
    pub splice: fn(Value, usize, usize, &[Value]),
    /// Empties the list for sorting.
    pub begin_sort: fn(Value),
    /// Fills the list again, and says whether it was changed in between.
    pub end_sort: fn(Value, &[Value]) -> bool,
}

impl Lists {
    #[inline(never)]
    pub fn len(&self, list: Value) -> usize {
        (self.len)(list)
    }

    #[inline(never)]
    pub fn get(&self, list: Value, i: usize) -> Option<Value> {
        (self.get)(list, i)
    }

    #[inline(never)]
    pub fn splice(&self, list: Value, start: usize, end: usize, values: &[Value]) {
        (self.splice)(list, start, end, values)
    }
}

/// The C struct of the instances of a class of a native module: macros read it.
#[derive(Clone, Copy)]
pub struct NativeStruct {
    /// The address of the class, which lives for ever.
    class: usize,
    pub size: usize,
    /// Brings the fields behind the head up to date: whenever an instance crosses to C.
    pub update: unsafe fn(Value, *mut u8),
}

static STRUCTS: GilCell<Vec<NativeStruct>> = GilCell::new(vec![]);

/// Says what C knows about a native class. Called once, before instances cross.
pub fn declare_struct(class: Ref<Type>, size: usize, update: unsafe fn(Value, *mut u8)) {
    STRUCTS.get().push(NativeStruct { class: class.as_ptr() as usize, size, update });
}

/// The C struct of instances of a class, if one was declared for it or a base.
pub fn native_struct(class: Ref<Type>) -> Option<NativeStruct> {
    let all = STRUCTS.get();
    if all.is_empty() {
        return None;
    }
    class.mro_iter().find_map(|t| all.iter().find(|s| s.class == t.as_ptr() as usize).copied())
}

/// The object has changed: its C struct, if it has one and was declared, is brought up to date.
pub fn struct_changed(v: Value) {
    // SAFETY: instances of classes with such structs have the long header (layout-of-objects).
    let word = unsafe { (*(v.header() as *const LongHeader)).shadow() };
    if word == 0 || word & 1 != 0 {
        return;
    }
    if let Some(s) = native_struct(v.class()) {
        // SAFETY: the object's struct.
        unsafe { (s.update)(v, word as *mut u8) }
    }
}

static HOOKS: GilCell<Option<Hooks>> = GilCell::new(None);

pub fn install(hooks: Hooks) {
    *HOOKS.get() = Some(hooks);
}

static ANY_LOADED: GilCell<bool> = GilCell::new(false);

/// Whether code of an extension module may have run.
pub fn any_loaded() -> bool {
    *ANY_LOADED.get()
}

/// `_imp.create_dynamic(spec)`
pub fn create_dynamic(vm: &Vm, spec: Value) -> PyResult<Value> {
    *ANY_LOADED.get() = true;
    match *HOOKS.get() {
        Some(h) => (h.create_dynamic)(vm, spec),
        None => raise!(vm, ImportError, "this build of Adder has no C API layer"),
    }
}

/// `_imp.exec_dynamic(module)`
pub fn exec_dynamic(vm: &Vm, module: Value) -> PyResult<i64> {
    match *HOOKS.get() {
        Some(h) => (h.exec_dynamic)(vm, module),
        None => raise!(vm, ImportError, "this build of Adder has no C API layer"),
    }
}

/// Whether the program that embeds Python has a built-in module of that name.
pub fn is_builtin(name: &str) -> bool {
    HOOKS.get().is_some_and(|h| (h.is_builtin)(name))
}

/// Makes such a module; None if there is none.
pub fn create_builtin(vm: &Vm, spec: Value, name: &str) -> PyResult<Option<Value>> {
    match *HOOKS.get() {
        Some(h) => (h.create_builtin)(vm, spec, name),
        None => Ok(None),
    }
}

/// `_imp.exec_builtin(module)`: only modules of such programs have a second phase.
pub fn exec_builtin(vm: &Vm, module: Value) -> PyResult<i64> {
    match *HOOKS.get() {
        Some(h) => (h.exec_dynamic)(vm, module),
        None => Ok(0),
    }
}

/// The identity of an object with the long header; None without the C API layer.
pub fn identity(v: Value) -> Option<u64> {
    HOOKS.get().map(|h| (h.identity)(v))
}

fn hooks() -> &'static Hooks {
    HOOKS.get().as_ref().expect("extension definitions exist only with the C API layer")
}

pub fn method_doc(def: &'static MethodDef) -> (&'static str, &'static str) {
    (hooks().method_doc)(def)
}

pub fn getset_doc(def: &'static GetSetDef) -> &'static str {
    (hooks().getset_doc)(def)
}

/// The object has a weak reference now.
pub fn weakly_referenced(v: Value) {
    if v.class().extension.get() {
        (hooks().weakly_referenced)(v);
    }
}

/// `__text_signature__` and `__doc__` of a class that an extension defines.
pub fn type_doc(class: Ref<Type>) -> (&'static str, &'static str) {
    (hooks().type_doc)(class)
}

/// `__basicsize__` and `__itemsize__` of a class whose instances have C structs.
pub fn type_sizes(class: Ref<Type>) -> (i64, i64) {
    (hooks().type_sizes)(class)
}

/// Calls the C function of a slot as the special method that `def` names.
pub fn call_slot(
    vm: &Vm,
    def: &'static SlotDef,
    function: usize,
    this: Value,
    args: Args,
) -> PyResult<Value> {
    (hooks().call_slot)(vm, def, function, this, args)
}

/// As `Hooks::type_vectorcall`, for a class that an extension defines.
pub fn type_vectorcall(vm: &Vm, class: Ref<Type>, args: Args) -> Option<PyResult<Value>> {
    (hooks().type_vectorcall)(vm, class, args)
}

/// Calls an instance of a class of an extension with `count` registers.
pub fn call_object(vm: &Vm, callee: Value, args: *const Value, count: usize) -> PyResult<Value> {
    (hooks().call_object)(vm, callee, args, count)
}

pub fn slots_changed(vm: &Vm, class: Ref<Type>) {
    if let Some(h) = *HOOKS.get() {
        (h.slots_changed)(vm, class)
    }
}

pub fn instance_dict(v: Value) -> Option<Ref<Dict>> {
    (hooks().instance_dict)(v)
}

pub fn set_instance_dict(v: Value, dict: Ref<Dict>) {
    (hooks().set_instance_dict)(v, dict)
}

/// Gives the module `_datetime` its C API.
pub fn datetime(vm: &Vm, module: Ref<Module>) -> PyResult<()> {
    match *HOOKS.get() {
        Some(h) => (h.datetime)(vm, module),
        None => Ok(()),
    }
}

pub fn release_dead(vm: &Vm) -> bool {
    HOOKS.get().is_some_and(|h| (h.release_dead)(vm))
}

/// Lists get into C's memory only through the C API layer.
pub fn lists() -> Lists {
    HOOKS.get().expect("the C API layer is installed").lists
}

/// The data of a bytearray with a C struct moved or has another size.
pub fn bytearray_moved(v: Value) {
    if let Some(h) = *HOOKS.get() {
        (h.bytearray_moved)(v);
    }
}

/// A dict that is watched will change.
pub fn dict_event(dict: Value, event: DictEvent, key: Option<Value>, value: Option<Value>) {
    if let Some(h) = *HOOKS.get() {
        (h.dict_event)(dict, event, key, value);
    }
}

/// Calls of C functions; None without the C API layer.
pub fn foreign_calls() -> Option<&'static ForeignCalls> {
    HOOKS.get().as_ref().map(|h| &h.foreign_calls)
}

/// How many references of the object C has.
pub fn references(v: Value) -> i64 {
    HOOKS.get().map_or(0, |h| (h.references)(v))
}

/// The C struct that was made last and given to the VM, and that is fresh; 0 if the VM has asked about it
/// since.
pub static NEW: GilCell<u64> = GilCell::new(0);

/// Whether C has made an object that nobody has claimed.
#[inline(always)]
pub fn any_new() -> bool {
    *NEW.get() != 0
}

/// Whether C has just made the object.
#[inline(always)]
pub fn is_new(v: Value) -> bool {
    let new = *NEW.get();
    // SAFETY: what C may know has the long header (layout-of-objects).
    new != 0
        && v.is_ptr()
        && adder_heap::is_linked(v)
        && unsafe { (*(v.header() as *const LongHeader)).shadow() } == new
}

/// Whether C has made the object just now, and so far only the result of the call refers to it: the result's
/// register owns it from now on.
#[inline(always)]
pub fn claim(v: Value) -> bool {
    let new = is_new(v);
    if new {
        *NEW.get() = 0;
    }
    new
}

/// A second reference to the object is made outside of registers.
#[inline(always)]
pub fn shared(v: Value) {
    if v.is_ptr() && adder_heap::is_linked(v) {
        (hooks().lifetimes.share)(v);
    }
}

pub fn is_fresh(v: Value) -> bool {
    (hooks().lifetimes.is_fresh)(v)
}

pub fn keep(v: Value) {
    (hooks().lifetimes.keep)(v)
}

pub fn release(v: Value) {
    (hooks().lifetimes.release)(v)
}

pub fn lend(v: Value) {
    (hooks().lifetimes.lend)(v)
}

pub fn settle(count: usize) {
    (hooks().lifetimes.settle)(count)
}
