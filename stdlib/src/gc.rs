//! `gc`: the collector as CPython's module shows it. There is nothing to tune; `disable` and the
//! thresholds are only remembered.

use adder_macros::pymodule;

/// This module provides access to the garbage collector for reference cycles.
#[pymodule]
pub mod gc {
    use adder_heap as heap;
    use adder_heap::GilCell;
    use adder_vm::builtins::dict::Dict;
    use adder_vm::builtins::list::List;
    use adder_vm::builtins::module::Module;
    use adder_vm::builtins::singletons::none;
    use adder_vm::builtins::tuple::Tuple;
    use adder_vm::error::PyResult;
    use adder_vm::object::{Ref, Value, ValueExt};
    use adder_vm::pending::{self, is_gc};
    use adder_vm::shapes;
    use adder_vm::vm::Vm;

    struct Settings {
        enabled: bool,
        debug: i64,
        thresholds: [i64; 3],
        /// Objects that `freeze` has seen.
        frozen: i64,
        collections: [i64; 3],
        collected: [i64; 3],
    }

    static SETTINGS: GilCell<Settings> = GilCell::new(Settings {
        enabled: true,
        debug: 0,
        thresholds: [2000, 10, 0],
        frozen: 0,
        collections: [0; 3],
        collected: [0; 3],
    });

    /// Enable automatic garbage collection.
    #[pyfunction("($module, /)")]
    fn enable(_vm: &Vm) {
        SETTINGS.get().enabled = true;
    }

    /// Disable automatic garbage collection.
    #[pyfunction("($module, /)")]
    fn disable(_vm: &Vm) {
        SETTINGS.get().enabled = false;
    }

    /// Returns true if automatic garbage collection is enabled.
    #[pyfunction("($module, /)")]
    fn isenabled(_vm: &Vm) -> bool {
        SETTINGS.get().enabled
    }

    #[inline(never)] // Its frame is not to be on the stack while the collector looks at that.
    fn notify(vm: &Vm, phase: &str, generation: i64, collected: i64) -> PyResult<()> {
        let module = adder_vm::import::import_module(vm, "gc")?;
        let callbacks = vm.get_attr_str(module, "callbacks")?;
        let Some(list) = callbacks.downcast::<List>().filter(|l| !l.is_empty()) else { return Ok(()) };
        let info = Dict::new(vm);
        info.set_str(vm, "generation", vm.int(generation));
        info.set_str(vm, "collected", vm.int(collected));
        info.set_str(vm, "uncollectable", vm.int(0));
        let phase = vm.new_str(phase);
        let mut i = 0;
        while let Some(f) = list.try_get(i) {
            if let Err(raised) = vm.call(f, &[phase, info.value()]) {
                vm.unraisable(raised, "Exception ignored while calling GC callback", f);
            }
            i += 1;
        }
        Ok(())
    }

    /// Run the garbage collector.
    ///
    /// With no arguments, run a full collection.  The optional argument
    /// may be an integer specifying which generation to collect.  A ValueError
    /// is raised if the generation number is invalid.
    ///
    /// The number of unreachable objects is returned.
    #[pyfunction("($module, /, generation=2)")]
    fn collect(vm: &Vm, generation: Option<i64>) -> PyResult<i64> {
        let generation = generation.unwrap_or(2);
        if !(0..=2).contains(&generation) {
            return Err(vm.value_error("invalid generation"));
        }
        adder_vm::pending::clear_stack();
        collect_generation(vm, generation)
    }

    #[inline(never)] // All of its frame is cleared before.
    fn collect_generation(vm: &Vm, generation: i64) -> PyResult<i64> {
        notify(vm, "start", generation, 0)?;
        let found = match generation {
            0 => heap::collect_minor_counting(is_gc),
            1 => heap::collect_full_counting(is_gc),
            _ => adder_vm::pending::collect_all(vm),
        } as i64;
        adder_vm::pending::run_finalizers(vm);
        let settings = SETTINGS.get();
        settings.collections[generation as usize] += 1;
        settings.collected[generation as usize] += found;
        notify(vm, "stop", generation, found)?;
        Ok(found)
    }

    /// Set the garbage collection debugging flags.
    #[pyfunction("($module, flags, /)")]
    fn set_debug(_vm: &Vm, flags: i64) {
        SETTINGS.get().debug = flags;
    }

    /// Get the garbage collection debugging flags.
    #[pyfunction("($module, /)")]
    fn get_debug(_vm: &Vm) -> i64 {
        SETTINGS.get().debug
    }

    /// Set the collection thresholds (the collection frequency).
    #[pyfunction("($module, threshold0, threshold1=<unrepresentable>, threshold2=<unrepresentable>, /)")]
    fn set_threshold(_vm: &Vm, threshold0: i64, threshold1: Option<i64>, threshold2: Option<i64>) {
        let t = &mut SETTINGS.get().thresholds;
        t[0] = threshold0;
        t[1] = threshold1.unwrap_or(t[1]);
        t[2] = threshold2.unwrap_or(t[2]);
    }

    /// Return the current collection thresholds.
    #[pyfunction("($module, /)")]
    fn get_threshold(vm: &Vm) -> Value {
        let [a, b, c] = SETTINGS.get().thresholds;
        Tuple::from_slice(vm, &[vm.int(a), vm.int(b), vm.int(c)]).value()
    }

    /// Return a three-tuple of the current collection counts.
    #[pyfunction("($module, /)")]
    fn get_count(vm: &Vm) -> Value {
        Tuple::from_slice(vm, &[vm.int(0), vm.int(0), vm.int(0)]).value()
    }

