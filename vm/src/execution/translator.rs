//! The state of a translation: the abstract stack, and the instructions so far. The instructions of the
//! bytecode are translated in `translate.rs`.

use super::body::Cache;
use super::instr::{CONSTANT, Instr, Op};

/// A stack position.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Entry {
    Here,
    Local(usize),
    Const(usize),
    Small(i32),
    Null,
}

pub struct Translator {
    pub locals: usize,
    pub code: Vec<Instr>,
    pub origin: Vec<u32>,
    pub live: Vec<u32>,
    /// Positions that hold a value in their own register while the current bytecode executes.
    pub touched: u64,
    pub caches: Vec<Cache>,
    pub stack: Vec<Entry>,
    pub unit: u32,
    /// Where the last emitted instruction starts, if its destination may still be redirected.
    pub last: Option<usize>,
    /// Constants of the code object; small integers used as operands come behind them.
    pub constants: usize,
    pub smalls: Vec<i32>,
    /// Jumps to patch: word that holds the offset, word it is relative to, target unit.
    pub patches: Vec<(usize, usize, usize)>,
    pub max_registers: usize,
    /// Whether `Event` words are wanted.
    pub events: bool,
}

impl Translator {
    pub fn slot(&self, i: usize) -> usize {
        self.locals + i
    }

    pub fn top(&self) -> usize {
        self.slot(self.stack.len())
    }

    pub fn emit(&mut self, i: Instr) -> usize {
        self.code.push(i);
        self.origin.push(self.unit);
        self.live.push(0);
        self.last = None;
        self.code.len() - 1
    }

    /// Adds an `Event` word if they are wanted. It changes nothing else.
    pub fn event(&mut self, kind: u16, operand: usize, unit: u32) {
        if self.events {
            self.code.push(Instr::new(Op::Event, kind as usize, operand, 0));
            self.origin.push(unit);
            // Callbacks collect, and what the rest of the bytecode puts in place is not there yet.
            self.live.push(self.touched as u32);
        }
    }

    /// The stack positions whose value is in their own register.
    pub fn in_place(&self) -> u64 {
        let here = |(i, e): (usize, &Entry)| if *e == Entry::Here && i < 64 { 1 << i } else { 0 };
        self.stack.iter().enumerate().map(here).sum()
    }

    /// The words from `first` on are the current bytecode's: its operands live while they execute.
    pub fn mark_live(&mut self, first: usize) {
        for (w, i) in self.live[first..].iter_mut().zip(&self.code[first..]) {
            if i.op != Op::Event {
                *w |= self.touched as u32;
            }
        }
    }

    pub fn op(&mut self, op: Op, a: usize, b: usize, c: usize) -> usize {
        self.emit(Instr::new(op, a, b, c))
    }

    /// Emits an instruction whose result goes to a new stack position.
    pub fn push_result(&mut self, op: Op, b: usize, c: usize) {
        let d = self.top();
        let at = self.op(op, d, b, c);
        self.stack.push(Entry::Here);
        self.grow();
        self.last = Some(at);
    }

    pub fn push_here(&mut self) {
        self.stack.push(Entry::Here);
        self.grow();
    }

    pub fn grow(&mut self) {
        self.max_registers = self.max_registers.max(self.locals + self.stack.len());
    }

    pub fn push(&mut self, e: Entry) {
        self.stack.push(e);
        self.grow();
    }

    /// Puts position i into its own register.
    pub fn materialise(&mut self, i: usize) {
        let d = self.slot(i);
        match self.stack[i] {
            Entry::Here => return,
            Entry::Local(r) => self.op(Op::Move, d, r, 0),
            Entry::Const(k) => self.emit(Instr::with_imm(Op::LoadConst, d, k as i32)),
            Entry::Small(n) => self.emit(Instr::with_imm(Op::LoadInt, d, n)),
            Entry::Null => self.op(Op::Clear, d, 0, 0),
        };
        self.stack[i] = Entry::Here;
        self.touched |= 1u64.checked_shl(i as u32).unwrap_or(0);
    }

    pub fn flush(&mut self) {
        self.flush_from(0);
    }

