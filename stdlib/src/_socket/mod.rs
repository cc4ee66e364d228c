//! `_socket`: sockets over the system's calls.
//!
//! `mod.rs` is the class and the module, `address.rs` converts addresses, `messages.rs` is `sendmsg` and
//! `recvmsg`, `resolve.rs` is names. Calls that may block release the GIL; a socket with a timeout is
//! non-blocking for the system and waits in `poll`.

mod address;
mod messages;
mod resolve;

use crate::arguments::{bind, params};
use crate::constants_socket::SOCKET;
use crate::os_support::*;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use address::Address;
use libc::{c_int, c_void, socklen_t};
use std::cell::Cell;

/// Nanoseconds that new sockets wait; -1: for ever.
static DEFAULT_TIMEOUT: adder_heap::GilCell<i64> = adder_heap::GilCell::new(-1);

/// socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object
/// socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object
///
/// Open a socket of the given type.  The family argument specifies the
/// address family; it defaults to AF_INET.  The type argument specifies
/// whether this is a stream (SOCK_STREAM, this is the default)
/// or datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0,
/// specifying the default protocol.  Keyword arguments are accepted.
/// The socket is created as non-inheritable.
///
/// When a fileno is passed in, family, type and proto are auto-detected,
/// unless they are explicitly set.
#[pyclass(name = "socket", module = "_socket", flags = def::BASE)]
#[repr(C)]
pub struct Socket {
    h: LongHeader,
    fd: Cell<c_int>,
    family: Cell<c_int>,
    kind: Cell<c_int>,
    proto: Cell<c_int>,
    /// Nanoseconds; -1: for ever.
    timeout: Cell<i64>,
}

/// What a call on a socket waits for.
#[derive(Clone, Copy, PartialEq)]
pub enum Wait {
    Read,
    Write,
    /// The connection is being made already: wait first, then ask how it ended.
    Connect,
}

const INIT: Params = params("socket", &["family", "type", "proto", "fileno"], 0, 4, 0);

fn me(v: Value) -> Ref<Socket> {
    v.downcast::<Socket>().expect("installed as a slot of this class only")
}

/// Seconds or None as nanoseconds; -1 is None (`socket_parse_timeout`).
fn parse_timeout(vm: &Vm, v: Value) -> PyResult<i64> {
    if v.is_none() {
        return Ok(-1);
    }
    let ns = nanoseconds(vm, v, true)?;
    if ns < 0 {
        return Err(vm.value_error("Timeout value out of range"));
    }
    if ns / 1_000_000 > c_int::MAX as i64 {
        return Err(vm.overflow_error("timeout doesn't fit into C timeval"));
    }
    Ok(ns)
}

fn timeout_value(vm: &Vm, ns: i64) -> Value {
    if ns < 0 { none() } else { vm.float(ns as f64 / 1e9) }
}

/// Waits until a descriptor is ready; false after the deadline. The inner error is the error number.
fn wait_ready(vm: &Vm, fd: c_int, wait: Wait, deadline: Option<i64>) -> Result<bool, c_int> {
    let events = match wait {
        Wait::Read => libc::POLLIN,
        Wait::Write => libc::POLLOUT,
        Wait::Connect => libc::POLLOUT | libc::POLLERR,
    };
    let mut p = libc::pollfd { fd, events, revents: 0 };
    let ms = match deadline {
        None => -1,
        Some(d) => (((d - monotonic()).max(0) + 999_999) / 1_000_000).min(c_int::MAX as i64) as c_int,
    };
    // SAFETY: one pollfd.
    let (n, e) = vm.allow_threads(|| (unsafe { libc::poll(&mut p, 1, ms) }, last_errno()));
    if n < 0 { Err(e) } else { Ok(n > 0) }
}

impl Socket {
    fn blank() -> Socket {
        Socket {
            h: LongHeader::new(),
            fd: Cell::new(-1),
            family: Cell::new(-1),
            kind: Cell::new(-1),
            proto: Cell::new(-1),
            timeout: Cell::new(-1),
        }
    }

    /// Makes a system call, waiting before it as the timeout says; the error number if it fails
    /// (`sock_call_ex`).
    fn try_call(&self, vm: &Vm, wait: Wait, mut f: impl FnMut(c_int) -> i64) -> PyResult<Result<i64, c_int>> {
        let (fd, timeout) = (self.fd.get(), self.timeout.get());
        let deadline = if timeout > 0 { Some(monotonic().saturating_add(timeout)) } else { None };
        loop {
            if deadline.is_some() || wait == Wait::Connect {
                match wait_ready(vm, fd, wait, deadline) {
                    Err(libc::EINTR) => {
                        vm.check_signals()?;
                        continue;
                    }
                    Err(e) => return Ok(Err(e)),
                    Ok(false) => return Err(vm.error(Exc::TimeoutError, "timed out")),
                    Ok(true) => {}
                }
            }
            loop {
                let (r, e) = vm.allow_threads(|| {
                    let r = f(fd);
                    (r, if r < 0 { last_errno() } else { 0 })
                });
                if r >= 0 {
                    return Ok(Ok(r));
                }
                if e == libc::EINTR {
                    vm.check_signals()?;
                    continue;
                }
                if timeout > 0 && (e == libc::EWOULDBLOCK || e == libc::EAGAIN) {
                    break;
                }
                return Ok(Err(e));
            }
        }
    }

