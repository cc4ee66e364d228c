//! The methods and slots of `str`. The algorithms are those of the text crate; here are arguments,
//! exact types and identity: a method that changes nothing returns an exact string itself.
//!
//! Construction is in `str_new.rs`, formatting in `str_format.rs`, encoding in `codecs.rs`.

use crate::args::Args;
use crate::builtins::dict::Dict;
use crate::builtins::int::as_int;
use crate::builtins::list::List;
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::str_iterator::StrIterator;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::builtins::{str_format, str_new};
use crate::codecs;
use crate::error::{PyResult, Raised};
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap::StaticRoot;
use adder_macros::pymethods;
use adder_text::builder::{Builder, Owned};
use adder_text::error::{Error, Kind};
use adder_text::split::{Ends, Space};
use adder_text::units::Units;
use adder_text::{case, classify, layout, repr, search, split};
use std::ops::Range;

const NO_CHAR: StaticRoot = StaticRoot::new();
/// The one-character strings of latin-1, made when first asked for.
static CHARS: [StaticRoot; 256] = [NO_CHAR; 256];
static EMPTY: StaticRoot = StaticRoot::new();

impl Vm {
    /// The exception for an error of the text crate.
    #[cold]
    pub fn text_error(&self, e: Error) -> Raised {
        match e.kind {
            Kind::Type => self.type_error(e.message),
            Kind::Overflow => self.overflow_error(e.message),
            Kind::Memory => self.memory_error(),
            Kind::Value | Kind::Struct => self.value_error(e.message),
        }
    }

    /// The string of one code point.
    #[inline]
    pub fn char_str(&self, cp: u32) -> Value {
        if cp < 0x100 {
            return match CHARS[cp as usize].get() {
                Some(s) => s,
                None => self.make_char(cp),
            };
        }
        Str::from_units(Units::Four(&[cp])).expect("room for one character").value()
    }

    #[cold]
    fn make_char(&self, cp: u32) -> Value {
        let made = Str::from_units(Units::One(&[cp as u8])).expect("room for one character");
        let s = self.intern_ref(made).value();
        CHARS[cp as usize].set(Some(s));
        s
    }

    pub fn empty_str(&self) -> Value {
        match EMPTY.get() {
            Some(s) => s,
            None => {
                let s = self.intern_str("").value();
                EMPTY.set(Some(s));
                s
            }
        }
    }

    /// A string of units, sharing the empty string and the one-character strings.
    #[inline]
    pub fn str_of(&self, units: Units) -> PyResult<Value> {
        match units.len() {
            0 => Ok(self.empty_str()),
            1 => Ok(self.char_str(units.get(0))),
            _ => Ok(self.new_str_units(units)?.value()),
        }
    }

    /// The string of what the text crate made.
    pub fn str_of_owned(&self, owned: Owned) -> PyResult<Value> {
        self.str_of(owned.as_units())
    }

    /// As `str_of_owned`, for functions that can fail.
    pub fn str_of_result(&self, result: Result<Owned, Error>) -> PyResult<Value> {
        match result {
            Ok(owned) => self.str_of_owned(owned),
            Err(e) => Err(self.text_error(e)),
        }
    }

    /// A part of a string; the whole of an exact string is the string itself.
    pub fn substring(&self, s: Ref<Str>, r: Range<usize>) -> PyResult<Value> {
        if r.start == 0 && r.end == s.len() {
            return self.exact_str(s);
        }
        self.str_of(s.units().slice(r))
    }

    /// The string itself if it is exact, else an exact copy.
    pub fn exact_str(&self, s: Ref<Str>) -> PyResult<Value> {
        if s.value().is::<Str>() { Ok(s.value()) } else { self.str_of(s.units()) }
    }

    /// The parts of a string as a list.
    fn parts(&self, s: Ref<Str>, ranges: Vec<Range<usize>>) -> PyResult<Ref<List>> {
        let list = List::with_capacity(self, ranges.len());
        for r in ranges {
            let part = self.substring(s, r)?;
            list.push(self, part);
        }
        Ok(list)
    }

    /// `''.join(parts)` for the parts of an f-string, which are strings.
    pub fn concat_strings(&self, parts: &[Value]) -> PyResult<Value> {
        let mut len = 0usize;
        let mut out = match parts.first().and_then(|p| p.downcast::<Str>()) {
            Some(_) => {
                for p in parts {
                    len += p.downcast::<Str>().map_or(0, |s| s.len());
                }
                Builder::with_capacity(len)
            }
            None => return Ok(self.empty_str()),
        };
        for p in parts {
            match p.downcast::<Str>() {
                Some(s) => out.push_units(s.units()),
                None => raise!(
                    self,
                    TypeError,
                    "sequence item: expected str instance, {} found",
                    p.class().name()
                ),
            }
        }
        self.str_of_owned(out.finish())
    }

    /// `a + b`
    pub fn str_concat(&self, a: Ref<Str>, b: Ref<Str>) -> PyResult<Value> {
        if b.is_empty() {
            return self.exact_str(a);
        }
        if a.is_empty() {
            return self.exact_str(b);
        }
        match Str::concatenated(a, b) {
            Some(s) => Ok(s.value()),
            None => Err(self.memory_error()),
        }
    }

