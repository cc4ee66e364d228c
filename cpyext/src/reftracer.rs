//! `PyRefTracer`: a C function that is told of objects that C makes and of structs that die.
//! Objects that only the VM knows are not reported.

use crate::pyobject::Ptr;
use adder_heap::GilCell;
use std::ffi::{c_int, c_void};

type Tracer = unsafe extern "C" fn(Ptr, c_int, *mut c_void) -> c_int;

static TRACER: GilCell<(Option<Tracer>, usize)> = GilCell::new((None, 0));

pub const CREATE: c_int = 0;
pub const DESTROY: c_int = 1;

/// # Safety
/// `p` has its head.
#[inline(always)]
pub unsafe fn tell(p: Ptr, event: c_int) {
    if let (Some(f), data) = *TRACER.get() {
        f(p, event, data as *mut c_void);
    }
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyRefTracer_SetTracer(f: Option<Tracer>, data: *mut c_void) -> c_int {
    *TRACER.get() = (f, data as usize);
    0
}

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // The name is the API's.
pub unsafe extern "C" fn PyRefTracer_GetTracer(place: *mut *mut c_void) -> Option<Tracer> {
    let (f, data) = *TRACER.get();
    if !place.is_null() {
        *place = data as *mut c_void;
    }
    f
}
