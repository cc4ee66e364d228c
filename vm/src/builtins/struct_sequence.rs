//! Struct sequences: tuples with named fields, such as `os.stat_result` and `time.struct_time`.
//!
//! The first fields are items of the tuple, the others are hidden: they lie behind the items and are
//! reached by name only. A class is made from a constant `StructSeqDef`; what its methods need to know
//! is found by the address of the class, which never moves.

use crate::args::Args;
use crate::builtins::descr::{self, MemberDescriptor};
use crate::builtins::dict::Dict;
use crate::builtins::sequence::{self, fast_items};
use crate::builtins::singletons::none;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::{self, Mode, set_word_at, word_at};
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::{Layout, Refs, Root, Size};
use adder_macros::{pyclass, pymethods};

/// The data of one class.
pub struct StructSeqDef {
    /// With the module: `os.stat_result`.
    pub name: &'static str,
    pub doc: &'static str,
    /// Name and doc; a field that can only be reached by index has the name "".
    pub fields: &'static [(&'static str, &'static str)],
    /// How many fields are items.
    pub visible: usize,
}

/// What all struct sequence classes get their methods from; never seen by Python code.
#[pyclass(
    name = "structseq",
    base = Tuple,
    size = Size::Array { base: Tuple::ITEMS, elem: 8, len_at: Tuple::LEN },
    refs = Refs::Tail { mask: 0, from: Tuple::ITEMS },
    flags = def::BASE
)]
#[repr(C)]
pub struct StructSeq {
    base: Tuple,
}

static CLASSES: heap::GilCell<Vec<(usize, &'static StructSeqDef)>> = heap::GilCell::new(Vec::new());

fn def_of(class: Ref<Type>) -> &'static StructSeqDef {
    let found = CLASSES.get().iter().find(|(c, _)| *c == class.as_ptr() as usize);
    found.expect("struct sequence classes are registered").1
}

fn offset(field: usize) -> u32 {
    Tuple::ITEMS + 8 * field as u32
}

/// The definition of a class if it is of struct sequences.
pub fn definition(class: Ref<Type>) -> Option<&'static StructSeqDef> {
    CLASSES.get().iter().find(|(c, _)| *c == class.as_ptr() as usize).map(|c| c.1)
}

/// The documentation of the field at an offset; None for other classes.
pub fn field_doc(class: Ref<Type>, at: u32) -> Option<&'static str> {
    let d = definition(class)?;
    (0..d.fields.len()).find(|i| offset(*i) == at).map(|i| d.fields[i].1)
}

/// A field of a struct sequence, visible or hidden.
pub fn field_of(this: Value, i: usize) -> Value {
    field(this, i)
}

impl Vm {
    /// The class of a definition, made when first asked for.
    pub fn struct_sequence_type(&self, def: &'static StructSeqDef) -> Ref<Type> {
        if let Some((class, _)) = CLASSES.get().iter().find(|(_, d)| std::ptr::eq(*d, def)) {
            // SAFETY: classes are pinned, and those in the register are rooted.
            return unsafe { Ref::from_ptr(*class as *mut Type) };
        }
        let class = make_class(self, def).expect("a struct sequence class can be made");
        Root::new(class.value()).leak();
        CLASSES.get().push((class.as_ptr() as usize, def));
        class
    }

    /// A class whose field names are known at run time only; all fields are visible.
    pub fn named_struct_sequence(
        &self,
        name: &'static str,
        fields: &mut dyn Iterator<Item = &str>,
    ) -> Ref<Type> {
        self.named_struct_sequence_of(name, fields, None)
    }

    /// As `named_struct_sequence`; fields from `visible` on are attributes only.
    pub fn named_struct_sequence_of(
        &self,
        name: &'static str,
        fields: &mut dyn Iterator<Item = &str>,
        visible: Option<usize>,
    ) -> Ref<Type> {
        if let Some((_, def)) = CLASSES.get().iter().find(|(_, d)| d.name == name) {
            return self.struct_sequence_type(def);
        }
        let fields: Vec<(&'static str, &'static str)> =
            fields.map(|f| (&*Box::leak(f.to_string().into_boxed_str()), "")).collect();
        let visible = visible.unwrap_or(fields.len());
        let def = Box::leak(Box::new(StructSeqDef { name, doc: "", fields: fields.leak(), visible }));
        self.struct_sequence_type(def)
    }

