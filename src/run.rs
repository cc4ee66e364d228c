//! Starting the VM, running the program, and shutting down.

use crate::options;
use adder_compiler::Mode;
use adder_cpyext::embedding::Program;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::{BaseException, Exc};
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::error::{PyResult, Raised};
use adder_vm::import;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::vm::{Config, Vm};

/// Exit code of an internal error of Adder itself.
const INTERNAL_ERROR: i32 = 70;

fn report_internal_errors() {
    std::panic::set_hook(Box::new(|info| {
        eprintln!("Adder internal error: {info}");
        if std::env::var_os("ADDER_BACKTRACE").is_some() {
            eprintln!("{}", std::backtrace::Backtrace::force_capture());
        }
        adder_vm::sysmodule::print_python_stack();
        std::process::exit(INTERNAL_ERROR);
    }));
}

/// Runs the command; gives the exit code.
pub fn run(stack_base: *const u8) -> i32 {
    let args: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().to_string()).collect();
    let base = Config { int_max_str_digits: 4300, ..Config::default() };
    let (mut config, action) = match options::parse(base, &args) {
        Ok(x) => x,
        Err(e) => {
            eprintln!("{}\nTry `adder -h' for more information.", e.0);
            return 2;
        }
    };
    if answers(&action) {
        return 0;
    }
    if let Err(message) = locate(&mut config) {
        eprintln!("adder: {message}");
        return 1;
    }
    crate::connect();
    let code = match boot(config, stack_base) {
        Ok(vm) => program(vm, &action),
        Err(code) => code,
    };
    finish(Vm::get(), code)
}

/// Answers a question about the command; false if the command line is none.
pub fn answers(action: &Program) -> bool {
    match action {
        Program::Help => print!("{}", options::help()),
        Program::Version(long) => {
            let (a, b, c) = adder_vm::sysmodule::VERSION;
            println!("Python {a}.{b}.{c}{}", if *long { " (Adder)" } else { "" });
        }
        _ => return false,
    }
    true
}

/// Fills in where things are.
pub fn locate(config: &mut Config) -> Result<(), String> {
    crate::getpath::fill(config);
    if config.stdlib.is_empty() {
        match adder_stdlib::pylib::directory() {
            Ok(dir) => config.stdlib = dir.to_string_lossy().to_string(),
            Err(e) => return Err(format!("cannot extract the standard library: {e}")),
        }
    }
    let stdlib = config.stdlib.clone();
    config.path.push(stdlib);
    Ok(())
}

/// Starts the VM and imports `site`; an error is the exit code, after the exception was shown.
fn boot(config: Config, stack_base: *const u8) -> Result<&'static Vm, i32> {
    report_internal_errors();
    let vm = Vm::start_with(config, stack_base, adder_stdlib::modules());
    adder_cpyext::init(vm);
    start(vm).map_err(|raised| report(vm, raised))?;
    Ok(vm)
}

/// Starts the VM for C code, whose frames may be anywhere on the thread's stack.
pub fn embed(config: Config) -> Result<&'static Vm, i32> {
    let vm = boot(config, std::ptr::null())?;
    main_module(vm);
    Ok(vm)
}

fn start(vm: &Vm) -> PyResult<()> {
    let bootstrap =
        adder_stdlib::frozen::code(vm, "importlib/_bootstrap.py", "<frozen importlib._bootstrap>")?;
    import::start(vm, bootstrap)?;
    import::start_external(vm)?;
    import::import_module(vm, "encodings")?;
    adder_stdlib::init_stdio(vm)?;
    if !vm.config.warn_options.is_empty() {
        import::import_module(vm, "warnings")?;
    }
    if !vm.config.no_site {
        import::import_module(vm, "site")?;
    }
    Ok(())
}

fn main_module(vm: &Vm) -> Ref<Module> {
    if let Ok(Some(m)) = vm.modules().get_str(vm, "__main__")
        && let Some(m) = m.downcast::<Module>()
    {
        return m;
    }
    let m = Module::new(vm, "__main__", None);
    let d = m.dict();
    d.set_str(vm, "__builtins__", vm.builtins_module().value());
    vm.modules().set_str(vm, "__main__", m.value());
    m
}

