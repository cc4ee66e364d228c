//! `CArgObject`: an argument that is ready to be passed, as `byref` and `from_param` make it.

use super::cdata::CData;
use super::info::{Kind, StgInfo};
use super::{codes, keep};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::vm::Vm;
use libffi_sys as ffi;
use std::cell::Cell;

/// Room for any simple value.
pub type Room = [u64; 4];

#[pyclass(name = "CArgObject", module = "_ctypes", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct CArg {
    h: LongHeader,
    /// What was wrapped: its memory must live as long as this.
    pub object: Field<Option<Value>>,
    /// A type code, `V` for structs.
    pub tag: Cell<u8>,
    pub description: Cell<*mut ffi::ffi_type>,
    /// The value; of structs it is in the object.
    pub room: Cell<Room>,
}

impl CArg {
    pub fn new(tag: u8, description: *mut ffi::ffi_type, room: Room, object: Option<Value>) -> Ref<CArg> {
        let new = CArg {
            h: LongHeader::new(),
            object: Field::new(object),
            tag: Cell::new(tag),
            description: Cell::new(description),
            room: Cell::new(room),
        };
        heap::new(CArg::shape(), new)
    }

    pub fn pointer(p: *const u8, object: Option<Value>) -> Ref<CArg> {
        CArg::new(b'P', codes::description(b'P'), [p as u64, 0, 0, 0], object)
    }

    /// The object stored as a simple type does it.
    pub fn simple(vm: &Vm, code: u8, swapped: bool, value: Value) -> PyResult<Ref<CArg>> {
        let mut room = Room::default();
        // SAFETY: there is room for any code.
        let kept = unsafe { codes::set(vm, code, swapped, room.as_mut_ptr().cast(), value, 8)? };
        Ok(CArg::new(code, codes::description(code), room, kept))
    }

    /// An instance as an argument (`paramfunc`).
    pub fn of_instance(this: Ref<CData>, info: Ref<StgInfo>) -> Ref<CArg> {
        let object = Some(this.value());
        match info.kind.get() {
            Kind::Simple => {
                let mut room = Room::default();
                let n = this.size.get().min(std::mem::size_of::<Room>());
                // SAFETY: both have that many bytes.
                unsafe { std::ptr::copy_nonoverlapping(this.ptr.get(), room.as_mut_ptr().cast(), n) };
                CArg::new(info.code.get(), info.description(), room, object)
            }
            Kind::Struct | Kind::Union => CArg::new(b'V', info.description(), Room::default(), object),
            Kind::Array => CArg::pointer(this.ptr.get(), object),
            Kind::Pointer | Kind::Function => CArg::pointer(this.pointer(), object),
        }
    }
}

#[pymethods]
impl CArg {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let arg = this.downcast::<CArg>().expect("the receiver of a slot");
        let (tag, room) = (arg.tag.get(), arg.room.get());
        let p = room.as_ptr().cast::<u8>();
        let letter = tag as char;
        Ok(vm.new_str(&match tag {
            b'b' | b'B' | b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' => {
                let size = codes::find(tag).map_or(8, |c| c.size);
                // CPython shows unsigned values of int and larger as signed.
                let shown = if matches!(tag, b'I' | b'L' | b'Q') { tag.to_ascii_lowercase() } else { tag };
                // SAFETY: the room is larger.
                format!("<cparam '{letter}' ({})>", unsafe { codes::read_int(shown, p, size, false) })
            }
            b'f' | b'd' => {
                // SAFETY: the room is larger.
                let x = unsafe { codes::get(vm, tag, false, p, 0)? };
                format!("<cparam '{letter}' ({})>", vm.repr_string(x)?)
            }
            b'c' => {
                let byte = room[0] as u8;
                match byte {
                    b'\'' | b'\\' => format!("<cparam 'c' ('\\{}')>", byte as char),
                    0x20..0x7f => format!("<cparam 'c' ('{}')>", byte as char),
                    _ => format!("<cparam 'c' ('\\x{byte:02x}')>"),
                }
            }
            b'z' | b'Z' | b'P' => format!("<cparam '{letter}' ({:#x})>", room[0]),
            0x20..0x7f => format!("<cparam '{letter}' at {:#x}>", vm.id(this)),
            _ => format!("<cparam {tag:#04x} at {:#x}>", vm.id(this)),
        }))
    }

    /// the wrapped object
    #[getter]
    fn _obj(_: &Vm, this: Ref<CArg>) -> Option<Value> {
        this.object.get().map(keep::shown)
    }
}
