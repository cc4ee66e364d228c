//! A trace in the making: what the recorder knows besides the values.
//!
//! Registers are slots, counted from the first register of the frame that the trace begins in; those of
//! inlined calls lie among them, as the frames do. A slot that the trace has written has the operation that
//! made its value; the others are still in memory.

use super::tables::{Action, Callee, Condition, FrameKind, Tables};
use crate::execution::body::Body;
use crate::execution::frame::Control;
use crate::execution::instr::Instr;
use crate::object::Value;
use adder_jit::abort::Abort;
use adder_jit::ir::{Const, Effect, Field, Frame, Function, Ref, Trace};
use adder_jit::ops::{Kind, Op};

/// Longer traces are given up.
const MAX_OPERATIONS: usize = 3000;
/// Calls inside each other that are inlined.
const MAX_DEPTH: usize = 12;

/// A frame that the trace has entered and not left.
#[derive(Clone, Copy)]
pub struct OpenFrame {
    pub id: u32,
    pub first: u32,
    /// None: the interpreter has pushed the frame, so it is there already.
    pub function: Ref,
    /// The instance that a class's `__init__` works on.
    pub extra: Ref,
}

pub struct Recording {
    pub trace: Trace,
    pub tables: Tables,
    pub base: *mut Control,
    pub frames: Vec<OpenFrame>,
    slots: Vec<Ref>,
    pub abort: Option<Abort>,
    /// The start of the instruction being executed, and its snapshot once there is one.
    start: *const Instr,
    here: Option<u32>,
    /// Something was called that may do anything.
    disturbed: bool,
    /// Operands whose type this instruction has tested.
    tested: Vec<Ref>,
}

impl Recording {
    pub fn new(base: *mut Control, body: *const Body, header: *const Instr) -> Recording {
        let frame = OpenFrame { id: 0, first: 0, function: Ref::NONE, extra: Ref::NONE };
        Recording {
            trace: Trace::default(),
            tables: Tables::new(body),
            base,
            frames: vec![frame],
            slots: vec![],
            abort: None,
            start: header,
            here: None,
            disturbed: false,
            tested: vec![],
        }
    }

    /// Gives up. What is executed until the instruction ends is not recorded.
    pub fn give_up(&mut self, why: Abort) {
        self.abort.get_or_insert(why);
    }

    pub fn begin(&mut self, start: *const Instr) {
        (self.start, self.here) = (start, None);
        self.tested.clear();
        if std::mem::take(&mut self.disturbed) {
            let frames = self.frames.iter().map(|f| f.id).collect();
            self.holds(Condition::Undisturbed { frames });
        }
        if self.trace.insts.len() > MAX_OPERATIONS {
            self.give_up(Abort::TooLong);
        }
    }

    /// The word of a body that `pc` points at.
    fn index(&self, id: u32, pc: *const Instr) -> u32 {
        let body = self.tables.frames[id as usize].body;
        // SAFETY: body-of-code.
        unsafe { pc.offset_from((&(*body).code).as_ptr()) as u32 }
    }

    /// A snapshot of the state now, from which the running frame goes on at `pc`.
    pub fn snapshot(&mut self, pc: *const Instr) -> u32 {
        if self.abort.is_some() {
            return u32::MAX;
        }
        let mut frames = Vec::with_capacity(self.frames.len());
        for (i, f) in self.frames.iter().enumerate() {
            let at = match i + 1 < self.frames.len() {
                // SAFETY: the frames of the recording are those on the stack.
                true => unsafe { (*self.base.add(i)).pc },
                false => pc,
            };
            frames.push(Frame { id: f.id, at: self.index(f.id, at), carries: [f.function, f.extra] });
        }
        let changed = self.slots.iter().enumerate().filter(|(_, r)| **r != Ref::NONE);
        let slots: Vec<(u32, Ref)> = changed.map(|(i, r)| (i as u32, *r)).collect();
        self.trace.snapshot(&frames, &slots)
    }

    /// The snapshot at the start of the instruction; to be asked for before frames are popped.
    pub fn here(&mut self) -> u32 {
        if let Some(s) = self.here {
            return s;
        }
        let s = self.snapshot(self.start);
        self.here = Some(s);
        s
    }

    pub fn emit(&mut self, op: Op, operands: &[Ref]) -> Ref {
        self.emit_with(op, operands, 0)
    }

    pub fn emit_with(&mut self, op: Op, operands: &[Ref], number: u32) -> Ref {
        if self.abort.is_some() {
            return Ref::NONE;
        }
        let snapshot = if op.row().snapshot { self.here() } else { u32::MAX };
        self.trace.push(op, operands, number, snapshot)
    }

    /// A guard whose failure goes on somewhere else than at the start of the instruction.
    pub fn emit_at(&mut self, op: Op, operands: &[Ref], pc: *const Instr) {
        if self.abort.is_none() {
            let snapshot = self.snapshot(pc);
            self.trace.push(op, operands, 0, snapshot);
        }
    }

    /// As `emit_at`, where register `dest` holds `known` then.
    pub fn emit_at_with(&mut self, op: Op, operands: &[Ref], pc: *const Instr, dest: u16, known: Ref) {
        let slots = self.slots.clone();
        self.set(dest, known);
        self.emit_at(op, operands, pc);
        self.slots = slots;
    }