    /// An instance: the visible values, then any of the hidden ones.
    pub fn new_struct_sequence(&self, class: Ref<Type>, values: &[Value]) -> Value {
        let def = def_of(class);
        let hidden = def.fields.len() - def.visible;
        let t = Tuple::of_shape(class.instance_shape.get(), 8 * hidden, &values[..def.visible]).value();
        for i in def.visible..def.fields.len() {
            set_word_at(t, offset(i), Some(values.get(i).copied().unwrap_or(none())));
        }
        t
    }
}

fn make_class(vm: &Vm, def: &'static StructSeqDef) -> PyResult<Ref<Type>> {
    let native = crate::type_new::ready_class::<StructSeq>(vm);
    let (module, name) = def.name.rsplit_once('.').unwrap_or(("builtins", def.name));
    let ns = Dict::new(vm);
    ns.set_str(vm, "__module__", vm.new_str(module));
    ns.set_str(vm, "__doc__", vm.new_str(def.doc));
    ns.set_str(vm, "__slots__", Tuple::empty().value());
    let unnamed = def.fields.iter().filter(|(n, _)| n.is_empty()).count();
    ns.set_str(vm, "n_sequence_fields", vm.int(def.visible as i64));
    ns.set_str(vm, "n_fields", vm.int(def.fields.len() as i64));
    ns.set_str(vm, "n_unnamed_fields", vm.int(unnamed as i64));
    let shown: Vec<&str> = def.fields[..def.visible].iter().map(|f| f.0).filter(|n| !n.is_empty()).collect();
    let matched = Tuple::build(vm, shown.len(), |i| PyResult::Ok(vm.intern_str(shown[i]).value()))?;
    ns.set_name(names().__match_args__, matched.value());
    let bases = Tuple::from_slice(vm, &[native.value()]);
    let class = vm.call(Type::class().value(), &[vm.new_str(name), bases.value(), ns.value()])?;
    let class = class.downcast::<Type>().expect("type() makes types");
    let hidden = (def.fields.len() - def.visible) as u32;
    let layout: &'static Layout = Box::leak(Box::new(Layout {
        size: Size::Array { base: Tuple::ITEMS + 8 * hidden, elem: 8, len_at: Tuple::LEN },
        ..StructSeq::LAYOUT
    }));
    let shape = heap::add_shape(layout, Some(class.value()));
    shapes::define_native(shape, class, Mode::None, 0);
    class.layout.set(Some(layout));
    class.instance_shape.set(shape);
    class.dict_shape.set(shape);
    // Python sees a plain subclass of tuple, with the methods in its own dict.
    let dict = class.dict.get();
    dict.remove(vm, names().__slots__.value())?;
    for method in ["__repr__", "__reduce__", "__replace__"] {
        let name = vm.intern_str(method);
        let found = native.dict.get().get_name_quiet(name);
        let own = match found.and_then(|f| f.exact::<descr::MethodDescriptor>()) {
            // The native class is no base, so its descriptor would refuse the instances.
            Some(d) => Some(descr::method_descriptor(vm, class, d.def())),
            None => found,
        };
        if let Some(f) = own {
            dict.set_name(name, f);
        }
    }
    dict.set_name(names().__new__, descr::new_function(vm, class));
    for (i, (field, doc)) in def.fields.iter().enumerate() {
        let _ = doc;
        if !field.is_empty() {
            let name = vm.intern_str(field);
            dict.set_name(name, MemberDescriptor::new_readonly(vm, class, name, offset(i)));
        }
    }
    let mro = class.mro.get();
    let seen: smallvec::SmallVec<[Value; 16]> =
        mro.items().iter().copied().filter(|t| *t != native.value()).collect();
    class.mro.set(class, Tuple::from_slice(vm, &seen));
    class.base.set(class, Some(Tuple::class()));
    class.bases.set(class, Tuple::from_slice(vm, &[Tuple::class().value()]));
    class.flags.set(class.flags.get() & !def::BASETYPE);
    class.modified();
    Ok(class)
}

fn field(this: Value, i: usize) -> Value {
    word_at(this, offset(i)).unwrap_or(none())
}

