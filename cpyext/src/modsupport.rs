//! The exported names of the C-variadic functions: each jumps to its body in `varargs.c`
//! or `unicodeformat.c`.
//!
//! The linker takes C objects out of an archive only if somebody refers to them; this file does.

#![allow(non_snake_case)] // The names are the API's.

macro_rules! variadic {
    ($($name:ident = $body:ident;)*) => {
        unsafe extern "C" {
            $(fn $body();)*
        }
        $(
            /// Defined in `varargs.c`.
            #[unsafe(naked)]
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name() {
                std::arch::naked_asm!("jmp {}", sym $body)
            }
        )*
    };
}

variadic! {
    PyArg_Parse = adder_PyArg_Parse;
    PyArg_ParseTuple = adder_PyArg_ParseTuple;
    PyArg_UnpackTuple = adder_PyArg_UnpackTuple;
    PyArg_VaParse = adder_PyArg_VaParse;
    Py_BuildValue = adder_Py_BuildValue;
    Py_VaBuildValue = adder_Py_VaBuildValue;
    PyTuple_Pack = adder_PyTuple_Pack;
    PyErr_Format = adder_PyErr_Format;
    PyUnicode_FromFormat = adder_PyUnicode_FromFormat;
    PyUnicode_FromFormatV = adder_PyUnicode_FromFormatV;
    PyUnicodeWriter_Format = adder_PyUnicodeWriter_Format;
    PyBytes_FromFormat = adder_PyBytes_FromFormat;
    PyBytes_FromFormatV = adder_PyBytes_FromFormatV;
}
