//! The module `select`: `select`, `poll` and `epoll`.

use crate::constants::SELECT;
use crate::os_support::*;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::Args;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use libc::c_int;
use std::cell::{Cell, RefCell};

/// A polling object.
#[pyclass(name = "poll", module = "select", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Poll {
    h: LongHeader,
    /// Descriptors and events, in order of registration.
    fds: RefCell<Vec<(c_int, i16)>>,
    running: Cell<bool>,
}

/// Returns an epolling object.
#[pyclass(name = "epoll", module = "select", flags = def::BASE, signature = "(sizehint=-1, flags=0)")]
#[repr(C)]
pub struct Epoll {
    h: LongHeader,
    fd: Cell<c_int>,
}

/// A timeout in milliseconds as a deadline; None: for ever.
fn deadline(vm: &Vm, ns: Option<i64>) -> Option<i64> {
    let _ = vm;
    ns.filter(|n| *n >= 0).map(|n| monotonic().saturating_add(n))
}

/// Milliseconds left, rounded up.
fn left_ms(deadline: Option<i64>) -> c_int {
    match deadline {
        None => -1,
        Some(d) => {
            let ns = (d - monotonic()).max(0);
            ((ns + 999_999) / 1_000_000).min(c_int::MAX as i64) as c_int
        }
    }
}

/// Milliseconds of a `poll` timeout as nanoseconds.
fn poll_timeout(vm: &Vm, v: Option<Value>) -> PyResult<Option<i64>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    if let Some(f) = adder_vm::builtins::float::as_float(v) {
        if f.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        return Ok(Some((f.ceil() * 1e6).clamp(-1e18, 9e18) as i64));
    }
    if v.class().slots().nb_index.is_none() {
        return Err(vm.type_error("timeout must be an integer or None"));
    }
    let ms = vm.index_i128(v)?;
    if ms > c_int::MAX as i128 {
        return Err(vm.overflow_error("timeout is too large"));
    }
    Ok(Some((ms.max(-1) * 1_000_000) as i64))
}

fn event_mask(vm: &Vm, v: Option<Value>, default: i16) -> PyResult<i16> {
    match v {
        None => Ok(default),
        Some(v) => match vm.index_i128(v)? {
            n @ 0..=0xffff => Ok(n as u16 as i16),
            n if n < 0 => Err(vm.value_error("value must be positive")),
            _ => Err(vm.overflow_error("Python int too large for C unsigned short")),
        },
    }
}

#[pymethods]
impl Poll {
    /// Register a file descriptor with the polling object.
    #[pymethod("($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)")]
    fn register(vm: &Vm, this: Ref<Poll>, fd: Fd, eventmask: Option<Value>) -> PyResult<()> {
        let events = event_mask(vm, eventmask, libc::POLLIN | libc::POLLPRI | libc::POLLOUT)?;
        let mut fds = this.fds.borrow_mut();
        match fds.iter_mut().find(|(f, _)| *f == fd.0) {
            Some(e) => e.1 = events,
            None => fds.push((fd.0, events)),
        }
        Ok(())
    }

    /// Modify an already registered file descriptor.
    #[pymethod("($self, fd, eventmask, /)")]
    fn modify(vm: &Vm, this: Ref<Poll>, fd: Fd, eventmask: Value) -> PyResult<()> {
        let events = event_mask(vm, Some(eventmask), 0)?;
        if let Some(e) = this.fds.borrow_mut().iter_mut().find(|(f, _)| *f == fd.0) {
            e.1 = events;
            return Ok(());
        }
        Err(vm.os_error(libc::ENOENT, None))
    }

    /// Remove a file descriptor being tracked by the polling object.
    #[pymethod("($self, fd, /)")]
    fn unregister(vm: &Vm, this: Ref<Poll>, fd: Fd) -> PyResult<()> {
        let mut fds = this.fds.borrow_mut();
        match fds.iter().position(|(f, _)| *f == fd.0) {
            Some(i) => {
                fds.remove(i);
                Ok(())
            }
            None => {
                drop(fds);
                Err(vm.key_error(vm.int(fd.0 as i64)))
            }
        }
    }

    /// Polls the set of registered file descriptors.
    #[pymethod("($self, timeout=None, /)")]
    fn poll(vm: &Vm, this: Ref<Poll>, timeout: Option<Value>) -> PyResult<Value> {
        let end = deadline(vm, poll_timeout(vm, timeout)?);
        if this.running.get() {
            return Err(vm.runtime_error("concurrent poll() invocation"));
        }
        let mut fds: Vec<libc::pollfd> = this
            .fds
            .borrow()
            .iter()
            .map(|(fd, events)| libc::pollfd { fd: *fd, events: *events, revents: 0 })
            .collect();
        this.running.set(true);
        let r = check(vm, || unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as _, left_ms(end)) } as i64);
        this.running.set(false);
        r?;
        let list = List::new(vm);
        for f in fds.iter().filter(|f| f.revents != 0) {
            let pair = [vm.int(f.fd as i64), vm.int(f.revents as u16 as i64)];
            list.push(vm, Tuple::from_slice(vm, &pair).value());
        }
        Ok(list.value())
    }
}

