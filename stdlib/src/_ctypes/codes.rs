//! The type codes of `_SimpleCData`: how the memory of each becomes an object, and how an object is stored.
//!
//! Beside the codes that programs write there are `s` and `U`, arrays of characters seen as one string.
//! `swapped` means the other byte order.

use super::ffi_types::{Class, Leaf};
use super::keep::{Capsule, address_of};
use adder_text::builder::Owned;
use adder_vm::builtins::bytearray::ByteArray;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::int::{BigInt, as_int};
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::extension;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libffi_sys as ffi;

/// What `_type_` may be.
pub const LETTERS: &str = "cbBhHiIlLdDFGfuzZqQPOv?g";

pub struct Code {
    pub letter: u8,
    pub size: usize,
    pub align: usize,
    /// The letter in buffer formats.
    pub format: u8,
    /// There is a type of the other byte order.
    pub swaps: bool,
}

const fn code(letter: u8, size: usize, align: usize, format: u8, swaps: bool) -> Code {
    Code { letter, size, align, format, swaps }
}

static CODES: &[Code] = &[
    code(b'?', 1, 1, b'?', true),
    code(b'c', 1, 1, b'c', false),
    code(b'b', 1, 1, b'b', true),
    code(b'B', 1, 1, b'B', true),
    code(b'h', 2, 2, b'h', true),
    code(b'H', 2, 2, b'H', true),
    code(b'i', 4, 4, b'i', true),
    code(b'I', 4, 4, b'I', true),
    code(b'l', 8, 8, b'q', true),
    code(b'L', 8, 8, b'Q', true),
    code(b'q', 8, 8, b'q', true),
    code(b'Q', 8, 8, b'Q', true),
    code(b'f', 4, 4, b'f', true),
    code(b'd', 8, 8, b'd', true),
    code(b'g', 16, 16, b'g', false),
    code(b'F', 8, 4, b'F', true),
    code(b'D', 16, 8, b'D', true),
    code(b'G', 32, 16, b'G', false),
    code(b'u', 4, 4, b'u', false),
    code(b'z', 8, 8, b'z', false),
    code(b'Z', 8, 8, b'Z', false),
    code(b'P', 8, 8, b'P', false),
    code(b'O', 8, 8, b'O', false),
    code(b'v', 2, 2, b'v', false),
    code(b's', 8, 8, b's', false),
    code(b'U', 8, 8, b'U', false),
];

pub fn find(letter: u8) -> Option<&'static Code> {
    CODES.iter().find(|c| c.letter == letter)
}

/// What libffi is told about the code.
pub fn description(letter: u8) -> *mut ffi::ffi_type {
    match letter {
        b'?' | b'B' => &raw mut ffi::ffi_type_uint8,
        b'c' | b'b' => &raw mut ffi::ffi_type_sint8,
        b'h' | b'v' => &raw mut ffi::ffi_type_sint16,
        b'H' => &raw mut ffi::ffi_type_uint16,
        b'i' | b'u' => &raw mut ffi::ffi_type_sint32,
        b'I' => &raw mut ffi::ffi_type_uint32,
        b'l' | b'q' => &raw mut ffi::ffi_type_sint64,
        b'L' | b'Q' => &raw mut ffi::ffi_type_uint64,
        b'f' => &raw mut ffi::ffi_type_float,
        b'd' => &raw mut ffi::ffi_type_double,
        b'g' => &raw mut ffi::ffi_type_longdouble,
        b'F' => &raw mut ffi::ffi_type_complex_float,
        b'D' => &raw mut ffi::ffi_type_complex_double,
        b'G' => &raw mut ffi::ffi_type_complex_longdouble,
        _ => &raw mut ffi::ffi_type_pointer,
    }
}

/// Whether values of the code are integers, which bit fields may have.
pub fn is_integral(letter: u8) -> bool {
    b"?bBhHiIlLqQ".contains(&letter)
}

