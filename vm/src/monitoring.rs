//! `sys.monitoring`: which tools there are and what they want. The events come from `events/`.

use crate::builtins::code::Code;
use crate::builtins::module::Module;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::error::PyResult;
use crate::events::{self, CALLBACKS, EVENT_COUNT, Event, TOOLS};
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_heap::StaticRoot;
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
static NAMES: [StaticRoot; TOOLS] = [const { StaticRoot::new() }; TOOLS];

/// The name of an event.
pub fn event_name(event: usize) -> &'static str {
    EVENTS[event].0
}

fn tool(vm: &Vm, id: i64) -> PyResult<usize> {
    match usize::try_from(id) {
        Ok(n) if n < TOOLS => Ok(n),
        _ => raise!(vm, ValueError, "invalid tool {id} (must be between 0 and 5)"),
    }
}

/// The events that can be set for one code object.
const LOCAL: u32 = (Event::StopIteration.bit() << 1) - 1;

fn code_arg(vm: &Vm, v: Value) -> PyResult<Ref<Code>> {
    match v.downcast::<Code>() {
        Some(code) => Ok(code),
        None => raise!(vm, TypeError, "code must be a code object"),
    }
}

fn used(vm: &Vm, id: i64) -> PyResult<usize> {
    let n = tool(vm, id)?;
    if NAMES[n].get().is_none() {
        raise!(vm, ValueError, "tool {id} is not in use")
    }
    Ok(n)
}

const C_ENDS: u32 = Event::CReturn.bit() | Event::CRaise.bit();
const BRANCH: u32 = 1 << 18;
const SIDES: u32 = Event::BranchLeft.bit() | Event::BranchRight.bit();

fn event_set(vm: &Vm, set: i64) -> PyResult<u32> {
    if set < 0 || set >= 1 << EVENT_COUNT {
        raise!(vm, ValueError, "invalid event set 0x{:x}", set as u32)
    }
    let mut set = set as u32;
    let calls = Event::Call.bit() | C_ENDS;
    if set & C_ENDS != 0 && set & calls != calls {
        raise!(vm, ValueError, "cannot set C_RETURN or C_RAISE events independently")
    }
    if set & BRANCH != 0 {
        set = set & !BRANCH | SIDES;
    }
    Ok(set)
}

/// A set as programs see it: the ends of C calls belong to the calls.
fn shown(set: u32) -> i64 {
    (set & !C_ENDS) as i64
}

/// The ends of C calls are told with the calls.
fn kept(set: u32) -> u32 {
    if set & Event::Call.bit() != 0 { set | C_ENDS } else { set }
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
        if NAMES[n].get().is_none() {
            return Ok(());
        }
        events::set_global(n, 0);
        events::forget_local(n);
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
        if event <= 0 || event.count_ones() != 1 {
            raise!(vm, ValueError, "The callback can only be set for one event at a time")
        }
        let event = event.trailing_zeros() as usize;
        if event >= EVENT_COUNT {
            raise!(vm, ValueError, "invalid event {event}")
        }
        crate::sys_functions::audit(vm, "sys.monitoring.register_callback", &[func])?;
        let new = Some(func).filter(|f| !f.is_none());
        let mut old = None;
        // BRANCH stands for both sides.
        let slots: &[usize] = if event == 18 { &[8, 9] } else { &[event] };
        for slot in slots {
            old = CALLBACKS[n][*slot].get();
            CALLBACKS[n][*slot].set(new);
        }
        Ok(old.unwrap_or(none()))
    }

    #[pyfunction("($module, tool_id, /)")]
    fn get_events(vm: &Vm, tool_id: i64) -> PyResult<i64> {
        Ok(shown(events::global(tool(vm, tool_id)?)))
    }

    #[pyfunction("($module, tool_id, event_set, /)")]
    fn set_events(vm: &Vm, tool_id: i64, event_set: i64) -> PyResult<()> {
        let n = tool(vm, tool_id)?;
        let set = super::event_set(vm, event_set)?;
        used(vm, tool_id)?;
        events::set_global(n, kept(set));
        Ok(())
    }

    #[pyfunction("($module, tool_id, code, /)")]
    fn get_local_events(vm: &Vm, tool_id: i64, code: Value) -> PyResult<i64> {
        let code = code_arg(vm, code)?;
        let n = tool(vm, tool_id)?;
        Ok(shown(events::local(code, n)))
    }

    #[pyfunction("($module, tool_id, code, event_set, /)")]
    fn set_local_events(vm: &Vm, tool_id: i64, code: Value, event_set: i64) -> PyResult<()> {
        let code = code_arg(vm, code)?;
        let n = tool(vm, tool_id)?;
        let set = super::event_set(vm, event_set)?;
        if set & !(LOCAL | C_ENDS) != 0 {
            raise!(vm, ValueError, "invalid local event set 0x{event_set:x}")
        }
        used(vm, tool_id)?;
        events::set_local(code, n, kept(set));
        Ok(())
    }

    #[pyfunction("($module, /)")]
    fn restart_events(_vm: &Vm) {
        events::restart();
    }

    /// The tools of each event that somebody wants.
    #[pyfunction("($module, /)")]
    fn _all_events(vm: &Vm) -> Value {
        let all = crate::builtins::dict::Dict::new(vm);
        for (name, bit) in EVENTS.iter().take(16) {
            let tools = (0..8).filter(|t| events::global(*t) as i64 & bit != 0).map(|t| 1 << t).sum::<i64>();
            if tools != 0 {
                all.set_str(vm, name, vm.int(tools));
            }
        }
        all.value()
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let d = m.dict();
        for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
            d.set_str(vm, name, vm.int(id));
        }
        let sentinel = crate::builtins::object::Object::class();
        for (name, root) in [("DISABLE", &events::DISABLE), ("MISSING", &events::MISSING)] {
            let object = vm.alloc_instance(sentinel)?;
            root.set(Some(object));
            d.set_str(vm, name, object);
        }
        let fields: Vec<(&str, i64)> = EVENTS.to_vec();
        let events = crate::builtins::more::simple_namespace(vm, &[])?;
        for (name, bit) in fields {
            vm.set_attr(events, vm.intern_str(name), vm.int(bit))?;
        }
        d.set_str(vm, "events", events);
        Ok(())
    }
}
