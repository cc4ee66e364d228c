//! From the compiler crates' errors to CPython's.
//!
//! The compiler crate rewrites many of the parser's errors into CPython's words already. What is left speaks the
//! parser's own language (its messages begin with a capital letter); the rules here map those, and everything
//! they do not know becomes CPython's generic "invalid syntax" at the same token. Rules that need more than the
//! error look at the tokens around it, in `Place`.

mod escapes;
mod place;

use crate::error::{ErrorKind, SyntaxError};
use crate::options::{Mode, Options, PYCF_ALLOW_INCOMPLETE_INPUT};
use place::Place;
use rustpython_codegen::error::CodegenErrorType;
use rustpython_compiler::parser::{LexicalErrorType, ParseErrorType};
use rustpython_compiler::{CompileError, ParseError, parser};

pub fn translate(error: &CompileError, source: &str, mode: Mode, options: &Options) -> SyntaxError {
    let mut result = located(error, source);
    if let CompileError::Parse(error) = error {
        parse_error(error, source, mode, &mut result);
        if options.flags & PYCF_ALLOW_INCOMPLETE_INPUT != 0 && is_incomplete(error, source, mode, &result) {
            result.kind = ErrorKind::IncompleteInput;
            result.message = "incomplete input".to_owned();
        }
        // CPython shows the line from the tokenizer's buffer, with its line break, unless it has read on.
        let furthest = Place::new(source, error.raw_location.start().to_usize()).line();
        let read_on = result.end_offset != -1
            && (result.lineno < furthest
                || result.message.starts_with("cannot use except")
                || is_tokenizers(&result.message));
        result.text = line_text(source, result.lineno, read_on, mode == Mode::Exec);
    } else if result.message.starts_with("cannot assign to") {
        let place = Place::new(source, 0);
        extent(&place, &mut result);
    }
    result
}

/// Message and place as they come. Errors of the later stages have no text: CPython reads it from the file.
pub fn located(error: &CompileError, _source: &str) -> SyntaxError {
    let (lineno, offset) = error.python_location();
    let (end_lineno, end_offset) = error.python_end_location().unwrap_or((lineno, offset));
    let kind = match error {
        CompileError::Codegen(error) if matches!(error.error, CodegenErrorType::RecursionError) => {
            ErrorKind::Recursion
        }
        _ => ErrorKind::Syntax,
    };
    SyntaxError {
        kind,
        message: error.to_string(),
        lineno: lineno as u32,
        offset: offset as u32,
        end_lineno: end_lineno as u32,
        end_offset: end_offset as i32,
        text: None,
    }
}

/// Errors of the tokenizer itself, which shows the line without its break.
fn is_tokenizers(message: &str) -> bool {
    message.starts_with("unmatched")
        || message.starts_with("unterminated")
        || message.starts_with("closing parenthesis")
        || message.starts_with("invalid character")
        || message.starts_with("invalid non-printable")
        || message.starts_with("leading zeros in decimal")
        || message.starts_with("invalid digit")
        || message.starts_with("too many nested parentheses")
        || message.ends_with("prefixes are incompatible")
        || message.starts_with("invalid ") && message.ends_with(" literal")
}

fn line_text(source: &str, lineno: u32, read_on: bool, adds_newline: bool) -> Option<String> {
    let line = source.split_inclusive('\n').nth((lineno as usize).saturating_sub(1)).unwrap_or("");
    let mut text = line.to_owned();
    if read_on {
        text.truncate(text.trim_end_matches('\n').len());
    } else if adds_newline && !text.ends_with('\n') {
        text.push('\n');
    }
    Some(text)
}

