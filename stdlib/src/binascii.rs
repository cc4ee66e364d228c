//! `binascii`: hexadecimal, base64 and checksums; uuencode and quoted-printable are in `binascii_text.rs`.

use crate::binascii_text::{UuError, qp_decode, qp_encode, uu_decode, uu_encode};
use crate::new_exception::ExceptionClass;
use adder_macros::pymodule;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::str_::Str;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// `binascii.Error`
static ERROR: ExceptionClass = ExceptionClass::new();
/// `binascii.Incomplete`
static INCOMPLETE: ExceptionClass = ExceptionClass::new();

fn error(vm: &Vm, message: impl Into<String>) -> Raised {
    let class = ERROR.get();
    let message = vm.new_str(&message.into());
    vm.raise_class(class, &[message])
}

/// Bytes-like data.
fn data_bytes(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    match vm.buffer_bytes(v)? {
        Some(b) => Ok(b),
        None => raise!(vm, TypeError, "a bytes-like object is required, not '{}'", v.class().name()),
    }
}

/// Bytes-like data or an ASCII string.
fn ascii_bytes(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    if let Some(s) = v.downcast::<Str>() {
        return match s.as_ascii() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Err(vm.value_error("string argument should contain only ASCII characters")),
        };
    }
    match vm.buffer_bytes(v)? {
        Some(b) => Ok(b),
        None => raise!(
            vm,
            TypeError,
            "argument should be bytes, buffer or ASCII string, not '{}'",
            v.class().name()
        ),
    }
}

/// Hexadecimal digits, with a separator every `group` bytes, counted from the right if positive.
pub fn hex(data: &[u8], separator: Option<u8>, group: i64) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let size = group.unsigned_abs() as usize;
    let mut out = Vec::with_capacity(data.len() * 3);
    for (i, b) in data.iter().enumerate() {
        if let Some(separator) = separator
            && size > 0
            && i > 0
        {
            let at = if group > 0 { data.len() - i } else { i };
            if at.is_multiple_of(size) {
                out.push(separator);
            }
        }
        out.push(DIGITS[(b >> 4) as usize]);
        out.push(DIGITS[(b & 15) as usize]);
    }
    out
}

fn hexlify_data(vm: &Vm, data: Value, sep: Option<Value>, group: Option<i64>) -> PyResult<Value> {
    let bytes = data_bytes(vm, data)?;
    let separator = match sep {
        None => None,
        Some(v) => {
            let text = match v.downcast::<Str>() {
                Some(s) if s.len() == 1 && !s.is_ascii() => return Err(vm.value_error("sep must be ASCII.")),
                Some(s) => s.chars().map(|c| c as u8).collect(),
                None => match vm.buffer_bytes(v)? {
                    Some(b) => b,
                    None => return Err(vm.type_error("sep must be str or bytes.")),
                },
            };
            match text[..] {
                [c] if c.is_ascii() => Some(c),
                [_] => return Err(vm.value_error("sep must be ASCII.")),
                _ => return Err(vm.value_error("sep must be length 1.")),
            }
        }
    };
    vm.new_bytes(&hex(&bytes, separator, group.unwrap_or(1)))
}

