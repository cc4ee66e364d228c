//! `CFuncPtr`: pointers to C functions, their types, and what a call makes of its arguments and result.

use super::call::{Function, call_function};
use super::callback::Thunk;
use super::cdata::{CData, keep_ref, own};
use super::info::{CDECL, Kind, StgInfo, concrete, info_of, name};
use super::library::{find_symbol, handle_of, symbol_name};
use super::{codes, types};
use adder_macros::{pyclass, pymethods};
use adder_vm::args::Args;
use adder_vm::builtins::buffer::Buffer;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::sys_functions::audit;
use adder_vm::vm::Vm;

/// Function Pointer
#[pyclass(name = "CFuncPtr", module = "_ctypes", base = CData, flags = def::BASE)]
#[repr(C)]
pub struct CFuncPtr {
    base: CData,
    thunk: Field<Option<Value>>,
    /// What the instance says itself; otherwise its class says it.
    argtypes: Field<Option<Value>>,
    converters: Field<Option<Value>>,
    restype: Field<Option<Value>>,
    checker: Field<Option<Value>>,
    errcheck: Field<Option<Value>>,
    paramflags: Field<Option<Value>>,
}

fn function(v: Value) -> Ref<CFuncPtr> {
    v.downcast::<CFuncPtr>().expect("the receiver is a function pointer")
}

