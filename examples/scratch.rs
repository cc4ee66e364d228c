use adder_vm::object::ValueExt;
use adder_vm::vm::{Config, Vm};
fn main() {
    let base = std::hint::black_box(0u64);
    let mut c = Config::default();
    c.int_max_str_digits = 4300;
    let vm = Vm::start(c, (&raw const base).cast());
    run(vm);
}
#[inline(never)]
fn run(vm: &Vm) {
    let path = std::env::args().nth(1).unwrap();
    let src = std::fs::read_to_string(&path).unwrap();
    let r = (|| {
        for d in adder_stdlib::modules() {
            if d.name == "_codecs" || d.name == "_string" {
                let m = adder_vm::import::load_native(vm, d)?;
                vm.modules().set_str(vm, d.name, m.value());
            }
        }
        let c = vm.call(vm.builtin("compile")?, &[vm.new_str(&src), vm.new_str(&path), vm.new_str("exec")])?;
        let d = adder_vm::builtins::dict::Dict::new(vm);
        d.set_str(vm, "__name__", vm.new_str("__main__"));
        d.set_str(vm, "__builtins__", vm.builtins_module().value());
        for n in ["_codecs"] { d.set_str(vm, n, vm.modules().get_str(vm, n)?.unwrap()); }
        vm.call(vm.builtin("exec")?, &[c, d.value()])
    })();
    if let Err(r) = r {
        let e = vm.take_exception(r);
        let mut tb = e.traceback.get();
        while let Some(t) = tb {
            let line = vm.get_attr(t, vm.intern_str("tb_lineno")).map(|v| vm.repr_string(v).unwrap_or_default());
            eprintln!("  line {}", line.unwrap_or_default());
            tb = vm.get_attr(t, vm.intern_str("tb_next")).ok().filter(|v| !v.is_none());
        }
        eprintln!("{}: {}", e.value().class().name(), vm.repr_string(e.value()).unwrap_or_default());
        std::process::exit(1);
    }
}
