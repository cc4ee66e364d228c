//! `_functools`: `reduce` and `cmp_to_key`; `partial` is in `functools_partial.rs`, the cache in
//! `functools_cache.rs`.

use crate::functools_cache::CacheWrapper;
use crate::functools_partial::{self, Partial, PlaceholderType};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::Args;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::CompareOp;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;

/// What `cmp_to_key` returns, and what calling that makes.
#[pyclass(name = "KeyWrapper", module = "functools", flags = def::DEFAULT)]
#[repr(C)]
pub struct KeyWrapper {
    h: LongHeader,
    compare: Field<Value>,
    object: Field<Option<Value>>,
}

fn new_key(compare: Value, object: Option<Value>) -> Value {
    heap::new(
        KeyWrapper::shape(),
        KeyWrapper { h: LongHeader::new(), compare: Field::new(compare), object: Field::new(object) },
    )
    .value()
}

#[pymethods]
impl KeyWrapper {
    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let k = this.downcast::<KeyWrapper>().expect("the receiver is a KeyWrapper");
        let object = match (args.pos(), args.keyword("obj")) {
            ([v], None) if !args.has_keywords() => *v,
            ([], Some(v)) if args.all().len() == 1 => v,
            ([], _) => return Err(vm.type_error("K() missing required argument 'obj' (pos 1)")),
            _ => raise!(vm, TypeError, "K() takes exactly 1 argument ({} given)", args.all().len()),
        };
        Ok(new_key(k.compare.get(), Some(object)))
    }

    #[slot(tp_richcompare)]
    fn compare_slot(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let x = a.downcast::<KeyWrapper>().expect("the receiver is a KeyWrapper");
        let Some(y) = b.downcast::<KeyWrapper>() else {
            return Err(vm.type_error("other argument must be K instance"));
        };
        let (Some(p), Some(q)) = (x.object.get(), y.object.get()) else {
            return Err(vm.error(Exc::AttributeError, "object"));
        };
        let r = vm.call(x.compare.get(), &[p, q])?;
        vm.compare(r, vm.int(0), op)
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        Err(vm.unhashable(this))
    }

    /// Value wrapped by a key function.
    #[getter]
    fn obj(_: &Vm, this: Ref<KeyWrapper>) -> Option<Value> {
        this.object.get()
    }
}

/// Tools that operate on functions.
#[pymodule]
pub mod _functools {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        ready_class::<KeyWrapper>(vm);
        let class = ready_class::<PlaceholderType>(vm).value();
        m.dict().set_str(vm, "_PlaceholderType", class);
        m.dict().set_str(vm, "Placeholder", functools_partial::placeholder());
        m.dict().set_str(vm, "partial", ready_class::<Partial>(vm).value());
        m.dict().set_str(vm, "_lru_cache_wrapper", ready_class::<CacheWrapper>(vm).value());
        crate::functools_cache::init(vm);
        Ok(())
    }

    /// Apply a function of two arguments cumulatively to the items of an iterable, from left to right.
    ///
    /// This effectively reduces the iterable to a single value.  If initial is present,
    /// it is placed before the items of the iterable in the calculation, and serves as
    /// a default when the iterable is empty.
    ///
    /// For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])
    /// calculates ((((1 + 2) + 3) + 4) + 5).
    #[pyfunction("($module, function, iterable, /, initial=<unrepresentable>)")]
    fn reduce(vm: &Vm, function: Value, iterable: Value, initial: Option<Value>) -> PyResult<Value> {
        let it = match vm.iter(iterable) {
            Ok(it) => it,
            Err(raised) => {
                vm.swallow(raised, Exc::TypeError)?;
                return Err(vm.type_error("reduce() arg 2 must support iteration"));
            }
        };
        let mut result = initial;
        while let Some(v) = vm.next(it)? {
            result = Some(match result {
                None => v,
                Some(r) => vm.call(function, &[r, v])?,
            });
        }
        match result {
            Some(r) => Ok(r),
            None => Err(vm.type_error("reduce() of empty iterable with no initial value")),
        }
    }

    /// Convert a cmp= function into a key= function.
    ///
    ///   mycmp
    ///     Function that compares two objects.
    #[pyfunction("($module, /, mycmp)")]
    fn cmp_to_key(_: &Vm, mycmp: Value) -> Value {
        new_key(mycmp, None)
    }
}
