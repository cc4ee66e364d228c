//! Attributes that turn plain Rust structs and functions into Python classes, methods and modules.
//!
//! What they generate is plain data (`ClassDef`, `MethodDef`, `ModuleDef` of `adder-vm`) plus one
//! small wrapper per function that binds arguments and converts the result. No behaviour lives
//! here: the runtime side is `vm/src/def.rs` and `vm/src/args.rs`.

mod capi;
mod class;
mod func;
mod methods;
mod module;
mod signature;

use proc_macro::TokenStream;

/// `#[pyclass(name = "list", module = "builtins", base = Object, fixed = 12, flags = ..., ...)]` on a
/// `#[repr(C)]` struct whose first field is `h: LongHeader` (or `Header`).
///
/// Generates the `Object` implementation: layout, reference mask (fields written `Field<...>` are
/// references), and the static cell that holds the type and its shape.
#[proc_macro_attribute]
pub fn pyclass(attr: TokenStream, item: TokenStream) -> TokenStream {
    class::expand(attr.into(), item.into()).unwrap_or_else(|e| e.to_compile_error()).into()
}

/// On an `impl` block: `#[pymethod("(signature)")]`, `#[classmethod]`, `#[staticmethod]`, `#[getter]`,
/// `#[setter(name)]`, `#[deleter]`, `#[slot(nb_add)]` functions become the tables of the class.
#[proc_macro_attribute]
pub fn pymethods(attr: TokenStream, item: TokenStream) -> TokenStream {
    methods::expand(attr.into(), item.into()).unwrap_or_else(|e| e.to_compile_error()).into()
}

/// On an inline `mod`: `#[pyfunction("(signature)")]` functions become the module's functions, an
/// `fn exec(vm, module: Ref<Module>) -> PyResult<()>` runs once; yields `pub static DEF: ModuleDef`.
#[proc_macro_attribute]
pub fn pymodule(attr: TokenStream, item: TokenStream) -> TokenStream {
    module::expand(attr.into(), item.into()).unwrap_or_else(|e| e.to_compile_error()).into()
}

/// On `pub fn PyX_Y(vm: &Vm, a: Arg, ...) -> PyResult<...>`: exports it to C under its name. Parameters
/// and results convert by their types (`FromC`, `IntoC` of `cpyext/src/pyobject.rs`); an error sets the
/// C side's error indicator and returns the error value of the type.
#[proc_macro_attribute]
pub fn capi(_attr: TokenStream, item: TokenStream) -> TokenStream {
    capi::expand(item.into()).unwrap_or_else(|e| e.to_compile_error()).into()
}
