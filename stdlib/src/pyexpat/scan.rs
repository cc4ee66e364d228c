//! XML 1.0 text to tokens: a non-validating scanner that takes the text in pieces.
//!
//! Names and nesting are checked, the internal subset is read for entities. Not read: element, attribute and
//! notation declarations (so attributes have no default values), and external subsets.

use std::collections::HashMap;

/// Expat's error numbers.
pub mod code {
    pub const SYNTAX: u32 = 2;
    pub const NO_ELEMENTS: u32 = 3;
    pub const INVALID_TOKEN: u32 = 4;
    pub const UNCLOSED_TOKEN: u32 = 5;
    pub const TAG_MISMATCH: u32 = 7;
    pub const DUPLICATE_ATTRIBUTE: u32 = 8;
    pub const JUNK_AFTER_DOC_ELEMENT: u32 = 9;
    pub const UNDEFINED_ENTITY: u32 = 11;
    pub const RECURSIVE_ENTITY: u32 = 12;
    pub const BAD_CHAR_REF: u32 = 14;
    pub const MISPLACED_XML_PI: u32 = 17;
    pub const UNKNOWN_ENCODING: u32 = 18;
    pub const UNCLOSED_CDATA: u32 = 20;
    pub const UNBOUND_PREFIX: u32 = 27;
    pub const XML_DECL: u32 = 30;
    pub const FINISHED: u32 = 36;
    pub const AMPLIFICATION: u32 = 43;
}

/// Text that entities may expand to, in all.
const MOST_EXPANSION: usize = 8 << 20;

pub enum Token {
    Text(String),
    Cdata(String),
    Start {
        name: String,
        attributes: Vec<(String, String)>,
        empty: bool,
    },
    End(String),
    Comment(String),
    Instruction(String, String),
    Declaration {
        version: String,
        encoding: Option<String>,
        standalone: i32,
    },
    Doctype(Doctype),
    /// A reference to an entity whose declaration was not read.
    Skipped(String),
}

pub struct Doctype {
    pub name: String,
    pub system: Option<String>,
    pub public: Option<String>,
    pub internal: bool,
    /// Names and values of general entities with a value.
    pub entities: Vec<(String, String)>,
}

/// The text that has come and is not used up, and where the scanner is.
#[derive(Default)]
pub struct Scanner {
    pub text: String,
    pub at: usize,
    pub line: usize,
    pub column: usize,
    pub bytes: usize,
    pub open: Vec<String>,
    pub had_root: bool,
    started: bool,
    had_doctype: bool,
    /// Declarations may be where they are not read.
    external: bool,
    entities: HashMap<String, String>,
    expanded: usize,
    /// How far behind the beginning of the token an error is.
    error_at: usize,
}

type Found = Result<Option<Token>, u32>;

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == ':' || (c > '\u{7f}' && !c.is_whitespace())
}

fn is_name(c: char) -> bool {
    is_name_start(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}')
}

