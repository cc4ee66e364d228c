//! The node classes of `ast`: one table that mirrors CPython 3.14's Parser/Python.asdl.
//!
//! `Kind` names a class; `Kind::info()` has its fields, its base and whether it carries positions. The `_ast`
//! module makes its types from this table, and the converters in `crate::ast` check nodes against it.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    /// `identifier`, `string`, `int`, `constant`, or the name of a base or of a class.
    pub ty: &'static str,
    pub count: Count,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    One,
    /// `?`
    Optional,
    /// `*`
    Many,
    /// `?*`: a list with `None`s.
    ManyOptional,
}

#[derive(Debug, PartialEq, Eq)]
pub struct KindInfo {
    pub name: &'static str,
    /// The sum type it belongs to (`expr`), or `None` for product types (`arguments`).
    pub base: Option<&'static str>,
    pub fields: &'static [Field],
    /// Whether it has `lineno`, `col_offset`, `end_lineno`, `end_col_offset`.
    pub located: bool,
}

pub const ATTRIBUTES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// The sum types; each is a class in `_ast` too.
pub const BASES: &[(&str, bool)] = &[
    ("mod", false),
    ("stmt", true),
    ("expr", true),
    ("expr_context", false),
    ("boolop", false),
    ("operator", false),
    ("unaryop", false),
    ("cmpop", false),
    ("excepthandler", true),
    ("pattern", true),
    ("type_ignore", false),
    ("type_param", true),
];

impl Field {
    /// In Python.asdl's notation: `expr?`.
    pub fn type_text(&self) -> String {
        let suffix = match self.count {
            Count::One => "",
            Count::Optional => "?",
            Count::Many => "*",
            Count::ManyOptional => "?*",
        };
        format!("{}{suffix}", self.ty)
    }

    /// Attributes of locations are required; `end_lineno` and `end_col_offset` are not.
    pub fn is_list(&self) -> bool {
        matches!(self.count, Count::Many | Count::ManyOptional)
    }
}

impl KindInfo {
    /// The docstring CPython gives the class: `Name(identifier id, expr_context ctx)`.
    pub fn signature(&self) -> String {
        if self.fields.is_empty() {
            return self.name.to_owned();
        }
        let fields: Vec<String> =
            self.fields.iter().map(|field| format!("{} {}", field.type_text(), field.name)).collect();
        format!("{}({})", self.name, fields.join(", "))
    }
}

