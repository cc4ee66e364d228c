//! The smallest programs: words, allocation, fields, roots.

mod common;

use adder_heap::*;

#[repr(C)]
struct Pair {
    header: Header,
    left: Field<Value>,
    right: Field<Option<Ref<Pair>>>,
}

const PAIR: ShapeId = ShapeId::fixed(1);

fn start() {
    define_shape(
        PAIR,
        &Layout {
            name: "pair",
            long_header: false,
            size: Size::Fixed(size_of::<Pair>() as u32),
            refs: Refs::Mask(0b110),
            drop: None,
            pinned: false,
        },
        None,
    );
}

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
    start();
    let root = RootVec::new();
    let mut head = None;
    for i in 0..1_000_000 {
        let pair =
            Pair { header: Header::new(), left: Field::new(Value::from_small(i)), right: Field::new(head) };
        head = Some(new(PAIR, pair));
    }
    root.push(head.unwrap().value());
    // SAFETY: the root holds a pair.
    let mut at = unsafe { Some(root.get(0).cast::<Pair>()) };
    let mut n = 1_000_000;
    while let Some(pair) = at {
        n -= 1;
        assert_eq!(pair.left.get().small(), n);
        at = pair.right.get();
    }
    assert_eq!(n, 0);
}
