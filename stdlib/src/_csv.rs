//! `_csv`: reading and writing comma-separated values, state for state as CPython's `parse_process_char`.

use crate::new_exception::ExceptionClass;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_text::builder::Builder;
use adder_vm::args::{Args, NamedArgs, Params};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// `_csv.Error` and the dict of registered dialects.
static ERROR: ExceptionClass = ExceptionClass::new();
static DIALECTS: heap::StaticRoot = heap::StaticRoot::new();

/// The longest field the reader accepts.
static FIELD_LIMIT: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(128 * 1024);

const QUOTE_MINIMAL: i64 = 0;
const QUOTE_ALL: i64 = 1;
const QUOTE_NONNUMERIC: i64 = 2;
const QUOTE_NONE: i64 = 3;
const QUOTE_STRINGS: i64 = 4;
const QUOTE_NOTNULL: i64 = 5;

fn error(vm: &Vm, message: &str) -> Raised {
    let class = ERROR.get();
    vm.raise_class(class, &[vm.new_str(message)])
}

fn dialects() -> Ref<Dict> {
    DIALECTS.get().and_then(|d| d.downcast::<Dict>()).expect("made with the module")
}

/// CSV dialect
///
/// The Dialect type records CSV dialect options.
#[pyclass(name = "Dialect", module = "_csv", flags = def::BASE)]
#[repr(C)]
pub struct Dialect {
    h: LongHeader,
    terminator: Field<Value>,
    delimiter: Cell<u32>,
    quote: Cell<Option<u32>>,
    escape: Cell<Option<u32>>,
    double_quote: Cell<bool>,
    skip_initial_space: Cell<bool>,
    quoting: Cell<i64>,
    strict: Cell<bool>,
}

