//! What the buffered streams have in common: the buffers, the lock, and everything but reading and
//! writing, which is in `reader.rs`, `writer.rs` and `random.rs`.
//!
//! Bytes read ahead are in `ahead[at..]`, bytes to be written in `pending`; at most one of both is not
//! empty. During a raw operation `pending` is taken out of the object, so that nothing else sees it.

use super::base::{BufferedIOBase, close_inner, is_closed, set_wrapped};
use super::fileio::FileIO;
use super::{blocking_error, send, unsupported};
use crate::_thread::raw_lock::{RawLock, acquire};
use adder_macros::{pyclass, pymethods};
use adder_vm::builtins::bytearray::ByteArray;
use adder_vm::builtins::memoryview::MemoryView;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// The common base of the buffered streams.
#[pyclass(name = "_Buffered", module = "_io", base = BufferedIOBase, flags = def::BASE)]
#[repr(C)]
pub struct Buffered {
    pub base: BufferedIOBase,
    /// None: not initialised or detached.
    pub raw: Field<Option<Value>>,
    pub ahead: RefCell<Vec<u8>>,
    pub at: Cell<usize>,
    pub pending: RefCell<Vec<u8>>,
    pub size: Cell<usize>,
    pub reads: Cell<bool>,
    pub writes: Cell<bool>,
    detached: Cell<bool>,
    lock: Arc<RawLock>,
    owner: Cell<u64>,
}

/// Releases the lock.
pub struct Entered {
    lock: Arc<RawLock>,
    this: Ref<Buffered>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.this.owner.set(0);
        self.lock.release();
    }
}

impl Buffered {
    pub fn blank(reads: bool, writes: bool) -> Buffered {
        Buffered {
            base: BufferedIOBase { base: super::base::IOBase::blank() },
            raw: Field::new(None),
            ahead: RefCell::new(vec![]),
            at: Cell::new(0),
            pending: RefCell::new(vec![]),
            size: Cell::new(0),
            reads: Cell::new(reads),
            writes: Cell::new(writes),
            detached: Cell::new(false),
            lock: Arc::new(RawLock::new()),
            owner: Cell::new(0),
        }
    }

    /// `__init__` of all of them.
    pub fn setup(vm: &Vm, this: Ref<Buffered>, raw: Value, size: Option<Value>) -> PyResult<()> {
        let size = match size {
            Some(s) => vm.index_isize(s)?,
            None => super::BUFFER_SIZE as isize,
        };
        if size <= 0 {
            return Err(vm.value_error("buffer size must be strictly positive"));
        }
        this.ahead.borrow_mut().clear();
        this.pending.borrow_mut().clear();
        this.at.set(0);
        this.size.set(size as usize);
        this.raw.set(this, Some(raw));
        this.detached.set(false);
        set_wrapped(raw, true);
        Ok(())
    }

    pub fn raw(&self, vm: &Vm) -> PyResult<Value> {
        match self.raw.get() {
            Some(r) => Ok(r),
            None if self.detached.get() => Err(vm.value_error("raw stream has been detached")),
            None => Err(vm.value_error("I/O operation on uninitialized object")),
        }
    }

    /// ValueError if the raw stream is closed.
    pub fn check_open(&self, vm: &Vm, what: &str) -> PyResult<Value> {
        let raw = self.raw(vm)?;
        let closed = match raw.exact::<FileIO>() {
            Some(f) => f.fd.get() < 0,
            None => is_closed(vm, raw)?,
        };
        if closed { raise!(vm, ValueError, "{what} of closed file") } else { Ok(raw) }
    }

    /// Keeps other threads out.
    pub fn enter(vm: &Vm, this: Ref<Buffered>) -> PyResult<Entered> {
        let me = vm.thread().ident;
        if !this.lock.try_acquire() {
            if this.owner.get() == me {
                raise!(vm, RuntimeError, "reentrant call inside {}", vm.repr_string(this.value())?)
            }
            let lock = this.lock.clone();
            acquire(vm, &lock, true, None)?;
        }
        this.owner.set(me);
        Ok(Entered { lock: this.lock.clone(), this })
    }

