//! The module `_posixsubprocess`: `fork_exec`.
//!
//! Everything is prepared before the fork; the child only makes system calls, unless it has to call a
//! `preexec_fn`. It reports failure through a pipe as `OSError:<errno in hex>:<what>`.

use crate::os_support::*;
use crate::posix::process::{after_fork_child, after_fork_parent, before_fork, pointers};
use adder_macros::pymodule;
use adder_vm::args::Args;
use adder_vm::builtins::exceptions::os_error::last_errno;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use libc::c_int;
use std::ffi::CString;

/// What the child does.
struct Plan {
    argv: Vec<CString>,
    env: Option<Vec<CString>>,
    executables: Vec<CString>,
    cwd: Option<CString>,
    close_fds: bool,
    keep: Vec<c_int>,
    p2cread: c_int,
    p2cwrite: c_int,
    c2pread: c_int,
    c2pwrite: c_int,
    errread: c_int,
    errwrite: c_int,
    report: c_int,
    restore_signals: bool,
    setsid: bool,
    pgid: c_int,
    gid: Option<u32>,
    groups: Option<Vec<u32>>,
    uid: Option<u32>,
    umask: c_int,
    preexec: Option<Value>,
}

fn strings(vm: &Vm, v: Value) -> PyResult<Vec<CString>> {
    let t = vm.sequence_to_tuple(v)?;
    let mut out = vec![];
    for s in t.items() {
        out.push(c_string(vm, *s, "argument")?);
    }
    Ok(out)
}

fn int(vm: &Vm, v: Value) -> PyResult<c_int> {
    match c_int::try_from(vm.index_i128(v)?) {
        Ok(i) => Ok(i),
        Err(_) => raise!(vm, OverflowError, "Python int too large to convert to C int"),
    }
}

fn id(vm: &Vm, v: Value) -> PyResult<Option<u32>> {
    if v.is_none() {
        return Ok(None);
    }
    match vm.index_i128(v)? {
        -1 => Ok(Some(u32::MAX)),
        n => match u32::try_from(n) {
            Ok(n) => Ok(Some(n)),
            Err(_) => Err(vm.value_error("invalid user id")),
        },
    }
}

/// Closes all descriptors from 3 on but those to keep, which are sorted.
unsafe fn close_others(keep: &[c_int]) {
    let mut first = 3u32;
    for k in keep.iter().copied().filter(|k| *k >= 3) {
        if k as u32 > first {
            libc::syscall(libc::SYS_close_range, first, k as u32 - 1, 0);
        }
        first = k as u32 + 1;
    }
    libc::syscall(libc::SYS_close_range, first, u32::MAX, 0);
}

/// Moves a descriptor to where it belongs; -1 leaves it.
unsafe fn place(fd: c_int, to: c_int) -> bool {
    if fd == to {
        crate::posix::descriptors::set_cloexec(fd, false)
    } else if fd == -1 {
        true
    } else {
        libc::dup2(fd, to) != -1
    }
}

/// Runs in the child. Returns what failed, with errno set; `noexec` and friends are CPython's words.
unsafe fn child(vm: &Vm, p: &mut Plan) -> &'static [u8] {
    for k in &p.keep {
        if *k != p.report && !crate::posix::descriptors::set_cloexec(*k, false) {
            return b"";
        }
    }
    for fd in [p.p2cwrite, p.c2pread, p.errread] {
        if fd >= 0 {
            libc::close(fd);
        }
    }
    // Keep pipe ends out of the way of the standard descriptors.
    if p.c2pwrite == 0 {
        p.c2pwrite = libc::dup(p.c2pwrite);
        if p.c2pwrite < 0 {
            return b"";
        }
    }
    while p.errwrite == 0 || p.errwrite == 1 {
        p.errwrite = libc::dup(p.errwrite);
        if p.errwrite < 0 {
            return b"";
        }
    }
    if !place(p.p2cread, 0) || !place(p.c2pwrite, 1) || !place(p.errwrite, 2) {
        return b"";
    }
    if let Some(cwd) = &p.cwd
        && libc::chdir(cwd.as_ptr()) != 0
    {
        return b"noexec:chdir";
    }
    if p.umask >= 0 {
        libc::umask(p.umask as libc::mode_t);
    }
    if p.restore_signals {
        for s in [libc::SIGPIPE, libc::SIGXFSZ] {
            libc::signal(s, libc::SIG_DFL);
        }
    }
    if p.setsid && libc::setsid() == -1 {
        return b"";
    }
    if p.pgid >= 0 && libc::setpgid(0, p.pgid) != 0 {
        return b"";
    }
    if let Some(g) = &p.groups
        && libc::setgroups(g.len(), g.as_ptr()) != 0
    {
        return b"";
    }
    if let Some(g) = p.gid
        && libc::setregid(g, g) != 0
    {
        return b"";
    }
    if let Some(u) = p.uid
        && libc::setreuid(u, u) != 0
    {
        return b"";
    }
    if let Some(f) = p.preexec
        && let Err(raised) = vm.call(f, &[])
    {
        let _ = vm.take_exception(raised);
        *libc::__errno_location() = 0;
        return b"Exception occurred in preexec_fn.";
    }
    if p.close_fds {
        close_others(&p.keep);
    }
    b"exec"
}

