//! When to collect, and how much.
//!
//! A minor collection happens when the nursery is full, when large objects or memory outside the heap grew by a
//! fixed amount, or on request; a major one follows it when the old space or the outside memory outgrew a multiple
//! of what was alive after the last one.
//!
//! Outside memory is given back only after a collection, when the owners' death has been dealt with.
//! So growth first costs a minor collection, and a major one only if the next collection still finds too much.
//! Memory outside the heap can grow much faster than the heap: a major collection for its sake is due early, but
//! at most a third of the time goes into those, or half of it while much may be garbage. Time is the process's own:
//! on a busy machine a collection seems to last long.
//!
//! Kept true here: hooks called by a collection do not allocate.

use crate::config::config;
use crate::gil::GilCell;
use crate::old::OLD_SPACE;
use crate::stats::COUNTERS;
use crate::{alloc, block, config, death, links, major, minor, thread};
use std::time::{Duration, Instant};

struct Pace {
    /// The old space may grow to this many bytes before a major collection.
    threshold: usize,
    /// The same for whole blocks: pinned objects can occupy many blocks with few bytes.
    block_threshold: usize,
    /// Bytes outside the heap.
    external: isize,
    external_since_minor: isize,
    /// The least since the last major collection.
    external_low: isize,
    /// When the last major collection ended, and how long it took, in processor time.
    last_major: Option<(Duration, Duration)>,
    running: bool,
    stress_count: u32,
}

static PACE: GilCell<Pace> = GilCell::new(Pace {
    threshold: MIN_THRESHOLD,
    block_threshold: 3 * MIN_THRESHOLD,
    external: 0,
    external_since_minor: 0,
    external_low: 0,
    last_major: None,
    running: false,
    stress_count: 0,
});

const MIN_THRESHOLD: usize = 32 << 20;
/// Growth of outside memory that is worth a minor collection: an eighth, within these bounds.
const EXTERNAL_STEP: (isize, isize) = (4 << 20, 32 << 20);
/// Growth of outside memory that is worth a major collection: a quarter, and at least this.
const MIN_EXTERNAL: isize = 16 << 20;
/// Growth of outside memory beyond which half of the time may go into major collections.
const MUCH_EXTERNAL: isize = 48 << 20;
/// In stress mode every Nth collection is a major one.
const STRESS_MAJOR: u32 = 32;

/// Empties the nursery.
pub fn collect_minor() {
    config::ensure_init();
    run(Some(false));
}

/// Collects everything that is unreachable.
pub fn collect_full() {
    config::ensure_init();
    run(Some(true));
}

/// Reports growth or shrinking of memory that objects own outside the heap.
pub fn add_pressure(delta: isize) {
    let pace = PACE.get();
    pace.external += delta;
    pace.external_low = pace.external_low.min(pace.external);
    if delta > 0 {
        pace.external_since_minor += delta;
        if pace.external_since_minor > (pace.external / 8).clamp(EXTERNAL_STEP.0, EXTERNAL_STEP.1) {
            alloc::request_collection();
        }
    }
}

pub(crate) fn external_bytes() -> usize {
    PACE.get().external.max(0) as usize
}

/// The collection that an allocation found due.
pub(crate) fn collect_for_allocation() {
    run(None);
}

pub(crate) fn is_running() -> bool {
    PACE.get().running
}

/// How much processor time the process has used.
fn processor_time() -> Duration {
    // SAFETY: a plain struct, and a clock that every system has.
    unsafe {
        let mut t: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut t);
        Duration::new(t.tv_sec as u64, t.tv_nsec as u32)
    }
}

fn block_bytes() -> usize {
    block::blocks_in_use() * block::BLOCK
}

/// A collection. What this thread refers to is on its stack and in its registers as they are here: the
/// collector's own frames are not looked at, for what earlier calls left in their gaps would keep garbage alive.
#[inline(never)]
fn run(full: Option<bool>) {
    thread::enter_blocked();
    let full = collect(full);
    thread::leave_blocked();
    let finished = links::HOOKS.get().finished;
    finished(full);
    death::notify();
}

/// Whether it was a full collection.
#[inline(never)]
fn collect(full: Option<bool>) -> bool {
    let pace = PACE.get();
    assert!(!pace.running, "a collection inside a collection");
    pace.running = true;
    let stress = config().stress.is_some();
    // Asked before the minor collection: what the previous one freed has been given back by now.
    let growth = pace.external - pace.external_low;
    let pause = if growth > MUCH_EXTERNAL.max(pace.external_low) { 1 } else { 2 };
    let external = growth > (pace.external_low / 4).max(MIN_EXTERNAL)
        && pace.last_major.is_none_or(|(ended, took)| {
            // After a fork the clock begins anew.
            processor_time().checked_sub(ended).is_none_or(|since| since > pause * took)
        });
    links::drop_retired();
    let began = Instant::now();
    // SAFETY: gil-held; no other collection runs.
    unsafe { minor::collect() };
    let minor_end = Instant::now();
    COUNTERS.get().minor.add(minor_end - began);
    let pace = PACE.get();
    pace.external_since_minor = 0;
    if stress {
        pace.stress_count += 1;
    }
    let due = OLD_SPACE.get().bytes > pace.threshold
        || block_bytes() > pace.block_threshold
        || external
        || stress && pace.stress_count.is_multiple_of(STRESS_MAJOR);
    let full = full.unwrap_or(due);
    if full {
        let major_began = processor_time();
        // SAFETY: as above.
        unsafe { major::collect(stress) };
        COUNTERS.get().major.add(minor_end.elapsed());
        let pace = PACE.get();
        let ended = processor_time();
        pace.last_major = Some((ended, ended - major_began));
        let live = OLD_SPACE.get().bytes;
        pace.threshold = (live + live / 4 * 3).max(MIN_THRESHOLD);
        pace.block_threshold = 2 * block_bytes() + 2 * MIN_THRESHOLD;
        pace.external_low = pace.external;
    }
    if config().verify {
        crate::verify::verify();
    }
    alloc::refill_nursery();
    PACE.get().running = false;
    full
}
