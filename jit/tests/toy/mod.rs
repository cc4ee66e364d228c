//! A second language for traces: a machine of registers whose words are integers, floats, truth values and
//! objects with fields, all of them in Rust vectors. It shows that the IR and the evaluator know no Python.

use adder_jit::eval::{Given, Host, Outcome};
use adder_jit::ir::{Effect, Field, Frame, Function, Ref, Trace};
use adder_jit::ops::{Kind, Op};

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Word {
    Empty,
    Int(i64),
    Float(f64),
    Bool(bool),
    Object(usize),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Object {
    pub shape: u32,
    pub fields: Vec<Word>,
}

/// Functions of this host.
pub const LOG: u32 = 0;
pub const FAIL_AT_SEVEN: u32 = 1;
pub const PAIR: u32 = 2;
pub const IS_ODD: u32 = 3;

#[derive(Clone, Default, Debug)]
pub struct Toy {
    pub slots: Vec<Word>,
    pub heap: Vec<Object>,
    pub consts: Vec<Word>,
    pub log: Vec<Word>,
    pub frames: Vec<(u32, u32, Word, Word)>,
    pub pc: usize,
    pub stop_after: Option<u32>,
    kept: Vec<Word>,
}

impl Toy {
    pub fn new(slots: &[Word]) -> Toy {
        Toy { slots: slots.to_vec(), ..Toy::default() }
    }

    fn field(&mut self, obj: Word, offset: usize) -> &mut Word {
        let Word::Object(o) = obj else { panic!("{obj:?} has no fields") };
        &mut self.heap[o].fields[offset / 8]
    }
}

impl Host for Toy {
    type Word = Word;

    fn constant(&self, number: Option<u32>) -> Word {
        number.map_or(Word::Empty, |n| self.consts[n as usize])
    }

    fn keep(&mut self, place: usize, w: Word) {
        if self.kept.len() <= place {
            self.kept.resize(place + 1, Word::Empty);
        }
        self.kept[place] = w;
    }

    fn kept(&self, place: usize) -> Word {
        self.kept[place]
    }

    fn slot(&mut self, n: u32) -> Word {
        self.slots[n as usize]
    }

    fn set_slot(&mut self, n: u32, w: Word) {
        self.slots[n as usize] = w;
    }

    fn set_frames(&mut self, frames: &[Frame], word: &dyn Fn(&Toy, Ref) -> Word) {
        let carried = |r| if r == Ref::NONE { Word::Empty } else { word(self, r) };
        self.frames =
            frames.iter().map(|f| (f.id, f.at, carried(f.carries[0]), carried(f.carries[1]))).collect();
        self.pc = frames[frames.len() - 1].at as usize;
    }

    fn int_of(&self, w: Word) -> Option<i64> {
        if let Word::Int(i) = w { Some(i) } else { None }
    }

    /// Integers of this language have 32 bits.
    fn tagged(&self, i: i64) -> Option<Word> {
        i32::try_from(i).is_ok().then_some(Word::Int(i))
    }

    fn float_of(&self, w: Word) -> f64 {
        if let Word::Float(x) = w { x } else { panic!("{w:?} is no float") }
    }

    fn boxed_float(&mut self, x: f64) -> Word {
        Word::Float(x)
    }

    fn boxed_bool(&self, b: bool) -> Word {
        Word::Bool(b)
    }

    fn shape_of(&self, w: Word) -> Option<u32> {
        if let Word::Object(o) = w { Some(self.heap[o].shape) } else { None }
    }

    fn holds(&mut self, _: u32) -> bool {
        match &mut self.stop_after {
            Some(0) => false,
            Some(n) => {
                *n -= 1;
                true
            }
            None => true,
        }
    }

    fn load_word(&mut self, obj: Word, f: Field) -> Word {
        *self.field(obj, f.offset as usize)
    }

    fn load_int(&mut self, obj: Word, f: Field) -> i64 {
        let w = self.load_word(obj, f);
        self.int_of(w).expect("an integer field")
    }

    fn load_float(&mut self, obj: Word, f: Field) -> f64 {
        let w = self.load_word(obj, f);
        self.float_of(w)
    }

    fn store_word(&mut self, obj: Word, f: Field, w: Word) {
        *self.field(obj, f.offset as usize) = w;
    }

    fn store_int(&mut self, obj: Word, f: Field, i: i64) {
        *self.field(obj, f.offset as usize) = Word::Int(i);
    }

    fn load_item(&mut self, obj: Word, f: Field, i: i64) -> Word {
        *self.field(obj, f.offset as usize + 8 * i as usize)
    }

    fn store_item(&mut self, obj: Word, f: Field, i: i64, w: Word) {
        *self.field(obj, f.offset as usize + 8 * i as usize) = w;
    }

    fn set_shape(&mut self, obj: Word, shape: u32) {
        let Word::Object(o) = obj else { panic!("{obj:?} has no shape") };
        self.heap[o].shape = shape;
    }

    fn call(&mut self, f: Function, n: usize, word: &dyn Fn(&Toy, usize) -> Word) -> Outcome<Given<Word>> {
        let args: Vec<Word> = (0..n).map(|i| word(self, i)).collect();
        let given = match f.id {
            LOG => {
                self.log.extend(&args);
                Word::Empty
            }
            FAIL_AT_SEVEN if args[0] == Word::Int(7) => return Outcome::Raised,
            FAIL_AT_SEVEN => args[0],
            PAIR => {
                self.heap.push(Object { shape: 1, fields: args });
                Word::Object(self.heap.len() - 1)
            }
            IS_ODD => return Outcome::Value(Given::Bool(self.int_of(args[0]).is_some_and(|i| i % 2 != 0))),
            id => panic!("there is no function {id}"),
        };
        Outcome::Value(Given::Word(given))
    }

    fn perform(&mut self, action: u32) -> Outcome<()> {
        match action {
            // Counts in slot 0.
            0 => {
                let i = self.int_of(self.slots[0]).expect("a counter");
                self.slots[0] = Word::Int(i + 1);
                Outcome::Value(())
            }
            1 => Outcome::Left,
            _ => Outcome::Raised,
        }
    }
}

/// Instructions of the language; registers are slots.
#[derive(Clone, Copy, Debug)]
pub enum Code {
    Set(u32, i64),
    /// Adds integers, or floats.
    Add(u32, u32, u32),
    Pair(u32, u32, u32),
    /// d = field of b
    Get(u32, u32, u32),
    Put(u32, u32, u32),
    Log(u32),
    /// Jumps if b < c.
    Below(usize, u32, u32),
    IfOdd(usize, u32),
    Goto(usize),
}

/// Records while it executes; without a trace it only executes.
pub struct Recorder<'a> {
    pub toy: &'a mut Toy,
    pub trace: Option<Trace>,
    refs: Vec<(u32, Ref)>,
    snapshot: u32,
}

