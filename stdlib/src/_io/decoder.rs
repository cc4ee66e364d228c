//! Decoders of text streams: `IncrementalNewlineDecoder`, and a decoder for the encodings that are
//! written in Rust, which behaves like those of the `codecs` module.

use super::send;
use adder_macros::{pyclass, pymethods};
use adder_text::units::Units;
use adder_vm::args::Args;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::codec_run::{self, Encoding};
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::{Cell, RefCell};

/// Codec used when reading a file in universal newlines mode.
///
/// It wraps another incremental decoder, translating \r\n and \r into \n.
/// It also records the types of newlines encountered.  When used with
/// translate=False, it ensures that the newline sequence is returned in
/// one piece. When used with decoder=None, it expects unicode strings as
/// decode input and translates newlines without first invoking an external
/// decoder.
#[pyclass(name = "IncrementalNewlineDecoder", module = "_io", flags = def::BASE, signature = "(decoder, translate, errors='strict')")]
#[repr(C)]
pub struct IncrementalNewlineDecoder {
    h: LongHeader,
    decoder: Field<Option<Value>>,
    errors: Field<Option<Value>>,
    translate: Cell<bool>,
    pending_cr: Cell<bool>,
    /// 1: \n, 2: \r, 4: \r\n.
    seen: Cell<u8>,
}

/// A decoder for UTF-8, ASCII and Latin-1.
#[pyclass(name = "_NativeDecoder", module = "_io", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct NativeDecoder {
    h: LongHeader,
    errors: Field<Option<Ref<Str>>>,
    encoding: Encoding,
    pending: RefCell<Vec<u8>>,
}

impl NativeDecoder {
    pub fn make(encoding: Encoding, errors: Option<Ref<Str>>) -> Value {
        let d = NativeDecoder {
            h: LongHeader::new(),
            errors: Field::new(errors),
            encoding,
            pending: RefCell::new(vec![]),
        };
        adder_heap::new(NativeDecoder::shape(), d).value()
    }

    pub fn run(vm: &Vm, this: Ref<NativeDecoder>, input: &[u8], last: bool) -> PyResult<Value> {
        let pending = std::mem::take(&mut *this.pending.borrow_mut());
        if pending.is_empty() && (this.encoding == Encoding::Latin1 || input.is_ascii()) {
            return vm.str_of(Units::One(input));
        }
        let joined;
        let all: &[u8] = if pending.is_empty() {
            input
        } else {
            joined = [&pending[..], input].concat();
            &joined
        };
        let (text, used, _) = codec_run::decode(vm, this.encoding, all, this.errors.get(), last)?;
        if used < all.len() {
            *this.pending.borrow_mut() = all[used..].to_vec();
        }
        Ok(text)
    }
}

#[pymethods]
impl NativeDecoder {
    #[pymethod("($self, input, final=False)")]
    fn decode(vm: &Vm, this: Ref<NativeDecoder>, input: Value, last: Option<bool>) -> PyResult<Value> {
        let b = vm.bytes_like(input)?;
        NativeDecoder::run(vm, this, &b, last.unwrap_or(false))
    }

    #[pymethod("($self, /)")]
    fn reset(_vm: &Vm, this: Ref<NativeDecoder>) {
        this.pending.borrow_mut().clear();
    }

    #[pymethod("($self, /)")]
    fn getstate(vm: &Vm, this: Ref<NativeDecoder>) -> PyResult<Value> {
        let pending = this.pending.borrow().clone();
        let pending = vm.new_bytes(&pending)?;
        Ok(Tuple::from_slice(vm, &[pending, vm.int(0)]).value())
    }

    #[pymethod("($self, state, /)")]
    fn setstate(vm: &Vm, this: Ref<NativeDecoder>, state: Ref<Tuple>) -> PyResult<()> {
        if state.is_empty() {
            return Err(vm.type_error("illegal decoder state"));
        }
        let b = vm.bytes_like(state.get(0))?.to_vec();
        *this.pending.borrow_mut() = b;
        Ok(())
    }
}

/// Decodes with any decoder.
pub fn decode(vm: &Vm, decoder: Value, input: Value, last: bool) -> PyResult<Ref<Str>> {
    let text = if let Some(d) = decoder.exact::<IncrementalNewlineDecoder>() {
        IncrementalNewlineDecoder::run(vm, d, input, last)?
    } else if let (Some(d), Some(b)) = (decoder.exact::<NativeDecoder>(), input.downcast::<Bytes>()) {
        NativeDecoder::run(vm, d, b.as_bytes(), last)?
    } else {
        vm.call(vm.get_attr_str(decoder, "decode")?, &[input, bool_value(last)])?
    };
    match text.downcast::<Str>() {
        Some(s) => Ok(s),
        None => raise!(vm, TypeError, "decoder should return a string result, not '{}'", text.class().name()),
    }
}

impl IncrementalNewlineDecoder {
    pub fn make(vm: &Vm, decoder: Value, translate: bool) -> PyResult<Value> {
        vm.call(Self::class().value(), &[decoder, bool_value(translate)])
    }

