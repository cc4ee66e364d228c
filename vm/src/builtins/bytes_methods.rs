//! What `bytes` and `bytearray` have in common: the ASCII methods, searching, splitting.
//!
//! `byte_methods!` writes the method table of both classes from one text. A method first converts all
//! arguments, because that may run Python code which changes a bytearray, and then looks at the
//! contents.

use crate::args::Args;
use crate::builtins::buffer::BytesLike;
use crate::builtins::bytearray::Storage;
use crate::builtins::bytes::Bytes;
use crate::builtins::exceptions::Exc;
use crate::builtins::int::as_int;
use crate::builtins::list::List;
use crate::builtins::str_::Str;
use crate::builtins::str_methods::{adjust, sequence_fast, three};
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_text::split::{Ends, Space};
use adder_text::units::Units;
use adder_text::{search, split};
use std::ops::Range;
use std::rc::Rc;

/// A class of byte strings.
pub trait ByteString: Object {
    const NAME: &'static str;
    /// A new object with these bytes.
    fn make(vm: &Vm, bytes: &[u8]) -> PyResult<Value>;
    /// A part of an object; the object itself where that is allowed.
    fn part(vm: &Vm, this: Ref<Self>, r: Range<usize>) -> PyResult<Value>;
    fn contents(&self) -> &[u8];
    /// While this is held, the size does not change.
    fn hold(&self) -> Option<Rc<Storage>> {
        None
    }
    /// The separator in the result of `partition`.
    fn separator(vm: &Vm, given: Value, sep: &[u8]) -> PyResult<Value>;
}

/// What is searched for: an int or bytes.
pub enum Needle {
    Byte([u8; 1]),
    Like(BytesLike),
}

impl Needle {
    pub fn of(vm: &Vm, v: Value) -> PyResult<Needle> {
        if v.is_ptr() && v.class().slots().bf_getbuffer.is_some() {
            return Ok(Needle::Like(vm.bytes_like(v)?));
        }
        if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
            raise!(
                vm,
                TypeError,
                "argument should be integer or bytes-like object, not '{}'",
                v.class().name()
            )
        }
        match vm.index_i128(v)? {
            b @ 0..256 => Ok(Needle::Byte([b as u8])),
            _ => Err(vm.value_error("byte must be in range(0, 256)")),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Needle::Byte(b) => b,
            Needle::Like(b) => b,
        }
    }
}

/// The operands of `+`.
pub fn concat_operands(vm: &Vm, a: Value, b: Value) -> PyResult<(BytesLike, BytesLike)> {
    if a.class().slots().bf_getbuffer.is_some()
        && b.class().slots().bf_getbuffer.is_some()
        && let (Ok(x), Ok(y)) = (vm.bytes_like(a), vm.bytes_like(b))
    {
        return Ok((x, y));
    }
    // Why there is no plain buffer is not told.
    vm.fetch_exception();
    raise!(vm, TypeError, "can't concat {} to {}", b.class().name(), a.class().name())
}

pub fn contains(vm: &Vm, item: Value, contents: impl Fn() -> Range<*const u8>) -> PyResult<bool> {
    let needle = match as_int(item) {
        Some(_) => Needle::of(vm, item)?,
        None if item.class().slots().nb_index.is_some() => match vm.index_i128(item) {
            Ok(b @ 0..256) => Needle::Byte([b as u8]),
            Ok(_) => return Err(vm.value_error("byte must be in range(0, 256)")),
            Err(raised) => {
                vm.swallow(raised, Exc::TypeError)?;
                Needle::Like(vm.bytes_like(item)?)
            }
        },
        None => Needle::Like(vm.bytes_like(item)?),
    };
    let r = contents();
    // SAFETY: the range is that of the receiver's data, which is in a local of the caller.
    let hay = unsafe { std::slice::from_raw_parts(r.start, r.end.offset_from(r.start) as usize) };
    Ok(search::contains(Units::One(hay), Units::One(needle.bytes())))
}

/// `sub`, `start` and `end` of the search methods.
pub fn find<T: ByteString>(
    vm: &Vm,
    this: Ref<T>,
    name: &str,
    args: Args,
    run: fn(Units, Units) -> Option<usize>,
) -> PyResult<Option<usize>> {
    let (sub, start, end) = three(vm, name, args)?;
    let (start, end) = (vm.slice_bound(start, 0)?, vm.slice_bound(end, isize::MAX)?);
    let _held = this.hold();
    let needle = Needle::of(vm, sub)?;
    let hay = this.contents();
    let Some(r) = adjust(start, end, hay.len()) else { return Ok(None) };
    let base = r.start;
    Ok(run(Units::One(&hay[r]), Units::One(needle.bytes())).map(|i| i + base))
}

