//! `_sre`: patterns, matches and scanners over the engine of `sre_engine/`.
//!
//! Strings and bytes are matched in place; other buffers, which could change meanwhile, are copied.

use crate::sre_engine::filter::LazyFilter;
use crate::sre_engine::matcher::{Interrupted, Matcher, Scratch};
use crate::sre_engine::op;
use crate::sre_engine::search::search;
use crate::sre_engine::tables::with_tables;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_text::units::Units;
use adder_text::with_units;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::{bool_value, none, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use smallvec::SmallVec;
use std::cell::Cell;

/// Compiled regular expression object.
#[pyclass(name = "Pattern", module = "re", flags = def::IMMUTABLE | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Pattern {
    h: LongHeader,
    pattern: Field<Value>,
    groupindex: Field<Value>,
    indexgroup: Field<Value>,
    flags: i64,
    groups: usize,
    /// The pattern is bytes.
    is_bytes: bool,
    code: Vec<u32>,
    filter: LazyFilter,
}

/// The result of re.match() and re.search().
#[pyclass(name = "Match", module = "re", flags = def::IMMUTABLE | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Match {
    h: LongHeader,
    string: Field<Value>,
    pattern: Field<Ref<Pattern>>,
    pos: usize,
    endpos: usize,
    lastindex: isize,
    /// Start and end of group 0, 1, ..., as ints; -1: the group did not take part.
    spans: Field<Ref<Tuple>>,
}

/// Iterates matches.
#[pyclass(name = "SRE_Scanner", module = "_sre", flags = def::IMMUTABLE | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Scanner {
    h: LongHeader,
    pattern: Field<Ref<Pattern>>,
    string: Field<Value>,
    at: Cell<usize>,
    end: usize,
    must_advance: Cell<bool>,
    done: Cell<bool>,
}

/// What is searched.
enum Subject {
    Str(Ref<Str>),
    Bytes(Ref<Bytes>),
    /// A copy of another buffer, which could change.
    Copy(Vec<u8>),
}

impl Subject {
    fn new(vm: &Vm, p: &Pattern, v: Value) -> PyResult<Subject> {
        if let Some(s) = v.downcast::<Str>() {
            if p.is_bytes {
                return Err(vm.type_error("cannot use a bytes pattern on a string-like object"));
            }
            return Ok(Subject::Str(s));
        }
        let subject = match v.exact::<Bytes>() {
            Some(b) => Subject::Bytes(b),
            None => match vm.buffer_bytes(v)? {
                Some(data) => Subject::Copy(data),
                None => {
                    raise!(vm, TypeError, "expected string or bytes-like object, got '{}'", v.class().name())
                }
            },
        };
        if !p.is_bytes && !p.pattern.get().is_none() {
            return Err(vm.type_error("cannot use a string pattern on a bytes-like object"));
        }
        Ok(subject)
    }

    fn units(&self) -> Units<'_> {
        match self {
            Subject::Str(s) => s.units(),
            Subject::Bytes(b) => Units::One(b.as_bytes()),
            Subject::Copy(data) => Units::One(data),
        }
    }
}

/// How to match.
#[derive(Clone, Copy, PartialEq)]
enum How {
    Match,
    Full,
    Search,
}

/// A successful match, before it becomes an object.
struct Found {
    /// Of group 0, 1, ...; `None`: the group did not take part.
    spans: SmallVec<[Option<(usize, usize)>; 3]>,
    lastindex: isize,
}

thread_local! {
    /// The vectors of the last matcher.
    static SCRATCH: Cell<Option<Scratch>> = const { Cell::new(None) };
}

