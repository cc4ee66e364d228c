//! Functions of extension modules: one call path for each calling convention.

use crate::direct_calls;
use crate::ffi::constants::*;
use crate::ffi::types::*;
use crate::memory::AddressMap;
use crate::pyerrors;
use crate::pyobject::{
    Arg, IntoC, Owned, Passed, Ptr, for_c_only, from_c, look, note_changed, steal, with_loans,
};
use crate::tupleobject;
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::args::{Args, NamedArgs, Params};
use adder_vm::builtins::descr;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::def::{DirectCall, MethodDef, MethodKind, NativeFn};
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char};
use std::mem::{ManuallyDrop, MaybeUninit};

/// What the VM knows of a C function, with its C definition. Lives for ever, as the definition does.
#[repr(C)]
pub struct Definition {
    def: MethodDef,
    pub c: *const PyMethodDef,
    flags: i32,
    /// The C type that defines the method, for METH_METHOD; null otherwise.
    pub class: *mut PyTypeObject,
}

/// C functions bind their own arguments.
pub static PARAMS: Params = Params {
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
pub unsafe fn static_text(p: *const c_char) -> &'static str {
    if p.is_null() { "" } else { CStr::from_ptr(p).to_str().unwrap_or("") }
}

/// Splits `name(args)\n--\n\n` off a docstring.
pub fn split_signature<'a>(name: &str, doc: &'a str) -> (&'a str, &'a str) {
    let name = name.rsplit('.').next().unwrap_or(name);
    match (doc.strip_prefix(name).filter(|d| d.starts_with('(')), doc.find(")\n--\n\n")) {
        (Some(rest), Some(end)) => (&rest[..end + 1 - name.len()], &doc[end + 6..]),
        _ => ("", doc),
    }
}

/// Signature and documentation of a definition made here, as C has them now.
pub fn method_doc(def: &'static MethodDef) -> (&'static str, &'static str) {
    // SAFETY: definitions marked as an extension's are made by `define`.
    let doc = unsafe { static_text((*definition(def).c).ml_doc) };
    split_signature(def.name, doc)
}

/// # Safety
/// The definition is an extension's.
pub unsafe fn definition(def: &'static MethodDef) -> &'static Definition {
    &*(def as *const MethodDef as *const Definition)
}

/// The C definition behind one of the VM's.
///
/// # Safety
/// The definition is an extension's.
pub unsafe fn c_definition(def: &'static MethodDef) -> *mut PyMethodDef {
    definition(def).c.cast_mut()
}

/// The VM's definition for a C definition.
///
/// # Safety
/// The definition lives for ever.
pub unsafe fn define(
    vm: &Vm,
    c: *const PyMethodDef,
    kind: MethodKind,
    class: *mut PyTypeObject,
) -> PyResult<&'static MethodDef> {
    let name = static_text((*c).ml_name);
    let conventions = METH_VARARGS | METH_KEYWORDS | METH_NOARGS | METH_O | METH_FASTCALL | METH_METHOD;
    let (func, direct): (NativeFn, DirectCall) = match (*c).ml_flags & conventions {
        METH_NOARGS => (call_noargs, direct_calls::noargs),
        METH_O => (call_o, direct_calls::o),
        METH_VARARGS => (call_varargs, direct_calls::varargs),
        f if f == METH_VARARGS | METH_KEYWORDS => (call_varargs_keywords, direct_calls::varargs_keywords),
        METH_FASTCALL => (call_fast, direct_calls::fast),
        f if f == METH_FASTCALL | METH_KEYWORDS => (call_fast_keywords, direct_calls::fast_keywords),
        f if f == METH_METHOD | METH_FASTCALL | METH_KEYWORDS => (call_method, direct_calls::method),
        _ => raise!(vm, SystemError, "{name}() method: bad call flags"),
    };
    let direct = Some(direct);
    let key = (c as usize, kind as u8, class as usize);
    let known = DEFINITIONS.get().get_or_insert_with(Default::default);
    if let Some(known) = known.get(&key).filter(|d| d.flags == (*c).ml_flags && d.def.name == name) {
        return Ok(&known.def);
    }
    let def = MethodDef { name, kind, func, params: &PARAMS, text_signature: "", doc: "", direct };
    let definition: &'static Definition =
        Box::leak(Box::new(Definition { def, c, flags: (*c).ml_flags, class }));
    known.insert(key, definition);
    Ok(&definition.def)
}

