//! `select`: waiting for file descriptors, with `select`, `poll` and `epoll`.

use crate::arguments::{bind, params};
use crate::os_support::{add_constants, as_fd, monotonic, nanoseconds};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::float::as_float;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use libc::c_int;
use std::cell::{Cell, RefCell};

/// A time limit: None waits forever.
struct Limit(Option<i64>);

impl Limit {
    fn after(ns: Option<i64>) -> Limit {
        Limit(ns.map(|ns| monotonic().saturating_add(ns)))
    }

    /// Milliseconds left, rounded up; -1 for ever.
    fn milliseconds(&self) -> c_int {
        match self.0 {
            None => -1,
            Some(end) => {
                let left = (end - monotonic()).max(0);
                left.saturating_add(999_999).div_euclid(1_000_000).min(c_int::MAX as i64) as c_int
            }
        }
    }
}

/// Calls until it is not interrupted, without the lock; `f` gets the milliseconds left.
fn wait(vm: &Vm, limit: &Limit, mut f: impl FnMut(c_int) -> c_int) -> PyResult<usize> {
    loop {
        let (r, e) = vm.allow_threads(|| {
            let r = f(limit.milliseconds());
            (r, std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
        });
        if r >= 0 {
            return Ok(r as usize);
        }
        if e != libc::EINTR {
            return Err(vm.os_error(e, None));
        }
        vm.check_signals()?;
    }
}

fn is_number(v: Value) -> bool {
    as_float(v).is_some() || as_int(v).is_some() || v.class().slots().nb_index.is_some()
}

/// A set of descriptors for `select`, which has room for so many.
const MOST: c_int = libc::FD_SETSIZE as c_int;

fn descriptors(vm: &Vm, sequence: Value) -> PyResult<(Ref<List>, Vec<c_int>)> {
    let objects = match vm.sequence_to_list(sequence) {
        Ok(l) => l,
        Err(raised) => {
            vm.swallow(raised, Exc::TypeError)?;
            return Err(vm.type_error("arguments 1-3 must be sequences"));
        }
    };
    let mut fds = vec![];
    for i in 0..objects.len() {
        let fd = as_fd(vm, objects.get(i))?;
        if fd >= MOST {
            return Err(vm.value_error("filedescriptor out of range in select()"));
        }
        fds.push(fd);
    }
    Ok((objects, fds))
}

fn set_of(fds: &[c_int]) -> libc::fd_set {
    // SAFETY: zeros are an empty set; the descriptors are below its size.
    unsafe {
        let mut set: libc::fd_set = std::mem::zeroed();
        for fd in fds {
            libc::FD_SET(*fd, &mut set);
        }
        set
    }
}

/// The object of a set of descriptors to be polled.
#[pyclass(name = "poll", module = "select", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Poll {
    h: LongHeader,
    watched: RefCell<Vec<(c_int, u16)>>,
    running: Cell<bool>,
}

const POLL_DEFAULT: u16 = (libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16;

fn event_mask(vm: &Vm, v: Option<Value>) -> PyResult<u16> {
    let Some(v) = v else { return Ok(POLL_DEFAULT) };
    let n = vm.index_i128(v)?;
    if n < 0 {
        return Err(vm.value_error("value must be positive"));
    }
    match u16::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) => Err(vm.overflow_error("Python int too large for C unsigned short")),
    }
}

fn no_key(vm: &Vm, fd: c_int) -> Raised {
    let key = vm.int(fd as i64);
    vm.key_error(key)
}

#[pymethods]
impl Poll {
    /// Register a file descriptor with the polling object.
    ///
    ///   fd
    ///     either an integer, or an object with a fileno() method returning an int
    ///   eventmask
    ///     an optional bitmask describing the type of events to check for
    #[pymethod("($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)")]
    fn register(vm: &Vm, this: Ref<Poll>, fd: Value, eventmask: Option<Value>) -> PyResult<()> {
        let (fd, mask) = (as_fd(vm, fd)?, event_mask(vm, eventmask)?);
        let mut watched = this.watched.borrow_mut();
        match watched.iter_mut().find(|w| w.0 == fd) {
            Some(w) => w.1 = mask,
            None => watched.push((fd, mask)),
        }
        Ok(())
    }

