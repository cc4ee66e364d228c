//! Counting the garbage that only a collector finds: `collect_full_counting`.

mod common;

use adder_heap::*;
use common::*;

fn all(_: Value) -> bool {
    true
}

fn nodes_only(v: Value) -> bool {
    v.shape() == NODE
}

/// Refers from one node to another.
fn link(from: Ref<Node>, edge: usize, to: Value) {
    from.edges[edge].set(from, Some(to));
}

/// A ring of nodes; gives the first.
#[inline(never)]
fn ring(n: u64) -> Ref<Node> {
    let first = node(NODE, 0);
    let mut last = first;
    for i in 1..n {
        let next = node(NODE, i);
        link(last, 0, next.value());
        link(next, 1, last.value());
        last = next;
    }
    link(last, 0, first.value());
    first
}

#[inline(never)]
fn make(f: impl FnOnce()) {
    f();
}

fn found(counted: fn(Value) -> bool) -> usize {
    clobber();
    collect_full_counting(counted)
}

#[test]
fn what_no_cycle_holds_is_not_counted() {
    let _heap = start(None);
    make(|| {
        for i in 0..1000 {
            let parent = node(NODE, i);
            let child = array(i, 5);
            link(parent, 0, child.value());
            child.slot(2).set(child, Some(node(NODE, i).value()));
        }
    });
    assert_eq!(found(all), 0);
}

#[test]
fn cycles_and_what_they_hold_are_counted() {
    let _heap = start(None);
    make(|| {
        let _ = ring(50);
        // A ring with things hanging on it, and one that hangs it.
        let r = ring(10);
        let array = array(1, 8);
        link(r, 2, array.value());
        array.slot(0).set(array, Some(node(CUSTOM_NODE, 1).value()));
        let above = node(NODE, 7);
        link(above, 0, r.value());
    });
    assert_eq!(found(all), 50 + 10 + 2);
    assert_eq!(found(all), 0);
    make(|| {
        let r = ring(10);
        link(r, 2, array(1, 8).value());
    });
    assert_eq!(found(nodes_only), 10);
}

#[test]
fn old_cycles_are_counted_too() {
    let _heap = start(None);
    let root = RootVec::new();
    make(|| {
        for _ in 0..20 {
            root.push(ring(30).value());
        }
    });
    clobber();
    collect_full();
    assert_eq!(found(all), 0);
    root.clear();
    assert_eq!(found(all), 600);
    assert_eq!(found(all), 0);
}

#[test]
fn a_young_cycle_holds_old_objects() {
    let _heap = start(None);
    let root = RootVec::new();
    make(|| {
        let old = node(NODE, 1);
        link(old, 0, node(NODE, 2).value());
        root.push(old.value());
        root.push(node(NODE, 3).value());
    });
    clobber();
    collect_full();
    make(|| {
        let r = ring(5);
        link(r, 2, root.get(0));
    });
    root.clear();
    // The third old object was held by no cycle.
    assert_eq!(found(all), 5 + 2);
}

#[test]
fn large_objects_and_minor_collections() {
    let _heap = start(None);
    make(|| {
        let r = ring(3);
        let large = array(1, 100_000);
        link(r, 2, large.value());
        large.slot(99_999).set(large, Some(node(NODE, 9).value()));
    });
    clobber();
    assert_eq!(collect_minor_counting(all), 5);
    assert_eq!(found(all), 0);
}
