//! Bytes of a source file to text: PEP 263.
//!
//! UTF-8 and the Latin-1 and ASCII families are decoded here. For any other encoding the caller gets its name and
//! the bytes to decode, because codecs are Python objects; it calls `normalize_newlines` on what they return.
//! Messages are those of CPython's tokenizer. Line breaks come out as `\n`.

use crate::error::{ErrorKind, SyntaxError};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedSource {
    pub text: String,
    /// The normalised name: `utf-8`, `iso-8859-1`, or the cookie's own spelling.
    pub encoding: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Decode all of the source with this codec. An unknown codec is `unknown_encoding()`.
    NeedsCodec(String),
    Syntax(SyntaxError),
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// For bytes given to `compile()`.
pub fn decode_source(bytes: &[u8]) -> Result<DecodedSource, DecodeError> {
    decode(bytes, None)
}

/// For the contents of a file, whose name is in some messages.
pub fn decode_file(bytes: &[u8], filename: &str) -> Result<DecodedSource, DecodeError> {
    decode(bytes, Some(filename))
}

fn decode(bytes: &[u8], filename: Option<&str>) -> Result<DecodedSource, DecodeError> {
    let (has_bom, body) = match bytes.strip_prefix(BOM) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let cookie = coding_cookie(body);
    let encoding = match &cookie {
        None => "utf-8".to_owned(),
        Some((_, name)) => normal_name(name),
    };
    if has_bom && encoding != "utf-8" {
        return Err(fail(format!("encoding problem: {encoding} with BOM")));
    }
    if body.contains(&0) {
        let what = if filename.is_some() { "source code" } else { "source code string" };
        return Err(fail(format!("{what} cannot contain null bytes")));
    }
    match codec_family(&encoding) {
        Family::Utf8 => match std::str::from_utf8(body) {
            Ok(text) => Ok(DecodedSource { text: normalize_newlines(text), encoding }),
            Err(error) => Err(not_utf8(body, error.valid_up_to(), filename)),
        },
        Family::Latin1 => {
            let text: String = body.iter().map(|&byte| byte as char).collect();
            Ok(DecodedSource { text: normalize_newlines(&text), encoding })
        }
        Family::Ascii => match body.iter().position(|&byte| byte >= 0x80) {
            None => {
                let text = String::from_utf8_lossy(body);
                Ok(DecodedSource { text: normalize_newlines(&text), encoding })
            }
            Some(position) => Err(fail(format!(
                "'ascii' codec can't decode byte 0x{:02x} in position {position}: ordinal not in range(128)",
                body[position]
            ))),
        },
        Family::Other => Err(DecodeError::NeedsCodec(encoding)),
    }
}

/// The error for a cookie whose codec the registry does not know.
pub fn unknown_encoding(name: &str) -> SyntaxError {
    plain(format!("unknown encoding: {name}"))
}

/// The error for a cookie whose codec does not produce text.
pub fn encoding_problem(name: &str) -> SyntaxError {
    plain(format!("encoding problem: {name}"))
}

/// `\r\n` and `\r` become `\n`.
pub fn normalize_newlines(text: &str) -> String {
    if !text.contains('\r') {
        return text.to_owned();
    }
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The line (1-based) and the name of a coding cookie: on line 1, or on line 2 if line 1 is blank or a comment.
pub fn coding_cookie(body: &[u8]) -> Option<(u32, String)> {
    let mut lines = body.split(|&byte| byte == b'\n');
    for number in 1..=2 {
        let line = lines.next()?;
        let line = line.split(|&byte| byte == b'\r').next().unwrap_or(line);
        let start = line.iter().position(|byte| !b" \t\x0c".contains(byte));
        match start {
            None => continue,
            Some(start) if line[start] == b'#' => {
                if let Some(name) = cookie_in_comment(&line[start..]) {
                    return Some((number, name));
                }
            }
            Some(_) => return None,
        }
    }
    None
}

/// `coding[:=][ \t]*([-_.a-zA-Z0-9]+)`
fn cookie_in_comment(comment: &[u8]) -> Option<String> {
    let mut from = 0;
    while let Some(found) = comment[from..].windows(6).position(|window| window == b"coding") {
        let after = from + found + 6;
        from = after;
        if !matches!(comment.get(after), Some(b':' | b'=')) {
            continue;
        }
        let rest = &comment[after + 1..];
        let rest = &rest[rest.iter().take_while(|byte| b" \t".contains(byte)).count()..];
        let length =
            rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte)).count();
        if length > 0 {
            return Some(String::from_utf8_lossy(&rest[..length]).into_owned());
        }
    }
    None
}

/// `get_normal_name`: the spellings of UTF-8 and Latin-1 that are recognised without the codec registry.
fn normal_name(name: &str) -> String {
    let short: String =
        name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is = |stem: &str| short == stem || short.starts_with(&format!("{stem}-"));
    if is("utf-8") {
        "utf-8".to_owned()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".to_owned()
    } else {
        name.to_owned()
    }
}

enum Family {
    Utf8,
    Latin1,
    Ascii,
    Other,
}

fn codec_family(encoding: &str) -> Family {
    let name: String = encoding.to_ascii_lowercase().replace(['-', '_', ' '], "");
    match name.as_str() {
        "utf8" | "u8" | "cp65001" => Family::Utf8,
        "latin1" | "iso88591" | "l1" | "latin" | "cp819" | "8859" => Family::Latin1,
        "ascii" | "usascii" | "646" | "ansix3.41968" => Family::Ascii,
        _ => Family::Other,
    }
}

/// With or without a cookie, CPython points at PEP 263.
fn not_utf8(body: &[u8], position: usize, filename: Option<&str>) -> DecodeError {
    let line_start = body[..position].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let lineno = body[..position].iter().filter(|&&byte| byte == b'\n').count() as u32 + 1;
    let line = body[line_start..].split(|&byte| byte == b'\n').next().unwrap_or(&[]);
    let offset = String::from_utf8_lossy(&body[line_start..position]).chars().count() as u32 + 1;
    let place = match filename {
        Some(filename) => format!("in file {filename} on line {lineno}"),
        None => format!("on line {lineno}"),
    };
    let message = format!(
        "Non-UTF-8 code starting with '\\x{:02x}' {place}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details",
        body[position]
    );
    DecodeError::Syntax(SyntaxError {
        kind: ErrorKind::Syntax,
        message,
        lineno,
        offset,
        end_lineno: lineno,
        end_offset: offset as i32,
        text: Some(String::from_utf8_lossy(line).into_owned()),
    })
}

fn fail(message: String) -> DecodeError {
    DecodeError::Syntax(plain(message))
}

fn plain(message: String) -> SyntaxError {
    SyntaxError {
        kind: ErrorKind::Syntax,
        message,
        lineno: 0,
        offset: 0,
        end_lineno: 0,
        end_offset: 0,
        text: None,
    }
}
