//! Random mutation of an object graph, compared with a model that is kept in ordinary vectors.
//!
//! Every object carries its number in the model.
//! `ADDER_SEED=n` runs another random sequence.
//! After each round the graph is walked from the roots, side by side with the model.

mod common;

use adder_heap::*;
use common::*;
use std::collections::HashSet;
use std::sync::Mutex;

#[derive(Clone, Default)]
struct Model {
    /// Per object: its edges.
    edges: Vec<Vec<Option<usize>>>,
    weak: Vec<Option<usize>>,
    finalizer: HashSet<usize>,
    hashes: Vec<u32>,
    roots: Vec<Option<usize>>,
}

impl Model {
    fn reachable(&self, extra: &[usize]) -> HashSet<usize> {
        let mut seen = HashSet::new();
        let mut todo: Vec<usize> =
            self.roots.iter().flatten().copied().chain(extra.iter().copied()).collect();
        while let Some(i) = todo.pop() {
            if seen.insert(i) {
                todo.extend(self.edges[i].iter().flatten());
            }
        }
        seen
    }
}

static LINKED: Mutex<Vec<(u64, u64, bool)>> = Mutex::new(Vec::new());

fn set_hooks() {
    set_link_hooks(LinkHooks {
        is_root: |v| LINKED.lock().unwrap()[shadow(v)].2,
        moved: |old, new| {
            let entry = &mut LINKED.lock().unwrap()[shadow(new)];
            assert_eq!(entry.1, old.bits());
            entry.1 = new.bits();
        },
        died: |v| {
            let entry = &mut LINKED.lock().unwrap()[shadow(v)];
            assert_eq!(entry.1, v.bits());
            entry.1 = 0;
        },
        prepare: |values| {
            for v in values {
                assert_eq!(LINKED.lock().unwrap()[shadow(v)].1, v.bits());
            }
        },
        visit_roots: |_| {},
        rescue: |_| {},
        trace: |v, _| assert_eq!(LINKED.lock().unwrap()[shadow(v)].1, v.bits()),
        finished: |_| {},
    });
}

fn shadow(v: Value) -> usize {
    // SAFETY: only nodes are linked.
    unsafe { v.cast::<Node>().header.shadow() as usize - 1 }
}

fn is_array(v: Value) -> bool {
    v.shape() == ARRAY
}

fn id_of(v: Value) -> usize {
    // SAFETY: the graph has only nodes and arrays.
    unsafe { if is_array(v) { v.cast::<Array>().id as usize } else { v.cast::<Node>().id as usize } }
}

fn edge(v: Value, i: usize) -> &'static Field<Option<Value>> {
    // SAFETY: as above; used before the next allocation.
    unsafe {
        if is_array(v) {
            &*(v.cast::<Array>().slot(i) as *const _)
        } else {
            &(*v.cast::<Node>().as_ptr()).edges[i]
        }
    }
}

#[inline(never)]
fn create(random: &mut Random, model: &mut Model, roots: &RootVec) {
    let id = model.edges.len();
    let v = match random.below(40) {
        0 => array(id as u64, 2500 + random.below(3000)).value(),
        1..=6 => array(id as u64, random.below(40)).value(),
        7 => node(PINNED_NODE, id as u64).value(),
        8..=12 => node(CUSTOM_NODE, id as u64).value(),
        13..=15 => node(DROP_NODE, id as u64).value(),
        _ => node(NODE, id as u64).value(),
    };
    // SAFETY: the shape was looked at.
    let len = if is_array(v) { unsafe { v.cast::<Array>().len as usize } } else { EDGES };
    model.edges.push(vec![None; len]);
    model.weak.push(None);
    model.hashes.push(if random.below(3) == 0 { identity_hash(v) } else { 0 });
    if !is_array(v) {
        if random.below(20) == 0 {
            register_finalizer(v);
            model.finalizer.insert(id);
        }
        if random.below(10) == 0 {
            let mut linked = LINKED.lock().unwrap();
            linked.push((id as u64, v.bits(), random.below(4) == 0));
            // SAFETY: not an array.
            unsafe { v.cast::<Node>().header.set_shadow(linked.len() as u64) };
            drop(linked);
            note_linked(v);
        }
    }
    let at = random.below(roots.len());
    roots.set(at, v);
    model.roots[at] = Some(id);
}

/// A random walk from a random root, in the heap and in the model.
#[inline(never)]
fn pick(random: &mut Random, model: &Model, roots: &RootVec) -> Option<(Value, usize)> {
    let at = random.below(roots.len());
    let mut id = model.roots[at]?;
    let mut v = roots.get(at);
    for _ in 0..random.below(8) {
        if model.edges[id].is_empty() {
            break;
        }
        let i = random.below(model.edges[id].len());
        let Some(next) = model.edges[id][i] else { continue };
        v = edge(v, i).get().expect("the model has an edge here");
        id = next;
        assert_eq!(id_of(v), id);
    }
    Some((v, id))
}