#[pymethods]
impl CFuncPtr {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let [first, rest @ ..] = args.pos() else {
            return Ok(CData::new(vm, class)?.value());
        };
        if first.downcast::<Tuple>().is_some() {
            return from_library(vm, class, args);
        }
        if !rest.is_empty() {
            raise!(vm, TypeError, "function takes exactly 1 argument ({} given)", args.pos().len())
        }
        if let Some(address) = as_int(*first) {
            let new = CData::new(vm, class)?;
            new.set_pointer(codes::low_bits(vm, address) as *mut u8);
            return Ok(new.value());
        }
        if !vm.is_callable(*first) {
            return Err(vm.type_error("argument must be callable or integer function address"));
        }
        let info = concrete(vm, class)?;
        let Some(argtypes) = info.argtypes() else {
            return Err(vm.type_error("cannot construct instance of this class: no argtypes"));
        };
        let thunk = Thunk::new(vm, *first, argtypes, info.restype.get(), info.flags.get())?;
        let new = CData::new(vm, class)?;
        let this = function(new.value());
        this.thunk.set(this, Some(thunk.value()));
        new.set_pointer(thunk.code());
        keep_ref(vm, new, 0, Some(thunk.value()))?;
        Ok(new.value())
    }

    /// `tp_new` did it all; classes below may take other arguments.
    #[slot(tp_init)]
    fn init(_: &Vm, _: Value, _: Args) -> PyResult<()> {
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(vm.new_str(&format!("<{} object at {:#x}>", this.class().name.get(), vm.id(this))))
    }

    #[slot(nb_bool)]
    fn bool_(_: &Vm, this: Value) -> PyResult<bool> {
        Ok(!own(this).pointer().is_null())
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
        CData::getbuffer(vm, this, wanted)
    }

    #[slot(tp_call)]
    fn call(vm: &Vm, this: Value, args: Args) -> PyResult<Value> {
        let f = function(this);
        let info = concrete(vm, this.class())?;
        let tuple = |v: Option<Value>| v.and_then(|v| v.downcast::<Tuple>());
        let converters = tuple(f.converters.get().or(info.converters.get()));
        let argtypes = match f.argtypes.get() {
            Some(types) => Some(vm.sequence_to_tuple(types)?),
            None => info.argtypes(),
        };
        let built = match (argtypes, tuple(f.paramflags.get())) {
            (Some(types), Some(flags)) if types.len() > 0 => Some(Built::new(vm, types, flags, args)?),
            _ => None,
        };
        let given = built.as_ref().map_or(args.pos(), |b| b.args.items());
        if let Some(converters) = converters {
            let (required, actual) = (converters.len(), given.len());
            let s = if required == 1 { "" } else { "s" };
            if info.has_flag(CDECL) {
                if required > actual {
                    raise!(
                        vm,
                        TypeError,
                        "this function takes at least {required} argument{s} ({actual} given)"
                    )
                }
            } else if required != actual {
                raise!(vm, TypeError, "this function takes {required} argument{s} ({actual} given)")
            }
        }
        let called = Function {
            address: own(this).pointer(),
            flags: info.flags.get(),
            converters,
            restype: f.restype.get().or(info.restype.get()),
            checker: f.checker.get().or(info.checker.get()),
        };
        let mut result = call_function(vm, &called, given)?;
        if let Some(check) = f.errcheck.get() {
            let given = match &built {
                Some(b) => b.args,
                None => Tuple::from_slice(vm, given),
            };
            let checked = vm.call(check, &[result, this, given.value()])?;
            // Giving the arguments back means: go on as without the check.
            if checked != given.value() {
                return Ok(checked);
            }
            result = checked;
        }
        match built {
            Some(b) => b.result(vm, result),
            None => Ok(result),
        }
    }

    /// a function to check for errors
    #[getter]
    fn errcheck(_: &Vm, this: Ref<CFuncPtr>) -> Option<Value> {
        this.errcheck.get()
    }

    #[setter]
    fn set_errcheck(vm: &Vm, this: Ref<CFuncPtr>, value: Option<Value>) -> PyResult<()> {
        if value.is_some_and(|v| !vm.is_callable(v)) {
            return Err(vm.type_error("the errcheck attribute must be callable"));
        }
        this.errcheck.set(this, value);
        Ok(())
    }

    /// specify the result type
    #[getter]
    fn restype(vm: &Vm, this: Ref<CFuncPtr>) -> PyResult<Option<Value>> {
        match this.restype.get() {
            Some(v) => Ok(Some(v)),
            None => Ok(concrete(vm, this.value().class())?.restype.get()),
        }
    }

    #[setter]
    fn set_restype(vm: &Vm, this: Ref<CFuncPtr>, value: Option<Value>) -> PyResult<()> {
        if let Some(v) = value
            && !is_restype(vm, v)
        {
            return Err(vm.type_error("restype must be a type, a callable, or None"));
        }
        let checker = match value {
            Some(v) => vm.get_attr_opt(v, name(vm, "_check_retval_"))?,
            None => None,
        };
        this.checker.set(this, checker);
        this.restype.set(this, value);
        Ok(())
    }

    /// specify the argument types
    #[getter]
    fn argtypes(vm: &Vm, this: Ref<CFuncPtr>) -> PyResult<Option<Value>> {
        match this.argtypes.get() {
            Some(v) => Ok(Some(v)),
            None => Ok(concrete(vm, this.value().class())?.argtypes.get()),
        }
    }

    #[setter]
    fn set_argtypes(vm: &Vm, this: Ref<CFuncPtr>, value: Option<Value>) -> PyResult<()> {
        let Some(types) = value.filter(|v| !v.is_none()) else {
            this.argtypes.set(this, None);
            this.converters.set(this, None);
            return Ok(());
        };
        let converters = converters_of(vm, types)?;
        let tuple = vm.sequence_to_tuple(types)?;
        check_paramflags(vm, tuple, this.paramflags.get())?;
        this.converters.set(this, Some(converters));
        this.argtypes.set(this, Some(types));
        Ok(())
    }
}

fn is_restype(vm: &Vm, v: Value) -> bool {
    v.is_none() || info_of(v).is_some() || vm.is_callable(v)
}

/// The `from_param` of each type, in a tuple.
fn converters_of(vm: &Vm, types: Value) -> PyResult<Value> {
    let types = match types.downcast::<Tuple>() {
        Some(t) => t,
        None => match vm.sequence_to_tuple(types) {
            Ok(t) => t,
            Err(raised) => {
                vm.swallow(raised, Exc::TypeError)?;
                return Err(vm.type_error("_argtypes_ must be a sequence of types"));
            }
        },
    };
    if types.len() > super::MAX_ARGCOUNT {
        let (have, most) = (types.len(), super::MAX_ARGCOUNT);
        return Err(super::argument_error(
            vm,
            &format!("_argtypes_ has too many arguments ({have}), maximum is {most}"),
        ));
    }
    let built =
        Tuple::build(vm, types.len(), |i| match vm.get_attr_opt(types.get(i), name(vm, "from_param"))? {
            Some(f) => Ok(f),
            None => raise!(vm, TypeError, "item {} in _argtypes_ has no from_param method", i + 1),
        })?;
    Ok(built.value())
}