    /// Number of bytes read ahead.
    pub fn available(&self) -> usize {
        self.ahead.borrow().len() - self.at.get()
    }

    pub fn drop_ahead(&self) {
        self.ahead.borrow_mut().clear();
        self.at.set(0);
    }

    /// One raw read of up to `n` bytes. None: it would block.
    pub fn raw_read(&self, vm: &Vm, n: usize) -> PyResult<Option<Vec<u8>>> {
        let raw = self.raw(vm)?;
        if let Some(f) = raw.exact::<FileIO>() {
            let mut b: Vec<u8> = Vec::new();
            if b.try_reserve_exact(n).is_err() {
                return Err(vm.memory_error());
            }
            return Ok(match f.read_raw(vm, b.as_mut_ptr(), n)? {
                None => None,
                Some(got) => {
                    // SAFETY: the system call wrote that many bytes.
                    unsafe { b.set_len(got) };
                    Some(b)
                }
            });
        }
        let b = ByteArray::new_from(vec![0; n]);
        let view = MemoryView::of_object(vm, b.value())?;
        let got = send(vm, raw, "readinto", &[view.value()]);
        let released = MemoryView::release_now(vm, view);
        let got = got?;
        released?;
        if got.is_none() {
            return Ok(None);
        }
        let Ok(k) = vm.index_isize(got) else {
            return Err(wrap_error(vm, "raw readinto() failed"));
        };
        if k < 0 || k as usize > n {
            raise!(
                vm,
                OSError,
                "raw readinto() returned invalid length {k} (should have been between 0 and {n})"
            )
        }
        Ok(Some(b.as_bytes()[..k as usize].to_vec()))
    }

    /// Reads ahead if nothing is there. None: it would block; 0: the end.
    pub fn fill(&self, vm: &Vm) -> PyResult<Option<usize>> {
        if self.available() > 0 {
            return Ok(Some(self.available()));
        }
        match self.raw_read(vm, self.size.get())? {
            None => Ok(None),
            Some(b) => {
                let n = b.len();
                *self.ahead.borrow_mut() = b;
                self.at.set(0);
                Ok(Some(n))
            }
        }
    }

    /// One raw write. None: it would block.
    fn raw_write(&self, vm: &Vm, b: &[u8]) -> PyResult<Option<usize>> {
        let raw = self.raw(vm)?;
        if let Some(f) = raw.exact::<FileIO>() {
            return f.write_raw(vm, b.as_ptr(), b.len());
        }
        let bytes = vm.new_bytes(b)?;
        let view = MemoryView::of_object(vm, bytes)?;
        let n = send(vm, raw, "write", &[view.value()])?;
        if n.is_none() {
            return Ok(None);
        }
        let k = vm.index_isize(n)?;
        if k < 0 || k as usize > b.len() {
            raise!(
                vm,
                OSError,
                "raw write() returned invalid length {k} (should have been between 0 and {})",
                b.len()
            )
        }
        Ok(Some(k as usize))
    }

    /// Writes what is pending. The lock is held.
    pub fn flush_pending(&self, vm: &Vm) -> PyResult<()> {
        let mut data = std::mem::take(&mut *self.pending.borrow_mut());
        let mut done = 0;
        while done < data.len() {
            let r = self.raw_write(vm, &data[done..]);
            match r {
                Ok(Some(n)) => {
                    done += n;
                    if done < data.len()
                        && let Err(raised) = vm.check_signals()
                    {
                        data.drain(..done);
                        *self.pending.borrow_mut() = data;
                        return Err(raised);
                    }
                }
                other => {
                    data.drain(..done);
                    *self.pending.borrow_mut() = data;
                    return match other {
                        Err(raised) => Err(raised),
                        _ => Err(blocking_error(vm, "write could not complete without blocking", 0)),
                    };
                }
            }
        }
        data.clear();
        if data.capacity() <= 2 * self.size.get() {
            *self.pending.borrow_mut() = data;
        }
        Ok(())
    }

