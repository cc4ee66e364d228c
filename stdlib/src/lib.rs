//! The native modules and the embedded pure-Python library.
