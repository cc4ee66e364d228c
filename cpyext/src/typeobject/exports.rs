//! Slots of the VM as C functions: what stands in `PyTypeObject`s of classes that are not C's.
//!
//! A C function in a slot must do what the slot of one certain class does, also when C code calls it
//! with an instance of a subclass. So there is one C function for each VM function: a thunk, which adds
//! the address of the VM function as one more argument and jumps to the function here that
//! translates arguments and result. Thunks are a static pool of code; their data is a table.

use super::subtype;
use crate::ffi::types::*;
use crate::memoryobject;
use crate::pyerrors;
use crate::pyobject::{Arg, IntoC, Ptr, note_changed, to_c};
use adder_heap::GilCell;
use adder_vm::args::{Args, NamedArgs};
use adder_vm::builtins::buffer::{GetBuffer, ReleaseBuffer};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::def::{MethodDef, MethodKind};
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::*;
use adder_vm::vm::Vm;
use std::collections::HashMap;

/// Thunks for functions of 1, 2 and 3 arguments.
const POOL: usize = 2048;
const THUNK: usize = 16;

/// For each thunk: the additional argument, and where to jump.
#[repr(C)]
struct Table([[[usize; 2]; POOL]; 3]);

static mut TABLE: Table = Table([[[0; 2]; POOL]; 3]);

// The additional argument goes into the register after those of the function.
std::arch::global_asm!(
    ".pushsection .text.adder_slot_thunks,\"ax\",@progbits",
    ".p2align 4",
    ".globl adder_slot_thunks",
    ".hidden adder_slot_thunks",
    "adder_slot_thunks:",
    ".set adder_thunk, 0",
    ".rept 2048",
    ".p2align 4",
    "mov rsi, qword ptr [rip + {table} + adder_thunk]",
    "jmp qword ptr [rip + {table} + adder_thunk + 8]",
    ".set adder_thunk, adder_thunk + 16",
    ".endr",
    ".rept 2048",
    ".p2align 4",
    "mov rdx, qword ptr [rip + {table} + adder_thunk]",
    "jmp qword ptr [rip + {table} + adder_thunk + 8]",
    ".set adder_thunk, adder_thunk + 16",
    ".endr",
    ".rept 2048",
    ".p2align 4",
    "mov rcx, qword ptr [rip + {table} + adder_thunk]",
    "jmp qword ptr [rip + {table} + adder_thunk + 8]",
    ".set adder_thunk, adder_thunk + 16",
    ".endr",
    ".popsection",
    table = sym TABLE,
);

unsafe extern "C" {
    static adder_slot_thunks: u8;
}

struct Thunks {
    used: [usize; 3],
    /// By word and target.
    known: Option<HashMap<(usize, usize), usize>>,
}

static THUNKS: GilCell<Thunks> = GilCell::new(Thunks { used: [0; 3], known: None });

/// The C function of `arity` arguments that calls `target` with `word` added.
fn thunk(arity: usize, word: usize, target: usize) -> usize {
    let all = THUNKS.get();
    let known = all.known.get_or_insert_with(HashMap::new);
    if let Some(f) = known.get(&(word, target)) {
        return *f;
    }
    let pool = arity - 1;
    let at = all.used[pool];
    assert!(at < POOL, "more functions in slots than the pool of thunks has room for");
    all.used[pool] += 1;
    // SAFETY: the table, under the GIL; the thunk is not called before it is returned.
    let f = unsafe {
        let table = &raw mut TABLE;
        (*table).0[pool][at] = [word, target];
        &raw const adder_slot_thunks as usize + (pool * POOL + at) * THUNK
    };
    known.insert((word, target), f);
    f
}

/// What a thunk adds; None if the function is not a thunk.
pub fn word_of(function: usize) -> Option<usize> {
    let at = function.wrapping_sub(&raw const adder_slot_thunks as usize) / THUNK;
    if at >= 3 * POOL {
        return None;
    }
    // SAFETY: an index below the table's size, under the GIL.
    Some(unsafe { (*(&raw const TABLE)).0[at / POOL][at % POOL][0] })
}

macro_rules! exported {
    ($($arity:literal $target:ident: $($slot:ident)*;)*) => {
        /// The C function for a VM function in a slot.
        pub fn export(slot: SlotId, word: usize) -> usize {
            match slot {
                $($(SlotId::$slot)|* => thunk($arity, word, $target as *const () as usize),)*
            }
        }
    };
}