fn count_error(vm: &Vm, def: &StructSeqDef, given: usize) -> PyResult<Value> {
    let (name, min, max) = (def.name, def.visible, def.fields.len());
    if min == max {
        raise!(vm, TypeError, "{name}() takes a {min}-sequence ({given}-sequence given)")
    }
    if given < min {
        raise!(vm, TypeError, "{name}() takes an at least {min}-sequence ({given}-sequence given)")
    }
    raise!(vm, TypeError, "{name}() takes an at most {max}-sequence ({given}-sequence given)")
}

#[pymethods]
impl StructSeq {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let def = def_of(class);
        if matches!(def.name, "sys.flags" | "sys.version_info" | "sys.getwindowsversion") {
            raise!(vm, TypeError, "cannot create '{}' instances", def.name)
        }
        let sequence = args.pos().first().copied().or(args.keyword("sequence"));
        let Some(sequence) = sequence else {
            let (_, name) = def.name.rsplit_once('.').unwrap_or(("", def.name));
            raise!(vm, TypeError, "{name}() missing required argument 'sequence' (pos 1)")
        };
        let extra = args.pos().get(1).copied().or(args.keyword("dict")).filter(|d| !d.is_none());
        let given = sequence::fast_sequence(vm, sequence, "constructor requires a sequence")?;
        let extra = match extra {
            None => None,
            Some(d) => match d.downcast::<Dict>() {
                Some(d) => Some(d),
                None => raise!(vm, TypeError, "{}() takes a dict as second arg, if any", def.name),
            },
        };
        let items = fast_items(given);
        let n = items.len();
        if n < def.visible || n > def.fields.len() {
            return count_error(vm, def, n);
        }
        let this = vm.new_struct_sequence(class, items);
        let mut used = 0;
        for (i, (name, _)) in def.fields.iter().enumerate().skip(n) {
            let found = match extra {
                Some(d) if !name.is_empty() => d.get_str(vm, name)?,
                _ => None,
            };
            if let Some(v) = found {
                used += 1;
                set_word_at(this, offset(i), Some(v));
            }
        }
        if extra.is_some_and(|d| d.len() > used) {
            raise!(vm, TypeError, "{}() got duplicate or unexpected field name(s)", def.name)
        }
        Ok(this)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let def = def_of(this.class());
        let mut out = adder_text::builder::Builder::new();
        out.push_str(def.name);
        out.push_str("(");
        // An item without a name is shown with the name of the next hidden field, as CPython does.
        let named = def.fields.iter().map(|f| f.0).filter(|n| !n.is_empty());
        for i in 0..def.visible {
            if i > 0 {
                out.push_str(", ");
            }
            out.push_str(named.clone().nth(i).unwrap_or(""));
            out.push_str("=");
            sequence::push_repr(vm, &mut out, field(this, i))?;
        }
        out.push_str(")");
        vm.new_str_owned(out.finish())
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Value) -> PyResult<Value> {
        let def = def_of(this.class());
        let items = Tuple::from_slice(vm, fast_items(this));
        let dict = Dict::new(vm);
        for (i, (name, _)) in def.fields.iter().enumerate().skip(def.visible) {
            dict.set_str(vm, name, field(this, i));
        }
        let args = Tuple::from_slice(vm, &[items.value(), dict.value()]);
        Ok(Tuple::from_slice(vm, &[this.class().value(), args.value()]).value())
    }

    /// Return a copy of the structure with new values for the specified fields.
    #[pymethod]
    fn __replace__(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let def = def_of(this.class());
        if !args.pos().is_empty() {
            return Err(vm.type_error("__replace__() takes no positional arguments"));
        }
        if def.fields.iter().any(|(n, _)| n.is_empty()) {
            raise!(
                vm,
                TypeError,
                "__replace__() is not supported for {} because it has unnamed field(s)",
                def.name
            )
        }
        let n = def.fields.len();
        let values = Tuple::build(vm, n, |i| PyResult::Ok(field(this, i)))?;
        let new = vm.new_struct_sequence(this.class(), values.items());
        let unexpected = crate::builtins::list::List::new(vm);
        for (name, value) in args.keywords() {
            match def.fields.iter().position(|(f, _)| name.eq_str(f)) {
                Some(i) => set_word_at(new, offset(i), Some(value)),
                None => unexpected.push(vm, name.value()),
            }
        }
        if !unexpected.is_empty() {
            raise!(vm, TypeError, "Got unexpected field name(s): {}", vm.repr_string(unexpected.value())?)
        }
        Ok(new)
    }
}
