//! `_CData`: an instance is an address of C memory and what keeps that memory alive.
//!
//! The memory lies outside the heap, where it does not move, and is owned by an `Rc` that parts of the
//! instance and buffers share. What pointers in it point to is in `_objects`: a single object, or for
//! aggregates a dict by places, which parts of an aggregate have in common with the whole.

use super::info::{FINAL, HAS_POINTER, IS_POINTER, Kind, StgInfo, concrete, info_of, info_of_class};
use super::{codes, keep};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::builtins::buffer::{Buffer, Layout};
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Memory of an instance.
pub struct Block {
    start: *mut u8,
    size: usize,
}

impl Block {
    /// Zeroed memory; None: there is none.
    pub fn new(size: usize, align: usize) -> Option<Rc<Block>> {
        let mut start = std::ptr::null_mut();
        // SAFETY: the alignment is a power of two, and the size is that of the new block.
        unsafe {
            if libc::posix_memalign(&mut start, align.max(16), size.max(1)) != 0 {
                return None;
            }
            std::ptr::write_bytes(start.cast::<u8>(), 0, size);
        }
        heap::add_pressure(size as isize);
        Some(Rc::new(Block { start: start.cast(), size }))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the last owner goes.
        unsafe { libc::free(self.start.cast()) };
        heap::add_pressure(-(self.size as isize));
    }
}

/// XXX to be provided
#[pyclass(name = "_CData", module = "_ctypes", flags = def::BASE | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct CData {
    h: LongHeader,
    /// The whole that this is a part of.
    pub whole: Field<Option<Value>>,
    pub objects: Field<Option<Value>>,
    pub ptr: Cell<*mut u8>,
    pub size: Cell<usize>,
    /// Number of items, 0 for simple values.
    pub length: Cell<usize>,
    /// The place in the whole.
    pub index: Cell<usize>,
    pub owns: Cell<bool>,
    pub memory: RefCell<Option<Rc<Block>>>,
}

pub fn as_cdata(v: Value) -> Option<Ref<CData>> {
    v.downcast::<CData>()
}

/// The receiver of a slot.
pub fn own(v: Value) -> Ref<CData> {
    v.downcast::<CData>().expect("the receiver is a ctypes instance")
}

impl CData {
    fn blank(info: Ref<StgInfo>) -> CData {
        info.add_flags(FINAL);
        CData {
            h: LongHeader::new(),
            whole: Field::new(None),
            objects: Field::new(None),
            ptr: Cell::new(std::ptr::null_mut()),
            size: Cell::new(info.size.get()),
            length: Cell::new(info.length.get()),
            index: Cell::new(0),
            owns: Cell::new(true),
            memory: RefCell::new(None),
        }
    }

    /// A new instance with zeroed memory.
    pub fn new(vm: &Vm, class: Ref<Type>) -> PyResult<Ref<CData>> {
        let info = concrete(vm, class)?;
        let Some(block) = Block::new(info.size.get(), info.align.get().max(1).next_power_of_two()) else {
            return Err(vm.memory_error());
        };
        let new =
            CData { ptr: Cell::new(block.start), memory: RefCell::new(Some(block)), ..CData::blank(info) };
        vm.new_instance(class, new)
    }

    /// A part of another instance (`PyCData_FromBaseObj` with a base).
    pub fn part(
        vm: &Vm,
        class: Ref<Type>,
        whole: Ref<CData>,
        index: usize,
        ptr: *mut u8,
    ) -> PyResult<Ref<CData>> {
        let info = concrete(vm, class)?;
        let memory = RefCell::new(whole.memory.borrow().clone());
        let new = CData {
            whole: Field::new(Some(whole.value())),
            ptr: Cell::new(ptr),
            index: Cell::new(index),
            owns: Cell::new(false),
            memory,
            ..CData::blank(info)
        };
        vm.new_instance(class, new)
    }

