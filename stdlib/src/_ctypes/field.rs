//! `CField`: an attribute of structs and unions, whole bytes or bits of an integer.

use super::cdata::{as_cdata, get, keep_ref, plain_code, set};
use super::codes;
use super::info::{Kind, StgInfo, info_of_class};
use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Structure/Union member
#[pyclass(name = "CField", module = "ctypes", flags = def::DEFAULT)]
#[repr(C)]
pub struct CField {
    h: LongHeader,
    pub name: Field<Ref<Str>>,
    pub class: Field<Ref<Type>>,
    pub byte_offset: Cell<isize>,
    pub byte_size: Cell<usize>,
    pub index: Cell<isize>,
    /// 0: no bit field.
    pub bit_size: Cell<u32>,
    pub bit_offset: Cell<u32>,
    pub anonymous: Cell<bool>,
    /// Arrays of characters are seen as strings: `s` or `U`.
    text: Cell<u8>,
}

const NEW: Params = params(
    "CField",
    &["name", "type", "byte_size", "byte_offset", "index", "_internal_use", "bit_size", "bit_offset"],
    0,
    0,
    0,
);

impl CField {
    fn info(&self) -> Option<Ref<StgInfo>> {
        info_of_class(self.class.get())
    }

    /// A copy for a class that has the members of an anonymous field as its own.
    pub fn moved(this: Ref<CField>, index: isize, offset: isize) -> Ref<CField> {
        let new = CField {
            h: LongHeader::new(),
            name: Field::new(this.name.get()),
            class: Field::new(this.class.get()),
            byte_offset: Cell::new(this.byte_offset.get() + offset),
            byte_size: Cell::new(this.byte_size.get()),
            index: Cell::new(this.index.get() + index),
            bit_size: Cell::new(this.bit_size.get()),
            bit_offset: Cell::new(this.bit_offset.get()),
            anonymous: Cell::new(false),
            text: Cell::new(this.text.get()),
        };
        heap::new(CField::shape(), new)
    }

    fn mask(&self) -> u64 {
        if self.bit_size.get() >= 64 { u64::MAX } else { (1 << self.bit_size.get()) - 1 }
    }
}

fn own(v: Value) -> Ref<CField> {
    v.downcast::<CField>().expect("the receiver is a field")
}

/// How the value of a field is read: a string, an integer, or as its class says.
fn letter_of(field: Ref<CField>) -> Option<(u8, bool)> {
    if field.text.get() != 0 {
        return Some((field.text.get(), false));
    }
    plain_code(field.class.get())
}

