//! Runs the codecs of the text crate until they are through: asks the error handler for each fault,
//! puts its replacement in place and resumes.

use crate::builtins::bytes::Bytes;
use crate::builtins::int::as_int;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::codec_errors::{self, Errors};
use crate::codecs::{decode_exception, encode_exception};
use crate::error::{PyResult, Raised};
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_text::builder::Builder;
use adder_text::codecs::{Fault, Order, handlers, single, utf8, utf16, utf32};
use adder_text::units::Units;

/// The encodings that are written in Rust and have a fast path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    Utf16(Order),
    Utf32(Order),
    Ascii,
    Latin1,
}

impl Encoding {
    /// As it is named in exceptions.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16(Order::Native) => "utf-16",
            Encoding::Utf16(Order::Little) => "utf-16-le",
            Encoding::Utf16(Order::Big) => "utf-16-be",
            Encoding::Utf32(Order::Native) => "utf-32",
            Encoding::Utf32(Order::Little) => "utf-32-le",
            Encoding::Utf32(Order::Big) => "utf-32-be",
            Encoding::Ascii => "ascii",
            Encoding::Latin1 => "latin-1",
        }
    }

    fn encode(self, u: Units, at: &mut usize, out: &mut Vec<u8>) -> Result<(), Fault> {
        match self {
            Encoding::Utf8 => utf8::encode(u, at, out),
            Encoding::Utf16(order) => utf16::encode(u, at, out, order),
            Encoding::Utf32(order) => utf32::encode(u, at, out, order),
            Encoding::Ascii => single::encode_ascii(u, at, out),
            Encoding::Latin1 => single::encode_latin1(u, at, out),
        }
    }

    /// Bytes that a replacement's length must be a multiple of.
    fn width(self) -> usize {
        match self {
            Encoding::Utf16(_) => 2,
            Encoding::Utf32(_) => 4,
            _ => 1,
        }
    }

    /// A replacement text in this encoding.
    fn replacement(self, u: Units) -> Option<Vec<u8>> {
        let mut out = vec![];
        let plain = match self {
            Encoding::Latin1 | Encoding::Ascii => self,
            Encoding::Utf16(Order::Native) => Encoding::Utf16(Order::Little),
            Encoding::Utf32(Order::Native) => Encoding::Utf32(Order::Little),
            other => other,
        };
        if !matches!(self, Encoding::Latin1 | Encoding::Ascii) && !u.is_ascii() {
            return None;
        }
        plain.encode(u, &mut 0, &mut out).ok()?;
        Some(out)
    }
}

/// What goes to where the fault was, and where to go on.
pub enum Replacement {
    Text(Value),
    Bytes(Value),
}

/// Encodes a string.
pub fn encode(vm: &Vm, encoding: Encoding, s: Ref<Str>, errors: Option<Ref<Str>>) -> PyResult<Value> {
    let single = matches!(encoding, Encoding::Utf8 | Encoding::Ascii);
    if single && s.is_ascii() || encoding == Encoding::Latin1 && s.kind() == 1 {
        return vm.new_bytes(s.raw_bytes());
    }
    encode_with(
        vm,
        encoding.name(),
        s,
        errors,
        &mut |u, at, out| encoding.encode(u, at, out),
        &|u| encoding.replacement(u),
        encoding.width(),
    )
}

