//! `_symtable`: the compiler's symbol tables as objects.

use adder_compiler::options::{Mode, Options};
use adder_compiler::symtable::{self as tables, SymbolTable};
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::list::List;
use adder_vm::builtins::str_::Str;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::vm::Vm;

#[pyclass(name = "symtable entry")]
#[repr(C)]
pub struct Entry {
    h: LongHeader,
    name: Field<Value>,
    symbols: Field<Value>,
    varnames: Field<Value>,
    children: Field<Value>,
    lineno: u32,
    kind: u8,
    nested: bool,
}

impl Entry {
    fn make(vm: &Vm, table: &SymbolTable) -> PyResult<Value> {
        vm.check_native_stack()?;
        let name = vm.intern_str(&table.name).value();
        let symbols = Dict::new(vm);
        for (name, flags) in &table.symbols {
            symbols.set_name(vm.intern_str(name), vm.int(*flags as i64));
        }
        let varnames = List::new(vm);
        for name in &table.varnames {
            varnames.push(vm, vm.intern_str(name).value());
        }
        let children = List::new(vm);
        for child in &table.children {
            children.push(vm, Entry::make(vm, child)?);
        }
        let init = Entry {
            h: LongHeader::new(),
            name: Field::new(name),
            symbols: Field::new(symbols.value()),
            varnames: Field::new(varnames.value()),
            children: Field::new(children.value()),
            lineno: table.lineno,
            kind: table.kind as u8,
            nested: table.nested,
        };
        Ok(vm.new_instance(Entry::class(), init)?.value())
    }
}

#[pymethods]
impl Entry {
    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let e = this.downcast::<Entry>().expect("the receiver is an entry");
        let name = vm.str(e.name.get())?.to_string();
        Ok(vm.new_str(&format!("<symtable entry {name}({}), line {}>", vm.id(this), e.lineno)))
    }

    #[getter]
    fn id(vm: &Vm, this: Ref<Entry>) -> Value {
        vm.new_int(vm.id(this.value()) as i128)
    }

    #[getter]
    fn name(_: &Vm, this: Ref<Entry>) -> Value {
        this.name.get()
    }

    #[getter]
    fn symbols(_: &Vm, this: Ref<Entry>) -> Value {
        this.symbols.get()
    }

    #[getter]
    fn varnames(_: &Vm, this: Ref<Entry>) -> Value {
        this.varnames.get()
    }

    #[getter]
    fn children(_: &Vm, this: Ref<Entry>) -> Value {
        this.children.get()
    }

    #[getter]
    fn nested(_: &Vm, this: Ref<Entry>) -> i64 {
        this.nested as i64
    }

    #[getter(name = "type")]
    fn kind(_: &Vm, this: Ref<Entry>) -> i64 {
        this.kind as i64
    }

    #[getter]
    fn lineno(_: &Vm, this: Ref<Entry>) -> i64 {
        this.lineno as i64
    }
}

/// Symbol tables of the compiler.
#[pymodule]
pub mod _symtable {
    use super::*;
    use adder_vm::builtins::module::Module;
    use adder_vm::builtins::more::{file_name, source_text};
    use adder_vm::type_new::ready_class;

    /// Return symbol and scope dictionaries used internally by compiler.
    #[pyfunction("($module, source, filename, startstr, /)")]
    fn symtable(vm: &Vm, source: Value, filename: Value, startstr: Ref<Str>) -> PyResult<Value> {
        let filename = file_name(vm, filename)?;
        let mode = match startstr.to_string().as_str() {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            _ => {
                return Err(vm.value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'"));
            }
        };
        let text = source_text(vm, source, "symtable")?;
        match tables::symtable(&text, &filename, mode, &Options::default()) {
            Ok(table) => Entry::make(vm, &table),
            Err(e) => Err(adder_vm::compile::syntax_error(vm, &e, &filename)),
        }
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        ready_class::<Entry>(vm);
        for (name, value) in [
            ("USE", tables::USE),
            ("DEF_GLOBAL", tables::DEF_GLOBAL),
            ("DEF_NONLOCAL", tables::DEF_NONLOCAL),
            ("DEF_LOCAL", tables::DEF_LOCAL),
            ("DEF_PARAM", tables::DEF_PARAM),
            ("DEF_TYPE_PARAM", tables::DEF_TYPE_PARAM),
            ("DEF_FREE_CLASS", tables::DEF_FREE_CLASS),
            ("DEF_IMPORT", tables::DEF_IMPORT),
            ("DEF_BOUND", tables::DEF_BOUND),
            ("DEF_ANNOT", tables::DEF_ANNOT),
            ("DEF_COMP_ITER", tables::DEF_COMP_ITER),
            ("DEF_COMP_CELL", tables::DEF_COMP_CELL),
            ("TYPE_FUNCTION", 0),
            ("TYPE_CLASS", 1),
            ("TYPE_MODULE", 2),
            ("TYPE_ANNOTATION", 3),
            ("TYPE_TYPE_ALIAS", 4),
            ("TYPE_TYPE_PARAMETERS", 5),
            ("TYPE_TYPE_VARIABLE", 6),
            ("LOCAL", 1),
            ("GLOBAL_EXPLICIT", 2),
            ("GLOBAL_IMPLICIT", 3),
            ("FREE", 4),
            ("CELL", 5),
            ("SCOPE_OFF", tables::SCOPE_OFFSET),
            ("SCOPE_MASK", tables::SCOPE_MASK),
        ] {
            m.dict().set_str(vm, name, vm.int(value as i64));
        }
        Ok(())
    }
}
