//! The `%` operator of `str`, `bytes` and `bytearray`.
//!
//! Parsing and layout are the text crate's; here arguments are fetched and converted, in CPython's
//! order, because each step may run Python code.

use crate::builtins::bytearray::ByteArray;
use crate::builtins::bytes::Bytes;
use crate::builtins::exceptions::Exc;
use crate::builtins::float::as_float;
use crate::builtins::int::{as_int, to_ibig};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_text::builder::Builder;
use adder_text::printf::{self, Count, Flavour, Layout, Segment, Segments, Spec};
use adder_text::units::Units;

/// Where the values come from.
struct Source {
    /// The right operand, or the value of the last key.
    args: Value,
    tuple: Option<Ref<Tuple>>,
    /// Whether `args` is one value that has not been used.
    single: bool,
    next: usize,
    mapping: Option<Value>,
}

impl Source {
    fn new(args: Value, flavour: Flavour) -> Source {
        let tuple = args.downcast::<Tuple>();
        let text = match flavour {
            Flavour::Str => args.downcast::<Str>().is_some(),
            Flavour::Bytes => args.downcast::<Bytes>().is_some() || args.downcast::<ByteArray>().is_some(),
        };
        let text = text || (flavour == Flavour::Bytes && args.downcast::<Str>().is_some());
        let is_mapping = tuple.is_none() && !text && args.class().slots().mp_subscript.is_some();
        Source { args, tuple, single: tuple.is_none(), next: 0, mapping: is_mapping.then_some(args) }
    }

    fn next(&mut self, vm: &Vm) -> PyResult<Value> {
        if let Some(t) = self.tuple {
            if self.next < t.len() {
                self.next += 1;
                return Ok(t.get(self.next - 1));
            }
        } else if self.single {
            self.single = false;
            return Ok(self.args);
        }
        Err(vm.type_error(printf::NOT_ENOUGH))
    }

    fn select(&mut self, value: Value) {
        self.args = value;
        self.tuple = None;
        self.single = true;
    }

    fn all_used(&self) -> bool {
        self.mapping.is_some()
            || match self.tuple {
                Some(t) => self.next >= t.len(),
                None => !self.single,
            }
    }
}

/// The value of a `*`.
fn star(vm: &Vm, count: Count, source: &mut Source, what: &str, limit: i128) -> PyResult<Option<isize>> {
    if count != Count::Star {
        return Ok(None);
    }
    let v = source.next(vm)?;
    let Some(i) = as_int(v) else { return Err(vm.type_error(printf::STAR_WANTS_INT)) };
    let n = vm.int_to_i128(i);
    if n > limit || n < -limit - 1 {
        if what == "precision" {
            raise!(vm, OverflowError, "Python int too large to convert to C int")
        }
        raise!(vm, OverflowError, "Python int too large to convert to C ssize_t")
    }
    Ok(Some(n as isize))
}

/// Sign and lower-case digits of an exact int in a radix; the limit on decimal digits applies.
pub fn int_digits(vm: &Vm, i: Value, radix: u32) -> PyResult<(bool, Vec<u8>)> {
    if i.is_small() {
        return Ok((i.small() < 0, adder_text::int::digits(i.small().unsigned_abs(), radix)));
    }
    if radix == 10 {
        let text = vm.repr(i)?;
        let text = text.downcast::<Str>().map(|s| s.to_string()).unwrap_or_default();
        return Ok(match text.strip_prefix('-') {
            Some(digits) => (true, digits.as_bytes().to_vec()),
            None => (false, text.into_bytes()),
        });
    }
    let text = to_ibig(i).in_radix(radix).to_string();
    Ok(match text.strip_prefix('-') {
        Some(digits) => (true, digits.as_bytes().to_vec()),
        None => (false, text.into_bytes()),
    })
}

fn wrong_type(vm: &Vm, spec: &Spec, v: Value) -> crate::error::Raised {
    let c = char::from_u32(spec.conversion).unwrap_or('?');
    let wanted = if matches!(c, 'o' | 'x' | 'X') { "an integer" } else { "a real number" };
    vm.type_error(format!("%{c} format: {wanted} is required, not {}", v.class().name()))
}

