//! `BufferedReader`, and reading as functions that `BufferedRandom` has as well.

use super::buffered::Buffered;
use super::fileio::FileIO;
use super::{send, size_arg, unsupported};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// Create a new buffered reader using the given readable raw IO object.
#[pyclass(name = "BufferedReader", module = "_io", base = Buffered, flags = def::BASE, signature = "(raw, buffer_size=131072)")]
#[repr(C)]
pub struct BufferedReader {
    base: Buffered,
}

/// Arguments of the constructors.
pub fn constructor_args(vm: &Vm, args: Args, name: &str) -> PyResult<(Value, Option<Value>)> {
    let get = |i: usize, name: &str| args.pos().get(i).copied().or(args.keyword(name));
    if args.all().len() > 2 {
        raise!(vm, TypeError, "{name}() takes at most 2 arguments ({} given)", args.all().len())
    }
    match get(0, "raw") {
        Some(raw) => Ok((raw, get(1, "buffer_size"))),
        None => raise!(vm, TypeError, "{name}() missing required argument 'raw' (pos 1)"),
    }
}

/// Takes up to `n` bytes that were read ahead.
fn take(b: &Buffered, n: usize, out: &mut Vec<u8>) {
    let n = n.min(b.available());
    let at = b.at.get();
    out.extend_from_slice(&b.ahead.borrow()[at..at + n]);
    b.at.set(at + n);
}

fn read_all(vm: &Vm, b: Ref<Buffered>) -> PyResult<Value> {
    let mut out = vec![];
    take(&b, usize::MAX, &mut out);
    b.drop_ahead();
    let raw = b.raw(vm)?;
    if let Some(f) = raw.exact::<FileIO>() {
        return match f.read_to_end(vm)? {
            None if out.is_empty() => Ok(none()),
            None => vm.new_bytes(&out),
            Some(rest) if out.is_empty() => vm.new_bytes(&rest),
            Some(rest) => {
                out.extend_from_slice(&rest);
                vm.new_bytes(&out)
            }
        };
    }
    if let Some(readall) = vm.get_attr_opt(raw, vm.intern_str("readall"))? {
        let rest = vm.call(readall, &[])?;
        if rest.is_none() {
            return if out.is_empty() { Ok(none()) } else { vm.new_bytes(&out) };
        }
        let Some(rest) = rest.downcast::<Bytes>() else { return Err(vm.type_error("readall() should return bytes")) };
        out.extend_from_slice(rest.as_bytes());
        return vm.new_bytes(&out);
    }
    loop {
        let got = send(vm, raw, "read", &[])?;
        if got.is_none() && out.is_empty() {
            return Ok(none());
        }
        if !got.is_none() && got.downcast::<Bytes>().is_none() {
            return Err(vm.type_error("read() should return bytes"));
        }
        match got.downcast::<Bytes>() {
            Some(g) if !g.is_empty() => out.extend_from_slice(g.as_bytes()),
            _ => return vm.new_bytes(&out),
        }
    }
}

/// `read(size)`
pub fn read(vm: &Vm, b: Ref<Buffered>, size: Option<Value>) -> PyResult<Value> {
    let n = size_arg(vm, size)?;
    if n < -1 {
        return Err(vm.value_error("read length must be non-negative or -1"));
    }
    b.check_open(vm, "read")?;
    let _entered = Buffered::enter(vm, b)?;
    b.flush_pending(vm)?;
    if n < 0 {
        return read_all(vm, b);
    }
    let n = n as usize;
    if n <= b.available() {
        let at = b.at.get();
        b.at.set(at + n);
        let part = b.ahead.borrow()[at..at + n].to_vec();
        return vm.new_bytes(&part);
    }
    let mut out = Vec::new();
    if out.try_reserve(n).is_err() {
        return Err(vm.memory_error());
    }
    take(&b, n, &mut out);
    b.drop_ahead();
    while out.len() < n {
        let left = n - out.len();
        if left >= b.size.get() {
            // Whole buffers go past ours.
            match b.raw_read(vm, left - left % b.size.get())? {
                None if out.is_empty() => return Ok(none()),
                None => break,
                Some(got) if got.is_empty() => break,
                Some(got) => out.extend_from_slice(&got),
            }
            continue;
        }
        match b.fill(vm)? {
            None if out.is_empty() => return Ok(none()),
            None | Some(0) => break,
            Some(_) => take(&b, left, &mut out),
        }
    }
    vm.new_bytes(&out)
}

/// `read1(size)`
pub fn read1(vm: &Vm, b: Ref<Buffered>, size: Option<Value>) -> PyResult<Value> {
    let n = size_arg(vm, size)?;
    let n = if n < 0 { b.size.get() } else { n as usize };
    b.check_open(vm, "read")?;
    if n == 0 {
        return vm.new_bytes(b"");
    }
    let _entered = Buffered::enter(vm, b)?;
    b.flush_pending(vm)?;
    let mut out = vec![];
    if b.available() == 0 {
        b.drop_ahead();
        let got = b.raw_read(vm, n)?;
        return vm.new_bytes(&got.unwrap_or_default());
    }
    take(&b, n, &mut out);
    vm.new_bytes(&out)
}

