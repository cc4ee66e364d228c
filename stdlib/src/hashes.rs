//! What the modules of hash functions have in common: an algorithm behind a trait object, the arguments of
//! constructors, and the class of the objects, which `hash_class!` makes.

use adder_vm::builtins::buffer::BytesLike;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use digest::{ExtendableOutput, XofReader};

/// From this many bytes on, other threads run meanwhile.
const LARGE: usize = 2048;

/// A hash function in the middle of its input.
pub trait Algorithm: Send {
    fn update(&mut self, data: &[u8]);
    fn copy(&self) -> Box<dyn Algorithm>;
    /// The digest; `length` is for functions of any length of output.
    fn digest(&self, length: usize) -> Vec<u8>;
}

/// A function of fixed length of output, of the `digest` crate.
pub struct Fixed<T>(pub T);

impl<T: digest::Digest + Clone + Send + 'static> Algorithm for Fixed<T> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn copy(&self) -> Box<dyn Algorithm> {
        Box::new(Fixed(self.0.clone()))
    }

    fn digest(&self, _: usize) -> Vec<u8> {
        self.0.clone().finalize().to_vec()
    }
}

/// A function of any length of output.
pub struct Extendable<T>(pub T);

impl<T: ExtendableOutput + digest::Update + Clone + Send + 'static> Algorithm for Extendable<T> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn copy(&self) -> Box<dyn Algorithm> {
        Box::new(Extendable(self.0.clone()))
    }

    fn digest(&self, length: usize) -> Vec<u8> {
        let mut out = vec![0; length];
        self.0.clone().finalize_xof().read(&mut out);
        out
    }
}

/// The data argument (`GET_BUFFER_VIEW_OR_ERROR`).
pub fn input(vm: &Vm, v: Value) -> PyResult<BytesLike> {
    if v.downcast::<Str>().is_some() {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    if !vm.has_buffer(v) {
        return Err(vm.type_error("object supporting the buffer API required"));
    }
    vm.bytes_like(v)
}

/// Feeds data, without the lock if there is much.
pub fn feed(vm: &Vm, algorithm: &mut dyn Algorithm, v: Value) -> PyResult<()> {
    let data = input(vm, v)?;
    if data.len() >= LARGE {
        let data: &[u8] = &data;
        vm.allow_threads(|| algorithm.update(data));
    } else {
        algorithm.update(&data);
    }
    Ok(())
}

/// A new state that was fed the first data, which may come under two names (`_Py_hashlib_data_argument`).
pub fn start(
    vm: &Vm,
    mut algorithm: Box<dyn Algorithm>,
    data: Option<Value>,
    string: Option<Value>,
) -> PyResult<Box<dyn Algorithm>> {
    let string = string.filter(|s| !s.is_none());
    if data.is_some() && string.is_some() {
        raise!(
            vm,
            TypeError,
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version."
        )
    }
    if let Some(v) = data.or(string) {
        feed(vm, &mut *algorithm, v)?;
    }
    Ok(algorithm)
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    String::from_utf8(crate::binascii::hex(bytes, None, 0)).expect("digits are ASCII")
}

/// `hash_class!(Type, "name", "module", new = expr, "hash name", block, size [, extra items])`: the class of the
/// objects of one hash function of fixed output.
#[macro_export]
macro_rules! hash_class {
    ($type:ident, $name:literal, $module:literal, $hash:literal, $block:literal, $size:literal $(, $($more:tt)*)?) => {
        /// A hash object: the state after the data so far.
        #[pyclass(name = $name, module = $module, flags = def::DEFAULT)]
        #[repr(C)]
        pub struct $type {
            h: LongHeader,
            state: RefCell<Box<dyn Algorithm>>,
        }

        impl $type {
            pub fn make(state: Box<dyn Algorithm>) -> Value {
                heap::new($type::shape(), $type { h: LongHeader::new(), state: RefCell::new(state) }).value()
            }
        }

        #[pymethods]
        impl $type {
            /// Update this hash object's state with the provided string.
            #[pymethod("($self, obj, /)")]
            fn update(vm: &Vm, this: Ref<$type>, obj: Value) -> PyResult<()> {
                // Not borrowed while other threads run.
                let mut state = this.state.borrow().copy();
                $crate::hashes::feed(vm, &mut *state, obj)?;
                *this.state.borrow_mut() = state;
                Ok(())
            }

            /// Return the digest value as a bytes object.
            #[pymethod("($self, /)")]
            fn digest(vm: &Vm, this: Ref<$type>) -> PyResult<Value> {
                vm.new_bytes(&this.state.borrow().digest($size))
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod("($self, /)")]
            fn hexdigest(_: &Vm, this: Ref<$type>) -> String {
                $crate::hashes::hex(&this.state.borrow().digest($size))
            }

            /// Return a copy of the hash object.
            #[pymethod("($self, /)")]
            fn copy(_: &Vm, this: Ref<$type>) -> Value {
                let state = this.state.borrow().copy();
                $type::make(state)
            }

            #[getter]
            fn block_size(_: &Vm, _this: Ref<$type>) -> i64 {
                $block
            }

            #[getter]
            fn digest_size(_: &Vm, _this: Ref<$type>) -> i64 {
                $size
            }

            #[getter]
            fn name(_: &Vm, _this: Ref<$type>) -> &'static str {
                $hash
            }

            $($($more)*)?
        }
    };
}
