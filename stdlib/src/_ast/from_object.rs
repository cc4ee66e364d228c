//! From node objects to the compiler's plain trees, with the errors of CPython's `obj2ast_*`.
//!
//! What is missing or of a wrong type is found here; what a tree must satisfy beyond that is checked by the
//! compiler crate.

use super::Classes;
use adder_compiler::ast::asdl::{BASES, Count, Field, Kind};
use adder_compiler::ast::{FieldValue, Node, Span};
use adder_compiler::code::{Const, Wtf8Buf};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::complex_::Complex;
use adder_vm::builtins::float::Float;
use adder_vm::builtins::int::{BigInt, as_int, to_ibig};
use adder_vm::builtins::list::List;
use adder_vm::builtins::set::{FrozenSet, any_set};
use adder_vm::builtins::singletons::{as_bool, ellipsis};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// The name errors give to a class: that of its sum type for positions, its own otherwise.
fn sum_name(kind: Kind) -> &'static str {
    kind.info().base.unwrap_or(kind.info().name)
}

/// Fields come from the object as far as class `kind` has them.
pub fn node(vm: &Vm, classes: &Classes, obj: Value, kind: Kind) -> PyResult<Node> {
    let info = kind.info();
    if near_limit(vm) {
        return Err(vm.recursion_error(&format!(" while traversing '{}' node", sum_name(kind))));
    }
    let span = if info.located && info.base.is_some() { span(vm, obj, kind)? } else { Span::default() };
    let mut fields = Vec::with_capacity(info.fields.len());
    for (i, field) in info.fields.iter().enumerate() {
        fields.push(field_value(vm, classes, obj, kind, field, classes.field(kind, i))?);
    }
    // Product types have their positions last.
    let span = if info.located && info.base.is_none() { self::span(vm, obj, kind)? } else { span };
    Ok(Node::new(kind, span, fields))
}

fn near_limit(vm: &Vm) -> bool {
    match vm.check_native_stack() {
        Ok(()) => false,
        Err(raised) => {
            let _ = vm.take_exception(raised);
            true
        }
    }
}

fn field_value(
    vm: &Vm,
    classes: &Classes,
    obj: Value,
    kind: Kind,
    field: &Field,
    name: Ref<Str>,
) -> PyResult<FieldValue> {
    let value = vm.get_attr_opt(obj, name)?;
    match field.count {
        Count::Many | Count::ManyOptional => {
            let Some(value) = value else { return Ok(FieldValue::List(Vec::new())) };
            let Some(list) = value.downcast::<List>() else {
                raise!(
                    vm,
                    TypeError,
                    "{} field \"{}\" must be a list, not a {}",
                    kind.info().name,
                    field.name,
                    value.class().name()
                )
            };
            let n = list.len();
            let mut items = Vec::with_capacity(n);
            for i in 0..n {
                let Some(item) = list.try_get(i) else { break };
                items.push(single(vm, classes, item, field)?);
                if list.len() != n {
                    raise!(
                        vm,
                        RuntimeError,
                        "{} field \"{}\" changed size during iteration",
                        kind.info().name,
                        field.name
                    )
                }
            }
            Ok(FieldValue::List(items))
        }
        Count::Optional => match value {
            Some(v) if !v.is_none() => single(vm, classes, v, field),
            // A level that is not there is 0.
            _ if field.ty == "int" => Ok(FieldValue::Int(0)),
            _ => Ok(FieldValue::None),
        },
        Count::One => match value {
            Some(v) => single(vm, classes, v, field),
            None if field.ty == "expr_context" => Ok(Node::unit(Kind::Load)),
            None => {
                let owner = kind.info().name;
                raise!(vm, TypeError, "required field \"{}\" missing from {owner}", field.name)
            }
        },
    }
}