const NAMES: &[&str] = &[
    "dialect",
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

fn character(vm: &Vm, name: &str, v: Option<Value>, default: u32) -> PyResult<u32> {
    let Some(v) = v else { return Ok(default) };
    let Some(s) = v.downcast::<Str>() else {
        raise!(vm, TypeError, "\"{name}\" must be a unicode character, not {}", v.class().name())
    };
    if s.len() != 1 {
        raise!(vm, TypeError, "\"{name}\" must be a unicode character, not a string of length {}", s.len())
    }
    Ok(s.char_at(0))
}

fn optional_character(vm: &Vm, name: &str, v: Option<Value>, default: Option<u32>) -> PyResult<Option<u32>> {
    let Some(v) = v else { return Ok(default) };
    if v.is_none() {
        return Ok(None);
    }
    let Some(s) = v.downcast::<Str>() else {
        raise!(vm, TypeError, "\"{name}\" must be a unicode character or None, not {}", v.class().name())
    };
    if s.len() != 1 {
        raise!(
            vm,
            TypeError,
            "\"{name}\" must be a unicode character or None, not a string of length {}",
            s.len()
        )
    }
    Ok(Some(s.char_at(0)))
}

fn check_character(vm: &Vm, d: &Dialect, name: &str, c: Option<u32>, space: bool) -> PyResult<()> {
    let Some(c) = c else { return Ok(()) };
    if c == '\n' as u32 || c == '\r' as u32 || (c == ' ' as u32 && !space) {
        raise!(vm, ValueError, "bad {name} value")
    }
    let terminator = d.terminator.get().downcast::<Str>().expect("checked to be a string");
    if terminator.chars().any(|t| t == c) {
        raise!(vm, ValueError, "bad {name} or lineterminator value")
    }
    Ok(())
}

impl Dialect {
    fn make(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Ref<Dialect>> {
        const PARAMS: Params = crate::arguments::params("Dialect", NAMES, 0, 9, 0);
        if let Some((name, _)) = args.keywords().find(|(n, _)| !NAMES.iter().any(|known| n.eq_str(known))) {
            raise!(vm, TypeError, "this function got an unexpected keyword argument '{name}'")
        }
        let mut given = [None; 9];
        PARAMS.bind(vm, args, &mut given)?;
        if let Some(base) = given[0].filter(|b| !b.is_none()) {
            let mut base = base;
            if base.downcast::<Str>().is_some() {
                base = registered(vm, base)?;
            }
            if class == Dialect::class()
                && let Some(d) = base.exact::<Dialect>()
                && given[1..].iter().all(|g| g.is_none())
            {
                return Ok(d);
            }
            for (i, name) in NAMES.iter().enumerate().skip(1) {
                if given[i].is_none() {
                    given[i] = vm.get_attr_opt(base, vm.intern_str(name))?;
                }
            }
        }
        let truth = |i: usize, default: bool| match given[i] {
            Some(v) => vm.truth(v),
            None => Ok(default),
        };
        let terminator = match given[4] {
            None => vm.new_str("\r\n"),
            Some(v) if v.downcast::<Str>().is_some() => v,
            Some(v) => {
                raise!(vm, TypeError, "\"lineterminator\" must be a string, not {}", v.class().name())
            }
        };
        let quoting = match given[6] {
            None => QUOTE_MINIMAL,
            Some(v) => match as_int(v).and_then(|i| vm.int_to_i64(i)) {
                Some(n) => n,
                None => {
                    raise!(vm, TypeError, "\"quoting\" must be an integer, not {}", v.class().name())
                }
            },
        };
        let delimiter = character(vm, "delimiter", given[1], ',' as u32)?;
        let escape = optional_character(vm, "escapechar", given[3], None)?;
        let quote = optional_character(vm, "quotechar", given[5], Some('"' as u32))?;
        let init = Dialect {
            h: LongHeader::new(),
            terminator: Field::new(terminator),
            delimiter: Cell::new(delimiter),
            quote: Cell::new(quote),
            escape: Cell::new(escape),
            double_quote: Cell::new(truth(2, true)?),
            skip_initial_space: Cell::new(truth(7, false)?),
            quoting: Cell::new(quoting),
            strict: Cell::new(truth(8, false)?),
        };
        if !(QUOTE_MINIMAL..=QUOTE_NOTNULL).contains(&quoting) {
            return Err(vm.type_error("bad \"quoting\" value"));
        }
        if quoting != QUOTE_NONE && given[5].is_some_and(|q| q.is_none()) && given[6].is_none() {
            init.quoting.set(QUOTE_NONE);
        }
        if init.quoting.get() != QUOTE_NONE && quote.is_none() {
            return Err(vm.type_error("quotechar must be set if quoting enabled"));
        }
        let space = init.skip_initial_space.get();
        let d = vm.new_instance(class, init)?;
        check_character(vm, &d, "delimiter", Some(delimiter), true)?;
        check_character(vm, &d, "escapechar", escape, !space)?;
        check_character(vm, &d, "quotechar", quote, !space)?;
        for (a, b, names) in [
            (Some(delimiter), escape, "delimiter or escapechar"),
            (Some(delimiter), quote, "delimiter or quotechar"),
            (escape, quote, "escapechar or quotechar"),
        ] {
            if a.is_some() && a == b {
                raise!(vm, ValueError, "bad {names} value")
            }
        }
        Ok(d)
    }

    fn is_special(&self, c: u32) -> bool {
        c == self.delimiter.get() || Some(c) == self.escape.get() || Some(c) == self.quote.get()
    }
}

fn char_text(vm: &Vm, c: Option<u32>) -> PyResult<Value> {
    match c {
        Some(c) => Ok(vm.new_str_units(adder_text::units::Units::Four(&[c]))?.value()),
        None => Ok(none()),
    }
}

#[pymethods]
impl Dialect {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        Ok(Dialect::make(vm, class, args)?.value())
    }

    #[slot(tp_init)]
    fn init(_: &Vm, _this: Value, _args: Args) -> PyResult<()> {
        Ok(())
    }

    /// raises an exception to avoid pickling
    #[pymethod]
    fn __reduce_ex__(vm: &Vm, this: Ref<Dialect>, _protocol: Value) -> PyResult<Value> {
        raise!(vm, TypeError, "cannot pickle '{}' instances", this.value().class().short_name())
    }

    #[getter]
    fn delimiter(vm: &Vm, this: Ref<Dialect>) -> PyResult<Value> {
        char_text(vm, Some(this.delimiter.get()))
    }

    #[getter]
    fn escapechar(vm: &Vm, this: Ref<Dialect>) -> PyResult<Value> {
        char_text(vm, this.escape.get())
    }

    #[getter]
    fn quotechar(vm: &Vm, this: Ref<Dialect>) -> PyResult<Value> {
        char_text(vm, this.quote.get())
    }

    #[getter]
    fn lineterminator(_: &Vm, this: Ref<Dialect>) -> Value {
        this.terminator.get()
    }

    #[getter]
    fn quoting(_: &Vm, this: Ref<Dialect>) -> i64 {
        this.quoting.get()
    }

    #[getter]
    fn doublequote(_: &Vm, this: Ref<Dialect>) -> bool {
        this.double_quote.get()
    }

    #[getter]
    fn skipinitialspace(_: &Vm, this: Ref<Dialect>) -> bool {
        this.skip_initial_space.get()
    }

    #[getter]
    fn strict(_: &Vm, this: Ref<Dialect>) -> bool {
        this.strict.get()
    }
}

fn registered(vm: &Vm, name: Value) -> PyResult<Value> {
    match dialects().get_item(vm, name)? {
        Some(d) => Ok(d),
        None => Err(error(vm, "unknown dialect")),
    }
}

/// `_call_dialect`: the dialect of a name, class or instance, changed by keywords. The first positional argument of
/// `args` is skipped.
fn dialect_of(vm: &Vm, args: Args) -> PyResult<Ref<Dialect>> {
    let base = args.pos().get(1).copied();
    let list = List::new(vm);
    if let Some(b) = base {
        list.push(vm, b);
    }
    for v in &args.all()[args.pos().len()..] {
        list.push(vm, *v);
    }
    Dialect::make(vm, Dialect::class(), NamedArgs::new(list.items(), args.names()).args())
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatNewline,
    AfterEscapedNewline,
}

/// CSV reader
///
/// Reader objects are responsible for reading and parsing tabular data
/// in CSV format.
#[pyclass(name = "reader", module = "_csv", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Reader {
    h: LongHeader,
    input: Field<Value>,
    dialect: Field<Ref<Dialect>>,
    line: Cell<i64>,
}