    fn run(vm: &Vm, this: Ref<IncrementalNewlineDecoder>, input: Value, last: bool) -> PyResult<Value> {
        let text = match this.decoder.get() {
            Some(d) if !d.is_none() => decode(vm, d, input, last)?,
            Some(_) => match input.downcast::<Str>() {
                Some(s) => s,
                None => raise!(
                    vm,
                    TypeError,
                    "decoder should return a string result, not '{}'",
                    input.class().name()
                ),
            },
            None => return Err(vm.value_error("IncrementalNewlineDecoder.__init__() not called")),
        };
        // Most text has no \r.
        if !this.pending_cr.get() && adder_text::search::find_char(text.units(), 13).is_none() {
            if this.seen.get() & 1 == 0 && adder_text::search::find_char(text.units(), 10).is_some() {
                this.seen.set(this.seen.get() | 1);
            }
            return Ok(text.value());
        }
        let mut chars: Vec<u32> = Vec::with_capacity(text.len() + 1);
        if this.pending_cr.get() && (!text.is_empty() || last) {
            chars.push(13);
            this.pending_cr.set(false);
        }
        chars.extend(text.chars());
        if chars.last() == Some(&13) && !last {
            chars.pop();
            this.pending_cr.set(true);
        }
        let mut out = Vec::with_capacity(chars.len());
        let mut seen = this.seen.get();
        let mut i = 0;
        while i < chars.len() {
            match chars[i] {
                13 if chars.get(i + 1) == Some(&10) => {
                    seen |= 4;
                    if !this.translate.get() {
                        out.push(13);
                    }
                    out.push(10);
                    i += 1;
                }
                13 => {
                    seen |= 2;
                    out.push(if this.translate.get() { 10 } else { 13 });
                }
                10 => {
                    seen |= 1;
                    out.push(10);
                }
                c => out.push(c),
            }
            i += 1;
        }
        this.seen.set(seen);
        vm.str_of(Units::Four(&out))
    }
}

#[pymethods]
impl IncrementalNewlineDecoder {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let blank = IncrementalNewlineDecoder {
            h: LongHeader::new(),
            decoder: Field::new(None),
            errors: Field::new(None),
            translate: Cell::new(false),
            pending_cr: Cell::new(false),
            seen: Cell::new(0),
        };
        Ok(vm.new_instance(class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let get = |i: usize, name: &str| args.pos().get(i).copied().or(args.keyword(name));
        let (Some(decoder), Some(translate)) = (get(0, "decoder"), get(1, "translate")) else {
            return Err(
                vm.type_error("IncrementalNewlineDecoder() missing required argument 'decoder' (pos 1)")
            );
        };
        // SAFETY: installed as a slot of this class only.
        let d: Ref<IncrementalNewlineDecoder> = unsafe { this.cast() };
        let translate = vm.truth(translate)?;
        d.decoder.set(d, Some(decoder));
        d.errors.set(d, get(2, "errors"));
        d.translate.set(translate);
        d.pending_cr.set(false);
        d.seen.set(0);
        Ok(())
    }

    #[pymethod("($self, /, input, final=False)")]
    fn decode(
        vm: &Vm,
        this: Ref<IncrementalNewlineDecoder>,
        input: Value,
        last: Option<bool>,
    ) -> PyResult<Value> {
        Self::run(vm, this, input, last.unwrap_or(false))
    }

    #[pymethod("($self, /)")]
    fn getstate(vm: &Vm, this: Ref<IncrementalNewlineDecoder>) -> PyResult<Value> {
        let (buffer, flag) = match this.decoder.get().filter(|d| !d.is_none()) {
            Some(d) => {
                let state = send(vm, d, "getstate", &[])?;
                match state.downcast::<Tuple>().filter(|t| t.len() == 2) {
                    Some(t) => (t.get(0), vm.index_i128(t.get(1))?),
                    None => return Err(vm.type_error("illegal decoder state")),
                }
            }
            None => (vm.new_bytes(b"")?, 0),
        };
        let flag = flag << 1 | this.pending_cr.get() as i128;
        Ok(Tuple::from_slice(vm, &[buffer, vm.new_int(flag)]).value())
    }

    #[pymethod("($self, state, /)")]
    fn setstate(vm: &Vm, this: Ref<IncrementalNewlineDecoder>, state: Value) -> PyResult<()> {
        let Some(t) = state.downcast::<Tuple>() else {
            return Err(vm.type_error("state argument must be a tuple"));
        };
        if t.len() != 2 {
            return Err(vm.type_error("illegal decoder state"));
        }
        let flag = vm.index_i128(t.get(1))?;
        this.pending_cr.set(flag & 1 == 1);
        if let Some(d) = this.decoder.get().filter(|d| !d.is_none()) {
            let inner = Tuple::from_slice(vm, &[t.get(0), vm.new_int(flag >> 1)]);
            send(vm, d, "setstate", &[inner.value()])?;
        }
        Ok(())
    }

    #[pymethod("($self, /)")]
    fn reset(vm: &Vm, this: Ref<IncrementalNewlineDecoder>) -> PyResult<()> {
        this.seen.set(0);
        this.pending_cr.set(false);
        if let Some(d) = this.decoder.get().filter(|d| !d.is_none()) {
            send(vm, d, "reset", &[])?;
        }
        Ok(())
    }

    #[getter]
    fn newlines(vm: &Vm, this: Ref<IncrementalNewlineDecoder>) -> Value {
        let all: Vec<&str> = [(2, "\r"), (1, "\n"), (4, "\r\n")]
            .iter()
            .filter(|(bit, _)| this.seen.get() & bit != 0)
            .map(|(_, s)| *s)
            .collect();
        match all[..] {
            [] => none(),
            [one] => vm.new_str(one),
            _ => {
                let t = Tuple::build(vm, all.len(), |i| PyResult::Ok(vm.new_str(all[i])));
                t.map_or(none(), |t| t.value())
            }
        }
    }
}