pub fn count<T: ByteString>(vm: &Vm, this: Ref<T>, args: Args) -> PyResult<i64> {
    let (sub, start, end) = three(vm, "count", args)?;
    let (start, end) = (vm.slice_bound(start, 0)?, vm.slice_bound(end, isize::MAX)?);
    let _held = this.hold();
    let needle = Needle::of(vm, sub)?;
    let hay = this.contents();
    let Some(r) = adjust(start, end, hay.len()) else { return Ok(0) };
    Ok(search::count(Units::One(&hay[r]), Units::One(needle.bytes())) as i64)
}

/// The result of a search that must succeed.
pub fn found(vm: &Vm, at: Option<usize>) -> PyResult<i64> {
    match at {
        Some(i) => Ok(i as i64),
        None => Err(vm.value_error("subsection not found")),
    }
}

pub fn tail_match<T: ByteString>(
    vm: &Vm,
    this: Ref<T>,
    name: &str,
    args: Args,
    test: fn(Units, Units) -> bool,
) -> PyResult<bool> {
    let (affix, start, end) = three(vm, name, args)?;
    let (start, end) = (vm.slice_bound(start, 0)?, vm.slice_bound(end, isize::MAX)?);
    let _held = this.hold();
    let check = |affix: &[u8]| {
        let hay = this.contents();
        match adjust(start, end, hay.len()) {
            Some(r) => test(Units::One(&hay[r]), Units::One(affix)),
            None => false,
        }
    };
    if let Some(affixes) = affix.downcast::<Tuple>() {
        for a in affixes.items() {
            if check(&vm.bytes_like(*a)?) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if affix.class().slots().bf_getbuffer.is_none() {
        raise!(
            vm,
            TypeError,
            "{name} first arg must be bytes or a tuple of bytes, not {}",
            affix.class().name()
        )
    }
    Ok(check(&vm.bytes_like(affix)?))
}

pub fn strip<T: ByteString>(vm: &Vm, this: Ref<T>, chars: Option<Value>, ends: Ends) -> PyResult<Value> {
    let r = match chars.filter(|c| !c.is_none()) {
        None => split::strip_space(Units::One(this.contents()), ends, Space::Bytes),
        Some(c) => {
            let chars = vm.bytes_like(c)?;
            split::strip_chars(Units::One(this.contents()), Units::One(&chars), ends)
        }
    };
    T::part(vm, this, r)
}

fn parts<T: ByteString>(vm: &Vm, this: Ref<T>, ranges: Vec<Range<usize>>) -> PyResult<Ref<List>> {
    let list = List::with_capacity(vm, ranges.len());
    for r in ranges {
        let part = T::part(vm, this, r)?;
        list.push(vm, part);
    }
    Ok(list)
}

pub fn split_list<T: ByteString>(
    vm: &Vm,
    this: Ref<T>,
    sep: Option<Value>,
    max: isize,
    right: bool,
) -> PyResult<Ref<List>> {
    let Some(sep) = sep.filter(|s| !s.is_none()) else {
        let f = if right { split::rsplit_space } else { split::split_space };
        return parts(vm, this, f(Units::One(this.contents()), max, Space::Bytes));
    };
    let _held = this.hold();
    let sep = vm.bytes_like(sep)?;
    if sep.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let f = if right { split::rsplit } else { split::split };
    parts(vm, this, f(Units::One(this.contents()), Units::One(&sep), max))
}

pub fn split_lines<T: ByteString>(vm: &Vm, this: Ref<T>, keep: bool) -> PyResult<Ref<List>> {
    parts(vm, this, split::split_lines(Units::One(this.contents()), keep, Space::Bytes))
}

pub fn partition<T: ByteString>(vm: &Vm, this: Ref<T>, given: Value, right: bool) -> PyResult<Value> {
    let sep = vm.bytes_like(given)?;
    if sep.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let hay = Units::One(this.contents());
    let at = if right {
        split::rpartition(hay, Units::One(&sep))
    } else {
        split::partition(hay, Units::One(&sep))
    };
    let len = this.contents().len();
    let (a, b, c) = match at {
        Some(r) => {
            let before = T::part(vm, this, 0..r.start)?;
            let after = T::part(vm, this, r.end..len)?;
            (before, T::separator(vm, given, &sep)?, after)
        }
        None => {
            let whole = T::part(vm, this, 0..len)?;
            let (x, y) = (T::make(vm, &[])?, T::make(vm, &[])?);
            if right { (x, y, whole) } else { (whole, x, y) }
        }
    };
    Ok(Tuple::from_slice(vm, &[a, b, c]).value())
}

pub fn join<T: ByteString>(vm: &Vm, this: Ref<T>, iterable: Value) -> PyResult<Value> {
    let _held = this.hold();
    let items = sequence_fast(vm, iterable, "can only join an iterable")?;
    if let [only] = items.items()
        && only.is::<Bytes>()
        && T::NAME == "bytes"
    {
        return Ok(*only);
    }
    let mut out: Vec<u8> = vec![];
    for (i, v) in items.items().iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(this.contents());
        }
        if let Some(b) = v.exact::<Bytes>() {
            out.extend_from_slice(b.as_bytes());
            continue;
        }
        if v.class().slots().bf_getbuffer.is_none() {
            raise!(
                vm,
                TypeError,
                "sequence item {i}: expected a bytes-like object, {} found",
                v.class().name()
            )
        }
        out.extend_from_slice(&vm.bytes_like(*v)?);
        if iterable.exact::<List>().is_some_and(|l| l.len() != items.len()) {
            raise!(vm, RuntimeError, "sequence changed size during iteration")
        }
    }
    T::make(vm, &out)
}