    /// Modify an already registered file descriptor.
    ///
    ///   fd
    ///     either an integer, or an object with a fileno() method returning
    ///     an int
    ///   eventmask
    ///     a bitmask describing the type of events to check for
    #[pymethod("($self, fd, eventmask, /)")]
    fn modify(vm: &Vm, this: Ref<Poll>, fd: Value, eventmask: Value) -> PyResult<()> {
        let (fd, mask) = (as_fd(vm, fd)?, event_mask(vm, Some(eventmask))?);
        match this.watched.borrow_mut().iter_mut().find(|w| w.0 == fd) {
            Some(w) => {
                w.1 = mask;
                Ok(())
            }
            None => Err(vm.os_error(libc::ENOENT, None)),
        }
    }

    /// Remove a file descriptor being tracked by the polling object.
    #[pymethod("($self, fd, /)")]
    fn unregister(vm: &Vm, this: Ref<Poll>, fd: Value) -> PyResult<()> {
        let fd = as_fd(vm, fd)?;
        let at = this.watched.borrow().iter().position(|w| w.0 == fd);
        match at {
            Some(i) => {
                this.watched.borrow_mut().remove(i);
                Ok(())
            }
            None => Err(no_key(vm, fd)),
        }
    }

    /// Polls the set of registered file descriptors.
    ///
    ///   timeout
    ///     The maximum time to wait in milliseconds, or else None (or a negative
    ///     value) to wait indefinitely.
    ///
    /// Returns a list containing any descriptors that have events or errors to
    /// report, as a list of (fd, event) 2-tuples.
    #[pymethod("($self, timeout=None, /)")]
    fn poll(vm: &Vm, this: Ref<Poll>, timeout: Option<Value>) -> PyResult<Value> {
        let limit = match timeout.filter(|t| !t.is_none()) {
            None => None,
            Some(t) if !is_number(t) => return Err(vm.type_error("timeout must be an integer or None")),
            Some(t) => {
                let ms = match as_float(t) {
                    Some(f) => f.ceil() as i64,
                    None => vm.index_i128(t)?.clamp(i64::MIN as i128, i64::MAX as i128) as i64,
                };
                if ms > c_int::MAX as i64 {
                    return Err(vm.overflow_error("timeout is too large"));
                }
                if ms < 0 { None } else { Some(ms * 1_000_000) }
            }
        };
        if this.running.replace(true) {
            return Err(vm.runtime_error("concurrent poll() invocation"));
        }
        let mut fds: Vec<libc::pollfd> = this
            .watched
            .borrow()
            .iter()
            .map(|w| libc::pollfd { fd: w.0, events: w.1 as i16, revents: 0 })
            .collect();
        let limit = Limit::after(limit);
        // SAFETY: the array is as long as said.
        let done = wait(vm, &limit, |ms| unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as _, ms) });
        this.running.set(false);
        done?;
        let out = List::new(vm);
        for f in fds.iter().filter(|f| f.revents != 0) {
            let row = [vm.int(f.fd as i64), vm.int(f.revents as u16 as i64)];
            out.push(vm, Tuple::from_slice(vm, &row).value());
        }
        Ok(out.value())
    }
}

/// Returns an epolling object.
///
///   sizehint
///     The expected number of events to be registered.  It must be positive,
///     or -1 to use the default.  It is only used on older systems where
///     epoll_create1() is not available; otherwise it has no effect (though its
///     value is still checked).
///   flags
///     Deprecated and completely ignored.  However, when supplied, its value
///     must be 0 or select.EPOLL_CLOEXEC, otherwise OSError is raised.
#[pyclass(name = "epoll", module = "select", flags = def::BASE)]
#[repr(C)]
pub struct Epoll {
    h: LongHeader,
    fd: OwnedFd,
}