fn unhexlify_text(vm: &Vm, text: Value) -> PyResult<Value> {
    let text = ascii_bytes(vm, text)?;
    if text.len() % 2 == 1 {
        return Err(error(vm, "Odd-length string"));
    }
    let digit = |c: u8| (c as char).to_digit(16);
    let mut out = Vec::with_capacity(text.len() / 2);
    for pair in text.chunks_exact(2) {
        match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => out.push((high << 4 | low) as u8),
            _ => return Err(error(vm, "Non-hexadecimal digit found")),
        }
    }
    vm.new_bytes(&out)
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn decode_base64(vm: &Vm, text: &[u8], strict: bool) -> PyResult<Vec<u8>> {
    let mut table = [255u8; 256];
    for (i, c) in BASE64.iter().enumerate() {
        table[*c as usize] = i as u8;
    }
    if strict && text.first() == Some(&b'=') {
        return Err(error(vm, "Leading padding not allowed"));
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut place, mut left, mut pads) = (0, 0u8, 0);
    let mut padded = false;
    for (i, c) in text.iter().enumerate() {
        if *c == b'=' {
            padded = true;
            if strict && place == 0 {
                return Err(error(
                    vm,
                    if i == 0 { "Leading padding not allowed" } else { "Excess padding not allowed" },
                ));
            }
            if place >= 2 {
                pads += 1;
                if place + pads >= 4 {
                    if strict && i + 1 < text.len() {
                        return Err(error(vm, "Excess data after padding"));
                    }
                    return Ok(out);
                }
            }
            continue;
        }
        let v = table[*c as usize];
        if v == 255 {
            if strict {
                return Err(error(vm, "Only base64 data is allowed"));
            }
            continue;
        }
        if strict && padded {
            return Err(error(vm, "Discontinuous padding not allowed"));
        }
        pads = 0;
        match place {
            0 => left = v,
            1 => {
                out.push(left << 2 | v >> 4);
                left = v & 15;
            }
            2 => {
                out.push(left << 4 | v >> 2);
                left = v & 3;
            }
            _ => out.push(left << 6 | v),
        }
        place = (place + 1) % 4;
    }
    match place {
        0 => Ok(out),
        1 => Err(error(
            vm,
            format!(
                "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
                out.len() / 3 * 4 + 1
            ),
        )),
        _ => Err(error(vm, "Incorrect padding")),
    }
}

/// The table of the CRC of zlib, made at compile time.
const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut c = i as u32;
        let mut bit = 0;
        while bit < 8 {
            c = if c & 1 == 1 { 0xedb88320 ^ (c >> 1) } else { c >> 1 };
            bit += 1;
        }
        table[i] = c;
        i += 1;
    }
    table
};