/// The fill byte of `center` and others.
pub fn fill(vm: &Vm, name: &str, v: Option<Value>) -> PyResult<u8> {
    let Some(v) = v else { return Ok(b' ') };
    let (bytes, what): (Vec<u8>, &str) = if let Some(b) = v.downcast::<Bytes>() {
        (b.as_bytes().to_vec(), "bytes object")
    } else if let Some(b) = v.downcast::<crate::builtins::bytearray::ByteArray>() {
        (b.as_bytes().to_vec(), "bytearray object")
    } else {
        let got = if v.is_none() { "None".into() } else { v.class().name() };
        raise!(vm, TypeError, "{name}() argument 2 must be a byte string of length 1, not {got}")
    };
    match bytes[..] {
        [c] => Ok(c),
        _ => raise!(
            vm,
            TypeError,
            "{name}(): argument 2 must be a byte string of length 1, not a {what} of length {}",
            bytes.len()
        ),
    }
}

pub fn pad<T: ByteString>(vm: &Vm, this: Ref<T>, left: usize, right: usize, fill: u8) -> PyResult<Value> {
    let s = this.contents();
    if left == 0 && right == 0 {
        return T::part(vm, this, 0..s.len());
    }
    let total = s.len().saturating_add(left).saturating_add(right);
    if adder_text::error::check_room(total.min(isize::MAX as usize)).is_err() {
        return Err(vm.memory_error());
    }
    let mut out = Vec::with_capacity(total);
    out.resize(left, fill);
    out.extend_from_slice(s);
    out.resize(total, fill);
    T::make(vm, &out)
}

pub fn zfill<T: ByteString>(vm: &Vm, this: Ref<T>, width: isize) -> PyResult<Value> {
    let s = this.contents();
    if width <= s.len() as isize {
        return T::part(vm, this, 0..s.len());
    }
    match adder_text::layout::zfill(Units::One(s), width as usize) {
        Ok(adder_text::builder::Owned::One(v)) => T::make(vm, &v),
        Ok(_) => Err(vm.system_error("zfill of bytes made wide units")),
        Err(e) => Err(vm.text_error(e)),
    }
}

pub fn replace<T: ByteString>(
    vm: &Vm,
    this: Ref<T>,
    old: Value,
    new: Value,
    count: isize,
) -> PyResult<Value> {
    let old = vm.bytes_like(old)?;
    let new = vm.bytes_like(new)?;
    let s = this.contents();
    if new.len() > old.len() && new.len() - old.len() > 1 << 10 {
        let times = search::count(Units::One(s), Units::One(&old));
        let times = if count < 0 { times } else { times.min(count as usize) };
        let grown = (new.len() - old.len()).saturating_mul(times).saturating_add(s.len());
        if grown > isize::MAX as usize {
            raise!(vm, OverflowError, "replace bytes is too long")
        }
        if adder_text::error::check_room(grown).is_err() {
            return Err(vm.memory_error());
        }
    }
    match search::replace_bytes(s, &old, &new, count) {
        Some(out) => T::make(vm, &out),
        None => T::part(vm, this, 0..s.len()),
    }
}

pub fn translate<T: ByteString>(
    vm: &Vm,
    this: Ref<T>,
    table: Value,
    delete: Option<Value>,
) -> PyResult<Value> {
    let table = if table.is_none() { None } else { Some(vm.bytes_like(table)?) };
    let table: Option<&[u8; 256]> = match &table {
        None => None,
        Some(t) => match <&[u8; 256]>::try_from(&t[..]) {
            Ok(t) => Some(t),
            Err(_) => return Err(vm.value_error("translation table must be 256 characters long")),
        },
    };
    let delete = match delete {
        Some(d) => Some(vm.bytes_like(d)?),
        None => None,
    };
    let s = this.contents();
    let out = adder_text::bytes::translate(s, table, delete.as_deref().unwrap_or(&[]));
    if out == s {
        return T::part(vm, this, 0..s.len());
    }
    T::make(vm, &out)
}

