//! Type parameters: `TypeVar`, `ParamSpec`, `TypeVarTuple`, their defaults, and `typing.Generic`
//! (CPython's typevarobject.c). Bounds and defaults of the syntax `[T: bound = default]` are functions,
//! called when first asked for. Type aliases are in `type_alias.rs`.

use crate::args::{Args, Params};
use crate::builtins::dict::Dict;
use crate::builtins::generic_alias;
use crate::builtins::list::List;
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
pub use crate::builtins::type_alias::{is_type_alias, type_alias};
use crate::builtins::union_::{self, typing_function};
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::StaticRoot;
use adder_macros::{pyclass, pymethods};
use adder_text::builder::Builder;
use std::cell::Cell;

/// The type of the NoDefault singleton.
#[pyclass(name = "NoDefaultType", module = "typing")]
#[repr(C)]
pub struct NoDefaultType {
    h: LongHeader,
}

static NO_DEFAULT: StaticRoot = StaticRoot::new();

/// `typing.NoDefault`
pub fn no_default() -> Value {
    match NO_DEFAULT.get() {
        Some(v) => v,
        None => {
            let v = heap::new(NoDefaultType::shape(), NoDefaultType { h: LongHeader::new() }).value();
            NO_DEFAULT.set(Some(v));
            v
        }
    }
}

#[pymethods]
impl NoDefaultType {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        if !args.all().is_empty() {
            return Err(vm.type_error("NoDefaultType takes no arguments"));
        }
        Ok(no_default())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, _this: Value) -> PyResult<Value> {
        Ok(vm.new_str("typing.NoDefault"))
    }

    #[pymethod("($self, /)")]
    fn __reduce__(_vm: &Vm, _this: Value) -> &'static str {
        "NoDefault"
    }
}

/// A function that gives a constant: what `evaluate_bound` is for a bound that was passed as a value.
#[pyclass(name = "_ConstEvaluator", module = "typing")]
#[repr(C)]
pub struct ConstEvaluator {
    h: LongHeader,
    value: Field<Value>,
}

pub fn const_evaluator(value: Value) -> Value {
    heap::new(ConstEvaluator::shape(), ConstEvaluator { h: LongHeader::new(), value: Field::new(value) })
        .value()
}

#[pymethods]
impl ConstEvaluator {
    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let value = unsafe { this.cast::<ConstEvaluator>() }.value.get();
        let [format] = *args.pos() else {
            raise!(
                vm,
                TypeError,
                "_ConstEvaluator.__call__() takes exactly 1 argument ({} given)",
                args.pos().len()
            )
        };
        const STRING: isize = 4;
        if vm.index_isize(format)? != STRING {
            return Ok(value);
        }
        let mut out = Builder::new();
        match value.downcast::<Tuple>() {
            Some(t) => {
                out.push_str("(");
                for (i, v) in t.items().iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    generic_alias::push_type_repr(vm, &mut out, *v)?;
                }
                out.push_str(")");
            }
            None => generic_alias::push_type_repr(vm, &mut out, value)?,
        }
        vm.new_str_owned(out.finish())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let value = unsafe { this.cast::<ConstEvaluator>() }.value.get();
        Ok(vm.new_str(&format!("<constevaluator {}>", vm.repr_string(value)?)))
    }
}

/// A value that a function computes when it is first needed.
#[repr(C)]
struct Lazy;

impl Lazy {
    fn value(
        vm: &Vm,
        owner: Value,
        value: &Field<Option<Value>>,
        evaluate: &Field<Option<Value>>,
        absent: Value,
    ) -> PyResult<Value> {
        if let Some(v) = value.get() {
            return Ok(v);
        }
        let Some(f) = evaluate.get() else { return Ok(absent) };
        let v = vm.call(f, &[vm.int(1)])?;
        value.set(owner, Some(v));
        Ok(v)
    }

    fn evaluator(value: &Field<Option<Value>>, evaluate: &Field<Option<Value>>) -> Value {
        match (evaluate.get(), value.get()) {
            (Some(f), _) => f,
            (None, Some(v)) => const_evaluator(v),
            (None, None) => none(),
        }
    }
}

/// What is common to the three kinds of type parameters.
#[derive(Clone, Copy, Default)]
struct Variance {
    covariant: bool,
    contravariant: bool,
    infer: bool,
}

