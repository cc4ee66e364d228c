//! Arguments of native calls: the calling convention, the binder that matches them with a signature,
//! and the conversions to Rust types.
//!
//! The convention is CPython's vectorcall: positional values, then the values of keywords, whose
//! names are in a tuple. The values lie in the caller's registers or in a local array, so they stay
//! alive and up to date during the call.

use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::singletons::{bool_value, none};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::error::{PyResult, Raised};
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use std::marker::PhantomData;

/// Arguments of one call: two words, which travel in machine registers.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    values: *const Value,
    /// The number of values and a low bit of 1 if all are positional, else the address of a `NamedArgs`.
    word: usize,
    life: PhantomData<&'a [Value]>,
}

/// Arguments of a call with keywords: positional values, then one value for each name.
pub struct NamedArgs<'a> {
    values: &'a [Value],
    /// Where the values end.
    end: *const Value,
    names: Option<Ref<Tuple>>,
}

impl<'a> NamedArgs<'a> {
    #[inline(always)]
    pub fn new(values: &'a [Value], names: Option<Ref<Tuple>>) -> NamedArgs<'a> {
        debug_assert!(names.map_or(0, |n| n.len()) <= values.len());
        NamedArgs { values, end: values.as_ptr_range().end, names }
    }

    #[inline(always)]
    pub fn args(&self) -> Args<'_> {
        let word = match self.names {
            Some(_) => &raw const *self as usize,
            None => self.values.len() << 1 | 1,
        };
        Args { values: self.values.as_ptr(), word, life: PhantomData }
    }
}

impl<'a> Args<'a> {
    #[inline(always)]
    pub fn positional(values: &'a [Value]) -> Args<'a> {
        Args { values: values.as_ptr(), word: values.len() << 1 | 1, life: PhantomData }
    }

    pub const fn none() -> Args<'static> {
        Args { values: std::ptr::NonNull::dangling().as_ptr(), word: 1, life: PhantomData }
    }

    #[inline(always)]
    fn named(&self) -> Option<&'a NamedArgs<'a>> {
        // SAFETY: the address is that of arguments that live as long as these.
        if self.word & 1 != 0 { None } else { Some(unsafe { &*(self.word as *const NamedArgs) }) }
    }

    /// How many values there are.
    #[inline(always)]
    fn total(&self) -> usize {
        match self.named() {
            None => self.word >> 1,
            // SAFETY: both point into the values, or behind them.
            Some(n) => unsafe { n.end.offset_from_unsigned(self.values) },
        }
    }

    /// The positional values.
    #[inline(always)]
    pub fn pos(&self) -> &'a [Value] {
        let count = match self.names() {
            None => self.total(),
            Some(names) => self.total() - names.len(),
        };
        // SAFETY: so many values are there, as long as the arguments live.
        unsafe { std::slice::from_raw_parts(self.values, count) }
    }

    /// Positional values followed by keyword values.
    #[inline(always)]
    pub fn all(&self) -> &'a [Value] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts(self.values, self.total()) }
    }

    #[inline(always)]
    pub fn names(&self) -> Option<Ref<Tuple>> {
        self.named().and_then(|n| n.names)
    }

    #[inline(always)]
    pub fn has_keywords(&self) -> bool {
        self.names().is_some_and(|n| n.len() > 0)
    }

    /// Keyword names with their values.
    pub fn keywords(&self) -> impl Iterator<Item = (Ref<Str>, Value)> + 'a {
        let (values, positional) = (self.all(), self.pos().len());
        let names = self.names();
        let count = names.map_or(0, |n| n.len());
        (0..count).map(move |i| {
            let name = names.and_then(|n| n.get(i).downcast::<Str>()).expect("keyword names are strings");
            (name, values[positional + i])
        })
    }

    /// The value of one keyword.
    pub fn keyword(&self, name: &str) -> Option<Value> {
        self.keywords().find(|(n, _)| n.eq_str(name)).map(|(_, v)| v)
    }

    /// The keywords as a new dict.
    pub fn keyword_dict(&self, vm: &Vm) -> PyResult<Ref<Dict>> {
        let dict = Dict::new(vm);
        for (name, value) in self.keywords() {
            dict.set_item(vm, name.value(), value)?;
        }
        Ok(dict)
    }

    /// Splits the first positional value off.
    #[inline(always)]
    pub fn split_first(&self) -> Option<(Value, Args<'a>)> {
        let first = *self.pos().first()?;
        // SAFETY: there is a value.
        let values = unsafe { self.values.add(1) };
        let word = if self.word & 1 != 0 { self.word - 2 } else { self.word };
        Some((first, Args { values, word, life: PhantomData }))
    }

    /// The receiver of a method; a TypeError if there is none.
    #[inline(always)]
    pub fn split_receiver(&self, vm: &Vm, params: &Params) -> PyResult<(Value, Args<'a>)> {
        match self.split_first() {
            Some(split) => Ok(split),
            None => Err(vm.type_error(format!("unbound method {}() needs an argument", params.function))),
        }
    }
}

