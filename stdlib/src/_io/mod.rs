//! The module `_io`: files, buffers and text streams. `_pyio` is the model of what they do.
//!
//! A stream that nobody refers to is closed by its finaliser. A FileIO in a buffer, or a buffer in a
//! text stream, leaves that to its wrapper (`wrapped`), because the order of finalisers is not defined
//! and the wrapper still has to flush.

pub mod base;
pub mod buffered;
pub mod bytesio;
pub mod decoder;
pub mod fileio;
pub mod random;
pub mod reader;
pub mod rwpair;
pub mod stdio;
pub mod stringio;
pub mod textio;
pub mod textio_position;
pub mod writer;

use adder_heap::StaticRoot;
use adder_macros::pymodule;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;

/// `io.DEFAULT_BUFFER_SIZE`
pub const BUFFER_SIZE: usize = 128 * 1024;

static UNSUPPORTED: StaticRoot = StaticRoot::new();

/// `io.UnsupportedOperation`, an OSError and a ValueError.
pub fn unsupported_class(vm: &Vm) -> PyResult<Ref<Type>> {
    if let Some(c) = UNSUPPORTED.get().and_then(|c| c.downcast::<Type>()) {
        return Ok(c);
    }
    let bases = Tuple::from_slice(vm, &[Exc::OSError.class().value(), Exc::ValueError.class().value()]);
    let ns = Dict::new(vm);
    ns.set_str(vm, "__module__", vm.new_str("io"));
    let class =
        vm.call(Type::class().value(), &[vm.new_str("UnsupportedOperation"), bases.value(), ns.value()])?;
    UNSUPPORTED.set(Some(class));
    match class.downcast::<Type>() {
        Some(c) => Ok(c),
        None => Err(vm.system_error("UnsupportedOperation is no class")),
    }
}

/// UnsupportedOperation with a message.
pub fn unsupported(vm: &Vm, message: &str) -> Raised {
    match unsupported_class(vm) {
        Ok(c) => vm.raise_class(c, &[vm.new_str(message)]),
        Err(raised) => raised,
    }
}

/// `obj.name(*args)`
pub fn send(vm: &Vm, obj: Value, name: &str, args: &[Value]) -> PyResult<Value> {
    vm.call_method(obj, vm.intern_str(name), args)
}

/// `bool(obj.name())`
pub fn ask(vm: &Vm, obj: Value, name: &str) -> PyResult<bool> {
    let r = send(vm, obj, name, &[])?;
    vm.truth(r)
}

/// A size argument: None and missing are -1.
pub fn size_arg(vm: &Vm, v: Option<Value>) -> PyResult<isize> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(-1),
        Some(v) if v.class().slots().nb_index.is_none() => {
            raise!(vm, TypeError, "argument should be integer or None, not '{}'", v.class().name())
        }
        Some(v) => vm.index_isize(v),
    }
}

/// BlockingIOError with the number of characters written.
pub fn blocking_error(vm: &Vm, message: &str, written: usize) -> Raised {
    let args = [vm.int(libc::EAGAIN as i64), vm.new_str(message), vm.int(written as i64)];
    vm.raise_class(Exc::BlockingIOError.class(), &args)
}

/// Runs both of two actions; the second one's exception gets the first one's as context.
pub fn both(vm: &Vm, first: PyResult<()>, second: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    match first {
        Ok(()) => second(),
        Err(raised) => {
            let exc = vm.take_exception(raised);
            match second() {
                Ok(()) => Err(vm.restore(exc)),
                Err(raised) => {
                    let later = vm.take_exception(raised);
                    if later != exc && later.context.get().is_none() {
                        later.context.set(later, Some(exc));
                    }
                    Err(vm.restore(later))
                }
            }
        }
    }
}

/// Makes an instance whose finaliser is registered.
pub fn instance<T: Object>(vm: &Vm, class: Ref<Type>, init: T) -> PyResult<Ref<T>> {
    let known = class.has_finalizer.get();
    let made = vm.new_instance(class, init)?;
    if !known {
        adder_heap::register_finalizer(made.value());
    }
    Ok(made)
}

