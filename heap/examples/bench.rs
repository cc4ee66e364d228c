//! Measures the collector: `cargo run --release -p adder-heap --example bench [depth]`.
//!
//! Times are CPU times of the process, so that a busy machine matters less.

use adder_heap::*;

#[repr(C)]
struct Cons {
    header: LongHeader,
    left: Field<Option<Ref<Cons>>>,
    right: Field<Option<Ref<Cons>>>,
}

const CONS: ShapeId = ShapeId::fixed(1);
const ARRAY: ShapeId = ShapeId::fixed(2);
static HOLD: StaticRoot = StaticRoot::new();

fn cpu() -> f64 {
    // SAFETY: getrusage fills in the struct.
    unsafe {
        let mut usage = std::mem::zeroed::<libc::rusage>();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
        seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

fn measure(name: &str, f: impl FnOnce()) -> f64 {
    collect_full();
    reset_stats();
    let began = cpu();
    f();
    let time = cpu() - began;
    let s = stats();
    println!("{name}: {time:.3} s CPU, {} MB in blocks", s.block_bytes >> 20);
    for (kind, p) in [("minor", s.minor), ("major", s.major)] {
        if p.count > 0 {
            println!(
                "  {kind}: {} pauses, min {:?}, median {:?}, max {:?}, total {:?}",
                p.count, p.min, p.median, p.max, p.total
            );
        }
    }
    time
}

#[inline(always)]
fn cons(left: Option<Ref<Cons>>, right: Option<Ref<Cons>>) -> Ref<Cons> {
    new(CONS, Cons { header: LongHeader::new(), left: Field::new(left), right: Field::new(right) })
}

fn tree(depth: u32) -> Ref<Cons> {
    if depth == 0 {
        return cons(None, None);
    }
    let left = tree(depth - 1);
    let right = tree(depth - 1);
    cons(Some(left), Some(right))
}

fn check(t: Ref<Cons>) -> u64 {
    match (t.left.get(), t.right.get()) {
        (Some(l), Some(r)) => 1 + check(l) + check(r),
        _ => 1,
    }
}

#[inline(never)]
fn binary_trees(depth: u32) {
    let stretch = check(tree(depth + 1));
    let long = tree(depth);
    let mut total = 0;
    for d in (4..=depth).step_by(4) {
        for _ in 0..1u64 << (depth - d + 4) {
            total += check(tree(d));
        }
    }
    println!("trees: {stretch} {total} {}", check(std::hint::black_box(long)));
}

fn slot(array: Value, i: usize) -> &'static Field<Option<Value>> {
    // SAFETY: the array has 16 bytes before its elements.
    unsafe { &*(array.bits() as *const Field<Option<Value>>).add(2 + i) }
}

fn main() {
    let depth = std::env::args().nth(1).map_or(18, |a| a.parse().expect("a depth"));
    let began = std::time::Instant::now();
    init(Config::from_env());
    println!("start: {:?}", began.elapsed());
    attach_thread(std::ptr::null());
    let cons_layout = Layout {
        name: "cons",
        long_header: true,
        size: Size::Fixed(32),
        refs: Refs::Mask(0b1100),
        drop: None,
        pinned: false,
    };
    define_shape(CONS, &cons_layout, None);
    let array = Layout {
        name: "array",
        long_header: false,
        size: Size::Array { base: 16, elem: 8, len_at: 8 },
        refs: Refs::Tail { mask: 0, from: 16 },
        ..cons_layout
    };
    define_shape(ARRAY, &array, None);

    let n = 100_000_000;
    let time = measure("100 million objects of 32 bytes", || {
        for _ in 0..n {
            std::hint::black_box(cons(None, None));
        }
    });
    println!("  {:.2} ns each", time * 1e9 / n as f64);

    measure(&format!("binary trees {depth}"), || binary_trees(depth));

    measure("major collections of 4 million objects, in trees", || {
        HOLD.set(Some(tree(21).value()));
        for _ in 0..4 {
            collect_full();
        }
    });
    HOLD.set(None);

    measure("major collections of 4 million objects, in random order", || {
        let n = 4_000_000;
        let array = hold_array(n);
        let mut x = 12345u64;
        for i in 0..n {
            x = x.wrapping_mul(6364136223846793005).wrapping_add(1);
            let j = (x >> 33) as usize % (i + 1);
            let array = HOLD.get().unwrap_or(array);
            slot(array, i).set(array, slot(array, j).get());
            slot(array, j).set(array, Some(cons(None, None).value()));
        }
        collect_full();
        reset_stats();
        for _ in 0..4 {
            collect_full();
        }
    });
    HOLD.set(None);

    measure("20 million objects, 1000 of them alive, in an old array", || {
        let array = hold_array(1000);
        let mut x = 12345u64;
        for _ in 0..20_000_000 {
            let object = cons(None, None).value();
            x = x.wrapping_mul(6364136223846793005).wrapping_add(1);
            slot(array, (x >> 33) as usize % 1000).set(array, Some(object));
        }
    });

    measure("20 million objects, stores into an array of 1 million", || {
        let array = hold_array(1_000_000);
        let mut x = 12345u64;
        for i in 0..20_000_000 {
            let object = cons(None, None).value();
            if i % 64 == 0 {
                x = x.wrapping_mul(6364136223846793005).wrapping_add(1);
                slot(array, (x >> 33) as usize % 1_000_000).set(array, Some(object));
            }
        }
    });
    HOLD.set(None);

    measure("1 million arrays of 1000 words", || {
        for _ in 0..1_000_000 {
            std::hint::black_box(alloc_array(ARRAY, 1000));
        }
    });
    measure("20 thousand arrays of 100 thousand words", || {
        for _ in 0..20_000 {
            std::hint::black_box(alloc_array(ARRAY, 100_000));
        }
    });
}

/// An old array that lives until the next call.
fn hold_array(len: usize) -> Value {
    // SAFETY: just allocated.
    let array = unsafe { Value::from_bits_unchecked(alloc_array(ARRAY, len) as u64) };
    HOLD.set(Some(array));
    collect_minor();
    HOLD.get().expect("it was just stored")
}