impl Epoll {
    fn fd(&self, vm: &Vm) -> PyResult<c_int> {
        match self.fd.get() {
            -1 => Err(vm.value_error("I/O operation on closed epoll object")),
            fd => Ok(fd),
        }
    }

    fn control(vm: &Vm, this: Ref<Epoll>, op: c_int, fd: c_int, events: u32) -> PyResult<()> {
        let ep = this.fd(vm)?;
        let mut event = libc::epoll_event { events, u64: fd as u64 };
        quick(vm, unsafe { libc::epoll_ctl(ep, op, fd, &mut event) } as i64).map(drop)
    }

    fn end(vm: &Vm, this: Ref<Epoll>) -> PyResult<()> {
        let fd = this.fd.replace(-1);
        if fd >= 0 {
            let r = vm.allow_threads(|| unsafe { libc::close(fd) });
            quick(vm, r as i64)?;
        }
        Ok(())
    }

    fn make(vm: &Vm, class: Ref<Type>, fd: c_int) -> PyResult<Value> {
        let e = vm.new_instance(class, Epoll { h: LongHeader::new(), fd: Cell::new(fd) })?;
        adder_heap::register_finalizer(e.value());
        Ok(e.value())
    }
}

#[pymethods]
impl Epoll {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let get = |i: usize, name: &str| args.pos().get(i).copied().or(args.keyword(name));
        if let Some(hint) = get(0, "sizehint") {
            let n = vm.index_i128(hint)?;
            if n != -1 && n <= 0 {
                return Err(vm.value_error("negative sizehint"));
            }
        }
        if let Some(flags) = get(1, "flags") {
            let n = vm.index_i128(flags)?;
            if n != 0 && n != libc::EPOLL_CLOEXEC as i128 {
                return Err(vm.os_error(libc::EINVAL, None));
            }
        }
        let fd = quick(vm, unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) } as i64)?;
        Epoll::make(vm, class, fd as c_int)
    }

    /// Create an epoll object from a given control fd.
    #[classmethod("($type, fd, /)")]
    fn fromfd(vm: &Vm, class: Ref<Type>, fd: i32) -> PyResult<Value> {
        Epoll::make(vm, class, fd)
    }

    /// Close the epoll control file descriptor.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<Epoll>) -> PyResult<()> {
        Epoll::end(vm, this)
    }

    /// True if the epoll handler is closed
    #[getter]
    fn closed(_vm: &Vm, this: Ref<Epoll>) -> bool {
        this.fd.get() < 0
    }

    /// Return the epoll control file descriptor.
    #[pymethod("($self, /)")]
    fn fileno(vm: &Vm, this: Ref<Epoll>) -> PyResult<i32> {
        this.fd(vm)
    }

    /// Registers a new fd or raises an OSError if the fd is already registered.
    #[pymethod("($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)")]
    fn register(vm: &Vm, this: Ref<Epoll>, fd: Fd, eventmask: Option<u32>) -> PyResult<()> {
        let events = eventmask.unwrap_or((libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32);
        Epoll::control(vm, this, libc::EPOLL_CTL_ADD, fd.0, events)
    }

    /// Modify event mask for a registered file descriptor.
    #[pymethod("($self, /, fd, eventmask)")]
    fn modify(vm: &Vm, this: Ref<Epoll>, fd: Fd, eventmask: u32) -> PyResult<()> {
        Epoll::control(vm, this, libc::EPOLL_CTL_MOD, fd.0, eventmask)
    }

    /// Remove a registered file descriptor from the epoll object.
    #[pymethod("($self, /, fd)")]
    fn unregister(vm: &Vm, this: Ref<Epoll>, fd: Fd) -> PyResult<()> {
        Epoll::control(vm, this, libc::EPOLL_CTL_DEL, fd.0, 0)
    }

    /// Wait for events on the epoll file descriptor.
    #[pymethod("($self, /, timeout=None, maxevents=-1)")]
    fn poll(vm: &Vm, this: Ref<Epoll>, timeout: Option<Value>, maxevents: Option<i32>) -> PyResult<Value> {
        let ep = this.fd(vm)?;
        let ns = match timeout.filter(|t| !t.is_none()) {
            Some(t) => Some(nanoseconds(vm, t, true)?),
            None => None,
        };
        let end = deadline(vm, ns);
        let max = match maxevents.unwrap_or(-1) {
            -1 => libc::FD_SETSIZE - 1,
            n if n < 1 => raise!(vm, ValueError, "maxevents must be greater than 0, got {n}"),
            n => n as usize,
        };
        let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; max];
        let n =
            check(vm, || unsafe { libc::epoll_wait(ep, events.as_mut_ptr(), max as c_int, left_ms(end)) }
                as i64)?;
        let list = List::new(vm);
        for e in &events[..n as usize] {
            let (fd, bits) = (e.u64 as i64, e.events as i64);
            list.push(vm, Tuple::from_slice(vm, &[vm.int(fd), vm.int(bits)]).value());
        }
        Ok(list.value())
    }

    #[pymethod("($self, /)")]
    fn __enter__(vm: &Vm, this: Ref<Epoll>) -> PyResult<Value> {
        this.fd(vm)?;
        Ok(this.value())
    }

    #[pymethod]
    fn __exit__(vm: &Vm, this: Ref<Epoll>, _args: Args) -> PyResult<()> {
        Epoll::end(vm, this)
    }

    #[slot(tp_finalize)]
    fn finalize(vm: &Vm, this: Value) {
        // SAFETY: installed as a slot of this class only.
        if let Err(raised) = Epoll::end(vm, unsafe { this.cast() }) {
            let _ = vm.take_exception(raised);
        }
    }
}