/// The numbers that a value of the code consists of.
pub fn leaves(code: &Code) -> Vec<Leaf> {
    let leaf = |offset, size, class| Leaf { offset, size, class };
    match code.letter {
        b'f' | b'd' => vec![leaf(0, code.size, Class::Float)],
        b'F' | b'D' => {
            let half = code.size / 2;
            vec![leaf(0, half, Class::Float), leaf(half, half, Class::Float)]
        }
        b'g' => vec![leaf(0, 16, Class::LongDouble)],
        b'G' => vec![leaf(0, 16, Class::LongDouble), leaf(16, 16, Class::LongDouble)],
        _ => vec![leaf(0, code.size, Class::Integer)],
    }
}

// ---- reading ------------------------------------------------------------------------------------

/// # Safety
/// `N` bytes may be read.
unsafe fn read<const N: usize>(p: *const u8, swapped: bool) -> [u8; N] {
    let mut bytes = [0; N];
    std::ptr::copy_nonoverlapping(p, bytes.as_mut_ptr(), N);
    if swapped {
        bytes.reverse();
    }
    bytes
}

/// An integer of up to eight bytes, its sign extended if it has one.
///
/// # Safety
/// `size` bytes may be read.
pub unsafe fn read_int(letter: u8, p: *const u8, size: usize, swapped: bool) -> i128 {
    let signed = b"cbhilquv".contains(&letter);
    match (size, signed) {
        (1, true) => *p as i8 as i128,
        (1, false) => *p as i128,
        (2, true) => i16::from_le_bytes(read(p, swapped)) as i128,
        (2, false) => u16::from_le_bytes(read(p, swapped)) as i128,
        (4, true) => i32::from_le_bytes(read(p, swapped)) as i128,
        (4, false) => u32::from_le_bytes(read(p, swapped)) as i128,
        (_, true) => i64::from_le_bytes(read(p, swapped)) as i128,
        (_, false) => u64::from_le_bytes(read(p, swapped)) as i128,
    }
}

/// The bytes before the first zero byte.
///
/// # Safety
/// The string is terminated.
pub unsafe fn c_string(vm: &Vm, p: *const u8) -> PyResult<Value> {
    vm.new_bytes(std::ffi::CStr::from_ptr(p.cast()).to_bytes())
}

/// Characters of `wchar_t`.
///
/// # Safety
/// `n` characters may be read.
pub unsafe fn wide(vm: &Vm, p: *const u8, n: usize) -> PyResult<Value> {
    for i in 0..n {
        let c = u32::from_le_bytes(read(p.add(4 * i), false));
        if c > 0x10ffff {
            raise!(vm, ValueError, "character U+{c:x} is not in range [U+0000; U+10ffff]")
        }
    }
    let chars = (0..n).map(|i| u32::from_le_bytes(read(p.add(4 * i), false)));
    vm.new_str_owned(Owned::from_code_points(chars))
}

/// How many characters come before the zero, at most `limit`.
///
/// # Safety
/// The string is terminated, or `limit` characters may be read.
pub unsafe fn wide_len(p: *const u8, limit: usize) -> usize {
    (0..limit).find(|i| u32::from_le_bytes(read(p.add(4 * i), false)) == 0).unwrap_or(limit)
}

