//! Functions, bound methods, cells, `staticmethod` and `classmethod`.

use crate::args::Args;
use crate::builtins::code::Code;
use crate::builtins::dict::Dict;
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{Type, TypeExt};
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::slots::CompareOp;
use crate::vm::Vm;
use crate::watch::{self, Kind};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};

/// Create a function object.
#[pyclass(
    name = "function",
    fixed = id::FUNCTION,
    dict = dict,
    flags = def::DEFAULT | def::METHOD_DESCRIPTOR,
    signature = "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)"
)]
#[repr(C)]
pub struct Function {
    pub h: LongHeader,
    pub code: Field<Ref<Code>>,
    pub globals: Field<Ref<Dict>>,
    pub builtins: Field<Ref<Dict>>,
    pub name: Field<Ref<Str>>,
    pub qualname: Field<Ref<Str>>,
    pub defaults: Field<Option<Ref<Tuple>>>,
    pub kwdefaults: Field<Option<Ref<Dict>>>,
    pub closure: Field<Option<Ref<Tuple>>>,
    pub doc: Field<Value>,
    pub module: Field<Value>,
    pub annotations: Field<Option<Value>>,
    pub annotate: Field<Option<Value>>,
    pub type_params: Field<Option<Ref<Tuple>>>,
    pub dict: Field<Option<Ref<Dict>>>,
}

impl Function {
    pub const CODE: u32 = std::mem::offset_of!(Function, code) as u32;
    pub const GLOBALS: u32 = std::mem::offset_of!(Function, globals) as u32;
    pub const BUILTINS: u32 = std::mem::offset_of!(Function, builtins) as u32;
    pub const DEFAULTS: u32 = std::mem::offset_of!(Function, defaults) as u32;

    /// Whether a call with `n` positional arguments needs nothing but them and defaults.
    #[inline]
    pub fn takes_positional(&self, n: usize) -> bool {
        let Some(body) = self.code.get().ready_body() else { return false };
        // SAFETY: bodies live as long as their code.
        let body = unsafe { &*body };
        body.simple && n <= body.arguments && n + self.defaults.get().map_or(0, |d| d.len()) >= body.arguments
    }

    /// A function of a code object; name and doc come from it, the module from the globals.
    pub fn new(vm: &Vm, code: Ref<Code>, globals: Ref<Dict>) -> Ref<Function> {
        let builtins = vm.builtins_of(globals);
        let module = globals.get_name_quiet(names().__name__).unwrap_or(none());
        let doc = code.docstring();
        let f = heap::new(
            Function::shape(),
            Function {
                h: LongHeader::new(),
                code: Field::new(code),
                globals: Field::new(globals),
                builtins: Field::new(builtins),
                name: Field::new(code.name.get()),
                qualname: Field::new(code.qualname.get()),
                defaults: Field::new(None),
                kwdefaults: Field::new(None),
                closure: Field::new(None),
                doc: Field::new(doc),
                module: Field::new(module),
                annotations: Field::new(None),
                annotate: Field::new(None),
                type_params: Field::new(None),
                dict: Field::new(None),
            },
        );
        watch::tell(Kind::Function, watch::CREATE, f.value(), None);
        f
    }
}

