//! Trace IR, optimiser and lowering; knows no Python semantics.
//!
//! A *trace* is what one run through a loop did, as a flat list of operations in SSA form. The language that
//! uses it is a `Host`: words, fields, shapes, functions and places to resume at are its own, and reach
//! traces as numbers and descriptors. So far there is the IR and an evaluator that runs it; no optimiser
//! and no machine code.

pub mod abort;
pub mod eval;
pub mod ir;
pub mod ops;
pub mod parse;
pub mod print;
pub mod verify;
