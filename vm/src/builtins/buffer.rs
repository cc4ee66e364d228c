//! The buffer protocol: memory of one object seen by others.
//!
//! A `Buffer` is a view that its holder has right now; it lies on the stack, and dropping it gives the
//! view back. What holds a view for longer is a memoryview.
//!
//! Memory stays valid in one of three ways:
//! * bytes objects move, so a buffer remembers the object and the address is computed at each access
//!   (`Base::Inside`); on the stack the object is held in place by the conservative scan;
//! * memory of ours outside the heap (bytearrays, arrays, maps) is owned by an `Rc` that the buffer
//!   shares (`keep`), and the owner does not resize while it is not the only one who has it. So there
//!   is no count that a forgotten buffer could leave behind;
//! * memory of C objects stays until `bf_releasebuffer` is called, which dropping the buffer does.
//!
//! C consumers need an address for as long as they hold the view: for bytes the C layer gives them the
//! address of the object's C-side copy.

use crate::builtins::bytearray::{ByteArray, Storage};
use crate::builtins::bytes::Bytes;
use crate::builtins::exceptions::Exc;
use crate::builtins::memoryview::MemoryView;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use std::any::Any;
use std::borrow::Cow;
use std::ops::Deref;
use std::rc::Rc;

pub type GetBuffer = fn(&Vm, Value, i32) -> PyResult<Buffer>;
pub type ReleaseBuffer = fn(&Vm, Value, &mut Buffer);

/// What a consumer asks for; the values are CPython's `PyBUF_*`.
pub mod flags {
    pub const SIMPLE: i32 = 0;
    pub const WRITABLE: i32 = 1;
    pub const FORMAT: i32 = 4;
    pub const ND: i32 = 8;
    pub const STRIDES: i32 = 0x10 | ND;
    pub const C_CONTIGUOUS: i32 = 0x20 | STRIDES;
    pub const F_CONTIGUOUS: i32 = 0x40 | STRIDES;
    pub const ANY_CONTIGUOUS: i32 = 0x80 | STRIDES;
    pub const INDIRECT: i32 = 0x100 | STRIDES;
    pub const FULL: i32 = INDIRECT | WRITABLE | FORMAT;
    pub const FULL_RO: i32 = INDIRECT | FORMAT;

    /// All the bits of one of the above are set.
    pub fn wants(given: i32, flag: i32) -> bool {
        given & flag == flag
    }
}

/// Most dimensions a view can have.
pub const MAX_DIMS: usize = 64;

/// How memory is divided into items.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Bytes that the items have together.
    pub len: usize,
    pub itemsize: usize,
    pub readonly: bool,
    /// A format of the struct module.
    pub format: Cow<'static, [u8]>,
    /// One per dimension, as `strides`.
    pub shape: Vec<isize>,
    pub strides: Vec<isize>,
    /// Empty, or one per dimension: where it is not negative, the item is a pointer, to which it is added.
    pub suboffsets: Vec<isize>,
}

impl Layout {
    /// Contiguous unsigned bytes.
    pub fn of_bytes(len: usize, readonly: bool) -> Layout {
        Layout::contiguous(len, 1, Cow::Borrowed(b"B"), readonly)
    }

    /// One dimension of contiguous items; `len` in bytes.
    pub fn contiguous(len: usize, itemsize: usize, format: Cow<'static, [u8]>, readonly: bool) -> Layout {
        let n = len.checked_div(itemsize).unwrap_or(0) as isize;
        let (shape, strides) = (vec![n], vec![itemsize as isize]);
        Layout { len, itemsize, readonly, format, shape, strides, suboffsets: vec![] }
    }

    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Strides of C-contiguous items.
    pub fn c_strides(shape: &[isize], itemsize: usize) -> Vec<isize> {
        let mut strides = vec![0; shape.len()];
        let mut step = itemsize as isize;
        for (s, n) in strides.iter_mut().zip(shape).rev() {
            *s = step;
            step *= n;
        }
        strides
    }

