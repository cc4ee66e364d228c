//! The exception classes. This file is the hierarchy and `BaseException`; classes with fields of
//! their own are in `fields.rs`, groups in `groups.rs`, raising and matching in `raising.rs`.

pub mod fields;
pub mod groups;
pub mod import_error;
pub mod os_error;
pub mod raising;
pub mod syntax_error;
pub mod unicode_error;

use crate::args::Args;
use crate::builtins::dict::Dict;
use crate::builtins::list::List;
use crate::builtins::singletons::{bool_value, none};
use crate::builtins::str_::Str;
use crate::builtins::traceback::Traceback;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::{PyResult, Raised};
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
pub use raising::*;
use std::cell::Cell;

/// Common base class for all exceptions
#[pyclass(
    name = "BaseException",
    fixed = id::BASE_EXCEPTION,
    dict = dict,
    flags = def::BASE | def::BASE_EXC_SUBCLASS
)]
#[repr(C)]
pub struct BaseException {
    pub h: LongHeader,
    pub args: Field<Ref<Tuple>>,
    pub traceback: Field<Option<Value>>,
    pub context: Field<Option<Ref<BaseException>>>,
    pub cause: Field<Option<Ref<BaseException>>>,
    pub dict: Field<Option<Ref<Dict>>>,
    pub suppress_context: Cell<bool>,
}

impl BaseException {
    pub fn blank(args: Ref<Tuple>) -> BaseException {
        BaseException {
            h: LongHeader::new(),
            args: Field::new(args),
            traceback: Field::new(None),
            context: Field::new(None),
            cause: Field::new(None),
            dict: Field::new(None),
            suppress_context: Cell::new(false),
        }
    }
}

macro_rules! hierarchy {
    ($($name:ident : $base:ident $doc:literal,)*) => {
        /// The built-in exception classes.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(usize)]
        pub enum Exc { BaseException, $($name,)* }

        /// Name, base and documentation, bases first.
        const TABLE: &[(Exc, &str, Exc, &str)] = &[
            $((Exc::$name, stringify!($name), Exc::$base, $doc),)*
        ];

        const COUNT: usize = TABLE.len() + 1;
    };
}

