//! Names of hosts, services, protocols and interfaces, and addresses as text.

use crate::_socket::address::{Address, host_name, parse_ip};
use crate::new_exception::ExceptionClass;
use crate::os_support::*;
use adder_macros::pymodule;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::{addrinfo, c_char, c_int, socklen_t};
use std::ffi::{CStr, CString};
use std::ptr::null_mut;

pub static GAIERROR: ExceptionClass = ExceptionClass::new();
pub static HERROR: ExceptionClass = ExceptionClass::new();

/// `socket.gaierror` for a status of `getaddrinfo`.
pub fn gai_error(vm: &Vm, status: c_int) -> Raised {
    if status == libc::EAI_SYSTEM {
        return vm.last_os_error();
    }
    // SAFETY: the C library's text is static.
    let text = unsafe { c_bytes(libc::gai_strerror(status)) };
    let text = vm.new_str(&String::from_utf8_lossy(text));
    vm.raise_class(GAIERROR.get(), &[vm.int(status as i64), text])
}

fn h_error(vm: &Vm, status: c_int) -> Raised {
    let text = match status {
        1 => "Unknown host",
        2 => "Host name lookup failure",
        3 => "Unknown server error",
        4 => "No address associated with name",
        _ => "Unknown resolver error",
    };
    vm.raise_class(HERROR.get(), &[vm.int(status as i64), vm.new_str(text)])
}

/// Results of `getaddrinfo`, freed in the end.
struct Found(*mut addrinfo);

impl Drop for Found {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the list came from getaddrinfo.
            unsafe { libc::freeaddrinfo(self.0) }
        }
    }
}

impl Found {
    fn iter(&self) -> impl Iterator<Item = &addrinfo> {
        // SAFETY: a list of getaddrinfo lives as long as self.
        std::iter::successors(unsafe { self.0.as_ref() }, |a| unsafe { a.ai_next.as_ref() })
    }
}

fn lookup(vm: &Vm, host: Option<&CStr>, port: Option<&CStr>, hints: &addrinfo) -> PyResult<Found> {
    let mut list = null_mut();
    let status = vm.allow_threads(|| {
        let null = std::ptr::null();
        let (h, p) = (host.map_or(null, |h| h.as_ptr()), port.map_or(null, |p| p.as_ptr()));
        // SAFETY: terminated strings and a place for the result.
        unsafe { libc::getaddrinfo(h, p, hints, &mut list) }
    });
    if status != 0 { Err(gai_error(vm, status)) } else { Ok(Found(list)) }
}

fn hints(family: c_int, kind: c_int, proto: c_int, flags: c_int) -> addrinfo {
    // SAFETY: plain data.
    let mut h: addrinfo = unsafe { std::mem::zeroed() };
    (h.ai_family, h.ai_socktype, h.ai_protocol, h.ai_flags) = (family, kind, proto, flags);
    h
}

/// The first address of a host (`setipaddr`). The empty name is any address.
pub fn address_of(vm: &Vm, host: &[u8], family: c_int) -> PyResult<Address> {
    let name = CString::new(host).map_err(|_| vm.value_error("embedded null byte"))?;
    if host.is_empty() {
        let found = lookup(vm, None, Some(c"0"), &hints(family, libc::SOCK_DGRAM, 0, libc::AI_PASSIVE))?;
        if found.iter().count() > 1 {
            raise!(vm, OSError, "wildcard resolved to multiple address")
        }
        return first(vm, &found);
    }
    if host == b"<broadcast>" || host == b"255.255.255.255" {
        if family != libc::AF_INET && family != libc::AF_UNSPEC {
            raise!(vm, OSError, "address family mismatched")
        }
        // SAFETY: plain data.
        let mut a: libc::sockaddr_in = unsafe { std::mem::zeroed() };
        a.sin_family = libc::AF_INET as _;
        a.sin_addr.s_addr = libc::INADDR_BROADCAST;
        return Ok(Address::of(a));
    }
    let found = lookup(vm, Some(&name), None, &hints(family, 0, 0, 0))?;
    first(vm, &found)
}

