//! CPython's tokenizer (Parser/lexer/lexer.c) over an array of characters.
//!
//! With `extra` it gives comments and blank lines too and lets pass what the parser would reject, as `tokenize`
//! wants it. The modes for f- and t-strings follow `tok_get_fstring_mode`. The parser proper has its own lexer;
//! this one keeps every character accounted for.

/// The numbers of `token.py`.
pub mod kind {
    pub const ENDMARKER: u8 = 0;
    pub const NAME: u8 = 1;
    pub const NUMBER: u8 = 2;
    pub const STRING: u8 = 3;
    pub const NEWLINE: u8 = 4;
    pub const INDENT: u8 = 5;
    pub const DEDENT: u8 = 6;
    pub const OP: u8 = 55;
    pub const FSTRING_START: u8 = 59;
    pub const COMMENT: u8 = 65;
    pub const NL: u8 = 66;
}

/// Operators with their exact numbers, longest first.
const OPERATORS: &[(&str, u8)] = &[
    ("**=", 46),
    ("//=", 48),
    ("<<=", 44),
    (">>=", 45),
    ("...", 52),
    ("==", 27),
    ("!=", 28),
    ("<=", 29),
    (">=", 30),
    ("<<", 33),
    (">>", 34),
    ("**", 35),
    ("+=", 36),
    ("-=", 37),
    ("*=", 38),
    ("/=", 39),
    ("%=", 40),
    ("&=", 41),
    ("|=", 42),
    ("^=", 43),
    ("//", 47),
    ("@=", 50),
    ("->", 51),
    (":=", 53),
    ("(", 7),
    (")", 8),
    ("[", 9),
    ("]", 10),
    (":", 11),
    (",", 12),
    (";", 13),
    ("+", 14),
    ("-", 15),
    ("*", 16),
    ("/", 17),
    ("|", 18),
    ("&", 19),
    ("<", 20),
    (">", 21),
    ("=", 22),
    (".", 23),
    ("%", 24),
    ("{", 25),
    ("}", 26),
    ("~", 31),
    ("^", 32),
    ("@", 49),
    ("!", 54),
];

const TAB_SIZE: usize = 8;
const MAX_INDENT: usize = 100;
/// The end of the text.
const END: u32 = u32::MAX;

/// A token as a range of characters.
#[derive(Clone, Copy)]
pub struct Token {
    pub kind: u8,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// At a character.
    Syntax,
    /// Shown at the end of its line.
    WholeLine,
    Indentation,
    Tab,
    /// The text ends too early.
    EndOfFile,
}

pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
    pub at: usize,
    /// The column of an early end.
    pub offset: i64,
}

/// An f- or t-string that is open.
struct Format {
    quote: u32,
    quotes: usize,
    raw: bool,
    template: bool,
    start: usize,
    /// Characters are text, not an expression.
    in_text: bool,
    in_spec: bool,
    brackets: i32,
    /// The bracket depth at which each replacement field opened, -1 outside of fields.
    field: i32,
}

pub struct Lexer {
    pub text: Vec<u32>,
    extra: bool,
    at: usize,
    line_starts: Vec<usize>,
    at_line_start: bool,
    blank_line: bool,
    indents: Vec<(usize, usize)>,
    /// Indents, if positive, or dedents that are still to be given.
    pending: i32,
    brackets: Vec<u32>,
    formats: Vec<Format>,
    /// A comment's line break is a token of its own.
    comment_newline: bool,
    /// Whether the last token on the current line is code.
    open_line: bool,
}

type Lexed = Result<Token, Failure>;

fn is(c: u32, chars: &str) -> bool {
    chars.chars().any(|x| x as u32 == c)
}

fn starts_name(c: u32) -> bool {
    c != END && (c >= 128 || c == '_' as u32 || char::from_u32(c).is_some_and(|c| c.is_ascii_alphabetic()))
}

fn in_name(c: u32) -> bool {
    starts_name(c) || is_digit(c)
}

