//! `Structure` and `Union`, and what setting `_fields_` does. Where fields lie is computed by
//! `ctypes._layout`.

use super::cdata::CData;
use super::ffi_types::Leaf;
use super::field::CField;
use super::info::{FINAL, HAS_POINTER, IS_POINTER, Kind, StgInfo, info_of_class, name, own_attribute};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::buffer::Buffer;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::import::import_module;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;

macro_rules! aggregate {
    ($ident:ident, $name:literal, $doc:literal) => {
        #[doc = $doc]
        #[pyclass(name = $name, module = "_ctypes", base = CData, flags = def::BASE)]
        #[repr(C)]
        pub struct $ident {
            base: CData,
        }

        #[pymethods]
        impl $ident {
            #[slot(tp_new)]
            fn new(vm: &Vm, class: Ref<Type>, _: Args) -> PyResult<Value> {
                Ok(CData::new(vm, class)?.value())
            }

            #[slot(tp_init)]
            fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
                initialise(vm, this, args)
            }

            #[slot(bf_getbuffer)]
            fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
                CData::getbuffer(vm, this, wanted)
            }
        }
    };
}

aggregate!(Structure, "Structure", "Structure base class");
aggregate!(Union, "Union", "Union base class");

fn initialise(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
    if !args.pos().is_empty() {
        let used = set_positional(vm, this, this.class(), args, 0)?;
        if used < args.pos().len() {
            return Err(vm.type_error("too many initializers"));
        }
    }
    for (key, value) in args.keywords() {
        vm.set_attr(this, key, value)?;
    }
    Ok(())
}

/// Gives the fields of the bases and then those of the class their values, from `index` on; gives the
/// index behind them.
fn set_positional(vm: &Vm, this: Value, class: Ref<Type>, args: Args, index: usize) -> PyResult<usize> {
    let mut index = index;
    if let Some(base) = class.base.get().filter(|b| info_of_class(*b).is_some()) {
        index = set_positional(vm, this, base, args, index)?;
    }
    let Some(fields) = own_attribute(vm, class, "_fields_") else { return Ok(index) };
    for i in 0..vm.len(fields)? {
        let Some(value) = args.pos().get(index) else { break };
        let pair = vm.get_item(fields, vm.int(i as i64))?;
        let Some(field) = vm.get_item(pair, vm.int(0))?.downcast::<Str>() else {
            return Err(vm.type_error("attribute name must be string"));
        };
        if args.keywords().any(|(k, _)| k.same_text(&field)) {
            raise!(vm, TypeError, "duplicate values for field {}", vm.repr_string(field.value())?)
        }
        vm.set_attr(this, field, *value)?;
        index += 1;
    }
    Ok(index)
}

/// `__init__` of the metaclasses.
pub fn init_type(vm: &Vm, class: Ref<Type>, kind: Kind) -> PyResult<()> {
    // What is marked so has no instances.
    if own_attribute(vm, class, "_abstract_").is_some() {
        return Ok(());
    }
    let info = StgInfo::make(vm, class, kind)?;
    info.align.set(1);
    *info.format.borrow_mut() = Some("B".to_string());
    info.describe_aggregate();
    if let Some(fields) = own_attribute(vm, class, "_fields_") {
        return vm.set_attr(class.value(), name(vm, "_fields_"), fields);
    }
    if let Some(base) = class.base.get().and_then(info_of_class) {
        StgInfo::copy_from(info, base);
        base.add_flags(FINAL);
    }
    Ok(())
}

