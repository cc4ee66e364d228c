//! Shapes of instances: hidden classes.
//!
//! The shape id in an object's header says its class, its layout and, for ordinary instances, which
//! attribute lies in which slot. An instance of a Python class looks like this:
//!
//! ```text
//! native struct of the base | __slots__ | overflow word | inline attribute slots
//! ```
//!
//! Attribute i of the shape is in inline slot i while it fits, else in the array that the overflow
//! word points to. When somebody asks for `__dict__`, the attributes move to a real dict, the
//! overflow word points to it, and the object gets its class's dict-mode shape: from then on the
//! dict is the truth. Native classes with a `dict` field are always in dict mode.
//! Instances of variable size (subclasses of str, bytes, tuple) keep the dict in their last word.
//!
//! Names in shapes are interned strings, which are immortal and do not move.

use crate::builtins::array::Array;
use crate::builtins::dict::Dict;
use crate::builtins::str_::Str;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::extension;
use crate::object::{Object, Ref, ShapeId, Value, ValueExt};
use crate::vm::Vm;
use adder_heap as heap;
use std::cell::RefCell;
use std::collections::HashMap;

/// Shape ids of the core's layouts.
pub mod id {
    macro_rules! ids {
        ($($name:ident = $n:literal,)*) => {$(pub const $name: u32 = $n;)*};
    }
    ids! {
        NONE = 1, BOOL = 2, NOT_IMPLEMENTED = 3, ELLIPSIS = 4, FLOAT = 5, BIGINT = 6, INT = 7, STR = 8,
        BYTES = 9, TUPLE = 10, LIST = 11, DICT = 12, SET = 13, FROZENSET = 14, TYPE = 15, FUNCTION = 16,
        CODE = 17, OBJECT = 18, METHOD = 19, NATIVE_FUNCTION = 20, METHOD_DESCRIPTOR = 21,
        WRAPPER_DESCRIPTOR = 22, GETSET_DESCRIPTOR = 23, MEMBER_DESCRIPTOR = 24, CLASSMETHOD_DESCRIPTOR = 25,
        METHOD_WRAPPER = 26, CELL = 27, MODULE = 28, RANGE = 29, RANGE_ITERATOR = 30, LIST_ITERATOR = 31,
        TUPLE_ITERATOR = 32, GENERATOR = 33, COROUTINE = 34, ASYNC_GENERATOR = 35, SLICE = 36, COMPLEX = 37,
        BYTEARRAY = 38, MEMORYVIEW = 39, FRAME = 40, TRACEBACK = 41, STATICMETHOD = 42, CLASSMETHOD = 43,
        PROPERTY = 44, SUPER = 45, MAPPING_PROXY = 46, BASE_EXCEPTION = 47, DICT_KEYS = 48, DICT_VALUES = 49,
        DICT_ITEMS = 50, DICT_KEY_ITERATOR = 51, DICT_VALUE_ITERATOR = 52, DICT_ITEM_ITERATOR = 53,
        LONG_RANGE_ITERATOR = 54, STR_ITERATOR = 55, ENUMERATE = 56, ZIP = 57, MAP = 58, FILTER = 59,
        REVERSED = 60,
        ARRAY = 100, ENTRIES = 101, INDEX = 102, WEAK_BOX = 103, SET_TABLE = 104, GENERATOR_FRAME = 105,
    }
}

/// Hashes the address of a name.
#[derive(Clone, Copy, Default)]
pub struct AddressHash(u64);

impl std::hash::Hasher for AddressHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only addresses are hashed")
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64 >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

type AddressHasher = std::hash::BuildHasherDefault<AddressHash>;

/// Where instances of a shape keep their attributes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// No instance dict at all.
    None,
    /// Hidden class: inline slots and overflow array.
    Inline,
    /// The word at `dict_offset` holds the dict or 0.
    Dict,
    /// The last word of the object holds the dict or 0.
    Tail,
    /// The C struct of the object has a pointer to the dict.
    Foreign,
}

/// The VM's data of one shape, in Rust memory; shapes are never freed.
pub struct ShapeData {
    pub class: Ref<Type>,
    pub mode: Mode,
    pub dict_offset: u32,
    pub inline_start: u32,
    pub inline_slots: u32,
    /// Attribute names in order of creation.
    pub keys: Vec<Ref<Str>>,
    index: HashMap<usize, u32, AddressHasher>,
    parent: Option<ShapeId>,
    root: ShapeId,
    transitions: RefCell<HashMap<usize, ShapeId>>,
}