#[pymethods]
impl Function {
    #[slot(tp_new)]
    fn new_(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        crate::builtins::function_attrs::new(vm, args)
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        vm.call_args(this, args)
    }

    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        Ok(match obj {
            Some(obj) => Method::new(vm, this, obj).value(),
            None => this,
        })
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of function only.
        let f: Ref<Function> = unsafe { this.cast() };
        Ok(vm.new_str(&format!("<function {} at {:#x}>", f.qualname.get(), vm.id(this))))
    }

    #[getter]
    fn __code__(_vm: &Vm, this: Ref<Function>) -> Ref<Code> {
        this.code.get()
    }

    #[setter(name = "__code__")]
    fn set_code(vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        watch::tell(Kind::Function, watch::MODIFY_CODE, this.value(), value);
        crate::builtins::function_attrs::set_code(vm, this, value)
    }

    #[getter]
    fn __globals__(_vm: &Vm, this: Ref<Function>) -> Ref<Dict> {
        this.globals.get()
    }

    #[getter]
    fn __builtins__(_vm: &Vm, this: Ref<Function>) -> Ref<Dict> {
        this.builtins.get()
    }

    #[getter]
    fn __closure__(_vm: &Vm, this: Ref<Function>) -> Option<Ref<Tuple>> {
        this.closure.get()
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<Function>) -> Ref<Str> {
        this.name.get()
    }

    #[setter(name = "__name__")]
    fn set_name(vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        match value.and_then(|v| v.downcast::<Str>()) {
            Some(s) => this.name.set(this, s),
            None => return Err(vm.type_error("__name__ must be set to a string object")),
        }
        Ok(())
    }

    #[getter]
    fn __qualname__(_vm: &Vm, this: Ref<Function>) -> Ref<Str> {
        this.qualname.get()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        match value.and_then(|v| v.downcast::<Str>()) {
            Some(s) => this.qualname.set(this, s),
            None => return Err(vm.type_error("__qualname__ must be set to a string object")),
        }
        Ok(())
    }

    #[getter]
    fn __doc__(_vm: &Vm, this: Ref<Function>) -> Value {
        this.doc.get()
    }

    #[setter(name = "__doc__")]
    fn set_doc(_vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        this.doc.set(this, value.unwrap_or(none()));
        Ok(())
    }

    #[getter]
    fn __module__(_vm: &Vm, this: Ref<Function>) -> Value {
        this.module.get()
    }

    #[setter(name = "__module__")]
    fn set_module(_vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        this.module.set(this, value.unwrap_or(none()));
        Ok(())
    }

    #[getter]
    fn __defaults__(_vm: &Vm, this: Ref<Function>) -> Option<Ref<Tuple>> {
        this.defaults.get()
    }

    #[setter(name = "__defaults__")]
    fn set_defaults(vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        let new = match value {
            Some(v) if !v.is_none() => match v.downcast::<Tuple>() {
                Some(t) => Some(t),
                None => return Err(vm.type_error("__defaults__ must be set to a tuple object")),
            },
            _ => None,
        };
        watch::tell(Kind::Function, watch::MODIFY_DEFAULTS, this.value(), value);
        this.defaults.set(this, new);
        Ok(())
    }

    #[getter]
    fn __kwdefaults__(_vm: &Vm, this: Ref<Function>) -> Option<Ref<Dict>> {
        this.kwdefaults.get()
    }

    #[setter(name = "__kwdefaults__")]
    fn set_kwdefaults(vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        let new = match value {
            Some(v) if !v.is_none() => match v.downcast::<Dict>() {
                Some(d) => Some(d),
                None => return Err(vm.type_error("__kwdefaults__ must be set to a dict object")),
            },
            _ => None,
        };
        watch::tell(Kind::Function, watch::MODIFY_KWDEFAULTS, this.value(), value);
        this.kwdefaults.set(this, new);
        Ok(())
    }

    #[getter]
    fn __annotations__(vm: &Vm, this: Ref<Function>) -> PyResult<Value> {
        if let Some(a) = this.annotations.get() {
            return Ok(a);
        }
        let computed = match this.annotate.get() {
            Some(f) if vm.is_callable(f) => {
                let r = vm.call(f, &[vm.int(1)])?;
                if r.downcast::<Dict>().is_none() {
                    raise!(vm, TypeError, "__annotate__() must return a dict, not {}", r.class().name())
                }
                r
            }
            _ => Dict::new(vm).value(),
        };
        this.annotations.set(this, Some(computed));
        Ok(computed)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        let new = value.filter(|v| !v.is_none());
        if let Some(v) = new
            && v.downcast::<Dict>().is_none()
        {
            return Err(vm.type_error("__annotations__ must be set to a dict object"));
        }
        this.annotations.set(this, new);
        this.annotate.set(this, None);
        Ok(())
    }

    #[getter]
    fn __annotate__(_vm: &Vm, this: Ref<Function>) -> Value {
        this.annotate.get().unwrap_or(none())
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        match value {
            None => Err(vm.type_error("__annotate__ cannot be deleted")),
            Some(v) if v.is_none() => {
                this.annotate.set(this, None);
                Ok(())
            }
            Some(v) if vm.is_callable(v) => {
                this.annotate.set(this, Some(v));
                this.annotations.set(this, None);
                Ok(())
            }
            Some(_) => Err(vm.type_error("__annotate__ must be callable or None")),
        }
    }

    #[getter]
    fn __type_params__(_vm: &Vm, this: Ref<Function>) -> Ref<Tuple> {
        this.type_params.get().unwrap_or(Tuple::empty())
    }

    #[setter(name = "__type_params__")]
    fn set_type_params(vm: &Vm, this: Ref<Function>, value: Option<Value>) -> PyResult<()> {
        match value.and_then(|v| v.downcast::<Tuple>()) {
            Some(t) => this.type_params.set(this, Some(t)),
            None => return Err(vm.type_error("__type_params__ must be set to a tuple")),
        }
        Ok(())
    }

    #[getter]
    fn __dict__(vm: &Vm, this: Value) -> Option<Ref<Dict>> {
        vm.instance_dict(this)
    }

    #[setter(name = "__dict__")]
    fn set_dict(vm: &Vm, this: Value, value: Option<Value>) -> PyResult<()> {
        crate::builtins::object_class::set_dict(vm, this, value)
    }
}