    /// As `try_call`; OSError if it fails.
    fn call(&self, vm: &Vm, wait: Wait, f: impl FnMut(c_int) -> i64) -> PyResult<i64> {
        match self.try_call(vm, wait, f)? {
            Ok(r) => Ok(r),
            Err(e) => Err(vm.os_error(e, None)),
        }
    }

    fn receive(&self, vm: &Vm, len: isize, flags: c_int, what: &str) -> PyResult<Value> {
        if len < 0 {
            raise!(vm, ValueError, "negative buffersize in {what}")
        }
        let mut buffer = buffer_of(vm, len as usize)?;
        let p = buffer.as_mut_ptr();
        // SAFETY: the buffer has the length that is given.
        let n =
            self.call(vm, Wait::Read, |fd| unsafe { libc::recv(fd, p.cast(), len as usize, flags) } as i64)?;
        vm.new_bytes(&buffer[..n as usize])
    }

    /// Receives with the sender's address into memory that the caller keeps alive.
    fn receive_from(&self, vm: &Vm, p: *mut u8, len: usize, flags: c_int) -> PyResult<(usize, Value)> {
        let mut a = Address::blank();
        let n = self.call(vm, Wait::Read, |fd| {
            a = Address::blank();
            // SAFETY: the caller's memory, and an address with its size.
            unsafe { libc::recvfrom(fd, p.cast(), len, flags, a.ptr_mut(), &mut a.len) as i64 }
        })?;
        Ok((n as usize, a.to_value(vm)?))
    }

    fn address(&self, vm: &Vm, v: Value, function: &str) -> PyResult<Address> {
        Address::from_value(vm, v, self.family.get(), function)
    }

    /// Starts a connection; the error number if it fails (`internal_connect`).
    fn connect_to(&self, vm: &Vm, a: &Address) -> PyResult<c_int> {
        let fd = self.fd.get();
        // SAFETY: an address with its length.
        let (r, e) = vm.allow_threads(|| (unsafe { libc::connect(fd, a.ptr(), a.len) }, last_errno()));
        if r == 0 {
            return Ok(0);
        }
        let waits = match e {
            libc::EINTR => {
                vm.check_signals()?;
                self.timeout.get() != 0
            }
            libc::EINPROGRESS => self.timeout.get() > 0,
            _ => false,
        };
        if !waits {
            return Ok(e);
        }
        let mut failure: c_int = 0;
        let r = self.try_call(vm, Wait::Connect, |fd| {
            let mut n = std::mem::size_of::<c_int>() as socklen_t;
            let p = (&raw mut failure).cast::<c_void>();
            // SAFETY: a place for an int with its size.
            unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR, p, &mut n) as i64 }
        })?;
        match r {
            Err(e) => Ok(e),
            Ok(_) if failure == libc::EISCONN => Ok(0),
            Ok(_) => Ok(failure),
        }
    }

    fn set_blocking(&self, vm: &Vm, blocking: bool) -> PyResult<()> {
        let on: c_int = c_int::from(!blocking);
        // SAFETY: FIONBIO takes an int.
        quick(vm, unsafe { libc::ioctl(self.fd.get(), libc::FIONBIO, &on) } as i64).map(drop)
    }

    fn end(vm: &Vm, this: Ref<Socket>) -> PyResult<()> {
        let fd = this.fd.replace(-1);
        if fd >= 0 {
            // SAFETY: the descriptor is this object's own.
            let (r, e) = vm.allow_threads(|| (unsafe { libc::close(fd) }, last_errno()));
            // The other side's reset is no failure of closing.
            if r < 0 && e != libc::ECONNRESET {
                return Err(vm.os_error(e, None));
            }
        }
        Ok(())
    }

    /// An integer option of the socket.
    fn int_option(fd: c_int, option: c_int) -> Option<c_int> {
        let mut value: c_int = 0;
        let mut n = std::mem::size_of::<c_int>() as socklen_t;
        let p = (&raw mut value).cast::<c_void>();
        // SAFETY: a place for an int with its size.
        let r = unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, option, p, &mut n) };
        if r < 0 { None } else { Some(value) }
    }
}

/// A zeroed buffer; MemoryError if there is no room.
fn buffer_of(vm: &Vm, len: usize) -> PyResult<Vec<u8>> {
    let mut buffer = Vec::new();
    if buffer.try_reserve_exact(len).is_err() {
        return Err(vm.memory_error());
    }
    buffer.resize(len, 0);
    Ok(buffer)
}

