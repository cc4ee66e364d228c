//! Tables of the ASCII characters, which macros read.

const LOWER: u32 = 1;
const UPPER: u32 = 2;
const DIGIT: u32 = 4;
const SPACE: u32 = 8;
const XDIGIT: u32 = 16;

const fn kinds(c: u8) -> u32 {
    let kind = match c {
        b'a'..=b'z' => LOWER,
        b'A'..=b'Z' => UPPER,
        b'0'..=b'9' => DIGIT,
        b'\t'..=b'\r' | b' ' => SPACE,
        _ => 0,
    };
    if c.is_ascii_hexdigit() { kind | XDIGIT } else { kind }
}

macro_rules! tables {
    ($($name:ident: $t:ty = $f:expr;)*) => {$(
        #[unsafe(no_mangle)]
        #[allow(non_upper_case_globals)]
        pub static $name: [$t; 256] = {
            let mut table = [0; 256];
            let mut c = 0;
            while c < 256 {
                table[c] = $f(c as u8);
                c += 1;
            }
            table
        };
    )*};
}

const fn lower(c: u8) -> u8 {
    c.to_ascii_lowercase()
}

const fn upper(c: u8) -> u8 {
    c.to_ascii_uppercase()
}

tables! {
    _Py_ctype_table: u32 = kinds;
    _Py_ctype_tolower: u8 = lower;
    _Py_ctype_toupper: u8 = upper;
}
