//! Buffers (`pybuffer.h`) and memoryviews (`memoryobject.h`).
//!
//! A `Py_buffer` that C gets of an object of the VM has in `internal` what keeps the memory and the
//! arrays of shape and strides; `PyBuffer_Release` gives it back. Objects of C types fill and release
//! the view with their own functions.

use crate::buffer_parts::{Parts, c_address};
use crate::ffi::types::*;
use crate::pyerrors;
use crate::pyobject::{Arg, Done, Owned, Ptr, from_c, look, to_c};
use crate::typeobject::{self, exports};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::buffer::{Base, Buffer, Layout, flags};
use adder_vm::builtins::bytearray::{ByteArray, Storage};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::memoryview::MemoryView;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::any::Any;
use std::borrow::Cow;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::rc::Rc;

/// What a view of an object of the VM keeps.
struct Held {
    parts: Parts,
    layout: Layout,
    keep: Option<Rc<dyn Any>>,
    /// The memoryview of a `__buffer__` written in Python, or the bytes object that is viewed.
    via: Owned,
    inside: Owned,
    internal: usize,
}

type GetBuffer = unsafe extern "C" fn(Ptr, *mut Py_buffer, c_int) -> c_int;
type ReleaseBuffer = unsafe extern "C" fn(Ptr, *mut Py_buffer);

/// The functions of a C exporter's type.
///
/// # Safety
/// `p` is a live object.
unsafe fn procs(p: Ptr) -> (Option<GetBuffer>, Option<ReleaseBuffer>) {
    let procs = (*(*p).ob_type).tp_as_buffer;
    if procs.is_null() { (None, None) } else { ((*procs).bf_getbuffer, (*procs).bf_releasebuffer) }
}

#[capi]
pub fn PyObject_CheckBuffer(_vm: &Vm, v: Arg) -> bool {
    // SAFETY: a live object.
    unsafe { procs(v.0) }.0.is_some() || v.class().slots().bf_getbuffer.is_some()
}

/// Whether views of an object must be given back, because its memory may move or end.
#[capi]
pub fn adder_releases_buffer(_vm: &Vm, v: Arg) -> bool {
    // SAFETY: a live object.
    match unsafe { procs(v.0) } {
        (Some(_), release) => release.is_some(),
        (None, _) => v.class().slots().bf_releasebuffer.is_some(),
    }
}

#[capi]
pub fn PyObject_GetBuffer(vm: &Vm, v: Arg, view: *mut Py_buffer, wanted: c_int) -> PyResult<i32> {
    // SAFETY: a live object, and a place for the view.
    if let Some(r) = unsafe { plain_view(vm, v.0, view, wanted) } {
        return r.map(|_| 0);
    }
    // SAFETY: a live object.
    if let (Some(get), _) = unsafe { procs(v.0) } {
        if wanted != flags::SIMPLE && (wanted == 0x100 || wanted == 0x200) {
            return Err(vm.system_error("bad argument to internal function"));
        }
        // SAFETY: the exporter's own function.
        return Ok(unsafe { get(v.0, view, wanted) });
    }
    let this = v.value();
    if this.class().slots().bf_getbuffer.is_none() {
        raise!(vm, TypeError, "a bytes-like object is required, not '{}'", this.class().name())
    }
    let get = this.class().slots().bf_getbuffer.expect("asked above");
    get_native(vm, get, this, view, wanted)?;
    Ok(0)
}

/// `internal` of views of bytearrays: their storage, with this mark.
const STORAGE: usize = 1;

/// The view of an exact bytes object or bytearray, which needs no arrays of its own.
unsafe fn plain_view(vm: &Vm, p: Ptr, view: *mut Py_buffer, wanted: c_int) -> Option<PyResult<Done>> {
    let class = (*p).ob_type;
    let (buf, len, readonly, internal) = if class == typeobject::bytes_type() {
        let b = p as *mut PyBytesObject;
        ((&raw mut (*b).ob_sval).cast(), (*b).ob_base.ob_size, 1, 0)
    } else if class == typeobject::bytearray_type() {
        let b = look(p).exact::<ByteArray>()?;
        let data = b.bytes_mut();
        let (data, len) = (data.as_mut_ptr(), data.len());
        (data.cast(), len as isize, 0, Rc::into_raw(b.storage()) as usize | STORAGE)
    } else {
        return None;
    };
    let r = fill_info(vm, view, Arg(p), buf, len, readonly, wanted);
    match &r {
        Ok(_) => (*view).internal = internal as *mut c_void,
        Err(_) if internal != 0 => drop(Rc::from_raw((internal - STORAGE) as *const Storage)),
        Err(_) => {}
    }
    Some(r)
}

