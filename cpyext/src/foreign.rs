//! The links of structs outside the range: static types and objects of extensions.
//!
//! A table by address, with the addresses that were asked for lately in front of it: dtypes and such cross all
//! the time. A link stays where it is as long as the struct has one.

use crate::memory::AddressMap;
use crate::pyobject::Ptr;
use adder_heap::GilCell;

static LINKS: GilCell<Option<AddressMap<Box<u64>>>> = GilCell::new(None);

const RECENT: usize = 256;

/// Addresses and their links, each at a place that the address gives.
static LATELY: GilCell<[(usize, *mut u64); RECENT]> = GilCell::new([(0, std::ptr::null_mut()); RECENT]);

#[inline(always)]
fn lately(p: Ptr) -> &'static mut (usize, *mut u64) {
    // Structs are aligned to 8 or 16, and static ones lie close to each other.
    let n = p as usize >> 4;
    &mut LATELY.get()[(n ^ n >> 8) % RECENT]
}

/// The link of the struct, if it has one.
#[inline(always)]
pub fn link(p: Ptr) -> Option<*mut u64> {
    let (address, link) = *lately(p);
    if address == p as usize { Some(link) } else { look_up(p) }
}

#[inline(never)]
fn look_up(p: Ptr) -> Option<*mut u64> {
    let link = &raw mut **LINKS.get().as_mut()?.get_mut(&(p as usize))?;
    *lately(p) = (p as usize, link);
    Some(link)
}

pub fn insert(p: Ptr, bits: u64) {
    forget(p);
    LINKS.get().get_or_insert_with(Default::default).insert(p as usize, Box::new(bits));
}

pub fn remove(p: Ptr) {
    forget(p);
    LINKS.get().as_mut().map(|m| m.remove(&(p as usize)));
}

fn forget(p: Ptr) {
    if lately(p).0 == p as usize {
        *lately(p) = (0, std::ptr::null_mut());
    }
}