    /// `ascii(v)`
    pub fn ascii(&self, v: Value) -> PyResult<Value> {
        let r = self.repr(v)?;
        match r.downcast::<Str>() {
            Some(s) if s.is_ascii() => Ok(r),
            Some(s) => {
                let mut out = Builder::with_capacity(s.len());
                let mut escape = vec![];
                for c in s.units().iter() {
                    if c < 0x80 {
                        out.push(c);
                    } else {
                        escape.clear();
                        adder_text::codecs::escape::push_hex(&mut escape, c);
                        out.push_units(Units::One(&escape));
                    }
                }
                self.str_of_owned(out.finish())
            }
            None => Ok(r),
        }
    }

    /// A bound of a slice: None is the default; else through `__index__`, clamped.
    pub fn slice_bound(&self, v: Option<Value>, default: isize) -> PyResult<isize> {
        let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(default) };
        if v.is_small() {
            return Ok(v.small() as isize);
        }
        if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
            raise!(self, TypeError, "slice indices must be integers or None or have an __index__ method")
        }
        self.index_clamped(v)
    }

    /// `start` and `end` of a search method. None: there is not even room for the empty string.
    pub fn search_range(
        &self,
        start: Option<Value>,
        end: Option<Value>,
        len: usize,
    ) -> PyResult<Option<Range<usize>>> {
        let start = self.slice_bound(start, 0)?;
        let end = self.slice_bound(end, isize::MAX)?;
        Ok(adjust(start, end, len))
    }
}

/// `ADJUST_INDICES`: negative bounds count from the end.
pub fn adjust(start: isize, end: isize, len: usize) -> Option<Range<usize>> {
    let n = len as isize;
    let end = if end > n {
        n
    } else if end < 0 {
        (end + n).max(0)
    } else {
        end
    };
    let start = if start < 0 { (start + n).max(0) } else { start };
    if start > end { None } else { Some(start as usize..end as usize) }
}

/// The separator of a split or the needle of a partition.
fn str_or_none(vm: &Vm, v: Option<Value>) -> PyResult<Option<Ref<Str>>> {
    match v {
        None => Ok(None),
        Some(v) if v.is_none() => Ok(None),
        Some(v) => match v.downcast::<Str>() {
            Some(s) => Ok(Some(s)),
            None => raise!(vm, TypeError, "must be str or None, not {}", v.class().name()),
        },
    }
}

fn must_be_str(vm: &Vm, v: Value) -> PyResult<Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(s),
        None => raise!(vm, TypeError, "must be str, not {}", v.class().name()),
    }
}

fn fill_char(vm: &Vm, fill: Option<Value>) -> PyResult<u32> {
    let Some(fill) = fill else { return Ok(' ' as u32) };
    match fill.downcast::<Str>() {
        Some(s) if s.len() == 1 => Ok(s.char_at(0)),
        Some(_) => raise!(vm, TypeError, "The fill character must be exactly one character long"),
        None => raise!(
            vm,
            TypeError,
            "The fill character must be a unicode character, not {}",
            fill.class().name()
        ),
    }
}

fn pad(vm: &Vm, s: Ref<Str>, left: usize, right: usize, fill: u32) -> PyResult<Value> {
    if left == 0 && right == 0 {
        return vm.exact_str(s);
    }
    vm.str_of_result(layout::pad(s.units(), left, right, fill))
}

fn strip(vm: &Vm, this: Ref<Str>, chars: Option<Value>, ends: Ends, name: &str) -> PyResult<Value> {
    let r = match chars.filter(|c| !c.is_none()) {
        None => split::strip_space(this.units(), ends, Space::Str),
        Some(c) => match c.downcast::<Str>() {
            Some(chars) => split::strip_chars(this.units(), chars.units(), ends),
            None => raise!(vm, TypeError, "{name} arg must be None or str"),
        },
    };
    vm.substring(this, r)
}

type Affix = fn(Units, Units) -> bool;

fn tail_match(
    vm: &Vm,
    this: Ref<Str>,
    affix: Value,
    start: Option<Value>,
    end: Option<Value>,
    name: &str,
    test: Affix,
) -> PyResult<bool> {
    let range = vm.search_range(start, end, this.len())?;
    let check = |affix: Ref<Str>| match &range {
        Some(r) => test(this.units().slice(r.clone()), affix.units()),
        None => false,
    };
    if let Some(affix) = affix.downcast::<Str>() {
        return Ok(check(affix));
    }
    let Some(affixes) = affix.downcast::<Tuple>() else {
        raise!(vm, TypeError, "{name} first arg must be str or a tuple of str, not {}", affix.class().name())
    };
    for a in affixes.items() {
        match a.downcast::<Str>() {
            Some(a) if check(a) => return Ok(true),
            Some(_) => {}
            None => raise!(vm, TypeError, "tuple for {name} must only contain str, not {}", a.class().name()),
        }
    }
    Ok(false)
}

/// Parts of `join` from any iterable.
pub(crate) fn sequence_fast(vm: &Vm, iterable: Value, message: &str) -> PyResult<Ref<Tuple>> {
    if let Some(t) = iterable.exact::<Tuple>() {
        return Ok(t);
    }
    if let Some(l) = iterable.exact::<List>() {
        return Ok(Tuple::from_slice(vm, l.items()));
    }
    let slots = iterable.class().slots();
    if slots.tp_iter.is_none() && slots.sq_item.is_none() {
        raise!(vm, TypeError, "{message}")
    }
    let list = List::new(vm);
    vm.iterate(iterable, &mut |v| {
        list.push(vm, v);
        Ok(())
    })?;
    Ok(Tuple::from_slice(vm, list.items()))
}

