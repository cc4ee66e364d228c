//! The native modules and the embedded pure-Python library.

pub mod _codecs;
