//! Expressions and patterns of `to_parser`.

use super::to_parser::{Rebuilder, Result, arguments, boxed, index, int_of, node_of, unexpected};
use super::{AstError, FieldValue, Kind, Node};
use crate::code::{Const, Wtf8Buf};
use malachite_bigint::{BigInt, Sign};
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Rebuilder {
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

    pub(super) fn pattern(&self, node: &Node) -> Result<ruff::Pattern> {
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

pub(super) fn operator(kind: Kind) -> ruff::Operator {
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