/// The record being read. Lies on the stack.
struct Record {
    fields: Ref<List>,
    field: Builder,
    len: usize,
    unquoted: bool,
    state: State,
}

impl Record {
    fn add(&mut self, vm: &Vm, c: u32) -> PyResult<()> {
        let limit = FIELD_LIMIT.load(std::sync::atomic::Ordering::Relaxed);
        if self.len as i64 >= limit {
            return Err(error(vm, &format!("field larger than field limit ({limit})")));
        }
        self.len += 1;
        self.field.push(c);
        Ok(())
    }

    fn save(&mut self, vm: &Vm, d: &Dialect) -> PyResult<()> {
        let quoting = d.quoting.get();
        let empty = self.len == 0;
        let text = std::mem::take(&mut self.field).finish();
        self.len = 0;
        let value = if empty && self.unquoted && (quoting == QUOTE_NOTNULL || quoting == QUOTE_STRINGS) {
            none()
        } else {
            let text = vm.new_str_owned(text)?;
            let numeric =
                (quoting == QUOTE_NONNUMERIC || (quoting == QUOTE_STRINGS && !empty)) && self.unquoted;
            if numeric { vm.call(vm.builtin("float")?, &[text])? } else { text }
        };
        self.fields.push(vm, value);
        Ok(())
    }