/// Conversion between binary data and ASCII
#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod binascii {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let error = ERROR.make(vm, "binascii", "Error", &[Exc::ValueError.class().value()], "")?;
        let incomplete =
            INCOMPLETE.make(vm, "binascii", "Incomplete", &[Exc::Exception.class().value()], "")?;
        m.dict().set_str(vm, "Error", error);
        m.dict().set_str(vm, "Incomplete", incomplete);
        Ok(())
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.
    #[pyfunction("($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn b2a_hex(vm: &Vm, data: Value, sep: Option<Value>, bytes_per_sep: Option<i64>) -> PyResult<Value> {
        hexlify_data(vm, data, sep, bytes_per_sep)
    }

    /// Hexadecimal representation of binary data.
    ///
    /// The return value is a bytes object.
    #[pyfunction("($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hexlify(vm: &Vm, data: Value, sep: Option<Value>, bytes_per_sep: Option<i64>) -> PyResult<Value> {
        hexlify_data(vm, data, sep, bytes_per_sep)
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    /// This function is also available as "unhexlify()".
    #[pyfunction("($module, hexstr, /)")]
    fn a2b_hex(vm: &Vm, hexstr: Value) -> PyResult<Value> {
        unhexlify_text(vm, hexstr)
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    #[pyfunction("($module, hexstr, /)")]
    fn unhexlify(vm: &Vm, hexstr: Value) -> PyResult<Value> {
        unhexlify_text(vm, hexstr)
    }

    /// Decode a line of base64 data.
    ///
    ///   strict_mode
    ///     When set to True, bytes that are not in the base64 standard are not allowed.
    ///     The same applies to excess data after padding (= / ==).
    #[pyfunction("($module, data, /, *, strict_mode=False)")]
    fn a2b_base64(vm: &Vm, data: Value, strict_mode: Option<bool>) -> PyResult<Value> {
        let text = ascii_bytes(vm, data)?;
        vm.new_bytes(&decode_base64(vm, &text, strict_mode.unwrap_or(false))?)
    }

    /// Base64-code line of data.
    #[pyfunction("($module, data, /, *, newline=True)")]
    fn b2a_base64(vm: &Vm, data: Value, newline: Option<bool>) -> PyResult<Value> {
        let bytes = data_bytes(vm, data)?;
        let mut out = Vec::with_capacity(bytes.len() / 3 * 4 + 5);
        for chunk in bytes.chunks(3) {
            let word = chunk.iter().fold(0u32, |w, b| w << 8 | *b as u32) << (8 * (3 - chunk.len()));
            for i in 0..4 {
                let c = BASE64[(word >> (18 - 6 * i)) as usize & 63];
                out.push(if i <= chunk.len() { c } else { b'=' });
            }
        }
        if newline.unwrap_or(true) {
            out.push(b'\n');
        }
        vm.new_bytes(&out)
    }

    /// Decode a line of uuencoded data.
    #[pyfunction("($module, data, /)")]
    fn a2b_uu(vm: &Vm, data: Value) -> PyResult<Value> {
        match uu_decode(&ascii_bytes(vm, data)?) {
            Ok(bytes) => vm.new_bytes(&bytes),
            Err(UuError::IllegalCharacter) => Err(error(vm, "Illegal char")),
            Err(UuError::TrailingGarbage) => Err(error(vm, "Trailing garbage")),
        }
    }

    /// Uuencode line of data.
    #[pyfunction("($module, data, /, *, backtick=False)")]
    fn b2a_uu(vm: &Vm, data: Value, backtick: Option<bool>) -> PyResult<Value> {
        let bytes = data_bytes(vm, data)?;
        if bytes.len() > 45 {
            return Err(error(vm, "At most 45 bytes at once"));
        }
        vm.new_bytes(&uu_encode(&bytes, backtick.unwrap_or(false)))
    }

    /// Decode a string of qp-encoded data.
    #[pyfunction("($module, /, data, header=False)")]
    fn a2b_qp(vm: &Vm, data: Value, header: Option<bool>) -> PyResult<Value> {
        vm.new_bytes(&qp_decode(&ascii_bytes(vm, data)?, header.unwrap_or(false)))
    }

    /// Encode a string using quoted-printable encoding.
    ///
    /// On encoding, when istext is set, newlines are not encoded, and white
    /// space at end of lines is.  When istext is not set, \r and \n (CR/LF)
    /// are both encoded.  When quotetabs is set, space and tabs are encoded.
    #[pyfunction("($module, /, data, quotetabs=False, istext=True, header=False)")]
    fn b2a_qp(
        vm: &Vm,
        data: Value,
        quotetabs: Option<bool>,
        istext: Option<bool>,
        header: Option<bool>,
    ) -> PyResult<Value> {
        let bytes = data_bytes(vm, data)?;
        let (tabs, text) = (quotetabs.unwrap_or(false), istext.unwrap_or(true));
        vm.new_bytes(&qp_encode(&bytes, tabs, text, header.unwrap_or(false)))
    }

    /// Compute CRC-32 incrementally.
    #[pyfunction("($module, data, crc=0, /)")]
    fn crc32(vm: &Vm, data: Value, crc: Option<Value>) -> PyResult<u32> {
        let start = match crc {
            Some(c) => vm.index_i128(c)? as u32,
            None => 0,
        };
        let bytes = data_bytes(vm, data)?;
        Ok(!bytes.iter().fold(!start, |c, b| CRC[((c ^ *b as u32) & 255) as usize] ^ (c >> 8)))
    }

    /// Compute CRC-CCITT incrementally.
    #[pyfunction("($module, data, crc, /)")]
    fn crc_hqx(vm: &Vm, data: Value, crc: Value) -> PyResult<u32> {
        let mut c = vm.index_i128(crc)? as u16;
        for b in data_bytes(vm, data)? {
            c ^= (b as u16) << 8;
            for _ in 0..8 {
                c = if c & 0x8000 != 0 { c << 1 ^ 0x1021 } else { c << 1 };
            }
        }
        Ok(c as u32)
    }
}