/// `io.open`
#[allow(clippy::too_many_arguments)] // They are Python's.
pub fn open_file(
    vm: &Vm,
    file: Value,
    mode: &str,
    buffering: isize,
    encoding: Option<Value>,
    errors: Option<Value>,
    newline: Option<Value>,
    closefd: bool,
    opener: Option<Value>,
) -> PyResult<Value> {
    let file =
        if file.class().slots().nb_index.is_some() { file } else { crate::posix::paths::fspath(vm, file)? };
    let (mut creating, mut reading, mut writing, mut appending, mut updating) =
        (false, false, false, false, false);
    let (mut text, mut binary) = (false, false);
    for c in mode.chars() {
        let flag = match c {
            'x' => &mut creating,
            'r' => &mut reading,
            'w' => &mut writing,
            'a' => &mut appending,
            '+' => &mut updating,
            't' => &mut text,
            'b' => &mut binary,
            _ => raise!(vm, ValueError, "invalid mode: '{mode}'"),
        };
        if *flag {
            raise!(vm, ValueError, "invalid mode: '{mode}'")
        }
        *flag = true;
    }
    if text && binary {
        return Err(vm.value_error("can't have text and binary mode at once"));
    }
    if creating as u8 + reading as u8 + writing as u8 + appending as u8 != 1 {
        return Err(vm.value_error("must have exactly one of create/read/write/append mode"));
    }
    let given = |v: Option<Value>| v.filter(|v| !v.is_none());
    if binary {
        for (v, name) in [(encoding, "an encoding"), (errors, "an errors"), (newline, "a newline")] {
            if given(v).is_some() {
                raise!(vm, ValueError, "binary mode doesn't take {name} argument")
            }
        }
        if buffering == 1 {
            vm.warn(
                Exc::RuntimeWarning,
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
            )?;
        }
    }
    let mut raw_mode = String::new();
    for (on, c) in [(creating, 'x'), (reading, 'r'), (writing, 'w'), (appending, 'a'), (updating, '+')] {
        if on {
            raw_mode.push(c);
        }
    }
    let raw = vm.call(
        fileio::FileIO::class().value(),
        &[file, vm.new_str(&raw_mode), bool_value(closefd), given(opener).unwrap_or(none())],
    )?;
    let mut result = raw;
    match wrap(
        vm,
        &mut result,
        mode,
        buffering,
        binary,
        creating || writing || appending,
        updating,
        [given(encoding), given(errors), given(newline)],
    ) {
        Ok(()) => Ok(result),
        Err(raised) => both(vm, Err(raised), || send(vm, result, "close", &[]).map(drop)).map(|_| none()),
    }
}

/// Puts a buffer and a text stream around a raw file; `result` is the outermost so far.
fn wrap(
    vm: &Vm,
    result: &mut Value,
    mode: &str,
    buffering: isize,
    binary: bool,
    writes: bool,
    updating: bool,
    text: [Option<Value>; 3],
) -> PyResult<()> {
    let raw = *result;
    let mut buffering = buffering;
    let mut line_buffering = false;
    if buffering == 1 || buffering < 0 && ask(vm, raw, "isatty")? {
        buffering = -1;
        line_buffering = true;
    }
    if buffering < 0 {
        let size = vm.get_attr_str(raw, "_blksize")?;
        buffering = vm.index_isize(size)?.min(8 << 20).max(BUFFER_SIZE as isize);
    }
    if buffering == 0 {
        if binary {
            return Ok(());
        }
        return Err(vm.value_error("can't have unbuffered text I/O"));
    }
    let class = if updating {
        random::BufferedRandom::class()
    } else if writes {
        writer::BufferedWriter::class()
    } else {
        reader::BufferedReader::class()
    };
    let buffer = vm.call(class.value(), &[raw, vm.int(buffering as i64)])?;
    *result = buffer;
    if binary {
        return Ok(());
    }
    let [encoding, errors, newline] = text;
    let wrapper = vm.call(
        textio::TextIOWrapper::class().value(),
        &[
            buffer,
            encoding.unwrap_or(none()),
            errors.unwrap_or(none()),
            newline.unwrap_or(none()),
            bool_value(line_buffering),
        ],
    )?;
    *result = wrapper;
    vm.set_attr(wrapper, vm.intern_str("mode"), vm.new_str(mode))
}