fn join(vm: &Vm, sep: Ref<Str>, iterable: Value) -> PyResult<Value> {
    let items = sequence_fast(vm, iterable, "can only join an iterable")?;
    if let [only] = items.items()
        && only.is::<Str>()
    {
        return Ok(*only);
    }
    let mut len = 0usize;
    let mut widest = if items.len() > 1 { sep.kind() } else { 1 };
    for (i, v) in items.items().iter().enumerate() {
        let Some(s) = v.downcast::<Str>() else {
            raise!(vm, TypeError, "sequence item {i}: expected str instance, {} found", v.class().name())
        };
        widest = widest.max(s.kind());
        len = len.saturating_add(s.len()).saturating_add(if i > 0 { sep.len() } else { 0 });
    }
    if len > isize::MAX as usize / 4 {
        raise!(vm, OverflowError, "join() result is too long for a Python string")
    }
    if adder_text::error::check_room(len * widest as usize).is_err() {
        return Err(vm.memory_error());
    }
    let mut out = Builder::with_capacity(len);
    for (i, v) in items.items().iter().enumerate() {
        if i > 0 {
            out.push_units(sep.units());
        }
        if let Some(s) = v.downcast::<Str>() {
            out.push_units(s.units());
        }
    }
    vm.str_of_owned(out.finish())
}

fn partition(vm: &Vm, this: Ref<Str>, sep: Value, right: bool) -> PyResult<Value> {
    let sep = must_be_str(vm, sep)?;
    if sep.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let found = match right {
        false => split::partition(this.units(), sep.units()),
        true => split::rpartition(this.units(), sep.units()),
    };
    let (a, b, c) = match found {
        Some(r) => {
            let before = vm.substring(this, 0..r.start)?;
            let after = vm.substring(this, r.end..this.len())?;
            (before, vm.exact_str(sep)?, after)
        }
        None if right => (vm.empty_str(), vm.empty_str(), vm.exact_str(this)?),
        None => (vm.exact_str(this)?, vm.empty_str(), vm.empty_str()),
    };
    Ok(Tuple::from_slice(vm, &[a, b, c]).value())
}

/// The result of a search that must succeed.
fn found(vm: &Vm, at: Option<usize>) -> PyResult<i64> {
    match at {
        Some(i) => Ok(i as i64),
        None => Err(vm.value_error("substring not found")),
    }
}

fn find(
    vm: &Vm,
    this: Ref<Str>,
    sub: Ref<Str>,
    start: Option<Value>,
    end: Option<Value>,
    search: fn(Units, Units) -> Option<usize>,
) -> PyResult<Option<usize>> {
    let Some(r) = vm.search_range(start, end, this.len())? else { return Ok(None) };
    let base = r.start;
    Ok(search(this.units().slice(r), sub.units()).map(|i| i + base))
}

