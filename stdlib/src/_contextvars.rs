//! `_contextvars`: contexts, variables and tokens.
//!
//! A context holds a dict from variables to values that it copies before the first change after
//! somebody else got to share it, so copying a context is cheap.

use adder_heap as heap;
use adder_heap::StaticRoot;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::singletons::{bool_value, none, not_implemented};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::names::names;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::vm::Vm;
use adder_vm::watch::{self, Kind};
use std::cell::Cell;

#[pyclass(name = "Context", module = "_contextvars")]
#[repr(C)]
pub struct Context {
    h: LongHeader,
    vars: Field<Ref<Dict>>,
    /// The context to return to.
    previous: Field<Option<Value>>,
    /// The dict is another context's too.
    shared: Cell<bool>,
    entered: Cell<bool>,
}

#[pyclass(name = "ContextVar", module = "_contextvars")]
#[repr(C)]
pub struct ContextVar {
    h: LongHeader,
    name: Field<Ref<Str>>,
    default: Field<Option<Value>>,
}

#[pyclass(name = "Token", module = "_contextvars")]
#[repr(C)]
pub struct Token {
    h: LongHeader,
    context: Field<Ref<Context>>,
    var: Field<Ref<ContextVar>>,
    old: Field<Option<Value>>,
    used: Cell<bool>,
}

#[pyclass(name = "Token.MISSING", module = "_contextvars")]
#[repr(C)]
pub struct Missing {
    h: LongHeader,
}

static MISSING: StaticRoot = StaticRoot::new();

fn missing() -> Value {
    match MISSING.get() {
        Some(v) => v,
        None => {
            let v = heap::new(Missing::shape(), Missing { h: LongHeader::new() }).value();
            MISSING.set(Some(v));
            v
        }
    }
}

#[pymethods]
impl Missing {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, _this: Value) -> PyResult<Value> {
        Ok(vm.new_str("<Token.MISSING>"))
    }
}

fn new_context(vars: Ref<Dict>, shared: bool) -> Ref<Context> {
    heap::new(
        Context::shape(),
        Context {
            h: LongHeader::new(),
            vars: Field::new(vars),
            previous: Field::new(None),
            shared: Cell::new(shared),
            entered: Cell::new(false),
        },
    )
}

/// The context of the running thread, made when first needed.
pub fn current(vm: &Vm) -> Ref<Context> {
    let cell = &vm.thread().context;
    match Value::from_bits(cell.get()) {
        // SAFETY: the word is a Context or 0.
        Some(c) => unsafe { c.cast() },
        None => {
            let c = new_context(Dict::new(vm), false);
            cell.set(c.value().bits());
            c
        }
    }
}

/// A context with the same values.
pub fn copy(c: Ref<Context>) -> Ref<Context> {
    c.shared.set(true);
    new_context(c.vars.get(), true)
}

/// The dict to change.
fn own_vars(vm: &Vm, c: Ref<Context>) -> Ref<Dict> {
    if c.shared.replace(false) {
        let vars = c.vars.get().copy(vm);
        c.vars.set(c, vars);
    }
    c.vars.get()
}

/// The value of a variable in the current context; not its default.
pub fn value_of(vm: &Vm, var: Ref<ContextVar>) -> PyResult<Option<Value>> {
    match Value::from_bits(vm.thread().context.get()) {
        Some(_) => current(vm).vars.get().get_item(vm, var.value()),
        None => Ok(None),
    }
}

/// Sets a variable in the current context.
pub fn set_value(vm: &Vm, var: Ref<ContextVar>, value: Value) -> PyResult<()> {
    own_vars(vm, current(vm)).set_item(vm, var.value(), value)
}

fn check_key(vm: &Vm, key: Value) -> PyResult<()> {
    if !key.is::<ContextVar>() {
        raise!(vm, TypeError, "a ContextVar key was expected, got {}", vm.repr_string(key)?)
    }
    Ok(())
}

fn me<T>(v: Value) -> Ref<T> {
    // SAFETY: used in slots of the class T only.
    unsafe { v.cast() }
}

