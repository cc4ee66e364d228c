//! Command line options and environment variables, as CPython's.

use adder_cpyext::embedding::Program as Action;
use adder_vm::vm::Config;

/// A usage error: the message; the exit code is 2.
pub struct Usage(pub String);

const USAGE: &str = "usage: adder [option] ... [-c cmd | -m mod | file | -] [arg] ...";

/// The text of `--help`.
pub fn help() -> String {
    format!(
        "{USAGE}\nOptions (and corresponding environment variables):\n\
-b     : issue warnings about converting bytes/bytearray to str and comparing
         bytes/bytearray with str or bytes with int; also error with -bb
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-d     : turn on parser debugging output (for experts only)
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script; also PYTHONINSPECT=x
-I     : isolate from the user's environment (implies -E, -P and -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert and __debug__-dependent statements
-OO    : do -O changes and also discard docstrings
-P     : don't prepend a potentially unsafe path to sys.path
-q     : don't print version and copyright messages on interactive startup
-s     : don't add user site directory to sys.path
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered
-v     : verbose (trace import statements)
-V     : print the version number and exit (also --version)
-W arg : warning control
-x     : skip first line of source
-X opt : set implementation-specific option
--stdlib dir : use this complete standard library; also ADDER_STDLIB
file   : program read from script file
-      : program read from stdin
arg ...: arguments passed to program in sys.argv[1:]\n"
    )
}

fn env_flag(config: &Config, name: &str) -> Option<String> {
    if config.ignore_environment {
        return None;
    }
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// Adds the command line and the environment to a configuration.
pub fn parse(base: Config, args: &[String]) -> Result<(Config, Action), Usage> {
    let mut c = base;
    c.program = args.first().cloned().unwrap_or_default();
    c.orig_argv = args.to_vec();
    let mut action = None;
    let mut rest = vec![];
    let mut at = 1;
    let mut versions = 0;
    'args: while at < args.len() {
        let arg = &args[at];
        at += 1;
        match arg.as_str() {
            "--help" => return Ok((c, Action::Help)),
            "--version" => {
                versions += 1;
                continue;
            }
            "--stdlib" => {
                c.stdlib =
                    args.get(at).cloned().ok_or_else(|| Usage("Argument expected for --stdlib".into()))?;
                at += 1;
                continue;
            }
            "--check-hash-based-pycs" => {
                at += 1;
                continue;
            }
            "-" => {
                action = Some(Action::Stdin);
                rest = args[at..].to_vec();
                rest.insert(0, "-".into());
                break;
            }
            a if a.starts_with("--") => return Err(Usage(format!("unknown option {a}"))),
            a if !a.starts_with('-') => {
                action = Some(Action::File(arg.clone()));
                rest = args[at - 1..].to_vec();
                break;
            }
            _ => {}
        }
        let letters: Vec<char> = arg.chars().skip(1).collect();
        let mut i = 0;
        while i < letters.len() {
            let letter = letters[i];
            i += 1;
            if "cmWX".contains(letter) {
                let inline: String = letters[i..].iter().collect();
                let value = if inline.is_empty() {
                    let v = args.get(at).cloned();
                    at += 1;
                    v.ok_or_else(|| Usage(format!("Argument expected for the -{letter} option")))?
                } else {
                    inline
                };
                match letter {
                    'c' => {
                        action = Some(Action::Command(value));
                        rest = args[at.min(args.len())..].to_vec();
                        rest.insert(0, "-c".into());
                        break 'args;
                    }
                    'm' => {
                        action = Some(Action::Module(value));
                        rest = args[at.min(args.len())..].to_vec();
                        rest.insert(0, "-m".into());
                        break 'args;
                    }
                    'W' => c.warn_options.push(value),
                    _ => {
                        let (k, v) = match value.split_once('=') {
                            Some((k, v)) => (k.to_string(), Some(v.to_string())),
                            None => (value.clone(), None),
                        };
                        match k.as_str() {
                            "dev" => c.dev_mode = true,
                            "utf8" => c.utf8_mode = v.as_deref() != Some("0"),
                            "int_max_str_digits" => {
                                c.int_max_str_digits = v.as_deref().and_then(|v| v.parse().ok()).ok_or_else(|| {
                                    Usage("-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.".into())
                                })?;
                            }
                            "pycache_prefix" => c.pycache_prefix = v.clone(),
                            _ => {}
                        }
                        c.x_options.push((k, v));
                    }
                }
                continue 'args;
            }
            match letter {
                'b' => c.bytes_warning += 1,
                'B' => c.dont_write_bytecode = true,
                'd' => c.debug += 1,
                'E' => c.ignore_environment = true,
                'h' | '?' => return Ok((c, Action::Help)),
                'i' => c.inspect = true,
                'I' => {
                    c.isolated = true;
                    c.ignore_environment = true;
                    c.no_user_site = true;
                    c.safe_path = true;
                }
                'O' => c.optimize = (c.optimize + 1).min(2),
                'P' => c.safe_path = true,
                'q' => c.quiet = true,
                'R' => {}
                's' => c.no_user_site = true,
                'S' => c.no_site = true,
                'u' => c.unbuffered = true,
                'v' => c.verbose += 1,
                'V' => versions += 1,
                'x' => c.x_options.push(("skip_first_line".into(), None)),
                other => return Err(Usage(format!("Unknown option: -{other}"))),
            }
        }
    }
    if versions > 0 {
        return Ok((c, Action::Version(versions > 1)));
    }
    environment(&mut c)?;
    c.argv = if rest.is_empty() { vec![String::new()] } else { rest };
    Ok((c, action.unwrap_or(Action::Stdin)))
}

