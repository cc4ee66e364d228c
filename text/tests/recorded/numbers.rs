//! Hashes, floats, integers.

use super::*;
use adder_text::float::{self, Code, Style};
use adder_text::hash::{self, Secret};
use adder_text::{classify, float_hex, int};

fn text(bytes: Vec<u8>) -> String {
    enc_bytes(&bytes)
}

fn list(field: &str) -> impl Iterator<Item = &str> {
    field[1..].split_terminator('|')
}

#[test]
fn hashes() {
    compare(include_str!("../data/hashes.txt"), |name, row| {
        let h = match name {
            "str" => Secret::from_seed(row.int(1) as u32).hash_str(row.text(2).as_units()),
            "bytes" => Secret::from_seed(row.int(1) as u32).hash_bytes(&row.bytes(2)),
            "float" => hash::hash_f64(row.float(1)).unwrap(),
            "complex" => hash::hash_complex(
                hash::hash_f64(row.float(1)).unwrap(),
                hash::hash_f64(row.float(2)).unwrap(),
            ),
            "int" => hash::hash_i64(row.int(1) as i64),
            "words" => {
                hash::hash_words(&list(row.0[1]).map(|w| w.parse().unwrap()).collect::<Vec<_>>(), false)
            }
            "tuple" => hash::hash_tuple(list(row.0[1]).map(|w| w.parse().unwrap())),
            "frozenset" => hash::hash_frozenset(list(row.0[1]).map(|w| w.parse().unwrap())),
            _ => panic!("{name}"),
        };
        h.to_string()
    });
}

#[test]
fn floats() {
    compare(include_str!("../data/floats.txt"), |name, row| {
        let format = |code| {
            let style =
                Style { code, precision: row.int(2) as usize, alternate: name.len() > 1, dot_zero: false };
            text(float::format(row.float(1), style))
        };
        let number = || classify::to_ascii_number(row.text(1).as_units());
        match name {
            "repr" => text(float::repr(row.float(1))),
            "hex" => enc_str(&float_hex::hex(row.float(1))),
            "e" | "#e" => format(Code::E),
            "f" | "#f" => format(Code::F),
            "g" | "#g" => format(Code::G),
            "round" => float::round_to(row.float(1), row.int(2) as i64).map_or("-".into(), enc_float),
            "repr_complex" => text(float::repr_complex(row.float(1), row.float(2))),
            "parse" => float::parse(&number()).map_or("-".into(), enc_float),
            "parse_complex" => float::parse_complex(&number())
                .map_or("-".into(), |(re, im)| enc_list([enc_float(re), enc_float(im)])),
            "fromhex" => match float_hex::from_hex(&row.bytes(1)) {
                Ok(v) => enc_float(v),
                Err(float_hex::HexError::Invalid) => enc_str("!ValueError"),
                Err(float_hex::HexError::TooLarge) => enc_str("!OverflowError"),
            },
            _ => panic!("{name}"),
        }
    });
}

#[test]
fn ints() {
    compare(include_str!("../data/ints.txt"), |name, row| match name {
        "parse" => match int::parse(&classify::to_ascii_number(row.text(1).as_units()), row.int(2) as u32) {
            Ok(int::Parsed::Small(v)) => v.to_string(),
            Ok(int::Parsed::Big { negative, radix, digits }) => {
                let digits = std::str::from_utf8(&digits).unwrap();
                // Larger ones are not compared by value.
                match u128::from_str_radix(digits, radix) {
                    Ok(v) => format!("{}{v}", if negative { "-" } else { "" }),
                    Err(_) => row.0[3].to_owned(),
                }
            }
            Err(int::Invalid) => "-".into(),
        },
        "dec" => text(int::format(row.int(1) as i64, 10)),
        "hex" => text(int::format_prefixed(row.int(1) as i64, 16)),
        "oct" => text(int::format_prefixed(row.int(1) as i64, 8)),
        "bin" => text(int::format_prefixed(row.int(1) as i64, 2)),
        _ => panic!("{name}"),
    });
}
