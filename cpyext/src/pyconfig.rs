//! `PyConfig` and `PyPreConfig`: how a program that embeds Python says what it wants.
//!
//! `complete` makes the VM's configuration of one: first what the struct says, then the command line in
//! `argv` if it is to be parsed, then the environment, then the paths; paths of the struct win.
//! `PyConfig_Read` writes the same result back into the struct, but for the paths.

#![allow(non_snake_case)] // The names are the API's.

use crate::embedding::{Program, command};
use crate::ffi::types::{PyConfig, PyPreConfig, PyStatus, PyWideStringList};
use crate::pymem::{PyMem_RawFree, PyMem_RawMalloc};
use crate::{pathconfig, pystatus, wide};
use adder_vm::vm::Config;
use libc::wchar_t;
use std::ffi::{c_char, c_int};
use std::sync::Mutex;

/// CPython's kinds of configurations, in `_config_init`.
const COMPATIBLE: c_int = 1;
const PYTHON: c_int = 2;
const ISOLATED: c_int = 3;

/// `parse_argv` of a configuration whose command line was parsed.
const PARSED: c_int = 2;

const NO_MEMORY: &str = "memory allocation failed";

// ---- PyWideStringList ---------------------------------------------------------------------------

pub unsafe fn texts(list: &PyWideStringList) -> Vec<String> {
    (0..list.length).filter_map(|i| wide::text(*list.items.offset(i))).collect()
}