#[pymethods]
impl Str {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        str_new::new(vm, class, args)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let s = receiver(vm, this)?;
        vm.str_of_owned(repr::repr_str(s.units()))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.exact_str(receiver(vm, this)?)
    }

    #[slot(tp_hash)]
    fn slot_hash(vm: &Vm, this: Value) -> PyResult<i64> {
        Ok(receiver(vm, this)?.hash())
    }

    #[slot(tp_richcompare)]
    fn compare(_: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(a), Some(b)) = (a.downcast::<Str>(), b.downcast::<Str>()) else {
            return Ok(not_implemented());
        };
        Ok(bool_value(match op {
            CompareOp::Eq => Str::same_text(&a, &b),
            CompareOp::Ne => !Str::same_text(&a, &b),
            _ => op.holds(a.units().compare(b.units())),
        }))
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(StrIterator::new(receiver(vm, this)?, 0).value())
    }

    #[slot(sq_length, mp_length)]
    fn length(vm: &Vm, this: Value) -> PyResult<usize> {
        Ok(receiver(vm, this)?.len())
    }

    #[slot(sq_concat)]
    fn concat_slot(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let a = receiver(vm, a)?;
        match b.downcast::<Str>() {
            Some(b) => vm.str_concat(a, b),
            None => {
                let name = b.class().name();
                raise!(vm, TypeError, "can only concatenate str (not \"{name}\") to str")
            }
        }
    }

    #[slot(sq_repeat)]
    fn repeat(vm: &Vm, this: Value, n: isize) -> PyResult<Value> {
        let s = receiver(vm, this)?;
        match n {
            ..1 => Ok(vm.empty_str()),
            1 => vm.exact_str(s),
            _ if s.is_empty() => Ok(vm.empty_str()),
            _ if s.len().checked_mul(n as usize).is_none_or(|n| n > isize::MAX as usize) => {
                raise!(vm, OverflowError, "repeated string is too long")
            }
            _ => vm.str_of_result(layout::repeat(s.units(), n as usize)),
        }
    }

    #[slot(sq_item)]
    fn item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        let s = receiver(vm, this)?;
        match usize::try_from(i) {
            Ok(i) if i < s.len() => Ok(vm.char_str(s.char_at(i))),
            _ => Err(vm.index_error("string index out of range")),
        }
    }

    #[slot(sq_contains)]
    fn contains(vm: &Vm, this: Value, item: Value) -> PyResult<bool> {
        let s = receiver(vm, this)?;
        match item.downcast::<Str>() {
            Some(sub) => Ok(search::contains(s.units(), sub.units())),
            None => {
                raise!(
                    vm,
                    TypeError,
                    "'in <string>' requires string as left operand, not {}",
                    item.class().name()
                )
            }
        }
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let s = receiver(vm, this)?;
        if key.is_small() || key.class().slots().nb_index.is_some() {
            let i = vm.index_isize(key)?;
            return Str::item(vm, this, if i < 0 { i + s.len() as isize } else { i });
        }
        let Some((start, step, count)) = vm.slice_of(key, s.len())? else {
            raise!(vm, TypeError, "string indices must be integers, not '{}'", key.class().name())
        };
        if count == 0 {
            return Ok(vm.empty_str());
        }
        if step == 1 {
            return vm.substring(s, start as usize..start as usize + count);
        }
        let mut out = Builder::with_capacity(count);
        let u = s.units();
        for i in 0..count as isize {
            out.push(u.get((start + i * step) as usize));
        }
        vm.str_of_owned(out.finish())
    }

    #[slot(nb_remainder)]
    fn modulo(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        match a.downcast::<Str>() {
            Some(format) => crate::builtins::printf::str_modulo(vm, format, b),
            None => Ok(not_implemented()),
        }
    }

    /// Return a capitalized version of the string.
    ///
    /// More specifically, make the first character have upper case and the rest lower
    /// case.
    #[pymethod("($self, /)")]
    fn capitalize(vm: &Vm, this: Ref<Str>) -> PyResult<Value> {
        vm.str_of_owned(case::capitalize(this.units()))
    }

    /// Return a version of the string suitable for caseless comparisons.
    #[pymethod("($self, /)")]
    fn casefold(vm: &Vm, this: Ref<Str>) -> PyResult<Value> {
        vm.str_of_owned(case::casefold(this.units()))
    }

    /// Return a centered string of length width.
    ///
    /// Padding is done using the specified fill character (default is a space).
    #[pymethod("($self, width, fillchar=' ', /)")]
    fn center(vm: &Vm, this: Ref<Str>, width: isize, fillchar: Option<Value>) -> PyResult<Value> {
        let fill = fill_char(vm, fillchar)?;
        let (left, right) = layout::center_margins(this.len(), width.max(0) as usize);
        pad(vm, this, left, right, fill)
    }

    /// Return the number of non-overlapping occurrences of substring sub in string S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    #[pymethod("($self, sub[, start[, end]], /)")]
    fn count(vm: &Vm, this: Ref<Str>, args: Args) -> PyResult<Value> {
        let s = this;
        let (sub, start, end) = find_args(vm, "count", args)?;
        let n = match vm.search_range(start, end, s.len())? {
            Some(r) => search::count(s.units().slice(r), sub.units()),
            None => 0,
        };
        Ok(vm.int(n as i64))
    }

    /// Encode the string using the codec registered for encoding.
    ///
    ///   encoding
    ///     The encoding in which to encode the string.
    ///   errors
    ///     The error handling scheme to use for encoding errors.
    ///     The default is 'strict' meaning that encoding errors raise a
    ///     UnicodeEncodeError.  Other possible values are 'ignore', 'replace' and
    ///     'xmlcharrefreplace' as well as any other name registered with
    ///     codecs.register_error that can handle UnicodeEncodeErrors.
    #[pymethod("($self, /, encoding='utf-8', errors='strict')")]
    fn encode(
        vm: &Vm,
        this: Ref<Str>,
        encoding: Option<Ref<Str>>,
        errors: Option<Ref<Str>>,
    ) -> PyResult<Value> {
        codecs::no_nul(vm, encoding)?;
        codecs::no_nul(vm, errors)?;
        codecs::encode_str(vm, this, encoding, errors)
    }

    /// Return True if the string ends with the specified suffix, False otherwise.
    ///
    ///   suffix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[pymethod("($self, suffix[, start[, end]], /)")]
    fn endswith(vm: &Vm, this: Ref<Str>, args: Args) -> PyResult<bool> {
        let s = this;
        let (affix, start, end) = three(vm, "endswith", args)?;
        tail_match(vm, s, affix, start, end, "endswith", search::ends_with)
    }

    /// Return a copy where all tab characters are expanded using spaces.
    ///
    /// If tabsize is not given, a tab size of 8 characters is assumed.
    #[pymethod("($self, /, tabsize=8)")]
    fn expandtabs(vm: &Vm, this: Ref<Str>, tabsize: Option<i32>) -> PyResult<Value> {
        if search::find_char(this.units(), 9).is_none() {
            return vm.exact_str(this);
        }
        match layout::expand_tabs(this.units(), tabsize.unwrap_or(8) as isize) {
            Some(owned) => vm.str_of_owned(owned),
            None => raise!(vm, OverflowError, "new string is too long"),
        }
    }

    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Return -1 on failure.
    #[pymethod("($self, sub[, start[, end]], /)")]
    fn find(vm: &Vm, this: Ref<Str>, args: Args) -> PyResult<i64> {
        let s = this;
        let (sub, start, end) = find_args(vm, "find", args)?;
        Ok(find(vm, s, sub, start, end, search::find)?.map_or(-1, |i| i as i64))
    }

    /// Return a formatted version of the string, using substitutions from args and kwargs.
    ///
    /// The substitutions are identified by braces ('{' and '}').
    #[pymethod("($self, /, *args, **kwargs)")]
    fn format(vm: &Vm, this: Ref<Str>, args: Args) -> PyResult<Value> {
        str_format::format(vm, this, args)
    }

    /// Return a formatted version of the string, using substitutions from mapping.
    ///
    /// The substitutions are identified by braces ('{' and '}').
    #[pymethod("($self, mapping, /)")]
    fn format_map(vm: &Vm, this: Ref<Str>, mapping: Value) -> PyResult<Value> {
        str_format::format_map(vm, this, mapping)
    }

    /// Return a formatted version of the string as described by format_spec.
    #[pymethod("($self, format_spec, /)")]
    fn __format__(vm: &Vm, this: Ref<Str>, format_spec: Ref<Str>) -> PyResult<Value> {
        if format_spec.is_empty() {
            return if this.value().is::<Str>() {
                Ok(this.value())
            } else {
                Ok(vm.str(this.value())?.value())
            };
        }
        let name = this.value().class().name();
        match adder_text::format_spec::format_str(this.units(), format_spec.units(), &name) {
            Ok(owned) if owned.as_units() == this.units() => vm.exact_str(this),
            result => vm.str_of_result(result),
        }
    }

    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Raises ValueError when the substring is not found.
    #[pymethod("($self, sub[, start[, end]], /)")]
    fn index(vm: &Vm, this: Ref<Str>, args: Args) -> PyResult<i64> {
        let s = this;
        let (sub, start, end) = find_args(vm, "index", args)?;
        found(vm, find(vm, s, sub, start, end, search::find)?)
    }

    /// Return True if the string is an alpha-numeric string, False otherwise.
    ///
    /// A string is alpha-numeric if all characters in the string are alpha-numeric and
    /// there is at least one character in the string.
    #[pymethod("($self, /)")]
    fn isalnum(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_alnum(this.units())
    }

    /// Return True if the string is an alphabetic string, False otherwise.
    ///
    /// A string is alphabetic if all characters in the string are alphabetic and there
    /// is at least one character in the string.
    #[pymethod("($self, /)")]
    fn isalpha(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_alpha(this.units())
    }

    /// Return True if all characters in the string are ASCII, False otherwise.
    ///
    /// ASCII characters have code points in the range U+0000-U+007F.
    /// Empty string is ASCII too.
    #[pymethod("($self, /)")]
    fn isascii(_: &Vm, this: Ref<Str>) -> bool {
        this.is_ascii()
    }

    /// Return True if the string is a decimal string, False otherwise.
    ///
    /// A string is a decimal string if all characters in the string are decimal and
    /// there is at least one character in the string.
    #[pymethod("($self, /)")]
    fn isdecimal(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_decimal(this.units())
    }

    /// Return True if the string is a digit string, False otherwise.
    ///
    /// A string is a digit string if all characters in the string are digits and there
    /// is at least one character in the string.
    #[pymethod("($self, /)")]
    fn isdigit(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_digit(this.units())
    }

    /// Return True if the string is a valid Python identifier, False otherwise.
    ///
    /// Call keyword.iskeyword(s) to test whether string s is a reserved identifier,
    /// such as "def" or "class".
    #[pymethod("($self, /)")]
    fn isidentifier(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_identifier(this.units())
    }

    /// Return True if the string is a lowercase string, False otherwise.
    ///
    /// A string is lowercase if all cased characters in the string are lowercase and
    /// there is at least one cased character in the string.
    #[pymethod("($self, /)")]
    fn islower(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_lower(this.units())
    }

    /// Return True if the string is a numeric string, False otherwise.
    ///
    /// A string is numeric if all characters in the string are numeric and there is at
    /// least one character in the string.
    #[pymethod("($self, /)")]
    fn isnumeric(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_numeric(this.units())
    }

    /// Return True if all characters in the string are printable, False otherwise.
    ///
    /// A character is printable if repr() may use it in its output.
    #[pymethod("($self, /)")]
    fn isprintable(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_printable(this.units())
    }

    /// Return True if the string is a whitespace string, False otherwise.
    ///
    /// A string is whitespace if all characters in the string are whitespace and there
    /// is at least one character in the string.
    #[pymethod("($self, /)")]
    fn isspace(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_space(this.units())
    }

    /// Return True if the string is a title-cased string, False otherwise.
    ///
    /// In a title-cased string, upper- and title-case characters may only
    /// follow uncased characters and lowercase characters only cased ones.
    #[pymethod("($self, /)")]
    fn istitle(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_title(this.units())
    }

    /// Return True if the string is an uppercase string, False otherwise.
    ///
    /// A string is uppercase if all cased characters in the string are uppercase and
    /// there is at least one cased character in the string.
    #[pymethod("($self, /)")]
    fn isupper(_: &Vm, this: Ref<Str>) -> bool {
        classify::str_is_upper(this.units())
    }

    /// Concatenate any number of strings.
    ///
    /// The string whose method is called is inserted in between each given string.
    /// The result is returned as a new string.
    ///
    /// Example: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'
    #[pymethod("($self, iterable, /)")]
    fn join(vm: &Vm, this: Ref<Str>, iterable: Value) -> PyResult<Value> {
        join(vm, this, iterable)
    }

    /// Return a left-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is a space).
    #[pymethod("($self, width, fillchar=' ', /)")]
    fn ljust(vm: &Vm, this: Ref<Str>, width: isize, fillchar: Option<Value>) -> PyResult<Value> {
        let fill = fill_char(vm, fillchar)?;
        pad(vm, this, 0, (width.max(0) as usize).saturating_sub(this.len()), fill)
    }

    /// Return a copy of the string converted to lowercase.
    #[pymethod("($self, /)")]
    fn lower(vm: &Vm, this: Ref<Str>) -> PyResult<Value> {
        vm.str_of_owned(case::lower(this.units()))
    }

    /// Return a copy of the string with leading whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[pymethod("($self, chars=None, /)")]
    fn lstrip(vm: &Vm, this: Ref<Str>, chars: Option<Value>) -> PyResult<Value> {
        strip(vm, this, chars, Ends::Left, "lstrip")
    }

    /// Return a translation table usable for str.translate().
    ///
    /// If there is only one argument, it must be a dictionary mapping Unicode
    /// ordinals (integers) or characters to Unicode ordinals, strings or None.
    /// Character keys will be then converted to ordinals.
    /// If there are two arguments, they must be strings of equal length, and
    /// in the resulting dictionary, each character in x will be mapped to the
    /// character at the same position in y. If there is a third argument, it
    /// must be a string, whose characters will be mapped to None in the result.
    #[staticmethod("(x, y=<unrepresentable>, z=<unrepresentable>, /)")]
    fn maketrans(vm: &Vm, x: Value, y: Option<Ref<Str>>, z: Option<Ref<Str>>) -> PyResult<Value> {
        maketrans(vm, x, y, z)
    }

    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string.  If the separator is found,
    /// returns a 3-tuple containing the part before the separator, the separator
    /// itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing the original string
    /// and two empty strings.
    #[pymethod("($self, sep, /)")]
    fn partition(vm: &Vm, this: Ref<Str>, sep: Value) -> PyResult<Value> {
        partition(vm, this, sep, false)
    }

    /// Return a str with the given prefix string removed if present.
    ///
    /// If the string starts with the prefix string, return string[len(prefix):].
    /// Otherwise, return a copy of the original string.
    #[pymethod("($self, prefix, /)")]
    fn removeprefix(vm: &Vm, this: Ref<Str>, prefix: Ref<Str>) -> PyResult<Value> {
        let skip = if search::starts_with(this.units(), prefix.units()) { prefix.len() } else { 0 };
        vm.substring(this, skip..this.len())
    }

    /// Return a str with the given suffix string removed if present.
    ///
    /// If the string ends with the suffix string and that suffix is not empty,
    /// return string[:-len(suffix)]. Otherwise, return a copy of the original
    /// string.
    #[pymethod("($self, suffix, /)")]
    fn removesuffix(vm: &Vm, this: Ref<Str>, suffix: Ref<Str>) -> PyResult<Value> {
        let skip = if search::ends_with(this.units(), suffix.units()) { suffix.len() } else { 0 };
        vm.substring(this, 0..this.len() - skip)
    }

    /// Return a copy with all occurrences of substring old replaced by new.
    ///
    ///   count
    ///     Maximum number of occurrences to replace.
    ///     -1 (the default value) means replace all occurrences.
    ///
    /// If the optional argument count is given, only the first count occurrences are
    /// replaced.
    #[pymethod("($self, old, new, /, count=-1)")]
    fn replace(
        vm: &Vm,
        this: Ref<Str>,
        old: Ref<Str>,
        new: Ref<Str>,
        count: Option<isize>,
    ) -> PyResult<Value> {
        let count = count.unwrap_or(-1);
        if new.len() > old.len() && new.len() - old.len() > 1 << 10 {
            let times = search::count(this.units(), old.units());
            let times = if count < 0 { times } else { times.min(count as usize) };
            let grown = (new.len() - old.len()).saturating_mul(times).saturating_add(this.len());
            if grown > isize::MAX as usize {
                raise!(vm, OverflowError, "replace string is too long")
            }
            if adder_text::error::check_room(grown).is_err() {
                return Err(vm.memory_error());
            }
        }
        match search::replace(this.units(), old.units(), new.units(), count) {
            Some(owned) => vm.str_of_owned(owned),
            None => vm.exact_str(this),
        }
    }

    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Return -1 on failure.
    #[pymethod("($self, sub[, start[, end]], /)")]
    fn rfind(vm: &Vm, this: Ref<Str>, args: Args) -> PyResult<i64> {
        let s = this;
        let (sub, start, end) = find_args(vm, "rfind", args)?;
        Ok(find(vm, s, sub, start, end, search::rfind)?.map_or(-1, |i| i as i64))
    }

    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Raises ValueError when the substring is not found.
    #[pymethod("($self, sub[, start[, end]], /)")]
    fn rindex(vm: &Vm, this: Ref<Str>, args: Args) -> PyResult<i64> {
        let s = this;
        let (sub, start, end) = find_args(vm, "rindex", args)?;
        found(vm, find(vm, s, sub, start, end, search::rfind)?)
    }

    /// Return a right-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is a space).
    #[pymethod("($self, width, fillchar=' ', /)")]
    fn rjust(vm: &Vm, this: Ref<Str>, width: isize, fillchar: Option<Value>) -> PyResult<Value> {
        let fill = fill_char(vm, fillchar)?;
        pad(vm, this, (width.max(0) as usize).saturating_sub(this.len()), 0, fill)
    }

    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string, starting at the end. If
    /// the separator is found, returns a 3-tuple containing the part before the
    /// separator, the separator itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing two empty strings
    /// and the original string.
    #[pymethod("($self, sep, /)")]
    fn rpartition(vm: &Vm, this: Ref<Str>, sep: Value) -> PyResult<Value> {
        partition(vm, this, sep, true)
    }

    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any whitespace
    ///     character (including \n \r \t \f and spaces) and will discard
    ///     empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the end of the string and works to the front.
    #[pymethod("($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(vm: &Vm, this: Ref<Str>, sep: Option<Value>, maxsplit: Option<isize>) -> PyResult<Ref<List>> {
        let max = maxsplit.unwrap_or(-1);
        let parts = match str_or_none(vm, sep)? {
            None => split::rsplit_space(this.units(), max, Space::Str),
            Some(sep) if sep.is_empty() => return Err(vm.value_error("empty separator")),
            Some(sep) => split::rsplit(this.units(), sep.units(), max),
        };
        vm.parts(this, parts)
    }

    /// Return a copy of the string with trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[pymethod("($self, chars=None, /)")]
    fn rstrip(vm: &Vm, this: Ref<Str>, chars: Option<Value>) -> PyResult<Value> {
        strip(vm, this, chars, Ends::Right, "rstrip")
    }

    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any whitespace
    ///     character (including \n \r \t \f and spaces) and will discard
    ///     empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the front of the string and works to the end.
    ///
    /// Note, str.split() is mainly useful for data that has been intentionally
    /// delimited.  With natural text that includes punctuation, consider using
    /// the regular expression module.
    #[pymethod("($self, /, sep=None, maxsplit=-1)")]
    fn split(vm: &Vm, this: Ref<Str>, sep: Option<Value>, maxsplit: Option<isize>) -> PyResult<Ref<List>> {
        let max = maxsplit.unwrap_or(-1);
        let parts = match str_or_none(vm, sep)? {
            None => split::split_space(this.units(), max, Space::Str),
            Some(sep) if sep.is_empty() => return Err(vm.value_error("empty separator")),
            Some(sep) => split::split(this.units(), sep.units(), max),
        };
        vm.parts(this, parts)
    }

    /// Return a list of the lines in the string, breaking at line boundaries.
    ///
    /// Line breaks are not included in the resulting list unless keepends is given and
    /// true.
    #[pymethod("($self, /, keepends=False)")]
    fn splitlines(vm: &Vm, this: Ref<Str>, keepends: Option<bool>) -> PyResult<Ref<List>> {
        vm.parts(this, split::split_lines(this.units(), keepends.unwrap_or(false), Space::Str))
    }

    /// Return True if the string starts with the specified prefix, False otherwise.
    ///
    ///   prefix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[pymethod("($self, prefix[, start[, end]], /)")]
    fn startswith(vm: &Vm, this: Ref<Str>, args: Args) -> PyResult<bool> {
        let s = this;
        let (affix, start, end) = three(vm, "startswith", args)?;
        tail_match(vm, s, affix, start, end, "startswith", search::starts_with)
    }

    /// Return a copy of the string with leading and trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[pymethod("($self, chars=None, /)")]
    fn strip(vm: &Vm, this: Ref<Str>, chars: Option<Value>) -> PyResult<Value> {
        strip(vm, this, chars, Ends::Both, "strip")
    }

    /// Convert uppercase characters to lowercase and lowercase characters to uppercase.
    #[pymethod("($self, /)")]
    fn swapcase(vm: &Vm, this: Ref<Str>) -> PyResult<Value> {
        vm.str_of_owned(case::swapcase(this.units()))
    }

    /// Return a version of the string where each word is titlecased.
    ///
    /// More specifically, words start with uppercased characters and all remaining
    /// cased characters have lower case.
    #[pymethod("($self, /)")]
    fn title(vm: &Vm, this: Ref<Str>) -> PyResult<Value> {
        vm.str_of_owned(case::title(this.units()))
    }

    /// Replace each character in the string using the given translation table.
    ///
    ///   table
    ///     Translation table, which must be a mapping of Unicode ordinals to
    ///     Unicode ordinals, strings, or None.
    ///
    /// The table must implement lookup/indexing via __getitem__, for instance a
    /// dictionary or list.  If this operation raises LookupError, the character is
    /// left untouched.  Characters mapped to None are deleted.
    #[pymethod("($self, table, /)")]
    fn translate(vm: &Vm, this: Ref<Str>, table: Value) -> PyResult<Value> {
        translate(vm, this, table)
    }

    /// Return a copy of the string converted to uppercase.
    #[pymethod("($self, /)")]
    fn upper(vm: &Vm, this: Ref<Str>) -> PyResult<Value> {
        vm.str_of_owned(case::upper(this.units()))
    }

    /// Pad a numeric string with zeros on the left, to fill a field of the given width.
    ///
    /// The string is never truncated.
    #[pymethod("($self, width, /)")]
    fn zfill(vm: &Vm, this: Ref<Str>, width: isize) -> PyResult<Value> {
        if width <= this.len() as isize {
            return vm.exact_str(this);
        }
        vm.str_of_result(layout::zfill(this.units(), width as usize))
    }

    #[pymethod("($self, /)")]
    fn __getnewargs__(vm: &Vm, this: Ref<Str>) -> PyResult<Value> {
        let copy = vm.new_str_units(this.units())?;
        Ok(Tuple::from_slice(vm, &[copy.value()]).value())
    }

    /// Return the size of the string in memory, in bytes.
    #[pymethod("($self, /)")]
    fn __sizeof__(_: &Vm, this: Ref<Str>) -> usize {
        // The size in CPython: the header depends on whether the string is ASCII.
        let header = if this.is_ascii() { 40 } else { 56 };
        header + (this.len() + 1) * this.kind() as usize
    }
}