type Key = (usize, u8, usize);

/// The definitions made so far, by C definition, kind and class.
static DEFINITIONS: GilCell<Option<HashMap<Key, &'static Definition>>> = GilCell::new(None);

/// A function object for a C definition.
///
/// # Safety
/// The definition lives for ever.
pub unsafe fn new(
    vm: &Vm,
    c: *const PyMethodDef,
    receiver: Option<Value>,
    module: Option<Value>,
    class: *mut PyTypeObject,
) -> PyResult<Value> {
    let kind = if receiver.is_some() { MethodKind::Function } else { MethodKind::Static };
    Ok(descr::extension_function(define(vm, c, kind, class)?, receiver, module))
}

/// The name of a function with that of its class, if it has one.
#[cold]
fn qualified(class: *mut PyTypeObject, name: &str) -> String {
    if class.is_null() {
        return name.to_string();
    }
    format!("{}.{name}", crate::typeobject::subtype(class).qualname.get())
}

/// The function that is called, and what it is called with.
struct Call<'a> {
    name: &'static str,
    method: PyCFunction,
    class: *mut PyTypeObject,
    receiver: Passed,
    args: Args<'a>,
}

impl<'a> Call<'a> {
    #[inline(always)]
    fn new(vm: &Vm, def: &'static MethodDef, args: Args<'a>) -> PyResult<Call<'a>> {
        // SAFETY: only definitions made by `define` have these functions.
        let definition = unsafe { definition(def) };
        let (receiver, args) = match def.kind {
            MethodKind::Static => (Passed::NULL, args),
            _ => match args.split_first() {
                Some((r, rest)) => (Passed::new(r), rest),
                None => {
                    let name = qualified(definition.class, def.name);
                    raise!(vm, TypeError, "unbound method {name}() needs an argument")
                }
            },
        };
        // SAFETY: the definition lives for ever.
        let method = unsafe { (*definition.c).ml_meth };
        Ok(Call { name: def.name, method, class: definition.class, receiver, args })
    }

    #[inline(always)]
    fn no_keywords(&self, vm: &Vm) -> PyResult<()> {
        if self.args.has_keywords() {
            raise!(vm, TypeError, "{}() takes no keyword arguments", self.shown())
        }
        Ok(())
    }

    /// The function's name in messages: with its class, or with its module.
    #[cold]
    fn shown(&self) -> String {
        if !self.class.is_null() || self.receiver.p.is_null() {
            return qualified(self.class, self.name);
        }
        // SAFETY: a live object.
        let receiver = unsafe { look(self.receiver.p) };
        let Some(m) = receiver.downcast::<Module>() else {
            return format!("{}.{}", receiver.class().qualname.get(), self.name);
        };
        match m.dict().get_name_quiet(names().__name__).and_then(|n| n.downcast::<Str>()) {
            Some(module) => format!("{module}.{}", self.name),
            None => self.name.to_string(),
        }
    }

    #[inline(always)]
    fn run(&self, vm: &Vm, f: impl FnOnce() -> Ptr) -> PyResult<Value> {
        result(vm, self.name, with_loans(f))
    }
}

/// Few arguments as an array of pointers, for the duration of a call: see `Passed`.
pub struct Few {
    slots: [MaybeUninit<Ptr>; Few::MOST + 1],
    /// Which arguments have references of their own: a bit for each.
    own: u32,
}

impl Few {
    pub const MOST: usize = 8;

    /// The first slot is left free, as vectorcall allows the callee to use it.
    #[inline(always)]
    pub fn new() -> Few {
        Few { slots: [MaybeUninit::uninit(); Few::MOST + 1], own: 0 }
    }

    /// At most `MOST` values. Filled in place: to copy what was just written stalls the processor.
    #[inline(always)]
    pub fn fill(&mut self, all: &[Value]) {
        let mut own = 0;
        for (i, v) in all.iter().enumerate().take(Few::MOST) {
            let passed = ManuallyDrop::new(Passed::new(*v));
            self.slots[i + 1].write(passed.p);
            own |= (passed.own as u32) << i;
        }
        self.own = own;
    }

    #[inline(always)]
    pub fn as_ptr(&self) -> *const Ptr {
        self.slots.as_ptr().wrapping_add(1).cast()
    }
}

