//! Fields of exceptions: those of the structs, and the functions that read and change them.
//!
//! The VM's object holds the truth; the struct is brought up to date whenever the exception crosses to C.
//! The struct's pointers are not counted, because the object keeps what they point to, and a counted
//! reference to a traceback would keep the exception itself alive through the frames. Only ints and
//! floats, which have a struct of their own for each crossing, are counted, and marked in a bitmap in
//! the padding after `suppress_context`.

use crate::ffi::types::*;
use crate::pyobject::{Arg, Done, Owned, Ptr, Steal, from_c, look, to_c, xdecref};
use crate::unicodeobject::text;
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::exceptions::fields::{AttributeError, NameError, StopIteration, SystemExit};
use adder_vm::builtins::exceptions::import_error::ImportError;
use adder_vm::builtins::exceptions::os_error::OSError;
use adder_vm::builtins::exceptions::syntax_error::SyntaxError;
use adder_vm::builtins::exceptions::{BaseException, Exc};
use adder_vm::builtins::float::Float;
use adder_vm::builtins::int::BigInt;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::traceback::Traceback;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_char;
use std::mem::offset_of;

/// The fields of kinds of exceptions begin here.
const KIND: usize = size_of::<PyBaseExceptionObject>();
/// Bit i: the word i of them is a counted reference.
const COUNTED: usize = offset_of!(PyBaseExceptionObject, suppress_context) + 2;
const _: () = assert!(COUNTED + 2 <= KIND && KIND == offset_of!(PySyntaxErrorObject, msg));
const _: () = assert!(KIND == offset_of!(PyStopIterationObject, value));
const _: () = assert!(KIND == offset_of!(PyOSErrorObject, myerrno));

/// Room for the struct of any exception.
pub const SIZE: usize = size_of::<PySyntaxErrorObject>();

/// The address of the object's struct.
fn uncounted(v: Value) -> Ptr {
    Owned::new(v).0
}

/// # Safety
/// `p` is the struct of an exception, made here with `SIZE` bytes.
unsafe fn put_kind(p: Ptr, i: usize, v: Option<Value>) {
    let place = p.cast::<u8>().add(KIND).cast::<Ptr>().add(i);
    let counted = p.cast::<u8>().add(COUNTED).cast::<u16>();
    let by_value =
        v.is_some_and(|v| v.is_small() || v.exact::<BigInt>().is_some() || v.exact::<Float>().is_some());
    let was = *counted & 1 << i != 0;
    if was {
        if let Some(v) = v
            && by_value
            && look(*place).same(v)
        {
            return;
        }
        xdecref(std::mem::replace(&mut *place, std::ptr::null_mut()));
        *counted &= !(1 << i);
    }
    match v {
        None => *place = std::ptr::null_mut(),
        Some(v) if by_value => {
            *place = to_c(v);
            *counted |= 1 << i;
        }
        Some(v) => *place = uncounted(v),
    }
}

/// How many exceptions are brought up to date, each because it is in a field of the one before.
static NESTED: GilCell<u32> = GilCell::new(0);

/// Causes and contexts can be many, and lead back to where they began: those further away than this wait
/// until they cross themselves.
const MOST_NESTED: u32 = 3;

/// Brings the struct up to date.
///
/// # Safety
/// `p` is the object's struct, made here.
pub unsafe fn refresh(v: Value, p: Ptr) {
    if *NESTED.get() == MOST_NESTED {
        return;
    }
    *NESTED.get() += 1;
    refresh_fields(v, p);
    *NESTED.get() -= 1;
}

unsafe fn refresh_fields(v: Value, p: Ptr) {
    let Some(e) = v.downcast::<BaseException>() else { return };
    let c = p as *mut PyBaseExceptionObject;
    let pointer = |v: Option<Value>| v.map_or(std::ptr::null_mut(), uncounted);
    (*c).args = uncounted(e.args.get().value());
    (*c).traceback = pointer(e.traceback.get());
    (*c).context = pointer(e.context.get().map(|e| e.value()));
    (*c).cause = pointer(e.cause.get().map(|e| e.value()));
    (*c).suppress_context = e.suppress_context.get() as c_char;
    refresh_kind(v, p);
}

