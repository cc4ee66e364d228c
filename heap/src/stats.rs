//! Numbers about the collector's work.
//!
//! Of the pauses the last few thousand are kept, for the median.

use crate::gil::GilCell;
use std::time::Duration;

/// Pauses of one kind of collection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pauses {
    pub count: u64,
    pub min: Duration,
    pub median: Duration,
    pub max: Duration,
    pub total: Duration,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Stats {
    pub minor: Pauses,
    pub major: Pauses,
    /// Bytes in the old generation: found alive by the last major collection or promoted since.
    pub old_bytes: usize,
    /// Bytes of the arena in use, in blocks.
    pub block_bytes: usize,
    /// Bytes of young large objects.
    pub young_large_bytes: usize,
    /// Bytes outside the heap, as reported by `add_pressure`.
    pub external_bytes: usize,
    /// Bytes copied out of the nursery, in all.
    pub promoted_bytes: u64,
    pub promoted_objects: u64,
    /// Young objects pinned by words on stacks, in all.
    pub pinned_objects: u64,
    /// Bytes moved by evacuation of old blocks, in all.
    pub evacuated_bytes: u64,
}

pub(crate) struct Log {
    count: u64,
    min: u64,
    max: u64,
    total: u64,
    recent: Vec<u64>,
}

const KEPT: usize = 4096;

pub(crate) struct Counters {
    pub minor: Log,
    pub major: Log,
    pub promoted_bytes: u64,
    pub promoted_objects: u64,
    pub pinned_objects: u64,
    pub evacuated_bytes: u64,
}

const EMPTY: Log = Log { count: 0, min: u64::MAX, max: 0, total: 0, recent: Vec::new() };

pub(crate) static COUNTERS: GilCell<Counters> = GilCell::new(Counters {
    minor: EMPTY,
    major: EMPTY,
    promoted_bytes: 0,
    promoted_objects: 0,
    pinned_objects: 0,
    evacuated_bytes: 0,
});

impl Log {
    pub fn add(&mut self, pause: Duration) {
        let ns = pause.as_nanos() as u64;
        if self.recent.len() < KEPT {
            self.recent.push(ns);
        } else {
            self.recent[self.count as usize % KEPT] = ns;
        }
        self.count += 1;
        self.min = self.min.min(ns);
        self.max = self.max.max(ns);
        self.total += ns;
    }

    fn summary(&self) -> Pauses {
        if self.count == 0 {
            return Pauses::default();
        }
        let mut sorted = self.recent.clone();
        sorted.sort_unstable();
        Pauses {
            count: self.count,
            min: Duration::from_nanos(self.min),
            median: Duration::from_nanos(sorted[sorted.len() / 2]),
            max: Duration::from_nanos(self.max),
            total: Duration::from_nanos(self.total),
        }
    }
}

pub fn stats() -> Stats {
    let counters = COUNTERS.get();
    let old = crate::old::OLD_SPACE.get();
    Stats {
        minor: counters.minor.summary(),
        major: counters.major.summary(),
        old_bytes: old.bytes,
        block_bytes: crate::block::blocks_in_use() * crate::block::BLOCK,
        young_large_bytes: old.young_large_bytes,
        external_bytes: crate::collect::external_bytes(),
        promoted_bytes: counters.promoted_bytes,
        promoted_objects: counters.promoted_objects,
        pinned_objects: counters.pinned_objects,
        evacuated_bytes: counters.evacuated_bytes,
    }
}

/// Starts counting anew.
pub fn reset_stats() {
    let counters = COUNTERS.get();
    *counters = Counters {
        minor: EMPTY,
        major: EMPTY,
        promoted_bytes: 0,
        promoted_objects: 0,
        pinned_objects: 0,
        evacuated_bytes: 0,
    };
}
