//! `startup-functions`: which functions every start of Adder executes.
//!
//! The executable is run with a breakpoint at the beginning of each of its functions; the first hit notes the
//! function and takes the breakpoint away. The result is `startup-functions.txt`, by which `build.rs` orders
//! the executable. Names are written without the hashes that differ from build to build, so one line may
//! stand for many functions: those of which a start executes only a small part come last.

use crate::{Outcome, root};
use object::{Object, ObjectSection, ObjectSymbol};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

const BREAKPOINT: u8 = 0xcc;

const HEAD: &str = "\
# Functions that `adder -c pass` executes, one name without its hash in a line; what follows the empty line
# is also the name of many others. Made by `cargo xtask startup-functions`.
";

pub fn run(args: &[String]) -> Outcome {
    let [exe] = args else { return Err("startup-functions EXE".into()) };
    let data = std::fs::read(exe).map_err(|e| format!("{exe}: {e}"))?;
    let file = object::File::parse(&*data).map_err(|e| format!("{exe}: {e}"))?;
    let mut functions = BTreeMap::new();
    for symbol in file.symbols().filter(|s| s.kind() == object::SymbolKind::Text && s.size() > 0) {
        if let Ok(name) = symbol.name() {
            functions.entry(symbol.address()).or_insert((name.to_string(), symbol.size()));
        }
    }
    let mut hit = BTreeSet::new();
    for args in [&["-c", "pass"][..], &["-S", "-c", "pass"]] {
        hit.append(&mut executed(exe, args, &file, &functions)?);
    }
    // Bytes of each name: of all functions, and of those executed.
    let mut sizes: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (address, (name, size)) in &functions {
        let entry = sizes.entry(pattern(name)).or_default();
        entry.0 += size;
        if hit.contains(address) {
            entry.1 += size;
        }
    }
    let (precise, vague): (Vec<_>, Vec<_>) =
        sizes.into_iter().filter(|(_, (_, hit))| *hit > 0).partition(|(_, (all, hit))| 2 * hit >= *all);
    let mut text = String::from(HEAD);
    for (i, group) in [precise, vague].iter().enumerate() {
        if i > 0 {
            text.push('\n');
        }
        for (name, _) in group {
            text.push_str(name);
            text.push('\n');
        }
    }
    let path = root().join("startup-functions.txt");
    std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))
}

/// The name as a pattern for the linker, without what depends on the build.
fn pattern(name: &str) -> String {
    let name = name.split(".llvm.").next().unwrap_or(name);
    if name.starts_with("_ZN")
        && let Some(at) = name.rfind("17h")
    {
        return format!("{}*", &name[..at + 3]);
    }
    // Newer mangling: `Cs` and a number stand in front of the name of a crate.
    let mut out = String::new();
    let mut rest = name;
    while let Some(at) = rest.find("Cs") {
        let (front, back) = rest.split_at(at);
        out.push_str(front);
        match back.find('_') {
            Some(end) if back[2..end].bytes().all(|b| b.is_ascii_alphanumeric()) => {
                out.push_str("Cs*_");
                rest = &back[end + 1..];
            }
            _ => {
                out.push_str("Cs");
                rest = &back[2..];
            }
        }
    }
    out + rest + "*"
}

type Functions = BTreeMap<u64, (String, u64)>;

/// The addresses of the functions that a command executes.
fn executed(
    exe: &str,
    args: &[&str],
    file: &object::File,
    functions: &Functions,
) -> Result<BTreeSet<u64>, String> {
    let fail = |e: std::io::Error| e.to_string();
    let mut command = Command::new(exe);
    command.args(args);
    // SAFETY: between fork and exec only this one system call is made.
    unsafe {
        command.pre_exec(|| match libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) {
            -1 => Err(std::io::Error::last_os_error()),
            _ => Ok(()),
        });
    }
    let child = command.spawn().map_err(fail)?;
    let pid = child.id() as libc::pid_t;
    let memory =
        std::fs::OpenOptions::new().read(true).write(true).open(format!("/proc/{pid}/mem")).map_err(fail)?;
    wait(pid);
    // What the breakpoints replace.
    let mut replaced = BTreeMap::new();
    for section in file.sections().filter(|s| s.kind() == object::SectionKind::Text) {
        let (start, end) = (section.address(), section.address() + section.size());
        let mut code = vec![0; section.size() as usize];
        memory.read_exact_at(&mut code, start).map_err(fail)?;
        for (&address, _) in functions.range(start..end) {
            let byte = &mut code[(address - start) as usize];
            replaced.insert(address, std::mem::replace(byte, BREAKPOINT));
        }
        memory.write_all_at(&code, start).map_err(fail)?;
    }
    let mut hit = BTreeSet::new();
    let mut signal = 0;
    loop {
        // SAFETY: the process is ours and stopped.
        unsafe { libc::ptrace(libc::PTRACE_CONT, pid, 0, signal) };
        let Some(stopped_by) = wait(pid) else { break };
        signal = stopped_by;
        if signal != libc::SIGTRAP {
            continue;
        }
        signal = 0;
        // SAFETY: as above; the registers are plain data.
        let mut registers: libc::user_regs_struct = unsafe { std::mem::zeroed() };
        unsafe { libc::ptrace(libc::PTRACE_GETREGS, pid, 0, &raw mut registers) };
        let address = registers.rip - 1;
        if let Some(byte) = replaced.get(&address)
            && hit.insert(address)
        {
            memory.write_all_at(&[*byte], address).map_err(fail)?;
            registers.rip = address;
            // SAFETY: as above.
            unsafe { libc::ptrace(libc::PTRACE_SETREGS, pid, 0, &raw const registers) };
        }
    }
    Ok(hit)
}

/// Waits for the process: the signal that stopped it; None when it has ended.
fn wait(pid: libc::pid_t) -> Option<i32> {
    let mut status = 0;
    // SAFETY: writes the status.
    unsafe { libc::waitpid(pid, &mut status, 0) };
    libc::WIFSTOPPED(status).then(|| libc::WSTOPSIG(status))
}
