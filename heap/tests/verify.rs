//! Verification finds a store without a barrier.

mod common;

use adder_heap::*;
use common::*;

#[test]
#[should_panic(expected = "stored without a barrier")]
fn a_missing_barrier_is_found() {
    init(Config { verify: true, ..Config::default() });
    let _heap = start(None);
    let old = Root::new(node(NODE, 1).value());
    collect_minor();
    collect_minor();
    store(&old);
    clobber();
    collect_minor();
}

#[inline(never)]
fn store(old: &Root) {
    // SAFETY: a node. The missing barrier is the point.
    unsafe { old.get().cast::<Node>().edges[0].init(Some(node(NODE, 2).value())) };
}