fn prepend_path(vm: &Vm, dir: &str) -> PyResult<()> {
    if vm.config.safe_path {
        return Ok(());
    }
    *vm.sys_path_0.borrow_mut() = Some(dir.to_owned());
    if let Some(path) = vm.sys_get("path") {
        vm.call_method(path, vm.intern_str("insert"), &[vm.int(0), vm.new_str(dir)])?;
    }
    Ok(())
}

/// Runs a program in `__main__`; gives the exit code.
pub fn program(vm: &Vm, action: &Program) -> i32 {
    match execute(vm, action) {
        Ok(()) => 0,
        Err(raised) => report(vm, raised),
    }
}

fn execute(vm: &Vm, action: &Program) -> PyResult<()> {
    let m = main_module(vm);
    match action {
        Program::Command(source) => {
            prepend_path(vm, "")?;
            run_command(vm, m, &format!("{source}\n"))
        }
        Program::Module(name) => {
            let cwd = std::env::current_dir().map(|p| p.to_string_lossy().to_string()).unwrap_or_default();
            prepend_path(vm, &cwd)?;
            let runpy = import::import_module(vm, "runpy")?;
            let f = vm.get_attr_str(runpy, "_run_module_as_main")?;
            vm.call(f, &[vm.new_str(name)])?;
            Ok(())
        }
        Program::File(path) => run_file(vm, m, path),
        Program::Stdin => {
            prepend_path(vm, "")?;
            // SAFETY: isatty has no preconditions.
            if unsafe { libc::isatty(0) } == 1 {
                return interactive(vm, m);
            }
            let mut source = vec![];
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut source)
                .map_err(|e| vm.runtime_error(e.to_string()))?;
            run_bytes(vm, m, &source, "<stdin>")
        }
        Program::Help | Program::Version(_) => Ok(()),
    }
}

/// The interactive prompt: the library's.
pub fn interactive(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
    let code = import::import_module(vm, "code")?;
    let f = vm.get_attr_str(code, "interact")?;
    let banner = format!(
        "Python {} on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.",
        vm.sys_get("version")
            .map_or(String::new(), |v| v.downcast::<Str>().map_or(String::new(), |s| s.to_string()))
    );
    vm.call_kw(f, &[vm.new_str(&banner)], &[("local", m.dict().value()), ("exitmsg", vm.new_str(""))])?;
    Ok(())
}

fn run_source(vm: &Vm, m: Ref<Module>, source: &str, filename: &str) -> PyResult<()> {
    let code = adder_vm::compile::compile_source(vm, source, filename, Mode::Exec, 0)?;
    import::run_in_module(vm, code, m)?;
    Ok(())
}

/// The program of `-c`, whose lines tracebacks show.
fn run_command(vm: &Vm, m: Ref<Module>, source: &str) -> PyResult<()> {
    let code = adder_vm::compile::compile_source(vm, source, "<string>", Mode::Exec, 0)?;
    let register = || {
        let linecache = import::import_module(vm, "linecache")?;
        let f = vm.get_attr_str(linecache, "_register_code")?;
        vm.call(f, &[code.value(), vm.new_str(source), vm.new_str("<string>")])
    };
    if let Err(raised) = register() {
        // Without it there are no lines.
        let _ = vm.take_exception(raised);
    }
    import::run_in_module(vm, code, m)?;
    Ok(())
}

fn run_bytes(vm: &Vm, m: Ref<Module>, source: &[u8], filename: &str) -> PyResult<()> {
    use adder_compiler::source::DecodeError;
    match adder_compiler::source::decode_file(source, filename) {
        Ok(decoded) => run_source(vm, m, &decoded.text, filename),
        Err(DecodeError::NeedsCodec(_)) => {
            let text = adder_vm::builtins::more::decode(vm, source, filename)?;
            run_source(vm, m, &text, filename)
        }
        Err(e) => Err(adder_vm::compile::decode_error(vm, e, filename)),
    }
}

