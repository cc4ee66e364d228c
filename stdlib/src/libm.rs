//! Functions of the C library that Rust's `f64` does not offer, or computes in another way.
//! CPython uses these, so results are equal to the last bit.

mod c {
    unsafe extern "C" {
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
        pub safe fn tolower(c: i32) -> i32;
        pub safe fn toupper(c: i32) -> i32;
        pub safe fn isalnum(c: i32) -> i32;
    }
}
pub use c::*;

/// Mantissa in [0.5, 1) and exponent.
pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    if exponent == 0 {
        let (m, e) = frexp(x * 2f64.powi(54));
        return (m, e - 54);
    }
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent - 1022)
}

/// `x * 2^e`, rounded once: infinite or zero beyond the range.
pub fn ldexp(x: f64, e: i64) -> f64 {
    let (m, own) = frexp(x);
    if m == 0.0 || !m.is_finite() {
        return x;
    }
    let e = e.saturating_add(own as i64);
    if e > 1024 {
        return f64::INFINITY.copysign(x);
    }
    if e < -1080 {
        return 0f64.copysign(x);
    }
    // Only the last step can round.
    if e < -1021 {
        return m * f64::from_bits(2 << 52) * 2f64.powi((e + 1021) as i32);
    }
    m * 2.0 * f64::from_bits(((e - 1 + 1023) as u64) << 52)
}
