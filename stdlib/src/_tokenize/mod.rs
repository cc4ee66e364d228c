//! `_tokenize`: the tokens of source text, for the module `tokenize`.
//!
//! The lexer works on plain characters; here lines are read and tokens become tuples. All lines are read when
//! the first token is asked for.

mod lexer;

use adder_macros::{pyclass, pymethods, pymodule};
use adder_text::units::Units;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use lexer::{Failure, FailureKind, Lexer, Token, kind};
use std::cell::{Cell, RefCell};

/// Iterator over the tokens of the lines that `readline` gives.
#[pyclass(name = "TokenizerIter", module = "_tokenize", flags = def::IMMUTABLE)]
#[repr(C)]
pub struct TokenizerIter {
    h: LongHeader,
    readline: Field<Value>,
    /// The name of the encoding of lines that are bytes.
    encoding: Field<Option<Value>>,
    extra_tokens: bool,
    done: Cell<bool>,
    lexer: RefCell<Option<Box<Lexer>>>,
}

fn str_of(vm: &Vm, chars: &[u32]) -> PyResult<Value> {
    Ok(vm.new_str_units(Units::Four(chars))?.value())
}

impl TokenizerIter {
    fn next_line(vm: &Vm, this: Ref<TokenizerIter>) -> PyResult<Option<Value>> {
        match vm.call(this.readline.get(), &[]) {
            Ok(line) => Ok(Some(line)),
            Err(raised) => {
                vm.swallow(raised, Exc::StopIteration)?;
                Ok(None)
            }
        }
    }

    /// All the source's characters.
    fn read(vm: &Vm, this: Ref<TokenizerIter>) -> PyResult<Vec<u32>> {
        let mut text = vec![];
        while let Some(line) = TokenizerIter::next_line(vm, this)? {
            let line = match this.encoding.get() {
                Some(encoding) => {
                    let Some(bytes) = line.downcast::<Bytes>() else {
                        return Err(vm.type_error("readline() returned a non-bytes object"));
                    };
                    if bytes.is_empty() {
                        break;
                    }
                    let decode = vm.intern_str("decode");
                    vm.call_method(line, decode, &[encoding, vm.new_str("replace")])?
                }
                None => line,
            };
            let Some(s) = line.downcast::<Str>() else {
                return Err(vm.type_error("readline() returned a non-string object"));
            };
            if s.is_empty() {
                break;
            }
            text.extend(s.chars());
        }
        Ok(text)
    }
}

#[pymethods]
impl TokenizerIter {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: adder_vm::args::Args) -> PyResult<Value> {
        let [readline] = args.pos() else {
            raise!(
                vm,
                TypeError,
                "tokenizeriter() takes exactly 1 positional argument ({} given)",
                args.pos().len()
            )
        };
        let extra_tokens = match args.keyword("extra_tokens") {
            Some(v) => vm.truth(v)?,
            None => {
                return Err(
                    vm.type_error("tokenizeriter() missing required keyword-only argument: 'extra_tokens'")
                );
            }
        };
        let encoding = args.keyword("encoding").filter(|v| !v.is_none());
        let init = TokenizerIter {
            h: LongHeader::new(),
            readline: Field::new(*readline),
            encoding: Field::new(encoding),
            extra_tokens,
            done: Cell::new(false),
            lexer: RefCell::new(None),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let this = this.downcast::<TokenizerIter>().expect("the receiver is a TokenizerIter");
        if this.done.get() {
            return Ok(None);
        }
        if this.lexer.borrow().is_none() {
            let text = TokenizerIter::read(vm, this)?;
            *this.lexer.borrow_mut() = Some(Box::new(Lexer::new(text, this.extra_tokens)));
        }
        let mut guard = this.lexer.borrow_mut();
        let lexer = guard.as_mut().expect("just made");
        match lexer.next_token() {
            Ok(token) => {
                if token.kind == kind::ENDMARKER {
                    this.done.set(true);
                }
                Ok(Some(as_tuple(vm, lexer, &token, this.extra_tokens)?))
            }
            Err(failure) => {
                this.done.set(true);
                Err(raise_failure(vm, lexer, &failure))
            }
        }
    }
}

