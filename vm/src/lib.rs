//! Objects, built-in types, interpreter, import system.

extern crate self as adder_vm;

pub mod args;
pub mod bltinmodule;
pub mod bootstrap;
pub mod builtins;
pub mod codec_errors;
pub mod codec_run;
pub mod codecs;
pub mod compile;
pub mod def;
pub mod error;
pub mod events;
pub mod execution;
pub mod extension;
pub mod generic_slots;
pub mod gil;
pub mod hashing;
pub mod identity;
pub mod import;
#[cfg(debug_assertions)]
pub mod machines;
pub mod matching;
pub mod missing_names;
pub mod monitoring;
pub mod names;
pub mod object;
pub mod pending;
pub mod protocol;
pub mod semantics;
pub mod shapes;
pub mod slot_wrappers;
pub mod slots;
mod stdlib_names;
pub mod suggestions;
pub mod sys_functions;
pub mod sysmodule;
pub mod thread;
pub mod tracemalloc;
pub mod type_extension;
pub mod type_new;
pub mod vm;
pub mod warnings;
pub mod watch;