fn function(id: u32, effect: Effect, result: Kind) -> Function {
    Function { id, effect, result }
}

impl Recorder<'_> {
    pub fn new(toy: &mut Toy, records: bool) -> Recorder<'_> {
        Recorder { toy, trace: records.then(Trace::default), refs: vec![], snapshot: 0 }
    }

    fn at(&mut self, pc: usize) {
        if let Some(t) = &mut self.trace {
            let frame = Frame { id: 0, at: pc as u32, carries: [Ref::NONE; 2] };
            self.snapshot = t.snapshot(&[frame], &self.refs);
        }
    }

    fn emit(&mut self, op: Op, operands: &[Ref], number: u32) -> Ref {
        let snapshot = self.snapshot;
        match &mut self.trace {
            Some(t) if op.row().variadic => t.push_list(op, operands, number, snapshot),
            Some(t) => t.push(op, operands, number, if op.row().snapshot { snapshot } else { u32::MAX }),
            None => Ref::NONE,
        }
    }

    fn reg(&mut self, r: u32) -> (Word, Ref) {
        let word = self.toy.slots[r as usize];
        match self.refs.iter().find(|(slot, _)| *slot == r) {
            Some((_, known)) => (word, *known),
            None => (word, self.emit(Op::Slot, &[], r)),
        }
    }

    fn set(&mut self, r: u32, (word, known): (Word, Ref)) {
        self.toy.slots[r as usize] = word;
        if self.trace.is_some() {
            self.refs.retain(|(slot, _)| *slot != r);
            self.refs.push((r, known));
        }
    }

    fn int(&mut self, (word, known): (Word, Ref)) -> Option<(i64, Ref)> {
        let Word::Int(i) = word else { return None };
        self.emit(Op::GuardInt, &[known], 0);
        Some((i, self.emit(Op::UnboxInt, &[known], 0)))
    }

    fn field(&mut self, offset: u32) -> u32 {
        let f = Field { offset: offset * 8, kind: Kind::Word, array: false };
        self.trace.as_mut().map_or(0, |t| t.field(f))
    }

    fn describe(&mut self, f: Function) -> u32 {
        self.trace.as_mut().map_or(0, |t| t.function(f))
    }

    /// Executes one instruction.
    pub fn step(&mut self, code: &[Code]) {
        self.at(self.toy.pc);
        let i = code[self.toy.pc];
        self.toy.pc += 1;
        match i {
            Code::Set(r, i) => {
                self.toy.consts.push(Word::Int(i));
                let number = self.toy.consts.len() as u32 - 1;
                let known = match &mut self.trace {
                    Some(t) => t.constant(adder_jit::ir::Const::Word(number)),
                    None => Ref::NONE,
                };
                self.set(r, (Word::Int(i), known));
            }
            Code::Add(d, a, b) => {
                let (a, b) = (self.reg(a), self.reg(b));
                if let (Some(x), Some(y)) = (self.int(a), self.int(b)) {
                    let sum = self.emit(Op::AddOvf, &[x.1, y.1], 0);
                    let word = self.emit(Op::BoxInt, &[sum], 0);
                    return self.set(d, (Word::Int(x.0 + y.0), word));
                }
                let (x, y) = (self.toy.float_of(a.0), self.toy.float_of(b.0));
                let raw = [a.1, b.1].map(|r| self.emit(Op::UnboxFloat, &[r], 0));
                let sum = self.emit(Op::FloatAdd, &raw, 0);
                let word = self.emit(Op::BoxFloat, &[sum], 0);
                self.set(d, (Word::Float(x + y), word));
            }
            Code::Pair(d, a, b) => {
                let (a, b) = (self.reg(a), self.reg(b));
                let f = function(PAIR, Effect::Allocates, Kind::Word);
                let Outcome::Value(Given::Word(pair)) = self.toy.call(f, 2, &|_, i| [a.0, b.0][i]) else {
                    panic!("pairs are words")
                };
                let number = self.describe(f);
                let known = self.emit(Op::Call, &[a.1, b.1], number);
                self.set(d, (pair, known));
            }
            Code::Get(d, b, n) => {
                let obj = self.reg(b);
                let shape = self.toy.shape_of(obj.0).expect("an object");
                self.emit(Op::GuardShape, &[obj.1], shape);
                let number = self.field(n);
                let known = self.emit(Op::LoadWord, &[obj.1], number);
                let word = *self.toy.field(obj.0, n as usize * 8);
                self.set(d, (word, known));
            }
            Code::Put(a, n, b) => {
                let (obj, v) = (self.reg(a), self.reg(b));
                let shape = self.toy.shape_of(obj.0).expect("an object");
                self.emit(Op::GuardShape, &[obj.1], shape);
                let number = self.field(n);
                self.emit(Op::StoreWord, &[obj.1, v.1], number);
                *self.toy.field(obj.0, n as usize * 8) = v.0;
            }
            Code::Log(r) => {
                let v = self.reg(r);
                // The call is seen from behind the instruction.
                self.at(self.toy.pc);
                let number = self.describe(function(LOG, Effect::Any, Kind::Word));
                self.emit(Op::Call, &[v.1], number);
                self.toy.log.push(v.0);
            }
            Code::Below(to, b, c) => {
                let (b, c) = (self.reg(b), self.reg(c));
                let (Some(x), Some(y)) = (self.int(b), self.int(c)) else {
                    panic!("only integers have an order")
                };
                let below = self.emit(Op::IntLt, &[x.1, y.1], 0);
                self.branch(x.0 < y.0, below, to);
            }
            Code::IfOdd(to, r) => {
                let v = self.reg(r);
                let number = self.describe(function(IS_ODD, Effect::Pure, Kind::Bool));
                let odd = self.emit(Op::Call, &[v.1], number);
                let Word::Int(i) = v.0 else { panic!("only integers are odd") };
                self.branch(i % 2 != 0, odd, to);
            }
            Code::Goto(to) => self.toy.pc = to,
        }
    }

    fn branch(&mut self, taken: bool, known: Ref, to: usize) {
        self.emit(if taken { Op::GuardTrue } else { Op::GuardFalse }, &[known], 0);
        if taken {
            self.toy.pc = to;
        }
    }

    /// Ends the trace, which began at the same place.
    pub fn close(mut self) -> Trace {
        self.at(self.toy.pc);
        self.emit(Op::Loop, &[], 0);
        self.trace.expect("a trace was recorded")
    }
}
