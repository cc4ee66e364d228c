//! Codecs with an error handler that notes each fault and replaces it with "?", repr, and the Unicode database.

use super::*;
use adder_text::builder::Builder;
use adder_text::codecs::charmap::EncodingMap;
use adder_text::codecs::{Fault, Order, charmap, escape, handlers, single, utf7, utf8, utf16, utf32};
use adder_text::normalize::{self, Form};
use adder_text::unicodedata::{self as ucd, Version};
use adder_text::{classify, repr};

fn faults(list: &[Fault]) -> impl Iterator<Item = String> {
    list.iter().flat_map(|f| [f.start.to_string(), f.end.to_string(), enc_str(f.reason)])
}

#[test]
fn decode() {
    let data = include_str!("../data/decode.txt");
    let table = Row(data.lines().next().unwrap().split('\t').collect()).text(1);
    compare(data, |name, row| {
        if name == "table" {
            return String::new();
        }
        let input = row.bytes(1);
        let last = row.int(2) == 1;
        let (mut at, mut out, mut log) = (0, Builder::new(), Vec::new());
        let mut seven = utf7::Decoder::default();
        let mut order = match name {
            _ if name.ends_with("le") => Order::Little,
            _ if name.ends_with("be") => Order::Big,
            _ => Order::Native,
        };
        let mut invalid = None;
        loop {
            let result = match name {
                "utf_8" => utf8::decode(&input, &mut at, &mut out, last),
                "utf_7" => seven.decode(&input, &mut at, &mut out, last),
                "utf_16" | "utf_16_le" | "utf_16_be" => {
                    utf16::decode(&input, &mut at, &mut out, last, &mut order)
                }
                "utf_32" | "utf_32_le" | "utf_32_be" => {
                    utf32::decode(&input, &mut at, &mut out, last, &mut order)
                }
                "unicode_escape" => escape::decode_unicode(&input, &mut at, &mut out, last, &mut invalid),
                "raw_unicode_escape" => escape::decode_raw(&input, &mut at, &mut out, last),
                "ascii" => single::decode_ascii(&input, &mut at, &mut out),
                "charmap" => charmap::decode(&input, &mut at, &mut out, table.as_units()),
                _ => panic!("{name}"),
            };
            let Err(fault) = result else { break };
            log.push(fault);
            out.push('?' as u32);
            at = fault.end;
        }
        let mut items = vec![enc(out.finish().as_units()), at.to_string()];
        if matches!(name, "utf_16" | "utf_32") {
            items.push(order.to_int().to_string());
        }
        enc_list(items.into_iter().chain(faults(&log)))
    });
}

#[test]
fn encode() {
    let table = Owned::from_code_points((0..256).map(|i| if i < 128 { i } else { i * 7 }));
    let map = EncodingMap::build(table.as_units());
    compare(include_str!("../data/encode.txt"), |name, row| {
        let text = row.text(1);
        let u = text.as_units();
        let each = |f: &dyn Fn(Units) -> Vec<u8>| {
            let mut out = Vec::new();
            for i in 0..u.len() {
                match u.get(i) {
                    c @ ..0x80 => out.push(c as u8),
                    _ => out.extend(f(u.slice(i..i + 1))),
                }
            }
            enc_bytes(&out)
        };
        match name {
            "backslashreplace" => return each(&handlers::backslash_text),
            "xmlcharrefreplace" => return each(&handlers::xml_references),
            "namereplace" => return each(&handlers::names),
            "surrogateescape" => {
                let b = row.bytes(1);
                let cps: Vec<u32> = b
                    .iter()
                    .map(|c| if *c < 128 { *c as u32 } else { handlers::escape_bytes(&[*c])[0] })
                    .collect();
                let back = handlers::unescape_surrogates(Units::Four(&[0xdc80, 0xdcff]));
                assert_eq!(back, Some(vec![0x80, 0xff]));
                return enc_cps(cps.into_iter());
            }
            _ => {}
        }
        let (mut at, mut out, mut log) = (0, Vec::new(), Vec::new());
        if name == "surrogatepass" {
            let encoding = row.string(1);
            let text = row.text(2);
            let utf = handlers::Utf::from_name(&encoding).unwrap();
            let order = if encoding.ends_with("be") { Order::Big } else { Order::Little };
            while let Err(fault) = match encoding.as_str() {
                "utf-8" => utf8::encode(text.as_units(), &mut at, &mut out),
                "utf-16-le" | "utf-16-be" => utf16::encode(text.as_units(), &mut at, &mut out, order),
                _ => utf32::encode(text.as_units(), &mut at, &mut out, order),
            } {
                let bytes = utf.encode_surrogates(text.as_units().slice(fault.start..fault.end)).unwrap();
                let (c, n) = utf.decode_surrogate(&bytes).unwrap();
                assert_eq!(c, text.as_units().get(fault.start));
                assert!(n <= bytes.len());
                out.extend(bytes);
                at = fault.end;
            }
            return enc_bytes(&out);
        }
        loop {
            let (at, out) = (&mut at, &mut out);
            let result = match name {
                "utf_8" => utf8::encode(u, at, out),
                "utf_16" => utf16::encode(u, at, out, Order::Native),
                "utf_16_le" => utf16::encode(u, at, out, Order::Little),
                "utf_16_be" => utf16::encode(u, at, out, Order::Big),
                "utf_32" => utf32::encode(u, at, out, Order::Native),
                "utf_32_le" => utf32::encode(u, at, out, Order::Little),
                "utf_32_be" => utf32::encode(u, at, out, Order::Big),
                "ascii" => single::encode_ascii(u, at, out),
                "latin_1" => single::encode_latin1(u, at, out),
                "charmap" => charmap::encode(u, at, out, &map),
                _ => {
                    *out = match name {
                        "utf_7" => utf7::encode(u),
                        "unicode_escape" => escape::encode_unicode(u),
                        "raw_unicode_escape" => escape::encode_raw(u),
                        _ => panic!("{name}"),
                    };
                    *at = u.len();
                    Ok(())
                }
            };
            let Err(fault) = result else { break };
            log.push(fault);
            match name {
                "utf_16" | "utf_16_le" => {
                    utf16::encode(Units::One(b"?"), &mut 0, out, Order::Little).unwrap()
                }
                "utf_16_be" => utf16::encode(Units::One(b"?"), &mut 0, out, Order::Big).unwrap(),
                "utf_32" | "utf_32_le" => {
                    utf32::encode(Units::One(b"?"), &mut 0, out, Order::Little).unwrap()
                }
                "utf_32_be" => utf32::encode(Units::One(b"?"), &mut 0, out, Order::Big).unwrap(),
                _ => out.push(b'?'),
            }
            *at = fault.end;
        }
        enc_list([enc_bytes(&out), at.to_string()].into_iter().chain(faults(&log)))
    });
}