#[pymethods]
impl Socket {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let s = vm.new_instance(class, Socket::blank())?;
        s.timeout.set(*DEFAULT_TIMEOUT.get());
        adder_heap::register_finalizer(s.value());
        Ok(s.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let given = bind::<4>(vm, &INIT, args)?;
        let this = me(this);
        let number = |i: usize| -> PyResult<c_int> {
            match given[i] {
                None => Ok(-1),
                Some(v) => match c_int::try_from(vm.index_i128(v)?) {
                    Ok(n) => Ok(n),
                    Err(_) => Err(vm.overflow_error("Python int too large to convert to C int")),
                },
            }
        };
        let (mut family, mut kind, mut proto) = (number(0)?, number(1)?, number(2)?);
        let fd = match given[3].filter(|v| !v.is_none()) {
            Some(v) => {
                if adder_vm::builtins::float::as_float(v).is_some() {
                    return Err(vm.type_error("integer argument expected, got float"));
                }
                let Ok(fd) = c_int::try_from(vm.index_i128(v)?) else {
                    return Err(vm.overflow_error("Python int too large to convert to C int"));
                };
                if fd < 0 {
                    return Err(vm.value_error("negative file descriptor"));
                }
                let mut a = Address::blank();
                // SAFETY: an address with its size.
                if unsafe { libc::getsockname(fd, a.ptr_mut(), &mut a.len) } < 0 {
                    let e = last_errno();
                    if family == -1 || matches!(e, libc::EBADF | libc::ENOTSOCK) {
                        return Err(vm.os_error(e, None));
                    }
                } else if family == -1 {
                    family = a.storage.ss_family as c_int;
                }
                if kind == -1 {
                    kind = match Socket::int_option(fd, libc::SO_TYPE) {
                        Some(t) => t,
                        None => return Err(vm.last_os_error()),
                    };
                }
                if proto == -1 {
                    proto = match Socket::int_option(fd, libc::SO_PROTOCOL) {
                        Some(t) => t,
                        None => return Err(vm.last_os_error()),
                    };
                }
                fd
            }
            None => {
                family = if family == -1 { libc::AF_INET } else { family };
                kind = if kind == -1 { libc::SOCK_STREAM } else { kind };
                proto = proto.max(0);
                // SAFETY: no pointers.
                let make = || unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, proto) };
                let (fd, e) = vm.allow_threads(|| (make(), last_errno()));
                if fd < 0 {
                    return Err(vm.os_error(e, None));
                }
                fd
            }
        };
        this.fd.set(fd);
        this.family.set(family);
        this.kind.set(kind & !(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK));
        this.proto.set(proto);
        let default = *DEFAULT_TIMEOUT.get();
        if kind & libc::SOCK_NONBLOCK != 0 {
            this.timeout.set(0);
        } else {
            this.timeout.set(default);
            if default >= 0 {
                this.set_blocking(vm, false)?;
            }
        }
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let s = me(this);
        Ok(vm.new_str(&format!(
            "<socket object, fd={}, family={}, type={}, proto={}>",
            s.fd.get(),
            s.family.get(),
            s.kind.get(),
            s.proto.get()
        )))
    }

    #[slot(tp_finalize)]
    fn finalize(vm: &Vm, this: Value) {
        let s = me(this);
        if s.fd.get() < 0 {
            return;
        }
        let saved = vm.fetch_exception();
        let shown = vm.repr_string(this).unwrap_or_default();
        let ended =
            vm.warn(Exc::ResourceWarning, &format!("unclosed {shown}")).and_then(|_| Socket::end(vm, s));
        if let Err(raised) = ended {
            vm.unraisable(raised, "Exception ignored while finalizing socket", this);
            let _ = Socket::end(vm, s).map_err(|raised| vm.take_exception(raised));
        }
        if let Some(exc) = saved {
            vm.set_exception(exc);
        }
    }

    /// the socket family
    #[getter]
    fn family(_: &Vm, this: Ref<Socket>) -> i32 {
        this.family.get()
    }

    /// the socket type
    #[getter(name = "type")]
    fn kind(_: &Vm, this: Ref<Socket>) -> i32 {
        this.kind.get()
    }

    /// the socket protocol
    #[getter]
    fn proto(_: &Vm, this: Ref<Socket>) -> i32 {
        this.proto.get()
    }

    /// the socket timeout
    #[getter]
    fn timeout(vm: &Vm, this: Ref<Socket>) -> Value {
        timeout_value(vm, this.timeout.get())
    }

    /// _accept() -> (integer, address info)
    ///
    /// Wait for an incoming connection.  Return a new socket file descriptor
    /// representing the connection, and the address of the client.
    /// For IP sockets, the address info is a pair (hostaddr, port).
    #[pymethod("($self, /)")]
    fn _accept(vm: &Vm, this: Ref<Socket>) -> PyResult<(Value, Value)> {
        let mut a = Address::blank();
        let fd = this.call(vm, Wait::Read, |fd| {
            a = Address::blank();
            // SAFETY: an address with its size.
            unsafe { libc::accept4(fd, a.ptr_mut(), &mut a.len, libc::SOCK_CLOEXEC) as i64 }
        })?;
        match a.to_value(vm) {
            Ok(address) => Ok((vm.int(fd), address)),
            Err(raised) => {
                // SAFETY: the new descriptor is ours.
                unsafe { libc::close(fd as c_int) };
                Err(raised)
            }
        }
    }

    /// bind(address)
    ///
    /// Bind the socket to a local address.  For IP sockets, the address is a
    /// pair (host, port); the host must refer to the local host. For raw packet
    /// sockets the address is a tuple (ifname, proto [,pkttype [,hatype [,addr]]])
    #[pymethod("($self, address, /)")]
    fn bind(vm: &Vm, this: Ref<Socket>, address: Value) -> PyResult<()> {
        let a = this.address(vm, address, "bind")?;
        let fd = this.fd.get();
        // SAFETY: an address with its length.
        let (r, e) = vm.allow_threads(|| (unsafe { libc::bind(fd, a.ptr(), a.len) }, last_errno()));
        if r < 0 { Err(vm.os_error(e, None)) } else { Ok(()) }
    }

    /// close()
    ///
    /// Close the socket.  It cannot be used after this call.
    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<Socket>) -> PyResult<()> {
        Socket::end(vm, this)
    }

    /// connect(address)
    ///
    /// Connect the socket to a remote address.  For IP sockets, the address
    /// is a pair (host, port).
    #[pymethod("($self, address, /)")]
    fn connect(vm: &Vm, this: Ref<Socket>, address: Value) -> PyResult<()> {
        let a = this.address(vm, address, "connect")?;
        match this.connect_to(vm, &a)? {
            0 => Ok(()),
            e => Err(vm.os_error(e, None)),
        }
    }

    /// connect_ex(address) -> errno
    ///
    /// This is like connect(address), but returns an error code (the errno value)
    /// instead of raising an exception when an error occurs.
    #[pymethod("($self, address, /)")]
    fn connect_ex(vm: &Vm, this: Ref<Socket>, address: Value) -> PyResult<i32> {
        let a = this.address(vm, address, "connect_ex")?;
        match this.connect_to(vm, &a) {
            Ok(e) => Ok(e),
            Err(raised) => {
                vm.swallow(raised, Exc::TimeoutError)?;
                Ok(libc::EWOULDBLOCK)
            }
        }
    }

    /// detach()
    ///
    /// Close the socket object without closing the underlying file descriptor.
    /// The object cannot be used after this call, but the file descriptor
    /// can be reused for other purposes.  The file descriptor is returned.
    #[pymethod("($self, /)")]
    fn detach(_: &Vm, this: Ref<Socket>) -> i32 {
        this.fd.replace(-1)
    }

    /// fileno() -> integer
    ///
    /// Return the integer file descriptor of the socket.
    #[pymethod("($self, /)")]
    fn fileno(_: &Vm, this: Ref<Socket>) -> i32 {
        this.fd.get()
    }

    /// getpeername() -> address info
    ///
    /// Return the address of the remote endpoint.  For IP sockets, the address
    /// info is a pair (hostaddr, port).
    #[pymethod("($self, /)")]
    fn getpeername(vm: &Vm, this: Ref<Socket>) -> PyResult<Value> {
        let mut a = Address::blank();
        // SAFETY: an address with its size.
        quick(vm, unsafe { libc::getpeername(this.fd.get(), a.ptr_mut(), &mut a.len) } as i64)?;
        a.to_value(vm)
    }

    /// getsockname() -> address info
    ///
    /// Return the address of the local endpoint. The format depends on the
    /// address family. For IPv4 sockets, the address info is a pair
    /// (hostaddr, port). For IPv6 sockets, the address info is a 4-tuple
    /// (hostaddr, port, flowinfo, scope_id).
    #[pymethod("($self, /)")]
    fn getsockname(vm: &Vm, this: Ref<Socket>) -> PyResult<Value> {
        let mut a = Address::blank();
        // SAFETY: an address with its size.
        quick(vm, unsafe { libc::getsockname(this.fd.get(), a.ptr_mut(), &mut a.len) } as i64)?;
        a.to_value(vm)
    }

    /// getsockopt(level, option[, buffersize]) -> value
    ///
    /// Get a socket option.  See the Unix manual for level and option.
    /// If a nonzero buffersize argument is given, the return value is a
    /// string of that length; otherwise it is an integer.
    #[pymethod("($self, level, option, buffersize=0, /)")]
    fn getsockopt(
        vm: &Vm,
        this: Ref<Socket>,
        level: i32,
        option: i32,
        buffersize: Option<i32>,
    ) -> PyResult<Value> {
        let size = buffersize.unwrap_or(0);
        let fd = this.fd.get();
        if size == 0 {
            let mut value: c_int = 0;
            let mut n = std::mem::size_of::<c_int>() as socklen_t;
            let p = (&raw mut value).cast::<c_void>();
            // SAFETY: a place for an int with its size.
            quick(vm, unsafe { libc::getsockopt(fd, level, option, p, &mut n) } as i64)?;
            return Ok(vm.int(value as i64));
        }
        if !(1..=1024).contains(&size) {
            raise!(vm, OSError, "getsockopt buflen out of range")
        }
        let mut buffer = vec![0u8; size as usize];
        let mut n = size as socklen_t;
        // SAFETY: a buffer with its size.
        let r = unsafe { libc::getsockopt(fd, level, option, buffer.as_mut_ptr().cast(), &mut n) };
        quick(vm, r as i64)?;
        vm.new_bytes(&buffer[..(n as usize).min(buffer.len())])
    }

    /// listen([backlog])
    ///
    /// Enable a server to accept connections.  If backlog is specified, it must be
    /// at least 0 (if it is lower, it is set to 0); it specifies the number of
    /// unaccepted connections that the system will allow before refusing new
    /// connections. If not specified, a default reasonable value is chosen.
    #[pymethod("($self, backlog=128, /)")]
    fn listen(vm: &Vm, this: Ref<Socket>, backlog: Option<i32>) -> PyResult<()> {
        let backlog = backlog.unwrap_or(128).max(0);
        // SAFETY: no pointers.
        quick(vm, unsafe { libc::listen(this.fd.get(), backlog) } as i64).map(drop)
    }

    /// recv(buffersize[, flags]) -> data
    ///
    /// Receive up to buffersize bytes from the socket.  For the optional flags
    /// argument, see the Unix manual.  When no data is available, block until
    /// at least one byte is available or until the remote end is closed.  When
    /// the remote end is closed and all data is read, return the empty string.
    #[pymethod("($self, buffersize, flags=0, /)")]
    fn recv(vm: &Vm, this: Ref<Socket>, buffersize: isize, flags: Option<i32>) -> PyResult<Value> {
        this.receive(vm, buffersize, flags.unwrap_or(0), "recv")
    }

    /// recv_into(buffer, [nbytes[, flags]]) -> nbytes_read
    ///
    /// A version of recv() that stores its data into a buffer rather than creating
    /// a new string.  Receive up to buffersize bytes from the socket.  If buffersize
    /// is not specified (or 0), receive up to the size available in the given buffer.
    #[pymethod("($self, buffer, nbytes=0, flags=0)")]
    fn recv_into(
        vm: &Vm,
        this: Ref<Socket>,
        buffer: Value,
        nbytes: Option<isize>,
        flags: Option<i32>,
    ) -> PyResult<i64> {
        let mut view = vm.bytes_mut(buffer)?;
        let len = into_length(vm, view.bytes().len(), nbytes, "recv_into")?;
        if len == 0 {
            return Ok(0);
        }
        let (p, flags) = (view.bytes().as_mut_ptr(), flags.unwrap_or(0));
        // SAFETY: the view keeps the memory in place.
        this.call(vm, Wait::Read, |fd| unsafe { libc::recv(fd, p.cast(), len, flags) } as i64)
    }

    /// recvfrom(buffersize[, flags]) -> (data, address info)
    ///
    /// Like recv(buffersize, flags) but also return the sender's address info.
    #[pymethod("($self, buffersize, flags=0, /)")]
    fn recvfrom(
        vm: &Vm,
        this: Ref<Socket>,
        buffersize: isize,
        flags: Option<i32>,
    ) -> PyResult<(Value, Value)> {
        if buffersize < 0 {
            return Err(vm.value_error("negative buffersize in recvfrom"));
        }
        let mut buffer = buffer_of(vm, buffersize as usize)?;
        let p = buffer.as_mut_ptr();
        let (n, address) = this.receive_from(vm, p, buffer.len(), flags.unwrap_or(0))?;
        Ok((vm.new_bytes(&buffer[..n.min(buffer.len())])?, address))
    }

    /// recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)
    ///
    /// Like recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info.
    #[pymethod("($self, buffer, nbytes=0, flags=0)")]
    fn recvfrom_into(
        vm: &Vm,
        this: Ref<Socket>,
        buffer: Value,
        nbytes: Option<isize>,
        flags: Option<i32>,
    ) -> PyResult<(usize, Value)> {
        let mut view = vm.bytes_mut(buffer)?;
        let have = view.bytes().len();
        let len = match nbytes.unwrap_or(0) {
            n if n < 0 => return Err(vm.value_error("negative buffersize in recvfrom_into")),
            0 => have,
            n if n as usize > have => {
                return Err(vm.value_error("nbytes is greater than the length of the buffer"));
            }
            n => n as usize,
        };
        let p = view.bytes().as_mut_ptr();
        this.receive_from(vm, p, len, flags.unwrap_or(0))
    }

    /// send(data[, flags]) -> count
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  Return the number of bytes
    /// sent; this may be less than len(data) if the network is busy.
    #[pymethod("($self, data, flags=0, /)")]
    fn send(vm: &Vm, this: Ref<Socket>, data: Value, flags: Option<i32>) -> PyResult<i64> {
        let (data, flags) = (vm.bytes_like(data)?, flags.unwrap_or(0));
        let (p, n) = (data.as_ptr(), data.len());
        // SAFETY: the data is kept in place.
        this.call(vm, Wait::Write, |fd| unsafe { libc::send(fd, p.cast(), n, flags) } as i64)
    }

    /// sendall(data[, flags])
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  This calls send() repeatedly
    /// until all data is sent.  If an error occurs, it's impossible
    /// to tell how much data has been sent.
    #[pymethod("($self, data, flags=0, /)")]
    fn sendall(vm: &Vm, this: Ref<Socket>, data: Value, flags: Option<i32>) -> PyResult<()> {
        let (data, flags) = (vm.bytes_like(data)?, flags.unwrap_or(0));
        let timeout = this.timeout.get();
        let deadline = monotonic().saturating_add(timeout);
        let mut at = 0;
        while at < data.len() {
            let (p, n) = (data[at..].as_ptr(), data.len() - at);
            if timeout > 0 {
                // The timeout is for the whole, not for each part.
                let left = deadline - monotonic();
                if left <= 0 {
                    return Err(vm.error(Exc::TimeoutError, "timed out"));
                }
                this.timeout.set(left);
            }
            // SAFETY: the data is kept in place.
            let sent = this.call(vm, Wait::Write, |fd| unsafe { libc::send(fd, p.cast(), n, flags) } as i64);
            this.timeout.set(timeout);
            at += sent? as usize;
            vm.check_signals()?;
        }
        Ok(())
    }

    /// sendto(data[, flags], address) -> count
    ///
    /// Like send(data, flags) but allows specifying the destination address.
    /// For IP sockets, the address is a pair (hostaddr, port).
    #[pymethod("($self, data[, flags], address)")]
    fn sendto(vm: &Vm, this: Ref<Socket>, args: Args) -> PyResult<i64> {
        let (data, flags, address) = match *args.pos() {
            [data, address] => (data, 0, address),
            [data, flags, address] => {
                if flags.class().slots().nb_index.is_none() {
                    raise!(
                        vm,
                        TypeError,
                        "'{}' object cannot be interpreted as an integer",
                        flags.class().name()
                    )
                }
                (data, vm.index_i128(flags)? as c_int, address)
            }
            _ => raise!(vm, TypeError, "sendto() takes 2 or 3 arguments ({} given)", args.pos().len()),
        };
        let data = vm.bytes_like(data)?;
        let a = this.address(vm, address, "sendto")?;
        let (p, n) = (data.as_ptr(), data.len());
        // SAFETY: the data is kept in place; an address with its length.
        this.call(vm, Wait::Write, |fd| unsafe {
            libc::sendto(fd, p.cast(), n, flags, a.ptr(), a.len) as i64
        })
    }

    /// setblocking(flag)
    ///
    /// Set the socket to blocking (flag is true) or non-blocking (false).
    /// setblocking(True) is equivalent to settimeout(None);
    /// setblocking(False) is equivalent to settimeout(0.0).
    #[pymethod("($self, flag, /)")]
    fn setblocking(vm: &Vm, this: Ref<Socket>, flag: bool) -> PyResult<()> {
        this.timeout.set(if flag { -1 } else { 0 });
        this.set_blocking(vm, flag)
    }

    /// getblocking()
    ///
    /// Returns True if socket is in blocking mode, or False if it
    /// is in non-blocking mode.
    #[pymethod("($self, /)")]
    fn getblocking(_: &Vm, this: Ref<Socket>) -> bool {
        this.timeout.get() != 0
    }

    /// settimeout(timeout)
    ///
    /// Set a timeout on socket operations.  'timeout' can be a float,
    /// giving in seconds, or None.  Setting a timeout of None disables
    /// the timeout feature and is equivalent to setblocking(1).
    /// Setting a timeout of zero is the same as setblocking(0).
    #[pymethod("($self, timeout, /)")]
    fn settimeout(vm: &Vm, this: Ref<Socket>, timeout: Value) -> PyResult<()> {
        let ns = parse_timeout(vm, timeout)?;
        this.timeout.set(ns);
        this.set_blocking(vm, ns < 0)
    }

    /// gettimeout() -> timeout
    ///
    /// Returns the timeout in seconds (float) associated with socket
    /// operations. A timeout of None indicates that timeouts on socket
    /// operations are disabled.
    #[pymethod("($self, /)")]
    fn gettimeout(vm: &Vm, this: Ref<Socket>) -> Value {
        timeout_value(vm, this.timeout.get())
    }

    /// setsockopt(level, option, value: int)
    /// setsockopt(level, option, value: buffer)
    /// setsockopt(level, option, None, optlen: int)
    ///
    /// Set a socket option.  See the Unix manual for level and option.
    /// The value argument can either be an integer, a string buffer, or
    /// None, optlen.
    #[pymethod("($self, level, option, value, optlen=<unrepresentable>, /)")]
    fn setsockopt(
        vm: &Vm,
        this: Ref<Socket>,
        level: i32,
        option: i32,
        value: Value,
        optlen: Option<u32>,
    ) -> PyResult<()> {
        let fd = this.fd.get();
        let r = if let Some(n) = optlen {
            if !value.is_none() {
                raise!(vm, TypeError, "socket option should be None, not {}", value.class().name())
            }
            // SAFETY: the system is told the length of no data, as some options want it.
            unsafe { libc::setsockopt(fd, level, option, std::ptr::null(), n) }
        } else if value.class().slots().nb_index.is_some() {
            let Ok(n) = c_int::try_from(vm.index_i128(value)?) else {
                return Err(vm.overflow_error("Python int too large to convert to C int"));
            };
            let size = std::mem::size_of::<c_int>() as socklen_t;
            // SAFETY: an int with its size.
            unsafe { libc::setsockopt(fd, level, option, (&raw const n).cast(), size) }
        } else if value.is_none() {
            return Err(vm.type_error("socket option should be int, bytes-like or None with optlen"));
        } else {
            let data = vm.bytes_like(value)?;
            // SAFETY: data with its length.
            unsafe { libc::setsockopt(fd, level, option, data.as_ptr().cast(), data.len() as socklen_t) }
        };
        quick(vm, r as i64).map(drop)
    }

    /// shutdown(flag)
    ///
    /// Shut down the reading side of the socket (flag == SHUT_RD), the writing side
    /// of the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR).
    #[pymethod("($self, how, /)")]
    fn shutdown(vm: &Vm, this: Ref<Socket>, how: i32) -> PyResult<()> {
        let fd = this.fd.get();
        // SAFETY: no pointers.
        let (r, e) = vm.allow_threads(|| (unsafe { libc::shutdown(fd, how) }, last_errno()));
        if r < 0 { Err(vm.os_error(e, None)) } else { Ok(()) }
    }

    /// recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)
    ///
    /// Receive normal data (up to bufsize bytes) and ancillary data from the
    /// socket.
    #[pymethod("($self, bufsize, ancbufsize=0, flags=0, /)")]
    fn recvmsg(
        vm: &Vm,
        this: Ref<Socket>,
        bufsize: isize,
        ancbufsize: Option<isize>,
        flags: Option<i32>,
    ) -> PyResult<Value> {
        messages::receive(vm, this, bufsize, ancbufsize.unwrap_or(0), flags.unwrap_or(0))
    }

    /// recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)
    ///
    /// Receive normal data and ancillary data from the socket, scattering the
    /// non-ancillary data into a series of buffers.
    #[pymethod("($self, buffers, ancbufsize=0, flags=0, /)")]
    fn recvmsg_into(
        vm: &Vm,
        this: Ref<Socket>,
        buffers: Value,
        ancbufsize: Option<isize>,
        flags: Option<i32>,
    ) -> PyResult<Value> {
        messages::receive_into(vm, this, buffers, ancbufsize.unwrap_or(0), flags.unwrap_or(0))
    }

    /// sendmsg(buffers[, ancdata[, flags[, address]]]) -> count
    ///
    /// Send normal and ancillary data to the socket, gathering the
    /// non-ancillary data from a series of buffers and concatenating it into
    /// a single message.
    #[pymethod("($self, buffers, ancdata=(), flags=0, address=None, /)")]
    fn sendmsg(
        vm: &Vm,
        this: Ref<Socket>,
        buffers: Value,
        ancdata: Option<Value>,
        flags: Option<i32>,
        address: Option<Value>,
    ) -> PyResult<i64> {
        messages::send(vm, this, buffers, ancdata, flags.unwrap_or(0), address)
    }

    // skipped sendmsg_afalg: addresses of AF_ALG are not supported.
}

