//! `cargo xtask wheel-needs`: which C API symbols a binary needs, and whether each is defined.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::path::Path;

use object::{Object, ObjectSymbol};

use crate::symbols::Defined;
use crate::{Outcome, read, take_option};

pub fn run(args: &[String]) -> Outcome {
    let mut args = args.to_vec();
    let defined = Defined::find(take_option(&mut args, "--exe")?.as_deref())?;
    if args.is_empty() {
        return Err("no file given".to_owned());
    }
    let mut all_missing = BTreeSet::new();
    for file in &args {
        for (name, data) in binaries(Path::new(file))? {
            let needed = api_symbols(&data).map_err(|error| format!("{name}: {error}"))?;
            let missing: Vec<_> = needed.iter().filter(|name| !defined.names.contains(*name)).collect();
            println!("{name}: needs {}, missing {}", needed.len(), missing.len());
            for symbol in &needed {
                println!("  {} {symbol}", if missing.contains(&symbol) { "missing" } else { "ok     " });
            }
            all_missing.extend(missing.into_iter().cloned());
        }
    }
    println!("missing in all: {} (looked in {})", all_missing.len(), defined.source);
    Ok(())
}

/// A shared object is itself; a wheel is its members that are shared objects.
fn binaries(path: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let data = read(path)?;
    let label = path.display().to_string();
    if path.extension().is_none_or(|suffix| suffix != "whl") {
        return Ok(vec![(label, data)]);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(data)).map_err(|error| format!("{label}: {error}"))?;
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).map_err(|error| format!("{label}: {error}"))?;
        let name = member.name().to_owned();
        if name.ends_with(".so") || name.contains(".so.") {
            let mut data = Vec::new();
            member.read_to_end(&mut data).map_err(|error| format!("{name}: {error}"))?;
            found.push((name, data));
        }
    }
    Ok(found)
}

/// The undefined dynamic symbols that belong to Python.
fn api_symbols(data: &[u8]) -> Result<BTreeSet<String>, object::Error> {
    let file = object::File::parse(data)?;
    let undefined = file.dynamic_symbols().filter(|symbol| symbol.is_undefined());
    let names = undefined.filter_map(|symbol| symbol.name().ok());
    Ok(names.filter(|name| name.starts_with("Py") || name.starts_with("_Py")).map(str::to_owned).collect())
}