fn run(
    vm: &Vm,
    p: &Pattern,
    t: Units,
    how: How,
    start: usize,
    end: usize,
    must_advance: bool,
) -> PyResult<Option<Found>> {
    if start > end {
        return Ok(None);
    }
    let mut raised = None;
    let mut poll = || {
        if vm.eval_breaker() {
            raised = vm.handle_pending().err();
        }
        raised.is_none()
    };
    let scratch = SCRATCH.take().unwrap_or_default();
    let found = with_units!(t.slice(0..end), text => {
        let mut m = Matcher::new(&p.code, &p.filter, text, p.groups, scratch, &mut poll);
        m.full = how == How::Full;
        m.not_at = must_advance.then_some(start);
        let place = match how {
            How::Search => search(&mut m, start),
            _ => m.attempt(0, start).map(|end| end.map(|end| (start, end))),
        };
        let found = place.map(|place| {
            place.map(|place| {
                let mut spans = SmallVec::with_capacity(p.groups + 1);
                spans.push(Some(place));
                spans.extend((0..p.groups).map(|g| m.group(g)));
                Found { spans, lastindex: m.last_group }
            })
        });
        SCRATCH.set(Some(m.into_scratch()));
        found
    });
    match found {
        Ok(found) => Ok(found),
        Err(Interrupted) => Err(raised.expect("only an exception interrupts")),
    }
}

fn clamp(vm: &Vm, v: Option<Value>, default: usize, len: usize) -> PyResult<usize> {
    match v {
        None => Ok(default),
        Some(v) => Ok(vm.index_clamped(v)?.clamp(0, len as isize) as usize),
    }
}

fn match_object(vm: &Vm, p: Ref<Pattern>, string: Value, found: Found, pos: usize, endpos: usize) -> Value {
    let spans = Tuple::build::<Raised>(vm, 2 * found.spans.len(), |i| {
        let (start, end) = found.spans[i / 2].map_or((-1, -1), |(a, b)| (a as i64, b as i64));
        Ok(vm.int(if i % 2 == 0 { start } else { end }))
    });
    let spans = spans.expect("ints are made without failure");
    adder_heap::new(
        Match::shape(),
        Match {
            h: LongHeader::new(),
            string: Field::new(string),
            pattern: Field::new(p),
            pos,
            endpos,
            lastindex: found.lastindex,
            spans: Field::new(spans),
        },
    )
    .value()
}

/// The part of a subject.
fn slice(vm: &Vm, v: Value, start: usize, end: usize) -> PyResult<Value> {
    if let Some(s) = v.downcast::<Str>() {
        if start == 0 && end == s.len() && v.is::<Str>() {
            return Ok(v);
        }
        return Ok(vm.new_str_units(s.units().slice(start..end))?.value());
    }
    if let Some(b) = v.exact::<Bytes>() {
        return vm.sub_bytes(b, start.min(b.len())..end.min(b.len()));
    }
    let data = vm.buffer_bytes(v)?.unwrap_or_default();
    vm.new_bytes(&data[start.min(data.len())..end.min(data.len())])
}

impl Pattern {
    fn once(
        vm: &Vm,
        this: Ref<Pattern>,
        string: Value,
        pos: Option<Value>,
        endpos: Option<Value>,
        how: How,
    ) -> PyResult<Value> {
        let subject = Subject::new(vm, &this, string)?;
        let t = subject.units();
        let (start, end) = (clamp(vm, pos, 0, t.len())?, clamp(vm, endpos, t.len(), t.len())?);
        Ok(match run(vm, &this, t, how, start, end, false)? {
            Some(found) => match_object(vm, this, string, found, start, end),
            None => none(),
        })
    }

    /// Calls `f` for each match from left to right, as `finditer` goes.
    fn each(
        vm: &Vm,
        this: Ref<Pattern>,
        t: Units,
        start: usize,
        end: usize,
        f: &mut dyn FnMut(Found) -> PyResult<bool>,
    ) -> PyResult<()> {
        let (mut at, mut must_advance) = (start, false);
        while at <= end {
            let Some(found) = run(vm, &this, t, How::Search, at, end, must_advance)? else { return Ok(()) };
            let (a, b) = found.spans[0].expect("a match has a span");
            if !f(found)? {
                return Ok(());
            }
            must_advance = a == b;
            at = b;
            if vm.eval_breaker() {
                vm.handle_pending()?;
            }
        }
        Ok(())
    }

