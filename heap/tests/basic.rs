//! The smallest programs: words, allocation, fields, roots.

mod common;

use adder_heap::*;
use common::*;

#[test]
fn words() {
    for i in [0, 1, -1, Value::SMALL_MAX, Value::SMALL_MIN] {
        assert_eq!(Value::from_small(i).small(), i);
        assert!(Value::from_small(i).is_small());
    }
    assert!(Value::try_small(i64::MAX).is_none() && Value::try_small(i64::MIN).is_none());
    assert!(
        Value::try_small(Value::SMALL_MAX + 1).is_none() && Value::try_small(Value::SMALL_MIN - 1).is_none()
    );
    assert_eq!(Value::try_small(-7), Some(Value::from_small(-7)));
}

#[test]
fn list_survives() {
    let _heap = start(None);
    let root = Root::new(Value::from_small(0));
    for i in 0..1_000_000 {
        let n = node(NODE, i);
        n.edges[0].init(Some(root.get()));
        root.set(n.value());
    }
    let mut v = root.get();
    let mut n = 1_000_000;
    while v.is_ptr() {
        // SAFETY: the list has nodes only.
        let at = unsafe { v.cast::<Node>() };
        n -= 1;
        assert_eq!(at.id, n);
        v = at.edges[0].get().unwrap();
    }
    assert_eq!(n, 0);
}
