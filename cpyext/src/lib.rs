//! The C API layer: CPython's C API for extension modules that were compiled for CPython.
//!
//! Objects and their C structs: `pyobject`; the memory of the structs: `memory`; extension modules are
//! loaded by `loader`. The functions are in files named as the headers that declare them.
//! `init` is called once, after the VM has started and before Python code runs.

#![allow(non_upper_case_globals)] // The names of constants are the API's, also in patterns.

pub mod abstract_;
pub mod abstract_number;
mod allocators;
mod api;
pub mod boolobject;
mod bound;
mod buffer_parts;
mod buffers;
pub mod bytearrayobject;
pub mod bytesobject;
pub mod call;
pub mod ceval;
pub mod code;
mod code_extra;
pub mod codecs;
mod collector;
pub mod complexobject;
pub mod context;
pub mod cycles;
pub mod datetime;
pub mod debug;
pub mod descrobject;
pub mod dict_watchers;
pub mod dictobject;
mod direct_calls;
pub mod embedding;
mod examine;
pub mod exceptions_fields;
pub mod exceptions_state;
pub mod fatal;
pub mod ffi;
pub mod fileobject;
pub mod floatobject;
mod foreign;
mod foreign_calls;
pub mod frameobject;
pub mod funcobject;
pub mod import;
pub mod initconfig;
pub mod inittab;
mod interactive;
pub mod intrcheck;
pub mod iterobject;
pub mod lifetimes;
pub mod listobject;
mod loader;
pub mod lock;
pub mod longintrepr;
pub mod longobject;
pub mod marshal;
mod memory;
pub mod memoryobject;
pub mod methodobject;
pub mod modsupport;
pub mod moduleobject;
pub mod monitoring;
mod null_item;
pub mod object;
pub mod object_more;
pub mod objimpl;
pub mod odictobject;
pub mod old_api;
pub mod pathconfig;
pub mod pycapsule;
pub mod pyconfig;
pub mod pycore_fileutils;
pub mod pycore_hashtable;
pub mod pycore_long;
pub mod pycore_more;
pub mod pycore_time;
pub mod pyctype;
mod pydebug;
pub mod pyerrors;
pub mod pyhash;
pub mod pyinitconfig;
pub mod pylifecycle;
pub mod pymem;
pub mod pymem_debug;
mod pyobject;
pub mod pystate;
pub mod pystatus;
pub mod pystrcmp;
pub mod pystrtod;
pub mod pythonrun;
pub mod pythread;
pub mod pytime;
pub mod refcount;
pub mod reftracer;
pub mod setobject;
pub mod sliceobject;
pub mod stdprinter;
pub mod structseq;
pub mod sysmodule;
pub mod tupleobject;
pub mod typeobject;
pub mod unicodeobject;
pub mod warnings;
pub mod watchers;
pub mod weakrefobject;
mod wide;

use adder_vm::extension::{self, Hooks};
use adder_vm::vm::Vm;

/// Makes the C side of the core's types and singletons, and connects the VM with this layer.
pub fn init(vm: &Vm) {
    debug::init(&vm.config);
    memory::init();
    pymem_debug::init(vm);
    collector::init();
    pycapsule::init(vm);
    funcobject::init(vm);
    typeobject::init(vm);
    pycapsule::init_struct();
    longobject::init();
    object::init();
    pyerrors::init();
    pystate::init();
    pydebug::init(vm);
    ceval::init();
    debug::install(vm);
    embedding::note_start();
    extension::install(Hooks {
        lifetimes: lifetimes::HOOKS,
        create_dynamic: loader::create_dynamic,
        exec_dynamic: loader::exec_dynamic,
        is_builtin: inittab::is_builtin,
        create_builtin: inittab::create_builtin,
        identity: pyobject::identity,
        method_doc: methodobject::method_doc,
        getset_doc: descrobject::getset_doc,
        type_doc: typeobject::type_doc,
        type_sizes: typeobject::type_sizes,
        type_vectorcall: typeobject::type_vectorcall,
        call_slot: typeobject::call_slot,
        call_object: typeobject::call_object,
        slots_changed: typeobject::slots_changed,
        instance_dict: pyobject::instance_dict,
        set_instance_dict: pyobject::set_instance_dict,
        release_dead: collector::release_dead,
        datetime: datetime::announce,
        references: pyobject::references,
        lists: listobject::HOOKS,
        dict_event: dict_watchers::tell,
        bytearray_moved: bytearrayobject::resized,
        foreign_calls: foreign_calls::HOOKS,
    });
}
