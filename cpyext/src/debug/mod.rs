//! Debug mode, for authors of extensions: `ADDER_CAPI_DEBUG` or `-X capi_debug`; see
//! `docs/capi-debugging.md`.
//!
//! * `quarantine`: memory of dead structs is poisoned and not used again for a while, so that what goes on
//!   using it is found.
//! * `audit`: each major collection compares the counts of references with what it can see, and functions
//!   `tp_traverse` with the structs they belong to.
//! * `leaks`: which structs C holds, by type.
//! * `callers`: which C function did it.
//! * `fault`: what can be said of a crash.
//! * `module`: the module `_adder`, with which programs ask.
//!
//! When the mode is off, nothing of this costs anything: quarantined slots take the path that large objects
//! take, and the rest is asked where something has gone wrong already.

pub mod audit;
mod callers;
mod fault;
pub mod leaks;
mod module;
pub mod quarantine;

pub use module::install;

use crate::ffi::types::PyTypeObject;
use crate::pyobject::{Ptr, is_type};
use std::collections::HashSet;
use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

static ON: AtomicBool = AtomicBool::new(false);
static ABORT: AtomicBool = AtomicBool::new(false);
static TABLE_AT_EXIT: AtomicBool = AtomicBool::new(false);
/// How often the heap's own reference was released by C.
static OVER_DECREMENTS: AtomicUsize = AtomicUsize::new(0);

/// What was reported, and what is not to be reported again.
#[derive(Default)]
struct Reports {
    texts: Vec<String>,
    keys: HashSet<String>,
}

static REPORTS: Mutex<Option<Reports>> = Mutex::new(None);

fn reports<R>(f: impl FnOnce(&mut Reports) -> R) -> R {
    let mut guard: MutexGuard<Option<Reports>> = REPORTS.lock().unwrap_or_else(|e| e.into_inner());
    f(guard.get_or_insert_with(Reports::default))
}

pub fn on() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Switches the mode on if the options say so: before the first struct is made.
pub fn init(config: &adder_vm::vm::Config) {
    let option = config.x_options.iter().rev().find(|(name, _)| name == "capi_debug");
    let words = match option {
        Some((_, words)) => words.clone().unwrap_or_default(),
        None if config.ignore_environment => return,
        None => match std::env::var("ADDER_CAPI_DEBUG") {
            Ok(words) if !words.is_empty() && words != "0" => words,
            _ => return,
        },
    };
    for word in words.split(',') {
        match word.split_once(':') {
            None if word == "abort" => ABORT.store(true, Ordering::Relaxed),
            None if word == "leaks" => TABLE_AT_EXIT.store(true, Ordering::Relaxed),
            Some(("quarantine", n)) => quarantine::set_limit(n.parse().unwrap_or(0)),
            _ => {}
        }
    }
    ON.store(true, Ordering::Relaxed);
    quarantine::init();
    fault::init();
}

/// Says what is wrong; the program goes on unless it is to stop for a debugger.
fn report(text: String) {
    eprintln!("Adder C API: {text}");
    reports(|r| r.texts.push(text));
    if ABORT.load(Ordering::Relaxed) {
        std::process::abort();
    }
}

/// As `report`, once for each key.
fn report_once(key: String, text: impl FnOnce() -> String) {
    if reports(|r| r.keys.insert(key)) {
        report(text());
    }
}

/// The name of a struct's type; None if it has none that is known.
unsafe fn type_name(t: *const PyTypeObject) -> Option<String> {
    if t.is_null() || !is_type(t) || (*t).tp_name.is_null() {
        return None;
    }
    Some(CStr::from_ptr((*t).tp_name).to_string_lossy().into_owned())
}

unsafe fn name_of(p: Ptr) -> String {
    type_name((*p).ob_type).unwrap_or_else(|| "?".to_string())
}

/// C released the reference that the heap has of an object; it was given back.
///
/// # Safety
/// `p` is a live struct.
#[cold]
#[inline(never)]
pub unsafe fn over_decrement(p: Ptr) {
    OVER_DECREMENTS.fetch_add(1, Ordering::Relaxed);
    if on() {
        let by = callers::here().describe();
        report(format!(
            "over-decrement{by}: the last reference of a '{}' object was released, which the interpreter has",
            name_of(p)
        ));
    }
}

/// The end of the process.
pub fn at_exit() {
    if on() {
        adder_vm::pending::collect_all(adder_vm::vm::Vm::get());
        quarantine::check_all();
    }
    if TABLE_AT_EXIT.load(Ordering::Relaxed) {
        leaks::print();
    }
}