/// What compiled code reads of an exception that is in the indicator: the traceback, what it is chained
/// with, and the value of a StopIteration. The other fields wait until C takes it.
///
/// # Safety
/// As `refresh`.
pub unsafe fn refresh_raised(v: Value, p: Ptr) {
    let Some(e) = v.downcast::<BaseException>() else { return };
    let c = p as *mut PyBaseExceptionObject;
    let pointer = |v: Option<Value>| v.map_or(std::ptr::null_mut(), uncounted);
    (*c).traceback = pointer(e.traceback.get());
    (*c).context = pointer(e.context.get().map(|e| e.value()));
    (*c).cause = pointer(e.cause.get().map(|e| e.value()));
    (*c).suppress_context = e.suppress_context.get() as c_char;
    if v.class().is_subclass_of(Exc::StopIteration.class()) {
        refresh_kind(v, p);
    }
}

unsafe fn refresh_kind(v: Value, p: Ptr) {
    let mut fields = [None; 9];
    let n = if let Some(e) = v.downcast::<StopIteration>() {
        fields[0] = Some(e.value.get());
        1
    } else if let Some(e) = v.downcast::<SystemExit>() {
        fields[0] = Some(e.code.get());
        1
    } else if let Some(e) = v.downcast::<OSError>() {
        (*(p as *mut PyOSErrorObject)).written = e.written.get() as isize;
        fields[..4].copy_from_slice(&[e.errno.get(), e.strerror.get(), e.filename.get(), e.filename2.get()]);
        4
    } else if let Some(e) = v.downcast::<ImportError>() {
        fields[..4].copy_from_slice(&[e.msg.get(), e.name.get(), e.path.get(), e.name_from.get()]);
        4
    } else if let Some(e) = v.downcast::<NameError>() {
        fields[0] = Some(e.name.get());
        1
    } else if let Some(e) = v.downcast::<AttributeError>() {
        fields[..2].copy_from_slice(&[Some(e.obj.get()), Some(e.name.get())]);
        2
    } else if let Some(e) = v.downcast::<SyntaxError>() {
        fields = [
            e.msg.get(),
            e.filename.get(),
            e.lineno.get(),
            e.offset.get(),
            e.end_lineno.get(),
            e.end_offset.get(),
            e.text.get(),
            e.print_file_and_line.get(),
            e.metadata.get(),
        ];
        9
    } else {
        0
    };
    for (i, field) in fields[..n].iter().enumerate() {
        put_kind(p, i, *field);
    }
}

/// Releases what the struct counts.
///
/// # Safety
/// `p` is the struct of an exception, made here, that dies.
pub unsafe fn free(p: Ptr) {
    let counted = *p.cast::<u8>().add(COUNTED).cast::<u16>();
    for i in 0..9 {
        if counted & 1 << i != 0 {
            xdecref(*p.cast::<u8>().add(KIND).cast::<Ptr>().add(i));
        }
    }
}

/// The exception, which the caller must pass.
fn exception(vm: &Vm, e: Arg) -> PyResult<Ref<BaseException>> {
    match e.value().downcast::<BaseException>() {
        Some(e) => Ok(e),
        None => raise!(vm, TypeError, "an exception is required"),
    }
}

fn optional(p: Arg) -> Option<Value> {
    if p.0.is_null() { None } else { Some(p.value()).filter(|v| !v.is_none()) }
}

/// A field was changed.
fn changed(e: Arg) {
    // SAFETY: a live exception.
    unsafe {
        if crate::pyobject::is_own(e.0) {
            refresh(e.peek(), e.0);
        }
    }
}

#[capi]
pub fn PyException_GetTraceback(vm: &Vm, e: Arg) -> PyResult<Owned> {
    Ok(exception(vm, e)?.traceback.get().map_or(Owned::NULL, Owned::new))
}

#[capi]
pub fn PyException_SetTraceback(vm: &Vm, e: Arg, tb: Arg) -> PyResult<Done> {
    let this = exception(vm, e)?;
    let tb = optional(tb);
    if tb.is_some_and(|t| !t.is::<Traceback>()) {
        raise!(vm, TypeError, "__traceback__ must be a traceback or None")
    }
    this.traceback.set(this, tb);
    changed(e);
    Ok(Done)
}

