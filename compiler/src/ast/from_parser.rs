//! From the parser's tree to CPython's.
//!
//! The parser's positions are byte ranges, CPython's are lines and columns; where the two trees see the extent of
//! a node differently (decorated definitions, a lone generator argument, `elif`), CPython's wins.
//! String literals with interpolations are in `from_parser_strings`.

use super::{FieldValue, Kind, Node, Span};
use crate::code::Const;
use crate::convert;
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustpython_codegen::compile::ruff_int_to_bigint;
use rustpython_compiler_core::SourceFile;

pub struct Converter<'a> {
    pub source: &'a str,
    pub file: &'a SourceFile,
    line_starts: Vec<u32>,
}

type Value = FieldValue;

pub fn text(string: &str) -> Value {
    Value::Identifier(string.to_owned())
}

impl<'a> Converter<'a> {
    pub fn new(file: &'a SourceFile) -> Self {
        let source = file.source_text();
        let bytes = source.as_bytes();
        let mut line_starts = vec![0];
        for (index, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' || byte == b'\r' && bytes.get(index + 1) != Some(&b'\n') {
                line_starts.push(index as u32 + 1);
            }
        }
        Converter { source, file, line_starts }
    }

    pub fn position(&self, offset: TextSize) -> (i32, i32) {
        let offset = offset.to_u32();
        let line = self.line_starts.partition_point(|&start| start <= offset);
        (line as i32, (offset - self.line_starts[line - 1]) as i32)
    }

    pub fn span(&self, range: TextRange) -> Span {
        let (lineno, col_offset) = self.position(range.start());
        let (end_lineno, end_col_offset) = self.position(range.end());
        Span { lineno, col_offset, end_lineno, end_col_offset }
    }

    pub fn node(&self, kind: Kind, range: TextRange, fields: Vec<Value>) -> Value {
        Node::new(kind, self.span(range), fields).into()
    }

    fn bare(&self, kind: Kind, fields: Vec<Value>) -> Value {
        Node::new(kind, Span::default(), fields).into()
    }

    fn list<T>(&self, items: impl IntoIterator<Item = T>, one: impl Fn(T) -> Value) -> Value {
        Value::List(items.into_iter().map(one).collect())
    }

    pub fn exprs<'e>(&self, items: impl IntoIterator<Item = &'e ruff::Expr>) -> Value {
        self.list(items, |item| self.expr(item))
    }

    fn optional<T>(&self, item: Option<T>, one: impl FnOnce(T) -> Value) -> Value {
        item.map_or(Value::None, one)
    }

    fn maybe(&self, item: &Option<Box<ruff::Expr>>) -> Value {
        self.optional(item.as_deref(), |item| self.expr(item))
    }

    fn name(&self, identifier: &Option<ruff::Identifier>) -> Value {
        self.optional(identifier.as_ref(), |identifier| text(&identifier.id))
    }

    pub fn module(&self, module: &ruff::Mod, interactive: bool) -> Node {
        let bare = |kind, fields| Node::new(kind, Span::default(), fields);
        match module {
            ruff::Mod::Module(module) if interactive => {
                bare(Kind::Interactive, vec![self.body(&module.body)])
            }
            ruff::Mod::Module(module) => {
                bare(Kind::Module, vec![self.body(&module.body), Value::List(Vec::new())])
            }
            ruff::Mod::Expression(expression) => bare(Kind::Expression, vec![self.expr(&expression.body)]),
        }
    }

    fn body(&self, statements: &[ruff::Stmt]) -> Value {
        self.list(statements, |statement| self.stmt(statement))
    }

    /// The range without the decorators.
    fn definition_range(&self, range: TextRange, decorators: &[ruff::Decorator]) -> TextRange {
        let Some(last) = decorators.last() else { return range };
        let bytes = self.source.as_bytes();
        let mut at = last.range.end().to_usize();
        loop {
            match bytes.get(at) {
                Some(b'#') => at += bytes[at..].iter().take_while(|&&b| b != b'\n' && b != b'\r').count(),
                Some(b' ' | b'\t' | b'\x0c' | b'\n' | b'\r' | b'\\' | b')') => at += 1,
                _ => break,
            }
        }
        TextRange::new(TextSize::new(at as u32), range.end())
    }

    fn stmt(&self, statement: &ruff::Stmt) -> Value {
        use ruff::Stmt;
        let range = statement.range();
        let node = |kind, fields| self.node(kind, range, fields);
        match statement {
            Stmt::FunctionDef(def) => {
                let range = self.definition_range(range, &def.decorator_list);
                let kind = if def.is_async { Kind::AsyncFunctionDef } else { Kind::FunctionDef };
                let fields = vec![
                    text(&def.name.id),
                    self.parameters(Some(&def.parameters)),
                    self.body(&def.body),
                    self.list(&def.decorator_list, |decorator| self.expr(&decorator.expression)),
                    self.maybe(&def.returns),
                    Value::None,
                    self.type_params(&def.type_params),
                ];
                self.node(kind, range, fields)
            }
            Stmt::ClassDef(def) => {
                let range = self.definition_range(range, &def.decorator_list);
                let (bases, keywords) = match &def.arguments {
                    Some(arguments) => (self.exprs(&arguments.args), self.keywords(&arguments.keywords)),
                    None => (Value::List(Vec::new()), Value::List(Vec::new())),
                };
                let fields = vec![
                    text(&def.name.id),
                    bases,
                    keywords,
                    self.body(&def.body),
                    self.list(&def.decorator_list, |decorator| self.expr(&decorator.expression)),
                    self.type_params(&def.type_params),
                ];
                self.node(Kind::ClassDef, range, fields)
            }
            Stmt::Return(s) => node(Kind::Return, vec![self.maybe(&s.value)]),
            Stmt::Delete(s) => node(Kind::Delete, vec![self.exprs(&s.targets)]),
            Stmt::TypeAlias(s) => node(
                Kind::TypeAlias,
                vec![self.expr(&s.name), self.type_params(&s.type_params), self.expr(&s.value)],
            ),
            Stmt::Assign(s) => {
                node(Kind::Assign, vec![self.exprs(&s.targets), self.expr(&s.value), Value::None])
            }
            Stmt::AugAssign(s) => {
                node(Kind::AugAssign, vec![self.expr(&s.target), operator(s.op), self.expr(&s.value)])
            }
            Stmt::AnnAssign(s) => node(
                Kind::AnnAssign,
                vec![
                    self.expr(&s.target),
                    self.expr(&s.annotation),
                    self.maybe(&s.value),
                    Value::Int(i64::from(s.simple)),
                ],
            ),
            Stmt::For(s) => node(
                if s.is_async { Kind::AsyncFor } else { Kind::For },
                vec![
                    self.expr(&s.target),
                    self.expr(&s.iter),
                    self.body(&s.body),
                    self.body(&s.orelse),
                    Value::None,
                ],
            ),
            Stmt::While(s) => {
                node(Kind::While, vec![self.expr(&s.test), self.body(&s.body), self.body(&s.orelse)])
            }
            Stmt::If(s) => node(
                Kind::If,
                vec![
                    self.expr(&s.test),
                    self.body(&s.body),
                    self.elif_else(&s.elif_else_clauses, range.end()),
                ],
            ),
            Stmt::With(s) => {
                let item = |item: &ruff::WithItem| {
                    let vars = self.maybe(&item.optional_vars);
                    self.bare(Kind::withitem, vec![self.expr(&item.context_expr), vars])
                };
                let kind = if s.is_async { Kind::AsyncWith } else { Kind::With };
                node(kind, vec![self.list(&s.items, item), self.body(&s.body), Value::None])
            }
            Stmt::Match(s) => {
                let case = |case: &ruff::MatchCase| {
                    let fields =
                        vec![self.pattern(&case.pattern), self.maybe(&case.guard), self.body(&case.body)];
                    self.bare(Kind::match_case, fields)
                };
                node(Kind::Match, vec![self.expr(&s.subject), self.list(&s.cases, case)])
            }
            Stmt::Raise(s) => node(Kind::Raise, vec![self.maybe(&s.exc), self.maybe(&s.cause)]),
            Stmt::Try(s) => {
                let handler = |handler: &ruff::ExceptHandler| {
                    let ruff::ExceptHandler::ExceptHandler(h) = handler;
                    let fields = vec![self.maybe(&h.type_), self.name(&h.name), self.body(&h.body)];
                    self.node(Kind::ExceptHandler, h.range, fields)
                };
                let fields = vec![
                    self.body(&s.body),
                    self.list(&s.handlers, handler),
                    self.body(&s.orelse),
                    self.body(&s.finalbody),
                ];
                node(if s.is_star { Kind::TryStar } else { Kind::Try }, fields)
            }
            Stmt::Assert(s) => node(Kind::Assert, vec![self.expr(&s.test), self.maybe(&s.msg)]),
            Stmt::Import(s) => node(Kind::Import, vec![self.aliases(&s.names)]),
            Stmt::ImportFrom(s) => node(
                Kind::ImportFrom,
                vec![self.name(&s.module), self.aliases(&s.names), Value::Int(i64::from(s.level))],
            ),
            Stmt::Global(s) => node(Kind::Global, vec![self.list(&s.names, |name| text(&name.id))]),
            Stmt::Nonlocal(s) => node(Kind::Nonlocal, vec![self.list(&s.names, |name| text(&name.id))]),
            Stmt::Expr(s) => node(Kind::Expr, vec![self.expr(&s.value)]),
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => node(Kind::Pass, vec![]),
            Stmt::Break(_) => node(Kind::Break, vec![]),
            Stmt::Continue(_) => node(Kind::Continue, vec![]),
        }
    }

    /// An `elif` is an `If` of its own that ends where the whole statement ends.
    fn elif_else(&self, clauses: &[ruff::ElifElseClause], end: TextSize) -> Value {
        let Some((first, rest)) = clauses.split_first() else { return Value::List(Vec::new()) };
        match &first.test {
            None => self.body(&first.body),
            Some(test) => {
                let range = TextRange::new(first.range.start(), end);
                let fields = vec![self.expr(test), self.body(&first.body), self.elif_else(rest, end)];
                Value::List(vec![self.node(Kind::If, range, fields)])
            }
        }
    }

    fn aliases(&self, aliases: &[ruff::Alias]) -> Value {
        self.list(aliases, |alias| {
            self.node(Kind::alias, alias.range, vec![text(&alias.name.id), self.name(&alias.asname)])
        })
    }

    fn keywords(&self, keywords: &[ruff::Keyword]) -> Value {
        self.list(keywords, |keyword| {
            let fields = vec![self.name(&keyword.arg), self.expr(&keyword.value)];
            self.node(Kind::keyword, keyword.range, fields)
        })
    }

    fn parameters(&self, parameters: Option<&ruff::Parameters>) -> Value {
        let arg = |parameter: &ruff::Parameter| {
            let range = TextRange::new(parameter.name.range.start(), parameter.range.end());
            let fields = vec![text(&parameter.name.id), self.maybe(&parameter.annotation), Value::None];
            self.node(Kind::arg, range, fields)
        };
        let args = |list: &[ruff::ParameterWithDefault]| self.list(list, |p| arg(&p.parameter));
        let Some(p) = parameters else {
            let empty = || Value::List(Vec::new());
            let fields = vec![empty(), empty(), Value::None, empty(), empty(), Value::None, empty()];
            return self.bare(Kind::arguments, fields);
        };
        let positional = p.posonlyargs.iter().chain(&p.args);
        let defaults = self.exprs(positional.filter_map(|parameter| parameter.default.as_deref()));
        let fields = vec![
            args(&p.posonlyargs),
            args(&p.args),
            self.optional(p.vararg.as_deref(), arg),
            args(&p.kwonlyargs),
            self.list(&p.kwonlyargs, |parameter| self.maybe(&parameter.default)),
            self.optional(p.kwarg.as_deref(), arg),
            defaults,
        ];
        self.bare(Kind::arguments, fields)
    }

    fn type_params(&self, params: &Option<Box<ruff::TypeParams>>) -> Value {
        use ruff::TypeParam;
        let params = params.as_deref().map_or(&[][..], |params| &params.type_params[..]);
        self.list(params, |param| {
            let range = param.range();
            match param {
                TypeParam::TypeVar(p) => {
                    let fields = vec![text(&p.name.id), self.maybe(&p.bound), self.maybe(&p.default)];
                    self.node(Kind::TypeVar, range, fields)
                }
                TypeParam::TypeVarTuple(p) => {
                    self.node(Kind::TypeVarTuple, range, vec![text(&p.name.id), self.maybe(&p.default)])
                }
                TypeParam::ParamSpec(p) => {
                    self.node(Kind::ParamSpec, range, vec![text(&p.name.id), self.maybe(&p.default)])
                }
            }
        })
    }

    pub fn constant(&self, range: TextRange, value: Const) -> Value {
        self.node(Kind::Constant, range, vec![Value::Constant(value), Value::None])
    }

    pub fn expr(&self, expression: &ruff::Expr) -> Value {
        use ruff::Expr;
        let range = expression.range();
        let node = |kind, fields| self.node(kind, range, fields);
        match expression {
            Expr::BoolOp(e) => {
                let op = match e.op {
                    ruff::BoolOp::And => Kind::And,
                    ruff::BoolOp::Or => Kind::Or,
                };
                node(Kind::BoolOp, vec![Node::unit(op), self.exprs(&e.values)])
            }
            Expr::Named(e) => node(Kind::NamedExpr, vec![self.expr(&e.target), self.expr(&e.value)]),
            Expr::BinOp(e) => {
                node(Kind::BinOp, vec![self.expr(&e.left), operator(e.op), self.expr(&e.right)])
            }
            Expr::UnaryOp(e) => {
                let op = match e.op {
                    ruff::UnaryOp::Invert => Kind::Invert,
                    ruff::UnaryOp::Not => Kind::Not,
                    ruff::UnaryOp::UAdd => Kind::UAdd,
                    ruff::UnaryOp::USub => Kind::USub,
                };
                node(Kind::UnaryOp, vec![Node::unit(op), self.expr(&e.operand)])
            }
            Expr::Lambda(e) => {
                node(Kind::Lambda, vec![self.parameters(e.parameters.as_deref()), self.expr(&e.body)])
            }
            Expr::If(e) => {
                node(Kind::IfExp, vec![self.expr(&e.test), self.expr(&e.body), self.expr(&e.orelse)])
            }
            Expr::Dict(e) => {
                let keys = self.list(&e.items, |item| self.optional(item.key.as_ref(), |k| self.expr(k)));
                node(Kind::Dict, vec![keys, self.exprs(e.items.iter().map(|item| &item.value))])
            }
            Expr::Set(e) => node(Kind::Set, vec![self.exprs(&e.elts)]),
            Expr::ListComp(e) => {
                node(Kind::ListComp, vec![self.expr(&e.elt), self.generators(&e.generators)])
            }
            Expr::SetComp(e) => node(Kind::SetComp, vec![self.expr(&e.elt), self.generators(&e.generators)]),
            Expr::DictComp(e) => node(
                Kind::DictComp,
                vec![self.maybe(&e.key), self.expr(&e.value), self.generators(&e.generators)],
            ),
            Expr::Generator(e) => self.generator(e, range),
            Expr::Await(e) => node(Kind::Await, vec![self.expr(&e.value)]),
            Expr::Yield(e) => node(Kind::Yield, vec![self.maybe(&e.value)]),
            Expr::YieldFrom(e) => node(Kind::YieldFrom, vec![self.expr(&e.value)]),
            Expr::Compare(e) => {
                let ops = self.list(e.ops.iter(), |op| Node::unit(comparison(*op)));
                node(Kind::Compare, vec![self.expr(&e.left), ops, self.exprs(e.comparators.iter())])
            }
            Expr::Call(e) => {
                // A lone generator argument spans the call's parentheses.
                let args = match &e.arguments.args[..] {
                    [Expr::Generator(generator)] if !generator.parenthesized => {
                        Value::List(vec![self.generator(generator, e.arguments.range)])
                    }
                    args => self.exprs(args),
                };
                node(Kind::Call, vec![self.expr(&e.func), args, self.keywords(&e.arguments.keywords)])
            }
            Expr::FString(e) => self.f_string(e),
            Expr::TString(e) => self.t_string(e),
            Expr::StringLiteral(e) => {
                let value = Const::Str(rustpython_codegen::string_literal_value(self.file, &e.value));
                let is_unicode = e.value.iter().next().is_some_and(|part| part.flags.prefix().is_unicode());
                let kind = if is_unicode { Value::Str("u".into()) } else { Value::None };
                node(Kind::Constant, vec![Value::Constant(value), kind])
            }
            Expr::BytesLiteral(e) => self.constant(range, Const::Bytes(e.value.bytes().collect())),
            Expr::NumberLiteral(e) => {
                let value = match &e.value {
                    ruff::Number::Int(int) => {
                        ruff_int_to_bigint(int).map_or(Const::Int(0), |big| convert::integer(&big))
                    }
                    ruff::Number::Float(float) => Const::Float(*float),
                    ruff::Number::Complex { real, imag } => Const::Complex(*real, *imag),
                };
                self.constant(range, value)
            }
            Expr::BooleanLiteral(e) => self.constant(range, if e.value { Const::True } else { Const::False }),
            Expr::NoneLiteral(_) | Expr::IpyEscapeCommand(_) => self.constant(range, Const::None),
            Expr::EllipsisLiteral(_) => self.constant(range, Const::Ellipsis),
            Expr::Constant(e) => self.constant(range, constant_value(&e.value)),
            Expr::Attribute(e) => {
                node(Kind::Attribute, vec![self.expr(&e.value), text(&e.attr.id), context(e.ctx)])
            }
            Expr::Subscript(e) => {
                node(Kind::Subscript, vec![self.expr(&e.value), self.expr(&e.slice), context(e.ctx)])
            }
            Expr::Starred(e) => node(Kind::Starred, vec![self.expr(&e.value), context(e.ctx)]),
            Expr::Name(e) => node(Kind::Name, vec![text(&e.id), context(e.ctx)]),
            Expr::List(e) => node(Kind::List, vec![self.exprs(&e.elts), context(e.ctx)]),
            Expr::Tuple(e) => node(Kind::Tuple, vec![self.exprs(&e.elts), context(e.ctx)]),
            Expr::Slice(e) => {
                node(Kind::Slice, vec![self.maybe(&e.lower), self.maybe(&e.upper), self.maybe(&e.step)])
            }
        }
    }

    fn generator(&self, e: &ruff::ExprGenerator, range: TextRange) -> Value {
        self.node(Kind::GeneratorExp, range, vec![self.expr(&e.elt), self.generators(&e.generators)])
    }

    fn generators(&self, generators: &[ruff::Comprehension]) -> Value {
        self.list(generators, |generator| {
            let fields = vec![
                self.expr(&generator.target),
                self.expr(&generator.iter),
                self.exprs(&generator.ifs),
                Value::Int(i64::from(generator.is_async)),
            ];
            self.bare(Kind::comprehension, fields)
        })
    }

    fn pattern(&self, pattern: &ruff::Pattern) -> Value {
        use ruff::Pattern;
        let range = pattern.range();
        let node = |kind, fields| self.node(kind, range, fields);
        let patterns = |patterns: &[Pattern]| self.list(patterns, |pattern| self.pattern(pattern));
        match pattern {
            Pattern::MatchValue(p) => node(Kind::MatchValue, vec![self.expr(&p.value)]),
            Pattern::MatchSingleton(p) => {
                let value = match p.value {
                    ruff::Singleton::None => Const::None,
                    ruff::Singleton::True => Const::True,
                    ruff::Singleton::False => Const::False,
                };
                node(Kind::MatchSingleton, vec![Value::Constant(value)])
            }
            Pattern::MatchSequence(p) => node(Kind::MatchSequence, vec![patterns(&p.patterns)]),
            Pattern::MatchMapping(p) => {
                node(Kind::MatchMapping, vec![self.exprs(&p.keys), patterns(&p.patterns), self.name(&p.rest)])
            }
            Pattern::MatchClass(p) => {
                let keywords = &p.arguments.keywords;
                let fields = vec![
                    self.expr(&p.cls),
                    patterns(&p.arguments.patterns),
                    self.list(keywords, |keyword| text(&keyword.attr.id)),
                    self.list(keywords, |keyword| self.pattern(&keyword.pattern)),
                ];
                node(Kind::MatchClass, fields)
            }
            Pattern::MatchStar(p) => node(Kind::MatchStar, vec![self.name(&p.name)]),
            Pattern::MatchAs(p) => {
                let inner = self.optional(p.pattern.as_deref(), |inner| self.pattern(inner));
                node(Kind::MatchAs, vec![inner, self.name(&p.name)])
            }
            Pattern::MatchOr(p) => node(Kind::MatchOr, vec![patterns(&p.patterns)]),
        }
    }
}

