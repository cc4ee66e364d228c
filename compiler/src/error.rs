//! Syntax errors and warnings as plain data.

/// Which exception class the VM raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Syntax,
    Indentation,
    Tab,
    /// `_IncompleteInputError`: more input could make it right.
    IncompleteInput,
    /// `RecursionError`: nested too deeply for the compiler.
    Recursion,
    /// A bug in the compiler crates; the message is the panic's.
    Internal,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub message: String,
    /// 1-based; 0 if unknown.
    pub lineno: u32,
    /// 1-based, in characters; 0 if unknown.
    pub offset: u32,
    pub end_lineno: u32,
    /// -1 if unknown.
    pub end_offset: i32,
    /// The source line with its line break, if there is one.
    pub text: Option<String>,
}

/// A `SyntaxWarning`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub message: String,
    pub lineno: u32,
    /// 1-based, in characters.
    pub offset: u32,
}