/// The descriptors of a sequence as a set; the objects stay in the tuple.
fn fd_set(vm: &Vm, v: Value) -> PyResult<(Ref<Tuple>, Vec<c_int>)> {
    let items = match vm.sequence_to_tuple(v) {
        Ok(t) => t,
        Err(raised) => {
            vm.swallow(raised, Exc::TypeError)?;
            return Err(vm.type_error("arguments 1-3 must be sequences"));
        }
    };
    let mut fds = vec![];
    for o in items.items() {
        let fd = as_fd(vm, *o)?;
        if fd as usize >= libc::FD_SETSIZE {
            return Err(vm.value_error("filedescriptor out of range in select()"));
        }
        fds.push(fd);
    }
    Ok((items, fds))
}

fn ready(vm: &Vm, items: Ref<Tuple>, fds: &[c_int], set: &libc::fd_set) -> Value {
    let list = List::new(vm);
    for (i, fd) in fds.iter().enumerate() {
        if unsafe { libc::FD_ISSET(*fd, set) } {
            list.push(vm, items.get(i));
        }
    }
    list.value()
}

/// This module supports asynchronous I/O on multiple file descriptors.
#[pymodule]
pub mod select {
    use super::*;

    /// Wait until one or more file descriptors are ready for some kind of I/O.
    #[pyfunction("($module, rlist, wlist, xlist, timeout=None, /)")]
    fn select(vm: &Vm, rlist: Value, wlist: Value, xlist: Value, timeout: Option<Value>) -> PyResult<Value> {
        let end = match timeout.filter(|t| !t.is_none()) {
            None => None,
            Some(t) => {
                if adder_vm::builtins::float::as_float(t).is_none() && t.class().slots().nb_index.is_none() {
                    return Err(vm.type_error("timeout must be a float or None"));
                }
                let ns = nanoseconds(vm, t, true)?;
                if ns < 0 {
                    return Err(vm.value_error("timeout must be non-negative"));
                }
                Some(monotonic().saturating_add(ns))
            }
        };
        let (r, rf) = fd_set(vm, rlist)?;
        let (w, wf) = fd_set(vm, wlist)?;
        let (x, xf) = fd_set(vm, xlist)?;
        let max = rf.iter().chain(&wf).chain(&xf).copied().max().unwrap_or(-1);
        let mut sets: [libc::fd_set; 3] = unsafe { std::mem::zeroed() };
        check(vm, || unsafe {
            for (set, fds) in sets.iter_mut().zip([&rf, &wf, &xf]) {
                libc::FD_ZERO(set);
                for fd in fds {
                    libc::FD_SET(*fd, set);
                }
            }
            let mut left = end.map(|e| {
                let us = ((e - monotonic()).max(0) + 999) / 1000;
                libc::timeval { tv_sec: us / 1_000_000, tv_usec: us % 1_000_000 }
            });
            let p = left.as_mut().map_or(std::ptr::null_mut(), |t| t as *mut libc::timeval);
            let [a, b, c] = &mut sets;
            libc::select(max + 1, a, b, c, p) as i64
        })?;
        let result = [ready(vm, r, &rf, &sets[0]), ready(vm, w, &wf, &sets[1]), ready(vm, x, &xf, &sets[2])];
        Ok(Tuple::from_slice(vm, &result).value())
    }

    /// Returns a polling object.
    #[pyfunction("($module, /)")]
    fn poll(_vm: &Vm) -> Value {
        let p = Poll { h: LongHeader::new(), fds: RefCell::new(vec![]), running: Cell::new(false) };
        adder_heap::new(Poll::shape(), p).value()
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_constants(vm, m, SELECT);
        ready_class::<Poll>(vm);
        m.dict().set_str(vm, "epoll", ready_class::<Epoll>(vm).value());
        m.dict().set_str(vm, "error", Exc::OSError.class().value());
        Ok(())
    }
}
