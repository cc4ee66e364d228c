//! `sendmsg` and `recvmsg`: several buffers in one message, with ancillary data.

use crate::_socket::address::Address;
use crate::_socket::{Socket, Wait, buffer_of};
use adder_vm::builtins::list::List;
use adder_vm::builtins::sequence::fast_sequence;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::{c_int, c_uint, cmsghdr, iovec, msghdr};
use std::mem::size_of;

const WORD: usize = size_of::<usize>();
const HEADER: usize = size_of::<cmsghdr>();

/// `CMSG_LEN`; None if it does not fit.
pub fn item_length(n: isize) -> Option<usize> {
    if n < 0 || n as usize > c_int::MAX as usize - HEADER { None } else { Some(HEADER + n as usize) }
}

/// `CMSG_SPACE`; None if it does not fit.
pub fn item_space(n: isize) -> Option<usize> {
    let len = item_length(n)?;
    Some(len.next_multiple_of(WORD)).filter(|s| *s <= c_int::MAX as usize)
}

fn header(parts: &mut [iovec], control: &mut [u64], control_len: usize) -> msghdr {
    // SAFETY: plain data.
    let mut m: msghdr = unsafe { std::mem::zeroed() };
    m.msg_iov = parts.as_mut_ptr();
    m.msg_iovlen = parts.len() as _;
    if control_len > 0 {
        m.msg_control = control.as_mut_ptr().cast();
        m.msg_controllen = control_len as _;
    }
    m
}

/// The items of received ancillary data as `(level, type, data)`.
fn ancillary(vm: &Vm, m: &msghdr) -> PyResult<Value> {
    let list = List::new(vm);
    // SAFETY: the system filled the control buffer; lengths are bounded by what it holds.
    unsafe {
        let end = m.msg_control as usize + m.msg_controllen as usize;
        let mut p = libc::CMSG_FIRSTHDR(m);
        while !p.is_null() {
            let data = libc::CMSG_DATA(p);
            let n = ((*p).cmsg_len as usize).saturating_sub(HEADER).min(end.saturating_sub(data as usize));
            let bytes = vm.new_bytes(std::slice::from_raw_parts(data, n))?;
            let item = [vm.int((*p).cmsg_level as i64), vm.int((*p).cmsg_type as i64), bytes];
            list.push(vm, Tuple::from_slice(vm, &item).value());
            p = libc::CMSG_NXTHDR(m, p);
        }
    }
    Ok(list.value())
}

/// Receives into the parts; `(length, ancillary data, flags, address)`.
fn receive_parts(
    vm: &Vm,
    s: Ref<Socket>,
    parts: &mut [iovec],
    ancillary_size: isize,
    flags: c_int,
) -> PyResult<(i64, Value, Value, Value)> {
    if ancillary_size < 0 || ancillary_size > c_int::MAX as isize {
        return Err(vm.value_error("invalid ancillary data buffer length"));
    }
    let mut control = vec![0u64; (ancillary_size as usize).div_ceil(8)];
    let mut a = Address::blank();
    let mut m = header(parts, &mut control, ancillary_size as usize);
    let n = s.call(vm, Wait::Read, |fd| {
        a = Address::blank();
        m.msg_name = a.ptr_mut().cast();
        m.msg_namelen = a.len;
        m.msg_controllen = ancillary_size as _;
        // SAFETY: all buffers have the lengths that are given.
        unsafe { libc::recvmsg(fd, &mut m, flags | libc::MSG_CMSG_CLOEXEC) as i64 }
    })?;
    a.len = m.msg_namelen;
    let got = ancillary(vm, &m)?;
    let shown = m.msg_flags & !libc::MSG_CMSG_CLOEXEC;
    Ok((n, got, vm.int(shown as i64), a.to_value(vm)?))
}

pub fn receive(vm: &Vm, s: Ref<Socket>, size: isize, ancillary_size: isize, flags: c_int) -> PyResult<Value> {
    if size < 0 {
        return Err(vm.value_error("negative buffer size in recvmsg()"));
    }
    let mut buffer = buffer_of(vm, size as usize)?;
    let mut parts = [iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() }];
    let (n, got, flags, address) = receive_parts(vm, s, &mut parts, ancillary_size, flags)?;
    let data = vm.new_bytes(&buffer[..(n as usize).min(buffer.len())])?;
    Ok(Tuple::from_slice(vm, &[data, got, flags, address]).value())
}

fn parts_of(copies: &mut [Vec<u8>]) -> Vec<iovec> {
    copies.iter_mut().map(|c| iovec { iov_base: c.as_mut_ptr().cast(), iov_len: c.len() }).collect()
}

