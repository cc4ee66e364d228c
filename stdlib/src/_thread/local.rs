//! `_local`: attributes that every thread has for itself.
//!
//! The namespaces are in the thread state, under the number of the local object, so that they die
//! with the thread. The numbers of dead local objects are collected, and their namespaces removed
//! at the next use of any local object.

use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, NamedArgs};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::{Type, TypeExt};
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);
static DEAD: Mutex<Vec<u64>> = Mutex::new(Vec::new());

/// Tells when the object is dead.
struct Serial(u64);

impl Drop for Serial {
    fn drop(&mut self) {
        if let Ok(mut dead) = DEAD.lock() {
            dead.push(self.0);
        }
    }
}

/// Thread-local data
#[pyclass(name = "_local", module = "_thread", flags = def::BASE)]
#[repr(C)]
pub struct Local {
    h: LongHeader,
    args: Field<Ref<Tuple>>,
    kwargs: Field<Option<Ref<Dict>>>,
    serial: Serial,
}

fn forget_dead(vm: &Vm) {
    let dead = match DEAD.try_lock() {
        Ok(mut d) if !d.is_empty() => std::mem::take(&mut *d),
        _ => return,
    };
    for t in vm.threads() {
        // SAFETY: listed threads are alive.
        let word = unsafe { (*t).locals.get() };
        if let Some(d) = Value::from_bits(word).and_then(|v| v.exact::<Dict>()) {
            for n in &dead {
                let _ = d.remove(vm, vm.new_int(*n as i128));
            }
        }
    }
}

/// The namespace for the running thread; the first time `__init__` is called again.
fn namespace(vm: &Vm, this: Ref<Local>) -> PyResult<Ref<Dict>> {
    forget_dead(vm);
    let cell = &vm.thread().locals;
    let all = match Value::from_bits(cell.get()).and_then(|v| v.exact::<Dict>()) {
        Some(d) => d,
        None => {
            let d = Dict::new(vm);
            cell.set(d.value().bits());
            d
        }
    };
    let key = vm.new_int(this.serial.0 as i128);
    if let Some(d) = all.get_item(vm, key)?.and_then(|v| v.exact::<Dict>()) {
        return Ok(d);
    }
    let d = Dict::new(vm);
    all.set_item(vm, key, d.value())?;
    let class = this.value().class();
    if let Some(init) = class.slots().tp_init
        && has_own_init(class)
    {
        let list = adder_vm::builtins::list::List::from_slice(vm, this.args.get().items());
        let names = adder_vm::builtins::list::List::new(vm);
        if let Some(kw) = this.kwargs.get() {
            for i in 0..kw.slots() {
                if let Some((k, v)) = kw.entry(i) {
                    names.push(vm, k);
                    list.push(vm, v);
                }
            }
        }
        let names = Tuple::from_slice(vm, names.items());
        if let Err(raised) = init(vm, this.value(), NamedArgs::new(list.items(), Some(names)).args()) {
            let exc = vm.take_exception(raised);
            let _ = all.remove(vm, key)?;
            return Err(vm.restore(exc));
        }
    }
    Ok(d)
}

fn has_own_init(class: Ref<Type>) -> bool {
    let own = class.slots().tp_init.map(|f| f as usize);
    let plain = <adder_vm::builtins::object::Object as adder_vm::object::Object>::class();
    own != plain.slots().tp_init.map(|f| f as usize)
}

#[pymethods]
impl Local {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        if !args.all().is_empty() && !has_own_init(class) {
            return Err(vm.type_error("Initialization arguments are not supported"));
        }
        let tuple = Tuple::from_slice(vm, args.pos());
        let kwargs = if args.has_keywords() { Some(args.keyword_dict(vm)?) } else { None };
        let blank = Local {
            h: LongHeader::new(),
            args: Field::new(tuple),
            kwargs: Field::new(kwargs),
            serial: Serial(NEXT.fetch_add(1, Ordering::Relaxed)),
        };
        let this = vm.new_instance(class, blank)?;
        // The creating thread's `__init__` is called by the constructor, so its namespace is made here.
        let d = Dict::new(vm);
        let cell = &vm.thread().locals;
        let all = match Value::from_bits(cell.get()).and_then(|v| v.exact::<Dict>()) {
            Some(all) => all,
            None => {
                let all = Dict::new(vm);
                cell.set(all.value().bits());
                all
            }
        };
        all.set_item(vm, vm.new_int(this.serial.0 as i128), d.value())?;
        Ok(this.value())
    }

    #[slot(tp_getattro)]
    fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let d = namespace(vm, unsafe { this.cast() })?;
        if name.eq_str("__dict__") {
            return Ok(Some(d.value()));
        }
        let class = this.class();
        let attr = class.lookup(vm, name);
        if let Some(attr) = attr {
            let slots = attr.class().slots();
            if slots.tp_descr_set.is_some()
                && let Some(get) = slots.tp_descr_get
            {
                return get(vm, attr, Some(this), class.value()).map(Some);
            }
        }
        if let Some(v) = d.get_name(vm, name)? {
            return Ok(Some(v));
        }
        match attr {
            Some(attr) => match attr.class().slots().tp_descr_get {
                Some(get) => get(vm, attr, Some(this), class.value()).map(Some),
                None => Ok(Some(attr)),
            },
            None => Ok(None),
        }
    }

    #[slot(tp_setattro)]
    fn setattro(vm: &Vm, this: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
        // SAFETY: installed as a slot of this class only.
        let d = namespace(vm, unsafe { this.cast() })?;
        if name.eq_str("__dict__") {
            raise!(vm, AttributeError, "'{}' object attribute '__dict__' is read-only", this.class().name())
        }
        if let Some(attr) = this.class().lookup(vm, name)
            && let Some(set) = attr.class().slots().tp_descr_set
        {
            return set(vm, attr, this, value);
        }
        match value {
            Some(v) => d.set_name(vm.intern_ref(name), v),
            None => {
                if d.remove(vm, name.value())?.is_none() {
                    return Err(vm.no_attribute(this, name));
                }
            }
        }
        Ok(())
    }

    #[getter]
    fn __dict__(vm: &Vm, this: Ref<Local>) -> PyResult<Value> {
        Ok(namespace(vm, this)?.value())
    }
}