impl Variance {
    fn parse(vm: &Vm, values: &[Option<Value>]) -> PyResult<Variance> {
        let flag = |v: Option<Value>| v.map_or(Ok(false), |v| vm.truth(v));
        let v = Variance {
            covariant: flag(values[0])?,
            contravariant: flag(values[1])?,
            infer: flag(values[2])?,
        };
        if v.covariant && v.contravariant {
            return Err(vm.value_error("Bivariant types are not supported."));
        }
        if v.infer && (v.covariant || v.contravariant) {
            return Err(vm.value_error("Variance cannot be specified with infer_variance."));
        }
        Ok(v)
    }

    fn prefix(self) -> &'static str {
        match self {
            Variance { infer: true, .. } => "",
            Variance { covariant: true, .. } => "+",
            Variance { contravariant: true, .. } => "-",
            _ => "~",
        }
    }
}

/// Sets `__module__` to the caller's module.
pub fn set_module(vm: &Vm, obj: Value) -> PyResult<()> {
    if let Some(module) = vm.current_globals().and_then(|g| g.get_name_quiet(names().__name__)) {
        vm.set_attr(obj, names().__module__, module)?;
    }
    Ok(())
}

fn check_type(vm: &Vm, v: Value, message: &str) -> PyResult<Value> {
    if v.is_none() {
        return Ok(v.class().value());
    }
    let check = typing_function(vm, "_type_check")?;
    let message = vm.new_str(message);
    vm.call(check, &[v, message])
}

fn check_name(vm: &Vm, name: Value, function: &str) -> PyResult<Ref<Str>> {
    match name.downcast::<Str>() {
        Some(s) => Ok(s),
        None => {
            raise!(vm, TypeError, "{function}() argument 'name' must be str, not {}", name.class().name())
        }
    }
}

fn union_with(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let members = Tuple::from_slice(vm, &[a, b]);
    vm.get_item(union_::Union::class().value(), members.value())
}

fn cannot_subclass(vm: &Vm, what: &str) -> PyResult<Value> {
    raise!(vm, TypeError, "Cannot subclass an instance of {what}")
}

fn too_few(vm: &Vm, alias: Value) -> PyResult<Value> {
    raise!(vm, TypeError, "Too few arguments for {}", vm.str(alias)?)
}

/// The receiver of a slot.
fn me<T>(v: Value) -> Ref<T> {
    // SAFETY: used in slots of the class T only.
    unsafe { v.cast() }
}

macro_rules! type_parameter {
    ($t:ident, $fullname:literal { $($own:tt)* }) => {
        #[pymethods]
        impl $t {
            #[getter]
            fn __name__(_vm: &Vm, this: Ref<$t>) -> Ref<Str> {
                this.name.get()
            }

            #[getter]
            fn __default__(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                Lazy::value(vm, this.value(), &this.default, &this.evaluate_default, no_default())
            }

            #[getter]
            fn evaluate_default(_vm: &Vm, this: Ref<$t>) -> Value {
                Lazy::evaluator(&this.default, &this.evaluate_default)
            }

            #[pymethod("($self, /)")]
            fn has_default(_vm: &Vm, this: Ref<$t>) -> bool {
                this.default.get().is_some() || this.evaluate_default.get().is_some()
            }

            #[pymethod("($self, /)")]
            fn __reduce__(_vm: &Vm, this: Ref<$t>) -> Ref<Str> {
                this.name.get()
            }

            #[pymethod("($self, bases, /)")]
            fn __mro_entries__(vm: &Vm, _this: Ref<$t>, _bases: Value) -> PyResult<Value> {
                cannot_subclass(vm, $fullname)
            }

            $($own)*
        }
    };
}

macro_rules! variance_getters {
    ($t:ident { $($own:tt)* } $fullname:literal) => {
        type_parameter!($t, $fullname {
            #[getter]
            fn __covariant__(_vm: &Vm, this: Ref<$t>) -> bool {
                this.variance.get().covariant
            }

            #[getter]
            fn __contravariant__(_vm: &Vm, this: Ref<$t>) -> bool {
                this.variance.get().contravariant
            }

            #[getter]
            fn __infer_variance__(_vm: &Vm, this: Ref<$t>) -> bool {
                this.variance.get().infer
            }

            #[slot(tp_repr)]
            fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
                let p: Ref<$t> = me(this);
                Ok(vm.new_str(&format!("{}{}", p.variance.get().prefix(), p.name.get())))
            }

            #[slot(nb_or)]
            fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
                union_with(vm, a, b)
            }

            $($own)*
        });
    };
}