    fn substitute(
        vm: &Vm,
        this: Ref<Pattern>,
        repl: Value,
        string: Value,
        count: usize,
    ) -> PyResult<(Value, usize)> {
        let subject = Subject::new(vm, &this, string)?;
        let t = subject.units();
        // A literal, a callable, or a template of literals and groups.
        let mut literal = None;
        let mut callable = None;
        let mut template = None;
        if vm.is_callable(repl) {
            callable = Some(repl);
        } else {
            let has_backslash = match repl.downcast::<Str>() {
                Some(s) => s.chars().any(|c| c == '\\' as u32),
                None => vm.buffer_bytes(repl)?.is_some_and(|b| b.contains(&b'\\')),
            };
            if has_backslash {
                let re = adder_vm::import::import_module(vm, "re")?;
                let f = vm.get_attr_str(re, "_compile_template")?;
                let compiled = vm.call(f, &[this.value(), repl])?;
                match compiled.exact::<Template>() {
                    Some(t) => template = Some(t),
                    None => literal = Some(compiled),
                }
            } else {
                literal = Some(repl);
            }
        }
        let parts = List::new(vm);
        let mut last = 0;
        let mut n = 0;
        Pattern::each(vm, this, t, 0, t.len(), &mut |found| {
            if count > 0 && n >= count {
                return Ok(false);
            }
            let (a, b) = found.spans[0].expect("a match has a span");
            if a > last {
                parts.push(vm, slice(vm, string, last, a)?);
            }
            if let Some(l) = literal {
                parts.push(vm, l);
            } else if let Some(f) = callable {
                let m = match_object(vm, this, string, found, 0, t.len());
                let r = vm.call(f, &[m])?;
                if !r.is_none() {
                    parts.push(vm, r);
                }
            } else if let Some(tmpl) = template {
                expand_into(vm, tmpl, string, &|g| found.spans.get(g).copied().flatten(), parts)?;
            }
            last = b;
            n += 1;
            Ok(true)
        })?;
        if n == 0 {
            return Ok((slice(vm, string, 0, t.len())?, 0));
        }
        if last < t.len() {
            parts.push(vm, slice(vm, string, last, t.len())?);
        }
        Ok((join(vm, string, parts)?, n))
    }
}

fn join(vm: &Vm, like: Value, parts: Ref<List>) -> PyResult<Value> {
    let empty = if like.downcast::<Str>().is_some() { vm.new_str("") } else { vm.new_bytes(b"")? };
    vm.call_method(empty, vm.intern_str("join"), &[parts.value()])
}

