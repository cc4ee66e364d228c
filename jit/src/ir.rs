//! Traces: operations, constants, descriptors, snapshots.
//!
//! Operations lie in one vector, in the order in which they happened, and refer to each other by their
//! places. Nothing in a trace is a reference to an object of the host: constants that are words are numbers
//! in a table of the host's, where its collector finds them.

use crate::ops::{Kind, Op};

/// An operation or, with the highest bit, a constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(pub u32);

const CONSTANT: u32 = 1 << 31;

impl Ref {
    /// No operand.
    pub const NONE: Ref = Ref(u32::MAX);

    pub fn constant(k: usize) -> Ref {
        Ref(k as u32 | CONSTANT)
    }

    /// The place of an operation, or the number of a constant.
    pub fn resolve(self) -> Result<usize, usize> {
        debug_assert!(self != Ref::NONE);
        if self.0 & CONSTANT == 0 { Ok(self.0 as usize) } else { Err((self.0 & !CONSTANT) as usize) }
    }

    pub fn is_constant(self) -> bool {
        self != Ref::NONE && self.0 & CONSTANT != 0
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Const {
    Int(i64),
    Float(f64),
    Bool(bool),
    /// The empty word.
    Empty,
    /// Number of a word in the host's table.
    Word(u32),
}

impl Const {
    pub fn kind(self) -> Kind {
        match self {
            Const::Int(_) => Kind::Int,
            Const::Float(_) => Kind::Float,
            Const::Bool(_) => Kind::Bool,
            Const::Empty | Const::Word(_) => Kind::Word,
        }
    }
}

impl PartialEq for Const {
    fn eq(&self, other: &Const) -> bool {
        match (*self, *other) {
            (Const::Int(a), Const::Int(b)) => a == b,
            // Zeros and NaNs are told apart.
            (Const::Float(a), Const::Float(b)) => a.to_bits() == b.to_bits(),
            (Const::Bool(a), Const::Bool(b)) => a == b,
            (Const::Empty, Const::Empty) => true,
            (Const::Word(a), Const::Word(b)) => a == b,
            _ => false,
        }
    }
}

/// A field of objects, or the start of an array of words: a byte offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    pub offset: u32,
    pub kind: Kind,
    /// Whether it is the first item of an array.
    pub array: bool,
}

/// What calling a function of the host may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Depends on its operands only and cannot fail.
    Pure,
    /// Depends on memory, too, and cannot fail.
    Reads,
    /// Makes a new object and cannot fail.
    Allocates,
    /// Anything, among it failing and looking at the slots: such a call has a snapshot.
    Any,
}

/// A function of the host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Function {
    /// The host's number for it.
    pub id: u32,
    pub effect: Effect,
    pub result: Kind,
}

/// One operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Inst {
    pub op: Op,
    /// Operands; of a variadic operation, start and end in `Trace::lists`.
    args: [u32; 3],
    /// A slot, a shape, the place of a descriptor, or a number of the host's: see `Op::row`.
    pub number: u32,
    /// The place of a snapshot, or u32::MAX.
    pub snapshot: u32,
}

impl std::fmt::Debug for Ref {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match *self {
            Ref::NONE => f.write_str("-"),
            r => match r.resolve() {
                Ok(i) => write!(f, "v{i}"),
                Err(k) => write!(f, "k{k}"),
            },
        }
    }
}

/// An activation of the host's that is to exist when the trace is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame {
    /// The host's number for the kind of activation.
    pub id: u32,
    /// Where it goes on.
    pub at: u32,
    /// Two words that belong to it.
    pub carries: [Ref; 2],
}

/// The host's state at a point of the trace, as far as the trace has changed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Snapshot {
    pub frames: (u32, u32),
    pub slots: (u32, u32),
}

#[derive(Clone, Default, Debug)]
pub struct Trace {
    pub insts: Vec<Inst>,
    pub consts: Vec<Const>,
    pub fields: Vec<Field>,
    pub functions: Vec<Function>,
    lists: Vec<Ref>,
    snapshots: Vec<Snapshot>,
    frames: Vec<Frame>,
    slots: Vec<(u32, Ref)>,
}

/// The place of an element, which is added if it is not there.
fn intern<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    match all.iter().position(|x| *x == one) {
        Some(i) => i,
        None => {
            all.push(one);
            all.len() - 1
        }
    }
}