#[pymethods]
impl Context {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        if !args.all().is_empty() {
            return Err(vm.type_error("Context() does not accept any arguments"));
        }
        Ok(new_context(Dict::new(vm), false).value())
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.exact::<Context>(), b.exact::<Context>()) else {
            return Ok(not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let equal = vm.eq(x.vars.get().value(), y.vars.get().value())?;
        Ok(bool_value(equal == (op == CompareOp::Eq)))
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        Err(vm.unhashable(this))
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        let c: Ref<Context> = me(this);
        let keys = c.vars.get().keys_list(vm);
        vm.iter(keys.value())
    }

    #[slot(mp_length)]
    fn length(_vm: &Vm, this: Value) -> PyResult<usize> {
        Ok(me::<Context>(this).vars.get().len())
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        check_key(vm, key)?;
        match me::<Context>(this).vars.get().get_item(vm, key)? {
            Some(v) => Ok(v),
            None => Err(vm.key_error(key)),
        }
    }

    #[slot(sq_contains)]
    fn contains(vm: &Vm, this: Value, key: Value) -> PyResult<bool> {
        check_key(vm, key)?;
        me::<Context>(this).vars.get().contains(vm, key)
    }

    /// Return the value for `key` if `key` has the value in the context object.
    ///
    /// If `key` does not exist, return `default`. If `default` is not given,
    /// return None.
    #[pymethod("($self, key, default=None, /)")]
    fn get(vm: &Vm, this: Ref<Context>, key: Value, default: Option<Value>) -> PyResult<Value> {
        check_key(vm, key)?;
        Ok(this.vars.get().get_item(vm, key)?.or(default).unwrap_or(none()))
    }

    /// Return all variables and their values in the context object.
    #[pymethod("($self, /)")]
    fn items(vm: &Vm, this: Ref<Context>) -> PyResult<Value> {
        let vars = this.vars.get().copy(vm);
        vm.call_method(vars.value(), names().items, &[])
    }

    /// Return a list of all variables in the context object.
    #[pymethod("($self, /)")]
    fn keys(vm: &Vm, this: Ref<Context>) -> PyResult<Value> {
        let vars = this.vars.get().copy(vm);
        vm.call_method(vars.value(), names().keys, &[])
    }

    /// Return a list of all variables' values in the context object.
    #[pymethod("($self, /)")]
    fn values(vm: &Vm, this: Ref<Context>) -> PyResult<Value> {
        let vars = this.vars.get().copy(vm);
        vm.call_method(vars.value(), names().values, &[])
    }

    /// Return a shallow copy of the context object.
    #[pymethod(name = "copy", "($self, /)")]
    fn copy_(_vm: &Vm, this: Ref<Context>) -> Ref<Context> {
        copy(this)
    }

    #[pymethod]
    fn run(vm: &Vm, this: Ref<Context>, args: Args) -> PyResult<Value> {
        let Some((f, rest)) = args.split_first() else {
            return Err(vm.type_error("run() missing 1 required positional argument"));
        };
        enter(vm, this)?;
        let result = vm.call_args(f, rest);
        exit(vm, this)?;
        result
    }
}

/// `Py_CONTEXT_SWITCHED`
const CONTEXT_SWITCHED: i32 = 1;

/// `Context.run` cut in two, for C code: the context becomes the current one.
pub fn enter(vm: &Vm, c: Ref<Context>) -> PyResult<()> {
    if c.entered.get() {
        let text = vm.repr_string(c.value())?;
        raise!(vm, RuntimeError, "cannot enter context: {text} is already entered")
    }
    c.previous.set(c, Some(current(vm).value()));
    c.entered.set(true);
    vm.thread().context.set(c.value().bits());
    watch::tell(Kind::Context, CONTEXT_SWITCHED, c.value(), None);
    Ok(())
}

/// The end of `enter`: only the current context can be left.
pub fn exit(vm: &Vm, c: Ref<Context>) -> PyResult<()> {
    if !c.entered.get() {
        let text = vm.repr_string(c.value())?;
        raise!(vm, RuntimeError, "cannot exit context: {text} has not been entered")
    }
    if current(vm) != c {
        raise!(vm, RuntimeError, "cannot exit context: thread state references a different context object")
    }
    vm.thread().context.set(c.previous.get().map_or(0, |p| p.bits()));
    let now = c.previous.get();
    c.previous.set(c, None);
    c.entered.set(false);
    watch::tell(Kind::Context, CONTEXT_SWITCHED, now.unwrap_or(none()), None);
    Ok(())
}

#[pymethods]
impl ContextVar {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: Params = Params {
            owner: "",
            function: "ContextVar",
            names: &["", "default"],
            pos_only: 1,
            positional: 1,
            required: 1,
            kw_only: 1,
            kw_required: 0,
            varargs: false,
            varkw: false,
        };
        let mut bound = [None; 2];
        PARAMS.bind(vm, args, &mut bound)?;
        let Some(name) = bound[0].and_then(|n| n.downcast::<Str>()) else {
            return Err(vm.type_error("context variable name must be a str"));
        };
        let var = ContextVar { h: LongHeader::new(), name: Field::new(name), default: Field::new(bound[1]) };
        Ok(heap::new(ContextVar::shape(), var).value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let var: Ref<ContextVar> = me(this);
        let name = vm.repr_string(var.name.get().value())?;
        let id = vm.id(this);
        Ok(vm.new_str(&match var.default.get() {
            Some(d) => format!("<ContextVar name={name} default={} at {id:#x}>", vm.repr_string(d)?),
            None => format!("<ContextVar name={name} at {id:#x}>"),
        }))
    }

    #[getter]
    fn name(_vm: &Vm, this: Ref<ContextVar>) -> Ref<Str> {
        this.name.get()
    }