/// Fills a view with the VM's function of the exporter.
pub fn get_native(
    vm: &Vm,
    get: adder_vm::builtins::buffer::GetBuffer,
    v: Value,
    view: *mut Py_buffer,
    wanted: c_int,
) -> PyResult<Done> {
    // SAFETY: the caller passes a place.
    unsafe {
        (*view).obj = std::ptr::null_mut();
        let buffer = get(vm, v, wanted)?;
        export(buffer, view, wanted);
    }
    Ok(Done)
}

/// `bf_releasebuffer` of exporters of the VM.
///
/// # Safety
/// The view was filled by `get_native`.
pub unsafe extern "C" fn give_back(_exporter: Ptr, view: *mut Py_buffer) {
    release_native(view)
}

/// Gives back what a view of an object of the VM keeps; nothing the second time.
///
/// # Safety
/// As `give_back`.
pub unsafe fn release_native(view: *mut Py_buffer) {
    let held = std::mem::replace(&mut (*view).internal, std::ptr::null_mut());
    if held.is_null() {
        return;
    }
    if held as usize & STORAGE != 0 {
        return drop(Rc::from_raw((held as usize - STORAGE) as *const Storage));
    }
    let Held { parts, layout, keep, via, inside, internal } = *Box::from_raw(held as *mut Held);
    let python_view = if via.0.is_null() { None } else { Some(from_c(via.0)) };
    let base = Base::Address((*view).buf.cast());
    let owner = Some(from_c((*view).obj));
    pyerrors::keeping(|| drop(Buffer { owner, base, layout, keep, via: python_view, internal }));
    drop((parts, inside, via));
}

/// Fills the view with a buffer of the VM, which it takes over.
///
/// # Safety
/// `view` is a place.
unsafe fn export(mut buffer: Buffer, view: *mut Py_buffer, wanted: c_int) {
    let inside = match buffer.base {
        Base::Inside(b, _) => Owned::new(b.value()),
        Base::Address(_) => Owned::NULL,
    };
    let buf = c_address(buffer.base, inside.0);
    let via = buffer.via.take().map_or(Owned::NULL, Owned::new);
    let owner = buffer.owner.take().map_or(std::ptr::null_mut(), to_c);
    let layout = buffer.layout.clone();
    let held = Box::new(Held {
        parts: Parts::new(&layout),
        layout,
        keep: buffer.keep.take(),
        via,
        inside,
        internal: buffer.internal,
    });
    held.parts.fill(&held.layout, view, wanted);
    if !flags::wants(wanted, flags::ND)
        && let Some(of) = Arg(owner).peek().exact::<MemoryView>()
        && let Ok(v) = MemoryView::view(Vm::get(), of)
    {
        // To C a plain view tells the size of items, although it has no shape.
        (*view).itemsize = v.layout.itemsize as isize;
    }
    (*view).buf = buf;
    (*view).obj = owner;
    (*view).internal = Box::into_raw(held).cast();
}

#[capi]
pub fn PyBuffer_Release(_vm: &Vm, view: *mut Py_buffer) {
    // SAFETY: the caller passes a view that was filled.
    unsafe {
        let p = (*view).obj;
        if p.is_null() {
            return;
        }
        match procs(p) {
            // Exporters defined in C have their own use of `internal`.
            (Some(get), release) if exports::word_of(get as *const () as usize).is_none() => {
                if let Some(release) = release {
                    release(p, view);
                }
            }
            _ => release_native(view),
        }
        (*view).obj = std::ptr::null_mut();
        drop(Owned(p));
    }
}

