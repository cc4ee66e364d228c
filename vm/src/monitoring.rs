//! `sys.monitoring`: tools, callbacks and event sets are kept; no events are sent yet
//! (docs/differences.md).

use crate::builtins::code::Code;
use crate::builtins::module::Module;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_heap::{GilCell, StaticRoot};
use adder_macros::pymodule;

const EVENTS: &[(&str, i64)] = &[
    ("PY_START", 1 << 0),
    ("PY_RESUME", 1 << 1),
    ("PY_RETURN", 1 << 2),
    ("PY_YIELD", 1 << 3),
    ("CALL", 1 << 4),
    ("LINE", 1 << 5),
    ("INSTRUCTION", 1 << 6),
    ("JUMP", 1 << 7),
    ("BRANCH_LEFT", 1 << 8),
    ("BRANCH_RIGHT", 1 << 9),
    ("STOP_ITERATION", 1 << 10),
    ("RAISE", 1 << 11),
    ("EXCEPTION_HANDLED", 1 << 12),
    ("PY_UNWIND", 1 << 13),
    ("PY_THROW", 1 << 14),
    ("RERAISE", 1 << 15),
    ("C_RETURN", 1 << 16),
    ("C_RAISE", 1 << 17),
    ("BRANCH", 1 << 18),
    ("NO_EVENTS", 0),
];
const TOOLS: usize = 6;
const EVENT_COUNT: usize = 19;

static EVENT_SETS: GilCell<[i64; TOOLS]> = GilCell::new([0; TOOLS]);
static NAMES: [StaticRoot; TOOLS] = [const { StaticRoot::new() }; TOOLS];
static CALLBACKS: [[StaticRoot; EVENT_COUNT]; TOOLS] =
    [const { [const { StaticRoot::new() }; EVENT_COUNT] }; TOOLS];

fn tool(vm: &Vm, id: i64) -> PyResult<usize> {
    match usize::try_from(id) {
        Ok(n) if n < TOOLS => Ok(n),
        _ => raise!(vm, ValueError, "invalid tool {id} (must be between 0 and 5)"),
    }
}

fn used(vm: &Vm, id: i64) -> PyResult<usize> {
    let n = tool(vm, id)?;
    if NAMES[n].get().is_none() {
        raise!(vm, ValueError, "tool {id} is not in use")
    }
    Ok(n)
}

fn event_set(vm: &Vm, set: i64) -> PyResult<i64> {
    if set < 0 || set >= 1 << EVENT_COUNT {
        raise!(vm, ValueError, "invalid event set 0x{set:x}")
    }
    Ok(set)
}

/// Execution event monitoring.
#[pymodule("sys.monitoring")]
pub mod monitoring {
    use super::*;

    #[pyfunction("($module, tool_id, name, /)")]
    fn use_tool_id(vm: &Vm, tool_id: i64, name: Ref<Str>) -> PyResult<()> {
        let n = tool(vm, tool_id)?;
        if NAMES[n].get().is_some() {
            raise!(vm, ValueError, "tool {tool_id} is already in use")
        }
        NAMES[n].set(Some(name.value()));
        Ok(())
    }

    #[pyfunction("($module, tool_id, /)")]
    fn clear_tool_id(vm: &Vm, tool_id: i64) -> PyResult<()> {
        let n = tool(vm, tool_id)?;
        EVENT_SETS.get()[n] = 0;
        for c in &CALLBACKS[n] {
            c.set(None);
        }
        Ok(())
    }

    #[pyfunction("($module, tool_id, /)")]
    fn free_tool_id(vm: &Vm, tool_id: i64) -> PyResult<()> {
        clear_tool_id(vm, tool_id)?;
        NAMES[tool(vm, tool_id)?].set(None);
        Ok(())
    }

    #[pyfunction("($module, tool_id, /)")]
    fn get_tool(vm: &Vm, tool_id: i64) -> PyResult<Option<Value>> {
        Ok(NAMES[tool(vm, tool_id)?].get())
    }

    #[pyfunction("($module, tool_id, event, func, /)")]
    fn register_callback(vm: &Vm, tool_id: i64, event: i64, func: Value) -> PyResult<Value> {
        let n = tool(vm, tool_id)?;
        if event <= 0 || event.count_ones() != 1 || event >= 1 << EVENT_COUNT {
            raise!(vm, ValueError, "The callback can only be set for one event at a time")
        }
        let slot = &CALLBACKS[n][event.trailing_zeros() as usize];
        let old = slot.get();
        slot.set(Some(func).filter(|f| !f.is_none()));
        Ok(old.unwrap_or(none()))
    }

    #[pyfunction("($module, tool_id, /)")]
    fn get_events(vm: &Vm, tool_id: i64) -> PyResult<i64> {
        Ok(EVENT_SETS.get()[used(vm, tool_id)?])
    }

    #[pyfunction("($module, tool_id, event_set, /)")]
    fn set_events(vm: &Vm, tool_id: i64, event_set: i64) -> PyResult<()> {
        let set = super::event_set(vm, event_set)?;
        EVENT_SETS.get()[used(vm, tool_id)?] = set;
        Ok(())
    }

    #[pyfunction("($module, tool_id, code, /)")]
    fn get_local_events(vm: &Vm, tool_id: i64, _code: Ref<Code>) -> PyResult<i64> {
        used(vm, tool_id)?;
        Ok(0)
    }

    #[pyfunction("($module, tool_id, code, event_set, /)")]
    fn set_local_events(vm: &Vm, tool_id: i64, _code: Ref<Code>, event_set: i64) -> PyResult<()> {
        used(vm, tool_id)?;
        super::event_set(vm, event_set)?;
        Ok(())
    }

    #[pyfunction("($module, /)")]
    fn restart_events(_vm: &Vm) {}

    #[pyfunction("($module, /)")]
    fn _all_events(vm: &Vm) -> Value {
        crate::builtins::dict::Dict::new(vm).value()
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
            d.set_str(vm, name, vm.int(id));
        }
        let sentinel = crate::builtins::object::Object::class();
        d.set_str(vm, "DISABLE", vm.alloc_instance(sentinel)?);
        d.set_str(vm, "MISSING", vm.alloc_instance(sentinel)?);
        let fields: Vec<(&str, i64)> = EVENTS.to_vec();
        let events = crate::builtins::more::simple_namespace(vm, &[])?;
        for (name, bit) in fields {
            vm.set_attr(events, vm.intern_str(name), vm.int(bit))?;
        }
        d.set_str(vm, "events", events);
        Ok(())
    }
}
