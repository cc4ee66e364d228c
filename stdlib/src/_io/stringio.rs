//! `StringIO`: text in memory as a stream. The text is an array of code points outside the heap.

use super::base::{IOBase, TextIOBase};
use super::decoder::{self, IncrementalNewlineDecoder};
use super::size_arg;
use adder_macros::{pyclass, pymethods};
use adder_text::units::Units;
use adder_vm::args::Args;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::{Cell, RefCell};

/// Text I/O implementation using an in-memory buffer.
///
/// The initial_value argument sets the value of object.  The newline
/// argument is like the one of TextIOWrapper's constructor.
#[pyclass(name = "StringIO", module = "_io", base = TextIOBase, flags = def::BASE, signature = "(initial_value='', newline='\\n')")]
#[repr(C)]
pub struct StringIO {
    base: TextIOBase,
    decoder: Field<Option<Value>>,
    /// The `newline` argument.
    newline: Field<Option<Value>>,
    text: RefCell<Vec<u32>>,
    at: Cell<usize>,
    closed: Cell<bool>,
    ready: Cell<bool>,
    /// What \n is written as: 0 itself, 1 \r, 2 \r\n.
    write_as: Cell<u8>,
    /// Lines end with any newline.
    universal: Cell<bool>,
}

impl StringIO {
    fn check(&self, vm: &Vm) -> PyResult<()> {
        if !self.ready.get() {
            return Err(vm.value_error("I/O operation on uninitialized object"));
        }
        if self.closed.get() { Err(vm.value_error("I/O operation on closed file")) } else { Ok(()) }
    }

    fn take(&self, vm: &Vm, n: isize) -> PyResult<Value> {
        let text = self.text.borrow();
        let start = self.at.get().min(text.len());
        let end = if n < 0 { text.len() } else { text.len().min(start.saturating_add(n as usize)) };
        if end > start {
            self.at.set(end);
        }
        let part = text[start..end].to_vec();
        drop(text);
        vm.str_of(Units::Four(&part))
    }

    fn put(&self, vm: &Vm, s: Ref<Str>) -> PyResult<()> {
        let s = match self.decoder.get() {
            Some(d) => decoder::decode(vm, d, s.value(), true)?,
            None => s,
        };
        let mut chars: Vec<u32> = Vec::with_capacity(s.len());
        match self.write_as.get() {
            0 => chars.extend(s.chars()),
            kind => {
                for c in s.chars() {
                    if c == 10 {
                        chars.push(13);
                        if kind == 2 {
                            chars.push(10);
                        }
                    } else {
                        chars.push(c);
                    }
                }
            }
        }
        let mut text = self.text.borrow_mut();
        let at = self.at.get();
        if text.len() < at {
            text.resize(at, 0);
        }
        let overlap = chars.len().min(text.len() - at);
        text[at..at + overlap].copy_from_slice(&chars[..overlap]);
        text.extend_from_slice(&chars[overlap..]);
        self.at.set(at + chars.len());
        Ok(())
    }

    /// Length of the next line.
    fn line_len(&self) -> usize {
        let text = self.text.borrow();
        let rest = text.get(self.at.get()..).unwrap_or(&[]);
        if self.universal.get() {
            match rest.iter().position(|c| *c == 10 || *c == 13) {
                Some(i) if rest[i] == 13 && rest.get(i + 1) == Some(&10) => i + 2,
                Some(i) => i + 1,
                None => rest.len(),
            }
        } else if self.write_as.get() == 2 {
            rest.windows(2).position(|w| w == [13, 10]).map_or(rest.len(), |i| i + 2)
        } else {
            let end = if self.write_as.get() == 1 { 13 } else { 10 };
            rest.iter().position(|c| *c == end).map_or(rest.len(), |i| i + 1)
        }
    }

    fn line(&self, vm: &Vm, limit: isize) -> PyResult<Value> {
        let mut n = self.line_len();
        if limit >= 0 {
            n = n.min(limit as usize);
        }
        self.take(vm, n as isize)
    }
}