exported! {
    1 unary: tp_repr tp_str tp_iter am_await am_aiter am_anext nb_negative nb_positive nb_absolute nb_invert nb_int
        nb_float nb_index;
    2 binary: nb_add nb_subtract nb_multiply nb_remainder nb_divmod nb_lshift nb_rshift nb_and nb_xor nb_or
        nb_inplace_add nb_inplace_subtract nb_inplace_multiply nb_inplace_remainder nb_inplace_lshift
        nb_inplace_rshift nb_inplace_and nb_inplace_xor nb_inplace_or nb_floor_divide nb_true_divide
        nb_inplace_floor_divide nb_inplace_true_divide nb_matrix_multiply nb_inplace_matrix_multiply mp_subscript
        sq_concat sq_inplace_concat;
    3 ternary: nb_power nb_inplace_power;
    1 inquiry: nb_bool;
    1 length: mp_length sq_length;
    1 hash: tp_hash;
    3 richcompare: tp_richcompare;
    1 iternext: tp_iternext;
    3 descr_get: tp_descr_get;
    3 descr_set: tp_descr_set;
    3 init: tp_init;
    3 new: tp_new;
    3 call: tp_call;
    2 getattro: tp_getattro;
    3 setattro: tp_setattro;
    1 finalize: tp_finalize;
    2 size_arg: sq_repeat sq_item sq_inplace_repeat;
    3 size_obj_arg: sq_ass_item;
    3 obj_obj_arg: mp_ass_subscript;
    2 contains: sq_contains;
    3 getbuffer: bf_getbuffer;
    2 releasebuffer: bf_releasebuffer;
}

fn value(p: Ptr) -> Value {
    Arg(p).value()
}

fn value_or_none(p: Ptr) -> Option<Value> {
    if p.is_null() { None } else { Some(value(p)) }
}

extern "C" fn unary(a: Ptr, f: Unary) -> Ptr {
    let vm = Vm::get();
    f(vm, value(a)).into_c(vm)
}

extern "C" fn binary(a: Ptr, b: Ptr, f: Binary) -> Ptr {
    let vm = Vm::get();
    let r = f(vm, value(a), value(b)).into_c(vm);
    // SAFETY: C passes a live object, which an operation in place has changed.
    unsafe { note_changed(a) };
    r
}

extern "C" fn ternary(a: Ptr, b: Ptr, c: Ptr, f: Ternary) -> Ptr {
    let vm = Vm::get();
    f(vm, value(a), value(b), value(c)).into_c(vm)
}

extern "C" fn inquiry(a: Ptr, f: Inquiry) -> i32 {
    let vm = Vm::get();
    f(vm, value(a)).into_c(vm)
}

extern "C" fn length(a: Ptr, f: Length) -> isize {
    let vm = Vm::get();
    f(vm, value(a)).map(|n| n as isize).into_c(vm)
}

extern "C" fn hash(a: Ptr, f: Hash) -> isize {
    let vm = Vm::get();
    f(vm, value(a)).map(|n| n as isize).into_c(vm)
}

extern "C" fn richcompare(a: Ptr, b: Ptr, op: i32, f: RichCompare) -> Ptr {
    let vm = Vm::get();
    f(vm, value(a), value(b), CompareOp::from_index(op as usize)).into_c(vm)
}

extern "C" fn getbuffer(a: Ptr, view: *mut Py_buffer, flags: i32, f: GetBuffer) -> i32 {
    let vm = Vm::get();
    memoryobject::get_native(vm, f, value(a), view, flags).into_c(vm)
}

extern "C" fn releasebuffer(_a: Ptr, view: *mut Py_buffer, _f: ReleaseBuffer) {
    // SAFETY: C passes a view that `getbuffer` has filled.
    unsafe { memoryobject::release_native(view) }
}

extern "C" fn iternext(a: Ptr, f: IterNext) -> Ptr {
    let vm = Vm::get();
    match f(vm, value(a)) {
        Ok(Some(v)) => to_c(v),
        Ok(None) => std::ptr::null_mut(),
        Err(raised) => Err::<Value, _>(raised).into_c(vm),
    }
}

extern "C" fn descr_get(descr: Ptr, instance: Ptr, owner: Ptr, f: DescrGet) -> Ptr {
    let vm = Vm::get();
    // SAFETY: C passes live objects.
    unsafe {
        if (*descr).ob_type == &raw mut super::PyMethodDescr_Type
            && !instance.is_null()
            && instance != crate::object::none_struct()
            && let Some(bound) = crate::bound::bind(descr, instance)
        {
            return bound;
        }
    }
    let instance = value_or_none(instance).filter(|v| !v.is_none());
    let owner = value_or_none(owner)
        .unwrap_or_else(|| instance.map_or(adder_vm::builtins::singletons::none(), |i| i.class().value()));
    f(vm, value(descr), instance, owner).into_c(vm)
}

extern "C" fn descr_set(descr: Ptr, instance: Ptr, v: Ptr, f: DescrSet) -> i32 {
    let vm = Vm::get();
    done(vm, f(vm, value(descr), value(instance), value_or_none(v)))
}

fn done(vm: &Vm, r: PyResult<()>) -> i32 {
    r.map(|()| 0).into_c(vm)
}

