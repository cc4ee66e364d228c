//! Changes that C code may want to be told of: of types, functions, code objects and contexts.

use crate::object::Value;
use adder_heap::GilCell;

/// What is watched; the values are bits of `WANTED`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A class whose attributes were looked up will change.
    Type = 1,
    Function = 2,
    Code = 4,
    /// The current context has changed; the object is the new one, or None.
    Context = 8,
}

/// Events of functions and code objects, with CPython's numbers; changes are told before they are made.
pub const CREATE: i32 = 0;
pub const MODIFY_CODE: i32 = 2;
pub const MODIFY_DEFAULTS: i32 = 3;
pub const MODIFY_KWDEFAULTS: i32 = 4;

/// `(kind, event, object, new value)`
pub type Hook = fn(Kind, i32, Value, Option<Value>);

static WANTED: GilCell<u8> = GilCell::new(0);
static HOOK: GilCell<Option<Hook>> = GilCell::new(None);

/// From now on the hook is called for this kind.
pub fn want(kind: Kind, hook: Hook) {
    *WANTED.get() |= kind as u8;
    *HOOK.get() = Some(hook);
}

#[inline(always)]
pub fn tell(kind: Kind, event: i32, object: Value, new: Option<Value>) {
    if *WANTED.get() & kind as u8 != 0 {
        tell_slow(kind, event, object, new);
    }
}

#[cold]
#[inline(never)]
fn tell_slow(kind: Kind, event: i32, object: Value, new: Option<Value>) {
    if let Some(hook) = *HOOK.get() {
        hook(kind, event, object, new);
    }
}
