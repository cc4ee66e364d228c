//! Which C function is running: for reports.
//!
//! The addresses are taken when something happens, and get names only when it is reported: from the symbol
//! table of the library that they are in, which also has its static functions unless it was stripped.

use object::{Object, ObjectSymbol};
use std::ffi::{CStr, c_void};

const DEPTH: usize = 24;

/// Return addresses, innermost first; 0 behind the last.
#[derive(Clone, Copy)]
pub struct Callers([usize; DEPTH]);

/// The functions that run.
pub fn here() -> Callers {
    let mut all = Callers([0; DEPTH]);
    // SAFETY: room for that many addresses.
    unsafe { libc::backtrace(all.0.as_mut_ptr().cast::<*mut c_void>(), DEPTH as i32) };
    all
}

/// The file that an address is in, where it is mapped, and the name of the function if the file exports it.
fn locate(address: usize) -> Option<(String, usize, Option<String>)> {
    // SAFETY: the system fills in strings that live as long as the library.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(address as *const c_void, &mut info) == 0 || info.dli_fname.is_null() {
            return None;
        }
        let text = |p| CStr::from_ptr(p).to_string_lossy().into_owned();
        let name = if info.dli_sname.is_null() { None } else { Some(text(info.dli_sname)) };
        Some((text(info.dli_fname), info.dli_fbase as usize, name))
    }
}

/// The name of the function at an offset of a library.
fn symbol(file: &str, offset: u64) -> Option<String> {
    let data = std::fs::read(file).ok()?;
    let file = object::File::parse(&*data).ok()?;
    let found = file.symbols().find(|s| s.address() <= offset && offset < s.address() + s.size())?;
    found.name().ok().map(str::to_string)
}

impl Callers {
    /// " by f of module.so in PyX_Y", or what of it is known.
    pub fn describe(&self) -> String {
        let Some((_, own, _)) = locate(here as fn() -> Callers as usize) else { return String::new() };
        let mut api = None;
        for &address in self.0.iter().take_while(|a| **a != 0) {
            // The address is that behind the call.
            let Some((file, base, name)) = locate(address - 1) else { continue };
            let short = file.rsplit('/').next().unwrap_or(&file).to_string();
            if base == own {
                api = name.filter(|n| n.starts_with("Py") || n.starts_with("_Py")).or(api);
            } else if !short.starts_with("libc.") && !short.starts_with("ld-") && !short.starts_with("libgcc")
            {
                let offset = (address - 1 - base) as u64;
                let function = name.or_else(|| symbol(&file, offset));
                let at =
                    function.map_or_else(|| format!("{short}+{offset:#x}"), |f| format!("{f} of {short}"));
                return match api {
                    Some(api) => format!(" by {at} in {api}"),
                    None => format!(" by {at}"),
                };
            }
        }
        String::new()
    }
}