/// The receiver of a slot.
#[inline(always)]
fn receiver(vm: &Vm, this: Value) -> PyResult<Ref<Str>> {
    match this.downcast::<Str>() {
        Some(s) => Ok(s),
        None => Err(vm.type_error("a str is required")),
    }
}

/// One to three positional arguments.
pub(crate) fn three(vm: &Vm, name: &str, args: Args) -> PyResult<(Value, Option<Value>, Option<Value>)> {
    if args.has_keywords() {
        raise!(vm, TypeError, "{name}() takes no keyword arguments")
    }
    match *args.pos() {
        [a] => Ok((a, None, None)),
        [a, b] => Ok((a, Some(b), None)),
        [a, b, c] => Ok((a, Some(b), Some(c))),
        [] => raise!(vm, TypeError, "{name} expected at least 1 argument, got 0"),
        _ => raise!(vm, TypeError, "{name} expected at most 3 arguments, got {}", args.pos().len()),
    }
}

fn find_args(vm: &Vm, name: &str, args: Args) -> PyResult<(Ref<Str>, Option<Value>, Option<Value>)> {
    let (sub, start, end) = three(vm, name, args)?;
    match sub.downcast::<Str>() {
        Some(s) => Ok((s, start, end)),
        None => {
            let got = if sub.is_none() { "None".into() } else { sub.class().name() };
            raise!(vm, TypeError, "{name}() argument 1 must be str, not {got}")
        }
    }
}