/// The int of an integer conversion: `__index__` for 'o' and 'x', `int()` for 'd'.
fn integer(vm: &Vm, spec: &Spec, v: Value) -> PyResult<Value> {
    if let Some(i) = as_int(v) {
        return Ok(i);
    }
    let slots = v.class().slots();
    if slots.nb_index.is_none() && slots.nb_int.is_none() && slots.nb_float.is_none() {
        return Err(wrong_type(vm, spec, v));
    }
    let converted = if matches!(char::from_u32(spec.conversion), Some('o' | 'x' | 'X')) {
        vm.index_value(v)
    } else if let Some(f) = as_float(v) {
        vm.int_from_f64(f)
    } else {
        vm.call(crate::builtins::int::Int::class().value(), &[v])
    };
    match converted {
        Ok(i) => Ok(as_int(i).unwrap_or(i)),
        Err(raised) => {
            vm.swallow(raised, Exc::TypeError)?;
            Err(wrong_type(vm, spec, v))
        }
    }
}

fn push_integer(vm: &Vm, out: &mut Builder, spec: &Spec, layout: Layout, v: Value) -> PyResult<()> {
    let radix = printf::radix(spec.conversion).unwrap_or(10);
    let i = integer(vm, spec, v)?;
    let (negative, digits) = int_digits(vm, i, radix)?;
    printf::push_int(out, negative, &digits, spec.conversion, layout);
    Ok(())
}

fn push_float(vm: &Vm, out: &mut Builder, spec: &Spec, layout: Layout, v: Value) -> PyResult<()> {
    let f = vm.to_f64(v)?;
    if layout.precision.unwrap_or(0) > i32::MAX as usize {
        return Err(vm.value_error("precision too big"));
    }
    printf::push_float(out, f, spec.conversion, layout);
    Ok(())
}

/// Fetches width, precision and the value of a spec.
fn fetch(vm: &Vm, spec: &Spec, source: &mut Source) -> PyResult<(Layout, Value)> {
    let width = star(vm, spec.width, source, "width", isize::MAX as i128)?;
    let precision = star(vm, spec.precision, source, "precision", i32::MAX as i128)?;
    if let Some(fault) = spec.fault {
        return Err(vm.value_error(fault));
    }
    let v = source.next(vm)?;
    match Layout::new(spec, width, precision) {
        Ok(layout) => Ok((layout, v)),
        Err(e) => Err(vm.text_error(e)),
    }
}

/// `format % args` for strings.
pub fn str_modulo(vm: &Vm, format: Ref<Str>, args: Value) -> PyResult<Value> {
    let u = format.units();
    let mut source = Source::new(args, Flavour::Str);
    let mut out = Builder::with_capacity(u.len() + 32);
    // The result is the only thing that is in it, if nothing was changed of that.
    let (mut pieces, mut only) = (0, None);
    for segment in Segments::new(u, source.mapping.is_some(), Flavour::Str) {
        pieces += 1;
        let spec = match segment {
            Err(e) => return Err(vm.text_error(e)),
            Ok(Segment::Literal(r)) => {
                out.push_units(u.slice(r));
                only = Some(format);
                continue;
            }
            Ok(Segment::Percent) => {
                out.push('%' as u32);
                continue;
            }
            Ok(Segment::Spec(spec)) => spec,
        };
        if let (Some(key), Some(mapping)) = (&spec.key, source.mapping) {
            let key = vm.str_of(u.slice(key.clone()))?;
            let value = vm.get_item(mapping, key)?;
            source.select(value);
        }
        let (layout, v) = fetch(vm, &spec, &mut source)?;
        match char::from_u32(spec.conversion) {
            Some('s') => {
                let s = vm.str(v)?;
                only = Some(s);
                printf::push_text(&mut out, s.units(), layout);
            }
            Some('r') => push_value(vm, &mut out, vm.repr(v)?, layout),
            Some('a') => push_value(vm, &mut out, vm.ascii(v)?, layout),
            Some('c') => printf::push_char(&mut out, character(vm, v)?, layout),
            Some('d' | 'i' | 'u' | 'o' | 'x' | 'X') => push_integer(vm, &mut out, &spec, layout, v)?,
            Some('e' | 'E' | 'f' | 'F' | 'g' | 'G') => push_float(vm, &mut out, &spec, layout, v)?,
            _ => return Err(vm.text_error(printf::unsupported(spec.conversion, spec.index))),
        }
    }
    if !source.all_used() {
        return Err(vm.type_error(printf::not_all_converted(Flavour::Str)));
    }
    if let Some(s) = only
        && pieces == 1
        && s.value().is::<Str>()
        && s.units() == out.as_units()
    {
        return Ok(s.value());
    }
    vm.str_of_owned(out.finish())
}

fn push_value(_: &Vm, out: &mut Builder, text: Value, layout: Layout) {
    if let Some(s) = text.downcast::<Str>() {
        printf::push_text(out, s.units(), layout);
    }
}

