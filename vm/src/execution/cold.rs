//! Instructions without generic semantics: executed here for every machine.

use super::body::CacheKind;
use super::frame::Control;
use super::instr::{Instr, Op};
use super::interp::Interp;
use super::lifetimes;
use super::operands::{cell, frame, global, name, name_error, namespace, opt, slice, unbound};
use super::{calls, displays, names as attributes, unpacking};
use crate::args::Args;
use crate::builtins::coroutine;
use crate::builtins::delegation;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::{self, BaseException, Exc};
use crate::builtins::function::Cell;
use crate::builtins::generator_frames;
use crate::builtins::singletons::{bool_value, none};
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{Type, TypeExt};
use crate::def::BASE_EXC_SUBCLASS;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::semantics::machine::{Flow, Machine};
use crate::vm::Vm;

/// Executes one instruction; the position is saved already.
#[inline(never)]
pub fn execute(m: &mut Interp, i: Instr) -> Flow {
    // Frequent instructions have functions of their own: `run` needs a large native frame.
    let result = match i.op {
        Op::BuildSet => displays::build_set(m, i),
        Op::BuildMap => displays::build_map(m, i),
        Op::BuildString => displays::build_string(m, i),
        Op::BuildSlice => displays::build_slice(m, i),
        Op::ListExtend => displays::list_extend(m, i),
        Op::SetUpdate => displays::set_update(m, i),
        Op::DictUpdate => displays::dict_update(m, i),
        Op::FormatWithSpec => displays::format_with_spec(m, i),
        Op::ConvertValue => displays::convert_value(m, i),
        Op::Call | Op::CallNative => calls::call(m, i),
        Op::CallMethod | Op::CallNativeMethod => calls::call_method(m, i),
        Op::CallKw => calls::call_kw(m, i),
        Op::MakeCell => calls::make_cell(m, i),
        Op::CopyFreeVars => calls::copy_free_vars(m, i),
        Op::MakeFunction => calls::make_function(m, i),
        Op::SetFunctionAttribute => calls::set_function_attribute(m, i),
        Op::DictMerge => calls::dict_merge(m, i),
        Op::LoadAttr => attributes::load_attr(m, i),
        Op::LoadMethod => attributes::load_method(m, i),
        Op::StoreAttr => attributes::store_attr(m, i),
        Op::LoadSuperAttr => attributes::load_super_attr(m, i),
        Op::GetIter => get_iter(m, i),
        Op::GetYieldFromIter => get_yield_from_iter(m, i),
        Op::PushExcInfo => {
            push_exc_info(m, i);
            Ok(Flow::Next)
        }
        Op::PopExcept => {
            pop_except(m, i);
            Ok(Flow::Next)
        }
        Op::Raise => raise(m, i),
        Op::CheckExcMatch => check_exc_match(m, i),
        Op::CallEx => calls::call_ex(m, i),
        Op::UnpackSequence => unpacking::unpack_sequence(m, i),
        Op::UnpackEx => unpacking::unpack_ex(m, i),
        Op::ReturnGenerator => generator_frames::make(m, i),
        Op::Send => delegation::send(m, i),
        Op::LoadGlobal => load_global(m, i),
        Op::Event => crate::events::execute(m, i),
        _ => run(m, i),
    };
    match result {
        Ok(flow) => flow,
        Err(_) => Flow::Raise,
    }
}

#[inline(never)]
fn get_yield_from_iter(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let v = m.reg(i.b);
    if calls::enter_iter(m, v, i.a)? {
        return Ok(Flow::Switch);
    }
    let coroutine_ok = frame(m).code().plain.flags & 0x180 != 0;
    let r = delegation::yield_from_iter(vm, v, coroutine_ok)?;
    m.set(i.a, r);
    Ok(Flow::Next)
}

#[inline(never)]
fn get_iter(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let v = m.reg(i.b);
    if calls::enter_iter(m, v, i.a)? {
        return Ok(Flow::Switch);
    }
    let r = vm.iter(v)?;
    m.set(i.a, r);
    Ok(Flow::Next)
}

#[inline(always)]
pub fn push_exc_info<const FAST: bool>(m: &mut Interp<FAST>, i: Instr) {
    let exc = m.reg(i.a);
    m.set(i.a + 1, exc);
    let handled = &m.vm.thread().handled;
    let previous = Value::from_bits(handled.get()).unwrap_or(none());
    m.set(i.a, previous);
    handled.set(exc.bits());
}

#[inline(always)]
pub fn pop_except<const FAST: bool>(m: &mut Interp<FAST>, i: Instr) {
    let previous = m.reg(i.a);
    m.vm.thread().handled.set(if previous.is_none() { 0 } else { previous.bits() });
}