/// Create a bound instance method object.
#[pyclass(name = "method", fixed = id::METHOD, signature = "(function, instance, /)")]
#[repr(C)]
pub struct Method {
    pub h: LongHeader,
    pub function: Field<Value>,
    pub receiver: Field<Value>,
}

impl Method {
    /// Byte offsets for machines.
    pub const FUNCTION: u32 = std::mem::offset_of!(Method, function) as u32;
    pub const RECEIVER: u32 = std::mem::offset_of!(Method, receiver) as u32;

    #[inline]
    pub fn new(_vm: &Vm, function: Value, receiver: Value) -> Ref<Method> {
        crate::extension::shared(receiver);
        heap::new(
            Method::shape(),
            Method { h: LongHeader::new(), function: Field::new(function), receiver: Field::new(receiver) },
        )
    }
}

#[pymethods]
impl Method {
    #[slot(tp_new)]
    fn new_(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [f, obj] = args.pos() else {
            raise!(vm, TypeError, "method expected 2 arguments, got {}", args.pos().len())
        };
        if !vm.is_callable(*f) {
            return Err(vm.type_error("first argument must be callable"));
        }
        if obj.is_none() {
            return Err(vm.type_error("instance must not be None"));
        }
        Ok(Method::new(vm, *f, *obj).value())
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        // SAFETY: installed as a slot of method only.
        let m: Ref<Method> = unsafe { this.cast() };
        vm.call_prepended(m.function.get(), m.receiver.get(), args)
    }

    /// Attributes of the function are visible on the method.
    #[slot(tp_getattro)]
    fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        if Method::class().lookup(vm, name).is_some() {
            return vm.generic_getattr(this, name);
        }
        // SAFETY: installed as a slot of method only.
        let m: Ref<Method> = unsafe { this.cast() };
        vm.get_attr_opt(m.function.get(), name)
    }

    #[slot(tp_descr_get)]
    fn get(_vm: &Vm, this: Value, _obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_richcompare)]
    fn compare(_vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.exact::<Method>(), b.exact::<Method>()) else {
            return Ok(not_implemented());
        };
        let same = x.function.get() == y.function.get() && x.receiver.get().same(y.receiver.get());
        Ok(match op {
            CompareOp::Eq => bool_value(same),
            CompareOp::Ne => bool_value(!same),
            _ => not_implemented(),
        })
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        // SAFETY: installed as a slot of method only.
        let m: Ref<Method> = unsafe { this.cast() };
        let receiver = m.receiver.get();
        let by_id = if receiver.is_small() { receiver.small() } else { heap::identity_hash(receiver) as i64 };
        Ok(by_id ^ vm.hash(m.function.get())?)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of method only.
        let m: Ref<Method> = unsafe { this.cast() };
        let f = m.function.get();
        let mut name = vm.get_attr_opt(f, names().__qualname__)?;
        if name.is_none() {
            name = vm.get_attr_opt(f, names().__name__)?;
        }
        let name = match name.and_then(|n| n.downcast::<Str>()) {
            Some(s) => s.to_string(),
            None => "?".into(),
        };
        let receiver = vm.repr_string(m.receiver.get())?;
        Ok(vm.new_str(&format!("<bound method {name} of {receiver}>")))
    }

    #[getter]
    fn __func__(_vm: &Vm, this: Ref<Method>) -> Value {
        this.function.get()
    }

    #[getter]
    fn __self__(_vm: &Vm, this: Ref<Method>) -> Value {
        this.receiver.get()
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<Method>) -> PyResult<Value> {
        Ok(vm.get_attr_opt(this.function.get(), names().__doc__)?.unwrap_or(none()))
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Method>) -> PyResult<Value> {
        let name = vm.get_attr(this.function.get(), names().__name__)?;
        let getattr = vm.builtin("getattr")?;
        let args = Tuple::from_slice(vm, &[this.receiver.get(), name]);
        Ok(Tuple::from_slice(vm, &[getattr, args.value()]).value())
    }
}