pub fn maketrans(vm: &Vm, from: Value, to: Value) -> PyResult<Value> {
    let from = vm.bytes_like(from)?;
    let to = vm.bytes_like(to)?;
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (a, b) in from.iter().zip(to.iter()) {
        table[*a as usize] = *b;
    }
    vm.new_bytes(&table)
}

/// `hex(sep, bytes_per_sep)` of any bytes.
pub fn hex(vm: &Vm, bytes: &[u8], sep: Option<Value>, group: Option<isize>) -> PyResult<Value> {
    let sep = match sep {
        None => None,
        Some(v) => {
            let c = if let Some(s) = v.downcast::<Str>() {
                if s.len() != 1 {
                    return Err(vm.value_error("sep must be length 1."));
                }
                s.char_at(0)
            } else if let Some(b) = v.downcast::<Bytes>() {
                match b.as_bytes() {
                    [c] => *c as u32,
                    _ => return Err(vm.value_error("sep must be length 1.")),
                }
            } else {
                return Err(vm.type_error("sep must be str or bytes."));
            };
            if c >= 0x80 {
                return Err(vm.value_error("sep must be ASCII."));
            }
            Some(c as u8)
        }
    };
    vm.str_of(Units::One(&adder_text::bytes::hex(bytes, sep, group.unwrap_or(1))))
}

/// The bytes of `fromhex`.
pub fn from_hex(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    let run = |s: &[u8]| match adder_text::bytes::from_hex(s) {
        Ok(b) => Ok(b),
        Err(Some(at)) => {
            Err(vm.value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}")))
        }
        Err(None) => Err(vm.value_error("fromhex() arg must contain an even number of hexadecimal digits")),
    };
    if let Some(s) = v.downcast::<Str>() {
        // What is not ASCII is no digit; where it stands is what the message says.
        let narrow: Vec<u8> = s.chars().map(|c| if c < 0x80 { c as u8 } else { b'?' }).collect();
        return run(&narrow);
    }
    if v.class().slots().bf_getbuffer.is_none() {
        raise!(vm, TypeError, "fromhex() argument must be str or bytes-like, not {}", v.class().name())
    }
    let b = vm.bytes_like(v)?;
    run(&b)
}