// ---- TypeVar ------------------------------------------------------------------------------------

/// Type variable.
///
/// The preferred way to construct a type variable is via the dedicated
/// syntax for generic functions, classes, and type aliases.
#[pyclass(name = "TypeVar", module = "typing", flags = def::IMMUTABLE, dict = dict)]
#[repr(C)]
pub struct TypeVar {
    h: LongHeader,
    name: Field<Ref<Str>>,
    bound: Field<Option<Value>>,
    evaluate_bound: Field<Option<Value>>,
    constraints: Field<Option<Value>>,
    evaluate_constraints: Field<Option<Value>>,
    default: Field<Option<Value>>,
    evaluate_default: Field<Option<Value>>,
    dict: Field<Option<Ref<Dict>>>,
    variance: Cell<Variance>,
}

fn new_typevar(name: Ref<Str>, variance: Variance) -> Ref<TypeVar> {
    heap::new(
        TypeVar::shape(),
        TypeVar {
            h: LongHeader::new(),
            name: Field::new(name),
            bound: Field::new(None),
            evaluate_bound: Field::new(None),
            constraints: Field::new(None),
            evaluate_constraints: Field::new(None),
            default: Field::new(None),
            evaluate_default: Field::new(None),
            dict: Field::new(None),
            variance: Cell::new(variance),
        },
    )
}

const INFERRED: Variance = Variance { covariant: false, contravariant: false, infer: true };

fn given_default(v: Option<Value>) -> Option<Value> {
    v.filter(|v| *v != no_default())
}

variance_getters!(TypeVar {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = Params {
            owner: "",
            function: "typevar",
            names: &["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
            pos_only: 0,
            positional: 1,
            required: 1,
            kw_only: 5,
            kw_required: 0,
            varargs: true,
            varkw: false,
        };
        let mut bound = [None; 7];
        PARAMS.bind(vm, args, &mut bound)?;
        let name = check_name(vm, bound[0].expect("required"), "typevar")?;
        let variance = Variance::parse(vm, &bound[3..6])?;
        let limit = match bound[1].filter(|b| !b.is_none()) {
            Some(b) => Some(check_type(vm, b, "Bound must be a type.")?),
            None => None,
        };
        let constraints = bound[6].and_then(|c| c.downcast::<Tuple>()).unwrap_or(Tuple::empty());
        let constraints = match constraints.len() {
            0 => None,
            1 => return Err(vm.type_error("A single constraint is not allowed")),
            _ if limit.is_some() => return Err(vm.type_error("Constraints cannot be combined with bound=...")),
            _ => {
                let checked = List::new(vm);
                for c in constraints.items() {
                    checked.push(vm, check_type(vm, *c, "TypeVar(name, constraint, ...): constraints must be types.")?);
                }
                Some(Tuple::from_slice(vm, checked.items()).value())
            }
        };
        let t = new_typevar(name, variance);
        t.bound.set(t, limit);
        t.constraints.set(t, constraints);
        t.default.set(t, given_default(bound[2]));
        set_module(vm, t.value())?;
        Ok(t.value())
    }

    #[getter]
    fn __bound__(vm: &Vm, this: Ref<TypeVar>) -> PyResult<Value> {
        Lazy::value(vm, this.value(), &this.bound, &this.evaluate_bound, none())
    }

    #[getter]
    fn evaluate_bound(_vm: &Vm, this: Ref<TypeVar>) -> Value {
        Lazy::evaluator(&this.bound, &this.evaluate_bound)
    }

    #[getter]
    fn __constraints__(vm: &Vm, this: Ref<TypeVar>) -> PyResult<Value> {
        Lazy::value(vm, this.value(), &this.constraints, &this.evaluate_constraints, Tuple::empty().value())
    }

    #[getter]
    fn evaluate_constraints(_vm: &Vm, this: Ref<TypeVar>) -> Value {
        Lazy::evaluator(&this.constraints, &this.evaluate_constraints)
    }

    #[pymethod("($self, arg, /)")]
    fn __typing_subst__(vm: &Vm, this: Ref<TypeVar>, arg: Value) -> PyResult<Value> {
        let f = typing_function(vm, "_typevar_subst")?;
        vm.call(f, &[this.value(), arg])
    }

    #[pymethod("($self, alias, args, /)")]
    fn __typing_prepare_subst__(vm: &Vm, this: Ref<TypeVar>, alias: Value, args: Value) -> PyResult<Value> {
        let params = vm.get_attr(alias, names().__parameters__)?;
        let params = vm.sequence_to_tuple(params)?;
        let args_tuple = vm.sequence_to_tuple(args)?;
        let Some(at) = params.items().iter().position(|p| *p == this.value()) else { return Ok(args) };
        if at < args_tuple.len() {
            return Ok(args);
        }
        let default = TypeVar::__default__(vm, this)?;
        if at > args_tuple.len() || default == no_default() {
            return too_few(vm, alias);
        }
        let n = args_tuple.len();
        let new = Tuple::build(vm, n + 1, |i| PyResult::Ok(if i < n { args_tuple.get(i) } else { default }))?;
        Ok(new.value())
    }
} "TypeVar");

