//! The VM as the host of traces: what the reference evaluator asks of it.
//!
//! Registers in memory are the slots. They are up to date, and so are the frames, whenever a trace calls what
//! may do anything; in between they hold older values, which are as valid for the collector.

use super::tables::{Action, Callee, Condition, FUNCTION, Tables};
use crate::builtins::dict::Dict;
use crate::builtins::float::Float;
use crate::builtins::list::List;
use crate::builtins::module::Module;
use crate::builtins::singletons::bool_value;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::execution::frame::Control;
use crate::execution::interp::Interp;
use crate::execution::operands;
use crate::object::{Ref as Object, ShapeId, Value};
use crate::semantics::machine::{Effect, Flow, Machine};
use crate::vm::Vm;
use adder_heap::RootVec;
use adder_jit::eval::{Given, Host, Outcome};
use adder_jit::ir::{Field, Frame, Function, Ref};

/// A word of a register or an object, or 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word(u64);

impl Word {
    fn value(self) -> Value {
        Value::from_bits(self.0).expect("a word that holds a value")
    }
}

impl From<Value> for Word {
    fn from(v: Value) -> Word {
        Word(v.bits())
    }
}

pub struct Run<'a> {
    vm: &'static Vm,
    tables: &'a Tables,
    base: *mut Control,
    registers: *mut u64,
    depth: usize,
    /// The words that operations gave.
    kept: Words,
    /// What was written to slots last.
    written: Words,
    /// Registers may have been changed from outside.
    observed: bool,
    /// The frame that the trace began in has ended, and the run loop with it.
    pub ended: bool,
}

/// Words that may be empty, where the collector finds them.
#[derive(Default)]
struct Words {
    values: RootVec,
    is_empty: Vec<bool>,
}

impl Words {
    fn grow(&mut self, len: usize) {
        while self.is_empty.len() < len {
            self.values.push(Value::from_small(0));
            self.is_empty.push(true);
        }
    }

    fn get(&self, i: usize) -> Word {
        if self.is_empty[i] { Word(0) } else { self.values.get(i).into() }
    }

    fn set(&mut self, i: usize, w: Word) {
        self.is_empty[i] = w.0 == 0;
        self.values.set(i, Value::from_bits(w.0).unwrap_or(Value::from_small(0)));
    }
}

impl<'a> Run<'a> {
    /// The trace of `tables` is to run in the running frame.
    pub fn new(vm: &'static Vm, tables: &'a Tables, operations: usize) -> Run<'a> {
        let thread = vm.thread();
        let base = thread.frame.get();
        // SAFETY: running-frame.
        let registers = unsafe { (*base).regs };
        let mut kept = Words::default();
        kept.grow(operations);
        let (depth, written) = (thread.depth.get(), Words::default());
        Run { vm, tables, base, registers, depth, kept, written, observed: false, ended: false }
    }

    fn table_word(&self, number: u32) -> Value {
        self.tables.words.get(number as usize)
    }

    fn dict(&self, number: u32) -> Object<Dict> {
        // SAFETY: the recorder entered dicts and modules under these numbers.
        unsafe { self.table_word(number).cast() }
    }

    fn module(&self, number: u32) -> Object<Module> {
        // SAFETY: as in `dict`.
        unsafe { self.table_word(number).cast() }
    }

    /// The frame at `depth`, if it is running.
    fn control(&self, depth: usize) -> Option<&'static mut Control> {
        // SAFETY: from the base to the running frame all records are initialised.
        let at = unsafe { self.base.add(depth) };
        if at <= self.vm.thread().frame.get() { Some(unsafe { &mut *at }) } else { None }
    }

    fn undisturbed(&self, frames: &[u32]) -> bool {
        let top = self.vm.thread().frame.get();
        // SAFETY: frames are counted from the base.
        if top != unsafe { self.base.add(frames.len() - 1) } {
            return false;
        }
        frames.iter().enumerate().all(|(i, id)| {
            let kind = &self.tables.frames[*id as usize];
            self.control(i).is_some_and(|c| c.object == 0 && c.owned == 0 && c.body == kind.body)
        })
    }

    fn residual(&mut self, callee: &Callee, args: &[Value]) -> PyResult<Given<Word>> {
        let vm = self.vm;
        let mut m = Interp::saved(vm);
        let v = match callee {
            Callee::One(f) => m.call1(Effect::Any, *f, args[0])?,
            Callee::Two(f) => m.call2(Effect::Any, *f, args[0], args[1])?,
            Callee::Three(f) => m.call3(Effect::Any, *f, args[0], args[1], args[2])?,
            Callee::Truth => return Ok(Given::Bool(m.call_truth(args[0])?)),
            // SAFETY: a trace's tables live as long as the process.
            Callee::Getter(cache) => m.call_getter(args[0], unsafe { &*(&raw const **cache) })?,
            Callee::Native { first, count } => m.call_native(args[0], *first, *count)?,
            Callee::Descriptor { first, count } => m.call_descriptor(args[0], *first, *count)?,
            Callee::Construct { first, count } => match m.construct(args[0], *first, *count) {
                Some(made) => made?,
                // The class was changed.
                None => vm.call(args[0], operands::slice(&m, *first, *count as usize))?,
            },
            Callee::Next => match vm.next(args[0])? {
                Some(v) => v,
                None => return Ok(Given::Word(Word(0))),
            },
            // SAFETY: the operand is guarded to be the class that was recorded.
            Callee::Instance => vm.alloc_instance(unsafe { args[0].cast::<Type>() })?,
            Callee::DictValue { dict, at } => return Ok(read(self.dict(*dict), *at)),
            Callee::ModuleValue { module, at } => return Ok(read(self.module(*module).dict(), *at)),
            Callee::Tuple | Callee::List => unreachable!("these have any number of operands"),
        };
        Ok(Given::Word(v.into()))
    }
}

