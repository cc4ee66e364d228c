//! What the operations of traces mean, and a second language whose loops are recorded and run as traces.

mod toy;

use adder_jit::eval::{Exit, run};
use adder_jit::parse::parse;
use adder_jit::verify::verify;
use toy::{Code, Object, Recorder, Toy, Word};

fn round(text: &str, toy: &mut Toy, limit: u64) -> Exit {
    let trace = parse(text).expect("a trace");
    verify(&trace).expect("a correct trace");
    run(&trace, toy, limit)
}

/// Evaluates an expression of raw integers or truth values, boxed in slot 0.
fn value(text: &str) -> Word {
    let mut toy = Toy::new(&[Word::Empty; 4]);
    let lines = text.lines().count();
    let text = format!("{text}\nloop @0\n@0 f0:0 0=v{}", lines - 1);
    assert_eq!(round(&text, &mut toy, 1), Exit::Limit);
    toy.slots[0]
}

#[test]
fn integers() {
    for (op, a, b, expected) in [
        ("int_and", 12, 10, 8),
        ("int_or", 12, 10, 14),
        ("int_xor", 12, 10, 6),
        ("int_shr", -9, 1, -5),
        ("int_floordiv", -7, 2, -4),
        ("int_mod", -7, 2, 1),
    ] {
        assert_eq!(value(&format!("v0 = {op} {a} {b}\nv1 = box_int v0")), Word::Int(expected), "{op}");
    }
    for (op, a, b, expected) in [
        ("int_lt", -1, 0, true),
        ("int_le", 0, 0, true),
        ("int_eq", 1, 2, false),
        ("int_ne", 1, 2, true),
        ("int_gt", 1, 2, false),
        ("int_ge", 2, 2, true),
        ("int_below", -1, 5, false),
        ("int_below", 4, 5, true),
    ] {
        assert_eq!(value(&format!("v0 = {op} {a} {b}\nv1 = box_bool v0")), Word::Bool(expected), "{op}");
    }
}

#[test]
fn floats() {
    for (op, expected) in [("float_add", 2.0), ("float_sub", 1.0), ("float_mul", 0.75), ("float_div", 3.0)] {
        assert_eq!(value(&format!("v0 = {op} 1.5f 0.5f\nv1 = box_float v0")), Word::Float(expected), "{op}");
    }
    assert_eq!(value("v0 = float_neg 0.0f\nv1 = box_float v0"), Word::Float(-0.0));
    assert_eq!(value("v0 = int_to_float 3\nv1 = float_add v0 0.5f\nv2 = box_float v1"), Word::Float(3.5));
    for (op, expected) in
        [("lt", false), ("le", false), ("eq", false), ("ne", true), ("gt", false), ("ge", false)]
    {
        let text = format!("v0 = float_{op} nan:7ff8000000000000f 1.0f\nv1 = box_bool v0");
        assert_eq!(value(&text), Word::Bool(expected), "{op}");
    }
}

#[test]
fn words() {
    assert_eq!(value("v0 = word_eq empty empty\nv1 = not v0\nv2 = box_bool v1"), Word::Bool(false));
    assert_eq!(value("v0 = slot 3\nv1 = word_eq v0 empty\nv2 = box_bool v1"), Word::Bool(true));
}

/// A guard leaves with its snapshot: frames, places and slots.
#[test]
fn guards_restore_their_snapshot() {
    let text = "v0 = slot 0
        guard_int v0 @0
        v2 = unbox_int v0
        v3 = add_ovf v2 1 @0
        v4 = box_int v3
        v5 = int_lt v3 5
        guard_true v5 @1
        loop @2
        @0 f0:7
        @1 f0:8 f3:9(v4,empty) 0=v4 1=w0
        @2 f0:7 0=v4";
    let mut toy = Toy::new(&[Word::Int(0), Word::Empty]);
    toy.consts.push(Word::Float(0.5));
    assert_eq!(round(text, &mut toy, 100), Exit::Guard(6));
    assert_eq!(toy.slots, [Word::Int(5), Word::Float(0.5)]);
    let outer = (0, 8, Word::Empty, Word::Empty);
    assert_eq!(toy.frames, [outer, (3, 9, Word::Int(5), Word::Empty)]);
    // Integers of the language that do not fit.
    let mut toy = Toy::new(&[Word::Int(i32::MAX as i64), Word::Empty]);
    assert_eq!(round(text, &mut toy, 100), Exit::Guard(3));
    assert_eq!((toy.slots[0], toy.pc), (Word::Int(i32::MAX as i64), 7));
    let mut toy = Toy::new(&[Word::Float(1.0), Word::Empty]);
    assert_eq!(round(text, &mut toy, 100), Exit::Guard(1));
}