macro_rules! count {
    () => {
        Count::One
    };
    (?) => {
        Count::Optional
    };
    (*) => {
        Count::Many
    };
    (? *) => {
        Count::ManyOptional
    };
}
macro_rules! base {
    (_) => {
        None
    };
    ($base:ident) => {
        Some(stringify!($base))
    };
}
macro_rules! located {
    (located) => {
        true
    };
    (bare) => {
        false
    };
}
/// A field called `type` is written `type_` below.
const fn field_name(name: &'static str) -> &'static str {
    if let [b't', b'y', b'p', b'e', b'_'] = name.as_bytes() { "type" } else { name }
}

macro_rules! kinds {
    ($($name:ident: $base:tt ($($field:ident: $ty:ident $([$($count:tt)*])?),*) $located:ident;)*) => {
        #[allow(non_camel_case_types, reason = "these are CPython's names")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind { $($name),* }

        impl Kind {
            pub const ALL: &[Kind] = &[$(Kind::$name),*];

            pub const fn info(self) -> &'static KindInfo {
                match self {
                    $(Kind::$name => const { &KindInfo {
                        name: stringify!($name),
                        base: base!($base),
                        fields: &[$(Field {
                            name: field_name(stringify!($field)),
                            ty: stringify!($ty),
                            count: count!($($($count)*)?),
                        }),*],
                        located: located!($located),
                    } }),*
                }
            }

            pub fn from_name(name: &str) -> Option<Kind> {
                match name { $(stringify!($name) => Some(Kind::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    Module: mod (body: stmt [*], type_ignores: type_ignore [*]) bare;
    Interactive: mod (body: stmt [*]) bare;
    Expression: mod (body: expr) bare;
    FunctionType: mod (argtypes: expr [*], returns: expr) bare;
    FunctionDef: stmt (name: identifier, args: arguments, body: stmt [*], decorator_list: expr [*], returns: expr [?], type_comment: string [?], type_params: type_param [*]) located;
    AsyncFunctionDef: stmt (name: identifier, args: arguments, body: stmt [*], decorator_list: expr [*], returns: expr [?], type_comment: string [?], type_params: type_param [*]) located;
    ClassDef: stmt (name: identifier, bases: expr [*], keywords: keyword [*], body: stmt [*], decorator_list: expr [*], type_params: type_param [*]) located;
    Return: stmt (value: expr [?]) located;
    Delete: stmt (targets: expr [*]) located;
    Assign: stmt (targets: expr [*], value: expr, type_comment: string [?]) located;
    TypeAlias: stmt (name: expr, type_params: type_param [*], value: expr) located;
    AugAssign: stmt (target: expr, op: operator, value: expr) located;
    AnnAssign: stmt (target: expr, annotation: expr, value: expr [?], simple: int) located;
    For: stmt (target: expr, iter: expr, body: stmt [*], orelse: stmt [*], type_comment: string [?]) located;
    AsyncFor: stmt (target: expr, iter: expr, body: stmt [*], orelse: stmt [*], type_comment: string [?]) located;
    While: stmt (test: expr, body: stmt [*], orelse: stmt [*]) located;
    If: stmt (test: expr, body: stmt [*], orelse: stmt [*]) located;
    With: stmt (items: withitem [*], body: stmt [*], type_comment: string [?]) located;
    AsyncWith: stmt (items: withitem [*], body: stmt [*], type_comment: string [?]) located;
    Match: stmt (subject: expr, cases: match_case [*]) located;
    Raise: stmt (exc: expr [?], cause: expr [?]) located;
    Try: stmt (body: stmt [*], handlers: excepthandler [*], orelse: stmt [*], finalbody: stmt [*]) located;
    TryStar: stmt (body: stmt [*], handlers: excepthandler [*], orelse: stmt [*], finalbody: stmt [*]) located;
    Assert: stmt (test: expr, msg: expr [?]) located;
    Import: stmt (names: alias [*]) located;
    ImportFrom: stmt (module: identifier [?], names: alias [*], level: int [?]) located;
    Global: stmt (names: identifier [*]) located;
    Nonlocal: stmt (names: identifier [*]) located;
    Expr: stmt (value: expr) located;
    Pass: stmt () located;
    Break: stmt () located;
    Continue: stmt () located;
    BoolOp: expr (op: boolop, values: expr [*]) located;
    NamedExpr: expr (target: expr, value: expr) located;
    BinOp: expr (left: expr, op: operator, right: expr) located;
    UnaryOp: expr (op: unaryop, operand: expr) located;
    Lambda: expr (args: arguments, body: expr) located;
    IfExp: expr (test: expr, body: expr, orelse: expr) located;
    Dict: expr (keys: expr [?*], values: expr [*]) located;
    Set: expr (elts: expr [*]) located;
    ListComp: expr (elt: expr, generators: comprehension [*]) located;
    SetComp: expr (elt: expr, generators: comprehension [*]) located;
    DictComp: expr (key: expr, value: expr, generators: comprehension [*]) located;
    GeneratorExp: expr (elt: expr, generators: comprehension [*]) located;
    Await: expr (value: expr) located;
    Yield: expr (value: expr [?]) located;
    YieldFrom: expr (value: expr) located;
    Compare: expr (left: expr, ops: cmpop [*], comparators: expr [*]) located;
    Call: expr (func: expr, args: expr [*], keywords: keyword [*]) located;
    FormattedValue: expr (value: expr, conversion: int, format_spec: expr [?]) located;
    Interpolation: expr (value: expr, str: constant, conversion: int, format_spec: expr [?]) located;
    JoinedStr: expr (values: expr [*]) located;
    TemplateStr: expr (values: expr [*]) located;
    Constant: expr (value: constant, kind: string [?]) located;
    Attribute: expr (value: expr, attr: identifier, ctx: expr_context) located;
    Subscript: expr (value: expr, slice: expr, ctx: expr_context) located;
    Starred: expr (value: expr, ctx: expr_context) located;
    Name: expr (id: identifier, ctx: expr_context) located;
    List: expr (elts: expr [*], ctx: expr_context) located;
    Tuple: expr (elts: expr [*], ctx: expr_context) located;
    Slice: expr (lower: expr [?], upper: expr [?], step: expr [?]) located;
    Load: expr_context () bare;
    Store: expr_context () bare;
    Del: expr_context () bare;
    And: boolop () bare;
    Or: boolop () bare;
    Add: operator () bare;
    Sub: operator () bare;
    Mult: operator () bare;
    MatMult: operator () bare;
    Div: operator () bare;
    Mod: operator () bare;
    Pow: operator () bare;
    LShift: operator () bare;
    RShift: operator () bare;
    BitOr: operator () bare;
    BitXor: operator () bare;
    BitAnd: operator () bare;
    FloorDiv: operator () bare;
    Invert: unaryop () bare;
    Not: unaryop () bare;
    UAdd: unaryop () bare;
    USub: unaryop () bare;
    Eq: cmpop () bare;
    NotEq: cmpop () bare;
    Lt: cmpop () bare;
    LtE: cmpop () bare;
    Gt: cmpop () bare;
    GtE: cmpop () bare;
    Is: cmpop () bare;
    IsNot: cmpop () bare;
    In: cmpop () bare;
    NotIn: cmpop () bare;
    comprehension: _ (target: expr, iter: expr, ifs: expr [*], is_async: int) bare;
    ExceptHandler: excepthandler (type_: expr [?], name: identifier [?], body: stmt [*]) located;
    arguments: _ (posonlyargs: arg [*], args: arg [*], vararg: arg [?], kwonlyargs: arg [*], kw_defaults: expr [?*], kwarg: arg [?], defaults: expr [*]) bare;
    arg: _ (arg: identifier, annotation: expr [?], type_comment: string [?]) located;
    keyword: _ (arg: identifier [?], value: expr) located;
    alias: _ (name: identifier, asname: identifier [?]) located;
    withitem: _ (context_expr: expr, optional_vars: expr [?]) bare;
    match_case: _ (pattern: pattern, guard: expr [?], body: stmt [*]) bare;
    MatchValue: pattern (value: expr) located;
    MatchSingleton: pattern (value: constant) located;
    MatchSequence: pattern (patterns: pattern [*]) located;
    MatchMapping: pattern (keys: expr [*], patterns: pattern [*], rest: identifier [?]) located;
    MatchClass: pattern (cls: expr, patterns: pattern [*], kwd_attrs: identifier [*], kwd_patterns: pattern [*]) located;
    MatchStar: pattern (name: identifier [?]) located;
    MatchAs: pattern (pattern: pattern [?], name: identifier [?]) located;
    MatchOr: pattern (patterns: pattern [*]) located;
    TypeIgnore: type_ignore (lineno: int, tag: string) bare;
    TypeVar: type_param (name: identifier, bound: expr [?], default_value: expr [?]) located;
    ParamSpec: type_param (name: identifier, default_value: expr [?]) located;
    TypeVarTuple: type_param (name: identifier, default_value: expr [?]) located;
}
