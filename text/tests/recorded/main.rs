//! Compares the crate with results recorded from CPython 3.14 by text/tools/record.py.
//!
//! A line of a data file is a call: function, arguments, result, separated by tabs.
//! One test per file; a test runs the call and gives the result in the file's notation.

mod codecs;
mod formats;
mod numbers;
mod printf;
mod strings;
mod structs;

use adder_text::builder::Owned;
use adder_text::units::Units;

/// The fields of one call.
struct Row<'a>(Vec<&'a str>);

impl Row<'_> {
    fn text(&self, i: usize) -> Owned {
        Owned::from_code_points(decode(self.0[i]))
    }
    fn bytes(&self, i: usize) -> Vec<u8> {
        decode(self.0[i]).into_iter().map(|c| u8::try_from(c).unwrap()).collect()
    }
    fn string(&self, i: usize) -> String {
        decode(self.0[i]).into_iter().map(|c| char::from_u32(c).unwrap()).collect()
    }
    fn int(&self, i: usize) -> isize {
        self.0[i].parse().unwrap()
    }
    fn float(&self, i: usize) -> f64 {
        f64::from_bits(u64::from_str_radix(self.0[i], 16).unwrap())
    }
}

fn decode(field: &str) -> Vec<u32> {
    let mut out = Vec::new();
    let mut rest = field;
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            let end = rest.find('}').unwrap();
            out.push(u32::from_str_radix(&rest[2..end], 16).unwrap());
            rest = &rest[end + 1..];
        } else {
            out.push(c as u32);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn enc(u: Units) -> String {
    enc_cps(u.iter())
}

fn enc_str(s: &str) -> String {
    enc_cps(s.chars().map(|c| c as u32))
}

fn enc_bytes(b: &[u8]) -> String {
    enc(Units::One(b))
}

fn enc_cps(cps: impl Iterator<Item = u32>) -> String {
    cps.map(|c| match char::from_u32(c) {
        Some(c) if c.is_ascii_alphanumeric() => c.to_string(),
        _ => format!("\\{{{c:x}}}"),
    })
    .collect()
}

fn enc_float(f: f64) -> String {
    format!("{:016x}", f.to_bits())
}

fn enc_list(items: impl IntoIterator<Item = String>) -> String {
    let mut s = String::from("[");
    items.into_iter().for_each(|i| s.extend([&i, "|"]));
    s
}

fn enc_bool(b: bool) -> String {
    (b as u8).to_string()
}

/// Runs all calls of a file and reports the first differences together.
fn compare(data: &str, call: impl Fn(&str, &Row) -> String) {
    let (mut total, mut wrong) = (0, Vec::new());
    for line in data.lines() {
        let row = Row(line.split('\t').collect());
        let got = call(row.0[0], &row);
        let want = row.0[row.0.len() - 1];
        total += 1;
        if got != want {
            wrong.push(format!("{line}\n  got {got}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {total} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
    assert!(total > 0);
}
