//! From the code generator's code objects to `CodeData`.
//!
//! Everything is copied field by field. The one thing that is rebuilt is the list of local slots: the code
//! generator keeps variables, cells and free variables apart, CPython 3.14 keeps one list with a kind for each.

use crate::code::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL, CodeData, Const};
use malachite_bigint::{BigInt, Sign};
use rustpython_compiler_core::bytecode::{CodeFlags, CodeObject, ConstantData};

pub fn code(object: &CodeObject) -> CodeData {
    code_in(object, "")
}

/// `scope` is what the qualified names of `object` and its siblings begin with.
fn code_in(object: &CodeObject, scope: &str) -> CodeData {
    let inner_scope = if object.obj_name == "<module>" {
        String::new()
    } else if object.obj_name.starts_with("<generic parameters of ") {
        scope.to_owned()
    } else if object.flags.contains(CodeFlags::OPTIMIZED) {
        format!("{}.<locals>.", object.qualname)
    } else {
        format!("{}.", object.qualname)
    };
    CodeData {
        name: object.obj_name.clone(),
        qualname: object.qualname.clone(),
        filename: object.source_path.clone(),
        argcount: object.arg_count,
        posonlyargcount: object.posonlyarg_count,
        kwonlyargcount: object.kwonlyarg_count,
        stacksize: object.max_stackdepth,
        flags: object.flags.bits(),
        firstlineno: object.first_line_number.map_or(0, |line| line.get() as i32),
        code: object.instructions.original_bytes(),
        consts: object.constants.iter().map(|data| member(data, &inner_scope)).collect(),
        names: object.names.to_vec(),
        localsplusnames: localsplus_names(object),
        localspluskinds: object.localspluskinds.to_vec(),
        linetable: object.linetable.to_vec(),
        exceptiontable: object.exceptiontable.to_vec(),
    }
}

/// A constant of a code object. CPython names the code of a function's annotations after the scope the function
/// is in (`C.__annotate__`); the code generator names it after the function (`C.method.__annotate__`).
fn member(data: &ConstantData, scope: &str) -> Const {
    let ConstantData::Code { code: inner } = data else { return constant(data) };
    let mut inner = code_in(inner, scope);
    if inner.name == "__annotate__" {
        let extra = inner.qualname.strip_prefix(scope).and_then(|rest| rest.strip_suffix(".__annotate__"));
        if extra.is_some_and(|function| !function.contains('.')) {
            inner.qualname = format!("{scope}__annotate__");
        }
    }
    Const::Code(Box::new(inner))
}

fn localsplus_names(object: &CodeObject) -> Vec<String> {
    let mut locals = object.varnames.iter();
    let mut cells = object.cellvars.iter().filter(|name| !object.varnames.contains(name));
    let mut free = object.freevars.iter();
    let next = |kind: &u8| -> Option<&String> {
        if kind & CO_FAST_LOCAL != 0 {
            locals.next()
        } else if kind & CO_FAST_CELL != 0 {
            cells.next()
        } else {
            debug_assert!(kind & CO_FAST_FREE != 0);
            free.next()
        }
    };
    let names: Vec<String> = object.localspluskinds.iter().filter_map(next).cloned().collect();
    debug_assert_eq!(names.len(), object.localspluskinds.len());
    names
}

pub fn constant(data: &ConstantData) -> Const {
    match data {
        ConstantData::None => Const::None,
        ConstantData::Ellipsis => Const::Ellipsis,
        ConstantData::Boolean { value: true } => Const::True,
        ConstantData::Boolean { value: false } => Const::False,
        ConstantData::Integer { value } => integer(value),
        ConstantData::Float { value } => Const::Float(*value),
        ConstantData::Complex { value } => Const::Complex(value.re, value.im),
        ConstantData::Str { value } => Const::Str(value.clone()),
        ConstantData::Bytes { value } => Const::Bytes(value.clone()),
        ConstantData::Code { code: inner } => Const::Code(Box::new(code(inner))),
        ConstantData::Tuple { elements } => Const::Tuple(elements.iter().map(constant).collect()),
        ConstantData::Frozenset { elements } => Const::FrozenSet(elements.iter().map(constant).collect()),
        ConstantData::Slice { elements } => Const::Slice(Box::new(elements.each_ref().map(constant))),
    }
}

pub fn integer(value: &BigInt) -> Const {
    match i64::try_from(value) {
        Ok(small) => Const::Int(small),
        Err(_) => {
            let (sign, magnitude_le) = value.to_bytes_le();
            Const::BigInt { negative: sign == Sign::Minus, magnitude_le }
        }
    }
}
