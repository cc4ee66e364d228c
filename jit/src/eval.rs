//! The reference evaluator: what a trace means, one operation after the other.
//!
//! It defines the operations for whatever optimises traces or compiles them, and is slow. Words of the host
//! are kept by the host, one for each operation, because its collector may have to find and move them;
//! integers, floats and truth values are kept here.

use crate::ir::{Const, Effect, Field, Frame, Function, Inst, Ref, Snapshot, Trace};
use crate::ops::{Kind, Op};

/// How a call of the host ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome<R> {
    Value(R),
    /// It failed, and the host knows why.
    Raised,
    /// The trace is to be left: the host's state is what the slots say.
    Left,
}

/// What a call gives.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Given<W> {
    Word(W),
    Bool(bool),
}

/// The language whose programs are traced.
pub trait Host {
    /// A tagged word.
    type Word: Copy + PartialEq;

    /// The word of a constant; `None`: the empty word.
    fn constant(&self, number: Option<u32>) -> Self::Word;
    /// Keeps the word that operation `place` gave.
    fn keep(&mut self, place: usize, w: Self::Word);
    fn kept(&self, place: usize) -> Self::Word;

    fn slot(&mut self, n: u32) -> Self::Word;
    fn set_slot(&mut self, n: u32, w: Self::Word);
    /// These frames are the running ones from now on, the last on top; `word` gives what they carry.
    fn set_frames(&mut self, frames: &[Frame], word: &dyn Fn(&Self, Ref) -> Self::Word);

    /// The integer that a word is.
    fn int_of(&self, w: Self::Word) -> Option<i64>;
    /// None: it cannot be tagged.
    fn tagged(&self, i: i64) -> Option<Self::Word>;
    fn float_of(&self, w: Self::Word) -> f64;
    fn boxed_float(&mut self, x: f64) -> Self::Word;
    fn boxed_bool(&self, b: bool) -> Self::Word;
    /// None: no object.
    fn shape_of(&self, w: Self::Word) -> Option<u32>;
    fn holds(&mut self, condition: u32) -> bool;

    fn load_word(&mut self, obj: Self::Word, f: Field) -> Self::Word;
    fn load_int(&mut self, obj: Self::Word, f: Field) -> i64;
    fn load_float(&mut self, obj: Self::Word, f: Field) -> f64;
    fn store_word(&mut self, obj: Self::Word, f: Field, w: Self::Word);
    fn store_int(&mut self, obj: Self::Word, f: Field, i: i64);
    fn load_item(&mut self, obj: Self::Word, f: Field, i: i64) -> Self::Word;
    fn store_item(&mut self, obj: Self::Word, f: Field, i: i64, w: Self::Word);
    fn set_shape(&mut self, obj: Self::Word, shape: u32);

    /// Calls a function; `word(host, i)` is its argument `i`, of `n`.
    fn call(
        &mut self,
        f: Function,
        n: usize,
        word: &dyn Fn(&Self, usize) -> Self::Word,
    ) -> Outcome<Given<Self::Word>>;
    fn perform(&mut self, action: u32) -> Outcome<()>;
}

/// Why a trace was left. The host's slots and frames are those of the snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// This guard failed.
    Guard(usize),
    /// This operation raised.
    Raised(usize),
    /// The host left it here, and its state is its own.
    Left(usize),
    /// The trace went round as often as was asked for.
    Limit,
}

struct Evaluator<'a, H: Host> {
    trace: &'a Trace,
    host: &'a mut H,
    ints: Vec<i64>,
    floats: Vec<f64>,
    bools: Vec<bool>,
}

/// Runs a trace until it is left or has gone round `limit` times.
pub fn run<H: Host>(trace: &Trace, host: &mut H, limit: u64) -> Exit {
    let n = trace.insts.len();
    let mut e = Evaluator { trace, host, ints: vec![0; n], floats: vec![0.0; n], bools: vec![false; n] };
    for _ in 0..limit {
        if let Err(exit) = e.round() {
            return exit;
        }
    }
    Exit::Limit
}

fn word_of<H: Host>(trace: &Trace, host: &H, r: Ref) -> H::Word {
    match r.resolve() {
        Ok(place) => host.kept(place),
        Err(k) => match trace.consts[k] {
            Const::Word(n) => host.constant(Some(n)),
            Const::Empty => host.constant(None),
            c => unreachable!("{c} is no word"),
        },
    }
}

