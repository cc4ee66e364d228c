//! What the numbers in traces mean here: words, functions, conditions, actions and frames.

use crate::error::PyResult;
use crate::execution::body::{Body, Cache};
use crate::execution::frame::Kind;
use crate::object::Value;
use crate::vm::Vm;
use adder_heap::RootVec;

/// The first slot that is no register: the function of the frame that the trace begins in. Those of the frames
/// above it follow.
pub const FUNCTION: u32 = 0x10000;

/// A function that traces call.
#[derive(Clone)]
pub enum Callee {
    One(fn(&Vm, Value) -> PyResult<Value>),
    Two(fn(&Vm, Value, Value) -> PyResult<Value>),
    Three(fn(&Vm, Value, Value, Value) -> PyResult<Value>),
    Truth,
    Getter(Box<Cache>),
    /// A native function with `count` arguments, which are registers of the running frame.
    Native {
        first: u16,
        count: u16,
    },
    Descriptor {
        first: u16,
        count: u16,
    },
    /// A class that an extension defines.
    Construct {
        first: u16,
        count: u16,
    },
    /// The next item, or the empty word.
    Next,
    Tuple,
    List,
    /// A new instance of a class.
    Instance,
    /// The value at a position of the dict that is word `dict`.
    DictValue {
        dict: u32,
        at: u32,
    },
    ModuleValue {
        module: u32,
        at: u32,
    },
}

/// What a trace relies on.
#[derive(Clone, PartialEq)]
pub enum Condition {
    /// No event waits to be handled.
    Calm,
    /// A class has not changed.
    Version {
        at: *const u32,
        version: u32,
    },
    /// The dict that is word `dict` has the same keys at the same places.
    DictVersion {
        dict: u32,
        version: u32,
    },
    ModuleVersion {
        module: u32,
        version: u32,
    },
    /// The stacks have room for a frame of this kind, the `depth`th above the first one.
    Room {
        frame: u32,
        depth: usize,
    },
    /// After code was called that may do anything: the frames are what the trace believes them to be, nobody
    /// looks at them from outside, and their registers own no objects of C.
    Undisturbed {
        frames: Vec<u32>,
    },
}

/// The interpreter executes one instruction on the registers in memory: what it does besides is not recorded.
/// Afterwards `depth` frames are above the first one, and the last, of kind `frame`, goes on at word `next`.
#[derive(Clone, Copy)]
pub struct Action {
    pub depth: usize,
    pub frame: u32,
    pub next: u32,
}

/// A frame of a trace.
#[derive(Clone, Copy, PartialEq)]
pub struct FrameKind {
    pub body: *const Body,
    /// Its first register, counted from those of the frame that the trace begins in.
    pub first: u32,
    pub dest: u16,
    pub kind: Kind,
}

pub struct Tables {
    pub words: RootVec,
    pub callees: Vec<Callee>,
    pub conditions: Vec<Condition>,
    pub actions: Vec<Action>,
    /// The first one is the frame that the trace begins in.
    pub frames: Vec<FrameKind>,
}

impl Tables {
    pub fn new(body: *const Body) -> Tables {
        let base = FrameKind { body, first: 0, dest: 0, kind: Kind::Entry };
        Tables {
            words: RootVec::new(),
            callees: vec![],
            conditions: vec![],
            actions: vec![],
            frames: vec![base],
        }
    }

    pub fn word(&mut self, v: Value) -> u32 {
        match self.words.iter().position(|w| w == v) {
            Some(i) => i as u32,
            None => {
                self.words.push(v);
                self.words.len() as u32 - 1
            }
        }
    }

    pub fn condition(&mut self, c: Condition) -> u32 {
        place(&mut self.conditions, c)
    }

    pub fn frame(&mut self, f: FrameKind) -> u32 {
        place(&mut self.frames, f)
    }

    pub fn callee(&mut self, c: Callee) -> u32 {
        self.callees.push(c);
        self.callees.len() as u32 - 1
    }
}

fn place<T: PartialEq>(all: &mut Vec<T>, one: T) -> u32 {
    let at = all.iter().position(|x| *x == one).unwrap_or(all.len());
    if at == all.len() {
        all.push(one);
    }
    at as u32
}
