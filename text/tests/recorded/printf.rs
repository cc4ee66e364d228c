//! The `%` operator with int arguments, floats and strings.

use super::formats::error;
use super::*;
use adder_text::builder::Builder;
use adder_text::error::{Error, type_, value};
use adder_text::printf::{self, Count, Flavour, Layout, Segment, Segments};

/// What the VM does, for one kind of argument.
fn run(
    format: Units,
    flavour: Flavour,
    count: usize,
    star: impl Fn(usize) -> Option<isize>,
    push: impl Fn(&mut Builder, u32, usize, Layout) -> bool,
) -> Result<Builder, Error> {
    let mut out = Builder::new();
    let mut used = 0;
    let mut take = || {
        used += 1;
        if used > count { Err(type_(printf::NOT_ENOUGH)) } else { Ok(used - 1) }
    };
    for segment in Segments::new(format, false, flavour) {
        match segment? {
            Segment::Literal(r) => out.push_units(format.slice(r)),
            Segment::Percent => out.push('%' as u32),
            Segment::Spec(s) => {
                let mut stars = [None, None];
                for (c, v) in [s.width, s.precision].into_iter().zip(&mut stars) {
                    if c == Count::Star {
                        *v = Some(star(take()?).unwrap());
                    }
                }
                if let Some(fault) = s.fault {
                    return Err(value(fault));
                }
                let i = take()?;
                if !push(&mut out, s.conversion, i, Layout::new(&s, stars[0], stars[1])?) {
                    return Err(printf::unsupported(s.conversion, s.index));
                }
            }
        }
    }
    if used < count {
        return Err(type_(printf::not_all_converted(flavour)));
    }
    Ok(out)
}

#[test]
fn printf() {
    compare(include_str!("../data/printf.txt"), |name, row| {
        let format = row.text(1);
        let u = format.as_units();
        let out = match name {
            "str" | "bytes" => {
                let args: Vec<isize> =
                    row.0[2][1..].split_terminator('|').map(|a| a.parse().unwrap()).collect();
                let push = |out: &mut Builder, c: u32, i: usize, layout: Layout| {
                    let v = args[i];
                    if let Some(radix) = printf::radix(c) {
                        let digits = adder_text::int::digits(v.unsigned_abs() as u64, radix);
                        printf::push_int(out, v < 0, &digits, c, layout);
                    } else if matches!(char::from_u32(c), Some('e' | 'E' | 'f' | 'F' | 'g' | 'G')) {
                        printf::push_float(out, v as f64, c, layout);
                    } else if matches!(char::from_u32(c), Some('s' | 'a')) {
                        printf::push_text(out, Units::One(v.to_string().as_bytes()), layout);
                    } else {
                        return false;
                    }
                    true
                };
                let flavour = if name == "str" { Flavour::Str } else { Flavour::Bytes };
                run(u, flavour, args.len(), |i| Some(args[i]), push)
            }
            "float" => run(
                u,
                Flavour::Str,
                1,
                |_| None,
                |out, c, _, layout| {
                    printf::push_float(out, row.float(2), c, layout);
                    true
                },
            ),
            _ => run(
                u,
                Flavour::Str,
                1,
                |_| None,
                |out, c, _, layout| {
                    let text = row.text(2);
                    match c == 's' as u32 {
                        true => printf::push_text(out, text.as_units(), layout),
                        false => printf::push_char(out, text.as_units().get(0), layout),
                    }
                    true
                },
            ),
        };
        match out {
            Ok(b) => enc(b.as_units()),
            Err(e) => error(&e),
        }
    });
}
