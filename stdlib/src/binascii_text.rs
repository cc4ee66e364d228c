//! `binascii`: uuencode and quoted-printable.

/// What is wrong with uuencoded text.
pub enum UuError {
    IllegalCharacter,
    TrailingGarbage,
}

/// One line of uuencoded text.
pub fn uu_decode(text: &[u8]) -> Result<Vec<u8>, UuError> {
    let Some((first, rest)) = text.split_first() else { return Ok(vec![0; 32]) };
    let len = (first.wrapping_sub(b' ') & 0x3f) as usize;
    let mut out = Vec::with_capacity(len);
    let (mut bits, mut count) = (0u32, 0);
    let mut at = 0;
    while out.len() < len {
        // White space at the end may have been lost: it stands for zeros.
        let c = rest.get(at).copied().unwrap_or(0);
        at += 1;
        let value = match c {
            b'\n' | b'\r' | 0 => {
                at -= 1;
                0
            }
            // '`' is zero as well.
            b' '..=b'`' => (c - b' ') & 0x3f,
            _ => return Err(UuError::IllegalCharacter),
        };
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    // Lines may be filled up.
    match rest.get(at..).unwrap_or(&[]).iter().all(|c| matches!(c, b' ' | b'`' | b'\n' | b'\r')) {
        true => Ok(out),
        false => Err(UuError::TrailingGarbage),
    }
}

/// At most 45 bytes as a line of uuencoded text.
pub fn uu_encode(data: &[u8], backtick: bool) -> Vec<u8> {
    let digit = |n: u8| if n == 0 && backtick { b'`' } else { n + b' ' };
    let mut out = vec![digit(data.len() as u8)];
    for group in data.chunks(3) {
        let byte = |i: usize| group.get(i).copied().unwrap_or(0) as u32;
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.extend([18, 12, 6, 0].map(|shift| digit((bits >> shift & 0x3f) as u8)));
    }
    out.push(b'\n');
    out
}

fn hex(c: u8) -> Option<u8> {
    (c as char).to_digit(16).map(|d| d as u8)
}

/// Quoted-printable text; in headers `_` stands for a space.
pub fn qp_decode(text: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        match text[i] {
            b'=' => {
                i += 1;
                match (text.get(i), text.get(i + 1)) {
                    (None, _) => break,
                    // A soft line break: whatever stands between it and the end of the line is dropped.
                    (Some(b'\n' | b'\r'), _) => {
                        while i < text.len() && text[i] != b'\n' {
                            i += 1;
                        }
                        i += (i < text.len()) as usize;
                    }
                    (Some(b'='), _) => {
                        out.push(b'=');
                        i += 1;
                    }
                    (Some(a), Some(b)) if hex(*a).is_some() && hex(*b).is_some() => {
                        out.push(hex(*a).unwrap_or(0) << 4 | hex(*b).unwrap_or(0));
                        i += 2;
                    }
                    _ => out.push(b'='),
                }
            }
            b'_' if header => {
                out.push(b' ');
                i += 1;
            }
            c => {
                out.push(c);
                i += 1;
            }
        }
    }
    out
}

const MAX_LINE: usize = 76;

/// Bytes as quoted-printable text.
pub fn qp_encode(data: &[u8], quote_tabs: bool, is_text: bool, header: bool) -> Vec<u8> {
    // The kind of line ends that are there decides which ones are made.
    let crlf = data.iter().position(|c| *c == b'\n').is_some_and(|i| i > 0 && data[i - 1] == b'\r');
    let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let mut out = Vec::with_capacity(data.len());
    let mut column = 0;
    let mut i = 0;
    while i < data.len() {
        let c = data[i];
        let next = data.get(i + 1).copied();
        let line_start_dot = c == b'.' && column == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0));
        let quoted = c > 126
            || c == b'='
            || (header && c == b'_')
            || line_start_dot
            || (!is_text && (c == b'\r' || c == b'\n'))
            || ((c == b'\t' || c == b' ') && next.is_none())
            || (c < 33 && c != b'\r' && c != b'\n' && (quote_tabs || (c != b'\t' && c != b' ')));
        if quoted {
            if column + 3 >= MAX_LINE {
                out.push(b'=');
                out.extend(end);
                column = 0;
            }
            out.extend(format!("={c:02X}").as_bytes());
            column += 3;
            i += 1;
            continue;
        }
        if is_text && (c == b'\n' || (c == b'\r' && next == Some(b'\n'))) {
            // White space before the end of a line would be lost.
            if let Some(last @ (b' ' | b'\t')) = out.last().copied() {
                out.pop();
                out.extend(format!("={last:02X}").as_bytes());
            }
            out.extend(end);
            column = 0;
            i += 1 + (c == b'\r') as usize;
            continue;
        }
        if next.is_some_and(|n| n != b'\n') && column + 1 >= MAX_LINE {
            out.push(b'=');
            out.extend(end);
            column = 0;
        }
        out.push(if header && c == b' ' { b'_' } else { c });
        column += 1;
        i += 1;
    }
    out
}