/// The argument of `%c` in a string.
fn character(vm: &Vm, v: Value) -> PyResult<u32> {
    if let Some(s) = v.downcast::<Str>() {
        if s.len() == 1 {
            return Ok(s.char_at(0));
        }
        raise!(vm, TypeError, "%c requires an int or a unicode character, not a string of length {}", s.len())
    }
    if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
        raise!(vm, TypeError, "%c requires an int or a unicode character, not {}", v.class().name())
    }
    match vm.index_i128(v)? {
        cp @ 0..0x110000 => Ok(cp as u32),
        _ => raise!(vm, OverflowError, "%c arg not in range(0x110000)"),
    }
}

/// `format % args` for bytes; the caller makes bytes or a bytearray of the result.
pub fn bytes_modulo(vm: &Vm, format: &[u8], args: Value) -> PyResult<Vec<u8>> {
    let u = Units::One(format);
    let mut source = Source::new(args, Flavour::Bytes);
    let mut out = Builder::with_capacity(u.len() + 32);
    for segment in Segments::new(u, source.mapping.is_some(), Flavour::Bytes) {
        let spec = match segment {
            Err(e) => return Err(vm.text_error(e)),
            Ok(Segment::Literal(r)) => {
                out.push_units(u.slice(r));
                continue;
            }
            Ok(Segment::Percent) => {
                out.push('%' as u32);
                continue;
            }
            Ok(Segment::Spec(spec)) => spec,
        };
        if let (Some(key), Some(mapping)) = (&spec.key, source.mapping) {
            let key = vm.new_bytes(&format[key.clone()])?;
            let value = vm.get_item(mapping, key)?;
            source.select(value);
        }
        let (layout, v) = fetch(vm, &spec, &mut source)?;
        match char::from_u32(spec.conversion) {
            Some('r' | 'a') => push_value(vm, &mut out, vm.ascii(v)?, layout),
            Some('s' | 'b') => bytes_text(vm, &mut out, v, layout)?,
            Some('c') => printf::push_char(&mut out, byte(vm, v)? as u32, layout),
            Some('d' | 'i' | 'u' | 'o' | 'x' | 'X') => push_integer(vm, &mut out, &spec, layout, v)?,
            Some('e' | 'E' | 'f' | 'F' | 'g' | 'G') => {
                if as_float(v).is_none() && as_int(v).is_none() {
                    let slots = v.class().slots();
                    if slots.nb_float.is_none() && slots.nb_index.is_none() {
                        raise!(vm, TypeError, "float argument required, not {}", v.class().name())
                    }
                }
                push_float(vm, &mut out, &spec, layout, v)?
            }
            _ => return Err(vm.text_error(printf::unsupported(spec.conversion, spec.index))),
        }
    }
    if !source.all_used() {
        return Err(vm.type_error(printf::not_all_converted(Flavour::Bytes)));
    }
    Ok(printf::into_bytes(out))
}

/// `%b`: a buffer, or what `__bytes__` gives.
fn bytes_text(vm: &Vm, out: &mut Builder, v: Value, layout: Layout) -> PyResult<()> {
    if v.class().slots().bf_getbuffer.is_none()
        && let Some(r) = vm.call_special(v, names().__bytes__, &[])?
    {
        let Some(b) = r.downcast::<Bytes>() else {
            raise!(vm, TypeError, "__bytes__ returned non-bytes (type {})", r.class().name())
        };
        printf::push_text(out, Units::One(b.as_bytes()), layout);
        return Ok(());
    }
    if v.class().slots().bf_getbuffer.is_none() {
        raise!(
            vm,
            TypeError,
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
            v.class().name()
        )
    }
    let b = vm.bytes_like(v)?;
    printf::push_text(out, Units::One(&b), layout);
    Ok(())
}

/// The argument of `%c` in bytes.
fn byte(vm: &Vm, v: Value) -> PyResult<u8> {
    let one = |b: &[u8], what: &str| match b {
        [c] => Ok(*c),
        _ => Err(vm.type_error(format!(
            "%c requires an integer in range(256) or a single byte, not a {what} of length {}",
            b.len()
        ))),
    };
    if let Some(b) = v.downcast::<Bytes>() {
        return one(b.as_bytes(), "bytes object");
    }
    if let Some(b) = v.downcast::<ByteArray>() {
        return one(b.as_bytes(), "bytearray object");
    }
    if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
        raise!(
            vm,
            TypeError,
            "%c requires an integer in range(256) or a single byte, not {}",
            v.class().name()
        )
    }
    match vm.index_i128(v)? {
        c @ 0..256 => Ok(c as u8),
        _ => raise!(vm, OverflowError, "%c arg not in range(256)"),
    }
}