/// `PyCFuncPtrType.__init__`
pub fn init_type(vm: &Vm, class: Ref<Type>, _: Args) -> PyResult<()> {
    let info = StgInfo::make(vm, class, Kind::Function)?;
    info.set_pointer();
    *info.format.borrow_mut() = Some("X{}".to_string());
    let flags = types::class_attribute(vm, class, "_flags_")?;
    let Some(flags) = flags.and_then(as_int) else {
        return Err(vm.type_error("class must define _flags_ which must be an integer"));
    };
    info.add_flags(codes::low_bits(vm, flags) as u32 & 0xff);
    if let Some(argtypes) = types::class_attribute(vm, class, "_argtypes_")? {
        if argtypes.downcast::<Tuple>().is_none() {
            return Err(vm.type_error("_argtypes_ must be a sequence of types"));
        }
        let converters = converters_of(vm, argtypes)?;
        info.argtypes.set(info, Some(argtypes));
        info.converters.set(info, Some(converters));
    }
    if let Some(restype) = types::class_attribute(vm, class, "_restype_")? {
        if !is_restype(vm, restype) {
            return Err(vm.type_error("_restype_ must be a type, a callable, or None"));
        }
        info.restype.set(info, Some(restype));
        let checker = vm.get_attr_opt(restype, name(vm, "_check_retval_"))?;
        info.checker.set(info, checker);
    }
    Ok(())
}

// ---- functions of libraries ---------------------------------------------------------------------

/// `prototype((name, library)[, paramflags])`
fn from_library(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
    if args.pos().len() > 2 {
        raise!(vm, TypeError, "function takes at most 2 arguments ({} given)", args.pos().len())
    }
    let spec = args.pos()[0].downcast::<Tuple>().expect("checked by the caller");
    let [symbol, dll] = *spec.items() else {
        return Err(vm.type_error("illegal func_spec argument"));
    };
    let text = symbol_name(vm, symbol)?;
    audit(vm, "ctypes.dlsym", &[dll, symbol])?;
    let handle = handle_of(vm, dll)?;
    let address = match find_symbol(vm, handle, &text, "function")? {
        Ok(p) => p,
        Err(message) => return Err(vm.error_value(Exc::AttributeError, message)),
    };
    let flags = args.pos().get(1).copied().filter(|f| !f.is_none());
    if let Some(argtypes) = concrete(vm, class)?.argtypes() {
        check_paramflags(vm, argtypes, flags)?;
    }
    let new = CData::new(vm, class)?;
    let this = function(new.value());
    this.paramflags.set(this, flags);
    new.set_pointer(address);
    keep_ref(vm, new, 0, Some(dll))?;
    Ok(new.value())
}

const IN: i64 = 1;
const OUT: i64 = 2;
const LCID: i64 = 4;

/// One item of paramflags.
struct Flag {
    bits: i64,
    name: Option<Value>,
    default: Option<Value>,
}

fn flag(vm: &Vm, item: Value) -> PyResult<Flag> {
    let wrong = || vm.type_error("paramflags must be a sequence of (int [,string [,value]]) tuples");
    let Some(t) = item.downcast::<Tuple>().filter(|t| (1..=3).contains(&t.len())) else {
        return Err(wrong());
    };
    let Some(bits) = as_int(t.get(0)).and_then(|i| vm.int_to_i64(i)) else { return Err(wrong()) };
    let name = t.items().get(1).copied().filter(|n| !n.is_none());
    if name.is_some_and(|n| n.downcast::<Str>().is_none()) {
        return Err(wrong());
    }
    Ok(Flag { bits, name, default: t.items().get(2).copied() })
}

/// `_validate_paramflags`
fn check_paramflags(vm: &Vm, argtypes: Ref<Tuple>, flags: Option<Value>) -> PyResult<()> {
    let Some(flags) = flags else { return Ok(()) };
    let Some(flags) = flags.downcast::<Tuple>() else {
        return Err(vm.type_error("paramflags must be a tuple or None"));
    };
    if flags.len() != argtypes.len() {
        return Err(vm.value_error("paramflags must have the same length as argtypes"));
    }
    for (i, item) in flags.items().iter().enumerate() {
        let f = flag(vm, *item)?;
        match f.bits & (IN | OUT | LCID) {
            OUT if !is_out_type(argtypes.get(i)) => {
                let class = argtypes.get(i).downcast::<Type>().map_or_else(|| "?".to_string(), |t| t.name());
                raise!(vm, TypeError, "'out' parameter {} must be a pointer type, not {class}", i + 1)
            }
            0 | IN | OUT => {}
            bits if bits == IN | LCID || bits == IN | OUT => {}
            bits => raise!(vm, TypeError, "paramflag value {bits} not supported"),
        }
    }
    Ok(())
}

