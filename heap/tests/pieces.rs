//! One test per promise of the interface.

mod common;

use adder_heap::*;
use common::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Makes an object reachable from nothing but a root, and hides its address from the stack scan.
#[inline(never)]
fn hidden_node(id: u64) -> (Root, u64) {
    let v = node(NODE, id).value();
    (Root::new(v), !v.bits())
}

/// The inverted address, which pins nothing.
#[inline(never)]
fn hidden(root: &Root) -> u64 {
    !root.get().bits()
}

fn id(v: Value) -> u64 {
    // SAFETY: the test stores nodes only.
    unsafe { v.cast::<Node>().id }
}

#[test]
fn unpinned_objects_move_and_pinned_ones_stay() {
    let _heap = start(None);
    let (root, before) = hidden_node(1);
    clobber();
    collect_minor();
    assert_ne!(hidden(&root), before);
    assert_eq!(id(root.get()), 1);

    let local = node(NODE, 2);
    let inner = std::hint::black_box(&raw const local.id);
    let before = local.as_ptr() as u64;
    let root = Root::new(local.value());
    collect_minor();
    assert_eq!(root.get().bits(), before);
    // SAFETY: the pointer into the object pinned it.
    assert_eq!(unsafe { *std::hint::black_box(inner) }, 2);
    let hash = identity_hash(root.get());
    collect_full();
    assert_eq!(identity_hash(root.get()), hash);
    assert_eq!(std::hint::black_box(local).id, 2);
}

#[test]
fn stress_moves_old_objects() {
    let _heap = start(Some(1000));
    let (root, before) = hidden_node(1);
    clobber();
    collect_full();
    let first = hidden(&root);
    assert_ne!(first, before);
    clobber();
    collect_full();
    assert_ne!(hidden(&root), first);
    assert_eq!(id(root.get()), 1);
}

#[test]
fn pinned_layouts_never_move() {
    let _heap = start(Some(1));
    let roots = RootVec::new();
    let mut at = Vec::new();
    for i in 0..2000 {
        let v = node(PINNED_NODE, i);
        v.edges[0].set(v, Some(node(NODE, i + 10_000).value()));
        roots.push(v.value());
        at.push(!v.value().bits());
    }
    clobber();
    collect_full();
    for (i, &expected) in at.iter().enumerate() {
        assert_eq!(!roots.get(i).bits(), expected);
        // SAFETY: nodes.
        let child = unsafe { roots.get(i).cast::<Node>().edges[0].get().unwrap() };
        assert_eq!(id(child), i as u64 + 10_000);
    }
}

#[test]
fn large_arrays_and_cards() {
    let _heap = start(None);
    let len = 200_000;
    // SAFETY: arrays.
    let get = |r: &Root| unsafe { r.get().cast::<Array>() };
    let root = Root::new(array(7, len).value());
    collect_minor();
    let mut random = Random(99);
    let mut model = vec![0; len];
    for round in 0..50 {
        for n in 0..300 {
            let i = if n == 0 { len - 1 } else { random.below(len) };
            let v = node(NODE, round * 1000 + n).value();
            get(&root).slot(i).set(get(&root), Some(v));
            model[i] = round * 1000 + n + 1;
        }
        clobber();
        if round % 5 == 4 {
            collect_full()
        } else {
            collect_minor()
        }
        for (i, &expected) in model.iter().enumerate() {
            assert_eq!(get(&root).slot(i).get().map_or(0, |v| id(v) + 1), expected);
        }
    }
    let before = stats().block_bytes;
    drop(root);
    clobber();
    collect_full();
    assert!(stats().block_bytes + len * 8 <= before);
}

#[test]
fn young_large_objects_die_young() {
    let _heap = start(None);
    for _ in 0..2000 {
        std::hint::black_box(alloc_array(BYTES, 1 << 20));
    }
    let stats = stats();
    assert!(stats.block_bytes < 64 << 20, "{stats:?}");
    assert!(stats.minor.count > 10);
}

#[test]
fn arrays_start_zeroed() {
    let _heap = start(None);
    let mut random = Random(5);
    for _ in 0..3000 {
        let len = random.below(10_000);
        let a = array(1, len);
        for i in 0..len {
            assert!(a.slot(i).get().is_none());
        }
        for i in 0..len {
            a.slot(i).init(Some(Value::from_small(i as i64)));
        }
    }
}

