//! Socket addresses: between Python's tuples and C's `sockaddr`.

use crate::_socket::resolve;
use adder_vm::builtins::bytearray::ByteArray;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::{c_int, sockaddr, sockaddr_storage, socklen_t};
use std::mem::{size_of, zeroed};
use std::net::{Ipv4Addr, Ipv6Addr};

/// An address as C has it.
#[derive(Clone, Copy)]
pub struct Address {
    pub storage: sockaddr_storage,
    pub len: socklen_t,
}

/// Where the path begins in `sockaddr_un`.
const PATH_AT: usize = std::mem::offset_of!(libc::sockaddr_un, sun_path);

impl Address {
    /// Room for any address.
    pub fn blank() -> Address {
        // SAFETY: all zeros is a valid sockaddr_storage.
        Address { storage: unsafe { zeroed() }, len: size_of::<sockaddr_storage>() as socklen_t }
    }

    pub fn of<T: Copy>(value: T) -> Address {
        let mut a = Address::blank();
        assert!(size_of::<T>() <= size_of::<sockaddr_storage>());
        // SAFETY: the storage is larger and aligned for every kind of address.
        unsafe { (&raw mut a.storage).cast::<T>().write(value) };
        a.len = size_of::<T>() as socklen_t;
        a
    }

    /// Copies what C points to.
    ///
    /// # Safety
    /// `p` points to `len` readable bytes.
    pub unsafe fn copied(p: *const sockaddr, len: socklen_t) -> Address {
        let mut a = Address::blank();
        let n = (len as usize).min(size_of::<sockaddr_storage>());
        std::ptr::copy_nonoverlapping(p.cast::<u8>(), (&raw mut a.storage).cast::<u8>(), n);
        a.len = n as socklen_t;
        a
    }

    pub fn ptr(&self) -> *const sockaddr {
        (&raw const self.storage).cast()
    }

    pub fn ptr_mut(&mut self) -> *mut sockaddr {
        (&raw mut self.storage).cast()
    }

    fn get<T: Copy>(&self) -> T {
        // SAFETY: all kinds of addresses are plain data no larger than the storage.
        unsafe { (&raw const self.storage).cast::<T>().read() }
    }

    /// The bytes in use.
    fn bytes(&self) -> &[u8] {
        let n = (self.len as usize).min(size_of::<sockaddr_storage>());
        // SAFETY: as in `get`.
        unsafe { std::slice::from_raw_parts((&raw const self.storage).cast::<u8>(), n) }
    }

    /// The Python value of the address (`makesockaddr`).
    pub fn to_value(self, vm: &Vm) -> PyResult<Value> {
        if self.len == 0 {
            return Ok(none());
        }
        match self.storage.ss_family as c_int {
            libc::AF_INET => {
                let a: libc::sockaddr_in = self.get();
                let host = Ipv4Addr::from(u32::from_be(a.sin_addr.s_addr)).to_string();
                let port = vm.int(u16::from_be(a.sin_port) as i64);
                Ok(Tuple::from_slice(vm, &[vm.new_str(&host), port]).value())
            }
            libc::AF_INET6 => {
                let a: libc::sockaddr_in6 = self.get();
                let host = numeric_host(vm, &self)?;
                let items = [
                    host,
                    vm.int(u16::from_be(a.sin6_port) as i64),
                    vm.int(u32::from_be(a.sin6_flowinfo) as i64),
                    vm.int(a.sin6_scope_id as i64),
                ];
                Ok(Tuple::from_slice(vm, &items).value())
            }
            libc::AF_UNIX => {
                let path = self.bytes().get(PATH_AT..).unwrap_or(&[]);
                match path.first() {
                    Some(0) => vm.new_bytes(path),
                    _ => vm.fs_decode(path.split(|b| *b == 0).next().unwrap_or(&[])),
                }
            }
            libc::AF_NETLINK => {
                let a: libc::sockaddr_nl = self.get();
                Ok(Tuple::from_slice(vm, &[vm.int(a.nl_pid as i64), vm.int(a.nl_groups as i64)]).value())
            }
            libc::AF_VSOCK => {
                let a: libc::sockaddr_vm = self.get();
                Ok(Tuple::from_slice(vm, &[vm.int(a.svm_cid as i64), vm.int(a.svm_port as i64)]).value())
            }
            family => {
                let data =
                    vm.new_bytes(self.bytes().get(2..16.min(self.len as usize).max(2)).unwrap_or(&[]))?;
                Ok(Tuple::from_slice(vm, &[vm.int(family as i64), data]).value())
            }
        }
    }

