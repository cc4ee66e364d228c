//! Links with a C side: objects with reference counts, and cycles that cross the border.
//!
//! The C side is a table of structs, each with a count, a link, and references to other structs.

mod common;

use adder_heap::*;
use common::*;
use std::sync::Mutex;

#[derive(Clone)]
struct Struct {
    link: u64,
    count: i64,
    refs: Vec<usize>,
    /// The count without the references found by traversal, during a major collection.
    outside: Option<i64>,
}

static C: Mutex<Vec<Struct>> = Mutex::new(Vec::new());

fn index(v: Value) -> usize {
    // SAFETY: only nodes are linked.
    unsafe { v.cast::<Node>().header.shadow() as usize - 1 }
}

fn set_hooks() {
    set_link_hooks(LinkHooks {
        is_root: |v| {
            let s = &C.lock().unwrap()[index(v)];
            // The heap owns one reference.
            s.outside.unwrap_or(s.count - 1) > 0
        },
        moved: |_, new| C.lock().unwrap()[index(new)].link = new.bits(),
        died: |v| {
            let c = &mut C.lock().unwrap();
            c[index(v)].link = 0;
        },
        prepare: |values| {
            let c = &mut C.lock().unwrap();
            let linked: Vec<usize> = values.map(index).collect();
            for &i in &linked {
                c[i].outside = Some(c[i].count - 1);
            }
            for &i in &linked {
                for r in c[i].refs.clone() {
                    *c[r].outside.as_mut().unwrap() -= 1;
                }
            }
        },
        visit_roots: |_| {},
        rescue: |_| {},
        trace: |v, visitor| {
            let refs = C.lock().unwrap()[index(v)].refs.clone();
            for r in refs {
                let mut link = C.lock().unwrap()[r].link;
                visitor.visit(&mut link);
                C.lock().unwrap()[r].link = link;
            }
        },
        finished: |_| C.lock().unwrap().iter_mut().for_each(|s| s.outside = None),
    });
}

#[inline(never)]
fn linked(id: u64) -> usize {
    let n = node(NODE, id);
    let mut c = C.lock().unwrap();
    c.push(Struct { link: n.value().bits(), count: 1, refs: Vec::new(), outside: None });
    n.header.set_shadow(c.len() as u64);
    drop(c);
    note_linked(n.value());
    id as usize
}

fn object(i: usize) -> Option<Value> {
    Value::from_bits(C.lock().unwrap()[i].link)
}

/// A C reference from one struct to another.
fn c_edge(from: usize, to: usize) {
    let c = &mut C.lock().unwrap();
    c[from].refs.push(to);
    c[to].count += 1;
}

#[inline(never)]
fn heap_edge(from: usize, to: usize) {
    // SAFETY: nodes.
    let n = unsafe { object(from).unwrap().cast::<Node>() };
    n.edges[0].set(n, object(to));
}

fn alive() -> Vec<bool> {
    C.lock().unwrap().iter().map(|s| s.link != 0).collect()
}

fn run(stress: Option<u32>) {
    let _heap = start(stress);
    C.lock().unwrap().clear();
    set_hooks();
    // 0 and 1: a cycle over both heaps. 2 -> 3: a chain through C, held by C. 4 -> 5 -> 4: a cycle held by the heap.
    for i in 0..7 {
        linked(i);
    }
    c_edge(0, 1);
    heap_edge(1, 0);
    c_edge(2, 3);
    C.lock().unwrap()[2].count += 1;
    c_edge(4, 5);
    heap_edge(5, 4);
    let root = Root::new(object(5).unwrap());
    clobber();
    collect_minor();
    clobber();
    collect_full();
    assert_eq!(alive(), [false, false, true, true, true, true, false]);
    for (i, s) in C.lock().unwrap().iter().enumerate() {
        if let Some(v) = Value::from_bits(s.link) {
            // SAFETY: nodes.
            assert_eq!(unsafe { v.cast::<Node>().id }, i as u64);
        }
    }
    for _ in 0..3 {
        clobber();
        collect_full();
        assert_eq!(alive(), [false, false, true, true, true, true, false]);
    }
    drop(root);
    C.lock().unwrap()[2].count -= 1;
    clobber();
    collect_full();
    assert_eq!(alive(), [false; 7]);
}

#[test]
fn cycles_over_both_heaps_die() {
    run(None);
}

#[test]
fn the_same_while_everything_moves() {
    run(Some(1));
}
