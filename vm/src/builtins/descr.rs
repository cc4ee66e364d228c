//! Descriptors and callables of native code: functions, method descriptors, slot wrappers, getsets,
//! members, mapping proxies.

use crate::args::Args;
use crate::builtins::module::Module;
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def::{self, GetSetDef, MethodDef, MethodKind};
use crate::error::PyResult;
use crate::extension;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::{id, set_word_at, word_at};
use crate::slots::{CompareOp, SlotDef};
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};

/// A function written in Rust, possibly bound to a receiver.
#[pyclass(name = "builtin_function_or_method", fixed = id::NATIVE_FUNCTION, flags = def::DEFAULT)]
#[repr(C)]
pub struct NativeFunction {
    h: LongHeader,
    def: &'static MethodDef,
    /// The receiver, the class for static methods, or the module.
    receiver: Field<Option<Value>>,
    module: Field<Option<Value>>,
    /// Whether the receiver is passed to the function.
    pass_receiver: bool,
}

/// A native function: of a module (`module` set), or static of a class.
pub fn native_function(
    _vm: &Vm,
    def: &'static MethodDef,
    receiver: Option<Value>,
    module: Option<Value>,
) -> Value {
    let pass_receiver = matches!(def.kind, MethodKind::Instance | MethodKind::Class);
    receiver.inspect(|v| extension::shared(*v));
    heap::new(
        NativeFunction::shape(),
        NativeFunction {
            h: LongHeader::new(),
            def,
            receiver: Field::new(receiver),
            module: Field::new(module),
            pass_receiver,
        },
    )
    .value()
}

/// A function of an extension module; a receiver is passed to it.
pub fn extension_function(def: &'static MethodDef, receiver: Option<Value>, module: Option<Value>) -> Value {
    receiver.inspect(|v| extension::shared(*v));
    heap::new(
        NativeFunction::shape(),
        NativeFunction {
            h: LongHeader::new(),
            def,
            receiver: Field::new(receiver),
            module: Field::new(module),
            pass_receiver: receiver.is_some(),
        },
    )
    .value()
}

impl NativeFunction {
    pub fn def(&self) -> &'static MethodDef {
        self.def
    }

    #[inline(always)]
    pub fn receiver(&self) -> Option<Value> {
        self.receiver.get()
    }

    /// Whether the definition belongs to an extension module.
    pub fn is_extension(&self) -> bool {
        self.def.is_extension()
    }

    /// What a function of an extension is called with first.
    #[inline(always)]
    pub fn extension_receiver(&self) -> Option<Value> {
        if self.def.is_extension() && self.pass_receiver { self.receiver.get() } else { None }
    }

    pub fn module(&self) -> Option<Value> {
        self.module.get()
    }

    pub fn passes_receiver(&self) -> bool {
        self.pass_receiver
    }

    #[inline(always)]
    pub fn invoke(&self, vm: &Vm, args: Args) -> PyResult<Value> {
        if !self.pass_receiver {
            return (self.def.func)(vm, self.def, args);
        }
        let receiver = self.receiver.get().expect("a bound function has a receiver");
        vm.with_prepended(receiver, args, |args| (self.def.func)(vm, self.def, args))
    }
}

fn text_or_none(vm: &Vm, text: &str) -> Value {
    if text.is_empty() { none() } else { vm.new_str(text) }
}

/// `__text_signature__` of a definition.
fn method_signature(vm: &Vm, def: &'static MethodDef) -> Value {
    match def.is_extension() {
        true => text_or_none(vm, extension::method_doc(def).0),
        false => text_or_none(vm, def.text_signature),
    }
}

/// `__doc__` of a definition.
fn method_doc(vm: &Vm, def: &'static MethodDef) -> Value {
    text_or_none(vm, if def.is_extension() { extension::method_doc(def).1 } else { def.doc })
}