fn is_digit(c: u32) -> bool {
    (48..58).contains(&c)
}

impl Lexer {
    pub fn new(text: Vec<u32>, extra: bool) -> Lexer {
        let mut line_starts = vec![0];
        line_starts.extend(text.iter().enumerate().filter(|(_, c)| **c == 10).map(|(i, _)| i + 1));
        Lexer {
            text,
            extra,
            at: 0,
            line_starts,
            at_line_start: true,
            blank_line: false,
            indents: vec![(0, 0)],
            pending: 0,
            brackets: vec![],
            formats: vec![],
            comment_newline: false,
            open_line: false,
        }
    }

    // ---- places ---------------------------------------------------------------------------------

    fn line_index(&self, at: usize) -> usize {
        self.line_starts.partition_point(|s| *s <= at) - 1
    }

    /// Line and column.
    pub fn position(&self, at: usize) -> (usize, i64) {
        let line = self.line_index(at);
        (line + 1, (at - self.line_starts[line]) as i64)
    }

    /// The number of lines, not counting an empty last one.
    pub fn lines_read(&self) -> usize {
        let full = self.line_starts.len() - 1;
        if self.line_starts[full] < self.text.len() { full + 1 } else { full }
    }

    /// The line of a character, with its break.
    pub fn line(&self, at: usize) -> &[u32] {
        self.lines(at, at)
    }

    /// The lines that a range touches.
    pub fn lines(&self, start: usize, end: usize) -> &[u32] {
        let from = self.line_starts[self.line_index(start)];
        let to = self.line_starts.get(self.line_index(end) + 1).copied().unwrap_or(self.text.len());
        &self.text[from..to]
    }

    // ---- reading --------------------------------------------------------------------------------

    fn peek(&self, ahead: usize) -> u32 {
        self.text.get(self.at + ahead).copied().unwrap_or(END)
    }

    fn sees(&self, s: &str) -> bool {
        s.chars().enumerate().all(|(i, c)| self.peek(i) == c as u32)
    }

    /// The width of the line break here, 0 if there is none.
    fn line_break(&self) -> usize {
        match self.peek(0) {
            10 => 1,
            13 if self.peek(1) == 10 => 2,
            _ => 0,
        }
    }

    fn token(&self, kind: u8, start: usize) -> Lexed {
        Ok(Token { kind, start, end: self.at })
    }

    fn fail<T>(&self, at: usize, message: impl Into<String>) -> Result<T, Failure> {
        Err(Failure { kind: FailureKind::Syntax, message: message.into(), at, offset: 0 })
    }

    fn early_end(&self, offset: i64) -> Lexed {
        Err(Failure {
            kind: FailureKind::EndOfFile,
            message: "unexpected EOF in multi-line statement".into(),
            at: self.text.len(),
            offset,
        })
    }

    /// The next token; do not call it after `ENDMARKER` or a failure.
    pub fn next_token(&mut self) -> Lexed {
        if self.formats.last().is_some_and(|f| f.in_text) { self.format_text() } else { self.normal() }
    }