    pub fn flush_from(&mut self, from: usize) {
        let mut i = from;
        while i < self.stack.len() {
            let copied =
                |e: Option<&Entry>| matches!(e, Some(Entry::Local(_) | Entry::Const(_) | Entry::Small(_)));
            if copied(self.stack.get(i)) && copied(self.stack.get(i + 1)) {
                let (b, c) = (self.operand(i), self.operand(i + 1));
                // A constant beyond the limit has been put in place by `operand`.
                if self.stack[i] != Entry::Here && self.stack[i + 1] != Entry::Here {
                    self.op(Op::Move2, self.slot(i), b, c);
                    for k in [i, i + 1] {
                        self.stack[k] = Entry::Here;
                        self.touched |= 1u64.checked_shl(k as u32).unwrap_or(0);
                    }
                }
                i += 2;
                continue;
            }
            self.materialise(i);
            i += 1;
        }
    }

    /// The register that holds position i, materialising constants.
    pub fn register(&mut self, i: usize) -> usize {
        match self.stack[i] {
            Entry::Local(r) => r,
            _ => {
                self.materialise(i);
                self.slot(i)
            }
        }
    }

    pub fn pop(&mut self) -> usize {
        let i = self.stack.len() - 1;
        let r = self.register(i);
        self.stack.pop();
        r
    }

    pub fn pop2(&mut self) -> (usize, usize) {
        let n = self.stack.len();
        let (a, b) = (self.register(n - 2), self.register(n - 1));
        self.stack.truncate(n - 2);
        (a, b)
    }

    /// Position i as an operand: its register, or the number of a constant.
    pub fn operand(&mut self, i: usize) -> usize {
        let k = match self.stack[i] {
            Entry::Const(k) => k,
            Entry::Small(n) => {
                let at = self.smalls.iter().position(|s| *s == n).unwrap_or_else(|| {
                    self.smalls.push(n);
                    self.smalls.len() - 1
                });
                self.constants + at
            }
            _ => return self.register(i),
        };
        if k < CONSTANT as usize { k | CONSTANT as usize } else { self.register(i) }
    }

    pub fn pop_operand(&mut self) -> usize {
        let i = self.stack.len() - 1;
        let r = self.operand(i);
        self.stack.pop();
        r
    }

    pub fn pop2_operands(&mut self) -> (usize, usize) {
        let n = self.stack.len();
        let (a, b) = (self.operand(n - 2), self.operand(n - 1));
        self.stack.truncate(n - 2);
        (a, b)
    }

    /// The last n positions as consecutive registers; they are popped.
    pub fn pop_block(&mut self, n: usize) -> usize {
        let from = self.stack.len() - n;
        self.flush_from(from);
        self.stack.truncate(from);
        self.slot(from)
    }

    /// Before local r changes: copies of it on the stack become real.
    pub fn save_copies(&mut self, r: usize) {
        for i in 0..self.stack.len() {
            if self.stack[i] == Entry::Local(r) {
                self.materialise(i);
            }
        }
    }

    pub fn store_local(&mut self, r: usize) {
        let top = self.stack.len() - 1;
        let value = self.stack[top];
        if value == Entry::Local(r) {
            self.stack.pop();
            return;
        }
        let aliased = self.stack[..top].contains(&Entry::Local(r));
        if value == Entry::Here
            && !aliased
            && let Some(at) = self.last
            && self.code[at].a as usize == self.slot(top)
        {
            self.code[at].a = r as u16;
            self.stack.pop();
            self.last = None;
            return;
        }
        self.stack.pop();
        self.save_copies(r);
        match value {
            Entry::Here => self.op(Op::Move, r, self.slot(top), 0),
            Entry::Local(from) => self.op(Op::Move, r, from, 0),
            Entry::Const(k) => self.emit(Instr::with_imm(Op::LoadConst, r, k as i32)),
            Entry::Small(n) => self.emit(Instr::with_imm(Op::LoadInt, r, n)),
            Entry::Null => self.op(Op::Clear, r, 0, 0),
        };
    }

    pub fn cache(&mut self, name: usize) -> usize {
        self.caches.push(Cache::named(name));
        self.caches.len() - 1
    }

    pub fn jump(&mut self, op: Op, a: usize, target: usize) {
        let at = self.emit(Instr::with_imm(op, a, 0));
        self.patches.push((at, at + 1, target));
    }

    pub fn extension_jump(&mut self, target: usize) {
        let at = self.emit(Instr::with_imm(Op::Resume, 0, 0));
        self.patches.push((at, at + 1, target));
    }
}

impl Translator {
    /// Keeps two operand registers valid while everything on the stack goes to its own register.
    /// Operands are locals or lie above the stack now, so flushing does not overwrite them.
    pub fn hold_and_flush(&mut self, b: usize, c: usize) -> (usize, usize) {
        self.flush();
        (b, c)
    }
}
