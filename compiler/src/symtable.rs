//! Symbol tables as plain data, for the `_symtable` module.

use crate::compile::{core_mode, internal_error};
use crate::error::SyntaxError;
use crate::messages;
use crate::options::{Mode, Options};
use crate::stack;
use rustpython_codegen::symboltable as core;

/// One block: a module, class, function or one of the hidden scopes of annotations and type parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolTable {
    /// `top` for the module.
    pub name: String,
    pub kind: BlockKind,
    pub lineno: u32,
    pub nested: bool,
    /// `(name, flags)` in the order of first mention. The flags are `DEF_*` and `USE`, with the scope
    /// (`LOCAL` = 1 ... `CELL` = 5) shifted left by `SCOPE_OFFSET`.
    pub symbols: Vec<(String, u32)>,
    /// Parameters, then locals, of a function.
    pub varnames: Vec<String>,
    pub children: Vec<SymbolTable>,
}

/// The numbers are `_symtable`'s `TYPE_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BlockKind {
    Function = 0,
    Class = 1,
    Module = 2,
    Annotation = 3,
    TypeAlias = 4,
    TypeParameters = 5,
    TypeVariable = 6,
}

pub const DEF_GLOBAL: u32 = 1;
pub const DEF_LOCAL: u32 = 2;
pub const DEF_PARAM: u32 = 2 << 1;
pub const DEF_NONLOCAL: u32 = 2 << 2;
pub const USE: u32 = 2 << 3;
pub const DEF_FREE_CLASS: u32 = 2 << 5;
pub const DEF_IMPORT: u32 = 2 << 6;
pub const DEF_ANNOT: u32 = 2 << 7;
pub const DEF_COMP_ITER: u32 = 2 << 8;
pub const DEF_TYPE_PARAM: u32 = 2 << 9;
pub const DEF_COMP_CELL: u32 = 2 << 10;
pub const DEF_BOUND: u32 = DEF_LOCAL | DEF_PARAM | DEF_IMPORT | DEF_TYPE_PARAM;
pub const SCOPE_OFFSET: u32 = 12;
pub const SCOPE_MASK: u32 = DEF_GLOBAL | DEF_LOCAL | DEF_PARAM | DEF_NONLOCAL;

pub fn symtable(
    source: &str,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<SymbolTable, SyntaxError> {
    let build = || match rustpython_compiler::compile_symtable(source, core_mode(mode), filename) {
        Ok(table) => Ok(convert(&table)),
        Err(error) => Err(messages::translate(&error, source, mode, options)),
    };
    stack::run(build).unwrap_or_else(|panic| Err(internal_error(panic)))
}

fn convert(table: &core::SymbolTable) -> SymbolTable {
    let symbols = table
        .symbols
        .iter()
        .map(|(name, symbol)| {
            let mut flags = u32::from(symbol.flags.bits());
            // The analysis marks names that are only used, too.
            if flags & (DEF_BOUND | DEF_GLOBAL) == 0 {
                flags &= !DEF_FREE_CLASS;
            }
            flags |= (symbol.scope.as_i32() as u32) << SCOPE_OFFSET;
            (name.to_string(), flags)
        })
        .collect();
    SymbolTable {
        name: table.name.to_string(),
        kind: block_kind(table.typ),
        lineno: table.line_number,
        nested: table.is_nested,
        symbols,
        varnames: table.varnames.iter().map(|name| name.to_string()).collect(),
        children: children(table).map(convert).collect(),
    }
}

/// With `from __future__ import annotations` there is no annotation scope at run time.
fn children(table: &core::SymbolTable) -> impl Iterator<Item = &core::SymbolTable> {
    let annotations = table.annotation_block.as_deref().filter(|_| !table.future_annotations);
    annotations.into_iter().chain(table.sub_tables.iter())
}

fn block_kind(scope: core::CompilerScope) -> BlockKind {
    use core::CompilerScope as Scope;
    match scope {
        Scope::Module => BlockKind::Module,
        Scope::Class => BlockKind::Class,
        Scope::Function | Scope::AsyncFunction | Scope::Lambda | Scope::Comprehension => BlockKind::Function,
        Scope::TypeParams => BlockKind::TypeParameters,
        Scope::Annotation => BlockKind::Annotation,
        Scope::TypeAlias => BlockKind::TypeAlias,
        Scope::TypeVariable => BlockKind::TypeVariable,
    }
}
