//! String and bytes methods.

use super::*;
use adder_text::split::{Ends, Space};
use adder_text::{bytes, case, classify, layout, search, split};
use std::ops::Range;

fn ranges(u: Units, r: Vec<Range<usize>>) -> String {
    enc_list(r.into_iter().map(|r| enc(u.slice(r))))
}

fn position(p: Option<usize>) -> String {
    p.map_or(-1, |i| i as isize).to_string()
}

#[test]
fn str_methods() {
    compare(include_str!("../data/str_methods.txt"), |name, row| {
        let hay = row.text(1);
        let h = hay.as_units();
        let second = row.text(2);
        let n = second.as_units();
        let part = |r: Range<usize>| enc(h.slice(r));
        let three = |a, b, c| enc_list([part(a), part(b), part(c)]);
        let len = h.len();
        match name {
            "find" => position(search::find(h, n)),
            "rfind" => position(search::rfind(h, n)),
            "count" => search::count(h, n).to_string(),
            "startswith" => enc_bool(search::starts_with(h, n)),
            "endswith" => enc_bool(search::ends_with(h, n)),
            "replace" => match search::replace(h, n, row.text(3).as_units(), row.int(4)) {
                Some(new) => enc(new.as_units()),
                None => enc(h),
            },
            "split" => ranges(h, split::split(h, n, row.int(3))),
            "rsplit" => ranges(h, split::rsplit(h, n, row.int(3))),
            "partition" => match split::partition(h, n) {
                Some(r) => three(0..r.start, r.clone(), r.end..len),
                None => three(0..len, 0..0, 0..0),
            },
            "rpartition" => match split::rpartition(h, n) {
                Some(r) => three(0..r.start, r.clone(), r.end..len),
                None => three(0..0, 0..0, 0..len),
            },
            "split_space" => ranges(h, split::split_space(h, row.int(2), Space::Str)),
            "rsplit_space" => ranges(h, split::rsplit_space(h, row.int(2), Space::Str)),
            "splitlines" => ranges(h, split::split_lines(h, false, Space::Str)),
            "splitlines_keep" => ranges(h, split::split_lines(h, true, Space::Str)),
            "strip" => part(split::strip_space(h, Ends::Both, Space::Str)),
            "lstrip" => part(split::strip_space(h, Ends::Left, Space::Str)),
            "rstrip" => part(split::strip_space(h, Ends::Right, Space::Str)),
            "strip_chars" => part(split::strip_chars(h, n, Ends::Both)),
            "lstrip_chars" => part(split::strip_chars(h, n, Ends::Left)),
            "rstrip_chars" => part(split::strip_chars(h, n, Ends::Right)),
            "center" => {
                let (left, right) = layout::center_margins(len, row.int(2) as usize);
                enc(layout::pad(h, left, right, '*' as u32).unwrap().as_units())
            }
            "zfill" => enc(layout::zfill(h, row.int(2) as usize).unwrap().as_units()),
            "expandtabs" => enc(layout::expand_tabs(h, row.int(2)).unwrap().as_units()),
            _ => panic!("{name}"),
        }
    });
}

#[test]
fn bytes_methods() {
    compare(include_str!("../data/bytes_methods.txt"), |name, row| {
        let hay = row.bytes(1);
        let h = Units::One(&hay);
        match name {
            "split_space" => ranges(h, split::split_space(h, row.int(2), Space::Bytes)),
            "rsplit_space" => ranges(h, split::rsplit_space(h, row.int(2), Space::Bytes)),
            "splitlines" => ranges(h, split::split_lines(h, false, Space::Bytes)),
            "strip" => enc(h.slice(split::strip_space(h, Ends::Both, Space::Bytes))),
            "swapcase" => enc_bytes(&bytes::swapcase(&hay)),
            "capitalize" => enc_bytes(&bytes::capitalize(&hay)),
            "title" => enc_bytes(&bytes::title(&hay)),
            "isalpha" => enc_bool(bytes::is_alpha(&hay)),
            "isalnum" => enc_bool(bytes::is_alnum(&hay)),
            "isdigit" => enc_bool(bytes::is_digit(&hay)),
            "isspace" => enc_bool(bytes::is_space(&hay)),
            "islower" => enc_bool(bytes::is_lower(&hay)),
            "isupper" => enc_bool(bytes::is_upper(&hay)),
            "istitle" => enc_bool(bytes::is_title(&hay)),
            "hex" => enc_bytes(&bytes::hex(&hay, None, 1)),
            "hex_sep" => enc_bytes(&bytes::hex(&hay, Some(b'-'), row.int(2))),
            "expandtabs" => enc_bytes(&bytes::expand_tabs(&hay, row.int(2)).unwrap()),
            _ => panic!("{name}"),
        }
    });
}

#[test]
fn case() {
    compare(include_str!("../data/case.txt"), |name, row| {
        let text = row.text(1);
        let u = text.as_units();
        let new = match name {
            "lower" => case::lower(u),
            "upper" => case::upper(u),
            "title" => case::title(u),
            "casefold" => case::casefold(u),
            "swapcase" => case::swapcase(u),
            "capitalize" => case::capitalize(u),
            "is" => {
                return enc_list(
                    [
                        classify::str_is_alpha(u),
                        classify::str_is_alnum(u),
                        classify::str_is_decimal(u),
                        classify::str_is_digit(u),
                        classify::str_is_numeric(u),
                        classify::str_is_space(u),
                        classify::str_is_printable(u),
                        classify::str_is_identifier(u),
                        classify::str_is_lower(u),
                        classify::str_is_upper(u),
                        classify::str_is_title(u),
                    ]
                    .map(enc_bool),
                );
            }
            _ => panic!("{name}"),
        };
        enc(new.as_units())
    });
}