    /// Gives bytes read ahead back to the raw stream.
    pub fn unread(&self, vm: &Vm) -> PyResult<()> {
        let n = self.available();
        if n > 0 {
            send(vm, self.raw(vm)?, "seek", &[vm.int(-(n as i64)), vm.int(1)])?;
        }
        self.drop_ahead();
        Ok(())
    }

    /// The raw position.
    fn raw_tell(&self, vm: &Vm) -> PyResult<i64> {
        let p = send(vm, self.raw(vm)?, "tell", &[])?;
        let p = crate::os_support::offset(vm, p)?;
        if p < 0 {
            raise!(vm, OSError, "Raw stream returned invalid position {p}")
        }
        Ok(p)
    }
}

/// OSError with the pending exception as cause.
fn wrap_error(vm: &Vm, message: &str) -> adder_vm::error::Raised {
    let cause = vm.fetch_exception();
    let raised = vm.error(adder_vm::builtins::exceptions::Exc::OSError, message);
    let exc = vm.take_exception(raised);
    exc.cause.set(exc, cause);
    exc.suppress_context.set(true);
    vm.restore(exc)
}

#[pymethods]
impl Buffered {
    #[getter]
    fn get_raw(_vm: &Vm, this: Ref<Buffered>) -> Option<Value> {
        this.raw.get()
    }