/// Where CPython's tokenizer has seen the end of the input, so that more could make it right. In `exec` mode a last
/// line without a break gets one, in the other modes the end comes with the last token.
fn is_incomplete(error: &ParseError, source: &str, mode: Mode, result: &SyntaxError) -> bool {
    if error.is_unclosed_bracket || error.is_unclosed_string {
        return true;
    }
    let place = Place::new(source, error.raw_location.start().to_usize());
    // At the prompt a compound statement ends with an empty line, whatever comes next.
    if mode == Mode::Single && !source.ends_with('\n') && place.is_compound() {
        let options = parser::ParseOptions::from(parser::Mode::Module);
        if parser::parse(source, options).is_ok() {
            return true;
        }
    }
    match result.message.as_str() {
        "incomplete input" | "unexpected EOF while parsing" => true,
        text if text.starts_with("unterminated triple-quoted") => true,
        text if text.starts_with("expected an indented block") => place.nothing_follows(),
        "expected 'except' or 'finally' block" => place.nothing_follows(),
        // The tokenizer stopped at a mistake of its own.
        text if text.starts_with("unmatched") || text.ends_with(" literal") => false,
        text if text.starts_with("unexpected character after line") => false,
        _ if place.statement_is("@") => place.nothing_follows(),
        _ if mode != Mode::Exec && place.nothing_at_all() => true,
        _ if mode != Mode::Exec && !source.ends_with('\n') => place.is_last(),
        _ => source.ends_with('\n') && place.at_end_of_input(),
    }
}

fn parse_error(error: &ParseError, source: &str, mode: Mode, result: &mut SyntaxError) {
    let place = Place::new(source, error.raw_location.start().to_usize());
    if let Some(lineno) = place.inconsistent_tabs(result.lineno) {
        result.kind = ErrorKind::Tab;
        result.message = "inconsistent use of tabs and spaces in indentation".to_owned();
        (result.lineno, result.end_lineno) = (lineno, lineno);
        (result.offset, result.end_offset) = (place.line_length(lineno), -1);
        return;
    }
    if let Some((lineno, width)) = place.unexpected_indent(mode == Mode::Eval) {
        result.kind = ErrorKind::Indentation;
        result.message = "unexpected indent".to_owned();
        (result.lineno, result.end_lineno) = (lineno, lineno);
        (result.offset, result.end_offset) = (width, -1);
        return;
    }
    let message = result.message.clone();
    if message.starts_with("expected an indented block") {
        result.kind = ErrorKind::Indentation;
        if let Some((line, column)) = place.missing_block() {
            (result.lineno, result.offset) = (line, column);
            (result.end_lineno, result.end_offset) = (line, -1);
        }
    } else if message.starts_with("unindent does not match") {
        result.kind = ErrorKind::Indentation;
        result.end_offset = -1;
        (result.offset, result.end_lineno) = (place.line_length(result.lineno), result.lineno);
        // A last line without a break gets one.
        let lines = source.split('\n').count() as u32;
        result.offset += u32::from(mode == Mode::Exec && result.lineno == lines);
    } else if message.starts_with("inconsistent use of tabs") {
        result.kind = ErrorKind::Tab;
        result.end_offset = -1;
        (result.offset, result.end_lineno) = (place.line_length(result.lineno), result.lineno);
    } else if message.starts_with("unexpected indent") || message.starts_with("unexpected unindent") {
        result.kind = ErrorKind::Indentation;
    } else {
        words(error, &message, &place, result);
    }
}

