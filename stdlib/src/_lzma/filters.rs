//! Filter chains: dicts as `lzma` describes filters, to the structs of liblzma and back.

use super::{LZMA_ERROR, check_status};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::error::PyResult;
use adder_vm::object::{Object as _, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use liblzma_sys as z;
use std::ffi::c_void;

/// LZMA_FILTERS_MAX
const MOST: usize = 4;
/// LZMA_VLI_UNKNOWN: the end of a chain.
const END: u64 = u64::MAX;

/// `lzma_options_delta`
#[repr(C)]
struct Delta {
    kind: u32,
    dist: u32,
    reserved: [u32; 4],
    reserved_pointers: [*mut c_void; 2],
}

enum Options {
    Lzma(Box<z::lzma_options_lzma>),
    Delta(Box<Delta>),
    Bcj(Box<z::lzma_options_bcj>),
}

impl Options {
    fn pointer(&mut self) -> *mut c_void {
        match self {
            Options::Lzma(o) => (&raw mut **o).cast(),
            Options::Delta(o) => (&raw mut **o).cast(),
            Options::Bcj(o) => (&raw mut **o).cast(),
        }
    }
}

/// A chain that liblzma reads while a coder is made.
pub struct Filters {
    list: Vec<z::lzma_filter>,
    options: Vec<Options>,
}

impl Filters {
    /// The chain of a sequence of dicts.
    pub fn of(vm: &Vm, chain: Value) -> PyResult<Filters> {
        let slots = chain.class().slots();
        if slots.sq_length.is_none() && slots.mp_length.is_some() {
            raise!(vm, TypeError, "{} is not a sequence", chain.class().name())
        }
        let n = vm.len(chain)?;
        if n > MOST {
            raise!(vm, ValueError, "Too many filters - liblzma supports a maximum of {}", MOST)
        }
        let mut filters = Filters { list: vec![], options: vec![] };
        for i in 0..n {
            let spec = vm.get_item(chain, Value::from_small(i as i64))?;
            filters.push(vm, spec)?;
        }
        filters.list.push(z::lzma_filter { id: END, options: std::ptr::null_mut() });
        Ok(filters)
    }

    fn push(&mut self, vm: &Vm, spec: Value) -> PyResult<()> {
        let (id, mut options) = parse(vm, spec)?;
        self.list.push(z::lzma_filter { id, options: options.pointer() });
        self.options.push(options);
        Ok(())
    }

    pub fn as_ptr(&self) -> *const z::lzma_filter {
        self.list.as_ptr()
    }

    /// The options of the only filter, if that is LZMA1.
    pub fn alone(&self) -> Option<*const z::lzma_options_lzma> {
        match (&self.options[..], self.list[0].id) {
            ([Options::Lzma(o)], z::LZMA_FILTER_LZMA1) => Some(&**o),
            _ => None,
        }
    }
}

/// The options of a preset.
pub fn preset(vm: &Vm, preset: u32) -> PyResult<Box<z::lzma_options_lzma>> {
    // SAFETY: numbers and nullable pointers, which the library fills.
    unsafe {
        let mut o: Box<z::lzma_options_lzma> = Box::new(std::mem::zeroed());
        if z::lzma_lzma_preset(&mut *o, preset) != 0 {
            return Err(LZMA_ERROR.error(vm, &format!("Invalid compression preset: {preset}")));
        }
        Ok(o)
    }
}

/// A number of 32 bits, as CPython's converters have it.
pub fn uint32(vm: &Vm, v: Value) -> PyResult<u32> {
    let n = vm.index_i128(v)?;
    match u32::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) if n < 0 => Err(vm.value_error("Cannot convert negative int")),
        Err(_) => Err(vm.overflow_error("Python int too large for C uint32_t")),
    }
}

/// The items of a filter's dict besides "id"; any other key is an error that names the kind of filter.
fn fields<const N: usize>(
    vm: &Vm,
    spec: Ref<Dict>,
    names: [&str; N],
    kind: &str,
) -> PyResult<[Option<Value>; N]> {
    let keys = spec.keys_list(vm);
    for i in 0..keys.len() {
        let known = keys
            .get(i)
            .downcast::<adder_vm::builtins::str_::Str>()
            .is_some_and(|k| k.eq_str("id") || names.iter().any(|name| k.eq_str(name)));
        if !known {
            raise!(vm, ValueError, "Invalid filter specifier for {kind} filter")
        }
    }
    let mut found = [None; N];
    for (place, name) in found.iter_mut().zip(names) {
        *place = spec.get_item(vm, vm.new_str(name))?;
    }
    Ok(found)
}