#[pymethods]
impl Pattern {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let p = this.downcast::<Pattern>().expect("a slot of patterns");
        let names = [
            (2, "re.IGNORECASE"),
            (4, "re.LOCALE"),
            (8, "re.MULTILINE"),
            (16, "re.DOTALL"),
            (64, "re.VERBOSE"),
            (128, "re.DEBUG"),
            (256, "re.ASCII"),
        ];
        let mut flags = p.flags;
        if !p.is_bytes && flags & (4 | 32 | 256) == 32 {
            flags &= !32;
        }
        let mut shown: Vec<String> = vec![];
        for (bit, name) in names {
            if flags & bit != 0 {
                shown.push(name.to_string());
                flags &= !bit;
            }
        }
        if flags != 0 {
            shown.push(format!("{flags:#x}"));
        }
        let mut pattern = vm.repr_string(p.pattern.get())?;
        if pattern.chars().count() > 200 {
            pattern = pattern.chars().take(200).collect();
        }
        Ok(vm.new_str(&match shown.is_empty() {
            true => format!("re.compile({pattern})"),
            false => format!("re.compile({pattern}, {})", shown.join("|")),
        }))
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.exact::<Pattern>(), b.exact::<Pattern>()) else {
            return Ok(not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let same = x.flags == y.flags
            && x.is_bytes == y.is_bytes
            && x.code == y.code
            && vm.eq(x.pattern.get(), y.pattern.get())?;
        Ok(bool_value(same == (op == CompareOp::Eq)))
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let p = this.downcast::<Pattern>().expect("a slot of patterns");
        Ok(vm.hash(p.pattern.get())? ^ p.flags ^ p.groups as i64)
    }

    /// The pattern string from which the RE object was compiled.
    #[getter]
    fn pattern(_vm: &Vm, this: Ref<Pattern>) -> Value {
        this.pattern.get()
    }

    /// The regex matching flags.
    #[getter]
    fn flags(_vm: &Vm, this: Ref<Pattern>) -> i64 {
        this.flags
    }

    /// The number of capturing groups in the pattern.
    #[getter]
    fn groups(_vm: &Vm, this: Ref<Pattern>) -> usize {
        this.groups
    }

    /// A dictionary mapping group names to group numbers.
    #[getter]
    fn groupindex(vm: &Vm, this: Ref<Pattern>) -> Value {
        adder_vm::builtins::descr::mapping_proxy(vm, this.groupindex.get())
    }

    /// Matches zero or more characters at the beginning of the string.
    #[pymethod("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn match_(
        vm: &Vm,
        this: Ref<Pattern>,
        string: Value,
        pos: Option<Value>,
        endpos: Option<Value>,
    ) -> PyResult<Value> {
        Pattern::once(vm, this, string, pos, endpos, How::Match)
    }

    /// Matches against all of the string.
    #[pymethod("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn fullmatch(
        vm: &Vm,
        this: Ref<Pattern>,
        string: Value,
        pos: Option<Value>,
        endpos: Option<Value>,
    ) -> PyResult<Value> {
        Pattern::once(vm, this, string, pos, endpos, How::Full)
    }

    /// Scan through string looking for a match, and return a corresponding match object instance.
    #[pymethod("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn search(
        vm: &Vm,
        this: Ref<Pattern>,
        string: Value,
        pos: Option<Value>,
        endpos: Option<Value>,
    ) -> PyResult<Value> {
        Pattern::once(vm, this, string, pos, endpos, How::Search)
    }

    /// Return a list of all non-overlapping matches of pattern in string.
    #[pymethod("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn findall(
        vm: &Vm,
        this: Ref<Pattern>,
        string: Value,
        pos: Option<Value>,
        endpos: Option<Value>,
    ) -> PyResult<Value> {
        let subject = Subject::new(vm, &this, string)?;
        let t = subject.units();
        let (start, end) = (clamp(vm, pos, 0, t.len())?, clamp(vm, endpos, t.len(), t.len())?);
        let out = List::new(vm);
        Pattern::each(vm, this, t, start, end, &mut |found| {
            let part = |i: usize| match found.spans[i] {
                Some((a, b)) => slice(vm, string, a, b),
                None => slice(vm, string, 0, 0),
            };
            let v = match this.groups {
                0 => part(0)?,
                1 => part(1)?,
                n => Tuple::build(vm, n, |i| part(i + 1))?.value(),
            };
            out.push(vm, v);
            Ok(true)
        })?;
        Ok(out.value())
    }

    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    #[pymethod("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn finditer(
        vm: &Vm,
        this: Ref<Pattern>,
        string: Value,
        pos: Option<Value>,
        endpos: Option<Value>,
    ) -> PyResult<Value> {
        let s = Pattern::scanner(vm, this, string, pos, endpos)?;
        let search = vm.get_attr_str(s, "search")?;
        adder_vm::builtins::more::callable_iterator(vm, search, none())
    }

    #[pymethod("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn scanner(
        vm: &Vm,
        this: Ref<Pattern>,
        string: Value,
        pos: Option<Value>,
        endpos: Option<Value>,
    ) -> PyResult<Value> {
        let subject = Subject::new(vm, &this, string)?;
        let t = subject.units();
        let (at, end) = (clamp(vm, pos, 0, t.len())?, clamp(vm, endpos, t.len(), t.len())?);
        Ok(adder_heap::new(
            Scanner::shape(),
            Scanner {
                h: LongHeader::new(),
                pattern: Field::new(this),
                string: Field::new(string),
                at: Cell::new(at),
                end,
                must_advance: Cell::new(false),
                done: Cell::new(false),
            },
        )
        .value())
    }

    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in
    /// string by the replacement repl.
    #[pymethod("($self, /, repl, string, count=0)")]
    fn sub(vm: &Vm, this: Ref<Pattern>, repl: Value, string: Value, count: Option<isize>) -> PyResult<Value> {
        Ok(Pattern::substitute(vm, this, repl, string, count.unwrap_or(0).max(0) as usize)?.0)
    }

    /// Return the tuple (new_string, number_of_subs_made).
    #[pymethod("($self, /, repl, string, count=0)")]
    fn subn(
        vm: &Vm,
        this: Ref<Pattern>,
        repl: Value,
        string: Value,
        count: Option<isize>,
    ) -> PyResult<Value> {
        let (s, n) = Pattern::substitute(vm, this, repl, string, count.unwrap_or(0).max(0) as usize)?;
        Ok(Tuple::from_slice(vm, &[s, vm.int(n as i64)]).value())
    }

    /// Split string by the occurrences of pattern.
    #[pymethod("($self, /, string, maxsplit=0)")]
    fn split(vm: &Vm, this: Ref<Pattern>, string: Value, maxsplit: Option<isize>) -> PyResult<Value> {
        let limit = maxsplit.unwrap_or(0).max(0) as usize;
        let subject = Subject::new(vm, &this, string)?;
        let t = subject.units();
        let out = List::new(vm);
        let (mut last, mut n) = (0, 0);
        Pattern::each(vm, this, t, 0, t.len(), &mut |found| {
            if limit > 0 && n >= limit {
                return Ok(false);
            }
            let (a, b) = found.spans[0].expect("a match has a span");
            out.push(vm, slice(vm, string, last, a)?);
            for g in &found.spans[1..] {
                let v = match g {
                    Some((a, b)) => slice(vm, string, *a, *b)?,
                    None => none(),
                };
                out.push(vm, v);
            }
            last = b;
            n += 1;
            Ok(true)
        })?;
        out.push(vm, slice(vm, string, last, t.len())?);
        Ok(out.value())
    }

    #[pymethod("($self, /)")]
    fn __copy__(_vm: &Vm, this: Value) -> Value {
        this
    }

    #[pymethod("($self, memo, /)")]
    fn __deepcopy__(_vm: &Vm, this: Value, _memo: Value) -> Value {
        this
    }

    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, item)
    }
}