#[pymethods]
impl NativeFunction {
    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        unsafe { this.cast::<NativeFunction>() }.invoke(vm, args)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let f: Ref<NativeFunction> = unsafe { this.cast() };
        Ok(vm.new_str(&match f.receiver.get() {
            Some(r) if f.pass_receiver && r.downcast::<Module>().is_none() => {
                format!("<built-in method {} of {} object at {:#x}>", f.def.name, r.class().name(), vm.id(r))
            }
            Some(r) if f.def.kind == MethodKind::Static => {
                format!("<built-in method {} of {} object at {:#x}>", f.def.name, r.class().name(), vm.id(r))
            }
            _ => format!("<built-in function {}>", f.def.name),
        }))
    }

    #[slot(tp_richcompare)]
    fn compare(_vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.exact::<NativeFunction>(), b.exact::<NativeFunction>()) else {
            return Ok(not_implemented());
        };
        let same_receiver = match (x.receiver.get(), y.receiver.get()) {
            (Some(p), Some(q)) => p.same(q),
            (p, q) => p.is_none() && q.is_none(),
        };
        let same = same_receiver && std::ptr::eq(x.def, y.def);
        Ok(match op {
            CompareOp::Eq => bool_value(same),
            CompareOp::Ne => bool_value(!same),
            _ => not_implemented(),
        })
    }

    #[slot(tp_hash)]
    fn hash(_vm: &Vm, this: Value) -> PyResult<i64> {
        // SAFETY: installed as a slot of this class only.
        let f: Ref<NativeFunction> = unsafe { this.cast() };
        let by_receiver = match f.receiver.get() {
            Some(r) if r.is_ptr() => heap::identity_hash(r) as i64,
            Some(r) => r.small(),
            None => 0,
        };
        Ok(by_receiver ^ (f.def as *const MethodDef as i64 >> 4))
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<NativeFunction>) -> &'static str {
        this.def.name
    }

    #[getter]
    fn __qualname__(vm: &Vm, this: Ref<NativeFunction>) -> PyResult<Value> {
        let Some(r) = this.receiver.get().filter(|_| this.def.kind != MethodKind::Function) else {
            return Ok(vm.new_str(this.def.name));
        };
        let class = r.downcast::<Type>().unwrap_or(r.class());
        Ok(vm.new_str(&format!("{}.{}", class.qualname.get(), this.def.name)))
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<NativeFunction>) -> Value {
        method_doc(vm, this.def)
    }

    #[getter]
    fn __text_signature__(vm: &Vm, this: Ref<NativeFunction>) -> Value {
        method_signature(vm, this.def)
    }

    #[getter]
    fn __module__(_vm: &Vm, this: Ref<NativeFunction>) -> Value {
        this.module.get().unwrap_or(none())
    }

    #[setter(name = "__module__")]
    fn set_module(_vm: &Vm, this: Ref<NativeFunction>, value: Option<Value>) -> PyResult<()> {
        this.module.set(this, value);
        Ok(())
    }

    #[getter]
    fn __self__(vm: &Vm, this: Ref<NativeFunction>) -> PyResult<Value> {
        match (this.receiver.get(), this.def.kind, this.module.get()) {
            (Some(r), _, _) => Ok(r),
            (None, MethodKind::Function, Some(m)) => Ok(vm.modules().get_item(vm, m)?.unwrap_or(none())),
            _ => Ok(none()),
        }
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<NativeFunction>) -> PyResult<Value> {
        let name = vm.new_str(this.def.name);
        match this.receiver.get().filter(|_| this.def.kind != MethodKind::Function) {
            Some(r) => {
                let getattr = vm.builtin("getattr")?;
                let args = Tuple::from_slice(vm, &[r, name]);
                Ok(Tuple::from_slice(vm, &[getattr, args.value()]).value())
            }
            None => Ok(name),
        }
    }
}

macro_rules! descriptor_attributes {
    ($t:ident, $name:expr, $doc:expr) => {
        fn class_name(&self) -> String {
            self.class.get().name()
        }

        /// The class that has the attribute.
        pub fn objclass(&self) -> Ref<Type> {
            self.class.get()
        }

        fn attribute_name(&self) -> String {
            let name: fn(&$t) -> String = $name;
            name(self)
        }
        fn documentation(&self) -> &'static str {
            let doc: fn(&$t) -> &'static str = $doc;
            doc(self)
        }
    };
}

macro_rules! descriptor_repr {
    ($vm:ident, $this:ident, $t:ident, $kind:literal) => {{
        // SAFETY: installed as a slot of this class only.
        let d: Ref<$t> = unsafe { $this.cast() };
        Ok($vm.new_str(&format!("<{} '{}' of '{}' objects>", $kind, d.attribute_name(), d.class_name())))
    }};
}

fn qualified(vm: &Vm, class: Ref<Type>, name: &str) -> Value {
    vm.new_str(&format!("{}.{name}", class.qualname.get()))
}

fn descriptor_reduce(vm: &Vm, class: Ref<Type>, name: &str) -> PyResult<Value> {
    let getattr = vm.builtin("getattr")?;
    let name = vm.new_str(name);
    let args = Tuple::from_slice(vm, &[class.value(), name]);
    Ok(Tuple::from_slice(vm, &[getattr, args.value()]).value())
}

