//! The wrapper behind `functools.lru_cache`.
//!
//! A bounded cache is a dict from keys to links, and the links form a ring in the order of use,
//! closed by a link that belongs to the wrapper. An unbounded one is a dict from keys to results.

use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::function::Method;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::cell::Cell;

/// Create a cached callable that wraps another function.
///
/// user_function:      the function being cached
///
/// maxsize:  0         for no caching
///           None      for unlimited cache size
///           n         for a bounded cache
///
/// typed:    False     cache f(3) and f(3.0) as identical calls
///           True      cache f(3) and f(3.0) as distinct calls
///
/// cache_info_type:    namedtuple class with the fields:
///                         hits misses currsize maxsize
#[pyclass(name = "_lru_cache_wrapper", module = "functools", flags = def::BASE | def::METHOD_DESCRIPTOR, dict = dict)]
#[repr(C)]
pub struct CacheWrapper {
    h: LongHeader,
    function: Field<Value>,
    cache: Field<Ref<Dict>>,
    info_type: Field<Value>,
    /// The link that closes the ring.
    ring: Field<Ref<Link>>,
    dict: Field<Option<Ref<Dict>>>,
    /// -1: unbounded.
    max_size: i64,
    hits: Cell<i64>,
    misses: Cell<i64>,
    typed: Cell<bool>,
}

/// An entry of a bounded cache.
#[pyclass(name = "_lru_list_elem", module = "functools", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION, methods = false)]
#[repr(C)]
pub struct Link {
    h: LongHeader,
    previous: Field<Option<Ref<Link>>>,
    next: Field<Option<Ref<Link>>>,
    key: Field<Value>,
    result: Field<Value>,
}

/// Separates positional from keyword arguments in a key.
static MARK: heap::StaticRoot = heap::StaticRoot::new();

pub fn init(vm: &Vm) {
    ready_class::<Link>(vm);
    if MARK.get().is_none() {
        let object = adder_vm::builtins::object::Object::class();
        MARK.set(vm.alloc_instance(object).ok());
    }
}

fn new_link(key: Value, result: Value) -> Ref<Link> {
    heap::new(
        Link::shape(),
        Link {
            h: LongHeader::new(),
            previous: Field::new(None),
            next: Field::new(None),
            key: Field::new(key),
            result: Field::new(result),
        },
    )
}

/// Takes a link out of its ring.
fn unlink(link: Ref<Link>) {
    if let (Some(p), Some(n)) = (link.previous.get(), link.next.get()) {
        p.next.set(p, Some(n));
        n.previous.set(n, Some(p));
    }
}

/// Puts a link at the end of the ring: most recently used.
fn append(ring: Ref<Link>, link: Ref<Link>) {
    let last = ring.previous.get().unwrap_or(ring);
    last.next.set(last, Some(link));
    ring.previous.set(ring, Some(link));
    link.previous.set(link, Some(last));
    link.next.set(link, Some(ring));
}

/// The key of a call (`lru_cache_make_key`).
fn make_key(vm: &Vm, args: Args, typed: bool) -> Value {
    if !typed && !args.has_keywords() {
        if let [v] = args.pos()
            && (v.is_small() || v.is::<Str>() || v.is::<adder_vm::builtins::int::BigInt>())
        {
            return *v;
        }
        return Tuple::from_slice(vm, args.pos()).value();
    }
    let key = List::new(vm);
    for v in args.pos() {
        key.push(vm, *v);
    }
    if args.has_keywords() {
        key.push(vm, MARK.get().expect("made with the module"));
        for (name, value) in args.keywords() {
            key.push(vm, name.value());
            key.push(vm, value);
        }
    }
    if typed {
        for v in args.all() {
            key.push(vm, v.class().value());
        }
    }
    Tuple::from_slice(vm, key.items()).value()
}

fn count(cell: &Cell<i64>) {
    cell.set(cell.get() + 1);
}

