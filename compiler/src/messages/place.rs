//! The tokens around an error.

use crate::error::SyntaxError;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;
use rustpython_compiler::parser;

#[derive(Clone)]
pub struct Place<'a> {
    pub source: &'a str,
    /// The byte offset the parser gave.
    pub offset: usize,
    tokens: Vec<(TokenKind, usize, usize)>,
    /// The token at `offset`, or the first after it.
    current: usize,
}

impl<'a> Place<'a> {
    pub fn new(source: &'a str, offset: usize) -> Self {
        let options = parser::ParseOptions::from(parser::Mode::Module);
        let parsed = parser::parse_unchecked(source, options);
        let tokens: Vec<_> = parsed
            .tokens()
            .iter()
            .filter(|token| !matches!(token.kind(), TokenKind::Comment | TokenKind::NonLogicalNewline))
            .map(|token| (token.kind(), token.start().to_usize(), token.end().to_usize()))
            .collect();
        let current = tokens.iter().position(|token| token.2 > offset).unwrap_or(tokens.len());
        Place { source, offset, tokens, current }
    }

    /// The same tokens, seen from where an error is already placed.
    pub fn at(&self, error: &SyntaxError) -> Place<'a> {
        let mut line_start = 0;
        for (index, line) in self.source.split_inclusive('\n').enumerate() {
            if index + 1 == error.lineno as usize {
                break;
            }
            line_start += line.len();
        }
        let rest = &self.source[line_start..];
        let column = (error.offset as usize).saturating_sub(1);
        let offset = line_start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
        let current = self.tokens.iter().position(|token| token.2 > offset).unwrap_or(self.tokens.len());
        Place { offset, current, ..self.clone() }
    }

    pub fn start(&self) -> usize {
        self.offset
    }

    fn rest(&self) -> &[(TokenKind, usize, usize)] {
        &self.tokens[self.current.min(self.tokens.len())..]
    }

    fn text(&self, token: &(TokenKind, usize, usize)) -> &'a str {
        self.source.get(token.1..token.2).unwrap_or("")
    }

    /// The 1-based line of the offset.
    pub fn line(&self) -> u32 {
        self.source[..self.floor(self.offset.min(self.source.len()))].matches('\n').count() as u32 + 1
    }

    /// The end of the last token before the next one with this text.
    pub fn end_before(&self, text: &str) -> usize {
        let found = self.rest().iter().position(|token| self.text(token) == text).unwrap_or(1).max(1);
        self.rest().get(found - 1).map_or(self.offset, |token| token.2)
    }

    /// The end of the operand (no comparison, no boolean operator) that follows the next token with this text.
    pub fn operand_end(&self, text: &str) -> usize {
        let Some(operator) = self.rest().iter().position(|token| self.text(token) == text) else {
            return self.token().1;
        };
        let mut depth = 0;
        let mut end = self.rest()[operator].2;
        for token in &self.rest()[operator + 1..] {
            match token.0 {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if depth == 0 => break,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth -= 1,
                TokenKind::Newline => break,
                _ if depth == 0
                    && matches!(
                        self.text(token),
                        ":" | ","
                            | "and"
                            | "or"
                            | "not"
                            | "if"
                            | "else"
                            | "for"
                            | "in"
                            | "is"
                            | "=="
                            | "!="
                            | "<"
                            | ">"
                            | "<="
                            | ">="
                            | "="
                    ) =>
                {
                    break;
                }
                _ => {}
            }
            end = token.2;
        }
        end
    }

    pub fn statement_end(&self) -> usize {
        let rest = self.rest();
        let stop =
            |token: &(TokenKind, usize, usize)| matches!(token.0, TokenKind::Newline | TokenKind::Semi);
        let found = rest.iter().position(stop).unwrap_or(rest.len()).max(1);
        rest.get(found - 1).map_or(self.offset, |token| token.2)
    }

    /// The start of a plain name or literal right before this token.
    pub fn atom_before(&self) -> Option<usize> {
        let is_atom = |kind| {
            matches!(
                kind,
                TokenKind::Name
                    | TokenKind::Int
                    | TokenKind::Float
                    | TokenKind::Complex
                    | TokenKind::String
                    | TokenKind::True
                    | TokenKind::False
                    | TokenKind::None
            )
        };
        let previous = self.tokens.get(self.current.checked_sub(1)?)?;
        let before = self.tokens.get(self.current.checked_sub(2)?)?;
        let current = self.tokens.get(self.current)?;
        let opens = matches!(
            before.0,
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace | TokenKind::Comma | TokenKind::Colon
        );
        (is_atom(previous.0) && is_atom(current.0) && opens).then_some(previous.1)
    }

    /// The first token of the logical line.
    pub fn statement_is(&self, keyword: &str) -> bool {
        let before = &self.tokens[..self.current.min(self.tokens.len())];
        let newline = before
            .iter()
            .rposition(|token| matches!(token.0, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent));
        let first = newline.map_or(0, |at| at + 1);
        self.tokens.get(first).is_some_and(|token| self.text(token) == keyword)
    }

    /// From the value to the condition of `value if condition`.
    pub fn conditional(&self) -> (usize, usize) {
        let before = &self.tokens[..self.current.min(self.tokens.len())];
        let Some(keyword) = before.iter().rposition(|token| token.0 == TokenKind::If) else {
            return self.token();
        };
        let mut depth = 0;
        let mut start = before[keyword].1;
        for token in before[..keyword].iter().rev() {
            match token.0 {
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth += 1,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace if depth == 0 => break,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth -= 1,
                TokenKind::Newline | TokenKind::Semi | TokenKind::Indent | TokenKind::Dedent => break,
                _ if depth == 0
                    && matches!(
                        self.text(token),
                        "=" | "," | ":" | "return" | "yield" | "else" | "lambda"
                    ) =>
                {
                    break;
                }
                _ => {}
            }
            start = token.1;
        }
        (start, before.last().map_or(self.offset, |token| token.2))
    }

    /// A `/` in the parameter list that is open here.
    pub fn slash_before_close(&self) -> Option<(usize, usize)> {
        let close = self.closing();
        let limit = if close == self.token() { self.end_before(":") } else { close.0 };
        let mut slashes = self.rest().iter().filter(|token| token.0 == TokenKind::Slash && token.1 < limit);
        slashes.next().map(|token| (token.1, token.2))
    }

    /// A `<>`, which the tokenizer reads as two tokens here.
    pub fn old_not_equal(&self) -> Option<(usize, usize)> {
        let start = self.token().0;
        let first = [start, start.wrapping_sub(1)]
            .into_iter()
            .find(|&at| self.source.get(at..at.wrapping_add(2)) == Some("<>"))?;
        Some((first, first + 2))
    }

    /// The line and column of CPython's end marker.
    pub fn end_of_input(&self) -> (u32, u32) {
        let text = self.source.strip_suffix('\n').unwrap_or(self.source);
        let last = text.rsplit('\n').next().unwrap_or("");
        (text.matches('\n').count() as u32 + 1, last.chars().count() as u32 + 1)
    }

    /// The statements whose grammar insists on the colon wherever it is missed; others do at the line's end only.
    pub fn forces_colon(&self) -> bool {
        ["def", "else", "try", "finally", "async"].iter().any(|keyword| self.statement_is(keyword))
            || self.tokens[..self.current.min(self.tokens.len())].iter().any(|t| t.0 == TokenKind::Lambda)
    }

    /// The first `text` at or after this token, and what follows it.
    fn after_next(&self, text: &str) -> Option<TokenKind> {
        let found = self.rest().iter().position(|token| self.text(token) == text)?;
        self.rest().get(found + 1).map(|token| token.0)
    }

    /// This token begins a logical line.
    pub fn starts_statement(&self) -> bool {
        let previous = self.current.checked_sub(1).and_then(|at| self.tokens.get(at));
        previous.is_none_or(|token| {
            use TokenKind::{Colon, Dedent, Indent, Newline, Semi};
            matches!(token.0, Newline | Indent | Dedent | Semi | Colon)
        })
    }

    /// `target = value` in this logical line.
    pub fn is_assigned(&self) -> bool {
        self.has_before_end("=") && !self.assigns_nothing()
    }

    /// `target =` at the end of a line.
    pub fn assigns_nothing(&self) -> bool {
        matches!(self.after_next("="), None | Some(TokenKind::Newline | TokenKind::EndOfFile))
            && self.has_before_end("=")
    }

    /// `target:` at the end of a line.
    pub fn annotates_nothing(&self) -> bool {
        matches!(self.after_next(":"), None | Some(TokenKind::Newline | TokenKind::EndOfFile))
    }

    pub fn has_before_end(&self, text: &str) -> bool {
        let line = self.rest().iter().take_while(|token| token.0 != TokenKind::Newline);
        line.into_iter().any(|token| self.text(token) == text)
    }

    /// `*` right before a closing bracket or a colon, in a call or a subscript.
    pub fn follows_lone_star(&self) -> bool {
        let kind = |back: usize| self.current.checked_sub(back).and_then(|at| self.tokens.get(at));
        let Some((TokenKind::Star, ..)) = kind(1) else { return false };
        let opens = matches!(
            kind(2).map(|token| token.0),
            Some(TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Comma)
        );
        opens && !self.statement_is("def") && matches!(self.token_text(), ")" | "]" | ":")
    }

    /// `(*x)` or `(**x)`: the star and its operand, alone in parentheses that are no call's.
    pub fn grouped_star(&self) -> Option<(usize, usize)> {
        let star = self.token_text();
        let before = &self.tokens[..self.current.min(self.tokens.len())];
        if !matches!(star, "*" | "**") || before.last()?.0 != TokenKind::Lpar {
            return None;
        }
        let callee = before.iter().rev().nth(1).map(|token| token.0);
        if matches!(callee, Some(TokenKind::Name | TokenKind::Rpar | TokenKind::Rsqb | TokenKind::String)) {
            return None;
        }
        let end = self.operand_end(star);
        let next = self.rest().iter().find(|token| token.1 >= end)?;
        (next.0 == TokenKind::Rpar).then(|| (self.token().0, end))
    }

    /// `(x, y)` in a parameter list; whether it is a lambda's, and its range.
    pub fn parenthesized_parameters(&self) -> Option<(bool, (usize, usize))> {
        if self.token_text() != "(" {
            return None;
        }
        let inside = self.rest().get(1..)?;
        let close = inside.iter().position(|token| token.0 == TokenKind::Rpar)?;
        let simple =
            |token: &(TokenKind, usize, usize)| matches!(token.0, TokenKind::Name | TokenKind::Comma);
        if close == 0 || !inside[..close].iter().all(simple) {
            return None;
        }
        let before = &self.tokens[..self.current];
        let lambda = before.iter().rposition(|token| token.0 == TokenKind::Lambda);
        let is_lambda =
            lambda.is_some_and(|at| !before[at..].iter().any(|token| token.0 == TokenKind::Colon));
        let previous = before.last()?.0;
        let expected = matches!(previous, TokenKind::Lpar | TokenKind::Comma | TokenKind::Lambda);
        (expected && (is_lambda || self.statement_is("def")))
            .then(|| (is_lambda, (self.token().0, inside[close].2)))
    }

    /// Where CPython misses an indented block: at the next statement if dedentation came first (column 0 then, as
    /// the token has no width), or at the end of the input. `None`: the parser's place is right.
    pub fn missing_block(&self) -> Option<(u32, u32)> {
        let rest: Vec<_> = self.rest().iter().skip_while(|token| token.0 == TokenKind::Newline).collect();
        if self.nothing_follows() {
            return Some(self.end_of_input());
        }
        let first = rest.first()?;
        if first.0 == TokenKind::Dedent {
            let statement = rest.iter().find(|token| token.0 != TokenKind::Dedent)?;
            let before = &self.source[..statement.1];
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let column = before[line_start..].chars().count() as u32;
            return Some((before.matches('\n').count() as u32 + 1, column));
        }
        None
    }

    /// The range of the token; a line break counts as one character.
    pub fn token(&self) -> (usize, usize) {
        match self.tokens.get(self.current) {
            Some(&(TokenKind::Newline, start, _)) => (start, start + 1),
            Some(&(_, start, end)) if end > start => (start.max(self.offset.min(end - 1)).min(start), end),
            _ => (self.offset, self.offset + 1),
        }
    }

    pub fn token_text(&self) -> &'a str {
        let (start, end) = self.token();
        self.source.get(start..end).unwrap_or("")
    }

    pub fn after_token(&self) -> (usize, usize) {
        let end = self.token().1;
        (end, end + 1)
    }

    pub fn at_line_end(&self) -> bool {
        matches!(self.tokens.get(self.current), None | Some((TokenKind::Newline | TokenKind::EndOfFile, ..)))
    }

    /// The next token with this text.
    pub fn next_of(&self, text: &str) -> (usize, usize) {
        self.tokens[self.current.min(self.tokens.len())..]
            .iter()
            .find(|token| self.source.get(token.1..token.2) == Some(text))
            .map_or_else(|| self.token(), |token| (token.1, token.2))
    }

    /// The bracket that closes the innermost one open here.
    pub fn closing(&self) -> (usize, usize) {
        let mut depth = 0;
        for &(kind, start, end) in &self.tokens[self.current.min(self.tokens.len())..] {
            match kind {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if depth == 0 => return (start, end),
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth -= 1,
                _ => {}
            }
        }
        self.token()
    }

    /// The end of the last token before the next colon.
    pub fn before_colon(&self) -> usize {
        let rest = &self.tokens[self.current.min(self.tokens.len())..];
        let colon = rest.iter().position(|token| token.0 == TokenKind::Colon).unwrap_or(1).max(1);
        rest.get(colon - 1).map_or(self.offset, |token| token.2)
    }

    /// The line and width of an indentation that no colon introduced, if it comes before the error.
    pub fn unexpected_indent(&self, eval: bool) -> Option<(u32, u32)> {
        let mut previous = TokenKind::Newline;
        let mut before = TokenKind::Newline;
        for &(kind, start, end) in &self.tokens {
            if start > self.offset && (kind != TokenKind::Indent) {
                break;
            }
            if kind == TokenKind::Indent && !(previous == TokenKind::Newline && before == TokenKind::Colon) {
                let line_start = self.source[..end].rfind('\n').map_or(0, |at| at + 1);
                if line_start > self.offset {
                    return None;
                }
                let width = self.source[line_start..end].chars().count() as u32;
                let lineno = self.source[..line_start].matches('\n').count() as u32 + 1;
                return Some((lineno, width));
            }
            before = previous;
            previous = kind;
        }
        // In `eval` mode blanks in front are skipped by the built-in function, not by the tokenizer.
        let first = self.source.lines().find(|line| {
            let line = line.trim_start_matches([' ', '\t', '\x0c']);
            !line.is_empty() && !line.starts_with('#')
        })?;
        if eval && first.starts_with([' ', '\t']) {
            let width = first.chars().take_while(|c| " \t".contains(*c)).count() as u32;
            let at = first.as_ptr() as usize - self.source.as_ptr() as usize;
            return Some((self.source[..at].matches('\n').count() as u32 + 1, width));
        }
        None
    }

    /// The first line up to `last` whose indentation compares with that of the lines before differently with tabs
    /// of eight columns and of one.
    pub fn inconsistent_tabs(&self, last: u32) -> Option<u32> {
        let mut stack = vec![(0usize, 0usize)];
        let mut at_start = true;
        for &(kind, start, _) in &self.tokens {
            if matches!(kind, TokenKind::Newline) {
                at_start = true;
                continue;
            }
            if matches!(kind, TokenKind::Indent | TokenKind::Dedent) || !at_start {
                continue;
            }
            at_start = false;
            let line_start = self.source[..start].rfind('\n').map_or(0, |at| at + 1);
            let lineno = self.source[..line_start].matches('\n').count() as u32 + 1;
            if lineno > last {
                return None;
            }
            let (mut column, mut other) = (0, 0);
            for c in self.source[line_start..].chars() {
                match c {
                    '\t' => (column, other) = ((column / 8 + 1) * 8, other + 1),
                    '\x0c' => (column, other) = (0, 0),
                    ' ' => (column, other) = (column + 1, other + 1),
                    _ => break,
                }
            }
            while stack.last().is_some_and(|top| column < top.0) {
                stack.pop();
            }
            let top = *stack.last()?;
            if column == top.0 && other != top.1 || column > top.0 && other <= top.1 {
                return Some(lineno);
            }
            if column > top.0 {
                stack.push((column, other));
            }
        }
        None
    }

    /// Characters of a line with its line break.
    pub fn line_length(&self, lineno: u32) -> u32 {
        let line = self.source.split_inclusive('\n').nth(lineno as usize - 1).unwrap_or("");
        let length = line.trim_end_matches('\n').chars().count() as u32;
        length + u32::from(line.ends_with('\n'))
    }

    /// `"..." name "..."`: the range of the inner tokens, if the error is at or right after such a run.
    pub fn string_run(&self) -> Option<(usize, usize)> {
        let is_string =
            |index: usize| matches!(self.tokens.get(index).map(|token| token.0), Some(TokenKind::String));
        let at = self.current;
        if at == 0 || !is_string(at - 1) || !matches!(self.tokens.get(at)?.0, TokenKind::Name) {
            return None;
        }
        let mut last = at;
        while matches!(self.tokens.get(last)?.0, TokenKind::Name) {
            last += 1;
        }
        is_string(last).then(|| (self.tokens[at - 1].1, self.tokens[last].2))
    }

    fn no_statement(tokens: &[(TokenKind, usize, usize)]) -> bool {
        tokens.iter().all(|token| {
            use TokenKind::{Dedent, EndOfFile, Indent, Newline};
            matches!(token.0, Newline | Indent | Dedent | EndOfFile)
        })
    }

    /// Neither this token nor one after it belongs to a statement.
    pub fn nothing_follows(&self) -> bool {
        Self::no_statement(self.rest())
    }

    /// This token, if it belongs to a statement, is the last that does.
    pub fn is_last(&self) -> bool {
        Self::no_statement(self.rest().get(1..).unwrap_or(&[]))
    }

    /// The first statement is a compound one.
    pub fn is_compound(&self) -> bool {
        use TokenKind as T;
        self.tokens.first().is_some_and(|token| {
            let kinds =
                [T::If, T::For, T::While, T::With, T::Try, T::Def, T::Class, T::Async, T::At, T::Match];
            kinds.contains(&token.0)
        })
    }

    /// Blank lines and comments only.
    pub fn nothing_at_all(&self) -> bool {
        Self::no_statement(&self.tokens)
    }

    /// After the last line break.
    pub fn at_end_of_input(&self) -> bool {
        self.nothing_follows() && self.rest().iter().all(|token| token.0 != TokenKind::Newline)
    }

    /// Sets an error's place from byte offsets.
    pub fn put(&self, result: &mut SyntaxError, (start, end): (usize, usize)) {
        let position = |offset: usize| {
            let clamped = offset.min(self.source.len());
            let before = &self.source[..self.floor(clamped)];
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let line = before.matches('\n').count() as u32 + 1;
            let column = before[line_start..].chars().count() + 1 + (offset - clamped);
            (line, column as u32)
        };
        (result.lineno, result.offset) = position(start);
        let (end_line, end_column) = position(end);
        // The end of a line break is on its own line.
        if end_line > result.lineno && end == start + 1 {
            (result.end_lineno, result.end_offset) = (result.lineno, result.offset as i32 + 1);
        } else {
            (result.end_lineno, result.end_offset) = (end_line, end_column as i32);
        }
    }

    fn floor(&self, mut offset: usize) -> usize {
        while !self.source.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}