/// The descriptor, closed with the object; -1 when closed before.
struct OwnedFd(Cell<c_int>);

impl Drop for OwnedFd {
    fn drop(&mut self) {
        self.close();
    }
}

impl OwnedFd {
    fn close(&self) -> c_int {
        match self.0.replace(-1) {
            -1 => 0,
            // SAFETY: the descriptor is ours.
            fd => unsafe { libc::close(fd) },
        }
    }
}

impl Epoll {
    fn open(&self, vm: &Vm) -> PyResult<c_int> {
        match self.fd.0.get() {
            -1 => Err(vm.value_error("I/O operation on closed epoll object")),
            fd => Ok(fd),
        }
    }

    fn control(&self, vm: &Vm, op: c_int, fd: Value, events: u32) -> PyResult<()> {
        let ep = self.open(vm)?;
        let fd = as_fd(vm, fd)?;
        let mut event = libc::epoll_event { events, u64: fd as u64 };
        // SAFETY: the event lives during the call.
        match unsafe { libc::epoll_ctl(ep, op, fd, &mut event) } {
            -1 => Err(vm.last_os_error()),
            _ => Ok(()),
        }
    }
}

const EPOLL_DEFAULT: u32 = (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32;

#[pymethods]
impl Epoll {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = params("epoll", &["sizehint", "flags"], 0, 2, 0);
        let [size, flags] = bind(vm, &PARAMS, args)?;
        if let Some(size) = size {
            let size = vm.index_i128(size)?;
            if size != -1 && size <= 0 {
                return Err(vm.value_error("negative sizehint"));
            }
        }
        if let Some(flags) = flags {
            let flags = vm.index_i128(flags)?;
            if flags != 0 && flags != libc::EPOLL_CLOEXEC as i128 {
                return Err(vm.os_error(libc::EINVAL, None));
            }
        }
        // SAFETY: no preconditions.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if fd < 0 {
            return Err(vm.last_os_error());
        }
        Ok(vm.new_instance(class, Epoll { h: LongHeader::new(), fd: OwnedFd(Cell::new(fd)) })?.value())
    }

    /// Create an epoll object from a given control fd.
    #[classmethod("($type, fd, /)")]
    fn fromfd(vm: &Vm, class: Ref<Type>, fd: Value) -> PyResult<Value> {
        let fd = as_fd(vm, fd)?;
        Ok(vm.new_instance(class, Epoll { h: LongHeader::new(), fd: OwnedFd(Cell::new(fd)) })?.value())
    }

    /// Close the epoll control file descriptor.
    ///
    /// Further operations on the epoll object will raise an exception.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<Epoll>) -> PyResult<()> {
        if this.fd.close() < 0 { Err(vm.last_os_error()) } else { Ok(()) }
    }

    /// Return the epoll control file descriptor.
    #[pymethod("($self, /)")]
    fn fileno(vm: &Vm, this: Ref<Epoll>) -> PyResult<i64> {
        Ok(this.open(vm)? as i64)
    }

    /// True if the epoll handler is closed
    #[getter]
    fn closed(_: &Vm, this: Ref<Epoll>) -> bool {
        this.fd.0.get() == -1
    }

    /// Registers a new fd or raises an OSError if the fd is already registered.
    #[pymethod("($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)")]
    fn register(vm: &Vm, this: Ref<Epoll>, fd: Value, eventmask: Option<u32>) -> PyResult<()> {
        this.control(vm, libc::EPOLL_CTL_ADD, fd, eventmask.unwrap_or(EPOLL_DEFAULT))
    }

    /// Modify event mask for a registered file descriptor.
    #[pymethod("($self, /, fd, eventmask)")]
    fn modify(vm: &Vm, this: Ref<Epoll>, fd: Value, eventmask: u32) -> PyResult<()> {
        this.control(vm, libc::EPOLL_CTL_MOD, fd, eventmask)
    }

    /// Remove a registered file descriptor from the epoll object.
    #[pymethod("($self, /, fd)")]
    fn unregister(vm: &Vm, this: Ref<Epoll>, fd: Value) -> PyResult<()> {
        this.control(vm, libc::EPOLL_CTL_DEL, fd, 0)
    }

    /// Wait for events on the epoll file descriptor.
    ///
    ///   timeout
    ///     the maximum time to wait in seconds (as float);
    ///     a timeout of None or -1 makes poll wait indefinitely
    ///   maxevents
    ///     the maximum number of events returned; -1 means no limit
    ///
    /// Returns a list containing any descriptors that have events to report,
    /// as a list of (fd, events) 2-tuples.
    #[pymethod("($self, /, timeout=None, maxevents=-1)")]
    fn poll(vm: &Vm, this: Ref<Epoll>, timeout: Option<Value>, maxevents: Option<i32>) -> PyResult<Value> {
        let ep = this.open(vm)?;
        let limit = match timeout.filter(|t| !t.is_none()) {
            None => None,
            Some(t) if !is_number(t) => return Err(vm.type_error("timeout must be an integer or None")),
            Some(t) => Some(nanoseconds(vm, t, true)?).filter(|ns| *ns >= 0),
        };
        let most = match maxevents.unwrap_or(-1) {
            -1 => MOST - 1,
            n if n < 1 => raise!(vm, ValueError, "maxevents must be greater than 0, got {n}"),
            n => n,
        };
        let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most as usize];
        let limit = Limit::after(limit);
        // SAFETY: the array has that many events.
        let n = wait(vm, &limit, |ms| unsafe { libc::epoll_wait(ep, events.as_mut_ptr(), most, ms) })?;
        let out = List::new(vm);
        for e in &events[..n] {
            let row = [vm.int(e.u64 as c_int as i64), vm.int(e.events as i64)];
            out.push(vm, Tuple::from_slice(vm, &row).value());
        }
        Ok(out.value())
    }

    #[pymethod("($self, /)")]
    fn __enter__(vm: &Vm, this: Ref<Epoll>) -> PyResult<Ref<Epoll>> {
        this.open(vm)?;
        Ok(this)
    }

    #[pymethod("($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn __exit__(
        vm: &Vm,
        this: Ref<Epoll>,
        _class: Option<Value>,
        _value: Option<Value>,
        _traceback: Option<Value>,
    ) -> PyResult<()> {
        Epoll::close(vm, this)
    }
}

