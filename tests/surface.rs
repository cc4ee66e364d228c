//! Checks of `headers/` against the tables in `tests/surface/` and `cpyext/symbols.tsv`.
//!
//! The tables are facts about CPython 3.14 on x86-64: sizes and offsets, constants, which header
//! declares what and since which limited API, which symbols exist. Each test writes a C file from a
//! table, gives it to the C compiler, and reports every row that does not hold.
//! Whether `cpyext` defines the symbols is not checked here: see `cargo xtask capi-coverage`.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The data rows of a tab-separated table, without comments and the line of column names.
fn table(path: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// A path for a file of this test run. `name` is unique among the tests.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn compile(compiler: &str, args: &[&str], source: &Path, output: Option<&Path>) -> Output {
    let mut command = Command::new(compiler);
    command.args(args).arg("-I").arg(root().join("headers")).arg("-I").arg(root().join("tests/surface"));
    command.arg(source);
    if let Some(output) = output {
        command.arg("-o").arg(output);
    }
    command.output().unwrap_or_else(|error| panic!("{compiler}: {error}"))
}

fn assert_success(output: &Output, what: &str) {
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}\n{text}");
}

/// Runs a C program with `body` in its `main`; `body` counts failed checks in `failures`.
fn run_checks(name: &str, body: &str) {
    let prelude = r#"
        #include "all.h"
        #include <stdio.h>
        #include <string.h>
        static int failures = 0;
        static void check(const char *what, long long actual, long long expected)
        {
            if (actual != expected) {
                printf("%s is %lld, not %lld\n", what, actual, expected);
                failures++;
            }
        }
        static void check_text(const char *what, const char *actual, const char *expected)
        {
            if (strcmp(actual, expected) != 0) {
                printf("%s is \"%s\", not \"%s\"\n", what, actual, expected);
                failures++;
            }
        }
        static void check_double(const char *what, double actual, double expected)
        {
            if (actual != expected && (actual == actual || expected == expected)) {
                printf("%s is %.17g, not %.17g\n", what, actual, expected);
                failures++;
            }
        }
        /* bits: a struct in which only the field was set, to all ones. */
        static void check_bits(const char *what, const void *bits, size_t size, long long first,
                               long long count)
        {
            long long i, found_first = -1, found_count = 0;
            for (i = 0; i < (long long)size * 8; i++) {
                if (((const unsigned char *)bits)[i / 8] >> (i % 8) & 1) {
                    found_first = found_first < 0 ? i : found_first;
                    found_count++;
                }
            }
            if (found_first != first || found_count != count) {
                printf("%s is %lld bits at %lld, not %lld at %lld\n", what, found_count,
                       found_first, count, first);
                failures++;
            }
        }
    "#;
    let source = scratch(&format!("{name}.c"));
    let program = scratch(name);
    std::fs::write(&source, format!("{prelude}\nint main(void)\n{{\n{body}\nreturn failures != 0;\n}}\n"))
        .unwrap();
    assert_success(&compile("cc", &["-std=gnu11", "-w"], &source, Some(&program)), "does not compile");
    assert_success(&Command::new(&program).output().unwrap(), "the headers disagree with the table");
}

#[test]
fn layout() {
    let mut body = String::new();
    for row in table("tests/surface/layout.tsv") {
        let [name, field, offset, size, _header] = &row[..] else { panic!("{row:?}") };
        if field == "(sizeof)" {
            writeln!(body, "check(\"sizeof({name})\", sizeof({name}), {size});").unwrap();
        } else if let Some(first) = offset.strip_suffix('b') {
            let count = size.strip_suffix('b').unwrap();
            writeln!(
                body,
                "{{ {name} x; memset(&x, 0, sizeof x); x.{field} = ~0; \
                 check_bits(\"{name}.{field}\", &x, sizeof x, {first}, {count}); }}"
            )
            .unwrap();
        } else {
            writeln!(
                body,
                "check(\"offset of {name}.{field}\", offsetof({name}, {field}), {offset}); \
                 check(\"size of {name}.{field}\", sizeof((({name} *)0)->{field}), {size});"
            )
            .unwrap();
        }
    }
    run_checks("surface_layout", &body);
}

#[test]
fn constants() {
    let mut body = String::new();
    for row in table("tests/surface/constants.tsv") {
        let [name, value, _header] = &row[..] else { panic!("{row:?}") };
        if value.starts_with('"') {
            writeln!(body, "check_text(\"{name}\", {name}, {value});").unwrap();
        } else if value.parse::<i128>().is_ok() {
            // The largest unsigned values do not fit in a signed literal.
            let suffix = if value.starts_with('-') { "" } else { "ULL" };
            writeln!(body, "check(\"{name}\", (long long)({name}), (long long){value}{suffix});").unwrap();
        } else {
            let value = match value.as_str() {
                "inf" => "(double)INFINITY",
                "nan" => "(double)NAN",
                number => number,
            };
            writeln!(body, "check_double(\"{name}\", (double)({name}), {value});").unwrap();
        }
    }
    run_checks("surface_constants", &body);
}

