//! `itertools`, by concept: endless iterators, chains, selections, groups, combinatorics.

mod chain;
mod combinatoric;
mod group;
mod infinite;
mod select;
mod tee;

use adder_macros::pymodule;
use adder_vm::builtins::module::Module;
use adder_vm::error::PyResult;
use adder_vm::object::{Object, Ref, Value};
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;

/// Makes a class and puts it into the module.
fn add<T: Object>(vm: &Vm, m: Ref<Module>) {
    let class = ready_class::<T>(vm);
    m.dict().set_str(vm, T::CLASS.name, class.value());
}

/// Functional tools for creating and using iterators.
///
/// Infinite iterators:
/// count(start=0, step=1) --> start, start+step, start+2*step, ...
/// cycle(p) --> p0, p1, ... plast, p0, p1, ...
/// repeat(elem [,n]) --> elem, elem, elem, ... endlessly or up to n times
///
/// Iterators terminating on the shortest input sequence:
/// accumulate(p[, func]) --> p0, p0+p1, p0+p1+p2
/// batched(p, n) --> [p0, p1, ..., p_n-1], [p_n, p_n+1, ..., p_2n-1], ...
/// chain(p, q, ...) --> p0, p1, ... plast, q0, q1, ...
/// chain.from_iterable([p, q, ...]) --> p0, p1, ... plast, q0, q1, ...
/// compress(data, selectors) --> (d[0] if s[0]), (d[1] if s[1]), ...
/// dropwhile(predicate, seq) --> seq[n], seq[n+1], starting when predicate fails
/// groupby(iterable[, keyfunc]) --> sub-iterators grouped by value of keyfunc(v)
/// filterfalse(predicate, seq) --> elements of seq where predicate(elem) is False
/// islice(seq, [start,] stop [, step]) --> elements from
///        seq[start:stop:step]
/// pairwise(s) --> (s[0],s[1]), (s[1],s[2]), (s[2], s[3]), ...
/// starmap(fun, seq) --> fun(*seq[0]), fun(*seq[1]), ...
/// tee(it, n=2) --> (it1, it2 , ... itn) splits one iterator into n
/// takewhile(predicate, seq) --> seq[0], seq[1], until predicate fails
/// zip_longest(p, q, ...) --> (p[0], q[0]), (p[1], q[1]), ...
///
/// Combinatoric generators:
/// product(p, q, ... [repeat=1]) --> cartesian product
/// permutations(p[, r])
/// combinations(p, r)
/// combinations_with_replacement(p, r)
#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod itertools {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        add::<chain::Accumulate>(vm, m);
        add::<chain::Batched>(vm, m);
        add::<chain::Chain>(vm, m);
        add::<combinatoric::Combinations>(vm, m);
        add::<select::Compress>(vm, m);
        add::<infinite::Count>(vm, m);
        add::<combinatoric::CombinationsWithReplacement>(vm, m);
        add::<infinite::Cycle>(vm, m);
        add::<select::DropWhile>(vm, m);
        add::<select::FilterFalse>(vm, m);
        add::<group::GroupBy>(vm, m);
        add::<group::Grouper>(vm, m);
        add::<select::Slice>(vm, m);
        add::<chain::Pairwise>(vm, m);
        add::<combinatoric::Permutations>(vm, m);
        add::<combinatoric::Product>(vm, m);
        add::<infinite::Repeat>(vm, m);
        add::<chain::StarMap>(vm, m);
        add::<select::TakeWhile>(vm, m);
        add::<tee::Tee>(vm, m);
        add::<tee::TeeData>(vm, m);
        add::<chain::ZipLongest>(vm, m);
        Ok(())
    }

    /// Returns a tuple of n independent iterators.
    #[pyfunction("($module, iterable, n=2, /)")]
    fn tee(vm: &Vm, iterable: Value, n: Option<isize>) -> PyResult<Value> {
        super::tee::split(vm, iterable, n.unwrap_or(2))
    }
}
