//! The checks of `check.rs` that concern patterns of `match` statements: CPython's `validate_pattern`.

use super::check::{Check, child, identifier, list, value_error};
use super::{FieldValue, Kind, Node};
use crate::code::Const;

fn capture(node: &Node, field: &str) -> Check {
    match node.field(field) {
        Some(FieldValue::Identifier(name)) if name == "_" => {
            value_error("can't capture name '_' in patterns")
        }
        Some(FieldValue::Identifier(name)) => identifier(name),
        _ => Ok(()),
    }
}

/// What a pattern compares with: a literal or an attribute.
fn literal(value: &Node) -> Check {
    match value.kind {
        Kind::Constant => match value.field("value") {
            Some(FieldValue::Constant(
                Const::Int(_)
                | Const::BigInt { .. }
                | Const::Float(_)
                | Const::Complex(..)
                | Const::Str(_)
                | Const::Bytes(_),
            )) => Ok(()),
            _ => value_error("unexpected constant inside of a literal pattern"),
        },
        Kind::Attribute | Kind::UnaryOp | Kind::BinOp | Kind::JoinedStr => Ok(()),
        _ => value_error("patterns may only match literals and attribute lookups"),
    }
}

fn is_singleton(key: &Node) -> bool {
    key.kind == Kind::Constant
        && matches!(key.field("value"), Some(FieldValue::Constant(Const::None | Const::True | Const::False)))
}

/// Checks one pattern; those inside are visited by the caller.
pub fn pattern(node: &Node) -> Check {
    match node.kind {
        Kind::MatchValue => child(node, "value").map_or(Ok(()), literal)?,
        Kind::MatchMapping => {
            for key in list(node, "keys") {
                if let FieldValue::Node(key) = key
                    && !is_singleton(key)
                {
                    literal(key)?;
                }
            }
            capture(node, "rest")?;
        }
        Kind::MatchClass => {
            for name in list(node, "kwd_attrs") {
                if let FieldValue::Identifier(name) = name {
                    identifier(name)?;
                }
            }
        }
        Kind::MatchStar | Kind::MatchAs => capture(node, "name")?,
        _ => {}
    }
    // A star is part of a sequence only.
    if node.kind != Kind::MatchSequence {
        for value in &node.fields {
            let star = |value: &FieldValue| matches!(value, FieldValue::Node(n) if n.kind == Kind::MatchStar);
            let found = match value {
                FieldValue::List(items) => items.iter().any(star),
                value => star(value),
            };
            if found {
                return value_error("can't use MatchStar here");
            }
        }
    }
    Ok(())
}
