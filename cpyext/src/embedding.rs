//! Starting and ending Python from a program that embeds it, and the functions that are the whole command.
//!
//! What the command does (options, paths, start-up, running a program) is in the command's crate, which this
//! one cannot name: `install` gives its functions to this layer before anything else runs.
//! Python starts once in a process: after `Py_FinalizeEx` it cannot be started again.

#![allow(non_snake_case)] // The names are the API's.

use crate::ffi::types::{PyConfig, PyInterpreterConfig, PyPreConfig, PyStatus, PyThreadState};
use crate::{inittab, pyconfig, pystatus, wide};
use adder_vm::vm::{Config, Vm};
use libc::wchar_t;
use std::ffi::{CStr, c_char, c_int};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, OnceLock};

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Program {
    Command(String),
    Module(String),
    File(String),
    Stdin,
    Help,
    Version(bool),
}

/// The command's functions.
pub struct Command {
    /// Adds a command line and the environment to a configuration. An error is the code to exit with: what
    /// there is to say was said.
    pub parse: fn(Config, &[String]) -> Result<(Config, Program), c_int>,
    /// Adds the environment. An error is a text.
    pub environment: fn(&mut Config) -> Result<(), String>,
    /// Fills in where things are.
    pub locate: fn(&mut Config) -> Result<(), String>,
    /// Starts the VM, with the calling thread as its main thread, and imports `site`. An error is the code
    /// to exit with, after the exception was shown.
    pub start: fn(Config) -> Result<&'static Vm, c_int>,
    /// Runs a program in `__main__`; gives the code to exit with.
    pub run: fn(&Vm, &Program) -> c_int,
    /// Ends the VM; gives the code, or another one if output could not be written.
    pub finish: fn(&Vm, c_int) -> c_int,
}

static COMMAND: OnceLock<Command> = OnceLock::new();

/// Makes the command's functions known: once, before others of this file are called.
pub fn install(command: Command) {
    let _ = COMMAND.set(command);
}

pub fn command() -> &'static Command {
    COMMAND.get().expect("the command's functions are installed")
}

const BEFORE: u8 = 0;
const RUNS: u8 = 1;
const ENDED: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(BEFORE);

/// What `Py_RunMain` runs.
static PROGRAM: Mutex<Program> = Mutex::new(Program::Stdin);

pub fn is_initialized() -> bool {
    STATE.load(Ordering::Relaxed) == RUNS
}

/// Whether Python has ended: objects are left as they are.
pub fn has_ended() -> bool {
    STATE.load(Ordering::Relaxed) == ENDED
}

/// The VM has started.
pub fn note_start() {
    STATE.store(RUNS, Ordering::Relaxed);
}

/// The VM has ended.
pub fn note_end() {
    STATE.store(ENDED, Ordering::Relaxed);
}

/// Starts Python with a complete configuration.
fn start(config: Config, program: Program) -> PyStatus {
    if has_ended() {
        return pystatus::error("Python has ended in this process and cannot be started again");
    }
    match (command().start)(config) {
        Ok(vm) => {
            // C code runs underneath from now on.
            crate::pyobject::enter_c();
            inittab::announce(vm);
            *PROGRAM.lock().unwrap_or_else(|e| e.into_inner()) = program;
            pystatus::OK
        }
        Err(code) => pystatus::exit(code),
    }
}

