//! Small tests of what the recorded calls do not reach.

use adder_text::builder::{Builder, Owned};
use adder_text::codecs::SURROGATES;
use adder_text::codecs::escape::{InvalidEscape, What};
use adder_text::codecs::handlers::{Utf, fs_decode, fs_encode};
use adder_text::error::{Error, Kind};
use adder_text::float::ComplexError;
use adder_text::format_fields::{AutoNumber, First, field_name_first, unknown_conversion};
use adder_text::format_number::{C_LOCALE, Locale, format_float, format_i64};
use adder_text::hash::{self, Secret, Seed};
use adder_text::printf::{Count, Flavour, Layout, Segment, Segments};
use adder_text::units::Units;
use adder_text::{bytes, float, layout, search};

fn own(s: &str) -> Owned {
    Owned::from(s)
}

fn show(o: Owned) -> String {
    o.as_units().to_string_lossy()
}

#[test]
fn units_compare_across_kinds() {
    let (one, two, four) = (Units::One(b"ab"), Units::Two(&[97, 98]), Units::Four(&[97, 98]));
    assert_eq!(one, two);
    assert_eq!(two, four);
    assert_eq!(one.compare(Units::Two(&[97, 0x100])), std::cmp::Ordering::Less);
    assert_eq!((two.max_char(), four.is_ascii(), one.kind(), four.kind()), (98, true, 1, 4));
    assert_eq!(four.slice(1..2).iter().rev().collect::<Vec<_>>(), [98]);
    assert_eq!(one.as_ascii(), Some("ab"));
    assert_eq!(Units::try_from("é"), Err(()));
    assert!(Units::Four(&[0x1f600]).coerce::<u16>().is_none());
}

#[test]
fn builder_gives_the_narrowest_kind() {
    let mut b = Builder::new();
    b.push_str("a");
    b.push_units(Units::Four(&[0xe9]));
    assert!(matches!(b.as_units(), Units::One(_)));
    b.push_repeated(0x100, 2);
    b.push(0x1f600);
    b.push_repeated(0x1f600, 0);
    assert_eq!(b.len(), 5);
    assert_eq!(b.finish(), Owned::Four(vec![97, 0xe9, 0x100, 0x100, 0x1f600]));
    assert_eq!(Owned::from_units(Units::Four(&[0x100])), Owned::Two(vec![0x100]));
    assert_eq!(Owned::narrowest(vec![0x41u32]), Owned::One(vec![0x41]));
    assert_eq!(Owned::narrowest(vec![0x100u16]), Owned::Two(vec![0x100]));
    // What is left after replacing is narrowed, too.
    let replaced =
        search::replace(own("aé\u{100}").as_units(), own("\u{100}").as_units(), Units::One(b""), -1);
    assert_eq!(replaced, Some(Owned::One(vec![97, 0xe9])));
}

#[test]
fn wide_searches_skip_unaligned_hits() {
    // The bytes of the needle occur at an odd offset first.
    let hay = Units::Two(&[0x0100, 0x0201, 0x0102, 0x0102, 0x0102]);
    assert_eq!(search::find(hay, Units::Two(&[0x0102, 0x0102])), Some(2));
    assert_eq!(search::rfind(hay, Units::Two(&[0x0102, 0x0102])), Some(3));
    assert_eq!(search::find(hay, Units::Four(&[0x10000])), None);
    assert_eq!(search::count(hay, Units::Two(&[0x0102])), 3);
    assert_eq!((search::find_char(hay, 0x102), search::rfind_char(hay, 0x102)), (Some(2), Some(4)));
    let long: Vec<u16> = (0..100).map(|i| 0x400 + i).collect();
    assert_eq!(search::find_char(Units::Two(&long), 0x400 + 70), Some(70));
}

#[test]
fn complex_errors() {
    assert_eq!(float::parse_complex(b"1_+j"), Err(ComplexError::Underscore));
    assert_eq!(float::parse_complex(b"1j+1"), Err(ComplexError::Malformed));
    assert_eq!(float::parse_complex(b" ( 1_0-j ) "), Ok((10.0, -1.0)));
    assert_eq!(float::parse_complex(b"-infinity+1e1_0j"), Ok((f64::NEG_INFINITY, 1e10)));
}

#[test]
fn layouts() {
    assert_eq!(show(layout::repeat(own("é\u{100}").as_units(), 2).unwrap()), "é\u{100}é\u{100}");
    let parts = [own("a"), own("\u{1f600}")];
    assert_eq!(show(layout::join(Units::One(b", "), parts.iter().map(Owned::as_units))), "a, \u{1f600}");
    assert!(layout::expand_tabs(Units::One(b"\t\t"), isize::MAX).is_none());
}

#[test]
fn too_large_is_an_error() {
    let huge = isize::MAX as usize;
    let memory = |e: Option<Error>| assert_eq!(e.unwrap().kind, Kind::Memory);
    memory(layout::pad(Units::One(b"a"), huge, huge, 32).err());
    memory(layout::zfill(Units::Four(&[97]), huge).err());
    memory(layout::repeat(Units::One(b"ab"), huge).err());
    memory(format_i64(1, Units::One(b"9223372036854775807"), "int", C_LOCALE).err());
    let Some(Ok(Segment::Spec(s))) = Segments::new(Units::One(b"%*d"), false, Flavour::Str).next() else {
        panic!()
    };
    memory(Layout::new(&s, Some(isize::MAX), None).err());
}

