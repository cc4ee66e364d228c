//! The native modules and the embedded pure-Python library.

mod _functools;
mod _operator;
mod arguments;
mod functools_cache;
mod functools_partial;
mod itertools;
mod libm;
mod math;
mod math_float;
mod math_int;
mod operator_getters;

use adder_vm::def::ModuleDef;

/// The native modules of this crate.
pub static MODULES: &[&ModuleDef] =
    &[&_functools::_functools::DEF, &_operator::_operator::DEF, &itertools::itertools::DEF, &math::math::DEF];
