//! `_ast`: the node classes, and the `compile()` of trees.
//!
//! The classes are ordinary Python classes made from the compiler's table of Python.asdl, below one native
//! class, `AST`. A tree is converted node by node between these objects and the compiler's plain data.

mod from_object;
mod node;
mod to_object;

use adder_compiler::ast::asdl::{ATTRIBUTES, BASES, Count, Field, Kind};
use adder_compiler::ast::{self, AstError};
use adder_compiler::options::{self, Mode, Options};
use adder_heap::StaticRoot;
use adder_macros::pymodule;
use adder_vm::builtins::code::Code;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::int::Int;
use adder_vm::builtins::list::List;
use adder_vm::builtins::more::{AstHooks, set_ast_hooks};
use adder_vm::builtins::object::Object as BaseObject;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::Type;
use adder_vm::builtins::union_;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Object, Ref, Value, ValueExt};
use adder_vm::vm::Vm;
use node::Ast;

/// Syntax tree classes.
#[pymodule]
pub mod _ast {
    use super::*;
    use adder_vm::builtins::module::Module;

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let classes = Classes::get(vm)?;
        let d = m.dict();
        d.set_str(vm, "AST", Ast::class().value());
        for (i, (name, _)) in BASES.iter().enumerate() {
            d.set_str(vm, name, classes.base_at(i));
        }
        for kind in Kind::ALL {
            d.set_str(vm, kind.info().name, classes.class(*kind).value());
        }
        for (name, value) in [
            ("PyCF_ALLOW_TOP_LEVEL_AWAIT", options::PYCF_ALLOW_TOP_LEVEL_AWAIT),
            ("PyCF_ONLY_AST", options::PYCF_ONLY_AST),
            ("PyCF_TYPE_COMMENTS", options::PYCF_TYPE_COMMENTS),
            ("PyCF_OPTIMIZED_AST", options::PYCF_OPTIMIZED_AST),
        ] {
            d.set_str(vm, name, vm.int(value as i64));
        }
        Ok(())
    }
}

/// What the conversions need of the classes: four tuples, made once.
#[derive(Clone, Copy)]
pub struct Classes {
    all: Ref<Tuple>,
}

static CLASSES: StaticRoot = StaticRoot::new();

/// The places in the tuple.
const BY_KIND: usize = 0;
const BY_BASE: usize = 1;
/// Tuples of interned field names, by kind.
const NAMES: usize = 2;
/// The one instance of each class without fields and positions, None for other classes.
const UNITS: usize = 3;

impl Classes {
    pub fn get(vm: &Vm) -> PyResult<Classes> {
        if let Some(all) = CLASSES.get().and_then(|v| v.downcast::<Tuple>()) {
            return Ok(Classes { all });
        }
        let all = make(vm)?;
        CLASSES.set(Some(all.value()));
        Ok(Classes { all })
    }

    fn part(&self, part: usize) -> Ref<Tuple> {
        self.all.get(part).downcast().expect("the parts are tuples")
    }

    pub fn class(&self, kind: Kind) -> Ref<Type> {
        self.part(BY_KIND).get(kind as usize).downcast().expect("classes are types")
    }

    fn base_at(&self, index: usize) -> Value {
        self.part(BY_BASE).get(index)
    }

    /// The class of a sum type or a product type.
    pub fn named(&self, name: &str) -> Option<Value> {
        match BASES.iter().position(|(n, _)| *n == name) {
            Some(i) => Some(self.base_at(i)),
            None => Kind::from_name(name).map(|kind| self.class(kind).value()),
        }
    }

    /// The interned name of a field.
    pub fn field(&self, kind: Kind, index: usize) -> Ref<Str> {
        let fields: Ref<Tuple> = self.part(NAMES).get(kind as usize).downcast().expect("a tuple of names");
        fields.get(index).downcast().expect("a name")
    }

    pub fn unit(&self, kind: Kind) -> Value {
        self.part(UNITS).get(kind as usize)
    }

