//! Where an unpickler reads: what lies in memory, then a file.

use super::state::unpickling_error;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::vm::Vm;

/// Bytes of an object.
#[derive(Clone, Copy)]
pub struct Chunk {
    bytes: Ref<Bytes>,
    start: usize,
    end: usize,
}

impl Chunk {
    pub fn data(&self) -> &[u8] {
        &self.bytes.as_bytes()[self.start..self.end]
    }

    /// The bytes as an object.
    pub fn object(&self, vm: &Vm) -> PyResult<Value> {
        vm.sub_bytes(self.bytes, self.start..self.end)
    }
}

pub struct Reader {
    /// The pickle, or the current frame.
    bytes: Ref<Bytes>,
    at: usize,
    /// Where the current frame ends, or the bytes.
    end: usize,
    framed: bool,
    /// Methods `read` and `readline` of the file.
    file: Option<(Value, Value)>,
}

fn truncated<T>(vm: &Vm) -> PyResult<T> {
    Err(unpickling_error(vm, "pickle data was truncated"))
}

fn exhausted<T>(vm: &Vm) -> PyResult<T> {
    Err(unpickling_error(vm, "pickle exhausted before end of frame"))
}

impl Reader {
    pub fn of_bytes(bytes: Ref<Bytes>) -> Reader {
        Reader { bytes, at: 0, end: bytes.len(), framed: false, file: None }
    }

    pub fn of_file(vm: &Vm, read: Value, readline: Value) -> PyResult<Reader> {
        let bytes = vm.new_bytes_ref(b"")?;
        Ok(Reader { bytes, at: 0, end: 0, framed: false, file: Some((read, readline)) })
    }

    /// What a method of the file gives.
    fn from_file(vm: &Vm, method: Value, name: &str, args: &[Value]) -> PyResult<Ref<Bytes>> {
        let v = vm.call(method, args)?;
        if let Some(b) = v.exact::<Bytes>() {
            return Ok(b);
        }
        match vm.buffer_bytes(v)? {
            Some(data) => vm.new_bytes_ref(&data),
            None => Err(vm.type_error(format!(
                "{name}() returned non-bytes object ({})",
                vm.repr_string(v.class().value())?
            ))),
        }
    }

    /// What is left of the frame; after its end, of what lies behind it.
    #[inline]
    fn rest(&mut self) -> usize {
        if self.at == self.end {
            self.framed = false;
            self.end = self.bytes.len();
        }
        self.end - self.at
    }

    /// The next code; None at the end.
    #[inline]
    pub fn code(&mut self, vm: &Vm) -> PyResult<Option<u8>> {
        if self.rest() > 0 {
            let code = self.bytes.as_bytes()[self.at];
            self.at += 1;
            return Ok(Some(code));
        }
        let Some((read, _)) = self.file else { return Ok(None) };
        let got = Reader::from_file(vm, read, "read", &[vm.int(1)])?;
        Ok(got.as_bytes().first().copied())
    }

    /// So many bytes.
    #[inline]
    pub fn read(&mut self, vm: &Vm, n: usize) -> PyResult<Chunk> {
        let rest = self.rest();
        if n <= rest {
            let chunk = Chunk { bytes: self.bytes, start: self.at, end: self.at + n };
            self.at += n;
            return Ok(chunk);
        }
        self.read_file(vm, n, rest)
    }

    #[cold]
    fn read_file(&mut self, vm: &Vm, n: usize, rest: usize) -> PyResult<Chunk> {
        if rest > 0 && self.framed {
            return exhausted(vm);
        }
        let Some((read, _)) = self.file else { return truncated(vm) };
        if n > isize::MAX as usize {
            return truncated(vm);
        }
        let got = Reader::from_file(vm, read, "read", &[vm.int(n as i64)])?;
        if got.len() < n {
            return truncated(vm);
        }
        Ok(Chunk { bytes: got, start: 0, end: n })
    }

    /// A line without its end.
    pub fn line(&mut self, vm: &Vm) -> PyResult<Chunk> {
        let rest = self.rest();
        if rest == 0
            && let Some((_, readline)) = self.file
        {
            let got = Reader::from_file(vm, readline, "readline", &[])?;
            return match got.as_bytes().last() {
                Some(b'\n') => Ok(Chunk { bytes: got, start: 0, end: got.len() - 1 }),
                _ => truncated(vm),
            };
        }
        let rest = &self.bytes.as_bytes()[self.at..self.end];
        let Some(n) = rest.iter().position(|b| *b == b'\n') else {
            return if self.framed { exhausted(vm) } else { truncated(vm) };
        };
        let chunk = Chunk { bytes: self.bytes, start: self.at, end: self.at + n };
        self.at += n + 1;
        Ok(chunk)
    }

    /// A new frame of a file, or part of what lies in memory.
    pub fn frame(&mut self, vm: &Vm, n: usize) -> PyResult<()> {
        let rest = self.rest();
        if rest > 0 && self.framed {
            return Err(unpickling_error(vm, "beginning of a new frame before end of current frame"));
        }
        if self.file.is_none() {
            if n > rest {
                return truncated(vm);
            }
            self.end = self.at + n;
        } else {
            let chunk = self.read_file(vm, n, 0)?;
            (self.bytes, self.at, self.end) = (chunk.bytes, 0, chunk.end);
        }
        self.framed = true;
        Ok(())
    }
}
