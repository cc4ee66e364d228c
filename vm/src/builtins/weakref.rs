//! `weakref.ref`, and the register of all weak references by referent. Proxies are in `weak_proxy.rs`.
//!
//! The collector clears the word `target` when the referent dies and queues the reference;
//! `run_weakref_callbacks` then calls what waits. Which references an object has is known from a side
//! table: identity hash of the referent to a chain of weak boxes, swept when it has doubled.

use crate::args::Args;
use crate::builtins::array::WeakBox;
use crate::builtins::list::List;
use crate::builtins::singletons::{bool_value, not_implemented};
use crate::builtins::type_::Type;
use crate::builtins::weak_proxy::{CallableProxy, WeakProxy};
use crate::def;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_heap::Root;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

#[pyclass(name = "ReferenceType", module = "weakref", flags = def::BASE)]
#[repr(C)]
pub struct WeakRef {
    h: LongHeader,
    /// The referent, 0 once it is dead.
    target: Cell<u64>,
    callback: Field<Option<Value>>,
    /// Of the referent; -1 before it is computed.
    hash: Cell<i64>,
}

/// The part that references and proxies share.
pub type Weak = WeakRef;

impl WeakRef {
    pub fn blank(target: Value, callback: Option<Value>) -> WeakRef {
        WeakRef {
            h: LongHeader::new(),
            target: Cell::new(target.bits()),
            callback: Field::new(callback),
            hash: Cell::new(-1),
        }
    }

    #[inline]
    pub fn get(&self) -> Option<Value> {
        Value::from_bits(self.target.get()).filter(|v| !crate::extension::is_dead(*v))
    }

    pub fn callback(&self) -> Option<Value> {
        self.callback.get()
    }

    /// The hash of the referent; -1 before it was asked for.
    pub fn cached_hash(&self) -> i64 {
        self.hash.get()
    }
}

// ---- the register -------------------------------------------------------------------------------

/// The boxes of all references, chained by the identity hash of the referent, the newest first.
struct Register {
    by_hash: HashMap<u32, Root, BuildHasherDefault<IdentityHasher>>,
    entries: usize,
    limit: usize,
}

static REGISTER: heap::GilCell<Option<Register>> = heap::GilCell::new(None);

