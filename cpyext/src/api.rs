//! Parameters and results of API functions: what `#[capi]` converts between C and Rust.

use crate::pyobject::{Arg, Borrowed, Owned, Ptr, Steal, to_c};
use adder_vm::error::PyResult;
use adder_vm::object::Value;
use adder_vm::vm::Vm;

/// A parameter of an API function.
pub trait FromC {
    type C;
    fn from_c(c: Self::C) -> Self;
}

/// A result of an API function.
pub trait IntoC {
    type C;
    fn into_c(self, vm: &Vm) -> Self::C;
}

/// What `PyResult` may hold, with the value that means an error.
pub trait Fallible: IntoC {
    const ERROR: Self::C;
}

impl FromC for Arg {
    type C = Ptr;
    #[inline(always)]
    fn from_c(c: Ptr) -> Arg {
        Arg(c)
    }
}

impl FromC for Steal {
    type C = Ptr;
    #[inline(always)]
    fn from_c(c: Ptr) -> Steal {
        Steal(Owned(c))
    }
}

impl IntoC for Owned {
    type C = Ptr;
    #[inline(always)]
    fn into_c(self, _: &Vm) -> Ptr {
        self.release()
    }
}

impl Fallible for Owned {
    const ERROR: Ptr = std::ptr::null_mut();
}

impl IntoC for Borrowed {
    type C = Ptr;
    #[inline(always)]
    fn into_c(self, _: &Vm) -> Ptr {
        self.0
    }
}

impl Fallible for Borrowed {
    const ERROR: Ptr = std::ptr::null_mut();
}

impl IntoC for Value {
    type C = Ptr;
    #[inline(always)]
    fn into_c(self, _: &Vm) -> Ptr {
        to_c(self)
    }
}

impl Fallible for Value {
    const ERROR: Ptr = std::ptr::null_mut();
}

impl<T> FromC for *const T {
    type C = *const T;
    fn from_c(c: *const T) -> *const T {
        c
    }
}

impl<T> FromC for *mut T {
    type C = *mut T;
    fn from_c(c: *mut T) -> *mut T {
        c
    }
}

impl<T> IntoC for *const T {
    type C = *const T;
    fn into_c(self, _: &Vm) -> *const T {
        self
    }
}

impl<T> Fallible for *const T {
    const ERROR: *const T = std::ptr::null();
}

impl<T> IntoC for *mut T {
    type C = *mut T;
    fn into_c(self, _: &Vm) -> *mut T {
        self
    }
}

impl<T> Fallible for *mut T {
    const ERROR: *mut T = std::ptr::null_mut();
}

macro_rules! numbers {
    ($($t:ty = $error:expr;)*) => {$(
        impl FromC for $t {
            type C = $t;
            #[inline(always)]
            fn from_c(c: $t) -> $t {
                c
            }
        }
        impl IntoC for $t {
            type C = $t;
            #[inline(always)]
            fn into_c(self, _: &Vm) -> $t {
                self
            }
        }
        impl Fallible for $t {
            const ERROR: $t = $error;
        }
    )*};
}

numbers! { i8 = -1; i32 = -1; u32 = u32::MAX; i64 = -1; u64 = u64::MAX; isize = -1; usize = usize::MAX; f64 = -1.0; }

impl IntoC for () {
    type C = ();
    fn into_c(self, _: &Vm) {}
}

/// Functions that return 0, or -1 with an exception.
pub struct Done;

impl IntoC for Done {
    type C = i32;
    fn into_c(self, _: &Vm) -> i32 {
        0
    }
}

impl Fallible for Done {
    const ERROR: i32 = -1;
}

impl IntoC for bool {
    type C = i32;
    fn into_c(self, _: &Vm) -> i32 {
        self as i32
    }
}

impl Fallible for bool {
    const ERROR: i32 = -1;
}

impl<T: Fallible> IntoC for PyResult<T> {
    type C = T::C;
    #[inline(always)]
    fn into_c(self, vm: &Vm) -> T::C {
        match self {
            Ok(v) => v.into_c(vm),
            Err(raised) => {
                crate::pyerrors::to_indicator(vm, raised);
                T::ERROR
            }
        }
    }
}
