//! `slice`: start, stop and step of a subscript.

use crate::args::Args;
use crate::builtins::exceptions::Exc;
use crate::builtins::int::as_int;
use crate::builtins::int_ops as ops;
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::{PyResult, Raised};
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};

/// slice(stop)
/// slice(start, stop[, step])
///
/// Create a slice object.
///
/// This is used for extended slicing (e.g. a[0:10:2]).
#[pyclass(name = "slice", fixed = id::SLICE, flags = def::IMMUTABLE)]
#[repr(C)]
pub struct Slice {
    h: LongHeader,
    pub start: Field<Value>,
    pub stop: Field<Value>,
    pub step: Field<Value>,
}

/// The primes of xxHash, as in `tuple_hash`.
const P1: u64 = 11400714785074694791;
const P2: u64 = 14029467366897019727;
const P5: u64 = 2870177450012600261;

impl Vm {
    pub fn new_slice(&self, start: Value, stop: Value, step: Value) -> Value {
        heap::new(
            Slice::shape(),
            Slice {
                h: LongHeader::new(),
                start: Field::new(start),
                stop: Field::new(stop),
                step: Field::new(step),
            },
        )
        .value()
    }

    fn bad_slice_index(&self) -> Raised {
        self.type_error("slice indices must be integers or None or have an __index__ method")
    }

    /// A slice index as an exact int.
    fn slice_index(&self, v: Value) -> PyResult<Value> {
        if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
            return Err(self.bad_slice_index());
        }
        self.index_value(v)
    }

    /// A slice index clamped to the machine word.
    fn slice_index_clamped(&self, v: Value) -> PyResult<isize> {
        let i = self.slice_index(v)?;
        Ok(self.int_to_i128(i).clamp(isize::MIN as i128, isize::MAX as i128) as isize)
    }
}

