//! What happens when the arena is full. In a file of its own because the heap's size cannot change.

mod common;

use adder_heap::*;
use common::*;

#[test]
fn the_arena_can_be_exhausted() {
    init(Config { nursery_bytes: 1 << 20, arena_bytes: 64 << 20, ..Config::default() });
    let _heap = start(None);
    let kept = RootVec::new();
    let mut n = 0;
    while let Some(object) = try_alloc_array(BYTES, 1 << 20) {
        // SAFETY: just allocated.
        kept.push(unsafe { Value::from_bits_unchecked(object as u64) });
        n += 1;
        assert!(n < 64);
    }
    assert!(n > 50, "{n}");
    kept.clear();
    clobber();
    assert!(try_alloc_array(BYTES, 1 << 20).is_some());
}
