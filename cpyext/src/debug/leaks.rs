//! What C holds, by type: structs with references that neither the heap nor another struct explains.
//!
//! The numbers are taken at a major collection, which has just computed them for cycles. References of the
//! interpreter itself (an exception's fields, a thread's state) look like C's, so what says something is how
//! the numbers grow between two moments.

use super::{name_of, quarantine};
use crate::memory;
use crate::pyobject::{Ptr, is_type};
use adder_vm::vm::Vm;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Count and bytes by the name of the type.
pub type Table = BTreeMap<String, (i64, i64)>;

static WANTED: AtomicBool = AtomicBool::new(false);
static LAST: Mutex<Table> = Mutex::new(Table::new());
static MARK: Mutex<Table> = Mutex::new(Table::new());

fn get(table: &Mutex<Table>) -> Table {
    table.lock().unwrap_or_else(|e| e.into_inner()).clone()
}

fn put(table: &Mutex<Table>, new: Table) {
    *table.lock().unwrap_or_else(|e| e.into_inner()) = new;
}

pub fn wanted() -> bool {
    WANTED.load(Ordering::Relaxed)
}

/// The collection knows: `outside` is what nobody explains; None of structs that it does not look at, which
/// only C can have.
///
/// # Safety
/// A major collection begins.
pub unsafe fn take(outside: &dyn Fn(Ptr) -> Option<i64>) {
    WANTED.store(false, Ordering::Relaxed);
    let mut table = Table::new();
    memory::each(&mut |p| {
        let p = p as Ptr;
        // Memory that is no object has no type.
        let is_object = is_type((*p).ob_type) && !is_type(p.cast()) && !quarantine::contains(p);
        let count = (*p).ob_refcnt;
        if is_object && count != 0 && count >> 31 == 0 && count < 3 << 30 && outside(p).is_none_or(|n| n > 0)
        {
            let row = table.entry(name_of(p)).or_default();
            row.0 += 1;
            row.1 += memory::room(p) as i64;
        }
    });
    put(&LAST, table);
}

/// What C holds, after a collection.
pub fn held(vm: &Vm) -> Table {
    adder_vm::pending::collect_all(vm);
    WANTED.store(true, Ordering::Relaxed);
    adder_vm::pending::collect_all(vm);
    get(&LAST)
}

/// Remembers what C holds now.
pub fn mark(vm: &Vm) {
    put(&MARK, held(vm));
}

/// What C holds more than at the mark.
pub fn growth(vm: &Vm) -> Table {
    let (before, mut now) = (get(&MARK), held(vm));
    for (name, row) in &mut now {
        let (count, bytes) = before.get(name).copied().unwrap_or_default();
        *row = (row.0 - count, row.1 - bytes);
    }
    now.retain(|_, row| row.0 > 0);
    now
}

/// Prints what C held at the last moment that was looked at, the largest first.
pub fn print() {
    let mut rows: Vec<_> = held(Vm::get()).into_iter().collect();
    rows.sort_by_key(|(_, (_, bytes))| -bytes);
    eprintln!("Adder C API: structs that C holds at the end:");
    for (name, (count, bytes)) in rows {
        eprintln!("{count:>10} {bytes:>12} bytes  {name}");
    }
}
