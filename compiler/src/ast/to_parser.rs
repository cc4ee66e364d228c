//! From a tree that a program made to the parser's tree, which the code generator takes.
//!
//! The code generator knows positions only as offsets into a source text, so one is made up: as many lines as the
//! tree mentions, each as long as the largest column on it, all blank. Constants become `Expr::Constant`, and the
//! values of f- and t-strings go into the `runtime_*` fields, which the code generator reads instead of literals.
//! The tree has passed `check`, so required fields are there.

use super::to_parser_exprs::operator;
use super::{AstError, FieldValue, Kind, Node, Span};
use ruff_python_ast as ruff;
use ruff_python_ast::AtomicNodeIndex;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustpython_compiler_core::{SourceFile, SourceFileBuilder};
use std::cell::RefCell;

pub(super) type Result<T> = std::result::Result<T, AstError>;

pub struct Rebuilder {
    /// The offset of each line's start, and of the end of the text.
    pub(super) line_starts: Vec<u32>,
    /// String literals that the code generator reads from the text: those with lone surrogates, which its tree
    /// cannot hold. They come after the blank lines.
    pub(super) literals: RefCell<String>,
}

/// Larger positions are clamped.
const MAX_LINE: usize = 1 << 22;
const MAX_COLUMN: usize = 1 << 16;
const MAX_TEXT: usize = 1 << 28;

pub(super) fn index() -> AtomicNodeIndex {
    AtomicNodeIndex::default()
}

pub(super) fn boxed(expr: ruff::Expr) -> Box<ruff::Expr> {
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

    pub(super) fn range(&self, node: &Node) -> TextRange {
        let Span { lineno, col_offset, end_lineno, end_col_offset } = node.span;
        let start = self.offset(lineno, col_offset);
        let end = self.offset(end_lineno, end_col_offset);
        TextRange::new(start, end.max(start))
    }

    fn body(&self, value: &FieldValue) -> Result<Vec<ruff::Stmt>> {
        self.each(value, |node| self.stmt(node))
    }

    pub(super) fn each<T>(&self, value: &FieldValue, one: impl Fn(&Node) -> Result<T>) -> Result<Vec<T>> {
        match value {
            FieldValue::List(items) => items.iter().map(|item| one(node_of(item)?)).collect(),
            _ => Ok(Vec::new()),
        }
    }

    pub(super) fn exprs(&self, value: &FieldValue) -> Result<Vec<ruff::Expr>> {
        self.each(value, |node| self.expr(node))
    }

    pub(super) fn child(&self, value: &FieldValue) -> Result<Box<ruff::Expr>> {
        Ok(boxed(self.expr(node_of(value)?)?))
    }

    pub(super) fn maybe(&self, value: &FieldValue) -> Result<Option<Box<ruff::Expr>>> {
        match value {
            FieldValue::Node(node) => Ok(Some(boxed(self.expr(node)?))),
            _ => Ok(None),
        }
    }

    pub(super) fn identifier(&self, value: &FieldValue, range: TextRange) -> Option<ruff::Identifier> {
        match value {
            FieldValue::Identifier(id) => {
                Some(ruff::Identifier { id: id.as_str().into(), range, node_index: index() })
            }
            _ => None,
        }
    }

    pub(super) fn required_identifier(&self, value: &FieldValue, range: TextRange) -> ruff::Identifier {
        self.identifier(value, range).unwrap_or(ruff::Identifier {
            id: "".into(),
            range,
            node_index: index(),
        })
    }

    pub(super) fn identifiers(&self, value: &FieldValue, range: TextRange) -> Vec<ruff::Identifier> {
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

    pub(super) fn keyword(&self, node: &Node) -> Result<ruff::Keyword> {
        let range = self.range(node);
        Ok(ruff::Keyword {
            range,
            node_index: index(),
            arg: self.identifier(&node.fields[0], range),
            value: *self.child(&node.fields[1])?,
        })
    }

    pub(super) fn parameters(&self, node: &Node, range: TextRange) -> Result<ruff::Parameters> {
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

pub(super) fn node_of(value: &FieldValue) -> Result<&Node> {
    match value {
        FieldValue::Node(node) => Ok(node),
        _ => Err(AstError::Value("None disallowed in expression list".to_owned())),
    }
}

pub(super) fn int_of(value: &FieldValue) -> i64 {
    match value {
        FieldValue::Int(int) => *int,
        _ => 0,
    }
}

pub(super) fn unexpected(base: &str, kind: Kind) -> AstError {
    AstError::Type(format!("expected some sort of {base}, but got {}", kind.info().name))
}

pub(super) fn arguments(
    args: Vec<ruff::Expr>,
    keywords: Vec<ruff::Keyword>,
    range: TextRange,
) -> ruff::Arguments {
    ruff::Arguments {
        range,
        node_index: index(),
        args: args.into(),
        keywords: keywords.into(),
        runtime_args: None,
        runtime_bases: None,
    }
}