#[capi]
pub fn PyException_GetCause(vm: &Vm, e: Arg) -> PyResult<Owned> {
    Ok(exception(vm, e)?.cause.get().map_or(Owned::NULL, |c| Owned::new(c.value())))
}

#[capi]
pub fn PyException_SetCause(_vm: &Vm, e: Arg, cause: Steal) {
    if let Some(this) = e.value().downcast::<BaseException>() {
        let cause = optional(Arg(cause.0.0)).and_then(|c| c.downcast::<BaseException>());
        this.suppress_context.set(true);
        this.cause.set(this, cause);
        changed(e);
    }
}

#[capi]
pub fn PyException_GetContext(vm: &Vm, e: Arg) -> PyResult<Owned> {
    Ok(exception(vm, e)?.context.get().map_or(Owned::NULL, |c| Owned::new(c.value())))
}

#[capi]
pub fn PyException_SetContext(_vm: &Vm, e: Arg, context: Steal) {
    if let Some(this) = e.value().downcast::<BaseException>() {
        let context = optional(Arg(context.0.0)).and_then(|c| c.downcast::<BaseException>());
        this.context.set(this, context);
        changed(e);
    }
}

#[capi]
pub fn PyException_GetArgs(vm: &Vm, e: Arg) -> PyResult<Value> {
    Ok(exception(vm, e)?.args.get().value())
}

#[capi]
pub fn PyException_SetArgs(_vm: &Vm, e: Arg, args: Arg) {
    if let (Some(this), Some(args)) =
        (e.value().downcast::<BaseException>(), args.value().downcast::<Tuple>())
    {
        this.args.set(this, args);
        changed(e);
    }
}

#[capi]
pub fn PyExceptionClass_Name(_vm: &Vm, class: *mut PyTypeObject) -> *const c_char {
    // SAFETY: the caller passes a class.
    unsafe { (*class).tp_name }
}

// ---- Unicode errors -----------------------------------------------------------------------------

#[capi]
pub fn PyUnicodeDecodeError_Create(
    vm: &Vm,
    encoding: *const c_char,
    object: *const c_char,
    length: isize,
    start: isize,
    end: isize,
    reason: *const c_char,
) -> PyResult<Value> {
    // SAFETY: the caller passes C strings, and `length` bytes.
    let (encoding, bytes, reason) = unsafe {
        (text(encoding), std::slice::from_raw_parts(object.cast::<u8>(), length as usize), text(reason))
    };
    let bytes = vm.new_bytes(bytes)?;
    let class = Exc::UnicodeDecodeError.class().value();
    vm.call(
        class,
        &[vm.new_str(&encoding), bytes, vm.int(start as i64), vm.int(end as i64), vm.new_str(&reason)],
    )
}

/// The exception of this kind.
fn unicode_error(vm: &Vm, e: Arg, kind: Exc) -> PyResult<Value> {
    let e = e.value();
    let class: Ref<Type> = kind.class();
    if !e.class().is_subclass_of(class) {
        raise!(vm, TypeError, "expected UnicodeError, not {}", e.class().name())
    }
    Ok(e)
}

/// A field that is an object of the type T.
fn part<T: Object>(vm: &Vm, e: Arg, kind: Exc, name: &str) -> PyResult<Value> {
    let e = unicode_error(vm, e, kind)?;
    let v = vm.get_attr_str(e, name)?;
    if v.is_none() {
        raise!(vm, TypeError, "UnicodeError '{name}' attribute is not set")
    }
    if v.downcast::<T>().is_none() {
        let wanted = T::class().name();
        raise!(
            vm,
            TypeError,
            "UnicodeError '{name}' attribute must be a {}",
            if wanted == "str" { "string" } else { "bytes" }
        )
    }
    Ok(v)
}

