//! `PyConfig_Get` and relatives: the options of the running interpreter, which are those of `sys`.

use crate::pyobject::{Arg, Done};
use crate::unicodeobject::text;
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::bool_value;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::import;
use adder_vm::object::{Object as _, Value, ValueExt};
use adder_vm::raise;
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
    /// Whether code objects have columns: the compiler's.
    DebugRanges,
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

const OPTIONS: &[(&str, Place)] = &[
    ("argv", Sys("argv", Texts)),
    ("base_exec_prefix", Sys("base_exec_prefix", OptionalText)),
    ("base_executable", Sys("_base_executable", OptionalText)),
    ("base_prefix", Sys("base_prefix", OptionalText)),
    ("bytes_warning", Flag("bytes_warning")),
    ("code_debug_ranges", DebugRanges),
    ("dev_mode", Switch("dev_mode")),
    ("exec_prefix", Sys("exec_prefix", OptionalText)),
    ("executable", Sys("executable", OptionalText)),
    ("inspect", Switch("inspect")),
    ("int_max_str_digits", Flag("int_max_str_digits")),
    ("interactive", Switch("interactive")),
    ("isolated", Switch("isolated")),
    ("module_search_paths", Sys("path", Texts)),
    ("optimization_level", Flag("optimize")),
    ("orig_argv", Sys("orig_argv", Texts)),
    ("parser_debug", Switch("debug")),
    ("platlibdir", Sys("platlibdir", Text)),
    ("prefix", Sys("prefix", OptionalText)),
    ("pycache_prefix", Sys("pycache_prefix", OptionalText)),
    ("quiet", Switch("quiet")),
    ("safe_path", Switch("safe_path")),
    ("site_import", Not("no_site")),
    ("stdlib_dir", Sys("_stdlib_dir", OptionalText)),
    ("use_environment", Not("ignore_environment")),
    ("user_site_directory", Not("no_user_site")),
    ("utf8_mode", Switch("utf8_mode")),
    ("verbose", Flag("verbose")),
    ("warnoptions", Sys("warnoptions", Texts)),
    ("write_bytecode", Not("dont_write_bytecode")),
    ("xoptions", Sys("_xoptions", Options)),
];

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
        Sys(name, Texts) if name != "path" && name != "argv" => {
            vm.call(List::class().value(), &[vm.get_attr_str(sys, name)?])
        }
        Sys(name, _) => vm.get_attr_str(sys, name),
        Flag(name) => flag(name),
        Switch(name) => Ok(bool_value(vm.truth(flag(name)?)?)),
        Not(name) => Ok(bool_value(!vm.truth(flag(name)?)?)),
        DebugRanges => Ok(bool_value(adder_vm::compile::options(vm, 0, 0).debug_ranges)),
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

fn check(vm: &Vm, name: &str, kind: Kind, v: Value) -> PyResult<()> {
    let is_text = |v: Value| v.downcast::<Str>().is_some();
    let (good, wanted) = match kind {
        Text => (is_text(v), "a str"),
        OptionalText => (is_text(v) || v.is_none(), "a str or None"),
        Texts => {
            let items = v.downcast::<List>();
            (items.is_some_and(|l| l.items().iter().all(|i| is_text(*i))), "a list of strings")
        }
        Options => (v.downcast::<Dict>().is_some(), "a dict"),
    };
    if !good {
        raise!(vm, TypeError, "config option {name} must be {wanted}, not {}", v.class().name())
    }
    Ok(())
}

#[capi]
pub fn PyConfig_Set(vm: &Vm, name: *const c_char, value: Arg) -> PyResult<Done> {
    let (name, place) = find(vm, name)?;
    let sys = import::import_module(vm, "sys")?;
    let v = value.value();
    match place {
        // What decided how this process began stays.
        Sys("orig_argv" | "_stdlib_dir" | "_base_executable", _) => {}
        Sys(attribute, kind) => {
            check(vm, name, kind, v)?;
            vm.set_attr(sys, vm.intern_str(attribute), v)?;
            return Ok(Done);
        }
        Not("dont_write_bytecode") => {
            vm.set_attr(sys, vm.intern_str("dont_write_bytecode"), bool_value(!vm.truth(v)?))?;
            return Ok(Done);
        }
        Flag("int_max_str_digits") => {
            vm.call(vm.get_attr_str(sys, "set_int_max_str_digits")?, &[v])?;
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