/// The io module provides the Python interfaces to stream handling. The
/// builtin open function is defined in this module.
///
/// At the top of the I/O hierarchy is the abstract base class IOBase. It
/// defines the basic interface to a stream. Note, however, that there is no
/// separation between reading and writing to streams; implementations are
/// allowed to raise an OSError if they do not support a given operation.
#[pymodule]
pub mod _io {
    use super::*;

    /// Open file and return a stream.  Raise OSError upon failure.
    #[pyfunction(
        "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"
    )]
    fn open(
        vm: &Vm,
        file: Value,
        mode: Option<Ref<Str>>,
        buffering: Option<i32>,
        encoding: Option<Value>,
        errors: Option<Value>,
        newline: Option<Value>,
        closefd: Option<bool>,
        opener: Option<Value>,
    ) -> PyResult<Value> {
        let mode = mode.map_or("r".to_string(), |m| m.to_string());
        let buffering = buffering.unwrap_or(-1) as isize;
        open_file(vm, file, &mode, buffering, encoding, errors, newline, closefd.unwrap_or(true), opener)
    }

    /// Opens the provided file with the intent to import the contents.
    #[pyfunction("($module, /, path)")]
    fn open_code(vm: &Vm, path: Ref<Str>) -> PyResult<Value> {
        open_file(vm, path.value(), "rb", -1, None, None, None, true, None)
    }

    /// A helper function to choose the text encoding.
    #[pyfunction("($module, encoding, stacklevel=2, /)")]
    fn text_encoding(vm: &Vm, encoding: Value, _stacklevel: Option<i32>) -> PyResult<Value> {
        if !encoding.is_none() {
            return Ok(encoding);
        }
        Ok(vm.new_str(if vm.config.utf8_mode { "utf-8" } else { "locale" }))
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        d.set_str(vm, "DEFAULT_BUFFER_SIZE", vm.int(BUFFER_SIZE as i64));
        d.set_str(vm, "UnsupportedOperation", unsupported_class(vm)?.value());
        d.set_str(vm, "BlockingIOError", Exc::BlockingIOError.class().value());
        d.set_str(vm, "_IOBase", ready_class::<base::IOBase>(vm).value());
        d.set_str(vm, "_RawIOBase", ready_class::<base::RawIOBase>(vm).value());
        d.set_str(vm, "_BufferedIOBase", ready_class::<base::BufferedIOBase>(vm).value());
        d.set_str(vm, "_TextIOBase", ready_class::<base::TextIOBase>(vm).value());
        d.set_str(vm, "FileIO", ready_class::<fileio::FileIO>(vm).value());
        d.set_str(vm, "BytesIO", ready_class::<bytesio::BytesIO>(vm).value());
        d.set_str(vm, "StringIO", ready_class::<stringio::StringIO>(vm).value());
        ready_class::<buffered::Buffered>(vm);
        d.set_str(vm, "BufferedReader", ready_class::<reader::BufferedReader>(vm).value());
        d.set_str(vm, "BufferedWriter", ready_class::<writer::BufferedWriter>(vm).value());
        d.set_str(vm, "BufferedRandom", ready_class::<random::BufferedRandom>(vm).value());
        d.set_str(vm, "BufferedRWPair", ready_class::<rwpair::BufferedRWPair>(vm).value());
        let newline = ready_class::<decoder::IncrementalNewlineDecoder>(vm);
        d.set_str(vm, "IncrementalNewlineDecoder", newline.value());
        ready_class::<decoder::NativeDecoder>(vm);
        d.set_str(vm, "TextIOWrapper", ready_class::<textio::TextIOWrapper>(vm).value());
        Ok(())
    }
}
