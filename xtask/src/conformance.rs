//! `cpython-tests`: CPython's own tests under Adder, counted beside CPython's.
//!
//! Each file runs in a process of its own with a time limit. What counts is the summary that unittest
//! prints. A test that ends the process is an error, and the file runs again without it; a process that
//! goes over its time is counted by the lines before its end.
//!
//! CPython finds its extension modules in its library, also when it is isolated. So Adder gets a library of
//! links to CPython's files and to the extension modules among them that it can load.

use crate::{Outcome, root, take_option};
use std::collections::HashSet;
use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What is run without arguments: the language and what it is made of.
const FILES: &[&str] = &[
    "test_grammar",
    "test_syntax",
    "test_exceptions",
    "test_exception_group",
    "test_traceback",
    "test_builtin",
    "test_bool",
    "test_int",
    "test_long",
    "test_float",
    "test_complex",
    "test_math",
    "test_str",
    "test_bytes",
    "test_list",
    "test_tuple",
    "test_dict",
    "test_set",
    "test_range",
    "test_slice",
    "test_iter",
    "test_enumerate",
    "test_generators",
    "test_coroutines",
    "test_asyncgen",
    "test_contextlib",
    "test_context",
    "test_class",
    "test_descr",
    "test_super",
    "test_property",
    "test_metaclass",
    "test_scope",
    "test_with",
    "test_patma",
    "test_fstring",
    "test_tstring",
    "test_unpack",
    "test_unpack_ex",
    "test_call",
    "test_keywordonlyarg",
    "test_positional_only_arg",
    "test_funcattrs",
    "test_decorators",
    "test_type_params",
    "test_functools",
    "test_itertools",
    "test_operator",
    "test_collections",
    "test_ordered_dict",
    "test_defaultdict",
    "test_deque",
    "test_re",
    "test_struct",
    "test_io",
    "test_weakref",
    "test_gc",
    "test_ast",
    "test_compile",
    "test_import",
    "test_threading",
    "test_memoryview",
    "test_sys",
];

/// Counts of one run of one file.
#[derive(Default, Clone)]
struct Counts {
    run: usize,
    failed: usize,
    errors: usize,
    skipped: usize,
    /// How the process ended if unittest did not come to its summary.
    end: String,
}

impl Counts {
    fn passed(&self) -> usize {
        self.run.saturating_sub(self.failed + self.errors + self.skipped)
    }

    fn cells(&self) -> String {
        let end = if self.end.is_empty() { String::new() } else { format!(" ({})", self.end) };
        format!("{} | {} | {} | {}{end}", self.run, self.failed, self.errors, self.skipped)
    }
}

/// The number after `name=` in unittest's last line.
fn number(line: &str, name: &str) -> usize {
    let at = line.find(&format!("{name}=")).map(|i| i + name.len() + 1);
    let digits = at.map(|i| line[i..].chars().take_while(|c| c.is_ascii_digit()).collect::<String>());
    digits.and_then(|d| d.parse().ok()).unwrap_or(0)
}

/// The tests whose reports start so: `FAIL: test_x (test.file.Class.test_x) ...`.
fn tests_under<'a>(output: &'a str, kind: &str) -> HashSet<(&'a str, &'a str)> {
    let heads = output.lines().filter_map(|l| l.strip_prefix(kind)?.split_once(' '));
    heads.map(|(name, rest)| (name, rest.split(')').next().unwrap_or(rest))).collect()
}

fn counts(output: &str, end: &str) -> Counts {
    let mut c = Counts::default();
    let ran = output.lines().rev().find_map(|l| l.strip_prefix("Ran ")?.split(' ').next()?.parse().ok());
    match ran {
        Some(run) => {
            c.run = run;
            let last =
                output.lines().rev().find(|l| ["OK", "FAILED", "NO TESTS"].iter().any(|w| l.starts_with(w)));
            let last = last.unwrap_or("");
            c.skipped = number(last, "skipped");
            // One test can fail in several subtests, and then is counted once.
            c.failed = tests_under(output, "FAIL: ").len().min(number(last, "failures"));
            c.errors = tests_under(output, "ERROR: ").len().min(number(last, "errors"));
        }
        None => {
            for line in output.lines() {
                let verdict = line.rsplit(" ... ").next().unwrap_or("");
                c.run += ["ok", "FAIL", "ERROR"].contains(&verdict) as usize
                    + verdict.starts_with("skipped") as usize;
                c.failed += usize::from(verdict == "FAIL");
                c.errors += usize::from(verdict == "ERROR");
                c.skipped += verdict.starts_with("skipped") as usize;
            }
            c.end = end.to_string();
        }
    }
    c
}

