//! What the `adder` command does, for the command and for programs that embed Python (`libpython/`).

mod getpath;
mod options;
pub mod run;

use adder_cpyext::embedding::{Command, Program, install};
use adder_vm::vm::Config;

/// Gives the functions that start Python to the C API layer: before C code calls it.
pub fn connect() {
    install(Command {
        parse,
        environment,
        locate: run::locate,
        start: run::embed,
        run: run::program,
        finish: run::finish,
    });
}

fn parse(base: Config, arguments: &[String]) -> Result<(Config, Program), i32> {
    match options::parse(base, arguments) {
        Ok((_, program)) if run::answers(&program) => Err(0),
        Ok(x) => Ok(x),
        Err(e) => {
            eprintln!("{}\nTry `python -h' for more information.", e.0);
            Err(2)
        }
    }
}

fn environment(config: &mut Config) -> Result<(), String> {
    options::environment(config).map_err(|e| e.0)
}
