//! The module `builtins`.

use crate::args::{Args, NamedArgs};
use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::function::Function;
use crate::builtins::list::List;
use crate::builtins::module::Module;
use crate::builtins::singletons::{bool_value, ellipsis, false_, none, not_implemented, true_};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::PyResult;
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_compiler::options::Mode;
use adder_macros::pymodule;

/// Built-in functions, types, exceptions, and other objects.
///
/// This module provides direct access to all 'built-in'
/// identifiers of Python; for example, builtins.len is
/// the full name for the built-in function len().
#[pymodule]
pub mod builtins {
    use super::*;

    /// Return the absolute value of the argument.
    #[pyfunction("($module, x, /)")]
    fn abs(vm: &Vm, x: Value) -> PyResult<Value> {
        match x.class().slots().nb_absolute {
            Some(f) => f(vm, x),
            None => raise!(vm, TypeError, "bad operand type for abs(): '{}'", x.class().name()),
        }
    }

    /// Return True if bool(x) is True for all values x in the iterable.
    ///
    /// If the iterable is empty, return True.
    #[pyfunction("($module, iterable, /)")]
    fn all(vm: &Vm, iterable: Value) -> PyResult<bool> {
        let it = vm.iter(iterable)?;
        while let Some(v) = vm.next_untaken(it, &mut |v| v == true_())? {
            if !vm.truth(v)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Return True if bool(x) is True for any x in the iterable.
    ///
    /// If the iterable is empty, return False.
    #[pyfunction("($module, iterable, /)")]
    fn any(vm: &Vm, iterable: Value) -> PyResult<bool> {
        let it = vm.iter(iterable)?;
        while let Some(v) = vm.next_untaken(it, &mut |v| v == false_())? {
            if vm.truth(v)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Return an ASCII-only representation of an object.
    #[pyfunction("($module, obj, /)")]
    fn ascii(vm: &Vm, obj: Value) -> PyResult<Value> {
        vm.ascii(obj)
    }

    fn in_base(vm: &Vm, number: Value, spec: &str) -> PyResult<Value> {
        let i = vm.index_value(number)?;
        vm.format(i, Some(vm.new_str(spec)))
    }

    /// Return the binary representation of an integer.
    #[pyfunction("($module, integer, /)")]
    fn bin(vm: &Vm, integer: Value) -> PyResult<Value> {
        in_base(vm, integer, "#b")
    }

    /// Return the octal representation of an integer.
    #[pyfunction("($module, integer, /)")]
    fn oct(vm: &Vm, integer: Value) -> PyResult<Value> {
        in_base(vm, integer, "#o")
    }

    /// Return the hexadecimal representation of an integer.
    #[pyfunction("($module, integer, /)")]
    fn hex(vm: &Vm, integer: Value) -> PyResult<Value> {
        in_base(vm, integer, "#x")
    }

    /// Call sys.breakpointhook(*args, **kws).
    #[pyfunction]
    fn breakpoint(vm: &Vm, args: Args) -> PyResult<Value> {
        match vm.sys_get("breakpointhook") {
            Some(hook) => vm.call_args(hook, args),
            None => Err(vm.runtime_error("lost sys.breakpointhook")),
        }
    }

    /// Return whether the object is callable (i.e., some kind of function).
    #[pyfunction("($module, obj, /)")]
    fn callable(vm: &Vm, obj: Value) -> bool {
        vm.is_callable(obj)
    }

    /// Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.
    #[pyfunction("($module, i, /)")]
    fn chr(vm: &Vm, i: Value) -> PyResult<Value> {
        let code = vm.index_i128(i)?;
        if !(0..=0x10ffff).contains(&code) {
            return Err(vm.value_error("chr() arg not in range(0x110000)"));
        }
        Ok(vm.new_str_units(adder_text::units::Units::Four(&[code as u32]))?.value())
    }

    /// Return the ordinal value of a character.
    #[pyfunction("($module, character, /)")]
    fn ord(vm: &Vm, character: Value) -> PyResult<i64> {
        if let Some(s) = character.downcast::<Str>() {
            if s.len() == 1 {
                return Ok(s.char_at(0) as i64);
            }
            raise!(vm, TypeError, "ord() expected a character, but string of length {} found", s.len())
        }
        crate::builtins::more::ord_bytes(vm, character)
    }

    /// Compile source into a code object that can be executed by exec() or eval().
    #[pyfunction(
        "($module, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)"
    )]
    fn compile(
        vm: &Vm,
        source: Value,
        filename: Value,
        mode: Ref<Str>,
        flags: Option<i32>,
        dont_inherit: Option<bool>,
        optimize: Option<i32>,
        feature_version: Option<i32>,
    ) -> PyResult<Value> {
        crate::builtins::more::compile(
            vm,
            source,
            filename,
            mode,
            flags,
            dont_inherit,
            optimize,
            feature_version,
        )
    }

    /// Deletes the named attribute from the given object.
    #[pyfunction("($module, obj, name, /)")]
    fn delattr(vm: &Vm, obj: Value, name: Value) -> PyResult<()> {
        let name = attribute_name(vm, name)?;
        vm.del_attr(obj, name)
    }

    /// dir([object]) -> list of strings
    #[pyfunction("($module, object=None, /)")]
    fn dir(vm: &Vm, object: Option<Value>) -> PyResult<Value> {
        let names_list = match object {
            None => {
                let locals = locals(vm)?;
                vm.call_method(locals, names().keys, &[])?
            }
            Some(obj) => match vm.call_special(obj, names().__dir__, &[])? {
                Some(l) => l,
                None => raise!(vm, TypeError, "object does not provide __dir__"),
            },
        };
        sorted_list(vm, names_list, None, false)
    }

    /// Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.
    #[pyfunction("($module, x, y, /)")]
    fn divmod(vm: &Vm, x: Value, y: Value) -> PyResult<Value> {
        vm.binary_op(crate::protocol::BinaryOp::DivMod, x, y)
    }

    fn namespaces(
        vm: &Vm,
        what: &str,
        globals: Option<Value>,
        locals_arg: Option<Value>,
    ) -> PyResult<(Ref<Dict>, Value)> {
        let globals = globals.filter(|g| !g.is_none());
        let locals_arg = locals_arg.filter(|g| !g.is_none());
        let (g, l) = match globals {
            None => {
                let Some(g) = vm.current_globals() else {
                    raise!(vm, SystemError, "globals and locals cannot be NULL")
                };
                let l = match locals_arg {
                    Some(l) => l,
                    None => locals(vm)?,
                };
                (g, l)
            }
            Some(g) => {
                let Some(d) = g.downcast::<Dict>() else {
                    let kind = if what == "eval" && g.class().slots().mp_subscript.is_some() {
                        return Err(vm.type_error("globals must be a real dict; try eval(code, {}, mapping)"));
                    } else if what == "eval" {
                        "globals must be a dict".to_string()
                    } else {
                        format!("{what}() globals must be a dict, not {}", g.class().name())
                    };
                    return Err(vm.type_error(kind));
                };
                (d, locals_arg.unwrap_or(g))
            }
        };
        if l.class().slots().mp_subscript.is_none() {
            if what == "eval" {
                return Err(vm.type_error("locals must be a mapping"));
            }
            raise!(vm, TypeError, "{what}() locals must be a mapping or None, not {}", l.class().name())
        }
        if g.get_name(vm, names().__builtins__)?.is_none() {
            g.set_name(names().__builtins__, vm.builtins_module().dict().value());
        }
        Ok((g, l))
    }

    /// Evaluate the given source in the context of globals and locals.
    #[pyfunction("($module, source, /, globals=None, locals=None)")]
    fn eval(vm: &Vm, source: Value, globals: Option<Value>, locals: Option<Value>) -> PyResult<Value> {
        let (g, l) = namespaces(vm, "eval", globals, locals)?;
        let code = crate::builtins::more::code_of(vm, "eval", source, Mode::Eval)?;
        crate::sys_functions::audit(vm, "exec", &[code.value()])?;
        if code.plain.nfrees > 0 {
            return Err(vm.type_error("code object passed to eval() may not contain free variables"));
        }
        crate::import::run_code_in(vm, code, g, l)
    }

    /// Execute the given source in the context of globals and locals.
    #[pyfunction("($module, source, /, globals=None, locals=None, *, closure=None)")]
    fn exec_(
        vm: &Vm,
        source: Value,
        globals: Option<Value>,
        locals: Option<Value>,
        closure: Option<Value>,
    ) -> PyResult<()> {
        let (g, l) = namespaces(vm, "exec", globals, locals)?;
        let code = crate::builtins::more::code_of(vm, "exec", source, Mode::Exec)?;
        crate::sys_functions::audit(vm, "exec", &[code.value()])?;
        let closure = closure.filter(|c| !c.is_none());
        let f = Function::new(vm, code, g);
        let nfrees = code.plain.nfrees as usize;
        match closure {
            Some(c) => {
                if nfrees == 0 {
                    return Err(vm.type_error("cannot use a closure with this code object"));
                }
                let cells = c.exact::<Tuple>().filter(|t| {
                    t.len() == nfrees && t.items().iter().all(|c| c.is::<crate::builtins::function::Cell>())
                });
                match cells {
                    Some(t) => f.closure.set(f, Some(t)),
                    None => {
                        raise!(vm, TypeError, "code object requires a closure of exactly length {nfrees}")
                    }
                }
            }
            None if nfrees > 0 => {
                raise!(vm, TypeError, "code object requires a closure of exactly length {nfrees}")
            }
            None => {}
        }
        vm.run_code(f, l)?;
        Ok(())
    }

    /// Return type(value).__format__(value, format_spec)
    #[pyfunction("($module, value, format_spec='', /)")]
    fn format(vm: &Vm, value: Value, format_spec: Option<Ref<Str>>) -> PyResult<Value> {
        vm.format(value, format_spec.map(|s| s.value()))
    }

    fn attribute_name(vm: &Vm, name: Value) -> PyResult<Ref<Str>> {
        match name.downcast::<Str>() {
            Some(s) => Ok(vm.intern_ref(s)),
            None => raise!(vm, TypeError, "attribute name must be string, not '{}'", name.class().name()),
        }
    }

    /// getattr(object, name[, default]) -> value
    #[pyfunction("($module, object, name, default=None, /)")]
    fn getattr(vm: &Vm, object: Value, name: Value, default: Option<Value>) -> PyResult<Value> {
        let name = attribute_name(vm, name)?;
        match default {
            None => vm.get_attr(object, name),
            Some(d) => Ok(vm.get_attr_opt(object, name)?.unwrap_or(d)),
        }
    }

    /// Return the dictionary containing the current scope's global variables.
    #[pyfunction("($module, /)")]
    fn globals(vm: &Vm) -> Value {
        vm.current_globals().map_or(none(), |g| g.value())
    }

    /// Return whether the object has an attribute with the given name.
    #[pyfunction("($module, obj, name, /)")]
    fn hasattr(vm: &Vm, obj: Value, name: Value) -> PyResult<bool> {
        let name = attribute_name(vm, name)?;
        Ok(vm.get_attr_opt(obj, name)?.is_some())
    }

    /// Return the hash value for the given object.
    #[pyfunction("($module, obj, /)")]
    fn hash(vm: &Vm, obj: Value) -> PyResult<i64> {
        vm.hash(obj)
    }

    /// Return the identity of an object.
    #[pyfunction("($module, obj, /)")]
    fn id(vm: &Vm, obj: Value) -> PyResult<u64> {
        let id = vm.id(obj);
        if crate::sys_functions::audited() {
            crate::sys_functions::audit(vm, "builtins.id", &[vm.new_int(id as i128)])?;
        }
        Ok(id)
    }

    /// Read a string from standard input.  The trailing newline is stripped.
    #[pyfunction("($module, prompt='', /)")]
    fn input(vm: &Vm, prompt: Option<Value>) -> PyResult<Value> {
        crate::builtins::more::input(vm, prompt)
    }

    /// Return whether an object is an instance of a class or of a subclass thereof.
    #[pyfunction("($module, obj, class_or_tuple, /)")]
    fn isinstance(vm: &Vm, obj: Value, class_or_tuple: Value) -> PyResult<bool> {
        vm.isinstance(obj, class_or_tuple)
    }

    /// Return whether 'cls' is derived from another class or is the same class.
    #[pyfunction("($module, cls, class_or_tuple, /)")]
    fn issubclass(vm: &Vm, cls: Value, class_or_tuple: Value) -> PyResult<bool> {
        vm.issubclass(cls, class_or_tuple)
    }

    /// Get an iterator from an object.
    #[pyfunction("($module, object, sentinel=None, /)")]
    fn iter(vm: &Vm, object: Value, sentinel: Option<Value>) -> PyResult<Value> {
        match sentinel {
            None => vm.iter(object),
            Some(s) => {
                if !vm.is_callable(object) {
                    return Err(vm.type_error("iter(v, w): v must be callable"));
                }
                crate::builtins::more::callable_iterator(vm, object, s)
            }
        }
    }

    /// Return an AsyncIterator for an AsyncIterable object.
    #[pyfunction("($module, async_iterable, /)")]
    fn aiter(vm: &Vm, async_iterable: Value) -> PyResult<Value> {
        let Some(f) = async_iterable.class().slots().am_aiter else {
            raise!(vm, TypeError, "'{}' object is not an async iterable", async_iterable.class().name())
        };
        let it = f(vm, async_iterable)?;
        if it.class().slots().am_anext.is_none() {
            raise!(vm, TypeError, "aiter() returned not an async iterator of type '{}'", it.class().name())
        }
        Ok(it)
    }

    /// Return the next item from the async iterator.
    #[pyfunction("($module, async_iterator, default=None, /)")]
    fn anext(vm: &Vm, async_iterator: Value, default: Option<Value>) -> PyResult<Value> {
        let Some(f) = async_iterator.class().slots().am_anext else {
            raise!(vm, TypeError, "'{}' object is not an async iterator", async_iterator.class().name())
        };
        let awaitable = f(vm, async_iterator)?;
        match default {
            None => Ok(awaitable),
            Some(d) => crate::builtins::asyncgen::anext_with_default(vm, awaitable, d),
        }
    }

    /// Return the number of items in a container.
    #[pyfunction("($module, obj, /)")]
    fn len(vm: &Vm, obj: Value) -> PyResult<usize> {
        vm.len(obj)
    }

    /// Return a dictionary containing the current scope's local variables.
    #[pyfunction("($module, /)")]
    fn locals(vm: &Vm) -> PyResult<Value> {
        match crate::builtins::frame::current(vm, 0) {
            Some(f) => f.locals(vm),
            None => Err(vm.system_error("frame does not exist")),
        }
    }

    fn extreme(vm: &Vm, args: Args, name: &str, op: CompareOp) -> PyResult<Value> {
        let mut key = None;
        let mut default = None;
        for (k, v) in args.keywords() {
            if k.eq_str("key") {
                key = Some(v).filter(|v| !v.is_none());
            } else if k.eq_str("default") {
                default = Some(v);
            } else {
                raise!(vm, TypeError, "{name}() got an unexpected keyword argument '{k}'")
            }
        }
        let pos = args.pos();
        if pos.is_empty() {
            raise!(vm, TypeError, "{name} expected at least 1 argument, got 0")
        }
        if pos.len() > 1 && default.is_some() {
            raise!(vm, TypeError, "Cannot specify a default for {name}() with multiple positional arguments")
        }
        let mut best: Option<(Value, Value)> = None;
        let mut consider = |v: Value| -> PyResult<()> {
            let k = match key {
                Some(f) => vm.call(f, &[v])?,
                None => v,
            };
            match best {
                Some((_, bk)) if !vm.compare_bool(k, bk, op)? => {}
                _ => best = Some((v, k)),
            }
            Ok(())
        };
        if pos.len() == 1 {
            vm.iterate(pos[0], &mut consider)?;
        } else {
            for v in pos {
                consider(*v)?;
            }
        }
        match (best, default) {
            (Some((v, _)), _) => Ok(v),
            (None, Some(d)) => Ok(d),
            (None, None) => raise!(vm, ValueError, "{name}() iterable argument is empty"),
        }
    }

    /// max(iterable, *[, default=obj, key=func]) -> value
    /// max(arg1, arg2, *args, *[, key=func]) -> value
    #[pyfunction]
    fn max(vm: &Vm, args: Args) -> PyResult<Value> {
        extreme(vm, args, "max", CompareOp::Gt)
    }

    /// min(iterable, *[, default=obj, key=func]) -> value
    /// min(arg1, arg2, *args, *[, key=func]) -> value
    #[pyfunction]
    fn min(vm: &Vm, args: Args) -> PyResult<Value> {
        extreme(vm, args, "min", CompareOp::Lt)
    }

    /// next(iterator[, default])
    #[pyfunction("($module, iterator, default=None, /)")]
    fn next(vm: &Vm, iterator: Value, default: Option<Value>) -> PyResult<Value> {
        if iterator.class().slots().tp_iternext.is_none() {
            raise!(vm, TypeError, "'{}' object is not an iterator", iterator.class().name())
        }
        match (vm.next_or_stop(iterator), default) {
            (Ok(Some(v)), _) => Ok(v),
            (Ok(None), Some(d)) => Ok(d),
            (Ok(None), None) => Err(vm.stop_iteration(None)),
            (Err(raised), Some(d)) => {
                vm.swallow(raised, Exc::StopIteration)?;
                Ok(d)
            }
            (Err(raised), None) => Err(raised),
        }
    }

    /// Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.
    #[pyfunction("($module, base, exp, mod=None)")]
    fn pow(vm: &Vm, base: Value, exp: Value, modulus: Option<Value>) -> PyResult<Value> {
        vm.power(base, exp, modulus.unwrap_or(none()))
    }

    /// Prints the values to a stream, or to sys.stdout by default.
    #[pyfunction("($module, *args, sep=' ', end='\\n', file=None, flush=False)")]
    fn print(
        vm: &Vm,
        sep: Option<Value>,
        end: Option<Value>,
        file: Option<Value>,
        flush: Option<bool>,
        args: Ref<Tuple>,
    ) -> PyResult<()> {
        let file = match file.filter(|f| !f.is_none()) {
            Some(f) => f,
            None => match vm.sys_get("stdout") {
                Some(f) if f.is_none() => return Ok(()),
                Some(f) => f,
                None => return Err(vm.runtime_error("lost sys.stdout")),
            },
        };
        let text = |v: Option<Value>, what: &str, default: &str| -> PyResult<Value> {
            match v.filter(|v| !v.is_none()) {
                None => Ok(vm.new_str(default)),
                Some(v) if v.downcast::<Str>().is_some() => Ok(v),
                Some(v) => raise!(vm, TypeError, "{what} must be None or a string, not {}", v.class().name()),
            }
        };
        let (sep, end) = (text(sep, "sep", " ")?, text(end, "end", "\n")?);
        let write = vm.get_attr(file, names().write)?;
        for (i, v) in args.items().iter().enumerate() {
            if i > 0 {
                vm.call(write, &[sep])?;
            }
            let s = vm.str(*v)?;
            vm.call(write, &[s.value()])?;
        }
        vm.call(write, &[end])?;
        if flush == Some(true) {
            vm.call_method(file, names().flush, &[])?;
        }
        Ok(())
    }

    /// Return the canonical string representation of the object.
    #[pyfunction("($module, obj, /)")]
    fn repr(vm: &Vm, obj: Value) -> PyResult<Value> {
        vm.repr(obj)
    }

    /// Round a number to a given precision in decimal digits.
    #[pyfunction("($module, number, ndigits=None)")]
    fn round(vm: &Vm, number: Value, ndigits: Option<Value>) -> PyResult<Value> {
        let r = match ndigits.filter(|n| !n.is_none()) {
            None => vm.call_special(number, names().__round__, &[])?,
            Some(n) => vm.call_special(number, names().__round__, &[n])?,
        };
        match r {
            Some(v) => Ok(v),
            None => raise!(vm, TypeError, "type {} doesn't define __round__ method", number.class().name()),
        }
    }

    /// Sets the named attribute on the given object to the specified value.
    #[pyfunction("($module, obj, name, value, /)")]
    fn setattr(vm: &Vm, obj: Value, name: Value, value: Value) -> PyResult<()> {
        let name = attribute_name(vm, name)?;
        vm.set_attr(obj, name, value)
    }

    fn sorted_list(vm: &Vm, iterable: Value, key: Option<Value>, reverse: bool) -> PyResult<Value> {
        let list = List::new(vm);
        vm.list_extend(list, iterable)?;
        crate::builtins::more::sort(vm, list, key, reverse)?;
        Ok(list.value())
    }

    /// Return a new list containing all items from the iterable in ascending order.
    #[pyfunction("($module, iterable, /, *, key=None, reverse=False)")]
    fn sorted(vm: &Vm, iterable: Value, key: Option<Value>, reverse: Option<bool>) -> PyResult<Value> {
        sorted_list(vm, iterable, key.filter(|k| !k.is_none()), reverse == Some(true))
    }

    /// Return the sum of a 'start' value (default: 0) plus an iterable of numbers
    #[pyfunction("($module, iterable, /, start=0)")]
    fn sum(vm: &Vm, iterable: Value, start: Option<Value>) -> PyResult<Value> {
        crate::builtins::more::sum(vm, iterable, start)
    }

    /// vars([object]) -> dictionary
    #[pyfunction("($module, object=None, /)")]
    fn vars(vm: &Vm, object: Option<Value>) -> PyResult<Value> {
        match object {
            None => locals(vm),
            Some(obj) => match vm.get_attr_opt(obj, names().__dict__)? {
                Some(d) => Ok(d),
                None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
            },
        }
    }

    /// Import a module.
    #[pyfunction("($module, name, globals=None, locals=None, fromlist=(), level=0)")]
    fn __import__(
        vm: &Vm,
        name: Value,
        globals: Option<Value>,
        _locals: Option<Value>,
        fromlist: Option<Value>,
        level: Option<i32>,
    ) -> PyResult<Value> {
        let Some(name) = name.downcast::<Str>() else {
            return Err(vm.type_error("module name must be a string"));
        };
        let globals = globals.filter(|g| !g.is_none());
        crate::import::import_level(
            vm,
            vm.intern_ref(name),
            globals,
            fromlist.unwrap_or(none()),
            level.unwrap_or(0) as i64,
        )
    }

    /// Internal helper function used by the class statement.
    #[pyfunction]
    fn __build_class__(vm: &Vm, args: Args) -> PyResult<Value> {
        build_class(vm, args)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        super::fill(vm, m)
    }
}

/// Constants, classes and exceptions of `builtins`.
fn fill(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
    let d = m.dict();
    d.set_str(vm, "None", none());
    d.set_str(vm, "True", true_());
    d.set_str(vm, "False", false_());
    d.set_str(vm, "Ellipsis", ellipsis());
    d.set_str(vm, "NotImplemented", not_implemented());
    d.set_str(vm, "__debug__", bool_value(vm.config.optimize == 0));
    for (name, class) in exceptions::all() {
        d.set_str(vm, name, class.value());
    }
    d.set_str(vm, "EnvironmentError", Exc::OSError.class().value());
    d.set_str(vm, "IOError", Exc::OSError.class().value());
    use crate::builtins::*;
    macro_rules! classes {
        ($($name:literal $t:path,)*) => {$(d.set_str(vm, $name, <$t as Object>::class().value());)*};
    }
    classes! {
        "object" object::Object, "type" type_::Type, "int" int::Int, "bool" int::Bool, "float" float::FloatObject,
        "str" str_::Str, "tuple" tuple::Tuple, "list" list::List, "dict" dict::Dict, "range" range::Range,
        "staticmethod" function::StaticMethod, "classmethod" function::ClassMethod, "super" super_::Super,
        "complex" complex_::Complex, "slice" slice_::Slice, "enumerate" enumerate::Enumerate,
        "reversed" enumerate::Reversed, "zip" enumerate::Zip, "map" enumerate::Map, "filter" enumerate::Filter,
    }
    more::add_builtins(vm, d);
    text_types::add_builtins(vm, d);
    Ok(())
}

fn build_class(vm: &Vm, args: Args) -> PyResult<Value> {
    let [body, name, orig_bases @ ..] = args.pos() else {
        return Err(vm.type_error("__build_class__: not enough arguments"));
    };
    let Some(body) = body.exact::<Function>() else {
        return Err(vm.type_error("__build_class__: func must be a function"));
    };
    if name.downcast::<Str>().is_none() {
        return Err(vm.type_error("__build_class__: name is not a string"));
    }
    let orig = Tuple::from_slice(vm, orig_bases);
    let bases = update_bases(vm, orig)?;
    let kwargs = args.keyword_dict(vm)?;
    let explicit = kwargs.remove(vm, names().metaclass.value())?;
    let mut meta = match explicit {
        Some(m) => m,
        None => match bases.items().first() {
            Some(b) => b.class().value(),
            None => Type::class().value(),
        },
    };
    if let Some(t) = meta.downcast::<Type>() {
        meta = crate::type_new::calculate_metaclass(vm, t, bases.items())?.value();
    }
    let keyword_values = |first: &[Value]| -> PyResult<(Ref<List>, Option<Ref<Tuple>>)> {
        let values = List::from_slice(vm, first);
        let keys = List::new(vm);
        for i in 0..kwargs.slots() {
            if let Some((k, v)) = kwargs.entry(i) {
                keys.push(vm, k);
                values.push(vm, v);
            }
        }
        let names = if keys.len() > 0 { Some(Tuple::from_slice(vm, keys.items())) } else { None };
        Ok((values, names))
    };
    let ns = match vm.get_attr_opt(meta, names().__prepare__)? {
        None => Dict::new(vm).value(),
        Some(prepare) => {
            let (values, keys) = keyword_values(&[*name, bases.value()])?;
            vm.call_args(prepare, NamedArgs::new(values.items(), keys).args())?
        }
    };
    if ns.class().slots().mp_subscript.is_none() {
        let meta_name = meta.downcast::<Type>().map_or("<metaclass>".to_string(), |t| t.name());
        raise!(vm, TypeError, "{meta_name}.__prepare__() must return a mapping, not {}", ns.class().name())
    }
    let cell = vm.run_code(body, ns)?;
    if bases != orig {
        vm.set_item(ns, names().__orig_bases__.value(), orig.value())?;
    }
    let (values, keys) = keyword_values(&[*name, bases.value(), ns])?;
    let class = vm.call_args(meta, NamedArgs::new(values.items(), keys).args())?;
    if let Some(cell) = cell.exact::<crate::builtins::function::Cell>()
        && class.downcast::<Type>().is_some()
    {
        match cell.get() {
            None => raise!(
                vm,
                RuntimeError,
                "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                vm.repr_string(*name)?,
                vm.repr_string(class)?
            ),
            Some(c) if c != class => raise!(
                vm,
                TypeError,
                "__class__ set to {} defining {} as {}",
                vm.repr_string(c)?,
                vm.repr_string(*name)?,
                vm.repr_string(class)?
            ),
            Some(_) => {}
        }
    }
    Ok(class)
}

/// `__mro_entries__` of bases that are not classes.
fn update_bases(vm: &Vm, bases: Ref<Tuple>) -> PyResult<Ref<Tuple>> {
    let mut changed = false;
    let out = List::new(vm);
    for b in bases.items() {
        if b.downcast::<Type>().is_some() {
            out.push(vm, *b);
            continue;
        }
        match vm.get_attr_opt(*b, names().__mro_entries__)? {
            None => out.push(vm, *b),
            Some(f) => {
                let entries = vm.call(f, &[bases.value()])?;
                let Some(t) = entries.downcast::<Tuple>() else {
                    return Err(vm.type_error("__mro_entries__ must return a tuple"));
                };
                out.extend_slice(vm, t.items())?;
                changed = true;
            }
        }
    }
    Ok(if changed { Tuple::from_slice(vm, out.items()) } else { bases })
}
