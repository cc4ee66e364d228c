//! The native modules and the embedded pure-Python library.
//!
//! One file (or folder) per module, named as the module; `modules` lists them.

pub mod _abc;
pub mod _ast;
pub mod _asyncio;
pub mod _bisect;
pub mod _blake2;
pub mod _bz2;
pub mod _codecs;
pub mod _collections;
pub mod _contextvars;
pub mod _csv;
pub mod _ctypes;
pub mod _datetime;
pub mod _decimal;
pub mod _functools;
pub mod _heapq;
pub mod _imp;
pub mod _io;
pub mod _json;
pub mod _locale;
pub mod _lzma;
pub mod _md5;
pub mod _opcode;
pub mod _operator;
pub mod _pickle;
pub mod _posixsubprocess;
pub mod _queue;
pub mod _random;
pub mod _sha1;
pub mod _sha2;
pub mod _sha3;
pub mod _signal;
pub mod _socket;
pub mod _sre;
pub mod _stat;
pub mod _string;
pub mod _struct;
pub mod _symtable;
pub mod _testinternalcapi;
pub mod _thread;
pub mod _tokenize;
pub mod _tracemalloc;
pub mod _types;
pub mod _typing;
pub mod _warnings;
pub mod _weakref;
mod arguments;
pub mod array;
pub mod atexit;
pub mod binascii;
mod binascii_text;
pub mod cmath;
pub mod constants;
mod constants_socket;
mod constants_termios;
pub mod errno;
pub mod faulthandler;
pub mod fcntl;
pub mod frozen;
mod functools_cache;
mod functools_partial;
pub mod gc;
pub mod grp;
mod hashes;
pub mod itertools;
mod libm;
pub mod marshal;
pub mod math;
mod math_float;
mod math_int;
pub mod mmap;
mod new_exception;
mod operator_getters;
pub mod os_support;
pub mod posix;
pub mod pwd;
pub mod pyexpat;
pub mod pylib;
pub mod resource;
pub mod select;
mod sre_engine;
pub mod termios;
pub mod time;
pub mod unicodedata;
pub mod zlib;

use adder_vm::def::ModuleDef;

/// All native modules but `builtins` and `sys`.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![
        &_abc::_abc::DEF,
        &_ast::_ast::DEF,
        &_asyncio::_asyncio::DEF,
        &_bisect::_bisect::DEF,
        &_blake2::_blake2::DEF,
        &_bz2::_bz2::DEF,
        &_codecs::_codecs::DEF,
        &_collections::_collections::DEF,
        &_contextvars::_contextvars::DEF,
        &_csv::_csv::DEF,
        &_ctypes::_ctypes::DEF,
        &_datetime::_datetime::DEF,
        &_decimal::_decimal_core::DEF,
        &_functools::_functools::DEF,
        &_heapq::_heapq::DEF,
        &_imp::_imp::DEF,
        &_io::_io::DEF,
        &_json::_json::DEF,
        &_locale::_locale::DEF,
        &_lzma::_lzma::DEF,
        &_md5::_md5::DEF,
        &_opcode::_opcode::DEF,
        &_operator::_operator::DEF,
        &_pickle::_pickle::DEF,
        &_posixsubprocess::_posixsubprocess::DEF,
        &_queue::_queue::DEF,
        &_random::_random::DEF,
        &_sha1::_sha1::DEF,
        &_sha2::_sha2::DEF,
        &_sha3::_sha3::DEF,
        &_signal::_signal::DEF,
        &_socket::_socket::DEF,
        &_sre::_sre::DEF,
        &_stat::_stat::DEF,
        &_string::_string::DEF,
        &_struct::_struct::DEF,
        &_symtable::_symtable::DEF,
        &_testinternalcapi::_testinternalcapi::DEF,
        &_thread::_thread::DEF,
        &_tokenize::_tokenize::DEF,
        &_tracemalloc::_tracemalloc::DEF,
        &_types::_types::DEF,
        &_typing::_typing::DEF,
        &_warnings::_warnings::DEF,
        &_weakref::_weakref::DEF,
        &array::array::DEF,
        &atexit::atexit::DEF,
        &binascii::binascii::DEF,
        &cmath::cmath::DEF,
        &errno::errno::DEF,
        &faulthandler::faulthandler::DEF,
        &fcntl::fcntl::DEF,
        &gc::gc::DEF,
        &grp::grp::DEF,
        &itertools::itertools::DEF,
        &marshal::marshal::DEF,
        &math::math::DEF,
        &mmap::mmap::DEF,
        &posix::posix::DEF,
        &pwd::pwd::DEF,
        &pyexpat::pyexpat::DEF,
        &resource::resource::DEF,
        &select::select::DEF,
        &termios::termios::DEF,
        &time::time::DEF,
        &unicodedata::unicodedata::DEF,
        &zlib::zlib::DEF,
    ]
}

/// Makes `sys.stdin`, `sys.stdout` and `sys.stderr`.
pub fn init_stdio(vm: &adder_vm::vm::Vm) -> adder_vm::error::PyResult<()> {
    _ast::install();
    let io = adder_vm::import::import_module(vm, "_io")?;
    vm.builtins_module().dict().set_str(vm, "open", vm.get_attr_str(io, "open")?);
    adder_vm::import::import_module(vm, "_io")?;
    // So that Ctrl-C raises KeyboardInterrupt in any program.
    adder_vm::import::import_module(vm, "_signal")?;
    _io::stdio::init_stdio(vm)
}

/// What must happen before the process ends: threads joined, exit functions run, streams flushed.
/// Gives the exit status, which failing to write the last output changes.
pub fn shutdown(vm: &adder_vm::vm::Vm, code: i32) -> i32 {
    let mut code = code;
    if let Ok(Some(threading)) = vm.modules().get_str(vm, "threading")
        && let Err(raised) = _io::send(vm, threading, "_shutdown", &[])
    {
        vm.unraisable(raised, "Exception ignored on threading shutdown", threading);
    }
    atexit::run(vm);
    if _io::stdio::flush(vm).is_err() {
        code = 120;
    }
    vm.finalizing.set(true);
    // What was not closed is flushed by its finaliser.
    adder_vm::pending::run_all_finalizers(vm);
    let _ = _io::stdio::flush(vm);
    adder_vm::gil::close();
    code
}
