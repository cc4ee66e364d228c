//! Bodies with events: the same instructions with `Event` words between them.
//!
//! A code object has up to two translations. The plain one is what runs normally; the other one has an
//! `Event` before each bytecode instruction and before what returns, yields or calls. Both have the same
//! registers, and without the `Event` words they are equal, so a frame can go from one to the other at
//! any instruction, and nothing is paid while no event is wanted.

use crate::builtins::code::Code;
use crate::execution::body::Body;
use crate::execution::instr::{Instr, Op};
use adder_compiler::opcode::{Instruction, Opcode, instructions};
use adder_compiler::tables::exception_entries;

/// What an `Event` word is about: operand a.
pub mod kind {
    /// The bytecode instruction that comes next.
    pub const INSTRUCTION: u16 = 0;
    /// The value in operand b is returned.
    pub const RETURN: u16 = 1;
    /// The value in operand b is yielded.
    pub const YIELD: u16 = 2;
    /// The call that comes next.
    pub const CALL: u16 = 3;
}

/// What events need to know about the code.
pub struct EventTable {
    /// For each word of this body, how many words of the plain one come before it.
    pub plain_at: Box<[u32]>,
    /// For each word of the plain body, the place right behind the word before it in this one.
    pub here_at: Box<[u32]>,
    /// For each bytecode unit, whether a line starts there.
    pub line_start: Box<[bool]>,
    /// For each bytecode unit, its line, or -1.
    pub lines: Box<[i32]>,
}

/// Which units start a line: those whose line differs from the one before, targets of jumps from another line,
/// and handlers. CPython's `initialize_lines`.
fn line_starts(code: &[u8], exceptions: &[u8], lines: &[i32]) -> Box<[bool]> {
    use Opcode::*;
    let all: Vec<Instruction> = instructions(code).collect();
    let mut starts = vec![false; lines.len()];
    let line = |unit: usize| lines.get(unit).copied().unwrap_or(-1);
    let never = |op: Opcode| matches!(op, END_ASYNC_FOR | END_FOR | END_SEND | RESUME | POP_ITER);
    let at_unit = |unit: usize| all.iter().find(|i| i.start == unit);
    let first = all.iter().position(|i| i.opcode == RESUME).unwrap_or(0);
    let mut current = -1;
    for i in &all[first..] {
        if !never(i.opcode) {
            if line(i.start) != current && line(i.start) >= 0 {
                starts[i.offset] = true;
            }
            current = line(i.start);
        }
    }
    for i in &all[first..] {
        let Some(target) = i.jump_target() else { continue };
        let mut at = at_unit(target);
        // The END_FOR and POP_ITER of a loop are skipped.
        while let Some(t) = at.filter(|t| matches!(t.opcode, END_FOR | POP_ITER)) {
            at = at_unit(t.next());
        }
        if let Some(t) = at
            && !never(t.opcode)
            && line(t.start) != line(i.start)
            && line(t.start) >= 0
        {
            starts[t.offset] = true;
        }
    }
    for entry in exception_entries(exceptions) {
        if let Some(t) = at_unit(entry.target as usize)
            && !never(t.opcode)
            && line(t.start) >= 0
        {
            starts[t.offset] = true;
        }
    }
    starts.into_boxed_slice()
}

impl EventTable {
    /// The table of a translation with events; None if it does not fit the plain one.
    pub fn new(code: &Code, here: &[Instr], plain: &Body) -> Option<EventTable> {
        let mut plain_at = Vec::with_capacity(here.len() + 1);
        let mut here_at = vec![0u32];
        let mut n = 0;
        for (at, i) in here.iter().enumerate() {
            plain_at.push(n);
            if i.op != Op::Event {
                n += 1;
                here_at.push(at as u32 + 1);
            }
        }
        plain_at.push(n);
        if n as usize != plain.code.len() {
            return None;
        }
        let units = code.plain.code.len() / 2;
        let lines: Box<[i32]> = (0..units).map(|u| code.line_of(u as u32).unwrap_or(-1)).collect();
        let line_start = line_starts(&code.plain.code, &code.plain.exceptiontable, &lines);
        Some(EventTable {
            plain_at: plain_at.into_boxed_slice(),
            here_at: here_at.into_boxed_slice(),
            line_start,
            lines,
        })
    }
}

impl Body {
    /// A position in this body as one in the plain body.
    pub fn to_plain(&self, at: u32) -> u32 {
        match &self.events {
            Some(table) => table.plain_at[at as usize],
            None => at,
        }
    }

    /// A position in the plain body as one in this body.
    #[inline(always)]
    pub fn from_plain(&self, at: u32) -> u32 {
        match &self.events {
            Some(table) => table.here_at[at as usize],
            None => at,
        }
    }
}
