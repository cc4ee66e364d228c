//! Source to code objects: a thin layer over the parser and compiler crates.
