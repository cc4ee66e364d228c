//! `typing.TypeAliasType`: what `type X = ...` makes. The value is computed when first asked for.

use crate::args::{Args, Params};
use crate::builtins::function::Function;
use crate::builtins::generic_alias::GenericAlias;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::builtins::typevar;
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};

/// Type alias.
///
/// Type aliases are created through the type statement::
///
///     type Alias = int
#[pyclass(name = "TypeAliasType", module = "typing", flags = def::IMMUTABLE)]
#[repr(C)]
pub struct TypeAlias {
    h: LongHeader,
    name: Field<Ref<Str>>,
    type_params: Field<Option<Ref<Tuple>>>,
    compute_value: Field<Option<Value>>,
    value: Field<Option<Value>>,
    module: Field<Option<Value>>,
}

pub fn is_type_alias(v: Value) -> bool {
    v.is::<TypeAlias>()
}

/// The intrinsic of `type X[params] = ...`: `(name, params or None, function)`.
pub fn type_alias(vm: &Vm, parts: Value) -> PyResult<Value> {
    let Some([name, params, compute]) =
        parts.downcast::<Tuple>().and_then(|t| <[Value; 3]>::try_from(t.items()).ok())
    else {
        return Err(vm.system_error("a type alias needs three parts"));
    };
    let name = name.downcast::<Str>().expect("the compiler passes a name");
    let params = params.downcast::<Tuple>();
    Ok(heap::new(
        TypeAlias::shape(),
        TypeAlias {
            h: LongHeader::new(),
            name: Field::new(name),
            type_params: Field::new(params),
            compute_value: Field::new(Some(compute)),
            value: Field::new(None),
            module: Field::new(None),
        },
    )
    .value())
}

fn me(v: Value) -> Ref<TypeAlias> {
    // SAFETY: used in slots of TypeAliasType only.
    unsafe { v.cast() }
}

fn check_params(vm: &Vm, params: Ref<Tuple>) -> PyResult<()> {
    let mut default_seen = false;
    for p in params.items() {
        match typevar::parameter_default(*p) {
            None => raise!(vm, TypeError, "Expected a type param, got {}", vm.repr_string(*p)?),
            Some(true) => default_seen = true,
            Some(false) if default_seen => {
                raise!(
                    vm,
                    TypeError,
                    "non-default type parameter '{}' follows default type parameter",
                    vm.repr_string(*p)?
                )
            }
            Some(false) => {}
        }
    }
    Ok(())
}

#[pymethods]
impl TypeAlias {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = Params {
            owner: "",
            function: "typealias",
            names: &["name", "value", "type_params"],
            pos_only: 0,
            positional: 2,
            required: 2,
            kw_only: 1,
            kw_required: 0,
            varargs: false,
            varkw: false,
        };
        let mut bound = [None; 3];
        PARAMS.bind(vm, args, &mut bound)?;
        let name = bound[0].expect("required");
        let Some(name) = name.downcast::<Str>() else {
            raise!(vm, TypeError, "typealias() argument 'name' must be str, not {}", name.class().name())
        };
        let params = match bound[2] {
            None => None,
            Some(p) => match p.downcast::<Tuple>() {
                Some(t) => Some(t),
                None => return Err(vm.type_error("type_params must be a tuple")),
            },
        };
        if let Some(p) = params {
            check_params(vm, p)?;
        }
        let module = vm.current_globals().and_then(|g| g.get_name_quiet(names().__name__));
        Ok(heap::new(
            TypeAlias::shape(),
            TypeAlias {
                h: LongHeader::new(),
                name: Field::new(name),
                type_params: Field::new(params.filter(|p| !p.is_empty())),
                compute_value: Field::new(None),
                value: Field::new(bound[1]),
                module: Field::new(module),
            },
        )
        .value())
    }

    #[slot(tp_repr)]
    fn repr(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(me(this).name.get().value())
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, item: Value) -> PyResult<Value> {
        if me(this).type_params.get().is_none() {
            return Err(vm.type_error("Only generic type aliases are subscriptable"));
        }
        Ok(GenericAlias::new(vm, this, item).value())
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        let one = Tuple::from_slice(vm, &[typevar::unpacked(vm, this)?]);
        vm.iter(one.value())
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        crate::builtins::union_::or(vm, a, b)
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<TypeAlias>) -> Ref<Str> {
        this.name.get()
    }

    #[getter]
    fn __value__(vm: &Vm, this: Ref<TypeAlias>) -> PyResult<Value> {
        if let Some(v) = this.value.get() {
            return Ok(v);
        }
        let f = this.compute_value.get().expect("an alias has a value or a function");
        let v = vm.call(f, &[vm.int(1)])?;
        this.value.set(this, Some(v));
        Ok(v)
    }

    #[getter]
    fn evaluate_value(_vm: &Vm, this: Ref<TypeAlias>) -> Value {
        match (this.compute_value.get(), this.value.get()) {
            (Some(f), _) => f,
            (None, Some(v)) => typevar::const_evaluator(v),
            (None, None) => none(),
        }
    }

    #[getter]
    fn __type_params__(_vm: &Vm, this: Ref<TypeAlias>) -> Ref<Tuple> {
        this.type_params.get().unwrap_or(Tuple::empty())
    }

    #[getter]
    fn __parameters__(vm: &Vm, this: Ref<TypeAlias>) -> PyResult<Ref<Tuple>> {
        match this.type_params.get() {
            Some(p) => typevar::unpack_typevartuples(vm, p),
            None => Ok(Tuple::empty()),
        }
    }

    #[getter]
    fn __module__(_vm: &Vm, this: Ref<TypeAlias>) -> Value {
        match (this.module.get(), this.compute_value.get().and_then(|f| f.downcast::<Function>())) {
            (Some(m), _) => m,
            (None, Some(f)) => f.module.get(),
            (None, None) => none(),
        }
    }

    #[pymethod("($self, /)")]
    fn __reduce__(_vm: &Vm, this: Ref<TypeAlias>) -> Ref<Str> {
        this.name.get()
    }
}
