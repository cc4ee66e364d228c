//! `TextIOWrapper`: text over a buffered stream. Positions (`seek`, `tell`) are in
//! `textio_position.rs`.
//!
//! Text that was decoded and not read yet is a string and the number of characters of it that were
//! read. Bytes to be written are collected and go to the buffer in chunks.

use super::base::{IOBase, TextIOBase, close_inner, is_closed, set_wrapped};
use super::decoder::{self, IncrementalNewlineDecoder, NativeDecoder};
use super::{ask, send, size_arg, unsupported};
use adder_macros::{pyclass, pymethods};
use adder_text::search;
use adder_text::units::Units;
use adder_vm::args::Args;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::codec_run::{self, Encoding};
use adder_vm::codecs;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::{Cell, RefCell};

/// Character and line based layer over a BufferedIOBase object, buffer.
///
/// encoding gives the name of the encoding that the stream will be
/// decoded or encoded with. It defaults to locale.getencoding().
///
/// errors determines the strictness of encoding and decoding (see
/// help(codecs.Codec) or the documentation for codecs.register) and
/// defaults to "strict".
///
/// newline controls how line endings are handled. It can be None, '',
/// '\n', '\r', and '\r\n'.
///
/// If line_buffering is True, a call to flush is implied when a call to
/// write contains a newline character.
#[pyclass(name = "TextIOWrapper", module = "_io", base = TextIOBase, flags = def::BASE, signature = "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)")]
#[repr(C)]
pub struct TextIOWrapper {
    pub base: TextIOBase,
    /// None: not initialised or detached.
    pub buffer: Field<Option<Value>>,
    pub encoding: Field<Option<Value>>,
    pub errors: Field<Option<Value>>,
    pub newline: Field<Option<Value>>,
    pub decoder: Field<Option<Value>>,
    pub encoder: Field<Option<Value>>,
    /// Text read ahead.
    pub text: Field<Option<Ref<Str>>>,
    /// For `tell`: the decoder's state and the bytes that gave `text`.
    pub snapshot: Field<Option<Value>>,
    pub at: Cell<usize>,
    pub pending: RefCell<Vec<u8>>,
    native: Cell<Option<Encoding>>,
    detached: Cell<bool>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    universal: Cell<bool>,
    translate: Cell<bool>,
    /// What \n is written as: 0 itself, 1 \r, 2 \r\n.
    write_as: Cell<u8>,
    pub seekable: Cell<bool>,
    pub telling: Cell<bool>,
    has_read1: Cell<bool>,
    /// A BOM must not be written (again).
    pub encoding_started: Cell<bool>,
    pub bytes_to_chars: Cell<f64>,
}

pub const CHUNK: usize = 8192;

fn native_encoding(name: &str) -> Option<Encoding> {
    match codecs::normalize(name).as_str() {
        "utf_8" | "utf8" => Some(Encoding::Utf8),
        "ascii" | "us_ascii" => Some(Encoding::Ascii),
        "latin1" | "latin_1" | "iso_8859_1" | "iso8859_1" => Some(Encoding::Latin1),
        _ => None,
    }
}

impl TextIOWrapper {
    pub fn buffer(&self, vm: &Vm) -> PyResult<Value> {
        match self.buffer.get() {
            Some(b) => Ok(b),
            None if self.detached.get() => Err(vm.value_error("underlying buffer has been detached")),
            None => Err(vm.value_error("I/O operation on uninitialized object")),
        }
    }

    pub fn check_open(&self, vm: &Vm) -> PyResult<Value> {
        let b = self.buffer(vm)?;
        if is_closed(vm, b)? { Err(vm.value_error("I/O operation on closed file.")) } else { Ok(b) }
    }

    fn errors_str(&self) -> Option<Ref<Str>> {
        self.errors.get().and_then(|e| e.downcast::<Str>())
    }

    /// Number of characters read ahead.
    pub fn available(&self) -> usize {
        self.text.get().map_or(0, |t| t.len() - self.at.get())
    }