pub unsafe fn clear_list(list: &mut PyWideStringList) {
    for i in 0..list.length {
        PyMem_RawFree(list.items.offset(i).read().cast());
    }
    PyMem_RawFree(list.items.cast());
    *list = PyWideStringList { length: 0, items: std::ptr::null_mut() };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyWideStringList_Insert(
    list: *mut PyWideStringList,
    index: isize,
    item: *const wchar_t,
) -> PyStatus {
    if index < 0 {
        return pystatus::error("PyWideStringList_Insert index must be >= 0");
    }
    let list = &mut *list;
    let n = list.length;
    let index = index.min(n);
    let items = PyMem_RawMalloc((n as usize + 1) * 8) as *mut *mut wchar_t;
    let copy = wide::copy(item);
    if items.is_null() || copy.is_null() {
        return pystatus::error(NO_MEMORY);
    }
    if n > 0 {
        std::ptr::copy_nonoverlapping(list.items, items, index as usize);
        std::ptr::copy_nonoverlapping(
            list.items.offset(index),
            items.offset(index + 1),
            (n - index) as usize,
        );
    }
    *items.offset(index) = copy;
    PyMem_RawFree(list.items.cast());
    *list = PyWideStringList { length: n + 1, items };
    pystatus::OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyWideStringList_Append(
    list: *mut PyWideStringList,
    item: *const wchar_t,
) -> PyStatus {
    PyWideStringList_Insert(list, isize::MAX, item)
}

pub unsafe fn set_list(list: &mut PyWideStringList, new: &[String]) {
    clear_list(list);
    for text in new {
        let p = wide::new(text);
        PyWideStringList_Append(list, p);
        PyMem_RawFree(p.cast());
    }
}

// ---- strings ------------------------------------------------------------------------------------

pub unsafe fn set_text(place: *mut *mut wchar_t, text: Option<&str>) {
    PyMem_RawFree((*place).cast());
    *place = text.map_or(std::ptr::null_mut(), wide::new);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyConfig_SetString(
    _config: *mut PyConfig,
    place: *mut *mut wchar_t,
    text: *const wchar_t,
) -> PyStatus {
    let copy = if text.is_null() { std::ptr::null_mut() } else { wide::copy(text) };
    if copy.is_null() && !text.is_null() {
        return pystatus::error(NO_MEMORY);
    }
    PyMem_RawFree((*place).cast());
    *place = copy;
    pystatus::OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyConfig_SetBytesString(
    config: *mut PyConfig,
    place: *mut *mut wchar_t,
    text: *const c_char,
) -> PyStatus {
    let p = if text.is_null() { std::ptr::null_mut() } else { wide::from_bytes(text) };
    let status = PyConfig_SetString(config, place, p);
    PyMem_RawFree(p.cast());
    status
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyConfig_SetWideStringList(
    _config: *mut PyConfig,
    list: *mut PyWideStringList,
    n: isize,
    items: *mut *mut wchar_t,
) -> PyStatus {
    // The items may be those of the list.
    let mut new = PyWideStringList { length: 0, items: std::ptr::null_mut() };
    for i in 0..n {
        let status = PyWideStringList_Append(&mut new, *items.offset(i));
        if pystatus::PyStatus_Exception(status) != 0 {
            clear_list(&mut new);
            return status;
        }
    }
    clear_list(&mut *list);
    *list = new;
    pystatus::OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyConfig_SetArgv(
    config: *mut PyConfig,
    n: isize,
    arguments: *const *mut wchar_t,
) -> PyStatus {
    PyConfig_SetWideStringList(config, &raw mut (*config).argv, n, arguments.cast_mut())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyConfig_SetBytesArgv(
    config: *mut PyConfig,
    n: isize,
    arguments: *const *mut c_char,
) -> PyStatus {
    let mut all: Vec<*mut wchar_t> = (0..n).map(|i| wide::from_bytes(*arguments.offset(i))).collect();
    let status = PyConfig_SetArgv(config, n, all.as_ptr());
    for p in all.drain(..) {
        PyMem_RawFree(p.cast());
    }
    status
}

/// The strings and lists of a configuration.
unsafe fn parts(c: *mut PyConfig) -> ([*mut *mut wchar_t; 22], [*mut PyWideStringList; 5]) {
    macro_rules! places {
        ($($name:ident)*) => { [$(&raw mut (*c).$name),*] };
    }
    (
        places!(dump_refs_file filesystem_encoding filesystem_errors pycache_prefix stdio_encoding
            stdio_errors check_hash_pycs_mode program_name pythonpath_env home platlibdir stdlib_dir
            executable base_executable prefix base_prefix exec_prefix base_exec_prefix run_command
            run_module run_filename sys_path_0),
        places!(orig_argv argv xoptions warnoptions module_search_paths),
    )
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyConfig_Clear(config: *mut PyConfig) {
    let (strings, lists) = parts(config);
    for place in strings {
        set_text(place, None);
    }
    for list in lists {
        clear_list(&mut *list);
    }
}

// ---- defaults -----------------------------------------------------------------------------------

/// What is not said is -1, or 0 where that means the default.
unsafe fn init_compatible(config: *mut PyConfig) {
    std::ptr::write_bytes(config, 0, 1);
    let c = &mut *config;
    c._config_init = COMPATIBLE;
    for field in [
        &mut c.isolated,
        &mut c.use_environment,
        &mut c.dev_mode,
        &mut c.use_hash_seed,
        &mut c.faulthandler,
        &mut c.tracemalloc,
        &mut c.perf_profiling,
        &mut c.remote_debug,
        &mut c.import_time,
        &mut c.site_import,
        &mut c.bytes_warning,
        &mut c.inspect,
        &mut c.interactive,
        &mut c.optimization_level,
        &mut c.parser_debug,
        &mut c.write_bytecode,
        &mut c.verbose,
        &mut c.quiet,
        &mut c.user_site_directory,
        &mut c.buffered_stdio,
        &mut c.pathconfig_warnings,
        &mut c.int_max_str_digits,
        &mut c.thread_inherit_context,
        &mut c.context_aware_warnings,
        &mut c.cpu_count,
    ] {
        *field = -1;
    }
    c.install_signal_handlers = 1;
    c.code_debug_ranges = 1;
    c.use_frozen_modules = 1;
    c._install_importlib = 1;
    c._init_main = 1;
}

unsafe fn init_defaults(config: *mut PyConfig) {
    init_compatible(config);
    let c = &mut *config;
    for field in [
        &mut c.isolated,
        &mut c.bytes_warning,
        &mut c.inspect,
        &mut c.interactive,
        &mut c.optimization_level,
        &mut c.parser_debug,
        &mut c.verbose,
        &mut c.quiet,
        &mut c.thread_inherit_context,
        &mut c.context_aware_warnings,
    ] {
        *field = 0;
    }
    for field in [
        &mut c.use_environment,
        &mut c.site_import,
        &mut c.write_bytecode,
        &mut c.user_site_directory,
        &mut c.buffered_stdio,
        &mut c.pathconfig_warnings,
    ] {
        *field = 1;
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyConfig_InitPythonConfig(config: *mut PyConfig) {
    init_defaults(config);
    (*config)._config_init = PYTHON;
    (*config).configure_c_stdio = 1;
    (*config).parse_argv = 1;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyConfig_InitIsolatedConfig(config: *mut PyConfig) {
    init_defaults(config);
    let c = &mut *config;
    c._config_init = ISOLATED;
    c.isolated = 1;
    c.safe_path = 1;
    c.int_max_str_digits = 4300;
    for field in [
        &mut c.use_environment,
        &mut c.user_site_directory,
        &mut c.dev_mode,
        &mut c.install_signal_handlers,
        &mut c.use_hash_seed,
        &mut c.tracemalloc,
        &mut c.perf_profiling,
        &mut c.pathconfig_warnings,
    ] {
        *field = 0;
    }
}

/// For `Py_Initialize`: what the variables of `pydebug.h` and the old functions say.
pub unsafe fn init_from_globals(c: &mut PyConfig) {
    use crate::pydebug::*;
    init_compatible(c);
    let flags = [
        (&mut c.parser_debug, Py_DebugFlag),
        (&mut c.verbose, Py_VerboseFlag),
        (&mut c.quiet, Py_QuietFlag),
        (&mut c.interactive, Py_InteractiveFlag),
        (&mut c.inspect, Py_InspectFlag),
        (&mut c.optimization_level, Py_OptimizeFlag),
        (&mut c.bytes_warning, Py_BytesWarningFlag),
        (&mut c.isolated, Py_IsolatedFlag),
    ];
    for (field, value) in flags {
        *field = value;
    }
    let opposites = [
        (&mut c.site_import, Py_NoSiteFlag),
        (&mut c.use_environment, Py_IgnoreEnvironmentFlag),
        (&mut c.write_bytecode, Py_DontWriteBytecodeFlag),
        (&mut c.user_site_directory, Py_NoUserSiteDirectory),
        (&mut c.buffered_stdio, Py_UnbufferedStdioFlag),
    ];
    for (field, value) in opposites {
        *field = (value == 0) as c_int;
    }
    pathconfig::apply(c);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyPreConfig_InitPythonConfig(config: *mut PyPreConfig) {
    *config = PyPreConfig {
        _config_init: PYTHON,
        parse_argv: 1,
        isolated: 0,
        use_environment: 1,
        configure_locale: 1,
        coerce_c_locale: -1,
        coerce_c_locale_warn: -1,
        utf8_mode: -1,
        dev_mode: -1,
        allocator: 0,
    };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyPreConfig_InitIsolatedConfig(config: *mut PyPreConfig) {
    *config = PyPreConfig {
        _config_init: ISOLATED,
        parse_argv: 0,
        isolated: 1,
        use_environment: 0,
        configure_locale: 0,
        coerce_c_locale: 0,
        coerce_c_locale_warn: 0,
        utf8_mode: 0,
        dev_mode: 0,
        allocator: 0,
    };
}

/// `utf8_mode` and `dev_mode` of `Py_PreInitialize`.
static EARLY: Mutex<(bool, bool)> = Mutex::new((false, false));

pub fn remember_preconfig(c: &PyPreConfig) {
    *EARLY.lock().unwrap_or_else(|e| e.into_inner()) = (c.utf8_mode > 0, c.dev_mode > 0);
}

// ---- to the VM's configuration and back ---------------------------------------------------------

/// What the struct says itself.
unsafe fn said(c: &PyConfig) -> Config {
    let (utf8_mode, dev_mode) = *EARLY.lock().unwrap_or_else(|e| e.into_inner());
    let isolated = c.isolated > 0;
    let x_options = texts(&c.xoptions).into_iter().map(|o| match o.split_once('=') {
        Some((k, v)) => (k.to_string(), Some(v.to_string())),
        None => (o, None),
    });
    let small = |n: c_int| n.clamp(0, 255) as u8;
    Config {
        program: wide::text(c.program_name).unwrap_or_default(),
        warn_options: texts(&c.warnoptions),
        x_options: x_options.collect(),
        optimize: small(c.optimization_level).min(2),
        inspect: c.inspect > 0,
        interactive: c.interactive > 0,
        isolated,
        ignore_environment: isolated || c.use_environment == 0,
        no_site: c.site_import == 0,
        no_user_site: isolated || c.user_site_directory == 0,
        safe_path: isolated || c.safe_path > 0,
        dont_write_bytecode: c.write_bytecode == 0,
        verbose: small(c.verbose),
        quiet: c.quiet > 0,
        debug: small(c.parser_debug),
        bytes_warning: small(c.bytes_warning),
        dev_mode: dev_mode || c.dev_mode > 0,
        utf8_mode,
        unbuffered: c.buffered_stdio == 0,
        hash_seed: (c.use_hash_seed > 0).then_some(c.hash_seed as u32),
        pycache_prefix: wide::text(c.pycache_prefix),
        int_max_str_digits: usize::try_from(c.int_max_str_digits).unwrap_or(4300),
        no_signals: c.install_signal_handlers == 0,
        ..Config::default()
    }
}

unsafe fn program(c: &PyConfig) -> Program {
    if let Some(command) = wide::text(c.run_command) {
        Program::Command(command)
    } else if let Some(module) = wide::text(c.run_module) {
        Program::Module(module)
    } else {
        wide::text(c.run_filename).map_or(Program::Stdin, Program::File)
    }
}

/// The whole configuration but for paths, and what to run.
unsafe fn settle(c: &PyConfig) -> Result<(Config, Program), PyStatus> {
    let fail = |message: String| pystatus::error(&message);
    let arguments = texts(&c.argv);
    let (mut config, program) = if c.parse_argv == 1 && !arguments.is_empty() {
        (command().parse)(said(c), &arguments).map_err(pystatus::exit)?
    } else {
        let mut config = said(c);
        (command().environment)(&mut config).map_err(fail)?;
        config.orig_argv = match texts(&c.orig_argv) {
            all if all.is_empty() => arguments.clone(),
            all => all,
        };
        config.argv = if arguments.is_empty() { vec![String::new()] } else { arguments };
        (config, program(c))
    };
    // The environment may be added a second time, after `PyConfig_Read`.
    let mut seen = std::collections::HashSet::new();
    config.warn_options.retain(|o| seen.insert(o.clone()));
    if let Some(name) = wide::text(c.program_name) {
        config.program = name;
    } else if config.program.is_empty() {
        config.program = "python3".into();
    }
    Ok((config, program))
}

/// The whole configuration, and what to run.
pub unsafe fn complete(c: &PyConfig) -> Result<(Config, Program), PyStatus> {
    let (mut config, program) = settle(c)?;
    let home = wide::text(c.home).or_else(|| {
        if config.ignore_environment {
            None
        } else {
            std::env::var("PYTHONHOME").ok().filter(|h| !h.is_empty())
        }
    });
    if let Some(home) = &home {
        // A complete library there is used; else Adder's own.
        let library = format!("{home}/lib/python3.14");
        if config.stdlib.is_empty() && std::path::Path::new(&library).join("os.py").exists() {
            config.stdlib = library;
        }
    }
    if let Some(paths) = wide::text(c.pythonpath_env) {
        config.path = paths.split(':').map(str::to_string).collect();
    }
    (command().locate)(&mut config).map_err(|message| pystatus::error(&message))?;
    if let Some(home) = home {
        config.prefix = home.clone();
        config.base_prefix = home;
    }
    for (place, given) in [
        (&mut config.executable, c.executable),
        (&mut config.base_executable, c.base_executable),
        (&mut config.prefix, c.prefix),
        (&mut config.base_prefix, c.base_prefix),
    ] {
        if let Some(given) = wide::text(given) {
            *place = given;
        }
    }
    if c.module_search_paths_set > 0 {
        config.path = texts(&c.module_search_paths);
    }
    Ok((config, program))
}

/// Fills in what is not said, but for paths: these are found when Python starts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyConfig_Read(place: *mut PyConfig) -> PyStatus {
    let c = &mut *place;
    let (config, program) = match settle(c) {
        Ok(x) => x,
        Err(status) => return status,
    };
    let path_0 = match &program {
        Program::Command(text) => {
            set_text(&mut c.run_command, Some(text));
            None
        }
        Program::Module(name) => {
            set_text(&mut c.run_module, Some(name));
            None
        }
        Program::File(name) => {
            set_text(&mut c.run_filename, Some(name));
            None
        }
        _ => Some(""),
    };
    if c.parse_argv == 1 {
        c.parse_argv = PARSED;
    }
    if c.sys_path_0.is_null() && config.safe_path {
        set_text(&mut c.sys_path_0, path_0);
    }
    set_list(&mut c.argv, &config.argv);
    set_list(&mut c.orig_argv, &config.orig_argv);
    set_list(&mut c.warnoptions, &config.warn_options);
    let options: Vec<String> =
        config.x_options.iter().map(|(k, v)| v.as_ref().map_or(k.clone(), |v| format!("{k}={v}"))).collect();
    set_list(&mut c.xoptions, &options);
    for (field, value) in [
        (&mut c.isolated, config.isolated as c_int),
        (&mut c.use_environment, !config.ignore_environment as c_int),
        (&mut c.dev_mode, config.dev_mode as c_int),
        (&mut c.use_hash_seed, config.hash_seed.is_some() as c_int),
        (&mut c.site_import, !config.no_site as c_int),
        (&mut c.bytes_warning, config.bytes_warning as c_int),
        (&mut c.inspect, config.inspect as c_int),
        (&mut c.interactive, config.interactive as c_int),
        (&mut c.optimization_level, config.optimize as c_int),
        (&mut c.parser_debug, config.debug as c_int),
        (&mut c.write_bytecode, !config.dont_write_bytecode as c_int),
        (&mut c.verbose, config.verbose as c_int),
        (&mut c.quiet, config.quiet as c_int),
        (&mut c.user_site_directory, !config.no_user_site as c_int),
        (&mut c.buffered_stdio, !config.unbuffered as c_int),
        (&mut c.safe_path, config.safe_path as c_int),
        (&mut c.int_max_str_digits, config.int_max_str_digits as c_int),
    ] {
        *field = value;
    }
    c.hash_seed = config.hash_seed.unwrap_or(0).into();
    // What Adder does not have is off.
    for field in [
        &mut c.faulthandler,
        &mut c.tracemalloc,
        &mut c.perf_profiling,
        &mut c.import_time,
        &mut c.pathconfig_warnings,
        &mut c.remote_debug,
        &mut c.thread_inherit_context,
        &mut c.context_aware_warnings,
    ] {
        *field = (*field).max(0);
    }
    set_text(&mut c.pycache_prefix, config.pycache_prefix.as_deref());
    set_text(&mut c.program_name, Some(&config.program));
    for (place, default) in [
        (&mut c.filesystem_encoding, "utf-8"),
        (&mut c.filesystem_errors, "surrogateescape"),
        (&mut c.stdio_encoding, "utf-8"),
        (&mut c.stdio_errors, "strict"),
        (&mut c.check_hash_pycs_mode, "default"),
        (&mut c.platlibdir, "lib"),
    ] {
        if place.is_null() {
            set_text(place, Some(default));
        }
    }
    pystatus::OK
}
