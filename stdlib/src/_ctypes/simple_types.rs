//! `PyCSimpleType`: types of one type code, their other byte order, and what they accept as arguments.

use super::array::has_items_of;
use super::carg::CArg;
use super::cdata::{as_cdata, info_of_instance};
use super::codes;
use super::info::{HAS_POINTER, IS_POINTER, Kind, StgInfo, concrete, info_of_class, name};
use super::simple::SimpleCData;
use super::types::{PyCSimpleType, as_parameter, class_attribute};
use crate::arguments::params;
use adder_vm::args::{Args, Params};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::descr;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::def::{MethodDef, MethodKind};
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new;
use adder_vm::vm::Vm;

/// `PyCSimpleType.__init__`
pub fn init_type(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<()> {
    let Some(proto) = class_attribute(vm, class, "_type_")? else {
        raise!(vm, AttributeError, "class must define a '_type_' attribute")
    };
    let Some(text) = proto.downcast::<Str>() else {
        return Err(vm.type_error("class must define a '_type_' string attribute"));
    };
    if text.len() != 1 {
        return Err(
            vm.value_error("class must define a '_type_' attribute which must be a string of length 1")
        );
    }
    let code = u8::try_from(text.char_at(0))
        .ok()
        .filter(|c| b"sU".contains(c) || codes::LETTERS.as_bytes().contains(c));
    let Some(code) = code.and_then(codes::find) else {
        raise!(
            vm,
            AttributeError,
            "class must define a '_type_' attribute which must be\na single character string containing one of \
             the\nsupported types: '{}'.",
            codes::LETTERS
        )
    };
    if info_of_class(class).is_some() {
        raise!(vm, SystemError, "StgInfo of '{}' is already initialized.", class.name())
    }
    // A type of its own, of no metaclass below ours, gets its other byte order.
    let swapped = match class.value().class() == PyCSimpleType::class() && code.swaps {
        true => Some(swapped_type(vm, class, code, proto, args)?),
        false => None,
    };
    let info = StgInfo::make(vm, class, Kind::Simple)?;
    info.set_code(code, false);
    info.proto.set(info, Some(proto));
    let is_direct = class.base.get() == Some(SimpleCData::class());
    if is_direct {
        let def: Option<&'static MethodDef> = match code.letter {
            b'z' => Some(&CHAR_P),
            b'Z' => Some(&WCHAR_P),
            b'P' => Some(&VOID_P),
            _ => None,
        };
        if let Some(def) = def {
            info.add_flags(IS_POINTER);
            class.dict.get().set_name(name(vm, "from_param"), descr::classmethod_descriptor(vm, class, def));
            class.modified();
        } else if code.letter == b'O' {
            info.add_flags(HAS_POINTER);
        }
    } else if let Some(base) = class.base.get().and_then(info_of_class) {
        info.add_flags(base.flags.get() & (IS_POINTER | HAS_POINTER));
    }
    if let Some(swapped) = swapped {
        for (what, t) in [("__ctype_be__", swapped), ("__ctype_le__", class)] {
            vm.set_attr(class.value(), name(vm, what), t.value())?;
            vm.set_attr(swapped.value(), name(vm, what), t.value())?;
        }
    }
    Ok(())
}

/// The same type with its bytes in the other order (`CreateSwappedType`). It is not initialised as other
/// types are, so that it does not get one in turn.
fn swapped_type(
    vm: &Vm,
    class: Ref<Type>,
    code: &'static codes::Code,
    proto: Value,
    args: Args,
) -> PyResult<Ref<Type>> {
    let [_, bases, namespace] = *args.pos() else {
        raise!(vm, TypeError, "type.__new__() takes exactly 3 arguments ({} given)", args.pos().len())
    };
    let text = vm.new_str(&format!("{}_be", class.name.get()));
    let args = [text, bases, namespace];
    let made = type_new::type_new(vm, class.value().class(), Args::positional(&args))?;
    let Some(swapped) = made.downcast::<Type>() else {
        return Err(vm.type_error("type() returned no type"));
    };
    let info = StgInfo::make(vm, swapped, Kind::Simple)?;
    info.set_code(code, true);
    info.proto.set(info, Some(proto));
    Ok(swapped)
}

/// `from_param` of simple types: an instance, or what its value may be.
pub fn from_param(vm: &Vm, class: Ref<Type>, value: Value) -> PyResult<Value> {
    simple_from_param(vm, class, value, 0)
}