impl Drop for Few {
    #[inline(always)]
    fn drop(&mut self) {
        // The last one first, as `memory::drop_box` likes it.
        while self.own != 0 {
            let i = 31 - self.own.leading_zeros() as usize;
            self.own ^= 1 << i;
            // SAFETY: the references are ours.
            unsafe { Passed::release(*self.as_ptr().add(i)) };
        }
    }
}

/// As `Few`, for any number of arguments.
struct Array {
    few: Few,
    many: Vec<Owned>,
}

impl Array {
    #[inline(always)]
    fn new() -> Array {
        Array { few: Few::new(), many: vec![] }
    }

    #[inline(always)]
    fn fill(&mut self, args: Args) {
        let all = args.all();
        if all.len() <= Few::MOST {
            self.few.fill(all);
        } else {
            self.many = std::iter::once(Owned::NULL).chain(all.iter().map(|v| Owned::new(*v))).collect();
        }
    }

    fn as_ptr(&self) -> *const Ptr {
        if self.many.is_empty() { self.few.as_ptr() } else { self.many.as_ptr().wrapping_add(1).cast() }
    }
}

const _: () = assert!(size_of::<Owned>() == size_of::<Ptr>());

/// The names of the keywords, or null.
fn keyword_names(args: Args) -> Passed {
    match args.names().filter(|n| n.len() > 0) {
        Some(n) => Passed::new(n.value()),
        None => Passed::NULL,
    }
}

/// Calls a vectorcall function.
///
/// # Safety
/// The function belongs to the callable.
pub unsafe fn vectorcall(
    f: unsafe extern "C" fn(Ptr, *const Ptr, usize, Ptr) -> Ptr,
    callable: Ptr,
    args: Args,
) -> Ptr {
    const ARGUMENTS_OFFSET: usize = 1 << 63;
    let mut all = Array::new();
    all.fill(args);
    let names = keyword_names(args);
    f(callable, all.as_ptr(), args.pos().len() | ARGUMENTS_OFFSET, names.p)
}

/// What a C function returned.
#[inline]
pub fn result(vm: &Vm, name: &str, p: Ptr) -> PyResult<Value> {
    if p.is_null() || pyerrors::is_set() {
        return failed(vm, name, p);
    }
    // SAFETY: the function gives the reference away.
    Ok(unsafe { steal(p) })
}

/// As `result`, of the function of a definition.
#[inline(always)]
pub fn result_of(vm: &Vm, def: &'static MethodDef, p: Ptr) -> PyResult<Value> {
    if p.is_null() || pyerrors::is_set() {
        return failed_of(vm, def, p);
    }
    // SAFETY: the function gives the reference away.
    Ok(unsafe { steal(p) })
}

#[cold]
#[inline(never)]
fn failed_of(vm: &Vm, def: &MethodDef, p: Ptr) -> PyResult<Value> {
    failed(vm, def.name, p)
}

#[cold]
#[inline(never)]
fn failed(vm: &Vm, name: &str, p: Ptr) -> PyResult<Value> {
    if !pyerrors::is_set() {
        raise!(vm, SystemError, "<built-in function {name}> returned NULL without setting an exception")
    }
    if p.is_null() {
        return Err(pyerrors::from_indicator(vm));
    }
    // The function gives the reference away.
    drop(Owned(p));
    let message = format!("<built-in function {name}> returned a result with an exception set");
    Err(pyerrors::caused_by(vm, pyerrors::from_indicator(vm), &message))
}

/// # Safety
/// The definition's flags say that the function has this type.
pub unsafe fn as_type<F: Copy>(f: PyCFunction) -> F {
    const { assert!(size_of::<F>() == size_of::<PyCFunction>()) };
    std::mem::transmute_copy(&f)
}

pub type Keywords = unsafe extern "C" fn(Ptr, Ptr, Ptr) -> Ptr;
pub type Fast = unsafe extern "C" fn(Ptr, *const Ptr, isize) -> Ptr;
pub type FastKeywords = unsafe extern "C" fn(Ptr, *const Ptr, isize, Ptr) -> Ptr;
pub type Method = unsafe extern "C" fn(Ptr, *mut PyTypeObject, *const Ptr, isize, Ptr) -> Ptr;