    pub fn set_text(this: Ref<TextIOWrapper>, text: Option<Ref<Str>>) {
        this.text.set(this, text);
        this.at.set(0);
    }

    fn take(&self, vm: &Vm, n: usize) -> PyResult<Value> {
        let Some(t) = self.text.get() else { return Ok(vm.empty_str()) };
        let at = self.at.get();
        let end = t.len().min(at.saturating_add(n));
        self.at.set(end);
        if at == 0 && end == t.len() { Ok(t.value()) } else { vm.substring(t, at..end) }
    }

    /// Writes what is pending to the buffer.
    pub fn write_pending(&self, vm: &Vm) -> PyResult<()> {
        if self.pending.borrow().is_empty() {
            return Ok(());
        }
        let data = std::mem::take(&mut *self.pending.borrow_mut());
        let bytes = vm.new_bytes(&data)?;
        send(vm, self.buffer(vm)?, "write", &[bytes])?;
        Ok(())
    }

    fn set_newline(this: Ref<TextIOWrapper>, newline: Option<&str>, value: Option<Value>) {
        this.newline.set(this, value);
        this.universal.set(matches!(newline, None | Some("")));
        this.translate.set(newline.is_none());
        this.write_as.set(match newline {
            Some("\r") => 1,
            Some("\r\n") => 2,
            _ => 0,
        });
    }