/// More attributes than this and an object goes to dict mode.
const MAX_ATTRIBUTES: usize = 128;

/// The VM's data of a shape; None for internal storage.
#[inline(always)]
pub fn data(shape: ShapeId) -> Option<&'static ShapeData> {
    let p = heap::shape_data(shape) as *const ShapeData;
    // SAFETY: only `install` sets it, to a leaked box.
    unsafe { p.as_ref() }
}

fn install(shape: ShapeId, data: ShapeData) {
    heap::set_shape_data(shape, Box::into_raw(Box::new(data)).cast());
}

impl ShapeData {
    /// The slot of a name.
    #[inline]
    pub fn find(&self, name: Ref<Str>) -> Option<u32> {
        if self.keys.len() <= 8 {
            return self.keys.iter().position(|k| *k == name).map(|i| i as u32);
        }
        self.index.get(&(name.as_ptr() as usize)).copied()
    }

    /// Byte offset of an attribute slot if it is inline.
    #[inline(always)]
    pub fn inline_offset(&self, slot: u32) -> Option<u32> {
        if slot < self.inline_slots { Some(self.inline_start + 8 * slot) } else { None }
    }
}

/// Tells the VM about a shape the collector already knows: a native class's exact instances.
pub fn define_native(shape: ShapeId, class: Ref<Type>, mode: Mode, dict_offset: u32) {
    install(
        shape,
        ShapeData {
            class,
            mode,
            dict_offset,
            inline_start: 0,
            inline_slots: 0,
            keys: vec![],
            index: HashMap::default(),
            parent: None,
            root: shape,
            transitions: RefCell::default(),
        },
    );
}

/// The first shape of a class's instances (no attributes yet).
pub fn root_shape(
    class: Ref<Type>,
    layout: &heap::Layout,
    mode: Mode,
    dict_offset: u32,
    inline_start: u32,
    inline_slots: u32,
) -> ShapeId {
    let shape = heap::add_shape(layout, Some(class.value()));
    install(
        shape,
        ShapeData {
            class,
            mode,
            dict_offset,
            inline_start,
            inline_slots,
            keys: vec![],
            index: HashMap::default(),
            parent: None,
            root: shape,
            transitions: RefCell::default(),
        },
    );
    shape
}

/// The shape after adding `name`.
pub fn child(shape: ShapeId, name: Ref<Str>) -> ShapeId {
    let d = data(shape).expect("instances have shape data");
    let key = name.as_ptr() as usize;
    if let Some(next) = d.transitions.borrow().get(&key) {
        return *next;
    }
    let layout = heap::shape_layout(shape).expect("the parent shape is defined");
    let next = heap::add_shape(&layout, heap::shape_owner(shape));
    let mut keys = d.keys.clone();
    keys.push(name);
    let mut index = d.index.clone();
    index.insert(key, keys.len() as u32 - 1);
    install(next, ShapeData { keys, index, parent: Some(shape), transitions: RefCell::default(), ..*d });
    d.transitions.borrow_mut().insert(key, next);
    next
}

// ---- attribute storage of one object ------------------------------------------------------------

/// Reads the word at a byte offset of an object.
#[inline(always)]
pub fn word_at(obj: Value, offset: u32) -> Option<Value> {
    // SAFETY: offsets come from the object's own shape (layout-of-objects).
    unsafe { Value::from_bits(*(obj.header() as *const u8).add(offset as usize).cast::<u64>()) }
}

/// Writes the word at a byte offset of an object, through the barrier.
#[inline(always)]
pub fn set_word_at(obj: Value, offset: u32, value: Option<Value>) {
    // SAFETY: as in `word_at`; barrier-on-store.
    unsafe { *(obj.header() as *mut u8).add(offset as usize).cast::<u64>() = value.map_or(0, |v| v.bits()) };
    heap::write_barrier(obj);
}

fn dict_word(obj: Value, d: &ShapeData) -> u32 {
    match d.mode {
        Mode::Tail => crate::builtins::type_::tail_offset(obj),
        _ => d.dict_offset,
    }
}

