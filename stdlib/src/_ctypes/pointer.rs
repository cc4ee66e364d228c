//! `_Pointer`: typed pointers.

use super::cdata::{CData, as_cdata, get, keep_ref, kept, own, set};
use super::codes;
use super::info::{IS_POINTER, Kind, StgInfo, concrete, info_of, info_of_class, name};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::buffer::Buffer;
use adder_vm::builtins::list::List;
use adder_vm::builtins::sequence::is_index;
use adder_vm::builtins::slice_::Slice;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

/// XXX to be provided
#[pyclass(name = "_Pointer", module = "_ctypes", base = CData, flags = def::BASE)]
#[repr(C)]
pub struct Pointer {
    base: CData,
}

/// The type that is pointed to.
fn target(vm: &Vm, this: Value) -> PyResult<Ref<Type>> {
    match concrete(vm, this.class())?.proto.get().and_then(|p| p.downcast::<Type>()) {
        Some(class) => Ok(class),
        None => Err(vm.type_error("Cannot create instance: has no _type_")),
    }
}

fn not_null(vm: &Vm, this: Value) -> PyResult<*mut u8> {
    let p = own(this).pointer();
    if p.is_null() { Err(vm.value_error("NULL pointer access")) } else { Ok(p) }
}

fn size_of(class: Ref<Type>) -> isize {
    info_of_class(class).map_or(0, |i| i.size.get()) as isize
}

fn item_at(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
    let p = not_null(vm, this)?;
    let class = target(vm, this)?;
    // SAFETY: the program says that there is an item.
    unsafe { get(vm, class, own(this), i as usize, p.wrapping_offset(i.wrapping_mul(size_of(class)))) }
}

#[pymethods]
impl Pointer {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _: Args) -> PyResult<Value> {
        if info_of_class(class).is_none_or(|i| i.proto.get().is_none()) {
            return Err(vm.type_error("Cannot create instance: has no _type_"));
        }
        Ok(CData::new(vm, class)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        match args.pos() {
            [] => Ok(()),
            [value] => Pointer::set_contents(vm, this, Some(*value)),
            all => raise!(vm, TypeError, "POINTER expected at most 1 argument, got {}", all.len()),
        }
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
        CData::getbuffer(vm, this, wanted)
    }

    #[slot(nb_bool)]
    fn bool_(_: &Vm, this: Value) -> PyResult<bool> {
        Ok(!own(this).pointer().is_null())
    }

