//! Ints in pickles: two's complement, least significant byte first, as short as possible; 0 is empty.

use adder_vm::builtins::int::BigInt;
use adder_vm::error::PyResult;
use adder_vm::object::{Value, ValueExt};
use adder_vm::vm::Vm;
use dashu_int::{IBig, UBig};

/// The bytes of an exact int.
pub fn encode(v: Value) -> Vec<u8> {
    let (mut bytes, negative): (Vec<u8>, bool) = match v.exact::<BigInt>() {
        Some(b) => (b.digits().iter().flat_map(|d| d.to_le_bytes()).collect(), b.negative),
        None => (v.small().unsigned_abs().to_le_bytes().to_vec(), v.small() < 0),
    };
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    if bytes.last().is_some_and(|b| *b >= 0x80) {
        bytes.push(0);
    }
    if negative {
        negate(&mut bytes);
        while let [.., before, 0xff] = bytes[..]
            && before >= 0x80
        {
            bytes.pop();
        }
    }
    bytes
}

fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for b in bytes {
        (*b, carry) = (!*b).overflowing_add(carry as u8);
    }
}

pub fn decode(vm: &Vm, bytes: &[u8]) -> PyResult<Value> {
    let negative = bytes.last().is_some_and(|b| *b >= 0x80);
    if bytes.len() <= 8 {
        let mut word = [if negative { 0xff } else { 0 }; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        return Ok(vm.int(i64::from_le_bytes(word)));
    }
    if !negative {
        return vm.int_from_ibig(&IBig::from(UBig::from_le_bytes(bytes)));
    }
    let mut magnitude = bytes.to_vec();
    negate(&mut magnitude);
    vm.int_from_ibig(&-IBig::from(UBig::from_le_bytes(&magnitude)))
}
