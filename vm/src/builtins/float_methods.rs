//! The slots and methods of `float`. Receivers are plain values: exact floats are no `FloatObject`s.

use crate::args::Args;
use crate::builtins::float::{Float, FloatObject, as_float};
use crate::builtins::float_ops as ops;
use crate::builtins::singletons::{bool_value, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::{PyResult, Raised};
use crate::object::{LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_macros::pymethods;
use adder_text::float_hex::{self, HexError};
use adder_text::{float as text, format_number, hash};

/// The receiver of a float method, whose class the descriptor has checked.
fn own(v: Value) -> f64 {
    as_float(v).expect("the receiver of a float method is a float")
}

/// Both operands as doubles, or NotImplemented.
macro_rules! both {
    ($vm:expr, $a:expr, $b:expr) => {
        match (ops::operand($vm, $a)?, ops::operand($vm, $b)?) {
            (Some(x), Some(y)) => (x, y),
            _ => return Ok(not_implemented()),
        }
    };
}

fn zero_division(vm: &Vm) -> Raised {
    vm.error(crate::builtins::exceptions::Exc::ZeroDivisionError, "division by zero")
}

impl Vm {
    /// `float(x)` (PyNumber_Float), as a double.
    pub fn number_float(&self, x: Value) -> PyResult<f64> {
        if let Some(f) = x.exact::<Float>() {
            return Ok(f.value);
        }
        let slots = x.class().slots();
        if let Some(f) = slots.nb_float {
            let r = f(self, x)?;
            let Some(value) = as_float(r) else {
                raise!(
                    self,
                    TypeError,
                    "{}.__float__ returned non-float (type {})",
                    x.class().name(),
                    r.class().name()
                )
            };
            if !r.is::<Float>() {
                self.warn_deprecated(&format!(
                    "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict \
                     subclass of float is deprecated, and may not be allowed in a future version of Python.",
                    x.class().name(),
                    r.class().name()
                ))?;
            }
            return Ok(value);
        }
        if slots.nb_index.is_some() {
            let i = self.index_value(x)?;
            return self.int_to_f64(i);
        }
        if let Some(f) = as_float(x) {
            return Ok(f);
        }
        if let Some(s) = x.downcast::<Str>() {
            let ascii = adder_text::classify::to_ascii_number(s.units());
            return self.parse_float(&ascii, x);
        }
        match self.buffer_bytes(x)? {
            Some(bytes) => self.parse_float(&bytes, x),
            None => raise!(
                self,
                TypeError,
                "float() argument must be a string or a real number, not '{}'",
                x.class().name()
            ),
        }
    }

    fn parse_float(&self, ascii: &[u8], source: Value) -> PyResult<f64> {
        match text::parse(ascii) {
            Some(f) => Ok(f),
            None => {
                raise!(self, ValueError, "could not convert string to float: {}", self.repr_string(source)?)
            }
        }
    }

    /// An instance of a subclass of float, or an exact float for `float`.
    pub fn float_of_class(&self, class: Ref<Type>, value: f64) -> PyResult<Value> {
        if class == FloatObject::class() {
            return Ok(self.float(value));
        }
        Ok(self.new_instance(class, FloatObject { h: LongHeader::new(), value })?.value())
    }
}

#[pymethods]
impl FloatObject {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        crate::builtins::enumerate::no_keywords::<FloatObject>(vm, class, args)?;
        match args.pos() {
            [] => vm.float_of_class(class, 0.0),
            [x] if x.is::<Float>() && class == FloatObject::class() => Ok(*x),
            [x] => {
                let value = vm.number_float(*x)?;
                vm.float_of_class(class, value)
            }
            more => raise!(vm, TypeError, "float expected at most 1 argument, got {}", more.len()),
        }
    }

    #[slot(tp_repr)]
    fn repr(_: &Vm, this: Value) -> PyResult<Value> {
        let text = text::repr(own(this));
        Ok(Str::from_ascii(&text).expect("out of memory").value())
    }

    #[slot(tp_hash)]
    fn hash(_: &Vm, this: Value) -> PyResult<i64> {
        Ok(hash_float(own(this), this))
    }

    #[slot(tp_richcompare)]
    fn compare(_: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let Some(x) = as_float(a) else { return Ok(not_implemented()) };
        Ok(match ops::compare(x, b, op) {
            Some(r) => bool_value(r),
            None => not_implemented(),
        })
    }

    #[slot(nb_add)]
    fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(vm, a, b);
        Ok(vm.float(x + y))
    }

    #[slot(nb_subtract)]
    fn sub(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(vm, a, b);
        Ok(vm.float(x - y))
    }

    #[slot(nb_multiply)]
    fn mul(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(vm, a, b);
        Ok(vm.float(x * y))
    }

    #[slot(nb_true_divide)]
    fn true_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(vm, a, b);
        if y == 0.0 {
            return Err(zero_division(vm));
        }
        Ok(vm.float(x / y))
    }

    #[slot(nb_remainder)]
    fn modulo(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(vm, a, b);
        if y == 0.0 {
            return Err(zero_division(vm));
        }
        Ok(vm.float(ops::modulo(x, y)))
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(vm, a, b);
        if y == 0.0 {
            return Err(zero_division(vm));
        }
        Ok(vm.float(ops::div_mod(x, y).0))
    }

    #[slot(nb_divmod)]
    fn divmod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
        let (x, y) = both!(vm, a, b);
        if y == 0.0 {
            return Err(zero_division(vm));
        }
        let (q, r) = ops::div_mod(x, y);
        let (q, r) = (vm.float(q), vm.float(r));
        Ok(Tuple::from_slice(vm, &[q, r]).value())
    }

    #[slot(nb_power)]
    fn power(vm: &Vm, a: Value, b: Value, modulus: Value) -> PyResult<Value> {
        if !modulus.is_none() {
            return Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
        }
        let (x, y) = both!(vm, a, b);
        if x < 0.0 && x.is_finite() && y.is_finite() && y != y.floor() {
            return crate::builtins::complex_::power(vm, (x, 0.0), (y, 0.0));
        }
        Ok(vm.float(ops::power(vm, x, y)?))
    }

    #[slot(nb_negative)]
    fn negative(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(vm.float(-own(this)))
    }

    #[slot(nb_positive)]
    #[slot(nb_float)]
    fn itself(vm: &Vm, this: Value) -> PyResult<Value> {
        if this.is::<Float>() { Ok(this) } else { Ok(vm.float(own(this))) }
    }

    #[slot(nb_absolute)]
    fn absolute(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(vm.float(own(this).abs()))
    }

    #[slot(nb_bool)]
    fn truth(_: &Vm, this: Value) -> PyResult<bool> {
        Ok(own(this) != 0.0)
    }

    #[slot(nb_int)]
    fn int(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.int_from_f64(own(this))
    }

    /// the real part of a complex number
    #[getter]
    fn real(vm: &Vm, this: Value) -> PyResult<Value> {
        FloatObject::itself(vm, this)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(_: &Vm, _this: Value) -> f64 {
        0.0
    }

    /// Convert real number to a floating-point number.
    #[classmethod("($type, number, /)")]
    fn from_number(vm: &Vm, class: Ref<Type>, number: Value) -> PyResult<Value> {
        if number.is::<Float>() && class == FloatObject::class() {
            return Ok(number);
        }
        let value = vm.float(vm.to_f64(number)?);
        if class == FloatObject::class() { Ok(value) } else { vm.call(class.value(), &[value]) }
    }

    /// Return self, the complex conjugate of any float.
    #[pymethod("($self, /)")]
    fn conjugate(vm: &Vm, this: Value) -> PyResult<Value> {
        FloatObject::itself(vm, this)
    }

    /// Return the Integral closest to x between 0 and x.
    #[pymethod("($self, /)")]
    fn __trunc__(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.int_from_f64(own(this))
    }

    /// Return the floor as an Integral.
    #[pymethod("($self, /)")]
    fn __floor__(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.int_from_f64(own(this).floor())
    }

    /// Return the ceiling as an Integral.
    #[pymethod("($self, /)")]
    fn __ceil__(vm: &Vm, this: Value) -> PyResult<Value> {
        vm.int_from_f64(own(this).ceil())
    }

    /// Return the Integral closest to x, rounding half toward even.
    ///
    /// When an argument is passed, work like built-in round(x, ndigits).
    #[pymethod("($self, ndigits=None, /)")]
    fn __round__(vm: &Vm, this: Value, ndigits: Option<Value>) -> PyResult<Value> {
        let x = own(this);
        let n = match ndigits {
            Some(n) if !n.is_none() => vm.index_clamped(n)? as i64,
            _ => return vm.int_from_f64(ops::round_half_even(x)),
        };
        if !x.is_finite() {
            return Ok(vm.float(x));
        }
        match text::round_to(x, n) {
            Some(r) => Ok(vm.float(r)),
            None => Err(vm.overflow_error("rounded value too large to represent")),
        }
    }

    /// Return a pair of integers, whose ratio is exactly equal to the original float.
    ///
    /// The ratio is in lowest terms and has a positive denominator.  Raise
    /// OverflowError on infinities and a ValueError on NaNs.
    ///
    /// >>> (10.0).as_integer_ratio()
    /// (10, 1)
    /// >>> (0.0).as_integer_ratio()
    /// (0, 1)
    /// >>> (-.25).as_integer_ratio()
    /// (-1, 4)
    #[pymethod("($self, /)")]
    fn as_integer_ratio(vm: &Vm, this: Value) -> PyResult<Value> {
        let x = own(this);
        if x.is_infinite() {
            return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
        }
        if x.is_nan() {
            return Err(vm.value_error("cannot convert NaN to integer ratio"));
        }
        let (n, d) = ops::integer_ratio(vm, x)?;
        Ok(Tuple::from_slice(vm, &[n, d]).value())
    }

    /// Create a floating-point number from a hexadecimal string.
    ///
    /// >>> float.fromhex('0x1.ffffp10')
    /// 2047.984375
    /// >>> float.fromhex('-0x1p-1074')
    /// -5e-324
    #[classmethod("($type, string, /)")]
    fn fromhex(vm: &Vm, class: Ref<Type>, string: Value) -> PyResult<Value> {
        let Some(s) = string.downcast::<Str>() else {
            return Err(vm.type_error("bad argument type for built-in operation"));
        };
        let bytes = match s.to_utf8() {
            Some(text) => text.into_bytes(),
            None => b"?".to_vec(),
        };
        let value = match float_hex::from_hex(&bytes) {
            Ok(f) => vm.float(f),
            Err(HexError::Invalid) => return Err(vm.value_error("invalid hexadecimal floating-point string")),
            Err(HexError::TooLarge) => {
                return Err(vm.overflow_error("hexadecimal value too large to represent as a float"));
            }
        };
        if class == FloatObject::class() { Ok(value) } else { vm.call(class.value(), &[value]) }
    }

    /// Return a hexadecimal representation of a floating-point number.
    ///
    /// >>> (-0.1).hex()
    /// '-0x1.999999999999ap-4'
    /// >>> 3.14159.hex()
    /// '0x1.921f9f01b866ep+1'
    #[pymethod("($self, /)")]
    fn hex(_: &Vm, this: Value) -> String {
        float_hex::hex(own(this))
    }

    /// Return True if the float is an integer.
    #[pymethod("($self, /)")]
    fn is_integer(_: &Vm, this: Value) -> bool {
        let x = own(this);
        x.is_finite() && x.floor() == x
    }

    #[pymethod("($self, /)")]
    fn __getnewargs__(vm: &Vm, this: Value) -> Value {
        let x = vm.float(own(this));
        Tuple::from_slice(vm, &[x]).value()
    }

    /// You probably don't want to use this function.
    ///
    ///   typestr
    ///     Must be 'double' or 'float'.
    ///
    /// It exists mainly to be used in Python's test suite.
    ///
    /// This function returns whichever of 'unknown', 'IEEE, big-endian' or 'IEEE,
    /// little-endian' best describes the format of floating-point numbers used by the
    /// C type named by typestr.
    #[classmethod("($type, typestr, /)")]
    fn __getformat__(vm: &Vm, _class: Value, typestr: Ref<Str>) -> PyResult<&'static str> {
        if !typestr.eq_str("double") && !typestr.eq_str("float") {
            return Err(vm.value_error("__getformat__() argument 1 must be 'double' or 'float'"));
        }
        Ok(if cfg!(target_endian = "big") { "IEEE, big-endian" } else { "IEEE, little-endian" })
    }

    /// Formats the float according to format_spec.
    #[pymethod("($self, format_spec, /)")]
    fn __format__(vm: &Vm, this: Value, format_spec: Ref<Str>) -> PyResult<Value> {
        if format_spec.is_empty() {
            return Ok(vm.str(this)?.value());
        }
        let name = this.class().name();
        match format_number::format_float(own(this), format_spec.units(), &name, format_number::C_LOCALE) {
            Ok(text) => vm.new_str_owned(text),
            Err(e) => Err(vm.raise_text_error(e)),
        }
    }
}

/// `hash(float)`; NaNs hash by identity (`_Py_HashDouble`).
pub fn hash_float(x: f64, object: Value) -> i64 {
    match hash::hash_f64(x) {
        Some(h) => h,
        // Floats have no identity of their own: equal bits are the same NaN.
        None if object.is::<Float>() => hash::hash_address(x.to_bits() << 4),
        None => adder_heap::identity_hash(object) as i64,
    }
}
