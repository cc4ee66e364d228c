//! Attributes and methods of `code`.

use crate::builtins::code::{Code, Plain};
use crate::builtins::list::List;
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::error::PyResult;
use crate::object::{Ref, Value, ValueExt};
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_compiler::code::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL};
use adder_compiler::tables;
use adder_macros::pymethods;

fn names_of_kind(vm: &Vm, code: Ref<Code>, bit: u8) -> Value {
    let names = code.localsplusnames.get();
    let list = List::new(vm);
    for (i, kind) in code.plain.localspluskinds.iter().enumerate() {
        if kind & bit != 0 {
            list.push(vm, names.get(i));
        }
    }
    Tuple::from_slice(vm, list.items()).value()
}

/// Same type and value, so that 1, 1.0 and True differ (CPython's _PyCode_ConstantKey).
fn same_constant(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    if a.same(b) {
        return Ok(true);
    }
    if a.class() != b.class() {
        return Ok(false);
    }
    if let (Some(x), Some(y)) = (a.exact::<Tuple>(), b.exact::<Tuple>()) {
        if x.len() != y.len() {
            return Ok(false);
        }
        for i in 0..x.len() {
            if !same_constant(vm, x.get(i), y.get(i))? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if a.class().name() == "float" || a.class().name() == "complex" {
        return Ok(vm.repr_string(a)? == vm.repr_string(b)?);
    }
    vm.eq(a, b)
}

#[pymethods]
impl Code {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of code only.
        let c: Ref<Code> = unsafe { this.cast() };
        Ok(vm.new_str(&format!(
            "<code object {} at {:#x}, file \"{}\", line {}>",
            c.name.get(),
            vm.id(this),
            c.filename.get(),
            c.plain.firstlineno
        )))
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        let (Some(x), Some(y)) = (a.exact::<Code>(), b.exact::<Code>()) else { return Ok(not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let (p, q) = (&x.plain, &y.plain);
        let same = x.name.get().same_text(&y.name.get())
            && p.argcount == q.argcount
            && p.posonlyargcount == q.posonlyargcount
            && p.kwonlyargcount == q.kwonlyargcount
            && p.flags == q.flags
            && p.firstlineno == q.firstlineno
            && p.code == q.code
            && p.linetable == q.linetable
            && p.exceptiontable == q.exceptiontable
            && same_constant(vm, x.consts.get().value(), y.consts.get().value())?
            && vm.eq(x.names.get().value(), y.names.get().value())?
            && vm.eq(x.localsplusnames.get().value(), y.localsplusnames.get().value())?;
        Ok(bool_value(same == (op == CompareOp::Eq)))
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        // SAFETY: installed as a slot of code only.
        let c: Ref<Code> = unsafe { this.cast() };
        let parts = [
            vm.hash(c.name.get().value())?,
            vm.hash(c.names.get().value())?,
            vm.hash(c.localsplusnames.get().value())?,
            c.plain.argcount as i64,
            c.plain.firstlineno as i64,
            c.plain.code.len() as i64,
        ];
        Ok(adder_text::hash::hash_tuple(parts))
    }

    #[getter]
    fn co_name(_vm: &Vm, this: Ref<Code>) -> Ref<Str> {
        this.name.get()
    }

    #[getter]
    fn co_qualname(_vm: &Vm, this: Ref<Code>) -> Ref<Str> {
        this.qualname.get()
    }

    #[getter]
    fn co_filename(_vm: &Vm, this: Ref<Code>) -> Ref<Str> {
        this.filename.get()
    }

    #[getter]
    fn co_firstlineno(_vm: &Vm, this: Ref<Code>) -> i64 {
        this.plain.firstlineno as i64
    }

    #[getter]
    fn co_argcount(_vm: &Vm, this: Ref<Code>) -> i64 {
        this.plain.argcount as i64
    }

    #[getter]
    fn co_posonlyargcount(_vm: &Vm, this: Ref<Code>) -> i64 {
        this.plain.posonlyargcount as i64
    }

    #[getter]
    fn co_kwonlyargcount(_vm: &Vm, this: Ref<Code>) -> i64 {
        this.plain.kwonlyargcount as i64
    }

    #[getter]
    fn co_nlocals(_vm: &Vm, this: Ref<Code>) -> i64 {
        this.plain.nlocals as i64
    }

    #[getter]
    fn co_stacksize(_vm: &Vm, this: Ref<Code>) -> i64 {
        this.plain.stacksize as i64
    }

    #[getter]
    fn co_flags(_vm: &Vm, this: Ref<Code>) -> i64 {
        this.plain.flags as i64
    }

    #[getter]
    fn co_code(vm: &Vm, this: Ref<Code>) -> PyResult<Value> {
        vm.new_bytes(&this.plain.code)
    }

    #[getter]
    fn _co_code_adaptive(vm: &Vm, this: Ref<Code>) -> PyResult<Value> {
        vm.new_bytes(&this.plain.code)
    }

    #[getter]
    fn co_consts(_vm: &Vm, this: Ref<Code>) -> Ref<Tuple> {
        this.consts.get()
    }

    #[getter]
    fn co_names(_vm: &Vm, this: Ref<Code>) -> Ref<Tuple> {
        this.names.get()
    }

    #[getter]
    fn co_varnames(vm: &Vm, this: Ref<Code>) -> Value {
        names_of_kind(vm, this, CO_FAST_LOCAL)
    }

    #[getter]
    fn co_cellvars(vm: &Vm, this: Ref<Code>) -> Value {
        names_of_kind(vm, this, CO_FAST_CELL)
    }

    #[getter]
    fn co_freevars(vm: &Vm, this: Ref<Code>) -> Value {
        names_of_kind(vm, this, CO_FAST_FREE)
    }

    #[getter]
    fn co_linetable(vm: &Vm, this: Ref<Code>) -> PyResult<Value> {
        vm.new_bytes(&this.plain.linetable)
    }

    #[getter]
    fn co_exceptiontable(vm: &Vm, this: Ref<Code>) -> PyResult<Value> {
        vm.new_bytes(&this.plain.exceptiontable)
    }

    #[pymethod("($self, /)")]
    fn co_lines(vm: &Vm, this: Ref<Code>) -> PyResult<Value> {
        let list = List::new(vm);
        for (start, end, line) in tables::lines(&this.plain.linetable, this.plain.firstlineno) {
            let line = line.map_or(none(), |l| vm.int(l as i64));
            let row = [vm.int(start as i64), vm.int(end as i64), line];
            list.push(vm, Tuple::from_slice(vm, &row).value());
        }
        vm.iter(list.value())
    }

    #[pymethod("($self, /)")]
    fn co_positions(vm: &Vm, this: Ref<Code>) -> PyResult<Value> {
        let list = List::new(vm);
        let number = |n: Option<i32>| n.map_or(none(), |n| vm.int(n as i64));
        for p in tables::positions(&this.plain.linetable, this.plain.firstlineno) {
            let row = [number(p.line), number(p.end_line), number(p.col), number(p.end_col)];
            list.push(vm, Tuple::from_slice(vm, &row).value());
        }
        vm.iter(list.value())
    }

    #[pymethod("($self, /)")]
    fn co_branches(vm: &Vm, _this: Ref<Code>) -> PyResult<Value> {
        vm.iter(List::new(vm).value())
    }

    /// Return the local variable name for the given 'oparg'.
    #[pymethod("($self, /, oparg)")]
    fn _varname_from_oparg(vm: &Vm, this: Ref<Code>, oparg: usize) -> PyResult<Value> {
        match this.localsplusnames.get().items().get(oparg) {
            Some(n) => Ok(*n),
            None => Err(vm.index_error("tuple index out of range")),
        }
    }

    /// Return a copy of the code object with new values for the specified fields.
    #[pymethod]
    fn replace(vm: &Vm, this: Ref<Code>, args: crate::args::Args) -> PyResult<Value> {
        replace(vm, this, args)
    }

    #[pymethod]
    fn __replace__(vm: &Vm, this: Ref<Code>, args: crate::args::Args) -> PyResult<Value> {
        replace(vm, this, args)
    }
}

fn replace(vm: &Vm, this: Ref<Code>, args: crate::args::Args) -> PyResult<Value> {
    use crate::raise;
    if !args.pos().is_empty() {
        raise!(vm, TypeError, "replace() takes no positional arguments")
    }
    let mut p: Plain = (*this.plain).clone();
    let (mut name, mut qualname, mut filename) = (this.name.get(), this.qualname.get(), this.filename.get());
    let (mut consts, mut names) = (this.consts.get(), this.names.get());
    let locals = |bit: u8| names_of_kind(vm, this, bit).downcast::<Tuple>().expect("a tuple");
    let (mut varnames, mut cellvars, mut freevars) =
        (locals(CO_FAST_LOCAL), locals(CO_FAST_CELL), locals(CO_FAST_FREE));
    let mut layout_changed = false;
    for (key, v) in args.keywords() {
        let text =
            |v: Value| match v.downcast::<Str>() {
                Some(s) => Ok(s),
                None => Err(vm
                    .type_error(format!("replace() argument '{key}' must be str, not {}", v.class().name()))),
            };
        let tuple = |v: Value| match v.downcast::<Tuple>() {
            Some(t) => Ok(t),
            None => Err(
                vm.type_error(format!("replace() argument '{key}' must be tuple, not {}", v.class().name()))
            ),
        };
        let bytes = |v: Value| match vm.buffer_bytes(v)? {
            Some(b) => Ok(b),
            None => Err(
                vm.type_error(format!("replace() argument '{key}' must be bytes, not {}", v.class().name()))
            ),
        };
        let number = |v: Value| -> PyResult<u32> {
            match u32::try_from(vm.index_i128(v)?) {
                Ok(n) => Ok(n),
                Err(_) => Err(vm.value_error("code: argument must be a non-negative integer")),
            }
        };
        match key.to_string().as_str() {
            "co_argcount" => p.argcount = number(v)?,
            "co_posonlyargcount" => p.posonlyargcount = number(v)?,
            "co_kwonlyargcount" => p.kwonlyargcount = number(v)?,
            "co_nlocals" => {}
            "co_stacksize" => p.stacksize = number(v)?,
            "co_flags" => p.flags = number(v)?,
            "co_firstlineno" => p.firstlineno = vm.index_isize(v)? as i32,
            "co_code" => p.code = bytes(v)?,
            "co_consts" => consts = tuple(v)?,
            "co_names" => names = tuple(v)?,
            "co_varnames" => {
                varnames = tuple(v)?;
                layout_changed = true;
            }
            "co_cellvars" => {
                cellvars = tuple(v)?;
                layout_changed = true;
            }
            "co_freevars" => {
                freevars = tuple(v)?;
                layout_changed = true;
            }
            "co_filename" => filename = text(v)?,
            "co_name" => name = text(v)?,
            "co_qualname" => qualname = text(v)?,
            "co_linetable" => p.linetable = bytes(v)?,
            "co_exceptiontable" => p.exceptiontable = bytes(v)?,
            other => raise!(vm, TypeError, "replace() got an unexpected keyword argument '{other}'"),
        }
    }
    let mut localsplus = this.localsplusnames.get();
    if layout_changed {
        let all = List::from_slice(vm, varnames.items());
        let mut kinds = vec![CO_FAST_LOCAL; varnames.len()];
        for c in cellvars.items() {
            match varnames.items().iter().position(|n| n == c) {
                Some(i) => kinds[i] |= CO_FAST_CELL,
                None => {
                    all.push(vm, *c);
                    kinds.push(CO_FAST_CELL);
                }
            }
        }
        for f in freevars.items() {
            all.push(vm, *f);
            kinds.push(CO_FAST_FREE);
        }
        localsplus = Tuple::from_slice(vm, all.items());
        p.localspluskinds = kinds;
        p.nlocals = varnames.len() as u32;
        p.ncells = cellvars.len() as u32;
        p.nfrees = freevars.len() as u32;
    }
    Ok(Code::new(vm, name, qualname, filename, consts, names, localsplus, p).value())
}