/// Encodes with any codec of the text crate.
pub fn encode_with(
    vm: &Vm,
    name: &str,
    s: Ref<Str>,
    errors: Option<Ref<Str>>,
    run: &mut dyn FnMut(Units, &mut usize, &mut Vec<u8>) -> Result<(), Fault>,
    replacement: &dyn Fn(Units) -> Option<Vec<u8>>,
    width: usize,
) -> PyResult<Value> {
    let handler = Errors::parse(errors);
    let (mut at, mut out) = (0, vec![]);
    loop {
        let mut fault = match run(s.units(), &mut at, &mut out) {
            Ok(()) => return vm.new_bytes(&out),
            Err(fault) => fault,
        };
        let bad = s.units().slice(fault.start..fault.end);
        let text: Option<Vec<u8>> = match handler {
            Errors::Strict => return Err(fail(vm, name, s, fault)),
            Errors::Ignore => Some(vec![]),
            Errors::Replace => Some(vec![b'?'; fault.end - fault.start]),
            Errors::Backslash => Some(handlers::backslash_text(bad)),
            Errors::Xml => Some(handlers::xml_references(bad)),
            Errors::Name => Some(handlers::names(bad)),
            Errors::SurrogateEscape => {
                // As many as stand for bytes; the first that does not is the fault.
                while fault.start < fault.end
                    && let Some(b) =
                        handlers::unescape_surrogates(s.units().slice(fault.start..fault.start + 1))
                {
                    if width > 1 {
                        break;
                    }
                    out.extend(b);
                    fault.start += 1;
                }
                if fault.start < fault.end {
                    return Err(fail(vm, name, s, fault));
                }
                at = fault.end;
                continue;
            }
            Errors::SurrogatePass => {
                match handlers::Utf::from_name(name).and_then(|utf| utf.encode_surrogates(bad)) {
                    Some(b) => {
                        out.extend(b);
                        at = fault.end;
                        continue;
                    }
                    None => return Err(fail(vm, name, s, fault)),
                }
            }
            Errors::Other => None,
        };
        if let Some(text) = text {
            match replacement(Units::One(&text)) {
                Some(b) => out.extend(b),
                None => return Err(fail(vm, name, s, fault)),
            }
            at = fault.end;
            continue;
        }
        let (r, next) = ask_encode_handler(vm, name, s, errors, fault)?;
        let bytes = match &r {
            Replacement::Text(v) => v.downcast::<Str>().and_then(|t| replacement(t.units())),
            Replacement::Bytes(v) => {
                v.downcast::<Bytes>().map(|b| b.as_bytes().to_vec()).filter(|b| b.len().is_multiple_of(width))
            }
        };
        match bytes {
            Some(b) => out.extend(b),
            None => return Err(fail(vm, name, s, fault)),
        }
        at = next;
    }
}

#[cold]
fn fail(vm: &Vm, name: &str, s: Ref<Str>, fault: Fault) -> Raised {
    crate::codecs::encode_error(vm, name, s, fault)
}

/// The result of an error handler: a replacement and a position that may count from the end.
fn handler_result(vm: &Vm, result: Value, len: usize, encoding: bool) -> PyResult<(Value, usize)> {
    let wrong = || match encoding {
        true => vm.type_error("encoding error handler must return (str/bytes, int) tuple"),
        false => vm.type_error("decoding error handler must return (str, int) tuple"),
    };
    let Some(t) = result.downcast::<Tuple>() else { return Err(wrong()) };
    let [replacement, position] = t.items() else { return Err(wrong()) };
    let text = replacement.downcast::<Str>().is_some();
    let bytes = encoding && replacement.downcast::<Bytes>().is_some();
    if !(text || bytes) || (as_int(*position).is_none() && position.class().slots().nb_index.is_none()) {
        return Err(wrong());
    }
    let given = vm.index_isize(*position)?;
    let at = if given < 0 { given + len as isize } else { given };
    if at < 0 || at > len as isize {
        raise!(vm, IndexError, "position {given} from error handler out of bounds")
    }
    Ok((*replacement, at as usize))
}

fn ask_encode_handler(
    vm: &Vm,
    name: &str,
    s: Ref<Str>,
    errors: Option<Ref<Str>>,
    fault: Fault,
) -> PyResult<(Replacement, usize)> {
    let handler = codec_errors::lookup(vm, errors)?;
    let exc = encode_exception(vm, name, s, fault)?;
    let result = vm.call(handler, &[exc])?;
    let (r, at) = handler_result(vm, result, s.len(), true)?;
    let r = if r.downcast::<Str>().is_some() { Replacement::Text(r) } else { Replacement::Bytes(r) };
    Ok((r, at))
}

/// Decodes all of an input.
pub fn decode_all(vm: &Vm, encoding: Encoding, input: &[u8], errors: Option<Ref<Str>>) -> PyResult<Value> {
    match encoding {
        Encoding::Utf8 if input.is_ascii() => return vm.str_of(Units::One(input)),
        Encoding::Ascii if input.is_ascii() => return vm.str_of(Units::One(input)),
        Encoding::Latin1 => return vm.str_of(Units::One(input)),
        _ => {}
    }
    Ok(decode(vm, encoding, input, errors, true)?.0)
}