fn single(vm: &Vm, classes: &Classes, value: Value, field: &Field) -> PyResult<FieldValue> {
    match field.ty {
        "identifier" | "string" => {
            if value.is_none() {
                return Ok(FieldValue::None);
            }
            let Some(s) = value.exact::<Str>() else {
                raise!(vm, TypeError, "AST {} must be of type str", field.ty)
            };
            if field.ty == "string" {
                return Ok(FieldValue::Str(wtf8(s)));
            }
            match s.to_utf8() {
                Some(text) => Ok(FieldValue::Identifier(text)),
                None => {
                    vm.call_method(value, vm.intern_str("encode"), &[vm.new_str("utf-8")])?;
                    Err(vm.value_error("identifier cannot be encoded"))
                }
            }
        }
        "int" => Ok(FieldValue::Int(int(vm, value)?)),
        "constant" => Ok(FieldValue::Constant(constant(vm, value)?)),
        ty => {
            if value.is_none() {
                return Ok(FieldValue::None);
            }
            if !BASES.iter().any(|(name, _)| *name == ty) {
                let kind = Kind::from_name(ty).expect("a product type");
                return Ok(node(vm, classes, value, kind)?.into());
            }
            match classes.kind_of(value) {
                Some(kind) if kind.info().base == Some(ty) => Ok(node(vm, classes, value, kind)?.into()),
                _ => {
                    // CPython reads the positions first.
                    if let Some(kind) = Kind::ALL.iter().find(|k| k.info().base == Some(ty))
                        && kind.info().located
                    {
                        span(vm, value, *kind)?;
                    }
                    let shown = vm.repr_string(value)?;
                    raise!(vm, TypeError, "expected some sort of {ty}, but got {shown}")
                }
            }
        }
    }
}

fn int(vm: &Vm, value: Value) -> PyResult<i64> {
    if as_int(value).is_none() {
        let shown = vm.repr_string(value)?;
        raise!(vm, ValueError, "invalid integer value: {shown}")
    }
    match i32::try_from(vm.index_i128(value)?) {
        Ok(i) => Ok(i as i64),
        Err(_) => raise!(vm, OverflowError, "Python int too large to convert to C int"),
    }
}

fn span(vm: &Vm, obj: Value, kind: Kind) -> PyResult<Span> {
    let required = |name: &str| match vm.get_attr_opt(obj, vm.intern_str(name))? {
        Some(v) => Ok(int(vm, v)? as i32),
        None => raise!(vm, TypeError, "required field \"{name}\" missing from {}", sum_name(kind)),
    };
    let optional = |name: &str, default: i32| match vm.get_attr_opt(obj, vm.intern_str(name))? {
        Some(v) if !v.is_none() => Ok(int(vm, v)? as i32),
        _ => Ok(default),
    };
    let (lineno, col_offset) = (required("lineno")?, required("col_offset")?);
    let end_lineno = optional("end_lineno", lineno)?;
    let end_col_offset = optional("end_col_offset", col_offset)?;
    Ok(Span { lineno, col_offset, end_lineno, end_col_offset })
}

pub fn wtf8(s: Ref<Str>) -> Wtf8Buf {
    match s.to_utf8() {
        Some(text) => Wtf8Buf::from(text),
        None => s.chars().filter_map(rustpython_wtf8::CodePoint::from_u32).collect(),
    }
}

/// The value of a `Constant`, whose type must be one that source text can have.
fn constant(vm: &Vm, value: Value) -> PyResult<Const> {
    if value.is_none() {
        return Ok(Const::None);
    }
    if value == ellipsis() {
        return Ok(Const::Ellipsis);
    }
    if let Some(b) = as_bool(value) {
        return Ok(if b { Const::True } else { Const::False });
    }
    if value.is_small() || value.is::<BigInt>() {
        return Ok(match vm.int_to_i64(value) {
            Some(i) => Const::Int(i),
            None => {
                let (sign, magnitude) = to_ibig(value).into_parts();
                let negative = sign == dashu_int::Sign::Negative;
                Const::BigInt { negative, magnitude_le: magnitude.to_le_bytes().to_vec() }
            }
        });
    }
    if value.is::<Float>() {
        return Ok(Const::Float(vm.to_f64(value)?));
    }
    if value.is::<Complex>() {
        let (re, im) = vm.to_complex(value)?.into();
        return Ok(Const::Complex(re, im));
    }
    if let Some(s) = value.exact::<Str>() {
        return Ok(Const::Str(wtf8(s)));
    }
    if let Some(b) = value.exact::<Bytes>() {
        return Ok(Const::Bytes(b.as_bytes().to_vec()));
    }
    if let Some(t) = value.exact::<Tuple>() {
        vm.check_native_stack()?;
        let mut items = Vec::with_capacity(t.len());
        for i in 0..t.len() {
            items.push(constant(vm, t.get(i))?);
        }
        return Ok(Const::Tuple(items));
    }
    if value.is::<FrozenSet>()
        && let Some(set) = any_set(value)
    {
        let mut items = Vec::with_capacity(set.len());
        let mut at = 0;
        while let Some((item, _)) = set.next_entry(&mut at) {
            items.push(constant(vm, item)?);
        }
        return Ok(Const::FrozenSet(items));
    }
    raise!(vm, TypeError, "got an invalid type in Constant: {}", value.class().name())
}