#[pymethods]
impl StringIO {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let blank = StringIO {
            base: TextIOBase { base: IOBase::blank() },
            decoder: Field::new(None),
            newline: Field::new(None),
            text: RefCell::new(vec![]),
            at: Cell::new(0),
            closed: Cell::new(false),
            ready: Cell::new(false),
            write_as: Cell::new(0),
            universal: Cell::new(false),
        };
        Ok(vm.new_instance(class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let get = |i: usize, name: &str| args.pos().get(i).copied().or(args.keyword(name));
        // SAFETY: installed as a slot of StringIO only.
        let s: Ref<StringIO> = unsafe { this.cast() };
        let newline = get(1, "newline").unwrap_or_else(|| vm.new_str("\n"));
        let text = match (newline.is_none(), newline.downcast::<Str>()) {
            (true, _) => None,
            (_, Some(n)) => Some(n.to_string()),
            _ => raise!(vm, TypeError, "newline must be str or None, not {}", newline.class().full_name(vm)),
        };
        if !matches!(text.as_deref(), None | Some("" | "\n" | "\r" | "\r\n")) {
            raise!(vm, ValueError, "illegal newline value: {}", vm.repr_string(newline)?)
        }
        let initial = get(0, "initial_value").filter(|v| !v.is_none());
        if let Some(v) = initial
            && v.downcast::<Str>().is_none()
        {
            raise!(vm, TypeError, "initial_value must be str or None, not {}", v.class().name())
        }
        let universal = matches!(text.as_deref(), None | Some(""));
        let translate = text.is_none();
        s.text.borrow_mut().clear();
        s.at.set(0);
        s.closed.set(false);
        s.newline.set(s, if newline.is_none() { None } else { Some(newline) });
        s.universal.set(universal && !translate);
        s.write_as.set(match text.as_deref() {
            Some("\r") => 1,
            Some("\r\n") => 2,
            _ => 0,
        });
        let decoder =
            if universal { Some(IncrementalNewlineDecoder::make(vm, none(), translate)?) } else { None };
        s.decoder.set(s, decoder);
        s.ready.set(true);
        if let Some(v) = initial.and_then(|v| v.downcast::<Str>()) {
            s.put(vm, v)?;
            s.at.set(0);
        }
        Ok(())
    }

    /// Read at most size characters, returned as a string.
    #[pymethod("($self, size=-1, /)")]
    fn read(vm: &Vm, this: Ref<StringIO>, size: Option<Value>) -> PyResult<Value> {
        this.check(vm)?;
        this.take(vm, size_arg(vm, size)?)
    }

    /// Read until newline or EOF.
    #[pymethod("($self, size=-1, /)")]
    fn readline(vm: &Vm, this: Ref<StringIO>, size: Option<Value>) -> PyResult<Value> {
        this.check(vm)?;
        this.line(vm, size_arg(vm, size)?)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of StringIO only.
        let s: Ref<StringIO> = unsafe { this.cast() };
        s.check(vm)?;
        let line = s.line(vm, -1)?;
        Ok(if vm.len(line)? == 0 { None } else { Some(line) })
    }

    /// Write string to file.
    #[pymethod("($self, s, /)")]
    fn write(vm: &Vm, this: Ref<StringIO>, s: Value) -> PyResult<usize> {
        this.check(vm)?;
        let Some(s) = s.downcast::<Str>() else {
            raise!(vm, TypeError, "string argument expected, got '{}'", s.class().name())
        };
        if !s.is_empty() {
            this.put(vm, s)?;
        }
        Ok(s.len())
    }

    /// Change stream position.
    #[pymethod("($self, pos, whence=0, /)")]
    fn seek(vm: &Vm, this: Ref<StringIO>, pos: isize, whence: Option<i32>) -> PyResult<usize> {
        this.check(vm)?;
        let whence = whence.unwrap_or(0);
        if !(0..=2).contains(&whence) {
            raise!(vm, ValueError, "Invalid whence ({whence}, should be 0, 1 or 2)")
        }
        if pos < 0 && whence == 0 {
            raise!(vm, ValueError, "Negative seek position {pos}")
        }
        if whence != 0 && pos != 0 {
            raise!(vm, OSError, "Can't do nonzero cur-relative seeks")
        }
        match whence {
            0 => this.at.set(pos as usize),
            2 => this.at.set(this.text.borrow().len()),
            _ => {}
        }
        Ok(this.at.get())
    }

    /// Tell the current file position.
    #[pymethod("($self, /)")]
    fn tell(vm: &Vm, this: Ref<StringIO>) -> PyResult<usize> {
        this.check(vm)?;
        Ok(this.at.get())
    }

    /// Truncate size to pos.
    #[pymethod("($self, pos=None, /)")]
    fn truncate(vm: &Vm, this: Ref<StringIO>, pos: Option<Value>) -> PyResult<usize> {
        this.check(vm)?;
        let n = match pos.filter(|p| !p.is_none()) {
            None => this.at.get(),
            Some(p) => match vm.index_isize(p)? {
                n if n < 0 => raise!(vm, ValueError, "Negative size value {n}"),
                n => n as usize,
            },
        };
        this.text.borrow_mut().truncate(n);
        Ok(n)
    }

    /// Retrieve the entire contents of the object.
    #[pymethod("($self, /)")]
    fn getvalue(vm: &Vm, this: Ref<StringIO>) -> PyResult<Value> {
        this.check(vm)?;
        let all = this.text.borrow().clone();
        vm.str_of(Units::Four(&all))
    }

    /// Close the IO object.
    #[pymethod("($self, /)")]
    fn close(_vm: &Vm, this: Ref<StringIO>) {
        this.closed.set(true);
        *this.text.borrow_mut() = vec![];
    }

    #[getter]
    fn closed(vm: &Vm, this: Ref<StringIO>) -> PyResult<bool> {
        if !this.ready.get() {
            return Err(vm.value_error("I/O operation on uninitialized object"));
        }
        Ok(this.closed.get())
    }

    #[getter]
    fn newlines(vm: &Vm, this: Ref<StringIO>) -> PyResult<Value> {
        this.check(vm)?;
        match this.decoder.get() {
            Some(d) => vm.get_attr_str(d, "newlines"),
            None => Ok(none()),
        }
    }

    #[getter]
    fn line_buffering(vm: &Vm, this: Ref<StringIO>) -> PyResult<bool> {
        this.check(vm)?;
        Ok(false)
    }

    /// Returns True if the IO object can be read.
    #[pymethod("($self, /)")]
    fn readable(vm: &Vm, this: Ref<StringIO>) -> PyResult<bool> {
        this.check(vm)?;
        Ok(true)
    }

    /// Returns True if the IO object can be written.
    #[pymethod("($self, /)")]
    fn writable(vm: &Vm, this: Ref<StringIO>) -> PyResult<bool> {
        this.check(vm)?;
        Ok(true)
    }

    /// Returns True if the IO object can be seeked.
    #[pymethod("($self, /)")]
    fn seekable(vm: &Vm, this: Ref<StringIO>) -> PyResult<bool> {
        this.check(vm)?;
        Ok(true)
    }

    #[pymethod("($self, /)")]
    fn __getstate__(vm: &Vm, this: Ref<StringIO>) -> PyResult<Value> {
        this.check(vm)?;
        let all = this.text.borrow().clone();
        let text = vm.str_of(Units::Four(&all))?;
        let dict =
            vm.instance_dict(this.value()).filter(|d| d.len() > 0).map_or(none(), |d| d.copy(vm).value());
        let newline = this.newline.get().unwrap_or(none());
        Ok(Tuple::from_slice(vm, &[text, newline, vm.int(this.at.get() as i64), dict]).value())
    }

    #[pymethod("($self, state, /)")]
    fn __setstate__(vm: &Vm, this: Ref<StringIO>, state: Value) -> PyResult<()> {
        let Some(t) = state.downcast::<Tuple>().filter(|t| t.len() >= 4) else {
            raise!(
                vm,
                TypeError,
                "{}.__setstate__ argument should be 4-tuple, got {}",
                this.value().class().full_name(vm),
                state.class().name()
            )
        };
        Self::init(vm, this.value(), Args::positional(&[vm.new_str(""), t.get(1)]))?;
        if let Some(s) = t.get(0).downcast::<Str>() {
            *this.text.borrow_mut() = s.chars().collect();
        }
        let at = vm.index_isize(t.get(2))?;
        if at < 0 {
            return Err(vm.value_error("position value cannot be negative"));
        }
        this.at.set(at as usize);
        if let Some(d) = t.get(3).downcast::<Dict>()
            && let Some(own) = vm.instance_dict(this.value())
        {
            own.update_from(vm, d)?;
        }
        Ok(())
    }
}