/// Create a new cell object.
///
///   contents
///     the contents of the cell. If not specified, the cell will be empty,
///     and further attempts to access its cell_contents attribute will
///     raise a ValueError.
#[pyclass(name = "cell", fixed = id::CELL, signature = "([contents])")]
#[repr(C)]
pub struct Cell {
    h: LongHeader,
    contents: Field<Option<Value>>,
}

impl Cell {
    /// Byte offset of the content.
    pub const CONTENTS: u32 = std::mem::offset_of!(Cell, contents) as u32;

    #[inline]
    pub fn new(contents: Option<Value>) -> Ref<Cell> {
        heap::new(Cell::shape(), Cell { h: LongHeader::new(), contents: Field::new(contents) })
    }

    #[inline(always)]
    pub fn get(&self) -> Option<Value> {
        self.contents.get()
    }

    #[inline(always)]
    pub fn set(&self, v: Option<Value>) {
        // SAFETY: a Cell exists only in the heap, so its address is its reference.
        let owner = unsafe { Ref::from_ptr(self as *const Cell as *mut Cell) };
        self.contents.set(owner, v);
    }
}

#[pymethods]
impl Cell {
    #[slot(tp_new)]
    fn new_(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        match args.pos() {
            [] => Ok(Cell::new(None).value()),
            [v] => Ok(Cell::new(Some(*v)).value()),
            more => raise!(vm, TypeError, "cell expected at most 1 argument, got {}", more.len()),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of cell only.
        let c: Ref<Cell> = unsafe { this.cast() };
        let id = vm.id(this);
        Ok(vm.new_str(&match c.get() {
            None => format!("<cell at {id:#x}: empty>"),
            Some(v) => format!("<cell at {id:#x}: {} object at {:#x}>", v.class().name(), vm.id(v)),
        }))
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.exact::<Cell>(), b.exact::<Cell>()) else { return Ok(not_implemented()) };
        match (x.get(), y.get()) {
            (Some(x), Some(y)) => vm.compare(x, y, op),
            (x, y) => Ok(bool_value(op.holds(x.is_some().cmp(&y.is_some())))),
        }
    }

    #[getter]
    fn cell_contents(vm: &Vm, this: Ref<Cell>) -> PyResult<Value> {
        match this.get() {
            Some(v) => Ok(v),
            None => Err(vm.value_error("Cell is empty")),
        }
    }

    #[setter(name = "cell_contents")]
    fn set_contents(_vm: &Vm, this: Ref<Cell>, value: Option<Value>) -> PyResult<()> {
        this.set(value);
        Ok(())
    }
}

