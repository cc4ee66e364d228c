//! `Array`: items of one type in a row.

use super::cdata::{CData, as_cdata, get, own, set};
use super::info::{Kind, StgInfo, concrete, info_of_class, name};
use super::{codes, types};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::buffer::Buffer;
use adder_vm::builtins::bytes::Bytes;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::generic_alias::GenericAlias;
use adder_vm::builtins::list::List;
use adder_vm::builtins::sequence::{Bounds, Span, is_index};
use adder_vm::builtins::slice_::Slice;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def::{self, GetSetDef};
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// Abstract base class for arrays.
///
/// The recommended way to create concrete array types is by multiplying any
/// ctypes data type with a non-negative integer. Alternatively, you can subclass
/// this type and define _length_ and _type_ class variables. Array elements can
/// be read and written using standard subscript and slice accesses for slice
/// reads, the resulting object is not itself an Array.
#[pyclass(name = "Array", module = "_ctypes", base = CData, flags = def::BASE)]
#[repr(C)]
pub struct Array {
    base: CData,
}

/// The type of the items, their size and their type code.
struct Items {
    class: Ref<Type>,
    size: usize,
    code: u8,
}

fn items_of(vm: &Vm, this: Value) -> PyResult<Items> {
    let info = concrete(vm, this.class())?;
    let class = info.proto.get().and_then(|p| p.downcast::<Type>());
    match class.and_then(|c| Some((c, info_of_class(c)?))) {
        Some((class, item)) => {
            let code = if item.kind.get() == Kind::Simple { item.code.get() } else { 0 };
            Ok(Items { class, size: item.size.get(), code })
        }
        None => Err(vm.system_error("an array type without a type of items")),
    }
}

fn item_at(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
    let data = own(this);
    if i < 0 || i as usize >= data.length.get() {
        return Err(vm.index_error("invalid index"));
    }
    let items = items_of(vm, this)?;
    // SAFETY: the index is below the length.
    unsafe { get(vm, items.class, data, i as usize, data.ptr.get().add(i as usize * items.size)) }
}

fn set_item_at(vm: &Vm, this: Value, i: isize, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(vm.type_error("Array does not support item deletion"));
    };
    let data = own(this);
    if i < 0 || i as usize >= data.length.get() {
        return Err(vm.index_error("invalid index"));
    }
    let items = items_of(vm, this)?;
    let at = i as usize;
    // SAFETY: the index is below the length.
    unsafe { set(vm, data, items.class, value, at, items.size, data.ptr.get().add(at * items.size)) }
}

fn span_of(vm: &Vm, this: Value, slice: Ref<Slice>) -> PyResult<Span> {
    Ok(Bounds::of(vm, slice)?.adjust(own(this).length.get()))
}

#[pymethods]
impl Array {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _: Args) -> PyResult<Value> {
        Ok(CData::new(vm, class)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let Some(set) = this.class().slots().sq_ass_item else { return Ok(()) };
        for (i, v) in args.pos().iter().enumerate() {
            set(vm, this, i as isize, Some(*v))?;
        }
        Ok(())
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
        CData::getbuffer(vm, this, wanted)
    }

    #[slot(sq_length, mp_length)]
    fn length(_: &Vm, this: Value) -> PyResult<usize> {
        Ok(own(this).length.get())
    }

    #[slot(sq_item)]
    fn item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        item_at(vm, this, i)
    }

    #[slot(sq_ass_item)]
    fn ass_item(vm: &Vm, this: Value, i: isize, value: Option<Value>) -> PyResult<()> {
        set_item_at(vm, this, i, value)
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        if is_index(key) {
            let i = vm.index_isize(key)?;
            return item_at(vm, this, if i < 0 { i + own(this).length.get() as isize } else { i });
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(vm.type_error("indices must be integers"));
        };
        let span = span_of(vm, this, slice)?;
        let (items, p) = (items_of(vm, this)?, own(this).ptr.get());
        match items.code {
            b'c' => {
                // SAFETY: the indices are below the length.
                let out: Vec<u8> = (0..span.len).map(|i| unsafe { *p.add(span.at(i)) }).collect();
                vm.new_bytes(&out)
            }
            b'u' => {
                // SAFETY: the indices are below the length.
                let chars: Vec<u8> = (0..span.len)
                    .flat_map(|i| unsafe { p.add(4 * span.at(i)).cast::<[u8; 4]>().read() })
                    .collect();
                // SAFETY: so many characters were copied.
                unsafe { codes::wide(vm, chars.as_ptr(), span.len) }
            }
            _ => {
                let list = List::with_capacity(vm, span.len);
                for i in 0..span.len {
                    list.push(vm, item_at(vm, this, span.at(i) as isize)?);
                }
                Ok(list.value())
            }
        }
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(vm.type_error("Array does not support item deletion"));
        };
        if is_index(key) {
            let i = vm.index_isize(key)?;
            let i = if i < 0 { i + own(this).length.get() as isize } else { i };
            return set_item_at(vm, this, i, Some(value));
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(vm.type_error("indices must be integer"));
        };
        let span = span_of(vm, this, slice)?;
        if vm.len(value)? != span.len {
            return Err(vm.value_error("Can only assign sequence of same size"));
        }
        for i in 0..span.len {
            let item = vm.get_item(value, vm.int(i as i64))?;
            set_item_at(vm, this, span.at(i) as isize, Some(item))?;
        }
        Ok(())
    }

    /// Arrays are generic over the type of their elements
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> Value {
        GenericAlias::new(vm, class, item).value()
    }
}

