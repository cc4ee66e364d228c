//! Calls that need more than pushing a frame, and making functions.

use super::frame::Kind;
use super::instr::Instr;
use super::interp::Interp;
use super::lifetimes;
use super::operands::{frame, opt, slice};
use crate::args::{Args, NamedArgs};
use crate::builtins::code::Code;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::function::{Cell, Function, Method};
use crate::builtins::list::List;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{self, Type, TypeExt};
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::semantics::machine::{Flow, Machine};
use crate::slots::SlotId;
use crate::vm::Vm;

#[inline(never)]
pub fn call(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let f = m.reg(i.b);
    let args = Args::positional(slice(m, i.b + 2, i.c as usize));
    call_any(m, i.a, f, args)
}

#[inline(never)]
pub fn call_method(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let f = m.reg(i.b);
    let args = match opt(m, i.b + 1) {
        Some(_) => slice(m, i.b + 1, i.c as usize + 1),
        None => slice(m, i.b + 2, i.c as usize),
    };
    call_any(m, i.a, f, Args::positional(args))
}

#[inline(never)]
pub fn call_kw(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let extension = m.extension();
    let f = m.reg(i.b);
    let names = m.reg(extension.a).downcast::<Tuple>();
    let args = match opt(m, i.b + 1) {
        Some(_) => slice(m, i.b + 1, i.c as usize + 1),
        None => slice(m, i.b + 2, i.c as usize),
    };
    call_any(m, i.a, f, NamedArgs::new(args, names).args())
}

#[inline(never)]
pub fn make_cell(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let cell = Cell::new(opt(m, i.a));
    m.set(i.a, cell.value());
    Ok(Flow::Next)
}

#[inline(never)]
pub fn copy_free_vars(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let closure = frame(m).function().closure.get().unwrap_or(Tuple::empty());
    for k in 0..i.b {
        m.set(i.a + k, closure.get(k as usize));
    }
    Ok(Flow::Next)
}

#[inline(never)]
pub fn make_function(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let code = m.reg(i.b).downcast::<Code>().expect("functions are made of code");
    let f = Function::new(vm, code, frame(m).globals());
    m.set(i.a, f.value());
    Ok(Flow::Next)
}

#[inline(never)]
pub fn set_function_attribute(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    // SAFETY: the compiler sets attributes of the function it has just made.
    let f: Ref<Function> = unsafe { m.reg(i.a).cast() };
    let v = m.reg(i.b);
    match i.c {
        1 => f.defaults.set(f, v.downcast::<Tuple>()),
        2 => f.kwdefaults.set(f, v.downcast::<Dict>()),
        4 => f.annotations.set(f, Some(annotations_dict(vm, v)?)),
        8 => f.closure.set(f, v.downcast::<Tuple>()),
        _ => f.annotate.set(f, Some(v)),
    }
    Ok(Flow::Next)
}

#[inline(never)]
pub fn dict_merge(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let (d, v, callable) = (m.reg(i.a), m.reg(i.b), m.reg(i.c));
    // SAFETY: keyword dicts are exact dicts.
    merge_keywords(vm, unsafe { d.cast() }, v, callable)?;
    Ok(Flow::Next)
}

/// Calls anything; Python functions and methods continue in the same loop.
fn call_any(m: &mut Interp, dest: u16, f: Value, args: Args) -> PyResult<Flow> {
    let vm = m.vm;
    if let Some(function) = f.exact::<Function>() {
        vm.push_python_call(function, args, dest, Kind::Call, 0)?;
        m.reload();
        return Ok(Flow::Switch);
    }
    if let Some(method) = f.exact::<Method>()
        && let Some(function) = method.function.get().exact::<Function>()
    {
        let receiver = method.receiver.get();
        vm.with_prepended(receiver, args, |args| vm.push_python_call(function, args, dest, Kind::Call, 0))?;
        m.reload();
        return Ok(Flow::Switch);
    }
    if let Some(class) = f.exact::<Type>() {
        return instantiate(m, dest, class, args);
    }
    if f.class().is_foreign() && !args.has_keywords() {
        m.specialize_call();
    }
    let r = lifetimes::call_other(vm, f, args)?;
    if vm.eval_breaker() {
        // As in `Interp::call_native`.
        m.sync();
        vm.handle_pending()?;
        crate::events::poll(vm);
        m.reload();
    }
    m.set(dest, r);
    Ok(Flow::Next)
}

/// Calls the `__next__` of an iterator for FOR_ITER, whose extension word is next. False: it is not a plain
/// Python function, and nothing happened.
#[inline(never)]
pub fn enter_next(m: &mut Interp, iter: Value, dest: u16) -> PyResult<bool> {
    let vm = m.vm;
    let Some(f) = iter.class().lookup(vm, names().__next__).and_then(|f| f.exact::<Function>()) else {
        return Ok(false);
    };
    let extension = m.extension();
    m.sync();
    push_call(m, f, dest, &[iter], Kind::Next)?;
    // SAFETY: the frame just pushed.
    unsafe { (*m.frame).jump = extension.imm() };
    Ok(true)
}