/// `CheckExcMatch` for one exception class; false if the instruction names anything else.
#[inline(always)]
pub fn check_one_class<const FAST: bool>(m: &mut Interp<FAST>, i: Instr) -> bool {
    let (exc, class) = (m.reg(i.b), m.reg(i.c));
    let Some(class) = class.exact::<Type>().filter(|c| c.has_flag(BASE_EXC_SUBCLASS)) else { return false };
    if exc.downcast::<Type>().is_some() {
        return false;
    }
    m.set(i.a, bool_value(exc.class().is_subclass_of(class)));
    true
}

#[inline(never)]
fn check_exc_match(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let (exc, class) = (m.reg(i.b), m.reg(i.c));
    let r = exceptions::matches(vm, exc, class)?;
    m.set(i.a, bool_value(r));
    Ok(Flow::Next)
}

/// `raise`, `raise exc`, `raise exc from cause`
#[inline(never)]
fn raise(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let p = slice(m, i.b, i.c as usize);
    Err(exceptions::do_raise(m.vm, p.first().copied(), p.get(1).copied()))
}

#[inline(never)]
fn run(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    match i.op {
        Op::Resume => {
            vm.handle_pending()?;
            crate::events::poll(vm);
            // The frame may have another body now.
            m.reload();
        }
        Op::LoadCheck => return Err(unbound(m, i.b)),
        Op::DeleteLocal => {
            if opt(m, i.a).is_none() {
                return Err(unbound(m, i.a));
            }
            lifetimes::delete_local(frame(m), i.a as usize);
        }
        Op::Pos => {
            let v = m.reg(i.b);
            let r = vm.positive(v)?;
            m.set(i.a, r);
        }
        Op::Invert => {
            let v = m.reg(i.b);
            let r = vm.invert(v)?;
            m.set(i.a, r);
        }
        Op::LoadName => {
            let n = name(m, i.b as usize);
            let ns = namespace(m)?;
            let found = match ns.exact::<Dict>() {
                Some(d) => d.get_name(vm, n)?,
                None => vm.get_item_opt(ns, n.value())?,
            };
            let v = match found {
                Some(v) => v,
                None => match global(vm, frame(m).function(), n)? {
                    Some(v) => v,
                    None => return Err(name_error(vm, n)),
                },
            };
            m.set(i.a, v);
        }
        Op::StoreName => {
            let n = name(m, i.a as usize);
            let v = m.reg(i.b);
            let ns = namespace(m)?;
            match ns.exact::<Dict>() {
                Some(d) if d.has_only_str_keys() => d.set_name(n, v),
                _ => vm.set_item(ns, n.value(), v)?,
            }
        }
        Op::DeleteName => {
            let n = name(m, i.a as usize);
            let ns = namespace(m)?;
            if let Err(raised) = vm.del_item(ns, n.value()) {
                vm.swallow(raised, Exc::KeyError)?;
                return Err(name_error(vm, n));
            }
        }
        Op::StoreGlobal => {
            let v = m.reg(i.b);
            frame(m).globals().set_item(vm, name(m, i.a as usize).value(), v)?;
        }
        Op::DeleteGlobal => {
            let n = name(m, i.a as usize);
            if frame(m).globals().remove(vm, n.value())?.is_none() {
                return Err(name_error(vm, n));
            }
        }
        Op::DeleteAttr => {
            let obj = m.reg(i.a);
            vm.del_attr(obj, name(m, i.c as usize))?;
        }
        Op::LoadDeref => return Err(unbound(m, i.b)),
        Op::DeleteDeref => {
            let cell: Ref<Cell> = cell(m, i.a);
            if cell.get().is_none() {
                return Err(unbound(m, i.a));
            }
            cell.set(None);
        }
        Op::LoadFromDictOrDeref => {
            let mapping = m.reg(i.b);
            let n = frame(m).code().localsplusnames.get().get(i.c as usize);
            let v = match vm.get_item_opt(mapping, n)? {
                Some(v) => v,
                None => match cell(m, i.c).get() {
                    Some(v) => v,
                    None => return Err(unbound(m, i.c)),
                },
            };
            m.set(i.a, v);
        }
        Op::LoadFromDictOrGlobals => {
            let mapping = m.reg(i.b);
            let n = name(m, i.c as usize);
            let v = match vm.get_item_opt(mapping, n.value())? {
                Some(v) => v,
                None => match global(vm, frame(m).function(), n)? {
                    Some(v) => v,
                    None => return Err(name_error(vm, n)),
                },
            };
            m.set(i.a, v);
        }
        Op::DeleteSubscr => {
            let (obj, key) = (m.reg(i.a), m.reg(i.b));
            vm.del_item(obj, key)?;
        }
        Op::StoreSlice => {
            let p = slice(m, i.a, 3);
            let v = m.reg(i.b);
            let s = vm.new_slice(p[1], p[2], none());
            vm.set_item(p[0], s, v)?;
        }
        Op::LoadBuildClass => {
            let f = frame(m).function().builtins.get().get_name(vm, names().__build_class__)?;
            match f {
                Some(f) => m.set(i.a, f),
                None => raise!(vm, NameError, "__build_class__ not found"),
            }
        }
        Op::LoadLocals => {
            let ns = namespace(m)?;
            m.set(i.a, ns);
        }
        Op::LoadCommonConstant => {
            let v = match i.b {
                0 => Exc::AssertionError.class().value(),
                1 => Exc::NotImplementedError.class().value(),
                2 => Tuple::class().value(),
                3 => vm.original_builtin("all")?,
                _ => vm.original_builtin("any")?,
            };
            m.set(i.a, v);
        }
        Op::SetupAnnotations => {
            let ns = namespace(m)?;
            if vm.get_item_opt(ns, names().__annotations__.value())?.is_none() {
                vm.set_item(ns, names().__annotations__.value(), Dict::new(vm).value())?;
            }
        }
        Op::ImportName => {
            let (level, fromlist) = (m.reg(i.b), m.reg(i.b + 1));
            let n = name(m, i.c as usize);
            let f = frame(m);
            let v = crate::import::import_name(vm, f.function(), f.locals(), n, fromlist, level)?;
            m.set(i.a, v);
        }
        Op::ImportFrom => {
            let module = m.reg(i.b);
            let v = crate::import::import_from(vm, module, name(m, i.c as usize))?;
            m.set(i.a, v);
        }
        Op::Reraise => {
            let exc = m.reg(i.a).downcast::<BaseException>().expect("an exception is re-raised");
            vm.thread().reraising.set(true);
            if i.b != 0xffff {
                let at = m.reg(i.b);
                vm.thread().reraised_at.set(if at.is_small() { at.small() as u32 } else { u32::MAX });
            }
            return Err(vm.restore(exc));
        }
        Op::CheckEgMatch => {
            let (exc, class) = (m.reg(i.a), m.reg(i.a + 1));
            let (rest, matched) = exceptions::group_match(vm, exc, class)?;
            m.set(i.a, rest);
            m.set(i.a + 1, matched);
            if !matched.is_none() {
                vm.thread().handled.set(matched.bits());
            }
        }
        Op::WithExceptStart => {
            let p = slice(m, i.b, 5);
            let exc = p[4];
            let e = exc.downcast::<BaseException>().expect("an exception is handled");
            let tb = e.traceback.get().unwrap_or(none());
            let f = p[0];
            let args = [p[1], exc.class().value(), exc, tb];
            let r = match opt(m, i.b + 1) {
                Some(_) => vm.call_args(f, Args::positional(&args))?,
                None => vm.call_args(f, Args::positional(&args[1..]))?,
            };
            m.set(i.a, r);
        }
        Op::CleanupThrow => {
            let exc = m.reg(i.a + 2);
            let e = exc.downcast::<BaseException>().expect("an exception is handled");
            if !exc.class().is_subclass_of(Exc::StopIteration.class()) {
                vm.thread().reraising.set(true);
                return Err(vm.restore(e));
            }
            let v = exceptions::stop_iteration_value(e);
            m.set(i.a, none());
            m.set(i.a + 1, v);
        }
        Op::LoadSpecial => load_special(m, i)?,
        Op::GetAwaitable => {
            let v = m.reg(i.b);
            let r = coroutine::get_awaitable(vm, v, i.c as usize)?;
            m.set(i.a, r);
        }
        Op::GetAiter => {
            let v = m.reg(i.b);
            let r = coroutine::get_aiter(vm, v)?;
            m.set(i.a, r);
        }
        Op::GetAnext => {
            let v = m.reg(i.b);
            let r = coroutine::get_anext(vm, v)?;
            m.set(i.a, r);
        }
        Op::EndAsyncFor => {
            let exc = m.reg(i.a);
            let e = exc.downcast::<BaseException>().expect("an exception is handled");
            if !exc.class().is_subclass_of(Exc::StopAsyncIteration.class()) {
                vm.thread().reraising.set(true);
                return Err(vm.restore(e));
            }
        }
        Op::MatchClass => {
            let p = slice(m, i.a, 3);
            let r = crate::matching::match_class(vm, p[0], p[1], p[2], i.c as usize)?;
            m.set(i.a, r.unwrap_or(none()));
        }
        Op::MatchKeys => {
            let (subject, keys) = (m.reg(i.b), m.reg(i.c));
            let r = crate::matching::match_keys(vm, subject, keys)?;
            m.set(i.a, r);
        }
        Op::MatchMapping => {
            let v = m.reg(i.b);
            m.set(i.a, bool_value(v.class().has_flag(crate::def::MAPPING)));
        }
        Op::MatchSequence => {
            let v = m.reg(i.b);
            m.set(i.a, bool_value(v.class().has_flag(crate::def::SEQUENCE)));
        }
        Op::GetLen => {
            let v = m.reg(i.b);
            let n = vm.len(v)?;
            m.set(i.a, vm.int(n as i64));
        }
        Op::BuildInterpolation => {
            let p = slice(m, i.b, if i.c & 1 != 0 { 3 } else { 2 });
            let conversion = i.c >> 2;
            let r = crate::builtins::template::interpolation(vm, p[0], p[1], conversion, p.get(2).copied())?;
            m.set(i.a, r);
        }
        Op::BuildTemplate => {
            let p = slice(m, i.b, 2);
            let r = crate::builtins::template::template(vm, p[0], p[1])?;
            m.set(i.a, r);
        }
        Op::Intrinsic1 => {
            let v = m.reg(i.b);
            let r = super::intrinsics::one(m, i.c, v)?;
            m.set(i.a, r);
        }
        Op::Intrinsic2 => {
            let (a, b) = (m.reg(i.b), m.reg(i.b + 1));
            let r = super::intrinsics::two(vm, i.c, a, b)?;
            m.set(i.a, r);
        }
        other => return Err(vm.system_error(format!("instruction {} has no cold form", other.name()))),
    }
    Ok(Flow::Next)
}