/// A view of plain bytes, for exporters.
#[capi]
pub fn PyBuffer_FillInfo(
    vm: &Vm,
    view: *mut Py_buffer,
    exporter: Arg,
    buf: *mut c_void,
    len: isize,
    readonly: c_int,
    wanted: c_int,
) -> PyResult<Done> {
    fill_info(vm, view, exporter, buf, len, readonly, wanted)
}

fn fill_info(
    vm: &Vm,
    view: *mut Py_buffer,
    exporter: Arg,
    buf: *mut c_void,
    len: isize,
    readonly: c_int,
    wanted: c_int,
) -> PyResult<Done> {
    if view.is_null() {
        return Err(vm.buffer_error("PyBuffer_FillInfo: view==NULL argument is obsolete"));
    }
    if wanted == 0x100 || wanted == 0x200 {
        return Err(vm.system_error("bad argument to internal function"));
    }
    if readonly != 0 && flags::wants(wanted, flags::WRITABLE) {
        return Err(vm.buffer_error("Object is not writable."));
    }
    // SAFETY: the caller passes a place; the view's arrays are in the view itself.
    unsafe {
        let v = &mut *view;
        v.obj = exporter.0;
        if !exporter.0.is_null() {
            crate::pyobject::incref(exporter.0);
        }
        v.buf = buf;
        v.len = len;
        v.readonly = readonly;
        v.itemsize = 1;
        v.format =
            if flags::wants(wanted, flags::FORMAT) { c"B".as_ptr().cast_mut() } else { std::ptr::null_mut() };
        v.ndim = 1;
        v.shape = if flags::wants(wanted, flags::ND) { &mut v.len } else { std::ptr::null_mut() };
        v.strides = if flags::wants(wanted, flags::STRIDES) { &mut v.itemsize } else { std::ptr::null_mut() };
        v.suboffsets = std::ptr::null_mut();
        v.internal = std::ptr::null_mut();
    }
    Ok(Done)
}

/// What a view says of its memory.
///
/// # Safety
/// `view` was filled.
pub unsafe fn layout_of(view: *const Py_buffer) -> Layout {
    let v = &*view;
    let n = v.ndim as usize;
    let format =
        if v.format.is_null() { b"B".to_vec() } else { CStr::from_ptr(v.format).to_bytes().to_vec() };
    let copy = |p: *mut isize| std::slice::from_raw_parts(p, n).to_vec();
    let shape = match v.shape.is_null() {
        true if n == 0 => vec![],
        true => vec![v.len.checked_div(v.itemsize).unwrap_or(0)],
        false => copy(v.shape),
    };
    let strides = match v.strides.is_null() {
        true => Layout::c_strides(&shape, v.itemsize as usize),
        false => copy(v.strides),
    };
    Layout {
        len: v.len as usize,
        itemsize: v.itemsize as usize,
        readonly: v.readonly != 0,
        format: Cow::Owned(format),
        shape,
        strides,
        suboffsets: if v.suboffsets.is_null() { vec![] } else { copy(v.suboffsets) },
    }
}

