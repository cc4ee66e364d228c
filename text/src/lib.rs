//! Text, bytes and the formatting of numbers, without objects.
//!
//! The types `str`, `bytes`, `int` and `float` and the modules `_codecs`, `unicodedata`, `_string` and `_struct`
//! are thin layers over this crate. Results, messages and error positions are CPython 3.14's.
//! Nothing here allocates on the collected heap or calls back into Python; where CPython would call an error handler,
//! a function stops and says where, and the caller resumes it.

#![deny(unsafe_code)]

pub mod builder;
pub mod bytes;
pub mod case;
pub mod classify;
pub mod codecs;
pub mod error;
pub mod float;
pub mod float_hex;
pub mod format_fields;
pub mod format_number;
pub mod format_spec;
pub mod hash;
pub mod int;
pub mod layout;
pub mod normalize;
pub mod printf;
pub mod repr;
pub mod search;
pub mod split;
pub mod struct_;
mod tables;
pub mod unicodedata;
pub mod units;
