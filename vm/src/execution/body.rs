//! The translated form of a code object: instructions, inline caches, handlers.
//!
//! A body is in Rust memory and never moves; it belongs to its code object, which traces the values
//! in it. Whoever stores a value into a body calls `Code::touched` afterwards (barrier-on-store).

use super::instr::{Instr, Op};
use super::owners::Owners;
use crate::events::bodies::EventTable;
use adder_heap::{ShapeId, Visitor};
use std::cell::{Cell, OnceCell};

/// An exception handler, in words of the body.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    pub start: u32,
    pub end: u32,
    pub target: u32,
    pub depth: u32,
    pub lasti: bool,
}

/// What an inline cache has found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum CacheKind {
    Empty,
    /// Kinds above this one are filled in.
    Megamorphic,
    /// Attribute in an inline slot of the instance at byte `offset`.
    Slot,
    /// Attribute at index `offset` of the overflow array in the word at byte `version2`.
    Overflow,
    /// Class attribute without `__get__`, or already bound to the class: `value`.
    ClassValue,
    /// Function or method descriptor found on the class: `value` is to be called with the receiver.
    Method,
    /// Property: `value` is the getter, to be called with the receiver.
    Property,
    /// A `__slots__` member at byte `offset`.
    Member,
    /// Module attribute: position `offset` of the module's dict with version `version2`.
    Module,
    /// Attribute of a class object: `value`, for the class with address `identity`.
    TypeValue,
    /// Store that adds the attribute: the new shape is `shape2`.
    AddSlot,
    /// Global: position `offset` in the globals of version `version`.
    Global,
    /// Builtin: position `offset` in the builtins of version `version2`, globals have version `version`.
    Builtin,
    /// Getset of a native class: `identity` is the getter function.
    GetSet,
    /// Attribute of an instance in dict mode: probably at position `offset` of the dict in the word at
    /// byte `version2`.
    DictSlot,
    /// As `Method`, unless the dict in the word at byte `version2` has the name.
    DictMethod,
    /// A class method's function `value`, for the class with address `identity`.
    ClassMethod,
}

/// An inline cache; what the fields mean depends on `kind`.
#[derive(Clone, Copy)]
pub struct Cache {
    pub kind: CacheKind,
    pub misses: u8,
    /// Index of the name in the code's names.
    pub name: u32,
    pub shape: ShapeId,
    pub shape2: ShapeId,
    pub version: u32,
    pub version2: u32,
    pub offset: u32,
    /// Address of the version word of the class that the entry depends on.
    pub version_at: *const u32,
    pub identity: usize,
    /// A value word, traced.
    pub value: u64,
}

impl Cache {
    pub const EMPTY: Cache = Cache {
        kind: CacheKind::Empty,
        misses: 0,
        name: 0,
        shape: ShapeId(0),
        shape2: ShapeId(0),
        version: 0,
        version2: 0,
        offset: 0,
        version_at: std::ptr::null(),
        identity: 0,
        value: 0,
    };

    pub fn named(name: usize) -> Cache {
        Cache { name: name as u32, ..Cache::EMPTY }
    }
}

/// The executable form of one code object.
pub struct Body {
    pub code: Box<[Instr]>,
    /// Bytecode unit of each word.
    pub origin: Box<[u32]>,
    /// For each word, the stack positions that hold a value while it executes: bit i is register
    /// `locals + i`. What is not live may be stale. Empty: all registers are valid words at any time.
    pub live: Box<[u32]>,
    pub handlers: Box<[Handler]>,
    pub caches: Box<[Cache]>,
    /// Constants and names as words, traced.
    pub constants: Box<[u64]>,
    pub names: Box<[u64]>,
    /// Size of a frame in registers.
    pub registers: usize,
    /// Locals, cells and free variables, which come first and are always valid words.
    pub locals: usize,
    /// Registers to clear when a frame is made.
    pub cleared: usize,
    pub arguments: usize,
    /// Positional arguments only: no keyword-only ones, no `*args`, `**kwargs`.
    pub simple: bool,
    pub is_generator: bool,
    /// Whether the body has `Event` words, and what they need.
    pub events: Option<Box<EventTable>>,
    /// The code uses another body now, one with events.
    pub replaced: Cell<bool>,
    /// CO_OPTIMIZED: a function's code, without a namespace.
    pub optimized: bool,
    pub starts_with_resume: bool,
    /// Which registers may own objects of C; found when it is first asked for.
    pub owners: OnceCell<Owners>,
}

impl Body {
    pub fn trace(&mut self, v: &mut Visitor) {
        // The code object's tuples have the same constants and names.
        if v.updates_copies() {
            v.visit_slots(self.constants.as_mut_ptr(), self.constants.len());
            v.visit_slots(self.names.as_mut_ptr(), self.names.len());
        }
        for c in self.caches.iter_mut() {
            if c.value != 0 {
                v.visit(&mut c.value);
            }
        }
    }

    /// The innermost handler for the instruction that ends before `next`.
    pub fn handler(&self, at: u32) -> Option<Handler> {
        // Entries are sorted by start and inner ranges come as separate entries: at most one matches.
        self.handlers.iter().copied().find(|h| h.start <= at && at < h.end)
    }

    /// A listing, for debugging.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        let mut i = 0;
        while i < self.code.len() {
            let c = self.code[i];
            out.push_str(&format!("{i:4} {:<18} {} {} {}", c.op.name(), c.a, c.b, c.c));
            if matches!(
                c.op,
                Op::Jump | Op::JumpBack | Op::JumpTrue | Op::JumpFalse | Op::JumpNone | Op::JumpNotNone
            ) {
                out.push_str(&format!("  -> {}", i as i32 + 1 + c.imm()));
            }
            if c.op.words() == 2 {
                let e = self.code[i + 1];
                out.push_str(&format!("  [{} {}]", e.a, e.imm()));
            }
            out.push('\n');
            i += c.op.words();
        }
        for h in self.handlers.iter() {
            out.push_str(&format!(
                "  {}..{} -> {} depth {} lasti {}\n",
                h.start, h.end, h.target, h.depth, h.lasti
            ));
        }
        out
    }
}