impl Match {
    /// The number of groups with group 0.
    fn count(&self) -> usize {
        self.spans.get().len() / 2
    }

    fn span_at(&self, group: usize) -> Option<(usize, usize)> {
        let spans = self.spans.get();
        let at = |i: usize| usize::try_from(spans.items().get(i)?.small()).ok();
        Some((at(2 * group)?, at(2 * group + 1)?))
    }

    /// The number of a group given by number or name.
    fn index(vm: &Vm, this: Ref<Match>, group: Value) -> PyResult<usize> {
        let p = this.pattern.get();
        let n = if group.class().slots().nb_index.is_some() {
            usize::try_from(vm.index_i128(group)?).ok()
        } else {
            let d = p.groupindex.get().downcast::<Dict>();
            match d.map(|d| d.get_item(vm, group)).transpose()?.flatten() {
                Some(v) => usize::try_from(vm.index_i128(v)?).ok(),
                None => None,
            }
        };
        match n.filter(|n| *n < this.count()) {
            Some(n) => Ok(n),
            None => Err(vm.index_error("no such group")),
        }
    }

    fn part(vm: &Vm, this: Ref<Match>, i: usize, default: Value) -> PyResult<Value> {
        match this.span_at(i) {
            Some((a, b)) => slice(vm, this.string.get(), a, b),
            None => Ok(default),
        }
    }