fn parse(vm: &Vm, spec: Value) -> PyResult<(u64, Options)> {
    let class = spec.class();
    if class.slots().mp_subscript.is_none() && class.slots().sq_item.is_none() {
        raise!(vm, TypeError, "Filter specifier must be a dict or dict-like object")
    }
    let id = match vm.get_item(spec, vm.new_str("id")) {
        Ok(id) => id,
        Err(raised) => {
            vm.swallow(raised, Exc::KeyError)?;
            raise!(vm, ValueError, "Filter specifier must have an \"id\" entry")
        }
    };
    let id = vm.index_i128(id)?;
    let Ok(id) = u64::try_from(id) else {
        return Err(vm.value_error("Cannot convert negative int"));
    };
    let dict = vm.call(Dict::class().value(), &[spec])?;
    let dict = dict.downcast::<Dict>().expect("dict() makes dicts");
    let options = match id {
        z::LZMA_FILTER_LZMA1 | z::LZMA_FILTER_LZMA2 => {
            let names = ["preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];
            let given = fields(vm, dict, names, "LZMA")?;
            let mut o = preset(vm, given[0].map_or(Ok(z::LZMA_PRESET_DEFAULT), |v| uint32(vm, v))?)?;
            let places = [
                &mut o.dict_size,
                &mut o.lc,
                &mut o.lp,
                &mut o.pb,
                &mut o.mode,
                &mut o.nice_len,
                &mut o.mf,
                &mut o.depth,
            ];
            for (place, v) in places.into_iter().zip(&given[1..]) {
                if let Some(v) = v {
                    *place = uint32(vm, *v)?;
                }
            }
            Options::Lzma(o)
        }
        z::LZMA_FILTER_DELTA => {
            let [dist] = fields(vm, dict, ["dist"], "delta")?;
            let dist = dist.map_or(Ok(1), |v| uint32(vm, v))?;
            Options::Delta(Box::new(Delta {
                kind: 0,
                dist,
                reserved: [0; 4],
                reserved_pointers: [std::ptr::null_mut(); 2],
            }))
        }
        z::LZMA_FILTER_X86..=z::LZMA_FILTER_SPARC => {
            let [start] = fields(vm, dict, ["start_offset"], "BCJ")?;
            let start_offset = start.map_or(Ok(0), |v| uint32(vm, v))?;
            Options::Bcj(Box::new(z::lzma_options_bcj { start_offset }))
        }
        _ => raise!(vm, ValueError, "Invalid filter ID: {id}"),
    };
    Ok((id, options))
}

/// `_encode_filter_properties`
pub fn encode(vm: &Vm, spec: Value) -> PyResult<Value> {
    let (id, mut options) = parse(vm, spec)?;
    let filter = z::lzma_filter { id, options: options.pointer() };
    let mut size = 0;
    // SAFETY: the filter's options live, and the buffer has the size that the library asked for.
    unsafe {
        check_status(vm, z::lzma_properties_size(&mut size, &filter))?;
        let mut out = vec![0; size as usize];
        check_status(vm, z::lzma_properties_encode(&filter, out.as_mut_ptr()))?;
        vm.new_bytes(&out)
    }
}

/// `_decode_filter_properties`
pub fn decode(vm: &Vm, id: u64, properties: &[u8]) -> PyResult<Value> {
    let mut filter = z::lzma_filter { id, options: std::ptr::null_mut() };
    // SAFETY: the library allocates the options with malloc, for the caller to free; their type is the filter's.
    unsafe {
        let (p, n) = (properties.as_ptr(), properties.len());
        check_status(vm, z::lzma_properties_decode(&mut filter, std::ptr::null(), p, n))?;
        let mut items: Vec<(&str, i64)> = vec![];
        match id {
            _ if filter.options.is_null() => {}
            z::LZMA_FILTER_LZMA1 | z::LZMA_FILTER_LZMA2 => {
                let o = &*filter.options.cast::<z::lzma_options_lzma>();
                if id == z::LZMA_FILTER_LZMA1 {
                    items.extend([("lc", o.lc.into()), ("lp", o.lp.into()), ("pb", o.pb.into())]);
                }
                items.push(("dict_size", o.dict_size.into()));
            }
            z::LZMA_FILTER_DELTA => items.push(("dist", (*filter.options.cast::<Delta>()).dist.into())),
            _ => {
                let start = (*filter.options.cast::<z::lzma_options_bcj>()).start_offset;
                items.push(("start_offset", start.into()));
            }
        }
        libc::free(filter.options);
        let dict = Dict::new(vm);
        dict.set_str(vm, "id", vm.int(id as i64));
        for (name, n) in items {
            dict.set_str(vm, name, vm.int(n));
        }
        Ok(dict.value())
    }
}
