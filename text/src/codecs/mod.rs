//! Codecs that run until an error and can be resumed.
//!
//! A decoder is given all input, a position and a builder; an encoder all text, a position and a byte vector.
//! `Ok(())` means that the input is used up, except that a decoder with `last == false` leaves an incomplete sequence:
//! the position says how far it came. On `Err` the position is the start of the offending range and all before it has
//! been written. The caller asks the error handler, writes its replacement, moves the position and calls again.
//! Reasons and ranges are CPython's, so `UnicodeDecodeError` and `UnicodeEncodeError` can be made of them directly.

pub mod charmap;
pub mod escape;
pub mod handlers;
pub mod single;
pub mod utf16;
pub mod utf32;
pub mod utf7;
pub mod utf8;

/// What could not be converted and why; indices into the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

impl Fault {
    pub(crate) fn new(start: usize, end: usize, reason: &'static str) -> Fault {
        Fault { start, end, reason }
    }
}

pub const SURROGATES: &str = "surrogates not allowed";

pub(crate) fn is_surrogate(cp: u32) -> bool {
    (0xd800..0xe000).contains(&cp)
}

/// The byte order of UTF-16 and UTF-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The machine's, unless a byte order mark says otherwise; written with one.
    Native,
    Little,
    Big,
}

impl Order {
    /// From the `byteorder` argument of CPython's functions.
    pub fn from_int(n: i32) -> Order {
        match n {
            0 => Order::Native,
            ..0 => Order::Little,
            _ => Order::Big,
        }
    }

    pub fn to_int(self) -> i32 {
        match self {
            Order::Native => 0,
            Order::Little => -1,
            Order::Big => 1,
        }
    }

    pub(crate) fn is_big(self) -> bool {
        match self {
            Order::Native => cfg!(target_endian = "big"),
            order => order == Order::Big,
        }
    }
}