fn words(error: &ParseError, message: &str, place: &Place, result: &mut SyntaxError) {
    use ParseErrorType as E;
    let set = |result: &mut SyntaxError, text: &str| result.message = text.to_owned();
    let token = |result: &mut SyntaxError, range: (usize, usize)| place.put(result, range);
    match &error.error {
        E::ExpectedToken { .. }
            if message.starts_with("Expected `:`") && (place.at_line_end() || place.forces_colon()) =>
        {
            set(result, "expected ':'")
        }
        E::ExpectedToken { .. } if message.starts_with("Expected `else`") && place.token_text() != ":" => {
            set(result, "expected 'else' after 'if' expression");
            token(result, place.conditional());
        }
        E::EmptyTypeParams => {
            set(result, "Type parameter list cannot be empty");
            token(result, (place.token().0, place.next_of("]").1));
        }
        E::ExpectedToken { .. } if message.starts_with("Expected `(`") => set(result, "expected '('"),
        E::UnparenthesizedGeneratorExpression => {
            set(result, "Generator expression must be parenthesized");
        }
        E::UnparenthesizedTupleExpression => {
            set(result, "invalid syntax");
            token(result, place.next_of(","));
            return;
        }
        E::InvalidYieldExpressionUsage | E::InvalidStarredExpressionUsage => {
            set(result, "invalid syntax");
            token(result, place.token());
        }
        E::PositionalAfterKeywordArgument => {
            set(result, "positional argument follows keyword argument");
            token(result, place.closing());
        }
        E::PositionalAfterKeywordUnpacking => {
            set(result, "positional argument follows keyword argument unpacking");
            token(result, place.closing());
        }
        E::InvalidArgumentUnpackingOrder => {
            set(result, "iterable argument unpacking follows keyword argument unpacking");
        }
        E::IterableUnpackingInComprehension => {
            set(result, "iterable unpacking cannot be used in comprehension");
        }
        E::EmptyImportNames if place.at_line_end() => {
            set(result, "Expected one or more names after 'import'");
            result.end_offset = result.offset as i32;
        }
        E::NonDefaultParamAfterDefaultParam => {
            set(result, "parameter without a default follows parameter with a default");
        }
        E::ParamAfterVarKeywordParam => {
            set(result, "arguments cannot follow var-keyword argument");
            token(result, place.token());
        }
        E::VarParameterWithDefault => {
            let star = if place.token_text() == "**" { "var-keyword" } else { "var-positional" };
            set(result, &format!("{star} argument cannot have default value"));
            token(result, place.next_of("="));
        }
        E::ExpectedKeywordParam if place.slash_before_close().is_some() => {
            set(result, "/ must be ahead of *");
            token(result, place.slash_before_close().unwrap_or(place.token()));
        }
        E::ExpectedKeywordParam => set(result, "named arguments must follow bare *"),
        E::ExpectedRealNumber => set(result, "real number required in complex literal"),
        E::ExpectedImaginaryNumber => set(result, "imaginary number required in complex literal"),
        E::UnparenthesizedNamedExpression => set(result, "invalid syntax"),
        E::Lexical(LexicalErrorType::UnrecognizedToken { tok }) => strange_character(*tok, result),
        E::Lexical(LexicalErrorType::UnicodeError) => {
            if let Some((text, range)) = escapes::first_error(place) {
                result.message = text;
                token(result, range);
            }
        }
        E::OtherError(_) | E::Lexical(_) | E::FStringError(_) | E::TStringError(_) => {
            other(message, place, result)
        }
        _ if starts_like_the_parser(message) => set(result, "invalid syntax"),
        _ => {}
    }
    if result.message == "invalid syntax" {
        generic(place, result);
    } else {
        extent(place, result);
    }
}