/// The identifiers that are left of `all.h` after preprocessing.
fn declared_names(flags: &[&str]) -> HashSet<String> {
    let output = compile(
        "cc",
        &[&["-std=gnu11", "-E", "-P"], flags].concat(),
        &root().join("tests/surface/all.h"),
        None,
    );
    assert_success(&output, "does not preprocess");
    let text = String::from_utf8(output.stdout).unwrap();
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').map(str::to_owned).collect()
}

/// Every function and variable is visible exactly from the limited API version on that the table says.
#[test]
fn limited_api_versions() {
    let rows = table("tests/surface/api.tsv");
    let mut problems = Vec::new();
    for minor in (2..=14).map(Some).chain([None]) {
        let flag = minor.map(|minor| format!("-DPy_LIMITED_API=0x03{minor:02x}0000"));
        let names = declared_names(flag.as_deref().as_slice());
        for row in &rows {
            let [name, _kind, header, limited] = &row[..] else { panic!("{row:?}") };
            let since: Option<u32> = limited.strip_prefix("3.").map(|minor| minor.parse().unwrap());
            let expected = minor.is_none_or(|minor| since.is_some_and(|since| since <= minor));
            if names.contains(name) != expected {
                let verb = if expected { "lacks" } else { "shows" };
                problems.push(format!("{}: {verb} {name} ({header})", flag.as_deref().unwrap_or("full API")));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Every public symbol is declared: its address can be taken.
#[test]
fn symbols_are_declared() {
    let undeclared: HashSet<String> =
        table("tests/surface/undeclared.tsv").into_iter().map(|mut row| row.swap_remove(0)).collect();
    let symbols: Vec<String> =
        table("cpyext/symbols.tsv").into_iter().map(|mut row| row.swap_remove(0)).collect();
    let public = symbols
        .iter()
        .filter(|name| name.starts_with("Py") && !name.starts_with("PyInit_"))
        .collect::<Vec<_>>();
    let mut text = String::from("#include \"all.h\"\n");
    let (mut undefs, mut addresses) = (String::new(), String::new());
    for &name in &public {
        if !undeclared.contains(name) {
            // Macros of the same name would hide the declaration.
            writeln!(undefs, "#undef {name}").unwrap();
            writeln!(addresses, "    (const void *)&{name},").unwrap();
        }
    }
    write!(text, "{undefs}const void *addresses[] = {{\n{addresses}}};\n").unwrap();
    let source = scratch("surface_symbols.c");
    std::fs::write(&source, text).unwrap();
    let output = compile("cc", &["-std=gnu11", "-w", "-fsyntax-only"], &source, None);
    assert_success(&output, "public symbols without a declaration");
    let stale: Vec<_> = undeclared.iter().filter(|name| !symbols.contains(name)).collect();
    assert!(stale.is_empty(), "not a symbol: {stale:?}");
}

/// A small extension compiles without warnings in both languages, with each compiler that is there,
/// with the full API and limited ones.
#[test]
fn extension_compiles() {
    let clang = Command::new("clang").arg("--version").output().is_ok();
    let compilers = [("cc", "c++")].into_iter().chain(clang.then_some(("clang", "clang++")));
    for (c, cxx) in compilers {
        for (compiler, language, standard) in [
            (c, "c", "-std=c11"),
            (c, "c", "-std=gnu17"),
            (cxx, "c++", "-std=c++17"),
            (cxx, "c++", "-std=c++20"),
        ] {
            for version in ["", "0x03020000", "0x03080000", "0x030b0000", "0x030c0000", "0x030e0000"] {
                let limited = format!("-DPy_LIMITED_API={version}");
                let mut args =
                    vec!["-x", language, standard, "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-O1"];
                if !version.is_empty() {
                    args.push(&limited);
                }
                let output = compile(
                    compiler,
                    &args,
                    &root().join("tests/surface/extension.c"),
                    Some(&scratch("surface_extension.so")),
                );
                assert_success(&output, &format!("{compiler} {args:?}"));
            }
        }
    }
}

/// The extensions of the other tests compile without warnings with each compiler that is there.
#[test]
fn fixtures_compile() {
    let clang = Command::new("clang").arg("--version").output().is_ok();
    let compilers = [("cc", "c++")].into_iter().chain(clang.then_some(("clang", "clang++")));
    for (c, cxx) in compilers {
        for entry in std::fs::read_dir(root().join("ext-fixtures")).unwrap() {
            let path = entry.unwrap().path();
            let (compiler, standard) = match path.extension().and_then(|suffix| suffix.to_str()) {
                Some("c") => (c, "-std=c11"),
                Some("cpp") => (cxx, "-std=c++17"),
                _ => continue,
            };
            let args = [standard, "-Wall", "-Wextra", "-Werror", "-fsyntax-only"];
            assert_success(&compile(compiler, &args, &path, None), &format!("{compiler} {}", path.display()));
        }
    }
}