/// Runs the tests of a module but for those that are named.
const DRIVER: &str = "\
import sys, unittest

def leave_out(suite, names):
    suite._tests = [t for t in suite._tests if isinstance(t, unittest.TestSuite) or t.id() not in names]
    for test in suite._tests:
        if isinstance(test, unittest.TestSuite):
            leave_out(test, names)

suite = unittest.defaultTestLoader.loadTestsFromName(sys.argv[1])
leave_out(suite, sys.argv[2:])
result = unittest.TextTestRunner(verbosity=2).run(suite)
sys.exit(not result.wasSuccessful())
";

/// Imports the extension modules of a directory and prints the files of those that cannot be loaded.
const TRY: &str = "\
import importlib, os, sys

for file in sorted(os.listdir(sys.argv[1])):
    if file.endswith('.so'):
        try:
            importlib.import_module(file.partition('.')[0])
        except ImportError:
            print(file)
";

/// How many tests of a file may end the process.
const MOST_CRASHES: usize = 20;

/// A library of links: to CPython's files, and to the extension modules that Adder can load.
fn make_library(
    keep: &Path,
    from: &Path,
    extensions: Option<&str>,
    exe: &[String],
) -> Result<PathBuf, String> {
    let library = keep.join("library");
    let _ = std::fs::remove_dir_all(&library);
    let failed = |e: std::io::Error| format!("{}: {e}", library.display());
    std::fs::create_dir_all(&library).map_err(failed)?;
    let link = |dir: &Path| -> std::io::Result<()> {
        for entry in std::fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name();
            // A packager's library has links to files that need not be there.
            let Ok(path) = std::fs::canonicalize(entry.path()) else { continue };
            if name != "__pycache__" && name != "lib-dynload" {
                std::os::unix::fs::symlink(path, library.join(name))?;
            }
        }
        Ok(())
    };
    link(from).map_err(failed)?;
    let Some(extensions) = extensions else { return Ok(library) };
    link(Path::new(extensions)).map_err(failed)?;
    let mut c = Command::new(&exe[0]);
    c.args(&exe[1..]).args(["-c", TRY, extensions]).env("ADDER_STDLIB", &library).stdin(Stdio::null());
    let out = c.output().map_err(|e| format!("{}: {e}", exe[0]))?;
    for file in String::from_utf8_lossy(&out.stdout).lines() {
        eprintln!("not loaded, so left out: {file}");
        let _ = std::fs::remove_file(library.join(file));
    }
    Ok(library)
}

/// The test that had begun when the process ended.
fn last_test(output: &str) -> Option<String> {
    let begun = output.lines().rev().find_map(|l| {
        let (name, rest) = l.split_once(" (")?;
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        rest.split([')', ' ']).next().filter(|_| plain && rest.starts_with("test."))
    });
    begun.map(str::to_string)
}

struct Settings {
    limit: Duration,
    /// Where the complete outputs are kept.
    keep: PathBuf,
}

/// Runs one file; `command` is the interpreter with its first arguments.
fn run_file(
    s: &Settings,
    who: &str,
    command: &[String],
    library: Option<&Path>,
    file: &str,
) -> Result<Counts, String> {
    let mut crashed: Vec<String> = vec![];
    loop {
        let (output, end) = run_once(s, who, command, library, file, &crashed)?;
        let mut c = counts(&output, &end);
        let test = last_test(&output).filter(|t| !crashed.contains(t) && crashed.len() < MOST_CRASHES);
        match test {
            Some(test) if !c.end.is_empty() && !end.starts_with(OVER) => {
                eprintln!("{who}: {test}: {end}");
                crashed.push(test);
            }
            _ => {
                c.run += crashed.len();
                c.errors += crashed.len();
                return Ok(c);
            }
        }
    }
}

/// How the end of a process is told that was stopped.
const OVER: &str = "over ";

