//! A crash in debug mode: if C code followed a pointer that it read out of a freed struct, or had the address
//! of one, this is said before the process ends as it would have.
//!
//! The process is lost, so the handler allocates although it must not: at worst it dies in here instead.

use super::quarantine;
use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

const SIGNALS: [c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

pub fn init() {
    // SAFETY: the handler has the type that the flag asks for.
    unsafe {
        for signal in SIGNALS {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_fault as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}

/// Says what the registers tell; the instruction is then executed again, and ends the process.
unsafe extern "C" fn on_fault(_signal: c_int, _info: *mut libc::siginfo_t, context: *mut c_void) {
    static ONCE: AtomicBool = AtomicBool::new(false);
    if ONCE.swap(true, Ordering::Relaxed) {
        return;
    }
    let registers = (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs;
    let pattern = registers.iter().any(|r| quarantine::is_pattern(*r as u64));
    if pattern {
        eprintln!("Adder C API: crash: a pointer was read out of a freed object and followed");
    }
    for r in registers {
        if let Some(what) = quarantine::at(r as usize) {
            eprintln!("Adder C API: crash: a register has the address of {what}");
        }
    }
}
