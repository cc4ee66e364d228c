//! The `struct` module's formats.

use super::formats::error;
use super::*;
use adder_text::struct_::{self, Format, Scalar};

#[test]
fn structs() {
    compare(include_str!("../data/structs.txt"), |name, row| {
        let format = || Format::parse(&row.bytes(1)).unwrap();
        match name {
            "size" => match Format::parse(&row.bytes(1)) {
                Ok(f) => f.size.to_string(),
                Err(e) => error(&e),
            },
            "int" => {
                let f = format();
                let mut out = vec![0; f.size];
                match struct_::pack_int(f.items[0].code, row.0[2].parse().ok(), &mut out, f.big_endian) {
                    Ok(()) => enc_bytes(&out),
                    Err(e) => error(&e),
                }
            }
            "float" => {
                let f = format();
                let mut out = vec![0; f.size];
                match struct_::pack_float(row.float(2), &mut out, f.big_endian) {
                    Ok(()) => enc_bytes(&out),
                    Err(e) => error(&e),
                }
            }
            "unpack" => {
                let f = format();
                match struct_::unpack(f.items[0].code, &row.bytes(2), f.big_endian) {
                    Scalar::Int(v) => v.to_string(),
                    Scalar::UInt(v) => v.to_string(),
                    Scalar::Float(v) => enc_float(v),
                    Scalar::Bytes(b) => enc_bytes(b),
                    other => panic!("{other:?}"),
                }
            }
            "s" | "p" => {
                let mut out = vec![0; row.int(1) as usize];
                struct_::pack_bytes(name.as_bytes()[0], &row.bytes(2), &mut out);
                enc_bytes(&out)
            }
            "half" => {
                let v = struct_::half_to_f64(row.int(1) as u16);
                assert_eq!(enc_float(v), row.0[2]);
                struct_::f64_to_half(v).unwrap().to_string()
            }
            _ => panic!("{name}"),
        }
    });
}

#[test]
fn packs_complex() {
    let mut out = [0; 8];
    struct_::pack_complex(1.5, 1e300, &mut out, false);
    assert_eq!(out, [0, 0, 0xc0, 0x3f, 0, 0, 0x80, 0x7f]);
    assert_eq!(struct_::unpack(b'F', &out, false), Scalar::Complex(1.5, f64::INFINITY));
}