fn first(vm: &Vm, found: &Found) -> PyResult<Address> {
    match found.iter().next() {
        // SAFETY: getaddrinfo gives the length of the address.
        Some(a) => Ok(unsafe { Address::copied(a.ai_addr, a.ai_addrlen) }),
        None => raise!(vm, OSError, "no address found"),
    }
}

fn text(vm: &Vm, p: *const c_char) -> Value {
    // SAFETY: terminated strings of the C library.
    vm.fs_decode(unsafe { c_bytes(p) }).unwrap_or_else(|_| vm.new_str(""))
}

/// The entries of a null-terminated array of C pointers.
///
/// # Safety
/// The array ends with a null pointer.
unsafe fn entries(mut p: *mut *mut c_char) -> Vec<*mut c_char> {
    let mut out = vec![];
    while !p.is_null() && !(*p).is_null() {
        out.push(*p);
        p = p.add(1);
    }
    out
}

/// `(name, aliases, addresses)` of a host, by name or by address.
fn host_entry(vm: &Vm, address: &Address) -> PyResult<Value> {
    let family = address.storage.ss_family as c_int;
    // SAFETY: the family says which struct the storage holds.
    let raw: Vec<u8> = unsafe {
        match family {
            libc::AF_INET => {
                (*address.ptr().cast::<libc::sockaddr_in>()).sin_addr.s_addr.to_ne_bytes().to_vec()
            }
            libc::AF_INET6 => (*address.ptr().cast::<libc::sockaddr_in6>()).sin6_addr.s6_addr.to_vec(),
            _ => raise!(vm, OSError, "unsupported address family"),
        }
    };
    unsafe extern "C" {
        fn gethostbyaddr_r(
            addr: *const u8,
            len: socklen_t,
            family: c_int,
            ret: *mut libc::hostent,
            buf: *mut c_char,
            n: usize,
            result: *mut *mut libc::hostent,
            error: *mut c_int,
        ) -> c_int;
    }
    let mut buffer = vec![0u8; 16384];
    // SAFETY: plain data.
    let mut entry: libc::hostent = unsafe { std::mem::zeroed() };
    let mut result = null_mut();
    let mut status = 0;
    vm.allow_threads(|| {
        // SAFETY: all buffers have the lengths that are given.
        unsafe {
            gethostbyaddr_r(
                raw.as_ptr(),
                raw.len() as socklen_t,
                family,
                &mut entry,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                &mut result,
                &mut status,
            )
        }
    });
    if result.is_null() {
        return Err(h_error(vm, status));
    }
    host_value(vm, &entry)
}

fn host_value(vm: &Vm, entry: &libc::hostent) -> PyResult<Value> {
    let (aliases, addresses) = (List::new(vm), List::new(vm));
    // SAFETY: the C library filled the entry; addresses have the family's length.
    unsafe {
        for a in entries(entry.h_aliases) {
            aliases.push(vm, text(vm, a));
        }
        for a in entries(entry.h_addr_list) {
            let bytes = std::slice::from_raw_parts(a.cast::<u8>(), entry.h_length as usize);
            addresses.push(vm, vm.new_str(&ip_text(entry.h_addrtype, bytes)));
        }
    }
    Ok(Tuple::from_slice(vm, &[text(vm, entry.h_name), aliases.value(), addresses.value()]).value())
}

/// `inet_ntop`
fn ip_text(family: c_int, bytes: &[u8]) -> String {
    unsafe extern "C" {
        fn inet_ntop(family: c_int, address: *const u8, out: *mut c_char, n: socklen_t) -> *const c_char;
    }
    let mut out = [0u8; 64];
    // SAFETY: the caller checked the length of the address; the buffer has the length that is given.
    let p = unsafe { inet_ntop(family, bytes.as_ptr(), out.as_mut_ptr().cast(), 64) };
    // SAFETY: null or the terminated buffer.
    String::from_utf8_lossy(unsafe { c_bytes(p) }).into_owned()
}

