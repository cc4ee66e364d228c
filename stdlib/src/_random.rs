//! `_random`: the Mersenne Twister, state for state as CPython's.

use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::Args;
use adder_vm::builtins::int::{as_int, to_ibig};
use adder_vm::builtins::int_ops as ops;
use adder_vm::builtins::int_text;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::cell::Cell;
use std::io::Read;

const N: usize = 624;
const M: usize = 397;

/// Random() -> create a random number generator with its own internal state.
#[pyclass(name = "Random", module = "_random", flags = def::BASE)]
#[repr(C)]
pub struct Random {
    h: LongHeader,
    index: Cell<u32>,
    state: [Cell<u32>; N],
}

impl Random {
    fn init_genrand(&self, seed: u32) {
        self.state[0].set(seed);
        for i in 1..N {
            let p = self.state[i - 1].get();
            self.state[i].set(1812433253u32.wrapping_mul(p ^ (p >> 30)).wrapping_add(i as u32));
        }
        self.index.set(N as u32);
    }

    fn init_by_array(&self, key: &[u32]) {
        self.init_genrand(19650218);
        let (mut i, mut j) = (1, 0);
        let mix = |i: usize, factor: u32| {
            let p = self.state[i - 1].get();
            self.state[i].get() ^ (p ^ (p >> 30)).wrapping_mul(factor)
        };
        for _ in 0..N.max(key.len()) {
            self.state[i].set(mix(i, 1664525).wrapping_add(key[j]).wrapping_add(j as u32));
            i += 1;
            j += 1;
            if i >= N {
                self.state[0].set(self.state[N - 1].get());
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            self.state[i].set(mix(i, 1566083941).wrapping_sub(i as u32));
            i += 1;
            if i >= N {
                self.state[0].set(self.state[N - 1].get());
                i = 1;
            }
        }
        self.state[0].set(0x80000000);
    }

    /// The next 32 bits.
    fn next(&self) -> u32 {
        let mut index = self.index.get() as usize;
        if index >= N {
            for k in 0..N {
                let y = (self.state[k].get() & 0x80000000) | (self.state[(k + 1) % N].get() & 0x7fffffff);
                let odd = if y & 1 == 1 { 0x9908b0df } else { 0 };
                self.state[k].set(self.state[(k + M) % N].get() ^ (y >> 1) ^ odd);
            }
            index = 0;
        }
        let mut y = self.state[index].get();
        self.index.set(index as u32 + 1);
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        y ^ (y >> 18)
    }

    fn seed_value(&self, vm: &Vm, seed: Option<Value>) -> PyResult<()> {
        let Some(seed) = seed.filter(|v| !v.is_none()) else {
            let mut bytes = [0u8; 4 * N];
            let random = std::fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut bytes));
            if random.is_err() {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let now = now.map_or(0, |d| d.as_nanos()) as u64;
                self.init_by_array(&[now as u32, (now >> 32) as u32, std::process::id()]);
                return Ok(());
            }
            let words: Vec<u32> =
                bytes.chunks_exact(4).map(|c| u32::from_ne_bytes([c[0], c[1], c[2], c[3]])).collect();
            self.init_by_array(&words);
            return Ok(());
        };
        let n = match as_int(seed) {
            Some(i) => ops::abs(vm, i)?,
            None => vm.new_int(vm.hash(seed)? as u64 as i128),
        };
        let magnitude = to_ibig(n).into_parts().1.to_le_bytes();
        let mut words: Vec<u32> =
            magnitude.chunks(4).map(|c| c.iter().rev().fold(0u32, |w, b| w << 8 | *b as u32)).collect();
        if words.is_empty() {
            words.push(0);
        }
        self.init_by_array(&words);
        Ok(())
    }
}