fn simple_from_param(vm: &Vm, class: Ref<Type>, value: Value, depth: usize) -> PyResult<Value> {
    if vm.isinstance(value, class.value())? {
        return Ok(value);
    }
    let info = concrete(vm, class)?;
    let raised = match CArg::simple(vm, info.code.get(), info.swapped.get(), value) {
        Ok(arg) => return Ok(arg.value()),
        Err(raised) => vm.take_exception(raised),
    };
    match as_parameter(vm, value, depth)? {
        Some(other) => simple_from_param(vm, class, other, depth + 1),
        None => Err(vm.restore(raised)),
    }
}

// ---- pointers as arguments ----------------------------------------------------------------------

const FROM_PARAM: Params = params("from_param", &["value"], 1, 1, 1);

type Convert = fn(&Vm, Ref<Type>, Value) -> PyResult<Option<Value>>;

/// `from_param` of a pointer type: None, instances, what `convert` takes, `_as_parameter_`.
fn pointer_param(vm: &Vm, args: Args, convert: Convert) -> PyResult<Value> {
    let (class, rest) = args.split_receiver(vm, &FROM_PARAM)?;
    let mut bound = [None];
    FROM_PARAM.bind(vm, rest, &mut bound)?;
    let value = bound[0].expect("a required argument is bound");
    let Some(class) = class.downcast::<Type>() else {
        return Err(vm.type_error("descriptor 'from_param' needs a type"));
    };
    convert_pointer(vm, class, value, convert, 0)
}

fn convert_pointer(
    vm: &Vm,
    class: Ref<Type>,
    value: Value,
    convert: Convert,
    depth: usize,
) -> PyResult<Value> {
    if value.is_none() || vm.isinstance(value, class.value())? {
        return Ok(value);
    }
    if let Some(v) = convert(vm, class, value)? {
        return Ok(v);
    }
    if let Some(other) = as_parameter(vm, value, depth)? {
        return convert_pointer(vm, class, other, convert, depth + 1);
    }
    raise!(
        vm,
        TypeError,
        "'{}' object cannot be interpreted as {}",
        value.class().full_name(vm),
        class.full_name(vm)
    )
}

/// Whether the value is what `byref` makes of an instance of a type with this code.
fn is_reference_to(value: Value, code: u8) -> bool {
    value
        .exact::<CArg>()
        .filter(|a| a.tag.get() == b'P')
        .and_then(|a| a.object.get())
        .and_then(info_of_instance)
        .is_some_and(|i| i.has_code(&[code]))
}

fn char_p(vm: &Vm, _: Ref<Type>, value: Value) -> PyResult<Option<Value>> {
    if value.downcast::<Bytes>().is_some() {
        return Ok(Some(CArg::simple(vm, b'z', false, value)?.value()));
    }
    Ok((has_items_of(value, b'c') || is_reference_to(value, b'c')).then_some(value))
}

fn wchar_p(vm: &Vm, _: Ref<Type>, value: Value) -> PyResult<Option<Value>> {
    if value.downcast::<Str>().is_some() {
        return Ok(Some(CArg::simple(vm, b'Z', false, value)?.value()));
    }
    Ok((has_items_of(value, b'u') || is_reference_to(value, b'u')).then_some(value))
}

fn void_p(vm: &Vm, _: Ref<Type>, value: Value) -> PyResult<Option<Value>> {
    let code = if as_int(value).is_some() {
        b'P'
    } else if value.downcast::<Bytes>().is_some() {
        b'z'
    } else if value.downcast::<Str>().is_some() {
        b'Z'
    } else {
        0
    };
    if code != 0 {
        return Ok(Some(CArg::simple(vm, code, false, value)?.value()));
    }
    if let Some(arg) = value.exact::<CArg>() {
        return Ok((arg.tag.get() == b'P').then_some(value));
    }
    let (Some(data), Some(info)) = (as_cdata(value), info_of_instance(value)) else { return Ok(None) };
    Ok(match info.kind.get() {
        Kind::Array | Kind::Pointer => Some(value),
        Kind::Function => Some(CArg::pointer(data.pointer(), Some(value)).value()),
        Kind::Simple if info.has_code(b"zZ") => {
            let arg = CArg::pointer(data.pointer(), Some(value));
            arg.tag.set(b'Z');
            Some(arg.value())
        }
        _ => None,
    })
}

macro_rules! from_param_of {
    ($name:ident, $convert:path) => {
        static $name: MethodDef = MethodDef {
            name: "from_param",
            kind: MethodKind::Class,
            func: |vm, _, args| pointer_param(vm, args, $convert),
            params: &FROM_PARAM,
            text_signature: "($type, value, /)",
            doc: "Convert a Python object into a function call parameter.",
            direct: None,
        };
    };
}

from_param_of!(CHAR_P, char_p);
from_param_of!(WCHAR_P, wchar_p);
from_param_of!(VOID_P, void_p);