/// A signature, for binding. Bound values come in the order: positional, keyword-only, `*args`
/// (a tuple), `**kwargs` (a dict).
pub struct Params {
    /// The class or the module of the function, for messages; empty for functions of `builtins`.
    pub owner: &'static str,
    pub function: &'static str,
    pub names: &'static [&'static str],
    /// How many of the positional ones are positional-only.
    pub pos_only: usize,
    pub positional: usize,
    /// How many positional ones have no default.
    pub required: usize,
    pub kw_only: usize,
    /// Bit i: keyword-only parameter i has no default.
    pub kw_required: u64,
    pub varargs: bool,
    pub varkw: bool,
}

impl Params {
    /// Matches arguments with parameters; missing optional ones stay `None`.
    #[inline(always)]
    pub fn bind(&self, vm: &Vm, args: Args, out: &mut [Option<Value>]) -> PyResult<()> {
        let n = args.pos().len();
        if !args.has_keywords()
            && n >= self.required
            && n <= self.positional
            && !self.varargs
            && !self.varkw
            && self.kw_required == 0
        {
            for (slot, value) in out.iter_mut().zip(args.pos()) {
                *slot = Some(*value);
            }
            return Ok(());
        }
        self.bind_slow(vm, args, out)
    }

    #[inline(never)]
    fn bind_slow(&self, vm: &Vm, args: Args, out: &mut [Option<Value>]) -> PyResult<()> {
        let pos = args.pos();
        if pos.len() > self.positional && !self.varargs {
            return Err(self.count_error(vm, pos.len()));
        }
        for (slot, value) in out.iter_mut().zip(pos.iter().take(self.positional)) {
            *slot = Some(*value);
        }
        let named = self.positional + self.kw_only;
        let kwargs = if self.varkw { Some(Dict::new(vm)) } else { None };
        for (name, value) in args.keywords() {
            let at = (self.pos_only..named).find(|i| name.eq_str(self.names[*i]));
            match (at, kwargs) {
                (Some(i), _) if out[i].is_some() => {
                    let (f, p) = (self.function, self.names[i]);
                    raise!(vm, TypeError, "argument for {f}() given by name ('{p}') and position ({})", i + 1)
                }
                (Some(i), _) => out[i] = Some(value),
                (None, Some(kwargs)) => kwargs.set_item(vm, name.value(), value)?,
                (None, None) if self.positional + self.kw_only == self.pos_only => {
                    raise!(vm, TypeError, "{}() takes no keyword arguments", self.qualified())
                }
                (None, None) => {
                    raise!(vm, TypeError, "{}() got an unexpected keyword argument '{}'", self.function, name)
                }
            }
        }
        for i in 0..self.required {
            if out[i].is_none() {
                if i < self.pos_only {
                    return Err(self.count_error(vm, pos.len()));
                }
                raise!(
                    vm,
                    TypeError,
                    "{}() missing required argument '{}' (pos {})",
                    self.function,
                    self.names[i],
                    i + 1
                )
            }
        }
        for i in 0..self.kw_only {
            if self.kw_required >> i & 1 == 1 && out[self.positional + i].is_none() {
                raise!(
                    vm,
                    TypeError,
                    "{}() missing required keyword-only argument: '{}'",
                    self.function,
                    self.names[self.positional + i]
                )
            }
        }
        let mut at = named;
        if self.varargs {
            let rest = pos.get(self.positional..).unwrap_or(&[]);
            out[at] = Some(Tuple::from_slice(vm, rest).value());
            at += 1;
        }
        if let Some(kwargs) = kwargs {
            out[at] = Some(kwargs.value());
        }
        Ok(())
    }