    /// Whether the type of this operand is known already; from now on it is.
    pub fn is_tested(&mut self, r: Ref) -> bool {
        if r.is_constant() || self.tested.contains(&r) {
            return true;
        }
        self.tested.push(r);
        false
    }

    pub fn holds(&mut self, c: Condition) {
        let c = self.tables.condition(c);
        self.emit_with(Op::GuardHolds, &[], c);
    }

    /// A call; one with any effect is seen from `pc`.
    pub fn call(
        &mut self,
        callee: Callee,
        effect: Effect,
        result: Kind,
        operands: &[Ref],
        pc: *const Instr,
    ) -> Ref {
        if self.abort.is_some() {
            return Ref::NONE;
        }
        let snapshot = if effect == Effect::Any { self.snapshot(pc) } else { u32::MAX };
        self.disturbed |= effect == Effect::Any;
        let id = self.tables.callee(callee);
        let number = self.trace.function(Function { id, effect, result });
        self.trace.push_list(Op::Call, operands, number, snapshot)
    }

    /// The instruction is left to the interpreter, which goes on at `next` of the frame `top` now.
    pub fn perform(&mut self, top: *mut Control, next: *const Instr) {
        if self.abort.is_some() {
            return;
        }
        let snapshot = self.here();
        let action = self.tables.actions.len() as u32;
        self.trace.push(Op::Perform, &[], action, snapshot);
        self.slots.clear();
        self.disturbed = true;
        // SAFETY: both are records of the same stack.
        let depth = unsafe { top.offset_from(self.base) };
        match depth - (self.frames.len() as isize - 1) {
            0 => {}
            1 => self.pushed(top),
            -1 if depth >= 0 => drop(self.frames.pop()),
            _ => return self.give_up(Abort::LeftTheLoop),
        }
        let frame = self.frames[self.frames.len() - 1].id;
        let next = self.index(frame, next);
        self.tables.actions.push(Action { depth: depth as usize, frame, next });
    }

    /// The interpreter has pushed a frame.
    fn pushed(&mut self, top: *mut Control) {
        // SAFETY: running-frame.
        let (new, base) = unsafe { (&*top, &*self.base) };
        if new.body().events.is_some() {
            self.give_up(Abort::Interrupted);
        }
        let first = unsafe { new.regs.offset_from(base.regs) } as u32;
        let kind = FrameKind { body: new.body, first, dest: new.dest, kind: new.kind };
        let id = self.tables.frame(kind);
        self.enter(id, Ref::NONE, Ref::NONE);
    }

    pub fn constant(&mut self, v: Value) -> Ref {
        let word = self.tables.word(v);
        self.trace.constant(Const::Word(word))
    }

    pub fn empty(&mut self) -> Ref {
        self.trace.constant(Const::Empty)
    }

    pub fn field(&mut self, offset: u32, kind: Kind) -> u32 {
        self.trace.field(Field { offset, kind, array: false })
    }

    pub fn array(&mut self, offset: u32) -> u32 {
        self.trace.field(Field { offset, kind: Kind::Word, array: true })
    }

    /// The slot of a register of the running frame.
    fn place(&self, r: u16) -> usize {
        self.frames[self.frames.len() - 1].first as usize + r as usize
    }

    pub fn reg(&mut self, r: u16) -> Ref {
        let at = self.place(r);
        match self.slots.get(at) {
            Some(known) if *known != Ref::NONE => *known,
            _ => self.emit_with(Op::Slot, &[], at as u32),
        }
    }

    pub fn set(&mut self, r: u16, known: Ref) {
        let at = self.place(r);
        if self.slots.len() <= at {
            self.slots.resize(at + 1, Ref::NONE);
        }
        self.slots[at] = known;
    }

    /// The function of the running frame.
    pub fn function(&mut self) -> Ref {
        match self.frames[self.frames.len() - 1].function {
            Ref::NONE => {
                self.emit_with(Op::Slot, &[], super::tables::FUNCTION + self.frames.len() as u32 - 1)
            }
            f => f,
        }
    }

    /// The kind of frame that a call from the running frame would push.
    pub fn callee_frame(&mut self, body: *const Body, first: u16, dest: u16, init: bool) -> u32 {
        use crate::execution::frame::Kind;
        let first = self.place(first) as u32;
        let kind = if init { Kind::Init } else { Kind::Call };
        self.tables.frame(FrameKind { body, first, dest, kind })
    }

    pub fn room(&mut self, frame: u32) {
        let depth = self.frames.len();
        if depth > MAX_DEPTH {
            self.give_up(Abort::TooDeep);
        }
        self.holds(Condition::Room { frame, depth });
    }

    /// The last call was of something that only makes an object.
    pub fn only_allocated(&mut self) {
        self.disturbed = false;
    }

    /// The trace goes on in a frame that was pushed.
    pub fn enter(&mut self, id: u32, function: Ref, extra: Ref) {
        let first = self.tables.frames[id as usize].first;
        self.frames.push(OpenFrame { id, first, function, extra });
    }

    /// The trace goes on in the caller; the callee's slots are dead.
    pub fn leave(&mut self) -> OpenFrame {
        let left = self.frames.pop().expect("an inlined frame");
        self.slots.truncate(left.first as usize);
        left
    }
}
