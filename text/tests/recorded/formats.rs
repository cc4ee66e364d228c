//! Format specifications and format strings.

use super::*;
use adder_text::error::{Error, Kind};
use adder_text::format_fields::{self, First, Part, Segments};
use adder_text::format_number::{self, C_LOCALE};
use adder_text::format_spec;

pub fn result(r: Result<Owned, Error>) -> String {
    match r {
        Ok(text) => enc(text.as_units()),
        Err(e) => error(&e),
    }
}

pub fn error(e: &Error) -> String {
    let name = match e.kind {
        Kind::Value => "ValueError",
        Kind::Type => "TypeError",
        Kind::Overflow => "OverflowError",
        Kind::Struct => "error",
        Kind::Memory => "MemoryError",
    };
    enc_str(&format!("!{name}: {}", e.message))
}

#[test]
fn formats() {
    compare(include_str!("../data/formats.txt"), |name, row| match name {
        "int" => {
            result(format_number::format_i64(row.int(1) as i64, row.text(2).as_units(), "int", C_LOCALE))
        }
        "float" => {
            result(format_number::format_float(row.float(1), row.text(2).as_units(), "float", C_LOCALE))
        }
        "complex" => {
            let spec = row.text(3);
            result(format_number::format_complex(
                row.float(1),
                row.float(2),
                spec.as_units(),
                "complex",
                C_LOCALE,
            ))
        }
        "str" => result(format_spec::format_str(row.text(1).as_units(), row.text(2).as_units(), "str")),
        _ => panic!("{name}"),
    });
}

#[test]
fn fields() {
    compare(include_str!("../data/fields.txt"), |name, row| {
        let text = row.text(1);
        let u = text.as_units();
        let part = |r| enc(u.slice(r));
        let mut out = Vec::new();
        match name {
            "parse" => {
                for segment in Segments::new(u) {
                    match segment {
                        Err(e) => return error(&e),
                        Ok(s) => {
                            out.push(part(s.literal));
                            match s.field {
                                None => out.extend(["-", "-", "-"].map(String::from)),
                                Some(f) => {
                                    out.push(part(f.name));
                                    out.push(part(f.spec));
                                    out.push(f.conversion.map_or("-".into(), |c| enc_cps([c].into_iter())));
                                }
                            }
                        }
                    }
                }
            }
            _ => {
                let mut at = match format_fields::field_name_first(u, None) {
                    Err(e) => return error(&e),
                    Ok((First::Index(i), end)) => {
                        out.push(i.to_string());
                        end
                    }
                    Ok((First::Name(r), end)) => {
                        out.push(part(r));
                        end
                    }
                };
                while let Some(next) = format_fields::field_name_next(u, &mut at) {
                    match next {
                        Err(e) => return error(&e),
                        Ok(Part::Attribute(r)) => out.extend(["1".into(), part(r)]),
                        Ok(Part::Key(r)) => out.extend(["0".into(), part(r)]),
                        Ok(Part::Index(i)) => out.extend(["0".into(), i.to_string()]),
                    }
                }
            }
        }
        enc_list(out)
    });
}