    /// Return a value for the context variable for the current context.
    ///
    /// If there is no value for the variable in the current context, the method will:
    ///  * return the value of the default argument of the method, if provided; or
    ///  * return the default value for the context variable, if it was created
    ///    with one; or
    ///  * raise a LookupError.
    #[pymethod("($self, default=<unrepresentable>, /)")]
    fn get(vm: &Vm, this: Ref<ContextVar>, default: Option<Value>) -> PyResult<Value> {
        let found = match Value::from_bits(vm.thread().context.get()) {
            Some(_) => current(vm).vars.get().get_item(vm, this.value())?,
            None => None,
        };
        match found.or(default).or(this.default.get()) {
            Some(v) => Ok(v),
            None => Err(vm.error_value(adder_vm::builtins::exceptions::Exc::LookupError, this.value())),
        }
    }

    /// Call to set a new value for the context variable in the current context.
    ///
    /// The required *value* argument is the new value for the context variable.
    ///
    /// Returns a Token object that can be used to restore the variable to its previous
    /// value via the `ContextVar.reset()` method.
    #[pymethod("($self, value, /)")]
    fn set(vm: &Vm, this: Ref<ContextVar>, value: Value) -> PyResult<Value> {
        let context = current(vm);
        let vars = own_vars(vm, context);
        let old = vars.get_item(vm, this.value())?;
        vars.set_item(vm, this.value(), value)?;
        let token = Token {
            h: LongHeader::new(),
            context: Field::new(context),
            var: Field::new(this),
            old: Field::new(old),
            used: Cell::new(false),
        };
        Ok(heap::new(Token::shape(), token).value())
    }

    /// Reset the context variable.
    ///
    /// The variable is reset to the value it had before the `ContextVar.set()` that
    /// created the token was used.
    #[pymethod("($self, token, /)")]
    fn reset(vm: &Vm, this: Ref<ContextVar>, token: Value) -> PyResult<()> {
        let Some(t) = token.exact::<Token>() else {
            raise!(vm, TypeError, "expected an instance of Token, got {}", vm.repr_string(token)?)
        };
        if t.used.get() {
            raise!(vm, RuntimeError, "{} has already been used once", vm.repr_string(token)?)
        }
        if t.var.get() != this {
            raise!(vm, ValueError, "{} was created by a different ContextVar", vm.repr_string(token)?)
        }
        if t.context.get() != current(vm) {
            raise!(vm, ValueError, "{} was created in a different Context", vm.repr_string(token)?)
        }
        t.used.set(true);
        let vars = own_vars(vm, t.context.get());
        match t.old.get() {
            Some(v) => vars.set_item(vm, this.value(), v)?,
            None => {
                vars.remove(vm, this.value())?;
            }
        }
        Ok(())
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, item)
    }
}

#[pymethods]
impl Token {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Err(vm.runtime_error("Tokens can only be created by ContextVars"))
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let t: Ref<Token> = me(this);
        let used = if t.used.get() { " used" } else { "" };
        let var = vm.repr_string(t.var.get().value())?;
        Ok(vm.new_str(&format!("<Token{used} var={var} at {:#x}>", vm.id(this))))
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        Err(vm.unhashable(this))
    }

    #[getter]
    fn var(_vm: &Vm, this: Ref<Token>) -> Ref<ContextVar> {
        this.var.get()
    }

    #[getter]
    fn old_value(_vm: &Vm, this: Ref<Token>) -> Value {
        this.old.get().unwrap_or(missing())
    }

    /// Enter into Token context manager.
    #[pymethod("($self, /)")]
    fn __enter__(_vm: &Vm, this: Ref<Token>) -> Ref<Token> {
        this
    }

    /// Exit from Token context manager, restore the linked ContextVar.
    #[pymethod("($self, type, val, tb, /)")]
    fn __exit__(vm: &Vm, this: Ref<Token>, _type: Value, _val: Value, _tb: Value) -> PyResult<()> {
        ContextVar::reset(vm, this.var.get(), this.value())
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, item)
    }
}

/// Context Variables
#[pymodule]
pub mod _contextvars {
    use super::{Context, ContextVar, Missing, Token, copy, current, enter, exit, missing};
    use adder_vm::builtins::module::Module;
    use adder_vm::error::PyResult;
    use adder_vm::object::Ref;
    use adder_vm::type_new::ready_class;
    use adder_vm::vm::Vm;

    #[pyfunction("($module, /)")]
    fn copy_context(vm: &Vm) -> Ref<Context> {
        copy(current(vm))
    }

    /// For the C API's `PyContext_Enter`.
    #[pyfunction("($module, context, /)")]
    fn _enter(vm: &Vm, context: Ref<Context>) -> PyResult<()> {
        enter(vm, context)
    }

    /// For the C API's `PyContext_Exit`.
    #[pyfunction("($module, context, /)")]
    fn _exit(vm: &Vm, context: Ref<Context>) -> PyResult<()> {
        exit(vm, context)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        ready_class::<Missing>(vm);
        d.set_str(vm, "Context", ready_class::<Context>(vm).value());
        d.set_str(vm, "ContextVar", ready_class::<ContextVar>(vm).value());
        let token = ready_class::<Token>(vm);
        token.dict.get().set_str(vm, "MISSING", missing());
        d.set_str(vm, "Token", token.value());
        Ok(())
    }
}

#[allow(unused_imports)]
use Tuple as _;