/// Runs the tests of a file but for some; the output, and how the process ended.
fn run_once(
    s: &Settings,
    who: &str,
    command: &[String],
    library: Option<&Path>,
    file: &str,
    without: &[String],
) -> Result<(String, String), String> {
    let log = s.keep.join(format!("{file}.{who}.txt"));
    let out = File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
    let err = out.try_clone().map_err(|e| e.to_string())?;
    let mut c = Command::new(&command[0]);
    // A file, because some tests look at that of `__main__`.
    let driver = s.keep.join("driver.py");
    std::fs::write(&driver, DRIVER).map_err(|e| format!("{}: {e}", driver.display()))?;
    c.args(&command[1..]).arg(&driver).arg(format!("test.{file}")).args(without);
    c.stdin(Stdio::null()).stdout(out).stderr(err).current_dir(&s.keep);
    if let Some(library) = library {
        // Also isolated processes, which the tests start, find the library then.
        c.env("ADDER_STDLIB", library);
    }
    std::os::unix::process::CommandExt::process_group(&mut c, 0);
    let mut child = c.spawn().map_err(|e| format!("{}: {e}", command[0]))?;
    let start = Instant::now();
    let end = loop {
        match child.try_wait().map_err(|e| e.to_string())? {
            Some(status) => break status.to_string(),
            None if start.elapsed() > s.limit => {
                // The tests' own children too.
                let _ = Command::new("kill").args(["-9", "--", &format!("-{}", child.id())]).status();
                let _ = child.wait();
                break format!("{OVER}{} s", s.limit.as_secs());
            }
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    let output = std::fs::read(&log).map_err(|e| e.to_string())?;
    Ok((String::from_utf8_lossy(&output).into_owned(), end))
}

/// `cpython-tests --tests DIR --python COMMAND [--extensions DIR] [--exe PATH] [--seconds N] [--keep DIR]
/// [--table FILE] [FILE...]`
pub fn run(args: &[String]) -> Outcome {
    let mut args = args.to_vec();
    let tests =
        take_option(&mut args, "--tests")?.ok_or("--tests: the directory of CPython's test package")?;
    let python = take_option(&mut args, "--python")?.ok_or("--python: a CPython to compare with")?;
    let exe = take_option(&mut args, "--exe")?.unwrap_or_else(|| {
        let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
        root().join(target).join("debug/adder").display().to_string()
    });
    let seconds = take_option(&mut args, "--seconds")?
        .map_or(Ok(300), |s| s.parse().map_err(|_| "--seconds: a number"))?;
    let keep = take_option(&mut args, "--keep")?.map(PathBuf::from);
    let table = take_option(&mut args, "--table")?;
    let keep = keep.unwrap_or_else(|| std::env::temp_dir().join("adder-cpython-tests"));
    std::fs::create_dir_all(&keep).map_err(|e| format!("{}: {e}", keep.display()))?;
    let settings = Settings { limit: Duration::from_secs(seconds), keep };
    let library = Path::new(&tests).parent().ok_or("--tests: a directory in a library")?;
    let words = |s: &str| s.split_whitespace().map(str::to_string).collect::<Vec<_>>();
    let extensions = take_option(&mut args, "--extensions")?;
    let library = make_library(&settings.keep, library, extensions.as_deref(), &words(&exe))?;
    let files = if args.is_empty() { FILES.iter().map(|f| f.to_string()).collect() } else { args };

    let mut text = String::from(
        "| file | run | failed | errors | skipped | CPython: run | failed | errors | skipped | passed of CPython's |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    print!("{text}");
    let (mut passed, mut wanted) = (0, 0);
    for file in &files {
        // CPython's own figures do not change: a log that is there is read again.
        let log = settings.keep.join(format!("{file}.cpython.txt"));
        let theirs = match std::fs::read_to_string(&log) {
            Ok(output) if output.contains("\nRan ") => counts(&output, ""),
            _ => run_file(&settings, "cpython", &words(&python), None, file)?,
        };
        let ours = run_file(&settings, "adder", &words(&exe), Some(&library), file)?;
        passed += ours.passed().min(theirs.passed());
        wanted += theirs.passed();
        let part = 100.0 * ours.passed() as f64 / theirs.passed().max(1) as f64;
        let row = format!("| {file} | {} | {} | {part:.1} % |\n", ours.cells(), theirs.cells());
        print!("{row}");
        text.push_str(&row);
    }
    let part = 100.0 * passed as f64 / wanted.max(1) as f64;
    let _ = writeln!(text, "\n{passed} of the {wanted} tests that CPython passes: {part:.1} %.");
    println!("\n{passed} of the {wanted} tests that CPython passes: {part:.1} %.");
    match table {
        Some(path) => std::fs::write(&path, text).map_err(|e| format!("{path}: {e}")),
        None => Ok(()),
    }
}