    pub fn is_c_contiguous(&self) -> bool {
        if !self.suboffsets.is_empty() {
            return false;
        }
        if self.len == 0 {
            return true;
        }
        let mut step = self.itemsize as isize;
        for (n, s) in self.shape.iter().zip(&self.strides).rev() {
            if *n > 1 && *s != step {
                return false;
            }
            step *= n;
        }
        true
    }

    pub fn is_f_contiguous(&self) -> bool {
        if !self.suboffsets.is_empty() {
            return false;
        }
        if self.len == 0 {
            return true;
        }
        let mut step = self.itemsize as isize;
        for (n, s) in self.shape.iter().zip(&self.strides) {
            if *n > 1 && *s != step {
                return false;
            }
            step *= n;
        }
        true
    }

    /// Moves along one dimension.
    ///
    /// # Safety
    /// The address is that of an element of a view with this layout, and the index is in its bounds.
    pub unsafe fn step(&self, p: *mut u8, dim: usize, index: isize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe {
            let p = p.offset(self.strides[dim] * index);
            match self.suboffsets.get(dim) {
                Some(sub) if *sub >= 0 => (*p.cast::<*mut u8>()).offset(*sub),
                _ => p,
            }
        }
    }

    /// Calls with the address of each item, in C or Fortran order.
    pub fn each(&self, base: *mut u8, fortran: bool, f: &mut dyn FnMut(*mut u8)) {
        if self.shape.contains(&0) {
            return;
        }
        let n = self.ndim();
        let mut index = vec![0isize; n];
        loop {
            let mut p = base;
            for (dim, i) in index.iter().enumerate() {
                // SAFETY: the indices are below the shape (buffer-memory).
                p = unsafe { self.step(p, dim, *i) };
            }
            f(p);
            let mut done = true;
            for k in 0..n {
                let dim = if fortran { k } else { n - 1 - k };
                index[dim] += 1;
                if index[dim] < self.shape[dim] {
                    done = false;
                    break;
                }
                index[dim] = 0;
            }
            if done {
                return;
            }
        }
    }

    /// Appends the items of a view as contiguous bytes.
    pub fn gather(&self, base: *mut u8, fortran: bool, out: &mut Vec<u8>) {
        let contiguous = if fortran { self.is_f_contiguous() } else { self.is_c_contiguous() };
        if contiguous {
            // SAFETY: a contiguous view has `len` bytes (buffer-memory).
            out.extend_from_slice(unsafe { std::slice::from_raw_parts(base, self.len) });
            return;
        }
        let size = self.itemsize;
        self.each(base, fortran, &mut |p| {
            // SAFETY: each item has this size (buffer-memory).
            out.extend_from_slice(unsafe { std::slice::from_raw_parts(p, size) })
        });
    }
}

/// Where the memory is.
#[derive(Clone, Copy)]
pub enum Base {
    /// It does not move while the buffer is held.
    Address(*mut u8),
    /// At an offset in the data of a bytes object, which may move.
    Inside(Ref<Bytes>, usize),
}

impl Base {
    pub fn address(self) -> *mut u8 {
        match self {
            Base::Address(p) => p,
            Base::Inside(b, offset) => b.data_ptr().wrapping_add(offset) as *mut u8,
        }
    }
}

/// A view of an object's memory. Lies on the stack.
pub struct Buffer {
    /// The exporter, whose `bf_releasebuffer` is called in the end. None: released.
    pub owner: Option<Value>,
    pub base: Base,
    pub layout: Layout,
    /// Owns the memory together with the exporter.
    pub keep: Option<Rc<dyn Any>>,
    /// The memoryview that a `__buffer__` written in Python returned.
    pub via: Option<Value>,
    /// For exporters written in C.
    pub internal: usize,
}

impl Buffer {
    /// A view of a bytes object.
    pub fn inside(bytes: Ref<Bytes>, layout: Layout) -> Buffer {
        let base = Base::Inside(bytes, 0);
        Buffer { owner: Some(bytes.value()), base, layout, keep: None, via: None, internal: 0 }
    }

