//! C types as libffi describes them.
//!
//! How a struct is passed depends on the classes of its eightbytes only (System V ABI). So a struct is not
//! described by its fields, of which unions, bit fields and arrays have no form in libffi, but by elements
//! that give the same classes: this is why each type knows its leaves.

use libffi_sys as ffi;
use std::ptr::null_mut;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Integer,
    Float,
    LongDouble,
}

/// A number inside a type.
#[derive(Clone, Copy)]
pub struct Leaf {
    pub offset: usize,
    pub size: usize,
    pub class: Class,
}

/// What libffi is told about a type.
pub enum Description {
    Basic(*mut ffi::ffi_type),
    Aggregate(Box<Aggregate>),
}

pub struct Aggregate {
    description: ffi::ffi_type,
    /// Ends with null.
    elements: Vec<*mut ffi::ffi_type>,
}

impl Description {
    pub fn pointer() -> Description {
        Description::Basic(&raw mut ffi::ffi_type_pointer)
    }

    /// A struct or union.
    pub fn aggregate(size: usize, align: usize, leaves: &[Leaf]) -> Description {
        let elements = elements(size, leaves);
        let description = ffi::ffi_type {
            size,
            alignment: align as u16,
            type_: ffi::FFI_TYPE_STRUCT,
            elements: null_mut(),
        };
        let mut new = Box::new(Aggregate { description, elements });
        new.description.elements = new.elements.as_mut_ptr();
        Description::Aggregate(new)
    }

    /// The address of the description, which lives as long as this.
    pub fn address(&mut self) -> *mut ffi::ffi_type {
        match self {
            Description::Basic(p) => *p,
            Description::Aggregate(a) => &raw mut a.description,
        }
    }
}

fn elements(size: usize, leaves: &[Leaf]) -> Vec<*mut ffi::ffi_type> {
    let mut out = vec![];
    if size == 16 && leaves.iter().any(|l| l.class == Class::LongDouble) {
        return vec![&raw mut ffi::ffi_type_longdouble, null_mut()];
    }
    let mut at = 0;
    // What is larger than two eightbytes goes to memory, whatever is in it.
    while at < size.min(32) {
        let here = 8.min(size - at);
        let inside = |l: &&Leaf| l.offset < at + 8 && l.offset + l.size > at;
        let mut found = leaves.iter().filter(inside).peekable();
        let is_float = found.peek().is_some() && found.all(|l| l.class == Class::Float);
        match (is_float, here) {
            (true, 8) => out.push(&raw mut ffi::ffi_type_double),
            (true, 4) => out.push(&raw mut ffi::ffi_type_float),
            (_, n) => {
                for (part, description) in [
                    (8, &raw mut ffi::ffi_type_uint64),
                    (4, &raw mut ffi::ffi_type_uint32),
                    (2, &raw mut ffi::ffi_type_uint16),
                    (1, &raw mut ffi::ffi_type_uint8),
                ] {
                    if n & part != 0 {
                        out.push(description);
                    }
                }
            }
        }
        at += 8;
    }
    out.push(null_mut());
    out
}
