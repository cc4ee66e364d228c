//! `lock` and `RLock`.

use super::raw_lock::{RawLock, acquire};
use crate::os_support::nanoseconds;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::Cell;
use std::sync::Arc;

/// A lock object is a synchronization primitive.  To create a lock,
/// call threading.Lock().
#[pyclass(name = "lock", module = "_thread")]
#[repr(C)]
pub struct Lock {
    h: LongHeader,
    raw: Arc<RawLock>,
}

/// A reentrant lock.
#[pyclass(name = "RLock", module = "_thread", flags = def::BASE)]
#[repr(C)]
pub struct RLock {
    h: LongHeader,
    raw: Arc<RawLock>,
    owner: Cell<u64>,
    count: Cell<u64>,
}

impl Lock {
    pub fn make() -> Value {
        adder_heap::new(Lock::shape(), Lock { h: LongHeader::new(), raw: Arc::new(RawLock::new()) }).value()
    }
}

/// The largest timeout, in seconds.
pub const TIMEOUT_MAX: f64 = 9223372036.0;

/// The timeout of `acquire(blocking, timeout)` in nanoseconds.
pub fn timeout(vm: &Vm, blocking: bool, timeout: Option<Value>) -> PyResult<Option<i64>> {
    let Some(v) = timeout else { return Ok(None) };
    let minus_one = as_int(v).is_some_and(|i| i.is_small() && i.small() == -1)
        || adder_vm::builtins::float::as_float(v) == Some(-1.0);
    if !blocking && !minus_one {
        return Err(vm.value_error("can't specify a timeout for a non-blocking call"));
    }
    if minus_one {
        return Ok(None);
    }
    let ns = nanoseconds(vm, v, true)?;
    if ns < 0 {
        return Err(vm.value_error("timeout value must be a non-negative number"));
    }
    if ns as f64 > TIMEOUT_MAX * 1e9 {
        raise!(vm, OverflowError, "timeout value is too large")
    }
    Ok(Some(ns))
}

fn unlock(vm: &Vm, this: Ref<Lock>) -> PyResult<()> {
    if !this.raw.is_locked() {
        return Err(vm.runtime_error("release unlocked lock"));
    }
    this.raw.release();
    Ok(())
}

fn lock(vm: &Vm, this: Ref<Lock>, blocking: Option<bool>, limit: Option<Value>) -> PyResult<bool> {
    let blocking = blocking.unwrap_or(true);
    let limit = timeout(vm, blocking, limit)?;
    let raw = this.raw.clone();
    acquire(vm, &raw, blocking, limit)
}

#[pymethods]
impl Lock {
    #[slot(tp_new)]
    fn new(vm: &Vm, _class: Ref<Type>, args: Args) -> PyResult<Value> {
        if !args.all().is_empty() {
            raise!(vm, TypeError, "lock() takes no arguments ({} given)", args.all().len())
        }
        Ok(Lock::make())
    }

    /// Lock the lock.
    #[pymethod("($self, /, blocking=True, timeout=-1)")]
    fn acquire(vm: &Vm, this: Ref<Lock>, blocking: Option<bool>, timeout: Option<Value>) -> PyResult<bool> {
        lock(vm, this, blocking, timeout)
    }

    /// An obsolete synonym of acquire().
    #[pymethod("($self, /, blocking=True, timeout=-1)")]
    fn acquire_lock(
        vm: &Vm,
        this: Ref<Lock>,
        blocking: Option<bool>,
        timeout: Option<Value>,
    ) -> PyResult<bool> {
        lock(vm, this, blocking, timeout)
    }

    /// Release the lock, allowing another thread to acquire it.
    #[pymethod("($self, /)")]
    fn release(vm: &Vm, this: Ref<Lock>) -> PyResult<()> {
        unlock(vm, this)
    }

    /// An obsolete synonym of release().
    #[pymethod("($self, /)")]
    fn release_lock(vm: &Vm, this: Ref<Lock>) -> PyResult<()> {
        unlock(vm, this)
    }

    /// Return whether the lock is in the locked state.
    #[pymethod("($self, /)")]
    fn locked(_vm: &Vm, this: Ref<Lock>) -> bool {
        this.raw.is_locked()
    }

    /// An obsolete synonym of locked().
    #[pymethod("($self, /)")]
    fn locked_lock(_vm: &Vm, this: Ref<Lock>) -> bool {
        this.raw.is_locked()
    }

    /// Lock the lock.
    #[pymethod("($self, /)")]
    fn __enter__(vm: &Vm, this: Ref<Lock>) -> PyResult<bool> {
        lock(vm, this, None, None)
    }

    /// Release the lock.
    #[pymethod("($self, /, *exc_info)")]
    fn __exit__(vm: &Vm, this: Ref<Lock>, _exc: Value) -> PyResult<()> {
        unlock(vm, this)
    }

