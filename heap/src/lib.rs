//! The moving collector; knows no Python.
//!
//! One heap per process, in statics; every call is made by the thread that holds the GIL.
//! `docs/heap.md` explains the design; this file is the crate's whole public surface.
//!
//! The rule for users: a reference lives in a local, in a heap object, or in a `Root`.

mod alloc;
mod barrier;
mod block;
mod collect;
mod config;
mod death;
mod garbage;
mod gil;
mod inspect;
pub mod jit_abi;
mod links;
mod major;
mod memory;
mod minor;
mod object;
mod old;
mod root;
mod shape;
mod stats;
mod thread;
mod trace;
mod value;
mod verify;

pub use alloc::{
    alloc, alloc_array, alloc_in_place, alloc_pinned, new, try_alloc, try_alloc_array, try_alloc_zeroed, zero,
};
pub use barrier::{write_barrier, write_barrier_at};
pub use collect::{add_pressure, collect_full, collect_minor};
pub use config::{Config, init, set_stress};
pub use death::{
    finalize_all, for_each_registered, forget_finalizer, has_pending, register_finalizer, register_weak,
    set_pending_hook, take_cleared_weak, take_finalizable,
};
pub use garbage::{collect_full_counting, collect_minor_counting};
pub use gil::GilCell;
pub use inspect::{for_each_object, referents};
pub use links::{
    LinkHooks, forget_linked, is_linked, note_linked, retire_linked, set_link_hooks, take_retired,
};
pub use object::{Header, LongHeader, identity_hash};
pub use root::{Root, RootVec, StaticRoot, add_root_tracer};
pub use shape::{
    Layout, Refs, ShapeId, Size, add_shape, define_shape, object_size, release_shape, same_size,
    set_shape_data, set_shape_hook, set_shape_owner, shape_data, shape_defined, shape_layout, shape_name,
    shape_owner, shape_size,
};
pub use stats::{Pauses, Stats, reset_stats, stats};
pub use thread::{
    ThreadToken, after_fork, attach_thread, blocked, detach_thread, enter_blocked, leave_blocked,
};
pub use trace::Visitor;
pub use value::{Field, Ref, Value, Word};