fn is_char(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// Splits a name off the front.
fn name(s: &str) -> Option<(&str, &str)> {
    if !s.chars().next().is_some_and(is_name_start) {
        return None;
    }
    let end = s.find(|c| !is_name(c)).unwrap_or(s.len());
    Some(s.split_at(end))
}

/// Splits a quoted text off the front.
fn quoted(s: &str) -> Option<(&str, &str)> {
    let quote = s.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let end = s[1..].find(quote)? + 1;
    Some((&s[1..end], &s[end + 1..]))
}

fn lines(s: &str) -> String {
    if s.contains('\r') { s.replace("\r\n", "\n").replace('\r', "\n") } else { s.to_string() }
}

impl Scanner {
    /// Moves on by so many bytes.
    fn take(&mut self, n: usize) -> String {
        let piece = self.text[self.at..self.at + n].to_string();
        self.at += n;
        self.bytes += n;
        for c in piece.chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 0;
            } else {
                self.column += 1;
            }
        }
        piece
    }

    /// Moves to the place of the error.
    pub fn go_to_error(&mut self) {
        let n = self.error_at.min(self.text.len() - self.at);
        if self.text.is_char_boundary(self.at + n) {
            self.take(n);
        }
    }

    /// Forgets what is used up.
    pub fn trim(&mut self) {
        self.text.drain(..self.at);
        self.at = 0;
    }

    /// The text of a character or entity reference without `&` and `;`; None: not known.
    fn reference(&mut self, r: &str) -> Result<Option<String>, u32> {
        if let Some(number) = r.strip_prefix('#') {
            let n = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            let c = n.map_err(|_| code::INVALID_TOKEN)?;
            let c = char::from_u32(c).filter(|c| is_char(*c)).ok_or(code::BAD_CHAR_REF)?;
            return Ok(Some(c.to_string()));
        }
        Ok(match r {
            "amp" => Some("&".into()),
            "lt" => Some("<".into()),
            "gt" => Some(">".into()),
            "quot" => Some("\"".into()),
            "apos" => Some("'".into()),
            _ if name(r).is_none_or(|(_, rest)| !rest.is_empty()) => return Err(code::INVALID_TOKEN),
            _ => None,
        })
    }

    /// The value of a declared entity, counted against the limit.
    fn entity(&mut self, name: &str) -> Result<Option<String>, u32> {
        let Some(value) = self.entities.get(name).cloned() else { return Ok(None) };
        self.expanded += value.len() + name.len();
        if self.expanded > MOST_EXPANSION { Err(code::AMPLIFICATION) } else { Ok(Some(value)) }
    }

    /// The value of an attribute: references replaced, white space as blanks.
    fn attribute(&mut self, raw: &str, depth: usize) -> Result<String, u32> {
        let mut out = String::new();
        let mut rest = raw;
        while let Some(i) = rest.find(['&', '<', '\n', '\t', '\r']) {
            out.push_str(&rest[..i]);
            match rest.as_bytes()[i] {
                b'<' => return Err(code::INVALID_TOKEN),
                b'&' => {
                    let end = rest[i..].find(';').ok_or(code::INVALID_TOKEN)? + i;
                    let r = &rest[i + 1..end];
                    match self.reference(r)? {
                        Some(text) => out.push_str(&text),
                        None => {
                            if depth > 40 {
                                return Err(code::RECURSIVE_ENTITY);
                            }
                            match self.entity(r)? {
                                Some(value) => out.push_str(&self.attribute(&value, depth + 1)?),
                                None if self.external => {}
                                None => return Err(code::UNDEFINED_ENTITY),
                            }
                        }
                    }
                    rest = &rest[end + 1..];
                }
                b'\r' if rest[i + 1..].starts_with('\n') => rest = &rest[i + 1..],
                _ => {
                    out.push(' ');
                    rest = &rest[i + 1..];
                }
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The next token; None if the text does not hold a whole one.
    pub fn next(&mut self, is_final: bool) -> Found {
        self.error_at = 0;
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return Ok(None) };
        if !is_char(first) {
            return Err(code::INVALID_TOKEN);
        }
        let incomplete = |e: u32| if is_final { Err(e) } else { Ok(None) };
        if first != '<' {
            return self.text_token(is_final);
        }
        // What might still become a longer beginning.
        for long in ["<!--", "<![CDATA[", "<!DOCTYPE", "<?xml "] {
            if rest.len() < long.len() && long.starts_with(rest) && !is_final {
                return Ok(None);
            }
        }
        if rest.starts_with("<!--") {
            let Some(end) = rest[4..].find("--") else { return incomplete(code::UNCLOSED_TOKEN) };
            if rest.len() < end + 7 {
                return incomplete(code::UNCLOSED_TOKEN);
            }
            if rest.as_bytes()[end + 6] != b'>' {
                return Err(code::INVALID_TOKEN);
            }
            let piece = self.take(end + 7);
            self.started = true;
            return Ok(Some(Token::Comment(lines(&piece[4..piece.len() - 3]))));
        }
        if rest.starts_with("<![CDATA[") {
            if self.open.is_empty() {
                return Err(code::INVALID_TOKEN);
            }
            let Some(end) = rest.find("]]>") else { return incomplete(code::UNCLOSED_CDATA) };
            let piece = self.take(end + 3);
            return Ok(Some(Token::Cdata(lines(&piece[9..piece.len() - 3]))));
        }
        if rest.starts_with("<?") {
            let Some(end) = rest.find("?>") else { return incomplete(code::UNCLOSED_TOKEN) };
            return self.instruction(end + 2);
        }
        if rest.starts_with("<!DOCTYPE") {
            if self.had_root || self.had_doctype {
                return Err(code::INVALID_TOKEN);
            }
            return match doctype_end(rest) {
                Some(end) => self.doctype(end),
                None => incomplete(code::UNCLOSED_TOKEN),
            };
        }
        if rest.starts_with("<!") {
            return Err(code::INVALID_TOKEN);
        }
        let Some(end) = tag_end(rest) else {
            let known = rest[1..].chars().next().is_none_or(|c| is_name_start(c) || c == '/');
            return if known { incomplete(code::UNCLOSED_TOKEN) } else { Err(code::INVALID_TOKEN) };
        };
        if rest.as_bytes()[1] == b'/' { self.end_tag(end) } else { self.start_tag(end) }
    }

    fn text_token(&mut self, is_final: bool) -> Found {
        let rest = &self.text[self.at..];
        if self.open.is_empty() {
            let end = rest.find(|c| !is_space(c)).unwrap_or(rest.len());
            if end > 0 {
                self.started = true;
                self.take(end);
                return self.next(is_final);
            }
            return Err(if self.had_root { code::JUNK_AFTER_DOC_ELEMENT } else { code::SYNTAX });
        }
        if rest.starts_with('&') {
            let Some(end) = rest.find(';').filter(|end| !rest[..*end].contains(['<', ' ', '\n'])) else {
                let bad = rest[1..].contains(['<', '>', ' ', '\n', '&']);
                return if is_final || bad { Err(code::INVALID_TOKEN) } else { Ok(None) };
            };
            let r = rest[1..end].to_string();
            if let Some(text) = self.reference(&r)? {
                self.take(end + 1);
                return Ok(Some(Token::Text(text)));
            }
            return match self.entity(&r)? {
                Some(value) => {
                    self.take(end + 1);
                    // The value is read in place of the reference.
                    self.text.insert_str(self.at, &value);
                    self.next(is_final)
                }
                None if self.external => {
                    self.take(end + 1);
                    Ok(Some(Token::Skipped(r)))
                }
                None => Err(code::UNDEFINED_ENTITY),
            };
        }
        let mut end = rest.find(['<', '&']).unwrap_or(rest.len());
        if let Some(i) = rest[..end].find("]]>") {
            self.error_at = i + 2;
            return Err(code::INVALID_TOKEN);
        }
        if end == rest.len() && !is_final {
            // A line end may be in two pieces, and so may "]]>".
            end = rest.trim_end_matches(['\r', ']']).len();
        }
        if end == 0 {
            return Ok(None);
        }
        let end = rest[..end].find(|c| !is_char(c)).unwrap_or(end);
        let piece = self.take(end);
        Ok(Some(Token::Text(lines(&piece))))
    }

    fn instruction(&mut self, end: usize) -> Found {
        let at_start = self.bytes == 0 && !self.started;
        let inner = self.text[self.at + 2..self.at + end - 2].to_string();
        let Some((target, data)) = name(&inner) else { return Err(code::INVALID_TOKEN) };
        if target.eq_ignore_ascii_case("xml") {
            if !at_start || target != "xml" {
                return Err(code::MISPLACED_XML_PI);
            }
            let (mut version, mut encoding, mut standalone) = (String::new(), None, -1);
            let mut rest = data.trim_start();
            while let Some((key, after)) = name(rest) {
                let after = after.trim_start().strip_prefix('=').ok_or(code::XML_DECL)?.trim_start();
                let (value, after) = quoted(after).ok_or(code::XML_DECL)?;
                match key {
                    "version" => version = value.to_string(),
                    "encoding" => encoding = Some(value.to_string()),
                    "standalone" => standalone = (value == "yes") as i32,
                    _ => return Err(code::XML_DECL),
                }
                rest = after.trim_start();
            }
            if !rest.is_empty() {
                return Err(code::XML_DECL);
            }
            self.take(end);
            self.started = true;
            return Ok(Some(Token::Declaration { version, encoding, standalone }));
        }
        let token = Token::Instruction(target.to_string(), lines(data.trim_start()));
        self.take(end);
        self.started = true;
        Ok(Some(token))
    }

    fn start_tag(&mut self, end: usize) -> Found {
        if self.open.is_empty() && self.had_root {
            return Err(code::JUNK_AFTER_DOC_ELEMENT);
        }
        let inner = self.text[self.at + 1..self.at + end - 1].to_string();
        let empty = inner.ends_with('/');
        let inner = inner.strip_suffix('/').unwrap_or(&inner);
        let Some((tag, mut rest)) = name(inner) else { return Err(code::INVALID_TOKEN) };
        let mut attributes: Vec<(String, String)> = vec![];
        loop {
            let trimmed = rest.trim_start_matches(is_space);
            if trimmed.is_empty() {
                break;
            }
            // What follows in the tag, from its beginning.
            let place = |rest: &str| 1 + inner.len() - rest.len();
            self.error_at = place(trimmed);
            if trimmed.len() == rest.len() {
                return Err(code::INVALID_TOKEN);
            }
            let (key, after) = name(trimmed).ok_or(code::INVALID_TOKEN)?;
            let after = after.trim_start_matches(is_space);
            self.error_at = place(after);
            let after = after.strip_prefix('=').ok_or(code::INVALID_TOKEN)?.trim_start_matches(is_space);
            self.error_at = place(after);
            let (raw, after) = quoted(after).ok_or(code::INVALID_TOKEN)?;
            self.error_at = match raw.find('<') {
                Some(i) => self.error_at + 1 + i,
                None => place(trimmed),
            };
            if attributes.iter().any(|(k, _)| k == key) {
                return Err(code::DUPLICATE_ATTRIBUTE);
            }
            let value = self.attribute(raw, 0)?;
            attributes.push((key.to_string(), value));
            rest = after;
        }
        let token = Token::Start { name: tag.to_string(), attributes, empty };
        self.had_root = true;
        self.started = true;
        if !empty {
            self.open.push(tag.to_string());
        }
        self.take(end);
        Ok(Some(token))
    }

    fn end_tag(&mut self, end: usize) -> Found {
        let inner = self.text[self.at + 2..self.at + end - 1].trim_end_matches(is_space).to_string();
        match self.open.last() {
            Some(open) if *open == inner => {}
            Some(_) => {
                self.error_at = 2;
                return Err(code::TAG_MISMATCH);
            }
            None => return Err(code::INVALID_TOKEN),
        }
        self.open.pop();
        self.take(end);
        Ok(Some(Token::End(inner)))
    }

    fn doctype(&mut self, end: usize) -> Found {
        let inner = self.text[self.at + 9..self.at + end - 1].to_string();
        let bad = code::INVALID_TOKEN;
        let (root, rest) = name(inner.trim_start()).ok_or(bad)?;
        let (system, public, rest) = external_id(rest.trim_start()).ok_or(bad)?;
        let subset = rest.trim().strip_prefix('[').map(|s| s.trim_end().strip_suffix(']').unwrap_or(s));
        self.external = system.is_some();
        let mut entities = vec![];
        let mut rest = subset.unwrap_or("").trim_start();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("<!--") {
                rest = &after[after.find("-->").ok_or(bad)? + 3..];
            } else if let Some(after) = rest.strip_prefix("<?") {
                rest = &after[after.find("?>").ok_or(bad)? + 2..];
            } else if let Some(after) = rest.strip_prefix('%') {
                // What a parameter entity declares is not read.
                self.external = true;
                rest = &after[after.find(';').ok_or(bad)? + 1..];
            } else {
                let end = tag_end(rest).ok_or(bad)?;
                if let Some(declaration) = rest[..end - 1].strip_prefix("<!ENTITY") {
                    let declaration = declaration.trim_start();
                    if !declaration.starts_with('%') {
                        let (key, after) = name(declaration).ok_or(bad)?;
                        match quoted(after.trim_start()) {
                            Some((raw, _)) => entities.push((key.to_string(), self.entity_value(raw)?)),
                            None => self.external = true,
                        }
                    }
                } else if !rest.starts_with("<!") {
                    return Err(bad);
                }
                rest = &rest[end..];
            }
            rest = rest.trim_start();
        }
        for (key, value) in &entities {
            self.entities.entry(key.clone()).or_insert_with(|| value.clone());
        }
        let (name, internal) = (root.to_string(), subset.is_some());
        self.take(end);
        (self.had_doctype, self.started) = (true, true);
        Ok(Some(Token::Doctype(Doctype { name, system, public, internal, entities })))
    }

    /// The value of an entity: character references are replaced now, others when it is used.
    fn entity_value(&mut self, raw: &str) -> Result<String, u32> {
        let mut out = String::new();
        let mut rest = raw;
        while let Some(i) = rest.find("&#") {
            out.push_str(&rest[..i]);
            let end = rest[i..].find(';').ok_or(code::INVALID_TOKEN)? + i;
            out.push_str(&self.reference(&rest[i + 1..end])?.unwrap_or_default());
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        Ok(lines(&out))
    }
}

type Ids<'a> = (Option<String>, Option<String>, &'a str);