/// `readinto` and `readinto1`
pub fn readinto(vm: &Vm, b: Ref<Buffered>, buffer: Value, once: bool) -> PyResult<Value> {
    b.check_open(vm, "readinto")?;
    let mut view = vm.bytes_mut(buffer)?;
    let _entered = Buffered::enter(vm, b)?;
    b.flush_pending(vm)?;
    let room = view.bytes().len();
    let mut out = vec![];
    take(&b, room, &mut out);
    while out.len() < room && !(once && !out.is_empty()) {
        let left = room - out.len();
        if left > b.size.get() {
            b.drop_ahead();
            match b.raw_read(vm, left)? {
                None if out.is_empty() => return Ok(none()),
                None => break,
                Some(got) if got.is_empty() => break,
                Some(got) => out.extend_from_slice(&got),
            }
        } else {
            match b.fill(vm)? {
                None if out.is_empty() => return Ok(none()),
                None | Some(0) => break,
                Some(_) => take(&b, left, &mut out),
            }
        }
    }
    view.bytes()[..out.len()].copy_from_slice(&out);
    Ok(vm.int(out.len() as i64))
}

/// `peek()`
pub fn peek(vm: &Vm, b: Ref<Buffered>) -> PyResult<Value> {
    b.check_open(vm, "peek")?;
    let _entered = Buffered::enter(vm, b)?;
    b.flush_pending(vm)?;
    b.fill(vm)?;
    let part = b.ahead.borrow()[b.at.get()..].to_vec();
    vm.new_bytes(&part)
}

/// `readline(size)`
pub fn readline(vm: &Vm, b: Ref<Buffered>, size: Option<Value>) -> PyResult<Value> {
    let limit = size_arg(vm, size)?;
    let limit = if limit < 0 { usize::MAX } else { limit as usize };
    b.check_open(vm, "readline")?;
    let _entered = Buffered::enter(vm, b)?;
    b.flush_pending(vm)?;
    let mut out = vec![];
    while out.len() < limit {
        if !matches!(b.fill(vm)?, Some(n) if n > 0) {
            break;
        }
        let found = {
            let ahead = b.ahead.borrow();
            let rest = &ahead[b.at.get()..];
            rest.iter().position(|c| *c == b'\n').map(|i| i + 1)
        };
        let n = found.unwrap_or(usize::MAX).min(limit - out.len());
        take(&b, n, &mut out);
        if out.last() == Some(&b'\n') {
            break;
        }
    }
    vm.new_bytes(&out)
}

/// `__next__`
pub fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
    // SAFETY: installed as a slot of buffered streams only.
    let b: Ref<Buffered> = unsafe { this.cast() };
    let line = readline(vm, b, None)?;
    Ok(if vm.len(line)? == 0 { None } else { Some(line) })
}

#[pymethods]
impl BufferedReader {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(super::instance(vm, class, BufferedReader { base: Buffered::blank(true, false) })?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let (raw, size) = constructor_args(vm, args, "BufferedReader")?;
        if !super::ask(vm, raw, "readable")? {
            return Err(unsupported(vm, "File or stream is not readable."));
        }
        // SAFETY: installed as a slot of this class only.
        Buffered::setup(vm, unsafe { this.cast() }, raw, size)
    }

    #[pymethod("($self, size=-1, /)")]
    fn read(vm: &Vm, this: Ref<Buffered>, size: Option<Value>) -> PyResult<Value> {
        read(vm, this, size)
    }

    #[pymethod("($self, size=-1, /)")]
    fn read1(vm: &Vm, this: Ref<Buffered>, size: Option<Value>) -> PyResult<Value> {
        read1(vm, this, size)
    }

    #[pymethod("($self, buffer, /)")]
    fn readinto(vm: &Vm, this: Ref<Buffered>, buffer: Value) -> PyResult<Value> {
        readinto(vm, this, buffer, false)
    }

    #[pymethod("($self, buffer, /)")]
    fn readinto1(vm: &Vm, this: Ref<Buffered>, buffer: Value) -> PyResult<Value> {
        readinto(vm, this, buffer, true)
    }

    #[pymethod("($self, size=0, /)")]
    fn peek(vm: &Vm, this: Ref<Buffered>, _size: Option<isize>) -> PyResult<Value> {
        peek(vm, this)
    }

    #[pymethod("($self, size=-1, /)")]
    fn readline(vm: &Vm, this: Ref<Buffered>, size: Option<Value>) -> PyResult<Value> {
        readline(vm, this, size)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        next(vm, this)
    }
}