fn context(context: ruff::ExprContext) -> Value {
    Node::unit(match context {
        ruff::ExprContext::Load | ruff::ExprContext::Invalid => Kind::Load,
        ruff::ExprContext::Store => Kind::Store,
        ruff::ExprContext::Del => Kind::Del,
    })
}

fn operator(operator: ruff::Operator) -> Value {
    use ruff::Operator;
    Node::unit(match operator {
        Operator::Add => Kind::Add,
        Operator::Sub => Kind::Sub,
        Operator::Mult => Kind::Mult,
        Operator::MatMult => Kind::MatMult,
        Operator::Div => Kind::Div,
        Operator::Mod => Kind::Mod,
        Operator::Pow => Kind::Pow,
        Operator::LShift => Kind::LShift,
        Operator::RShift => Kind::RShift,
        Operator::BitOr => Kind::BitOr,
        Operator::BitXor => Kind::BitXor,
        Operator::BitAnd => Kind::BitAnd,
        Operator::FloorDiv => Kind::FloorDiv,
    })
}

fn comparison(operator: ruff::CmpOp) -> Kind {
    use ruff::CmpOp;
    match operator {
        CmpOp::Eq => Kind::Eq,
        CmpOp::NotEq => Kind::NotEq,
        CmpOp::Lt => Kind::Lt,
        CmpOp::LtE => Kind::LtE,
        CmpOp::Gt => Kind::Gt,
        CmpOp::GtE => Kind::GtE,
        CmpOp::Is => Kind::Is,
        CmpOp::IsNot => Kind::IsNot,
        CmpOp::In => Kind::In,
        CmpOp::NotIn => Kind::NotIn,
    }
}

/// Constants that the optimiser made.
fn constant_value(value: &ruff::ConstantValue) -> Const {
    use ruff::ConstantValue as V;
    match value {
        V::None => Const::None,
        V::Boolean(true) => Const::True,
        V::Boolean(false) => Const::False,
        V::Ellipsis => Const::Ellipsis,
        V::Str(text) => Const::Str(text.to_string().into()),
        V::Bytes(bytes) => Const::Bytes(bytes.to_vec()),
        V::Integer(digits) => {
            digits.parse().map_or(Const::Int(0), |big: malachite_bigint::BigInt| convert::integer(&big))
        }
        V::Float(float) => Const::Float(*float),
        V::Complex { real, imag } => Const::Complex(*real, *imag),
        V::Tuple(items) => Const::Tuple(items.iter().map(constant_value).collect()),
        V::Frozenset(items) => Const::FrozenSet(items.iter().map(constant_value).collect()),
    }
}