/// A cache that drops what was not used for longest.
fn bounded(vm: &Vm, w: Ref<CacheWrapper>, args: Args) -> PyResult<Value> {
    let (cache, ring) = (w.cache.get(), w.ring.get());
    let key = make_key(vm, args, w.typed.get());
    let hash = vm.hash(key)?;
    let as_link = |v: Value| v.downcast::<Link>().expect("the cache holds links");
    if let Some(link) = cache.get_known_hash(vm, key, hash)?.map(as_link) {
        unlink(link);
        append(ring, link);
        count(&w.hits);
        return Ok(link.result.get());
    }
    count(&w.misses);
    let result = vm.call_args(w.function.get(), args)?;
    // The call may have filled the same entry.
    if cache.get_known_hash(vm, key, hash)?.is_some() {
        return Ok(result);
    }
    let oldest = ring.next.get().filter(|l| *l != ring);
    let link = match oldest {
        Some(oldest) if cache.len() as i64 >= w.max_size => {
            unlink(oldest);
            // Comparing keys may run Python code, which may have dropped this entry.
            if cache.remove(vm, oldest.key.get())?.is_none() {
                return Ok(result);
            }
            oldest.key.set(oldest, key);
            oldest.result.set(oldest, result);
            oldest
        }
        _ => new_link(key, result),
    };
    cache.set_known_hash(vm, key, hash, link.value())?;
    append(ring, link);
    Ok(result)
}

#[pymethods]
impl CacheWrapper {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        const NEW: adder_vm::args::Params = crate::arguments::params(
            "lru_cache",
            &["user_function", "maxsize", "typed", "cache_info_type"],
            0,
            4,
            4,
        );
        let [function, max_size, typed, info_type] = crate::arguments::bind(vm, &NEW, args)?;
        let (function, max_size) = (function.unwrap_or(none()), max_size.unwrap_or(none()));
        if !vm.is_callable(function) {
            return Err(vm.type_error("the first argument must be callable"));
        }
        let max_size = if max_size.is_none() {
            -1
        } else if as_int(max_size).is_some() {
            vm.index_clamped(max_size)?.max(0) as i64
        } else {
            return Err(vm.type_error("maxsize should be integer or None"));
        };
        let typed = vm.truth(typed.unwrap_or(none()))?;
        let cache = Dict::new(vm);
        let ring = new_link(none(), none());
        let init = CacheWrapper {
            h: LongHeader::new(),
            function: Field::new(function),
            cache: Field::new(cache),
            info_type: Field::new(info_type.unwrap_or(none())),
            ring: Field::new(ring),
            dict: Field::new(None),
            max_size,
            hits: Cell::new(0),
            misses: Cell::new(0),
            typed: Cell::new(typed),
        };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let w = this.downcast::<CacheWrapper>().expect("the receiver is a cache wrapper");
        match w.max_size {
            0 => {
                count(&w.misses);
                vm.call_args(w.function.get(), args)
            }
            -1 => {
                let cache = w.cache.get();
                let key = make_key(vm, args, w.typed.get());
                let hash = vm.hash(key)?;
                if let Some(result) = cache.get_known_hash(vm, key, hash)? {
                    count(&w.hits);
                    return Ok(result);
                }
                count(&w.misses);
                let result = vm.call_args(w.function.get(), args)?;
                cache.set_known_hash(vm, key, hash, result)?;
                Ok(result)
            }
            _ => bounded(vm, w, args),
        }
    }

    #[slot(tp_descr_get)]
    fn get(vm: &Vm, this: Value, obj: Option<Value>, _owner: Value) -> PyResult<Value> {
        match obj {
            Some(obj) if !obj.is_none() => Ok(Method::new(vm, this, obj).value()),
            _ => Ok(this),
        }
    }

    /// Report cache statistics
    #[pymethod("($self, /)")]
    fn cache_info(vm: &Vm, this: Ref<CacheWrapper>) -> PyResult<Value> {
        let max = if this.max_size < 0 { none() } else { vm.int(this.max_size) };
        let size = vm.int(this.cache.get().len() as i64);
        vm.call(this.info_type.get(), &[vm.int(this.hits.get()), vm.int(this.misses.get()), max, size])
    }

    /// Clear the cache and cache statistics
    #[pymethod("($self, /)")]
    fn cache_clear(_: &Vm, this: Ref<CacheWrapper>) {
        this.hits.set(0);
        this.misses.set(0);
        this.cache.get().clear();
        this.ring.set(this, new_link(none(), none()));
    }

    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<CacheWrapper>) -> PyResult<Value> {
        vm.get_attr_str(this.value(), "__qualname__")
    }

    #[pymethod]
    fn __copy__(_: &Vm, this: Value) -> Value {
        this
    }

    #[pymethod]
    fn __deepcopy__(_: &Vm, this: Value, _memo: Value) -> Value {
        this
    }
}
