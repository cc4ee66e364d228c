//! `cargo xtask bindgen`: the Rust side of `headers/`, in `cpyext/src/ffi/`.
//!
//! Structs, function-pointer types and constants are generated; functions and variables are not,
//! because cpyext defines them. The output is checked in, so a normal build needs no libclang, and
//! `--check` tells whether it still agrees with the headers. Formatting is done by prettyplease, so
//! that the result does not depend on the installed rustfmt.

use std::path::{Path, PathBuf};

use bindgen::callbacks::{IntKind, ParseCallbacks};
use bindgen::{CodegenConfig, EnumVariation, RustEdition, RustTarget};
use syn::Item;

use crate::{Outcome, read_text, root};

/// What is given to libclang. The datetime module's own view leaves out a static variable.
const INPUT: &str = r#"
#define Py_BUILD_CORE 1
#define _PY_DATETIME_IMPL
#include <Python.h>
#include <datetime.h>
#include <frameobject.h>
#include <marshal.h>
#include <internal/pycore_frame.h>
"#;

/// Written by hand: an object's header without the anonymous unions that C needs, and structs of bit
/// fields as the integer that they are.
const BY_HAND: &str = r#"
/// The count is 32 bits wide; the flags above it are zero in objects that are counted.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct PyObject {
    pub ob_refcnt: u32,
    pub ob_overflow: u16,
    pub ob_flags: u16,
    pub ob_type: *mut PyTypeObject,
}
pub type _object = PyObject;
const _: () = {
    assert!(::core::mem::size_of::<PyObject>() == 16);
    assert!(::core::mem::align_of::<PyObject>() == 8);
    assert!(::core::mem::offset_of!(PyObject, ob_refcnt) == 0);
    assert!(::core::mem::offset_of!(PyObject, ob_overflow) == 4);
    assert!(::core::mem::offset_of!(PyObject, ob_flags) == 6);
    assert!(::core::mem::offset_of!(PyObject, ob_type) == 8);
};
/// A string's state: the fields' bits in one word.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _PyUnicodeObject_state {
    pub bits: u32,
}
impl _PyUnicodeObject_state {
    pub const INTERNED_MASK: u32 = 0b11;
    pub const KIND_SHIFT: u32 = 2;
    pub const KIND_MASK: u32 = 0b111 << Self::KIND_SHIFT;
    pub const COMPACT: u32 = 1 << 5;
    pub const ASCII: u32 = 1 << 6;
    pub const STATICALLY_ALLOCATED: u32 = 1 << 7;
}
/// A thread state's `_status`.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct _ts__bindgen_ty_1 {
    pub bits: u32,
}
impl _ts__bindgen_ty_1 {
    pub const INITIALIZED: u32 = 1 << 0;
    pub const BOUND: u32 = 1 << 1;
    pub const UNBOUND: u32 = 1 << 2;
    pub const BOUND_GILSTATE: u32 = 1 << 3;
    pub const ACTIVE: u32 = 1 << 4;
    pub const FINALIZING: u32 = 1 << 5;
    pub const CLEARED: u32 = 1 << 6;
    pub const FINALIZED: u32 = 1 << 7;
}
pub use libc::FILE;
"#;

/// Constants that bindgen cannot evaluate.
const CONSTANTS_BY_HAND: &str = r#"
use super::types::*;
pub const PY_VECTORCALL_ARGUMENTS_OFFSET: usize = 1 << (usize::BITS - 1);
pub const PYTHREAD_INVALID_THREAD_ID: core::ffi::c_ulong = core::ffi::c_ulong::MAX;
"#;

