//! `product`, `permutations`, `combinations`, `combinations_with_replacement`.
//!
//! Each keeps the pool of values and the indices of the tuple it yields next; a step changes the
//! indices and builds a new tuple.

use crate::arguments::{bind, params};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::list::List;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::{Cell, RefCell};

/// Where a generator stands.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
enum State {
    Fresh,
    Running,
    Stopped,
}

/// product(*iterables, repeat=1)
/// --
///
/// Cartesian product of input iterables. Equivalent to nested for-loops.
///
/// For example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).
/// The leftmost iterators are in the outermost for-loop, so the output tuples
/// cycle in a manner similar to an odometer (with the rightmost element changing
/// on every iteration).
///
/// To compute the product of an iterable with itself, specify the number
/// of repetitions with the optional repeat keyword argument. For example,
/// product(A, repeat=4) means the same as product(A, A, A, A).
///
/// product('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)
/// product((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...
#[pyclass(name = "product", module = "itertools", flags = def::BASE, signature = "(*iterables, repeat=1)")]
#[repr(C)]
pub struct Product {
    h: LongHeader,
    /// A tuple of tuples.
    pools: Field<Ref<Tuple>>,
    indices: RefCell<Vec<usize>>,
    state: Cell<State>,
}

/// Return successive r-length permutations of elements in the iterable.
///
/// permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)
#[pyclass(name = "permutations", module = "itertools", flags = def::BASE, signature = "(iterable, r=None)")]
#[repr(C)]
pub struct Permutations {
    h: LongHeader,
    pool: Field<Ref<Tuple>>,
    indices: RefCell<Vec<usize>>,
    cycles: RefCell<Vec<usize>>,
    state: Cell<State>,
}

/// Return successive r-length combinations of elements in the iterable.
///
/// combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)
#[pyclass(name = "combinations", module = "itertools", flags = def::BASE, signature = "(iterable, r)")]
#[repr(C)]
pub struct Combinations {
    h: LongHeader,
    pool: Field<Ref<Tuple>>,
    indices: RefCell<Vec<usize>>,
    state: Cell<State>,
}

/// Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.
///
/// combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')
#[pyclass(
    name = "combinations_with_replacement",
    module = "itertools",
    flags = def::BASE,
    signature = "(iterable, r)"
)]
#[repr(C)]
pub struct CombinationsWithReplacement {
    h: LongHeader,
    pool: Field<Ref<Tuple>>,
    indices: RefCell<Vec<usize>>,
    state: Cell<State>,
}

const PERMUTATIONS: Params = params("permutations", &["iterable", "r"], 0, 2, 1);
const COMBINATIONS: Params = params("combinations", &["iterable", "r"], 0, 2, 2);
const WITH_REPLACEMENT: Params = params("combinations_with_replacement", &["iterable", "r"], 0, 2, 2);

fn tuple_of(vm: &Vm, iterable: Value) -> PyResult<Ref<Tuple>> {
    if let Some(t) = iterable.exact::<Tuple>() {
        return Ok(t);
    }
    let list = List::new(vm);
    vm.iterate(iterable, &mut |v| {
        list.push(vm, v);
        Ok(())
    })?;
    Ok(Tuple::from_slice(vm, list.items()))
}

/// The chosen values of one pool.
fn chosen(vm: &Vm, pool: Ref<Tuple>, indices: &[usize]) -> Value {
    let Ok(t) = Tuple::build(vm, indices.len(), |i| Ok::<_, std::convert::Infallible>(pool.get(indices[i])));
    t.value()
}

fn length_argument(vm: &Vm, v: Value) -> PyResult<usize> {
    let r = match vm.int_to_i64(vm.index_value(v)?) {
        Some(r) => r,
        None => return Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
    };
    if r < 0 {
        return Err(vm.value_error("r must be non-negative"));
    }
    if adder_text::error::check_room((r as usize).saturating_mul(8)).is_err() {
        return Err(vm.memory_error());
    }
    Ok(r as usize)
}

#[pymethods]
impl Product {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let mut repeat = 1;
        for (name, value) in args.keywords() {
            if !name.eq_str("repeat") {
                raise!(vm, TypeError, "product() got an unexpected keyword argument '{}'", name.to_string())
            }
            let n = vm.index_isize(value)?;
            if n < 0 {
                return Err(vm.value_error("repeat argument cannot be negative"));
            }
            repeat = n as usize;
        }
        let given = args.pos();
        let count = if repeat == 0 { 0 } else { given.len() };
        let Some(total) = count.checked_mul(repeat).filter(|n| *n < isize::MAX as usize / 8) else {
            return Err(vm.overflow_error("repeat argument too large"));
        };
        if adder_text::error::check_room(total * 8).is_err() {
            return Err(vm.memory_error());
        }
        let once = Tuple::build(vm, count, |i| PyResult::Ok(tuple_of(vm, given[i])?.value()))?;
        let pools = Tuple::build(vm, total, |i| PyResult::Ok(once.get(i % count)))?;
        let init = Product {
            h: LongHeader::new(),
            pools: Field::new(pools),
            indices: RefCell::new(vec![0; total]),
            state: Cell::new(State::Fresh),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let p = this.downcast::<Product>().expect("the receiver is a product");
        let pools = p.pools.get();
        let pool = |i: usize| pools.get(i).downcast::<Tuple>().expect("a pool is a tuple");
        let mut indices = p.indices.borrow_mut();
        match p.state.get() {
            State::Stopped => return Ok(None),
            State::Fresh => {
                if (0..pools.len()).any(|i| pool(i).is_empty()) {
                    p.state.set(State::Stopped);
                    return Ok(None);
                }
                p.state.set(State::Running);
            }
            State::Running => {
                // As an odometer: the rightmost wheel that does not turn over moves.
                let mut moved = false;
                for i in (0..indices.len()).rev() {
                    indices[i] += 1;
                    if indices[i] < pool(i).len() {
                        moved = true;
                        break;
                    }
                    indices[i] = 0;
                }
                if !moved {
                    p.state.set(State::Stopped);
                    return Ok(None);
                }
            }
        }
        let Ok(t) =
            Tuple::build(vm, indices.len(), |i| Ok::<_, std::convert::Infallible>(pool(i).get(indices[i])));
        Ok(Some(t.value()))
    }
}