/// The object of a value in memory; `size` is that of strings.
///
/// # Safety
/// `p` is the address of a value of the code, and of what it points to.
pub unsafe fn get(vm: &Vm, letter: u8, swapped: bool, p: *const u8, size: usize) -> PyResult<Value> {
    let pointer = || usize::from_le_bytes(read(p, false));
    Ok(match letter {
        b'?' => bool_value(*p != 0),
        b'v' => bool_value(read::<2>(p, false) != [0, 0]),
        b'c' => return vm.new_bytes(&[*p]),
        b'f' => vm.float(f32::from_le_bytes(read(p, swapped)) as f64),
        b'd' => vm.float(f64::from_le_bytes(read(p, swapped))),
        b'g' => vm.float(from_extended(read(p, false))),
        b'F' => {
            let (re, im) =
                (f32::from_le_bytes(read(p, swapped)), f32::from_le_bytes(read(p.add(4), swapped)));
            vm.complex(re as f64, im as f64)
        }
        b'D' => vm.complex(f64::from_le_bytes(read(p, swapped)), f64::from_le_bytes(read(p.add(8), swapped))),
        b'G' => vm.complex(from_extended(read(p, false)), from_extended(read(p.add(16), false))),
        b'u' => return wide(vm, p, 1),
        b'z' if pointer() == 0 => none(),
        b'z' => return c_string(vm, pointer() as *const u8),
        b'Z' if pointer() == 0 => none(),
        b'Z' => {
            let start = pointer() as *const u8;
            return wide(vm, start, wide_len(start, usize::MAX / 8));
        }
        b'P' if pointer() == 0 => none(),
        b'P' => vm.new_int(pointer() as i128),
        b'O' => {
            let Some(calls) = extension::foreign_calls().filter(|_| pointer() != 0) else {
                return Err(vm.value_error("PyObject is NULL"));
            };
            (calls.object_at)(pointer())
        }
        b's' => {
            let bytes = std::slice::from_raw_parts(p, size);
            let end = bytes.iter().position(|b| *b == 0).unwrap_or(size);
            let copy = bytes[..end].to_vec();
            return vm.new_bytes(&copy);
        }
        b'U' => return wide(vm, p, wide_len(p, size / 4)),
        _ => {
            let size = find(letter).map_or(8, |c| c.size);
            vm.new_int(read_int(letter, p, size, swapped))
        }
    })
}

// ---- writing ------------------------------------------------------------------------------------

/// # Safety
/// The bytes may be written.
unsafe fn write<const N: usize>(p: *mut u8, mut bytes: [u8; N], swapped: bool) {
    if swapped {
        bytes.reverse();
    }
    std::ptr::copy_nonoverlapping(bytes.as_ptr(), p, N);
}

/// Stores the low bytes of a number.
///
/// # Safety
/// `size` bytes may be written.
pub unsafe fn write_int(p: *mut u8, size: usize, n: u64, swapped: bool) {
    let mut bytes = n.to_le_bytes();
    let bytes = &mut bytes[..size];
    if swapped {
        bytes.reverse();
    }
    std::ptr::copy_nonoverlapping(bytes.as_ptr(), p, size);
}

/// The low 64 bits of an exact int (`PyLong_AsUnsignedLongLongMask`).
pub fn low_bits(vm: &Vm, i: Value) -> u64 {
    if i.is_small() {
        return i.small() as u64;
    }
    match i.exact::<BigInt>() {
        Some(b) => {
            let low = b.digits()[0];
            if b.negative { low.wrapping_neg() } else { low }
        }
        None => vm.int_to_i128(i) as u64,
    }
}

/// The low 64 bits of whatever is an index.
pub fn index_bits(vm: &Vm, v: Value) -> PyResult<u64> {
    let i = vm.index_value(v)?;
    Ok(low_bits(vm, i))
}

/// The byte of a `c_char`.
fn char_byte(vm: &Vm, v: Value) -> PyResult<u8> {
    let one = |bytes: &[u8], what: &str| match bytes {
        [b] => Ok(*b),
        _ => Err(vm.type_error(format!(
            "one character bytes, bytearray, or an integer in range(256) expected, not {what} of length {}",
            bytes.len()
        ))),
    };
    if let Some(b) = v.exact::<Bytes>() {
        return one(b.as_bytes(), "bytes");
    }
    if let Some(b) = v.exact::<ByteArray>() {
        return one(b.as_bytes(), "bytearray");
    }
    if as_int(v).is_some() {
        return match u8::try_from(vm.index_i128(v)?) {
            Ok(b) => Ok(b),
            Err(_) => Err(vm.type_error("integer not in range(256)")),
        };
    }
    raise!(
        vm,
        TypeError,
        "one character bytes, bytearray, or an integer in range(256) expected, not {}",
        v.class().full_name(vm)
    )
}