#[test]
fn memory() {
    let text = "v0 = slot 0
        guard_shape v0 4 @0
        v2 = load_word v0 word+8
        v3 = load_int v0 int+16
        v4 = load_float v0 float+24
        v5 = load_item v0 1 word[8]
        v6 = box_float v4
        store_word v0 v6 word+0
        store_int v0 3 int+8
        store_item v0 2 v2 word[16]
        set_shape v0 5
        loop @1
        @0 f0:0
        @1 f0:0 1=v5";
    let mut toy = Toy::new(&[Word::Object(0), Word::Empty]);
    let fields = vec![Word::Empty, Word::Bool(true), Word::Int(9), Word::Float(0.25), Word::Empty];
    toy.heap.push(Object { shape: 4, fields });
    assert_eq!(round(text, &mut toy, 2), Exit::Guard(1));
    let fields = vec![Word::Float(0.25), Word::Int(3), Word::Int(9), Word::Float(0.25), Word::Bool(true)];
    assert_eq!(toy.heap, [Object { shape: 5, fields }]);
    assert_eq!(toy.slots[1], Word::Int(9));
}

/// What runs any code sees the slots and frames of its snapshot, and may fail or leave.
#[test]
fn calls() {
    let text = "v0 = slot 0
        v1 = call f1:any:word v0 @0
        v2 = unbox_int v1
        v3 = add_ovf v2 1 @1
        v4 = box_int v3
        loop @2
        @0 f0:5
        @1 f0:6
        @2 f0:4 0=v4";
    let mut toy = Toy::new(&[Word::Int(0)]);
    assert_eq!(round(text, &mut toy, 100), Exit::Raised(1));
    assert_eq!((toy.slots[0], toy.pc), (Word::Int(7), 5));
    // An action changes slots, which are read again afterwards.
    let text = "perform 0 @0
        v1 = slot 0
        v2 = unbox_int v1
        v3 = int_lt v2 3
        guard_true v3 @1
        loop @2
        @0 f0:1 0=w0
        @1 f0:2
        @2 f0:1";
    let mut toy = Toy::new(&[Word::Int(100)]);
    toy.consts.push(Word::Int(2));
    assert_eq!(round(text, &mut toy, 9), Exit::Guard(4));
    assert_eq!(toy.slots[0], Word::Int(3));
    let mut toy = Toy::new(&[Word::Int(0)]);
    assert_eq!(round("perform 1 @0\nloop @0\n@0 f0:1", &mut toy, 9), Exit::Left(0));
    assert_eq!(round("perform 2 @0\nloop @0\n@0 f0:1", &mut toy, 9), Exit::Raised(0));
    toy.stop_after = Some(3);
    assert_eq!(round("guard_holds 0 @0\nloop @0\n@0 f0:1", &mut toy, 9), Exit::Guard(0));
}

/// Programs end by jumping behind their last instruction.
fn interpret(code: &[Code], toy: &mut Toy) {
    while toy.pc < code.len() {
        Recorder::new(toy, false).step(code);
    }
}

/// Records the loop at `header` the second time it is reached, and runs the trace whenever it is reached
/// from then on.
fn traced(code: &[Code], toy: &mut Toy, header: usize) -> (u32, u32) {
    let mut trace = None;
    let (mut visits, mut runs) = (0, 0);
    while toy.pc < code.len() {
        if toy.pc == header {
            visits += 1;
            if let Some(trace) = &trace {
                runs += 1;
                assert!(matches!(run(trace, toy, u64::MAX), Exit::Guard(_)));
                if toy.pc == header {
                    Recorder::new(toy, false).step(code);
                }
                continue;
            }
            if visits == 2 {
                let mut r = Recorder::new(toy, true);
                r.step(code);
                while r.toy.pc != header {
                    r.step(code);
                }
                let t = r.close();
                verify(&t).expect("a correct trace");
                let text = t.to_string();
                assert_eq!(parse(&text).expect("its own text").to_string(), text);
                trace = Some(t);
                continue;
            }
        }
        Recorder::new(toy, false).step(code);
    }
    (visits, runs)
}

#[test]
fn a_loop_of_the_second_language() {
    // r3 = 0; r1 = pair(r3, r4); while r3 < 50: r3 += 1; r4 += r5; r1 = pair(r3, r1) or, if r3 is odd,
    // r1.0 = r4; log(r1.0)
    let code = [
        Code::Set(3, 0),
        Code::Set(2, 50),
        Code::Set(6, 1),
        Code::Pair(1, 3, 4),
        // 4: the header
        Code::Below(6, 3, 2),
        Code::Goto(15),
        Code::Add(3, 3, 6),
        Code::Add(4, 4, 5),
        Code::IfOdd(11, 3),
        Code::Pair(1, 3, 1),
        Code::Goto(4),
        Code::Put(1, 0, 4),
        Code::Get(7, 1, 0),
        Code::Log(7),
        Code::Goto(4),
    ];
    for number in [Word::Int(3), Word::Float(0.5)] {
        let mut start = vec![Word::Empty; 8];
        (start[4], start[5]) = (number, number);
        let mut plain = Toy::new(&start);
        interpret(&code, &mut plain);
        let mut toy = Toy::new(&start);
        let (visits, runs) = traced(&code, &mut toy, 4);
        assert!(runs > 10 && visits < 51, "{visits} visits, {runs} runs of the trace");
        assert_eq!((&toy.slots, &toy.heap, &toy.log), (&plain.slots, &plain.heap, &plain.log));
        assert_eq!(toy.log.len(), 25);
    }
}