hierarchy! {
    Exception: BaseException "Common base class for all non-exit exceptions.",
    GeneratorExit: BaseException "Request that a generator exit.",
    KeyboardInterrupt: BaseException "Program interrupted by user.",
    SystemExit: BaseException "Request to exit from the interpreter.",
    BaseExceptionGroup: BaseException "A combination of multiple unrelated exceptions.",
    ExceptionGroup: BaseExceptionGroup "",
    ArithmeticError: Exception "Base class for arithmetic errors.",
    FloatingPointError: ArithmeticError "Floating-point operation failed.",
    OverflowError: ArithmeticError "Result too large to be represented.",
    ZeroDivisionError: ArithmeticError "Second argument to a division or modulo operation was zero.",
    AssertionError: Exception "Assertion failed.",
    AttributeError: Exception "Attribute not found.",
    BufferError: Exception "Buffer error.",
    EOFError: Exception "Read beyond end of file.",
    ImportError: Exception "Import can't find module, or can't find name in module.",
    ModuleNotFoundError: ImportError "Module not found.",
    LookupError: Exception "Base class for lookup errors.",
    IndexError: LookupError "Sequence index out of range.",
    KeyError: LookupError "Mapping key not found.",
    MemoryError: Exception "Out of memory.",
    NameError: Exception "Name not found globally.",
    UnboundLocalError: NameError "Local name referenced but not bound to a value.",
    OSError: Exception "Base class for I/O related errors.",
    BlockingIOError: OSError "I/O operation would block.",
    ChildProcessError: OSError "Child process error.",
    ConnectionError: OSError "Connection error.",
    BrokenPipeError: ConnectionError "Broken pipe.",
    ConnectionAbortedError: ConnectionError "Connection aborted.",
    ConnectionRefusedError: ConnectionError "Connection refused.",
    ConnectionResetError: ConnectionError "Connection reset.",
    FileExistsError: OSError "File already exists.",
    FileNotFoundError: OSError "File not found.",
    InterruptedError: OSError "Interrupted by signal.",
    IsADirectoryError: OSError "Operation doesn't work on directories.",
    NotADirectoryError: OSError "Operation only works on directories.",
    PermissionError: OSError "Not enough permissions.",
    ProcessLookupError: OSError "Process not found.",
    TimeoutError: OSError "Timeout expired.",
    ReferenceError: Exception "Weak ref proxy used after referent went away.",
    RuntimeError: Exception "Unspecified run-time error.",
    NotImplementedError: RuntimeError "Method or function hasn't been implemented yet.",
    PythonFinalizationError: RuntimeError "Operation blocked during Python finalization.",
    RecursionError: RuntimeError "Recursion limit exceeded.",
    StopAsyncIteration: Exception "Signal the end from iterator.__anext__().",
    StopIteration: Exception "Signal the end from iterator.__next__().",
    SyntaxError: Exception "Invalid syntax.",
    IndentationError: SyntaxError "Improper indentation.",
    TabError: IndentationError "Improper mixture of spaces and tabs.",
    _IncompleteInputError: SyntaxError "incomplete input.",
    SystemError: Exception "Internal error in the Python interpreter.",
    TypeError: Exception "Inappropriate argument type.",
    ValueError: Exception "Inappropriate argument value (of correct type).",
    UnicodeError: ValueError "Unicode related error.",
    UnicodeDecodeError: UnicodeError "Unicode decoding error.",
    UnicodeEncodeError: UnicodeError "Unicode encoding error.",
    UnicodeTranslateError: UnicodeError "Unicode translation error.",
    Warning: Exception "Base class for warning categories.",
    BytesWarning: Warning "Base class for warnings about bytes and buffer related problems.",
    DeprecationWarning: Warning "Base class for warnings about deprecated features.",
    EncodingWarning: Warning "Base class for warnings about encodings.",
    FutureWarning: Warning "Base class for warnings about constructs that will change semantically in the future.",
    ImportWarning: Warning "Base class for warnings about probable mistakes in module imports.",
    PendingDeprecationWarning: Warning "Base class for warnings about features which will be deprecated in the future.",
    ResourceWarning: Warning "Base class for warnings about resource usage.",
    RuntimeWarning: Warning "Base class for warnings about dubious runtime behavior.",
    SyntaxWarning: Warning "Base class for warnings about dubious syntax.",
    UnicodeWarning: Warning "Base class for warnings about Unicode related problems.",
    UserWarning: Warning "Base class for warnings generated by user code.",
}

static CLASSES: heap::GilCell<[Option<Ref<Type>>; COUNT]> = heap::GilCell::new([None; COUNT]);

impl Exc {
    /// The class.
    #[inline]
    pub fn class(self) -> Ref<Type> {
        CLASSES.get()[self as usize].expect("exception classes are made at start-up")
    }

    fn set(self, class: Ref<Type>) {
        // The table is no root, and a program may delete the name.
        heap::Root::new(class.value()).leak();
        CLASSES.get()[self as usize] = Some(class);
    }
}

/// Makes all classes; those with fields first tell their struct.
pub fn init(vm: &Vm) {
    Exc::BaseException.set(crate::type_new::ready_class::<BaseException>(vm));
    for (exc, name, base, doc) in TABLE {
        let class = match fields::ready(vm, *exc) {
            Some(class) => class,
            None if *exc == Exc::ExceptionGroup => groups::make_exception_group(vm),
            None => crate::type_new::native_subclass(vm, name, base.class(), doc),
        };
        exc.set(class);
    }
}

/// All classes with their names, for `builtins`.
pub fn all() -> impl Iterator<Item = (&'static str, Ref<Type>)> {
    std::iter::once(("BaseException", Exc::BaseException.class()))
        .chain(TABLE.iter().map(|(exc, name, _, _)| (*name, exc.class())))
}

/// `MemoryError()` made in advance.
pub fn preallocate_memory_error(vm: &Vm) -> Value {
    vm.call(Exc::MemoryError.class().value(), &[]).expect("memory at start-up")
}

