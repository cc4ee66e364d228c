//! Memory of a process that does nothing, against what CPython 3.14.8 needs for the same: at most 1.5 times.
//!
//! CPython's figures were measured on x86-64 Linux with Debian's build: the peak of resident memory, and the
//! part of it that is not of files. Builds with debug assertions are larger in code, so only the latter is
//! compared for them.

use std::process::Command;

/// Options, and CPython's peak and anonymous memory in KB.
const CASES: &[(&[&str], u64, u64)] = &[(&["-S"], 8712, 2264), (&[], 9328, 2864)];

/// Kilobytes of a line of `/proc/self/status`.
fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find(|l| l.starts_with(name)).expect("the field is there");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number of KB")
}

#[test]
fn memory() {
    let program =
        "import posix; f = posix.open('/proc/self/status', 0); posix.write(1, posix.read(f, 10000))";
    for (options, peak, anonymous) in CASES {
        let run = || {
            let output = Command::new(env!("CARGO_BIN_EXE_adder"))
                .args(*options)
                .args(["-c", program])
                .env_remove("ADDER_GC")
                .output()
                .expect("adder can be started");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8_lossy(&output.stdout).to_string()
        };
        // The first run may compile the library.
        run();
        let status = run();
        let (got_peak, got_anonymous) = (field(&status, "VmHWM:"), field(&status, "RssAnon:"));
        println!("{options:?}: peak {got_peak} KB, anonymous {got_anonymous} KB");
        let most = if cfg!(debug_assertions) { 165 } else { 150 };
        assert!(got_anonymous * 100 <= anonymous * most, "{options:?}: {got_anonymous} KB of {anonymous} KB");
        if !cfg!(debug_assertions) {
            assert!(got_peak * 100 <= peak * 150, "{options:?}: {got_peak} KB of {peak} KB");
        }
    }
}