fn call_noargs(vm: &Vm, def: &'static MethodDef, args: Args) -> PyResult<Value> {
    let c = Call::new(vm, def, args)?;
    c.no_keywords(vm)?;
    let n = c.args.pos().len();
    if n != 0 {
        raise!(vm, TypeError, "{}() takes no arguments ({n} given)", c.shown())
    }
    // SAFETY: METH_NOARGS.
    c.run(vm, || unsafe { c.method.expect("a function")(c.receiver.p, std::ptr::null_mut()) })
}

fn call_o(vm: &Vm, def: &'static MethodDef, args: Args) -> PyResult<Value> {
    let c = Call::new(vm, def, args)?;
    c.no_keywords(vm)?;
    let [arg] = c.args.pos() else {
        raise!(vm, TypeError, "{}() takes exactly one argument ({} given)", c.shown(), c.args.pos().len())
    };
    let arg = Passed::new(*arg);
    // SAFETY: METH_O.
    c.run(vm, || unsafe { c.method.expect("a function")(c.receiver.p, arg.p) })
}

/// The positional arguments as a tuple that only C knows.
pub fn tuple(args: &[Value]) -> Owned {
    let t = tupleobject::new(args.len());
    for (i, v) in args.iter().enumerate() {
        // SAFETY: a fresh tuple of that length.
        unsafe { tupleobject::items(t.0)[i] = Owned::new(*v).release() };
    }
    t
}

/// The keywords as a dict that only C knows, or null: it dies with the call unless the VM sees it.
pub fn keywords(vm: &Vm, args: Args) -> PyResult<Owned> {
    Ok(if args.has_keywords() { for_c_only(args.keyword_dict(vm)?.value()) } else { Owned::NULL })
}

fn call_varargs(vm: &Vm, def: &'static MethodDef, args: Args) -> PyResult<Value> {
    let c = Call::new(vm, def, args)?;
    if c.args.has_keywords() && c.class.is_null() {
        raise!(vm, TypeError, "{}() takes no keyword arguments", c.name)
    }
    c.no_keywords(vm)?;
    let t = tuple(c.args.pos());
    // SAFETY: METH_VARARGS.
    c.run(vm, || unsafe { c.method.expect("a function")(c.receiver.p, t.0) })
}

fn call_varargs_keywords(vm: &Vm, def: &'static MethodDef, args: Args) -> PyResult<Value> {
    let c = Call::new(vm, def, args)?;
    let t = tuple(c.args.pos());
    let keywords = keywords(vm, c.args)?;
    // SAFETY: METH_VARARGS | METH_KEYWORDS.
    c.run(vm, || unsafe { as_type::<Keywords>(c.method)(c.receiver.p, t.0, keywords.0) })
}

fn call_fast(vm: &Vm, def: &'static MethodDef, args: Args) -> PyResult<Value> {
    let c = Call::new(vm, def, args)?;
    c.no_keywords(vm)?;
    let mut all = Array::new();
    all.fill(c.args);
    // SAFETY: METH_FASTCALL.
    c.run(vm, || unsafe {
        as_type::<Fast>(c.method)(c.receiver.p, all.as_ptr(), c.args.all().len() as isize)
    })
}

fn call_fast_keywords(vm: &Vm, def: &'static MethodDef, args: Args) -> PyResult<Value> {
    let c = Call::new(vm, def, args)?;
    let mut all = Array::new();
    all.fill(c.args);
    let names = keyword_names(c.args);
    let n = c.args.pos().len() as isize;
    // SAFETY: METH_FASTCALL | METH_KEYWORDS.
    c.run(vm, || unsafe { as_type::<FastKeywords>(c.method)(c.receiver.p, all.as_ptr(), n, names.p) })
}

fn call_method(vm: &Vm, def: &'static MethodDef, args: Args) -> PyResult<Value> {
    let c = Call::new(vm, def, args)?;
    let mut all = Array::new();
    all.fill(c.args);
    let names = keyword_names(c.args);
    let n = c.args.pos().len() as isize;
    // SAFETY: METH_METHOD | METH_FASTCALL | METH_KEYWORDS.
    c.run(vm, || unsafe { as_type::<Method>(c.method)(c.receiver.p, c.class, all.as_ptr(), n, names.p) })
}