fn is_contiguous(layout: &Layout, order: u8) -> bool {
    match order {
        b'C' => layout.is_c_contiguous(),
        b'F' => layout.is_f_contiguous(),
        b'A' => layout.is_c_contiguous() || layout.is_f_contiguous(),
        _ => false,
    }
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyBuffer_IsContiguous(view: *const Py_buffer, order: c_char) -> c_int {
    if !(*view).suboffsets.is_null() {
        return 0;
    }
    if (*view).strides.is_null() && (*view).ndim <= 1 {
        return matches!(order as u8, b'C' | b'F' | b'A') as c_int;
    }
    is_contiguous(&layout_of(view), order as u8) as c_int
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyBuffer_GetPointer(view: *const Py_buffer, indices: *const isize) -> *mut c_void {
    let v = &*view;
    let mut p = v.buf.cast::<u8>();
    for i in 0..v.ndim as usize {
        p = p.offset(*v.strides.add(i) * *indices.add(i));
        if !v.suboffsets.is_null() && *v.suboffsets.add(i) >= 0 {
            p = (*p.cast::<*mut u8>()).offset(*v.suboffsets.add(i));
        }
    }
    p.cast()
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyBuffer_FillContiguousStrides(
    ndim: c_int,
    shape: *mut isize,
    strides: *mut isize,
    itemsize: c_int,
    order: c_char,
) {
    let n = ndim as usize;
    let mut step = itemsize as isize;
    for k in 0..n {
        let i = if order as u8 == b'F' { k } else { n - 1 - k };
        *strides.add(i) = step;
        step *= *shape.add(i);
    }
}

#[capi]
pub fn PyBuffer_SizeFromFormat(vm: &Vm, format: *const c_char) -> PyResult<isize> {
    let module = adder_vm::import::import_module(vm, "struct")?;
    // SAFETY: the caller passes a C string.
    let format = vm.new_str(&unsafe { text(format) });
    let n = vm.call_method(module, vm.intern_str("calcsize"), &[format])?;
    vm.index_isize(n)
}

#[capi]
pub fn PyBuffer_ToContiguous(
    vm: &Vm,
    to: *mut c_void,
    from: *const Py_buffer,
    len: isize,
    order: i32,
) -> PyResult<Done> {
    // SAFETY: the caller passes a filled view, and room for `len` bytes.
    unsafe {
        if len != (*from).len {
            raise!(vm, ValueError, "PyBuffer_ToContiguous: len != view->len")
        }
        let layout = layout_of(from);
        let fortran = order as u8 == b'F' || (order as u8 == b'A' && layout.is_f_contiguous());
        let mut all = Vec::with_capacity(layout.len);
        layout.gather((*from).buf.cast(), fortran, &mut all);
        std::ptr::copy_nonoverlapping(all.as_ptr(), to.cast(), all.len().min(len as usize));
    }
    Ok(Done)
}

#[capi]
pub fn PyBuffer_FromContiguous(
    _vm: &Vm,
    view: *const Py_buffer,
    from: *const c_void,
    len: isize,
    order: i32,
) -> PyResult<Done> {
    // SAFETY: the caller passes a filled view, and `len` bytes.
    unsafe {
        let layout = layout_of(view);
        let fortran = order as u8 == b'F';
        let (mut at, mut left) = (from.cast::<u8>(), len.min((*view).len).max(0) as usize);
        let size = layout.itemsize;
        layout.each((*view).buf.cast(), fortran, &mut |p| {
            if left >= size {
                std::ptr::copy_nonoverlapping(at, p, size);
                at = at.add(size);
                left -= size;
            }
        });
    }
    Ok(Done)
}

#[capi]
pub fn PyObject_CopyData(vm: &Vm, to: Arg, from: Arg) -> PyResult<Done> {
    let (to, from) = (to.value(), from.value());
    if !vm.has_buffer(to) || !vm.has_buffer(from) {
        raise!(vm, TypeError, "both destination and source must be bytes-like objects")
    }
    let to = vm.get_buffer(to, flags::FULL)?;
    let from = vm.get_buffer(from, flags::FULL_RO)?;
    if to.layout.len < from.layout.len {
        raise!(vm, BufferError, "destination is too small to receive data from source")
    }
    let mut all = Vec::with_capacity(from.layout.len);
    from.copy_to(&mut all);
    let size = from.layout.itemsize;
    let mut chunks = all.chunks_exact(size.max(1));
    to.layout.each(to.address(), false, &mut |p| {
        if let Some(c) = chunks.next() {
            // SAFETY: an item of the destination; items have one size (buffer-memory).
            unsafe { std::ptr::copy_nonoverlapping(c.as_ptr(), p, size) }
        }
    });
    Ok(Done)
}

// ---- memoryviews --------------------------------------------------------------------------------

#[capi]
pub fn PyMemoryView_FromObject(vm: &Vm, v: Arg) -> PyResult<Value> {
    Ok(MemoryView::of_object(vm, v.value())?.value())
}

/// A view of memory that nobody owns.
fn unowned(vm: &Vm, p: *mut c_void, layout: Layout) -> PyResult<Value> {
    let keep: Option<Rc<dyn Any>> = Some(Rc::new(()));
    let base = Base::Address(p.cast());
    let buffer = Buffer { owner: None, base, layout, keep, via: None, internal: 0 };
    Ok(MemoryView::of_buffer(vm, buffer)?.value())
}

const READ: i32 = 0x100;
const WRITE: i32 = 0x200;

#[capi]
pub fn PyMemoryView_FromMemory(vm: &Vm, p: *mut c_char, size: isize, how: i32) -> PyResult<Value> {
    unowned(vm, p.cast(), Layout::of_bytes(size as usize, how != WRITE))
}

#[capi]
pub fn PyMemoryView_FromBuffer(vm: &Vm, view: *const Py_buffer) -> PyResult<Value> {
    // SAFETY: the caller passes a filled view.
    unsafe {
        if (*view).buf.is_null() {
            raise!(vm, ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL")
        }
        unowned(vm, (*view).buf, layout_of(view))
    }
}

#[capi]
pub fn PyMemoryView_GetContiguous(vm: &Vm, v: Arg, how: i32, order: i32) -> PyResult<Value> {
    let order = order as u8;
    let mv = MemoryView::of_object(vm, v.value())?;
    let view = MemoryView::view(vm, mv)?;
    let layout = &view.layout;
    if how == WRITE && layout.readonly {
        return Err(vm.buffer_error("underlying buffer is not writable"));
    }
    if is_contiguous(layout, order) {
        return Ok(mv.value());
    }
    if how == WRITE {
        return Err(vm.buffer_error("writable contiguous buffer requested for a non-contiguous object."));
    }
    let fortran = order == b'F';
    let mut all = Vec::with_capacity(layout.len);
    layout.gather(view.base, fortran, &mut all);
    let mut new = (**layout).clone();
    new.strides = Layout::c_strides(&new.shape, new.itemsize);
    if fortran {
        let mut step = new.itemsize as isize;
        for (s, n) in new.strides.iter_mut().zip(&new.shape) {
            *s = step;
            step *= n;
        }
    }
    (new.suboffsets, new.readonly) = (vec![], true);
    let bytes = vm.new_bytes(&all)?;
    let Some(bytes): Option<Ref<Bytes>> = bytes.downcast() else { return Err(vm.memory_error()) };
    let _ = READ;
    Ok(MemoryView::of_buffer(vm, Buffer::inside(bytes, new))?.value())
}

// ---- functions of the time before Py_buffer -----------------------------------------------------

/// The memory of an object, which stays only by luck once the view is released.
fn borrow(vm: &Vm, v: Arg, wanted: i32, p: *mut *mut c_void, n: *mut isize) -> PyResult<Done> {
    // SAFETY: the view is filled and released; the caller passes places.
    unsafe {
        let mut view: Py_buffer = std::mem::zeroed();
        if PyObject_GetBuffer(v.0, &mut view, wanted) != 0 {
            return Err(pyerrors::from_indicator(vm));
        }
        *p = view.buf;
        *n = view.len;
        PyBuffer_Release(&mut view);
    }
    Ok(Done)
}

#[capi]
pub fn PyObject_AsCharBuffer(vm: &Vm, v: Arg, p: *mut *mut c_void, n: *mut isize) -> PyResult<Done> {
    borrow(vm, v, flags::SIMPLE, p, n)
}

#[capi]
pub fn PyObject_AsReadBuffer(vm: &Vm, v: Arg, p: *mut *mut c_void, n: *mut isize) -> PyResult<Done> {
    borrow(vm, v, flags::SIMPLE, p, n)
}

#[capi]
pub fn PyObject_AsWriteBuffer(vm: &Vm, v: Arg, p: *mut *mut c_void, n: *mut isize) -> PyResult<Done> {
    borrow(vm, v, flags::WRITABLE, p, n)
}

#[capi]
pub fn PyObject_CheckReadBuffer(vm: &Vm, v: Arg) -> bool {
    let (mut p, mut n) = (std::ptr::null_mut(), 0);
    match borrow(vm, v, flags::SIMPLE, &mut p, &mut n) {
        Ok(_) => true,
        Err(raised) => {
            let _ = vm.take_exception(raised);
            false
        }
    }
}
