//! Runs every `tests/jit/**/*.py` on `adder` with the machine that records loops and runs the traces: it must
//! print what its `.out` file says, which is CPython's. The first line states what must happen:
//! `# traces=2 aborts=0 exits=2` counts the traces made of the program's own loops, the recordings given up,
//! and how often a trace was left: a loop that runs in its trace until it ends leaves it once.
//!
//! Builds without debug assertions have no such machine: there only the output is compared.

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::Command;

fn scripts(dir: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for p in paths {
        if p.is_dir() {
            scripts(&p, out);
        } else if p.extension().is_some_and(|e| e == "py") {
            out.push(p);
        }
    }
}

fn run(script: &Path, gc: Option<&str>) -> Result<(), Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adder"));
    command.arg("-B").arg(script).env("PYTHONHASHSEED", "0").env("ADDER_MACHINE", "recorder:log");
    command.env_remove("ADDER_GC");
    if let Some(gc) = gc {
        command.env("ADDER_GC", gc);
    }
    let output = command.output().map_err(|e| e.to_string())?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(format!("{}\n{stdout}{stderr}", output.status).into());
    }
    let expected = std::fs::read_to_string(script.with_extension("out")).map_err(|e| e.to_string())?;
    if stdout != expected {
        return Err(format!("expected:\n{expected}\ngot:\n{stdout}").into());
    }
    if cfg!(not(debug_assertions)) {
        return Ok(());
    }
    let text = std::fs::read_to_string(script).map_err(|e| e.to_string())?;
    let header = text.lines().next().unwrap_or("").trim_start_matches("# ");
    let own = format!("({}:", script.display());
    let events = |what: &str| stderr.lines().filter(|l| l.contains(&own) && l.contains(what)).count();
    let (traces, aborts, exits) = (events(": trace of "), events(" given up: "), events(": left "));
    let counted = format!("traces={traces} aborts={aborts} exits={exits}");
    if gc.is_some() {
        // Collections interrupt traces.
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
        std::fs::write(script, format!("# {counted}\n{rest}")).map_err(|e| e.to_string())?;
        return Ok(());
    }
    if header == counted { Ok(()) } else { Err(format!("{header}, but {counted}\n{stderr}").into()) }
}

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jit");
    let mut files = vec![];
    scripts(&root, &mut files);
    assert!(!files.is_empty(), "there are no scripts in {}", root.display());
    let mut trials = vec![];
    for file in files {
        let name = file.strip_prefix(&root).expect("below the root").with_extension("").display().to_string();
        let stressed = file.clone();
        trials.push(Trial::test(name.clone(), move || run(&file, None)));
        trials.push(Trial::test(format!("stress/{name}"), move || run(&stressed, Some("stress:97"))));
    }
    libtest_mimic::run(&arguments, trials).exit();
}