    /// A new instance with a copy of memory (`PyCData_FromBaseObj` without a base).
    ///
    /// # Safety
    /// The memory has the size of the type.
    pub unsafe fn copy_of(vm: &Vm, class: Ref<Type>, from: *const u8) -> PyResult<Ref<CData>> {
        let new = CData::new(vm, class)?;
        std::ptr::copy_nonoverlapping(from, new.ptr.get(), new.size.get());
        Ok(new)
    }

    /// An instance at an address that somebody else keeps valid (`PyCData_AtAddress`).
    pub fn at(vm: &Vm, class: Ref<Type>, ptr: *mut u8) -> PyResult<Ref<CData>> {
        let info = concrete(vm, class)?;
        let new = CData { ptr: Cell::new(ptr), owns: Cell::new(false), ..CData::blank(info) };
        vm.new_instance(class, new)
    }

    /// Moves an instance to other memory. Buffers and parts keep the old one.
    pub fn replace_memory(this: &CData, block: Rc<Block>, size: usize) {
        let n = this.size.get().min(size);
        // SAFETY: both have that many bytes, and they are two.
        unsafe { std::ptr::copy_nonoverlapping(this.ptr.get(), block.start, n) };
        this.ptr.set(block.start);
        this.size.set(size);
        *this.memory.borrow_mut() = Some(block);
    }

    /// The pointer that the memory holds.
    pub fn pointer(&self) -> *mut u8 {
        // SAFETY: asked of pointers, which have this size.
        unsafe { self.ptr.get().cast::<*mut u8>().read_unaligned() }
    }

    pub fn set_pointer(&self, p: *mut u8) {
        // SAFETY: as in `pointer`.
        unsafe { self.ptr.get().cast::<*mut u8>().write_unaligned(p) }
    }
}

// ---- what is kept -------------------------------------------------------------------------------

/// The instance that keeps the objects: the outermost whole.
pub fn container(vm: &Vm, mut this: Ref<CData>) -> Ref<CData> {
    while let Some(whole) = this.whole.get().and_then(as_cdata) {
        this = whole;
    }
    if this.objects.get().is_none() {
        let empty = if this.length.get() > 0 { Dict::new(vm).value() } else { none() };
        this.objects.set(this, Some(empty));
    }
    this
}

/// What an instance keeps, for those who point to its memory.
pub fn kept(vm: &Vm, this: Ref<CData>) -> Value {
    container(vm, this).objects.get().unwrap_or(none())
}

/// Keeps an object as long as the memory at a place of the instance (`KeepRef`).
pub fn keep_ref(vm: &Vm, this: Ref<CData>, index: usize, object: Option<Value>) -> PyResult<()> {
    let Some(object) = object.filter(|o| !o.is_none()) else { return Ok(()) };
    let holder = container(vm, this);
    match holder.objects.get().and_then(|o| o.exact::<Dict>()) {
        Some(dict) => dict.set_item(vm, unique_key(vm, this, index), object),
        None => {
            holder.objects.set(holder, Some(object));
            Ok(())
        }
    }
}

/// The path from the outermost whole to the place, innermost first.
fn unique_key(vm: &Vm, mut this: Ref<CData>, index: usize) -> Value {
    // CPython writes a C int.
    let mut text = format!("{:x}", index as u32);
    while let Some(whole) = this.whole.get().and_then(as_cdata) {
        text += &format!(":{:x}", this.index.get() as u32);
        this = whole;
    }
    vm.new_str(&text)
}

// ---- reading and writing ------------------------------------------------------------------------

/// Whether instances of the class stay instances when they are read: it is below a simple type.
pub fn is_simple_subclass(class: Ref<Type>) -> bool {
    info_of_class(class).is_some_and(|i| i.kind.get() == Kind::Simple)
        && class.base.get() != Some(super::simple::SimpleCData::class())
}