/// A method of a native class, not bound.
#[pyclass(name = "method_descriptor", fixed = id::METHOD_DESCRIPTOR, flags = def::DEFAULT | def::METHOD_DESCRIPTOR)]
#[repr(C)]
pub struct MethodDescriptor {
    h: LongHeader,
    def: &'static MethodDef,
    class: Field<Ref<Type>>,
}

pub fn method_descriptor(_vm: &Vm, class: Ref<Type>, def: &'static MethodDef) -> Value {
    heap::new(
        MethodDescriptor::shape(),
        MethodDescriptor { h: LongHeader::new(), def, class: Field::new(class) },
    )
    .value()
}

impl MethodDescriptor {
    descriptor_attributes!(MethodDescriptor, |d| d.def.name.to_string(), |d| d.def.doc);

    #[inline(always)]
    pub fn def(&self) -> &'static MethodDef {
        self.def
    }

    /// Calls the method; the receiver comes first.
    #[inline(always)]
    pub fn invoke(&self, vm: &Vm, args: Args) -> PyResult<Value> {
        self.check_receiver(vm, args.pos())?;
        (self.def.func)(vm, self.def, args)
    }

    /// Whether the receiver is an instance of the descriptor's class.
    #[inline(always)]
    pub fn is_for(&self, receiver: Value) -> bool {
        let class = receiver.class();
        class == self.class.get() || class.is_subclass_of(self.class.get())
    }

    #[inline(always)]
    pub fn check_receiver(&self, vm: &Vm, args: &[Value]) -> PyResult<()> {
        match args.first() {
            Some(r) => {
                if self.is_for(*r) {
                    return Ok(());
                }
                let class = r.class();
                raise!(
                    vm,
                    TypeError,
                    "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                    self.def.name,
                    self.class_name(),
                    class.name()
                )
            }
            None => raise!(
                vm,
                TypeError,
                "unbound method {}.{}() needs an argument",
                self.class_name(),
                self.def.name
            ),
        }
    }
}

#[pymethods]
impl MethodDescriptor {
    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<MethodDescriptor> = unsafe { this.cast() };
        d.check_receiver(vm, args.pos())?;
        (d.def.func)(vm, d.def, args)
    }

    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<MethodDescriptor> = unsafe { this.cast() };
        let Some(obj) = obj else { return Ok(this) };
        d.check_receiver(vm, &[obj])?;
        Ok(native_function(vm, d.def, Some(obj), None))
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        descriptor_repr!(vm, this, MethodDescriptor, "method")
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<MethodDescriptor>) -> String {
        this.attribute_name()
    }

    #[getter]
    fn __qualname__(vm: &Vm, this: Ref<MethodDescriptor>) -> Value {
        qualified(vm, this.class.get(), this.def.name)
    }

    #[getter]
    fn __objclass__(_vm: &Vm, this: Ref<MethodDescriptor>) -> Ref<Type> {
        this.class.get()
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<MethodDescriptor>) -> Value {
        method_doc(vm, this.def)
    }

    #[getter]
    fn __text_signature__(vm: &Vm, this: Ref<MethodDescriptor>) -> Value {
        method_signature(vm, this.def)
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<MethodDescriptor>) -> PyResult<Value> {
        descriptor_reduce(vm, this.class.get(), this.def.name)
    }
}

/// A class method of a native class.
#[pyclass(name = "classmethod_descriptor", fixed = id::CLASSMETHOD_DESCRIPTOR, flags = def::DEFAULT)]
#[repr(C)]
pub struct ClassMethodDescriptor {
    h: LongHeader,
    def: &'static MethodDef,
    class: Field<Ref<Type>>,
}

pub fn classmethod_descriptor(_vm: &Vm, class: Ref<Type>, def: &'static MethodDef) -> Value {
    heap::new(
        ClassMethodDescriptor::shape(),
        ClassMethodDescriptor { h: LongHeader::new(), def, class: Field::new(class) },
    )
    .value()
}

impl ClassMethodDescriptor {
    descriptor_attributes!(ClassMethodDescriptor, |d| d.def.name.to_string(), |d| d.def.doc);

    pub fn def(&self) -> &'static MethodDef {
        self.def
    }
}

