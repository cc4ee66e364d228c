//! Ints to text and back, for any size, with the limit that protects against quadratic conversions.

use crate::builtins::int::{BigInt, to_ibig};
use crate::builtins::int_ops;
use crate::builtins::str_::Str;
use crate::error::{PyResult, Raised};
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_text::int::Parsed;
use dashu_int::{IBig, Sign, UBig};

/// Shorter numbers are never refused.
pub const MAX_STR_DIGITS_THRESHOLD: usize = 640;

/// The digits of the magnitude of an exact int, lower case, without the limit.
pub fn digits(v: Value, radix: u32) -> Vec<u8> {
    if v.is_small() {
        return adder_text::int::digits(v.small().unsigned_abs(), radix);
    }
    let magnitude = to_ibig(v).into_parts().1;
    magnitude.in_radix(radix).to_string().into_bytes()
}

/// `digits` with the limit for decimal ones.
pub fn limited_digits(vm: &Vm, v: Value, radix: u32) -> PyResult<Vec<u8>> {
    if radix != 10 || v.is_small() {
        return Ok(digits(v, radix));
    }
    let limit = vm.int_max_str_digits.get();
    let refuse = || {
        vm.value_error(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion; use \
             sys.set_int_max_str_digits() to increase the limit"
        ))
    };
    // A number of b bits has more than 0.301 * (b - 1) digits: no need to compute hopeless ones.
    let least = (int_ops::bit_length(v) - 1) as f64 * std::f64::consts::LOG10_2;
    if limit > 0 && least > limit as f64 {
        return Err(refuse());
    }
    let text = digits(v, 10);
    if limit > 0 && text.len() > limit && text.len() > MAX_STR_DIGITS_THRESHOLD {
        return Err(refuse());
    }
    Ok(text)
}

impl Vm {
    /// `str(i)` of an exact int.
    pub fn int_to_str(&self, v: Value) -> PyResult<Value> {
        if v.is_small() {
            return Ok(self.new_str(&v.small().to_string()));
        }
        let mut text = limited_digits(self, v, 10)?;
        if int_ops::sign(v) < 0 {
            text.insert(0, b'-');
        }
        match Str::from_ascii(&text) {
            Some(s) => Ok(s.value()),
            None => Err(self.memory_error()),
        }
    }

    /// `bin`, `oct`, `hex` of an exact int.
    pub fn int_to_prefixed(&self, v: Value, radix: u32) -> PyResult<Value> {
        let mut text = match (radix, int_ops::sign(v) < 0) {
            (2, false) => b"0b".to_vec(),
            (2, true) => b"-0b".to_vec(),
            (8, false) => b"0o".to_vec(),
            (8, true) => b"-0o".to_vec(),
            (_, false) => b"0x".to_vec(),
            (_, true) => b"-0x".to_vec(),
        };
        text.extend(digits(v, radix));
        match Str::from_ascii(&text) {
            Some(s) => Ok(s.value()),
            None => Err(self.memory_error()),
        }
    }

    /// `int(text, base)`; `source` is what the error message shows. The base is 0 or 2 to 36.
    pub fn int_from_text(&self, text: &[u8], base: u32, source: Value) -> PyResult<Value> {
        match adder_text::int::parse(text, base) {
            Ok(Parsed::Small(i)) => Ok(self.int(i)),
            Ok(Parsed::Big { negative, radix, digits }) => {
                let limit = self.int_max_str_digits.get();
                if !radix.is_power_of_two()
                    && digits.len() > MAX_STR_DIGITS_THRESHOLD
                    && limit > 0
                    && digits.len() > limit
                {
                    raise!(
                        self,
                        ValueError,
                        "Exceeds the limit ({limit} digits) for integer string conversion: value has {} digits; \
                         use sys.set_int_max_str_digits() to increase the limit",
                        digits.len()
                    )
                }
                let digits = std::str::from_utf8(&digits).expect("digits are ASCII");
                let magnitude = UBig::from_str_radix(digits, radix).expect("the digits were checked");
                let sign = if negative { Sign::Negative } else { Sign::Positive };
                self.int_from_ibig(&IBig::from_parts(sign, magnitude))
            }
            Err(_) => {
                let shown: String = self.repr_string(source)?.chars().take(200).collect();
                raise!(self, ValueError, "invalid literal for int() with base {base}: {shown}")
            }
        }
    }

    /// `int(s, base)` for a string.
    pub fn int_from_str(&self, s: Ref<Str>, base: u32) -> PyResult<Value> {
        match s.as_ascii() {
            Some(text) => self.int_from_text(text.as_bytes(), base, s.value()),
            None => {
                let text = adder_text::classify::to_ascii_number(s.units());
                self.int_from_text(&text, base, s.value())
            }
        }
    }

