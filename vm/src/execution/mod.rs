//! Execution of code objects: translation to register form, frames, the interpreter.

pub mod attribute_cache;
pub mod binding;
pub mod body;
pub mod calls;
pub mod cold;
pub mod displays;
pub mod entry;
pub mod frame;
pub mod instr;
pub mod interp;
pub mod intrinsics;
pub mod lifetimes;
pub mod names;
pub mod operands;
pub mod outside;
pub mod owners;
pub mod run;
pub mod translate;
pub mod translator;
pub mod unpacking;