#[pymethods]
impl ClassMethodDescriptor {
    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, owner: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<ClassMethodDescriptor> = unsafe { this.cast() };
        let owner = if owner.is_none() { obj.map_or(owner, |o| o.class().value()) } else { owner };
        let Some(class) = owner.downcast::<Type>() else {
            raise!(
                vm,
                TypeError,
                "descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2",
                d.def.name,
                d.class_name(),
                owner.class().name()
            )
        };
        if !class.is_subclass_of(d.class.get()) {
            raise!(
                vm,
                TypeError,
                "descriptor '{}' requires a subtype of '{}' but received '{}'",
                d.def.name,
                d.class_name(),
                class.name()
            )
        }
        Ok(native_function(vm, d.def, Some(owner), None))
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<ClassMethodDescriptor> = unsafe { this.cast() };
        let Some((class, rest)) = args.split_first() else {
            raise!(
                vm,
                TypeError,
                "descriptor '{}' of '{}' object needs an argument",
                d.def.name,
                d.class_name()
            )
        };
        let bound = Self::get(vm, this, None, class)?;
        vm.call_args(bound, rest)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        descriptor_repr!(vm, this, ClassMethodDescriptor, "method")
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<ClassMethodDescriptor>) -> String {
        this.attribute_name()
    }

    #[getter]
    fn __qualname__(vm: &Vm, this: Ref<ClassMethodDescriptor>) -> Value {
        qualified(vm, this.class.get(), this.def.name)
    }

    #[getter]
    fn __objclass__(_vm: &Vm, this: Ref<ClassMethodDescriptor>) -> Ref<Type> {
        this.class.get()
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<ClassMethodDescriptor>) -> Value {
        method_doc(vm, this.def)
    }

    #[getter]
    fn __text_signature__(vm: &Vm, this: Ref<ClassMethodDescriptor>) -> Value {
        method_signature(vm, this.def)
    }
}

/// A special method of a native class: a slot function seen from Python.
#[pyclass(name = "wrapper_descriptor", fixed = id::WRAPPER_DESCRIPTOR, flags = def::DEFAULT | def::METHOD_DESCRIPTOR)]
#[repr(C)]
pub struct WrapperDescriptor {
    h: LongHeader,
    def: &'static SlotDef,
    word: usize,
    /// The C function of a slot that an extension defines, or 0; `word` is what calls it for its class.
    foreign: usize,
    class: Field<Ref<Type>>,
}

pub fn wrapper_descriptor(class: Ref<Type>, def: &'static SlotDef, word: usize, foreign: usize) -> Value {
    let class = Field::new(class);
    heap::new(
        WrapperDescriptor::shape(),
        WrapperDescriptor { h: LongHeader::new(), def, word, foreign, class },
    )
    .value()
}

impl WrapperDescriptor {
    descriptor_attributes!(WrapperDescriptor, |d| d.def.name.to_string(), |d| d.def.doc);

    pub fn def(&self) -> &'static SlotDef {
        self.def
    }

    /// The slot function.
    pub fn word(&self) -> usize {
        self.word
    }

    /// The C function, or 0.
    pub fn foreign(&self) -> usize {
        self.foreign
    }

    fn invoke(&self, vm: &Vm, receiver: Value, args: Args) -> PyResult<Value> {
        if self.foreign != 0 {
            return extension::call_slot(vm, self.def, self.foreign, receiver, args);
        }
        (self.def.wrap)(vm, self.word, receiver, args)
    }
}

#[pymethods]
impl WrapperDescriptor {
    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<WrapperDescriptor> = unsafe { this.cast() };
        let Some((receiver, rest)) = args.split_first() else {
            raise!(
                vm,
                TypeError,
                "descriptor '{}' of '{}' object needs an argument",
                d.def.name,
                d.class_name()
            )
        };
        if !receiver.class().is_subclass_of(d.class.get()) {
            raise!(
                vm,
                TypeError,
                "descriptor '{}' requires a '{}' object but received a '{}'",
                d.def.name,
                d.class_name(),
                receiver.class().name()
            )
        }
        d.invoke(vm, receiver, rest)
    }

    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<WrapperDescriptor> = unsafe { this.cast() };
        let Some(obj) = obj else { return Ok(this) };
        if !obj.class().is_subclass_of(d.class.get()) {
            raise!(
                vm,
                TypeError,
                "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                d.def.name,
                d.class_name(),
                obj.class().name()
            )
        }
        extension::shared(obj);
        Ok(heap::new(
            MethodWrapper::shape(),
            MethodWrapper { h: LongHeader::new(), descriptor: Field::new(d), receiver: Field::new(obj) },
        )
        .value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        descriptor_repr!(vm, this, WrapperDescriptor, "slot wrapper")
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<WrapperDescriptor>) -> String {
        this.attribute_name()
    }

    #[getter]
    fn __qualname__(vm: &Vm, this: Ref<WrapperDescriptor>) -> Value {
        qualified(vm, this.class.get(), this.def.name)
    }

    #[getter]
    fn __objclass__(_vm: &Vm, this: Ref<WrapperDescriptor>) -> Ref<Type> {
        this.class.get()
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<WrapperDescriptor>) -> Value {
        text_or_none(vm, this.documentation())
    }

    #[getter]
    fn __text_signature__(vm: &Vm, this: Ref<WrapperDescriptor>) -> Value {
        text_or_none(vm, this.def.text_signature)
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<WrapperDescriptor>) -> PyResult<Value> {
        descriptor_reduce(vm, this.class.get(), this.def.name)
    }
}