/// `SYSTEM "s"`, `PUBLIC "p" "s"` or nothing.
fn external_id(s: &str) -> Option<Ids<'_>> {
    if let Some(rest) = s.strip_prefix("SYSTEM") {
        let (system, rest) = quoted(rest.trim_start())?;
        return Some((Some(system.to_string()), None, rest));
    }
    if let Some(rest) = s.strip_prefix("PUBLIC") {
        let (public, rest) = quoted(rest.trim_start())?;
        let (system, rest) = quoted(rest.trim_start())?;
        return Some((Some(system.to_string()), Some(public.to_string()), rest));
    }
    Some((None, None, s))
}

/// Behind the `>` of a tag or declaration; quoted ones do not count.
fn tag_end(s: &str) -> Option<usize> {
    let mut quote = None;
    for (i, b) in s.bytes().enumerate() {
        match (quote, b) {
            (Some(q), _) if q == b => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(b),
            (None, b'>') => return Some(i + 1),
            _ => {}
        }
    }
    None
}

/// Behind the `>` of a document type declaration with its internal subset.
fn doctype_end(s: &str) -> Option<usize> {
    let (mut i, mut depth, mut quote) = (0, 0, None);
    let b = s.as_bytes();
    while i < b.len() {
        match (quote, b[i]) {
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, _) if s.is_char_boundary(i) && s[i..].starts_with("<!--") => i += s[i..].find("-->")? + 2,
            (None, c @ (b'"' | b'\'')) => quote = Some(c),
            (None, b'[') => depth += 1,
            (None, b']') => depth -= 1,
            (None, b'>') if depth == 0 => return Some(i + 1),
            _ => {}
        }
        i += 1;
    }
    None
}
