//! A big native stack for the parser and the code generator, which recurse with the nesting of the source.
//!
//! The stack is mapped for one call and switched to on the caller's own thread: a worker thread would be gone in
//! the child of a `fork()`. Only pages that are touched use memory. A panic is caught and given back as its text:
//! the compiler crates are not ours and must not take the process down.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Address space only.
const STACK_SIZE: usize = 1 << 30;

thread_local! {
    static ON_BIG_STACK: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` on a big stack and returns its result, or the text of its panic.
pub fn run<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let guarded = || catch_unwind(AssertUnwindSafe(work)).map_err(panic_text);
    if ON_BIG_STACK.replace(true) {
        return guarded();
    }
    let result = stacker::grow(STACK_SIZE, guarded);
    ON_BIG_STACK.set(false);
    result
}

fn panic_text(payload: Box<dyn Any + Send>) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "panic".to_owned()
    }
}