    /// `parse_process_char`; None is the end of the line.
    fn step(&mut self, vm: &Vm, d: &Dialect, c: Option<u32>) -> PyResult<()> {
        let newline = matches!(c, Some(10 | 13));
        let quoting = d.quoting.get();
        let ch = c.unwrap_or(u32::MAX);
        if self.state == State::StartRecord {
            match c {
                None => return Ok(()),
                _ if newline => {
                    self.state = State::EatNewline;
                    return Ok(());
                }
                _ => self.state = State::StartField,
            }
        }
        if self.state == State::AfterEscapedNewline {
            if c.is_none() {
                return Ok(());
            }
            self.state = State::InField;
        }
        match self.state {
            State::StartRecord | State::AfterEscapedNewline => {}
            State::StartField => {
                self.unquoted = true;
                if newline || c.is_none() {
                    self.save(vm, d)?;
                    self.state = if c.is_none() { State::StartRecord } else { State::EatNewline };
                } else if d.quote.get() == c && quoting != QUOTE_NONE {
                    self.unquoted = false;
                    self.state = State::InQuotedField;
                } else if d.escape.get() == c {
                    self.state = State::EscapedChar;
                } else if ch == ' ' as u32 && d.skip_initial_space.get() {
                } else if ch == d.delimiter.get() {
                    self.save(vm, d)?;
                } else {
                    self.add(vm, ch)?;
                    self.state = State::InField;
                }
            }
            State::EscapedChar => match c {
                Some(c) => {
                    self.add(vm, c)?;
                    self.state = if newline { State::AfterEscapedNewline } else { State::InField };
                }
                None => {
                    self.add(vm, 10)?;
                    self.state = State::InField;
                }
            },
            State::InField => {
                if newline || c.is_none() {
                    self.save(vm, d)?;
                    self.state = if c.is_none() { State::StartRecord } else { State::EatNewline };
                } else if d.escape.get() == c {
                    self.state = State::EscapedChar;
                } else if ch == d.delimiter.get() {
                    self.save(vm, d)?;
                    self.state = State::StartField;
                } else {
                    self.add(vm, ch)?;
                }
            }
            State::InQuotedField => match c {
                None => {}
                _ if d.escape.get() == c => self.state = State::EscapeInQuotedField,
                _ if d.quote.get() == c && quoting != QUOTE_NONE => {
                    self.state =
                        if d.double_quote.get() { State::QuoteInQuotedField } else { State::InField };
                }
                Some(c) => self.add(vm, c)?,
            },
            State::EscapeInQuotedField => {
                self.add(vm, c.unwrap_or(10))?;
                self.state = State::InQuotedField;
            }
            State::QuoteInQuotedField => {
                if quoting != QUOTE_NONE && c.is_some() && d.quote.get() == c {
                    self.add(vm, ch)?;
                    self.state = State::InQuotedField;
                } else if ch == d.delimiter.get() {
                    self.save(vm, d)?;
                    self.state = State::StartField;
                } else if newline || c.is_none() {
                    self.save(vm, d)?;
                    self.state = if c.is_none() { State::StartRecord } else { State::EatNewline };
                } else if !d.strict.get() {
                    self.add(vm, ch)?;
                    self.state = State::InField;
                } else {
                    let show = |c: Option<u32>| c.and_then(char::from_u32).unwrap_or('\u{fffd}');
                    let (delimiter, quote) = (show(Some(d.delimiter.get())), show(d.quote.get()));
                    return Err(error(vm, &format!("'{delimiter}' expected after '{quote}'")));
                }
            }
            State::EatNewline => {
                if c.is_none() {
                    self.state = State::StartRecord;
                } else if !newline {
                    return Err(error(
                        vm,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            }
        }
        Ok(())
    }
}

#[pymethods]
impl Reader {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let this = this.downcast::<Reader>().expect("the receiver is a reader");
        let d = this.dialect.get();
        let mut r = Record {
            fields: List::new(vm),
            field: Builder::new(),
            len: 0,
            unquoted: false,
            state: State::StartRecord,
        };
        loop {
            let Some(line) = vm.next(this.input.get())? else {
                if r.len != 0 || r.state == State::InQuotedField {
                    if d.strict.get() {
                        return Err(error(vm, "unexpected end of data"));
                    }
                    r.save(vm, &d)?;
                    break;
                }
                return Ok(None);
            };
            let Some(text) = line.downcast::<Str>() else {
                return Err(error(
                    vm,
                    &format!(
                        "iterator should return strings, not {} (the file should be opened in text mode)",
                        line.class().name()
                    ),
                ));
            };
            this.line.set(this.line.get() + 1);
            for i in 0..text.len() {
                r.step(vm, &d, Some(text.char_at(i)))?;
            }
            r.step(vm, &d, None)?;
            if r.state == State::StartRecord {
                break;
            }
        }
        Ok(Some(r.fields.value()))
    }

    #[getter]
    fn dialect(_: &Vm, this: Ref<Reader>) -> Value {
        this.dialect.get().value()
    }

    #[getter]
    fn line_num(_: &Vm, this: Ref<Reader>) -> i64 {
        this.line.get()
    }
}

/// CSV writer
///
/// Writer objects are responsible for generating tabular data
/// in CSV format from sequence input.
#[pyclass(name = "writer", module = "_csv", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct Writer {
    h: LongHeader,
    write: Field<Value>,
    dialect: Field<Ref<Dialect>>,
}

/// Appends one field to the record (`join_append_data`).
fn append(vm: &Vm, d: &Dialect, out: &mut Builder, text: Option<Ref<Str>>, quoted: bool) -> PyResult<()> {
    let mut quoted = quoted;
    let mut field = Builder::new();
    let terminator = d.terminator.get().downcast::<Str>().expect("checked to be a string");
    for c in text.iter().flat_map(|t| t.chars()) {
        let special = d.is_special(c) || c == 10 || c == 13 || terminator.chars().any(|t| t == c);
        if special {
            let mut escape = false;
            if d.quoting.get() == QUOTE_NONE {
                escape = true;
            } else {
                if d.quote.get() == Some(c) {
                    if d.double_quote.get() {
                        field.push(c);
                    } else {
                        escape = true;
                    }
                } else if d.escape.get() == Some(c) {
                    escape = true;
                }
                if !escape {
                    quoted = true;
                }
            }
            if escape {
                let Some(e) = d.escape.get() else {
                    return Err(error(vm, "need to escape, but no escapechar set"));
                };
                field.push(e);
            }
        }
        field.push(c);
    }
    let quote = d.quote.get().filter(|_| quoted);
    if let Some(q) = quote {
        out.push(q);
    }
    out.push_units(field.as_units());
    if let Some(q) = quote {
        out.push(q);
    }
    Ok(())
}

impl Writer {
    fn write_row(vm: &Vm, this: Ref<Writer>, row: Value) -> PyResult<Value> {
        let d = this.dialect.get();
        let iterator = match vm.iter(row) {
            Ok(it) => it,
            Err(raised) => {
                vm.swallow(raised, Exc::TypeError)?;
                return Err(error(vm, &format!("iterable expected, not {}", row.class().name())));
            }
        };
        let quoting = d.quoting.get();
        let mut out = Builder::new();
        let mut fields = 0;
        let mut null = false;
        while let Some(field) = vm.next(iterator)? {
            let is_text = field.downcast::<Str>().is_some();
            let is_none = field.is_none();
            let quoted = match quoting {
                QUOTE_NONNUMERIC => !is_number(field),
                QUOTE_ALL => true,
                QUOTE_STRINGS => is_text,
                QUOTE_NOTNULL => !is_none,
                _ => false,
            };
            let text = match field.downcast::<Str>() {
                Some(s) => Some(s),
                None if is_none => None,
                None => Some(vm.str(field)?),
            };
            null = is_none;
            if fields > 0 {
                out.push(d.delimiter.get());
            }
            fields += 1;
            let mut quoted = quoted;
            if text.is_none_or(|t| t.is_empty())
                && d.delimiter.get() == ' ' as u32
                && d.skip_initial_space.get()
            {
                if quoting == QUOTE_NONE
                    || (is_none && (quoting == QUOTE_STRINGS || quoting == QUOTE_NOTNULL))
                {
                    return Err(error(
                        vm,
                        "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                    ));
                }
                quoted = true;
            }
            append(vm, &d, &mut out, text, quoted)?;
        }
        if fields > 0 && out.is_empty() {
            let bare = null && (quoting == QUOTE_STRINGS || quoting == QUOTE_NOTNULL);
            if quoting == QUOTE_NONE || bare {
                return Err(error(vm, "single empty field record must be quoted"));
            }
            append(vm, &d, &mut out, None, true)?;
        }
        out.push_units(d.terminator.get().downcast::<Str>().expect("checked to be a string").units());
        let line = vm.new_str_owned(out.finish())?;
        vm.call(this.write.get(), &[line])
    }
}

/// `PyNumber_Check`
fn is_number(v: Value) -> bool {
    let slots = v.class().slots();
    slots.nb_index.is_some() || slots.nb_int.is_some() || slots.nb_float.is_some() || is_complex(v)
}

fn is_complex(v: Value) -> bool {
    v.downcast::<adder_vm::builtins::complex_::Complex>().is_some()
}

#[pymethods]
impl Writer {
    /// writerow(iterable)
    ///
    /// Construct and write a CSV record from an iterable of fields.  Non-string
    /// elements will be converted to string.
    #[pymethod]
    fn writerow(vm: &Vm, this: Ref<Writer>, row: Value) -> PyResult<Value> {
        Writer::write_row(vm, this, row)
    }

    /// writerows(iterable of iterables)
    ///
    /// Construct and write a series of iterables to a csv file.  Non-string
    /// elements will be converted to string.
    #[pymethod]
    fn writerows(vm: &Vm, this: Ref<Writer>, rows: Value) -> PyResult<()> {
        vm.iterate(rows, &mut |row| Writer::write_row(vm, this, row).map(|_| ()))
    }

    #[getter]
    fn dialect(_: &Vm, this: Ref<Writer>) -> Value {
        this.dialect.get().value()
    }
}

/// CSV parsing and writing.
#[pymodule]
pub mod _csv {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let class = ERROR.make(vm, "_csv", "Error", &[Exc::Exception.class().value()], "")?;
        let registry = Dict::new(vm);
        DIALECTS.set(Some(registry.value()));
        let dict = m.dict();
        dict.set_str(vm, "Error", class);
        dict.set_str(vm, "_dialects", registry.value());
        dict.set_str(vm, "Dialect", ready_class::<Dialect>(vm).value());
        dict.set_str(vm, "Reader", ready_class::<Reader>(vm).value());
        dict.set_str(vm, "Writer", ready_class::<Writer>(vm).value());
        dict.set_str(vm, "__version__", vm.new_str("1.0"));
        crate::os_support::add_constants(
            vm,
            m,
            &[
                ("QUOTE_MINIMAL", QUOTE_MINIMAL),
                ("QUOTE_ALL", QUOTE_ALL),
                ("QUOTE_NONNUMERIC", QUOTE_NONNUMERIC),
                ("QUOTE_NONE", QUOTE_NONE),
                ("QUOTE_STRINGS", QUOTE_STRINGS),
                ("QUOTE_NOTNULL", QUOTE_NOTNULL),
            ],
        );
        Ok(())
    }

    /// csv_reader = reader(iterable [, dialect='excel']
    ///                        [optional keyword args])
    ///     for row in csv_reader:
    ///         process(row)
    ///
    /// The "iterable" argument can be any object that returns a line
    /// of input for each iteration, such as a file object or a list.
    #[pyfunction]
    fn reader(vm: &Vm, args: Args) -> PyResult<Value> {
        check_count(vm, "reader", args)?;
        let input = vm.iter(args.pos()[0])?;
        let dialect = dialect_of(vm, args)?;
        let init = Reader {
            h: LongHeader::new(),
            input: Field::new(input),
            dialect: Field::new(dialect),
            line: Cell::new(0),
        };
        Ok(heap::new(Reader::shape(), init).value())
    }

    /// csv_writer = csv.writer(fileobj [, dialect='excel']
    ///                             [optional keyword args])
    ///     for row in sequence:
    ///         csv_writer.writerow(row)
    #[pyfunction]
    fn writer(vm: &Vm, args: Args) -> PyResult<Value> {
        check_count(vm, "writer", args)?;
        let write = match vm.get_attr_opt(args.pos()[0], vm.intern_str("write"))? {
            Some(w) if vm.is_callable(w) => w,
            _ => return Err(vm.type_error("argument 1 must have a \"write\" method")),
        };
        let dialect = dialect_of(vm, args)?;
        let init = Writer { h: LongHeader::new(), write: Field::new(write), dialect: Field::new(dialect) };
        Ok(heap::new(Writer::shape(), init).value())
    }

    fn check_count(vm: &Vm, name: &str, args: Args) -> PyResult<()> {
        match args.pos().len() {
            1 | 2 => Ok(()),
            0 => raise!(vm, TypeError, "{name} expected at least 1 argument, got 0"),
            n => raise!(vm, TypeError, "{name} expected at most 2 arguments, got {n}"),
        }
    }

    /// Return a list of all known dialect names.
    #[pyfunction("($module, /)")]
    fn list_dialects(vm: &Vm) -> Value {
        dialects().keys_list(vm).value()
    }

    /// Create a mapping from a string name to a CVS dialect.
    #[pyfunction]
    fn register_dialect(vm: &Vm, args: Args) -> PyResult<()> {
        check_count(vm, "register_dialect", args)?;
        let name = args.pos()[0];
        if name.downcast::<Str>().is_none() {
            return Err(vm.type_error("dialect name must be a string"));
        }
        let dialect = dialect_of(vm, args)?;
        dialects().set_item(vm, name, dialect.value())
    }

    /// Delete the name/dialect mapping associated with a string name.
    #[pyfunction("($module, /, name)")]
    fn unregister_dialect(vm: &Vm, name: Value) -> PyResult<()> {
        match dialects().remove(vm, name)? {
            Some(_) => Ok(()),
            None => Err(error(vm, "unknown dialect")),
        }
    }

    /// Return the dialect instance associated with name.
    #[pyfunction("($module, /, name)")]
    fn get_dialect(vm: &Vm, name: Value) -> PyResult<Value> {
        registered(vm, name)
    }

    /// Sets an upper limit on parsed fields.
    #[pyfunction("($module, /, new_limit=<unrepresentable>)")]
    fn field_size_limit(vm: &Vm, new_limit: Option<Value>) -> PyResult<i64> {
        let old = FIELD_LIMIT.load(std::sync::atomic::Ordering::Relaxed);
        if let Some(v) = new_limit {
            match as_int(v) {
                None => return Err(vm.type_error("limit must be an integer")),
                Some(i) => match vm.int_to_i64(i) {
                    Some(n) => FIELD_LIMIT.store(n, std::sync::atomic::Ordering::Relaxed),
                    None => raise!(vm, OverflowError, "Python int too large to convert to C long"),
                },
            }
        }
        Ok(old)
    }
}
