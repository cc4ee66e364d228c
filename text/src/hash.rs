//! Hash values, bit for bit CPython's.
//!
//! Strings and bytes: SipHash-1-3 over the stored units, so equal strings must be stored in the same (narrowest) kind.
//! Numbers: the value modulo the Mersenne prime 2^61 - 1, so that equal numbers of different types hash equal.
//! -1 means an error in C, so no hash is -1; each function keeps that.

use crate::units::Units;
use siphasher::sip::SipHasher13;

/// The key of string hashes (`_Py_HashSecret`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secret {
    k0: u64,
    k1: u64,
}

/// What PYTHONHASHSEED asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    Random,
    Fixed(u32),
}

impl Seed {
    /// Parses the variable; `None` means CPython's complaint:
    /// `PYTHONHASHSEED must be "random" or an integer in range [0; 4294967295]`.
    pub fn parse(text: &str) -> Option<Seed> {
        match text {
            "" | "random" => Some(Seed::Random),
            _ => text.trim_start().parse().map(Seed::Fixed).ok(),
        }
    }
}

impl Secret {
    /// The key for a fixed seed; 0 switches randomisation off.
    pub const fn from_seed(seed: u32) -> Secret {
        // lcg_urandom
        let mut key = [0u8; 16];
        if seed != 0 {
            let mut x = seed;
            let mut i = 0;
            while i < 16 {
                x = x.wrapping_mul(214013).wrapping_add(2531011);
                key[i] = (x >> 16) as u8;
                i += 1;
            }
        }
        Secret::from_bytes(key)
    }

    /// The key made of random bytes.
    pub const fn from_bytes(key: [u8; 16]) -> Secret {
        let k = u128::from_le_bytes(key);
        Secret { k0: k as u64, k1: (k >> 64) as u64 }
    }

    /// `_Py_HashBytes`.
    #[inline]
    pub fn hash_bytes(&self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        no_error(SipHasher13::new_with_keys(self.k0, self.k1).hash(bytes) as i64)
    }

    #[inline]
    pub fn hash_str(&self, u: Units) -> i64 {
        match u {
            Units::One(s) => self.hash_bytes(s),
            Units::Two(s) => self.hash_bytes(bytemuck::cast_slice(s)),
            Units::Four(s) => self.hash_bytes(bytemuck::cast_slice(s)),
        }
    }
}

#[inline]
fn no_error(h: i64) -> i64 {
    if h == -1 { -2 } else { h }
}

pub const MODULUS: u64 = (1 << 61) - 1;
pub const INF: i64 = 314159;
pub const IMAG: u64 = 1000003;

#[inline]
fn signed(x: u64, negative: bool) -> i64 {
    no_error(if negative { -(x as i64) } else { x as i64 })
}

/// x * 2^n modulo 2^61 - 1, for a reduced x.
#[inline]
fn rotate(x: u64, n: u32) -> u64 {
    ((x << n) & MODULUS) | (x >> (61 - n))
}

#[inline]
pub fn hash_i64(v: i64) -> i64 {
    signed(v.unsigned_abs() % MODULUS, v < 0)
}

/// A big int as little-endian 64-bit words.
pub fn hash_words(words: &[u64], negative: bool) -> i64 {
    // 2^64 is 2^3 modulo 2^61 - 1.
    let x = words.iter().rev().fold(0, |x, w| {
        let sum = rotate(x, 3) + w % MODULUS;
        if sum >= MODULUS { sum - MODULUS } else { sum }
    });
    signed(x, negative)
}

/// `_Py_HashDouble`; `None` for NaN, which hashes by identity.
pub fn hash_f64(v: f64) -> Option<i64> {
    if v.is_infinite() {
        return Some(if v > 0.0 { INF } else { -INF });
    }
    if v.is_nan() {
        return None;
    }
    let bits = v.to_bits();
    let (mantissa, exponent) = match (bits >> 52 & 0x7ff) as i32 {
        0 => (bits & ((1 << 52) - 1), -1074),
        e => (bits & ((1 << 52) - 1) | 1 << 52, e - 1075),
    };
    Some(signed(rotate(mantissa, exponent.rem_euclid(61) as u32), v < 0.0))
}

/// From the hashes of the two parts.
pub fn hash_complex(real: i64, imag: i64) -> i64 {
    no_error((real as u64).wrapping_add(IMAG.wrapping_mul(imag as u64)) as i64)
}

/// `_Py_HashPointer`: identity hashes.
pub fn hash_address(address: u64) -> i64 {
    no_error(address.rotate_right(4) as i64)
}

const P1: u64 = 11400714785074694791;
const P2: u64 = 14029467366897019727;
const P5: u64 = 2870177450012600261;

/// The hash of a tuple, item by item (xxHash, as in `tuple_hash`).
#[derive(Clone, Copy)]
pub struct TupleHash {
    acc: u64,
    len: u64,
}

impl TupleHash {
    pub fn new() -> TupleHash {
        TupleHash { acc: P5, len: 0 }
    }

    #[inline]
    pub fn add(&mut self, item: i64) {
        self.acc = self.acc.wrapping_add((item as u64).wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
        self.len += 1;
    }

    #[inline]
    pub fn finish(self) -> i64 {
        match self.acc.wrapping_add(self.len ^ (P5 ^ 3527539)) as i64 {
            -1 => 1546275796,
            h => h,
        }
    }
}

pub fn hash_tuple(items: impl IntoIterator<Item = i64>) -> i64 {
    let mut t = TupleHash::new();
    items.into_iter().for_each(|h| t.add(h));
    t.finish()
}

/// `frozenset_hash`; the order of the items does not matter.
pub fn hash_frozenset(items: impl IntoIterator<Item = i64>) -> i64 {
    let (mut h, mut len) = (0u64, 0u64);
    for item in items {
        let x = item as u64;
        h ^= ((x ^ 89869747) ^ (x << 16)).wrapping_mul(3644798167);
        len += 1;
    }
    h ^= (len + 1).wrapping_mul(1927868237);
    h ^= (h >> 11) ^ (h >> 25);
    match h.wrapping_mul(69069).wrapping_add(907133923) as i64 {
        -1 => 590923713,
        h => h,
    }
}
