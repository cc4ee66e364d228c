//! Positions of text streams. A cookie packs where in the buffer decoding starts, the decoder's flags,
//! how many bytes to feed and how many characters to skip, 64 bits each, as in CPython.

use super::textio::TextIOWrapper;
use super::{decoder, send, unsupported};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::protocol::BinaryOp;
use adder_vm::raise;
use adder_vm::vm::Vm;

/// The parts of a cookie.
#[derive(Clone, Copy, Default)]
struct Cookie {
    position: u64,
    flags: u64,
    feed: u64,
    skip: u64,
    eof: u64,
}

fn pack(vm: &Vm, c: Cookie) -> PyResult<Value> {
    let mut v = vm.new_int(c.position as i128);
    for (i, part) in [c.flags, c.feed, c.skip, c.eof].iter().enumerate() {
        if *part != 0 {
            let shifted = vm.binary_op(BinaryOp::LShift, vm.new_int(*part as i128), vm.int(64 * (i as i64 + 1)))?;
            v = vm.binary_op(BinaryOp::Or, v, shifted)?;
        }
    }
    Ok(v)
}

fn unpack(vm: &Vm, v: Value) -> PyResult<Cookie> {
    let mask = vm.new_int(u64::MAX as i128);
    let mut parts = [0u64; 5];
    for (i, p) in parts.iter_mut().enumerate() {
        let low = vm.binary_op(BinaryOp::RShift, v, vm.int(64 * i as i64))?;
        *p = vm.index_i128(vm.binary_op(BinaryOp::And, low, mask)?)? as u64;
    }
    let [position, flags, feed, skip, eof] = parts;
    Ok(Cookie { position, flags, feed, skip, eof })
}

fn set_state(vm: &Vm, d: Value, flags: u64) -> PyResult<()> {
    let state = Tuple::from_slice(vm, &[vm.new_bytes(b"")?, vm.new_int(flags as i128)]);
    send(vm, d, "setstate", &[state.value()]).map(drop)
}

fn get_state(vm: &Vm, d: Value) -> PyResult<(usize, u64)> {
    let state = send(vm, d, "getstate", &[])?;
    match state.downcast::<Tuple>().filter(|t| t.len() == 2) {
        Some(t) => Ok((vm.bytes_like(t.get(0))?.len(), vm.index_i128(t.get(1))? as u64)),
        None => Err(vm.type_error("illegal decoder state")),
    }
}