#[pymethods]
impl Random {
    #[slot(tp_new)]
    fn construct(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        let init = Random { h: LongHeader::new(), index: Cell::new(0), state: [const { Cell::new(0) }; N] };
        Ok(vm.new_instance(class, init)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let r = this.downcast::<Random>().expect("the receiver is a Random");
        adder_vm::builtins::enumerate::no_keywords::<Random>(vm, this.class(), args)?;
        if args.pos().len() > 1 {
            raise!(vm, TypeError, "Random expected at most 1 argument, got {}", args.pos().len())
        }
        r.seed_value(vm, args.pos().first().copied())
    }

    /// random() -> x in the interval [0, 1).
    #[pymethod("($self, /)")]
    fn random(_: &Vm, this: Ref<Random>) -> f64 {
        let (a, b) = (this.next() >> 5, this.next() >> 6);
        (a as f64 * 67108864.0 + b as f64) * (1.0 / 9007199254740992.0)
    }

    /// seed([n]) -> None.
    ///
    /// Defaults to use urandom and falls back to a combination
    /// of the current time and the process identifier.
    #[pymethod("($self, n=None, /)")]
    fn seed(vm: &Vm, this: Ref<Random>, n: Option<Value>) -> PyResult<()> {
        this.seed_value(vm, n)
    }

    /// getstate() -> tuple containing the current state.
    #[pymethod("($self, /)")]
    fn getstate(vm: &Vm, this: Ref<Random>) -> PyResult<Value> {
        Ok(Tuple::build(vm, N + 1, |i| {
            PyResult::Ok(vm.int(if i < N { this.state[i].get() } else { this.index.get() } as i64))
        })?
        .value())
    }

    /// setstate(state) -> None.  Restores generator state.
    #[pymethod("($self, state, /)")]
    fn setstate(vm: &Vm, this: Ref<Random>, state: Value) -> PyResult<()> {
        let Some(t) = state.downcast::<Tuple>() else {
            return Err(vm.type_error("state vector must be a tuple"));
        };
        if t.len() != N + 1 {
            return Err(vm.value_error("state vector is the wrong size"));
        }
        let mut words = [0u32; N];
        for (i, w) in words.iter_mut().enumerate() {
            let n = vm.index_value(t.get(i))?;
            match vm.int_to_u64(n) {
                Some(n) => *w = n as u32,
                None if ops::sign(n) < 0 => {
                    return Err(vm.overflow_error("can't convert negative value to unsigned int"));
                }
                None => return Err(vm.overflow_error("Python int too large to convert to C unsigned long")),
            }
        }
        let index = vm.index_i128(t.get(N))?;
        if !(0..=N as i128).contains(&index) {
            return Err(vm.value_error("invalid state"));
        }
        for (place, w) in this.state.iter().zip(words) {
            place.set(w);
        }
        this.index.set(index as u32);
        Ok(())
    }

    /// getrandbits(k) -> x.  Generates an int with k random bits.
    #[pymethod("($self, k, /)")]
    fn getrandbits(vm: &Vm, this: Ref<Random>, k: Value) -> PyResult<Value> {
        let n = vm.index_value(k)?;
        if ops::sign(n) < 0 {
            return Err(vm.value_error("Cannot convert negative int"));
        }
        let Some(k) = vm.int_to_i64(n) else {
            return Err(vm.overflow_error("Python int too large to convert to C uint64_t"));
        };
        if k == 0 {
            return Ok(vm.int(0));
        }
        if k <= 32 {
            return Ok(vm.int((this.next() >> (32 - k)) as i64));
        }
        if adder_text::error::check_room(k as usize / 8 + 8).is_err() {
            return Err(vm.memory_error());
        }
        let mut bytes = Vec::with_capacity(k as usize / 8 + 4);
        let mut left = k;
        while left > 0 {
            let mut r = this.next();
            if left < 32 {
                r >>= 32 - left;
            }
            bytes.extend_from_slice(&r.to_le_bytes());
            left -= 32;
        }
        int_text::from_le_bytes(vm, &bytes, false)
    }
}

/// Module implements the Mersenne Twister random number generator.
#[pymodule]
pub mod _random {
    use super::*;

    pub fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        m.dict().set_str(vm, "Random", ready_class::<Random>(vm).value());
        Ok(())
    }
}