/// Adds the environment to a configuration.
pub fn environment(c: &mut Config) -> Result<(), Usage> {
    let number = |v: Option<String>| v.map(|v| v.parse::<u8>().unwrap_or(1).max(1)).unwrap_or(0);
    c.optimize = c.optimize.max(number(env_flag(c, "PYTHONOPTIMIZE")).min(2));
    c.verbose = c.verbose.max(number(env_flag(c, "PYTHONVERBOSE")));
    c.debug = c.debug.max(number(env_flag(c, "PYTHONDEBUG")));
    c.dont_write_bytecode |= env_flag(c, "PYTHONDONTWRITEBYTECODE").is_some();
    c.unbuffered |= env_flag(c, "PYTHONUNBUFFERED").is_some();
    c.inspect |= env_flag(c, "PYTHONINSPECT").is_some();
    c.no_user_site |= env_flag(c, "PYTHONNOUSERSITE").is_some();
    c.safe_path |= env_flag(c, "PYTHONSAFEPATH").is_some();
    c.dev_mode |= env_flag(c, "PYTHONDEVMODE").is_some();
    c.utf8_mode |= env_flag(c, "PYTHONUTF8").is_some_and(|v| v == "1");
    c.pycache_prefix = c.pycache_prefix.take().or(env_flag(c, "PYTHONPYCACHEPREFIX"));
    if let Some(w) = env_flag(c, "PYTHONWARNINGS") {
        let mut all: Vec<String> = w.split(',').map(|s| s.to_string()).collect();
        all.append(&mut c.warn_options);
        c.warn_options = all;
    }
    if c.dev_mode {
        c.warn_options.insert(0, "default".into());
    }
    if let Some(n) = env_flag(c, "PYTHONINTMAXSTRDIGITS") {
        c.int_max_str_digits = n.parse().map_err(|_| {
            Usage("PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.".into())
        })?;
    }
    match env_flag(c, "PYTHONHASHSEED") {
        None => {}
        Some(s) if s == "random" => {}
        Some(s) => match s.parse::<u32>() {
            Ok(n) => c.hash_seed = Some(n),
            Err(_) => {
                return Err(Usage(
                    "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]".into(),
                ));
            }
        },
    }
    if c.stdlib.is_empty()
        && let Ok(dir) = std::env::var("ADDER_STDLIB")
    {
        c.stdlib = dir;
    }
    if let Some(p) = env_flag(c, "PYTHONPATH") {
        c.path.extend(p.split(':').map(|s| s.to_string()));
    }
    Ok(())
}