#[inline(never)]
fn load_global(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    let cache = m.cache(i.b);
    let n = name(m, cache.name as usize);
    let function = frame(m).function();
    let (globals, builtins) = (function.globals.get(), function.builtins.get());
    if globals.value().is::<Dict>() && builtins.value().is::<Dict>() {
        if let Some(at) = globals.position_of(n) {
            cache.kind = CacheKind::Global;
            cache.version = globals.cache_version();
            cache.offset = at;
            m.set(i.a, globals.value_at(at).expect("a found entry has a value"));
            return Ok(Flow::Next);
        }
        if let Some(at) = builtins.position_of(n) {
            cache.kind = CacheKind::Builtin;
            cache.version = globals.cache_version();
            cache.version2 = builtins.cache_version();
            cache.offset = at;
            m.set(i.a, builtins.value_at(at).expect("a found entry has a value"));
            return Ok(Flow::Next);
        }
    }
    match global(vm, function, n)? {
        Some(v) => m.set(i.a, v),
        None => return Err(name_error(vm, n)),
    }
    Ok(Flow::Next)
}

fn load_special(m: &mut Interp, i: Instr) -> PyResult<()> {
    let vm = m.vm;
    let obj = m.reg(i.a);
    let n = names();
    let special = [n.__enter__, n.__exit__, n.__aenter__, n.__aexit__][i.b as usize];
    let class = obj.class();
    match class.lookup(vm, special) {
        Some(f) if f.class().has_flag(crate::def::METHOD_DESCRIPTOR) => {
            m.set(i.a + 1, obj);
            m.set(i.a, f);
        }
        Some(f) => {
            let bound = match f.class().slots().tp_descr_get {
                Some(get) => get(vm, f, Some(obj), class.value())?,
                None => f,
            };
            m.set(i.a, bound);
            m.clear(i.a + 1);
        }
        None => {
            let name = class.full_name(vm);
            let (protocol, other, hint) = match i.b {
                0 | 1 => ("context manager", ["__aenter__", "__aexit__"], "async with"),
                _ => ("asynchronous context manager", ["__enter__", "__exit__"], "with"),
            };
            let has_other = other.iter().all(|o| class.lookup(vm, vm.intern_str(o)).is_some());
            let missing = if i.b % 2 == 1 { format!(" (missed {special} method)") } else { String::new() };
            let mut message = format!("'{name}' object does not support the {protocol} protocol{missing}");
            if has_other {
                let supported = if i.b < 2 { "asynchronous context manager" } else { "context manager" };
                message.push_str(&format!(
                    " but it supports the {supported} protocol. Did you mean to use '{hint}'?"
                ));
            }
            return Err(vm.type_error(message));
        }
    }
    Ok(())
}

/// A frame ends, by a return or by an exception: what the outside may still see of it is saved.
pub fn leave_frame(vm: &Vm, frame: *mut Control, result: Option<Value>) {
    crate::builtins::frame::leave(vm, frame, result);
}

/// Adds the frame to the traceback of the exception being raised.
pub fn add_traceback(vm: &Vm, frame: *mut Control) {
    crate::builtins::frame::add_traceback(vm, frame);
}
