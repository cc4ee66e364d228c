//! Reads what `print.rs` writes.

use crate::ir::{Const, Effect, Field, Frame, Function, Ref, Trace};
use crate::ops::{Describes, Kind, Row, TABLE};
use crate::print::{effect_text, kind_text};

const KINDS: [Kind; 5] = [Kind::Word, Kind::Int, Kind::Float, Kind::Bool, Kind::None];
const EFFECTS: [Effect; 4] = [Effect::Pure, Effect::Reads, Effect::Allocates, Effect::Any];

/// The trace, or what is wrong with which line.
pub fn parse(text: &str) -> Result<Trace, String> {
    let mut trace = Trace::default();
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        let read = match line.strip_prefix('@') {
            Some(rest) => snapshot(&mut trace, rest),
            None => operation(&mut trace, line),
        };
        if let Err(what) = read {
            return Err(format!("line {}: {what}: {line}", i + 1));
        }
    }
    Ok(trace)
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn reference(trace: &mut Trace, text: &str) -> Result<Ref, String> {
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit()).then(|| text.to_owned());
    let c = match text {
        "-" => return Ok(Ref::NONE),
        "true" => Const::Bool(true),
        "false" => Const::Bool(false),
        "empty" => Const::Empty,
        _ => {
            if let Some(n) = text.strip_prefix('v').and_then(digits) {
                return Ok(Ref(number(&n)?));
            }
            if let Some(n) = text.strip_prefix('w').and_then(digits) {
                Const::Word(number(&n)?)
            } else if let Some(x) = text.strip_suffix('f') {
                let x = match x.strip_prefix("nan:") {
                    Some(bits) => u64::from_str_radix(bits, 16).ok().map(f64::from_bits),
                    None => x.parse().ok(),
                };
                Const::Float(x.ok_or_else(|| format!("{text} is no float"))?)
            } else {
                Const::Int(text.parse().map_err(|_| format!("{text} is no operand"))?)
            }
        }
    };
    Ok(trace.constant(c))
}

fn kind(text: &str) -> Result<Kind, String> {
    KINDS.into_iter().find(|k| kind_text(*k) == text).ok_or_else(|| format!("{text} is no kind"))
}

fn field(text: &str) -> Result<Field, String> {
    if let Some((of, offset)) = text.split_once('+') {
        return Ok(Field { offset: number(offset)?, kind: kind(of)?, array: false });
    }
    match text.strip_suffix(']').and_then(|t| t.split_once('[')) {
        Some((of, offset)) => Ok(Field { offset: number(offset)?, kind: kind(of)?, array: true }),
        None => Err(format!("{text} is no field")),
    }
}

fn function(text: &str) -> Result<Function, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let [id, effect, result] = parts[..] else { return Err(format!("{text} is no function")) };
    let id = number(id.strip_prefix('f').unwrap_or(id))?;
    let effect = EFFECTS.into_iter().find(|e| effect_text(*e) == effect);
    Ok(Function { id, effect: effect.ok_or_else(|| format!("{text} has no effect"))?, result: kind(result)? })
}

fn descriptor(trace: &mut Trace, row: &Row, text: Option<&str>) -> Result<u32, String> {
    if row.describes == Describes::Nothing {
        return Ok(0);
    }
    let text = text.ok_or("too short")?;
    match row.describes {
        Describes::Field => field(text).map(|f| trace.field(f)),
        Describes::Function => function(text).map(|f| trace.function(f)),
        _ => number(text),
    }
}

fn operation(trace: &mut Trace, line: &str) -> Result<(), String> {
    let (result, rest) = match line.split_once(" = ") {
        Some((result, rest)) => (Some(result), rest),
        None => (None, line),
    };
    let mut words = rest.split_whitespace();
    let name = words.next().ok_or("no operation")?;
    let row = TABLE.iter().find(|r| r.text == name).ok_or_else(|| format!("no operation {name}"))?;
    let mut words: Vec<&str> = words.collect();
    let mut snapshot = u32::MAX;
    if let Some(s) = words.last().and_then(|w| w.strip_prefix('@')) {
        snapshot = number(s)?;
        words.pop();
    }
    let place = if row.variadic {
        let number = descriptor(trace, row, words.first().copied())?;
        let operands: Vec<Ref> =
            words[1..].iter().map(|w| reference(trace, w)).collect::<Result<_, String>>()?;
        trace.push_list(row.op, &operands, number, snapshot)
    } else {
        let n = row.operands.len();
        if words.len() != n + (row.describes != Describes::Nothing) as usize {
            return Err("the wrong number of operands".to_owned());
        }
        let operands: Vec<Ref> =
            words[..n].iter().map(|w| reference(trace, w)).collect::<Result<_, String>>()?;
        let number = descriptor(trace, row, words.get(n).copied())?;
        trace.push(row.op, &operands, number, snapshot)
    };
    match result {
        Some(name) if name != format!("v{}", place.0) => Err(format!("this is v{}", place.0)),
        _ => Ok(()),
    }
}

fn snapshot(trace: &mut Trace, rest: &str) -> Result<(), String> {
    let mut words = rest.split_whitespace();
    let place = number(words.next().unwrap_or(""))?;
    let (mut frames, mut slots) = (vec![], vec![]);
    for word in words {
        if let Some((slot, r)) = word.split_once('=') {
            slots.push((number(slot)?, reference(trace, r)?));
            continue;
        }
        let (id, rest) = word.strip_prefix('f').and_then(|w| w.split_once(':')).ok_or("no frame")?;
        let (at, carries) = match rest.strip_suffix(')').and_then(|r| r.split_once('(')) {
            Some((at, carries)) => {
                let (a, b) = carries.split_once(',').ok_or("a frame carries two words")?;
                (at, [reference(trace, a)?, reference(trace, b)?])
            }
            None => (rest, [Ref::NONE; 2]),
        };
        frames.push(Frame { id: number(id)?, at: number(at)?, carries });
    }
    if trace.snapshot(&frames, &slots) != place {
        return Err("snapshots out of order, or one like the one before".to_owned());
    }
    Ok(())
}
