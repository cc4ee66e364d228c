//! `bool`: two static structs, which are in `object.rs`.

use adder_macros::capi;
use adder_vm::builtins::singletons;
use adder_vm::object::Value;
use adder_vm::vm::Vm;
use std::ffi::c_long;

#[capi]
pub fn PyBool_FromLong(_vm: &Vm, n: c_long) -> Value {
    singletons::bool_value(n != 0)
}