/// Stores an object; gives what must live as long as the memory.
///
/// # Safety
/// `p` is the address of memory for a value of the code; of `size` bytes, if it is a string's.
pub unsafe fn set(
    vm: &Vm,
    letter: u8,
    swapped: bool,
    p: *mut u8,
    value: Value,
    size: usize,
) -> PyResult<Option<Value>> {
    match letter {
        b'?' => *p = vm.truth(value)? as u8,
        b'v' => write(p, if vm.truth(value)? { [0xff; 2] } else { [0; 2] }, false),
        b'c' => *p = char_byte(vm, value)?,
        b'f' => {
            let x = vm.to_f64(value)?;
            write(p, (x as f32).to_le_bytes(), swapped);
        }
        b'd' => write(p, vm.to_f64(value)?.to_le_bytes(), swapped),
        b'g' => write(p, to_extended(vm.to_f64(value)?), false),
        b'F' => {
            let (re, im) = vm.to_complex(value)?;
            write(p, (re as f32).to_le_bytes(), swapped);
            write(p.add(4), (im as f32).to_le_bytes(), swapped);
        }
        b'D' => {
            let (re, im) = vm.to_complex(value)?;
            write(p, re.to_le_bytes(), swapped);
            write(p.add(8), im.to_le_bytes(), swapped);
        }
        b'G' => {
            let (re, im) = vm.to_complex(value)?;
            write(p, to_extended(re), false);
            write(p.add(16), to_extended(im), false);
        }
        b'u' => match value.downcast::<Str>() {
            Some(s) if s.len() == 1 => write(p, s.char_at(0).to_le_bytes(), false),
            Some(s) => {
                raise!(vm, TypeError, "a unicode character expected, not a string of length {}", s.len())
            }
            None => raise!(
                vm,
                TypeError,
                "a unicode character expected, not instance of {}",
                value.class().full_name(vm)
            ),
        },
        b'z' | b'Z' | b'P' => return set_pointer(vm, letter, p, value),
        b'O' => {
            let (address, keep) = address_of(vm, value)?;
            write(p, address.to_le_bytes(), false);
            return Ok(Some(keep));
        }
        b's' => set_bytes(vm, p, value, size)?,
        b'U' => set_wide(vm, p, value, size)?,
        _ => {
            let bits = index_bits(vm, value)?;
            write_int(p, find(letter).map_or(8, |c| c.size), bits, swapped);
        }
    }
    Ok(None)
}

/// # Safety
/// As `set`, for a pointer.
unsafe fn set_pointer(vm: &Vm, letter: u8, p: *mut u8, value: Value) -> PyResult<Option<Value>> {
    if value.is_none() {
        write(p, [0; 8], false);
        return Ok(None);
    }
    if letter == b'z'
        && value.downcast::<Bytes>().is_some()
        && let Some(calls) = extension::foreign_calls()
    {
        write(p, ((calls.bytes_data)(value) as usize).to_le_bytes(), false);
        return Ok(Some(value));
    }
    if letter == b'Z'
        && let Some(s) = value.downcast::<Str>()
    {
        let capsule = Capsule::of_wide(s);
        write(p, (capsule.address() as usize).to_le_bytes(), false);
        return Ok(Some(capsule.value()));
    }
    if as_int(value).is_some() {
        write(p, index_bits(vm, value)?.to_le_bytes(), false);
        return Ok(None);
    }
    let what = match letter {
        b'z' => "bytes",
        b'Z' => "unicode string",
        _ => return Err(vm.type_error("cannot be converted to pointer")),
    };
    raise!(vm, TypeError, "{what} or integer address expected instead of {} instance", value.class().name())
}

