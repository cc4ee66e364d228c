//! `PyInitConfig`, PEP 741: the same configuration as `PyConfig` by the names of its options, for programs
//! that do not want to depend on a struct.

#![allow(non_snake_case)] // The names are the API's.

use crate::embedding::Py_InitializeFromConfig;
use crate::ffi::types::{_inittab, PyConfig, PyObject, PyPreConfig, PyWideStringList};
use crate::unicodeobject::text;
use crate::{inittab, pyconfig, pystatus, wide};
use libc::wchar_t;
use std::ffi::{CStr, CString, c_char, c_int};
use std::mem::offset_of;

/// An option's place: in the configuration, or in what is known before.
#[derive(Clone, Copy)]
enum Place {
    Int(usize),
    Long(usize),
    Text(usize),
    List(usize),
    Early(usize),
}

macro_rules! options {
    (Int: $($int:ident)*; Text: $($text:ident)*; List: $($list:ident)*; Early: $($early:ident)*;) => {
        const OPTIONS: &[(&str, Place)] = &[
            $((stringify!($int), Place::Int(offset_of!(PyConfig, $int))),)*
            $((stringify!($text), Place::Text(offset_of!(PyConfig, $text))),)*
            $((stringify!($list), Place::List(offset_of!(PyConfig, $list))),)*
            $((stringify!($early), Place::Early(offset_of!(PyPreConfig, $early))),)*
            ("hash_seed", Place::Long(offset_of!(PyConfig, hash_seed))),
        ];
    };
}

options! {
    Int: isolated use_environment dev_mode install_signal_handlers use_hash_seed faulthandler tracemalloc
        perf_profiling remote_debug import_time code_debug_ranges show_ref_count dump_refs malloc_stats
        parse_argv site_import bytes_warning warn_default_encoding inspect interactive optimization_level
        parser_debug write_bytecode verbose quiet user_site_directory configure_c_stdio buffered_stdio
        use_frozen_modules safe_path int_max_str_digits thread_inherit_context context_aware_warnings
        cpu_count pathconfig_warnings module_search_paths_set skip_source_first_line;
    Text: dump_refs_file filesystem_encoding filesystem_errors pycache_prefix stdio_encoding stdio_errors
        check_hash_pycs_mode program_name pythonpath_env home platlibdir stdlib_dir executable base_executable
        prefix base_prefix exec_prefix base_exec_prefix run_command run_module run_filename sys_path_0;
    List: orig_argv argv xoptions warnoptions module_search_paths;
    Early: allocator configure_locale coerce_c_locale coerce_c_locale_warn utf8_mode;
}

pub struct PyInitConfig {
    config: PyConfig,
    early: PyPreConfig,
    modules: Vec<_inittab>,
    error: Option<CString>,
    exit: Option<c_int>,
}

impl PyInitConfig {
    fn fail(&mut self, message: &str) -> c_int {
        self.error = CString::new(message).ok();
        -1
    }

    fn at<T>(&mut self, offset: usize) -> &mut T {
        // SAFETY: the table's offsets are those of fields of their kinds.
        unsafe { &mut *(&raw mut self.config as *mut u8).add(offset).cast() }
    }

    fn early(&mut self, offset: usize) -> &mut c_int {
        // SAFETY: as above.
        unsafe { &mut *(&raw mut self.early as *mut u8).add(offset).cast() }
    }
}

unsafe fn find(name: *const c_char) -> Option<Place> {
    let name = text(name);
    OPTIONS.iter().find(|o| o.0 == name).map(|o| o.1)
}

const UNKNOWN: &str = "unknown config option name";

/// Isolated, as CPython's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_Create() -> *mut PyInitConfig {
    let mut c = Box::new(PyInitConfig {
        config: std::mem::zeroed(),
        early: std::mem::zeroed(),
        modules: vec![],
        error: None,
        exit: None,
    });
    pyconfig::PyConfig_InitIsolatedConfig(&mut c.config);
    pyconfig::PyPreConfig_InitIsolatedConfig(&mut c.early);
    Box::into_raw(c)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_Free(config: *mut PyInitConfig) {
    if !config.is_null() {
        pyconfig::PyConfig_Clear(&mut (*config).config);
        drop(Box::from_raw(config));
    }
}

