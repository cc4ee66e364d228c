//! Finding objects by their identity: a table of numbers of objects, which lie in a list.
//!
//! Objects move, so the table has hashes of their identity, not their addresses.

use adder_heap::identity_hash;
use adder_vm::builtins::list::List;
use adder_vm::object::{Ref, Value};

#[derive(Default)]
pub struct Index {
    /// Numbers plus 1; 0 is free. The length is 0 or a power of two.
    slots: Vec<u32>,
    /// By number.
    hashes: Vec<u32>,
}

impl Index {
    pub fn clear(&mut self) {
        self.slots.fill(0);
        self.hashes.clear();
    }

    /// The number of an object.
    #[inline]
    pub fn find(&self, objects: Ref<List>, v: Value) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let hash = identity_hash(v);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let number = self.slots[at].checked_sub(1)?;
            if self.hashes[number as usize] == hash && objects.try_get(number as usize) == Some(v) {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds the object that the caller puts at the end of the list.
    pub fn add(&mut self, v: Value) {
        if 2 * (self.hashes.len() + 1) > self.slots.len() {
            self.slots = vec![0; (4 * (self.hashes.len() + 1)).next_power_of_two().max(64)];
            for number in 0..self.hashes.len() {
                self.insert(number);
            }
        }
        self.hashes.push(identity_hash(v));
        self.insert(self.hashes.len() - 1);
    }

    fn insert(&mut self, number: usize) {
        let mask = self.slots.len() - 1;
        let mut at = self.hashes[number] as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = number as u32 + 1;
    }
}
