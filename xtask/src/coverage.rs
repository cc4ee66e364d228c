//! `cargo xtask capi-coverage`: how much of the C API is defined, counted by who needs it.

use crate::symbols::{Defined, Symbol, default_table, read_table};
use crate::{Outcome, take_option};

pub fn run(args: &[String]) -> Outcome {
    let mut args = args.to_vec();
    let table = take_option(&mut args, "--table")?.map_or_else(default_table, Into::into);
    let exe = take_option(&mut args, "--exe")?;
    let missing = take_option(&mut args, "--missing")?.unwrap_or_else(|| "20".to_owned());
    let missing: usize = missing.parse().map_err(|_| "--missing needs a number")?;
    if let Some(arg) = args.first() {
        return Err(format!("unexpected argument: {arg}"));
    }

    let mut symbols = read_table(&table)?;
    let defined = Defined::find(exe.as_deref())?;
    let has = |symbol: &Symbol| defined.names.contains(&symbol.name);

    println!("defined in {}:", defined.source);
    let groups: [(&str, fn(&Symbol) -> bool); 5] = [
        ("wheels", |symbol| symbol.wheels > 0),
        ("stdlib modules", |symbol| symbol.stdlib > 0),
        ("test modules", |symbol| symbol.tests > 0),
        ("stable ABI", |symbol| symbol.stable_abi),
        ("all", |_| true),
    ];
    for (name, wanted) in groups {
        let need = symbols.iter().filter(|symbol| wanted(symbol)).count();
        let have = symbols.iter().filter(|symbol| wanted(symbol) && has(symbol)).count();
        let percent = 100.0 * have as f64 / need.max(1) as f64;
        println!("  {name:<16}{have:>5} of {need:>4}  {percent:>5.1}%");
    }

    symbols.retain(|symbol| !has(symbol));
    symbols.sort_by_key(|symbol| std::cmp::Reverse((symbol.wheels, symbol.stdlib, symbol.tests)));
    if missing > 0 && !symbols.is_empty() {
        println!("missing, most wanted first:");
        for symbol in symbols.iter().take(missing) {
            let Symbol { name, wheels, stdlib, tests, .. } = symbol;
            println!("  {name}: {wheels} wheels, {stdlib} stdlib modules, {tests} test modules");
        }
    }
    Ok(())
}
