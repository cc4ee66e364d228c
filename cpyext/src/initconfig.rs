//! `PyConfig_Get` and relatives: the options of the running interpreter, which are those of `sys`.

use crate::pyobject::{Arg, Done};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::{as_bool, bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::import;
use adder_vm::object::{Object as _, Value, ValueExt};
use adder_vm::raise;
use adder_vm::sysmodule;
use adder_vm::vm::Vm;
use std::cell::OnceCell;
use std::ffi::{c_char, c_int};

/// Where an option is.
#[derive(Clone, Copy)]
enum Place {
    /// An attribute of `sys`, and what it must be.
    Sys(&'static str, Kind),
    /// A field of `sys.flags`.
    Flag(&'static str),
    /// As `Flag`, a bool.
    Switch(&'static str),
    /// As `Switch`, with the opposite meaning.
    Not(&'static str),
    /// How the process began, as it is told by the function.
    Start(fn(&Vm) -> Value),
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    OptionalText,
    Texts,
    Options,
}

use Kind::*;
use Place::*;

/// Of flags: those that a program may change.
const CHANGEABLE: &[&str] = &[
    "bytes_warning",
    "inspect",
    "int_max_str_digits",
    "interactive",
    "optimization_level",
    "parser_debug",
    "quiet",
    "use_environment",
    "verbose",
    "write_bytecode",
];

const OPTIONS: &[(&str, Place)] = &[
    ("allocator", Start(|vm| vm.int(0))),
    ("argv", Sys("argv", Texts)),
    ("base_exec_prefix", Sys("base_exec_prefix", OptionalText)),
    ("base_executable", Sys("_base_executable", OptionalText)),
    ("base_prefix", Sys("base_prefix", OptionalText)),
    ("buffered_stdio", Start(|vm| bool_value(!vm.config.unbuffered))),
    ("bytes_warning", Flag("bytes_warning")),
    ("check_hash_pycs_mode", Start(|vm| vm.new_str("default"))),
    ("code_debug_ranges", Start(|vm| bool_value(adder_vm::compile::options(vm, 0, 0).debug_ranges))),
    ("coerce_c_locale", Start(no)),
    ("coerce_c_locale_warn", Start(no)),
    ("configure_c_stdio", Start(yes)),
    ("configure_locale", Start(yes)),
    ("context_aware_warnings", Flag("context_aware_warnings")),
    ("cpu_count", Start(|vm| vm.int(sysmodule::cpu_count_config(vm)))),
    ("dev_mode", Switch("dev_mode")),
    ("dump_refs", Start(no)),
    ("dump_refs_file", Start(|_| none())),
    ("exec_prefix", Sys("exec_prefix", OptionalText)),
    ("executable", Sys("executable", OptionalText)),
    ("faulthandler", Start(|vm| bool_value(given(vm, "faulthandler", "PYTHONFAULTHANDLER").is_some()))),
    ("filesystem_encoding", Start(|vm| vm.new_str("utf-8"))),
    ("filesystem_errors", Start(|vm| vm.new_str("surrogateescape"))),
    ("hash_seed", Start(|vm| vm.int(vm.config.hash_seed.unwrap_or(0) as i64))),
    ("home", Start(|vm| text_or_none(vm, given(vm, "", "PYTHONHOME")))),
    ("import_time", Start(|vm| number(vm, given(vm, "importtime", "PYTHONPROFILEIMPORTTIME")))),
    ("inspect", Switch("inspect")),
    ("install_signal_handlers", Start(yes)),
    ("int_max_str_digits", Flag("int_max_str_digits")),
    ("interactive", Switch("interactive")),
    ("isolated", Switch("isolated")),
    ("malloc_stats", Start(no)),
    ("module_search_paths", Sys("path", Texts)),
    ("optimization_level", Flag("optimize")),
    ("orig_argv", Sys("orig_argv", Texts)),
    ("parse_argv", Start(yes)),
    ("parser_debug", Switch("debug")),
    ("pathconfig_warnings", Start(yes)),
    ("perf_profiling", Start(|vm| vm.int(0))),
    ("platlibdir", Sys("platlibdir", Text)),
    ("prefix", Sys("prefix", OptionalText)),
    ("program_name", Start(|vm| vm.new_str(&vm.config.program))),
    ("pycache_prefix", Sys("pycache_prefix", OptionalText)),
    ("quiet", Switch("quiet")),
    ("remote_debug", Start(|vm| vm.int(0))),
    ("run_command", Start(|vm| text_or_none(vm, program(vm, "-c").map(|c| c + "\n")))),
    ("run_filename", Start(|vm| text_or_none(vm, program(vm, "")))),
    ("run_module", Start(|vm| text_or_none(vm, program(vm, "-m")))),
    ("safe_path", Switch("safe_path")),
    ("show_ref_count", Start(no)),
    ("site_import", Not("no_site")),
    ("skip_source_first_line", Start(no)),
    ("stdio_encoding", Start(|vm| stream(vm, "encoding", "utf-8"))),
    ("stdio_errors", Start(|vm| stream(vm, "errors", "strict"))),
    ("stdlib_dir", Sys("_stdlib_dir", OptionalText)),
    ("thread_inherit_context", Flag("thread_inherit_context")),
    ("tracemalloc", Start(|vm| number(vm, given(vm, "tracemalloc", "PYTHONTRACEMALLOC")))),
    ("use_environment", Not("ignore_environment")),
    ("use_frozen_modules", Start(yes)),
    ("use_hash_seed", Start(|vm| bool_value(vm.config.hash_seed.is_some()))),
    ("user_site_directory", Not("no_user_site")),
    ("utf8_mode", Switch("utf8_mode")),
    ("verbose", Flag("verbose")),
    ("warn_default_encoding", Switch("warn_default_encoding")),
    ("warnoptions", Sys("warnoptions", Texts)),
    ("write_bytecode", Not("dont_write_bytecode")),
    ("xoptions", Sys("_xoptions", Options)),
];

fn yes(_: &Vm) -> Value {
    bool_value(true)
}

fn no(_: &Vm) -> Value {
    bool_value(false)
}

/// What `-X option` or the environment said at the start; empty if it said nothing more.
fn given(vm: &Vm, option: &str, variable: &str) -> Option<String> {
    let c = &vm.config;
    if let Some((_, value)) = c.x_options.iter().find(|(name, _)| name == option) {
        return Some(value.clone().unwrap_or_default());
    }
    let ignored = c.isolated || c.ignore_environment;
    std::env::var(variable).ok().filter(|v| !ignored && !v.is_empty())
}

fn text_or_none(vm: &Vm, text: Option<String>) -> Value {
    text.map_or(none(), |t| vm.new_str(&t))
}

fn number(vm: &Vm, text: Option<String>) -> Value {
    vm.int(text.map_or(0, |t| t.parse().unwrap_or(1)))
}

/// What the process runs: with `-c` or `-m`, the word behind it; else the name of a file.
fn program(vm: &Vm, option: &str) -> Option<String> {
    let c = &vm.config;
    match c.argv.first()?.as_str() {
        first @ ("-c" | "-m") if first == option => {
            // The arguments of the program follow it.
            c.orig_argv.get(c.orig_argv.len().checked_sub(c.argv.len())?).cloned()
        }
        "-c" | "-m" | "" => None,
        file => (option.is_empty()).then(|| file.to_string()),
    }
}

/// An attribute of the first standard output.
fn stream(vm: &Vm, attribute: &str, default: &str) -> Value {
    let file = vm.sys_get("__stdout__").unwrap_or(none());
    match vm.get_attr_opt(file, vm.intern_str(attribute)) {
        Ok(Some(v)) if v.downcast::<Str>().is_some() => v,
        Ok(_) => vm.new_str(default),
        Err(raised) => {
            vm.take_exception(raised);
            vm.new_str(default)
        }
    }
}

fn find(vm: &Vm, name: *const c_char) -> PyResult<(&'static str, Place)> {
    // SAFETY: the caller passes a C string.
    let name = unsafe { text(name) };
    match OPTIONS.iter().find(|o| name == o.0) {
        Some(o) => Ok(*o),
        None => raise!(vm, ValueError, "unknown config option name: {name}"),
    }
}

fn get(vm: &Vm, place: Place) -> PyResult<Value> {
    let sys = import::import_module(vm, "sys")?;
    let flag = |name| vm.get_attr_str(vm.get_attr_str(sys, "flags")?, name);
    match place {
        // As `sys.dont_write_bytecode`, which a program may change.
        Not("dont_write_bytecode") => {
            Ok(bool_value(!vm.truth(vm.get_attr_str(sys, "dont_write_bytecode")?)?))
        }
        Flag("int_max_str_digits") => vm.call(vm.get_attr_str(sys, "get_int_max_str_digits")?, &[]),
        Sys(name, _) => vm.get_attr_str(sys, name),
        Flag(name) => flag(name),
        Switch(name) => Ok(bool_value(vm.truth(flag(name)?)?)),
        Not(name) => Ok(bool_value(!vm.truth(flag(name)?)?)),
        Start(f) => Ok(f(vm)),
    }
}

#[capi]
pub fn PyConfig_Get(vm: &Vm, name: *const c_char) -> PyResult<Value> {
    get(vm, find(vm, name)?.1)
}

#[capi]
pub fn PyConfig_GetInt(vm: &Vm, name: *const c_char, place: *mut c_int) -> PyResult<Done> {
    let (name, option) = find(vm, name)?;
    let v = get(vm, option)?;
    let Some(i) = as_int(v) else { raise!(vm, TypeError, "config option {name} is not an int") };
    let n = i.is_small().then(|| i.small()).and_then(|n| c_int::try_from(n).ok());
    let Some(n) = n else {
        raise!(vm, OverflowError, "config option {name} value does not fit into a C int")
    };
    // SAFETY: the caller passes a place for an int.
    unsafe { *place = n };
    Ok(Done)
}

#[capi]
pub fn PyConfig_Names(vm: &Vm) -> PyResult<Value> {
    let names: Result<_, ()> = Tuple::build(vm, OPTIONS.len(), |i| Ok(vm.new_str(OPTIONS[i].0)));
    vm.call(vm.builtin("frozenset")?, &[names.expect("strings are made").value()])
}

fn check(vm: &Vm, kind: Kind, v: Value) -> PyResult<()> {
    let is_text = |v: &Value| v.downcast::<Str>().is_some();
    let given = v.class().name();
    match kind {
        Text if !is_text(&v) => raise!(vm, TypeError, "expected str, got {given}"),
        OptionalText if !is_text(&v) && !v.is_none() => {
            raise!(vm, TypeError, "expected str or None, got {given}")
        }
        Texts => {
            let Some(list) = v.downcast::<List>() else {
                raise!(vm, TypeError, "expected list[str], got {given}")
            };
            if let Some(i) = list.items().iter().position(|i| !is_text(i)) {
                let name = list.get(i).class().name();
                raise!(vm, TypeError, "expected str, list item {i} has type {name}")
            }
        }
        Options => {
            let Some(dict) = v.downcast::<Dict>() else {
                raise!(vm, TypeError, "expected dict[str, str | bool], got {given}")
            };
            for (key, value) in (0..dict.slots()).filter_map(|i| dict.entry(i)) {
                if !is_text(&key) {
                    raise!(vm, TypeError, "expected str, got dict key type {}", key.class().name())
                }
                if !is_text(&value) && as_bool(value).is_none() {
                    // CPython names the key's type.
                    let name = key.class().name();
                    raise!(vm, TypeError, "expected str or bool, got dict value type {name}")
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// The number for a flag: not negative, and small.
fn flag_value(vm: &Vm, v: Value) -> PyResult<i64> {
    let Some(i) = as_int(v) else { raise!(vm, TypeError, "expected int or bool, got {}", v.class().name()) };
    match vm.int_to_i128(i) {
        n if n < 0 => Err(vm.value_error("value must be >= 0")),
        n => match c_int::try_from(n) {
            Ok(n) => Ok(n as i64),
            Err(_) => Err(vm.overflow_error("Python int too large to convert to C int")),
        },
    }
}

/// Replaces `sys.flags` by one with another value in a field.
fn set_flag(vm: &Vm, name: &str, n: i64) -> PyResult<()> {
    let flags = vm.sys_get("flags").unwrap_or(none());
    let mut new = vec![];
    for field in sysmodule::FLAGS {
        let old = vm.get_attr_str(flags, field)?;
        // Vectors of Rust hold no references: what is no small int is made again below.
        new.push(as_bool(old).map_or(vm.int_to_i128(as_int(old).unwrap_or(vm.int(0))) as i64, |b| b as i64));
    }
    let values = Tuple::build(vm, new.len(), |i| {
        let field = sysmodule::FLAGS[i];
        let v = if field == name { n } else { new[i] };
        Ok::<_, adder_vm::error::Raised>(match field {
            "dev_mode" | "safe_path" => bool_value(v != 0),
            _ => vm.int(v),
        })
    })?;
    vm.sys_set("flags", vm.new_struct_sequence(flags.class(), values.items()));
    Ok(())
}

#[capi]
pub fn PyConfig_Set(vm: &Vm, name: *const c_char, value: Arg) -> PyResult<Done> {
    let (name, place) = find(vm, name)?;
    let sys = import::import_module(vm, "sys")?;
    let v = value.value();
    match place {
        // What decided how this process began stays.
        Sys("orig_argv", _) => {}
        Sys(attribute, kind) => {
            check(vm, kind, v)?;
            vm.set_attr(sys, vm.intern_str(attribute), v)?;
            return Ok(Done);
        }
        Flag("int_max_str_digits") => {
            let n = flag_value(vm, v)?;
            if n != 0 && n < 640 {
                return Err(vm.value_error("maxdigits must be >= 640 or 0 for unlimited"));
            }
            vm.call(vm.get_attr_str(sys, "set_int_max_str_digits")?, &[v])?;
            set_flag(vm, "int_max_str_digits", n)?;
            return Ok(Done);
        }
        Flag(flag) if CHANGEABLE.contains(&name) => {
            let n = flag_value(vm, v)?;
            set_flag(vm, flag, n)?;
            return Ok(Done);
        }
        Switch(flag) if CHANGEABLE.contains(&name) => {
            let n = flag_value(vm, v)?;
            set_flag(vm, flag, (n != 0) as i64)?;
            return Ok(Done);
        }
        Not(flag) if CHANGEABLE.contains(&name) => {
            let n = flag_value(vm, v)?;
            set_flag(vm, flag, (n == 0) as i64)?;
            if flag == "dont_write_bytecode" {
                vm.set_attr(sys, vm.intern_str(flag), bool_value(n == 0))?;
            }
            return Ok(Done);
        }
        Start(_) if name == "cpu_count" => {
            let n = vm.index_isize(v)?;
            sysmodule::set_cpu_count(n as i64);
            return Ok(Done);
        }
        _ => {}
    }
    raise!(vm, ValueError, "cannot set read-only option {name}")
}

/// The arguments of the process as `main` got them.
#[capi]
pub fn Py_GetArgcArgv(vm: &Vm, count: *mut c_int, arguments: *mut *mut *mut libc::wchar_t) {
    thread_local! {
        static WIDE: OnceCell<(c_int, *mut *mut libc::wchar_t)> = const { OnceCell::new() };
    }
    let (n, list) = WIDE.with(|w| {
        *w.get_or_init(|| {
            let wide = |s: &String| {
                let chars: Vec<libc::wchar_t> = s.chars().map(|c| c as libc::wchar_t).chain([0]).collect();
                Box::leak(chars.into_boxed_slice()).as_mut_ptr()
            };
            let end = std::ptr::null_mut();
            let all: Vec<_> = vm.config.orig_argv.iter().map(wide).chain([end]).collect();
            (all.len() as c_int - 1, Box::leak(all.into_boxed_slice()).as_mut_ptr())
        })
    });
    // SAFETY: the caller passes places for both.
    unsafe { (*count, *arguments) = (n, list) };
}