    fn span_of(vm: &Vm, this: Ref<Match>, group: Option<Value>) -> PyResult<(i64, i64)> {
        let i = match group {
            Some(g) => Match::index(vm, this, g)?,
            None => 0,
        };
        Ok(this.span_at(i).map_or((-1, -1), |(a, b)| (a as i64, b as i64)))
    }
}

#[pymethods]
impl Match {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let m = this.downcast::<Match>().expect("a slot of matches");
        let (a, b) = m.span_at(0).unwrap_or((0, 0));
        let shown = Match::part(vm, m, 0, none())?;
        let shown = vm.repr_string(shown)?;
        Ok(vm.new_str(&format!("<re.Match object; span=({a}, {b}), match={shown}>")))
    }

    #[slot(mp_subscript)]
    fn getitem(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let m = this.downcast::<Match>().expect("a slot of matches");
        let i = Match::index(vm, m, key)?;
        Match::part(vm, m, i, none())
    }

    /// group([group1, ...]) -> str or tuple.
    #[pymethod("($self, /, *args)")]
    fn group(vm: &Vm, this: Ref<Match>, args: Ref<Tuple>) -> PyResult<Value> {
        match args.len() {
            0 => Match::part(vm, this, 0, none()),
            1 => {
                let i = Match::index(vm, this, args.get(0))?;
                Match::part(vm, this, i, none())
            }
            n => Ok(Tuple::build(vm, n, |k| {
                let i = Match::index(vm, this, args.get(k))?;
                Match::part(vm, this, i, none())
            })?
            .value()),
        }
    }

    /// Return a tuple containing all the subgroups of the match, from 1.
    #[pymethod("($self, /, default=None)")]
    fn groups(vm: &Vm, this: Ref<Match>, default: Option<Value>) -> PyResult<Value> {
        let default = default.unwrap_or(none());
        Ok(Tuple::build(vm, this.count() - 1, |i| Match::part(vm, this, i + 1, default))?.value())
    }

    /// Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.
    #[pymethod("($self, /, default=None)")]
    fn groupdict(vm: &Vm, this: Ref<Match>, default: Option<Value>) -> PyResult<Value> {
        let default = default.unwrap_or(none());
        let out = Dict::new(vm);
        if let Some(d) = this.pattern.get().groupindex.get().downcast::<Dict>() {
            for i in 0..d.slots() {
                if let Some((k, n)) = d.entry(i) {
                    let v = Match::part(vm, this, vm.index_isize(n)? as usize, default)?;
                    out.set_item(vm, k, v)?;
                }
            }
        }
        Ok(out.value())
    }

    /// Return index of the start of the substring matched by group.
    #[pymethod("($self, group=0, /)")]
    fn start(vm: &Vm, this: Ref<Match>, group: Option<Value>) -> PyResult<i64> {
        Ok(Match::span_of(vm, this, group)?.0)
    }

    /// Return index of the end of the substring matched by group.
    #[pymethod("($self, group=0, /)")]
    fn end(vm: &Vm, this: Ref<Match>, group: Option<Value>) -> PyResult<i64> {
        Ok(Match::span_of(vm, this, group)?.1)
    }

    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[pymethod("($self, group=0, /)")]
    fn span(vm: &Vm, this: Ref<Match>, group: Option<Value>) -> PyResult<(i64, i64)> {
        Match::span_of(vm, this, group)
    }

    /// Return the string obtained by doing backslash substitution on the string template.
    #[pymethod("($self, /, template)")]
    fn expand(vm: &Vm, this: Ref<Match>, template: Value) -> PyResult<Value> {
        let re = adder_vm::import::import_module(vm, "re")?;
        let f = vm.get_attr_str(re, "_compile_template")?;
        let compiled = vm.call(f, &[this.pattern.get().value(), template])?;
        match compiled.exact::<Template>() {
            None => Ok(compiled),
            Some(t) => {
                let parts = List::new(vm);
                expand_into(vm, t, this.string.get(), &|g| this.span_at(g), parts)?;
                join(vm, this.string.get(), parts)
            }
        }
    }

    /// The string passed to match() or search().
    #[getter]
    fn string(_vm: &Vm, this: Ref<Match>) -> Value {
        this.string.get()
    }

    /// The regular expression object.
    #[getter]
    fn re(_vm: &Vm, this: Ref<Match>) -> Ref<Pattern> {
        this.pattern.get()
    }

    /// The index into the string at which the RE engine started looking for a match.
    #[getter]
    fn pos(_vm: &Vm, this: Ref<Match>) -> usize {
        this.pos
    }

    /// The index into the string beyond which the RE engine will not go.
    #[getter]
    fn endpos(_vm: &Vm, this: Ref<Match>) -> usize {
        this.endpos
    }

    /// The integer index of the last matched capturing group.
    #[getter]
    fn lastindex(vm: &Vm, this: Ref<Match>) -> Value {
        if this.lastindex >= 0 { vm.int(this.lastindex as i64) } else { none() }
    }

    /// The name of the last matched capturing group.
    #[getter]
    fn lastgroup(_vm: &Vm, this: Ref<Match>) -> Value {
        let names = this.pattern.get().indexgroup.get().downcast::<Tuple>();
        match (names, usize::try_from(this.lastindex)) {
            (Some(t), Ok(i)) if i < t.len() => t.get(i),
            _ => none(),
        }
    }

    #[getter]
    fn regs(vm: &Vm, this: Ref<Match>) -> PyResult<Value> {
        Ok(Tuple::build(vm, this.count(), |i| -> PyResult<Value> {
            let (a, b) = this.span_at(i).map_or((-1, -1), |(a, b)| (a as i64, b as i64));
            Ok(Tuple::from_slice(vm, &[vm.int(a), vm.int(b)]).value())
        })?
        .value())
    }

    #[pymethod("($self, /)")]
    fn __copy__(_vm: &Vm, this: Value) -> Value {
        this
    }

    #[pymethod("($self, memo, /)")]
    fn __deepcopy__(_vm: &Vm, this: Value, _memo: Value) -> Value {
        this
    }

    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, item)
    }
}

