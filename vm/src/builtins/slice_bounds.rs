//! What byte strings, strings and memoryviews need of slices.

use crate::builtins::slice_::{Slice, clip};
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::vm::Vm;

/// A slice whose parts were converted, which may have run Python code.
pub struct Unpacked {
    start: isize,
    stop: isize,
    step: isize,
}

impl Unpacked {
    /// First index, step and count for a length.
    pub fn of(&self, len: usize) -> (isize, isize, usize) {
        let (start, _, count) = clip(self.start, self.stop, self.step, len);
        (start, self.step, count)
    }
}

impl Vm {
    pub fn is_slice(&self, v: Value) -> bool {
        v.is::<Slice>()
    }

    /// A tuple of slices.
    pub fn is_multi_slice(&self, t: Ref<Tuple>) -> bool {
        !t.is_empty() && t.items().iter().all(|v| self.is_slice(*v))
    }

    /// The bounds of a slice; None if it is no slice.
    pub fn slice_bounds(&self, key: Value) -> PyResult<Option<Unpacked>> {
        match key.exact::<Slice>() {
            Some(s) => {
                let (start, stop, step) = s.unpack(self)?;
                Ok(Some(Unpacked { start, stop, step }))
            }
            None => Ok(None),
        }
    }

    /// First index, step and count of a slice of a sequence that cannot change.
    pub fn slice_of(&self, key: Value, len: usize) -> PyResult<Option<(isize, isize, usize)>> {
        Ok(self.slice_bounds(key)?.map(|b| b.of(len)))
    }
}