/// The C definition of a native function; made, for functions of the VM, when C first asks.
pub fn c_method(def: &'static MethodDef) -> *mut PyMethodDef {
    if def.is_extension() {
        // SAFETY: an extension's definition.
        return unsafe { c_definition(def) };
    }
    let known = MADE.get().get_or_insert_with(Default::default);
    let made = known.entry(def as *const MethodDef as usize).or_insert_with(|| {
        let text = |s: &str| CString::new(s).unwrap_or_default().into_raw() as *const c_char;
        let c = PyMethodDef {
            ml_name: text(def.name),
            ml_meth: crate::typeobject::export_method(def),
            ml_flags: METH_VARARGS | METH_KEYWORDS,
            ml_doc: if def.doc.is_empty() { std::ptr::null() } else { text(def.doc) },
        };
        Box::into_raw(Box::new(c)) as usize
    });
    *made as *mut PyMethodDef
}

/// The C definitions made for functions of the VM, by the address of theirs.
static MADE: GilCell<Option<AddressMap<usize>>> = GilCell::new(None);

/// What a function or method is bound to, or null.
///
/// # Safety
/// `callable` is a live object.
pub unsafe fn receiver_of(callable: Ptr) -> Ptr {
    if (*callable).ob_type == &raw mut crate::typeobject::PyCFunction_Type {
        (*(callable as *mut PyCFunctionObject)).m_self
    } else if (*callable).ob_type == &raw mut crate::typeobject::PyMethod_Type {
        (*(callable as *mut PyMethodObject)).im_self
    } else {
        std::ptr::null_mut()
    }
}

type Vectorcall = unsafe extern "C" fn(Ptr, *const Ptr, usize, Ptr) -> Ptr;

/// How C calls a function of an extension with the pointers as they are, if its convention allows that.
///
/// # Safety
/// `f` is a live object whose struct is filled.
#[inline(always)]
pub unsafe fn vectorcall_of(f: Ptr) -> Option<Vectorcall> {
    if (*f).ob_type != &raw mut crate::typeobject::PyCFunction_Type {
        return None;
    }
    let m = (*(f as *mut PyCFunctionObject)).m_ml;
    if m.is_null() {
        return None;
    }
    if !crate::pyobject::is_linked(f) {
        // Made by `bound::bind`.
        return (*(f as *mut PyCFunctionObject)).vectorcall;
    }
    // The VM's own functions have METH_VARARGS | METH_KEYWORDS.
    match (*m).ml_flags & !(METH_CLASS | METH_STATIC | METH_COEXIST) {
        METH_NOARGS => Some(vector_noargs),
        METH_O => Some(vector_o),
        METH_FASTCALL => Some(vector_fast),
        f if f == METH_FASTCALL | METH_KEYWORDS => Some(vector_fast_keywords),
        _ => None,
    }
}

macro_rules! vectorcalls {
    ($($name:ident($f:ident, $this:ident, $args:ident, $n:ident, $names:ident): $allowed:expr, $call:expr;)*) => {$(
        unsafe extern "C" fn $name(callable: Ptr, $args: *const Ptr, flags: usize, $names: Ptr) -> Ptr {
            const ARGUMENTS_OFFSET: usize = 1 << 63;
            let $n = flags & !ARGUMENTS_OFFSET;
            let c = callable as *mut PyCFunctionObject;
            let ($f, $this) = ((*(*c).m_ml).ml_meth, (*c).m_self);
            if !$allowed || Vm::get().near_native_limit() {
                // Raises what is wrong.
                return call_vector(callable, $args, flags, $names);
            }
            $call
        }
    )*};
}

/// # Safety
/// `names` is a tuple or null.
unsafe fn no_names(names: Ptr) -> bool {
    names.is_null() || (*(names as *mut PyVarObject)).ob_size == 0
}

vectorcalls! {
    vector_noargs(f, this, args, n, names): n == 0 && no_names(names),
        f.expect("a function")(this, std::ptr::null_mut());
    vector_o(f, this, args, n, names): n == 1 && no_names(names), f.expect("a function")(this, *args);
    vector_fast(f, this, args, n, names): no_names(names), as_type::<Fast>(f)(this, args, n as isize);
    vector_fast_keywords(f, this, args, n, names): true,
        as_type::<FastKeywords>(f)(this, args, n as isize, names);
}

