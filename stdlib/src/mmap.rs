//! `mmap`: files and anonymous memory seen as mutable bytes.
//!
//! The mapping is owned by an `Rc` that buffers share: it stays mapped until the last of them is gone, and
//! while there is one, it is neither closed nor resized.

use crate::arguments::{bind, params};
use crate::os_support::*;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::buffer::{Buffer, Layout};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::sequence::{Bounds, is_index};
use adder_vm::builtins::slice_::Slice;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use libc::c_int;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const CONSTANTS: &[(&str, i64)] = &[
    ("ACCESS_COPY", 3),
    ("ACCESS_DEFAULT", 0),
    ("ACCESS_READ", 1),
    ("ACCESS_WRITE", 2),
    ("MADV_DODUMP", 17),
    ("MADV_DOFORK", 11),
    ("MADV_DONTDUMP", 16),
    ("MADV_DONTFORK", 10),
    ("MADV_DONTNEED", 4),
    ("MADV_FREE", 8),
    ("MADV_HUGEPAGE", 14),
    ("MADV_HWPOISON", 100),
    ("MADV_MERGEABLE", 12),
    ("MADV_NOHUGEPAGE", 15),
    ("MADV_NORMAL", 0),
    ("MADV_RANDOM", 1),
    ("MADV_REMOVE", 9),
    ("MADV_SEQUENTIAL", 2),
    ("MADV_UNMERGEABLE", 13),
    ("MADV_WILLNEED", 3),
    ("MAP_32BIT", 64),
    ("MAP_ANON", 32),
    ("MAP_ANONYMOUS", 32),
    ("MAP_DENYWRITE", 2048),
    ("MAP_EXECUTABLE", 4096),
    ("MAP_NORESERVE", 16384),
    ("MAP_POPULATE", 32768),
    ("MAP_PRIVATE", 2),
    ("MAP_SHARED", 1),
    ("MAP_STACK", 131072),
    ("PROT_EXEC", 4),
    ("PROT_READ", 1),
    ("PROT_WRITE", 2),
];

const ACCESS_READ: c_int = 1;
const ACCESS_WRITE: c_int = 2;
const ACCESS_COPY: c_int = 3;

/// One mapping.
struct Map {
    start: *mut u8,
    len: usize,
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: nobody else has the mapping any more.
        unsafe { libc::munmap(self.start.cast(), self.len) };
    }
}

/// Maps a file or anonymous memory, or (outside Unix) a file.
#[pyclass(name = "mmap", module = "mmap", flags = def::BASE, signature = "(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE | PROT_READ, access=ACCESS_DEFAULT, offset=0, *, trackfd=True)")]
#[repr(C)]
pub struct Mmap {
    h: LongHeader,
    map: RefCell<Option<Rc<Map>>>,
    pos: Cell<usize>,
    /// The descriptor of the file, duplicated; -1: none.
    fd: Cell<c_int>,
    offset: Cell<i64>,
    access: Cell<c_int>,
    tracks_fd: Cell<bool>,
}

const NEW: Params = Params {
    kw_only: 1,
    ..params("mmap", &["fileno", "length", "flags", "prot", "access", "offset", "trackfd"], 0, 6, 2)
};

fn own(v: Value) -> Ref<Mmap> {
    v.downcast::<Mmap>().expect("the receiver is a mmap")
}

impl Mmap {
    fn map(&self, vm: &Vm) -> PyResult<Rc<Map>> {
        match &*self.map.borrow() {
            Some(m) => Ok(m.clone()),
            None => Err(vm.value_error("mmap closed or invalid")),
        }
    }

    /// The bytes. Not to be held across anything that may close the mapping.
    // The bytes are the mapped file's, not the object's.
    #[allow(clippy::mut_from_ref)]
    fn bytes(&self, vm: &Vm) -> PyResult<&mut [u8]> {
        let m = self.map(vm)?;
        // SAFETY: the mapping has this length and is closed by nobody before the caller returns.
        Ok(unsafe { std::slice::from_raw_parts_mut(m.start, m.len) })
    }