fn exception_arg(vm: &Vm, value: Option<Value>, what: &str) -> PyResult<Option<Ref<BaseException>>> {
    match value {
        None => raise!(vm, TypeError, "{what} may not be deleted"),
        Some(v) if v.is_none() => Ok(None),
        Some(v) => match v.downcast::<BaseException>() {
            Some(e) => Ok(Some(e)),
            None => raise!(
                vm,
                TypeError,
                "exception {} must be None or derive from BaseException",
                &what[2..what.len() - 2]
            ),
        },
    }
}

#[pymethods]
impl BaseException {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let tuple = Tuple::from_slice(vm, args.pos());
        Ok(vm.new_instance(class, BaseException::blank(tuple))?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        if args.has_keywords() {
            raise!(vm, TypeError, "{}() takes no keyword arguments", this.class().short_name())
        }
        // SAFETY: installed as a slot of exceptions only.
        let e: Ref<BaseException> = unsafe { this.cast() };
        e.args.set(e, Tuple::from_slice(vm, args.pos()));
        Ok(())
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        base_str(vm, this)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of exceptions only.
        let e: Ref<BaseException> = unsafe { this.cast() };
        let name = vm.new_str(&this.class().short_name());
        let args = e.args.get();
        let inner = match args.items() {
            [one] => {
                let r = vm.repr(*one)?;
                vm.concat_strings(&[vm.new_str("("), r, vm.new_str(")")])?
            }
            _ => vm.repr(args.value())?,
        };
        vm.concat_strings(&[name, inner])
    }

    #[getter]
    fn args(_vm: &Vm, this: Ref<BaseException>) -> Ref<Tuple> {
        this.args.get()
    }

    #[setter(name = "args")]
    fn set_args(vm: &Vm, this: Ref<BaseException>, value: Option<Value>) -> PyResult<()> {
        let Some(value) = value else { return Err(vm.type_error("args may not be deleted")) };
        this.args.set(this, vm.sequence_to_tuple(value)?);
        Ok(())
    }

    #[getter]
    fn __traceback__(_vm: &Vm, this: Ref<BaseException>) -> Value {
        this.traceback.get().unwrap_or(none())
    }

    #[setter(name = "__traceback__")]
    fn set_traceback(vm: &Vm, this: Ref<BaseException>, value: Option<Value>) -> PyResult<()> {
        match value {
            None => Err(vm.type_error("__traceback__ may not be deleted")),
            Some(v) if v.is_none() => {
                this.traceback.set(this, None);
                Ok(())
            }
            Some(v) if v.is::<Traceback>() => {
                this.traceback.set(this, Some(v));
                Ok(())
            }
            Some(_) => Err(vm.type_error("__traceback__ must be a traceback or None")),
        }
    }

    #[getter]
    fn __context__(_vm: &Vm, this: Ref<BaseException>) -> Option<Ref<BaseException>> {
        this.context.get()
    }

    #[setter(name = "__context__")]
    fn set_context(vm: &Vm, this: Ref<BaseException>, value: Option<Value>) -> PyResult<()> {
        let e = exception_arg(vm, value, "__context__")?;
        this.context.set(this, e);
        Ok(())
    }

    #[getter]
    fn __cause__(_vm: &Vm, this: Ref<BaseException>) -> Option<Ref<BaseException>> {
        this.cause.get()
    }

    #[setter(name = "__cause__")]
    fn set_cause(vm: &Vm, this: Ref<BaseException>, value: Option<Value>) -> PyResult<()> {
        let e = exception_arg(vm, value, "__cause__")?;
        this.cause.set(this, e);
        this.suppress_context.set(true);
        Ok(())
    }

    #[getter]
    fn __suppress_context__(_vm: &Vm, this: Ref<BaseException>) -> bool {
        this.suppress_context.get()
    }

