//! The run loop: executes the frames of a thread until the entry frame returns.
//!
//! An optimised build has no loop. Each instruction is a function that ends by jumping to the function of
//! the next one; position, registers, frame and body travel in argument registers. One indirect jump per
//! instruction, instead of one for all, is what branch prediction likes, and the compiler allocates
//! registers for one instruction at a time.
//!
//! There are two functions for each instruction. The first calls nothing and so needs no registers saved;
//! what it cannot do, it leaves to the second.
//!
//! Rust does not promise that a call at the end of a function becomes a jump; optimising LLVM makes it one
//! if nothing on the stack is still needed. So an instruction must not let the address of a local escape:
//! `Interp` calls functions that take plain words. Should a compiler fail to jump all the same, the stack
//! grows until `stack_grows`, asked at every backward jump, makes the instruction return to `run_from`,
//! which goes on from the saved position. Builds with debug assertions use an ordinary
//! loop, in `machines/`, which can also run on other machines.

use super::cold;
use super::frame::Kind;
use super::interp::Interp;
use super::outside;
use crate::builtins::delegation;
use crate::builtins::exceptions::Exc;
use crate::builtins::generator_frames;
use crate::error::{PyResult, Raised};
use crate::events;
use crate::object::Value;
#[cfg(not(debug_assertions))]
use crate::semantics::machine::Flow;
use crate::semantics::machine::Machine;
use crate::vm::Vm;

/// How far calls that should have been jumps may take the native stack.
#[cfg(not(debug_assertions))]
const GROWTH: usize = 256 << 10;

#[cfg(not(debug_assertions))]
mod threaded {
    use crate::execution::body::Body;
    use crate::execution::cold;
    use crate::execution::frame::Control;
    use crate::execution::instr::{Instr, Op};
    use crate::execution::interp::Interp;
    use crate::semantics::machine::Flow;
    use crate::semantics::{Handlers, Instruction, table};
    use crate::vm::Vm;
    use adder_heap::GilCell;