/// The ranges of messages that the compiler crate words like CPython but places differently.
fn extent(place: &Place, result: &mut SyntaxError) {
    let at = place.at(result);
    let end_at = |result: &mut SyntaxError, end: usize| place.put(result, (at.start(), end));
    match result.message.as_str() {
        text if text.ends_with("was never closed") || text.starts_with("unexpected character after line") => {
            (result.end_lineno, result.end_offset) = (result.lineno, 0);
        }
        "unexpected EOF while parsing" => {
            (result.end_lineno, result.end_offset) = (result.lineno, -1);
        }
        text if text.ends_with("prefixes are incompatible") => {
            let prefix = at.token_text().chars().take_while(char::is_ascii_alphabetic).count();
            end_at(result, at.start() + prefix.max(1));
        }
        "multiple statements found while compiling a single statement" => {
            result.end_offset = result.offset as i32 + 1;
        }
        "expression cannot contain assignment, perhaps you meant \"==\"?" => {
            end_at(result, at.next_of("=").1);
        }
        "cannot assign to True" | "cannot assign to False" | "cannot assign to None"
            if at.next_of("=").0 < at.closing().0 =>
        {
            end_at(result, at.next_of("=").1);
        }
        "cannot assign to iterable argument unpacking" | "cannot assign to keyword argument unpacking" => {
            end_at(result, at.next_of("=").1);
        }
        "cannot assign to __debug__" if at.statement_is("import") || at.statement_is("from") => {
            end_at(result, at.next_of("__debug__").1);
        }
        "cannot assign to function call" | "cannot assign to expression" | "cannot assign to literal"
            if at.starts_statement() && at.is_assigned() =>
        {
            result.message.push_str(" here. Maybe you meant '==' instead of '='?");
        }
        text if text.ends_with("here. Maybe you meant '==' instead of '='?") && at.assigns_nothing() => {
            let cut = text.find(" here.").unwrap_or(text.len());
            result.message.truncate(cut);
        }
        "var-positional argument cannot have default value"
        | "var-keyword argument cannot have default value" => {
            place.put(result, at.next_of("="));
        }
        "arguments cannot follow var-keyword argument" => place.put(result, at.token()),
        "cannot use a starred expression in a dictionary value" | "cannot use starred expression here" => {
            end_at(result, at.operand_end("*"));
        }
        "Type parameter list cannot be empty" => {
            let width = if at.statement_is("type") { 2 } else { 0 };
            result.end_offset = result.offset as i32 + width;
        }
        "illegal target for annotation" if at.annotates_nothing() => {
            result.message = "invalid syntax".to_owned();
            place.put(result, at.next_of(":"));
        }
        "expected 'except' or 'finally' block" if at.nothing_follows() => {
            (result.lineno, result.offset) = at.end_of_input();
            (result.end_lineno, result.end_offset) = (result.lineno, -1);
        }
        "did you forget parentheses around the comprehension target?" => {
            end_at(result, at.end_before("for"));
        }
        "invalid syntax. Maybe you meant '==' or ':=' instead of '='?" => {
            end_at(result, at.operand_end("="));
        }
        text if text.starts_with("Missing parentheses in call to")
            || text.starts_with("Did you mean to use") =>
        {
            let renames = result.message.starts_with("Did you mean to use") && at.has_before_end("as");
            // CPython's range ends inside the `as`.
            end_at(result, if renames { at.end_before("as") + 2 } else { at.statement_end() });
        }
        "invalid syntax. Perhaps you forgot a comma?" => {
            if let Some(start) = at.atom_before() {
                place.put(result, (start, at.token().1));
            }
        }
        _ => {}
    }
}

/// The parser's own texts, where CPython has a text for the same mistake.
const TEXTS: &[(&str, &str)] = &[
    ("Cannot mix t-string", "cannot mix t-string literals with string or bytes literals"),
    ("Bytes literal cannot be mixed", "cannot mix bytes and nonbytes literals"),
    ("'*' parameter must appear before '/' parameter", "/ must be ahead of *"),
    ("`/` parameter must appear before `*` parameter", "/ must be ahead of *"),
    ("'/' parameter must appear before '*' parameter", "/ must be ahead of *"),
    ("Only one '/' separator allowed", "/ may appear only once"),
    ("Only one '*' parameter allowed", "* argument may appear only once"),
    ("Only one '*' separator allowed", "* argument may appear only once"),
    ("Position-only parameter separator not allowed as first", "at least one argument must precede /"),
    ("Boolean 'not' expression cannot be used here", "'not' after an operator must be parenthesized"),
    ("Trailing comma not allowed", "trailing comma not allowed without surrounding parentheses"),
    ("Expected one or more exception types", "expected one or more exception types"),
    ("Positional patterns cannot follow keyword patterns", "positional patterns follow keyword patterns"),
    ("Multiple exception types must be", "multiple exception types must be parenthesized when using 'as'"),
    ("f-string: single `}`", "f-string: single '}' is not allowed"),
    ("t-string: single `}`", "t-string: single '}' is not allowed"),
    ("Expected `except` or `finally`", "expected 'except' or 'finally' block"),
];

