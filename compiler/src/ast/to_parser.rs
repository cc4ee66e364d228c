//! From a tree that a program made to the parser's tree, which the code generator takes.
//!
//! The code generator knows positions only as offsets into a source text, so one is made up: as many lines as the
//! tree mentions, each as long as the largest column on it, all blank. Constants become `Expr::Constant`, and the
//! values of f- and t-strings go into the `runtime_*` fields, which the code generator reads instead of literals.
//! The tree has passed `check`, so required fields are there.

use super::{AstError, FieldValue, Kind, Node, Span};
use crate::code::{Const, Wtf8Buf};
use malachite_bigint::{BigInt, Sign};
use ruff_python_ast as ruff;
use ruff_python_ast::AtomicNodeIndex;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustpython_compiler_core::{SourceFile, SourceFileBuilder};
use std::cell::RefCell;

type Result<T> = std::result::Result<T, AstError>;

pub struct Rebuilder {
    /// The offset of each line's start, and of the end of the text.
    line_starts: Vec<u32>,
    /// String literals that the code generator reads from the text: those with lone surrogates, which its tree
    /// cannot hold. They come after the blank lines.
    literals: RefCell<String>,
}

/// Larger positions are clamped.
const MAX_LINE: usize = 1 << 22;
const MAX_COLUMN: usize = 1 << 16;
const MAX_TEXT: usize = 1 << 28;

fn index() -> AtomicNodeIndex {
    AtomicNodeIndex::default()
}

fn boxed(expr: ruff::Expr) -> Box<ruff::Expr> {
    Box::new(expr)
}

impl Rebuilder {
    pub fn rebuild(tree: &Node, filename: &str) -> Result<(ruff::Mod, SourceFile)> {
        let mut widths = vec![0];
        measure(tree, &mut widths);
        let mut line_starts = Vec::with_capacity(widths.len() + 1);
        let mut text = String::new();
        for width in widths {
            line_starts.push(text.len() as u32);
            if text.len() < MAX_TEXT {
                text.extend(std::iter::repeat_n(' ', width));
            }
            text.push('\n');
        }
        line_starts.push(text.len() as u32);
        let rebuilder = Rebuilder { line_starts, literals: RefCell::default() };
        let range = TextRange::new(TextSize::new(0), TextSize::new(text.len() as u32));
        let module = match tree.kind {
            Kind::Expression => {
                let body = boxed(rebuilder.expr(node_of(&tree.fields[0])?)?);
                ruff::Mod::Expression(ruff::ModExpression { node_index: index(), range, body })
            }
            Kind::Module | Kind::Interactive => {
                let body = rebuilder.body(&tree.fields[0])?.into();
                ruff::Mod::Module(ruff::ModModule { node_index: index(), range, body, runtime_body: None })
            }
            _ => return Err(AstError::Type("this compiler does not handle FunctionTypes".to_owned())),
        };
        text.push_str(&rebuilder.literals.into_inner());
        Ok((module, SourceFileBuilder::new(filename, text).finish()))
    }

    fn offset(&self, line: i32, column: i32) -> TextSize {
        let line = (line.max(1) as usize - 1).min(self.line_starts.len() - 2);
        let end = self.line_starts[line + 1] - 1;
        TextSize::new(self.line_starts[line].saturating_add(column.max(0) as u32).min(end))
    }

    fn range(&self, node: &Node) -> TextRange {
        let Span { lineno, col_offset, end_lineno, end_col_offset } = node.span;
        let start = self.offset(lineno, col_offset);
        let end = self.offset(end_lineno, end_col_offset);
        TextRange::new(start, end.max(start))
    }

    fn body(&self, value: &FieldValue) -> Result<Vec<ruff::Stmt>> {
        self.each(value, |node| self.stmt(node))
    }

    fn each<T>(&self, value: &FieldValue, one: impl Fn(&Node) -> Result<T>) -> Result<Vec<T>> {
        match value {
            FieldValue::List(items) => items.iter().map(|item| one(node_of(item)?)).collect(),
            _ => Ok(Vec::new()),
        }
    }

    fn exprs(&self, value: &FieldValue) -> Result<Vec<ruff::Expr>> {
        self.each(value, |node| self.expr(node))
    }

    fn child(&self, value: &FieldValue) -> Result<Box<ruff::Expr>> {
        Ok(boxed(self.expr(node_of(value)?)?))
    }

    fn maybe(&self, value: &FieldValue) -> Result<Option<Box<ruff::Expr>>> {
        match value {
            FieldValue::Node(node) => Ok(Some(boxed(self.expr(node)?))),
            _ => Ok(None),
        }
    }