/// Calls `f` with the arguments of a tuple and of a dict, which may be null.
pub fn with_arguments<R>(
    vm: &Vm,
    args: Ptr,
    keywords: Ptr,
    f: impl FnOnce(Args) -> PyResult<R>,
) -> PyResult<R> {
    let positional = match value_or_none(args) {
        Some(t) => match t.downcast::<Tuple>() {
            Some(t) => t,
            None => raise!(vm, TypeError, "argument list must be a tuple"),
        },
        None => Tuple::empty(),
    };
    let keywords = match value_or_none(keywords) {
        Some(d) => match d.downcast::<Dict>() {
            Some(d) => Some(d).filter(|d| d.len() > 0),
            None => raise!(vm, TypeError, "keyword arguments must be a dict"),
        },
        None => None,
    };
    let Some(keywords) = keywords else { return f(Args::positional(positional.items())) };
    let names = keywords.keys_list(vm);
    for name in names.items() {
        if name.downcast::<Str>().is_none() {
            return Err(vm.type_error("keywords must be strings"));
        }
    }
    let n = positional.len();
    let values: Ref<Tuple> = Tuple::build(vm, n + names.len(), |i| {
        if i < n { Ok(positional.get(i)) } else { vm.get_item(keywords.value(), names.get(i - n)) }
    })?;
    f(NamedArgs::new(values.items(), Some(Tuple::from_slice(vm, names.items()))).args())
}

extern "C" fn init(this: Ptr, args: Ptr, keywords: Ptr, f: Init) -> i32 {
    let vm = Vm::get();
    let this = value(this);
    done(vm, with_arguments(vm, args, keywords, |args| f(vm, this, args)))
}

extern "C" fn new(class: *mut PyTypeObject, args: Ptr, keywords: Ptr, f: New) -> Ptr {
    let vm = Vm::get();
    let class = subtype(class);
    with_arguments(vm, args, keywords, |args| f(vm, class, args)).into_c(vm)
}

extern "C" fn call(this: Ptr, args: Ptr, keywords: Ptr, f: Call) -> Ptr {
    let vm = Vm::get();
    // SAFETY: C passes live objects, the arguments as a tuple.
    unsafe {
        if !args.is_null() && super::calls::makes_instances(this) && !vm.near_native_limit() {
            return super::calls::type_call(this as *mut PyTypeObject, args, keywords);
        }
    }
    let this = value(this);
    with_arguments(vm, args, keywords, |args| f(vm, this, args)).into_c(vm)
}

extern "C" fn getattro(this: Ptr, attribute: Ptr, f: GetAttr) -> Ptr {
    let vm = Vm::get();
    let this = value(this);
    crate::object::name(vm, Arg(attribute))
        .and_then(|n| match f(vm, this, n)? {
            Some(v) => Ok(v),
            None => Err(vm.no_attribute(this, n)),
        })
        .into_c(vm)
}

extern "C" fn setattro(this: Ptr, attribute: Ptr, v: Ptr, f: SetAttr) -> i32 {
    let vm = Vm::get();
    let this = value(this);
    done(vm, crate::object::name(vm, Arg(attribute)).and_then(|n| f(vm, this, n, value_or_none(v))))
}

extern "C" fn finalize(this: Ptr, f: Finalize) {
    let vm = Vm::get();
    pyerrors::keeping(|| f(vm, value(this)));
}

extern "C" fn size_arg(this: Ptr, n: isize, f: SizeArg) -> Ptr {
    let vm = Vm::get();
    f(vm, value(this), n).into_c(vm)
}

extern "C" fn size_obj_arg(this: Ptr, n: isize, v: Ptr, f: SizeObjArg) -> i32 {
    let vm = Vm::get();
    done(vm, f(vm, value(this), n, value_or_none(v)))
}

extern "C" fn obj_obj_arg(this: Ptr, key: Ptr, v: Ptr, f: ObjObjArg) -> i32 {
    let vm = Vm::get();
    let r = done(vm, f(vm, value(this), value(key), value_or_none(v)));
    // SAFETY: C passes a live object.
    unsafe { note_changed(this) };
    r
}

extern "C" fn contains(this: Ptr, item: Ptr, f: Contains) -> i32 {
    let vm = Vm::get();
    f(vm, value(this), value(item)).into_c(vm)
}

/// A method of the VM as a C function with keywords: what `ml_meth` of its descriptor is.
pub fn export_method(def: &'static MethodDef) -> PyCFunction {
    let f = thunk(3, def as *const MethodDef as usize, method as *const () as usize);
    // SAFETY: C calls it with the convention that the definition's flags say.
    unsafe { std::mem::transmute::<usize, PyCFunction>(f) }
}

extern "C" fn method(this: Ptr, args: Ptr, keywords: Ptr, def: &'static MethodDef) -> Ptr {
    let vm = Vm::get();
    let receiver = match def.kind {
        MethodKind::Instance | MethodKind::Class => value_or_none(this),
        MethodKind::Static | MethodKind::Function => None,
    };
    let result = with_arguments(vm, args, keywords, |args| match receiver {
        Some(r) => vm.with_prepended(r, args, |args| (def.func)(vm, def, args)),
        None => (def.func)(vm, def, args),
    });
    // SAFETY: C passes a live object or null.
    unsafe { note_changed(this) };
    result.into_c(vm)
}
