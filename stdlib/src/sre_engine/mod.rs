//! The regular expression engine: executes the code that `re._compiler` makes.
//!
//! `chars.rs` says what single characters match, `matcher.rs` matches at one place, `search.rs` looks for
//! the place; `filter.rs` skips places where nothing can match,
//! `tables.rs` makes sets fast. Everything is generic over the width of the subject's units, so that positions are indices.
//!
//! Malformed code gives some wrong answer, but no panic and no endless loop: what lies outside of the code
//! reads as `FAILURE`, and jumps go forwards.

pub mod chars;
pub mod filter;
pub mod matcher;
pub mod op;
pub mod search;
pub mod tables;