/// `tell()`
pub fn tell(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
    let buffer = this.check_open(vm)?;
    if !this.seekable.get() {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    if !this.telling.get() {
        raise!(vm, OSError, "telling position disabled by next() call")
    }
    this.write_pending(vm)?;
    send(vm, this.value(), "flush", &[])?;
    let position = send(vm, buffer, "tell", &[])?;
    let (Some(d), Some(snapshot)) = (this.decoder.get(), this.snapshot.get().and_then(|s| s.downcast::<Tuple>()))
    else {
        if this.available() > 0 {
            raise!(vm, AssertionError, "pending decoded text")
        }
        return Ok(position);
    };
    let Some(input) = snapshot.get(1).downcast::<Bytes>() else { return Ok(position) };
    let start = vm.index_i128(position)? - input.len() as i128;
    let flags = vm.index_i128(snapshot.get(0))? as u64;
    let mut skip = this.at.get() as u64;
    let mut cookie = Cookie { position: start as u64, flags, ..Cookie::default() };
    if skip == 0 {
        return pack(vm, cookie);
    }
    let saved = send(vm, d, "getstate", &[])?;
    let result = (|| {
        set_state(vm, d, flags)?;
        // Feeds byte by byte, noting where the decoder has nothing buffered.
        let (mut fed, mut decoded) = (0u64, 0u64);
        let mut reached = false;
        for i in 0..input.len() {
            fed += 1;
            let one = vm.new_bytes(&input.as_bytes()[i..i + 1])?;
            decoded += decoder::decode(vm, d, one, false)?.len() as u64;
            let (held, flags) = get_state(vm, d)?;
            if held == 0 && decoded <= skip {
                // A safe place to start from.
                cookie.position += fed;
                skip -= decoded;
                cookie.flags = flags;
                (fed, decoded) = (0, 0);
            }
            if decoded >= skip {
                reached = true;
                break;
            }
        }
        if !reached {
            decoded += decoder::decode(vm, d, vm.new_bytes(b"")?, true)?.len() as u64;
            cookie.eof = 1;
            if decoded < skip {
                raise!(vm, OSError, "can't reconstruct logical file position")
            }
        }
        cookie.feed = fed;
        cookie.skip = skip;
        Ok(())
    })();
    super::both(vm, result, || send(vm, d, "setstate", &[saved]).map(drop))?;
    pack(vm, cookie)
}

/// Puts the encoder into the state for a position.
fn reset_encoder(vm: &Vm, this: Ref<TextIOWrapper>, at_start: bool) -> PyResult<()> {
    let Some(e) = this.encoder.get() else { return Ok(()) };
    if at_start {
        this.encoding_started.set(false);
        send(vm, e, "reset", &[])?;
    } else {
        this.encoding_started.set(true);
        send(vm, e, "setstate", &[vm.int(0)])?;
    }
    Ok(())
}

/// `seek(cookie, whence)`
pub fn seek(vm: &Vm, this: Ref<TextIOWrapper>, cookie: Value, whence: i32) -> PyResult<Value> {
    let buffer = this.check_open(vm)?;
    if !this.seekable.get() {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    let zero = |v: Value| as_int(v).is_some_and(|i| i.is_small() && i.small() == 0);
    let mut cookie = cookie;
    match whence {
        0 => {}
        1 => {
            if !zero(cookie) {
                return Err(unsupported(vm, "can't do nonzero cur-relative seeks"));
            }
            cookie = tell(vm, this)?;
        }
        2 => {
            if !zero(cookie) {
                return Err(unsupported(vm, "can't do nonzero end-relative seeks"));
            }
            send(vm, this.value(), "flush", &[])?;
            TextIOWrapper::set_text(this, None);
            this.snapshot.set(this, None);
            if let Some(d) = this.decoder.get() {
                send(vm, d, "reset", &[])?;
            }
            let p = send(vm, buffer, "seek", &[vm.int(0), vm.int(2)])?;
            let at_start = zero(p);
            reset_encoder(vm, this, at_start)?;
            return Ok(p);
        }
        _ => raise!(vm, ValueError, "invalid whence ({whence}, should be 0, 1 or 2)"),
    }
    if vm.compare_bool(cookie, vm.int(0), adder_vm::slots::CompareOp::Lt)? {
        raise!(vm, ValueError, "negative seek position {}", vm.repr_string(cookie)?)
    }
    send(vm, this.value(), "flush", &[])?;
    let c = unpack(vm, cookie)?;
    send(vm, buffer, "seek", &[vm.new_int(c.position as i128)])?;
    TextIOWrapper::set_text(this, None);
    this.snapshot.set(this, None);
    if let Some(d) = this.decoder.get() {
        if c.position == 0 && c.flags == 0 && c.skip == 0 && c.feed == 0 {
            send(vm, d, "reset", &[])?;
        } else {
            set_state(vm, d, c.flags)?;
            let snapshot = Tuple::from_slice(vm, &[vm.new_int(c.flags as i128), vm.new_bytes(b"")?]);
            this.snapshot.set(this, Some(snapshot.value()));
        }
        if c.skip > 0 {
            let input = send(vm, buffer, "read", &[vm.new_int(c.feed as i128)])?;
            if input.downcast::<Bytes>().is_none() {
                raise!(vm, TypeError, "underlying read() should have returned a bytes object, not '{}'", input.class().name())
            }
            let text = decoder::decode(vm, d, input, c.eof != 0)?;
            let snapshot = Tuple::from_slice(vm, &[vm.new_int(c.flags as i128), input]);
            this.snapshot.set(this, Some(snapshot.value()));
            TextIOWrapper::set_text(this, Some(text));
            if text.len() < c.skip as usize {
                return Err(vm.error(Exc::OSError, "can't restore logical file position"));
            }
            this.at.set(c.skip as usize);
        }
    }
    let at_start = zero(cookie);
    reset_encoder(vm, this, at_start)?;
    Ok(cookie)
}