/// Decodes; also says how much of the input was used, and with which order of bytes to go on.
pub fn decode(
    vm: &Vm,
    encoding: Encoding,
    input: &[u8],
    errors: Option<Ref<Str>>,
    last: bool,
) -> PyResult<(Value, usize, Order)> {
    let mut order = match encoding {
        Encoding::Utf16(order) | Encoding::Utf32(order) => order,
        _ => Order::Native,
    };
    // Exceptions name the order that is known when they are raised.
    let name = |order: Order| match encoding {
        Encoding::Utf16(_) => Encoding::Utf16(order).name(),
        Encoding::Utf32(_) => Encoding::Utf32(order).name(),
        _ => encoding.name(),
    };
    let mut names = name(order);
    let (v, used) = decode_with(vm, &mut || names, input, errors, &mut |input, at, out| {
        let r = match encoding {
            Encoding::Utf8 => utf8::decode(input, at, out, last),
            Encoding::Utf16(_) => utf16::decode(input, at, out, last, &mut order),
            Encoding::Utf32(_) => utf32::decode(input, at, out, last, &mut order),
            Encoding::Ascii => single::decode_ascii(input, at, out),
            Encoding::Latin1 => {
                single::decode_latin1(&input[*at..], out);
                *at = input.len();
                Ok(())
            }
        };
        names = name(order);
        r
    })?;
    Ok((v, used, order))
}

/// Decodes with any codec of the text crate; gives the string and how much of the input was used.
pub fn decode_with(
    vm: &Vm,
    name: &mut dyn FnMut() -> &'static str,
    input: &[u8],
    errors: Option<Ref<Str>>,
    run: &mut dyn FnMut(&[u8], &mut usize, &mut Builder) -> Result<(), Fault>,
) -> PyResult<(Value, usize)> {
    let handler = Errors::parse(errors);
    let (mut at, mut out) = (0, Builder::with_capacity(input.len()));
    // A handler may replace the input.
    let mut replaced: Option<Ref<Bytes>> = None;
    loop {
        let data: &[u8] = match &replaced {
            Some(b) => b.as_bytes(),
            None => input,
        };
        let fault = match run(data, &mut at, &mut out) {
            Ok(()) => return Ok((vm.str_of_owned(out.finish())?, at)),
            Err(fault) => fault,
        };
        let bad = &data[fault.start..fault.end];
        match handler {
            Errors::Ignore => at = fault.end,
            Errors::Replace => {
                out.push(0xfffd);
                at = fault.end;
            }
            Errors::Backslash => {
                out.push_units(Units::One(&handlers::backslash_bytes(bad)));
                at = fault.end;
            }
            Errors::SurrogateEscape => {
                let escaped = handlers::escape_bytes(bad);
                if escaped.is_empty() {
                    return Err(vm.raise_value(decode_exception(vm, name(), data, fault)?));
                }
                at = fault.start + escaped.len();
                escaped.into_iter().for_each(|c| out.push(c));
            }
            Errors::SurrogatePass => {
                let found = handlers::Utf::from_name(name())
                    .and_then(|utf| utf.decode_surrogate(&data[fault.start..]));
                match found {
                    Some((c, len)) => {
                        out.push(c);
                        at = fault.start + len;
                    }
                    None => return Err(vm.raise_value(decode_exception(vm, name(), data, fault)?)),
                }
            }
            Errors::Strict => return Err(vm.raise_value(decode_exception(vm, name(), data, fault)?)),
            Errors::Xml | Errors::Name | Errors::Other => {
                let handler = codec_errors::lookup(vm, errors)?;
                let exc = decode_exception(vm, name(), data, fault)?;
                let result = vm.call(handler, &[exc])?;
                // The handler may have changed `exc.object`.
                let object = vm.get_attr(exc, vm.intern_str("object"))?;
                let Some(object) = object.downcast::<Bytes>() else {
                    return Err(vm.type_error("exception attribute object must be bytes"));
                };
                let (r, next) = handler_result(vm, result, object.len(), false)?;
                if let Some(s) = r.downcast::<Str>() {
                    out.push_units(s.units());
                }
                at = next;
                replaced = Some(object);
            }
        }
    }
}