#[test]
fn reprs() {
    compare(include_str!("../data/reprs.txt"), |name, row| match name {
        "repr" => enc(repr::repr_str(row.text(1).as_units()).as_units()),
        "ascii" => enc(repr::ascii_str(row.text(1).as_units()).as_units()),
        "bytes" => enc_bytes(&repr::repr_bytes(&row.bytes(1))),
        "escape_encode" => enc_bytes(&escape::encode_bytes(&row.bytes(1))),
        "escape_decode" => {
            let errors = match row.0[2] {
                "strict" => escape::OnError::Strict,
                "replace" => escape::OnError::Replace,
                _ => escape::OnError::Ignore,
            };
            match escape::decode_bytes(&row.bytes(1), errors, &mut None) {
                Ok(b) => enc_bytes(&b),
                Err(e) => enc_str(&format!("!ValueError: {e}")),
            }
        }
        _ => panic!("{name}"),
    });
}

/// FNV-1a over a property of all code points.
fn checksum(property: impl Fn(u32) -> String) -> String {
    let all = (0..0x110000).map(property);
    let n = all.fold(0xcbf29ce484222325u64, |n, text| {
        text.bytes().fold(n, |n, b| (n ^ b as u64).wrapping_mul(0x100000001b3))
    });
    format!("{n:016x}")
}

#[test]
fn unicode() {
    compare(include_str!("../data/unicode.txt"), |name, row| {
        let form = || Form::parse(row.0[1]).unwrap();
        let normalized =
            |text: Owned, form, version| normalize::normalize(text.as_units(), form, version).unwrap_or(text);
        match name {
            "normalize" => return enc(normalized(row.text(2), form(), Version::V16).as_units()),
            "normalize3" => return enc(normalized(row.text(2), form(), Version::V3_2).as_units()),
            "is_normalized" => {
                return enc_bool(normalize::is_normalized(row.text(2).as_units(), form(), Version::V16));
            }
            "lookup" => {
                let n = row.string(1);
                return match ucd::lookup(&n) {
                    Some(cps) => enc_cps(cps.into_iter()),
                    None => enc_str(&format!("!KeyError: \"undefined character name '{n}'\"")),
                };
            }
            _ => {}
        }
        let (name, v) = match name.strip_suffix('3') {
            Some(name) => (name, Version::V3_2),
            None => (name, Version::V16),
        };
        let number = |n: Option<u8>| n.map_or("-1".into(), |n| n.to_string());
        match name {
            "name" => checksum(|c| ucd::name(c, v).unwrap_or_default()),
            "category" => checksum(|c| ucd::category(c, v).into()),
            "bidirectional" => checksum(|c| ucd::bidirectional(c, v).into()),
            "combining" => checksum(|c| ucd::combining(c, v).to_string()),
            "mirrored" => checksum(|c| (ucd::mirrored(c, v) as u8).to_string()),
            "east_asian_width" => checksum(|c| ucd::east_asian_width(c, v).into()),
            "decimal" => checksum(|c| number(ucd::decimal(c, v))),
            "digit" => checksum(|c| number(ucd::digit(c, v))),
            "decomposition" => checksum(|c| ucd::decomposition(c, v)),
            _ => {
                let form = Form::parse(name).unwrap();
                checksum(|c| {
                    let text = normalized(Owned::from_code_points([c]), form, v);
                    format!("{:?}", text.as_units().iter().collect::<Vec<_>>())
                })
            }
        }
    });
    assert_eq!(classify::to_numeric(0xbd), Some(0.5));
}