fn as_tuple(vm: &Vm, lexer: &Lexer, token: &Token, extra: bool) -> PyResult<Value> {
    let pair =
        |(line, column): (usize, i64)| Tuple::from_slice(vm, &[vm.int(line as i64), vm.int(column)]).value();
    let last = lexer.text.len();
    let (mut start, mut end) = (lexer.position(token.start), lexer.position(token.end));
    let (text, line);
    match token.kind {
        kind::ENDMARKER if !extra => {
            (text, line) = (vm.new_str(""), str_of(vm, lexer.line(last.saturating_sub(1)))?);
            let lineno = if last == 0 { 1 } else { lexer.position(last - 1).0 };
            (start, end) = ((lineno, -1), (lineno, -1));
        }
        // What the end of the text closes is on a line of its own.
        kind::ENDMARKER | kind::DEDENT if token.start >= last => {
            (text, line) = (vm.new_str(""), vm.new_str(""));
            let lineno = lexer.lines_read() + 1;
            (start, end) = ((lineno, 0), (lineno, 0));
        }
        kind::NEWLINE | kind::NL => {
            text = if extra { str_of(vm, &lexer.text[token.start..token.end])? } else { vm.new_str("") };
            line = str_of(vm, lexer.lines(token.start, token.start))?;
            let width = if !extra { 0 } else { (token.end - token.start).max(1) as i64 };
            end = (start.0, start.1 + width);
        }
        _ => {
            text = str_of(vm, &lexer.text[token.start..token.end])?;
            let start = token.start;
            line = str_of(vm, lexer.lines(start, token.end))?;
        }
    }
    let all = [vm.int(token.kind as i64), text, pair(start), pair(end), line];
    Ok(Tuple::from_slice(vm, &all).value())
}

fn raise_failure(vm: &Vm, lexer: &Lexer, f: &Failure) -> Raised {
    let (lineno, column) = lexer.position(f.at);
    let message = vm.new_str(&f.message);
    let class = match f.kind {
        FailureKind::EndOfFile => {
            let raised = vm.raise_class(Exc::SyntaxError.class(), &[message]);
            let exc = vm.take_exception(raised);
            let lineno = lexer.lines_read().max(1);
            for (name, v) in [("lineno", lineno as i64), ("offset", f.offset), ("end_lineno", lineno as i64)]
            {
                if let Err(raised) = vm.set_attr(exc.value(), vm.intern_str(name), vm.int(v)) {
                    return raised;
                }
            }
            return vm.restore(exc);
        }
        FailureKind::Tab => Exc::TabError,
        FailureKind::Indentation => Exc::IndentationError,
        FailureKind::Syntax | FailureKind::WholeLine => Exc::SyntaxError,
    };
    let shown = lexer.line(f.at);
    let trimmed = shown.iter().rposition(|c| *c != '\n' as u32 && *c != '\r' as u32).map_or(0, |i| i + 1);
    let Ok(text) = str_of(vm, &shown[..trimmed]) else { return vm.memory_error() };
    let (offset, end_line, end_offset) = match f.kind {
        FailureKind::Syntax => (vm.int(column + 1), vm.int(lineno as i64), vm.int(column + 1)),
        _ => (vm.int(trimmed as i64 + 1), none(), none()),
    };
    let details = [vm.new_str("<string>"), vm.int(lineno as i64), offset, text, end_line, end_offset];
    let details = Tuple::from_slice(vm, &details);
    vm.raise_class(class.class(), &[message, details.value()])
}

/// Tokenizer.
#[pymodule]
pub mod _tokenize {
    use super::*;
    use adder_vm::builtins::module::Module;
    use adder_vm::type_new::ready_class;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        ready_class::<TokenizerIter>(vm);
        m.dict().set_str(vm, "TokenizerIter", TokenizerIter::class().value());
        Ok(())
    }
}