    /// Makes decoder and encoder.
    fn make_codecs(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<()> {
        let buffer = this.buffer(vm)?;
        let Some(encoding) = this.encoding.get().and_then(|e| e.downcast::<Str>()) else { return Ok(()) };
        let native = native_encoding(&encoding.to_string());
        let info = match native {
            Some(_) => None,
            None => {
                let info = codecs::lookup(vm, encoding)?;
                if let Some(flag) = vm.get_attr_opt(info, vm.intern_str("_is_text_encoding"))?
                    && !vm.truth(flag)?
                {
                    raise!(
                        vm,
                        LookupError,
                        "'{encoding}' is not a text encoding; use codecs.open() to handle arbitrary codecs"
                    )
                }
                Some(info)
            }
        };
        this.native.set(native);
        let errors = this.errors.get().unwrap_or(none());
        this.decoder.set(this, None);
        this.encoder.set(this, None);
        if ask(vm, buffer, "readable")? {
            let d = match (native, info) {
                (Some(e), _) => NativeDecoder::make(e, this.errors_str()),
                (_, Some(info)) => send(vm, info, "incrementaldecoder", &[errors])?,
                _ => none(),
            };
            let d = if this.universal.get() {
                IncrementalNewlineDecoder::make(vm, d, this.translate.get())?
            } else {
                d
            };
            this.decoder.set(this, Some(d));
        }
        if ask(vm, buffer, "writable")?
            && let Some(info) = info
        {
            let e = send(vm, info, "incrementalencoder", &[errors])?;
            this.encoder.set(this, Some(e));
        }
        Ok(())
    }

    /// Reads and decodes one chunk; false at the end.
    pub fn read_chunk(vm: &Vm, this: Ref<TextIOWrapper>, hint: usize) -> PyResult<bool> {
        let Some(d) = this.decoder.get() else { return Err(unsupported(vm, "not readable")) };
        let state = if this.telling.get() { Some(send(vm, d, "getstate", &[])?) } else { None };
        let size = if hint > 0 {
            ((hint as f64 * this.bytes_to_chars.get().max(1.0)) as usize).max(CHUNK)
        } else {
            CHUNK
        };
        let method = if this.has_read1.get() { "read1" } else { "read" };
        let input = send(vm, this.buffer(vm)?, method, &[vm.int(size as i64)])?;
        if !vm.has_buffer(input) {
            raise!(
                vm,
                TypeError,
                "underlying {method}() should have returned a bytes-like object, not '{}'",
                input.class().name()
            )
        }
        let n = vm.bytes_like(input)?.len();
        let eof = n == 0;
        let text = decoder::decode(vm, d, input, eof)?;
        this.bytes_to_chars.set(if text.is_empty() { 0.0 } else { n as f64 / text.len() as f64 });
        TextIOWrapper::set_text(this, Some(text));
        if let Some(state) = state {
            let Some(t) = state.downcast::<adder_vm::builtins::tuple::Tuple>().filter(|t| t.len() == 2)
            else {
                return Err(vm.type_error("illegal decoder state"));
            };
            let before = vm.bytes_like(t.get(0))?.to_vec();
            let all = [&before[..], &vm.bytes_like(input)?].concat();
            let all = vm.new_bytes(&all)?;
            let snapshot = adder_vm::builtins::tuple::Tuple::from_slice(vm, &[t.get(1), all]);
            this.snapshot.set(this, Some(snapshot.value()));
        }
        Ok(!eof || !text.is_empty())
    }

    fn encode(vm: &Vm, this: Ref<TextIOWrapper>, s: Ref<Str>) -> PyResult<Value> {
        match this.native.get() {
            Some(e) => codec_run::encode(vm, e, s, this.errors_str()),
            None => match this.encoder.get() {
                Some(e) => {
                    this.encoding_started.set(true);
                    send(vm, e, "encode", &[s.value()])
                }
                None => Err(unsupported(vm, "not writable")),
            },
        }
    }

    /// Position behind the next line ending in the text, from `from`; None: there is none.
    fn line_end(&self, text: Units, from: usize) -> Option<usize> {
        let rest = text.slice(from..text.len());
        if self.universal.get() && !self.translate.get() {
            let mut i = 0;
            while i < rest.len() {
                match rest.get(i) {
                    10 => return Some(from + i + 1),
                    13 => {
                        let pair = i + 1 < rest.len() && rest.get(i + 1) == 10;
                        return Some(from + i + if pair { 2 } else { 1 });
                    }
                    _ => i += 1,
                }
            }
            return None;
        }
        match if self.universal.get() { 0 } else { self.write_as.get() } {
            0 => search::find_char(rest, 10).map(|i| from + i + 1),
            1 => search::find_char(rest, 13).map(|i| from + i + 1),
            _ => search::find(rest, Units::One(b"\r\n")).map(|i| from + i + 2),
        }
    }

    fn read_line(vm: &Vm, this: Ref<TextIOWrapper>, limit: isize) -> PyResult<Value> {
        this.check_open(vm)?;
        this.write_pending(vm)?;
        let limit = if limit < 0 { usize::MAX } else { limit as usize };
        // The usual case: the whole line is there.
        let mut line: Option<Ref<Str>> = None;
        loop {
            if this.available() == 0 && !Self::read_chunk(vm, this, 0)? {
                Self::set_text(this, None);
                this.snapshot.set(this, None);
                break;
            }
            let Some(text) = this.text.get() else { break };
            if this.available() == 0 {
                continue;
            }
            let at = this.at.get();
            // A line ending may have begun in the last chunk.
            if let Some(front) = line {
                let rest = this.take(vm, usize::MAX)?;
                let joined = vm.concat_strings(&[front.value(), rest])?;
                let Some(joined) = joined.downcast::<Str>() else { break };
                let from = front.len().saturating_sub(1);
                let end = this.line_end(joined.units(), from);
                let stop = end.unwrap_or(joined.len()).min(limit);
                if end.is_some() || stop < joined.len() || joined.len() >= limit {
                    // What is left over goes back.
                    this.at.set(text.len() - (joined.len() - stop));
                    return vm.substring(joined, 0..stop);
                }
                line = Some(joined);
                continue;
            }
            match this.line_end(text.units(), at) {
                Some(end) => return this.take(vm, (end - at).min(limit)),
                None if text.len() - at >= limit => return this.take(vm, limit),
                None => line = this.take(vm, usize::MAX)?.downcast::<Str>(),
            }
        }
        Ok(line.map_or(vm.empty_str(), |l| l.value()))
    }
}

fn check_newline<'a>(vm: &Vm, v: Option<Value>, s: &'a mut String) -> PyResult<Option<&'a str>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    let Some(n) = v.downcast::<Str>() else {
        raise!(
            vm,
            TypeError,
            "TextIOWrapper() argument 'newline' must be str or None, not {}",
            v.class().name()
        )
    };
    *s = n.to_string();
    if !matches!(s.as_str(), "" | "\n" | "\r" | "\r\n") {
        raise!(vm, ValueError, "illegal newline value: {s}")
    }
    Ok(Some(s))
}