fn read(dict: Object<Dict>, at: u32) -> Given<Word> {
    Given::Word(Word(dict.value_at(at).map_or(0, |v| v.bits())))
}

impl Host for Run<'_> {
    type Word = Word;

    fn constant(&self, number: Option<u32>) -> Word {
        number.map_or(Word(0), |n| self.table_word(n).into())
    }

    fn keep(&mut self, place: usize, w: Word) {
        self.kept.set(place, w);
    }

    fn kept(&self, place: usize) -> Word {
        self.kept.get(place)
    }

    fn slot(&mut self, n: u32) -> Word {
        // SAFETY: running-frame, live-registers.
        unsafe {
            Word(match n.checked_sub(FUNCTION) {
                Some(depth) => (*self.base.add(depth as usize)).function,
                None => *self.registers.add(n as usize),
            })
        }
    }

    fn set_slot(&mut self, n: u32, w: Word) {
        self.written.grow(n as usize + 1);
        // What others have changed since then stays.
        if self.observed && self.written.get(n as usize) == w {
            return;
        }
        self.written.set(n as usize, w);
        // SAFETY: slots are registers of frames for which there is room.
        unsafe { *self.registers.add(n as usize) = w.0 }
    }

    fn set_frames(&mut self, frames: &[Frame], word: &dyn Fn(&Self, Ref) -> Word) {
        let thread = self.vm.thread();
        for (i, f) in frames.iter().enumerate() {
            let kind = self.tables.frames[f.id as usize];
            // SAFETY: body-of-code; conditions have asked for room.
            let (place, regs) = unsafe { (self.base.add(i), self.registers.add(kind.first as usize)) };
            let pc = unsafe { (&(*kind.body).code).as_ptr().add(f.at as usize) };
            let mut object = 0;
            let mut owned = 0;
            match self.control(i) {
                // The interpreter has pushed it.
                Some(c) if f.carries[0] == Ref::NONE => {
                    debug_assert!(c.body == kind.body && c.regs == regs);
                    c.pc = pc;
                    continue;
                }
                // Perhaps the same activation, at an earlier place.
                Some(c) if c.body == kind.body && c.regs == regs => (object, owned) = (c.object, c.owned),
                _ => {}
            }
            let carried = |r| if r == Ref::NONE { 0 } else { word(self, r).0 };
            let control = Control {
                pc,
                regs,
                body: kind.body,
                function: carried(f.carries[0]),
                locals: 0,
                object,
                extra: carried(f.carries[1]),
                outer_handled: 0,
                chain: 0,
                dest: kind.dest,
                kind: kind.kind,
                event_unit: 0,
                jump: 0,
                owned,
            };
            // SAFETY: as above.
            unsafe { place.write(control) };
        }
        // SAFETY: just written.
        thread.frame.set(unsafe { self.base.add(frames.len() - 1) });
        thread.depth.set(self.depth + frames.len() - 1);
    }

    fn int_of(&self, w: Word) -> Option<i64> {
        Value::from_bits(w.0).filter(|v| v.is_small()).map(|v| v.small())
    }

    fn tagged(&self, i: i64) -> Option<Word> {
        Value::try_small(i).map(Word::from)
    }

    fn float_of(&self, w: Word) -> f64 {
        // SAFETY: the trace has guarded the shape.
        unsafe { w.value().cast::<Float>() }.value
    }

    fn boxed_float(&mut self, x: f64) -> Word {
        self.vm.float(x).into()
    }

    fn boxed_bool(&self, b: bool) -> Word {
        bool_value(b).into()
    }

    fn shape_of(&self, w: Word) -> Option<u32> {
        Value::from_bits(w.0).filter(|v| v.is_ptr()).map(|v| v.shape().0)
    }

    fn holds(&mut self, condition: u32) -> bool {
        match &self.tables.conditions[condition as usize] {
            Condition::Calm => !self.vm.eval_breaker(),
            // SAFETY: version-of-class.
            Condition::Version { at, version } => unsafe { **at == *version },
            Condition::DictVersion { dict, version } => self.dict(*dict).version() == *version,
            Condition::ModuleVersion { module, version } => self.module(*module).dict().version() == *version,
            Condition::Room { frame, depth } => {
                let kind = &self.tables.frames[*frame as usize];
                // SAFETY: `has_room` only compares the addresses.
                let (next, regs, body) =
                    unsafe { (self.base.add(*depth), self.registers.add(kind.first as usize), &*kind.body) };
                self.depth + depth <= self.vm.recursion_limit()
                    && self.vm.thread().has_room(next, regs, body.registers)
            }
            Condition::Undisturbed { frames } => {
                self.observed = !self.undisturbed(frames);
                !self.observed
            }
        }
    }

    fn load_word(&mut self, obj: Word, f: Field) -> Word {
        let mut m = Interp::saved(self.vm);
        if m.is_set(obj.value(), f.offset) { m.load(obj.value(), f.offset).into() } else { Word(0) }
    }

    fn load_int(&mut self, obj: Word, f: Field) -> i64 {
        Interp::saved(self.vm).load_raw(obj.value(), f.offset)
    }

    fn load_float(&mut self, obj: Word, f: Field) -> f64 {
        Interp::saved(self.vm).load_float(obj.value(), f.offset)
    }

    fn store_word(&mut self, obj: Word, f: Field, w: Word) {
        Interp::saved(self.vm).store(obj.value(), f.offset, w.value());
    }

    fn store_int(&mut self, obj: Word, f: Field, i: i64) {
        Interp::saved(self.vm).store_raw(obj.value(), f.offset, i);
    }

    fn load_item(&mut self, obj: Word, f: Field, i: i64) -> Word {
        Interp::saved(self.vm).load_item(obj.value(), f.offset, i).into()
    }

    fn store_item(&mut self, obj: Word, f: Field, i: i64, w: Word) {
        Interp::saved(self.vm).store_item(obj.value(), f.offset, i, w.value());
    }

    fn set_shape(&mut self, obj: Word, shape: u32) {
        Interp::saved(self.vm).set_shape(obj.value(), ShapeId(shape));
    }

    fn call(&mut self, f: Function, n: usize, word: &dyn Fn(&Self, usize) -> Word) -> Outcome<Given<Word>> {
        let tables = self.tables;
        let callee = &tables.callees[f.id as usize];
        if let Callee::Tuple | Callee::List = callee {
            let list = List::with_capacity(self.vm, n);
            (0..n).for_each(|i| list.push(self.vm, word(self, i).value()));
            let made = match callee {
                Callee::Tuple => Tuple::from_slice(self.vm, list.items()).value(),
                _ => list.value(),
            };
            return Outcome::Value(Given::Word(made.into()));
        }
        let mut args = [Value::from_small(0); 3];
        (0..n).for_each(|i| args[i] = word(self, i).value());
        match self.residual(callee, &args[..n]) {
            Ok(given) => Outcome::Value(given),
            Err(_) => Outcome::Raised,
        }
    }

    fn perform(&mut self, action: u32) -> Outcome<()> {
        let Action { depth, frame, next } = self.tables.actions[action as usize];
        let mut m = Interp::saved(self.vm);
        // SAFETY: running-frame, body-of-code.
        let i = unsafe { *m.pc };
        m.pc = unsafe { m.pc.add(1) };
        match super::interpret(&mut m, i) {
            Flow::Raise => return Outcome::Raised,
            Flow::Next | Flow::Switch | Flow::Leave => m.sync(),
            Flow::Done => {
                self.ended = true;
                return Outcome::Left;
            }
        }
        let kind = &self.tables.frames[frame as usize];
        // SAFETY: as above.
        let as_recorded = unsafe {
            m.frame == self.base.add(depth)
                && m.body == kind.body
                && m.regs == self.registers.add(kind.first as usize)
                && m.pc == (&(*m.body).code).as_ptr().add(next as usize)
        };
        if as_recorded { Outcome::Value(()) } else { Outcome::Left }
    }
}
