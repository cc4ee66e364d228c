//! Other ways to execute instructions than the interpreter's, in builds with debug assertions.
//!
//! `ADDER_MACHINE=checker` executes everything on `checker.rs`, which enforces the rule for handlers;
//! `checker:SEED` also makes tests fail on purpose. `ADDER_MACHINE=recorder` records loops and runs the traces:
//! see `recorder/`.

pub mod checker;
pub mod recorder;

use crate::error::{PyResult, Raised};
use crate::execution::instr::Op;
use crate::execution::interp::Interp;
use crate::execution::run;
use crate::object::Value;
use crate::semantics::machine::Flow;
use crate::vm::Vm;
use std::sync::OnceLock;

/// What `ADDER_MACHINE` names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Choice {
    Interp,
    /// With the seed of the failures, if there are to be any.
    Checker(Option<u64>),
    Recorder(recorder::Log),
}

/// What is done at the start of a loop.
type AtLoop = fn(&mut Interp, recorder::Log) -> Flow;

static CHOICE: OnceLock<Choice> = OnceLock::new();

fn choice() -> Choice {
    *CHOICE.get_or_init(|| {
        let text = std::env::var("ADDER_MACHINE").unwrap_or_default();
        let (name, argument) = text.split_once(':').unwrap_or((&text, ""));
        match name {
            "" | "interp" => Choice::Interp,
            "checker" => Choice::Checker(argument.parse().ok()),
            "recorder" => Choice::Recorder(match argument {
                "log" => recorder::Log::Events,
                "print" => recorder::Log::Traces,
                _ => recorder::Log::Nothing,
            }),
            _ => panic!("ADDER_MACHINE: there is no machine {name}"),
        }
    })
}

/// Runs the top frame, which must be an entry frame, until it returns.
pub fn run(vm: &'static Vm, raised: Option<Raised>) -> PyResult<Value> {
    if raised.is_some() {
        run::thrown(vm)?;
    }
    match choice() {
        Choice::Interp => interpret(vm, None),
        Choice::Checker(seed) => checker::run(vm, seed),
        Choice::Recorder(log) => interpret(vm, Some((recorder::at_loop, log))),
    }
}

/// The interpreter's loop; `at_loop` is called after backward jumps. (That the recorder's is the same code lets
/// them leave the same words behind on the native stack, where the collector finds them.)
fn interpret(vm: &'static Vm, at_loop: Option<(AtLoop, recorder::Log)>) -> PyResult<Value> {
    let mut m = Interp::saved(vm);
    loop {
        // SAFETY: pc points at an instruction of the running body.
        let i = unsafe { *m.pc };
        m.pc = unsafe { m.pc.add(1) };
        let mut flow = crate::semantics::step(&mut m, i);
        if i.op == Op::JumpBack
            && flow == Flow::Next
            && let Some((at_loop, log)) = at_loop
        {
            flow = at_loop(&mut m, log);
        }
        if let Some(result) = after(&mut m, flow)? {
            return Ok(result);
        }
    }
}

/// What follows an instruction: the next one; a handler; or the end of the loop, with a result.
#[inline(always)]
fn after(m: &mut Interp, flow: Flow) -> PyResult<Option<Value>> {
    match flow {
        Flow::Next | Flow::Switch | Flow::Leave => Ok(None),
        Flow::Done => Ok(Some(run::returned(m.vm))),
        Flow::Raise => {
            run::unwind(m.vm)?;
            m.reload();
            Ok(None)
        }
    }
}
