//! From the compiler's plain trees to node objects.

use super::Classes;
use super::node::Ast;
use adder_compiler::ast::asdl::ATTRIBUTES;
use adder_compiler::ast::{FieldValue, Node};
use adder_vm::builtins::code::constant;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;

pub fn node(vm: &Vm, classes: &Classes, n: &Node) -> PyResult<Value> {
    let unit = classes.unit(n.kind);
    if !unit.is_none() {
        return Ok(unit);
    }
    vm.check_native_stack()?;
    let obj = Ast::blank(vm, classes.class(n.kind))?;
    for (i, value) in n.fields.iter().enumerate() {
        let value = field(vm, classes, value)?;
        vm.generic_setattr(obj, classes.field(n.kind, i), Some(value))?;
    }
    if n.kind.info().located {
        let s = &n.span;
        let all = [s.lineno, s.col_offset, s.end_lineno, s.end_col_offset];
        for (name, number) in ATTRIBUTES.iter().zip(all) {
            vm.generic_setattr(obj, vm.intern_str(name), Some(vm.int(number as i64)))?;
        }
    }
    Ok(obj)
}

fn field(vm: &Vm, classes: &Classes, value: &FieldValue) -> PyResult<Value> {
    Ok(match value {
        FieldValue::None | FieldValue::Missing => none(),
        FieldValue::Node(n) => node(vm, classes, n)?,
        FieldValue::List(items) => {
            let list = List::with_capacity(vm, items.len());
            for item in items {
                list.push(vm, field(vm, classes, item)?);
            }
            list.value()
        }
        FieldValue::Identifier(name) => vm.intern_str(name).value(),
        FieldValue::Int(i) => vm.int(*i),
        FieldValue::Str(s) => vm.str_from_wtf8(s)?.value(),
        FieldValue::Constant(c) => constant(vm, c, vm.intern_str(""))?,
    })
}