/// `_fields_` is set: lays the class out (`PyCStructUnionType_update_stginfo`).
pub fn set_fields(vm: &Vm, class: Ref<Type>, fields: Value) -> PyResult<()> {
    let Some(info) = info_of_class(class) else {
        return Err(vm.type_error("ctypes state is not initialized"));
    };
    if info.has_flag(FINAL) {
        return Err(vm.error(Exc::AttributeError, "_fields_ is final"));
    }
    let is_struct = info.kind.get() == Kind::Struct;
    let base = class.base.get().filter(|b| info_of_class(*b).is_some());
    let get_layout = vm.get_attr_str(import_module(vm, "ctypes._layout")?, "get_layout")?;
    let layout = vm.call_kw(
        get_layout,
        &[class.value(), fields],
        &[("is_struct", bool_value(is_struct)), ("base", base.map_or(none(), |b| b.value()))],
    )?;
    let members = vm.sequence_to_tuple(vm.get_attr_str(layout, "fields")?)?;
    let number = |what: &str| -> PyResult<usize> {
        let v = vm.get_attr_str(layout, what)?;
        if as_int(v).is_none() {
            return Err(vm.type_error("an integer is required"));
        }
        match isize::try_from(vm.index_i128(v)?) {
            Ok(n) if n >= 0 => Ok(n as usize),
            Ok(_) => raise!(vm, ValueError, "{what} must be a non-negative integer"),
            Err(_) => raise!(vm, OverflowError, "Python int too large to convert to C ssize_t"),
        }
    };
    let (align, size) = (number("align")?, number("size")?);
    let format = vm.get_attr_str(layout, "format_spec")?;
    let Some(format) = format.downcast::<Str>() else {
        raise!(vm, TypeError, "format_spec must be a string, not {}", format.class().name())
    };
    *info.format.borrow_mut() = Some(format.to_string());
    let base_info = base.and_then(info_of_class);
    let mut leaves: Vec<Leaf> = base_info.map_or_else(Vec::new, |b| b.leaves.borrow().clone());
    let mut length = members.len();
    if let Some(base) = base_info {
        info.add_flags(base.flags.get() & HAS_POINTER);
        length += base.length.get();
    }
    for (i, member) in members.items().iter().enumerate() {
        let Some(field) = member.downcast::<CField>() else {
            raise!(vm, TypeError, "fields must be of type CField, got {}", member.class().full_name(vm))
        };
        let field_name = field.name.get();
        if field.index.get() != i as isize {
            let shown = vm.repr_string(field_name.value())?;
            let got = field.index.get();
            raise!(vm, ValueError, "field {shown} index mismatch (expected {i}, got {got})")
        }
        let Some(item) = info_of_class(field.class.get()) else {
            raise!(vm, TypeError, "second item in _fields_ tuple (index {i}) must be a C type")
        };
        if item.has_flag(IS_POINTER | HAS_POINTER) {
            info.add_flags(HAS_POINTER);
        }
        item.add_flags(FINAL);
        let at = field.byte_offset.get() as usize;
        if at <= 32 {
            leaves.extend(item.leaves.borrow().iter().map(|l| Leaf { offset: l.offset + at, ..*l }));
        }
        vm.set_attr(class.value(), field_name, *member)?;
    }
    info.size.set(size);
    info.align.set(align);
    info.length.set(length);
    *info.leaves.borrow_mut() = leaves;
    info.describe_aggregate();
    if info.has_flag(FINAL) {
        return Err(vm.error(Exc::AttributeError, "Structure or union cannot contain itself"));
    }
    info.add_flags(FINAL);
    share_anonymous(vm, class)
}

/// The members of anonymous fields become attributes of the class itself (`MakeAnonFields`).
fn share_anonymous(vm: &Vm, class: Ref<Type>) -> PyResult<()> {
    let Some(anonymous) = vm.get_attr_opt(class.value(), name(vm, "_anonymous_"))? else { return Ok(()) };
    let names = match vm.sequence_to_tuple(anonymous) {
        Ok(t) => t,
        Err(raised) => {
            vm.swallow(raised, Exc::TypeError)?;
            return Err(vm.type_error("_anonymous_ must be a sequence"));
        }
    };
    for n in names.items() {
        let Some(n) = n.downcast::<Str>() else {
            return Err(vm.type_error("attribute name must be string"));
        };
        let descriptor = vm.get_attr(class.value(), vm.intern_ref(n))?;
        let Some(field) = descriptor.exact::<CField>() else {
            raise!(vm, AttributeError, "'{n}' is specified in _anonymous_ but not in _fields_")
        };
        field.anonymous.set(true);
        share_members(vm, class, field, field.index.get(), field.byte_offset.get())?;
    }
    Ok(())
}

fn share_members(vm: &Vm, class: Ref<Type>, field: Ref<CField>, index: isize, offset: isize) -> PyResult<()> {
    vm.check_native_stack()?;
    let inner = field.class.get().value();
    let fields = vm.sequence_to_tuple(vm.get_attr_str(inner, "_fields_")?)?;
    for pair in fields.items() {
        let Some(member) = vm.get_item(*pair, vm.int(0))?.downcast::<Str>() else {
            return Err(vm.type_error("_fields_ must be a sequence of pairs"));
        };
        let member = vm.intern_ref(member);
        let Some(descriptor) = vm.get_attr(inner, member)?.exact::<CField>() else {
            return Err(vm.type_error("unexpected type"));
        };
        if descriptor.anonymous.get() {
            let (i, o) = (descriptor.index.get(), descriptor.byte_offset.get());
            share_members(vm, class, descriptor, index + i, offset + o)?;
            continue;
        }
        let new = CField::moved(descriptor, index, offset);
        vm.set_attr(class.value(), member, new.value())?;
    }
    Ok(())
}