/// 1 and the text if a function failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_GetError(
    config: *mut PyInitConfig,
    message: *mut *const c_char,
) -> c_int {
    let c = &mut *config;
    if let Some(code) = c.exit {
        c.error = CString::new(format!("exit code {code}")).ok();
    }
    *message = c.error.as_ref().map_or(std::ptr::null(), |m| m.as_ptr());
    c.error.is_some() as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_GetExitCode(config: *mut PyInitConfig, code: *mut c_int) -> c_int {
    match (*config).exit {
        Some(n) => {
            *code = n;
            1
        }
        None => 0,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_HasOption(_config: *mut PyInitConfig, name: *const c_char) -> c_int {
    find(name).is_some() as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_GetInt(
    config: *mut PyInitConfig,
    name: *const c_char,
    value: *mut i64,
) -> c_int {
    let c = &mut *config;
    *value = match find(name) {
        Some(Place::Int(at)) => *c.at::<c_int>(at) as i64,
        Some(Place::Long(at)) => *c.at::<u64>(at) as i64,
        Some(Place::Early(at)) => *c.early(at) as i64,
        Some(_) => return c.fail("config option type is not int"),
        None => return c.fail(UNKNOWN),
    };
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_SetInt(
    config: *mut PyInitConfig,
    name: *const c_char,
    value: i64,
) -> c_int {
    let c = &mut *config;
    let small = c_int::try_from(value);
    match (find(name), small) {
        (Some(Place::Long(at)), _) => *c.at::<u64>(at) = value as u64,
        (Some(Place::Int(at)), Ok(n)) => {
            *c.at::<c_int>(at) = n;
        }
        (Some(Place::Early(at)), Ok(n)) => *c.early(at) = n,
        (Some(Place::Int(_) | Place::Early(_)), Err(_)) => {
            return c.fail("config option value is out of int range");
        }
        (Some(_), _) => return c.fail("config option type is not int"),
        (None, _) => return c.fail(UNKNOWN),
    }
    0
}

/// A copy for `free()`.
unsafe fn utf8(p: *const wchar_t) -> *mut c_char {
    let copy = wide::text(p).and_then(|t| CString::new(t).ok()).unwrap_or_default();
    libc::strdup(copy.as_ptr())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_GetStr(
    config: *mut PyInitConfig,
    name: *const c_char,
    value: *mut *mut c_char,
) -> c_int {
    let c = &mut *config;
    match find(name) {
        Some(Place::Text(at)) => {
            let p = *c.at::<*mut wchar_t>(at);
            *value = if p.is_null() { std::ptr::null_mut() } else { utf8(p) };
            0
        }
        Some(_) => c.fail("config option type is not string"),
        None => c.fail(UNKNOWN),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_SetStr(
    config: *mut PyInitConfig,
    name: *const c_char,
    value: *const c_char,
) -> c_int {
    let c = &mut *config;
    match find(name) {
        Some(Place::Text(at)) => {
            let new = if value.is_null() { None } else { Some(text(value)) };
            pyconfig::set_text(c.at::<*mut wchar_t>(at), new.as_deref());
            0
        }
        Some(_) => c.fail("config option type is not string"),
        None => c.fail(UNKNOWN),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_GetStrList(
    config: *mut PyInitConfig,
    name: *const c_char,
    length: *mut usize,
    items: *mut *mut *mut c_char,
) -> c_int {
    let c = &mut *config;
    let Some(place) = find(name) else { return c.fail(UNKNOWN) };
    let Place::List(at) = place else { return c.fail("config option type is not string list") };
    let list = *c.at::<PyWideStringList>(at);
    let all = libc::calloc(list.length as usize + 1, 8) as *mut *mut c_char;
    for i in 0..list.length {
        *all.offset(i) = utf8(*list.items.offset(i));
    }
    (*length, *items) = (list.length as usize, all);
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_FreeStrList(length: usize, items: *mut *mut c_char) {
    for i in 0..length {
        libc::free((*items.add(i)).cast());
    }
    libc::free(items.cast());
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_SetStrList(
    config: *mut PyInitConfig,
    name: *const c_char,
    length: usize,
    items: *const *mut c_char,
) -> c_int {
    let c = &mut *config;
    let Some(place) = find(name) else { return c.fail(UNKNOWN) };
    let Place::List(at) = place else { return c.fail("config option type is not string list") };
    let all: Vec<String> = (0..length).map(|i| text(*items.add(i)).into_owned()).collect();
    pyconfig::set_list(c.at::<PyWideStringList>(at), &all);
    if at == offset_of!(PyConfig, module_search_paths) {
        c.config.module_search_paths_set = 1;
    }
    0
}

/// A built-in module, which is there once Python starts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInitConfig_AddModule(
    config: *mut PyInitConfig,
    name: *const c_char,
    init: Option<unsafe extern "C" fn() -> *mut PyObject>,
) -> c_int {
    let name = CString::from(CStr::from_ptr(name)).into_raw();
    (*config).modules.push(_inittab { name, initfunc: init });
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn Py_InitializeFromInitConfig(config: *mut PyInitConfig) -> c_int {
    let c = &mut *config;
    for row in std::mem::take(&mut c.modules) {
        inittab::PyImport_AppendInittab(row.name, row.initfunc);
    }
    pyconfig::remember_preconfig(&c.early);
    let status = Py_InitializeFromConfig(&c.config);
    if pystatus::PyStatus_IsExit(status) != 0 {
        c.exit = Some(status.exitcode);
        return -1;
    }
    if pystatus::PyStatus_IsError(status) != 0 {
        return c.fail(&pystatus::message(&status));
    }
    0
}