    /// The C form of a Python address for a socket of a family (`getsockaddrarg`).
    pub fn from_value(vm: &Vm, v: Value, family: c_int, function: &str) -> PyResult<Address> {
        match family {
            libc::AF_UNIX => unix(vm, v),
            libc::AF_INET => {
                let items = tuple(vm, v, "AF_INET", function)?;
                let [host, port] = items.items() else {
                    return Err(wrong_count(vm, function, items.len(), 2, 2));
                };
                let host = host_name(vm, *host)?;
                let port = port_number(vm, *port, function)?;
                let mut a = resolve::address_of(vm, &host, libc::AF_INET)?;
                let mut sin: libc::sockaddr_in = a.get();
                sin.sin_family = libc::AF_INET as _;
                sin.sin_port = port.to_be();
                a = Address::of(sin);
                Ok(a)
            }
            libc::AF_INET6 => {
                let items = tuple(vm, v, "AF_INET6", function)?;
                if !(2..=4).contains(&items.len()) {
                    return Err(wrong_count(vm, function, items.len(), 2, 4));
                }
                let host = host_name(vm, items.get(0))?;
                let port = port_number(vm, items.get(1), function)?;
                let number = |i: usize| match items.items().get(i) {
                    Some(v) => vm.index_i128(*v),
                    None => Ok(0),
                };
                let (flow, scope) = (number(2)?, number(3)?);
                if !(0..=0xfffff).contains(&flow) {
                    raise!(vm, OverflowError, "{function}(): flowinfo must be 0-1048575.")
                }
                let found = resolve::address_of(vm, &host, libc::AF_INET6)?;
                let mut sin: libc::sockaddr_in6 = found.get();
                sin.sin6_family = libc::AF_INET6 as _;
                sin.sin6_port = port.to_be();
                sin.sin6_flowinfo = (flow as u32).to_be();
                sin.sin6_scope_id = scope as u32;
                Ok(Address::of(sin))
            }
            libc::AF_NETLINK => {
                let items = tuple(vm, v, "AF_NETLINK", function)?;
                let (pid, groups) = pair(vm, items, function)?;
                // SAFETY: plain data.
                let mut a: libc::sockaddr_nl = unsafe { zeroed() };
                a.nl_family = libc::AF_NETLINK as _;
                a.nl_pid = pid as u32;
                a.nl_groups = groups as u32;
                Ok(Address::of(a))
            }
            libc::AF_VSOCK => {
                let items = tuple(vm, v, "AF_VSOCK", function)?;
                let (cid, port) = pair(vm, items, function)?;
                // SAFETY: plain data.
                let mut a: libc::sockaddr_vm = unsafe { zeroed() };
                a.svm_family = libc::AF_VSOCK as _;
                a.svm_cid = cid as u32;
                a.svm_port = port as u32;
                Ok(Address::of(a))
            }
            // skipped Bluetooth, CAN, packet, TIPC, ALG, QIPCRTR and Hyper-V addresses.
            _ => raise!(vm, OSError, "{function}(): bad family"),
        }
    }
}

/// The numeric text of an IPv6 address, with its scope.
fn numeric_host(vm: &Vm, a: &Address) -> PyResult<Value> {
    let mut host = [0u8; 1025];
    // SAFETY: the buffer has the length that is given.
    let e = unsafe {
        let p = host.as_mut_ptr().cast();
        let n = host.len() as socklen_t;
        libc::getnameinfo(a.ptr(), a.len, p, n, std::ptr::null_mut(), 0, libc::NI_NUMERICHOST)
    };
    if e != 0 {
        return Err(resolve::gai_error(vm, e));
    }
    let end = host.iter().position(|b| *b == 0).unwrap_or(0);
    Ok(vm.new_str(&String::from_utf8_lossy(&host[..end])))
}