    #[pymethod("($self, /)")]
    fn flush(vm: &Vm, this: Ref<Buffered>) -> PyResult<()> {
        let raw = this.check_open(vm, "flush")?;
        if this.writes.get() {
            let _entered = Buffered::enter(vm, this)?;
            return this.flush_pending(vm);
        }
        send(vm, raw, "flush", &[]).map(drop)
    }

    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<Buffered>) -> PyResult<()> {
        let raw = this.raw(vm)?;
        if is_closed(vm, raw)? {
            return Ok(());
        }
        if this.base.base.finalizing.get()
            && let Some(f) = vm.get_attr_opt(raw, vm.intern_str("_dealloc_warn"))?
        {
            vm.call(f, &[this.value()])?;
        }
        close_inner(vm, this.value(), raw)
    }

    #[pymethod("($self, source, /)")]
    fn _dealloc_warn(vm: &Vm, this: Ref<Buffered>, source: Value) -> PyResult<()> {
        if let Some(raw) = this.raw.get() {
            send(vm, raw, "_dealloc_warn", &[source])?;
        }
        Ok(())
    }

    #[pymethod("($self, /)")]
    fn detach(vm: &Vm, this: Ref<Buffered>) -> PyResult<Value> {
        let raw = this.raw(vm)?;
        send(vm, this.value(), "flush", &[])?;
        set_wrapped(raw, false);
        this.raw.set(this, None);
        this.detached.set(true);
        Ok(raw)
    }

    #[getter]
    fn closed(vm: &Vm, this: Ref<Buffered>) -> PyResult<bool> {
        is_closed(vm, this.raw(vm)?)
    }

    #[getter]
    fn name(vm: &Vm, this: Ref<Buffered>) -> PyResult<Value> {
        vm.get_attr_str(this.raw(vm)?, "name")
    }

    #[getter]
    fn mode(vm: &Vm, this: Ref<Buffered>) -> PyResult<Value> {
        vm.get_attr_str(this.raw(vm)?, "mode")
    }

    #[pymethod("($self, /)")]
    fn fileno(vm: &Vm, this: Ref<Buffered>) -> PyResult<Value> {
        send(vm, this.raw(vm)?, "fileno", &[])
    }

    #[pymethod("($self, /)")]
    fn isatty(vm: &Vm, this: Ref<Buffered>) -> PyResult<Value> {
        send(vm, this.raw(vm)?, "isatty", &[])
    }

    #[pymethod("($self, /)")]
    fn seekable(vm: &Vm, this: Ref<Buffered>) -> PyResult<Value> {
        send(vm, this.raw(vm)?, "seekable", &[])
    }

    #[pymethod("($self, /)")]
    fn readable(vm: &Vm, this: Ref<Buffered>) -> PyResult<Value> {
        if !this.reads.get() {
            this.raw(vm)?;
            return Ok(adder_vm::builtins::singletons::false_());
        }
        send(vm, this.raw(vm)?, "readable", &[])
    }

    #[pymethod("($self, /)")]
    fn writable(vm: &Vm, this: Ref<Buffered>) -> PyResult<Value> {
        if !this.writes.get() {
            this.raw(vm)?;
            return Ok(adder_vm::builtins::singletons::false_());
        }
        send(vm, this.raw(vm)?, "writable", &[])
    }

    #[pymethod("($self, /)")]
    fn tell(vm: &Vm, this: Ref<Buffered>) -> PyResult<i64> {
        let p = this.raw_tell(vm)?;
        let pending = this.pending.borrow().len() as i64;
        Ok((p - this.available() as i64 + pending).max(0))
    }

    #[pymethod("($self, target, whence=0, /)")]
    fn seek(vm: &Vm, this: Ref<Buffered>, target: Value, whence: Option<i32>) -> PyResult<Value> {
        let whence = whence.unwrap_or(0);
        if !matches!(whence, 0..=4) {
            raise!(vm, ValueError, "whence value {whence} unsupported")
        }
        let raw = this.check_open(vm, "seek")?;
        if !super::ask(vm, raw, "seekable")? {
            return Err(unsupported(vm, "File or stream is not seekable."));
        }
        let mut to = crate::os_support::offset(vm, target)?;
        let _entered = Buffered::enter(vm, this)?;
        // A seek within what was read ahead.
        if whence < 2 && this.reads.get() && this.available() > 0 {
            let here = this.raw_tell(vm)?;
            let now = here - this.available() as i64;
            let distance = if whence == 0 { to - now } else { to };
            if -(this.at.get() as i64) <= distance && distance <= this.available() as i64 {
                this.at.set((this.at.get() as i64 + distance) as usize);
                return Ok(vm.int(now + distance));
            }
        }
        this.flush_pending(vm)?;
        if whence == 1 {
            to -= this.available() as i64;
        }
        let p = send(vm, raw, "seek", &[vm.int(to), vm.int(whence as i64)])?;
        this.drop_ahead();
        if crate::os_support::offset(vm, p)? < 0 {
            raise!(vm, OSError, "Raw stream returned invalid position {}", vm.repr_string(p)?)
        }
        Ok(p)
    }

    #[pymethod("($self, pos=None, /)")]
    fn truncate(vm: &Vm, this: Ref<Buffered>, pos: Option<Value>) -> PyResult<Value> {
        let raw = this.check_open(vm, "truncate")?;
        if !this.writes.get() {
            return Err(unsupported(vm, "truncate"));
        }
        let _entered = Buffered::enter(vm, this)?;
        this.flush_pending(vm)?;
        let pos = match pos.filter(|p| !p.is_none()) {
            Some(p) => p,
            None => vm.int(this.raw_tell(vm)? - this.available() as i64),
        };
        send(vm, raw, "truncate", &[pos])
    }

    #[pymethod("($self, /)")]
    fn __getstate__(vm: &Vm, this: Ref<Buffered>) -> PyResult<Value> {
        raise!(vm, TypeError, "cannot pickle '{}' instances", this.value().class().short_name())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let class = this.class().full_name(vm);
        let name = match vm.get_attr_opt(this, vm.intern_str("name")) {
            Ok(n) => n,
            Err(raised) => {
                vm.swallow(raised, adder_vm::builtins::exceptions::Exc::ValueError)?;
                None
            }
        };
        match name {
            None => Ok(vm.new_str(&format!("<{class}>"))),
            Some(n) => {
                let n = vm.repr(n)?;
                vm.concat_strings(&[vm.new_str(&format!("<{class} name=")), n, vm.new_str(">")])
            }
        }
    }
}