/// Texts of CPython that begin with a capital letter.
const CAPITALS: &[&str] = &[
    "Generator expression must",
    "Missing parentheses in call",
    "Expected one or more names",
    "Did you mean",
    "Exceeds the limit",
];

fn starts_like_the_parser(message: &str) -> bool {
    message.starts_with(|c: char| c.is_ascii_uppercase() || c == '\'' || c == '`')
        && !CAPITALS.iter().any(|text| message.starts_with(text))
        && !message.contains("outside")
        && !message.ends_with("was never closed")
        && !message.starts_with("'tuple' is an illegal")
        && !message.contains("is an illegal expression")
        && !message.contains("prefixes are incompatible")
        && !message.contains("after an operator must")
}

fn other(message: &str, place: &Place, result: &mut SyntaxError) {
    if message == "named arguments must follow bare *"
        && let Some(slash) = place.slash_before_close()
    {
        result.message = "/ must be ahead of *".to_owned();
        place.put(result, slash);
        return;
    }
    if message.contains("-string: expecting `}`") {
        result.message = message.replace('`', "'");
        result.end_offset = result.offset as i32;
        return;
    }
    if let Some(tok) = message.strip_prefix("Got unexpected token ") {
        if let Some(tok) = tok.chars().next() {
            strange_character(tok, result);
        }
        return;
    }
    if message == "Got unexpected unicode" || message.contains("unicode error") && message.starts_with("Got")
    {
        if let Some((text, range)) = escapes::first_error(place) {
            result.message = text;
            place.put(result, range);
        }
        return;
    }
    if let Some((_, text)) = TEXTS.iter().find(|(theirs, _)| message.starts_with(theirs)) {
        result.message = (*text).to_owned();
        match *text {
            "* argument may appear only once" | "/ must be ahead of *" => place.put(result, place.token()),
            "trailing comma not allowed without surrounding parentheses" => {
                place.put(result, place.after_token())
            }
            "f-string: single '}' is not allowed" | "t-string: single '}' is not allowed" => {
                result.end_offset = result.offset as i32;
            }
            "multiple exception types must be parenthesized when using 'as'" => {
                let start = place.token().0;
                place.put(result, (start, place.before_colon()));
            }
            _ => {}
        }
        return;
    }
    if starts_like_the_parser(message) {
        result.message = "invalid syntax".to_owned();
    }
}

/// A character that can start no token.
fn strange_character(tok: char, result: &mut SyntaxError) {
    if tok.is_ascii() {
        result.message = "invalid syntax".to_owned();
        return;
    }
    let code = format!("U+{:04X}", tok as u32);
    let printable = !(tok.is_whitespace() || tok.is_control() || is_format(tok));
    result.message = if printable {
        format!("invalid character '{tok}' ({code})")
    } else {
        format!("invalid non-printable character {code}")
    };
    result.end_offset = result.offset as i32;
}

/// Invisible characters that are neither spaces nor controls: soft hyphen, zero-width and direction marks, BOM.
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}')
}

/// "invalid syntax" covers exactly one token; a string next to a name may mean more.
fn generic(place: &Place, result: &mut SyntaxError) {
    if let Some(range) = place.string_run() {
        result.message = "invalid syntax. Is this intended to be part of the string?".to_owned();
        place.put(result, range);
    } else if let Some(range) = place.grouped_star() {
        let what = if place.token_text() == "**" { "double starred" } else { "starred" };
        result.message = format!("cannot use {what} expression here");
        place.put(result, range);
    } else if place.follows_lone_star() {
        result.message = "Invalid star expression".to_owned();
        place.put(result, place.token());
    } else if let Some((is_lambda, range)) = place.parenthesized_parameters() {
        let what = if is_lambda { "Lambda expression" } else { "Function" };
        result.message = format!("{what} parameters cannot be parenthesized");
        place.put(result, range);
    } else if let Some(range) = place.old_not_equal() {
        place.put(result, range);
    } else {
        place.put(result, place.token());
    }
}