fn text_arg(vm: &Vm, v: Option<Value>, name: &str) -> PyResult<Option<Value>> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(v) => match v.downcast::<Str>() {
            Some(s) if s.contains_nul() => Err(vm.value_error("embedded null character")),
            Some(_) => Ok(Some(v)),
            None => raise!(
                vm,
                TypeError,
                "TextIOWrapper() argument '{name}' must be str or None, not {}",
                v.class().name()
            ),
        },
    }
}

/// The encoding of the locale.
pub fn locale_encoding() -> &'static str {
    "UTF-8"
}

#[pymethods]
impl TextIOWrapper {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let blank = TextIOWrapper {
            base: TextIOBase { base: IOBase::blank() },
            buffer: Field::new(None),
            encoding: Field::new(None),
            errors: Field::new(None),
            newline: Field::new(None),
            decoder: Field::new(None),
            encoder: Field::new(None),
            text: Field::new(None),
            snapshot: Field::new(None),
            at: Cell::new(0),
            pending: RefCell::new(vec![]),
            native: Cell::new(None),
            detached: Cell::new(false),
            line_buffering: Cell::new(false),
            write_through: Cell::new(false),
            universal: Cell::new(true),
            translate: Cell::new(true),
            write_as: Cell::new(0),
            seekable: Cell::new(false),
            telling: Cell::new(false),
            has_read1: Cell::new(false),
            encoding_started: Cell::new(false),
            bytes_to_chars: Cell::new(1.0),
        };
        Ok(super::instance(vm, class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let get = |i: usize, name: &str| args.pos().get(i).copied().or(args.keyword(name));
        let Some(buffer) = get(0, "buffer") else {
            return Err(vm.type_error("TextIOWrapper() missing required argument 'buffer' (pos 1)"));
        };
        // SAFETY: installed as a slot of this class only.
        let t: Ref<TextIOWrapper> = unsafe { this.cast() };
        t.buffer.set(t, None);
        t.detached.set(false);
        let mut text = String::new();
        let newline_value = get(3, "newline").filter(|v| !v.is_none());
        let newline = check_newline(vm, newline_value, &mut text)?;
        let encoding = match text_arg(vm, get(1, "encoding"), "encoding")? {
            Some(e) if e.downcast::<Str>().is_some_and(|s| s.eq_str("locale")) => {
                vm.new_str(locale_encoding())
            }
            Some(e) => e,
            None => vm.new_str(if vm.config.utf8_mode { "utf-8" } else { locale_encoding() }),
        };
        let errors = match text_arg(vm, get(2, "errors"), "errors")? {
            Some(e) => e,
            None => vm.new_str("strict"),
        };
        let flag = |i: usize, name: &str| -> PyResult<bool> {
            match get(i, name) {
                Some(v) => vm.truth(v),
                None => Ok(false),
            }
        };
        let (line_buffering, write_through) = (flag(4, "line_buffering")?, flag(5, "write_through")?);
        TextIOWrapper::set_text(t, None);
        t.snapshot.set(t, None);
        t.pending.borrow_mut().clear();
        t.encoding.set(t, Some(encoding));
        t.errors.set(t, Some(errors));
        t.line_buffering.set(line_buffering);
        t.write_through.set(write_through);
        TextIOWrapper::set_newline(t, newline, newline_value);
        t.buffer.set(t, Some(buffer));
        if let Err(raised) = TextIOWrapper::make_codecs(vm, t) {
            t.buffer.set(t, None);
            return Err(raised);
        }
        let seekable = ask(vm, buffer, "seekable")?;
        t.seekable.set(seekable);
        t.telling.set(seekable);
        t.has_read1.set(vm.get_attr_opt(buffer, vm.intern_str("read1"))?.is_some());
        if seekable && t.encoder.get().is_some() && ask(vm, buffer, "writable")? {
            // Appending to a file: no BOM.
            let at = send(vm, buffer, "tell", &[])?;
            if vm.truth(at)?
                && let Some(e) = t.encoder.get()
            {
                t.encoding_started.set(true);
                send(vm, e, "setstate", &[vm.int(0)])?;
            }
        }
        set_wrapped(buffer, true);
        Ok(())
    }

    /// Reconfigure the text stream with new parameters.
    #[pymethod(
        "($self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)"
    )]
    fn reconfigure(
        vm: &Vm,
        this: Ref<TextIOWrapper>,
        encoding: Option<Value>,
        errors: Option<Value>,
        newline: Option<Value>,
        line_buffering: Option<Value>,
        write_through: Option<Value>,
    ) -> PyResult<()> {
        let encoding = text_arg(vm, encoding, "encoding")?;
        let errors = text_arg(vm, errors, "errors")?;
        if this.text.get().is_some() && (encoding.is_some() || errors.is_some() || newline.is_some()) {
            return Err(unsupported(
                vm,
                "It is not possible to set the encoding or newline of stream after the first read",
            ));
        }
        let mut text = String::new();
        let new_newline = check_newline(vm, newline, &mut text)?;
        send(vm, this.value(), "flush", &[])?;
        if newline.is_some() {
            TextIOWrapper::set_newline(this, new_newline, newline.filter(|n| !n.is_none()));
        }
        if let Some(e) = encoding {
            let e = if e.downcast::<Str>().is_some_and(|s| s.eq_str("locale")) {
                vm.new_str(locale_encoding())
            } else {
                e
            };
            this.encoding.set(this, Some(e));
            this.errors.set(this, Some(errors.unwrap_or_else(|| vm.new_str("strict"))));
        } else if let Some(e) = errors {
            this.errors.set(this, Some(e));
        }
        if encoding.is_some() || errors.is_some() || newline.is_some() {
            TextIOWrapper::make_codecs(vm, this)?;
        }
        if let Some(v) = line_buffering.filter(|v| !v.is_none()) {
            this.line_buffering.set(vm.truth(v)?);
        }
        if let Some(v) = write_through.filter(|v| !v.is_none()) {
            this.write_through.set(vm.truth(v)?);
        }
        Ok(())
    }

    #[pymethod("($self, text, /)")]
    fn write(vm: &Vm, this: Ref<TextIOWrapper>, text: Value) -> PyResult<usize> {
        let Some(s) = text.downcast::<Str>() else {
            raise!(vm, TypeError, "write() argument must be str, not {}", text.class().name())
        };
        this.check_open(vm)?;
        if this.native.get().is_some() && !super::ask(vm, this.buffer(vm)?, "writable")? {
            return Err(unsupported(vm, "not writable"));
        }
        let has_newline = (this.line_buffering.get() || this.write_as.get() != 0)
            && search::find_char(s.units(), 10).is_some();
        let out = match this.write_as.get() {
            kind if kind != 0 && has_newline => {
                let new: &[u8] = if kind == 1 { b"\r" } else { b"\r\n" };
                match search::replace(s.units(), Units::One(b"\n"), Units::One(new), -1) {
                    Some(o) => match vm.str_of_owned(o)?.downcast::<Str>() {
                        Some(s) => s,
                        None => s,
                    },
                    None => s,
                }
            }
            _ => s,
        };
        let flush = this.line_buffering.get() && (has_newline || search::find_char(s.units(), 13).is_some());
        let encoded = TextIOWrapper::encode(vm, this, out)?;
        let Some(b) = encoded.downcast::<Bytes>() else {
            raise!(vm, TypeError, "encoder should return a bytes object, not '{}'", encoded.class().name())
        };
        if this.pending.borrow().len() + b.len() > CHUNK {
            this.write_pending(vm)?;
        }
        this.pending.borrow_mut().extend_from_slice(b.as_bytes());
        if this.pending.borrow().len() >= CHUNK || flush || this.write_through.get() {
            this.write_pending(vm)?;
        }
        if flush {
            send(vm, this.buffer(vm)?, "flush", &[])?;
        }
        if this.text.get().is_some() {
            TextIOWrapper::set_text(this, None);
        }
        this.snapshot.set(this, None);
        if let Some(d) = this.decoder.get() {
            send(vm, d, "reset", &[])?;
        }
        Ok(s.len())
    }

    #[pymethod("($self, size=-1, /)")]
    fn read(vm: &Vm, this: Ref<TextIOWrapper>, size: Option<Value>) -> PyResult<Value> {
        let n = size_arg(vm, size)?;
        let buffer = this.check_open(vm)?;
        let Some(d) = this.decoder.get() else { return Err(unsupported(vm, "not readable")) };
        this.write_pending(vm)?;
        if n < 0 {
            let bytes = send(vm, buffer, "read", &[])?;
            if bytes.is_none() {
                let raised = super::blocking_error(vm, "Read returned None.", 0);
                return Err(raised);
            }
            let rest = decoder::decode(vm, d, bytes, true)?;
            let front = this.take(vm, usize::MAX)?;
            let all = vm.concat_strings(&[front, rest.value()])?;
            TextIOWrapper::set_text(this, None);
            this.snapshot.set(this, None);
            return Ok(all);
        }
        let n = n as usize;
        let mut out = this.take(vm, n)?;
        loop {
            let have = vm.len(out)?;
            if have >= n || !TextIOWrapper::read_chunk(vm, this, n - have)? {
                return Ok(out);
            }
            let more = this.take(vm, n - have)?;
            out = vm.concat_strings(&[out, more])?;
        }
    }

    #[pymethod("($self, size=-1, /)")]
    fn readline(vm: &Vm, this: Ref<TextIOWrapper>, size: Option<Value>) -> PyResult<Value> {
        let n = size_arg(vm, size)?;
        TextIOWrapper::read_line(vm, this, n)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let t: Ref<TextIOWrapper> = unsafe { this.cast() };
        t.telling.set(false);
        let line = if this.class() == <TextIOWrapper as adder_vm::object::Object>::class() {
            TextIOWrapper::read_line(vm, t, -1)?
        } else {
            send(vm, this, "readline", &[])?
        };
        if vm.len(line)? == 0 {
            t.snapshot.set(t, None);
            t.telling.set(t.seekable.get());
            return Ok(None);
        }
        Ok(Some(line))
    }

    #[pymethod("($self, /)")]
    fn flush(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        let buffer = this.check_open(vm)?;
        this.telling.set(this.seekable.get());
        this.write_pending(vm)?;
        send(vm, buffer, "flush", &[])
    }

    #[pymethod("($self, /)")]
    fn close(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<()> {
        let buffer = this.buffer(vm)?;
        if is_closed(vm, buffer)? {
            return Ok(());
        }
        if this.base.base.finalizing.get()
            && let Some(f) = vm.get_attr_opt(buffer, vm.intern_str("_dealloc_warn"))?
        {
            vm.call(f, &[this.value()])?;
        }
        close_inner(vm, this.value(), buffer)
    }

    #[pymethod("($self, /)")]
    fn detach(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        let buffer = this.buffer(vm)?;
        send(vm, this.value(), "flush", &[])?;
        set_wrapped(buffer, false);
        this.buffer.set(this, None);
        this.detached.set(true);
        Ok(buffer)
    }

    #[pymethod("($self, cookie, whence=os.SEEK_SET, /)")]
    fn seek(vm: &Vm, this: Ref<TextIOWrapper>, cookie: Value, whence: Option<i32>) -> PyResult<Value> {
        super::textio_position::seek(vm, this, cookie, whence.unwrap_or(0))
    }

    #[pymethod("($self, /)")]
    fn tell(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        super::textio_position::tell(vm, this)
    }

    #[pymethod("($self, pos=None, /)")]
    fn truncate(vm: &Vm, this: Ref<TextIOWrapper>, pos: Option<Value>) -> PyResult<Value> {
        send(vm, this.value(), "flush", &[])?;
        send(vm, this.buffer(vm)?, "truncate", &[pos.unwrap_or(none())])
    }

    #[pymethod("($self, /)")]
    fn fileno(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        send(vm, this.buffer(vm)?, "fileno", &[])
    }

    #[pymethod("($self, /)")]
    fn seekable(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        send(vm, this.buffer(vm)?, "seekable", &[])
    }

    #[pymethod("($self, /)")]
    fn readable(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        send(vm, this.buffer(vm)?, "readable", &[])
    }

    #[pymethod("($self, /)")]
    fn writable(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        send(vm, this.buffer(vm)?, "writable", &[])
    }

    #[pymethod("($self, /)")]
    fn isatty(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        send(vm, this.buffer(vm)?, "isatty", &[])
    }

    #[getter]
    fn get_buffer(_vm: &Vm, this: Ref<TextIOWrapper>) -> Option<Value> {
        this.buffer.get()
    }

    #[getter]
    fn encoding(_vm: &Vm, this: Ref<TextIOWrapper>) -> Option<Value> {
        this.encoding.get()
    }

    #[getter]
    fn errors(_vm: &Vm, this: Ref<TextIOWrapper>) -> Option<Value> {
        this.errors.get()
    }

    #[getter]
    fn newlines(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        match this.decoder.get() {
            Some(d) => Ok(vm.get_attr_opt(d, vm.intern_str("newlines"))?.unwrap_or(none())),
            None => Ok(none()),
        }
    }

    #[getter]
    fn line_buffering(_vm: &Vm, this: Ref<TextIOWrapper>) -> bool {
        this.line_buffering.get()
    }

    #[getter]
    fn write_through(_vm: &Vm, this: Ref<TextIOWrapper>) -> bool {
        this.write_through.get()
    }

    #[getter]
    fn name(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        vm.get_attr_str(this.buffer(vm)?, "name")
    }

    #[getter]
    fn closed(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<bool> {
        is_closed(vm, this.buffer(vm)?)
    }

    #[getter]
    fn _CHUNK_SIZE(_vm: &Vm, _this: Ref<TextIOWrapper>) -> usize {
        CHUNK
    }

    #[setter(name = "_CHUNK_SIZE")]
    fn set_chunk_size(vm: &Vm, _this: Ref<TextIOWrapper>, value: Option<Value>) -> PyResult<()> {
        match value {
            Some(v) if vm.index_isize(v)? > 0 => Ok(()),
            _ => Err(vm.value_error("a strictly positive integer is required")),
        }
    }

    #[pymethod("($self, /)")]
    fn __getstate__(vm: &Vm, this: Ref<TextIOWrapper>) -> PyResult<Value> {
        raise!(vm, TypeError, "cannot pickle '{}' instances", this.value().class().short_name())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let t: Ref<TextIOWrapper> = unsafe { this.cast() };
        let mut shown = vm.new_str(&format!("<{}", this.class().name()));
        for attr in ["name", "mode"] {
            let found = match vm.get_attr_opt(this, vm.intern_str(attr)) {
                Ok(f) => f,
                Err(raised) => {
                    vm.swallow(raised, adder_vm::builtins::exceptions::Exc::ValueError)?;
                    None
                }
            };
            if let Some(v) = found {
                let v = vm.repr(v)?;
                shown = vm.concat_strings(&[shown, vm.new_str(&format!(" {attr}=")), v])?;
            }
        }
        let encoding = vm.repr(t.encoding.get().unwrap_or(none()))?;
        vm.concat_strings(&[shown, vm.new_str(" encoding="), encoding, vm.new_str(">")])
    }
}
