//! Exception classes with fields of their own: the small ones. `OSError`, `ImportError`, `SyntaxError`
//! and the Unicode errors are in files of their own.

use super::{BaseException, Exc};
use crate::args::Args;
use crate::builtins::dict::Dict;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::{PyResult, Raised};
use crate::object::{Field, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_macros::{pyclass, pymethods};

/// The class of an exception that has its own struct.
pub fn ready(vm: &Vm, exc: Exc) -> Option<Ref<Type>> {
    use crate::type_new::ready_class;
    Some(match exc {
        Exc::StopIteration => ready_class::<StopIteration>(vm),
        Exc::SystemExit => ready_class::<SystemExit>(vm),
        Exc::NameError => ready_class::<NameError>(vm),
        Exc::AttributeError => ready_class::<AttributeError>(vm),
        Exc::KeyError => ready_class::<KeyError>(vm),
        Exc::BaseExceptionGroup => ready_class::<super::groups::BaseExceptionGroup>(vm),
        Exc::OSError => ready_class::<super::os_error::OSError>(vm),
        Exc::ImportError => ready_class::<super::import_error::ImportError>(vm),
        Exc::SyntaxError => ready_class::<super::syntax_error::SyntaxError>(vm),
        Exc::UnicodeEncodeError => ready_class::<super::unicode_error::UnicodeEncodeError>(vm),
        Exc::UnicodeDecodeError => ready_class::<super::unicode_error::UnicodeDecodeError>(vm),
        Exc::UnicodeTranslateError => ready_class::<super::unicode_error::UnicodeTranslateError>(vm),
        _ => return None,
    })
}

macro_rules! with_fields {
    ($t:ident, $name:literal, $base:ident, $doc:literal, { $($field:ident),* }) => {
        #[doc = $doc]
        #[pyclass(name = $name, base = $base, flags = def::BASE)]
        #[repr(C)]
        pub struct $t {
            base: BaseException,
            $(pub $field: Field<Value>,)*
        }

        impl $t {
            fn blank(args: Ref<Tuple>) -> $t {
                $t { base: BaseException::blank(args), $($field: Field::new(none()),)* }
            }
        }
    };
}

with_fields!(
    StopIteration,
    "StopIteration",
    BaseExceptionAsException,
    "Signal the end from iterator.__next__().",
    { value }
);
with_fields!(SystemExit, "SystemExit", BaseException, "Request to exit from the interpreter.", { code });
with_fields!(NameError, "NameError", BaseExceptionAsException, "Name not found globally.", { name });
with_fields!(AttributeError, "AttributeError", BaseExceptionAsException, "Attribute not found.", { name, obj });
with_fields!(KeyError, "KeyError", LookupErrorClass, "Mapping key not found.", {});

macro_rules! class_handle {
    ($t:ident, $exc:ident) => {
        /// Names a class that has no struct of its own as a base.
        pub struct $t;
        impl $t {
            /// The cell of the class.
            pub fn cell() -> &'static crate::object::ClassCell {
                static CELL: crate::object::ClassCell = crate::object::ClassCell::new();
                if CELL.try_get().is_none() {
                    CELL.set(Exc::$exc.class());
                }
                &CELL
            }
        }
    };
}
class_handle!(BaseExceptionAsException, Exception);
class_handle!(LookupErrorClass, LookupError);
class_handle!(UnicodeErrorClass, UnicodeError);

/// The `args` of an exception that is being initialised.
pub fn set_args(vm: &Vm, this: Value, args: &[Value]) {
    // SAFETY: called from slots of exceptions only.
    let base: Ref<BaseException> = unsafe { this.cast() };
    base.args.set(base, Tuple::from_slice(vm, args));
}

/// `__reduce__` with other arguments or state than the usual.
pub fn reduce(vm: &Vm, this: Value, args: Ref<Tuple>, state: Option<Ref<Dict>>) -> Value {
    let class = this.class().value();
    match state {
        Some(state) => Tuple::from_slice(vm, &[class, args.value(), state.value()]).value(),
        None => Tuple::from_slice(vm, &[class, args.value()]).value(),
    }
}

/// A copy of the instance's attributes, None if it has none.
pub fn attributes(vm: &Vm, this: Value) -> Option<Ref<Dict>> {
    let state = Dict::new(vm);
    vm.instance_items(this, &mut |k, v| {
        if let Some(k) = k.downcast::<Str>() {
            state.set_name(k, v);
        }
    });
    if state.len() > 0 { Some(state) } else { None }
}

/// Getters and setters of fields that hold any object; an unset one reads as None.
macro_rules! object_fields {
    ($t:ident { $($get:ident $set:ident $name:tt,)* } $($rest:tt)*) => {
        #[pymethods]
        impl $t {
            $(
                #[getter(name = $name)]
                fn $get(_vm: &Vm, this: Ref<$t>) -> Value {
                    this.$get.get().unwrap_or(none())
                }

                #[setter(name = $name)]
                fn $set(_vm: &Vm, this: Ref<$t>, value: Option<Value>) -> PyResult<()> {
                    this.$get.set(this, value);
                    Ok(())
                }
            )*
            $($rest)*
        }
    };
}
pub(super) use object_fields;

pub fn parts(vm: &Vm, class: &str, args: Args, names: &[&str]) -> PyResult<()> {
    for (name, _) in args.keywords() {
        if !names.iter().any(|n| name.eq_str(n)) {
            raise!(vm, TypeError, "{class}() got an unexpected keyword argument '{name}'")
        }
    }
    Ok(())
}

