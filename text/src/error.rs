//! Errors of the formatting functions: which exception, and CPython's message.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Value,
    Type,
    Overflow,
    Struct,
    /// Without a message.
    Memory,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: Kind,
    pub message: String,
}

pub fn value(message: impl Into<String>) -> Error {
    Error { kind: Kind::Value, message: message.into() }
}

pub fn type_(message: impl Into<String>) -> Error {
    Error { kind: Kind::Type, message: message.into() }
}

pub fn overflow(message: impl Into<String>) -> Error {
    Error { kind: Kind::Overflow, message: message.into() }
}

/// Fails as CPython does when there cannot be room for so many bytes; widths and counts come from the program.
pub fn check_room(bytes: usize) -> Result<(), Error> {
    // What is small is not worth the question.
    if bytes > 1 << 20 && Vec::<u8>::new().try_reserve_exact(bytes).is_err() {
        return Err(Error { kind: Kind::Memory, message: String::new() });
    }
    Ok(())
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