#[test]
fn weak_references() {
    let _heap = start(None);
    static CALLS: AtomicU32 = AtomicU32::new(0);
    set_pending_hook(|| {
        CALLS.fetch_add(1, Ordering::Relaxed);
    });
    #[inline(never)]
    fn holders(target: Value, n: usize) -> RootVec {
        (0..n)
            .map(|i| {
                let holder = node(NODE, i as u64);
                holder.weak.init(Some(target));
                register_weak(holder.value(), std::mem::offset_of!(Node, weak));
                holder.value()
            })
            .collect()
    }
    let (root, _) = hidden_node(77);
    let roots = holders(root.get(), 1000);
    // SAFETY: nodes.
    let weak = |i| unsafe { roots.get(i).cast::<Node>().weak.get() };
    for _ in 0..3 {
        clobber();
        collect_minor();
        collect_full();
        assert!((0..1000).all(|i| weak(i) == Some(root.get())));
        assert!(!has_pending());
    }
    drop(root);
    clobber();
    collect_full();
    assert!((0..1000).all(|i| weak(i).is_none()));
    assert!(has_pending() && CALLS.load(Ordering::Relaxed) == 1);
    let mut n = 0;
    while let Some(v) = take_cleared_weak() {
        assert!(roots.iter().any(|r| r == v));
        n += 1;
    }
    assert_eq!(n, 1000);
}

#[test]
fn finalizers_resurrect_once() {
    let _heap = start(None);
    for full in [false, true] {
        #[inline(never)]
        fn make() -> Root {
            let a = node(NODE, 1);
            let b = node(NODE, 2);
            a.edges[0].set(a, Some(b.value()));
            b.edges[0].set(b, Some(a.value()));
            register_finalizer(a.value());
            let watcher = node(NODE, 3);
            watcher.weak.init(Some(a.value()));
            register_weak(watcher.value(), std::mem::offset_of!(Node, weak));
            Root::new(watcher.value())
        }
        let watcher = make();
        clobber();
        if full {
            collect_minor();
            assert!(has_pending());
        }
        clobber();
        if full {
            collect_full()
        } else {
            collect_minor()
        }
        // SAFETY: nodes.
        unsafe {
            assert!(watcher.get().cast::<Node>().weak.get().is_none(), "cleared before the finaliser");
            let a = take_finalizable().expect("queued");
            assert_eq!(id(a), 1);
            let b = a.cast::<Node>().edges[0].get().unwrap();
            assert_eq!((id(b), b.cast::<Node>().edges[0].get()), (2, Some(a)));
        }
        assert!(take_finalizable().is_none());
        assert_eq!(take_cleared_weak(), Some(watcher.get()));
        clobber();
        collect_full();
        assert!(!has_pending(), "only once");
    }
}

#[test]
fn other_threads_stacks_are_scanned() {
    let heap = start(None);
    use std::sync::mpsc::channel;
    let (to_main, from_thread) = channel::<()>();
    let (to_thread, from_main) = channel::<()>();
    let thread = std::thread::spawn(move || {
        // The main thread waits: this one holds the GIL.
        let token = attach_thread(std::ptr::null());
        let local = node(NODE, 42);
        let before = !(local.as_ptr() as u64);
        blocked(|| {
            to_main.send(()).unwrap();
            from_main.recv().unwrap();
        });
        assert_eq!(std::hint::black_box(local).as_ptr() as u64, !before);
        assert_eq!(local.id, 42);
        detach_thread(token);
    });
    blocked(|| from_thread.recv().unwrap());
    for i in 0..200_000 {
        node(NODE, i);
    }
    collect_full();
    blocked(|| {
        to_thread.send(()).unwrap();
        thread.join().unwrap();
    });
    drop(heap);
}

#[test]
fn deep_structures_do_not_recurse() {
    let _heap = start(None);
    let root = Root::new(node(NODE, 0).value());
    for i in 1..2_000_000 {
        let n = node(NODE, i);
        n.edges[2].init(Some(root.get()));
        root.set(n.value());
    }
    collect_full();
    assert_eq!(id(root.get()), 1_999_999);
}