/// Tries the executables in turn; returns the error number to report.
unsafe fn execute(p: &Plan, argv: &[*const libc::c_char], envp: Option<&[*const libc::c_char]>) -> c_int {
    let mut saved = 0;
    for e in &p.executables {
        match envp {
            Some(envp) => libc::execve(e.as_ptr(), argv.as_ptr(), envp.as_ptr()),
            None => libc::execv(e.as_ptr(), argv.as_ptr()),
        };
        let n = last_errno();
        if n != libc::ENOENT && n != libc::ENOTDIR && saved == 0 {
            saved = n;
        }
    }
    if saved != 0 { saved } else { last_errno() }
}

unsafe fn report(fd: c_int, kind: &[u8], errno: c_int, message: &[u8]) {
    let mut text = [0u8; 96];
    let mut n = 0;
    let mut put = |b: &[u8]| {
        for c in b {
            if n < text.len() {
                text[n] = *c;
                n += 1;
            }
        }
    };
    put(kind);
    put(b":");
    let mut hex = [0u8; 8];
    let (mut at, mut e) = (8, errno as u32);
    if e == 0 {
        at -= 1;
        hex[at] = b'0';
    }
    while e != 0 {
        at -= 1;
        hex[at] = b"0123456789ABCDEF"[(e & 15) as usize];
        e >>= 4;
    }
    put(&hex[at..]);
    put(b":");
    put(message);
    libc::write(fd, text.as_ptr().cast(), n);
}

fn fork_child(vm: &Vm, mut plan: Plan) -> PyResult<i32> {
    let argv = pointers(&plan.argv);
    let envp = plan.env.as_ref().map(|e| pointers(e));
    let hooks = plan.preexec.is_some();
    if hooks {
        before_fork(vm);
    }
    // SAFETY: the child makes only system calls, or is made whole by after_fork_child.
    unsafe {
        let pid = libc::fork();
        if pid == 0 {
            if hooks {
                after_fork_child(vm);
            }
            let message = child(vm, &mut plan);
            if message == b"exec" {
                let e = execute(&plan, &argv, envp.as_deref());
                report(plan.report, b"OSError", e, b"");
            } else if message.starts_with(b"Exception") {
                report(plan.report, b"SubprocessError", 0, message);
            } else {
                let e = last_errno();
                report(plan.report, b"OSError", e, if message.is_empty() { b"noexec" } else { message });
            }
            libc::_exit(255);
        }
        let e = last_errno();
        if hooks {
            after_fork_parent(vm);
        }
        if pid < 0 { Err(vm.os_error(e, None)) } else { Ok(pid) }
    }
}

/// A POSIX helper for the subprocess module.
#[pymodule]
pub mod _posixsubprocess {
    use super::*;

    /// Spawn a fresh new child process.
    #[pyfunction]
    fn fork_exec(vm: &Vm, args: Args) -> PyResult<i32> {
        let a = args.pos();
        if a.len() != 22 {
            raise!(vm, TypeError, "fork_exec() takes exactly 22 arguments ({} given)", a.len())
        }
        if !a[21].is_none() && vm.finalizing.get() {
            raise!(vm, PythonFinalizationError, "preexec_fn not supported at interpreter shutdown")
        }
        let Some(keep) = a[3].downcast::<Tuple>() else {
            raise!(vm, TypeError, "fork_exec() argument 4 must be tuple, not {}", a[3].class().name())
        };
        let mut fds = vec![];
        for k in keep.items() {
            let fd = int(vm, *k)?;
            if fd < 0 || fds.last().is_some_and(|l| *l >= fd) {
                return Err(vm.value_error("bad value(s) in fds_to_keep"));
            }
            fds.push(fd);
        }
        let close_fds = vm.truth(a[2])?;
        let report = int(vm, a[13])?;
        if close_fds && report < 3 {
            return Err(vm.value_error("errpipe_write must be >= 3"));
        }
        let groups = match a[18].is_none() {
            true => None,
            false => {
                let t = vm.sequence_to_tuple(a[18])?;
                let mut out = vec![];
                for g in t.items() {
                    match id(vm, *g)? {
                        Some(g) => out.push(g),
                        None => return Err(vm.value_error("invalid group id")),
                    }
                }
                Some(out)
            }
        };
        let plan = Plan {
            argv: strings(vm, a[0])?,
            executables: strings(vm, a[1])?,
            close_fds,
            keep: fds,
            cwd: if a[4].is_none() { None } else { Some(c_string(vm, a[4], "cwd")?) },
            env: if a[5].is_none() { None } else { Some(strings(vm, a[5])?) },
            p2cread: int(vm, a[6])?,
            p2cwrite: int(vm, a[7])?,
            c2pread: int(vm, a[8])?,
            c2pwrite: int(vm, a[9])?,
            errread: int(vm, a[10])?,
            errwrite: int(vm, a[11])?,
            report,
            restore_signals: vm.truth(a[14])?,
            setsid: vm.truth(a[15])?,
            pgid: int(vm, a[16])?,
            gid: id(vm, a[17])?,
            groups,
            uid: id(vm, a[19])?,
            umask: int(vm, a[20])?,
            preexec: if a[21].is_none() { None } else { Some(a[21]) },
        };
        fork_child(vm, plan)
    }
}
