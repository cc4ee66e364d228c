//! Tests as data: `tests/errors/*.txt` and `tests/code/*.py` with a listing beside each.
//!
//! An errors file is a list of cases, recorded from CPython 3.14: a header `--- mode kind line:col-line:col message`
//! and the source up to the next header (its last line break is not part of it unless doubled).
//! `BLESS=1` rewrites the listings.

use adder_compiler::code::{CodeData, Const};
use adder_compiler::opcode::{self, instructions};
use adder_compiler::{Mode, Options, ast, compile, compile_full};
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder of tests")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    found.sort();
    found
}

fn mode(name: &str) -> Mode {
    match name {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        _ => Mode::Single,
    }
}

#[test]
fn errors() {
    let mut wrong = String::new();
    let mut count = 0;
    for path in files("errors", "txt") {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for case in text.split("--- ").skip(1) {
            let (header, source) = case.split_once('\n').expect("a header line");
            let source = source.strip_suffix('\n').unwrap_or(source);
            let (mode_name, expected) = header.split_once(' ').expect("a mode");
            let actual = match compile(source, "<test>", mode(mode_name), &Options::default()) {
                Ok(_) => "no error".to_owned(),
                Err(e) => format!(
                    "{:?} {}:{}-{}:{} {}",
                    e.kind, e.lineno, e.offset, e.end_lineno, e.end_offset, e.message
                ),
            };
            count += 1;
            if actual != expected {
                let _ = writeln!(wrong, "{source:?}\n  expected {expected}\n  actual   {actual}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 100, "only {count} cases");
}

#[test]
fn listings() {
    for path in files("code", "py") {
        let source = std::fs::read_to_string(&path).expect("a readable file");
        let code = compile(&source, "<test>", Mode::Exec, &Options::default()).expect("compiles");
        let mut listing = String::new();
        list(&code, &mut listing);
        let expected = path.with_extension("out");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &listing).expect("a writable file");
        }
        let recorded = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(recorded, listing, "{}", path.display());
        through_the_tree(&source, &code);
    }
}

/// Source to tree to code gives the same code.
fn through_the_tree(source: &str, code: &CodeData) {
    let tree = ast::parse(source, "<test>", Mode::Exec, &Options::default()).expect("parses");
    let again = ast::compile_ast(&tree, "<test>", Mode::Exec, &Options::default()).expect("compiles");
    assert_eq!(&again, code);
}

fn list(code: &CodeData, out: &mut String) {
    let _ = writeln!(
        out,
        "{} args={}/{}/{} stack={} flags={:#x} line={}",
        code.qualname,
        code.argcount,
        code.posonlyargcount,
        code.kwonlyargcount,
        code.stacksize,
        code.flags,
        code.firstlineno
    );
    let _ = writeln!(out, "  locals {:?} {:?}", code.localsplusnames, code.localspluskinds);
    let positions: Vec<_> = adder_compiler::tables::positions(&code.linetable, code.firstlineno).collect();
    for instruction in instructions(&code.code) {
        let line = positions[instruction.offset].line.map_or("-".to_owned(), |line| line.to_string());
        let detail = match instruction.opcode {
            op if op.flags() & opcode::CONST != 0 => match &code.consts[instruction.arg as usize] {
                Const::Code(inner) => format!("<code {}>", inner.qualname),
                other => format!("{other:?}"),
            },
            _ => instruction.jump_target().map_or(String::new(), |target| format!("to {target}")),
        };
        let name = instruction.opcode.name();
        let _ = writeln!(out, "{line:>4} {:>4} {name} {} {detail}", instruction.offset, instruction.arg);
    }
    for entry in adder_compiler::tables::exception_entries(&code.exceptiontable) {
        let _ = writeln!(out, "  {entry:?}");
    }
    for constant in &code.consts {
        if let Const::Code(inner) = constant {
            list(inner, out);
        }
    }
}

#[test]
fn nesting_is_refused_not_fatal() {
    let deep = 100_000;
    for source in ["(".repeat(deep), "-".repeat(deep) + "1", "a".to_owned() + &".b".repeat(deep)] {
        assert!(compile(&source, "<test>", Mode::Exec, &Options::default()).is_err());
        assert!(ast::parse(&source, "<test>", Mode::Exec, &Options::default()).is_err());
    }
}

#[test]
fn warnings_have_lines() {
    let source = "x = 1\nif x is 1: pass\ns = '\\d'\n";
    let compiled = compile_full(source, "<test>", Mode::Exec, &Options::default()).expect("compiles");
    let found: Vec<(u32, bool)> =
        compiled.warnings.iter().map(|w| (w.lineno, w.message.contains("invalid escape"))).collect();
    assert!(found.contains(&(2, false)) && found.contains(&(3, true)), "{:?}", compiled.warnings);
}

#[test]
fn future_flags_are_reported() {
    let source = "from __future__ import annotations\n";
    let compiled = compile_full(source, "<test>", Mode::Exec, &Options::default()).expect("compiles");
    assert_eq!(compiled.future_flags, adder_compiler::code::CO_FUTURE_ANNOTATIONS);
}

#[test]
fn incomplete_input() {
    let options = Options {
        flags: adder_compiler::options::PYCF_ALLOW_INCOMPLETE_INPUT
            | adder_compiler::options::PYCF_DONT_IMPLY_DEDENT,
        ..Options::default()
    };
    let kind = |source: &str| compile(source, "<test>", Mode::Single, &options).err().map(|e| e.kind);
    use adder_compiler::ErrorKind;
    for source in ["(1,\n", "if x:\n", "def f():\n", "'''abc\n", "x = [\n", "for x in y:\n"] {
        assert_eq!(kind(source), Some(ErrorKind::IncompleteInput), "{source:?}");
    }
    for source in ["x = = 1\n", "1 +* 2\n", ")\n"] {
        assert_eq!(kind(source), Some(ErrorKind::Syntax), "{source:?}");
    }
    assert_eq!(kind("x = 1\n"), None);
}

#[test]
fn source_encodings() {
    use adder_compiler::source::{DecodeError, decode_source};
    let text = |bytes: &[u8]| decode_source(bytes).map(|decoded| decoded.text);
    assert_eq!(text(b"\xef\xbb\xbfx\r\n").as_deref(), Ok("x\n"));
    assert_eq!(text(b"# coding: latin-1\n'\xe9'").as_deref(), Ok("# coding: latin-1\n'\u{e9}'"));
    assert_eq!(
        decode_source(b"\n# -*- coding: cp1252 -*-\n"),
        Err(DecodeError::NeedsCodec("cp1252".to_owned()))
    );
    let message = |bytes: &[u8]| match decode_source(bytes) {
        Err(DecodeError::Syntax(error)) => error.message,
        other => format!("{other:?}"),
    };
    assert_eq!(message(b"a\0"), "source code string cannot contain null bytes");
    assert_eq!(message(b"\xef\xbb\xbf#coding: latin-1"), "encoding problem: iso-8859-1 with BOM");
    assert!(message(b"x\n'\xe9'").starts_with("Non-UTF-8 code starting with '\\xe9' on line 2,"));
}

/// `ast.parse` refuses what the grammar refuses and nothing else.
#[test]
fn trees_and_errors() {
    let parse = |source: &str| ast::parse(source, "<test>", Mode::Exec, &Options::default());
    assert!(parse("f(a.b=1)\n").is_err());
    assert!(parse("return 1\n").is_ok());
    assert!(parse("nonlocal x\n").is_ok());
    let tree = parse("x\n").expect("parses");
    let ast::FieldValue::List(body) = &tree.fields[0] else { panic!("a body") };
    assert_eq!(body.len(), 1);
    let mut wrong = tree.clone();
    wrong.fields[0] = ast::FieldValue::List(vec![ast::FieldValue::None]);
    let error = ast::compile_ast(&wrong, "<test>", Mode::Exec, &Options::default());
    assert_eq!(error, Err(ast::AstError::Value("None disallowed in statement list".to_owned())));
}
