//! Checks that a trace keeps the rules of the table.

use crate::ir::{Inst, Ref, Snapshot, Trace};
use crate::ops::{Describes, Effects, Kind, Op};

/// What is wrong with the trace, if something is.
pub fn verify(trace: &Trace) -> Result<(), String> {
    let Some(last) = trace.insts.last() else { return Err("an empty trace".to_owned()) };
    if last.op.row().effects != Effects::Ends {
        return Err("the trace has no end".to_owned());
    }
    for (i, inst) in trace.insts.iter().enumerate() {
        let failed = |what: &str| Err(format!("v{i}, {}: {what}", inst.op.row().text));
        if inst.op.row().effects == Effects::Ends && i + 1 < trace.insts.len() {
            return failed("operations after the end");
        }
        if let Err(what) = operation(trace, i, inst) {
            return failed(&what);
        }
    }
    Ok(())
}

fn operation(trace: &Trace, place: usize, inst: &Inst) -> Result<(), String> {
    let row = inst.op.row();
    for (n, r) in trace.operands(inst).iter().enumerate() {
        let wanted = if row.variadic { Kind::Word } else { row.operands[n] };
        reference(trace, place, r, wanted)?;
    }
    if inst.op == Op::GuardWord && !trace.operands(inst).get(1).is_constant() {
        return Err("the second word is no constant".to_owned());
    }
    let described = match row.describes {
        Describes::Field => trace.fields.len(),
        Describes::Function => trace.functions.len(),
        _ => usize::MAX,
    };
    if inst.number as usize >= described {
        return Err("no such descriptor".to_owned());
    }
    if !trace.leaves(inst) {
        return Ok(());
    }
    match trace.snapshots().get(inst.snapshot as usize) {
        Some(s) => snapshot(trace, place, *s),
        None => Err("no such snapshot".to_owned()),
    }
}

fn snapshot(trace: &Trace, place: usize, s: Snapshot) -> Result<(), String> {
    if trace.frames_of(s).is_empty() {
        return Err("a snapshot without frames".to_owned());
    }
    let carried = trace.frames_of(s).iter().flat_map(|f| f.carries).filter(|r| *r != Ref::NONE);
    for r in carried.chain(trace.slots_of(s).iter().map(|(_, r)| *r)) {
        reference(trace, place, r, Kind::Word)?;
    }
    Ok(())
}

fn reference(trace: &Trace, place: usize, r: Ref, wanted: Kind) -> Result<(), String> {
    let known = r != Ref::NONE
        && match r.resolve() {
            Ok(i) => i < place,
            Err(k) => k < trace.consts.len(),
        };
    if !known {
        return Err(format!("{r:?} is not defined"));
    }
    if trace.kind_of(r) != wanted {
        return Err(format!("{r:?} is no {}", crate::print::kind_text(wanted)));
    }
    Ok(())
}