#[test]
fn absurd_sizes_are_refused() {
    let _heap = start(None);
    assert!(try_alloc(BYTES, usize::MAX).is_none());
    assert!(try_alloc(BYTES, usize::MAX - 20).is_none());
    assert!(try_alloc(BYTES, 1 << 62).is_none());
    assert!(try_alloc_array(ARRAY, usize::MAX / 8).is_none());
    assert!(try_alloc_array(ARRAY, usize::MAX).is_none());
    assert!(try_alloc_array(BYTES, 100).is_some());
}

#[test]
fn fragmented_blocks_are_evacuated() {
    let _heap = start(None);
    let kept = RootVec::new();
    let all = RootVec::new();
    for i in 0..600_000 {
        all.push(node(NODE, i).value());
    }
    collect_full();
    for (i, v) in all.iter().enumerate() {
        if i % 1000 < 30 {
            kept.push(v);
        }
    }
    drop(all);
    clobber();
    collect_full();
    let sparse = stats();
    clobber();
    collect_full();
    let dense = stats();
    if !std::env::var("ADDER_GC").is_ok_and(|v| v.starts_with("stress")) {
        assert!(dense.evacuated_bytes > 1 << 20, "{dense:?}");
        assert!(dense.block_bytes < sparse.block_bytes / 2, "{sparse:?} {dense:?}");
    }
    for (n, v) in kept.iter().enumerate() {
        assert_eq!(id(v), (n / 30 * 1000 + n % 30) as u64);
    }
}

#[test]
fn owners_live_with_their_instances() {
    let _heap = start(None);
    static DEAD: AtomicU32 = AtomicU32::new(0);
    set_shape_hook(|shape| {
        DEAD.store(shape.0, Ordering::Relaxed);
        release_shape(shape);
    });
    #[inline(never)]
    fn make() -> (Root, ShapeId) {
        let class = node(PINNED_NODE, 500);
        let shape = add_shape(
            &Layout {
                name: "instance",
                long_header: true,
                size: Size::Fixed(16),
                refs: Refs::None,
                drop: None,
                pinned: false,
            },
            Some(class.value()),
        );
        // SAFETY: 16 bytes are just the header.
        (Root::new(unsafe { Value::from_bits_unchecked(alloc(shape, 16) as u64) }), shape)
    }
    let (instance, shape) = make();
    for _ in 0..3 {
        clobber();
        collect_full();
        assert_eq!(id(shape_owner(shape).unwrap()), 500);
        assert_eq!(instance.get().shape(), shape);
    }
    drop(instance);
    clobber();
    collect_full();
    assert_eq!(DEAD.load(Ordering::Relaxed), shape.0);
    assert!(!shape_defined(shape));
}

#[test]
fn outside_memory_causes_collections() {
    let _heap = start(None);
    let before = stats();
    for _ in 0..100 {
        node(NODE, 1);
        add_pressure(64 << 20);
    }
    let after = stats();
    assert!(after.minor.count - before.minor.count >= 90);
    assert!(after.major.count > before.major.count);
    add_pressure(-(100 * (64 << 20)));
    assert_eq!(stats().external_bytes, 0);
}

#[test]
fn statics_are_tolerated() {
    #[repr(C)]
    struct Immortal(LongHeader, [u64; 5]);
    // SAFETY: used under the test's lock.
    unsafe impl Sync for Immortal {}
    static NONE: Immortal = Immortal(LongHeader::immortal(NODE), [1; 5]);
    let _heap = start(Some(3));
    // SAFETY: a static object.
    let none = unsafe { Value::from_bits_unchecked(&raw const NONE.0 as u64) };
    let n = node(NODE, 1);
    for edge in &n.edges {
        edge.set(n, Some(none));
    }
    write_barrier(none);
    register_finalizer(none);
    note_linked(none);
    n.weak.init(Some(none));
    register_weak(n.value(), std::mem::offset_of!(Node, weak));
    let hash = identity_hash(none);
    for i in 0..500 {
        node(NODE, i);
    }
    collect_full();
    assert!(n.edges.iter().all(|e| e.get() == Some(none)));
    assert_eq!(n.weak.get(), Some(none));
    assert_eq!(identity_hash(none), hash);
    assert!(!is_linked(none) && !has_pending());
}