/// The method table of a class of byte strings: the common methods and those given.
macro_rules! byte_methods {
    ($t:ident, $name:literal, $($own:tt)*) => {
        #[pymethods]
        impl $t {
            $($own)*

            #[slot(sq_length, mp_length)]
            fn length(_: &Vm, this: Value) -> PyResult<usize> {
                Ok(this.downcast::<$t>().expect("the receiver of a slot").as_bytes().len())
            }

            #[slot(sq_item)]
            fn item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
                let this = this.downcast::<$t>().expect("the receiver of a slot");
                match usize::try_from(i).ok().and_then(|i| this.as_bytes().get(i).copied()) {
                    Some(b) => Ok(Value::from_small(b as i64)),
                    None => Err(vm.index_error(if $name == "bytes" {
                        "index out of range"
                    } else {
                        "bytearray index out of range"
                    })),
                }
            }

            #[slot(sq_contains)]
            fn contains(vm: &Vm, this: Value, item: Value) -> PyResult<bool> {
                let this = this.downcast::<$t>().expect("the receiver of a slot");
                let _held = this.hold();
                crate::builtins::bytes_methods::contains(vm, item, || this.as_bytes().as_ptr_range())
            }

            /// B.capitalize() -> copy of B
            ///
            /// Return a copy of B with only its first character capitalized (ASCII)
            /// and the rest lower-cased.
            #[pymethod("($self, /)")]
            fn capitalize(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                <$t>::make(vm, &adder_text::bytes::capitalize(this.as_bytes()))
            }

            /// Return a centered string of length width.
            ///
            /// Padding is done using the specified fill character.
            #[pymethod("($self, width, fillchar=b' ', /)")]
            fn center(vm: &Vm, this: Ref<$t>, width: isize, fillchar: Option<Value>) -> PyResult<Value> {
                let fill = crate::builtins::bytes_methods::fill(vm, "center", fillchar)?;
                let (left, right) =
                    adder_text::layout::center_margins(this.as_bytes().len(), width.max(0) as usize);
                crate::builtins::bytes_methods::pad(vm, this, left, right, fill)
            }

            /// Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            #[pymethod("($self, sub[, start[, end]], /)")]
            fn count(vm: &Vm, this: Ref<$t>, args: Args) -> PyResult<i64> {
                crate::builtins::bytes_methods::count(vm, this, args)
            }

            /// Decode the bytes using the codec registered for encoding.
            ///
            ///   encoding
            ///     The encoding with which to decode the bytes.
            ///   errors
            ///     The error handling scheme to use for the handling of decoding errors.
            ///     The default is 'strict' meaning that decoding errors raise a
            ///     UnicodeDecodeError. Other possible values are 'ignore' and 'replace'
            ///     as well as any other name registered with codecs.register_error that
            ///     can handle UnicodeDecodeErrors.
            #[pymethod("($self, /, encoding='utf-8', errors='strict')")]
            fn decode(
                vm: &Vm,
                this: Ref<$t>,
                encoding: Option<Ref<Str>>,
                errors: Option<Ref<Str>>,
            ) -> PyResult<Value> {
                codecs::no_nul(vm, encoding)?;
                codecs::no_nul(vm, errors)?;
                codecs::decode_object(vm, this.value(), encoding, errors)
            }

            /// Return True if the bytes ends with the specified suffix, False otherwise.
            ///
            ///   suffix
            ///     A bytes or a tuple of bytes to try.
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            #[pymethod("($self, suffix[, start[, end]], /)")]
            fn endswith(vm: &Vm, this: Ref<$t>, args: Args) -> PyResult<bool> {
                crate::builtins::bytes_methods::tail_match(
                    vm, this, "endswith", args, adder_text::search::ends_with,
                )
            }

            /// Return a copy where all tab characters are expanded using spaces.
            ///
            /// If tabsize is not given, a tab size of 8 characters is assumed.
            #[pymethod("($self, /, tabsize=8)")]
            fn expandtabs(vm: &Vm, this: Ref<$t>, tabsize: Option<i32>) -> PyResult<Value> {
                match adder_text::bytes::expand_tabs(this.as_bytes(), tabsize.unwrap_or(8) as isize) {
                    Some(b) => <$t>::make(vm, &b),
                    None => Err(vm.overflow_error("result too long")),
                }
            }

            /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            ///
            /// Return -1 on failure.
            #[pymethod("($self, sub[, start[, end]], /)")]
            fn find(vm: &Vm, this: Ref<$t>, args: Args) -> PyResult<i64> {
                let at = crate::builtins::bytes_methods::find(vm, this, "find", args, adder_text::search::find)?;
                Ok(at.map_or(-1, |i| i as i64))
            }

            /// Create a bytes object from a string of hexadecimal numbers.
            ///
            /// Spaces between two numbers are accepted.
            /// Example: bytes.fromhex('B9 01EF') -> b'\\xb9\\x01\\xef'.
            #[classmethod("($type, string, /)")]
            fn fromhex(vm: &Vm, class: Ref<Type>, string: Value) -> PyResult<Value> {
                let made = <$t>::make(vm, &crate::builtins::bytes_methods::from_hex(vm, string)?)?;
                if class == <$t>::class() { Ok(made) } else { vm.call(class.value(), &[made]) }
            }

            /// Create a string of hexadecimal numbers from a bytes object.
            ///
            ///   sep
            ///     An optional single character or byte to separate hex bytes.
            ///   bytes_per_sep
            ///     How many bytes between separators.  Positive values count from the
            ///     right, negative values count from the left.
            #[pymethod("($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
            fn hex(vm: &Vm, this: Ref<$t>, sep: Option<Value>, bytes_per_sep: Option<i32>) -> PyResult<Value> {
                crate::builtins::bytes_methods::hex(vm, this.as_bytes(), sep, bytes_per_sep.map(|n| n as isize))
            }

            /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            ///
            /// Raise ValueError if the subsection is not found.
            #[pymethod("($self, sub[, start[, end]], /)")]
            fn index(vm: &Vm, this: Ref<$t>, args: Args) -> PyResult<i64> {
                let at = crate::builtins::bytes_methods::find(vm, this, "index", args, adder_text::search::find)?;
                crate::builtins::bytes_methods::found(vm, at)
            }

            /// B.isalnum() -> bool
            ///
            /// Return True if all characters in B are alphanumeric
            /// and there is at least one character in B, False otherwise.
            #[pymethod("($self, /)")]
            fn isalnum(_: &Vm, this: Ref<$t>) -> bool {
                adder_text::bytes::is_alnum(this.as_bytes())
            }

            /// B.isalpha() -> bool
            ///
            /// Return True if all characters in B are alphabetic
            /// and there is at least one character in B, False otherwise.
            #[pymethod("($self, /)")]
            fn isalpha(_: &Vm, this: Ref<$t>) -> bool {
                adder_text::bytes::is_alpha(this.as_bytes())
            }

            /// B.isascii() -> bool
            ///
            /// Return True if B is empty or all characters in B are ASCII,
            /// False otherwise.
            #[pymethod("($self, /)")]
            fn isascii(_: &Vm, this: Ref<$t>) -> bool {
                this.as_bytes().is_ascii()
            }

            /// B.isdigit() -> bool
            ///
            /// Return True if all characters in B are digits
            /// and there is at least one character in B, False otherwise.
            #[pymethod("($self, /)")]
            fn isdigit(_: &Vm, this: Ref<$t>) -> bool {
                adder_text::bytes::is_digit(this.as_bytes())
            }

            /// B.islower() -> bool
            ///
            /// Return True if all cased characters in B are lowercase and there is
            /// at least one cased character in B, False otherwise.
            #[pymethod("($self, /)")]
            fn islower(_: &Vm, this: Ref<$t>) -> bool {
                adder_text::bytes::is_lower(this.as_bytes())
            }

            /// B.isspace() -> bool
            ///
            /// Return True if all characters in B are whitespace
            /// and there is at least one character in B, False otherwise.
            #[pymethod("($self, /)")]
            fn isspace(_: &Vm, this: Ref<$t>) -> bool {
                adder_text::bytes::is_space(this.as_bytes())
            }

            /// B.istitle() -> bool
            ///
            /// Return True if B is a titlecased string and there is at least one
            /// character in B, i.e. uppercase characters may only follow uncased
            /// characters and lowercase characters only cased ones. Return False
            /// otherwise.
            #[pymethod("($self, /)")]
            fn istitle(_: &Vm, this: Ref<$t>) -> bool {
                adder_text::bytes::is_title(this.as_bytes())
            }

            /// B.isupper() -> bool
            ///
            /// Return True if all cased characters in B are uppercase and there is
            /// at least one cased character in B, False otherwise.
            #[pymethod("($self, /)")]
            fn isupper(_: &Vm, this: Ref<$t>) -> bool {
                adder_text::bytes::is_upper(this.as_bytes())
            }

            /// Concatenate any number of bytes objects.
            ///
            /// The bytes whose method is called is inserted in between each pair.
            ///
            /// The result is returned as a new bytes object.
            ///
            /// Example: b'.'.join([b'ab', b'pq', b'rs']) -> b'ab.pq.rs'.
            #[pymethod("($self, iterable_of_bytes, /)")]
            fn join(vm: &Vm, this: Ref<$t>, iterable_of_bytes: Value) -> PyResult<Value> {
                crate::builtins::bytes_methods::join(vm, this, iterable_of_bytes)
            }

            /// Return a left-justified string of length width.
            ///
            /// Padding is done using the specified fill character.
            #[pymethod("($self, width, fillchar=b' ', /)")]
            fn ljust(vm: &Vm, this: Ref<$t>, width: isize, fillchar: Option<Value>) -> PyResult<Value> {
                let fill = crate::builtins::bytes_methods::fill(vm, "ljust", fillchar)?;
                let right = (width.max(0) as usize).saturating_sub(this.as_bytes().len());
                crate::builtins::bytes_methods::pad(vm, this, 0, right, fill)
            }

            /// B.lower() -> copy of B
            ///
            /// Return a copy of B with all ASCII characters converted to lowercase.
            #[pymethod("($self, /)")]
            fn lower(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                <$t>::make(vm, &this.as_bytes().to_ascii_lowercase())
            }

            /// Strip leading bytes contained in the argument.
            ///
            /// If the argument is omitted or None, strip leading ASCII whitespace.
            #[pymethod("($self, bytes=None, /)")]
            fn lstrip(vm: &Vm, this: Ref<$t>, bytes: Option<Value>) -> PyResult<Value> {
                crate::builtins::bytes_methods::strip(vm, this, bytes, adder_text::split::Ends::Left)
            }

            /// Return a translation table usable for the bytes or bytearray translate method.
            ///
            /// The returned table will be one where each byte in frm is mapped to the byte at
            /// the same position in to.
            ///
            /// The bytes objects frm and to must be of the same length.
            #[staticmethod("(frm, to, /)")]
            fn maketrans(vm: &Vm, frm: Value, to: Value) -> PyResult<Value> {
                crate::builtins::bytes_methods::maketrans(vm, frm, to)
            }

            /// Partition the bytes into three parts using the given separator.
            ///
            /// This will search for the separator sep in the bytes. If the separator is found,
            /// returns a 3-tuple containing the part before the separator, the separator
            /// itself, and the part after it.
            ///
            /// If the separator is not found, returns a 3-tuple containing the original bytes
            /// object and two empty bytes objects.
            #[pymethod("($self, sep, /)")]
            fn partition(vm: &Vm, this: Ref<$t>, sep: Value) -> PyResult<Value> {
                crate::builtins::bytes_methods::partition(vm, this, sep, false)
            }

            /// Return a bytes object with the given prefix string removed if present.
            ///
            /// If the bytes starts with the prefix string, return bytes[len(prefix):].
            /// Otherwise, return a copy of the original bytes.
            #[pymethod("($self, prefix, /)")]
            fn removeprefix(vm: &Vm, this: Ref<$t>, prefix: Value) -> PyResult<Value> {
                let prefix = vm.bytes_like(prefix)?;
                let s = this.as_bytes();
                let skip = if s.starts_with(&prefix) { prefix.len() } else { 0 };
                <$t>::part(vm, this, skip..s.len())
            }

            /// Return a bytes object with the given suffix string removed if present.
            ///
            /// If the bytes ends with the suffix string and that suffix is not empty,
            /// return bytes[:-len(prefix)].  Otherwise, return a copy of the original
            /// bytes.
            #[pymethod("($self, suffix, /)")]
            fn removesuffix(vm: &Vm, this: Ref<$t>, suffix: Value) -> PyResult<Value> {
                let suffix = vm.bytes_like(suffix)?;
                let s = this.as_bytes();
                let skip = if s.ends_with(&suffix) { suffix.len() } else { 0 };
                <$t>::part(vm, this, 0..s.len() - skip)
            }

            /// Return a copy with all occurrences of substring old replaced by new.
            ///
            ///   count
            ///     Maximum number of occurrences to replace.
            ///     -1 (the default value) means replace all occurrences.
            ///
            /// If the optional argument count is given, only the first count occurrences are
            /// replaced.
            #[pymethod("($self, old, new, count=-1, /)")]
            fn replace(vm: &Vm, this: Ref<$t>, old: Value, new: Value, count: Option<isize>) -> PyResult<Value> {
                crate::builtins::bytes_methods::replace(vm, this, old, new, count.unwrap_or(-1))
            }

            /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            ///
            /// Return -1 on failure.
            #[pymethod("($self, sub[, start[, end]], /)")]
            fn rfind(vm: &Vm, this: Ref<$t>, args: Args) -> PyResult<i64> {
                let at = crate::builtins::bytes_methods::find(vm, this, "rfind", args, adder_text::search::rfind)?;
                Ok(at.map_or(-1, |i| i as i64))
            }

            /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            ///
            /// Raise ValueError if the subsection is not found.
            #[pymethod("($self, sub[, start[, end]], /)")]
            fn rindex(vm: &Vm, this: Ref<$t>, args: Args) -> PyResult<i64> {
                let at = crate::builtins::bytes_methods::find(vm, this, "rindex", args, adder_text::search::rfind)?;
                crate::builtins::bytes_methods::found(vm, at)
            }

            /// Return a right-justified string of length width.
            ///
            /// Padding is done using the specified fill character.
            #[pymethod("($self, width, fillchar=b' ', /)")]
            fn rjust(vm: &Vm, this: Ref<$t>, width: isize, fillchar: Option<Value>) -> PyResult<Value> {
                let fill = crate::builtins::bytes_methods::fill(vm, "rjust", fillchar)?;
                let left = (width.max(0) as usize).saturating_sub(this.as_bytes().len());
                crate::builtins::bytes_methods::pad(vm, this, left, 0, fill)
            }

            /// Partition the bytes into three parts using the given separator.
            ///
            /// This will search for the separator sep in the bytes, starting at the end. If
            /// the separator is found, returns a 3-tuple containing the part before the
            /// separator, the separator itself, and the part after it.
            ///
            /// If the separator is not found, returns a 3-tuple containing two empty bytes
            /// objects and the original bytes object.
            #[pymethod("($self, sep, /)")]
            fn rpartition(vm: &Vm, this: Ref<$t>, sep: Value) -> PyResult<Value> {
                crate::builtins::bytes_methods::partition(vm, this, sep, true)
            }

            /// Return a list of the sections in the bytes, using sep as the delimiter.
            ///
            ///   sep
            ///     The delimiter according which to split the bytes.
            ///     None (the default value) means split on ASCII whitespace characters
            ///     (space, tab, return, newline, formfeed, vertical tab).
            ///   maxsplit
            ///     Maximum number of splits to do.
            ///     -1 (the default value) means no limit.
            ///
            /// Splitting is done starting at the end of the bytes and working to the front.
            #[pymethod("($self, /, sep=None, maxsplit=-1)")]
            fn rsplit(
                vm: &Vm,
                this: Ref<$t>,
                sep: Option<Value>,
                maxsplit: Option<isize>,
            ) -> PyResult<Ref<List>> {
                crate::builtins::bytes_methods::split_list(vm, this, sep, maxsplit.unwrap_or(-1), true)
            }

            /// Strip trailing bytes contained in the argument.
            ///
            /// If the argument is omitted or None, strip trailing ASCII whitespace.
            #[pymethod("($self, bytes=None, /)")]
            fn rstrip(vm: &Vm, this: Ref<$t>, bytes: Option<Value>) -> PyResult<Value> {
                crate::builtins::bytes_methods::strip(vm, this, bytes, adder_text::split::Ends::Right)
            }

            /// Return a list of the sections in the bytes, using sep as the delimiter.
            ///
            ///   sep
            ///     The delimiter according which to split the bytes.
            ///     None (the default value) means split on ASCII whitespace characters
            ///     (space, tab, return, newline, formfeed, vertical tab).
            ///   maxsplit
            ///     Maximum number of splits to do.
            ///     -1 (the default value) means no limit.
            #[pymethod("($self, /, sep=None, maxsplit=-1)")]
            fn split(
                vm: &Vm,
                this: Ref<$t>,
                sep: Option<Value>,
                maxsplit: Option<isize>,
            ) -> PyResult<Ref<List>> {
                crate::builtins::bytes_methods::split_list(vm, this, sep, maxsplit.unwrap_or(-1), false)
            }

            /// Return a list of the lines in the bytes, breaking at line boundaries.
            ///
            /// Line breaks are not included in the resulting list unless keepends is given and
            /// true.
            #[pymethod("($self, /, keepends=False)")]
            fn splitlines(vm: &Vm, this: Ref<$t>, keepends: Option<bool>) -> PyResult<Ref<List>> {
                crate::builtins::bytes_methods::split_lines(vm, this, keepends.unwrap_or(false))
            }

            /// Return True if the bytes starts with the specified prefix, False otherwise.
            ///
            ///   prefix
            ///     A bytes or a tuple of bytes to try.
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            #[pymethod("($self, prefix[, start[, end]], /)")]
            fn startswith(vm: &Vm, this: Ref<$t>, args: Args) -> PyResult<bool> {
                crate::builtins::bytes_methods::tail_match(
                    vm, this, "startswith", args, adder_text::search::starts_with,
                )
            }

            /// Strip leading and trailing bytes contained in the argument.
            ///
            /// If the argument is omitted or None, strip leading and trailing ASCII whitespace.
            #[pymethod("($self, bytes=None, /)")]
            fn strip(vm: &Vm, this: Ref<$t>, bytes: Option<Value>) -> PyResult<Value> {
                crate::builtins::bytes_methods::strip(vm, this, bytes, adder_text::split::Ends::Both)
            }

            /// B.swapcase() -> copy of B
            ///
            /// Return a copy of B with uppercase ASCII characters converted
            /// to lowercase ASCII and vice versa.
            #[pymethod("($self, /)")]
            fn swapcase(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                <$t>::make(vm, &adder_text::bytes::swapcase(this.as_bytes()))
            }

            /// B.title() -> copy of B
            ///
            /// Return a titlecased version of B, i.e. ASCII words start with uppercase
            /// characters, all remaining cased characters have lowercase.
            #[pymethod("($self, /)")]
            fn title(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                <$t>::make(vm, &adder_text::bytes::title(this.as_bytes()))
            }

            /// Return a copy with each character mapped by the given translation table.
            ///
            ///   table
            ///     Translation table, which must be a bytes object of length 256.
            ///
            /// All characters occurring in the optional argument delete are removed.
            /// The remaining characters are mapped through the given translation table.
            #[pymethod("($self, table, /, delete=b'')")]
            fn translate(vm: &Vm, this: Ref<$t>, table: Value, delete: Option<Value>) -> PyResult<Value> {
                crate::builtins::bytes_methods::translate(vm, this, table, delete)
            }

            /// B.upper() -> copy of B
            ///
            /// Return a copy of B with all ASCII characters converted to uppercase.
            #[pymethod("($self, /)")]
            fn upper(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                <$t>::make(vm, &this.as_bytes().to_ascii_uppercase())
            }

            /// Pad a numeric string with zeros on the left, to fill a field of the given width.
            ///
            /// The original string is never truncated.
            #[pymethod("($self, width, /)")]
            fn zfill(vm: &Vm, this: Ref<$t>, width: isize) -> PyResult<Value> {
                crate::builtins::bytes_methods::zfill(vm, this, width)
            }
        }
    };
}
pub(crate) use byte_methods;