pub fn receive_into(
    vm: &Vm,
    s: Ref<Socket>,
    buffers: Value,
    ancillary_size: isize,
    flags: c_int,
) -> PyResult<Value> {
    let items =
        vm.sequence_to_tuple(fast_sequence(vm, buffers, "recvmsg_into() argument 1 must be an iterable")?)?;
    // Received into memory of our own, for the reason given in `send`, and copied afterwards.
    let mut copies: Vec<Vec<u8>> = vec![];
    for item in items.items() {
        copies.push(buffer_of(vm, vm.bytes_mut(*item)?.bytes().len())?);
    }
    let mut parts = parts_of(&mut copies);
    let (n, got, flags, address) = receive_parts(vm, s, &mut parts, ancillary_size, flags)?;
    let mut left = n as usize;
    for (item, copy) in items.items().iter().zip(&copies) {
        let mut view = vm.bytes_mut(*item)?;
        let n = left.min(copy.len()).min(view.bytes().len());
        view.bytes()[..n].copy_from_slice(&copy[..n]);
        left -= n;
    }
    Ok(Tuple::from_slice(vm, &[vm.int(n), got, flags, address]).value())
}

/// One item of ancillary data to send.
struct Item {
    level: c_int,
    kind: c_int,
    data: Vec<u8>,
}

fn items_of(vm: &Vm, v: Value) -> PyResult<Vec<Item>> {
    let items = vm.sequence_to_tuple(fast_sequence(vm, v, "sendmsg() argument 2 must be an iterable")?)?;
    let mut out = vec![];
    for item in items.items() {
        let Some(t) = item.downcast::<Tuple>().filter(|t| t.len() == 3) else {
            return Err(vm.type_error("[sendmsg() ancillary data items]: expected 3-item tuples"));
        };
        let number = |v: Value| match c_int::try_from(vm.index_i128(v)?) {
            Ok(n) => Ok(n),
            Err(_) => Err(vm.overflow_error("Python int too large to convert to C int")),
        };
        let data = vm.bytes_like(t.get(2))?.to_vec();
        out.push(Item { level: number(t.get(0))?, kind: number(t.get(1))?, data });
    }
    Ok(out)
}

pub fn send(
    vm: &Vm,
    s: Ref<Socket>,
    buffers: Value,
    ancillary: Option<Value>,
    flags: c_int,
    address: Option<Value>,
) -> PyResult<i64> {
    let a = match address.filter(|a| !a.is_none()) {
        Some(v) => Some(Address::from_value(vm, v, s.family.get(), "sendmsg")?),
        None => None,
    };
    let items =
        vm.sequence_to_tuple(fast_sequence(vm, buffers, "sendmsg() argument 1 must be an iterable")?)?;
    // Copies: views of several objects would have to be kept in Rust's heap, where nothing holds the objects.
    let mut copies: Vec<Vec<u8>> = vec![];
    for item in items.items() {
        copies.push(vm.bytes_like(*item)?.to_vec());
    }
    let mut parts = parts_of(&mut copies);
    let given = match ancillary {
        Some(v) => items_of(vm, v)?,
        None => vec![],
    };
    let mut size = 0usize;
    for item in &given {
        match item_space(item.data.len() as isize) {
            Some(n) if size + n <= c_int::MAX as usize => size += n,
            _ => raise!(vm, OSError, "too much ancillary data"),
        }
    }
    let mut control = vec![0u64; size.div_ceil(8)];
    let mut m = header(&mut parts, &mut control, size);
    if let Some(a) = &a {
        m.msg_name = a.ptr().cast_mut().cast();
        m.msg_namelen = a.len;
    }
    // SAFETY: the control buffer has room for all items, which follow each other in it.
    unsafe {
        let mut p = libc::CMSG_FIRSTHDR(&m);
        for item in &given {
            if p.is_null() {
                break;
            }
            (*p).cmsg_level = item.level;
            (*p).cmsg_type = item.kind;
            (*p).cmsg_len = libc::CMSG_LEN(item.data.len() as c_uint) as _;
            std::ptr::copy_nonoverlapping(item.data.as_ptr(), libc::CMSG_DATA(p), item.data.len());
            p = libc::CMSG_NXTHDR(&m, p);
        }
    }
    // SAFETY: all buffers have the lengths that are given.
    s.call(vm, Wait::Write, |fd| unsafe { libc::sendmsg(fd, &m, flags) } as i64)
}