macro_rules! wrapper_class {
    ($t:ident, $id:expr, $name:literal, $doc:literal, $this:ident, $vm:ident, $obj:ident, $owner:ident => $get:expr) => {
        #[doc = $doc]
        #[pyclass(name = $name, fixed = $id, dict = dict, flags = def::BASE, signature = "(function, /)")]
        #[repr(C)]
        pub struct $t {
            h: LongHeader,
            pub callable: Field<Value>,
            dict: Field<Option<Ref<Dict>>>,
        }

        impl $t {
            pub fn new(vm: &Vm, callable: Value) -> Ref<$t> {
                let _ = vm;
                heap::new(
                    $t::shape(),
                    $t { h: LongHeader::new(), callable: Field::new(callable), dict: Field::new(None) },
                )
            }
        }

        #[pymethods]
        impl $t {
            #[slot(tp_new)]
            fn new_(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
                let blank = $t { h: LongHeader::new(), callable: Field::new(none()), dict: Field::new(None) };
                Ok(vm.new_instance(class, blank)?.value())
            }

            #[slot(tp_init)]
            fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
                if args.has_keywords() {
                    raise!(vm, TypeError, "{}() takes no keyword arguments", $name)
                }
                let [f] = args.pos() else {
                    raise!(vm, TypeError, "{} expected 1 argument, got {}", $name, args.pos().len())
                };
                // SAFETY: installed as a slot of this class only.
                let w: Ref<$t> = unsafe { this.cast() };
                w.callable.set(w, *f);
                crate::builtins::function_attrs::copy_wrapped_attributes(vm, this, *f)
            }

            #[slot(tp_descr_get)]
            fn get($vm: &Vm, this: Value, $obj: Option<Value>, $owner: Value) -> PyResult<Value> {
                // SAFETY: installed as a slot of this class only.
                let $this: Ref<$t> = unsafe { this.cast() };
                $get
            }

            #[slot(tp_repr)]
            fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
                // SAFETY: installed as a slot of this class only.
                let w: Ref<$t> = unsafe { this.cast() };
                let inner = vm.repr_string(w.callable.get())?;
                Ok(vm.new_str(&format!("<{}({inner})>", $name)))
            }

            #[getter]
            fn __func__(_vm: &Vm, this: Ref<$t>) -> Value {
                this.callable.get()
            }

            #[getter]
            fn __wrapped__(_vm: &Vm, this: Ref<$t>) -> Value {
                this.callable.get()
            }

            #[getter]
            fn __isabstractmethod__(vm: &Vm, this: Ref<$t>) -> PyResult<bool> {
                vm.is_abstract_method(this.callable.get())
            }

            #[getter]
            fn __annotations__(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                crate::builtins::function_attrs::wrapped_attribute(
                    vm,
                    this.value(),
                    this.callable.get(),
                    names().__annotations__,
                )
            }

            #[setter(name = "__annotations__")]
            fn set_annotations(vm: &Vm, this: Ref<$t>, value: Option<Value>) -> PyResult<()> {
                crate::builtins::function_attrs::set_wrapped_attribute(
                    vm,
                    this.value(),
                    names().__annotations__,
                    value,
                )
            }

            #[getter]
            fn __annotate__(vm: &Vm, this: Ref<$t>) -> PyResult<Value> {
                crate::builtins::function_attrs::wrapped_attribute(
                    vm,
                    this.value(),
                    this.callable.get(),
                    names().__annotate__,
                )
            }

            #[setter(name = "__annotate__")]
            fn set_annotate(vm: &Vm, this: Ref<$t>, value: Option<Value>) -> PyResult<()> {
                crate::builtins::function_attrs::set_wrapped_attribute(
                    vm,
                    this.value(),
                    names().__annotate__,
                    value,
                )
            }

            /// See PEP 585
            #[classmethod]
            fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
                crate::builtins::union_::generic_alias(vm, class, item)
            }

            #[getter]
            fn __dict__(vm: &Vm, this: Value) -> Option<Ref<Dict>> {
                vm.instance_dict(this)
            }

            #[setter(name = "__dict__")]
            fn set_dict(vm: &Vm, this: Value, value: Option<Value>) -> PyResult<()> {
                crate::builtins::object_class::set_dict(vm, this, value)
            }
        }
    };
}

wrapper_class!(StaticMethod, id::STATICMETHOD, "staticmethod", "Convert a function to be a static method.",
    this, _vm, _obj, _owner => Ok(this.callable.get()));
wrapper_class!(ClassMethod, id::CLASSMETHOD, "classmethod", "Convert a function to be a class method.",
this, vm, obj, owner => {
    let _ = obj;
    Ok(Method::new(vm, this.callable.get(), owner).value())
});

impl StaticMethod {
    /// A static method can be called itself.
    pub fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        // SAFETY: installed as a slot of staticmethod only.
        let w: Ref<StaticMethod> = unsafe { this.cast() };
        vm.call_args(w.callable.get(), args)
    }
}