// C's standard streams.
unsafe extern "C" {
    static stdin: *mut libc::FILE;
    static stdout: *mut libc::FILE;
    static stderr: *mut libc::FILE;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_InitializeFromConfig(config: *const PyConfig) -> PyStatus {
    if config.is_null() {
        return pystatus::error("initialization config is NULL");
    }
    if is_initialized() {
        return pystatus::OK;
    }
    match pyconfig::complete(&*config) {
        Ok((complete, program)) => {
            if (*config).configure_c_stdio > 0 && complete.unbuffered {
                for file in [stdin, stdout, stderr] {
                    libc::setvbuf(file, std::ptr::null_mut(), libc::_IONBF, 0);
                }
            }
            start(complete, program)
        }
        Err(status) => status,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_InitializeEx(signals: c_int) {
    if is_initialized() {
        return;
    }
    let mut config: PyConfig = std::mem::zeroed();
    pyconfig::init_from_globals(&mut config);
    config.install_signal_handlers = signals;
    let status = Py_InitializeFromConfig(&config);
    pyconfig::PyConfig_Clear(&mut config);
    if pystatus::PyStatus_Exception(status) != 0 {
        pystatus::Py_ExitStatusException(status);
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_Initialize() {
    Py_InitializeEx(1)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_IsInitialized() -> c_int {
    is_initialized() as c_int
}

/// Settings that must be known first have no effect here: text is UTF-8, and there is one allocator.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_PreInitialize(config: *const PyPreConfig) -> PyStatus {
    if config.is_null() {
        return pystatus::error("preinitialization config is NULL");
    }
    pyconfig::remember_preconfig(&*config);
    pystatus::OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_PreInitializeFromBytesArgs(
    config: *const PyPreConfig,
    _n: isize,
    _arguments: *mut *mut c_char,
) -> PyStatus {
    Py_PreInitialize(config)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_PreInitializeFromArgs(
    config: *const PyPreConfig,
    _n: isize,
    _arguments: *mut *mut wchar_t,
) -> PyStatus {
    Py_PreInitialize(config)
}

/// Ends Python: -1 if what was written to the standard streams could not be written out.
fn finish(code: c_int) -> c_int {
    let code = (command().finish)(Vm::get(), code);
    crate::pylifecycle::run_exit_functions();
    code
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_FinalizeEx() -> c_int {
    if !is_initialized() {
        return 0;
    }
    -((finish(0) != 0) as c_int)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_Finalize() {
    Py_FinalizeEx();
}

/// Runs what the configuration says, ends Python, and gives the code to exit with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_RunMain() -> c_int {
    if !is_initialized() {
        crate::fatal::fatal("Py_RunMain", "Python is not initialized");
    }
    let program = PROGRAM.lock().unwrap_or_else(|e| e.into_inner()).clone();
    let code = (command().run)(Vm::get(), &program);
    finish(code)
}

/// The command with these arguments.
fn main(arguments: Vec<String>) -> c_int {
    let base = Config { int_max_str_digits: 4300, ..Config::default() };
    let (mut config, program) = match (command().parse)(base, &arguments) {
        Ok(x) => x,
        Err(code) => return code,
    };
    if !is_initialized() {
        if let Err(message) = (command().locate)(&mut config) {
            eprintln!("Fatal Python error: {message}");
            return 1;
        }
        let status = start(config, program);
        // SAFETY: a status of ours.
        if unsafe { pystatus::PyStatus_Exception(status) } != 0 {
            eprint!("{}", unsafe { pystatus::message(&status) });
            return status.exitcode.max(1);
        }
    } else {
        *PROGRAM.lock().unwrap_or_else(|e| e.into_inner()) = program;
    }
    // SAFETY: Python runs.
    unsafe { Py_RunMain() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_BytesMain(n: c_int, arguments: *mut *mut c_char) -> c_int {
    let text = |i| CStr::from_ptr(*arguments.add(i)).to_string_lossy().into_owned();
    main((0..n.max(0) as usize).map(text).collect())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_Main(n: c_int, arguments: *mut *mut wchar_t) -> c_int {
    let text = |i| wide::text(*arguments.add(i)).unwrap_or_default();
    main((0..n.max(0) as usize).map(text).collect())
}

/// Whether a file is a terminal, or the options say that everything is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_FdIsInteractive(file: *mut libc::FILE, name: *const c_char) -> c_int {
    if libc::isatty(libc::fileno(file)) != 0 {
        return 1;
    }
    let interactive = is_initialized() && Vm::get().config.interactive;
    let unnamed = name.is_null() || matches!(CStr::from_ptr(name).to_bytes(), b"<stdin>" | b"???");
    (interactive && unnamed) as c_int
}

/// A second interpreter cannot be made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_NewInterpreterFromConfig(
    place: *mut *mut PyThreadState,
    _config: *const PyInterpreterConfig,
) -> PyStatus {
    *place = std::ptr::null_mut();
    pystatus::error("this Python has one interpreter")
}

/// A second interpreter cannot be made: NULL, as when CPython has no memory for one. A thread that gave
/// its state away before gets it back, since it goes on with the only interpreter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_NewInterpreter() -> *mut PyThreadState {
    if crate::pystate::PyThreadState_GetUnchecked().is_null() {
        let own = crate::pystate::PyGILState_GetThisThreadState();
        if !own.is_null() {
            crate::pystate::PyEval_RestoreThread(own);
        }
    }
    std::ptr::null_mut()
}

/// There is only the main interpreter, which does not end this way; NULL, which `Py_NewInterpreter` gave,
/// has nothing to end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_EndInterpreter(t: *mut PyThreadState) {
    if t.is_null() {
        return;
    }
    crate::fatal::fatal("Py_EndInterpreter", "not the last thread")
}