fn service_port(vm: &Vm, v: Value) -> PyResult<Option<CString>> {
    let bytes = if v.is_none() {
        return Ok(None);
    } else if let Some(i) = as_int(v) {
        vm.str(i)?.to_utf8().unwrap_or_default().into_bytes()
    } else if let Some(s) = v.downcast::<Str>() {
        vm.utf8_of(s)?.into_bytes()
    } else if let Some(b) = v.downcast::<Bytes>() {
        b.as_bytes().to_vec()
    } else {
        raise!(vm, OSError, "Int or String expected")
    };
    match CString::new(bytes) {
        Ok(s) => Ok(Some(s)),
        Err(_) => Err(vm.value_error("embedded null character")),
    }
}

fn name_argument(vm: &Vm, v: Value) -> PyResult<CString> {
    let bytes = match v.downcast::<Str>() {
        Some(s) => vm.utf8_of(s)?.into_bytes(),
        None => raise!(vm, TypeError, "argument must be str, not {}", v.class().name()),
    };
    CString::new(bytes).map_err(|_| vm.value_error("embedded null character"))
}

/// The functions of `_socket` about names.
#[pymodule]
pub mod names {
    use super::*;

    /// gethostbyname(host) -> address
    ///
    /// Return the IP address (a string of the form '255.255.255.255') for a host.
    #[pyfunction("($module, host, /)")]
    fn gethostbyname(vm: &Vm, host: Value) -> PyResult<Value> {
        let a = address_of(vm, &host_name(vm, host)?, libc::AF_INET)?;
        a.to_value(vm)?.downcast::<Tuple>().map(|t| t.get(0)).ok_or_else(|| vm.runtime_error("no address"))
    }

    /// gethostbyname_ex(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.  The host argument is a string giving a host name or IP number.
    #[pyfunction("($module, host, /)")]
    fn gethostbyname_ex(vm: &Vm, host: Value) -> PyResult<Value> {
        let name = host_name(vm, host)?;
        address_of(vm, &name, libc::AF_INET)?;
        let name = CString::new(name).map_err(|_| vm.value_error("embedded null byte"))?;
        unsafe extern "C" {
            fn gethostbyname_r(
                name: *const c_char,
                ret: *mut libc::hostent,
                buf: *mut c_char,
                n: usize,
                result: *mut *mut libc::hostent,
                error: *mut c_int,
            ) -> c_int;
        }
        let mut buffer = vec![0u8; 16384];
        // SAFETY: plain data.
        let mut entry: libc::hostent = unsafe { std::mem::zeroed() };
        let mut result = null_mut();
        let mut status = 0;
        vm.allow_threads(|| {
            let (p, n) = (buffer.as_mut_ptr().cast(), buffer.len());
            // SAFETY: all buffers have the lengths that are given.
            unsafe { gethostbyname_r(name.as_ptr(), &mut entry, p, n, &mut result, &mut status) }
        });
        if result.is_null() { Err(h_error(vm, status)) } else { host_value(vm, &entry) }
    }

    /// gethostbyaddr(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.  The host argument is a string giving a host name or IP number.
    #[pyfunction("($module, host, /)")]
    fn gethostbyaddr(vm: &Vm, host: Value) -> PyResult<Value> {
        let a = address_of(vm, &host_name(vm, host)?, libc::AF_UNSPEC)?;
        host_entry(vm, &a)
    }

