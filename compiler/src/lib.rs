//! Source to code objects: a thin layer over the parser and compiler crates.
//!
//! Everything that enters or leaves is plain data of this crate's own types, so that neither the VM nor the
//! library knows which crates do the work. See docs/decisions/0002-parser-and-compiler.md for that choice.

pub mod ast;
pub mod code;
mod compile;
mod convert;
pub mod error;
pub mod escape_warnings;
mod messages;
pub mod number_warnings;
pub mod opcode;
pub mod options;
pub mod source;
mod stack;
pub mod symtable;
pub mod tables;
mod template_strings;

pub use code::{CodeData, Const};
pub use compile::{Compiled, compile, compile_full, token_warnings};
pub use error::{ErrorKind, SyntaxError, Warning};
pub use options::{Mode, Options};