fn maketrans(vm: &Vm, x: Value, y: Option<Ref<Str>>, z: Option<Ref<Str>>) -> PyResult<Value> {
    let table = Dict::new(vm);
    let Some(y) = y else {
        let Some(d) = x.downcast::<Dict>() else {
            raise!(vm, TypeError, "if you give only one argument to maketrans it must be a dict")
        };
        let mut i = 0;
        while i < d.slots() {
            if let Some((key, value)) = d.entry(i) {
                let key = match key.downcast::<Str>() {
                    Some(s) if s.len() == 1 => vm.int(s.char_at(0) as i64),
                    Some(_) => raise!(vm, ValueError, "string keys in translate table must be of length 1"),
                    None if as_int(key).is_some() => key,
                    None => raise!(vm, TypeError, "keys in translate table must be strings or integers"),
                };
                table.set_item(vm, key, value)?;
            }
            i += 1;
        }
        return Ok(table.value());
    };
    let Some(x) = x.downcast::<Str>() else {
        raise!(vm, TypeError, "first maketrans argument must be a string if there is a second argument")
    };
    if x.len() != y.len() {
        raise!(vm, ValueError, "the first two maketrans arguments must have equal length")
    }
    for (a, b) in x.units().iter().zip(y.units().iter()) {
        table.set_item(vm, vm.int(a as i64), vm.int(b as i64))?;
    }
    if let Some(z) = z {
        for c in z.units().iter() {
            table.set_item(vm, vm.int(c as i64), none())?;
        }
    }
    Ok(table.value())
}