#[pymethods]
impl Permutations {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterable, r] = bind(vm, &PERMUTATIONS, args)?;
        let pool = tuple_of(vm, iterable.expect("a required argument"))?;
        let n = pool.len();
        let r = match r {
            Some(r) if !r.is_none() => {
                if adder_vm::builtins::int::as_int(r).is_none() {
                    return Err(vm.type_error("Expected int as r"));
                }
                length_argument(vm, r)?
            }
            _ => n,
        };
        let init = Permutations {
            h: LongHeader::new(),
            pool: Field::new(pool),
            indices: RefCell::new((0..n).collect()),
            cycles: RefCell::new((0..r).map(|i| n.saturating_sub(i)).collect()),
            state: Cell::new(if r > n { State::Stopped } else { State::Fresh }),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let p = this.downcast::<Permutations>().expect("the receiver is a permutations");
        let (mut indices, mut cycles) = (p.indices.borrow_mut(), p.cycles.borrow_mut());
        let (n, r) = (indices.len(), cycles.len());
        match p.state.get() {
            State::Stopped => return Ok(None),
            State::Fresh => p.state.set(State::Running),
            State::Running => {
                let mut moved = false;
                for i in (0..r).rev() {
                    cycles[i] -= 1;
                    if cycles[i] == 0 {
                        indices[i..].rotate_left(1);
                        cycles[i] = n - i;
                    } else {
                        let j = n - cycles[i];
                        indices.swap(i, j);
                        moved = true;
                        break;
                    }
                }
                if !moved {
                    p.state.set(State::Stopped);
                    return Ok(None);
                }
            }
        }
        Ok(Some(chosen(vm, p.pool.get(), &indices[..r])))
    }
}

#[pymethods]
impl Combinations {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterable, r] = bind(vm, &COMBINATIONS, args)?;
        let r = r.expect("a required argument");
        let pool = tuple_of(vm, iterable.expect("a required argument"))?;
        let r = length_argument(vm, r)?;
        let init = Combinations {
            h: LongHeader::new(),
            indices: RefCell::new((0..r).collect()),
            state: Cell::new(if r > pool.len() { State::Stopped } else { State::Fresh }),
            pool: Field::new(pool),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let c = this.downcast::<Combinations>().expect("the receiver is a combinations");
        let mut indices = c.indices.borrow_mut();
        let (n, r) = (c.pool.get().len(), indices.len());
        match c.state.get() {
            State::Stopped => return Ok(None),
            State::Fresh => c.state.set(State::Running),
            State::Running => {
                // The rightmost index that is not at its end moves; those behind it follow.
                let Some(i) = (0..r).rev().find(|i| indices[*i] != i + n - r) else {
                    c.state.set(State::Stopped);
                    return Ok(None);
                };
                indices[i] += 1;
                for j in i + 1..r {
                    indices[j] = indices[j - 1] + 1;
                }
            }
        }
        Ok(Some(chosen(vm, c.pool.get(), &indices)))
    }
}

#[pymethods]
impl CombinationsWithReplacement {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [iterable, r] = bind(vm, &WITH_REPLACEMENT, args)?;
        let r = r.expect("a required argument");
        let pool = tuple_of(vm, iterable.expect("a required argument"))?;
        let r = length_argument(vm, r)?;
        let init = CombinationsWithReplacement {
            h: LongHeader::new(),
            indices: RefCell::new(vec![0; r]),
            state: Cell::new(if pool.is_empty() && r > 0 { State::Stopped } else { State::Fresh }),
            pool: Field::new(pool),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next_slot(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let c = this
            .downcast::<CombinationsWithReplacement>()
            .expect("the receiver is a combinations_with_replacement");
        let mut indices = c.indices.borrow_mut();
        let n = c.pool.get().len();
        match c.state.get() {
            State::Stopped => return Ok(None),
            State::Fresh => c.state.set(State::Running),
            State::Running => {
                let Some(i) = (0..indices.len()).rev().find(|i| indices[*i] + 1 != n) else {
                    c.state.set(State::Stopped);
                    return Ok(None);
                };
                let next = indices[i] + 1;
                indices[i..].fill(next);
            }
        }
        Ok(Some(chosen(vm, c.pool.get(), &indices)))
    }
}