fn run_file(vm: &Vm, m: Ref<Module>, path: &str) -> PyResult<()> {
    let p = std::path::Path::new(path);
    let is_package = p.is_dir() || (p.is_file() && std::fs::read(p).is_ok_and(|d| has_zip_end(&d)));
    if is_package {
        prepend_path(vm, path)?;
        let runpy = import::import_module(vm, "runpy")?;
        let f = vm.get_attr_str(runpy, "_run_module_as_main")?;
        vm.call(f, &[vm.new_str("__main__"), adder_vm::builtins::singletons::false_()])?;
        return Ok(());
    }
    let source = match std::fs::read(p) {
        Ok(s) => s,
        Err(e) => {
            let code = e.raw_os_error().unwrap_or(0);
            let text = e.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text);
            eprintln!(
                "{}: can't open file '{}': [Errno {code}] {text}",
                vm.config.executable,
                absolute(path)
            );
            return Err(vm.raise_class(Exc::SystemExit.class(), &[vm.int(2)]));
        }
    };
    let dir = p.canonicalize().ok().and_then(|p| p.parent().map(|d| d.to_string_lossy().to_string()));
    prepend_path(vm, &dir.unwrap_or_default())?;
    let d: Ref<Dict> = m.dict();
    d.set_str(vm, "__file__", vm.new_str(&absolute(path)));
    d.set_str(vm, "__cached__", none());
    run_bytes(vm, m, &source, &absolute(path))
}

fn absolute(path: &str) -> String {
    if path.starts_with('/') {
        return path.to_string();
    }
    let cwd = std::env::current_dir().unwrap_or_default();
    cwd.join(path).to_string_lossy().to_string()
}

/// A zip file ends with its central directory's end record.
fn has_zip_end(data: &[u8]) -> bool {
    let tail = &data[data.len().saturating_sub(66_000)..];
    tail.windows(4).any(|w| w == b"PK\x05\x06")
}

/// Shows an exception that reached the top; gives the exit code.
fn report(vm: &Vm, raised: Raised) -> i32 {
    let exc = vm.take_exception(raised);
    if exc.value().class().is_subclass_of(Exc::SystemExit.class()) {
        return exit_code(vm, exc);
    }
    let shown = show(vm, exc);
    if let Err(raised) = shown {
        let second = vm.take_exception(raised);
        if second.value().class().is_subclass_of(Exc::SystemExit.class()) {
            return exit_code(vm, second);
        }
        eprint!("Error in sys.excepthook:\n{}", adder_vm::sysmodule::plain_report(vm, second.value()));
        eprint!("\nOriginal exception was:\n{}", adder_vm::sysmodule::plain_report(vm, exc.value()));
    }
    if exc.value().class().is_subclass_of(Exc::KeyboardInterrupt.class()) { 130 } else { 1 }
}

fn show(vm: &Vm, exc: Ref<BaseException>) -> PyResult<()> {
    vm.sys_set("last_exc", exc.value());
    let tb = exc.traceback.get().unwrap_or(none());
    match vm.sys_get("excepthook") {
        Some(hook) => {
            vm.call(hook, &[exc.value().class().value(), exc.value(), tb])?;
        }
        None => eprint!("{}", adder_vm::sysmodule::plain_report(vm, exc.value())),
    }
    Ok(())
}

fn exit_code(vm: &Vm, exc: Ref<BaseException>) -> i32 {
    let code: Value = vm.get_attr_str(exc.value(), "code").unwrap_or(none());
    if code.is_none() {
        return 0;
    }
    if let Some(i) = adder_vm::builtins::int::as_int(code) {
        return vm.int_to_i64(i).map_or(-1, |n| n as i32);
    }
    if let Ok(s) = vm.str(code) {
        flush(vm, "stdout");
        match vm.sys_get("stderr").filter(|e| !e.is_none()) {
            Some(err) => {
                for text in [s.value(), vm.new_str("\n")] {
                    if let Err(raised) = vm.call_method(err, vm.intern_str("write"), &[text]) {
                        let _ = vm.take_exception(raised);
                    }
                }
            }
            None => eprintln!("{s}"),
        }
    }
    1
}

fn flush(vm: &Vm, name: &str) {
    let Some(f) = vm.sys_get(name).filter(|f| !f.is_none()) else { return };
    if let Err(raised) = vm.call_method(f, vm.intern_str("flush"), &[]) {
        vm.unraisable(raised, "Exception ignored on flushing sys.stdout", f);
    }
}

/// Ends Python; gives the exit code.
pub fn finish(vm: &Vm, code: i32) -> i32 {
    let code = adder_stdlib::shutdown(vm, code);
    adder_cpyext::debug::at_exit();
    adder_cpyext::embedding::note_end();
    code
}