/// `PySlice_AdjustIndices`: clips to a sequence of `len` items; also the number of items selected.
pub fn clip(start: isize, stop: isize, step: isize, len: usize) -> (isize, isize, usize) {
    let len = len as isize;
    let clip = |i: isize| {
        if i < 0 {
            let j = i.saturating_add(len);
            if j >= 0 {
                j
            } else if step < 0 {
                -1
            } else {
                0
            }
        } else if i >= len {
            if step < 0 { len - 1 } else { len }
        } else {
            i
        }
    };
    let (start, stop) = (clip(start), clip(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    (start, stop, count as usize)
}

impl Slice {
    /// Start, stop and step as machine words (`PySlice_Unpack`).
    pub fn unpack(&self, vm: &Vm) -> PyResult<(isize, isize, isize)> {
        let step = match self.step.get() {
            v if v.is_none() => 1,
            v => match vm.slice_index_clamped(v)? {
                0 => return Err(vm.value_error("slice step cannot be zero")),
                // So that -step does not overflow.
                i => i.max(-isize::MAX),
            },
        };
        let start = match self.start.get() {
            v if v.is_none() => {
                if step < 0 {
                    isize::MAX
                } else {
                    0
                }
            }
            v => vm.slice_index_clamped(v)?,
        };
        let stop = match self.stop.get() {
            v if v.is_none() => {
                if step < 0 {
                    isize::MIN
                } else {
                    isize::MAX
                }
            }
            v => vm.slice_index_clamped(v)?,
        };
        Ok((start, stop, step))
    }

    /// Start, stop, step and the number of items for a sequence of `len` items.
    pub fn adjust(&self, vm: &Vm, len: usize) -> PyResult<(isize, isize, isize, usize)> {
        let (start, stop, step) = self.unpack(vm)?;
        let (start, stop, count) = clip(start, stop, step, len);
        Ok((start, stop, step, count))
    }

    /// `slice.indices(length)` for ints of any size.
    pub fn indices_of(&self, vm: &Vm, length: Value) -> PyResult<(Value, Value, Value)> {
        let step = match self.step.get() {
            v if v.is_none() => vm.int(1),
            v => vm.slice_index(v)?,
        };
        if ops::is_zero(step) {
            return Err(vm.value_error("slice step cannot be zero"));
        }
        let backwards = ops::sign(step) < 0;
        let (lower, upper) =
            if backwards { (vm.int(-1), ops::sub(vm, length, vm.int(1))?) } else { (vm.int(0), length) };
        let clip = |v: Value, default: Value| -> PyResult<Value> {
            if v.is_none() {
                return Ok(default);
            }
            let i = vm.slice_index(v)?;
            if ops::sign(i) < 0 {
                let i = ops::add(vm, i, length)?;
                Ok(if ops::compare(i, lower).is_lt() { lower } else { i })
            } else {
                Ok(if ops::compare(i, upper).is_gt() { upper } else { i })
            }
        };
        let (first, last) = if backwards { (upper, lower) } else { (lower, upper) };
        let start = clip(self.start.get(), first)?;
        let stop = clip(self.stop.get(), last)?;
        Ok((start, stop, step))
    }

    pub fn parts(&self) -> [Value; 3] {
        [self.start.get(), self.stop.get(), self.step.get()]
    }
}

#[pymethods]
impl Slice {
    #[slot(tp_new)]
    fn construct(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        if args.has_keywords() {
            return Err(vm.type_error("slice() takes no keyword arguments"));
        }
        match args.pos() {
            [stop] => Ok(vm.new_slice(none(), *stop, none())),
            [start, stop] => Ok(vm.new_slice(*start, *stop, none())),
            [start, stop, step] => Ok(vm.new_slice(*start, *stop, *step)),
            [] => Err(vm.type_error("slice expected at least 1 argument, got 0")),
            more => raise!(vm, TypeError, "slice expected at most 3 arguments, got {}", more.len()),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let [a, b, c] = own(this).parts();
        let (a, b, c) = (vm.repr(a)?, vm.repr(b)?, vm.repr(c)?);
        vm.concat_strings(&[
            vm.new_str("slice("),
            a,
            vm.new_str(", "),
            b,
            vm.new_str(", "),
            c,
            vm.new_str(")"),
        ])
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let mut acc = P5;
        for part in own(this).parts() {
            let lane = vm.hash(part)? as u64;
            acc = acc.wrapping_add(lane.wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
        }
        Ok(if acc == u64::MAX { 1546275796 } else { acc as i64 })
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let Some(y) = b.downcast::<Slice>() else { return Ok(not_implemented()) };
        let x = own(a);
        if a == b {
            return Ok(bool_value(matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge)));
        }
        let x = Tuple::from_slice(vm, &x.parts());
        let y = Tuple::from_slice(vm, &y.parts());
        vm.compare(x.value(), y.value(), op)
    }

    #[getter]
    fn start(_: &Vm, this: Ref<Slice>) -> Value {
        this.start.get()
    }

    #[getter]
    fn stop(_: &Vm, this: Ref<Slice>) -> Value {
        this.stop.get()
    }

    #[getter]
    fn step(_: &Vm, this: Ref<Slice>) -> Value {
        this.step.get()
    }

    /// S.indices(len) -> (start, stop, stride)
    ///
    /// Assuming a sequence of length len, calculate the start and stop
    /// indices, and the stride length of the extended slice described by
    /// S. Out of bounds indices are clipped in a manner consistent with the
    /// handling of normal slices.
    #[pymethod("($self, object, /)")]
    fn indices(vm: &Vm, this: Ref<Slice>, object: Value) -> PyResult<Value> {
        let length = vm.index_value(object)?;
        if ops::sign(length) < 0 {
            return Err(vm.error(Exc::ValueError, "length should not be negative"));
        }
        let (a, b, c) = this.indices_of(vm, length)?;
        Ok(Tuple::from_slice(vm, &[a, b, c]).value())
    }

    /// Return state information for pickling.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<Slice>) -> Value {
        let parts = Tuple::from_slice(vm, &this.parts()).value();
        Tuple::from_slice(vm, &[Slice::class().value(), parts]).value()
    }
}

/// The receiver of a slot, whose class the caller has checked.
fn own(v: Value) -> Ref<Slice> {
    v.downcast::<Slice>().expect("the receiver is a slice")
}
