//! From CPython's stack bytecode to register instructions.
//!
//! The stack is interpreted abstractly. A position holds its value in its own register, or is known
//! to be a copy of a local, a constant, or empty; the copy is made only where something needs the
//! value in place: at block boundaries, for operands of calls, and before the local changes. An
//! instruction whose result is stored to a local at once writes the local directly.
//!
//! At the start of a block, and wherever an exception handler could look, every position is in its
//! own register.

use super::body::{Cache, Handler};
use super::instr::{CONSTANT, Instr, Op};
use super::translator::{Entry, Translator};
use crate::events::bodies::kind;
use adder_compiler::opcode::{Instruction, Opcode, instructions};
use adder_compiler::tables::exception_entries;
use adder_heap::GilCell;

/// What the translation produces; the code object adds constants and names, and copies the rest.
#[derive(Default)]
pub struct Translated {
    pub code: Vec<Instr>,
    /// Bytecode unit that each word came from.
    pub origin: Vec<u32>,
    /// Live stack positions of each word, as in `Body::live`; empty if there are too many positions.
    pub live: Vec<u32>,
    pub handlers: Vec<Handler>,
    pub caches: Vec<Cache>,
    /// Small integers to append to the constants.
    pub smalls: Vec<i32>,
    pub registers: usize,
}

/// Vectors that the next translation uses again: most code is short, and getting memory for it would take as long
/// as translating it.
#[derive(Default)]
struct Workspace {
    list: Vec<Instruction>,
    leader: Vec<bool>,
    depth_at: Vec<Option<usize>>,
    word_of: Vec<u32>,
    stack: Vec<Entry>,
    patches: Vec<(usize, usize, usize)>,
    done: Translated,
}

static WORKSPACE: GilCell<Option<Workspace>> = GilCell::new(None);

/// A workspace for code of more units is not kept.
const KEPT_UNITS: usize = 4096;

impl Translated {
    /// To be called when everything has been copied.
    pub fn recycle(self) {
        if let Some(w) = WORKSPACE.get() {
            w.done = self;
        }
    }
}

/// The code is beyond the limits of the execution form.
#[derive(Debug)]
pub struct TooLarge;

fn refill<T: Clone>(v: &mut Vec<T>, len: usize, item: T) {
    v.clear();
    v.resize(len, item);
}

fn emptied<T>(mut v: Vec<T>) -> Vec<T> {
    v.clear();
    v
}

fn binary(nb: u32) -> Op {
    use Op::*;
    [
        Add, And, FloorDiv, LShift, MatMul, Mul, Mod, Or, Pow, RShift, Sub, TrueDiv, Xor, IAdd, IAnd,
        IFloorDiv, ILShift, IMatMul, IMul, IMod, IOr, IPow, IRShift, ISub, ITrueDiv, IXor, Subscr,
    ][nb as usize]
}