    /// The indentation of a new line: what it opens or closes goes to `pending`.
    fn indentation(&mut self) -> Result<(), Failure> {
        let (mut column, mut alt) = (0, 0);
        loop {
            match self.peek(0) {
                32 => (column, alt) = (column + 1, alt + 1),
                9 => (column, alt) = ((column / TAB_SIZE + 1) * TAB_SIZE, alt + 1),
                12 => (column, alt) = (0, 0),
                92 if self.brackets.is_empty() && self.peek(1) == 10 => {
                    self.at += 2;
                    // The indentation of a continued line is that of its first part.
                    while is(self.peek(0), " \t") {
                        self.at += 1;
                    }
                    if column == 0 && alt == 0 {
                        continue;
                    }
                    break;
                }
                _ => break,
            }
            self.at += 1;
        }
        let c = self.peek(0);
        if c == 35 || self.line_break() > 0 {
            self.blank_line = true;
            return Ok(());
        }
        if c == END || !self.brackets.is_empty() {
            return Ok(());
        }
        let (top, alt_top) = *self.indents.last().expect("the first stays");
        let tabs = |at| {
            let message = "inconsistent use of tabs and spaces in indentation".into();
            Err(Failure { kind: FailureKind::Tab, message, at, offset: 0 })
        };
        if column == top {
            if alt != alt_top {
                return tabs(self.at);
            }
        } else if column > top {
            if self.indents.len() >= MAX_INDENT {
                let message = "too many levels of indentation".into();
                return Err(Failure { kind: FailureKind::Indentation, message, at: self.at, offset: 0 });
            }
            if alt <= alt_top {
                return tabs(self.at);
            }
            self.pending += 1;
            self.indents.push((column, alt));
        } else {
            while self.indents.last().is_some_and(|i| column < i.0) {
                self.indents.pop();
                self.pending -= 1;
            }
            let (top, alt_top) = *self.indents.last().expect("the first is 0");
            if column != top {
                let message = "unindent does not match any outer indentation level".into();
                return Err(Failure { kind: FailureKind::Indentation, message, at: self.at, offset: 0 });
            }
            if alt != alt_top {
                return tabs(self.at);
            }
        }
        Ok(())
    }

    fn normal(&mut self) -> Lexed {
        loop {
            self.blank_line &= !self.at_line_start;
            let line_start = self.at;
            if self.at_line_start {
                self.at_line_start = false;
                self.blank_line = false;
                self.indentation()?;
            }
            if self.pending < 0 {
                self.pending += 1;
                return self.token(kind::DEDENT, self.at);
            }
            if self.pending > 0 {
                self.pending -= 1;
                return self.token(kind::INDENT, line_start);
            }
            while is(self.peek(0), " \t\x0c") {
                self.at += 1;
            }
            let start = self.at;
            let c = self.peek(0);
            if c == 35 {
                while self.peek(0) != END && self.line_break() == 0 {
                    self.at += 1;
                }
                if self.extra {
                    self.comment_newline = self.blank_line;
                    return self.token(kind::COMMENT, start);
                }
                continue;
            }
            if c == END {
                return self.end();
            }
            let width = self.line_break();
            if width > 0 {
                self.at += width;
                self.at_line_start = true;
                if self.blank_line || !self.brackets.is_empty() {
                    if self.extra {
                        self.comment_newline = false;
                        return self.token(kind::NL, start);
                    }
                    continue;
                }
                self.open_line = false;
                return self.token(kind::NEWLINE, start);
            }
            if c == 92 {
                self.at += 1;
                let width = self.line_break();
                if width > 0 {
                    self.at += width;
                    if self.peek(0) == END {
                        let column = self.position(start).1;
                        return self.early_end(column + 2);
                    }
                    continue;
                }
                if self.peek(0) == END {
                    let column = self.position(start).1;
                    return self.early_end(column + 2);
                }
                return Err(Failure {
                    kind: FailureKind::WholeLine,
                    message: "unexpected character after line continuation character".into(),
                    at: start,
                    offset: 0,
                });
            }
            self.open_line = true;
            return self.code(start, c);
        }
    }

    /// What closes the text: a line break if it lacks one, dedents, the end marker.
    fn end(&mut self) -> Lexed {
        let start = self.at;
        let missing_break = self.text.last().is_some_and(|c| *c != 10);
        if missing_break && (self.comment_newline || (self.open_line && !self.brackets.is_empty())) {
            self.comment_newline = false;
            self.open_line = false;
            if self.extra {
                return self.token(kind::NL, start);
            }
        }
        if !self.brackets.is_empty() {
            let at = self.formats.last().filter(|_| missing_break).map_or(0, |_| self.position(start).1 + 1);
            return self.early_end(at);
        }
        if self.open_line {
            self.open_line = false;
            return self.token(kind::NEWLINE, start);
        }
        if self.indents.len() > 1 {
            self.indents.pop();
            return self.token(kind::DEDENT, start);
        }
        self.token(kind::ENDMARKER, start)
    }