fn tuple(vm: &Vm, v: Value, family: &str, function: &str) -> PyResult<Ref<Tuple>> {
    match v.downcast::<Tuple>() {
        Some(t) => Ok(t),
        None => {
            raise!(vm, TypeError, "{function}(): {family} address must be tuple, not {}", v.class().name())
        }
    }
}

fn wrong_count(vm: &Vm, function: &str, given: usize, least: usize, most: usize) -> Raised {
    let what = match (least, most) {
        (2, 2) => "a pair (host, port)",
        _ => "a tuple (host, port[, flowinfo[, scopeid]])",
    };
    let _ = given;
    let family = if most == 2 { "AF_INET" } else { "AF_INET6" };
    vm.type_error(format!("{function}(): {family} address must be {what}"))
}

fn pair(vm: &Vm, items: Ref<Tuple>, function: &str) -> PyResult<(i128, i128)> {
    let [a, b] = items.items() else {
        raise!(vm, TypeError, "{function}(): address must be a pair of integers")
    };
    Ok((vm.index_i128(*a)?, vm.index_i128(*b)?))
}

fn port_number(vm: &Vm, v: Value, function: &str) -> PyResult<u16> {
    if v.class().slots().nb_index.is_none() {
        raise!(vm, TypeError, "'{}' object cannot be interpreted as an integer", v.class().name())
    }
    let n = vm.index_i128(v)?;
    if i32::try_from(n).is_err() {
        let way = if n < 0 { "less than minimum" } else { "greater than maximum" };
        raise!(vm, OverflowError, "signed integer is {way}")
    }
    match u16::try_from(n) {
        Ok(port) => Ok(port),
        Err(_) => raise!(vm, OverflowError, "{function}(): port must be 0-65535."),
    }
}

/// The name of a host as bytes: text is encoded with IDNA (`idna_converter`).
pub fn host_name(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    let bytes = if let Some(b) = v.downcast::<Bytes>() {
        b.as_bytes().to_vec()
    } else if let Some(b) = v.downcast::<ByteArray>() {
        b.as_bytes().to_vec()
    } else if let Some(s) = v.downcast::<Str>() {
        match s.as_ascii() {
            Some(text) => text.as_bytes().to_vec(),
            None => {
                let encoding = vm.intern_str("idna");
                let e = vm.call_method(s.value(), vm.intern_str("encode"), &[encoding.value()]);
                match e {
                    Ok(encoded) => vm.bytes_like(encoded)?.to_vec(),
                    Err(raised) => {
                        vm.swallow(raised, adder_vm::builtins::exceptions::Exc::UnicodeError)?;
                        return Err(vm.type_error("encoding of hostname failed"));
                    }
                }
            }
        }
    } else {
        raise!(vm, TypeError, "string or bytes expected, not {}", v.class().name())
    };
    if bytes.contains(&0) {
        return Err(vm.type_error("host name must not contain null character"));
    }
    Ok(bytes)
}

fn unix(vm: &Vm, v: Value) -> PyResult<Address> {
    let path = match v.downcast::<Str>() {
        Some(s) => vm.fs_encode(s)?,
        None => vm.bytes_like(v)?.to_vec(),
    };
    // SAFETY: plain data.
    let mut a: libc::sockaddr_un = unsafe { zeroed() };
    let room = a.sun_path.len();
    let abstract_name = path.first() == Some(&0);
    if path.len() > room || (!abstract_name && path.len() >= room) {
        raise!(vm, OSError, "AF_UNIX path too long")
    }
    a.sun_family = libc::AF_UNIX as _;
    for (to, from) in a.sun_path.iter_mut().zip(&path) {
        *to = *from as libc::c_char;
    }
    let mut address = Address::of(a);
    // A name in the abstract name space has no terminator.
    address.len = (PATH_AT + path.len() + usize::from(!path.is_empty() && !abstract_name)) as socklen_t;
    Ok(address)
}

/// `inet_pton` for both families.
pub fn parse_ip(family: c_int, text: &str) -> Option<Vec<u8>> {
    match family {
        libc::AF_INET => text.parse::<Ipv4Addr>().ok().map(|a| a.octets().to_vec()),
        _ => text.parse::<Ipv6Addr>().ok().map(|a| a.octets().to_vec()),
    }
}
