//! Blocks of memory that extensions report, with the lines that asked for them, while `tracemalloc` traces.
//!
//! Objects of the heap are not traced: they move, and what they take is not given back one by one.
//! The names of files are copied, so that the table has no references to objects.

use crate::builtins::code::Code;
use crate::builtins::delegation;
use crate::object::Ref;
use crate::vm::Vm;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// One block.
#[derive(Clone)]
pub struct Trace {
    pub domain: u32,
    pub size: usize,
    /// Files and lines, the innermost first.
    pub frames: Vec<(Arc<str>, i32)>,
    /// How many frames there were, also those beyond the limit.
    pub depth: usize,
}

#[derive(Default)]
struct State {
    limit: usize,
    traces: HashMap<(u32, usize), Trace>,
    current: usize,
    peak: usize,
}

/// Asked at each report, without the lock.
static TRACING: AtomicBool = AtomicBool::new(false);
static STATE: Mutex<Option<State>> = Mutex::new(None);

fn state() -> MutexGuard<'static, Option<State>> {
    STATE.lock().unwrap_or_else(|e| e.into_inner())
}

pub fn is_tracing() -> bool {
    TRACING.load(Ordering::Relaxed)
}

/// Begins to trace, with at most so many frames for each block.
pub fn start(limit: usize) {
    let mut state = state();
    if state.is_none() {
        *state = Some(State { limit, ..State::default() });
    }
    TRACING.store(true, Ordering::Relaxed);
}

pub fn stop() {
    TRACING.store(false, Ordering::Relaxed);
    *state() = None;
}

pub fn clear() {
    if let Some(s) = &mut *state() {
        s.traces.clear();
        (s.current, s.peak) = (0, 0);
    }
}

/// Most frames of a trace.
pub fn limit() -> usize {
    state().as_ref().map_or(1, |s| s.limit)
}

/// Bytes in traced blocks, now and at most.
pub fn sizes() -> (usize, usize) {
    state().as_ref().map_or((0, 0), |s| (s.current, s.peak))
}

pub fn reset_peak() {
    if let Some(s) = &mut *state() {
        s.peak = s.current;
    }
}

/// What the table itself takes.
pub fn own_memory() -> usize {
    let one = size_of::<Trace>() + size_of::<(u32, usize)>();
    state().as_ref().map_or(0, |s| s.traces.capacity() * one)
}

/// All blocks.
pub fn traces() -> Vec<Trace> {
    state().as_ref().map_or_else(Vec::new, |s| s.traces.values().cloned().collect())
}

/// A block was allocated or has another size now. The thread has the GIL.
pub fn track(vm: &Vm, domain: u32, address: usize, size: usize) {
    if !is_tracing() {
        return;
    }
    let (frames, depth) = stack(vm, limit());
    if let Some(s) = &mut *state() {
        let old = s.traces.insert((domain, address), Trace { domain, size, frames, depth });
        s.current = s.current + size - old.map_or(0, |t| t.size);
        s.peak = s.peak.max(s.current);
    }
}

/// A block was freed, on any thread.
pub fn untrack(domain: u32, address: usize) {
    if !is_tracing() {
        return;
    }
    if let Some(s) = &mut *state()
        && let Some(old) = s.traces.remove(&(domain, address))
    {
        s.current -= old.size;
    }
}

/// The lines that run, and how many frames there are.
fn stack(vm: &Vm, limit: usize) -> (Vec<(Arc<str>, i32)>, usize) {
    let thread = vm.thread();
    let Some(mut frame) = thread.top() else { return (vec![], 0) };
    let (mut out, mut depth) = (vec![], 0);
    let mut add = |code: Ref<Code>, unit: u32| {
        if depth < limit {
            let file: Arc<str> = code.filename.get().to_string().into();
            out.push((file, code.line_of(unit).unwrap_or(0)));
        }
        depth += 1;
    };
    while frame >= thread.stacks.controls {
        // SAFETY: records from the base of the stack to the top are initialised (running-frame).
        let control = unsafe { &*frame };
        add(control.code(), control.unit());
        for g in delegation::sleepers_from_top(control) {
            add(g.function.get().code.get(), g.unit());
        }
        frame = frame.wrapping_sub(1);
    }
    (out, depth)
}
