//! Numbers that C has stored in a dict, a set or an attribute.
//!
//! What keeps a number in the heap keeps its value, not the struct that C has. C code that stores an object
//! and releases its own reference may go on using the pointer, because the container keeps the object:
//! cffi's `lib.CONSTANT` returns it so. So the last few structs stored have a reference each, which the next
//! ones take over.

use crate::pyobject::{Arg, Ptr, decref, incref, is_number};
use adder_heap::GilCell;
use adder_vm::object::Value;

/// How many numbers are kept: more than C code stores before it uses one of them.
const KEPT: usize = 32;

/// The structs, and where the next one goes.
static LAST: GilCell<([Ptr; KEPT], usize)> = GilCell::new(([std::ptr::null_mut(); KEPT], 0));

impl Arg {
    /// The object, which is going to be stored where C borrows it from.
    #[inline]
    pub fn stored(self) -> Value {
        // SAFETY: C passes live objects.
        unsafe {
            if is_number(self.0) {
                keep(self.0);
            }
        }
        self.value()
    }
}

unsafe fn keep(p: Ptr) {
    let (last, next) = LAST.get();
    incref(p);
    let old = std::mem::replace(&mut last[*next], p);
    *next = (*next + 1) % KEPT;
    if !old.is_null() {
        decref(old);
    }
}