pub fn run(args: &[String]) -> Outcome {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("bindgen takes only --check".to_owned()),
    };
    for (path, text) in generate()? {
        if check {
            if read_text(&path).ok().as_deref() != Some(&*text) {
                return Err(format!("{} is out of date: run cargo xtask bindgen", path.display()));
            }
        } else {
            std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

fn generate() -> Result<Vec<(PathBuf, String)>, String> {
    // Macros that contain casts are evaluated by compiling them, which needs a file on disk.
    let scratch = std::env::temp_dir().join(format!("adder-bindgen-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    let input = scratch.join("input.h");
    std::fs::write(&input, INPUT).map_err(|error| format!("{}: {error}", input.display()))?;
    let result = generate_from(&input, &scratch);
    std::fs::remove_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    result
}

fn generate_from(input: &Path, scratch: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let mut builder = bindgen::builder()
        .header(input.display().to_string())
        .clang_args(["-std=gnu11", "-I"])
        .clang_arg(root().join("headers").display().to_string())
        .allowlist_file(r".*/headers/.*\.h")
        .with_codegen_config(CodegenConfig::TYPES | CodegenConfig::VARS)
        .blocklist_file(r".*/headers/pyconfig\.h")
        .blocklist_type("PyObject|_object.*|_PyUnicodeObject_state|_ts__bindgen_ty_1|FILE|_IO_.*")
        .default_enum_style(EnumVariation::Consts)
        .prepend_enum_name(false)
        .derive_debug(false)
        .generate_comments(false)
        .layout_tests(true)
        .clang_macro_fallback()
        .clang_macro_fallback_build_dir(scratch)
        .use_core()
        .ctypes_prefix("core::ffi")
        .disable_header_comment()
        .rust_edition(RustEdition::Edition2024)
        .rust_target(RustTarget::stable(85, 0).map_err(|error| error.to_string())?)
        .parse_callbacks(Box::new(MacroTypes));
    // Variables that the API exports: cpyext defines these.
    for name in exported_variables()? {
        builder = builder.blocklist_var(name);
    }
    let bindings = builder.generate().map_err(|error| error.to_string())?;
    let file = syn::parse_file(&bindings.to_string()).map_err(|error| error.to_string())?;

    let (mut constants, mut types) = (Vec::new(), Vec::new());
    for item in file.items {
        match item {
            Item::Const(ref constant) if constant.ident != "_" => constants.push(item),
            Item::ForeignMod(_) => {}
            _ => types.push(item),
        }
    }
    let by_hand = syn::parse_file(BY_HAND).map_err(|error| error.to_string())?;
    types.splice(0..0, by_hand.items);
    let by_hand = syn::parse_file(CONSTANTS_BY_HAND).map_err(|error| error.to_string())?;
    constants.splice(0..0, by_hand.items);

    let folder = root().join("cpyext/src/ffi");
    let render = |what: &str, items: Vec<Item>| {
        let file = syn::File { shebang: None, attrs: Vec::new(), items };
        let notice = "// Generated from headers/ by `cargo xtask bindgen`. Do not edit.\n\n";
        format!("//! {what}\n{notice}{}", prettyplease::unparse(&file))
    };
    Ok(vec![
        (folder.join("types.rs"), render("Structs and function-pointer types of the C API.", types)),
        (folder.join("constants.rs"), render("Macros and enumerators of the C API.", constants)),
    ])
}

fn exported_variables() -> Result<Vec<String>, String> {
    let text = read_text(&crate::symbols::default_table())?;
    let fields = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    Ok(fields.filter(|row| row.get(1) == Some(&"data")).map(|row| row[0].to_owned()).collect())
}

/// Types of integer macros: those of the fields and parameters they are used with.
#[derive(Debug)]
struct MacroTypes;

impl ParseCallbacks for MacroTypes {
    fn int_macro(&self, name: &str, value: i64) -> Option<IntKind> {
        Some(if name.contains("Py_TPFLAGS_") {
            IntKind::ULong
        } else if i32::try_from(value).is_ok() {
            IntKind::Int
        } else if u32::try_from(value).is_ok() {
            IntKind::U32
        } else {
            IntKind::I64
        })
    }
}
