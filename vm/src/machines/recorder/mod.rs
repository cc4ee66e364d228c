//! Traces loops, and runs the traces in the reference evaluator of `jit/`.
//!
//! A loop that went round a few times is executed once by the `Machine` that records (`machine.rs`). From
//! then on, whenever an interpreted backward jump leads to its start, the evaluator takes over, until a guard
//! fails; then the interpreter goes on. There is no machine code: this is slower than interpretation, and
//! made to find out whether recording is right. What instructions do besides generic semantics, traces leave
//! to the interpreter; loops in which exceptions are raised are not recorded.
//!
//! `ADDER_MACHINE=recorder:log` writes a line for every trace, every recording given up and every exit to the
//! standard error output, `recorder:print` the traces, too.

mod host;
mod machine;
mod recording;
mod tables;

use crate::execution::frame::Control;
use crate::execution::instr::{Instr, Op};
use crate::execution::interp::Interp;
use crate::semantics::machine::Flow;
use crate::semantics::step;
use adder_heap::GilCell;
use adder_jit::abort::Abort;
use adder_jit::eval::{self, Exit};
use adder_jit::ir::Trace;
use adder_jit::ops;
use machine::Recorder;
use recording::Recording;
use std::collections::BTreeMap;
use std::rc::Rc;
use tables::Tables;

/// A loop is recorded when it has gone round so often.
const THRESHOLD: u32 = 2;
/// A recording that is given up is tried again so often.
const ATTEMPTS: u32 = 3;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub enum Log {
    Nothing,
    Events,
    Traces,
}

struct Compiled {
    trace: Trace,
    tables: Tables,
    /// Function, file and line.
    place: String,
}

enum Loop {
    Counted { rounds: u32, failures: u32 },
    Traced(Rc<Compiled>),
}

/// By the address of the first instruction. The code object of a trace is one of its constants.
static LOOPS: GilCell<BTreeMap<usize, Loop>> = GilCell::new(BTreeMap::new());
/// A recording is being made; what it calls is interpreted.
static RECORDING: GilCell<bool> = GilCell::new(false);

/// Whether the frame is one whose registers only its own code sees.
fn is_private(frame: &Control) -> bool {
    frame.object == 0 && frame.owned == 0 && frame.body().events.is_none()
}

/// The start of a loop was reached by a backward jump.
#[inline(never)]
pub fn at_loop(m: &mut Interp, log: Log) -> Flow {
    if *RECORDING.get() {
        return Flow::Next;
    }
    // SAFETY: running-frame.
    if !is_private(unsafe { &*m.frame }) {
        return Flow::Next;
    }
    let entry = LOOPS.get().entry(m.pc as usize).or_insert(Loop::Counted { rounds: 0, failures: 0 });
    match entry {
        Loop::Traced(compiled) => {
            let compiled = compiled.clone();
            evaluate(m, &compiled, log)
        }
        Loop::Counted { failures: ATTEMPTS, .. } => Flow::Next,
        Loop::Counted { rounds, .. } => {
            *rounds += 1;
            if *rounds < THRESHOLD {
                return Flow::Next;
            }
            *rounds = 0;
            record(m, log)
        }
    }
}

/// Runs a trace that begins where the interpreter is.
fn evaluate(m: &mut Interp, compiled: &Compiled, log: Log) -> Flow {
    // The collector sees the first instruction as being executed.
    // SAFETY: running-frame; the loop has at least one instruction.
    unsafe { (*m.frame).pc = m.pc.add(1) };
    let mut host = host::Run::new(m.vm, &compiled.tables, compiled.trace.insts.len());
    let exit = eval::run(&compiled.trace, &mut host, u64::MAX);
    if log >= Log::Events {
        let (Exit::Guard(at) | Exit::Raised(at) | Exit::Left(at)) = exit else { unreachable!("no limit") };
        let row = compiled.trace.insts[at].op.row();
        eprintln!("recorder: left {} at v{at}, {}", compiled.place, row.text);
    }
    if let Exit::Raised(_) = exit {
        return Flow::Raise;
    }
    if host.ended {
        return Flow::Done;
    }
    m.reload();
    Flow::Next
}

/// Executes once round the loop that begins where the interpreter is, and records it.
fn record(m: &mut Interp, log: Log) -> Flow {
    let header = m.pc;
    // SAFETY: running-frame.
    let code = unsafe { (*m.frame).code() };
    let unit = unsafe { (&(*m.body).origin)[header.offset_from((&(*m.body).code).as_ptr()) as usize] };
    let line = code.line_of(unit).unwrap_or(0);
    let place = format!("{} ({}:{line})", code.name.get(), code.filename.get());
    let mut r = Recorder { m: *m, rec: Recording::new(m.frame, m.body, header) };
    r.rec.tables.word(code.value());
    *RECORDING.get() = true;
    let mut flow;
    loop {
        // SAFETY: pc points at an instruction of the running body.
        let i: Instr = unsafe { *r.m.pc };
        r.rec.begin(r.m.pc);
        r.m.pc = unsafe { r.m.pc.add(1) };
        flow = record_step(&mut r, i);
        if r.rec.abort.is_some() || matches!(flow, Flow::Raise | Flow::Done | Flow::Leave) {
            r.rec.give_up(Abort::Raised);
            break;
        }
        if i.op == Op::JumpBack {
            if r.m.pc == header && r.rec.frames.len() == 1 {
                break;
            }
            if matches!(LOOPS.get().get(&(r.m.pc as usize)), Some(Loop::Traced(_))) {
                r.rec.give_up(Abort::InnerLoop);
                break;
            }
        }
    }
    *RECORDING.get() = false;
    *m = r.m;
    let mut rec = r.rec;
    let Some(why) = rec.abort else {
        // The registers are those at the first instruction, which the collector sees as being executed.
        rec.begin(header);
        // SAFETY: the loop has at least one instruction.
        let snapshot = rec.snapshot(unsafe { header.add(1) });
        rec.trace.push(ops::Op::Loop, &[], 0, snapshot);
        if let Err(what) = adder_jit::verify::verify(&rec.trace) {
            panic!("{what}\n{}", rec.trace);
        }
        if log >= Log::Events {
            eprintln!("recorder: trace of {place}");
        }
        if log >= Log::Traces {
            eprint!("{}", rec.trace);
        }
        let compiled = Rc::new(Compiled { trace: rec.trace, tables: rec.tables, place });
        LOOPS.get().insert(header as usize, Loop::Traced(compiled));
        return flow;
    };
    if log >= Log::Events {
        eprintln!("recorder: {place} given up: {}", why.text());
    }
    if let Some(Loop::Counted { failures, .. }) = LOOPS.get().get_mut(&(header as usize)) {
        *failures += 1;
    }
    flow
}

#[inline(never)]
fn interpret(m: &mut Interp, i: Instr) -> Flow {
    step(m, i)
}

#[inline(never)]
fn record_step(r: &mut Recorder, i: Instr) -> Flow {
    step(r, i)
}