    /// Return a list of dictionaries containing per-generation statistics.
    #[pyfunction("($module, /)")]
    fn get_stats(vm: &Vm) -> Value {
        let list = List::new(vm);
        let Settings { collections, collected, .. } = *SETTINGS.get();
        for generation in 0..3 {
            let d = Dict::new(vm);
            // Those that were asked for.
            d.set_str(vm, "collections", vm.int(collections[generation]));
            d.set_str(vm, "collected", vm.int(collected[generation]));
            d.set_str(vm, "uncollectable", vm.int(0));
            list.push(vm, d.value());
        }
        list.value()
    }

    /// Whether the object is one that Python code may see and that CPython's collector tracks.
    fn tracked(v: Value) -> bool {
        if let Some(t) = v.exact::<Tuple>() {
            // A tuple that can be in no cycle.
            return t.items().iter().any(|item| tracked(*item));
        }
        is_gc(v)
    }

    /// Returns true if the object is tracked by the garbage collector.
    #[pyfunction("($module, obj, /)")]
    fn is_tracked(_vm: &Vm, obj: Value) -> bool {
        tracked(obj)
    }

    /// Returns true if the object has been already finalized by the GC.
    #[pyfunction("($module, obj, /)")]
    fn is_finalized(_vm: &Vm, _obj: Value) -> bool {
        false
    }

    /// Return a list of objects tracked by the collector (excluding the list returned).
    #[pyfunction("($module, /, generation=None)")]
    fn get_objects(vm: &Vm, generation: Option<Value>) -> PyResult<Value> {
        if let Some(g) = generation.filter(|g| !g.is_none()) {
            let g = vm.index_isize(g)?;
            if !(0..3).contains(&g) {
                return Err(vm.value_error("generation must be 0, 1, 2, or None"));
            }
        }
        let shown = generation.unwrap_or(vm.int(-1));
        adder_vm::sys_functions::audit(vm, "gc.get_objects", &[shown])?;
        heap::collect_full();
        let list = List::new(vm);
        heap::for_each_object(&mut |v| {
            if tracked(v) && v != list.value() {
                list.push(vm, v);
            }
        });
        Ok(list.value())
    }

    /// Calls `f` for what an object refers to, through internal storage.
    fn each_referent(v: Value, depth: usize, f: &mut dyn FnMut(Value)) {
        heap::referents(v, &mut |r| {
            if r.is_small() {
                f(r);
                return;
            }
            if shapes::data(r.shape()).is_some() && !pending::is_internal(r) {
                f(r);
            } else if depth < 3 {
                each_referent(r, depth + 1, f);
            }
        });
    }

    /// Return the list of objects that directly refer to any of 'objs'.
    #[pyfunction("($module, /, *objs)")]
    fn get_referrers(vm: &Vm, objs: Ref<Tuple>) -> PyResult<Value> {
        adder_vm::sys_functions::audit(vm, "gc.get_referrers", &[objs.value()])?;
        let list = List::new(vm);
        let candidates = List::new(vm);
        heap::for_each_object(&mut |v| {
            if tracked(v) {
                candidates.push(vm, v);
            }
        });
        for i in 0..candidates.len() {
            let v = candidates.get(i);
            if v == list.value() || v == candidates.value() || v == objs.value() {
                continue;
            }
            let mut found = false;
            each_referent(v, 0, &mut |r| found |= objs.items().contains(&r));
            if found {
                list.push(vm, v);
            }
        }
        Ok(list.value())
    }

    /// Return the list of objects that are directly referred to by 'objs'.
    #[pyfunction("($module, /, *objs)")]
    fn get_referents(vm: &Vm, objs: Ref<Tuple>) -> PyResult<Value> {
        adder_vm::sys_functions::audit(vm, "gc.get_referents", &[objs.value()])?;
        let list = List::new(vm);
        for v in objs.items() {
            if !tracked(*v) {
                continue;
            }
            let mut n = 0;
            each_referent(*v, 0, &mut |_| n += 1);
            if list.reserve(vm, list.len() + n).is_err() {
                vm.fetch_exception();
                break;
            }
            each_referent(*v, 0, &mut |r| list.push(vm, r));
        }
        Ok(list.value())
    }

    /// Freeze all current tracked objects and ignore them for future collections.
    ///
    /// Nothing changes for the collector: how many there were is remembered.
    #[pyfunction("($module, /)")]
    fn freeze(_vm: &Vm) {
        let mut n = 0;
        heap::for_each_object(&mut |v| n += tracked(v) as i64);
        SETTINGS.get().frozen = n;
    }

    /// Unfreeze all objects in the permanent generation.
    #[pyfunction("($module, /)")]
    fn unfreeze(_vm: &Vm) {
        SETTINGS.get().frozen = 0;
    }

    /// Return the number of objects in the permanent generation.
    #[pyfunction("($module, /)")]
    fn get_freeze_count(_vm: &Vm) -> i64 {
        SETTINGS.get().frozen
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        d.set_str(vm, "garbage", List::new(vm).value());
        d.set_str(vm, "callbacks", List::new(vm).value());
        for (name, value) in [
            ("DEBUG_STATS", 1),
            ("DEBUG_COLLECTABLE", 2),
            ("DEBUG_UNCOLLECTABLE", 4),
            ("DEBUG_SAVEALL", 32),
            ("DEBUG_LEAK", 38),
        ] {
            d.set_str(vm, name, vm.int(value));
        }
        let _ = none();
        Ok(())
    }
}