/// What a translation table says about a character.
pub(crate) enum Mapped {
    Missing,
    Deleted,
    Char(u32),
    Text(Ref<Str>),
}

/// `charmaptranslate_lookup`
pub(crate) fn translation(vm: &Vm, table: Value, c: u32) -> PyResult<Mapped> {
    let key = vm.int(c as i64);
    let v = if let Some(d) = table.exact::<Dict>() {
        match d.get_item(vm, key)? {
            Some(v) => v,
            None => return Ok(Mapped::Missing),
        }
    } else {
        match vm.get_item(table, key) {
            Ok(v) => v,
            Err(raised) => {
                vm.swallow(raised, crate::builtins::exceptions::Exc::LookupError)?;
                return Ok(Mapped::Missing);
            }
        }
    };
    if v.is_none() {
        return Ok(Mapped::Deleted);
    }
    if let Some(i) = as_int(v) {
        return match vm.int_to_i64(i) {
            Some(cp @ 0..0x110000) => Ok(Mapped::Char(cp as u32)),
            _ => raise!(vm, ValueError, "character mapping must be in range(0x110000)"),
        };
    }
    match v.downcast::<Str>() {
        Some(s) => Ok(Mapped::Text(s)),
        None => raise!(vm, TypeError, "character mapping must return integer, None or str"),
    }
}

fn translate(vm: &Vm, this: Ref<Str>, table: Value) -> PyResult<Value> {
    let mut out = Builder::with_capacity(this.len());
    // ASCII answers of an exact dict cannot change while nothing else runs.
    let mut known: [u32; 128] = [u32::MAX; 128];
    const DELETED: u32 = u32::MAX - 1;
    let cache = table.is::<Dict>();
    for i in 0..this.len() {
        let c = this.char_at(i);
        if cache && c < 128 && known[c as usize] != u32::MAX {
            match known[c as usize] {
                DELETED => {}
                mapped => out.push(mapped),
            }
            continue;
        }
        let mut remember = |to: u32| {
            if c < 128 {
                known[c as usize] = to;
            }
        };
        match translation(vm, table, c)? {
            Mapped::Missing => {
                remember(c);
                out.push(c);
            }
            Mapped::Deleted => remember(DELETED),
            Mapped::Char(to) => {
                remember(to);
                out.push(to);
            }
            Mapped::Text(s) => out.push_units(s.units()),
        }
    }
    vm.str_of_owned(out.finish())
}