/// The attribute in slot `slot` of an object of an inline shape.
#[inline(always)]
pub fn read_slot(obj: Value, d: &ShapeData, slot: u32) -> Option<Value> {
    match d.inline_offset(slot) {
        Some(offset) => word_at(obj, offset),
        None => {
            // SAFETY: an inline-mode object's overflow word is an Array when slots exceed the inline ones.
            let overflow: Ref<Array> = unsafe { word_at(obj, d.dict_offset)?.cast() };
            overflow.get((slot - d.inline_slots) as usize)
        }
    }
}

pub fn write_slot(obj: Value, d: &ShapeData, slot: u32, value: Value) {
    match d.inline_offset(slot) {
        Some(offset) => set_word_at(obj, offset, Some(value)),
        None => {
            let at = (slot - d.inline_slots) as usize;
            // SAFETY: as in `read_slot`.
            let overflow: Option<Ref<Array>> = word_at(obj, d.dict_offset).map(|v| unsafe { v.cast() });
            let array = match overflow {
                Some(a) if at < a.capacity() => a,
                old => {
                    let bigger = Array::new((at + 1).next_power_of_two().max(4));
                    if let Some(old) = old {
                        bigger.copy_from(old, old.capacity());
                    }
                    set_word_at(obj, d.dict_offset, Some(bigger.value()));
                    bigger
                }
            };
            array.set(at, Some(value));
        }
    }
}

impl Vm {
    /// The attribute in the instance itself, not looking at its class.
    #[inline]
    pub fn instance_get(&self, obj: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        if obj.is_small() {
            return Ok(None);
        }
        let Some(d) = data(obj.shape()) else { return Ok(None) };
        match d.mode {
            Mode::None => Ok(None),
            Mode::Inline => Ok(d.find(name).and_then(|slot| read_slot(obj, d, slot))),
            Mode::Dict | Mode::Tail => match word_at(obj, dict_word(obj, d)) {
                // SAFETY: the dict word holds a Dict.
                Some(dict) => unsafe { dict.cast::<Dict>() }.get_name(self, name),
                None => Ok(None),
            },
            Mode::Foreign => match extension::instance_dict(obj) {
                Some(dict) => dict.get_name(self, name),
                None => Ok(None),
            },
        }
    }

    /// Stores an attribute in the instance itself. False: instances have no dict.
    pub fn instance_set(&self, obj: Value, name: Ref<Str>, value: Value) -> PyResult<bool> {
        if obj.is_small() {
            return Ok(false);
        }
        let Some(d) = data(obj.shape()) else { return Ok(false) };
        match d.mode {
            Mode::None => Ok(false),
            Mode::Inline => {
                if let Some(slot) = d.find(name) {
                    write_slot(obj, d, slot, value);
                } else if d.keys.len() >= MAX_ATTRIBUTES {
                    let dict = self.instance_dict(obj).expect("inline mode has a dict");
                    dict.set_item(self, name.value(), value)?;
                } else {
                    let next = child(obj.shape(), name);
                    let slot = d.keys.len() as u32;
                    write_slot(obj, d, slot, value);
                    // SAFETY: same size and owner; the slot was written first.
                    unsafe { (*obj.header()).set_shape(next) };
                }
                Ok(true)
            }
            Mode::Dict | Mode::Tail | Mode::Foreign => {
                let dict = self.instance_dict(obj).expect("dict mode has a dict");
                dict.set_item(self, name.value(), value)?;
                Ok(true)
            }
        }
    }

    /// Deletes an attribute of the instance itself. False: it was not there.
    pub fn instance_delete(&self, obj: Value, name: Ref<Str>) -> PyResult<bool> {
        if obj.is_small() {
            return Ok(false);
        }
        let Some(d) = data(obj.shape()) else { return Ok(false) };
        match d.mode {
            Mode::None => Ok(false),
            Mode::Inline => {
                let Some(slot) = d.find(name) else { return Ok(false) };
                let last = d.keys.len() as u32 - 1;
                let kept: Vec<Ref<Str>> = d.keys.iter().copied().filter(|k| *k != name).collect();
                for i in slot..last {
                    let moved = read_slot(obj, d, i + 1).expect("attribute slots are filled");
                    write_slot(obj, d, i, moved);
                }
                let mut shape = d.root;
                for key in kept {
                    shape = child(shape, key);
                }
                // SAFETY: same size and owner.
                unsafe { (*obj.header()).set_shape(shape) };
                Ok(true)
            }
            Mode::Dict | Mode::Tail => match word_at(obj, dict_word(obj, d)) {
                // SAFETY: the dict word holds a Dict.
                Some(dict) => Ok(unsafe { dict.cast::<Dict>() }.remove(self, name.value())?.is_some()),
                None => Ok(false),
            },
            Mode::Foreign => match extension::instance_dict(obj) {
                Some(dict) => Ok(dict.remove(self, name.value())?.is_some()),
                None => Ok(false),
            },
        }
    }