fn into_length(vm: &Vm, have: usize, nbytes: Option<isize>, what: &str) -> PyResult<usize> {
    match nbytes.unwrap_or(0) {
        n if n < 0 => raise!(vm, ValueError, "negative buffersize in {what}"),
        0 => Ok(have),
        n if n as usize > have => Err(vm.value_error("buffer too small for requested bytes")),
        n => Ok(n as usize),
    }
}

/// A 16-bit number to be swapped.
fn short(vm: &Vm, v: Value, function: &str) -> PyResult<u16> {
    let n = vm.index_i128(v)?;
    if n < 0 {
        raise!(
            vm,
            OverflowError,
            "{function}: can't convert negative Python int to C 16-bit unsigned integer"
        )
    }
    match u16::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) => {
            raise!(
                vm,
                OverflowError,
                "{function}: Python int too large to convert to C 16-bit unsigned integer"
            )
        }
    }
}

/// A 32-bit number to be swapped.
fn long(vm: &Vm, v: Value, function: &str) -> PyResult<u32> {
    if adder_vm::builtins::int::as_int(v).is_none() {
        raise!(vm, TypeError, "expected int, {} found", v.class().name())
    }
    let n = vm.index_i128(v)?;
    if n < 0 {
        return Err(vm.overflow_error("can't convert negative value to unsigned int"));
    }
    let _ = function;
    match u32::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) => Err(vm.overflow_error("int larger than 32 bits")),
    }
}

