//! The exported names of the C-variadic functions: each jumps to its body in `variadic/`.
//!
//! The linker takes C objects out of an archive only if somebody refers to them; this file does.

#![allow(non_snake_case)] // The names are the API's.

use crate::abstract_::c_name;
use crate::pyobject::{Arg, Borrowed, borrow_from_owner};
use adder_macros::capi;
use adder_vm::builtins::dict::Dict;
use adder_vm::error::PyResult;
use adder_vm::object::ValueExt;
use adder_vm::vm::Vm;
use std::ffi::c_char;

macro_rules! variadic {
    ($($name:ident = $body:ident;)*) => {
        $(
            /// Defined in C.
            #[unsafe(naked)]
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name() {
                std::arch::naked_asm!(concat!("jmp ", stringify!($body), "@PLT"))
            }
        )*
    };
}

variadic! {
    PyArg_Parse = adder_PyArg_Parse;
    PyArg_ParseTuple = adder_PyArg_ParseTuple;
    PyArg_ParseTupleAndKeywords = adder_PyArg_ParseTupleAndKeywords;
    PyArg_UnpackTuple = adder_PyArg_UnpackTuple;
    PyArg_VaParse = adder_PyArg_VaParse;
    PyArg_VaParseTupleAndKeywords = adder_PyArg_VaParseTupleAndKeywords;
    PyArg_ValidateKeywordArguments = adder_PyArg_ValidateKeywordArguments;
    // The names of a time when sizes were ints unless a macro was defined.
    _PyArg_Parse_SizeT = adder_PyArg_Parse;
    _PyArg_ParseTuple_SizeT = adder_PyArg_ParseTuple;
    _PyArg_ParseTupleAndKeywords_SizeT = adder_PyArg_ParseTupleAndKeywords;
    _PyArg_VaParse_SizeT = adder_PyArg_VaParse;
    _PyArg_VaParseTupleAndKeywords_SizeT = adder_PyArg_VaParseTupleAndKeywords;
    _PyArg_BadArgument = adder__PyArg_BadArgument;
    _PyArg_CheckPositional = adder__PyArg_CheckPositional;
    _PyArg_NoKeywords = adder__PyArg_NoKeywords;
    _PyArg_NoPositional = adder__PyArg_NoPositional;
    _PyArg_ParseStack = adder__PyArg_ParseStack;
    _PyArg_ParseStackAndKeywords = adder__PyArg_ParseStackAndKeywords;
    _PyArg_ParseTupleAndKeywordsFast = adder__PyArg_ParseTupleAndKeywordsFast;
    _PyArg_UnpackKeywords = adder__PyArg_UnpackKeywords;
    Py_BuildValue = adder_Py_BuildValue;
    Py_VaBuildValue = adder_Py_VaBuildValue;
    _Py_BuildValue_SizeT = adder_Py_BuildValue;
    _Py_VaBuildValue_SizeT = adder_Py_VaBuildValue;
    PyTuple_Pack = adder_PyTuple_Pack;

    PyObject_CallFunction = adder_PyObject_CallFunction;
    PyObject_CallFunctionObjArgs = adder_PyObject_CallFunctionObjArgs;
    PyObject_CallMethod = adder_PyObject_CallMethod;
    PyObject_CallMethodObjArgs = adder_PyObject_CallMethodObjArgs;
    _PyObject_CallFunction_SizeT = adder_PyObject_CallFunction;
    _PyObject_CallMethod_SizeT = adder_PyObject_CallMethod;
    PyEval_CallFunction = adder_PyEval_CallFunction;
    PyEval_CallMethod = adder_PyEval_CallMethod;

    PyErr_Format = adder_PyErr_Format;
    _PyErr_Format = adder__PyErr_Format;
    PyErr_FormatV = adder_PyErr_FormatV;
    PyErr_FormatUnraisable = adder_PyErr_FormatUnraisable;
    _PyErr_FormatFromCause = adder__PyErr_FormatFromCause;
    _PyErr_FormatNote = adder__PyErr_FormatNote;
    PyErr_ResourceWarning = adder_PyErr_ResourceWarning;
    PyErr_WarnExplicitFormat = adder_PyErr_WarnExplicitFormat;
    PyErr_WarnFormat = adder_PyErr_WarnFormat;
    PyOS_snprintf = adder_PyOS_snprintf;
    PyOS_vsnprintf = adder_PyOS_vsnprintf;

    PySys_Audit = adder_PySys_Audit;
    PySys_FormatStderr = adder_PySys_FormatStderr;
    PySys_FormatStdout = adder_PySys_FormatStdout;
    PySys_WriteStderr = adder_PySys_WriteStderr;
    PySys_WriteStdout = adder_PySys_WriteStdout;

    PyUnicode_FromFormat = adder_PyUnicode_FromFormat;
    PyUnicode_FromFormatV = adder_PyUnicode_FromFormatV;
    PyUnicodeWriter_Format = adder_PyUnicodeWriter_Format;
    PyBytes_FromFormat = adder_PyBytes_FromFormat;
    PyBytes_FromFormatV = adder_PyBytes_FromFormatV;
}

/// The value of a keyword, for the parser of arguments.
#[capi]
pub fn adder_dict_find(vm: &Vm, dict: Arg, name: *const c_char) -> PyResult<Borrowed> {
    let Some(d) = dict.peek().downcast::<Dict>() else {
        return Err(vm.system_error("bad argument to internal function"));
    };
    let name = c_name(vm, name)?;
    // A handful of keywords, whose names are mostly interned, is compared faster than the name is looked up.
    let interned = |i: usize| d.entry(i).filter(|(key, _)| *key == name.value()).map(|(_, v)| v);
    let found = match d.slots() {
        n @ 0..=8 => (0..n).find_map(interned),
        _ => None,
    };
    let found = match found {
        Some(v) => Some(v),
        None => d.get_name(vm, name)?,
    };
    match found {
        Some(v) => borrow_from_owner(vm, v),
        None => Ok(Borrowed(std::ptr::null_mut())),
    }
}
