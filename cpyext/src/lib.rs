//! The C API layer.

pub mod ffi;