/// Implementation module for socket operations.
///
/// See the socket module for documentation.
#[pymodule]
pub mod _socket {
    use super::*;

    /// close(integer) -> None
    ///
    /// Close an integer socket file descriptor.  This is like os.close(), but for
    /// sockets; on some platforms os.close() won't work for socket file descriptors.
    #[pyfunction("($module, fd, /)")]
    fn close(vm: &Vm, fd: i32) -> PyResult<()> {
        // SAFETY: closing what the program says.
        let (r, e) = vm.allow_threads(|| (unsafe { libc::close(fd) }, last_errno()));
        if r < 0 && e != libc::ECONNRESET { Err(vm.os_error(e, None)) } else { Ok(()) }
    }

    /// dup(integer) -> integer
    ///
    /// Duplicate an integer socket file descriptor.  This is like os.dup(), but for
    /// sockets; on some platforms os.dup() won't work for socket file descriptors.
    #[pyfunction("($module, fd, /)")]
    fn dup(vm: &Vm, fd: i32) -> PyResult<i64> {
        // SAFETY: no pointers.
        quick(vm, unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) } as i64)
    }

    /// socketpair([family[, type [, proto]]]) -> (socket object, socket object)
    ///
    /// Create a pair of socket objects from the sockets returned by the platform
    /// socketpair() function.
    /// The arguments are the same as for socket() except the default family is
    /// AF_UNIX if defined on the platform; otherwise, the default is AF_INET.
    #[pyfunction("($module, family=AF_UNIX, type=SOCK_STREAM, proto=0, /)")]
    fn socketpair(
        vm: &Vm,
        family: Option<i32>,
        kind: Option<i32>,
        proto: Option<i32>,
    ) -> PyResult<(Value, Value)> {
        let (family, kind) = (family.unwrap_or(libc::AF_UNIX), kind.unwrap_or(libc::SOCK_STREAM));
        let proto = proto.unwrap_or(0);
        let mut fds: [c_int; 2] = [-1; 2];
        // SAFETY: room for two descriptors.
        let r = unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, proto, fds.as_mut_ptr()) };
        quick(vm, r as i64)?;
        let make = |fd: c_int| {
            let args = [family, kind, proto, fd].map(|n| vm.int(n as i64));
            vm.call(Socket::class().value(), &args)
        };
        Ok((make(fds[0])?, make(fds[1])?))
    }

    /// Convert a 16-bit unsigned integer from network to host byte order.
    #[pyfunction("($module, x, /)")]
    fn ntohs(vm: &Vm, x: Value) -> PyResult<u32> {
        Ok(u16::from_be(short(vm, x, "ntohs")?) as u32)
    }

    /// Convert a 32-bit unsigned integer from network to host byte order.
    #[pyfunction("($module, x, /)")]
    fn ntohl(vm: &Vm, x: Value) -> PyResult<u32> {
        Ok(u32::from_be(long(vm, x, "ntohl")?))
    }

    /// Convert a 16-bit unsigned integer from host to network byte order.
    #[pyfunction("($module, x, /)")]
    fn htons(vm: &Vm, x: Value) -> PyResult<u32> {
        Ok(short(vm, x, "htons")?.to_be() as u32)
    }

    /// Convert a 32-bit unsigned integer from host to network byte order.
    #[pyfunction("($module, x, /)")]
    fn htonl(vm: &Vm, x: Value) -> PyResult<u32> {
        Ok(long(vm, x, "htonl")?.to_be())
    }

    /// getdefaulttimeout() -> timeout
    ///
    /// Returns the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[pyfunction("($module, /)")]
    fn getdefaulttimeout(vm: &Vm) -> Value {
        timeout_value(vm, *DEFAULT_TIMEOUT.get())
    }

    /// setdefaulttimeout(timeout)
    ///
    /// Set the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[pyfunction("($module, timeout, /)")]
    fn setdefaulttimeout(vm: &Vm, timeout: Value) -> PyResult<()> {
        let ns = parse_timeout(vm, timeout)?;
        *DEFAULT_TIMEOUT.get() = ns;
        Ok(())
    }

    /// CMSG_LEN(length) -> control message length
    ///
    /// Return the total length, without trailing padding, of an ancillary
    /// data item with associated data of the given length.
    #[pyfunction("($module, length, /)")]
    fn CMSG_LEN(vm: &Vm, length: isize) -> PyResult<i64> {
        match messages::item_length(length) {
            Some(n) => Ok(n as i64),
            None => Err(vm.overflow_error("CMSG_LEN() argument out of range")),
        }
    }

    /// CMSG_SPACE(length) -> buffer size
    ///
    /// Return the buffer size needed for recvmsg() to receive an ancillary
    /// data item with associated data of the given length, along with any
    /// trailing padding.
    #[pyfunction("($module, length, /)")]
    fn CMSG_SPACE(vm: &Vm, length: isize) -> PyResult<i64> {
        match messages::item_space(length) {
            Some(n) => Ok(n as i64),
            None => Err(vm.overflow_error("CMSG_SPACE() argument out of range")),
        }
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add_constants(vm, m, SOCKET);
        add_functions(vm, m, &resolve::names::DEF)?;
        let os_error = Exc::OSError.class().value();
        let herror = resolve::HERROR.make(vm, "socket", "herror", &[os_error], "")?;
        let gaierror = resolve::GAIERROR.make(vm, "socket", "gaierror", &[os_error], "")?;
        let class = ready_class::<Socket>(vm).value();
        for (name, value) in [
            ("error", os_error),
            ("herror", herror),
            ("gaierror", gaierror),
            ("timeout", Exc::TimeoutError.class().value()),
            ("socket", class),
            ("SocketType", class),
            ("BDADDR_ANY", vm.new_str("00:00:00:00:00:00")),
            ("BDADDR_LOCAL", vm.new_str("00:00:00:FF:FF:FF")),
        ] {
            m.dict().set_str(vm, name, value);
        }
        m.dict().set_str(vm, "has_ipv6", bool_value(true));
        Ok(())
    }
}
