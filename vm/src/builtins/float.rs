//! `float`: a boxed double without identity. This file is the representation; operations and methods
//! are in `float_methods.rs`.

use crate::builtins::array::storage;
use crate::builtins::int::{BigInt, as_int};
use crate::def::{self, ClassDef};
use crate::error::PyResult;
use crate::object::{ClassCell, Header, LongHeader, Object, ShapeId, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::{Layout, Refs, Size};
use adder_macros::pyclass;

/// An exact float.
#[repr(C)]
pub struct Float {
    h: Header,
    pub value: f64,
}

storage!(Float, id::FLOAT, Size::Fixed(16), Refs::None);

/// Convert a string or number to a floating-point number, if possible.
///
/// The class `float` with the layout of instances of its subclasses.
#[pyclass(name = "float", flags = def::BASE | def::MATCH_SELF, signature = "(x=0, /)")]
#[repr(C)]
pub struct FloatObject {
    pub h: LongHeader,
    pub value: f64,
}

/// The value of a float or of an instance of a subclass.
#[inline(always)]
pub fn as_float(v: Value) -> Option<f64> {
    if !v.is_ptr() {
        return None;
    }
    if v.shape() == Float::shape() {
        // SAFETY: the shape says the layout.
        return Some(unsafe { v.cast::<Float>() }.value);
    }
    v.downcast::<FloatObject>().map(|f| f.value)
}

impl Vm {
    #[inline(always)]
    pub fn float(&self, value: f64) -> Value {
        heap::new(Float::shape(), Float { h: Header::new(), value }).value()
    }

    /// As `float` if there is room without a collection.
    #[inline(always)]
    pub fn float_in_place(&self, value: f64) -> Option<Value> {
        let p = heap::alloc_in_place(Float::shape(), 16)? as *mut Float;
        // SAFETY: a new object of this layout.
        unsafe {
            (*p).value = value;
            Some(Value::from_bits_unchecked(p as u64))
        }
    }

    /// The float value of an int, correctly rounded; OverflowError beyond the range.
    pub fn int_to_f64(&self, i: Value) -> PyResult<f64> {
        if i.is_small() {
            return Ok(i.small() as f64);
        }
        // SAFETY: an exact int is small or a BigInt.
        let b = unsafe { i.cast::<BigInt>() };
        let f = b.to_ibig().to_f64().value();
        if f.is_infinite() {
            return Err(self.overflow_error("int too large to convert to float"));
        }
        Ok(f)
    }

    /// `float(v)` for numbers: floats, ints, `__float__`, `__index__` (PyFloat_AsDouble).
    pub fn to_f64(&self, v: Value) -> PyResult<f64> {
        if let Some(f) = as_float(v) {
            return Ok(f);
        }
        if let Some(i) = as_int(v) {
            return self.int_to_f64(i);
        }
        let slots = v.class().slots();
        if let Some(f) = slots.nb_float {
            let r = f(self, v)?;
            return match as_float(r) {
                Some(x) if r.is::<Float>() => Ok(x),
                Some(x) => {
                    self.warn_deprecated(&format!(
                        "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict \
                         subclass of float is deprecated, and may be removed in a future version of Python.",
                        v.class().name(),
                        r.class().name()
                    ))?;
                    Ok(x)
                }
                None => raise!(
                    self,
                    TypeError,
                    "{}.__float__ returned non-float (type {})",
                    v.class().name(),
                    r.class().name()
                ),
            };
        }
        if slots.nb_index.is_some() {
            let i = self.index_value(v)?;
            return self.int_to_f64(i);
        }
        raise!(self, TypeError, "must be real number, not {}", v.class().name())
    }
}