    fn identifier(&self, value: &FieldValue, range: TextRange) -> Option<ruff::Identifier> {
        match value {
            FieldValue::Identifier(id) => {
                Some(ruff::Identifier { id: id.as_str().into(), range, node_index: index() })
            }
            _ => None,
        }
    }

    fn required_identifier(&self, value: &FieldValue, range: TextRange) -> ruff::Identifier {
        self.identifier(value, range).unwrap_or(ruff::Identifier {
            id: "".into(),
            range,
            node_index: index(),
        })
    }

    fn identifiers(&self, value: &FieldValue, range: TextRange) -> Vec<ruff::Identifier> {
        match value {
            FieldValue::List(items) => {
                items.iter().map(|item| self.required_identifier(item, range)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn stmt(&self, node: &Node) -> Result<ruff::Stmt> {
        use ruff::Stmt;
        let range = self.range(node);
        let node_index = index();
        let f = &node.fields[..];
        Ok(match node.kind {
            Kind::FunctionDef | Kind::AsyncFunctionDef => Stmt::FunctionDef(ruff::StmtFunctionDef {
                node_index,
                range,
                is_async: node.kind == Kind::AsyncFunctionDef,
                decorator_list: self.decorators(&f[3])?.into(),
                name: self.required_identifier(&f[0], range),
                type_params: self.type_params(&f[6], range)?,
                parameters: Box::new(self.parameters(node_of(&f[1])?, range)?),
                returns: self.maybe(&f[4])?,
                body: self.body(&f[2])?.into(),
                runtime_decorator_list: None,
                runtime_type_comment: None,
                runtime_type_comment_bytes: None,
                runtime_body: None,
            }),
            Kind::ClassDef => {
                let args = self.exprs(&f[1])?;
                let keywords = self.each(&f[2], |keyword| self.keyword(keyword))?;
                let arguments = (!args.is_empty() || !keywords.is_empty())
                    .then(|| Box::new(arguments(args, keywords, range)));
                Stmt::ClassDef(ruff::StmtClassDef {
                    node_index,
                    range,
                    decorator_list: self.decorators(&f[4])?.into(),
                    name: self.required_identifier(&f[0], range),
                    type_params: self.type_params(&f[5], range)?,
                    arguments,
                    body: self.body(&f[3])?.into(),
                    runtime_decorator_list: None,
                    runtime_body: None,
                })
            }
            Kind::Return => Stmt::Return(ruff::StmtReturn { node_index, range, value: self.maybe(&f[0])? }),
            Kind::Delete => Stmt::Delete(ruff::StmtDelete {
                node_index,
                range,
                targets: self.exprs(&f[0])?,
                runtime_targets: None,
            }),
            Kind::Assign => Stmt::Assign(ruff::StmtAssign {
                node_index,
                range,
                targets: self.exprs(&f[0])?,
                value: self.child(&f[1])?,
                runtime_targets: None,
                runtime_type_comment: None,
                runtime_type_comment_bytes: None,
            }),
            Kind::TypeAlias => Stmt::TypeAlias(ruff::StmtTypeAlias {
                node_index,
                range,
                name: self.child(&f[0])?,
                type_params: self.type_params(&f[1], range)?,
                value: self.child(&f[2])?,
            }),
            Kind::AugAssign => Stmt::AugAssign(ruff::StmtAugAssign {
                node_index,
                range,
                target: self.child(&f[0])?,
                op: operator(node_of(&f[1])?.kind),
                value: self.child(&f[2])?,
            }),
            Kind::AnnAssign => Stmt::AnnAssign(ruff::StmtAnnAssign {
                node_index,
                range,
                target: self.child(&f[0])?,
                annotation: self.child(&f[1])?,
                value: self.maybe(&f[2])?,
                simple: int_of(&f[3]) != 0,
                runtime_simple: None,
            }),
            Kind::For | Kind::AsyncFor => Stmt::For(ruff::StmtFor {
                node_index,
                range,
                is_async: node.kind == Kind::AsyncFor,
                target: self.child(&f[0])?,
                iter: self.child(&f[1])?,
                body: self.body(&f[2])?.into(),
                orelse: self.body(&f[3])?.into(),
                runtime_type_comment: None,
                runtime_type_comment_bytes: None,
                runtime_body: None,
                runtime_orelse: None,
            }),
            Kind::While => Stmt::While(ruff::StmtWhile {
                node_index,
                range,
                test: self.child(&f[0])?,
                body: self.body(&f[1])?.into(),
                orelse: self.body(&f[2])?.into(),
                runtime_body: None,
                runtime_orelse: None,
            }),
            Kind::If => Stmt::If(ruff::StmtIf {
                node_index,
                range,
                test: self.child(&f[0])?,
                body: self.body(&f[1])?.into(),
                elif_else_clauses: self.else_clauses(&f[2], range)?,
                runtime_body: None,
            }),
            Kind::With | Kind::AsyncWith => Stmt::With(ruff::StmtWith {
                node_index,
                range,
                is_async: node.kind == Kind::AsyncWith,
                items: self.each(&f[0], |item| {
                    let context_expr = self.expr(node_of(&item.fields[0])?)?;
                    let optional_vars = self.maybe(&item.fields[1])?;
                    let range = context_expr.range();
                    Ok(ruff::WithItem { node_index: index(), range, context_expr, optional_vars })
                })?,
                body: self.body(&f[1])?.into(),
                runtime_type_comment: None,
                runtime_type_comment_bytes: None,
                runtime_body: None,
            }),
            Kind::Match => Stmt::Match(ruff::StmtMatch {
                node_index,
                range,
                subject: self.child(&f[0])?,
                cases: self.each(&f[1], |case| {
                    let pattern = self.pattern(node_of(&case.fields[0])?)?;
                    Ok(ruff::MatchCase {
                        range: pattern.range(),
                        node_index: index(),
                        pattern,
                        guard: self.maybe(&case.fields[1])?,
                        body: self.body(&case.fields[2])?.into(),
                        runtime_body: None,
                    })
                })?,
            }),
            Kind::Raise => Stmt::Raise(ruff::StmtRaise {
                node_index,
                range,
                exc: self.maybe(&f[0])?,
                cause: self.maybe(&f[1])?,
            }),
            Kind::Try | Kind::TryStar => Stmt::Try(ruff::StmtTry {
                node_index,
                range,
                body: self.body(&f[0])?.into(),
                handlers: self.each(&f[1], |handler| {
                    let range = self.range(handler);
                    Ok(ruff::ExceptHandler::ExceptHandler(ruff::ExceptHandlerExceptHandler {
                        range,
                        node_index: index(),
                        type_: self.maybe(&handler.fields[0])?,
                        name: self.identifier(&handler.fields[1], range),
                        body: self.body(&handler.fields[2])?.into(),
                        runtime_body: None,
                    }))
                })?,
                orelse: self.body(&f[2])?.into(),
                finalbody: self.body(&f[3])?.into(),
                is_star: node.kind == Kind::TryStar,
                runtime_body: None,
                runtime_handlers: None,
                runtime_orelse: None,
                runtime_finalbody: None,
            }),
            Kind::Assert => Stmt::Assert(ruff::StmtAssert {
                node_index,
                range,
                test: self.child(&f[0])?,
                msg: self.maybe(&f[1])?,
            }),
            Kind::Import => Stmt::Import(ruff::StmtImport {
                node_index,
                range,
                names: self.aliases(&f[0])?,
                is_lazy: false,
            }),
            Kind::ImportFrom => Stmt::ImportFrom(ruff::StmtImportFrom {
                node_index,
                range,
                module: self.identifier(&f[0], range),
                names: self.aliases(&f[1])?,
                level: int_of(&f[2]).max(0) as u32,
                is_lazy: false,
                runtime_level: None,
            }),
            Kind::Global => {
                Stmt::Global(ruff::StmtGlobal { node_index, range, names: self.identifiers(&f[0], range) })
            }
            Kind::Nonlocal => Stmt::Nonlocal(ruff::StmtNonlocal {
                node_index,
                range,
                names: self.identifiers(&f[0], range),
            }),
            Kind::Expr => Stmt::Expr(ruff::StmtExpr { node_index, range, value: self.child(&f[0])? }),
            Kind::Pass => Stmt::Pass(ruff::StmtPass { node_index, range }),
            Kind::Break => Stmt::Break(ruff::StmtBreak { node_index, range }),
            Kind::Continue => Stmt::Continue(ruff::StmtContinue { node_index, range }),
            kind => return Err(unexpected("stmt", kind)),
        })
    }

    fn decorators(&self, value: &FieldValue) -> Result<Vec<ruff::Decorator>> {
        self.each(value, |node| {
            let expression = self.expr(node)?;
            Ok(ruff::Decorator { range: self.range(node), node_index: index(), expression })
        })
    }

    /// An `else` with nothing but an `If` is an `elif`: the code generator nests it again.
    fn else_clauses(&self, value: &FieldValue, range: TextRange) -> Result<Vec<ruff::ElifElseClause>> {
        let FieldValue::List(items) = value else { return Ok(Vec::new()) };
        let clause = |range, test, body: Vec<ruff::Stmt>| ruff::ElifElseClause {
            range,
            node_index: index(),
            test,
            body: body.into(),
            runtime_body: None,
            runtime_orelse: None,
        };
        match &items[..] {
            [] => Ok(Vec::new()),
            [FieldValue::Node(node)] if node.kind == Kind::If => {
                let inner = self.range(node);
                let test = Some(*self.child(&node.fields[0])?);
                let mut clauses = vec![clause(inner, test, self.body(&node.fields[1])?)];
                clauses.extend(self.else_clauses(&node.fields[2], range)?);
                Ok(clauses)
            }
            _ => Ok(vec![clause(range, None, self.body(value)?)]),
        }
    }

    fn aliases(&self, value: &FieldValue) -> Result<Vec<ruff::Alias>> {
        self.each(value, |node| {
            let range = self.range(node);
            Ok(ruff::Alias {
                range,
                node_index: index(),
                name: self.required_identifier(&node.fields[0], range),
                asname: self.identifier(&node.fields[1], range),
            })
        })
    }

    fn keyword(&self, node: &Node) -> Result<ruff::Keyword> {
        let range = self.range(node);
        Ok(ruff::Keyword {
            range,
            node_index: index(),
            arg: self.identifier(&node.fields[0], range),
            value: *self.child(&node.fields[1])?,
        })
    }

    fn parameters(&self, node: &Node, range: TextRange) -> Result<ruff::Parameters> {
        let f = &node.fields[..];
        let arg = |node: &Node| -> Result<ruff::Parameter> {
            let range = self.range(node);
            Ok(ruff::Parameter {
                range,
                node_index: index(),
                name: self.required_identifier(&node.fields[0], range),
                annotation: self.maybe(&node.fields[1])?,
                runtime_type_comment: None,
                runtime_type_comment_bytes: None,
            })
        };
        let with_default = |parameter: ruff::Parameter, default| ruff::ParameterWithDefault {
            range: parameter.range,
            node_index: index(),
            parameter,
            default,
        };
        let optional = |value: &FieldValue| match value {
            FieldValue::Node(node) => Ok(Some(Box::new(arg(node)?))),
            _ => Ok(None),
        };
        let posonly = self.each(&f[0], arg)?;
        let args = self.each(&f[1], arg)?;
        let mut defaults: Vec<_> = self.exprs(&f[6])?.into_iter().map(|e| Some(boxed(e))).collect();
        let missing = (posonly.len() + args.len()).saturating_sub(defaults.len());
        defaults.splice(0..0, std::iter::repeat_n(None, missing));
        let mut defaults = defaults.into_iter();
        let mut positional = |list: Vec<ruff::Parameter>| -> Vec<ruff::ParameterWithDefault> {
            list.into_iter().map(|p| with_default(p, defaults.next().flatten())).collect()
        };
        let posonlyargs = positional(posonly).into();
        let args = positional(args).into();
        let kw_defaults = match &f[4] {
            FieldValue::List(items) => {
                items.iter().map(|item| self.maybe(item)).collect::<Result<Vec<_>>>()?
            }
            _ => Vec::new(),
        };
        let kwonlyargs: Vec<_> = self
            .each(&f[3], arg)?
            .into_iter()
            .zip(kw_defaults)
            .map(|(parameter, default)| with_default(parameter, default))
            .collect();
        Ok(ruff::Parameters {
            range,
            node_index: index(),
            posonlyargs,
            args,
            vararg: optional(&f[2])?,
            kwonlyargs: kwonlyargs.into(),
            kwarg: optional(&f[5])?,
            runtime_defaults: None,
        })
    }

    fn type_params(&self, value: &FieldValue, range: TextRange) -> Result<Option<Box<ruff::TypeParams>>> {
        use ruff::TypeParam;
        let type_params = self.each(value, |node| {
            let range = self.range(node);
            let node_index = index();
            let name = self.required_identifier(&node.fields[0], range);
            let last = self.maybe(&node.fields[node.fields.len() - 1])?;
            Ok(match node.kind {
                Kind::TypeVar => TypeParam::TypeVar(ruff::TypeParamTypeVar {
                    node_index,
                    range,
                    name,
                    bound: self.maybe(&node.fields[1])?,
                    default: last,
                }),
                Kind::ParamSpec => {
                    TypeParam::ParamSpec(ruff::TypeParamParamSpec { node_index, range, name, default: last })
                }
                Kind::TypeVarTuple => TypeParam::TypeVarTuple(ruff::TypeParamTypeVarTuple {
                    node_index,
                    range,
                    name,
                    default: last,
                }),
                kind => return Err(unexpected("type_param", kind)),
            })
        })?;
        if type_params.is_empty() {
            return Ok(None);
        }
        let (first, last) = (&type_params[0], &type_params[type_params.len() - 1]);
        let _ = range;
        let range = TextRange::new(first.start(), last.end().max(first.start()));
        Ok(Some(Box::new(ruff::TypeParams {
            range,
            node_index: index(),
            type_params,
            runtime_type_params: None,
        })))
    }

    pub(super) fn expr(&self, node: &Node) -> Result<ruff::Expr> {
        use ruff::Expr;
        let range = self.range(node);
        let node_index = index();
        let f = &node.fields[..];
        Ok(match node.kind {
            Kind::BoolOp => Expr::BoolOp(ruff::ExprBoolOp {
                node_index,
                range,
                op: if node_of(&f[0])?.kind == Kind::And { ruff::BoolOp::And } else { ruff::BoolOp::Or },
                values: self.exprs(&f[1])?,
                runtime_values: None,
            }),
            Kind::NamedExpr => Expr::Named(ruff::ExprNamed {
                node_index,
                range,
                target: self.child(&f[0])?,
                value: self.child(&f[1])?,
            }),
            Kind::BinOp => Expr::BinOp(ruff::ExprBinOp {
                node_index,
                range,
                left: self.child(&f[0])?,
                op: operator(node_of(&f[1])?.kind),
                right: self.child(&f[2])?,
            }),
            Kind::UnaryOp => Expr::UnaryOp(ruff::ExprUnaryOp {
                node_index,
                range,
                op: match node_of(&f[0])?.kind {
                    Kind::Invert => ruff::UnaryOp::Invert,
                    Kind::Not => ruff::UnaryOp::Not,
                    Kind::UAdd => ruff::UnaryOp::UAdd,
                    _ => ruff::UnaryOp::USub,
                },
                operand: self.child(&f[1])?,
            }),
            Kind::Lambda => Expr::Lambda(ruff::ExprLambda {
                node_index,
                range,
                parameters: Some(Box::new(self.parameters(node_of(&f[0])?, range)?)),
                body: self.child(&f[1])?,
            }),
            Kind::IfExp => Expr::If(ruff::ExprIf {
                node_index,
                range,
                test: self.child(&f[0])?,
                body: self.child(&f[1])?,
                orelse: self.child(&f[2])?,
            }),
            Kind::Dict => {
                let values = self.exprs(&f[1])?;
                let keys = match &f[0] {
                    FieldValue::List(items) => {
                        items.iter().map(|key| self.maybe(key)).collect::<Result<Vec<_>>>()?
                    }
                    _ => Vec::new(),
                };
                let items = keys.into_iter().zip(values);
                Expr::Dict(ruff::ExprDict {
                    node_index,
                    range,
                    items: items
                        .map(|(key, value)| ruff::DictItem { key: key.map(|key| *key), value })
                        .collect(),
                    runtime_values: None,
                })
            }
            Kind::Set => {
                Expr::Set(ruff::ExprSet { node_index, range, elts: self.exprs(&f[0])?, runtime_elts: None })
            }
            Kind::ListComp => Expr::ListComp(ruff::ExprListComp {
                node_index,
                range,
                elt: self.child(&f[0])?,
                generators: self.generators(&f[1], range)?,
            }),
            Kind::SetComp => Expr::SetComp(ruff::ExprSetComp {
                node_index,
                range,
                elt: self.child(&f[0])?,
                generators: self.generators(&f[1], range)?,
            }),
            Kind::DictComp => Expr::DictComp(ruff::ExprDictComp {
                node_index,
                range,
                key: self.maybe(&f[0])?,
                value: self.child(&f[1])?,
                generators: self.generators(&f[2], range)?,
            }),
            Kind::GeneratorExp => Expr::Generator(ruff::ExprGenerator {
                node_index,
                range,
                elt: self.child(&f[0])?,
                generators: self.generators(&f[1], range)?,
                parenthesized: true,
            }),
            Kind::Await => Expr::Await(ruff::ExprAwait { node_index, range, value: self.child(&f[0])? }),
            Kind::Yield => Expr::Yield(ruff::ExprYield { node_index, range, value: self.maybe(&f[0])? }),
            Kind::YieldFrom => {
                Expr::YieldFrom(ruff::ExprYieldFrom { node_index, range, value: self.child(&f[0])? })
            }
            Kind::Compare => Expr::Compare(ruff::ExprCompare {
                node_index,
                range,
                left: self.child(&f[0])?,
                ops: self.each(&f[1], |op| Ok(comparison(op.kind)))?.into(),
                comparators: self.exprs(&f[2])?.into(),
                runtime_comparators: None,
            }),
            Kind::Call => {
                let func = self.child(&f[0])?;
                let args = self.exprs(&f[1])?;
                let keywords = self.each(&f[2], |keyword| self.keyword(keyword))?;
                let start = func.end().min(range.end());
                Expr::Call(ruff::ExprCall {
                    node_index,
                    range_start: range.start(),
                    func,
                    arguments: arguments(args, keywords, TextRange::new(start, range.end())),
                })
            }
            Kind::FormattedValue | Kind::Interpolation | Kind::JoinedStr | Kind::TemplateStr => {
                self.string(node, range)?
            }
            Kind::Constant => {
                let FieldValue::Constant(value) = &f[0] else {
                    return Err(AstError::Value("field 'value' is required for Constant".to_owned()));
                };
                if let Const::Str(text) = value
                    && text.as_str().is_err()
                {
                    return Ok(self.surrogates(text, range));
                }
                Expr::Constant(ruff::ExprConstant {
                    node_index,
                    range,
                    value: constant_value(value)?,
                    kind: None,
                    invalid_type: None,
                })
            }
            Kind::Attribute => Expr::Attribute(ruff::ExprAttribute {
                node_index,
                range,
                value: self.child(&f[0])?,
                attr: self.required_identifier(&f[1], range),
                ctx: context(&f[2]),
            }),
            Kind::Subscript => Expr::Subscript(ruff::ExprSubscript {
                node_index,
                range,
                value: self.child(&f[0])?,
                slice: self.child(&f[1])?,
                ctx: context(&f[2]),
            }),
            Kind::Starred => Expr::Starred(ruff::ExprStarred {
                node_index,
                range,
                value: self.child(&f[0])?,
                ctx: context(&f[1]),
            }),
            Kind::Name => Expr::Name(ruff::ExprName {
                node_index,
                range,
                id: self.required_identifier(&f[0], range).id,
                ctx: context(&f[1]),
            }),
            Kind::List => Expr::List(ruff::ExprList {
                node_index,
                range,
                elts: self.exprs(&f[0])?,
                ctx: context(&f[1]),
                runtime_elts: None,
            }),
            Kind::Tuple => Expr::Tuple(ruff::ExprTuple {
                node_index,
                range,
                elts: self.exprs(&f[0])?,
                ctx: context(&f[1]),
                parenthesized: true,
                runtime_elts: None,
            }),
            Kind::Slice => Expr::Slice(ruff::ExprSlice {
                node_index,
                range,
                lower: self.maybe(&f[0])?,
                upper: self.maybe(&f[1])?,
                step: self.maybe(&f[2])?,
            }),
            kind => return Err(unexpected("expr", kind)),
        })
    }

    /// A string with lone surrogates. The replacement character makes the code generator read the literal again
    /// from the text, at the literal's own range; positions come from the expression's.
    fn surrogates(&self, text: &Wtf8Buf, range: TextRange) -> ruff::Expr {
        use std::fmt::Write;
        let mut literals = self.literals.borrow_mut();
        let base = self.line_starts[self.line_starts.len() - 1];
        let start = TextSize::new(base + literals.len() as u32);
        literals.push('"');
        for point in text.code_points() {
            let _ = write!(literals, "\\U{:08x}", point.to_u32());
        }
        literals.push_str("\"\n");
        let end = TextSize::new(base + literals.len() as u32 - 1);
        let literal = ruff::StringLiteral {
            range: TextRange::new(start, end),
            node_index: index(),
            value: char::REPLACEMENT_CHARACTER.to_string().into(),
            flags: ruff::StringLiteralFlags::empty(),
        };
        ruff::Expr::StringLiteral(ruff::ExprStringLiteral {
            node_index: index(),
            range,
            value: ruff::StringLiteralValue::single(literal),
        })
    }

    /// f-strings and t-strings, and their replacement fields, which are expressions in CPython's tree.
    fn string(&self, node: &Node, range: TextRange) -> Result<ruff::Expr> {
        let f = &node.fields[..];
        let interpolation = |conversion: &FieldValue| ruff::InterpolatedElement {
            range,
            node_index: index(),
            expression: boxed(ruff::Expr::NoneLiteral(ruff::ExprNoneLiteral { node_index: index(), range })),
            debug_text: None,
            conversion: conversion_flag(int_of(conversion)),
            format_spec: None,
            runtime_str: None,
            runtime_interpolation_format_spec: None,
            runtime_formatted_value_format_spec: None,
        };
        let f_string = |elements: Vec<ruff::InterpolatedStringElement>, values| {
            ruff::Expr::FString(ruff::ExprFString {
                node_index: index(),
                range,
                value: ruff::FStringValue::single(ruff::FString {
                    range,
                    node_index: index(),
                    elements: elements.into(),
                    flags: ruff::FStringFlags::empty(),
                }),
                runtime_joined_str: values,
                runtime_values: None,
            })
        };
        let t_string = |elements: Vec<ruff::InterpolatedStringElement>, values| {
            ruff::Expr::TString(ruff::ExprTString {
                node_index: index(),
                range,
                value: ruff::TStringValue::single(ruff::TString {
                    range,
                    node_index: index(),
                    elements: elements.into(),
                    flags: ruff::TStringFlags::empty(),
                }),
                runtime_template_str: values,
                runtime_values: None,
            })
        };
        Ok(match node.kind {
            Kind::JoinedStr => f_string(Vec::new(), Some(self.exprs(&f[0])?)),
            Kind::TemplateStr => t_string(Vec::new(), Some(self.exprs(&f[0])?)),
            Kind::FormattedValue => {
                let mut element = interpolation(&f[1]);
                element.expression = self.child(&f[0])?;
                element.runtime_formatted_value_format_spec = self.maybe(&f[2])?;
                f_string(vec![ruff::InterpolatedStringElement::Interpolation(element)], None)
            }
            _ => {
                let mut element = interpolation(&f[2]);
                element.expression = self.child(&f[0])?;
                element.runtime_str = Some(match &f[1] {
                    FieldValue::Constant(value) => constant_value(value)?,
                    _ => ruff::ConstantValue::None,
                });
                element.runtime_interpolation_format_spec = self.maybe(&f[3])?;
                t_string(vec![ruff::InterpolatedStringElement::Interpolation(element)], None)
            }
        })
    }

    fn generators(&self, value: &FieldValue, range: TextRange) -> Result<Vec<ruff::Comprehension>> {
        self.each(value, |node| {
            let f = &node.fields[..];
            Ok(ruff::Comprehension {
                range,
                node_index: index(),
                target: *self.child(&f[0])?,
                iter: *self.child(&f[1])?,
                ifs: self.exprs(&f[2])?,
                is_async: int_of(&f[3]) != 0,
                runtime_ifs: None,
                runtime_is_async: None,
            })
        })
    }

    fn pattern(&self, node: &Node) -> Result<ruff::Pattern> {
        use ruff::Pattern;
        let range = self.range(node);
        let node_index = index();
        let f = &node.fields[..];
        let patterns = |value: &FieldValue| self.each(value, |node| self.pattern(node));
        Ok(match node.kind {
            Kind::MatchValue => {
                Pattern::MatchValue(ruff::PatternMatchValue { node_index, range, value: self.child(&f[0])? })
            }
            Kind::MatchSingleton => Pattern::MatchSingleton(ruff::PatternMatchSingleton {
                node_index,
                range,
                value: match &f[0] {
                    FieldValue::Constant(Const::True) => ruff::Singleton::True,
                    FieldValue::Constant(Const::False) => ruff::Singleton::False,
                    _ => ruff::Singleton::None,
                },
            }),
            Kind::MatchSequence => Pattern::MatchSequence(ruff::PatternMatchSequence {
                node_index,
                range,
                patterns: patterns(&f[0])?,
                runtime_patterns: None,
            }),
            Kind::MatchMapping => Pattern::MatchMapping(ruff::PatternMatchMapping {
                node_index,
                range,
                keys: self.exprs(&f[0])?.into(),
                patterns: patterns(&f[1])?.into(),
                rest: self.identifier(&f[2], range),
                runtime_keys: None,
                runtime_patterns: None,
            }),
            Kind::MatchClass => {
                let keywords = self.identifiers(&f[2], range).into_iter().zip(patterns(&f[3])?);
                let keywords = keywords
                    .map(|(attr, pattern)| ruff::PatternKeyword { range, node_index: index(), attr, pattern })
                    .collect();
                Pattern::MatchClass(ruff::PatternMatchClass {
                    node_index,
                    range,
                    cls: self.child(&f[0])?,
                    arguments: ruff::PatternArguments {
                        range,
                        node_index: index(),
                        patterns: patterns(&f[1])?.into(),
                        keywords,
                    },
                    runtime_patterns: None,
                    runtime_kwd_attrs: None,
                    runtime_kwd_patterns: None,
                })
            }
            Kind::MatchStar => Pattern::MatchStar(ruff::PatternMatchStar {
                node_index,
                range,
                name: self.identifier(&f[0], range),
            }),
            Kind::MatchAs => Pattern::MatchAs(ruff::PatternMatchAs {
                node_index,
                range,
                pattern: match &f[0] {
                    FieldValue::Node(inner) => Some(Box::new(self.pattern(inner)?)),
                    _ => None,
                },
                name: self.identifier(&f[1], range),
            }),
            Kind::MatchOr => Pattern::MatchOr(ruff::PatternMatchOr {
                node_index,
                range,
                patterns: patterns(&f[0])?,
                runtime_patterns: None,
            }),
            kind => return Err(unexpected("pattern", kind)),
        })
    }
}

/// Records the largest column of each line.
fn measure(node: &Node, widths: &mut Vec<usize>) {
    if node.kind.info().located {
        let Span { lineno, col_offset, end_lineno, end_col_offset } = node.span;
        for (line, column) in [(lineno, col_offset), (end_lineno, end_col_offset)] {
            let line = (line.max(1) as usize - 1).min(MAX_LINE);
            if line >= widths.len() {
                widths.resize(line + 1, 0);
            }
            widths[line] = widths[line].max((column.max(0) as usize).min(MAX_COLUMN));
        }
    }
    for value in &node.fields {
        match value {
            FieldValue::Node(child) => measure(child, widths),
            FieldValue::List(items) => {
                for item in items {
                    if let FieldValue::Node(child) = item {
                        measure(child, widths);
                    }
                }
            }
            _ => {}
        }
    }
}

fn node_of(value: &FieldValue) -> Result<&Node> {
    match value {
        FieldValue::Node(node) => Ok(node),
        _ => Err(AstError::Value("None disallowed in expression list".to_owned())),
    }
}

fn int_of(value: &FieldValue) -> i64 {
    match value {
        FieldValue::Int(int) => *int,
        _ => 0,
    }
}

fn unexpected(base: &str, kind: Kind) -> AstError {
    AstError::Type(format!("expected some sort of {base}, but got {}", kind.info().name))
}

fn arguments(args: Vec<ruff::Expr>, keywords: Vec<ruff::Keyword>, range: TextRange) -> ruff::Arguments {
    ruff::Arguments {
        range,
        node_index: index(),
        args: args.into(),
        keywords: keywords.into(),
        runtime_args: None,
        runtime_bases: None,
    }
}

fn context(value: &FieldValue) -> ruff::ExprContext {
    match value {
        FieldValue::Node(node) if node.kind == Kind::Store => ruff::ExprContext::Store,
        FieldValue::Node(node) if node.kind == Kind::Del => ruff::ExprContext::Del,
        _ => ruff::ExprContext::Load,
    }
}

fn conversion_flag(conversion: i64) -> ruff::ConversionFlag {
    match u8::try_from(conversion) {
        Ok(b's') => ruff::ConversionFlag::Str,
        Ok(b'r') => ruff::ConversionFlag::Repr,
        Ok(b'a') => ruff::ConversionFlag::Ascii,
        _ => ruff::ConversionFlag::None,
    }
}

fn operator(kind: Kind) -> ruff::Operator {
    use ruff::Operator;
    match kind {
        Kind::Sub => Operator::Sub,
        Kind::Mult => Operator::Mult,
        Kind::MatMult => Operator::MatMult,
        Kind::Div => Operator::Div,
        Kind::Mod => Operator::Mod,
        Kind::Pow => Operator::Pow,
        Kind::LShift => Operator::LShift,
        Kind::RShift => Operator::RShift,
        Kind::BitOr => Operator::BitOr,
        Kind::BitXor => Operator::BitXor,
        Kind::BitAnd => Operator::BitAnd,
        Kind::FloorDiv => Operator::FloorDiv,
        _ => Operator::Add,
    }
}

fn comparison(kind: Kind) -> ruff::CmpOp {
    use ruff::CmpOp;
    match kind {
        Kind::NotEq => CmpOp::NotEq,
        Kind::Lt => CmpOp::Lt,
        Kind::LtE => CmpOp::LtE,
        Kind::Gt => CmpOp::Gt,
        Kind::GtE => CmpOp::GtE,
        Kind::Is => CmpOp::Is,
        Kind::IsNot => CmpOp::IsNot,
        Kind::In => CmpOp::In,
        Kind::NotIn => CmpOp::NotIn,
        _ => CmpOp::Eq,
    }
}

/// The parser's tree has no lone surrogates: inside tuples they become replacement characters here.
fn constant_value(value: &Const) -> Result<ruff::ConstantValue> {
    use ruff::ConstantValue as V;
    let all = |items: &[Const]| items.iter().map(constant_value).collect::<Result<Vec<_>>>();
    Ok(match value {
        Const::None => V::None,
        Const::True => V::Boolean(true),
        Const::False => V::Boolean(false),
        Const::Ellipsis => V::Ellipsis,
        Const::Int(int) => V::Integer(int.to_string().into()),
        Const::BigInt { negative, magnitude_le } => {
            let sign = if *negative { Sign::Minus } else { Sign::Plus };
            V::Integer(BigInt::from_bytes_le(sign, magnitude_le).to_string().into())
        }
        Const::Float(float) => V::Float(*float),
        Const::Complex(real, imag) => V::Complex { real: *real, imag: *imag },
        Const::Str(text) => V::Str(text.to_string_lossy().into_owned().into()),
        Const::Bytes(bytes) => V::Bytes(bytes.clone().into()),
        Const::Tuple(items) => V::Tuple(all(items)?),
        Const::FrozenSet(items) => V::Frozenset(all(items)?),
        Const::Slice(_) => return Err(AstError::Type("got an invalid type in Constant: slice".to_owned())),
        Const::Code(_) => return Err(AstError::Type("got an invalid type in Constant: code".to_owned())),
    })
}