    fn code(&mut self, start: usize, c: u32) -> Lexed {
        if starts_name(c) {
            return self.name_or_string(start);
        }
        if is_digit(c) || c == '.' as u32 && is_digit(self.peek(1)) {
            return self.number(start);
        }
        if is(c, "'\"") {
            return self.string(start);
        }
        self.operator(start, c)
    }

    fn name_or_string(&mut self, start: usize) -> Lexed {
        let (mut b, mut r, mut u, mut f, mut t) = (false, false, false, false, false);
        loop {
            let c = char::from_u32(self.peek(0)).unwrap_or(' ').to_ascii_lowercase();
            match c {
                'b' if !(b || u || f || t) => b = true,
                'u' if !(b || u || r || f || t) => u = true,
                'r' if !(r || u) => r = true,
                'f' if !(f || b || u || t) => f = true,
                't' if !(t || b || u || f) => t = true,
                _ => break,
            }
            self.at += 1;
            if is(self.peek(0), "'\"") {
                return if f || t { self.open_format(start, r, t) } else { self.string(start) };
            }
        }
        while in_name(self.peek(0)) {
            self.at += 1;
        }
        if !self.extra {
            self.check_name(start)?;
        }
        self.token(kind::NAME, start)
    }

    fn check_name(&self, start: usize) -> Result<(), Failure> {
        for i in start..self.at {
            let c = self.text[i];
            let s: Option<char> = char::from_u32(c);
            let valid = c < 128 || s.is_some_and(|c| c.is_alphanumeric() || c == '_');
            if !valid {
                let shown = s.unwrap_or('\u{fffd}');
                return self.fail(i, format!("invalid character '{shown}' (U+{c:04X})"));
            }
        }
        Ok(())
    }

    /// Digits with single underscores between them.
    fn digits(&mut self, radix: u32, name: &str) -> Result<(), Failure> {
        let digit = |c: u32| char::from_u32(c).is_some_and(|c| c.is_digit(radix));
        loop {
            while digit(self.peek(0)) {
                self.at += 1;
            }
            if self.peek(0) != '_' as u32 {
                return Ok(());
            }
            self.at += 1;
            if !digit(self.peek(0)) {
                return self.bad_digit(radix, name);
            }
        }
    }

    fn bad_digit<T>(&self, radix: u32, name: &str) -> Result<T, Failure> {
        let c = self.peek(0);
        if is_digit(c) && radix < 10 {
            let digit = c - 48;
            return self.fail(self.at, format!("invalid digit '{digit}' in {name} literal"));
        }
        self.fail(self.at - 1, format!("invalid {name} literal"))
    }

    fn number(&mut self, start: usize) -> Lexed {
        let prefix = char::from_u32(self.peek(1)).unwrap_or(' ').to_ascii_lowercase();
        let radix = match prefix {
            'x' => Some((16, "hexadecimal")),
            'o' => Some((8, "octal")),
            'b' => Some((2, "binary")),
            _ => None,
        };
        if self.peek(0) == '0' as u32
            && let Some((radix, name)) = radix
        {
            self.at += 2;
            if self.peek(0) == '_' as u32 {
                self.at += 1;
            }
            if !char::from_u32(self.peek(0)).is_some_and(|c| c.is_digit(radix)) {
                return self.bad_digit(radix, name);
            }
            self.digits(radix, name)?;
            if is_digit(self.peek(0)) {
                return self.bad_digit(radix, name);
            }
            return self.end_number(start, name);
        }
        if is_digit(self.peek(0)) {
            self.digits(10, "decimal")?;
        }
        let whole = self.at;
        if self.peek(0) == '.' as u32 {
            self.at += 1;
            if is_digit(self.peek(0)) {
                self.digits(10, "decimal")?;
            }
        }
        if is(self.peek(0), "eE") {
            let sign = is(self.peek(1), "+-") as usize;
            if is_digit(self.peek(1 + sign)) {
                self.at += 1 + sign;
                self.digits(10, "decimal")?;
            } else if sign == 1 {
                return self.fail(self.at + 1, "invalid decimal literal");
            }
        }
        if is(self.peek(0), "jJ") {
            self.at += 1;
            return self.end_number(start, "imaginary");
        }
        let old_octal = self.at == whole
            && self.text[start] == '0' as u32
            && self.text[start..whole].iter().any(|c| (49..58).contains(c));
        if old_octal && !self.extra {
            let message = "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
            return self.fail(start, message);
        }
        self.end_number(start, "decimal")
    }