#[test]
fn file_names_round_trip() {
    let bytes = b"a\xff\xc3\xa9\xed\xa0\x80\xf0\x9f\x98";
    let text = fs_decode(bytes);
    assert_eq!(text.len(), 9);
    assert_eq!(fs_encode(text.as_units()), Ok(bytes.to_vec()));
    let fault = fs_encode(Units::Two(&[97, 0xd800, 0xdc80])).unwrap_err();
    assert_eq!((fault.start, fault.end, fault.reason), (1, 2, SURROGATES));
}

#[test]
fn bytes_hex_and_translate() {
    assert_eq!(bytes::from_hex(b" 12 aB\n"), Ok(vec![0x12, 0xab]));
    assert_eq!(bytes::from_hex(b"1"), Err(None));
    assert_eq!(bytes::from_hex(b"1 2"), Err(Some(1)));
    assert_eq!(bytes::from_hex(b"zz"), Err(Some(0)));
    assert_eq!(bytes::translate(b"banana", None, b"n"), b"baaa");
    let mut table = [b'.'; 256];
    table[b'a' as usize] = b'A';
    assert_eq!(bytes::translate(b"banana", Some(&table), b""), b".A.A.A");
}

#[test]
fn hash_seeds() {
    assert_eq!(Seed::parse("random"), Some(Seed::Random));
    assert_eq!(Seed::parse("4294967295"), Some(Seed::Fixed(u32::MAX)));
    assert_eq!(Seed::parse("4294967296"), None);
    assert_eq!(Seed::parse("x"), None);
    assert_eq!(Secret::from_seed(0), Secret::from_bytes([0; 16]));
    assert_eq!(hash::hash_f64(f64::NAN), None);
    assert_eq!(hash::hash_words(&[1], true), -2);
    assert_eq!(hash::hash_address(0x7f00_0000_0010), 0x7f0_0000_0001);
    let mut t = hash::TupleHash::new();
    t.add(1);
    assert_eq!(t.finish(), hash::hash_tuple([1]));
}

#[test]
fn locale_grouping() {
    let indian = Locale { decimal_point: ",", thousands_sep: "\u{202f}", grouping: &[3, 2] };
    let spec = |s| Units::One(s);
    assert_eq!(
        show(format_i64(123456789, spec(b"n"), "int", indian).unwrap()),
        "12\u{202f}34\u{202f}56\u{202f}789"
    );
    assert_eq!(show(format_float(1234.5, spec(b"n"), "float", indian).unwrap()), "1\u{202f}234,5");
    let once = Locale { decimal_point: ".", thousands_sep: "'", grouping: &[3, 127] };
    assert_eq!(show(format_i64(123456789, spec(b"n"), "int", once).unwrap()), "123456'789");
    assert_eq!(show(format_i64(5, spec(b"010n"), "int", C_LOCALE).unwrap()), "0000000005");
}

#[test]
fn automatic_numbering() {
    let mut auto = AutoNumber::default();
    let mut first = |s: &'static [u8]| field_name_first(Units::One(s), Some(&mut auto)).map(|f| f.0);
    assert_eq!(first(b"a"), Ok(First::Name(0..1)));
    assert_eq!(first(b""), Ok(First::Index(0)));
    assert_eq!(first(b".x"), Ok(First::Index(1)));
    let message = "cannot switch from automatic field numbering to manual field specification";
    assert_eq!(first(b"0").unwrap_err().message, message);
    let mut auto = AutoNumber::default();
    let mut first = |s: &'static [u8]| field_name_first(Units::One(s), Some(&mut auto)).map(|f| f.0);
    assert_eq!(first(b"7[a]"), Ok(First::Index(7)));
    let message = "cannot switch from manual field specification to automatic field numbering";
    assert_eq!(first(b"").unwrap_err().message, message);
    assert_eq!(unknown_conversion('x' as u32).message, "Unknown conversion specifier x");
}

#[test]
fn printf_keys() {
    let parse = |s: &'static [u8], mapping| Segments::new(Units::One(s), mapping, Flavour::Str).next();
    let Some(Ok(Segment::Spec(s))) = parse(b"%(a(b))-5.2lf", true) else { panic!() };
    assert_eq!((s.key.clone(), s.conversion, s.index), (Some(2..6), 'f' as u32, 12));
    assert_eq!((s.width, s.precision, s.flags.left), (Count::Given(5), Count::Given(2), true));
    assert_eq!(Layout::new(&s, None, None).unwrap().width, 5);
    assert_eq!(parse(b"%(a", true).unwrap().unwrap_err().message, "incomplete format key");
    assert_eq!(parse(b"%(a)s", false).unwrap().unwrap_err().message, "format requires a mapping");
    let Some(Ok(Segment::Spec(s))) = parse(b"%*.*d", false) else { panic!() };
    let l = Layout::new(&s, Some(-4), Some(-1)).unwrap();
    assert_eq!((l.width, l.precision, l.flags.left), (4, Some(0), true));
}

#[test]
fn escape_warnings() {
    let text = InvalidEscape { at: 0, what: What::Char(b'q') }.message("");
    assert_eq!(text, "\"\\q\" is an invalid escape sequence. Such sequences will not work in the future. ");
    let text = InvalidEscape { at: 0, what: What::Octal(0o400) }.message("b");
    assert!(text.starts_with("b\"\\400\" is an invalid octal escape sequence."));
}

#[test]
fn standard_encodings() {
    assert_eq!(Utf::from_name("UTF8"), Some(Utf::Utf8));
    assert_eq!(Utf::from_name("utf_16_be"), Some(Utf::Utf16 { big: true }));
    assert_eq!(Utf::from_name("utf-32-le"), Some(Utf::Utf32 { big: false }));
    assert_eq!(Utf::from_name("cp65001"), Some(Utf::Utf8));
    assert_eq!(Utf::from_name("latin-1"), None);
}