    /// `obj.__dict__` as a real dict, made when first asked for; None if instances have none.
    pub fn instance_dict(&self, obj: Value) -> Option<Ref<Dict>> {
        if obj.is_small() {
            return None;
        }
        let d = data(obj.shape())?;
        match d.mode {
            Mode::None => None,
            Mode::Inline => {
                let dict = Dict::new(self);
                for (i, key) in d.keys.iter().enumerate() {
                    if let Some(v) = read_slot(obj, d, i as u32) {
                        dict.set_name(*key, v);
                    }
                }
                self.set_instance_dict(obj, dict);
                Some(dict)
            }
            Mode::Dict | Mode::Tail => {
                let at = dict_word(obj, d);
                match word_at(obj, at) {
                    // SAFETY: the dict word holds a Dict.
                    Some(dict) => Some(unsafe { dict.cast() }),
                    None => {
                        let dict = Dict::new(self);
                        set_word_at(obj, at, Some(dict.value()));
                        Some(dict)
                    }
                }
            }
            Mode::Foreign => extension::instance_dict(obj).or_else(|| {
                let dict = Dict::new(self);
                extension::set_instance_dict(obj, dict);
                Some(dict)
            }),
        }
    }

    /// Replaces `obj.__dict__`; the object is in dict mode afterwards. A bug if it can have none.
    pub fn set_instance_dict(&self, obj: Value, dict: Ref<Dict>) {
        let d = data(obj.shape()).expect("instances have shape data");
        if d.mode == Mode::Inline {
            for slot in 0..d.inline_slots {
                set_word_at(obj, d.inline_start + 8 * slot, None);
            }
            set_word_at(obj, d.dict_offset, Some(dict.value()));
            // SAFETY: the dict-mode shape of a class has the same size and owner.
            unsafe { (*obj.header()).set_shape(d.class.dict_shape()) };
        } else if d.mode == Mode::Foreign {
            extension::set_instance_dict(obj, dict);
        } else {
            set_word_at(obj, dict_word(obj, d), Some(dict.value()));
        }
    }

    /// Whether instances of this object's class can have a `__dict__`.
    pub fn has_instance_dict(&self, obj: Value) -> bool {
        obj.is_ptr() && data(obj.shape()).is_some_and(|d| d.mode != Mode::None)
    }

    /// The attributes of an instance without making a dict: names and values in order.
    pub fn instance_items(&self, obj: Value, f: &mut dyn FnMut(Value, Value)) {
        let Some(d) = (if obj.is_ptr() { data(obj.shape()) } else { None }) else { return };
        if d.mode == Mode::Inline {
            for (i, key) in d.keys.iter().enumerate() {
                if let Some(v) = read_slot(obj, d, i as u32) {
                    f(key.value(), v);
                }
            }
        } else if let Some(dict) = match d.mode {
            Mode::None => None,
            Mode::Foreign => extension::instance_dict(obj),
            // SAFETY: the dict word holds a Dict.
            _ => word_at(obj, dict_word(obj, d)).map(|dict| unsafe { dict.cast::<Dict>() }),
        } {
            for i in 0..dict.slots() {
                if let Some((k, v)) = dict.entry(i) {
                    f(k, v);
                }
            }
        }
    }
}

/// The parent of a shape, for tests and dumps.
pub fn parent(shape: ShapeId) -> Option<ShapeId> {
    data(shape).and_then(|d| d.parent)
}

/// A fixed shape of internal storage that is not a Python object.
pub fn define_storage<T: Object>() {
    if let Some(id) = T::FIXED {
        heap::define_shape(id, &T::LAYOUT, None);
    }
}