// ---- ParamSpec ----------------------------------------------------------------------------------

/// Parameter specification variable.
///
/// The preferred way to construct a parameter specification is via the
/// dedicated syntax for generic functions, classes, and type aliases.
#[pyclass(name = "ParamSpec", module = "typing", flags = def::IMMUTABLE, dict = dict)]
#[repr(C)]
pub struct ParamSpec {
    h: LongHeader,
    name: Field<Ref<Str>>,
    bound: Field<Option<Value>>,
    default: Field<Option<Value>>,
    evaluate_default: Field<Option<Value>>,
    dict: Field<Option<Ref<Dict>>>,
    variance: Cell<Variance>,
}

fn new_paramspec(name: Ref<Str>, variance: Variance) -> Ref<ParamSpec> {
    heap::new(
        ParamSpec::shape(),
        ParamSpec {
            h: LongHeader::new(),
            name: Field::new(name),
            bound: Field::new(None),
            default: Field::new(None),
            evaluate_default: Field::new(None),
            dict: Field::new(None),
            variance: Cell::new(variance),
        },
    )
}

variance_getters!(ParamSpec {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = Params {
            owner: "",
            function: "paramspec",
            names: &["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
            pos_only: 0,
            positional: 1,
            required: 1,
            kw_only: 5,
            kw_required: 0,
            varargs: false,
            varkw: false,
        };
        let mut bound = [None; 6];
        PARAMS.bind(vm, args, &mut bound)?;
        let name = check_name(vm, bound[0].expect("required"), "paramspec")?;
        let variance = Variance::parse(vm, &bound[3..6])?;
        let limit = match bound[1].filter(|b| !b.is_none()) {
            Some(b) => Some(check_type(vm, b, "Bound must be a type.")?),
            None => None,
        };
        let p = new_paramspec(name, variance);
        p.bound.set(p, limit);
        p.default.set(p, given_default(bound[2]));
        set_module(vm, p.value())?;
        Ok(p.value())
    }

    #[getter]
    fn __bound__(_vm: &Vm, this: Ref<ParamSpec>) -> Option<Value> {
        this.bound.get()
    }

    /// Represents positional arguments.
    #[getter]
    fn args(_vm: &Vm, this: Ref<ParamSpec>) -> Value {
        let origin = Field::new(this.value());
        heap::new(ParamSpecArgs::shape(), ParamSpecArgs { h: LongHeader::new(), origin }).value()
    }

    /// Represents keyword arguments.
    #[getter]
    fn kwargs(_vm: &Vm, this: Ref<ParamSpec>) -> Value {
        let origin = Field::new(this.value());
        heap::new(ParamSpecKwargs::shape(), ParamSpecKwargs { h: LongHeader::new(), origin }).value()
    }

    #[pymethod("($self, arg, /)")]
    fn __typing_subst__(vm: &Vm, this: Ref<ParamSpec>, arg: Value) -> PyResult<Value> {
        let f = typing_function(vm, "_paramspec_subst")?;
        vm.call(f, &[this.value(), arg])
    }

    #[pymethod("($self, alias, args, /)")]
    fn __typing_prepare_subst__(vm: &Vm, this: Ref<ParamSpec>, alias: Value, args: Value) -> PyResult<Value> {
        let f = typing_function(vm, "_paramspec_prepare_subst")?;
        vm.call(f, &[this.value(), alias, args])
    }
} "ParamSpec");