    type Handler =
        unsafe fn(*const Instr, *mut u64, *mut Control, *const Body, &'static Vm, word: u64) -> Flow;

    struct Threaded;

    impl Handlers for Threaded {
        type Entry = Handler;

        fn entry<I: Instruction>() -> Handler {
            match I::OP {
                Op::PushExcInfo => push_exc_info,
                Op::PopExcept => pop_except,
                Op::CheckExcMatch => check_exc_match::<I>,
                // Calls that are known to be native, and what has no generic semantics.
                Op::CallNative | Op::CallNativeMethod | Op::DeleteLocal => execute::<I>,
                _ => fast::<I>,
            }
        }
    }

    unsafe fn unfilled(
        _: *const Instr,
        _: *mut u64,
        _: *mut Control,
        _: *const Body,
        _: &'static Vm,
        _: u64,
    ) -> Flow {
        unreachable!("the table of instructions is filled at start-up")
    }

    static TABLE: GilCell<[Handler; Op::ALL.len()]> = GilCell::new([unfilled; Op::ALL.len()]);

    /// Fills the table; to be called before anything runs.
    pub fn init() {
        *TABLE.get() = table::<Threaded>();
    }

    /// Executes one instruction if that takes no call, and what follows.
    ///
    /// # Safety
    /// The arguments are the state of the running frame; `word` is the instruction before `pc`.
    unsafe fn fast<I: Instruction>(
        pc: *const Instr,
        regs: *mut u64,
        frame: *mut Control,
        body: *const Body,
        vm: &'static Vm,
        word: u64,
    ) -> Flow {
        let mut m: Interp<true> = Interp { pc, regs, frame, body, vm, stopped: false };
        match I::run(&mut m, std::mem::transmute::<u64, Instr>(word)) {
            Flow::Next | Flow::Switch if !m.stopped => dispatch(m),
            _ => execute::<I>(pc, regs, frame, body, vm, word),
        }
    }

    /// Executes one instruction, and what follows.
    ///
    /// # Safety
    /// The arguments are the state of the running frame; `word` is the instruction before `pc`.
    #[inline(never)]
    unsafe fn execute<I: Instruction>(
        pc: *const Instr,
        regs: *mut u64,
        frame: *mut Control,
        body: *const Body,
        vm: &'static Vm,
        word: u64,
    ) -> Flow {
        let mut m: Interp = Interp { pc, regs, frame, body, vm, stopped: false };
        match I::run(&mut m, std::mem::transmute::<u64, Instr>(word)) {
            Flow::Next | Flow::Switch => dispatch(m),
            flow => flow,
        }
    }

    unsafe fn push_exc_info(
        pc: *const Instr,
        regs: *mut u64,
        frame: *mut Control,
        body: *const Body,
        vm: &'static Vm,
        word: u64,
    ) -> Flow {
        let mut m: Interp<true> = Interp { pc, regs, frame, body, vm, stopped: false };
        cold::push_exc_info(&mut m, std::mem::transmute::<u64, Instr>(word));
        dispatch(m)
    }

    unsafe fn pop_except(
        pc: *const Instr,
        regs: *mut u64,
        frame: *mut Control,
        body: *const Body,
        vm: &'static Vm,
        word: u64,
    ) -> Flow {
        let mut m: Interp<true> = Interp { pc, regs, frame, body, vm, stopped: false };
        cold::pop_except(&mut m, std::mem::transmute::<u64, Instr>(word));
        dispatch(m)
    }

    unsafe fn check_exc_match<I: Instruction>(
        pc: *const Instr,
        regs: *mut u64,
        frame: *mut Control,
        body: *const Body,
        vm: &'static Vm,
        word: u64,
    ) -> Flow {
        let mut m: Interp<true> = Interp { pc, regs, frame, body, vm, stopped: false };
        match cold::check_one_class(&mut m, std::mem::transmute::<u64, Instr>(word)) {
            true => dispatch(m),
            false => execute::<I>(pc, regs, frame, body, vm, word),
        }
    }

    /// Executes from the instruction at `m.pc` on.
    ///
    /// # Safety
    /// `m` is the state of the running frame.
    #[inline(always)]
    pub unsafe fn dispatch<const FAST: bool>(m: Interp<FAST>) -> Flow {
        let word = *m.pc.cast::<u64>();
        // Operation codes come first and index the table.
        let handler = *TABLE.get().get_unchecked(word as u16 as usize);
        handler(m.pc.add(1), m.regs, m.frame, m.body, m.vm, word)
    }

    const _: () = assert!(std::mem::offset_of!(Instr, op) == 0 && cfg!(target_endian = "little"));
}

#[cfg(not(debug_assertions))]
pub use threaded::init;

/// Nothing to prepare: there is a loop.
#[cfg(debug_assertions)]
pub fn init() {}

#[cfg(not(debug_assertions))]
#[inline(always)]
fn stack_pointer() -> usize {
    let sp: usize;
    // SAFETY: only reads a register.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        std::arch::asm!("mov {}, rsp", out(reg) sp, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        std::arch::asm!("mov {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags));
    }
    sp
}

/// Whether jumps between instructions turned out to be calls.
#[inline(always)]
pub fn stack_grows(vm: &Vm) -> bool {
    #[cfg(not(debug_assertions))]
    return stack_pointer() < vm.thread().loop_limit.get();
    #[cfg(debug_assertions)]
    {
        let _ = vm;
        false
    }
}

/// Overwrites what the functions that failed have left on the native stack: in gaps of the frames that come next
/// it would keep garbage alive.
#[cfg(not(debug_assertions))]
#[inline(never)]
fn clear_stack() {
    let mut words = [0u64; 256];
    std::hint::black_box(&mut words);
}

impl Vm {
    /// Runs the top frame, which must be an entry frame, until it returns.
    pub fn run(&self) -> PyResult<Value> {
        self.run_from(None)
    }

    /// As `run`, starting with an exception that is set: a generator's `throw`.
    pub fn run_raising(&self, raised: Raised) -> PyResult<Value> {
        self.run_from(Some(raised))
    }