impl Scanner {
    fn step(vm: &Vm, this: Ref<Scanner>, how: How) -> PyResult<Value> {
        if this.done.get() {
            return Ok(none());
        }
        let (p, string) = (this.pattern.get(), this.string.get());
        let subject = Subject::new(vm, &p, string)?;
        let t = subject.units();
        let (at, end) = (this.at.get(), this.end.min(t.len()));
        match run(vm, &p, t, how, at, end, this.must_advance.get())? {
            None => {
                this.done.set(true);
                Ok(none())
            }
            Some(found) => {
                let (a, b) = found.spans[0].expect("a match has a span");
                this.must_advance.set(a == b);
                this.at.set(b);
                Ok(match_object(vm, p, string, found, at, end))
            }
        }
    }
}

#[pymethods]
impl Scanner {
    #[pymethod("($self, /)")]
    fn match_(vm: &Vm, this: Ref<Scanner>) -> PyResult<Value> {
        Scanner::step(vm, this, How::Match)
    }

    #[pymethod("($self, /)")]
    fn search(vm: &Vm, this: Ref<Scanner>) -> PyResult<Value> {
        Scanner::step(vm, this, How::Search)
    }

    #[getter]
    fn pattern(_vm: &Vm, this: Ref<Scanner>) -> Ref<Pattern> {
        this.pattern.get()
    }
}

/// A replacement template: literals and group numbers in turn.
#[pyclass(name = "_TemplateObject", module = "_sre", flags = def::IMMUTABLE | def::DISALLOW_INSTANTIATION, methods = false)]
#[repr(C)]
pub struct Template {
    h: LongHeader,
    items: Field<Ref<List>>,
}