/// Translates the bytecode of one code object. `small` gives the value of an integer constant that
/// fits 16 bits, for immediate operands.
pub fn translate(
    code: &[u8],
    exception_table: &[u8],
    locals: usize,
    stacksize: usize,
    constants: usize,
    small: &dyn Fn(usize) -> Option<i16>,
    events: bool,
) -> Result<Translated, TooLarge> {
    let mut workspace = WORKSPACE.get().take().unwrap_or_default();
    let Workspace { list, leader, depth_at, word_of, stack, patches, done } = &mut workspace;
    let done = std::mem::take(done);
    list.clear();
    list.extend(instructions(code));
    let table = exception_entries(exception_table);
    let units = code.len() / 2;
    refill(leader, units + 1, false);
    refill(depth_at, units + 1, None);
    refill(word_of, units + 1, 0);
    for i in list.iter() {
        if let Some(t) = i.jump_target() {
            leader[t] = true;
        }
    }
    for e in &table {
        leader[e.start as usize] = true;
        leader[e.end as usize] = true;
        leader[e.target as usize] = true;
        depth_at[e.target as usize] = Some(e.depth as usize + 1 + e.lasti as usize);
    }
    let mut t = Translator {
        locals,
        code: emptied(done.code),
        origin: emptied(done.origin),
        live: emptied(done.live),
        touched: 0,
        caches: emptied(done.caches),
        stack: emptied(std::mem::take(stack)),
        unit: 0,
        last: None,
        constants,
        smalls: emptied(done.smalls),
        patches: emptied(std::mem::take(patches)),
        max_registers: locals + stacksize,
        events,
    };
    let mut reachable = true;
    for (n, i) in list.iter().enumerate() {
        t.unit = i.offset as u32;
        if leader[i.start] {
            if reachable {
                t.flush();
                t.last = None;
                depth_at[i.start] = Some(t.stack.len());
            } else if let Some(d) = depth_at[i.start] {
                refill(&mut t.stack, d, Entry::Here);
                t.grow();
                reachable = true;
            }
            t.last = None;
        }
        for w in word_of.iter_mut().take(i.next().min(units) + 1).skip(i.start) {
            *w = t.code.len() as u32;
        }
        if !reachable {
            continue;
        }
        if t.code.len() > 1 << 24
            || t.caches.len() > 0xffff
            || t.locals + t.stack.len() + 8 > CONSTANT as usize
        {
            return Err(TooLarge);
        }
        let first_word = t.code.len();
        t.touched = t.in_place();
        // Depth at the target of a jump, after what the jump takes.
        let jump_depth = |t: &Translator, d: &mut Vec<Option<usize>>| {
            if let Some(target) = i.jump_target() {
                d[target].get_or_insert(t.stack.len());
            }
        };
        let arg = i.arg as usize;
        // A jump that was translated together with its comparison has had its event.
        let fused = n > 0
            && matches!(i.opcode, Opcode::POP_JUMP_IF_TRUE | Opcode::POP_JUMP_IF_FALSE)
            && list[n - 1].opcode == Opcode::COMPARE_OP
            && list[n - 1].arg & 16 != 0
            && !leader[i.start];
        if !fused && i.opcode != Opcode::CACHE {
            t.event(kind::INSTRUCTION, 0, t.unit);
        }
        let next_op = list.get(n + 1).filter(|x| !leader[x.start]).map(|x| x.opcode);
        use Opcode::*;
        match i.opcode {
            NOP | NOT_TAKEN | CACHE | EXTENDED_ARG | RESERVED | END_FOR => {
                if i.opcode == END_FOR {
                    // Only reached by falling out of FOR_ITER, which has already dropped the value.
                }
            }
            RESUME => {
                t.flush();
                t.op(Op::Resume, arg, 0, 0);
            }
            POP_TOP => {
                t.stack.pop();
            }
            POP_ITER => {
                t.stack.pop();
            }
            PUSH_NULL => t.push(Entry::Null),
            LOAD_FAST | LOAD_FAST_BORROW => t.push(Entry::Local(arg)),
            LOAD_FAST_LOAD_FAST | LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                t.push(Entry::Local(arg >> 4));
                t.push(Entry::Local(arg & 15));
            }
            LOAD_FAST_CHECK => t.push_result(Op::LoadCheck, arg, 0),
            LOAD_FAST_AND_CLEAR => {
                t.save_copies(arg);
                t.push_result(Op::LoadAndClear, arg, 0);
                t.last = None;
            }
            STORE_FAST => t.store_local(arg),
            STORE_FAST_LOAD_FAST => {
                t.store_local(arg >> 4);
                t.push(Entry::Local(arg & 15));
            }
            STORE_FAST_STORE_FAST => {
                t.store_local(arg >> 4);
                t.store_local(arg & 15);
            }
            DELETE_FAST => {
                t.save_copies(arg);
                t.op(Op::DeleteLocal, arg, 0, 0);
            }
            LOAD_CONST => t.push(Entry::Const(arg)),
            LOAD_SMALL_INT => t.push(Entry::Small(arg as i32)),
            COPY => {
                let from = t.stack.len() - arg;
                match t.stack[from] {
                    Entry::Here => {
                        let r = t.slot(from);
                        t.push_result(Op::Move, r, 0);
                        t.last = None;
                    }
                    other => t.push(other),
                }
            }
            SWAP => {
                let (a, b) = (t.stack.len() - arg, t.stack.len() - 1);
                if a != b {
                    match (t.stack[a], t.stack[b]) {
                        (Entry::Here, Entry::Here) => {
                            let (x, y) = (t.slot(a), t.slot(b));
                            t.op(Op::Swap, x, y, 0);
                        }
                        (Entry::Here, other) => {
                            let (x, y) = (t.slot(a), t.slot(b));
                            t.op(Op::Move, y, x, 0);
                            t.stack[a] = other;
                            t.stack[b] = Entry::Here;
                        }
                        (other, Entry::Here) => {
                            let (x, y) = (t.slot(a), t.slot(b));
                            t.op(Op::Move, x, y, 0);
                            t.stack[b] = other;
                            t.stack[a] = Entry::Here;
                        }
                        _ => t.stack.swap(a, b),
                    }
                }
            }
            BINARY_OP => {
                let n = t.stack.len();
                let immediate = match (t.stack[n - 1], i.arg) {
                    (Entry::Small(v), 0 | 13) => i16::try_from(v).ok().map(|v| (v, i.arg == 13)),
                    (Entry::Small(v), 10 | 23) => i16::try_from(-v).ok().map(|v| (v, i.arg == 23)),
                    (Entry::Const(k), 0 | 13) => small(k).map(|v| (v, i.arg == 13)),
                    (Entry::Const(k), 10 | 23) => {
                        small(k).and_then(|v| v.checked_neg()).map(|v| (v, i.arg == 23))
                    }
                    _ => None,
                };
                let subtract = matches!(i.arg, 10 | 23);
                match immediate {
                    Some((v, inplace)) => {
                        t.stack.pop();
                        let b = t.pop();
                        t.push_result(Op::AddSmall, b, v as u16 as usize);
                        let at = t.last;
                        t.emit(Instr::new(Op::Resume, inplace as usize, subtract as usize, 0));
                        t.last = at;
                    }
                    None => {
                        let (b, c) = t.pop2_operands();
                        t.push_result(binary(i.arg), b, c);
                    }
                }
            }
            UNARY_NEGATIVE => {
                let b = t.pop();
                t.push_result(Op::Neg, b, 0);
            }
            UNARY_INVERT => {
                let b = t.pop();
                t.push_result(Op::Invert, b, 0);
            }
            UNARY_NOT => {
                let b = t.pop();
                t.push_result(Op::Not, b, 0);
            }
            TO_BOOL => {
                let b = t.pop();
                // A conditional jump tests the truth itself.
                if matches!(next_op, Some(POP_JUMP_IF_TRUE | POP_JUMP_IF_FALSE)) {
                    if b < t.locals {
                        t.push(Entry::Local(b));
                    } else {
                        t.push_here();
                    }
                } else {
                    t.push_result(Op::ToBool, b, 0);
                }
            }
            COMPARE_OP => {
                let (b, c) = t.pop2_operands();
                let which = arg >> 5;
                let to_bool = arg & 16 != 0;
                if matches!(next_op, Some(POP_JUMP_IF_TRUE | POP_JUMP_IF_FALSE)) && to_bool {
                    let sense = (next_op == Some(POP_JUMP_IF_TRUE)) as usize;
                    let target = list[n + 1].jump_target().expect("a jump has a target");
                    // The rest of the stack must be in place at the target.
                    let (b, c) = t.hold_and_flush(b, c);
                    t.event(kind::INSTRUCTION, 0, list[n + 1].offset as u32);
                    let op = [Op::LtJump, Op::LeJump, Op::EqJump, Op::NeJump, Op::GtJump, Op::GeJump][which];
                    t.op(op, sense, b, c);
                    t.extension_jump(target);
                    depth_at[target].get_or_insert(t.stack.len());
                    t.push_here();
                } else {
                    use Op::*;
                    let ops = if to_bool {
                        [LtBool, LeBool, EqBool, NeBool, GtBool, GeBool]
                    } else {
                        [Lt, Le, Eq, Ne, Gt, Ge]
                    };
                    t.push_result(ops[which], b, c);
                }
            }
            IS_OP => {
                let (b, c) = t.pop2_operands();
                t.push_result(if arg == 0 { Op::Is } else { Op::IsNot }, b, c);
            }
            CONTAINS_OP => {
                let (b, c) = t.pop2_operands();
                t.push_result(if arg == 0 { Op::In } else { Op::NotIn }, b, c);
            }
            POP_JUMP_IF_TRUE | POP_JUMP_IF_FALSE => {
                if fused {
                    t.stack.pop();
                } else {
                    let r = t.pop();
                    let (r, _) = t.hold_and_flush(r, r);
                    let op = if i.opcode == POP_JUMP_IF_TRUE { Op::JumpTrue } else { Op::JumpFalse };
                    t.jump(op, r, i.jump_target().expect("a jump has a target"));
                    jump_depth(&t, depth_at);
                }
            }
            POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE => {
                let r = t.pop();
                let (r, _) = t.hold_and_flush(r, r);
                let op = if i.opcode == POP_JUMP_IF_NONE { Op::JumpNone } else { Op::JumpNotNone };
                t.jump(op, r, i.jump_target().expect("a jump has a target"));
                jump_depth(&t, depth_at);
            }
            JUMP_FORWARD => {
                t.flush();
                t.jump(Op::Jump, 0, i.jump_target().expect("a jump has a target"));
                jump_depth(&t, depth_at);
                reachable = false;
            }
            JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT => {
                t.flush();
                let op = if i.opcode == JUMP_BACKWARD { Op::JumpBack } else { Op::Jump };
                t.jump(op, 0, i.jump_target().expect("a jump has a target"));
                reachable = false;
            }
            GET_ITER => {
                let b = t.pop();
                t.push_result(Op::GetIter, b, 0);
            }
            FOR_ITER => {
                t.flush();
                let iter = t.slot(t.stack.len() - 1);
                let target = i.jump_target().expect("a jump has a target");
                // The target is END_FOR; it finds the iterator (and, in CPython, the value's place) on
                // the stack. END_FOR emits nothing, POP_ITER drops the iterator.
                depth_at[target].get_or_insert(t.stack.len());
                let d = t.top();
                let at = t.op(Op::ForIter, d, iter, 0);
                t.extension_jump(target);
                t.push_here();
                t.last = Some(at);
            }
            LOAD_GLOBAL => {
                let k = t.cache(arg >> 1);
                t.push_result(Op::LoadGlobal, k, 0);
                if arg & 1 != 0 {
                    t.last = None;
                    t.push(Entry::Null);
                }
            }
            LOAD_NAME => t.push_result(Op::LoadName, arg, 0),
            STORE_NAME => {
                let b = t.pop();
                t.op(Op::StoreName, arg, b, 0);
            }
            DELETE_NAME => {
                t.op(Op::DeleteName, arg, 0, 0);
            }
            STORE_GLOBAL => {
                let b = t.pop();
                t.op(Op::StoreGlobal, arg, b, 0);
            }
            DELETE_GLOBAL => {
                t.op(Op::DeleteGlobal, arg, 0, 0);
            }
            LOAD_ATTR => {
                let b = t.pop();
                let k = t.cache(arg >> 1);
                if arg & 1 != 0 {
                    t.push_result(Op::LoadMethod, b, k);
                    t.last = None;
                    t.push_here();
                } else {
                    t.push_result(Op::LoadAttr, b, k);
                }
            }
            STORE_ATTR => {
                let obj = t.pop();
                let value = t.pop_operand();
                let k = t.cache(arg);
                t.op(Op::StoreAttr, obj, value, k);
            }
            DELETE_ATTR => {
                let obj = t.pop();
                t.op(Op::DeleteAttr, obj, 0, arg);
            }
            LOAD_SUPER_ATTR => {
                let b = t.pop_block(3);
                t.push_result(Op::LoadSuperAttr, b, arg >> 2);
                t.emit(Instr::new(Op::Resume, arg & 1, arg >> 1 & 1, 0));
                if arg & 1 != 0 {
                    t.push_here();
                }
            }
            MAKE_CELL => {
                t.op(Op::MakeCell, arg, 0, 0);
            }
            COPY_FREE_VARS => {
                let first = t.locals - arg;
                t.op(Op::CopyFreeVars, first, arg, 0);
            }
            LOAD_DEREF => t.push_result(Op::LoadDeref, arg, 0),
            STORE_DEREF => {
                let b = t.pop();
                t.op(Op::StoreDeref, arg, b, 0);
            }
            DELETE_DEREF => {
                t.op(Op::DeleteDeref, arg, 0, 0);
            }
            LOAD_FROM_DICT_OR_DEREF => {
                let b = t.pop();
                t.push_result(Op::LoadFromDictOrDeref, b, arg);
            }
            LOAD_FROM_DICT_OR_GLOBALS => {
                let b = t.pop();
                t.push_result(Op::LoadFromDictOrGlobals, b, arg);
            }
            CALL => {
                let from = t.stack.len() - arg - 2;
                let no_receiver = t.stack[from + 1] == Entry::Null;
                t.materialise(from);
                if !no_receiver {
                    t.materialise(from + 1);
                }
                t.flush_from(from + 2);
                let b = t.slot(from);
                t.stack.truncate(from);
                t.event(kind::CALL, 0, t.unit);
                t.push_result(if no_receiver { Op::Call } else { Op::CallMethod }, b, arg);
            }
            CALL_KW => {
                let names = t.pop_block(1);
                let b = t.pop_block(arg + 2);
                t.event(kind::CALL, 0, t.unit);
                t.push_result(Op::CallKw, b, arg);
                t.emit(Instr::new(Op::Resume, names, 0, 0));
                t.last = None;
            }
            CALL_FUNCTION_EX => {
                let b = t.pop_block(4);
                t.event(kind::CALL, 0, t.unit);
                t.push_result(Op::CallEx, b, 0);
            }
            RETURN_VALUE => {
                let r = t.pop_operand();
                t.event(kind::RETURN, r, t.unit);
                t.op(Op::Return, r, 0, 0);
                reachable = false;
            }
            BUILD_TUPLE | BUILD_LIST | BUILD_SET | BUILD_STRING | BUILD_SLICE => {
                let b = t.pop_block(arg);
                let op = match i.opcode {
                    BUILD_TUPLE => Op::BuildTuple,
                    BUILD_LIST => Op::BuildList,
                    BUILD_SET => Op::BuildSet,
                    BUILD_STRING => Op::BuildString,
                    _ => Op::BuildSlice,
                };
                t.push_result(op, b, arg);
            }
            BUILD_MAP => {
                let b = t.pop_block(2 * arg);
                t.push_result(Op::BuildMap, b, arg);
            }
            LIST_APPEND | SET_ADD | LIST_EXTEND | SET_UPDATE | DICT_UPDATE => {
                let b = t.pop();
                let at = t.stack.len() - arg;
                let a = t.register(at);
                let op = match i.opcode {
                    LIST_APPEND => Op::ListAppend,
                    SET_ADD => Op::SetAdd,
                    LIST_EXTEND => Op::ListExtend,
                    SET_UPDATE => Op::SetUpdate,
                    _ => Op::DictUpdate,
                };
                t.op(op, a, b, 0);
            }
            DICT_MERGE => {
                let b = t.pop();
                let a = t.register(t.stack.len() - arg);
                let callable = t.stack.len() - arg - 3;
                t.materialise(callable);
                let c = t.slot(callable);
                t.op(Op::DictMerge, a, b, c);
            }
            MAP_ADD => {
                let (k, v) = t.pop2();
                let a = t.register(t.stack.len() - arg);
                t.op(Op::MapAdd, a, k, v);
            }
            STORE_SUBSCR => {
                let n = t.stack.len();
                let (v, container, key) = (t.operand(n - 3), t.register(n - 2), t.operand(n - 1));
                t.stack.truncate(n - 3);
                t.op(Op::StoreSubscr, container, key, v);
            }
            DELETE_SUBSCR => {
                let (container, key) = t.pop2();
                t.op(Op::DeleteSubscr, container, key, 0);
            }
            BINARY_SLICE => {
                let b = t.pop_block(3);
                t.push_result(Op::BinarySlice, b, 0);
            }
            STORE_SLICE => {
                let b = t.pop_block(4);
                t.op(Op::StoreSlice, b + 1, b, 0);
            }
            UNPACK_SEQUENCE => {
                let b = t.pop();
                let a = t.top();
                t.op(Op::UnpackSequence, a, b, arg);
                for _ in 0..arg {
                    t.push_here();
                }
                // It stores the items while it iterates.
                t.touched |= t.in_place();
            }
            UNPACK_EX => {
                let b = t.pop();
                let a = t.top();
                t.op(Op::UnpackEx, a, b, arg);
                for _ in 0..(arg & 0xff) + 1 + (arg >> 8) {
                    t.push_here();
                }
            }
            MAKE_FUNCTION => {
                let b = t.pop();
                t.push_result(Op::MakeFunction, b, 0);
            }
            SET_FUNCTION_ATTRIBUTE => {
                let n = t.stack.len();
                let (value, f) = (t.register(n - 2), t.register(n - 1));
                t.op(Op::SetFunctionAttribute, f, value, arg);
                t.stack.truncate(n - 2);
                t.push_result(Op::Move, f, 0);
            }
            LOAD_BUILD_CLASS => t.push_result(Op::LoadBuildClass, 0, 0),
            LOAD_LOCALS => t.push_result(Op::LoadLocals, 0, 0),
            LOAD_COMMON_CONSTANT => t.push_result(Op::LoadCommonConstant, arg, 0),
            SETUP_ANNOTATIONS => {
                t.op(Op::SetupAnnotations, 0, 0, 0);
            }
            IMPORT_NAME => {
                let b = t.pop_block(2);
                t.push_result(Op::ImportName, b, arg);
            }
            IMPORT_FROM => {
                let b = t.register(t.stack.len() - 1);
                t.push_result(Op::ImportFrom, b, arg);
            }
            RAISE_VARARGS => {
                let b = t.pop_block(arg);
                t.op(Op::Raise, 0, b, arg);
                reachable = false;
            }
            RERAISE => {
                let lasti = if arg > 0 { t.register(t.stack.len() - 1 - arg) } else { 0xffff };
                let r = t.pop();
                t.op(Op::Reraise, r, lasti, 0);
                reachable = false;
            }
            PUSH_EXC_INFO => {
                t.flush();
                let a = t.slot(t.stack.len() - 1);
                t.op(Op::PushExcInfo, a, 0, 0);
                t.push_here();
            }
            POP_EXCEPT => {
                let r = t.pop();
                t.op(Op::PopExcept, r, 0, 0);
            }
            CHECK_EXC_MATCH => {
                let c = t.pop();
                let b = t.register(t.stack.len() - 1);
                t.push_result(Op::CheckExcMatch, b, c);
            }
            CHECK_EG_MATCH => {
                let a = t.pop_block(2);
                t.op(Op::CheckEgMatch, a, 0, 0);
                t.push_here();
                t.push_here();
            }
            WITH_EXCEPT_START => {
                let from = t.stack.len() - 5;
                t.flush_from(from);
                let b = t.slot(from);
                t.push_result(Op::WithExceptStart, b, 0);
            }
            CLEANUP_THROW => {
                // (sub-iterator, last sent, exception) -> (None, value)
                let a = t.pop_block(3);
                t.op(Op::CleanupThrow, a, 0, 0);
                t.push_here();
                t.push_here();
            }
            LOAD_SPECIAL => {
                let a = t.pop_block(1);
                t.op(Op::LoadSpecial, a, arg, 0);
                t.push_here();
                t.push_here();
            }
            RETURN_GENERATOR => {
                let a = t.top();
                t.op(Op::ReturnGenerator, a, 0, 0);
                t.push_here();
            }
            YIELD_VALUE => {
                let b = t.pop();
                let (b, _) = t.hold_and_flush(b, b);
                let a = t.top();
                t.event(kind::YIELD, b, t.unit);
                t.op(Op::Yield, a, b, 0);
                t.push_here();
            }
            SEND => {
                t.flush();
                let b = t.slot(t.stack.len() - 2);
                let target = i.jump_target().expect("a jump has a target");
                depth_at[target].get_or_insert(t.stack.len());
                t.op(Op::Send, b + 1, b, 0);
                t.extension_jump(target);
            }
            END_SEND => {
                // (receiver, value) -> value
                let n = t.stack.len();
                t.flush_from(n - 2);
                let from = t.slot(n - 1);
                t.stack.truncate(n - 2);
                t.push_result(Op::Move, from, 0);
            }
            GET_AWAITABLE => {
                let b = t.pop();
                t.push_result(Op::GetAwaitable, b, arg);
            }
            GET_AITER => {
                let b = t.pop();
                t.push_result(Op::GetAiter, b, 0);
            }
            GET_ANEXT => {
                let b = t.register(t.stack.len() - 1);
                t.push_result(Op::GetAnext, b, 0);
            }
            END_ASYNC_FOR => {
                // (async iterator, exception)
                let r = t.pop();
                t.op(Op::EndAsyncFor, r, 0, 0);
                t.stack.pop();
            }
            GET_YIELD_FROM_ITER => {
                let b = t.pop();
                t.push_result(Op::GetYieldFromIter, b, 0);
            }
            MATCH_CLASS => {
                let a = t.pop_block(3);
                t.op(Op::MatchClass, a, 0, arg);
                t.push_here();
            }
            MATCH_KEYS => {
                let n = t.stack.len();
                let (b, c) = (t.register(n - 2), t.register(n - 1));
                t.push_result(Op::MatchKeys, b, c);
            }
            MATCH_MAPPING | MATCH_SEQUENCE | GET_LEN => {
                let b = t.register(t.stack.len() - 1);
                let op = match i.opcode {
                    MATCH_MAPPING => Op::MatchMapping,
                    MATCH_SEQUENCE => Op::MatchSequence,
                    _ => Op::GetLen,
                };
                t.push_result(op, b, 0);
            }
            CONVERT_VALUE => {
                let b = t.pop();
                t.push_result(Op::ConvertValue, b, arg);
            }
            FORMAT_SIMPLE => {
                let b = t.pop();
                t.push_result(Op::FormatSimple, b, 0);
            }
            FORMAT_WITH_SPEC => {
                let (b, c) = t.pop2();
                t.push_result(Op::FormatWithSpec, b, c);
            }
            BUILD_INTERPOLATION => {
                let n = if arg & 1 != 0 { 3 } else { 2 };
                let b = t.pop_block(n);
                t.push_result(Op::BuildInterpolation, b, arg);
            }
            BUILD_TEMPLATE => {
                let b = t.pop_block(2);
                t.push_result(Op::BuildTemplate, b, 0);
            }
            CALL_INTRINSIC_1 => {
                let b = t.pop();
                t.push_result(Op::Intrinsic1, b, arg);
            }
            CALL_INTRINSIC_2 => {
                let b = t.pop_block(2);
                t.push_result(Op::Intrinsic2, b, arg);
            }
            EXIT_INIT_CHECK | INTERPRETER_EXIT => return Err(TooLarge),
            _ => return Err(TooLarge),
        }
        t.mark_live(first_word);
    }
    word_of[units] = t.code.len() as u32;
    for &(word, relative_to, target) in &t.patches {
        let offset = word_of[target] as i32 - relative_to as i32;
        t.code[word].set_imm(offset);
    }
    let handlers = table
        .iter()
        .map(|e| Handler {
            start: word_of[e.start as usize],
            end: word_of[e.end as usize],
            target: word_of[e.target as usize],
            depth: e.depth,
            lasti: e.lasti,
        })
        .collect();
    // One position more than fits the masks: then all registers count as live.
    if t.max_registers + 1 - locals > 32 {
        t.live.clear();
    }
    (*stack, *patches) = (t.stack, t.patches);
    if units <= KEPT_UNITS {
        *WORKSPACE.get() = Some(workspace);
    }
    Ok(Translated {
        code: t.code,
        origin: t.origin,
        live: t.live,
        handlers,
        caches: t.caches,
        smalls: t.smalls,
        registers: t.max_registers + 1,
    })
}