// ---- arrays of characters -----------------------------------------------------------------------

fn cannot_delete<T>(vm: &Vm) -> PyResult<T> {
    Err(vm.type_error("can't delete attribute"))
}

/// Attributes of arrays of `c_char`.
pub static CHARS: [GetSetDef; 2] = [
    GetSetDef {
        name: "raw",
        get: Some(|vm, _, this| {
            let data = own(this);
            // SAFETY: the instance's memory.
            vm.new_bytes(unsafe { std::slice::from_raw_parts(data.ptr.get(), data.size.get()) })
        }),
        set: Some(|vm, _, this, value| {
            let Some(value) = value else {
                let class = this.class().name();
                raise!(vm, AttributeError, "attribute 'raw' of '{class}' objects cannot be deleted")
            };
            let bytes = vm.bytes_like(value)?;
            let data = own(this);
            if bytes.len() > data.size.get() {
                return Err(vm.value_error("byte string too long"));
            }
            // SAFETY: there is room; the bytes may be those of the instance itself.
            unsafe { std::ptr::copy(bytes.as_ptr(), data.ptr.get(), bytes.len()) };
            Ok(())
        }),
        doc: "value",
        extension: false,
    },
    GetSetDef {
        name: "value",
        get: Some(|vm, _, this| {
            let data = own(this);
            // SAFETY: the instance's memory.
            unsafe { codes::get(vm, b's', false, data.ptr.get(), data.size.get()) }
        }),
        set: Some(|vm, _, this, value| {
            let Some(value) = value else { return cannot_delete(vm) };
            let Some(b) = value.downcast::<Bytes>() else {
                raise!(vm, TypeError, "bytes expected instead of {} instance", value.class().name())
            };
            let data = own(this);
            if b.len() > data.size.get() {
                return Err(vm.value_error("byte string too long"));
            }
            // SAFETY: there is room.
            unsafe {
                std::ptr::copy_nonoverlapping(b.data_ptr(), data.ptr.get(), b.len());
                if b.len() < data.size.get() {
                    *data.ptr.get().add(b.len()) = 0;
                }
            }
            Ok(())
        }),
        doc: "string value",
        extension: false,
    },
];

/// The attribute of arrays of `c_wchar`.
pub static WIDE_CHARS: [GetSetDef; 1] = [GetSetDef {
    name: "value",
    get: Some(|vm, _, this| {
        let data = own(this);
        // SAFETY: the instance's memory.
        unsafe { codes::get(vm, b'U', false, data.ptr.get(), data.size.get()) }
    }),
    set: Some(|vm, _, this, value| {
        let Some(value) = value else { return cannot_delete(vm) };
        let data = own(this);
        if let Some(s) = value.downcast::<adder_vm::builtins::str_::Str>()
            && s.len() > data.size.get() / 4
        {
            return Err(vm.value_error("string too long"));
        }
        // SAFETY: the instance's memory.
        unsafe { codes::set_wide(vm, data.ptr.get(), value, data.size.get()) }
    }),
    doc: "string value",
    extension: false,
}];

// ---- types of arrays ----------------------------------------------------------------------------