    fn len(&self, vm: &Vm) -> PyResult<usize> {
        Ok(self.map(vm)?.len)
    }

    fn check_writable(&self, vm: &Vm) -> PyResult<()> {
        if self.access.get() == ACCESS_READ {
            return Err(vm.type_error("mmap can't modify a readonly memory map."));
        }
        Ok(())
    }

    fn check_exports(&self, vm: &Vm, what: &str) -> PyResult<()> {
        match &*self.map.borrow() {
            Some(m) if Rc::strong_count(m) > 1 => Err(vm.buffer_error(what)),
            _ => Ok(()),
        }
    }

    fn end(&self) {
        *self.map.borrow_mut() = None;
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // SAFETY: the duplicate is this object's own.
            unsafe { libc::close(fd) };
        }
    }

    /// Position of bytes between two optional bounds.
    fn search(&self, vm: &Vm, args: [Option<Value>; 3], backwards: bool) -> PyResult<i64> {
        let what = vm.bytes_like(args[0].expect("a required argument is bound"))?.to_vec();
        let number = |v: Option<Value>, default: isize| match v.filter(|v| !v.is_none()) {
            Some(v) => vm.index_isize(v),
            None => Ok(default),
        };
        let bytes = self.bytes(vm)?;
        let n = bytes.len() as isize;
        let start = number(args[1], if backwards { 0 } else { self.pos.get() as isize })?;
        let end = number(args[2], n)?;
        let clamp = |i: isize| (if i < 0 { (i + n).max(0) } else { i.min(n) }) as usize;
        let (start, end) = (clamp(start), clamp(end));
        if start > end || end - start < what.len() {
            return Ok(-1);
        }
        let area = &bytes[start..end];
        let found = if what.is_empty() {
            Some(if backwards { area.len() } else { 0 })
        } else if backwards {
            area.windows(what.len()).rposition(|w| w == what)
        } else {
            area.windows(what.len()).position(|w| w == what)
        };
        Ok(found.map_or(-1, |i| (start + i) as i64))
    }

    fn index(&self, vm: &Vm, v: Value) -> PyResult<usize> {
        let n = self.len(vm)? as isize;
        let i = vm.index_isize(v)?;
        let i = if i < 0 { i + n } else { i };
        if i < 0 || i >= n { Err(vm.index_error("mmap index out of range")) } else { Ok(i as usize) }
    }
}

fn byte(vm: &Vm, v: Value) -> PyResult<u8> {
    if v.class().slots().nb_index.is_none() {
        raise!(vm, TypeError, "an integer is required (got type {})", v.class().name())
    }
    match u8::try_from(vm.index_i128(v)?) {
        Ok(b) => Ok(b),
        Err(_) => Err(vm.value_error("mmap item value must be in range(0, 256)")),
    }
}