    /// The contents of `bytes`, `bytearray` or another buffer; None if it is none.
    pub fn buffer_bytes(&self, v: Value) -> PyResult<Option<Vec<u8>>> {
        if v.is_small() || v.class().slots().bf_getbuffer.is_none() {
            return Ok(None);
        }
        Ok(Some(self.bytes_like(v)?.to_vec()))
    }

    /// Raises what a function of the text crate found wrong.
    pub fn raise_text_error(&self, e: adder_text::error::Error) -> Raised {
        use crate::builtins::exceptions::Exc;
        use adder_text::error::Kind;
        match e.kind {
            Kind::Value | Kind::Struct => self.error(Exc::ValueError, e.message),
            Kind::Type => self.error(Exc::TypeError, e.message),
            Kind::Overflow => self.error(Exc::OverflowError, e.message),
            Kind::Memory => self.memory_error(),
        }
    }

    /// `int.__format__`
    pub fn format_int(&self, v: Value, spec: Ref<Str>, type_name: &str) -> PyResult<Value> {
        use adder_text::format_number as f;
        let (spec, style) = f::int_spec(spec.units(), type_name).map_err(|e| self.raise_text_error(e))?;
        let text = match style {
            f::IntStyle::Digits { radix } => {
                let digits = limited_digits(self, v, radix)?;
                f::format_digits(int_ops::sign(v) < 0, &digits, &spec, f::C_LOCALE)
            }
            f::IntStyle::Char => {
                let Some(cp) = self.int_to_i64(v) else {
                    return Err(self.overflow_error("Python int too large to convert to C long"));
                };
                f::format_char(Some(cp), &spec).map_err(|e| self.raise_text_error(e))?
            }
            f::IntStyle::Float => {
                let x = self.int_to_f64(v)?;
                f::format_float_spec(x, &spec, type_name, f::C_LOCALE)
                    .map_err(|e| self.raise_text_error(e))?
            }
        };
        self.new_str_owned(text)
    }
}

/// The bytes of an int in two's complement, least significant first, `n` of them; None if it does not fit.
pub fn to_le_bytes(v: Value, n: usize, signed: bool) -> Option<Vec<u8>> {
    let negative = int_ops::sign(v) < 0;
    let bits = int_ops::bit_length(v);
    // Signed numbers need a sign bit, except that -2^k fits k + 1 bits.
    if !signed && bits > 8 * n as u64 {
        return None;
    }
    if signed && bits >= 8 * n as u64 && bits > 0 {
        let lowest = negative
            && bits == 8 * n as u64
            && to_ibig(v).into_parts().1.trailing_zeros_are(bits as usize - 1);
        if !lowest {
            return None;
        }
    }
    let fill = if negative { 0xff } else { 0 };
    let mut out = vec![fill; n];
    if v.is_small() {
        let bytes = v.small().to_le_bytes();
        let k = n.min(8);
        out[..k].copy_from_slice(&bytes[..k]);
        return Some(out);
    }
    // SAFETY: an exact int is small or a BigInt.
    let b = unsafe { v.cast::<BigInt>() };
    let mut carry = negative;
    for (i, word) in b.digits().iter().enumerate() {
        let mut w = *word;
        if negative {
            let (x, c) = (!w).overflowing_add(carry as u64);
            w = x;
            carry = c;
        }
        for (j, byte) in w.to_le_bytes().iter().enumerate() {
            if let Some(slot) = out.get_mut(8 * i + j) {
                *slot = *byte;
            }
        }
    }
    Some(out)
}

trait TrailingZeros {
    fn trailing_zeros_are(&self, n: usize) -> bool;
}

impl TrailingZeros for UBig {
    fn trailing_zeros_are(&self, n: usize) -> bool {
        self.trailing_zeros() == Some(n)
    }
}

/// An int from bytes, least significant first.
pub fn from_le_bytes(vm: &Vm, bytes: &[u8], signed: bool) -> PyResult<Value> {
    let negative = signed && bytes.last().is_some_and(|b| b & 0x80 != 0);
    if bytes.len() <= 8 {
        let mut word = if negative { [0xff; 8] } else { [0; 8] };
        word[..bytes.len()].copy_from_slice(bytes);
        let w = u64::from_le_bytes(word);
        return Ok(vm.new_int(if negative { w as i64 as i128 } else { w as i128 }));
    }
    if negative {
        let flipped: Vec<u8> = bytes.iter().map(|b| !b).collect();
        return vm.int_from_ibig(&-(IBig::from(UBig::from_le_bytes(&flipped)) + IBig::ONE));
    }
    vm.int_from_ibig(&IBig::from(UBig::from_le_bytes(bytes)))
}