    /// A view of memory that `keep` owns.
    pub fn shared(owner: Value, address: *mut u8, layout: Layout, keep: Rc<dyn Any>) -> Buffer {
        let base = Base::Address(address);
        Buffer { owner: Some(owner), base, layout, keep: Some(keep), via: None, internal: 0 }
    }

    pub fn address(&self) -> *mut u8 {
        self.base.address()
    }

    /// The bytes of a C-contiguous view.
    pub fn as_slice(&self) -> Option<&[u8]> {
        if !self.layout.is_c_contiguous() {
            return None;
        }
        // SAFETY: a contiguous view has `len` bytes (buffer-memory).
        Some(unsafe { std::slice::from_raw_parts(self.address(), self.layout.len) })
    }

    /// Appends the items in C order.
    pub fn copy_to(&self, out: &mut Vec<u8>) {
        self.layout.gather(self.address(), false, out);
    }

    /// Gives the view back to its exporter.
    pub fn release(&mut self, vm: &Vm) {
        let Some(owner) = self.owner.take() else { return };
        if let Some(release) = owner.class().slots().bf_releasebuffer {
            release(vm, owner, self);
        }
        self.keep = None;
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.owner.is_some() {
            self.release(Vm::get());
        }
    }
}

/// Contiguous bytes of any object with a buffer, as long as this lives. Lies on the stack.
pub struct BytesLike {
    _held: Held,
    start: *const u8,
    len: usize,
}

#[allow(dead_code)] // The fields keep memory alive.
enum Held {
    Object(Value),
    Storage(Rc<Storage>),
    Buffer(Buffer),
}

impl Deref for BytesLike {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: what is held keeps the memory where it is (buffer-memory).
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

/// Writable contiguous bytes, as long as this lives. Lies on the stack.
pub struct BytesMut(Buffer);

impl BytesMut {
    pub fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the view is writable and contiguous (buffer-memory); the GIL keeps others out.
        unsafe { std::slice::from_raw_parts_mut(self.0.address(), self.0.layout.len) }
    }
}

impl Vm {
    /// `PyObject_GetBuffer`
    pub fn get_buffer(&self, v: Value, wanted: i32) -> PyResult<Buffer> {
        match v.class().slots().bf_getbuffer {
            Some(get) => get(self, v, wanted),
            None => raise!(self, TypeError, "a bytes-like object is required, not '{}'", v.class().name()),
        }
    }

    pub fn buffer_error(&self, message: &str) -> crate::error::Raised {
        self.error(Exc::BufferError, message)
    }

    /// The bytes of an object with a contiguous buffer (`y*` of PyArg_Parse).
    pub fn bytes_like(&self, v: Value) -> PyResult<BytesLike> {
        if let Some(b) = v.exact::<Bytes>() {
            return Ok(BytesLike { start: b.data_ptr(), len: b.len(), _held: Held::Object(v) });
        }
        if let Some(b) = v.exact::<ByteArray>() {
            let storage = b.storage();
            let s = b.as_bytes();
            return Ok(BytesLike { start: s.as_ptr(), len: s.len(), _held: Held::Storage(storage) });
        }
        let buffer = self.get_buffer(v, flags::SIMPLE)?;
        if !buffer.layout.is_c_contiguous() {
            raise!(self, BufferError, "memoryview: underlying buffer is not C-contiguous")
        }
        Ok(BytesLike { start: buffer.address(), len: buffer.layout.len, _held: Held::Buffer(buffer) })
    }

    /// The writable bytes of an object with a contiguous buffer (`w*` of PyArg_Parse).
    pub fn bytes_mut(&self, v: Value) -> PyResult<BytesMut> {
        if v.class().slots().bf_getbuffer.is_none() {
            raise!(self, TypeError, "read-write bytes-like object expected, not {}", v.class().name())
        }
        let buffer = match self.get_buffer(v, flags::WRITABLE) {
            Ok(b) => b,
            Err(raised) => {
                self.swallow(raised, Exc::BufferError)?;
                raise!(self, TypeError, "read-write bytes-like object expected, not {}", v.class().name())
            }
        };
        if buffer.layout.readonly || !buffer.layout.is_c_contiguous() {
            raise!(self, TypeError, "read-write bytes-like object expected, not {}", v.class().name())
        }
        Ok(BytesMut(buffer))
    }

