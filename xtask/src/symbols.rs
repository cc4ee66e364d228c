//! The table of C API symbols, and what of it is defined.

use std::collections::BTreeSet;
use std::path::Path;

use object::{Object, ObjectSymbol};

use crate::{files_below, read, read_text, root};

/// One row of `cpyext/symbols.tsv`.
pub struct Symbol {
    pub name: String,
    pub stable_abi: bool,
    /// How many of the surveyed wheels, stdlib extension modules and test modules need it.
    pub wheels: u32,
    pub stdlib: u32,
    pub tests: u32,
}

pub fn default_table() -> std::path::PathBuf {
    root().join("cpyext/symbols.tsv")
}

/// Reads a table by its column names, so that tables with more columns do as well.
pub fn read_table(path: &Path) -> Result<Vec<Symbol>, String> {
    let text = read_text(path)?;
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        let index = names.iter().position(|&column| column == name);
        index.ok_or_else(|| format!("{}: no column {name}", path.display()))
    };
    let (symbol, stable_abi) = (column("symbol")?, column("stable_abi")?);
    let (wheels, stdlib, tests) = (column("wheels")?, column("stdlib_modules")?, column("test_modules")?);
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let field = |index: usize| fields.get(index).copied().unwrap_or_default();
            let count = |index: usize| {
                field(index).parse().map_err(|_| format!("{}: not a row: {line}", path.display()))
            };
            Ok(Symbol {
                name: field(symbol).to_owned(),
                stable_abi: !field(stable_abi).is_empty(),
                wheels: count(wheels)?,
                stdlib: count(stdlib)?,
                tests: count(tests)?,
            })
        })
        .collect()
}

/// What is defined, and where that was looked up.
pub struct Defined {
    pub names: BTreeSet<String>,
    pub source: String,
}

impl Defined {
    /// From the dynamic symbol table of an executable or library, or else from cpyext's sources.
    pub fn find(exe: Option<&str>) -> Result<Defined, String> {
        match exe {
            Some(path) => Self::in_executable(Path::new(path)),
            None => Self::in_sources(),
        }
    }

    fn in_executable(path: &Path) -> Result<Defined, String> {
        let data = read(path)?;
        let file = object::File::parse(&*data).map_err(|error| format!("{}: {error}", path.display()))?;
        let names = file
            .dynamic_symbols()
            .filter(|symbol| symbol.is_definition())
            .filter_map(|symbol| symbol.name().ok().map(str::to_owned))
            .collect();
        Ok(Defined { names, source: format!("the dynamic symbols of {}", path.display()) })
    }

    /// Functions and statics in Rust, functions in C. A name defined under another name is not seen.
    fn in_sources() -> Result<Defined, String> {
        let folder = root().join("cpyext/src");
        let generated = folder.join("ffi");
        let mut names = BTreeSet::new();
        let is_source = |path: &Path| {
            !path.starts_with(&generated)
                && path.extension().is_some_and(|suffix| suffix == "rs" || suffix == "c")
        };
        for path in files_below(&folder, &is_source)? {
            let text = read_text(&path)?;
            let rust = path.extension().is_some_and(|suffix| suffix == "rs");
            names.extend(if rust { rust_definitions(&text) } else { c_definitions(&text) });
        }
        Ok(Defined { names, source: "cpyext/src".to_owned() })
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Names after `fn` and `static`, and in `export_name`.
fn rust_definitions(text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = Vec::new();
    for line in code {
        for keyword in ["fn ", "static ", "static mut ", "export_name = \""] {
            for (index, _) in line.match_indices(keyword) {
                let name: String =
                    line[index + keyword.len()..].chars().take_while(|&c| is_name(c)).collect();
                found.push(name);
            }
        }
    }
    found
}

/// Names before a parenthesis in lines that begin a definition. Shims of variadic functions are
/// called `c_PyX_Y` where Rust defines the real name.
fn c_definitions(text: &str) -> Vec<String> {
    let starts = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
    starts
        .filter(|line| !line.trim_end().ends_with(';'))
        .filter_map(|line| line.split_once('('))
        .map(|(before, _)| before.chars().rev().take_while(|&c| is_name(c)).collect::<String>())
        .map(|reversed| reversed.chars().rev().collect::<String>())
        .map(|name| name.strip_prefix("c_").map(str::to_owned).unwrap_or(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_in_rust() {
        let text =
            "#[capi]\npub fn PyList_New(vm: &Vm) {}\n// fn PyList_Gone()\npub static mut PyList_Type: T = 1;";
        let found = rust_definitions(text);
        assert!(found.contains(&"PyList_New".to_owned()) && found.contains(&"PyList_Type".to_owned()));
        assert!(!found.contains(&"PyList_Gone".to_owned()));
    }

    #[test]
    fn definitions_in_c() {
        let text =
            "PyObject *c_Py_BuildValue(const char *format, ...)\n{\n    call(1);\n}\nint declared(void);\n";
        assert_eq!(c_definitions(text), ["Py_BuildValue"]);
    }
}