/// How a value of the class in memory is seen as a plain object: its type code.
pub fn plain_code(class: Ref<Type>) -> Option<(u8, bool)> {
    let info = info_of_class(class)?;
    (info.code.get() != 0 && !is_simple_subclass(class)).then(|| (info.code.get(), info.swapped.get()))
}

/// Reads a value that is a part of an instance (`PyCData_get`).
///
/// # Safety
/// `p` is an address of a value of the class.
pub unsafe fn get(vm: &Vm, class: Ref<Type>, whole: Ref<CData>, index: usize, p: *mut u8) -> PyResult<Value> {
    match plain_code(class) {
        Some((code, swapped)) => codes::get(vm, code, swapped, p, 0),
        None => Ok(CData::part(vm, class, whole, index, p)?.value()),
    }
}

/// Stores a value into a place of an instance, which keeps what is needed (`PyCData_set`).
///
/// # Safety
/// `p` is an address of memory for the class, of `size` bytes.
pub unsafe fn set(
    vm: &Vm,
    this: Ref<CData>,
    class: Ref<Type>,
    value: Value,
    index: usize,
    size: usize,
    p: *mut u8,
) -> PyResult<()> {
    let object = store(vm, class, value, size, p)?;
    keep_ref(vm, this, index, object)
}

/// Stores a value; gives what must be kept.
///
/// # Safety
/// As `set`.
unsafe fn store(vm: &Vm, class: Ref<Type>, value: Value, size: usize, p: *mut u8) -> PyResult<Option<Value>> {
    let info = info_of_class(class);
    let is_pointer = info.is_some_and(|i| i.kind.get() == Kind::Pointer);
    let Some(source) = as_cdata(value) else {
        if let Some(info) = info
            && info.code.get() != 0
        {
            return codes::set(vm, info.code.get(), info.swapped.get(), p, value, size);
        }
        if let Some(args) = value.downcast::<Tuple>() {
            let made = match vm.call(class.value(), args.items()) {
                Ok(v) => v,
                Err(raised) => {
                    return Err(extend_error(
                        vm,
                        raised,
                        Exc::RuntimeError.class(),
                        &format!("({}) ", class.name()),
                    ));
                }
            };
            return store(vm, class, made, size, p);
        }
        if value.is_none() && is_pointer {
            p.cast::<usize>().write_unaligned(0);
            return Ok(None);
        }
        raise!(vm, TypeError, "expected {} instance, got {}", class.name(), value.class().name())
    };
    if vm.isinstance(value, class.value())? {
        std::ptr::copy(source.ptr.get(), p, size);
        return Ok(Some(kept(vm, source)));
    }
    let incompatible = || {
        let (given, wanted) = (value.class().name(), class.name());
        vm.type_error(format!("incompatible types, {given} instance instead of {wanted} instance"))
    };
    if is_pointer && let Some(array) = info_of_class(value.class()).filter(|i| i.kind.get() == Kind::Array) {
        if array.proto.get() != info.and_then(|i| i.proto.get()) {
            return Err(incompatible());
        }
        p.cast::<*mut u8>().write_unaligned(source.ptr.get());
        // The field does not own the array's memory: both the array and what it keeps must live.
        let pair = Tuple::from_slice(vm, &[kept(vm, source), value]);
        return Ok(Some(pair.value()));
    }
    Err(incompatible())
}

/// Raises the exception anew as one of another class, with a prefix (`_ctypes_extend_error`).
pub fn extend_error(vm: &Vm, raised: Raised, class: Ref<Type>, prefix: &str) -> Raised {
    let e = vm.take_exception(raised).value();
    let text = match vm.str(e).map(|s| s.to_string()) {
        Ok(s) => s,
        Err(raised) => {
            let _ = vm.take_exception(raised);
            "???".to_string()
        }
    };
    let name = e.class().name.get();
    vm.raise_class(class, &[vm.new_str(&format!("{prefix}{name}: {text}"))])
}