/// A position, moved into the object: `start` below its length, `end` after at least one item.
fn position(vm: &Vm, e: Arg, kind: Exc, name: &str, place: *mut isize) -> PyResult<Done> {
    let this = unicode_error(vm, e, kind)?;
    let object = vm.get_attr_str(this, "object")?;
    let length = match (object.downcast::<Str>(), object.downcast::<Bytes>()) {
        (Some(s), _) => s.len() as isize,
        (_, Some(b)) => b.len() as isize,
        _ => raise!(vm, TypeError, "UnicodeError 'object' attribute is not set"),
    };
    let at = vm.index_isize(vm.get_attr_str(this, name)?)?;
    let at = if name == "start" { at.min(length - 1).max(0) } else { at.max(1).min(length) };
    // SAFETY: the caller passes a place.
    unsafe { *place = at };
    Ok(Done)
}

fn set_part(vm: &Vm, e: Arg, kind: Exc, name: &str, v: Value) -> PyResult<Done> {
    let this = unicode_error(vm, e, kind)?;
    vm.set_attr(this, vm.intern_str(name), v)?;
    Ok(Done)
}

macro_rules! unicode_errors {
    ($($kind:ident $object:ty: $get_object:ident $get_start:ident $set_start:ident $get_end:ident
        $set_end:ident $get_reason:ident $set_reason:ident;)*) => {$(
        #[capi]
        pub fn $get_object(vm: &Vm, e: Arg) -> PyResult<Value> {
            part::<$object>(vm, e, Exc::$kind, "object")
        }

        #[capi]
        pub fn $get_start(vm: &Vm, e: Arg, place: *mut isize) -> PyResult<Done> {
            position(vm, e, Exc::$kind, "start", place)
        }

        #[capi]
        pub fn $set_start(vm: &Vm, e: Arg, at: isize) -> PyResult<Done> {
            set_part(vm, e, Exc::$kind, "start", vm.int(at as i64))
        }

        #[capi]
        pub fn $get_end(vm: &Vm, e: Arg, place: *mut isize) -> PyResult<Done> {
            position(vm, e, Exc::$kind, "end", place)
        }

        #[capi]
        pub fn $set_end(vm: &Vm, e: Arg, at: isize) -> PyResult<Done> {
            set_part(vm, e, Exc::$kind, "end", vm.int(at as i64))
        }

        #[capi]
        pub fn $get_reason(vm: &Vm, e: Arg) -> PyResult<Value> {
            part::<Str>(vm, e, Exc::$kind, "reason")
        }

        #[capi]
        pub fn $set_reason(vm: &Vm, e: Arg, reason: *const c_char) -> PyResult<Done> {
            // SAFETY: the caller passes a C string.
            let reason = vm.new_str(&unsafe { text(reason) });
            set_part(vm, e, Exc::$kind, "reason", reason)
        }
    )*};
}

unicode_errors! {
    UnicodeEncodeError Str: PyUnicodeEncodeError_GetObject PyUnicodeEncodeError_GetStart
        PyUnicodeEncodeError_SetStart PyUnicodeEncodeError_GetEnd PyUnicodeEncodeError_SetEnd
        PyUnicodeEncodeError_GetReason PyUnicodeEncodeError_SetReason;
    UnicodeDecodeError Bytes: PyUnicodeDecodeError_GetObject PyUnicodeDecodeError_GetStart
        PyUnicodeDecodeError_SetStart PyUnicodeDecodeError_GetEnd PyUnicodeDecodeError_SetEnd
        PyUnicodeDecodeError_GetReason PyUnicodeDecodeError_SetReason;
    UnicodeTranslateError Str: PyUnicodeTranslateError_GetObject PyUnicodeTranslateError_GetStart
        PyUnicodeTranslateError_SetStart PyUnicodeTranslateError_GetEnd PyUnicodeTranslateError_SetEnd
        PyUnicodeTranslateError_GetReason PyUnicodeTranslateError_SetReason;
}

#[capi]
pub fn PyUnicodeEncodeError_GetEncoding(vm: &Vm, e: Arg) -> PyResult<Value> {
    part::<Str>(vm, e, Exc::UnicodeEncodeError, "encoding")
}

#[capi]
pub fn PyUnicodeDecodeError_GetEncoding(vm: &Vm, e: Arg) -> PyResult<Value> {
    part::<Str>(vm, e, Exc::UnicodeDecodeError, "encoding")
}