    /// The name as `_PyObject_FunctionStr` gives it, but for the parentheses.
    fn qualified(&self) -> String {
        if self.owner.is_empty() {
            self.function.to_string()
        } else {
            format!("{}.{}", self.owner, self.function)
        }
    }

    /// CPython words it by calling convention: METH_NOARGS, METH_O, positional-only, or with names.
    #[cold]
    fn count_error(&self, vm: &Vm, given: usize) -> Raised {
        let f = self.function;
        let s = |n: usize| if n == 1 { "" } else { "s" };
        let named = self.positional + self.kw_only;
        let message = if named == 0 {
            format!("{}() takes no arguments ({given} given)", self.qualified())
        } else if self.positional == 0 {
            format!("{f}() takes no positional arguments")
        } else if named == 1 && self.pos_only == 1 && self.required == 1 {
            format!("{}() takes exactly one argument ({given} given)", self.qualified())
        } else if self.pos_only == self.positional && self.kw_only == 0 {
            let (bound, word) = if given < self.required {
                (self.required, if self.required == self.positional { "" } else { "at least " })
            } else {
                (self.positional, if self.required == self.positional { "" } else { "at most " })
            };
            format!("{f} expected {word}{bound} argument{}, got {given}", s(bound))
        } else {
            let word = if given < self.required {
                if self.required < self.positional { "at least" } else { "exactly" }
            } else if self.required == self.positional && self.kw_only == 0 {
                "exactly"
            } else {
                "at most"
            };
            let bound = if given < self.required { self.required } else { self.positional };
            let positional = if self.kw_only > 0 || given < self.required { "positional " } else { "" };
            format!("{f}() takes {word} {bound} {positional}argument{} ({given} given)", s(bound))
        };
        vm.error(Exc::TypeError, message)
    }
}

/// Conversion of one bound argument.
pub trait FromArg: Sized {
    /// A parameter; `None` if it was not given.
    fn from_arg(vm: &Vm, value: Option<Value>, params: &Params, index: usize) -> PyResult<Self>;

    /// The receiver of a method.
    fn receive(vm: &Vm, value: Value, params: &Params) -> PyResult<Self> {
        Self::from_arg(vm, Some(value), params, 0)
    }

    /// The receiver of a getter or setter.
    fn receive_any(vm: &Vm, value: Value) -> PyResult<Self> {
        const NO_PARAMS: Params = Params {
            owner: "",
            function: "descriptor",
            names: &[],
            pos_only: 0,
            positional: 0,
            required: 0,
            kw_only: 0,
            kw_required: 0,
            varargs: false,
            varkw: false,
        };
        Self::receive(vm, value, &NO_PARAMS)
    }
}

impl FromArg for Value {
    #[inline(always)]
    fn from_arg(_: &Vm, value: Option<Value>, _: &Params, _: usize) -> PyResult<Value> {
        Ok(value.expect("a required argument is bound"))
    }
}

impl<T: FromArg> FromArg for Option<T> {
    #[inline(always)]
    fn from_arg(vm: &Vm, value: Option<Value>, params: &Params, index: usize) -> PyResult<Option<T>> {
        match value {
            None => Ok(None),
            some => Ok(Some(T::from_arg(vm, some, params, index)?)),
        }
    }
}

impl<T: Object> FromArg for Ref<T> {
    #[inline(always)]
    fn from_arg(vm: &Vm, value: Option<Value>, params: &Params, index: usize) -> PyResult<Ref<T>> {
        let value = value.expect("a required argument is bound");
        match value.downcast::<T>() {
            Some(r) => Ok(r),
            None => Err(wrong_argument(vm, value, T::class(), params, index)),
        }
    }

    #[inline(always)]
    fn receive(vm: &Vm, value: Value, params: &Params) -> PyResult<Ref<T>> {
        match value.downcast::<T>() {
            Some(r) => Ok(r),
            None => Err(vm.type_error(format!(
                "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                params.function,
                T::class().name(),
                value.class().name()
            ))),
        }
    }
}

