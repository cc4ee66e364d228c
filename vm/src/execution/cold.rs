//! Instructions without generic semantics: executed here for every machine.

use super::attribute_cache;
use super::body::CacheKind;
use super::frame::{Control, Kind};
use super::instr::{Instr, Op};
use super::interp::Interp;
use crate::args::Args;
use crate::builtins::code::Code;
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::{self, BaseException, Exc};
use crate::builtins::function::{Cell, Function, Method};
use crate::builtins::generator;
use crate::builtins::list::List;
use crate::builtins::range::RangeIterator;
use crate::builtins::singletons::{bool_value, none};
use crate::builtins::str_::Str;
use crate::builtins::super_;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{Type, TypeExt};
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::semantics::machine::{Flow, Machine};
use crate::vm::Vm;

/// Executes one instruction; the position is saved already.
#[inline(never)]
pub fn execute(m: &mut Interp, i: Instr) -> Flow {
    match run(m, i) {
        Ok(flow) => flow,
        Err(_) => Flow::Raise,
    }
}

fn frame(m: &Interp) -> &'static mut Control {
    // SAFETY: the running frame.
    unsafe { &mut *m.frame }
}

fn name(m: &Interp, k: usize) -> Ref<Str> {
    // SAFETY: names of a code object are interned strings.
    unsafe { Value::from_bits_unchecked(frame(m).body().names[k]).cast() }
}

fn local_name(m: &Interp, r: u16) -> String {
    let names = frame(m).code().localsplusnames.get();
    names
        .items()
        .get(r as usize)
        .and_then(|n| n.downcast::<Str>())
        .map_or_else(String::new, |s| s.to_string())
}

fn unbound(m: &Interp, r: u16) -> crate::error::Raised {
    let code = frame(m).code();
    let n = local_name(m, r);
    if code.plain.localspluskinds.get(r as usize).is_some_and(|k| k & 0x80 != 0) {
        m.vm.error(
            Exc::NameError,
            format!(
                "cannot access free variable '{n}' where it is not associated with a value in enclosing scope"
            ),
        )
    } else {
        m.vm.error(
            Exc::UnboundLocalError,
            format!("cannot access local variable '{n}' where it is not associated with a value"),
        )
    }
}

/// Registers first..first+n as a slice; all are bound.
fn slice(m: &Interp, first: u16, n: usize) -> &'static [Value] {
    // SAFETY: the registers of the running frame stay in place while the instruction executes.
    unsafe { std::slice::from_raw_parts(m.regs.add(first as usize).cast::<Value>(), n) }
}

fn opt(m: &Interp, r: u16) -> Option<Value> {
    // SAFETY: a register of the running frame.
    unsafe { Value::from_bits(*m.regs.add(r as usize)) }
}

fn namespace(m: &Interp) -> PyResult<Value> {
    match frame(m).locals() {
        Some(v) => Ok(v),
        None => Err(m.vm.system_error("no locals in this frame")),
    }
}

/// A name in the globals, then the builtins.
pub fn global(vm: &Vm, function: Ref<Function>, name: Ref<Str>) -> PyResult<Option<Value>> {
    if let Some(v) = vm.get_item_opt(function.globals.get().value(), name.value())? {
        return Ok(Some(v));
    }
    vm.get_item_opt(function.builtins.get().value(), name.value())
}

fn name_error(vm: &Vm, name: Ref<Str>) -> crate::error::Raised {
    exceptions::name_error(vm, format!("name '{name}' is not defined"), name)
}

