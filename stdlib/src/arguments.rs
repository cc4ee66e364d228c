//! Arguments of constructors: the slot `tp_new` gets them unbound.

use adder_vm::args::{Args, Params};
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::Object;
use adder_vm::object::{Ref, Value};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// A signature whose first `positional` names may be given by position, the first `pos_only` of them
/// only so, and whose first `required` have no default.
pub const fn params(
    function: &'static str,
    names: &'static [&'static str],
    pos_only: usize,
    positional: usize,
    required: usize,
) -> Params {
    Params {
        owner: "",
        function,
        names,
        pos_only,
        positional,
        required,
        kw_only: names.len() - positional,
        kw_required: 0,
        varargs: false,
        varkw: false,
    }
}

/// Binds to N parameters.
pub fn bind<const N: usize>(vm: &Vm, params: &Params, args: Args) -> PyResult<[Option<Value>; N]> {
    let mut bound = [None; N];
    params.bind(vm, args, &mut bound)?;
    Ok(bound)
}

/// Exactly N positional arguments and no keywords (`PyArg_UnpackTuple` behind `_PyArg_NoKeywords`).
pub fn exactly<T: Object, const N: usize>(
    vm: &Vm,
    class: Ref<Type>,
    name: &str,
    args: Args,
) -> PyResult<[Value; N]> {
    adder_vm::builtins::enumerate::no_keywords::<T>(vm, class, args)?;
    match <[Value; N]>::try_from(args.pos()) {
        Ok(a) => Ok(a),
        Err(_) => {
            let s = if N == 1 { "" } else { "s" };
            raise!(vm, TypeError, "{name} expected {N} argument{s}, got {}", args.pos().len())
        }
    }
}