#[cold]
#[inline(never)]
fn wrong_argument(vm: &Vm, value: Value, class: Ref<Type>, params: &Params, index: usize) -> Raised {
    let single = params.positional + params.kw_only == 1;
    let position = if single {
        "argument".to_string()
    } else if index < params.pos_only || index >= params.names.len() {
        format!("argument {}", index + 1)
    } else {
        format!("argument '{}'", params.names[index])
    };
    let got = if value.is_none() { "None".to_string() } else { value.class().name().to_string() };
    vm.type_error(format!("{}() {position} must be {}, not {got}", params.function, class.name()))
}

impl FromArg for bool {
    #[inline]
    fn from_arg(vm: &Vm, value: Option<Value>, _: &Params, _: usize) -> PyResult<bool> {
        vm.truth(value.expect("a required argument is bound"))
    }
}

macro_rules! from_int {
    ($($t:ty, $c_name:literal;)*) => {$(
        /// Through `__index__`; OverflowError if it does not fit.
        impl FromArg for $t {
            #[inline]
            fn from_arg(vm: &Vm, value: Option<Value>, _: &Params, _: usize) -> PyResult<$t> {
                let value = value.expect("a required argument is bound");
                match <$t>::try_from(vm.index_i128(value)?) {
                    Ok(i) => Ok(i),
                    Err(_) => raise!(vm, OverflowError, "Python int too large to convert to {}", $c_name),
                }
            }
        }
    )*};
}

from_int! {
    i64, "C long";
    isize, "C ssize_t";
    i32, "C int";
    u64, "C unsigned long";
    usize, "C size_t";
    u32, "C unsigned int";
}

impl FromArg for f64 {
    fn from_arg(vm: &Vm, value: Option<Value>, _: &Params, _: usize) -> PyResult<f64> {
        vm.to_f64(value.expect("a required argument is bound"))
    }
}

/// Conversion of a result.
pub trait IntoResult {
    fn into_result(self, vm: &Vm) -> PyResult<Value>;
}

/// Conversion of a plain Rust value to a Python object.
pub trait IntoValue {
    fn into_value(self, vm: &Vm) -> Value;
}

impl<T: IntoValue> IntoResult for PyResult<T> {
    #[inline(always)]
    fn into_result(self, vm: &Vm) -> PyResult<Value> {
        self.map(|v| v.into_value(vm))
    }
}

impl<T: IntoValue> IntoResult for T {
    #[inline(always)]
    fn into_result(self, vm: &Vm) -> PyResult<Value> {
        Ok(self.into_value(vm))
    }
}

impl IntoValue for Value {
    #[inline(always)]
    fn into_value(self, _: &Vm) -> Value {
        self
    }
}

impl<T: Object> IntoValue for Ref<T> {
    #[inline(always)]
    fn into_value(self, _: &Vm) -> Value {
        self.value()
    }
}

/// `None` becomes Python's None.
impl<T: IntoValue> IntoValue for Option<T> {
    #[inline(always)]
    fn into_value(self, vm: &Vm) -> Value {
        match self {
            Some(v) => v.into_value(vm),
            None => none(),
        }
    }
}

impl IntoValue for () {
    #[inline(always)]
    fn into_value(self, _: &Vm) -> Value {
        none()
    }
}

impl IntoValue for bool {
    #[inline(always)]
    fn into_value(self, _: &Vm) -> Value {
        bool_value(self)
    }
}

macro_rules! into_int {
    ($($t:ty)*) => {$(
        impl IntoValue for $t {
            #[inline(always)]
            fn into_value(self, vm: &Vm) -> Value {
                vm.new_int(self as i128)
            }
        }
    )*};
}

into_int! { i32 u32 u64 usize isize u8 u16 i128 }

impl IntoValue for i64 {
    #[inline(always)]
    fn into_value(self, vm: &Vm) -> Value {
        vm.int(self)
    }
}

impl IntoValue for f64 {
    #[inline(always)]
    fn into_value(self, vm: &Vm) -> Value {
        vm.float(self)
    }
}

impl IntoValue for &str {
    fn into_value(self, vm: &Vm) -> Value {
        vm.new_str(self)
    }
}

impl IntoValue for String {
    fn into_value(self, vm: &Vm) -> Value {
        vm.new_str(&self)
    }
}

/// Pairs become tuples.
impl<A: IntoValue, B: IntoValue> IntoValue for (A, B) {
    fn into_value(self, vm: &Vm) -> Value {
        let (a, b) = (self.0.into_value(vm), self.1.into_value(vm));
        Tuple::from_slice(vm, &[a, b]).value()
    }
}