macro_rules! paramspec_part {
    ($t:ident, $name:tt, $suffix:literal) => {
        #[pyclass(name = $name, module = "typing", flags = def::IMMUTABLE, signature = "(origin)")]
        #[repr(C)]
        pub struct $t {
            h: LongHeader,
            origin: Field<Value>,
        }

        #[pymethods]
        impl $t {
            #[slot(tp_new)]
            fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
                let [origin] = *args.all() else {
                    raise!(vm, TypeError, "{} expected 1 argument, got {}", $name, args.all().len())
                };
                Ok(heap::new($t::shape(), $t { h: LongHeader::new(), origin: Field::new(origin) }).value())
            }

            #[slot(tp_repr)]
            fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
                let origin = me::<$t>(this).origin.get();
                match origin.exact::<ParamSpec>() {
                    Some(p) => Ok(vm.new_str(&format!("{}.{}", p.name.get(), $suffix))),
                    None => Ok(vm.new_str(&format!("{}.{}", vm.repr_string(origin)?, $suffix))),
                }
            }

            #[slot(tp_hash)]
            fn hash(_vm: &Vm, this: Value) -> PyResult<i64> {
                Ok(heap::identity_hash(this) as i64)
            }

            #[slot(tp_richcompare)]
            fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
                let (Some(x), Some(y)) = (a.exact::<$t>(), b.exact::<$t>()) else {
                    return Ok(not_implemented());
                };
                if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
                    return Ok(not_implemented());
                }
                Ok(bool_value(vm.eq(x.origin.get(), y.origin.get())? == (op == CompareOp::Eq)))
            }

            #[getter]
            fn __origin__(_vm: &Vm, this: Ref<$t>) -> Value {
                this.origin.get()
            }

            #[pymethod("($self, bases, /)")]
            fn __mro_entries__(vm: &Vm, _this: Ref<$t>, _bases: Value) -> PyResult<Value> {
                cannot_subclass(vm, $name)
            }
        }
    };
}

paramspec_part!(ParamSpecArgs, "ParamSpecArgs", "args");
paramspec_part!(ParamSpecKwargs, "ParamSpecKwargs", "kwargs");

// ---- TypeVarTuple -------------------------------------------------------------------------------

/// Type variable tuple. A specialized form of type variable that enables
/// variadic generics.
#[pyclass(name = "TypeVarTuple", module = "typing", flags = def::IMMUTABLE, dict = dict)]
#[repr(C)]
pub struct TypeVarTuple {
    h: LongHeader,
    name: Field<Ref<Str>>,
    default: Field<Option<Value>>,
    evaluate_default: Field<Option<Value>>,
    dict: Field<Option<Ref<Dict>>>,
}

fn new_typevartuple(name: Ref<Str>) -> Ref<TypeVarTuple> {
    heap::new(
        TypeVarTuple::shape(),
        TypeVarTuple {
            h: LongHeader::new(),
            name: Field::new(name),
            default: Field::new(None),
            evaluate_default: Field::new(None),
            dict: Field::new(None),
        },
    )
}

/// `typing.Unpack[v]`
pub fn unpacked(vm: &Vm, v: Value) -> PyResult<Value> {
    let unpack = typing_function(vm, "Unpack")?;
    vm.get_item(unpack, v)
}

type_parameter!(TypeVarTuple, "TypeVarTuple" {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = Params {
            owner: "",
            function: "typevartuple",
            names: &["name", "default"],
            pos_only: 0,
            positional: 1,
            required: 1,
            kw_only: 1,
            kw_required: 0,
            varargs: false,
            varkw: false,
        };
        let mut bound = [None; 2];
        PARAMS.bind(vm, args, &mut bound)?;
        let name = check_name(vm, bound[0].expect("required"), "typevartuple")?;
        let t = new_typevartuple(name);
        t.default.set(t, given_default(bound[1]));
        set_module(vm, t.value())?;
        Ok(t.value())
    }

    #[slot(tp_repr)]
    fn repr(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(me::<TypeVarTuple>(this).name.get().value())
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        let one = Tuple::from_slice(vm, &[unpacked(vm, this)?]);
        vm.iter(one.value())
    }

    #[pymethod("($self, arg, /)")]
    fn __typing_subst__(vm: &Vm, _this: Ref<TypeVarTuple>, _arg: Value) -> PyResult<Value> {
        Err(vm.type_error("Substitution of bare TypeVarTuple is not supported"))
    }

    #[pymethod("($self, alias, args, /)")]
    fn __typing_prepare_subst__(vm: &Vm, this: Ref<TypeVarTuple>, alias: Value, args: Value) -> PyResult<Value> {
        let f = typing_function(vm, "_typevartuple_prepare_subst")?;
        vm.call(f, &[this.value(), alias, args])
    }
});