    /// What an object is an instance of.
    pub fn kind_of(&self, obj: Value) -> Option<Kind> {
        let by_kind = self.part(BY_KIND);
        let of = |class: Value| by_kind.items().iter().position(|c| *c == class).map(|i| Kind::ALL[i]);
        if let Some(t) = obj.class().value().downcast::<Type>()
            && let Some(kind) = Kind::from_name(&t.name())
            && by_kind.get(kind as usize) == t.value()
        {
            return Some(kind);
        }
        let mro = obj.class().mro.get();
        mro.items().iter().find_map(|c| of(*c))
    }
}

fn names(vm: &Vm, all: &mut dyn ExactSizeIterator<Item = &str>) -> PyResult<Ref<Tuple>> {
    let n = all.len();
    Tuple::build(vm, n, |_| Ok(vm.intern_str(all.next().expect("as many as promised")).value()))
}

fn new_class(vm: &Vm, name: &str, base: Value, fields: Ref<Tuple>, doc: &str) -> PyResult<Value> {
    let d = Dict::new(vm);
    d.set_str(vm, "_fields", fields.value());
    d.set_str(vm, "__match_args__", fields.value());
    d.set_str(vm, "__module__", vm.new_str("ast"));
    d.set_str(vm, "__doc__", vm.new_str(doc));
    let bases = Tuple::from_slice(vm, &[base]);
    let name = vm.intern_str(name).value();
    vm.call(Type::class().value(), &[name, bases.value(), d.value()])
}

fn set(vm: &Vm, class: Value, name: &str, value: Value) -> PyResult<()> {
    vm.set_attr(class, vm.intern_str(name), value)
}

fn set_attributes(vm: &Vm, class: Value, located: bool) -> PyResult<()> {
    let all: &[&str] = if located { &ATTRIBUTES } else { &[] };
    set(vm, class, "_attributes", names(vm, &mut all.iter().copied())?.value())?;
    if located {
        set(vm, class, "end_lineno", none())?;
        set(vm, class, "end_col_offset", none())?;
    }
    Ok(())
}

/// `mod = Module(...)` and the other constructors, aligned.
fn base_doc(base: &str) -> String {
    let of_base: Vec<&Kind> = Kind::ALL.iter().filter(|k| k.info().base == Some(base)).collect();
    let simple = of_base.iter().all(|k| k.info().fields.is_empty());
    let separator = if simple { " | ".to_string() } else { format!("\n{}| ", " ".repeat(base.len() + 1)) };
    let all: Vec<String> = of_base.iter().map(|k| k.info().signature()).collect();
    format!("{base} = {}", all.join(&separator))
}

fn make(vm: &Vm) -> PyResult<Ref<Tuple>> {
    adder_vm::type_new::ready_class::<Ast>(vm);
    let ast = Ast::class().value();
    let empty = Tuple::empty();
    for name in ["_fields", "__match_args__", "_attributes"] {
        Ast::class().dict.get().set_str(vm, name, empty.value());
    }
    let bases = List::new(vm);
    for (name, located) in BASES {
        let class = new_class(vm, name, ast, empty, &base_doc(name))?;
        set_attributes(vm, class, *located)?;
        bases.push(vm, class);
    }
    let (classes, fields, units) = (List::new(vm), List::new(vm), List::new(vm));
    for kind in Kind::ALL {
        let info = kind.info();
        let own = names(vm, &mut info.fields.iter().map(|f| f.name))?;
        let base = match info.base {
            Some(b) => bases.get(BASES.iter().position(|(n, _)| *n == b).expect("bases are in the table")),
            None => ast,
        };
        let class = new_class(vm, info.name, base, own, &info.signature())?;
        if info.base.is_none() {
            set_attributes(vm, class, info.located)?;
        }
        for f in info.fields.iter().filter(|f| f.count == Count::Optional) {
            set(vm, class, f.name, none())?;
        }
        let unit = if info.fields.is_empty() && !info.located { vm.call(class, &[])? } else { none() };
        classes.push(vm, class);
        fields.push(vm, own.value());
        units.push(vm, unit);
    }
    let part = |l: Ref<List>| Tuple::from_slice(vm, l.items()).value();
    let all = Tuple::from_slice(vm, &[part(classes), part(bases), part(fields), part(units)]);
    for kind in Kind::ALL {
        let types = Dict::new(vm);
        for f in kind.info().fields {
            types.set_str(vm, f.name, field_type(vm, &Classes { all }, f)?);
        }
        let class = Classes { all }.class(*kind).value();
        set(vm, class, "_field_types", types.value())?;
        set(vm, class, "__annotations__", types.value())?;
    }
    Ok(all)
}

