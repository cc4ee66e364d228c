//! `ImportError`, which `ModuleNotFoundError` extends.

use super::BaseException;
use super::fields::{self, BaseExceptionAsException, object_fields};
use crate::args::Args;
use crate::builtins::dict::Dict;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::object::{Field, Ref, Value, ValueExt};
use crate::vm::Vm;
use adder_macros::{pyclass, pymethods};

/// Import can't find module, or can't find name in module.
#[pyclass(name = "ImportError", base = BaseExceptionAsException, flags = def::BASE)]
#[repr(C)]
pub struct ImportError {
    base: BaseException,
    pub msg: Field<Option<Value>>,
    pub name: Field<Option<Value>>,
    pub path: Field<Option<Value>>,
    pub name_from: Field<Option<Value>>,
}

object_fields! {
    ImportError {
        msg set_msg "msg",
        name set_name "name",
        path set_path "path",
        name_from set_name_from "name_from",
    }

    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let tuple = Tuple::from_slice(vm, args.pos());
        let blank = ImportError {
            base: BaseException::blank(tuple),
            msg: Field::new(None),
            name: Field::new(None),
            path: Field::new(None),
            name_from: Field::new(None),
        };
        Ok(vm.new_instance(class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        fields::parts(vm, "ImportError", args, &["name", "path", "name_from"])?;
        fields::set_args(vm, this, args.pos());
        // SAFETY: installed as a slot of ImportError only.
        let e: Ref<ImportError> = unsafe { this.cast() };
        e.name.set(e, args.keyword("name"));
        e.path.set(e, args.keyword("path"));
        e.name_from.set(e, args.keyword("name_from"));
        e.msg.set(e, if args.pos().len() == 1 { Some(args.pos()[0]) } else { None });
        Ok(())
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of ImportError only.
        let e: Ref<ImportError> = unsafe { this.cast() };
        match e.msg.get() {
            Some(m) if m.is::<Str>() => Ok(m),
            _ => super::base_str(vm, this),
        }
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<ImportError>) -> PyResult<Value> {
        // SAFETY: an ImportError is a BaseException.
        let base: Ref<BaseException> = unsafe { this.value().cast() };
        let mut state = fields::attributes(vm, this.value());
        let extra = [("name", &this.name), ("path", &this.path), ("name_from", &this.name_from)];
        for (key, field) in extra {
            if let Some(v) = field.get() {
                let d = *state.get_or_insert_with(|| Dict::new(vm));
                d.set_str(vm, key, v);
            }
        }
        Ok(fields::reduce(vm, this.value(), base.args.get(), state))
    }
}
