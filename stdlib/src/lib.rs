//! The native modules and the embedded pure-Python library.

pub mod _io;
pub mod _signal;
pub mod _thread;
pub mod constants;
pub mod errno;
pub mod os_support;
pub mod posix;
pub mod resource;
pub mod time;

use adder_vm::def::ModuleDef;

/// All native modules but `builtins` and `sys`.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![
        //         &_io::_io::DEF,_io::_io::DEF,
        &_signal::_signal::DEF,
        &_thread::_thread::DEF,
        &errno::errno::DEF,
        &posix::posix::DEF,
        &resource::resource::DEF,
        &time::time::DEF,
    ]
}
