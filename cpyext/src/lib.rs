//! The C API layer.