/// Spreads identity hashes, which are counted up, over a table.
#[derive(Default)]
struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("only identity hashes are hashed")
    }

    fn write_u32(&mut self, n: u32) {
        self.0 = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn as_box(v: Value) -> Ref<WeakBox> {
    // SAFETY: the register holds chains of weak boxes.
    unsafe { v.cast() }
}

/// The weak reference or proxy in a box.
fn unbox(v: Ref<WeakBox>) -> Option<Ref<Weak>> {
    // SAFETY: as above; proxies are laid out as references.
    v.get().map(|w| unsafe { w.cast() })
}

/// The boxes of a chain.
fn chain(first: Option<Value>) -> impl Iterator<Item = Ref<WeakBox>> {
    std::iter::successors(first.map(as_box), |b| b.next.get().map(as_box))
}

/// The references and proxies in the chain of an object, which may be other objects' too.
fn chained(target: Value) -> impl Iterator<Item = Ref<Weak>> {
    let register = if target.is_small() { None } else { REGISTER.get().as_ref() };
    let first = register.and_then(|r| r.by_hash.get(&heap::identity_hash(target)));
    chain(first.map(|r| r.get())).filter_map(unbox)
}

fn sweep(register: &mut Register) {
    let mut entries = 0;
    register.by_hash.retain(|_, root| {
        let mut last: Option<Ref<WeakBox>> = None;
        for b in chain(Some(root.get())) {
            if unbox(b).is_none_or(|w| w.get().is_none()) {
                continue;
            }
            match last {
                Some(last) => last.next.set(last, Some(b.value())),
                None => root.set(b.value()),
            }
            last = Some(b);
            entries += 1;
        }
        if let Some(last) = last {
            last.next.set(last, None);
        }
        last.is_some()
    });
    register.entries = entries;
    register.limit = (2 * entries).max(1024);
}

/// Tells the collector and the register about a new reference.
pub fn register(_vm: &Vm, weak: Ref<Weak>) {
    heap::register_weak(weak.value(), std::mem::offset_of!(WeakRef, target));
    let Some(target) = weak.get() else { return };
    crate::extension::weakly_referenced(target);
    let entry = WeakBox::new(weak.value());
    let register = REGISTER.get().get_or_insert_with(|| Register {
        by_hash: HashMap::default(),
        entries: 0,
        limit: 1024,
    });
    if register.entries >= register.limit {
        sweep(register);
    }
    register.entries += 1;
    match register.by_hash.entry(heap::identity_hash(target)) {
        Entry::Vacant(place) => {
            place.insert(Root::new(entry.value()));
        }
        Entry::Occupied(mut place) => {
            entry.next.set(entry, Some(place.get().get()));
            place.get_mut().set(entry.value());
        }
    }
}

fn is_basic<T: Object>(w: Ref<Weak>) -> bool {
    w.value().class() == T::class() && w.callback().is_none()
}

/// Whether it is a plain proxy that new proxies may share.
fn is_basic_proxy(w: Ref<Weak>) -> bool {
    is_basic::<WeakProxy>(w) || is_basic::<CallableProxy>(w)
}

/// Living references to an object: the shared reference, the shared proxy, then the newest first.
pub fn weakrefs_of(vm: &Vm, target: Value) -> Ref<List> {
    let found = List::new(vm);
    let each = |f: &dyn Fn(Ref<Weak>) -> bool| {
        for w in chained(target) {
            if w.get() == Some(target) && f(w) {
                found.push(vm, w.value());
            }
        }
    };
    each(&|w| is_basic::<WeakRef>(w));
    each(&|w| is_basic_proxy(w));
    each(&|w| !is_basic::<WeakRef>(w) && !is_basic_proxy(w));
    found
}

/// A shared reference or proxy of the class T without callback.
pub fn shared<T: Object>(target: Value) -> Option<Value> {
    chained(target).find(|w| w.get() == Some(target) && is_basic::<T>(*w)).map(|w| w.value())
}

/// Whether an object may have weak references.
pub fn has_references(target: Value) -> bool {
    match REGISTER.get() {
        Some(r) => !target.is_small() && r.by_hash.contains_key(&heap::identity_hash(target)),
        None => false,
    }
}

/// The referent dies now: its references are cleared, and their callbacks forgotten.
pub fn forget_references(vm: &Vm, target: Value) {
    let all = weakrefs_of(vm, target);
    for i in 0..all.len() {
        // SAFETY: the list holds references and proxies, which are laid out alike.
        let weak: Ref<Weak> = unsafe { all.get(i).cast() };
        weak.target.set(0);
        weak.callback.set(weak, None);
        crate::extension::struct_changed(weak.value());
    }
}

/// The referent dies now, before a collection: its references are cleared and their callbacks called.
pub fn clear_references(vm: &Vm, target: Value) {
    let all = weakrefs_of(vm, target);
    for i in 0..all.len() {
        // SAFETY: the list holds references and proxies, which are laid out alike.
        let weak: Ref<Weak> = unsafe { all.get(i).cast() };
        weak.target.set(0);
        crate::extension::struct_changed(weak.value());
    }
    for i in 0..all.len() {
        // SAFETY: as above.
        let weak: Ref<Weak> = unsafe { all.get(i).cast() };
        let Some(callback) = weak.callback.get() else { continue };
        weak.callback.set(weak, None);
        if let Err(raised) = vm.call(callback, &[weak.value()]) {
            vm.unraisable(raised, "Exception ignored while calling weakref callback", callback);
        }
    }
}

/// Native classes whose instances CPython gives weak references; subclasses of others may allow them
/// unless their instances are of variable size.
pub fn native_has_weakref(name: &str) -> bool {
    matches!(
        name,
        "BufferedRWPair"
            | "BufferedRandom"
            | "BufferedReader"
            | "BufferedWriter"
            | "BytesIO"
            | "Context"
            | "Element"
            | "FileIO"
            | "Future"
            | "GenericAlias"
            | "OrderedDict"
            | "ParamSpec"
            | "ParamSpecArgs"
            | "ParamSpecKwargs"
            | "Pattern"
            | "PickleBuffer"
            | "RLock"
            | "SimpleQueue"
            | "StringIO"
            | "Struct"
            | "Task"
            | "TextIOWrapper"
            | "TypeVar"
            | "TypeVarTuple"
            | "Union"
            | "ZoneInfo"
            | "_BufferedIOBase"
            | "_IOBase"
            | "_RawIOBase"
            | "_TextIOBase"
            | "_local"
            | "_lru_cache_wrapper"
            | "_tee"
            | "array"
            | "async_generator"
            | "builtin_function_or_method"
            | "code"
            | "coroutine"
            | "deque"
            | "frozenset"
            | "function"
            | "generator"
            | "lock"
            | "memoryview"
            | "method"
            | "mmap"
            | "module"
            | "partial"
            | "set"
            | "type"
    )
}

pub fn check_supported(vm: &Vm, target: Value) -> PyResult<()> {
    if target.is_small() || !target.class().has_weakref.get() {
        raise!(vm, TypeError, "cannot create weak reference to '{}' object", target.class().full_name(vm))
    }
    Ok(())
}

impl Vm {
    /// `weakref.ref(target)`
    pub fn new_weakref(&self, target: Value, callback: Option<Value>) -> PyResult<Value> {
        check_supported(self, target)?;
        if callback.is_none()
            && let Some(w) = shared::<WeakRef>(target)
        {
            return Ok(w);
        }
        let w = heap::new(WeakRef::shape(), WeakRef::blank(target, callback));
        register(self, w);
        Ok(w.value())
    }

    /// Calls the callbacks of references that the collector has cleared.
    pub fn run_weakref_callbacks(&self) -> PyResult<()> {
        while let Some(holder) = heap::take_cleared_weak() {
            let is_weak = holder.shape() != WeakBox::shape()
                && (holder.downcast::<WeakRef>().is_some()
                    || holder.is::<WeakProxy>()
                    || holder.is::<CallableProxy>());
            if !is_weak {
                continue;
            }
            // SAFETY: proxies are laid out as references.
            let weak: Ref<Weak> = unsafe { holder.cast() };
            crate::extension::struct_changed(holder);
            let Some(callback) = weak.callback.get() else { continue };
            weak.callback.set(weak, None);
            if let Err(raised) = self.call(callback, &[holder]) {
                self.unraisable(raised, "Exception ignored while calling weakref callback", callback);
            }
        }
        Ok(())
    }
}

// ---- the class ----------------------------------------------------------------------------------

fn me(v: Value) -> Ref<WeakRef> {
    // SAFETY: used in slots of ReferenceType only.
    unsafe { v.cast() }
}

fn parse(vm: &Vm, args: Args, name: &str) -> PyResult<(Value, Option<Value>)> {
    match *args.pos() {
        [target] => Ok((target, None)),
        [target, callback] => Ok((target, Some(callback).filter(|c| !c.is_none()))),
        [] => raise!(vm, TypeError, "{name} expected at least 1 argument, got 0"),
        _ => raise!(vm, TypeError, "{name} expected at most 2 arguments, got {}", args.pos().len()),
    }
}

#[pymethods]
impl WeakRef {
    #[slot(tp_new)]
    fn new_(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if class == WeakRef::class() && args.has_keywords() {
            return Err(vm.type_error("ref() takes no keyword arguments"));
        }
        let (target, callback) = parse(vm, args, "__new__")?;
        if class == WeakRef::class() {
            return vm.new_weakref(target, callback);
        }
        check_supported(vm, target)?;
        let weak = vm.new_instance(class, WeakRef::blank(target, callback))?;
        register(vm, weak);
        Ok(weak.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        if this.is::<WeakRef>() && args.has_keywords() {
            return Err(vm.type_error("ref() takes no keyword arguments"));
        }
        parse(vm, args, "__init__")?;
        Ok(())
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        if args.has_keywords() && !args.all().is_empty() {
            return Err(vm.type_error("weakref.ReferenceType() takes no keyword arguments"));
        }
        if !args.pos().is_empty() {
            raise!(vm, TypeError, "weakref.ReferenceType expected 0 arguments, got {}", args.pos().len())
        }
        Ok(me(this).get().unwrap_or(crate::builtins::singletons::none()))
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let id = vm.id(this);
        let class = this.class().full_name(vm);
        let class = if this.is::<WeakRef>() { "weakref".to_string() } else { class };
        let class = if class.is_empty() { "weakref".to_string() } else { class };
        let Some(target) = me(this).get() else {
            return Ok(vm.new_str(&format!("<{class} at {id:#x}; dead>")));
        };
        let to = target.class().full_name(vm);
        let target_id = vm.id(target);
        // A referent that fails to give its name is shown without one.
        let name = match vm.get_attr_opt(target, names().__name__) {
            Ok(name) => name.and_then(|n| n.downcast::<crate::builtins::str_::Str>()),
            Err(raised) => {
                vm.take_exception(raised);
                None
            }
        };
        Ok(vm.new_str(&match name {
            Some(name) => format!("<{class} at {id:#x}; to '{to}' at {target_id:#x} ({name})>"),
            None => format!("<{class} at {id:#x}; to '{to}' at {target_id:#x}>"),
        }))
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let weak = me(this);
        if weak.hash.get() != -1 {
            return Ok(weak.hash.get());
        }
        let Some(target) = weak.get() else { return Err(vm.type_error("weak object has gone away")) };
        let hash = vm.hash(target)?;
        weak.hash.set(hash);
        Ok(hash)
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.downcast::<WeakRef>(), b.downcast::<WeakRef>()) else {
            return Ok(not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        match (x.get(), y.get()) {
            (Some(p), Some(q)) => vm.compare(p, q, op),
            _ => Ok(bool_value((a == b) == (op == CompareOp::Eq))),
        }
    }

    #[getter]
    fn __callback__(_vm: &Vm, this: Ref<WeakRef>) -> Option<Value> {
        if this.get().is_some() { this.callback.get() } else { None }
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class, item)
    }
}