    #[pymethod("($self, /)")]
    fn _at_fork_reinit(_vm: &Vm, this: Ref<Lock>) {
        this.raw.reset();
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let l: Ref<Lock> = unsafe { this.cast() };
        let state = if l.raw.is_locked() { "locked" } else { "unlocked" };
        Ok(vm.new_str(&format!("<{state} {} object at {:#x}>", this.class().full_name(vm), vm.id(this))))
    }
}

fn me(vm: &Vm) -> u64 {
    vm.thread().ident
}

fn enter(vm: &Vm, this: Ref<RLock>, blocking: Option<bool>, limit: Option<Value>) -> PyResult<bool> {
    let blocking = blocking.unwrap_or(true);
    let limit = timeout(vm, blocking, limit)?;
    if this.count.get() > 0 && this.owner.get() == me(vm) {
        this.count.set(this.count.get() + 1);
        return Ok(true);
    }
    let raw = this.raw.clone();
    if !acquire(vm, &raw, blocking, limit)? {
        return Ok(false);
    }
    this.owner.set(me(vm));
    this.count.set(1);
    Ok(true)
}

fn leave(vm: &Vm, this: Ref<RLock>) -> PyResult<()> {
    if this.count.get() == 0 || this.owner.get() != me(vm) {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    this.count.set(this.count.get() - 1);
    if this.count.get() == 0 {
        this.owner.set(0);
        this.raw.release();
    }
    Ok(())
}

#[pymethods]
impl RLock {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let blank = RLock {
            h: LongHeader::new(),
            raw: Arc::new(RawLock::new()),
            owner: Cell::new(0),
            count: Cell::new(0),
        };
        Ok(vm.new_instance(class, blank)?.value())
    }

    /// Lock the lock.
    #[pymethod("($self, /, blocking=True, timeout=-1)")]
    fn acquire(vm: &Vm, this: Ref<RLock>, blocking: Option<bool>, timeout: Option<Value>) -> PyResult<bool> {
        enter(vm, this, blocking, timeout)
    }

    /// Release the lock.
    #[pymethod("($self, /)")]
    fn release(vm: &Vm, this: Ref<RLock>) -> PyResult<()> {
        leave(vm, this)
    }

    /// Return a boolean indicating whether this object is locked right now.
    #[pymethod("($self, /)")]
    fn locked(_vm: &Vm, this: Ref<RLock>) -> bool {
        this.raw.is_locked()
    }

    /// Lock the lock.
    #[pymethod("($self, /)")]
    fn __enter__(vm: &Vm, this: Ref<RLock>) -> PyResult<bool> {
        enter(vm, this, None, None)
    }

    /// Release the lock.
    #[pymethod("($self, /, *exc_info)")]
    fn __exit__(vm: &Vm, this: Ref<RLock>, _exc: Value) -> PyResult<()> {
        leave(vm, this)
    }

    /// For internal use by `threading.Condition`.
    #[pymethod("($self, /)")]
    fn _is_owned(vm: &Vm, this: Ref<RLock>) -> bool {
        this.count.get() > 0 && this.owner.get() == me(vm)
    }

    /// For internal use by reentrancy checks.
    #[pymethod("($self, /)")]
    fn _recursion_count(vm: &Vm, this: Ref<RLock>) -> u64 {
        if this.owner.get() == me(vm) { this.count.get() } else { 0 }
    }

    /// For internal use by `threading.Condition`.
    #[pymethod("($self, /)")]
    fn _release_save(vm: &Vm, this: Ref<RLock>) -> PyResult<Value> {
        if this.count.get() == 0 {
            return Err(vm.runtime_error("cannot release un-acquired lock"));
        }
        let state = [vm.new_int(this.count.get() as i128), vm.new_int(this.owner.get() as i128)];
        this.count.set(0);
        this.owner.set(0);
        this.raw.release();
        Ok(Tuple::from_slice(vm, &state).value())
    }

    /// For internal use by `threading.Condition`.
    #[pymethod("($self, state, /)")]
    fn _acquire_restore(vm: &Vm, this: Ref<RLock>, state: Ref<Tuple>) -> PyResult<()> {
        if state.len() != 2 {
            return Err(vm.type_error("_acquire_restore() argument 1 must be sequence of length 2"));
        }
        let (count, owner) = (vm.index_i128(state.get(0))?, vm.index_i128(state.get(1))?);
        let raw = this.raw.clone();
        acquire(vm, &raw, true, None)?;
        this.count.set(count as u64);
        this.owner.set(owner as u64);
        Ok(())
    }

    #[pymethod("($self, /)")]
    fn _at_fork_reinit(_vm: &Vm, this: Ref<RLock>) {
        this.raw.reset();
        this.owner.set(0);
        this.count.set(0);
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let l: Ref<RLock> = unsafe { this.cast() };
        let state = if l.raw.is_locked() { "locked" } else { "unlocked" };
        let (owner, count) = (l.owner.get(), l.count.get());
        let name = this.class().full_name(vm);
        Ok(vm.new_str(&format!("<{state} {name} object owner={owner} count={count} at {:#x}>", vm.id(this))))
    }
}