/// `PyCArrayType.__init__`
pub fn init_type(vm: &Vm, class: Ref<Type>, _: Args) -> PyResult<()> {
    // The base class itself is abstract.
    let missing = |what| vm.error(adder_vm::builtins::exceptions::Exc::AttributeError, what);
    let Some(length) = vm.get_attr_opt(class.value(), name(vm, "_length_"))? else {
        return Err(missing("class must define a '_length_' attribute"));
    };
    let Some(length) = adder_vm::builtins::int::as_int(length) else {
        return Err(vm.type_error("The '_length_' attribute must be an integer"));
    };
    let length = vm.int_to_i128(length);
    if length < 0 {
        return Err(vm.value_error("The '_length_' attribute must not be negative"));
    }
    let Ok(length) = isize::try_from(length) else {
        return Err(vm.overflow_error("The '_length_' attribute is too large"));
    };
    let Some(proto) = vm.get_attr_opt(class.value(), name(vm, "_type_"))? else {
        return Err(missing("class must define a '_type_' attribute"));
    };
    let info = StgInfo::make(vm, class, Kind::Array)?;
    let Some(item) = super::info::info_of(proto) else {
        class.type_data.set(class, None);
        return Err(vm.type_error("_type_ must have storage info"));
    };
    let Some(size) = item.size.get().checked_mul(length as usize).filter(|n| *n <= isize::MAX as usize)
    else {
        return Err(vm.overflow_error("array too large"));
    };
    info.proto.set(info, Some(proto));
    item.add_flags(super::info::FINAL);
    info.size.set(size);
    info.align.set(item.align.get());
    info.length.set(length as usize);
    info.add_flags(item.flags.get() & (super::info::IS_POINTER | super::info::HAS_POINTER));
    if info.has_flag(super::info::IS_POINTER) {
        info.flags.set(info.flags.get() & !super::info::IS_POINTER);
        info.add_flags(super::info::HAS_POINTER);
    }
    *info.format.borrow_mut() = item.format.borrow().clone();
    let mut shape = vec![length];
    shape.extend(item.shape.borrow().iter());
    *info.shape.borrow_mut() = shape;
    // Only the leaves of small arrays matter: larger structs are passed in memory.
    if size <= 32 {
        let mut leaves = vec![];
        for i in 0..length as usize {
            for l in item.leaves.borrow().iter() {
                leaves.push(super::ffi_types::Leaf { offset: l.offset + i * item.size.get(), ..*l });
            }
        }
        *info.leaves.borrow_mut() = leaves;
    }
    let getsets: &'static [GetSetDef] = match (item.kind.get(), item.code.get()) {
        (Kind::Simple, b'c') => &CHARS,
        (Kind::Simple, b'u') => &WIDE_CHARS,
        _ => &[],
    };
    for g in getsets {
        let descriptor = adder_vm::builtins::descr::getset_descriptor(vm, class, g);
        class.dict.get().set_name(name(vm, g.name), descriptor);
        class.modified();
    }
    Ok(())
}

/// The type of arrays of a type: always the same for the same length.
pub fn array_type(vm: &Vm, item: Ref<Type>, length: isize) -> PyResult<Value> {
    if length < 0 {
        raise!(vm, ValueError, "Array length must be >= 0, not {length}")
    }
    let key = vm.int(length as i64);
    let known = info_of_class(item).and_then(|i| i.arrays.get());
    if let Some(class) = known.map(|d| d.get_item(vm, key)).transpose()?.flatten() {
        return Ok(class);
    }
    let namespace = Dict::new(vm);
    namespace.set_str(vm, "_length_", key);
    namespace.set_str(vm, "_type_", item.value());
    let bases = Tuple::from_slice(vm, &[Array::class().value()]).value();
    let text = vm.new_str(&format!("{}_Array_{length}", item.name.get()));
    let class = vm.call(types::PyCArrayType::class().value(), &[text, bases, namespace.value()])?;
    if let Some(info) = info_of_class(item) {
        let dict = match info.arrays.get() {
            Some(d) => d,
            None => {
                let d = Dict::new(vm);
                info.arrays.set(info, Some(d));
                d
            }
        };
        dict.set_item(vm, key, class)?;
    }
    Ok(class)
}

/// An array or pointer of items of a simple type with this code.
pub fn has_items_of(v: Value, code: u8) -> bool {
    let info = as_cdata(v).and_then(|_| super::cdata::info_of_instance(v));
    info.filter(|i| matches!(i.kind.get(), Kind::Array | Kind::Pointer))
        .and_then(|i| i.item())
        .is_some_and(|i| i.has_code(&[code]))
}
