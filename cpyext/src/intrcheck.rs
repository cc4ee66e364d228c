//! `intrcheck.h`: interrupts, and forks made by C code.

use adder_macros::capi;
use adder_vm::vm::Vm;

/// Whether a signal waits for its handler. It goes on waiting.
#[capi]
pub fn PyOS_InterruptOccurred(vm: &Vm) -> bool {
    adder_vm::gil::SIGNALS_TRIPPED.load(std::sync::atomic::Ordering::Relaxed) && vm.is_main_thread()
}

/// Nothing is locked that the child could find locked: the GIL is held.
#[capi]
pub fn PyOS_BeforeFork(_vm: &Vm) {}

#[capi]
pub fn PyOS_AfterFork_Parent(_vm: &Vm) {}

/// The calling thread is the only one.
#[capi]
pub fn PyOS_AfterFork_Child(vm: &Vm) {
    adder_vm::gil::after_fork(vm);
}

#[capi]
pub fn PyOS_AfterFork(vm: &Vm) {
    adder_vm::gil::after_fork(vm);
}