/// A bound slot wrapper.
#[pyclass(name = "method-wrapper", fixed = id::METHOD_WRAPPER, flags = def::DEFAULT)]
#[repr(C)]
pub struct MethodWrapper {
    h: LongHeader,
    descriptor: Field<Ref<WrapperDescriptor>>,
    receiver: Field<Value>,
}

#[pymethods]
impl MethodWrapper {
    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let w: Ref<MethodWrapper> = unsafe { this.cast() };
        w.descriptor.get().invoke(vm, w.receiver.get(), args)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let w: Ref<MethodWrapper> = unsafe { this.cast() };
        let r = w.receiver.get();
        let (name, class) = (w.descriptor.get().def.name, r.class().name());
        Ok(vm.new_str(&format!("<method-wrapper '{name}' of {class} object at {:#x}>", vm.id(r))))
    }

    #[slot(tp_richcompare)]
    fn compare(_vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.exact::<MethodWrapper>(), b.exact::<MethodWrapper>()) else {
            return Ok(not_implemented());
        };
        let same = x.descriptor.get() == y.descriptor.get() && x.receiver.get().same(y.receiver.get());
        Ok(match op {
            CompareOp::Eq => bool_value(same),
            CompareOp::Ne => bool_value(!same),
            _ => not_implemented(),
        })
    }

    #[slot(tp_hash)]
    fn hash(_vm: &Vm, this: Value) -> PyResult<i64> {
        // SAFETY: installed as a slot of this class only.
        let w: Ref<MethodWrapper> = unsafe { this.cast() };
        let r = w.receiver.get();
        let by_id = if r.is_small() { r.small() } else { heap::identity_hash(r) as i64 };
        Ok(by_id ^ w.descriptor.get().word as i64)
    }

    #[getter]
    fn __self__(_vm: &Vm, this: Ref<MethodWrapper>) -> Value {
        this.receiver.get()
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<MethodWrapper>) -> String {
        this.descriptor.get().attribute_name()
    }

    #[getter]
    fn __qualname__(vm: &Vm, this: Ref<MethodWrapper>) -> Value {
        let d = this.descriptor.get();
        qualified(vm, d.class.get(), d.def.name)
    }

    #[getter]
    fn __objclass__(_vm: &Vm, this: Ref<MethodWrapper>) -> Ref<Type> {
        this.descriptor.get().class.get()
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<MethodWrapper>) -> Value {
        text_or_none(vm, this.descriptor.get().documentation())
    }

    #[getter]
    fn __text_signature__(vm: &Vm, this: Ref<MethodWrapper>) -> Value {
        text_or_none(vm, this.descriptor.get().def.text_signature)
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<MethodWrapper>) -> PyResult<Value> {
        let getattr = vm.builtin("getattr")?;
        let name = vm.new_str(this.descriptor.get().def.name);
        let args = Tuple::from_slice(vm, &[this.receiver.get(), name]);
        Ok(Tuple::from_slice(vm, &[getattr, args.value()]).value())
    }
}

/// A computed attribute of a native class.
#[pyclass(name = "getset_descriptor", fixed = id::GETSET_DESCRIPTOR, flags = def::DEFAULT)]
#[repr(C)]
pub struct GetSetDescriptor {
    h: LongHeader,
    def: &'static GetSetDef,
    class: Field<Ref<Type>>,
}

pub fn getset_descriptor(_vm: &Vm, class: Ref<Type>, def: &'static GetSetDef) -> Value {
    heap::new(
        GetSetDescriptor::shape(),
        GetSetDescriptor { h: LongHeader::new(), def, class: Field::new(class) },
    )
    .value()
}