// ---- where a SyntaxError is ---------------------------------------------------------------------

/// A line of a file, None if it cannot be read.
fn line_of(file: &str, line: i32) -> Option<String> {
    let source = std::fs::read(file).ok()?;
    let text = String::from_utf8_lossy(&source);
    text.split_inclusive('\n').nth(usize::try_from(line).ok()?.checked_sub(1)?).map(str::to_string)
}

/// Sets the attributes of the exception that is set; what fails is left out.
fn syntax_location(vm: &Vm, file: Option<Value>, line: i32, offset: i32, end: Option<(i32, i32)>) {
    let p = crate::pyerrors::PyErr_GetRaisedException;
    // SAFETY: takes the indicator.
    let e = Owned(unsafe { p() });
    if e.0.is_null() {
        return;
    }
    // SAFETY: a live exception.
    let this = unsafe { from_c(e.0) };
    let number = |n: i32| if n < 0 { none() } else { vm.int(n as i64) };
    let text = file
        .and_then(|f| f.downcast::<Str>())
        .and_then(|f| line_of(&f.to_string(), line))
        .map_or(none(), |l| vm.new_str(&l));
    let is_syntax_error = this.class().is_subclass_of(Exc::SyntaxError.class());
    let mut parts = vec![("lineno", 0), ("offset", 1), ("end_lineno", 2), ("end_offset", 3)];
    parts.extend([("filename", 4), ("text", 5)]);
    if !is_syntax_error {
        parts.extend([("msg", 6), ("print_file_and_line", 7)]);
    }
    for (name, which) in parts {
        let v = match which {
            0 => vm.int(line as i64),
            1 => number(offset),
            2 => end.map_or(none(), |e| number(e.0)),
            3 => end.map_or(none(), |e| number(e.1)),
            4 => match file {
                Some(f) => f,
                None => continue,
            },
            5 => text,
            6 => vm.str(this).map_or(none(), |s| s.value()),
            _ => none(),
        };
        if let Err(raised) = vm.set_attr(this, vm.intern_str(name), v) {
            let _ = vm.take_exception(raised);
        }
    }
    // SAFETY: gives the reference back.
    unsafe { crate::pyerrors::PyErr_SetRaisedException(e.release()) };
}

#[capi]
pub fn PyErr_SyntaxLocationEx(vm: &Vm, file: *const c_char, line: i32, offset: i32) {
    // SAFETY: the caller passes a C string or NULL.
    let file = if file.is_null() { None } else { Some(vm.new_str(&unsafe { text(file) })) };
    syntax_location(vm, file, line, offset, None);
}

#[capi]
pub fn PyErr_SyntaxLocation(_vm: &Vm, file: *const c_char, line: i32) {
    // SAFETY: the same contract.
    unsafe { PyErr_SyntaxLocationEx(file, line, -1) };
}

#[capi]
pub fn PyErr_SyntaxLocationObject(vm: &Vm, file: Arg, line: i32, offset: i32) {
    syntax_location(vm, optional(file), line, offset, None);
}

#[capi]
pub fn PyErr_RangedSyntaxLocationObject(
    vm: &Vm,
    file: Arg,
    line: i32,
    offset: i32,
    end_line: i32,
    end_offset: i32,
) {
    syntax_location(vm, optional(file), line, offset, Some((end_line, end_offset)));
}

#[capi]
pub fn PyErr_ProgramText(vm: &Vm, file: *const c_char, line: i32) -> Owned {
    if file.is_null() {
        return Owned::NULL;
    }
    // SAFETY: the caller passes a C string.
    let found = line_of(&unsafe { text(file) }, line);
    found.map_or(Owned::NULL, |l| Owned::new(vm.new_str(&l)))
}

#[capi]
pub fn PyErr_ProgramTextObject(vm: &Vm, file: Arg, line: i32) -> Owned {
    let file = optional(file).and_then(|f| f.downcast::<Str>()).map(|f| f.to_string());
    let found = file.and_then(|f| line_of(&f, line));
    found.map_or(Owned::NULL, |l| Owned::new(vm.new_str(&l)))
}
