//! The secret that string and bytes hashes are keyed with.
//!
//! It is chosen once at start-up, from PYTHONHASHSEED or at random, before the first string exists:
//! hashes are kept in the strings.

use adder_heap::GilCell;
use adder_text::hash::{Secret, Seed};

static SECRET: GilCell<Secret> = GilCell::new(Secret::from_seed(0));

/// Sets the secret. To be called before the first string is made.
pub fn init(seed: Seed) {
    *SECRET.get() = match seed {
        Seed::Fixed(n) => Secret::from_seed(n),
        Seed::Random => {
            let mut key = [0u8; 16];
            // SAFETY: the buffer has the length that is given.
            let got = unsafe { libc::getrandom(key.as_mut_ptr().cast(), key.len(), libc::GRND_NONBLOCK) };
            if got != key.len() as isize {
                // Early at boot there may be no entropy yet: the address of the stack and the time will do.
                let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let mix = (&raw const key as u128) << 64 | time.map_or(0, |t| t.as_nanos());
                key = mix.to_le_bytes();
            }
            Secret::from_bytes(key)
        }
    };
}

/// The process's secret.
#[inline(always)]
pub fn secret() -> &'static Secret {
    SECRET.get()
}

/// The hash of an exact int.
pub fn hash_int(i: adder_heap::Value) -> i64 {
    if i.is_small() {
        return adder_text::hash::hash_i64(i.small());
    }
    // SAFETY: an exact int is small or a BigInt.
    let b = unsafe { i.cast::<crate::builtins::int::BigInt>() };
    adder_text::hash::hash_words(b.digits(), b.negative)
}

/// The keyed hash of a source file in hash-based `.pyc` files: SipHash-1-3 with the key (key, 0).
pub fn source_hash(key: u64, data: &[u8]) -> u64 {
    let mut bytes = [0u8; 16];
    bytes[..8].copy_from_slice(&key.to_le_bytes());
    Secret::from_bytes(bytes).hash_bytes(data) as u64
}
