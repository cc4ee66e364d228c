//! The slots and methods of `int`.
//!
//! Receivers are plain values: exact ints are no `Int` objects, so every function normalises with
//! `as_int` first. Arithmetic is in `int_ops.rs`, text in `int_text.rs`.

use crate::args::{Args, Params};
use crate::builtins::int::{BigInt, Bool, Int, as_int, to_ibig};
use crate::builtins::int_ops as ops;
use crate::builtins::int_text;
use crate::builtins::singletons::{bool_value, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_macros::pymethods;
use dashu_int::IBig;

/// The receiver of an int method, whose class the descriptor has checked.
fn own(v: Value) -> Value {
    as_int(v).expect("the receiver of an int method is an int")
}

/// Both operands are ints, or NotImplemented.
macro_rules! both {
    ($a:expr, $b:expr) => {
        match ops::pair($a, $b) {
            Some(pair) => pair,
            None => return Ok(not_implemented()),
        }
    };
}

const NEW: Params = Params {
    owner: "",
    function: "int",
    names: &["", "base"],
    pos_only: 1,
    positional: 2,
    required: 0,
    kw_only: 0,
    kw_required: 0,
    varargs: false,
    varkw: false,
};

/// `int(x, base)`: an exact int.
fn convert(vm: &Vm, x: Option<Value>, base: Option<Value>) -> PyResult<Value> {
    let Some(x) = x else {
        if base.is_some() {
            return Err(vm.type_error("int() missing string argument"));
        }
        return Ok(vm.int(0));
    };
    let Some(base) = base else { return vm.number_int(x) };
    let base = vm.index_clamped(base)?;
    if base != 0 && !(2..=36).contains(&base) {
        return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0"));
    }
    if let Some(s) = x.downcast::<Str>() {
        return vm.int_from_str(s, base as u32);
    }
    if is_bytes(x)
        && let Some(bytes) = vm.buffer_bytes(x)?
    {
        return vm.int_from_text(&bytes, base as u32, x);
    }
    Err(vm.type_error("int() can't convert non-string with explicit base"))
}

/// `bytes` or `bytearray`, or a subclass.
fn is_bytes(v: Value) -> bool {
    v.downcast::<crate::builtins::bytes::Bytes>().is_some()
        || v.downcast::<crate::builtins::bytearray::ByteArray>().is_some()
}

impl Vm {
    /// `int(x)` (PyNumber_Long): an exact int.
    pub fn number_int(&self, x: Value) -> PyResult<Value> {
        if x.is_small() || x.is::<BigInt>() {
            return Ok(x);
        }
        let slots = x.class().slots();
        if let Some(f) = slots.nb_int {
            let r = f(self, x)?;
            let Some(i) = as_int(r) else {
                raise!(self, TypeError, "__int__ returned non-int (type {})", r.class().name())
            };
            if !r.is_small() && !r.is::<BigInt>() {
                self.warn_deprecated(&format!(
                    "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass \
                     of int is deprecated, and may not be allowed in a future version of Python.",
                    r.class().name()
                ))?;
            }
            return Ok(i);
        }
        if slots.nb_index.is_some() {
            return self.index_value(x);
        }
        if let Some(s) = x.downcast::<Str>() {
            return self.int_from_str(s, 10);
        }
        if let Some(bytes) = self.buffer_bytes(x)? {
            let shown = if is_bytes(x) { x } else { self.new_bytes(&bytes)? };
            return self.int_from_text(&bytes, 10, shown);
        }
        raise!(
            self,
            TypeError,
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            x.class().name()
        )
    }

    /// An instance of a subclass of int, or the int itself for `int`.
    pub fn int_of_class(&self, class: Ref<Type>, value: Value) -> PyResult<Value> {
        if class == Int::class() {
            return Ok(value);
        }
        Ok(self.new_instance(class, Int { h: LongHeader::new(), value: Field::new(value) })?.value())
    }

    /// The order of bytes that `byteorder` names: true for little.
    fn byte_order(&self, order: Option<Ref<Str>>) -> PyResult<bool> {
        match order {
            None => Ok(false),
            Some(s) if s.eq_str("little") => Ok(true),
            Some(s) if s.eq_str("big") => Ok(false),
            Some(_) => Err(self.value_error("byteorder must be either 'little' or 'big'")),
        }
    }
}

#[pymethods]
impl Int {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if let ([x], false) = (args.pos(), args.has_keywords())
            && class == Int::class()
        {
            return vm.number_int(*x);
        }
        if args.pos().len() > 2 && class == Int::class() && !args.has_keywords() {
            raise!(vm, TypeError, "int expected at most 2 arguments, got {}", args.pos().len())
        }
        let mut bound = [None; 2];
        if args.all().len() > 2 {
            raise!(vm, TypeError, "int() takes at most 2 arguments ({} given)", args.all().len())
        }
        NEW.bind(vm, args, &mut bound)?;
        let value = convert(vm, bound[0], bound[1])?;
        vm.int_of_class(class, value)
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.int_to_str(own(this))
    }

    #[slot(tp_hash)]
    fn hash(_: &Vm, this: Value) -> PyResult<i64> {
        Ok(ops::hash(own(this)))
    }

    #[slot(tp_richcompare)]
    fn compare(_: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        Ok(bool_value(op.holds(ops::compare(x, y))))
    }

    #[slot(nb_add)]
    pub fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::add(vm, x, y)
    }

    #[slot(nb_subtract)]
    pub fn sub(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::sub(vm, x, y)
    }

    #[slot(nb_multiply)]
    pub fn mul(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::mul(vm, x, y)
    }

    #[slot(nb_remainder)]
    fn modulo(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::modulo(vm, x, y)
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::floor_div(vm, x, y)
    }

    #[slot(nb_true_divide)]
    fn true_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        Ok(vm.float(ops::true_div(vm, x, y)?))
    }

    #[slot(nb_divmod)]
    fn divmod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        let (q, r) = ops::div_mod(vm, x, y)?;
        Ok(Tuple::from_slice(vm, &[q, r]).value())
    }

    #[slot(nb_power)]
    fn power(vm: &Vm, a: Value, b: Value, modulus: Value) -> PyResult<Value> {
        ops::slot_power(vm, a, b, modulus)
    }

    #[slot(nb_lshift)]
    fn lshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::lshift(vm, x, y)
    }

    #[slot(nb_rshift)]
    fn rshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::rshift(vm, x, y)
    }

    #[slot(nb_and)]
    pub fn and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::and(vm, x, y)
    }

    #[slot(nb_or)]
    pub fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::or(vm, x, y)
    }

    #[slot(nb_xor)]
    pub fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(a, b);
        ops::xor(vm, x, y)
    }

    #[slot(nb_negative)]
    fn negative(vm: &Vm, this: Value) -> PyResult<Value> {
        ops::neg(vm, own(this))
    }

    #[slot(nb_positive)]
    #[slot(nb_int)]
    #[slot(nb_index)]
    fn itself(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(own(this))
    }

    #[slot(nb_absolute)]
    fn absolute(vm: &Vm, this: Value) -> PyResult<Value> {
        ops::abs(vm, own(this))
    }

    #[slot(nb_invert)]
    fn invert(vm: &Vm, this: Value) -> PyResult<Value> {
        ops::invert(vm, own(this))
    }

    #[slot(nb_bool)]
    fn truth(_: &Vm, this: Value) -> PyResult<bool> {
        Ok(!ops::is_zero(own(this)))
    }

    #[slot(nb_float)]
    fn float(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(vm.float(vm.int_to_f64(own(this))?))
    }

    /// the real part of a complex number
    #[getter]
    fn real(_: &Vm, this: Value) -> Value {
        own(this)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(_: &Vm, _this: Value) -> i64 {
        0
    }

    /// the numerator of a rational number in lowest terms
    #[getter]
    fn numerator(_: &Vm, this: Value) -> Value {
        own(this)
    }

    /// the denominator of a rational number in lowest terms
    #[getter]
    fn denominator(_: &Vm, _this: Value) -> i64 {
        1
    }

    /// Returns self, the complex conjugate of any int.
    #[pymethod("($self, /)")]
    fn conjugate(_: &Vm, this: Value) -> Value {
        own(this)
    }

    /// Number of bits necessary to represent self in binary.
    ///
    /// >>> bin(37)
    /// '0b100101'
    /// >>> (37).bit_length()
    /// 6
    #[pymethod("($self, /)")]
    fn bit_length(_: &Vm, this: Value) -> u64 {
        ops::bit_length(own(this))
    }

    /// Number of ones in the binary representation of the absolute value of self.
    ///
    /// Also known as the population count.
    ///
    /// >>> bin(13)
    /// '0b1101'
    /// >>> (13).bit_count()
    /// 3
    #[pymethod("($self, /)")]
    fn bit_count(_: &Vm, this: Value) -> u64 {
        let v = own(this);
        if v.is_small() {
            return v.small().unsigned_abs().count_ones() as u64;
        }
        to_ibig(v).into_parts().1.count_ones() as u64
    }

    /// Return an array of bytes representing an integer.
    ///
    ///   length
    ///     Length of bytes object to use.  An OverflowError is raised if the
    ///     integer is not representable with the given number of bytes.  Default
    ///     is length 1.
    ///   byteorder
    ///     The byte order used to represent the integer.  If byteorder is 'big',
    ///     the most significant byte is at the beginning of the byte array.  If
    ///     byteorder is 'little', the most significant byte is at the end of the
    ///     byte array.  To request the native byte order of the host system, use
    ///     sys.byteorder as the byte order value.  Default is to use 'big'.
    ///   signed
    ///     Determines whether two's complement is used to represent the integer.
    ///     If signed is False and a negative integer is given, an OverflowError
    ///     is raised.
    #[pymethod("($self, /, length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(
        vm: &Vm,
        this: Value,
        length: Option<isize>,
        byteorder: Option<Ref<Str>>,
        signed: Option<bool>,
    ) -> PyResult<Value> {
        let v = own(this);
        let length = length.unwrap_or(1);
        let little = vm.byte_order(byteorder)?;
        let signed = signed.unwrap_or(false);
        if length < 0 {
            return Err(vm.value_error("length argument must be non-negative"));
        }
        if !signed && ops::sign(v) < 0 {
            return Err(vm.overflow_error("can't convert negative int to unsigned"));
        }
        if adder_text::error::check_room(length as usize).is_err() {
            return Err(vm.memory_error());
        }
        let Some(mut bytes) = int_text::to_le_bytes(v, length as usize, signed) else {
            return Err(vm.overflow_error("int too big to convert"));
        };
        if !little {
            bytes.reverse();
        }
        vm.new_bytes(&bytes)
    }

    /// Return the integer represented by the given array of bytes.
    ///
    ///   bytes
    ///     Holds the array of bytes to convert.  The argument must either
    ///     support the buffer protocol or be an iterable object producing bytes.
    ///     Bytes and bytearray are examples of built-in objects that support the
    ///     buffer protocol.
    ///   byteorder
    ///     The byte order used to represent the integer.  If byteorder is 'big',
    ///     the most significant byte is at the beginning of the byte array.  If
    ///     byteorder is 'little', the most significant byte is at the end of the
    ///     byte array.  To request the native byte order of the host system, use
    ///     sys.byteorder as the byte order value.  Default is to use 'big'.
    ///   signed
    ///     Indicates whether two's complement is used to represent the integer.
    #[classmethod("($type, /, bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(
        vm: &Vm,
        class: Ref<Type>,
        bytes: Value,
        byteorder: Option<Ref<Str>>,
        signed: Option<bool>,
    ) -> PyResult<Value> {
        let little = vm.byte_order(byteorder)?;
        let mut content = match vm.buffer_bytes(bytes)? {
            Some(b) => b,
            None => crate::builtins::more::bytes_of_iterable(vm, bytes)?,
        };
        if !little {
            content.reverse();
        }
        let value = int_text::from_le_bytes(vm, &content, signed.unwrap_or(false))?;
        if class == Int::class() {
            return Ok(value);
        }
        vm.call(class.value(), &[value])
    }

    /// Return a pair of integers, whose ratio is equal to the original int.
    ///
    /// The ratio is in lowest terms and has a positive denominator.
    ///
    /// >>> (10).as_integer_ratio()
    /// (10, 1)
    /// >>> (-10).as_integer_ratio()
    /// (-10, 1)
    /// >>> (0).as_integer_ratio()
    /// (0, 1)
    #[pymethod("($self, /)")]
    fn as_integer_ratio(vm: &Vm, this: Value) -> Value {
        Tuple::from_slice(vm, &[own(this), vm.int(1)]).value()
    }

    /// Returns True. Exists for duck type compatibility with float.is_integer.
    #[pymethod("($self, /)")]
    fn is_integer(_: &Vm, _this: Value) -> bool {
        true
    }

    /// Truncating an Integral returns itself.
    #[pymethod("($self, /)")]
    fn __trunc__(_: &Vm, this: Value) -> Value {
        own(this)
    }

    /// Flooring an Integral returns itself.
    #[pymethod("($self, /)")]
    fn __floor__(_: &Vm, this: Value) -> Value {
        own(this)
    }

    /// Ceiling of an Integral returns itself.
    #[pymethod("($self, /)")]
    fn __ceil__(_: &Vm, this: Value) -> Value {
        own(this)
    }

    /// Rounding an Integral returns itself.
    ///
    /// Rounding with an ndigits argument also returns an integer.
    #[pymethod("($self, ndigits=None, /)")]
    fn __round__(vm: &Vm, this: Value, ndigits: Option<Value>) -> PyResult<Value> {
        let v = own(this);
        let n = match ndigits {
            Some(n) if !n.is_none() => vm.index_value(n)?,
            _ => return Ok(v),
        };
        if ops::sign(n) >= 0 {
            return Ok(v);
        }
        let places = ops::neg(vm, n)?;
        // Rounding to more digits than the number has gives zero.
        let digits = (ops::bit_length(v) as f64 * std::f64::consts::LOG10_2) as i64 + 2;
        match vm.int_to_i64(places) {
            Some(p) if p <= digits => {
                let unit = IBig::from(10).pow(p as usize);
                let x = to_ibig(v);
                let (_, r) = ops::div_mod_near(&x, &unit);
                vm.int_from_ibig(&(x - r))
            }
            _ => Ok(vm.int(0)),
        }
    }

    #[pymethod("($self, /)")]
    fn __getnewargs__(vm: &Vm, this: Value) -> Value {
        Tuple::from_slice(vm, &[own(this)]).value()
    }

    /// Convert to a string according to format_spec.
    #[pymethod("($self, format_spec, /)")]
    fn __format__(vm: &Vm, this: Value, format_spec: Ref<Str>) -> PyResult<Value> {
        if format_spec.is_empty() {
            return Ok(vm.str(this)?.value());
        }
        vm.format_int(own(this), format_spec, &this.class().name())
    }

    /// Returns size in memory, in bytes.
    ///
    /// As CPython counts it, with digits of 30 bits.
    #[pymethod("($self, /)")]
    fn __sizeof__(_: &Vm, this: Value) -> u64 {
        24 + 4 * ops::bit_length(own(this)).div_ceil(30).max(1)
    }
}

/// True for `bool`, which is an int but formats and prints by name.
pub fn is_bool(v: Value) -> bool {
    v.is::<Bool>()
}