/// Calls the `__getitem__` or, with a value, `__setitem__` of an instance in the running loop. False: it is
/// not a plain Python function.
pub fn enter_item(m: &mut Interp, obj: Value, key: Value, value: Option<Value>, dest: u16) -> PyResult<bool> {
    let vm = m.vm;
    let name = if value.is_some() { names().__setitem__ } else { names().__getitem__ };
    let Some(f) = obj.class().lookup(vm, name).and_then(|f| f.exact::<Function>()) else {
        return Ok(false);
    };
    let args = [obj, key, value.unwrap_or(key)];
    let (args, dest) = match value {
        // The last register is never used: what `__setitem__` returns goes there.
        Some(_) => (&args[..], frame(m).body().registers as u16 - 1),
        None => (&args[..2], dest),
    };
    push_call(m, f, dest, args, Kind::Call)?;
    Ok(true)
}

/// Calls a Python function in the running loop.
#[inline(always)]
pub fn push_call(m: &mut Interp, f: Ref<Function>, dest: u16, args: &[Value], kind: Kind) -> PyResult<()> {
    if m.enter_with(f, dest, args, kind) {
        m.sync();
        return Ok(());
    }
    m.vm.push_python_call(f, Args::positional(args), dest, kind, 0)?;
    m.reload();
    Ok(())
}

/// Calls the `__iter__` of an instance in the running loop. False: it is not a plain Python function.
#[inline]
pub fn enter_iter(m: &mut Interp, v: Value, dest: u16) -> PyResult<bool> {
    let vm = m.vm;
    let class = v.class();
    if !class.is_generic(SlotId::tp_iter) {
        return Ok(false);
    }
    let Some(f) = class.lookup(vm, names().__iter__).and_then(|f| f.exact::<Function>()) else {
        return Ok(false);
    };
    push_call(m, f, dest, &[v], Kind::Iter)?;
    Ok(true)
}

/// The Python function that initialises the instances of a class which `object.__new__` makes, if that takes
/// them and `count` arguments.
#[inline]
pub fn plain_init(vm: &Vm, class: Ref<Type>, count: usize) -> Option<Ref<Function>> {
    let object = crate::builtins::object::Object::class();
    if class.slots().raw(SlotId::tp_new) != object.slots().raw(SlotId::tp_new)
        || class.has_flag(crate::def::ABSTRACT)
        || !class.is_generic(SlotId::tp_init)
    {
        return None;
    }
    let init = class.lookup(vm, names().__init__).and_then(|f| f.exact::<Function>())?;
    // An instance must not be made in vain: it may have a finaliser.
    if init.takes_positional(count + 1) { Some(init) } else { None }
}

/// Calls a class that has a `plain_init`: the instance goes to register `first - 1`. Of other classes, those that
/// native code serves are called at once. False: no such class, or no room; nothing happened.
#[inline]
pub fn enter_init(m: &mut Interp, class: Ref<Type>, dest: u16, first: u16, count: usize) -> PyResult<bool> {
    let vm = m.vm;
    let Some(init) = plain_init(vm, class, count) else {
        return call_native_class(m, class, dest, first, count);
    };
    let instance = vm.alloc_instance(class)?;
    m.set(first - 1, instance);
    if m.enter(init, dest, first - 1, count + 1, Kind::Init, instance.bits()) {
        return Ok(true);
    }
    m.clear(first - 1);
    Ok(false)
}

/// Calls a class whose instances native code makes; the running frame goes on. False: it is not that simple.
#[inline]
fn call_native_class(
    m: &mut Interp,
    class: Ref<Type>,
    dest: u16,
    first: u16,
    count: usize,
) -> PyResult<bool> {
    let vm = m.vm;
    if lifetimes::is_number(class) {
        vm.check_native_stack()?;
        let args = slice(m, first, count);
        m.sync();
        let r = lifetimes::looking(vm, args, || type_::call(vm, class.value(), Args::positional(args)))?;
        m.set(dest, r);
        return Ok(true);
    }
    let generic = class.is_generic(SlotId::tp_new) || class.is_generic(SlotId::tp_init);
    if generic || frame(m).owned != 0 || lifetimes::calls_c(class.value()) {
        return Ok(false);
    }
    vm.check_native_stack()?;
    let r = type_::call(vm, class.value(), Args::positional(slice(m, first, count)))?;
    m.set(dest, r);
    Ok(true)
}