/// # Safety
/// As `set`, for `size` bytes.
unsafe fn set_bytes(vm: &Vm, p: *mut u8, value: Value, size: usize) -> PyResult<()> {
    let Some(b) = value.downcast::<Bytes>() else {
        raise!(vm, TypeError, "expected bytes, {} found", value.class().name())
    };
    // Only what comes before a zero byte counts.
    let n = b.as_bytes().iter().position(|c| *c == 0).unwrap_or(b.len());
    if n > size {
        raise!(vm, ValueError, "bytes too long ({n}, maximum length {size})")
    }
    std::ptr::copy_nonoverlapping(b.data_ptr(), p, n);
    if n < size {
        *p.add(n) = 0;
    }
    Ok(())
}

/// Stores a string of characters, with a zero behind it if there is room.
///
/// # Safety
/// `size` bytes may be written.
pub unsafe fn set_wide(vm: &Vm, p: *mut u8, value: Value, size: usize) -> PyResult<()> {
    let Some(s) = value.downcast::<Str>() else {
        raise!(vm, TypeError, "unicode string expected instead of {} instance", value.class().name())
    };
    let room = size / 4;
    if s.len() > room {
        raise!(vm, ValueError, "string too long ({}, maximum length {room})", s.len())
    }
    for (i, c) in s.chars().enumerate() {
        write(p.add(4 * i), c.to_le_bytes(), false);
    }
    if s.len() < room {
        write(p.add(4 * s.len()), [0; 4], false);
    }
    Ok(())
}

// ---- long double --------------------------------------------------------------------------------

/// A double as an x87 extended number.
pub fn to_extended(x: f64) -> [u8; 16] {
    let bits = x.to_bits();
    let sign = ((bits >> 63) as u16) << 15;
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & (1 << 52) - 1);
    let (exponent, mantissa) = match (exponent, fraction) {
        (0, 0) => (0, 0),
        (0, f) => {
            let shift = f.leading_zeros() as i32;
            (16383 - 1022 - (shift - 11), f << shift)
        }
        (0x7ff, f) => (0x7fff, 1 << 63 | f << 11),
        (e, f) => (e - 1023 + 16383, 1 << 63 | f << 11),
    };
    let mut out = [0; 16];
    out[..8].copy_from_slice(&mantissa.to_le_bytes());
    out[8..10].copy_from_slice(&(sign | exponent as u16).to_le_bytes());
    out
}

/// The double nearest to an x87 extended number.
pub fn from_extended(bytes: [u8; 16]) -> f64 {
    let mantissa = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"));
    let head = u16::from_le_bytes([bytes[8], bytes[9]]);
    let (negative, exponent) = (head >> 15 != 0, (head & 0x7fff) as i32);
    let magnitude = match exponent {
        0x7fff if mantissa << 1 == 0 => f64::INFINITY,
        0x7fff => f64::NAN,
        _ if mantissa == 0 => 0.0,
        // The mantissa counts units of 2**-63. To round only once, results below the normal range are
        // shifted before they become doubles.
        e => {
            let power = e - 16383 - 63;
            let top = power + 63;
            if top > 1023 {
                f64::INFINITY
            } else if top >= -1022 {
                mantissa as f64 * 2f64.powi(power + 64) * 2f64.powi(-64)
            } else {
                let drop = (-1074 - power) as u32;
                if drop > 64 {
                    0.0
                } else {
                    let (whole, rest) = match drop {
                        64 => (0, mantissa),
                        _ => (mantissa >> drop, mantissa << (64 - drop)),
                    };
                    let up = rest > 1 << 63 || rest == 1 << 63 && whole & 1 == 1;
                    f64::from_bits(whole + up as u64)
                }
            }
        }
    };
    if negative { -magnitude } else { magnitude }
}