    #[cfg(not(debug_assertions))]
    fn run_from(&self, raised: Option<Raised>) -> PyResult<Value> {
        // SAFETY: the VM is a process-wide static.
        let vm: &'static Vm = unsafe { &*(self as *const Vm) };
        let limit = &vm.thread().loop_limit;
        let outer = limit.replace(stack_pointer().saturating_sub(GROWTH));
        if raised.is_some() {
            events::thrown(vm, vm.thread().frame.get());
        }
        let mut flow = if raised.is_some() { Flow::Raise } else { Flow::Leave };
        let result = loop {
            match flow {
                Flow::Done => break Ok(()),
                Flow::Raise => {
                    if let Err(raised) = unwind(vm) {
                        break Err(raised);
                    }
                    clear_stack();
                }
                Flow::Next | Flow::Switch | Flow::Leave => {}
            }
            // SAFETY: the top frame is initialised and its position saved.
            flow = unsafe { threaded::dispatch(Interp::saved(vm)) };
        };
        vm.thread().loop_limit.set(outer);
        result.map(|()| returned(vm))
    }

    #[cfg(debug_assertions)]
    fn run_from(&self, raised: Option<Raised>) -> PyResult<Value> {
        // SAFETY: the VM is a process-wide static.
        crate::machines::run(unsafe { &*(self as *const Vm) }, raised)
    }
}

/// An exception comes from outside: finds a handler as `unwind` does.
#[cfg(debug_assertions)]
pub fn thrown(vm: &'static Vm) -> Result<(), Raised> {
    events::thrown(vm, vm.thread().frame.get());
    unwind(vm)
}

/// What the entry frame has returned.
pub fn returned(vm: &Vm) -> Value {
    // SAFETY: set by `return_value` and by yields, which only take values.
    unsafe { Value::from_bits_unchecked(vm.thread().result.get()) }
}

/// Finds a handler in this frame or the callers up to the entry frame, and saves where to go on. Err: the
/// entry frame is left.
#[inline(never)]
pub fn unwind(vm: &'static Vm) -> Result<(), Raised> {
    // A failing instruction may have been reached with the frame already left (see `Kind::Init`).
    let mut m = Interp::saved(vm);
    loop {
        // SAFETY: the top frame is initialised.
        let frame = unsafe { &mut *m.frame };
        let again = vm.thread().reraising.replace(false);
        if !again {
            vm.thread().reraised_at.set(u32::MAX);
        }
        if !again {
            cold::add_traceback(vm, m.frame);
        }
        events::raised(vm, m.frame, again);
        let body = frame.body();
        let at = frame.at() as u32;
        if let Some(h) = body.handler(at) {
            let base = body.locals + h.depth as usize;
            let exc = vm.fetch_exception().expect("unwinding without an exception");
            let exc = events::handled(vm, m.frame, h.target as usize, exc);
            if h.lasti {
                // After a RERAISE the place stays where the exception came up first.
                let unit = match vm.thread().reraised_at.get() {
                    u32::MAX => frame.unit(),
                    at => at,
                };
                frame.set_reg(base, Some(Value::from_small(unit as i64)));
                frame.set_reg(base + 1, Some(exc.value()));
            } else {
                frame.set_reg(base, Some(exc.value()));
            }
            // SAFETY: handler targets are inside the body.
            frame.pc = unsafe { body.code.as_ptr().add(h.target as usize) };
            vm.thread().reraised_at.set(u32::MAX);
            super::lifetimes::unwound(frame);
            return Ok(());
        }
        let (kind, jump) = (frame.kind, frame.jump);
        events::unwound(vm, m.frame);
        cold::leave_frame(vm, m.frame, None);
        if frame.chain != 0 {
            delegation::raise_in_delegator(vm, m.frame);
            m.reload();
            continue;
        }
        let thread = vm.thread();
        thread.depth.set(thread.depth.get() - 1);
        // SAFETY: the frame below, or the place below the first one.
        thread.frame.set(unsafe { m.frame.sub(1) });
        if kind.ends_loop() {
            return Err(vm.raised_elsewhere());
        }
        // What follows may allocate: the record above the top is not traced.
        let (resumed, dest) = (Value::from_bits(frame.extra), frame.dest);
        if kind.is_generator() {
            generator_frames::finish_frame(vm, m.frame);
            generator_frames::convert_stop_of(vm, m.frame);
        }
        m.reload();
        if kind == Kind::AsyncSend {
            outside::async_raised(vm, resumed, dest);
        }
        if kind == Kind::Next && vm.swallow(vm.raised_elsewhere(), Exc::StopIteration).is_ok() {
            m.jump(jump);
            m.sync();
            return Ok(());
        }
    }
}