// ---- Generic ------------------------------------------------------------------------------------

/// Abstract base class for generic types
///
/// On Python 3.12 and newer, generic classes implicitly inherit from
/// Generic when they declare a parameter list after the class's name::
///
///     class Mapping[KT, VT]:
///         def __getitem__(self, key: KT) -> VT:
///             ...
///             # Etc.
#[pyclass(name = "Generic", module = "typing", flags = def::BASE)]
#[repr(C)]
pub struct Generic {
    h: LongHeader,
}

#[pymethods]
impl Generic {
    /// Parameterizes a generic class.
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, args: Args) -> PyResult<Value> {
        let f = typing_function(vm, "_generic_class_getitem")?;
        vm.call_prepended(f, class, args)
    }

    /// Function to initialize subclasses.
    #[classmethod]
    fn __init_subclass__(vm: &Vm, class: Value, args: Args) -> PyResult<Value> {
        let f = typing_function(vm, "_generic_init_subclass")?;
        vm.call_prepended(f, class, args)
    }
}

// ---- intrinsics ---------------------------------------------------------------------------------

fn name_of(v: Value) -> Ref<Str> {
    v.downcast::<Str>().expect("the compiler passes names")
}

/// `[T]`
pub fn typevar(_vm: &Vm, name: Value) -> PyResult<Value> {
    Ok(new_typevar(name_of(name), INFERRED).value())
}

/// `[T: bound]`
pub fn typevar_with_bound(_vm: &Vm, name: Value, evaluate: Value) -> PyResult<Value> {
    let t = new_typevar(name_of(name), INFERRED);
    t.evaluate_bound.set(t, Some(evaluate));
    Ok(t.value())
}

/// `[T: (a, b)]`
pub fn typevar_with_constraints(_vm: &Vm, name: Value, evaluate: Value) -> PyResult<Value> {
    let t = new_typevar(name_of(name), INFERRED);
    t.evaluate_constraints.set(t, Some(evaluate));
    Ok(t.value())
}

/// `[**P]`
pub fn paramspec(_vm: &Vm, name: Value) -> PyResult<Value> {
    Ok(new_paramspec(name_of(name), INFERRED).value())
}

/// `[*Ts]`
pub fn typevartuple(_vm: &Vm, name: Value) -> PyResult<Value> {
    Ok(new_typevartuple(name_of(name)).value())
}

/// `[T = default]`
pub fn set_default(vm: &Vm, param: Value, evaluate: Value) -> PyResult<Value> {
    if let Some(t) = param.exact::<TypeVar>() {
        t.evaluate_default.set(t, Some(evaluate));
    } else if let Some(p) = param.exact::<ParamSpec>() {
        p.evaluate_default.set(p, Some(evaluate));
    } else if let Some(t) = param.exact::<TypeVarTuple>() {
        t.evaluate_default.set(t, Some(evaluate));
    } else {
        raise!(vm, TypeError, "Expected a type param, got {}", vm.repr_string(param)?)
    }
    Ok(param)
}

/// Parameters with `*Ts` as `Unpack[Ts]`.
pub fn unpack_typevartuples(vm: &Vm, params: Ref<Tuple>) -> PyResult<Ref<Tuple>> {
    Tuple::build(vm, params.len(), |i| {
        let p = params.get(i);
        if p.is::<TypeVarTuple>() { unpacked(vm, p) } else { Ok(p) }
    })
}

/// `Generic[params]`, the base that a class with type parameters gets.
pub fn subscript_generic(vm: &Vm, params: Value) -> PyResult<Value> {
    let Some(params) = params.downcast::<Tuple>() else {
        return Err(vm.system_error("type parameters must be a tuple"));
    };
    let params = unpack_typevartuples(vm, params)?;
    let alias = typing_function(vm, "_GenericAlias")?;
    vm.call(alias, &[Generic::class().value(), params.value()])
}

/// Whether a value is a type parameter, and whether it has a default.
pub fn parameter_default(v: Value) -> Option<bool> {
    if let Some(t) = v.exact::<TypeVar>() {
        return Some(TypeVar::has_default(Vm::get(), t));
    }
    if let Some(t) = v.exact::<ParamSpec>() {
        return Some(ParamSpec::has_default(Vm::get(), t));
    }
    v.exact::<TypeVarTuple>().map(|t| TypeVarTuple::has_default(Vm::get(), t))
}
