//! Allocation and barrier as compiled code does them: with addresses and offsets only.

mod common;

use adder_heap::*;
use common::*;

unsafe fn inline_alloc(shape: ShapeId, size: usize) -> *mut u64 {
    let p = *jit_abi::nursery_cur();
    let q = p + size;
    if q > *jit_abi::nursery_lim() {
        return jit_abi::alloc_slow()(shape, size).cast();
    }
    *jit_abi::nursery_cur() = q;
    let object = p as *mut u64;
    *object = shape.0 as u64;
    *object.add(1) = 0;
    object
}

unsafe fn inline_store(owner: *mut u64, offset: usize, word: u64) {
    *owner.byte_add(offset) = word;
    if *owner.byte_add(jit_abi::META_OFFSET).cast::<u32>() & jit_abi::UNLOG_BIT != 0 {
        jit_abi::barrier()(owner.cast());
    }
}

#[test]
fn compiled_code_can_allocate_and_store() {
    for stress in [None, Some(3)] {
        let _heap = start(stress);
        // Sizes are rounded as the allocator does.
        let size = size_of::<Node>().next_multiple_of(16);
        let first = node(NODE, 0);
        let root = Root::new(first.value());
        for i in 1..50_000u64 {
            // SAFETY: the object is filled before the next allocation.
            unsafe {
                let object = inline_alloc(NODE, size);
                for word in 2..size_of::<Node>() / 8 {
                    *object.add(word) = 0;
                }
                (*object.cast::<Node>()).id = i;
                let list = root.get().bits() as *mut u64;
                let edge = std::mem::offset_of!(Node, edges);
                *object.byte_add(edge) = *list.byte_add(edge);
                inline_store(list, edge, object as u64);
            }
        }
        collect_full();
        let mut n = 0;
        let mut at = Some(root.get());
        while let Some(v) = at {
            // SAFETY: a list of nodes.
            let v = unsafe { v.cast::<Node>() };
            assert_eq!(v.id, if n == 0 { 0 } else { 50_000 - n });
            n += 1;
            at = v.edges[0].get();
        }
        assert_eq!(n, 50_000);
    }
}