    /// Whether an object has a buffer.
    pub fn has_buffer(&self, v: Value) -> bool {
        v.class().slots().bf_getbuffer.is_some()
    }
}

/// The memoryview of a buffer, which it takes over.
pub fn memoryview_of(vm: &Vm, buffer: Buffer) -> PyResult<Value> {
    Ok(MemoryView::of_buffer(vm, buffer)?.value())
}

/// `obj.__release_buffer__(view)` from Python.
pub fn release_view(vm: &Vm, this: Value, view: Value) -> PyResult<()> {
    let Some(view) = view.downcast::<MemoryView>() else {
        raise!(vm, TypeError, "expected a memoryview object")
    };
    match MemoryView::exporter(view).0 {
        None => Err(vm.value_error("memoryview's buffer has already been released")),
        Some(owner) if owner != this => Err(vm.value_error("memoryview's buffer is not this object")),
        Some(_) => MemoryView::release_now(vm, view),
    }
}

/// The flags that `__buffer__` was called with.
pub fn flags_argument(vm: &Vm, v: Value) -> PyResult<i32> {
    match i32::try_from(vm.int_to_i128(vm.index_value(v)?)) {
        Ok(flags) => Ok(flags),
        Err(_) => raise!(vm, OverflowError, "buffer flags out of range"),
    }
}

/// SystemError for flags of another function.
pub fn check_flags(vm: &Vm, wanted: i32) -> PyResult<()> {
    if wanted == 0x100 || wanted == 0x200 {
        return Err(vm.system_error("bad argument to internal function"));
    }
    Ok(())
}

/// The buffer of an object whose `__buffer__` is written in Python.
pub fn from_python(vm: &Vm, this: Value, view: Value, wanted: i32) -> PyResult<Buffer> {
    let Some(_) = view.downcast::<MemoryView>() else {
        raise!(vm, TypeError, "__buffer__ returned non-memoryview object")
    };
    let mut buffer = vm.get_buffer(view, wanted)?;
    buffer.owner = Some(this);
    buffer.via = Some(view);
    Ok(buffer)
}

/// Releases a view that Python code may have released already, or gone on to export.
fn release_inner(vm: &Vm, view: Value) {
    if let Some(view) = view.downcast::<MemoryView>()
        && let Err(raised) = MemoryView::release_now(vm, view)
    {
        vm.take_exception(raised);
    }
}

/// Calls the `__release_buffer__` written in Python.
pub fn release_to_python(vm: &Vm, this: Value, buffer: &mut Buffer) {
    // The exception that may be set belongs to somebody else.
    let pending = vm.fetch_exception();
    let view = match buffer.via.take() {
        // Its release comes back here.
        Some(view)
            if view.downcast::<MemoryView>().is_some_and(|v| MemoryView::exporter(v).0 == Some(this)) =>
        {
            buffer.keep = None;
            release_inner(vm, view);
            if let Some(exc) = pending {
                vm.set_exception(exc);
            }
            return;
        }
        Some(view) => Ok(view),
        None => {
            let copy = Buffer {
                owner: Some(this),
                base: buffer.base,
                layout: buffer.layout.clone(),
                keep: buffer.keep.clone(),
                via: None,
                internal: 0,
            };
            MemoryView::restricted(vm, copy).map(|v| v.value())
        }
    };
    match view {
        Ok(view) => {
            if let Err(raised) = vm.call_special(this, names().__release_buffer__, &[view]) {
                vm.unraisable(raised, "Exception ignored in __release_buffer__ of", this);
            }
            buffer.keep = None;
            release_inner(vm, view);
        }
        Err(raised) => vm.unraisable(raised, "Exception ignored in __release_buffer__ of", this),
    }
    buffer.keep = None;
    if let Some(exc) = pending {
        vm.set_exception(exc);
    }
}