#[inline(never)]
fn mutate(random: &mut Random, model: &mut Model, roots: &RootVec) {
    match random.below(100) {
        0..45 => create(random, model, roots),
        45..85 => {
            let (Some((v, id)), Some((w, target))) = (pick(random, model, roots), pick(random, model, roots))
            else {
                return;
            };
            if !model.edges[id].is_empty() {
                let i = random.below(model.edges[id].len());
                edge(v, i).set(v, Some(w));
                model.edges[id][i] = Some(target);
            }
        }
        85..92 => {
            let Some((v, id)) = pick(random, model, roots) else { return };
            if !model.edges[id].is_empty() {
                let i = random.below(model.edges[id].len());
                edge(v, i).set(v, None);
                model.edges[id][i] = None;
            }
        }
        92..96 => {
            let (Some((v, id)), Some((w, target))) = (pick(random, model, roots), pick(random, model, roots))
            else {
                return;
            };
            if !is_array(v) {
                // SAFETY: not an array.
                unsafe { v.cast::<Node>().weak.init(Some(w)) };
                register_weak(v, std::mem::offset_of!(Node, weak));
                model.weak[id] = Some(target);
            }
        }
        96..98 => {
            let at = random.below(roots.len());
            roots.set(at, Value::from_small(0));
            model.roots[at] = None;
        }
        _ => drop(vec![alloc_array(BYTES, random.below(60_000))]),
    }
}

#[inline(never)]
fn compare(model: &mut Model, roots: &RootVec) {
    while let Some(v) = take_finalizable() {
        assert!(model.finalizer.remove(&id_of(v)));
    }
    while let Some(v) = take_cleared_weak() {
        // It may have got a new target since.
        // SAFETY: only nodes have weak slots.
        if unsafe { v.cast::<Node>().weak.get().is_none() } {
            model.weak[id_of(v)] = None;
        }
    }
    let reachable = model.reachable(&[]);
    let mut seen = HashSet::new();
    let mut todo = Vec::new();
    for (at, root) in model.roots.iter().enumerate() {
        if let Some(id) = *root {
            todo.push((roots.get(at).bits(), id));
        }
    }
    // Nothing allocates in this loop, so plain words are fine.
    while let Some((bits, id)) = todo.pop() {
        let v = Value::from_bits(bits).unwrap();
        assert_eq!(id_of(v), id);
        if !seen.insert(id) {
            continue;
        }
        if model.hashes[id] != 0 {
            assert_eq!(identity_hash(v), model.hashes[id]);
        }
        for (i, target) in model.edges[id].iter().enumerate() {
            let found = edge(v, i).get();
            assert_eq!(found.is_some(), target.is_some());
            if let (Some(w), Some(target)) = (found, target) {
                todo.push((w.bits(), *target));
            }
        }
        if !is_array(v) {
            // SAFETY: not an array.
            match unsafe { v.cast::<Node>().weak.get() } {
                Some(w) => assert_eq!(Some(id_of(w)), model.weak[id]),
                None => assert!(model.weak[id].is_none_or(|t| !reachable.contains(&t))),
            }
        }
    }
    assert_eq!(seen.len(), reachable.len());
    for id in DROPPED.lock().unwrap().iter() {
        assert!(!reachable.contains(&(*id as usize)));
    }
    for &(id, bits, root) in LINKED.lock().unwrap().iter() {
        if root || reachable.contains(&(id as usize)) {
            assert!(bits != 0);
            assert_eq!(id_of(Value::from_bits(bits).unwrap()), id as usize);
        }
    }
}

fn run(seed: u64, stress: Option<u32>, rounds: usize, steps: usize) {
    let _heap = start(stress);
    LINKED.lock().unwrap().clear();
    DROPPED.lock().unwrap().clear();
    set_hooks();
    let extra = std::env::var("ADDER_SEED").ok().and_then(|s| s.parse::<u64>().ok()).unwrap_or(0);
    let mut random = Random(seed ^ extra.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut model = Model::default();
    let roots = RootVec::new();
    for _ in 0..64 {
        roots.push(Value::from_small(0));
        model.roots.push(None);
    }
    for round in 0..rounds {
        for _ in 0..steps {
            mutate(&mut random, &mut model, &roots);
        }
        match round % 3 {
            0 => collect_minor(),
            1 => collect_full(),
            _ => {}
        }
        compare(&mut model, &roots);
    }
    // Everything dies.
    roots.clear();
    model.roots.clear();
    for entry in LINKED.lock().unwrap().iter_mut() {
        entry.2 = false;
    }
    for _ in 0..3 {
        clobber();
        collect_full();
        compare(&mut model, &roots);
    }
    let mut left = 0;
    for_each_object(&mut |_| left += 1);
    assert!(left < 200, "{left} objects are left");
    let alive = LINKED.lock().unwrap().iter().filter(|e| e.1 != 0).count();
    assert!(alive < 20, "{alive} linked objects are left");
    let drops = DROPPED.lock().unwrap();
    assert_eq!(drops.len(), drops.iter().collect::<HashSet<_>>().len(), "dropped twice");
    println!("{:?}", stats());
}

#[test]
fn plain() {
    run(0x1234_5678_9abc, None, 60, 20_000);
}

#[test]
fn plain_short_rounds() {
    run(0x9876_5432_1001, None, 600, 500);
}

#[test]
fn stress_every_allocation() {
    run(0x1111_2222_3333, Some(1), 30, 500);
}

#[test]
fn stress_every_seventh() {
    run(0x4444_5555_6666, Some(7), 60, 1000);
}