fn check_instance(vm: &Vm, name: &str, class: Ref<Type>, obj: Value) -> PyResult<()> {
    if !obj.class().is_subclass_of(class) {
        raise!(
            vm,
            TypeError,
            "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
            class.name(),
            obj.class().name()
        )
    }
    Ok(())
}

impl GetSetDescriptor {
    descriptor_attributes!(GetSetDescriptor, |d| d.def.name.to_string(), |d| d.def.doc);

    pub fn def(&self) -> &'static GetSetDef {
        self.def
    }

    pub fn owner(&self) -> Ref<Type> {
        self.class.get()
    }
}

#[pymethods]
impl GetSetDescriptor {
    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<GetSetDescriptor> = unsafe { this.cast() };
        let Some(obj) = obj else { return Ok(this) };
        check_instance(vm, d.def.name, d.class.get(), obj)?;
        match d.def.get {
            Some(get) => get(vm, d.def, obj),
            None => raise!(
                vm,
                AttributeError,
                "attribute '{}' of '{}' objects is not readable",
                d.def.name,
                d.class_name()
            ),
        }
    }

    #[slot(tp_descr_set)]
    fn set(vm: &Vm, this: Value, obj: Value, value: Option<Value>) -> PyResult<()> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<GetSetDescriptor> = unsafe { this.cast() };
        check_instance(vm, d.def.name, d.class.get(), obj)?;
        match d.def.set {
            Some(set) => set(vm, d.def, obj, value),
            None => raise!(
                vm,
                AttributeError,
                "attribute '{}' of '{}' objects is not writable",
                d.def.name,
                d.class_name()
            ),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        descriptor_repr!(vm, this, GetSetDescriptor, "attribute")
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<GetSetDescriptor>) -> String {
        this.attribute_name()
    }

    #[getter]
    fn __qualname__(vm: &Vm, this: Ref<GetSetDescriptor>) -> Value {
        qualified(vm, this.class.get(), this.def.name)
    }

    #[getter]
    fn __objclass__(_vm: &Vm, this: Ref<GetSetDescriptor>) -> Ref<Type> {
        this.class.get()
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<GetSetDescriptor>) -> Value {
        text_or_none(
            vm,
            match this.def.extension {
                true => extension::getset_doc(this.def),
                false => this.def.doc,
            },
        )
    }
}

/// One of `__slots__`, or a field of a native struct: a word in the instance.
#[pyclass(name = "member_descriptor", fixed = id::MEMBER_DESCRIPTOR, flags = def::DEFAULT)]
#[repr(C)]
pub struct MemberDescriptor {
    h: LongHeader,
    name: Field<Ref<Str>>,
    class: Field<Ref<Type>>,
    pub offset: u32,
    readonly: bool,
    /// A field of a C struct: read and written by these functions.
    foreign: Option<&'static GetSetDef>,
}

impl MemberDescriptor {
    descriptor_attributes!(MemberDescriptor, |d| d.name.get().to_string(), |d| d
        .foreign
        .map_or("", extension::getset_doc));

    pub fn owner(&self) -> Ref<Type> {
        self.class.get()
    }

    /// The slot at a byte offset of instances.
    pub fn new_slot(_vm: &Vm, class: Ref<Type>, name: Ref<Str>, offset: u32) -> Value {
        MemberDescriptor::make(class, name, offset, false)
    }

    /// As `new_slot`, for a word that cannot be assigned.
    pub fn new_readonly(_vm: &Vm, class: Ref<Type>, name: Ref<Str>, offset: u32) -> Value {
        MemberDescriptor::make(class, name, offset, true)
    }

    fn make(class: Ref<Type>, name: Ref<Str>, offset: u32, readonly: bool) -> Value {
        let (name, class) = (Field::new(name), Field::new(class));
        let d = MemberDescriptor { h: LongHeader::new(), name, class, offset, readonly, foreign: None };
        heap::new(MemberDescriptor::shape(), d).value()
    }

    /// A field of the C struct of instances.
    pub fn new_foreign(class: Ref<Type>, name: Ref<Str>, def: &'static GetSetDef) -> Value {
        let (name, class) = (Field::new(name), Field::new(class));
        let (h, foreign) = (LongHeader::new(), Some(def));
        let d = MemberDescriptor { h, name, class, offset: 0, readonly: false, foreign };
        heap::new(MemberDescriptor::shape(), d).value()
    }

    pub fn name(&self) -> String {
        self.name.get().to_string()
    }

