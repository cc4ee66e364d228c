//! Traces as text, which `parse.rs` reads.
//!
//! ```text
//! v0 = slot 2
//! guard_int v0 @0
//! v2 = unbox_int v0
//! v3 = add_ovf v2 1 @0
//! v4 = load_word v0 word+16
//! v5 = call f3:any:word v4 w0 @1
//! loop @2
//! @0 f0:12
//! @1 f0:13 2=v4 3=empty
//! @2 f0:12 f1:4(v5,w0) 2=v4
//! ```
//!
//! Constants stand where they are used: `1`, `1.5f`, `true`, `empty`, and `w0`, word 0 of the host's table.
//! A field is a kind and an offset, `word[16]` an array; a function has its number, effect and result.
//! After the operations come the snapshots: frames with their numbers, places and words, then slots.

use crate::ir::{Const, Effect, Field, Function, Inst, Ref, Trace};
use crate::ops::{Describes, Kind};
use std::fmt::{Display, Formatter, Result};

pub fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Word => "word",
        Kind::Int => "int",
        Kind::Float => "float",
        Kind::Bool => "bool",
        Kind::None => "none",
        Kind::Given => "given",
    }
}

pub fn effect_text(effect: Effect) -> &'static str {
    match effect {
        Effect::Pure => "pure",
        Effect::Reads => "reads",
        Effect::Allocates => "allocates",
        Effect::Any => "any",
    }
}

impl Display for Const {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match *self {
            Const::Int(i) => write!(f, "{i}"),
            Const::Float(x) if x.is_nan() => write!(f, "nan:{:x}f", x.to_bits()),
            Const::Float(x) => write!(f, "{x:?}f"),
            Const::Bool(b) => write!(f, "{b}"),
            Const::Empty => f.write_str("empty"),
            Const::Word(n) => write!(f, "w{n}"),
        }
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter) -> Result {
        let kind = kind_text(self.kind);
        if self.array { write!(f, "{kind}[{}]", self.offset) } else { write!(f, "{kind}+{}", self.offset) }
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "f{}:{}:{}", self.id, effect_text(self.effect), kind_text(self.result))
    }
}

/// A reference in a trace.
struct Shown<'a>(&'a Trace, Ref);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        if self.1 == Ref::NONE {
            return f.write_str("-");
        }
        match self.1.resolve() {
            Ok(i) => write!(f, "v{i}"),
            Err(k) => self.0.consts[k].fmt(f),
        }
    }
}

impl Trace {
    fn print_inst(&self, f: &mut Formatter, place: usize, inst: &Inst) -> Result {
        let row = inst.op.row();
        if self.result(inst) != Kind::None {
            write!(f, "v{place} = ")?;
        }
        f.write_str(row.text)?;
        let describe = |f: &mut Formatter| match row.describes {
            Describes::Nothing => Ok(()),
            Describes::Field => write!(f, " {}", self.fields[inst.number as usize]),
            Describes::Function => write!(f, " {}", self.functions[inst.number as usize]),
            _ => write!(f, " {}", inst.number),
        };
        // The number of operands of a call is only known at the end of the line.
        if row.variadic {
            describe(f)?;
        }
        for r in self.operands(inst).iter() {
            write!(f, " {}", Shown(self, r))?;
        }
        if !row.variadic {
            describe(f)?;
        }
        if self.leaves(inst) {
            write!(f, " @{}", inst.snapshot)?;
        }
        f.write_str("\n")
    }
}

impl Display for Trace {
    fn fmt(&self, f: &mut Formatter) -> Result {
        for (i, inst) in self.insts.iter().enumerate() {
            self.print_inst(f, i, inst)?;
        }
        for (i, s) in self.snapshots().iter().enumerate() {
            write!(f, "@{i}")?;
            for frame in self.frames_of(*s) {
                write!(f, " f{}:{}", frame.id, frame.at)?;
                if frame.carries != [Ref::NONE; 2] {
                    write!(f, "({},{})", Shown(self, frame.carries[0]), Shown(self, frame.carries[1]))?;
                }
            }
            for (slot, r) in self.slots_of(*s) {
                write!(f, " {slot}={}", Shown(self, *r))?;
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}