    /// gethostname() -> string
    ///
    /// Return the current host name.
    #[pyfunction("($module, /)")]
    fn gethostname(vm: &Vm) -> PyResult<Value> {
        let mut name = [0u8; 1024];
        // SAFETY: the buffer has one byte more than the length that is given.
        quick(vm, unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) } as i64)?;
        Ok(text(vm, name.as_ptr().cast()))
    }

    /// sethostname(name)
    ///
    /// Sets the hostname to name.
    #[pyfunction("($module, name, /)")]
    fn sethostname(vm: &Vm, name: Value) -> PyResult<()> {
        let name = c_string(vm, name, "name")?;
        // SAFETY: a terminated string.
        quick(vm, unsafe { libc::sethostname(name.as_ptr(), name.as_bytes().len()) } as i64).map(drop)
    }

    /// getservbyname(servicename[, protocolname]) -> integer
    ///
    /// Return a port number from a service name and protocol name.
    /// The optional protocol name, if given, should be 'tcp' or 'udp',
    /// otherwise any protocol will match.
    #[pyfunction("($module, servicename, protocolname=None, /)")]
    fn getservbyname(vm: &Vm, servicename: Value, protocolname: Option<Value>) -> PyResult<i64> {
        let name = name_argument(vm, servicename)?;
        let proto = protocolname.map(|p| name_argument(vm, p)).transpose()?;
        // SAFETY: terminated strings; the result is read before the GIL is released.
        let s = unsafe {
            libc::getservbyname(name.as_ptr(), proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr()))
                .as_ref()
        };
        match s {
            Some(s) => Ok(u16::from_be(s.s_port as u16) as i64),
            None => raise!(vm, OSError, "service/proto not found"),
        }
    }

    /// getservbyport(port[, protocolname]) -> string
    ///
    /// Return the service name from a port number and protocol name.
    /// The optional protocol name, if given, should be 'tcp' or 'udp',
    /// otherwise any protocol will match.
    #[pyfunction("($module, port, protocolname=None, /)")]
    fn getservbyport(vm: &Vm, port: i32, protocolname: Option<Value>) -> PyResult<Value> {
        let Ok(port) = u16::try_from(port) else {
            return Err(vm.overflow_error("getservbyport: port must be 0-65535."));
        };
        let proto = protocolname.map(|p| name_argument(vm, p)).transpose()?;
        // SAFETY: as in getservbyname.
        let s = unsafe {
            let proto = proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr());
            libc::getservbyport(port.to_be() as c_int, proto).as_ref()
        };
        match s {
            Some(s) => Ok(text(vm, s.s_name)),
            None => raise!(vm, OSError, "port/proto not found"),
        }
    }

    /// getprotobyname(name) -> integer
    ///
    /// Return the protocol number for the named protocol.  (Rarely used.)
    #[pyfunction("($module, name, /)")]
    fn getprotobyname(vm: &Vm, name: Value) -> PyResult<i64> {
        let name = name_argument(vm, name)?;
        // SAFETY: as in getservbyname.
        match unsafe { libc::getprotobyname(name.as_ptr()).as_ref() } {
            Some(p) => Ok(p.p_proto as i64),
            None => raise!(vm, OSError, "protocol not found"),
        }
    }

    /// inet_aton(string) -> bytes giving packed 32-bit IP representation
    ///
    /// Convert an IP address in string format (123.45.67.89) to the 32-bit packed
    /// binary format used in low-level network functions.
    #[pyfunction("($module, ip_addr, /)")]
    fn inet_aton(vm: &Vm, ip_addr: Value) -> PyResult<Value> {
        let name = name_argument(vm, ip_addr)?;
        let mut a = libc::in_addr { s_addr: 0 };
        unsafe extern "C" {
            fn inet_aton(text: *const c_char, a: *mut libc::in_addr) -> c_int;
        }
        // SAFETY: a terminated string and a place for the result.
        if unsafe { inet_aton(name.as_ptr(), &mut a) } == 0 {
            raise!(vm, OSError, "illegal IP address string passed to inet_aton")
        }
        vm.new_bytes(&a.s_addr.to_ne_bytes())
    }

    /// inet_ntoa(packed_ip) -> ip_address_string
    ///
    /// Convert an IP address from 32-bit packed binary format to string format
    #[pyfunction("($module, packed_ip, /)")]
    fn inet_ntoa(vm: &Vm, packed_ip: Value) -> PyResult<String> {
        let data = vm.bytes_like(packed_ip)?.to_vec();
        if data.len() != 4 {
            raise!(vm, OSError, "packed IP wrong length")
        }
        Ok(ip_text(libc::AF_INET, &data))
    }

    /// inet_pton(af, ip) -> packed IP address string
    ///
    /// Convert an IP address from string format to a packed string suitable
    /// for use with low-level network functions.
    #[pyfunction("($module, address_family, ip_string, /)")]
    fn inet_pton(vm: &Vm, address_family: i32, ip_string: Value) -> PyResult<Value> {
        let name = name_argument(vm, ip_string)?;
        if address_family != libc::AF_INET && address_family != libc::AF_INET6 {
            return Err(vm.os_error(libc::EAFNOSUPPORT, None));
        }
        match parse_ip(address_family, &name.to_string_lossy()) {
            Some(bytes) => vm.new_bytes(&bytes),
            None => raise!(vm, OSError, "illegal IP address string passed to inet_pton"),
        }
    }

    /// inet_ntop(af, packed_ip) -> string formatted IP address
    ///
    /// Convert a packed IP address of the given family to string format.
    #[pyfunction("($module, address_family, packed_ip, /)")]
    fn inet_ntop(vm: &Vm, address_family: i32, packed_ip: Value) -> PyResult<String> {
        let data = vm.bytes_like(packed_ip)?.to_vec();
        let want = match address_family {
            libc::AF_INET => 4,
            libc::AF_INET6 => 16,
            f => raise!(vm, ValueError, "unknown address family {f}"),
        };
        if data.len() != want {
            return Err(vm.value_error("invalid length of packed IP address string"));
        }
        Ok(ip_text(address_family, &data))
    }

    /// getaddrinfo(host, port [, family, type, proto, flags])
    ///     -> list of (family, type, proto, canonname, sockaddr)
    ///
    /// Resolve host and port into addrinfo struct.
    #[pyfunction("($module, host, port, family=0, type=0, proto=0, flags=0)")]
    fn getaddrinfo(
        vm: &Vm,
        host: Value,
        port: Value,
        family: Option<i32>,
        kind: Option<i32>,
        proto: Option<i32>,
        flags: Option<i32>,
    ) -> PyResult<Value> {
        let host = if host.is_none() {
            None
        } else {
            let is_text = host.downcast::<Str>().is_some() || host.downcast::<Bytes>().is_some();
            if !is_text {
                return Err(vm.type_error("getaddrinfo() argument 1 must be string or None"));
            }
            Some(CString::new(host_name(vm, host)?).map_err(|_| vm.value_error("embedded null byte"))?)
        };
        let port = service_port(vm, port)?;
        let h = hints(family.unwrap_or(0), kind.unwrap_or(0), proto.unwrap_or(0), flags.unwrap_or(0));
        let found = lookup(vm, host.as_deref(), port.as_deref(), &h)?;
        let list = List::new(vm);
        for a in found.iter() {
            // SAFETY: getaddrinfo gives the length of the address.
            let address = unsafe { Address::copied(a.ai_addr, a.ai_addrlen) }.to_value(vm)?;
            let items = [
                vm.int(a.ai_family as i64),
                vm.int(a.ai_socktype as i64),
                vm.int(a.ai_protocol as i64),
                text(vm, a.ai_canonname),
                address,
            ];
            list.push(vm, Tuple::from_slice(vm, &items).value());
        }
        Ok(list.value())
    }

    /// getnameinfo(sockaddr, flags) --> (host, port)
    ///
    /// Get host and port for a sockaddr.
    #[pyfunction("($module, sockaddr, flags, /)")]
    fn getnameinfo(vm: &Vm, sockaddr: Value, flags: i32) -> PyResult<(Value, Value)> {
        let Some(items) = sockaddr.downcast::<Tuple>() else {
            return Err(vm.type_error("getnameinfo() argument 1 must be a tuple"));
        };
        if !(2..=4).contains(&items.len()) {
            return Err(vm.type_error("getnameinfo(): illegal sockaddr argument"));
        }
        let Some(host) = items.get(0).downcast::<Str>() else {
            return Err(vm.type_error("getnameinfo(): illegal sockaddr argument"));
        };
        let port = vm.index_i128(items.get(1))?;
        if !(0..=0xffff).contains(&port) {
            return Err(vm.overflow_error("getsockaddrarg: port must be 0-65535."));
        }
        let flow = if items.len() > 2 { vm.index_i128(items.get(2))? } else { 0 };
        if !(0..=0xfffff).contains(&flow) {
            return Err(vm.overflow_error("getnameinfo(): flowinfo must be 0-1048575."));
        }
        let host = CString::new(vm.utf8_of(host)?).map_err(|_| vm.value_error("embedded null character"))?;
        let service = CString::new(port.to_string()).expect("digits");
        let h = hints(libc::AF_UNSPEC, libc::SOCK_DGRAM, 0, libc::AI_NUMERICHOST);
        let found = lookup(vm, Some(&host), Some(&service), &h)?;
        if found.iter().count() > 1 {
            raise!(vm, OSError, "sockaddr resolved to multiple addresses")
        }
        let a = first(vm, &found)?;
        if a.storage.ss_family as c_int == libc::AF_INET && items.len() != 2 {
            raise!(vm, OSError, "IPv4 sockaddr must be 2 tuple")
        }
        let (mut name, mut port) = ([0u8; 1025], [0u8; 32]);
        let status = vm.allow_threads(|| {
            let (n, p) = (name.as_mut_ptr().cast(), port.as_mut_ptr().cast());
            // SAFETY: the buffers have the lengths that are given.
            unsafe { libc::getnameinfo(a.ptr(), a.len, n, 1025, p, 32, flags) }
        });
        if status != 0 {
            return Err(gai_error(vm, status));
        }
        Ok((text(vm, name.as_ptr().cast()), text(vm, port.as_ptr().cast())))
    }

    /// if_nameindex()
    ///
    /// Returns a list of network interface information (index, name) tuples.
    #[pyfunction("($module, /)")]
    fn if_nameindex(vm: &Vm) -> PyResult<Value> {
        let list = List::new(vm);
        // SAFETY: the array ends with an entry without a name and is freed afterwards.
        unsafe {
            let start = libc::if_nameindex();
            if start.is_null() {
                return Err(vm.last_os_error());
            }
            let mut p = start;
            while (*p).if_index != 0 || !(*p).if_name.is_null() {
                let pair = [vm.int((*p).if_index as i64), text(vm, (*p).if_name)];
                list.push(vm, Tuple::from_slice(vm, &pair).value());
                p = p.add(1);
            }
            libc::if_freenameindex(start);
        }
        Ok(list.value())
    }

    /// Returns the interface index corresponding to the interface name if_name.
    #[pyfunction("($module, oname, /)")]
    fn if_nametoindex(vm: &Vm, oname: Value) -> PyResult<u32> {
        let name = c_string(vm, oname, "oname")?;
        // SAFETY: a terminated string.
        match unsafe { libc::if_nametoindex(name.as_ptr()) } {
            0 => raise!(vm, OSError, "no interface with this name"),
            i => Ok(i),
        }
    }

    /// Returns the interface name corresponding to the interface index if_index.
    #[pyfunction("($module, if_index, /)")]
    fn if_indextoname(vm: &Vm, if_index: u32) -> PyResult<Value> {
        let mut name = [0u8; 32];
        // SAFETY: the buffer is longer than IF_NAMESIZE.
        if unsafe { libc::if_indextoname(if_index, name.as_mut_ptr().cast()) }.is_null() {
            return Err(vm.last_os_error());
        }
        Ok(text(vm, name.as_ptr().cast()))
    }
}