fn expand_into(
    vm: &Vm,
    t: Ref<Template>,
    string: Value,
    span: &dyn Fn(usize) -> Option<(usize, usize)>,
    parts: Ref<List>,
) -> PyResult<()> {
    let items = t.items.get();
    for i in 0..items.len() {
        let item = items.get(i);
        if i % 2 == 0 {
            parts.push(vm, item);
            continue;
        }
        let g = vm.index_isize(item)? as usize;
        if let Some((a, b)) = span(g) {
            parts.push(vm, slice(vm, string, a, b)?);
        }
    }
    Ok(())
}

/// The regex engine.
#[pymodule]
pub mod _sre {
    use super::*;

    #[pyfunction("($module, /, pattern, flags, code, groups, groupindex, indexgroup)")]
    fn compile(
        vm: &Vm,
        pattern: Value,
        flags: i64,
        code: Ref<List>,
        groups: usize,
        groupindex: Value,
        indexgroup: Value,
    ) -> PyResult<Value> {
        let mut words = Vec::with_capacity(code.len());
        for v in code.items() {
            match u32::try_from(vm.index_i128(*v)?) {
                Ok(w) => words.push(w),
                Err(_) => return Err(vm.overflow_error("regular expression code size limit exceeded")),
            }
        }
        let is_bytes = !pattern.is_none() && pattern.downcast::<Str>().is_none();
        Ok(adder_heap::new(
            Pattern::shape(),
            Pattern {
                h: LongHeader::new(),
                pattern: Field::new(pattern),
                groupindex: Field::new(groupindex),
                indexgroup: Field::new(indexgroup),
                flags,
                groups,
                is_bytes,
                code: with_tables(words),
                filter: LazyFilter::default(),
            },
        )
        .value())
    }

    #[pyfunction("($module, pattern, template, /)")]
    fn template(vm: &Vm, _pattern: Value, template: Ref<List>) -> Value {
        let _ = vm;
        adder_heap::new(Template::shape(), Template { h: LongHeader::new(), items: Field::new(template) })
            .value()
    }

    #[pyfunction("($module, /)")]
    fn getcodesize(_vm: &Vm) -> i64 {
        4
    }

    fn character(n: i64) -> Option<char> {
        u32::try_from(n).ok().and_then(char::from_u32)
    }

    #[pyfunction("($module, character, /)")]
    fn ascii_iscased(_vm: &Vm, character: i64) -> bool {
        super::_sre::character(character).is_some_and(|c| c.is_ascii_alphabetic())
    }

    #[pyfunction("($module, character, /)")]
    fn unicode_iscased(_vm: &Vm, character: i64) -> bool {
        let c = character as u32;
        adder_text::case::simple_lower(c) != c || adder_text::case::simple_upper(c) != c
    }

    #[pyfunction("($module, character, /)")]
    fn ascii_tolower(_vm: &Vm, character: i64) -> i64 {
        super::_sre::character(character).map_or(character, |c| c.to_ascii_lowercase() as i64)
    }

    #[pyfunction("($module, character, /)")]
    fn unicode_tolower(_vm: &Vm, character: i64) -> i64 {
        adder_text::case::simple_lower(character as u32) as i64
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        for c in [
            ready_class::<Pattern>(vm),
            ready_class::<Match>(vm),
            ready_class::<Scanner>(vm),
            ready_class::<Template>(vm),
        ] {
            let _ = c;
        }
        let d = m.dict();
        d.set_str(vm, "MAGIC", vm.int(op::MAGIC as i64));
        d.set_str(vm, "CODESIZE", vm.int(4));
        d.set_str(vm, "MAXREPEAT", vm.int(u32::MAX as i64));
        d.set_str(vm, "MAXGROUPS", vm.int(u32::MAX as i64 / 2));
        Ok(())
    }
}