    #[setter(name = "__suppress_context__")]
    fn set_suppress_context(vm: &Vm, this: Ref<BaseException>, value: Option<Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(vm.type_error("can't delete numeric/char attribute"));
        };
        match crate::builtins::singletons::as_bool(value) {
            Some(b) => this.suppress_context.set(b),
            None => return Err(vm.type_error("attribute value type must be bool")),
        }
        Ok(())
    }

    #[getter]
    fn __dict__(vm: &Vm, this: Value) -> Option<Ref<Dict>> {
        vm.instance_dict(this)
    }

    #[setter(name = "__dict__")]
    fn set_dict(vm: &Vm, this: Value, value: Option<Value>) -> PyResult<()> {
        crate::builtins::object_class::set_dict(vm, this, value)
    }

    /// Set self.__traceback__ to tb and return self.
    #[pymethod("($self, object, /)")]
    fn with_traceback(vm: &Vm, this: Ref<BaseException>, object: Value) -> PyResult<Value> {
        Self::set_traceback(vm, this, Some(object))?;
        Ok(this.value())
    }

    /// Add a note to the exception
    #[pymethod("($self, object, /)")]
    fn add_note(vm: &Vm, this: Ref<BaseException>, object: Value) -> PyResult<()> {
        let Some(note) = object.downcast::<Str>() else {
            raise!(vm, TypeError, "add_note() argument must be str, not {}", object.class().name())
        };
        add_note_value(vm, this, note.value())
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<BaseException>) -> PyResult<Value> {
        let class = this.value().class().value();
        let args = this.args.get().value();
        let state = Dict::new(vm);
        if let Some(e) = this.value().downcast::<fields::AttributeError>()
            && !e.name.get().is_none()
        {
            // `obj` may be what cannot be pickled.
            state.set_str(vm, "name", e.name.get());
        }
        vm.instance_items(this.value(), &mut |k, v| {
            if let Some(k) = k.downcast::<Str>() {
                state.set_name(k, v);
            }
        });
        Ok(if state.len() > 0 {
            Tuple::from_slice(vm, &[class, args, state.value()]).value()
        } else {
            Tuple::from_slice(vm, &[class, args]).value()
        })
    }

    #[pymethod("($self, object, /)")]
    fn __setstate__(vm: &Vm, this: Ref<BaseException>, object: Value) -> PyResult<Value> {
        if !object.is_none() {
            let Some(d) = object.downcast::<Dict>() else {
                return Err(vm.type_error("state is not a dictionary"));
            };
            for i in 0..d.slots() {
                if let Some((k, v)) = d.entry(i)
                    && let Some(k) = k.downcast::<Str>()
                {
                    vm.set_attr(this.value(), vm.intern_ref(k), v)?;
                }
            }
        }
        Ok(none())
    }
}

/// `BaseException.__str__`
pub fn base_str(vm: &Vm, this: Value) -> PyResult<Value> {
    // SAFETY: called from slots of exceptions only.
    let e: Ref<BaseException> = unsafe { this.cast() };
    let args = e.args.get();
    Ok(match args.items() {
        [] => vm.new_str(""),
        [one] => vm.str(*one)?.value(),
        _ => vm.str(args.value())?.value(),
    })
}

/// `exc.add_note(note)`
pub fn add_note(vm: &Vm, exc: Ref<BaseException>, note: &str) -> PyResult<()> {
    let note = vm.new_str(note);
    add_note_value(vm, exc, note)
}

fn add_note_value(vm: &Vm, exc: Ref<BaseException>, note: Value) -> PyResult<()> {
    let notes = match vm.get_attr_opt(exc.value(), names().__notes__)? {
        Some(n) => match n.downcast::<List>() {
            Some(l) => l,
            None => return Err(vm.type_error("Cannot add note: __notes__ is not a list")),
        },
        None => {
            let l = List::new(vm);
            vm.set_attr(exc.value(), names().__notes__, l.value())?;
            l
        }
    };
    notes.push(vm, note);
    Ok(())
}

/// AttributeError with `name` and `obj`.
pub fn attribute_error(vm: &Vm, message: String, obj: Value, name: Ref<Str>) -> Raised {
    crate::extension::shared(obj);
    let raised = vm.error(Exc::AttributeError, message);
    fields::set_name_and_object(vm, raised, name, Some(obj))
}

/// NameError with `name`.
pub fn name_error(vm: &Vm, message: String, name: Ref<Str>) -> Raised {
    let raised = vm.error(Exc::NameError, message);
    fields::set_name_and_object(vm, raised, name, None)
}

/// True and False as Python sees the flag, for fields shared with `fields.rs`.
pub fn flag(b: bool) -> Value {
    bool_value(b)
}