fn run(m: &mut Interp, i: Instr) -> PyResult<Flow> {
    let vm = m.vm;
    match i.op {
        Op::Resume => {
            if vm.eval_breaker() {
                vm.handle_pending()?;
            }
        }
        Op::LoadCheck => return Err(unbound(m, i.b)),
        Op::LoadAndClear => {
            let v = opt(m, i.b);
            frame(m).set_reg(i.a as usize, v);
            m.clear(i.b);
        }
        Op::DeleteLocal => {
            if opt(m, i.a).is_none() {
                return Err(unbound(m, i.a));
            }
            m.clear(i.a);
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
        Op::In | Op::NotIn => {
            let (item, container) = (m.reg(i.b), m.reg(i.c));
            let r = vm.contains(container, item)?;
            m.set(i.a, bool_value(r == (i.op == Op::In)));
        }
        Op::GetIter => {
            let v = m.reg(i.b);
            let r = vm.iter(v)?;
            m.set(i.a, r);
        }
        Op::ForIter => {
            let it = m.reg(i.b);
            let extension = m.extension();
            let next = match it.exact::<RangeIterator>() {
                Some(r) => r.advance(),
                None => vm.next(it)?,
            };
            match next {
                Some(v) => m.set(i.a, v),
                None => m.jump(extension.imm()),
            }
        }
        Op::LoadGlobal => load_global(m, i)?,
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
        Op::LoadAttr => {
            let obj = m.reg(i.b);
            let cache = m.cache(i.c);
            let n = name(m, cache.name as usize);
            let v = attribute_cache::load_attr(vm, obj, n, cache)?;
            frame(m).code().touched();
            m.set(i.a, v);
        }
        Op::LoadMethod => {
            let obj = m.reg(i.b);
            let cache = m.cache(i.c);
            let n = name(m, cache.name as usize);
            let (f, receiver) = attribute_cache::load_method(vm, obj, n, cache)?;
            frame(m).code().touched();
            m.set(i.a, f);
            frame(m).set_reg(i.a as usize + 1, receiver);
        }
        Op::StoreAttr => {
            let (obj, v) = (m.reg(i.a), m.reg(i.b));
            let cache = m.cache(i.c);
            let n = name(m, cache.name as usize);
            attribute_cache::store_attr(vm, obj, n, v, cache)?;
        }
        Op::DeleteAttr => {
            let obj = m.reg(i.a);
            vm.del_attr(obj, name(m, i.c as usize))?;
        }
        Op::LoadSuperAttr => {
            let extension = m.extension();
            let (global_super, class, this) = (m.reg(i.b), m.reg(i.b + 1), m.reg(i.b + 2));
            let n = name(m, i.c as usize);
            if global_super == super_::Super::class().value()
                && let Some(class) = class.downcast::<Type>()
            {
                if extension.a != 0 {
                    let (f, receiver) = super_::load_method(vm, class, this, n)?;
                    m.set(i.a, f);
                    frame(m).set_reg(i.a as usize + 1, receiver);
                } else {
                    let v = super_::load_attr(vm, class, this, n)?;
                    m.set(i.a, v);
                }
            } else {
                let s = if extension.b != 0 {
                    vm.call(global_super, &[class, this])?
                } else {
                    vm.call(global_super, &[])?
                };
                let v = vm.get_attr(s, n)?;
                m.set(i.a, v);
                if extension.a != 0 {
                    m.clear(i.a + 1);
                }
            }
        }
        Op::MakeCell => {
            let cell = Cell::new(opt(m, i.a));
            m.set(i.a, cell.value());
        }
        Op::CopyFreeVars => {
            let closure = frame(m).function().closure.get().unwrap_or(Tuple::empty());
            for k in 0..i.b {
                m.set(i.a + k, closure.get(k as usize));
            }
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
        Op::Call => {
            let f = m.reg(i.b);
            let args = Args::positional(slice(m, i.b + 2, i.c as usize));
            return call(m, i.a, f, args);
        }
        Op::CallMethod => {
            let f = m.reg(i.b);
            let args = match opt(m, i.b + 1) {
                Some(_) => slice(m, i.b + 1, i.c as usize + 1),
                None => slice(m, i.b + 2, i.c as usize),
            };
            return call(m, i.a, f, Args::positional(args));
        }
        Op::CallKw => {
            let extension = m.extension();
            let f = m.reg(i.b);
            let names = m.reg(extension.a).downcast::<Tuple>();
            let args = match opt(m, i.b + 1) {
                Some(_) => slice(m, i.b + 1, i.c as usize + 1),
                None => slice(m, i.b + 2, i.c as usize),
            };
            return call(m, i.a, f, Args::new(args, names));
        }
        Op::CallEx => return call_ex(m, i),
        Op::BuildTuple => {
            let t = Tuple::from_slice(vm, slice(m, i.b, i.c as usize));
            m.set(i.a, t.value());
        }
        Op::BuildList => {
            let l = List::from_slice(vm, slice(m, i.b, i.c as usize));
            m.set(i.a, l.value());
        }
        Op::BuildSet => {
            let s = vm.new_set(slice(m, i.b, i.c as usize))?;
            m.set(i.a, s);
        }
        Op::BuildMap => {
            let d = Dict::new(vm);
            for pair in slice(m, i.b, 2 * i.c as usize).chunks(2) {
                d.set_item(vm, pair[0], pair[1])?;
            }
            m.set(i.a, d.value());
        }
        Op::BuildString => {
            let s = vm.concat_strings(slice(m, i.b, i.c as usize))?;
            m.set(i.a, s);
        }
        Op::BuildSlice => {
            let parts = slice(m, i.b, i.c as usize);
            let s = vm.new_slice(parts[0], parts[1], parts.get(2).copied().unwrap_or(none()));
            m.set(i.a, s);
        }
        Op::ListAppend => {
            let (l, v) = (m.reg(i.a), m.reg(i.b));
            // SAFETY: comprehensions and displays append to exact lists.
            unsafe { l.cast::<List>() }.push(vm, v);
        }
        Op::SetAdd => {
            let (s, v) = (m.reg(i.a), m.reg(i.b));
            vm.set_add(s, v)?;
        }
        Op::ListExtend => {
            let (l, v) = (m.reg(i.a), m.reg(i.b));
            // SAFETY: as in ListAppend.
            list_extend(vm, unsafe { l.cast() }, v)?;
        }
        Op::SetUpdate => {
            let (s, v) = (m.reg(i.a), m.reg(i.b));
            // SAFETY: set displays update exact sets.
            crate::builtins::set_ops::update(vm, unsafe { s.cast() }, v)?;
        }
        Op::DictUpdate => {
            let (d, v) = (m.reg(i.a), m.reg(i.b));
            // SAFETY: dict displays update exact dicts.
            if let Err(raised) = vm.dict_update(unsafe { d.cast() }, v) {
                let exc = vm.take_exception(raised);
                if exc.value().class() == Exc::AttributeError.class() {
                    raise!(vm, TypeError, "'{}' object is not a mapping", v.class().name())
                }
                return Err(vm.restore(exc));
            }
        }
        Op::MapAdd => {
            let (d, k, v) = (m.reg(i.a), m.reg(i.b), m.reg(i.c));
            // SAFETY: dict comprehensions fill exact dicts.
            unsafe { d.cast::<Dict>() }.set_item(vm, k, v)?;
        }
        Op::DictMerge => {
            let (d, v, callable) = (m.reg(i.a), m.reg(i.b), m.reg(i.c));
            // SAFETY: keyword dicts are exact dicts.
            dict_merge(vm, unsafe { d.cast() }, v, callable)?;
        }
        Op::DeleteSubscr => {
            let (obj, key) = (m.reg(i.a), m.reg(i.b));
            vm.del_item(obj, key)?;
        }
        Op::BinarySlice => {
            let p = slice(m, i.b, 3);
            let s = vm.new_slice(p[1], p[2], none());
            let r = vm.get_item(p[0], s)?;
            m.set(i.a, r);
        }
        Op::StoreSlice => {
            let p = slice(m, i.a, 3);
            let v = m.reg(i.b);
            let s = vm.new_slice(p[1], p[2], none());
            vm.set_item(p[0], s, v)?;
        }
        Op::UnpackSequence => unpack(m, i)?,
        Op::UnpackEx => unpack_ex(m, i)?,
        Op::MakeFunction => {
            let code = m.reg(i.b).downcast::<Code>().expect("functions are made of code");
            let f = Function::new(vm, code, frame(m).globals());
            m.set(i.a, f.value());
        }
        Op::SetFunctionAttribute => {
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
                3 => vm.builtin("all")?,
                _ => vm.builtin("any")?,
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
        Op::Raise => {
            let p = slice(m, i.b, i.c as usize);
            return Err(exceptions::do_raise(vm, p.first().copied(), p.get(1).copied()));
        }
        Op::Reraise => {
            let exc = m.reg(i.a).downcast::<BaseException>().expect("an exception is re-raised");
            vm.thread().reraising.set(true);
            return Err(vm.restore(exc));
        }
        Op::PushExcInfo => {
            let exc = m.reg(i.a);
            m.set(i.a + 1, exc);
            let thread = vm.thread();
            let previous = Value::from_bits(thread.handled.get()).unwrap_or(none());
            m.set(i.a, previous);
            thread.handled.set(exc.bits());
        }
        Op::PopExcept => {
            let previous = m.reg(i.a);
            vm.thread().handled.set(if previous.is_none() { 0 } else { previous.bits() });
        }
        Op::CheckExcMatch => {
            let (exc, class) = (m.reg(i.b), m.reg(i.c));
            let r = exceptions::matches(vm, exc, class)?;
            m.set(i.a, bool_value(r));
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
                return Err(vm.restore(e));
            }
            let v = exceptions::stop_iteration_value(e);
            m.set(i.a, none());
            m.set(i.a + 1, v);
        }
        Op::LoadSpecial => load_special(m, i)?,
        Op::ReturnGenerator => return generator::make(m, i),
        Op::Yield => return generator::suspend(m, i),
        Op::Send => return generator::send(m, i),
        Op::GetAwaitable => {
            let v = m.reg(i.b);
            let r = generator::get_awaitable(vm, v, i.c as usize)?;
            m.set(i.a, r);
        }
        Op::GetAiter => {
            let v = m.reg(i.b);
            let r = generator::get_aiter(vm, v)?;
            m.set(i.a, r);
        }
        Op::GetAnext => {
            let v = m.reg(i.b);
            let r = generator::get_anext(vm, v)?;
            m.set(i.a, r);
        }
        Op::EndAsyncFor => {
            let exc = m.reg(i.a);
            let e = exc.downcast::<BaseException>().expect("an exception is handled");
            if !exc.class().is_subclass_of(Exc::StopAsyncIteration.class()) {
                return Err(vm.restore(e));
            }
        }
        Op::GetYieldFromIter => {
            let v = m.reg(i.b);
            let coroutine_ok = frame(m).code().plain.flags & 0x180 != 0;
            let r = generator::yield_from_iter(vm, v, coroutine_ok)?;
            m.set(i.a, r);
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
        Op::ConvertValue => {
            let v = m.reg(i.b);
            let r = match i.c {
                1 => vm.str(v)?.value(),
                2 => vm.repr(v)?,
                _ => vm.ascii(v)?,
            };
            m.set(i.a, r);
        }
        Op::FormatSimple => {
            let v = m.reg(i.b);
            let r = if v.is::<Str>() { v } else { vm.format(v, None)? };
            m.set(i.a, r);
        }
        Op::FormatWithSpec => {
            let (v, spec) = (m.reg(i.b), m.reg(i.c));
            let r = vm.format(v, Some(spec))?;
            m.set(i.a, r);
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

fn cell(m: &mut Interp, r: u16) -> Ref<Cell> {
    // SAFETY: the register of a cell or free variable holds a cell.
    unsafe { m.reg(r).cast() }
}

fn load_global(m: &mut Interp, i: Instr) -> PyResult<()> {
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
            return Ok(());
        }
        if let Some(at) = builtins.position_of(n) {
            cache.kind = CacheKind::Builtin;
            cache.version = globals.cache_version();
            cache.version2 = builtins.cache_version();
            cache.offset = at;
            m.set(i.a, builtins.value_at(at).expect("a found entry has a value"));
            return Ok(());
        }
    }
    match global(vm, function, n)? {
        Some(v) => m.set(i.a, v),
        None => return Err(name_error(vm, n)),
    }
    Ok(())
}

/// Calls anything; Python functions and methods continue in the same loop.
fn call(m: &mut Interp, dest: u16, f: Value, args: Args) -> PyResult<Flow> {
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
    let r = vm.call_args(f, args)?;
    m.set(dest, r);
    Ok(Flow::Next)
}

/// Calls a class: for the ordinary case, a Python `__init__` on a plain instance, without recursion.
fn instantiate(m: &mut Interp, dest: u16, class: Ref<Type>, args: Args) -> PyResult<Flow> {
    let vm = m.vm;
    let object = crate::builtins::object::Object::class();
    let plain_new = class.slots().tp_new.map(|f| f as usize) == object.slots().tp_new.map(|f| f as usize);
    if plain_new
        && !class.has_flag(crate::def::ABSTRACT)
        && class.is_generic(crate::slots::SlotId::tp_init)
        && let Some(init) = class.lookup(vm, names().__init__).and_then(|f| f.exact::<Function>())
    {
        let instance = vm.alloc_instance(class)?;
        vm.with_prepended(instance, args, |args| {
            vm.push_python_call(init, args, dest, Kind::Init, instance.bits())
        })?;
        m.reload();
        return Ok(Flow::Switch);
    }
    let r = vm.call_args(class.value(), args)?;
    m.set(dest, r);
    Ok(Flow::Next)
}

fn call_ex(m: &mut Interp, i: Instr) -> PyResult<Flow> {
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
                dict_merge(vm, d, k, f)?;
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
        return call(m, i.a, f, Args::new(all.items(), names));
    }
    values.extend(receiver);
    values.extend_from_slice(positional.items());
    let names = keyword_names(vm, kwargs, &mut |v| values.push(v))?;
    call(m, i.a, f, Args::new(&values, names))
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

fn list_extend(vm: &Vm, list: Ref<List>, v: Value) -> PyResult<()> {
    if let Err(raised) = vm.list_extend(list, v) {
        let exc = vm.take_exception(raised);
        if exc.value().class() == Exc::TypeError.class()
            && v.class().slots().tp_iter.is_none()
            && v.class().slots().sq_item.is_none()
        {
            raise!(vm, TypeError, "Value after * must be an iterable, not {}", v.class().name())
        }
        return Err(vm.restore(exc));
    }
    Ok(())
}

fn dict_merge(vm: &Vm, dict: Ref<Dict>, other: Value, callable: Value) -> PyResult<()> {
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
        if k.downcast::<Str>().is_none() {
            raise!(vm, TypeError, "{} keywords must be strings", vm.callable_name(callable))
        }
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

fn unpack(m: &mut Interp, i: Instr) -> PyResult<()> {
    let vm = m.vm;
    let v = m.reg(i.b);
    let n = i.c as usize;
    let items: Option<&[Value]> = match (v.exact::<Tuple>(), v.exact::<List>()) {
        // SAFETY: the sequence stays alive in `v`; nothing below changes it.
        (Some(t), _) => Some(unsafe { &*(t.items() as *const [Value]) }),
        (_, Some(l)) => Some(unsafe { &*(l.items() as *const [Value]) }),
        _ => None,
    };
    if let Some(items) = items
        && items.len() == n
    {
        for (k, item) in items.iter().enumerate() {
            m.set(i.a + (n - 1 - k) as u16, *item);
        }
        return Ok(());
    }
    if let Some(items) = items {
        if items.len() < n {
            raise!(vm, ValueError, "not enough values to unpack (expected {n}, got {})", items.len())
        }
        raise!(vm, ValueError, "too many values to unpack (expected {n}, got {})", items.len())
    }
    let iter = unpack_iter(vm, v)?;
    for k in 0..n {
        match vm.next(iter)? {
            Some(item) => m.set(i.a + (n - 1 - k) as u16, item),
            None => raise!(vm, ValueError, "not enough values to unpack (expected {n}, got {k})"),
        }
    }
    if vm.next(iter)?.is_some() {
        if let Some(d) = v.downcast::<Dict>() {
            raise!(vm, ValueError, "too many values to unpack (expected {n}, got {})", d.len())
        }
        raise!(vm, ValueError, "too many values to unpack (expected {n})")
    }
    Ok(())
}

fn unpack_iter(vm: &Vm, v: Value) -> PyResult<Value> {
    vm.iter(v).map_err(|raised| {
        let exc = vm.take_exception(raised);
        let slots = v.class().slots();
        if exc.value().class() == Exc::TypeError.class() && slots.tp_iter.is_none() && slots.sq_item.is_none()
        {
            return vm.type_error(format!("cannot unpack non-iterable {} object", v.class().name()));
        }
        vm.restore(exc)
    })
}

fn unpack_ex(m: &mut Interp, i: Instr) -> PyResult<()> {
    let vm = m.vm;
    let v = m.reg(i.b);
    let (before, after) = ((i.c & 0xff) as usize, (i.c >> 8) as usize);
    let list = List::new(vm);
    let iter = unpack_iter(vm, v)?;
    while let Some(item) = vm.next(iter)? {
        list.push(vm, item);
    }
    let n = list.len();
    if n < before + after {
        let at_least = if after > 0 || before > 0 { "at least " } else { "" };
        raise!(vm, ValueError, "not enough values to unpack (expected {at_least}{}, got {n})", before + after)
    }
    let total = before + after + 1;
    let rest = List::from_slice(vm, &list.items()[before..n - after]);
    for k in 0..before {
        m.set(i.a + (total - 1 - k) as u16, list.get(k));
    }
    m.set(i.a + after as u16, rest.value());
    for k in 0..after {
        m.set(i.a + (after - 1 - k) as u16, list.get(n - after + k));
    }
    Ok(())
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
