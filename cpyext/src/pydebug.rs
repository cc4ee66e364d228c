//! The flags of the command line as variables, as before `PyConfig`: set once, at start-up.

use adder_vm::vm::Vm;
use std::ffi::c_int;

macro_rules! flags {
    ($($name:ident = $value:expr;)*) => {
        $(
            #[unsafe(no_mangle)]
            #[allow(non_upper_case_globals)] // The name is the API's.
            pub static mut $name: c_int = 0;
        )*

        pub fn init(vm: &Vm) {
            let c = &vm.config;
            $(
                let value: fn(&adder_vm::vm::Config) -> i64 = $value;
                // SAFETY: no other thread runs yet.
                unsafe { $name = value(c) as c_int };
            )*
        }
    };
}

flags! {
    Py_DebugFlag = |c| c.debug as i64;
    Py_VerboseFlag = |c| c.verbose as i64;
    Py_QuietFlag = |c| c.quiet as i64;
    Py_InteractiveFlag = |c| c.interactive as i64;
    Py_InspectFlag = |c| c.inspect as i64;
    Py_OptimizeFlag = |c| c.optimize as i64;
    Py_NoSiteFlag = |c| c.no_site as i64;
    Py_BytesWarningFlag = |c| c.bytes_warning as i64;
    Py_FrozenFlag = |_| 0;
    Py_IgnoreEnvironmentFlag = |c| c.ignore_environment as i64;
    Py_DontWriteBytecodeFlag = |c| c.dont_write_bytecode as i64;
    Py_NoUserSiteDirectory = |c| c.no_user_site as i64;
    Py_UnbufferedStdioFlag = |c| c.unbuffered as i64;
    Py_HashRandomizationFlag = |c| (c.hash_seed != Some(0)) as i64;
    Py_IsolatedFlag = |c| c.isolated as i64;
}

// Py_UTF8Mode is in fileobject.rs. skipped Py_GETENV: nobody calls it.