    fn end_number(&self, start: usize, name: &str) -> Lexed {
        if !self.extra && in_name(self.peek(0)) {
            let keywords = ["and", "else", "for", "if", "in", "is", "or", "not"];
            if !keywords.iter().any(|k| self.sees(k)) {
                return self.fail(self.at - 1, format!("invalid {name} literal"));
            }
        }
        self.token(kind::NUMBER, start)
    }

    /// A string without fields; the prefix is read.
    fn string(&mut self, start: usize) -> Lexed {
        let quote = self.peek(0);
        let quotes = if self.peek(1) == quote && self.peek(2) == quote { 3 } else { 1 };
        self.at += quotes;
        let mut run = 0;
        while run < quotes {
            let c = self.peek(0);
            if c == END || quotes == 1 && self.line_break() > 0 {
                if self.formats.last().is_some_and(|f| f.quote == quote && f.quotes == quotes) {
                    let what = if self.formats.last().is_some_and(|f| f.template) { "t" } else { "f" };
                    return self.fail(start, format!("{what}-string: expecting '}}'"));
                }
                let what = if quotes == 3 { "triple-quoted string" } else { "string" };
                return self.unterminated(start, what);
            }
            self.at += 1;
            if c == quote {
                run += 1;
                continue;
            }
            run = 0;
            if c == 92 {
                self.at += self.line_break().max((self.peek(0) != END) as usize);
            }
        }
        self.token(kind::STRING, start)
    }

    fn unterminated(&self, start: usize, what: &str) -> Lexed {
        let line = self.position(self.at).0.min(self.lines_read());
        self.fail(start, format!("unterminated {what} literal (detected at line {line})"))
    }

    fn operator(&mut self, start: usize, c: u32) -> Lexed {
        let depth = self.brackets.len();
        if let Some(f) = self.formats.last_mut()
            && c == ':' as u32
            && f.brackets - 1 == f.field
        {
            // `:` ends the expression of a field, even in `:=`.
            self.at += 1;
            f.in_text = true;
            f.in_spec = true;
            return self.token(self.op(11), start);
        }
        if is(c, "([{") {
            self.brackets.push(c);
            if let Some(f) = self.formats.last_mut() {
                f.brackets += 1;
            }
        } else if is(c, ")]}") {
            let opening = self.brackets.pop();
            if !self.extra {
                self.check_closing(start, c, opening)?;
            }
            if depth > 0
                && let Some(f) = self.formats.last_mut()
            {
                f.brackets -= 1;
                if c == '}' as u32 && f.brackets == f.field {
                    f.field -= 1;
                    f.in_text = true;
                    f.in_spec = f.field >= 0;
                }
            }
        }
        if let Some((text, number)) = OPERATORS.iter().find(|(text, _)| self.sees(text)) {
            self.at += text.len();
            return self.token(self.op(*number), start);
        }
        let printable = char::from_u32(c).is_some_and(|c| !c.is_control());
        if !printable {
            return self.fail(start, format!("invalid non-printable character U+{c:04X}"));
        }
        self.at += 1;
        self.token(kind::OP, start)
    }

