//! Traces as text, and what the verifier rejects.

use adder_jit::ops::{Kind, Op, TABLE};
use adder_jit::parse::parse;
use adder_jit::verify::verify;

fn same(text: &str) {
    let trace = parse(text).expect("a trace");
    assert_eq!(trace.to_string(), text);
}

#[test]
fn print_what_was_parsed() {
    same(
        "v0 = slot 2\nguard_int v0 @0\nv2 = unbox_int v0\nv3 = add_ovf v2 -1 @0\nv4 = load_word v0 word+16\n\
         v5 = call f3:any:word v4 w0 @1\nv6 = load_item v5 3 word[24]\nv7 = float_add 1.5f -0.0f\n\
         v8 = call f4:allocates:word\nv9 = float_mul inff nan:7ff8000000000001f\nguard_holds 17 @1\n\
         v11 = not true\nloop @2\n@0 f0:12\n@1 f0:13 2=v4 3=empty\n@2 f0:12 f1:4(v5,w0) 2=v4\n",
    );
}

/// Every row of the table, with operands of its kinds.
#[test]
fn every_operation() {
    for row in TABLE {
        let mut line = row.text.to_owned();
        if row.variadic {
            line += " f0:pure:word w1 w2";
        }
        for kind in row.operands {
            line += match kind {
                Kind::Word => " w0",
                Kind::Int => " 5",
                Kind::Float => " 2.5f",
                _ => " true",
            };
        }
        line += match row.describes {
            adder_jit::ops::Describes::Nothing | adder_jit::ops::Describes::Function => "",
            adder_jit::ops::Describes::Field => " word+8",
            _ => " 3",
        };
        if row.result != Kind::None {
            line = format!("v0 = {line}");
        }
        if row.snapshot {
            line += " @0";
        }
        let end = if row.op == Op::Loop { "" } else { "loop @0\n" };
        let text = format!("{line}\n{end}@0 f0:0\n");
        same(&text);
        verify(&parse(&text).expect("a trace")).expect(row.text);
        assert!(std::ptr::eq(row.op.row(), row), "{} is not at its place", row.text);
    }
}

#[test]
fn what_cannot_be_read() {
    for (text, what) in [
        ("v0 = jump", "no operation"),
        ("v1 = slot 0", "this is v0"),
        ("v0 = int_and 1", "number of operands"),
        ("v0 = int_and 1 x", "no operand"),
        ("v0 = load_word w0 word-8", "no field"),
        ("v0 = call f0:word", "no function"),
        ("v0 = call", "too short"),
        ("@1 f0:0", "out of order"),
        ("@0 0", "no frame"),
    ] {
        let error = parse(text).expect_err(text);
        assert!(error.contains(what), "{text}: {error}");
    }
}

#[test]
fn what_is_no_trace() {
    for (text, what) in [
        ("v0 = slot 0", "no end"),
        ("loop @0\nv1 = slot 0\nloop @0\n@0 f0:0", "after the end"),
        ("v0 = int_and v1 1\nloop @0\n@0 f0:0", "not defined"),
        ("v0 = int_and 1.5f 1\nloop @0\n@0 f0:0", "no int"),
        ("guard_true true @3\nloop @0\n@0 f0:0", "no such snapshot"),
        ("v0 = slot 0\nguard_word v0 v0 @0\nloop @0\n@0 f0:0", "no constant"),
        ("loop @0\n@0 0=w0", "without frames"),
        ("guard_true true @0\nv1 = slot 0\nloop @0\n@0 f0:0 0=v1", "not defined"),
    ] {
        let error = verify(&parse(text).expect("a trace")).expect_err(text);
        assert!(error.contains(what), "{text}: {error}");
    }
}