/// `str`, `list[expr]`, `expr | None`
fn field_type(vm: &Vm, classes: &Classes, field: &Field) -> PyResult<Value> {
    let item = match field.ty {
        "identifier" | "string" => Str::class().value(),
        "int" => Int::class().value(),
        "constant" => BaseObject::class().value(),
        name => classes.named(name).expect("the table names its own types"),
    };
    match field.count {
        Count::One => Ok(item),
        Count::Optional => union_::or(vm, item, none()),
        Count::Many | Count::ManyOptional => union_::generic_alias(vm, List::class().value(), item),
    }
}

// ---- compile() ------------------------------------------------------------------------------------

static HOOKS: AstHooks = AstHooks { is_node, parse, compile };

/// Tells `compile()` about trees.
pub fn install() {
    set_ast_hooks(&HOOKS);
}

fn is_node(v: Value) -> bool {
    // Before the first use of the module there are no nodes.
    CLASSES.get().is_some() && v.class().is_subclass_of(Ast::class())
}

fn parse(vm: &Vm, source: &str, filename: &str, mode: Mode, options: &Options) -> PyResult<Value> {
    let tree = match ast::parse(source, filename, mode, options) {
        Ok(tree) => tree,
        Err(e) => return Err(adder_vm::compile::syntax_error(vm, &e, filename)),
    };
    for w in adder_compiler::token_warnings(source) {
        adder_vm::compile::warn(vm, &w, filename)?;
    }
    to_object::node(vm, &Classes::get(vm)?, &tree)
}

fn wrong_node(vm: &Vm, wanted: Kind, tree: Value) -> Raised {
    vm.type_error(format!("expected {} node, got {}", wanted.info().name, tree.class().name()))
}

/// A tree checked, and compiled unless the flags say that the tree is wanted.
fn compile(vm: &Vm, tree: Value, filename: &str, mode: Mode, options: &Options) -> PyResult<Value> {
    let classes = Classes::get(vm)?;
    let wanted = match mode {
        Mode::Exec => Kind::Module,
        Mode::Eval => Kind::Expression,
        Mode::Single => Kind::Interactive,
        Mode::FuncType => Kind::FunctionType,
    };
    let kind = classes.kind_of(tree);
    if options.flags & options::PYCF_ONLY_AST != 0
        && options.flags & options::PYCF_OPTIMIZED_AST != options::PYCF_OPTIMIZED_AST
    {
        return match kind {
            Some(k) if k == wanted => Ok(tree),
            _ => Err(wrong_node(vm, wanted, tree)),
        };
    }
    if kind != Some(wanted) {
        return Err(wrong_node(vm, wanted, tree));
    }
    let plain = from_object::node(vm, &classes, tree, wanted)?;
    if options.flags & options::PYCF_ONLY_AST != 0 {
        return Ok(tree);
    }
    match ast::compile_ast_full(&plain, filename, mode, options) {
        Ok(compiled) => {
            for w in &compiled.warnings {
                adder_vm::compile::warn(vm, w, filename)?;
            }
            Ok(Code::from_data(vm, &compiled.code)?.value())
        }
        Err(AstError::Type(message)) => Err(vm.type_error(message)),
        Err(AstError::Value(message)) => Err(vm.value_error(message)),
        Err(AstError::Syntax(e)) => Err(adder_vm::compile::syntax_error(vm, &e, filename)),
    }
}
