//! Attributes that turn plain functions into methods, modules and C API functions.