#[pymethods]
impl StopIteration {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let tuple = Tuple::from_slice(vm, args.pos());
        Ok(vm.new_instance(class, StopIteration::blank(tuple))?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        parts(vm, "StopIteration", args, &[])?;
        // SAFETY: installed as a slot of StopIteration only.
        let e: Ref<StopIteration> = unsafe { this.cast() };
        let base: Ref<BaseException> = unsafe { this.cast() };
        base.args.set(base, Tuple::from_slice(vm, args.pos()));
        e.value.set(e, args.pos().first().copied().unwrap_or(none()));
        Ok(())
    }

    #[getter]
    fn value(_vm: &Vm, this: Ref<StopIteration>) -> Value {
        this.value.get()
    }

    #[setter(name = "value")]
    fn set_value(_vm: &Vm, this: Ref<StopIteration>, value: Option<Value>) -> PyResult<()> {
        this.value.set(this, value.unwrap_or(none()));
        Ok(())
    }
}

#[pymethods]
impl SystemExit {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let tuple = Tuple::from_slice(vm, args.pos());
        Ok(vm.new_instance(class, SystemExit::blank(tuple))?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        // SAFETY: installed as a slot of SystemExit only.
        let e: Ref<SystemExit> = unsafe { this.cast() };
        let base: Ref<BaseException> = unsafe { this.cast() };
        let tuple = Tuple::from_slice(vm, args.pos());
        base.args.set(base, tuple);
        let code = match tuple.items() {
            [] => none(),
            [one] => *one,
            _ => tuple.value(),
        };
        e.code.set(e, code);
        Ok(())
    }

    #[getter]
    fn code(_vm: &Vm, this: Ref<SystemExit>) -> Value {
        this.code.get()
    }

    #[setter(name = "code")]
    fn set_code(_vm: &Vm, this: Ref<SystemExit>, value: Option<Value>) -> PyResult<()> {
        this.code.set(this, value.unwrap_or(none()));
        Ok(())
    }
}

#[pymethods]
impl NameError {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let tuple = Tuple::from_slice(vm, args.pos());
        Ok(vm.new_instance(class, NameError::blank(tuple))?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        parts(vm, "NameError", args, &["name"])?;
        // SAFETY: installed as a slot of NameError only.
        let e: Ref<NameError> = unsafe { this.cast() };
        let base: Ref<BaseException> = unsafe { this.cast() };
        base.args.set(base, Tuple::from_slice(vm, args.pos()));
        e.name.set(e, args.keyword("name").unwrap_or(none()));
        Ok(())
    }

    #[getter]
    fn name(_vm: &Vm, this: Ref<NameError>) -> Value {
        this.name.get()
    }

    #[setter(name = "name")]
    fn set_name(_vm: &Vm, this: Ref<NameError>, value: Option<Value>) -> PyResult<()> {
        this.name.set(this, value.unwrap_or(none()));
        Ok(())
    }
}

#[pymethods]
impl AttributeError {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let tuple = Tuple::from_slice(vm, args.pos());
        Ok(vm.new_instance(class, AttributeError::blank(tuple))?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        parts(vm, "AttributeError", args, &["name", "obj"])?;
        // SAFETY: installed as a slot of AttributeError only.
        let e: Ref<AttributeError> = unsafe { this.cast() };
        let base: Ref<BaseException> = unsafe { this.cast() };
        base.args.set(base, Tuple::from_slice(vm, args.pos()));
        e.name.set(e, args.keyword("name").unwrap_or(none()));
        e.obj.set(e, args.keyword("obj").unwrap_or(none()));
        Ok(())
    }

    #[getter]
    fn name(_vm: &Vm, this: Ref<AttributeError>) -> Value {
        this.name.get()
    }

    #[setter(name = "name")]
    fn set_name(_vm: &Vm, this: Ref<AttributeError>, value: Option<Value>) -> PyResult<()> {
        this.name.set(this, value.unwrap_or(none()));
        Ok(())
    }

    #[getter]
    fn obj(_vm: &Vm, this: Ref<AttributeError>) -> Value {
        this.obj.get()
    }

    #[setter(name = "obj")]
    fn set_obj(_vm: &Vm, this: Ref<AttributeError>, value: Option<Value>) -> PyResult<()> {
        this.obj.set(this, value.unwrap_or(none()));
        Ok(())
    }
}

#[pymethods]
impl KeyError {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let tuple = Tuple::from_slice(vm, args.pos());
        Ok(vm.new_instance(class, KeyError::blank(tuple))?.value())
    }

    /// A single key is shown as its repr, so that `KeyError('')` is not invisible.
    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of KeyError only.
        let base: Ref<BaseException> = unsafe { this.cast() };
        let args = base.args.get();
        Ok(match args.items() {
            [] => vm.new_str(""),
            [one] => vm.repr(*one)?,
            _ => vm.str(args.value())?.value(),
        })
    }
}

/// Fills `name` and `obj` of the exception just raised, if it has them.
pub fn set_name_and_object(vm: &Vm, raised: Raised, name: Ref<Str>, obj: Option<Value>) -> Raised {
    let exc = vm.take_exception(raised);
    if let Some(e) = exc.value().downcast::<AttributeError>() {
        e.name.set(e, name.value());
        e.obj.set(e, obj.unwrap_or(none()));
    } else if let Some(e) = exc.value().downcast::<NameError>() {
        e.name.set(e, name.value());
    }
    vm.restore(exc)
}
