//! Starting the heap.
//!
//! `init` may be left out: the first use of the heap then starts it with `Config::from_env`.

use crate::gil::GilCell;
use crate::{block, memory, shape};

/// Sizes and debugging switches.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    pub nursery_bytes: usize,
    /// Limit of the whole heap.
    pub arena_bytes: usize,
    /// Collect at every Nth allocation, move everything that is not pinned, poison what was left.
    pub stress: Option<u32>,
    /// Check the whole heap after every collection.
    pub verify: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config { nursery_bytes: 4 << 20, arena_bytes: 256 << 30, stress: None, verify: false }
    }
}

impl Config {
    /// The default, changed by `ADDER_GC`: `stress` or `stress:N`, `verify`, and `nursery:KB`, separated by
    /// commas.
    pub fn from_env() -> Config {
        let mut config = Config::default();
        if let Ok(text) = std::env::var("ADDER_GC") {
            for word in text.split(',') {
                match word.split_once(':') {
                    None if word == "stress" => config.stress = Some(1),
                    None if word == "verify" => config.verify = true,
                    Some(("nursery", n)) => {
                        config.nursery_bytes = n.parse().map_or(config.nursery_bytes, |kb: usize| kb << 10)
                    }
                    Some(("stress", n)) => config.stress = n.parse().ok().filter(|&n| n > 0),
                    _ => {}
                }
            }
        }
        config
    }
}

/// Starts the heap and attaches the calling thread.
pub fn init(config: Config) {
    if *STARTED.get() {
        return;
    }
    *STARTED.get() = true;
    let mut arena = config.arena_bytes.clamp(64 << 20, memory::ARENA_MAX);
    // Under an address space limit take what there is.
    while !block::reserve_arena(arena) {
        arena /= 2;
        assert!(arena >= 64 << 20, "cannot reserve address space for the heap");
    }
    let tables = memory::reserve_table(memory::SHAPES_BASE, shape::MAX_SHAPES * 32)
        && memory::reserve_table(memory::SHAPE_INFO_BASE, shape::MAX_SHAPES * 8);
    assert!(tables, "cannot reserve address space for the shape table");
    *CONFIG.get() = config;
    crate::alloc::start(config.nursery_bytes);
}

/// Switches stress mode while the heap is running.
pub fn set_stress(every: Option<u32>) {
    ensure_init();
    CONFIG.get().stress = every.filter(|&n| n > 0);
    crate::alloc::apply_stress();
}

#[inline]
pub(crate) fn ensure_init() {
    if !*STARTED.get() {
        init(Config::from_env());
    }
}

pub(crate) fn config() -> &'static Config {
    CONFIG.get()
}

static STARTED: GilCell<bool> = GilCell::new(false);
static CONFIG: GilCell<Config> =
    GilCell::new(Config { nursery_bytes: 4 << 20, arena_bytes: 0, stress: None, verify: false });