/// `vectorcall` of functions and method descriptors.
pub unsafe extern "C" fn call_vector(callable: Ptr, args: *const Ptr, n: usize, names: Ptr) -> Ptr {
    const ARGUMENTS_OFFSET: usize = 1 << 63;
    let vm = Vm::get();
    let receiver = receiver_of(callable);
    let callable = from_c(callable);
    let names = if names.is_null() { None } else { from_c(names).downcast::<Tuple>() };
    let n = (n & !ARGUMENTS_OFFSET) + names.map_or(0, |t| t.len());
    let result = if n <= 8 {
        let mut few = [callable; 8];
        for (i, v) in few[..n].iter_mut().enumerate() {
            *v = from_c(*args.add(i));
        }
        vm.call_args(callable, NamedArgs::new(&few[..n], names).args())
    } else {
        let all: Result<Ref<Tuple>, ()> = Tuple::build(vm, n, |i| Ok(from_c(*args.add(i))));
        vm.call_args(callable, NamedArgs::new(all.expect("arguments convert").items(), names).args())
    };
    crate::call::note_all_changed(args, n);
    note_changed(receiver);
    result.into_c(vm)
}

// ---- functions of methodobject.h ----------------------------------------------------------------

#[capi]
pub fn PyCMethod_New(
    vm: &Vm,
    def: *mut PyMethodDef,
    this: Arg,
    module: Arg,
    class: *mut PyTypeObject,
) -> PyResult<Value> {
    let optional = |v: Arg| if v.0.is_null() { None } else { Some(v.value()) };
    let (this, module) = (optional(this), optional(module));
    // SAFETY: the caller passes a definition that lives for ever.
    unsafe {
        let is_method = (*def).ml_flags & METH_METHOD != 0;
        if is_method && class.is_null() {
            raise!(vm, SystemError, "attempting to create PyCMethod with a METH_METHOD flag but no class")
        }
        if !is_method && !class.is_null() {
            raise!(vm, SystemError, "attempting to create PyCFunction with class but no METH_METHOD flag")
        }
        new(vm, def, this, module, class)
    }
}

#[capi]
pub fn PyCFunction_NewEx(vm: &Vm, def: *mut PyMethodDef, this: Arg, module: Arg) -> PyResult<Value> {
    // SAFETY: the same contract.
    let p = unsafe { PyCMethod_New(def, this.0, module.0, std::ptr::null_mut()) };
    if p.is_null() {
        return Err(pyerrors::from_indicator(vm));
    }
    // SAFETY: a new reference.
    Ok(unsafe { steal(p) })
}

#[capi]
pub fn PyCFunction_New(vm: &Vm, def: *mut PyMethodDef, this: Arg) -> PyResult<Value> {
    // SAFETY: the same contract.
    let p = unsafe { PyCMethod_New(def, this.0, std::ptr::null_mut(), std::ptr::null_mut()) };
    if p.is_null() {
        return Err(pyerrors::from_indicator(vm));
    }
    // SAFETY: a new reference.
    Ok(unsafe { steal(p) })
}

fn native(vm: &Vm, f: Arg) -> PyResult<Ref<descr::NativeFunction>> {
    match f.peek().exact::<descr::NativeFunction>() {
        Some(f) => Ok(f),
        None => Err(vm.system_error("bad argument to internal function")),
    }
}

#[capi]
pub fn PyCFunction_GetFunction(vm: &Vm, f: Arg) -> PyResult<*mut std::ffi::c_void> {
    let f = native(vm, f)?;
    // SAFETY: definitions live for ever.
    let c = unsafe { (*c_method(f.def())).ml_meth };
    Ok(c.map_or(std::ptr::null_mut(), |c| c as *mut std::ffi::c_void))
}

#[capi]
pub fn PyCFunction_GetSelf(vm: &Vm, f: Arg) -> PyResult<crate::pyobject::Borrowed> {
    match native(vm, f)?.receiver() {
        Some(v) => crate::pyobject::lend(vm, v),
        None => Ok(crate::pyobject::Borrowed(std::ptr::null_mut())),
    }
}

#[capi]
pub fn PyCFunction_GetFlags(vm: &Vm, f: Arg) -> PyResult<i32> {
    // SAFETY: definitions live for ever.
    Ok(unsafe { (*c_method(native(vm, f)?.def())).ml_flags })
}