/// Whether a result can be stored through an argument of the type.
fn is_out_type(class: Value) -> bool {
    info_of(class).is_some_and(|i| match i.kind.get() {
        Kind::Pointer | Kind::Array => true,
        Kind::Simple => b"PzZ".contains(&i.code.get()),
        _ => false,
    })
}

/// The arguments of a call of a function with paramflags.
struct Built {
    args: Ref<Tuple>,
    /// Bit i: argument i is a result, and it came from the caller.
    out: u128,
    inout: u128,
    results: usize,
}

impl Built {
    /// `_build_callargs`
    fn new(vm: &Vm, argtypes: Ref<Tuple>, flags: Ref<Tuple>, args: Args) -> PyResult<Built> {
        let n = argtypes.len();
        let mut used = 0;
        let (mut out, mut inout, mut results) = (0u128, 0u128, 0);
        let built = Tuple::build(vm, n, |i| {
            let f = flag(vm, flags.get(i))?;
            let mut taken = || -> PyResult<Value> {
                if let Some(v) = args.pos().get(used) {
                    used += 1;
                    return Ok(*v);
                }
                let named = f.name.and_then(|n| n.downcast::<Str>());
                let keyword = named.and_then(|n| args.keywords().find(|(k, _)| k.same_text(&n)));
                if let Some((_, v)) = keyword {
                    used += 1;
                    return Ok(v);
                }
                match (f.default, named) {
                    (Some(v), _) => Ok(v),
                    (None, Some(n)) => raise!(vm, TypeError, "required argument '{n}' missing"),
                    (None, None) => Err(vm.type_error("not enough arguments")),
                }
            };
            match f.bits & (IN | OUT | LCID) {
                0 | IN => taken(),
                bits if bits == IN | LCID => Ok(f.default.unwrap_or_else(|| vm.int(0))),
                bits if bits == IN | OUT => {
                    inout |= 1 << i;
                    results += 1;
                    taken()
                }
                OUT => {
                    if let Some(v) = f.default {
                        return Ok(v);
                    }
                    out |= 1 << i;
                    results += 1;
                    out_argument(vm, argtypes.get(i))
                }
                bits => raise!(vm, ValueError, "paramflag value {bits} not supported"),
            }
        })?;
        let given = args.all().len();
        if given != used {
            raise!(vm, TypeError, "call takes exactly {used} arguments ({given} given)")
        }
        Ok(Built { args: built, out, inout, results })
    }

    /// `_build_result`
    fn result(&self, vm: &Vm, result: Value) -> PyResult<Value> {
        if self.results == 0 {
            return Ok(result);
        }
        let value = |i: usize| -> PyResult<Value> {
            let v = self.args.get(i);
            match self.inout >> i & 1 {
                1 => Ok(v),
                _ => vm.call_method(v, name(vm, "__ctypes_from_outparam__"), &[]),
            }
        };
        let mut places = (0..self.args.len()).filter(|i| (self.out | self.inout) >> i & 1 == 1);
        if self.results == 1 {
            return value(places.next().expect("there is one"));
        }
        let places: Vec<usize> = places.collect();
        Ok(Tuple::build(vm, places.len(), |i| value(places[i]))?.value())
    }
}

/// A new instance for a result.
fn out_argument(vm: &Vm, class: Value) -> PyResult<Value> {
    let Some(info) = info_of(class) else {
        return Err(vm.runtime_error("NULL stgdict unexpected"));
    };
    match info.proto.get() {
        Some(p) if p.downcast::<Str>().is_some() => {
            let shown = class.downcast::<Type>().map_or_else(String::new, |t| t.name());
            raise!(vm, TypeError, "{shown} 'out' parameter must be passed as default value")
        }
        _ if info.kind.get() == Kind::Array => vm.call(class, &[]),
        Some(proto) => vm.call(proto, &[]),
        None => vm.call(none(), &[]),
    }
}