#[test]
fn static_roots() {
    static ROOT: StaticRoot = StaticRoot::new();
    static VEC: RootVec = RootVec::new();
    let _heap = start(Some(1));
    ROOT.set(Some(node(NODE, 5).value()));
    VEC.push(node(NODE, 6).value());
    for i in 0..200 {
        node(NODE, i);
    }
    assert_eq!(id(ROOT.get().unwrap()), 5);
    assert_eq!(id(VEC.get(0)), 6);
    ROOT.set(None);
    assert_eq!(VEC.pop().map(id), Some(6));
}

#[test]
fn inspection() {
    let _heap = start(None);
    let a = node(NODE, 1);
    let b = array(2, 3);
    a.edges[1].set(a, Some(b.value()));
    b.slot(2).set(b, Some(a.value()));
    let mut found = Vec::new();
    referents(a.value(), &mut |v| found.push(v));
    referents(b.value(), &mut |v| found.push(v));
    assert_eq!(found, [b.value(), a.value()]);
    let mut seen = 0;
    for_each_object(&mut |v| {
        node(NODE, 9);
        seen += (v == a.value() || v == b.value()) as u32;
    });
    assert_eq!(seen, 2);
}

#[test]
fn the_child_of_a_fork_can_collect() {
    let _heap = start(None);
    let root = Root::new(node(NODE, 11).value());
    // SAFETY: the child only uses the heap and leaves.
    unsafe {
        let child = libc::fork();
        if child == 0 {
            after_fork();
            for i in 0..100_000 {
                node(NODE, i);
            }
            collect_full();
            libc::_exit(if id(root.get()) == 11 { 0 } else { 1 });
        }
        let mut status = 0;
        libc::waitpid(child, &mut status, 0);
        assert_eq!(status, 0);
    }
    collect_full();
    assert_eq!(id(root.get()), 11);
}

#[test]
fn the_padding_belongs_to_the_tail() {
    let _heap = start(None);
    let roots = RootVec::new();
    for i in 0..2000 {
        // 24 bytes and 8 per element: an odd length needs no padding.
        let len = i as usize % 7;
        let a = array(i, len);
        let last = object_size(a.value()) / 8 - 1;
        // SAFETY: the last word of the object.
        let last = unsafe { &*a.as_ptr().cast::<Field<Option<Value>>>().add(last) };
        if len.is_multiple_of(2) {
            assert!(last.get().is_none());
            last.set(a, Some(node(NODE, i).value()));
        }
        roots.push(a.value());
    }
    clobber();
    collect_full();
    for (i, v) in roots.iter().enumerate().filter(|(i, _)| i % 7 % 2 == 0) {
        let mut found = 0;
        referents(v, &mut |v| found = id(v));
        assert_eq!(found, i as u64);
    }
}

#[test]
fn any_object_can_be_pinned() {
    let _heap = start(Some(1));
    let size = size_of::<Node>();
    // SAFETY: filled at once.
    let at = unsafe {
        let object = alloc_pinned(NODE, size);
        object.add(16).write_bytes(0, size - 16);
        Root::new(Value::from_bits_unchecked(object as u64)).leak();
        !(object as u64)
    };
    for i in 0..200 {
        node(NODE, i);
    }
    clobber();
    collect_full();
    let mut found = false;
    for_each_object(&mut |v| found |= v.bits() == !at);
    assert!(found);
}

#[test]
fn locals_stay_where_everything_moves() {
    let _heap = start(Some(10));
    for _ in 0..50 {
        let locals: [Ref<Node>; 8] = std::array::from_fn(|i| node(NODE, i as u64));
        let others: RootVec = (0..100).map(|i| node(NODE, 1000 + i).value()).collect();
        let before = locals.map(|n| n.as_ptr());
        for (i, n) in locals.iter().enumerate() {
            n.edges[0].set(*n, Some(others.get(i)));
            n.edges[1].set(*n, Some(locals[(i + 1) % 8].value()));
        }
        clobber();
        collect_full();
        let locals = std::hint::black_box(locals);
        assert_eq!(locals.map(|n| n.as_ptr()), before);
        for (i, n) in locals.iter().enumerate() {
            assert_eq!(n.id, i as u64);
            assert_eq!(n.edges[0].get(), Some(others.get(i)));
            assert_eq!(n.edges[1].get(), Some(locals[(i + 1) % 8].value()));
        }
        assert!(others.iter().enumerate().all(|(i, v)| id(v) == 1000 + i as u64));
    }
}