/// This module supports asynchronous I/O on multiple file descriptors.
///
/// *** IMPORTANT NOTICE ***
/// On Windows, only sockets are supported; on Unix, all file descriptors.
#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod select {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        ready_class::<Poll>(vm);
        let dict = m.dict();
        dict.set_str(vm, "epoll", ready_class::<Epoll>(vm).value());
        dict.set_str(vm, "error", Exc::OSError.class().value());
        add_constants(
            vm,
            m,
            &[
                ("PIPE_BUF", libc::PIPE_BUF as i64),
                ("POLLIN", libc::POLLIN as i64),
                ("POLLPRI", libc::POLLPRI as i64),
                ("POLLOUT", libc::POLLOUT as i64),
                ("POLLERR", libc::POLLERR as i64),
                ("POLLHUP", libc::POLLHUP as i64),
                ("POLLNVAL", libc::POLLNVAL as i64),
                ("POLLRDNORM", 0x40),
                ("POLLRDBAND", 0x80),
                ("POLLWRNORM", 0x100),
                ("POLLWRBAND", 0x200),
                ("POLLMSG", 0x400),
                ("POLLRDHUP", 0x2000),
                ("EPOLLIN", libc::EPOLLIN as i64),
                ("EPOLLOUT", libc::EPOLLOUT as i64),
                ("EPOLLPRI", libc::EPOLLPRI as i64),
                ("EPOLLERR", libc::EPOLLERR as i64),
                ("EPOLLHUP", libc::EPOLLHUP as i64),
                ("EPOLLRDHUP", libc::EPOLLRDHUP as i64),
                ("EPOLLET", libc::EPOLLET as u32 as i64),
                ("EPOLLONESHOT", libc::EPOLLONESHOT as i64),
                ("EPOLLEXCLUSIVE", libc::EPOLLEXCLUSIVE as i64),
                ("EPOLLRDNORM", libc::EPOLLRDNORM as i64),
                ("EPOLLRDBAND", libc::EPOLLRDBAND as i64),
                ("EPOLLWRNORM", libc::EPOLLWRNORM as i64),
                ("EPOLLWRBAND", libc::EPOLLWRBAND as i64),
                ("EPOLLMSG", libc::EPOLLMSG as i64),
                ("EPOLLWAKEUP", libc::EPOLLWAKEUP as i64),
                ("EPOLL_CLOEXEC", libc::EPOLL_CLOEXEC as i64),
            ],
        );
        Ok(())
    }

    /// Wait until one or more file descriptors are ready for some kind of I/O.
    ///
    /// The first three arguments are iterables of file descriptors to be waited for:
    /// rlist -- wait until ready for reading
    /// wlist -- wait until ready for writing
    /// xlist -- wait for an "exceptional condition"
    /// If only one kind of condition is required, pass [] for the other lists.
    #[pyfunction(name = "select", "($module, rlist, wlist, xlist, timeout=None, /)")]
    fn select_(vm: &Vm, rlist: Value, wlist: Value, xlist: Value, timeout: Option<Value>) -> PyResult<Value> {
        let limit = match timeout.filter(|t| !t.is_none()) {
            None => None,
            Some(t) if !is_number(t) => return Err(vm.type_error("timeout must be a float or None")),
            Some(t) => match nanoseconds(vm, t, true)? {
                ns if ns < 0 => return Err(vm.value_error("timeout must be non-negative")),
                ns => Some(ns),
            },
        };
        let (readers, r) = descriptors(vm, rlist)?;
        let (writers, w) = descriptors(vm, wlist)?;
        let (others, x) = descriptors(vm, xlist)?;
        let most = r.iter().chain(&w).chain(&x).max().map_or(0, |n| n + 1);
        let (mut rs, mut ws, mut xs) = (set_of(&[]), set_of(&[]), set_of(&[]));
        let limit = Limit::after(limit);
        wait(vm, &limit, |_| {
            (rs, ws, xs) = (set_of(&r), set_of(&w), set_of(&x));
            let left = limit.0.map(|end| (end - monotonic()).max(0));
            let mut t = left.map(|ns| libc::timeval {
                tv_sec: ns / 1_000_000_000,
                tv_usec: (ns % 1_000_000_000 + 999) / 1000 % 1_000_000,
            });
            let t = t.as_mut().map_or(std::ptr::null_mut(), |t| &raw mut *t);
            // SAFETY: all of them live during the call.
            unsafe { libc::select(most, &mut rs, &mut ws, &mut xs, t) }
        })?;
        let ready = |objects: Ref<List>, fds: &[c_int], set: &libc::fd_set| {
            let out = List::new(vm);
            for (i, fd) in fds.iter().enumerate() {
                // SAFETY: the descriptor is below the size of the set.
                if unsafe { libc::FD_ISSET(*fd, set) } {
                    out.push(vm, objects.get(i));
                }
            }
            out.value()
        };
        let row = [ready(readers, &r, &rs), ready(writers, &w, &ws), ready(others, &x, &xs)];
        Ok(Tuple::from_slice(vm, &row).value())
    }

    /// Returns a polling object.
    ///
    /// This object supports registering and unregistering file descriptors, and then
    /// polling them for I/O events.
    #[pyfunction("($module, /)")]
    fn poll(_: &Vm) -> Value {
        let init = Poll { h: LongHeader::new(), watched: RefCell::default(), running: Cell::new(false) };
        heap::new(Poll::shape(), init).value()
    }
}
