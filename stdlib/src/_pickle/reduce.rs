//! Pickling: what `__reduce_ex__` gives, and objects that are found by their names.

use super::op;
use super::save::Save;
use super::state::{self, attribute_at, noted, type_name};
use adder_vm::args::NamedArgs;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::{BaseException, Exc};
use adder_vm::builtins::list::List;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::error::{PyResult, Raised};
use adder_vm::import::import_module;
use adder_vm::names::names;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::vm::Vm;

/// The attribute, or None for an AttributeError.
fn attribute_opt(vm: &Vm, obj: Value, path: &str) -> PyResult<Option<Value>> {
    match attribute_at(vm, obj, path) {
        Ok(v) => Ok(Some(v)),
        Err(raised) => vm.swallow(raised, Exc::AttributeError).map(|()| None),
    }
}

impl Save<'_> {
    fn error<T>(&self, message: impl AsRef<str>) -> PyResult<T> {
        Err(state::pickling_error(self.vm, message.as_ref()))
    }

    /// What a reducer has given: a name, or the arguments of `save_reduce`.
    pub fn save_reduced(&self, obj: Value, reduced: Value) -> PyResult<()> {
        if let Some(name) = reduced.downcast::<Str>() {
            return self.save_global(obj, Some(name));
        }
        let saved = match reduced.downcast::<Tuple>() {
            None => self.error(format!(
                "__reduce__ must return a string or tuple, not {}",
                type_name(self.vm, reduced)
            )),
            Some(t) if !(2..=6).contains(&t.len()) => {
                self.error("tuple returned by __reduce__ must contain 2 through 6 elements")
            }
            Some(t) => self.save_reduce(t.items(), Some(obj)),
        };
        noted(self.vm, saved, || format!("when serializing {} object", type_name(self.vm, obj)))
    }

    /// How to make an object: a callable, its arguments, then state, list items, dict items, state setter.
    pub fn save_reduce(&self, parts: &[Value], obj: Option<Value>) -> PyResult<()> {
        let vm = self.vm;
        let part = |i: usize| parts.get(i).copied().filter(|v| !v.is_none());
        let (func, args) = (parts[0], parts[1]);
        if !vm.is_callable(func) {
            let class = type_name(vm, func);
            return self.error(format!(
                "first item of the tuple returned by __reduce__ must be callable, not {class}"
            ));
        }
        let Some(arguments) = args.downcast::<Tuple>() else {
            let class = type_name(vm, args);
            return self.error(format!(
                "second item of the tuple returned by __reduce__ must be a tuple, not {class}"
            ));
        };
        let checked = |v: Option<Value>, what: &str| match v {
            Some(v) if v.class().slots().tp_iternext.is_none() => {
                let class = type_name(vm, v);
                self.error(format!(
                    "{what} item of the tuple returned by __reduce__ must be an iterator, not {class}"
                ))
            }
            v => Ok(v),
        };
        let list_items = checked(part(3), "fourth")?;
        let dict_items = checked(part(4), "fifth")?;
        if let Some(setter) = part(5)
            && !vm.is_callable(setter)
        {
            let class = type_name(vm, setter);
            return self.error(format!(
                "sixth item of the tuple returned by __reduce__ must be callable, not {class}"
            ));
        }
        let whole = obj.unwrap_or(func);
        let name = match self.proto >= 2 {
            true => vm.get_attr_opt(func, names().__name__)?.and_then(|n| n.downcast::<Str>()),
            false => None,
        };
        match name {
            Some(n) if n.eq_str("__newobj_ex__") => self.save_newobj_ex(arguments, obj, whole)?,
            Some(n) if n.eq_str("__newobj__") => self.save_newobj(arguments, obj, whole)?,
            _ => {
                self.save_part(func, whole, "reconstructor")?;
                self.save_part(args, whole, "reconstructor arguments")?;
                self.put_code(op::REDUCE);
            }
        }
        if let Some(obj) = obj {
            // A recursive object has got into the memo meanwhile: that one is used.
            match self.number_of(obj) {
                Some(number) => {
                    self.put_code(op::POP);
                    self.put_get(number);
                }
                None => self.memoize(obj),
            }
        }
        if let Some(items) = list_items {
            self.append_items(items, whole)?;
        }
        if let Some(items) = dict_items {
            self.set_items(items, whole)?;
        }
        let Some(state) = part(2) else { return Ok(()) };
        match part(5) {
            None => {
                self.save_part(state, whole, "state")?;
                self.put_code(op::BUILD);
            }
            Some(setter) => {
                // `setter(obj, state)`, whose result is thrown away.
                self.save_part(setter, whole, "state setter")?;
                self.save(whole)?;
                self.save_part(state, whole, "state")?;
                self.put(&[op::TUPLE2, op::REDUCE, op::POP]);
            }
        }
        Ok(())
    }

    /// The class that `__newobj__` is given must be the object's.
    fn check_new(&self, function: &str, class: Value, obj: Option<Value>) -> PyResult<()> {
        let vm = self.vm;
        if vm.get_attr_opt(class, names().__new__)?.is_none() {
            return self.error(format!("first argument to {function}() has no __new__"));
        }
        if let Some(obj) = obj {
            let own = vm.get_attr(obj, names().__class__)?;
            if own != class {
                let (own, class) = (vm.repr_string(own)?, vm.repr_string(class)?);
                return self.error(format!("first argument to {function}() must be {own}, not {class}"));
            }
        }
        Ok(())
    }

    fn save_newobj(&self, args: Ref<Tuple>, obj: Option<Value>, whole: Value) -> PyResult<()> {
        let vm = self.vm;
        if args.is_empty() {
            return self.error("__newobj__ expected at least 1 argument, got 0");
        }
        let class = args.get(0);
        self.check_new("__newobj__", class, obj)?;
        self.save_part(class, whole, "class")?;
        let rest = Tuple::from_slice(vm, &args.items()[1..]).value();
        self.save_part(rest, whole, "__new__ arguments")?;
        self.put_code(op::NEWOBJ);
        Ok(())
    }

    fn save_newobj_ex(&self, args: Ref<Tuple>, obj: Option<Value>, whole: Value) -> PyResult<()> {
        let vm = self.vm;
        let [class, new_args, keywords] = args.items()[..] else {
            return self.error(format!("__newobj_ex__ expected 3 arguments, got {}", args.len()));
        };
        self.check_new("__newobj_ex__", class, obj)?;
        for (v, wanted, is_it, which) in [
            (new_args, "tuple", new_args.downcast::<Tuple>().is_some(), "second"),
            (keywords, "dict", keywords.downcast::<Dict>().is_some(), "third"),
        ] {
            if !is_it {
                let given = type_name(vm, v);
                return self
                    .error(format!("{which} argument to __newobj_ex__() must be a {wanted}, not {given}"));
            }
        }
        if self.proto >= 4 {
            self.save_part(class, whole, "class")?;
            self.save_part(new_args, whole, "__new__ arguments")?;
            self.save_part(keywords, whole, "__new__ arguments")?;
            self.put_code(op::NEWOBJ_EX);
            return Ok(());
        }
        // partial(cls.__new__, cls, *args, **keywords)()
        let functools = import_module(vm, "functools")?;
        let partial = vm.get_attr_str(functools, "partial")?;
        let new = vm.get_attr(class, names().__new__)?;
        let positional = List::from_slice(vm, &[new, class]);
        positional.extend_slice(vm, new_args.downcast::<Tuple>().expect("checked").items())?;
        let bound = apply(vm, partial, positional, keywords)?;
        self.save_part(bound, whole, "reconstructor")?;
        self.save(Tuple::empty().value())?;
        self.put_code(op::REDUCE);
        Ok(())
    }

    /// Saves a reference to an object by module and name.
    pub fn save_global(&self, obj: Value, name: Option<Ref<Str>>) -> PyResult<()> {
        let vm = self.vm;
        let name = match name {
            Some(n) => n.value(),
            None => match vm.get_attr_opt(obj, names().__qualname__)? {
                Some(n) => n,
                None => vm.get_attr(obj, names().__name__)?,
            },
        };
        let Some(name) = name.downcast::<Str>() else {
            let shown = vm.repr_string(obj)?;
            return self.error(format!("Can't pickle {shown}: its name is not a str"));
        };
        let module = self.module_of(obj, name)?;
        if self.proto >= 2 {
            let key = Tuple::from_slice(vm, &[module.value(), name.value()]).value();
            if let Some(code) = state::copyreg(vm, "_extension_registry")?.get_item(vm, key)? {
                return self.put_extension(code);
            }
        }
        if self.proto >= 4 {
            self.save(module.value())?;
            self.save(name.value())?;
            self.put_code(op::STACK_GLOBAL);
        } else {
            // Of a path, getattr(getattr(module.first, second), ...).
            let path = self.encoded(name, "global")?;
            let mut parts = path.split('.');
            let first = vm.intern_str(parts.next().unwrap_or_default());
            for _ in parts.clone() {
                self.save(vm.original_builtin("getattr")?)?;
                if self.proto < 2 {
                    self.put_code(op::MARK);
                }
            }
            self.put_global(module, first)?;
            for part in parts {
                self.save(vm.intern_str(part).value())?;
                self.put(&[if self.proto < 2 { op::TUPLE } else { op::TUPLE2 }, op::REDUCE]);
            }
        }
        self.memoize(obj);
        Ok(())
    }

    fn put_extension(&self, code: Value) -> PyResult<()> {
        let vm = self.vm;
        let code = vm.index_value(code)?;
        match vm.int_to_i64(code).unwrap_or(0) {
            n @ 1..=0xff => self.put(&[op::EXT1, n as u8]),
            n @ 0x100..=0xffff => self.put(&[op::EXT2, n as u8, (n >> 8) as u8]),
            n @ 0x10000..=0x7fff_ffff => {
                self.put_code(op::EXT4);
                self.put(&(n as u32).to_le_bytes());
            }
            _ => {
                let shown = vm.repr_string(code)?;
                return Err(vm.runtime_error(format!("extension code {shown} is out of range")));
            }
        }
        Ok(())
    }

    /// GLOBAL, under the names of Python 2 if that is to read the pickle.
    fn put_global(&self, module: Ref<Str>, name: Ref<Str>) -> PyResult<()> {
        let vm = self.vm;
        let (module, name) = match self.p.fix_imports.get() {
            true => state::renamed(vm, module, name, "REVERSE_NAME_MAPPING", "REVERSE_IMPORT_MAPPING")?,
            false => (module, name),
        };
        let module = self.encoded(module, "module")?;
        let name = self.encoded(name, "global")?;
        self.put(format!("c{module}\n{name}\n").as_bytes());
        Ok(())
    }

    /// A name as the protocol writes it.
    fn encoded(&self, name: Ref<Str>, what: &str) -> PyResult<String> {
        match name.to_utf8() {
            Some(t) if self.proto >= 3 || t.is_ascii() => Ok(t),
            _ => Err(self.not_encodable(name, what)),
        }
    }

    fn not_encodable(&self, name: Ref<Str>, what: &str) -> Raised {
        let vm = self.vm;
        let encoding = vm.new_str(if self.proto >= 3 { "utf-8" } else { "ascii" });
        let failed = match vm.call_method(name.value(), names().encode, &[encoding]) {
            Err(raised) => vm.take_exception(raised),
            Ok(_) => return state::pickling_error(vm, "can't pickle an identifier"),
        };
        let shown = match vm.repr_string(name.value()) {
            Ok(shown) => shown,
            Err(raised) => return raised,
        };
        let proto = self.proto;
        self.because(failed, format!("can't pickle {what} identifier {shown} using pickle protocol {proto}"))
    }

    /// The module where the object is found under its name (`whichmodule`).
    fn module_of(&self, obj: Value, name: Ref<Str>) -> PyResult<Ref<Str>> {
        let vm = self.vm;
        let Some(path) = name.to_utf8() else { return Err(self.not_encodable(name, "global")) };
        let shown = || vm.repr_string(obj);
        if path.split('.').any(|part| part == "<locals>") {
            return self.error(format!("Can't pickle local object {}", shown()?));
        }
        let module = match vm.get_attr_opt(obj, names().__module__)?.filter(|m| !m.is_none()) {
            Some(m) => m,
            None => return self.search_modules(obj, &path),
        };
        let Some(module) = module.downcast::<Str>() else {
            return self.error(format!("Can't pickle {}: its __module__ is not a str", shown()?));
        };
        let Some(module_name) = module.to_utf8() else { return Err(self.not_encodable(module, "module")) };
        let found = match import_module(vm, &module_name) {
            Ok(m) => m,
            Err(raised) => {
                let exc = vm.take_exception(raised);
                let class = exc.value().class();
                if ![Exc::ImportError, Exc::ValueError, Exc::KeyError]
                    .iter()
                    .any(|e| class.is_subclass_of(e.class()))
                {
                    return Err(vm.restore(exc));
                }
                let why = vm.str(exc.value())?;
                return Err(self.because(exc, format!("Can't pickle {}: {why}", shown()?)));
            }
        };
        match attribute_at(vm, found, &path) {
            Ok(v) if v == obj => Ok(module),
            Ok(_) => self.error(format!(
                "Can't pickle {}: it's not the same object as {module_name}.{path}",
                shown()?
            )),
            Err(raised) => {
                let exc = vm.take_exception(raised);
                if !exc.value().class().is_subclass_of(Exc::AttributeError.class()) {
                    return Err(vm.restore(exc));
                }
                let message = format!("Can't pickle {}: it's not found as {module_name}.{path}", shown()?);
                Err(self.because(exc, message))
            }
        }
    }

    /// A PicklingError while another exception is handled.
    fn because(&self, context: Ref<BaseException>, message: String) -> Raised {
        let vm = self.vm;
        let new = vm.take_exception(state::pickling_error(vm, &message));
        new.context.set(new, Some(context));
        vm.restore(new)
    }

    /// Looks for an object without `__module__` everywhere.
    fn search_modules(&self, obj: Value, path: &str) -> PyResult<Ref<Str>> {
        let vm = self.vm;
        // Attributes of modules may be made by importing others.
        let modules = vm.modules().copy(vm);
        for i in 0..modules.slots() {
            let Some((name, module)) = modules.entry(i) else { continue };
            let Some(name) = name.downcast::<Str>() else { continue };
            if module.is_none() || name.eq_str("__main__") || name.eq_str("__mp_main__") {
                continue;
            }
            if attribute_opt(vm, module, path)? == Some(obj) {
                return Ok(name);
            }
        }
        let main = vm.intern_str("__main__");
        let module = import_module(vm, "__main__")?;
        match attribute_at(vm, module, path) {
            Ok(v) if v == obj => Ok(main),
            Ok(_) => self.error(format!(
                "Can't pickle {}: it's not the same object as __main__.{path}",
                vm.repr_string(obj)?
            )),
            Err(raised) => {
                let exc = vm.take_exception(raised);
                if !exc.value().class().is_subclass_of(Exc::AttributeError.class()) {
                    return Err(vm.restore(exc));
                }
                let shown = vm.repr_string(obj)?;
                Err(self.because(exc, format!("Can't pickle {shown}: it's not found as __main__.{path}")))
            }
        }
    }
}

/// `f(*values, **keywords)`; the values of the keywords go into the list, too.
pub fn apply(vm: &Vm, f: Value, values: Ref<List>, keywords: Value) -> PyResult<Value> {
    let names = List::new(vm);
    if let Some(d) = keywords.downcast::<Dict>() {
        for i in 0..d.slots() {
            let Some((name, value)) = d.entry(i) else { continue };
            if name.downcast::<Str>().is_none() {
                return Err(vm.type_error("keywords must be strings"));
            }
            names.push(vm, name);
            values.push(vm, value);
        }
    }
    if names.is_empty() {
        return vm.call(f, values.items());
    }
    let names = Tuple::from_slice(vm, names.items());
    vm.call_args(f, NamedArgs::new(values.items(), Some(names)).args())
}