#[pymethods]
impl CField {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let given = bind::<8>(vm, &NEW, args)?;
        let required = |i: usize| -> PyResult<Value> {
            match given[i] {
                Some(v) => Ok(v),
                None => {
                    let what = NEW.names[i];
                    raise!(vm, TypeError, "CField() missing required argument '{what}' (pos {})", i + 1)
                }
            }
        };
        for i in 0..6 {
            required(i)?;
        }
        let Some(field_name) = required(0)?.downcast::<Str>() else {
            raise!(vm, TypeError, "CField() argument 'name' must be str, not {}", required(0)?.class().name())
        };
        let shown = vm.repr_string(field_name.value())?;
        let number = |v: Value| vm.index_isize(v);
        let (byte_size, byte_offset) = (number(required(2)?)?, number(required(3)?)?);
        let index = number(required(4)?)?;
        let Some((proto, info)) = required(1)?.downcast::<Type>().and_then(|t| Some((t, info_of_class(t)?)))
        else {
            raise!(vm, TypeError, "type of field {shown} must be a C type")
        };
        if byte_size < 0 || byte_size as usize != info.size.get() {
            let size = info.size.get();
            raise!(
                vm,
                ValueError,
                "byte size of field {shown} ({byte_size}) does not match type size ({size})"
            )
        }
        let (mut bit_size, mut bit_offset) = (0, 0);
        if let Some(bits) = given[6].filter(|v| !v.is_none()) {
            let code = if info.kind.get() == Kind::Simple { info.code.get() } else { 0 };
            if !codes::is_integral(code) {
                raise!(vm, TypeError, "bit fields not allowed for type {}", proto.name())
            }
            let wide = byte_size.saturating_mul(8);
            bit_size = number(bits)?;
            if bit_size <= 0 || bit_size > wide {
                raise!(vm, ValueError, "bit size of field {shown} out of range, got {bit_size}")
            }
            bit_offset = match given[7] {
                Some(v) if !v.is_none() => number(v)?,
                _ => return Err(vm.type_error("an integer is required")),
            };
            if bit_offset < 0 || bit_offset > wide {
                raise!(vm, ValueError, "bit offset of field {shown} out of range, got {bit_offset}")
            }
            if bit_offset + bit_size > wide {
                raise!(
                    vm,
                    ValueError,
                    "bit field {shown} overflows its type ({bit_offset} + {bit_size} > {wide})"
                )
            }
        } else if given[7].is_some_and(|v| !v.is_none()) {
            return Err(vm.value_error("bit_offset requires bit_size"));
        }
        let item = if info.kind.get() == Kind::Array { info.item() } else { None };
        let text = match item.filter(|i| i.kind.get() == Kind::Simple).map(|i| i.code.get()) {
            Some(b'c') => b's',
            Some(b'u') => b'U',
            _ => 0,
        };
        let field = CField {
            h: LongHeader::new(),
            name: Field::new(vm.intern_ref(field_name)),
            class: Field::new(proto),
            byte_offset: Cell::new(byte_offset),
            byte_size: Cell::new(byte_size as usize),
            index: Cell::new(index),
            bit_size: Cell::new(bit_size as u32),
            bit_offset: Cell::new(bit_offset as u32),
            anonymous: Cell::new(false),
            text: Cell::new(text),
        };
        Ok(vm.new_instance(class, field)?.value())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let f = own(this);
        let (name, class) = (vm.repr_string(f.name.get().value())?, f.class.get().name.get());
        let anonymous = if f.anonymous.get() { ", anonymous" } else { "" };
        let offset = f.byte_offset.get();
        let place = match f.bit_size.get() {
            0 => format!("size={}", f.byte_size.get()),
            n => format!("bit_size={n}, bit_offset={}", f.bit_offset.get()),
        };
        Ok(vm.new_str(&format!("<ctypes.CField {name} type={class}, ofs={offset}, {place}{anonymous}>")))
    }

    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, instance: Option<Value>, _: Value) -> PyResult<Value> {
        let f = own(this);
        let Some(instance) = instance.filter(|i| !i.is_none()) else { return Ok(this) };
        let Some(data) = as_cdata(instance) else {
            return Err(vm.type_error("not a ctype instance"));
        };
        let p = data.ptr.get().wrapping_offset(f.byte_offset.get());
        if f.bit_size.get() > 0
            && let Some(info) = f.info().filter(|i| i.code.get() != b'?')
        {
            // SAFETY: the field lies inside the instance's memory.
            let all = unsafe { codes::read_int(b'Q', p, f.byte_size.get(), info.swapped.get()) } as u64;
            let bits = all >> f.bit_offset.get() & f.mask();
            let unused = 64 - f.bit_size.get();
            return Ok(match info.code.get() {
                b'b' | b'h' | b'i' | b'l' | b'q' => vm.int((bits << unused) as i64 >> unused),
                _ => vm.new_int(bits as i128),
            });
        }
        // SAFETY: the field lies inside the instance's memory.
        unsafe {
            match letter_of(f) {
                Some((code, swapped)) => codes::get(vm, code, swapped, p, f.byte_size.get()),
                None => get(vm, f.class.get(), data, f.index.get() as usize, p),
            }
        }
    }

    #[slot(tp_descr_set)]
    fn set(vm: &Vm, this: Value, instance: Value, value: Option<Value>) -> PyResult<()> {
        let f = own(this);
        let Some(data) = as_cdata(instance) else {
            return Err(vm.type_error("not a ctype instance"));
        };
        let Some(value) = value else {
            return Err(vm.type_error("can't delete attribute"));
        };
        let p = data.ptr.get().wrapping_offset(f.byte_offset.get());
        let size = f.byte_size.get();
        if f.bit_size.get() > 0
            && let Some(info) = f.info().filter(|i| i.code.get() != b'?')
        {
            let bits = codes::index_bits(vm, value)?;
            let swapped = info.swapped.get();
            let mask = f.mask() << f.bit_offset.get();
            // SAFETY: the field lies inside the instance's memory.
            unsafe {
                let before = codes::read_int(b'Q', p, size, swapped) as u64;
                let after = before & !mask | bits << f.bit_offset.get() & mask;
                codes::write_int(p, size, after, swapped);
            }
            return Ok(());
        }
        // SAFETY: the field lies inside the instance's memory.
        unsafe {
            if f.text.get() != 0 {
                let kept = codes::set(vm, f.text.get(), false, p, value, size)?;
                return keep_ref(vm, data, f.index.get() as usize, kept);
            }
            set(vm, data, f.class.get(), value, f.index.get() as usize, size, p)
        }
    }

    /// name of this field
    #[getter]
    fn name(_: &Vm, this: Ref<CField>) -> Ref<Str> {
        this.name.get()
    }

    /// type of this field
    #[getter(name = "type")]
    fn type_(_: &Vm, this: Ref<CField>) -> Ref<Type> {
        this.class.get()
    }

    /// offset in bytes of this field (same as byte_offset)
    #[getter]
    fn offset(_: &Vm, this: Ref<CField>) -> i64 {
        this.byte_offset.get() as i64
    }

    /// offset in bytes of this field. For bitfields: excludes bit_offset.
    #[getter]
    fn byte_offset(_: &Vm, this: Ref<CField>) -> i64 {
        this.byte_offset.get() as i64
    }

    /// size of this field in bytes
    #[getter]
    fn byte_size(_: &Vm, this: Ref<CField>) -> i64 {
        this.byte_size.get() as i64
    }

    /// additional offset in bits (relative to byte_offset); zero for non-bitfields
    #[getter]
    fn bit_offset(_: &Vm, this: Ref<CField>) -> i64 {
        this.bit_offset.get() as i64
    }

    /// size in bytes of this field. For bitfields, this is a legacy packed value; use byte_size instead
    #[getter]
    fn size(_: &Vm, this: Ref<CField>) -> i64 {
        match this.bit_size.get() {
            0 => this.byte_size.get() as i64,
            n => (n as i64) << 16 | this.bit_offset.get() as i64,
        }
    }

    /// size of this field in bits
    #[getter]
    fn bit_size(_: &Vm, this: Ref<CField>) -> i128 {
        match this.bit_size.get() {
            0 => this.byte_size.get() as i128 * 8,
            n => n as i128,
        }
    }

    /// true if this is a bitfield
    #[getter]
    fn is_bitfield(_: &Vm, this: Ref<CField>) -> bool {
        this.bit_size.get() > 0
    }

    /// true if this field is anonymous
    #[getter]
    fn is_anonymous(_: &Vm, this: Ref<CField>) -> bool {
        this.anonymous.get()
    }
}