impl Trace {
    pub fn constant(&mut self, c: Const) -> Ref {
        Ref::constant(intern(&mut self.consts, c))
    }

    pub fn field(&mut self, f: Field) -> u32 {
        intern(&mut self.fields, f) as u32
    }

    pub fn function(&mut self, f: Function) -> u32 {
        intern(&mut self.functions, f) as u32
    }

    /// Appends an operation with a fixed number of operands.
    pub fn push(&mut self, op: Op, operands: &[Ref], number: u32, snapshot: u32) -> Ref {
        debug_assert!(!op.row().variadic && operands.len() == op.row().operands.len());
        let mut args = [Ref::NONE.0; 3];
        for (to, from) in args.iter_mut().zip(operands) {
            *to = from.0;
        }
        self.append(Inst { op, args, number, snapshot })
    }

    /// Appends an operation on any number of words.
    pub fn push_list(&mut self, op: Op, operands: &[Ref], number: u32, snapshot: u32) -> Ref {
        debug_assert!(op.row().variadic);
        let start = self.lists.len() as u32;
        self.lists.extend_from_slice(operands);
        let args = [start, self.lists.len() as u32, Ref::NONE.0];
        self.append(Inst { op, args, number, snapshot })
    }

    fn append(&mut self, inst: Inst) -> Ref {
        self.insts.push(inst);
        Ref(self.insts.len() as u32 - 1)
    }

    /// Adds a snapshot. One like the last is that one.
    pub fn snapshot(&mut self, frames: &[Frame], slots: &[(u32, Ref)]) -> u32 {
        if let Some(last) = self.snapshots.last().copied()
            && self.frames_of(last) == frames
            && self.slots_of(last) == slots
        {
            return self.snapshots.len() as u32 - 1;
        }
        let (frame, slot) = (self.frames.len() as u32, self.slots.len() as u32);
        self.frames.extend_from_slice(frames);
        self.slots.extend_from_slice(slots);
        self.snapshots.push(Snapshot {
            frames: (frame, self.frames.len() as u32),
            slots: (slot, self.slots.len() as u32),
        });
        self.snapshots.len() as u32 - 1
    }

    pub fn operands<'a>(&'a self, inst: &'a Inst) -> Operands<'a> {
        if inst.op.row().variadic {
            Operands { list: &self.lists[inst.args[0] as usize..inst.args[1] as usize], inst, n: 0 }
        } else {
            Operands { list: &[], inst, n: inst.op.row().operands.len() }
        }
    }

    pub fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    pub fn frames_of(&self, s: Snapshot) -> &[Frame] {
        &self.frames[s.frames.0 as usize..s.frames.1 as usize]
    }

    pub fn slots_of(&self, s: Snapshot) -> &[(u32, Ref)] {
        &self.slots[s.slots.0 as usize..s.slots.1 as usize]
    }

    /// What the result of an operation is.
    pub fn result(&self, inst: &Inst) -> Kind {
        match inst.op.row().result {
            Kind::Given => self.functions[inst.number as usize].result,
            kind => kind,
        }
    }

    pub fn kind_of(&self, r: Ref) -> Kind {
        match r.resolve() {
            Ok(i) => self.result(&self.insts[i]),
            Err(k) => self.consts[k].kind(),
        }
    }

    /// Whether an operation has a snapshot.
    pub fn leaves(&self, inst: &Inst) -> bool {
        inst.op.row().snapshot
            || inst.op == Op::Call && self.functions[inst.number as usize].effect == Effect::Any
    }
}

/// The operands of one operation.
#[derive(Clone, Copy)]
pub struct Operands<'a> {
    list: &'a [Ref],
    inst: &'a Inst,
    n: usize,
}

impl<'a> Operands<'a> {
    pub fn len(&self) -> usize {
        self.list.len() + self.n
    }

    pub fn get(&self, i: usize) -> Ref {
        if self.n > 0 { Ref(self.inst.args[i]) } else { self.list[i] }
    }

    /// Those of a variadic operation.
    pub fn list(&self) -> &'a [Ref] {
        self.list
    }

    pub fn iter(self) -> impl Iterator<Item = Ref> + 'a {
        (0..self.len()).map(move |i| self.get(i))
    }
}
