//! Where each slot is in a C type: in `PyTypeObject` itself or in one of the structs it points to.

use crate::ffi::types::*;
use adder_vm::slots::SlotId;
use std::mem::offset_of;

/// The struct that holds a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    Type,
    Async,
    Number,
    Mapping,
    Sequence,
    Buffer,
}

impl Group {
    pub const PARTS: [Group; 5] =
        [Group::Async, Group::Number, Group::Mapping, Group::Sequence, Group::Buffer];

    /// Offset of the pointer to it in the type.
    pub fn pointer(self) -> usize {
        match self {
            Group::Type => 0,
            Group::Async => offset_of!(PyTypeObject, tp_as_async),
            Group::Number => offset_of!(PyTypeObject, tp_as_number),
            Group::Mapping => offset_of!(PyTypeObject, tp_as_mapping),
            Group::Sequence => offset_of!(PyTypeObject, tp_as_sequence),
            Group::Buffer => offset_of!(PyTypeObject, tp_as_buffer),
        }
    }

    /// Offset of the struct itself in a heap type.
    fn in_heap_type(self) -> usize {
        match self {
            Group::Type => 0,
            Group::Async => offset_of!(PyHeapTypeObject, as_async),
            Group::Number => offset_of!(PyHeapTypeObject, as_number),
            Group::Mapping => offset_of!(PyHeapTypeObject, as_mapping),
            Group::Sequence => offset_of!(PyHeapTypeObject, as_sequence),
            Group::Buffer => offset_of!(PyHeapTypeObject, as_buffer),
        }
    }

    pub fn size(self) -> usize {
        match self {
            Group::Type => size_of::<PyTypeObject>(),
            Group::Async => size_of::<PyAsyncMethods>(),
            Group::Number => size_of::<PyNumberMethods>(),
            Group::Mapping => size_of::<PyMappingMethods>(),
            Group::Sequence => size_of::<PySequenceMethods>(),
            Group::Buffer => size_of::<PyBufferProcs>(),
        }
    }
}

macro_rules! places {
    ($($group:ident $strct:ident: $($slot:ident)*;)*) => {
        /// Struct and offset of a slot.
        pub fn place(slot: SlotId) -> (Group, usize) {
            match slot {
                $($(SlotId::$slot => (Group::$group, offset_of!($strct, $slot)),)*)*
            }
        }
    };
}

places! {
    Type PyTypeObject: tp_repr tp_str tp_hash tp_call tp_getattro tp_setattro tp_richcompare tp_iter tp_iternext
        tp_descr_get tp_descr_set tp_init tp_new tp_finalize;
    Async PyAsyncMethods: am_await am_aiter am_anext;
    Number PyNumberMethods: nb_add nb_subtract nb_multiply nb_remainder nb_divmod nb_power nb_negative nb_positive
        nb_absolute nb_bool nb_invert nb_lshift nb_rshift nb_and nb_xor nb_or nb_int nb_float nb_inplace_add
        nb_inplace_subtract nb_inplace_multiply nb_inplace_remainder nb_inplace_power nb_inplace_lshift
        nb_inplace_rshift nb_inplace_and nb_inplace_xor nb_inplace_or nb_floor_divide nb_true_divide
        nb_inplace_floor_divide nb_inplace_true_divide nb_index nb_matrix_multiply nb_inplace_matrix_multiply;
    Mapping PyMappingMethods: mp_length mp_subscript mp_ass_subscript;
    Sequence PySequenceMethods: sq_length sq_concat sq_repeat sq_item sq_ass_item sq_contains sq_inplace_concat
        sq_inplace_repeat;
    Buffer PyBufferProcs: bf_getbuffer bf_releasebuffer;
}

/// The word at an offset of a struct of the type; None if the type has no such struct.
///
/// # Safety
/// `t` is a type, and the offset is in the struct.
#[inline(always)]
pub unsafe fn word(t: *mut PyTypeObject, (group, offset): (Group, usize)) -> Option<*mut usize> {
    let base = match group {
        Group::Type => t as *mut u8,
        _ => *(t as *mut u8).add(group.pointer()).cast::<*mut u8>(),
    };
    if base.is_null() { None } else { Some(base.add(offset).cast()) }
}

/// The function in a slot, 0 if there is none.
///
/// # Safety
/// `t` is a type.
#[inline(always)]
pub unsafe fn function(t: *mut PyTypeObject, slot: SlotId) -> usize {
    word(t, place(slot)).map_or(0, |w| *w)
}

/// Stores a function in a slot; nothing happens if the type has no struct for it.
///
/// # Safety
/// `t` is a type, and the function is one of the slot's kind.
pub unsafe fn set_function(t: *mut PyTypeObject, slot: SlotId, function: usize) {
    if let Some(w) = word(t, place(slot)) {
        *w = function;
    }
}

/// Lets the type's pointers refer to the structs inside it.
///
/// # Safety
/// `t` is a heap type.
pub unsafe fn use_own_structs(t: *mut PyTypeObject) {
    for g in Group::PARTS {
        let own = (t as *mut u8).add(g.in_heap_type());
        *(t as *mut u8).add(g.pointer()).cast::<*mut u8>() = own;
    }
}
