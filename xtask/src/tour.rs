//! `cargo xtask tour`: README's first command. Builds Adder, installs NumPy, runs `examples/tour.py`.

use crate::{Outcome, install, root};
use std::path::Path;
use std::process::Command;

/// The version that the tour is written for.
const NUMPY: (&str, &str) = ("numpy", "2.5.5");

pub fn run(args: &[String]) -> Outcome {
    if let Some(arg) = args.first() {
        return Err(format!("unexpected argument: {arg}"));
    }
    println!("building Adder, which takes some minutes the first time");
    let mut build = Command::new(env!("CARGO"));
    must_succeed(build.args(["build", "--release", "-p", "adder"]).current_dir(root()), "cargo build")?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    let (exe, site) = (target.join("release/adder"), target.join("site"));
    if !site.join(format!("{}-{}.dist-info", NUMPY.0, NUMPY.1)).is_dir() {
        let requirement = format!("{}=={}", NUMPY.0, NUMPY.1);
        let text = |path: &Path| path.display().to_string();
        install::run(&["--exe".into(), text(&exe), "--target".into(), text(&site), requirement])?;
    }
    let pictures = target.join("tour");
    std::fs::create_dir_all(&pictures).map_err(|error| format!("{}: {error}", pictures.display()))?;
    println!("pictures go to {}", pictures.display());
    let mut tour = Command::new(&exe);
    tour.arg(root().join("examples/tour.py")).env("PYTHONPATH", &site).current_dir(&pictures);
    must_succeed(&mut tour, "the tour")
}

fn must_succeed(command: &mut Command, name: &str) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