    /// The definition of a field of a C struct.
    pub fn foreign(&self) -> Option<&'static GetSetDef> {
        self.foreign
    }
}

#[pymethods]
impl MemberDescriptor {
    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<MemberDescriptor> = unsafe { this.cast() };
        let Some(obj) = obj else { return Ok(this) };
        check_instance(vm, &d.attribute_name(), d.class.get(), obj)?;
        if let Some(def) = d.foreign {
            return (def.get.expect("members are readable"))(vm, def, obj);
        }
        match word_at(obj, d.offset) {
            Some(v) => Ok(v),
            None => Err(vm.no_attribute(obj, d.name.get())),
        }
    }

    #[slot(tp_descr_set)]
    fn set(vm: &Vm, this: Value, obj: Value, value: Option<Value>) -> PyResult<()> {
        // SAFETY: installed as a slot of this class only.
        let d: Ref<MemberDescriptor> = unsafe { this.cast() };
        check_instance(vm, &d.attribute_name(), d.class.get(), obj)?;
        if let Some(def) = d.foreign {
            return match def.set {
                Some(set) => set(vm, def, obj, value),
                None => raise!(vm, AttributeError, "readonly attribute"),
            };
        }
        if d.readonly {
            raise!(vm, AttributeError, "readonly attribute")
        }
        if value.is_none() && word_at(obj, d.offset).is_none() {
            return Err(vm.no_attribute(obj, d.name.get()));
        }
        set_word_at(obj, d.offset, value);
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        descriptor_repr!(vm, this, MemberDescriptor, "member")
    }

    #[getter]
    fn __name__(_vm: &Vm, this: Ref<MemberDescriptor>) -> Ref<Str> {
        this.name.get()
    }

    #[getter]
    fn __qualname__(vm: &Vm, this: Ref<MemberDescriptor>) -> Value {
        qualified(vm, this.class.get(), &this.attribute_name())
    }

    #[getter]
    fn __objclass__(_vm: &Vm, this: Ref<MemberDescriptor>) -> Ref<Type> {
        this.class.get()
    }

    #[getter]
    fn __doc__(vm: &Vm, this: Ref<MemberDescriptor>) -> Value {
        // Fields of struct sequences have their documentation in the definition.
        let field = crate::builtins::struct_sequence::field_doc(this.class.get(), this.offset);
        text_or_none(vm, field.unwrap_or(this.documentation()))
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<MemberDescriptor>) -> PyResult<Value> {
        descriptor_reduce(vm, this.class.get(), &this.attribute_name())
    }
}

// ---- __new__ of native classes ------------------------------------------------------------------

/// `object.__new__` as a function: a native function whose receiver is the class that defines it.
static NEW_DEF: MethodDef = MethodDef {
    name: "__new__",
    kind: MethodKind::Class,
    func: call_new,
    params: &crate::args::Params {
        owner: "",
        function: "__new__",
        names: &[],
        pos_only: 0,
        positional: 0,
        required: 0,
        kw_only: 0,
        kw_required: 0,
        varargs: true,
        varkw: true,
    },
    text_signature: "($type, *args, **kwargs)",
    doc: "Create and return a new object.  See help(type) for accurate signature.",
    direct: None,
};

pub fn new_function(vm: &Vm, class: Ref<Type>) -> Value {
    native_function(vm, &NEW_DEF, Some(class.value()), None)
}

/// The class whose `__new__` this function is.
pub fn new_function_class(f: Value) -> Option<Ref<Type>> {
    let f = f.exact::<NativeFunction>()?;
    if std::ptr::eq(f.def, &NEW_DEF) { f.receiver.get()?.downcast::<Type>() } else { None }
}

fn call_new(vm: &Vm, _: &'static MethodDef, args: Args) -> PyResult<Value> {
    let Some((owner, args)) = args.split_first() else {
        return Err(vm.type_error("__new__() needs a class"));
    };
    let owner = owner.downcast::<Type>().expect("bound to a class");
    let Some((first, rest)) = args.split_first() else {
        raise!(vm, TypeError, "{}.__new__(): not enough arguments", owner.name())
    };
    let Some(class) = first.downcast::<Type>() else {
        raise!(
            vm,
            TypeError,
            "{}.__new__(X): X is not a type object ({})",
            owner.name(),
            first.class().name()
        )
    };
    if !class.is_subclass_of(owner) {
        let (o, c) = (owner.name(), class.name());
        raise!(vm, TypeError, "{o}.__new__({c}): {c} is not a subtype of {o}")
    }
    // The native part must be made by the class that defines it.
    let mut native = class;
    while native.is_generic(crate::slots::SlotId::tp_new) {
        match native.base.get() {
            Some(b) => native = b,
            None => break,
        }
    }
    let wanted = native.slots().tp_new.map(|f| f as usize);
    if wanted != owner.slots().tp_new.map(|f| f as usize) {
        raise!(
            vm,
            TypeError,
            "{}.__new__({}) is not safe, use {}.__new__()",
            owner.name(),
            class.name(),
            native.name()
        )
    }
    let new = owner.slots().tp_new.expect("it has a __new__");
    new(vm, class, rest)
}