#[pymethods]
impl Mmap {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let given = bind::<7>(vm, &NEW, args)?;
        let number = |i: usize, default: i128| match given[i] {
            Some(v) => vm.index_i128(v),
            None => Ok(default),
        };
        let int = |n: i128| {
            c_int::try_from(n).map_err(|_| vm.overflow_error("Python int too large to convert to C int"))
        };
        let fd = int(number(0, 0)?)?;
        let size = number(1, 0)?;
        let (mut flags, mut prot) = (int(number(2, 1)?)?, int(number(3, 3)?)?);
        let access = int(number(4, 0)?)?;
        let offset = number(5, 0)?;
        let track = match given[6] {
            Some(v) => vm.truth(v)?,
            None => true,
        };
        if size < 0 {
            return Err(vm.overflow_error("memory mapped length must be positive"));
        }
        if offset < 0 {
            return Err(vm.overflow_error("memory mapped offset must be positive"));
        }
        let (Ok(mut size), Ok(offset)) = (isize::try_from(size), i64::try_from(offset)) else {
            return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
        };
        if access != 0 && (given[2].is_some() || given[3].is_some()) {
            return Err(vm.value_error("mmap can't specify both access and flags, prot."));
        }
        match access {
            0 => {}
            ACCESS_READ => (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ),
            ACCESS_WRITE => (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ | libc::PROT_WRITE),
            ACCESS_COPY => (flags, prot) = (libc::MAP_PRIVATE, libc::PROT_READ | libc::PROT_WRITE),
            _ => return Err(vm.value_error("mmap invalid access parameter.")),
        }
        let access = match (access, prot & libc::PROT_READ != 0, prot & libc::PROT_WRITE != 0) {
            (0, true, true) => 0,
            (0, _, true) => ACCESS_WRITE,
            (0, _, false) => ACCESS_READ,
            (a, _, _) => a,
        };
        if fd != -1 {
            // SAFETY: plain data, filled by the call.
            let mut st: libc::stat = unsafe { std::mem::zeroed() };
            // If it fails, the calls below say what is wrong with the descriptor.
            let found = unsafe { libc::fstat(fd, &mut st) } == 0;
            if found && st.st_mode & libc::S_IFMT == libc::S_IFREG {
                if size == 0 {
                    if st.st_size == 0 {
                        return Err(vm.value_error("cannot mmap an empty file"));
                    }
                    if offset >= st.st_size {
                        return Err(vm.value_error("mmap offset is greater than file size"));
                    }
                    size = (st.st_size - offset) as isize;
                } else if offset > st.st_size || st.st_size - offset < size as i64 {
                    return Err(vm.value_error("mmap length is greater than file size"));
                }
            }
        }
        let mut own_fd = -1;
        if fd == -1 {
            flags |= libc::MAP_ANONYMOUS;
        } else if track {
            // SAFETY: no pointers.
            own_fd = quick(vm, unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) } as i64)? as c_int;
        }
        let (p, e) = vm.allow_threads(|| {
            // SAFETY: a new mapping at a place of the system's choice.
            let p = unsafe { libc::mmap(std::ptr::null_mut(), size as usize, prot, flags, fd, offset) };
            (p, last_errno())
        });
        if p == libc::MAP_FAILED {
            if own_fd >= 0 {
                // SAFETY: the duplicate is ours.
                unsafe { libc::close(own_fd) };
            }
            return Err(vm.os_error(e, None));
        }
        let map = Rc::new(Map { start: p.cast(), len: size as usize });
        let m = Mmap {
            h: LongHeader::new(),
            map: RefCell::new(Some(map)),
            pos: Cell::new(0),
            fd: Cell::new(own_fd),
            offset: Cell::new(offset),
            access: Cell::new(access),
            tracks_fd: Cell::new(fd == -1 || track),
        };
        let m = vm.new_instance(class, m)?;
        adder_heap::register_finalizer(m.value());
        Ok(m.value())
    }

    #[slot(tp_finalize)]
    fn finalize(_: &Vm, this: Value) {
        own(this).end();
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let m = own(this);
        let name = this.class().full_name(vm);
        let Some(map) = m.map.borrow().clone() else {
            return Ok(vm.new_str(&format!("<{name} closed=True>")));
        };
        let access = match m.access.get() {
            ACCESS_READ => "ACCESS_READ",
            ACCESS_WRITE => "ACCESS_WRITE",
            ACCESS_COPY => "ACCESS_COPY",
            _ => "ACCESS_DEFAULT",
        };
        Ok(vm.new_str(&format!(
            "<{name} closed=False, access={access}, length={}, pos={}, offset={}>",
            map.len,
            m.pos.get(),
            m.offset.get()
        )))
    }

    #[slot(mp_length)]
    fn length(vm: &Vm, this: Value) -> PyResult<usize> {
        own(this).len(vm)
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let m = own(this);
        m.map(vm)?;
        if is_index(key) {
            let i = m.index(vm, key)?;
            return Ok(vm.int(m.bytes(vm)?[i] as i64));
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(vm.type_error("mmap indices must be integers"));
        };
        let bounds = Bounds::of(vm, slice)?;
        let bytes = m.bytes(vm)?;
        let span = bounds.adjust(bytes.len());
        let out: Vec<u8> = (0..span.len).map(|i| bytes[span.at(i)]).collect();
        vm.new_bytes(&out)
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        let m = own(this);
        m.map(vm)?;
        m.check_writable(vm)?;
        if is_index(key) {
            let i = m.index(vm, key)?;
            let Some(v) = value else {
                return Err(vm.type_error("mmap doesn't support item deletion"));
            };
            if v.class().slots().nb_index.is_none() {
                return Err(vm.type_error("mmap item value must be an int"));
            }
            let b = byte(vm, v)?;
            m.bytes(vm)?[i] = b;
            return Ok(());
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(vm.type_error("mmap indices must be integers"));
        };
        let Some(v) = value else {
            return Err(vm.type_error("mmap object doesn't support slice deletion"));
        };
        let bounds = Bounds::of(vm, slice)?;
        let data = vm.bytes_like(v)?.to_vec();
        let bytes = m.bytes(vm)?;
        let span = bounds.adjust(bytes.len());
        if data.len() != span.len {
            return Err(vm.index_error("mmap slice assignment is wrong size"));
        }
        for (i, b) in data.iter().enumerate() {
            bytes[span.at(i)] = *b;
        }
        Ok(())
    }

    #[slot(sq_item)]
    fn item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        let m = own(this);
        let bytes = m.bytes(vm)?;
        match usize::try_from(i).ok().and_then(|i| bytes.get(i)) {
            Some(b) => vm.new_bytes(&[*b]),
            None => Err(vm.index_error("mmap index out of range")),
        }
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
        let m = own(this);
        let map = m.map(vm)?;
        let readonly = m.access.get() == ACCESS_READ;
        if readonly && wanted & adder_vm::builtins::buffer::flags::WRITABLE != 0 {
            return Err(vm.buffer_error("Object is not writable."));
        }
        Ok(Buffer::shared(this, map.start, Layout::of_bytes(map.len, readonly), map))
    }

    #[slot(bf_releasebuffer)]
    fn releasebuffer(_: &Vm, _: Value, buffer: &mut Buffer) {
        buffer.keep = None;
    }

    #[getter]
    fn closed(_: &Vm, this: Ref<Mmap>) -> bool {
        this.map.borrow().is_none()
    }

    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<Mmap>) -> PyResult<()> {
        this.check_exports(vm, "cannot close exported pointers exist")?;
        this.end();
        Ok(())
    }

    #[pymethod("($self, view, start=None, end=None, /)")]
    fn find(
        vm: &Vm,
        this: Ref<Mmap>,
        view: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> PyResult<i64> {
        this.search(vm, [Some(view), start, end], false)
    }

    #[pymethod("($self, view, start=None, end=None, /)")]
    fn rfind(
        vm: &Vm,
        this: Ref<Mmap>,
        view: Value,
        start: Option<Value>,
        end: Option<Value>,
    ) -> PyResult<i64> {
        let start = Some(start.unwrap_or(vm.int(this.pos.get() as i64)));
        this.search(vm, [Some(view), start, end], true)
    }

    #[pymethod("($self, offset=0, size=None, /)")]
    fn flush(vm: &Vm, this: Ref<Mmap>, offset: Option<isize>, size: Option<isize>) -> PyResult<()> {
        let map = this.map(vm)?;
        let offset = offset.unwrap_or(0);
        let size = size.unwrap_or(map.len as isize - offset);
        if offset < 0 || size < 0 || map.len as isize - offset < size {
            return Err(vm.value_error("flush values out of range"));
        }
        if matches!(this.access.get(), ACCESS_READ | ACCESS_COPY) {
            return Ok(());
        }
        let (p, n) = (map.start.wrapping_add(offset as usize), size as usize);
        // SAFETY: a part of the mapping.
        check(vm, || unsafe { libc::msync(p.cast(), n, libc::MS_SYNC) } as i64).map(drop)
    }

    #[pymethod("($self, option, start=0, length=None, /)")]
    fn madvise(
        vm: &Vm,
        this: Ref<Mmap>,
        option: i32,
        start: Option<isize>,
        length: Option<isize>,
    ) -> PyResult<()> {
        let map = this.map(vm)?;
        let start = start.unwrap_or(0);
        let length = length.unwrap_or(map.len as isize);
        if start < 0 || start as usize >= map.len {
            return Err(vm.value_error("madvise start out of bounds"));
        }
        if length < 0 {
            return Err(vm.value_error("madvise length invalid"));
        }
        if isize::MAX - start < length {
            return Err(vm.overflow_error("madvise length too large"));
        }
        let n = (length as usize).min(map.len - start as usize);
        let p = map.start.wrapping_add(start as usize);
        // SAFETY: a part of the mapping.
        quick(vm, unsafe { libc::madvise(p.cast(), n, option) } as i64).map(drop)
    }

    #[pymethod(name = "move", "($self, dest, src, count, /)")]
    fn move_(vm: &Vm, this: Ref<Mmap>, dest: isize, src: isize, count: isize) -> PyResult<()> {
        let bytes = this.bytes(vm)?;
        this.check_writable(vm)?;
        let n = bytes.len() as isize;
        if dest < 0 || src < 0 || count < 0 || n - dest < count || n - src < count {
            return Err(vm.value_error("source, destination, or count out of range"));
        }
        bytes.copy_within(src as usize..(src + count) as usize, dest as usize);
        Ok(())
    }

    #[pymethod("($self, n=None, /)")]
    fn read(vm: &Vm, this: Ref<Mmap>, n: Option<Value>) -> PyResult<Value> {
        let bytes = this.bytes(vm)?;
        let left = bytes.len().saturating_sub(this.pos.get());
        let n = match n.filter(|n| !n.is_none()) {
            Some(n) => match vm.index_isize(n)? {
                n if n < 0 => left,
                n => left.min(n as usize),
            },
            None => left,
        };
        let start = this.pos.get();
        let data = vm.new_bytes(&bytes[start.min(bytes.len())..][..n])?;
        this.pos.set(start + n);
        Ok(data)
    }

    #[pymethod("($self, /)")]
    fn read_byte(vm: &Vm, this: Ref<Mmap>) -> PyResult<i64> {
        match this.bytes(vm)?.get(this.pos.get()) {
            Some(b) => {
                this.pos.set(this.pos.get() + 1);
                Ok(*b as i64)
            }
            None => Err(vm.value_error("read byte out of range")),
        }
    }

    #[pymethod("($self, /)")]
    fn readline(vm: &Vm, this: Ref<Mmap>) -> PyResult<Value> {
        let bytes = this.bytes(vm)?;
        let rest = &bytes[this.pos.get().min(bytes.len())..];
        let n = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |i| i + 1);
        let line = vm.new_bytes(&rest[..n])?;
        this.pos.set(this.pos.get() + n);
        Ok(line)
    }

    #[pymethod("($self, newsize, /)")]
    fn resize(vm: &Vm, this: Ref<Mmap>, newsize: isize) -> PyResult<()> {
        let map = this.map(vm)?;
        let (start, old) = (map.start, map.len);
        drop(map);
        this.check_exports(vm, "mmap can't resize with extant buffers exported.")?;
        if !this.tracks_fd.get() {
            return Err(vm.value_error("mmap can't resize with trackfd=False."));
        }
        if !matches!(this.access.get(), 0 | ACCESS_WRITE) {
            return Err(vm.type_error("mmap can't resize a readonly or copy-on-write memory map."));
        }
        if newsize < 0 || i64::MAX - (newsize as i64) < this.offset.get() {
            return Err(vm.value_error("new size out of range"));
        }
        if this.fd.get() >= 0 {
            let size = this.offset.get() + newsize as i64;
            // SAFETY: no pointers.
            quick(vm, unsafe { libc::ftruncate(this.fd.get(), size) } as i64)?;
        }
        // SAFETY: the mapping is this object's alone.
        let p = unsafe { libc::mremap(start.cast(), old, newsize as usize, libc::MREMAP_MAYMOVE) };
        if p == libc::MAP_FAILED {
            return Err(vm.last_os_error());
        }
        let new = Rc::new(Map { start: p.cast(), len: newsize as usize });
        if let Some(old) = this.map.borrow_mut().replace(new) {
            // The system has moved it: it must not be unmapped.
            std::mem::forget(old);
        }
        Ok(())
    }

    #[pymethod("($self, pos, whence=0, /)")]
    fn seek(vm: &Vm, this: Ref<Mmap>, pos: isize, whence: Option<i32>) -> PyResult<usize> {
        let n = this.len(vm)? as isize;
        let base = match whence.unwrap_or(0) {
            0 => 0,
            1 => this.pos.get() as isize,
            2 => n,
            _ => return Err(vm.value_error("unknown seek type")),
        };
        match base.checked_add(pos) {
            Some(to) if (0..=n).contains(&to) => {
                this.pos.set(to as usize);
                Ok(to as usize)
            }
            _ => Err(vm.value_error("seek out of range")),
        }
    }

    #[pymethod("($self, /)")]
    fn seekable(_: &Vm, _this: Ref<Mmap>) -> bool {
        true
    }

    #[pymethod("($self, /)")]
    fn size(vm: &Vm, this: Ref<Mmap>) -> PyResult<i64> {
        let n = this.len(vm)? as i64;
        if this.fd.get() >= 0 {
            // SAFETY: plain data, filled by the call.
            let mut st: libc::stat = unsafe { std::mem::zeroed() };
            quick(vm, unsafe { libc::fstat(this.fd.get(), &mut st) } as i64)?;
            return Ok(st.st_size);
        }
        if !this.tracks_fd.get() {
            return Err(vm.value_error("can't get size with trackfd=False"));
        }
        Ok(n)
    }

    #[pymethod("($self, /)")]
    fn tell(vm: &Vm, this: Ref<Mmap>) -> PyResult<usize> {
        this.map(vm)?;
        Ok(this.pos.get())
    }

    #[pymethod("($self, bytes, /)")]
    fn write(vm: &Vm, this: Ref<Mmap>, bytes: Value) -> PyResult<usize> {
        this.map(vm)?;
        let data = vm.bytes_like(bytes)?.to_vec();
        this.check_writable(vm)?;
        let (to, at) = (this.bytes(vm)?, this.pos.get());
        if at > to.len() || to.len() - at < data.len() {
            return Err(vm.value_error("data out of range"));
        }
        to[at..at + data.len()].copy_from_slice(&data);
        this.pos.set(at + data.len());
        Ok(data.len())
    }

    #[pymethod("($self, byte, /)")]
    fn write_byte(vm: &Vm, this: Ref<Mmap>, value: Value) -> PyResult<()> {
        this.map(vm)?;
        this.check_writable(vm)?;
        let b = byte(vm, value)?;
        let (to, at) = (this.bytes(vm)?, this.pos.get());
        if at >= to.len() {
            return Err(vm.value_error("write byte out of range"));
        }
        to[at] = b;
        this.pos.set(at + 1);
        Ok(())
    }

    #[pymethod("($self, /)")]
    fn __enter__(vm: &Vm, this: Ref<Mmap>) -> PyResult<Value> {
        this.map(vm)?;
        Ok(this.value())
    }

    #[pymethod]
    fn __exit__(vm: &Vm, this: Ref<Mmap>, _args: Args) -> PyResult<()> {
        this.check_exports(vm, "cannot close exported pointers exist")?;
        this.end();
        Ok(())
    }

    #[pymethod("($self, /)")]
    fn __sizeof__(_: &Vm, _this: Ref<Mmap>) -> usize {
        std::mem::size_of::<Mmap>()
    }
}

#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod mmap {
    use super::*;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_constants(vm, m, CONSTANTS);
        // SAFETY: no pointers.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        m.dict().set_str(vm, "PAGESIZE", vm.int(page));
        m.dict().set_str(vm, "ALLOCATIONGRANULARITY", vm.int(page));
        m.dict().set_str(vm, "error", Exc::OSError.class().value());
        m.dict().set_str(vm, "mmap", ready_class::<Mmap>(vm).value());
        Ok(())
    }
}