impl<H: Host> Evaluator<'_, H> {
    fn word(&self, r: Ref) -> H::Word {
        word_of(self.trace, self.host, r)
    }

    fn int(&self, r: Ref) -> i64 {
        match r.resolve() {
            Ok(place) => self.ints[place],
            Err(k) => match self.trace.consts[k] {
                Const::Int(i) => i,
                c => unreachable!("{c} is no integer"),
            },
        }
    }

    fn float(&self, r: Ref) -> f64 {
        match r.resolve() {
            Ok(place) => self.floats[place],
            Err(k) => match self.trace.consts[k] {
                Const::Float(x) => x,
                c => unreachable!("{c} is no float"),
            },
        }
    }

    fn bool(&self, r: Ref) -> bool {
        match r.resolve() {
            Ok(place) => self.bools[place],
            Err(k) => match self.trace.consts[k] {
                Const::Bool(b) => b,
                c => unreachable!("{c} is no truth value"),
            },
        }
    }

    /// Makes the host's state that of a snapshot.
    fn restore(&mut self, snapshot: u32) {
        let s: Snapshot = self.trace.snapshots()[snapshot as usize];
        for (slot, r) in self.trace.slots_of(s) {
            let w = self.word(*r);
            self.host.set_slot(*slot, w);
        }
        let trace = self.trace;
        self.host.set_frames(trace.frames_of(s), &|host, r| word_of(trace, host, r));
    }

    /// All operations once.
    fn round(&mut self) -> Result<(), Exit> {
        let trace = self.trace;
        for (place, inst) in trace.insts.iter().enumerate() {
            self.step(place, inst)?;
        }
        Ok(())
    }

    fn guard(&mut self, place: usize, inst: &Inst, passed: bool) -> Result<(), Exit> {
        if passed {
            return Ok(());
        }
        self.restore(inst.snapshot);
        Err(Exit::Guard(place))
    }

    fn arithmetic(&mut self, place: usize, inst: &Inst, r: Option<i64>) -> Result<(), Exit> {
        match r.filter(|r| self.host.tagged(*r).is_some()) {
            Some(r) => {
                self.ints[place] = r;
                Ok(())
            }
            None => self.guard(place, inst, false),
        }
    }

    fn call(&mut self, place: usize, inst: &Inst) -> Result<(), Exit> {
        let trace = self.trace;
        let f = trace.functions[inst.number as usize];
        if f.effect == Effect::Any {
            self.restore(inst.snapshot);
        }
        let list = trace.operands(inst).list();
        let outcome = self.host.call(f, list.len(), &|host, i| word_of(trace, host, list[i]));
        match outcome {
            Outcome::Value(Given::Word(w)) => self.host.keep(place, w),
            Outcome::Value(Given::Bool(b)) => self.bools[place] = b,
            Outcome::Raised => return Err(Exit::Raised(place)),
            Outcome::Left => return Err(Exit::Left(place)),
        }
        debug_assert!(matches!(f.result, Kind::Word | Kind::Bool));
        Ok(())
    }

    fn step(&mut self, place: usize, inst: &Inst) -> Result<(), Exit> {
        let trace = self.trace;
        let args = trace.operands(inst);
        let field = || trace.fields[inst.number as usize];
        // The operands, by kind.
        let w = |e: &Self, i: usize| e.word(args.get(i));
        let i = |e: &Self, n: usize| e.int(args.get(n));
        let x = |e: &Self, n: usize| e.float(args.get(n));
        macro_rules! int {
            (|$a:ident, $b:ident| $r:expr) => {{
                let ($a, $b) = (i(self, 0), i(self, 1));
                self.ints[place] = $r;
            }};
        }
        macro_rules! test {
            ($of:ident |$a:ident, $b:ident| $r:expr) => {{
                let ($a, $b) = ($of(self, 0), $of(self, 1));
                self.bools[place] = $r;
            }};
        }
        macro_rules! float {
            (|$a:ident, $b:ident| $r:expr) => {{
                let ($a, $b) = (x(self, 0), x(self, 1));
                self.floats[place] = $r;
            }};
        }
        macro_rules! word {
            ($r:expr) => {{
                let r = $r;
                self.host.keep(place, r);
            }};
        }
        match inst.op {
            Op::Slot => word!(self.host.slot(inst.number)),
            Op::GuardTrue => return self.guard(place, inst, self.bool(args.get(0))),
            Op::GuardFalse => return self.guard(place, inst, !self.bool(args.get(0))),
            Op::GuardInt => return self.guard(place, inst, self.host.int_of(w(self, 0)).is_some()),
            Op::GuardShape => {
                return self.guard(place, inst, self.host.shape_of(w(self, 0)) == Some(inst.number));
            }
            Op::GuardWord => return self.guard(place, inst, w(self, 0) == w(self, 1)),
            Op::GuardHolds => {
                let holds = self.host.holds(inst.number);
                return self.guard(place, inst, holds);
            }
            Op::BoxInt => word!(self.host.tagged(i(self, 0)).expect("a guard has tested the range")),
            Op::UnboxInt => self.ints[place] = self.host.int_of(w(self, 0)).expect("a guarded integer"),
            Op::BoxFloat => word!(self.host.boxed_float(x(self, 0))),
            Op::UnboxFloat => self.floats[place] = self.host.float_of(w(self, 0)),
            Op::BoxBool => word!(self.host.boxed_bool(self.bool(args.get(0)))),
            Op::IntToFloat => self.floats[place] = i(self, 0) as f64,
            Op::Not => self.bools[place] = !self.bool(args.get(0)),
            Op::WordEq => self.bools[place] = w(self, 0) == w(self, 1),
            Op::AddOvf => return self.arithmetic(place, inst, i(self, 0).checked_add(i(self, 1))),
            Op::SubOvf => return self.arithmetic(place, inst, i(self, 0).checked_sub(i(self, 1))),
            Op::MulOvf => return self.arithmetic(place, inst, i(self, 0).checked_mul(i(self, 1))),
            Op::IntAnd => int!(|a, b| a & b),
            Op::IntOr => int!(|a, b| a | b),
            Op::IntXor => int!(|a, b| a ^ b),
            Op::IntShr => int!(|a, b| a >> b),
            Op::IntFloorDiv => int!(|a, b| a.div_euclid(b)),
            Op::IntMod => int!(|a, b| a.rem_euclid(b)),
            Op::IntLt => test!(i | a, b | a < b),
            Op::IntLe => test!(i | a, b | a <= b),
            Op::IntEq => test!(i | a, b | a == b),
            Op::IntNe => test!(i | a, b | a != b),
            Op::IntGt => test!(i | a, b | a > b),
            Op::IntGe => test!(i | a, b | a >= b),
            Op::IntBelow => test!(i | a, b | (a as u64) < b as u64),
            Op::FloatAdd => float!(|a, b| a + b),
            Op::FloatSub => float!(|a, b| a - b),
            Op::FloatMul => float!(|a, b| a * b),
            Op::FloatDiv => float!(|a, b| a / b),
            Op::FloatNeg => self.floats[place] = -x(self, 0),
            Op::FloatLt => test!(x | a, b | a < b),
            Op::FloatLe => test!(x | a, b | a <= b),
            Op::FloatEq => test!(x | a, b | a == b),
            Op::FloatNe => test!(x | a, b | a != b),
            Op::FloatGt => test!(x | a, b | a > b),
            Op::FloatGe => test!(x | a, b | a >= b),
            Op::LoadWord => word!(self.host.load_word(w(self, 0), field())),
            Op::LoadInt => self.ints[place] = self.host.load_int(w(self, 0), field()),
            Op::LoadFloat => self.floats[place] = self.host.load_float(w(self, 0), field()),
            Op::StoreWord => self.host.store_word(w(self, 0), field(), w(self, 1)),
            Op::StoreInt => self.host.store_int(w(self, 0), field(), i(self, 1)),
            Op::LoadItem => word!(self.host.load_item(w(self, 0), field(), i(self, 1))),
            Op::StoreItem => self.host.store_item(w(self, 0), field(), i(self, 1), w(self, 2)),
            Op::SetShape => self.host.set_shape(w(self, 0), inst.number),
            Op::Call => return self.call(place, inst),
            Op::Perform => {
                self.restore(inst.snapshot);
                match self.host.perform(inst.number) {
                    Outcome::Value(()) => {}
                    Outcome::Raised => return Err(Exit::Raised(place)),
                    Outcome::Left => return Err(Exit::Left(place)),
                }
            }
            Op::Loop => self.restore(inst.snapshot),
        }
        Ok(())
    }
}