/// Calls a class: for the ordinary case, a Python `__init__` on a plain instance, without recursion.
fn instantiate(m: &mut Interp, dest: u16, class: Ref<Type>, args: Args) -> PyResult<Flow> {
    let vm = m.vm;
    if let Some(construct) = class.construct.get()
        && !args.has_keywords()
    {
        m.specialize_call();
        let all = args.all();
        let r = construct(vm, class, all.as_ptr(), all.len())?;
        m.set(dest, r);
        return Ok(Flow::Next);
    }
    let object = crate::builtins::object::Object::class();
    let plain_new = class.slots().tp_new.map(|f| f as usize) == object.slots().tp_new.map(|f| f as usize);
    if plain_new
        && !class.has_flag(crate::def::ABSTRACT)
        && class.is_generic(SlotId::tp_init)
        && let Some(init) = class.lookup(vm, names().__init__).and_then(|f| f.exact::<Function>())
    {
        let instance = vm.alloc_instance(class)?;
        vm.with_prepended(instance, args, |args| {
            vm.push_python_call(init, args, dest, Kind::Init, instance.bits())
        })?;
        m.reload();
        return Ok(Flow::Switch);
    }
    let r = lifetimes::call_other(vm, class.value(), args)?;
    m.set(dest, r);
    Ok(Flow::Next)
}

/// CALL_FUNCTION_EX
#[inline(never)]
pub fn call_ex(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let (f, args) = (m.reg(i.b), m.reg(i.b + 2));
    let positional = match args.exact::<Tuple>() {
        Some(t) => t,
        None => match vm.sequence_to_tuple(args) {
            Ok(t) => t,
            Err(raised) => {
                let exc = vm.take_exception(raised);
                if exc.value().class() == Exc::TypeError.class() && args.class().slots().tp_iter.is_none() {
                    raise!(
                        vm,
                        TypeError,
                        "{} argument after * must be an iterable, not {}",
                        vm.callable_name(f),
                        args.class().name()
                    )
                }
                return Err(vm.restore(exc));
            }
        },
    };
    let receiver = opt(m, i.b + 1);
    let kwargs = match opt(m, i.b + 3) {
        Some(k) => match k.exact::<Dict>() {
            Some(d) => Some(d),
            None => {
                let d = Dict::new(vm);
                merge_keywords(vm, d, k, f)?;
                Some(d)
            }
        },
        None => None,
    };
    let mut values: smallvec::SmallVec<[Value; 16]> = smallvec::SmallVec::new();
    let total = positional.len() + kwargs.map_or(0, |k| k.len()) + 1;
    if total > 16 {
        // Too many for the native stack's array: a tuple keeps them.
        let all = List::with_capacity(vm, total);
        if let Some(r) = receiver {
            all.push(vm, r);
        }
        all.extend_slice(vm, positional.items())?;
        let names = keyword_names(vm, kwargs, &mut |v| all.push(vm, v))?;
        return call_any(m, i.a, f, NamedArgs::new(all.items(), names).args());
    }
    values.extend(receiver);
    values.extend_from_slice(positional.items());
    let names = keyword_names(vm, kwargs, &mut |v| values.push(v))?;
    call_any(m, i.a, f, NamedArgs::new(&values, names).args())
}

/// The names of a keyword dict as a tuple; passes the values on.
fn keyword_names(
    vm: &Vm,
    kwargs: Option<Ref<Dict>>,
    value: &mut dyn FnMut(Value),
) -> PyResult<Option<Ref<Tuple>>> {
    let Some(kwargs) = kwargs.filter(|k| k.len() > 0) else { return Ok(None) };
    let keys = List::with_capacity(vm, kwargs.len());
    for at in 0..kwargs.slots() {
        if let Some((k, v)) = kwargs.entry(at) {
            if k.downcast::<Str>().is_none() {
                return Err(vm.type_error("keywords must be strings"));
            }
            keys.push(vm, k);
            value(v);
        }
    }
    Ok(Some(Tuple::from_slice(vm, keys.items())))
}

fn merge_keywords(vm: &Vm, dict: Ref<Dict>, other: Value, callable: Value) -> PyResult<()> {
    let source = match other.downcast::<Dict>() {
        Some(d) => d,
        None => {
            let copy = Dict::new(vm);
            if let Err(raised) = vm.dict_update(copy, other) {
                let exc = vm.take_exception(raised);
                if exc.value().class() == Exc::AttributeError.class() {
                    raise!(
                        vm,
                        TypeError,
                        "{} argument after ** must be a mapping, not {}",
                        vm.callable_name(callable),
                        other.class().name()
                    )
                }
                return Err(vm.restore(exc));
            }
            copy
        }
    };
    for at in 0..source.slots() {
        let Some((k, v)) = source.entry(at) else { continue };
        if dict.contains(vm, k)? {
            raise!(
                vm,
                TypeError,
                "{} got multiple values for keyword argument '{}'",
                vm.callable_name(callable),
                vm.str(k)?
            )
        }
        dict.set_item(vm, k, v)?;
    }
    Ok(())
}

fn annotations_dict(vm: &Vm, v: Value) -> PyResult<Value> {
    let Some(t) = v.downcast::<Tuple>() else { return Ok(v) };
    let d = Dict::new(vm);
    for pair in t.items().chunks(2) {
        d.set_item(vm, pair[0], pair[1])?;
    }
    Ok(d.value())
}