    #[slot(sq_item)]
    fn item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        item_at(vm, this, i)
    }

    #[slot(sq_ass_item)]
    fn ass_item(vm: &Vm, this: Value, i: isize, value: Option<Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(vm.type_error("Pointer does not support item deletion"));
        };
        let p = not_null(vm, this)?;
        let class = target(vm, this)?;
        let size = size_of(class);
        let at = p.wrapping_offset(i.wrapping_mul(size));
        // SAFETY: the program says that there is an item.
        unsafe { set(vm, own(this), class, value, i as usize, size as usize, at) }
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        if value.is_none() {
            return Err(vm.type_error("Pointer does not support item deletion"));
        }
        Pointer::ass_item(vm, this, vm.index_isize(key)?, value)
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        if is_index(key) {
            return item_at(vm, this, vm.index_isize(key)?);
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(vm.type_error("Pointer indices must be integer"));
        };
        // Without a length, the bounds must be given.
        let step = match slice.step.get() {
            v if v.is_none() => 1,
            v => vm.index_clamped(v)?,
        };
        if step == 0 {
            return Err(vm.value_error("slice step cannot be zero"));
        }
        let start = match slice.start.get() {
            v if !v.is_none() => vm.index_clamped(v)?,
            _ if step < 0 => return Err(vm.value_error("slice start is required for step < 0")),
            _ => 0,
        };
        if slice.stop.get().is_none() {
            return Err(vm.value_error("slice stop is required"));
        }
        let stop = vm.index_clamped(slice.stop.get())?;
        let (low, high) = if step > 0 { (start, stop) } else { (stop, start) };
        let count = if high > low { (high as i128 - low as i128 - 1) / (step as i128).abs() + 1 } else { 0 };
        let Ok(count) = isize::try_from(count) else { return Err(vm.memory_error()) };
        let class = target(vm, this)?;
        let code = info_of_class(class).filter(|i| i.kind.get() == Kind::Simple).map_or(0, |i| i.code.get());
        if code == b'c' || code == b'u' {
            if count == 0 {
                return if code == b'c' { vm.new_bytes(&[]) } else { Ok(vm.new_str("")) };
            }
            let p = not_null(vm, this)?;
            let size = size_of(class);
            let out: Vec<u8> = (0..count)
                .flat_map(|i| {
                    let at = p.wrapping_offset((start + i * step) * size);
                    // SAFETY: the program says that there are such items.
                    unsafe { std::slice::from_raw_parts(at, size as usize) }.iter().copied()
                })
                .collect();
            if code == b'c' {
                return vm.new_bytes(&out);
            }
            // SAFETY: so many characters were copied.
            return unsafe { codes::wide(vm, out.as_ptr(), count as usize) };
        }
        let list = List::new(vm);
        for i in 0..count {
            list.push(vm, item_at(vm, this, start + i * step)?);
        }
        Ok(list.value())
    }

    /// the object this pointer points to (read-write)
    #[getter]
    fn contents(vm: &Vm, this: Value) -> PyResult<Value> {
        let p = not_null(vm, this)?;
        Ok(CData::part(vm, target(vm, this)?, own(this), 0, p)?.value())
    }

    #[setter]
    fn set_contents(vm: &Vm, this: Value, value: Option<Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(vm.type_error("Pointer does not support item deletion"));
        };
        let class = target(vm, this)?;
        let Some(data) = as_cdata(value) else {
            raise!(vm, TypeError, "expected {} instead of {}", class.name(), value.class().name())
        };
        let pointer = own(this);
        pointer.set_pointer(data.ptr.get());
        // The instance is kept under 1, and what it keeps itself under 0.
        keep_ref(vm, pointer, 1, Some(value))?;
        keep_ref(vm, pointer, 0, Some(kept(vm, data)))
    }
}

// ---- types of pointers --------------------------------------------------------------------------

/// `PyCPointerType.__init__`
pub fn init_type(vm: &Vm, class: Ref<Type>, _: Args) -> PyResult<()> {
    let info = StgInfo::make(vm, class, Kind::Pointer)?;
    info.set_pointer();
    info.length.set(1);
    let Some(proto) = super::info::own_attribute(vm, class, "_type_") else {
        // A subclass does not point to what its base points to: it is incomplete.
        return Ok(());
    };
    if let Err(raised) = set_target(vm, info, proto) {
        class.type_data.set(class, None);
        return Err(raised);
    }
    if let Some(item) = info_of(proto)
        && item.pointer_type.get().is_none()
    {
        item.pointer_type.set(item, Some(class.value()));
    }
    Ok(())
}

/// `PyCPointerType_SetProto`, and the buffer format.
fn set_target(vm: &Vm, info: Ref<StgInfo>, proto: Value) -> PyResult<()> {
    if proto.downcast::<Type>().is_none() {
        return Err(vm.type_error("_type_ must be a type"));
    }
    let Some(item) = info_of(proto) else {
        return Err(vm.type_error("_type_ must have storage info"));
    };
    info.proto.set(info, Some(proto));
    let format = item.format.borrow().clone().unwrap_or_else(|| "B".to_string());
    let shape: Vec<String> = item.shape.borrow().iter().map(|n| n.to_string()).collect();
    let dims = if shape.is_empty() { String::new() } else { format!("({})", shape.join(",")) };
    *info.format.borrow_mut() = Some(format!("&{dims}{format}"));
    Ok(())
}

/// `set_type(type)`: makes an incomplete pointer type complete.
pub fn set_type(vm: &Vm, class: Ref<Type>, proto: Value) -> PyResult<()> {
    let info = concrete(vm, class)?;
    set_target(vm, info, proto)?;
    vm.set_attr(class.value(), name(vm, "_type_"), proto)?;
    if let Some(item) = info_of(proto)
        && item.pointer_type.get().is_none()
    {
        item.pointer_type.set(item, Some(class.value()));
    }
    info.add_flags(IS_POINTER);
    Ok(())
}