#[pymethods]
impl CData {
    #[slot(tp_hash)]
    fn hash(vm: &Vm, _: Value) -> PyResult<i64> {
        Err(vm.type_error("unhashable type"))
    }

    #[slot(bf_getbuffer)]
    pub fn getbuffer(vm: &Vm, this: Value, _: i32) -> PyResult<Buffer> {
        let data = own(this);
        let info = concrete(vm, this.class())?;
        let mut item = info;
        while item.kind.get() == Kind::Array
            && let Some(next) = item.item()
        {
            item = next;
        }
        let format = match &*info.format.borrow() {
            Some(f) => Cow::Owned(f.clone().into_bytes()),
            None => Cow::Borrowed(&b"B"[..]),
        };
        let shape = info.shape.borrow().clone();
        let itemsize = item.size.get();
        let strides = Layout::c_strides(&shape, itemsize);
        let layout = Layout {
            len: data.size.get(),
            itemsize,
            readonly: false,
            format,
            shape,
            strides,
            suboffsets: vec![],
        };
        let keep = data.memory.borrow().clone();
        Ok(match keep {
            Some(block) => Buffer::shared(this, data.ptr.get(), layout, block),
            None => Buffer::shared(this, data.ptr.get(), layout, Rc::new(())),
        })
    }

    /// the base object
    #[getter(name = "_b_base_")]
    fn base_(_: &Vm, this: Ref<CData>) -> Option<Value> {
        this.whole.get()
    }

    /// whether the object owns the memory or not
    #[getter(name = "_b_needsfree_")]
    fn needs_free(_: &Vm, this: Ref<CData>) -> i64 {
        this.owns.get() as i64
    }

    /// internal objects tree (NEVER CHANGE THIS OBJECT!)
    #[getter(name = "_objects")]
    fn objects_(_: &Vm, this: Ref<CData>) -> Option<Value> {
        this.objects.get().map(keep::shown)
    }

    /// default __ctypes_from_outparam__ method returns self.
    #[pymethod("($self, /)")]
    fn __ctypes_from_outparam__(_: &Vm, this: Ref<CData>) -> Value {
        this.value()
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<CData>) -> PyResult<Value> {
        let class = this.value().class();
        if concrete(vm, class)?.has_flag(IS_POINTER | HAS_POINTER) {
            return Err(vm.value_error("ctypes objects containing pointers cannot be pickled"));
        }
        let dict = vm.instance_dict(this.value()).unwrap_or_else(|| Dict::new(vm)).value();
        // SAFETY: the instance's memory.
        let bytes = unsafe { std::slice::from_raw_parts(this.ptr.get(), this.size.get()) };
        let data = vm.new_bytes(bytes)?;
        let unpickle = vm.get_attr_str(adder_vm::import::import_module(vm, "_ctypes")?, "_unpickle")?;
        let state = Tuple::from_slice(vm, &[dict, data]).value();
        let args = Tuple::from_slice(vm, &[class.value(), state]).value();
        Ok(Tuple::from_slice(vm, &[unpickle, args]).value())
    }

    #[pymethod("($self, dict, data, /)")]
    fn __setstate__(vm: &Vm, this: Ref<CData>, dict: Ref<Dict>, data: Ref<Bytes>) -> PyResult<()> {
        let n = data.len().min(this.size.get());
        // SAFETY: both have that many bytes.
        unsafe { std::ptr::copy_nonoverlapping(data.data_ptr(), this.ptr.get(), n) };
        let own = vm.get_attr_str(this.value(), "__dict__")?;
        match own.downcast::<Dict>() {
            Some(own) => own.update_from(vm, dict),
            None => raise!(
                vm,
                TypeError,
                "{}.__dict__ must be a dictionary, not {}",
                this.value().class().name(),
                own.class().name()
            ),
        }
    }
}

/// The type of the value, if it is a ctypes instance.
pub fn info_of_instance(v: Value) -> Option<Ref<StgInfo>> {
    info_of(v.class().value())
}