// ---- mappingproxy -------------------------------------------------------------------------------

/// Read-only proxy of a mapping.
#[pyclass(name = "mappingproxy", fixed = id::MAPPING_PROXY, flags = def::DEFAULT | def::MAPPING, signature = "(mapping)")]
#[repr(C)]
pub struct MappingProxy {
    h: LongHeader,
    pub mapping: Field<Value>,
}

pub fn mapping_proxy(_vm: &Vm, mapping: Value) -> Value {
    heap::new(MappingProxy::shape(), MappingProxy { h: LongHeader::new(), mapping: Field::new(mapping) })
        .value()
}

fn proxied(v: Value) -> Value {
    v.exact::<MappingProxy>().map_or(v, |p| p.mapping.get())
}

#[pymethods]
impl MappingProxy {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        let mapping = match (args.pos(), args.keyword("mapping")) {
            ([m], None) => *m,
            ([], Some(m)) => m,
            _ => return Err(vm.type_error("mappingproxy() missing required argument 'mapping' (pos 1)")),
        };
        let slots = mapping.class().slots();
        let is_sequence = mapping.downcast::<crate::builtins::list::List>().is_some()
            || mapping.downcast::<Tuple>().is_some();
        if slots.mp_subscript.is_none() || is_sequence {
            raise!(vm, TypeError, "mappingproxy() argument must be a mapping, not {}", mapping.class().name())
        }
        Ok(mapping_proxy(vm, mapping))
    }

    #[slot(mp_subscript)]
    fn getitem(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        vm.get_item(proxied(this), key)
    }

    #[slot(mp_length)]
    fn len(vm: &Vm, this: Value) -> PyResult<usize> {
        vm.len(proxied(this))
    }

    #[slot(sq_contains)]
    fn contains(vm: &Vm, this: Value, key: Value) -> PyResult<bool> {
        vm.contains(proxied(this), key)
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.iter(proxied(this))
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let inner = vm.repr_string(proxied(this))?;
        Ok(vm.new_str(&format!("mappingproxy({inner})")))
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(vm.str(proxied(this))?.value())
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        vm.hash(proxied(this))
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        vm.compare(proxied(a), b, op)
    }

    #[slot(nb_or)]
    fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        vm.binary_op(crate::protocol::BinaryOp::Or, proxied(a), proxied(b))
    }

    #[pymethod("($self, key, default=None, /)")]
    fn get(vm: &Vm, this: Ref<MappingProxy>, key: Value, default: Option<Value>) -> PyResult<Value> {
        let default = default.unwrap_or(none());
        vm.call_method(this.mapping.get(), vm.intern_str("get"), &[key, default])
    }

    #[pymethod("($self, /)")]
    fn keys(vm: &Vm, this: Ref<MappingProxy>) -> PyResult<Value> {
        vm.call_method(this.mapping.get(), vm.intern_str("keys"), &[])
    }

    #[pymethod("($self, /)")]
    fn values(vm: &Vm, this: Ref<MappingProxy>) -> PyResult<Value> {
        vm.call_method(this.mapping.get(), vm.intern_str("values"), &[])
    }

    #[pymethod("($self, /)")]
    fn items(vm: &Vm, this: Ref<MappingProxy>) -> PyResult<Value> {
        vm.call_method(this.mapping.get(), vm.intern_str("items"), &[])
    }

    #[pymethod("($self, /)")]
    fn copy(vm: &Vm, this: Ref<MappingProxy>) -> PyResult<Value> {
        vm.call_method(this.mapping.get(), vm.intern_str("copy"), &[])
    }

    #[pymethod("($self, /)")]
    fn __reversed__(vm: &Vm, this: Ref<MappingProxy>) -> PyResult<Value> {
        vm.call_method(this.mapping.get(), vm.intern_str("__reversed__"), &[])
    }

    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }
}