    fn op(&self, number: u8) -> u8 {
        if self.extra { kind::OP } else { number }
    }

    fn check_closing(&self, at: usize, c: u32, opening: Option<u32>) -> Result<(), Failure> {
        let shown = |c: u32| char::from_u32(c).unwrap_or(' ');
        match opening {
            None => self.fail(at, format!("unmatched '{}'", shown(c))),
            Some(o) if matches!((shown(o), shown(c)), ('(', ')') | ('[', ']') | ('{', '}')) => Ok(()),
            Some(o) => {
                let (c, o) = (shown(c), shown(o));
                self.fail(at, format!("closing parenthesis '{c}' does not match opening parenthesis '{o}'"))
            }
        }
    }

    // ---- f- and t-strings -----------------------------------------------------------------------

    fn open_format(&mut self, start: usize, raw: bool, template: bool) -> Lexed {
        let quote = self.peek(0);
        let quotes = if self.peek(1) == quote && self.peek(2) == quote { 3 } else { 1 };
        self.at += quotes;
        self.formats.push(Format {
            quote,
            quotes,
            raw,
            template,
            start,
            in_text: true,
            in_spec: false,
            brackets: 0,
            field: -1,
        });
        self.token(kind::FSTRING_START + 3 * template as u8, start)
    }

    fn enter_field(&mut self) {
        if let Some(f) = self.formats.last_mut() {
            f.field += 1;
            f.in_text = false;
        }
    }

    fn format_text(&mut self) -> Lexed {
        let f = self.formats.last().expect("called inside a format string");
        let (quote, quotes, raw, in_spec) = (f.quote, f.quotes, f.raw, f.in_spec);
        let (opened, first) = (f.start, kind::FSTRING_START + 3 * f.template as u8);
        let name = if f.template { "t-string" } else { "f-string" };
        let start = self.at;
        if self.peek(0) == '{' as u32 && (self.peek(1) != '{' as u32 || in_spec) {
            self.enter_field();
            return self.normal();
        }
        let closes = |l: &Lexer| (0..quotes).all(|i| l.peek(i) == quote);
        if closes(self) {
            self.at += quotes;
            self.formats.pop();
            return self.token(first + 2, start);
        }
        let mut in_name = false;
        loop {
            if closes(self) {
                return self.token(first + 1, start);
            }
            let c = self.peek(0);
            if c == END || quotes == 1 && self.line_break() > 0 {
                if in_spec && c != END {
                    let message = format!(
                        "{name}: newlines are not allowed in format specifiers for single quoted {name}s"
                    );
                    return self.fail(self.at - 1, message);
                }
                let what = if quotes == 3 { format!("triple-quoted {name}") } else { name.to_string() };
                return self.unterminated(opened, &what);
            }
            match char::from_u32(c).unwrap_or(' ') {
                '{' if in_name => self.at += 1,
                '}' if in_name => {
                    in_name = false;
                    self.at += 1;
                }
                '{' if self.peek(1) != c || in_spec => {
                    let token = self.token(first + 1, start);
                    self.enter_field();
                    return token;
                }
                '}' if self.peek(1) != c || in_spec => {
                    let token = self.token(first + 1, start);
                    if let Some(f) = self.formats.last_mut() {
                        f.in_text = false;
                    }
                    return token;
                }
                // A doubled brace ends the token, which has the brace once.
                '{' | '}' => {
                    self.at += 1;
                    let token = self.token(first + 1, start);
                    self.at += 1;
                    return token;
                }
                '\\' => {
                    self.at += 1;
                    if is(self.peek(0), "{}") || self.peek(0) == END {
                        continue;
                    }
                    if !raw && self.sees("N{") {
                        self.at += 2;
                        in_name = true;
                        continue;
                    }
                    if !raw || self.peek(0) == quote || self.peek(0) == 92 || self.line_break() > 0 {
                        self.at += self.line_break().max(1);
                    }
                }
                _ => self.at += 1,
            }
        }
    }
}
