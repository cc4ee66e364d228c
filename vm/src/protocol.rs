//! The object protocols: what CPython's abstract.c and object.c do, as methods of `Vm`.

use crate::builtins::dict::Dict;
use crate::builtins::exceptions::Exc;
use crate::builtins::function::Function;
use crate::builtins::list::List;
use crate::builtins::singletons::{as_bool, bool_value, is_not_implemented, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::{Type, TypeExt};
use crate::error::{PyResult, Raised};
use crate::names::names;
use crate::object::{Object, Ref, Value, ValueExt};
use crate::raise;
use crate::slots::{CompareOp, SlotId};
use crate::vm::Vm;

macro_rules! operators {
    ($($name:ident $slot:ident $inplace:ident $symbol:literal $method:literal,)*) => {
        /// Binary operators of the language.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum BinaryOp { $($name,)* }

        impl BinaryOp {
            pub fn symbol(self) -> &'static str {
                match self { $(BinaryOp::$name => $symbol,)* }
            }
            pub fn slot(self) -> SlotId {
                match self { $(BinaryOp::$name => SlotId::$slot,)* }
            }
            pub fn inplace_slot(self) -> SlotId {
                match self { $(BinaryOp::$name => SlotId::$inplace,)* }
            }
        }
    };
}

operators! {
    Add nb_add nb_inplace_add "+" "add",
    Sub nb_subtract nb_inplace_subtract "-" "sub",
    Mul nb_multiply nb_inplace_multiply "*" "mul",
    TrueDiv nb_true_divide nb_inplace_true_divide "/" "truediv",
    FloorDiv nb_floor_divide nb_inplace_floor_divide "//" "floordiv",
    Mod nb_remainder nb_inplace_remainder "%" "mod",
    And nb_and nb_inplace_and "&" "and",
    Or nb_or nb_inplace_or "|" "or",
    Xor nb_xor nb_inplace_xor "^" "xor",
    LShift nb_lshift nb_inplace_lshift "<<" "lshift",
    RShift nb_rshift nb_inplace_rshift ">>" "rshift",
    Pow nb_power nb_inplace_power "** or pow()" "pow",
    MatMul nb_matrix_multiply nb_inplace_matrix_multiply "@" "matmul",
    DivMod nb_divmod nb_divmod "divmod()" "divmod",
}

impl Vm {
    // ---- attributes -----------------------------------------------------------------------------

    /// `obj.name`; the name must be interned.
    #[inline]
    pub fn get_attr(&self, obj: Value, name: Ref<Str>) -> PyResult<Value> {
        match self.get_attr_opt_raw(obj, name)? {
            Some(v) => Ok(v),
            None => Err(self.no_attribute(obj, name)),
        }
    }

    /// As the class's `__getattribute__`: None says that there is none, an AttributeError raised by
    /// Python code stays raised.
    #[inline]
    fn get_attr_opt_raw(&self, obj: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        match obj.class().slots().tp_getattro {
            Some(get) => get(self, obj, name),
            None => Ok(None),
        }
    }

    /// `getattr(obj, name, None-in-Rust)`: an AttributeError is swallowed.
    pub fn get_attr_opt(&self, obj: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        match self.get_attr_opt_raw(obj, name) {
            Ok(v) => Ok(v),
            Err(raised) => {
                self.swallow(raised, Exc::AttributeError)?;
                Ok(None)
            }
        }
    }

    /// `obj.name` for a Rust string.
    pub fn get_attr_str(&self, obj: Value, name: &str) -> PyResult<Value> {
        self.get_attr(obj, self.intern_str(name))
    }

    pub fn set_attr(&self, obj: Value, name: Ref<Str>, value: Value) -> PyResult<()> {
        match obj.class().slots().tp_setattro {
            Some(set) => set(self, obj, self.intern_ref(name), Some(value)),
            None => Err(self.no_attribute(obj, name)),
        }
    }

    pub fn del_attr(&self, obj: Value, name: Ref<Str>) -> PyResult<()> {
        match obj.class().slots().tp_setattro {
            Some(set) => set(self, obj, self.intern_ref(name), None),
            None => Err(self.no_attribute(obj, name)),
        }
    }

    // ---- operators ------------------------------------------------------------------------------

    /// The slot functions of both operands in the order they are tried; NotImplemented if none does it.
    fn binary_slots(&self, slot: SlotId, a: Value, b: Value) -> PyResult<Value> {
        let (ta, tb) = (a.class(), b.class());
        let fa = ta.slots().raw(slot);
        let fb = if ta == tb { 0 } else { tb.slots().raw(slot) };
        let fb = if fb == fa && !ta.is_generic(slot) { 0 } else { fb };
        let call = |f: usize| -> PyResult<Value> {
            if slot == SlotId::nb_power {
                // SAFETY: the word is from a slot of this type (layout-of-slots).
                let f: crate::slots::Ternary = unsafe { std::mem::transmute(f) };
                return f(self, a, b, none());
            }
            // SAFETY: the word is from a slot of this type (layout-of-slots).
            let f: crate::slots::Binary = unsafe { std::mem::transmute(f) };
            f(self, a, b)
        };
        if fa != 0 {
            let b_first = fb != 0 && fb != fa && tb.is_subclass_of(ta);
            if b_first {
                let r = call(fb)?;
                if !is_not_implemented(r) {
                    return Ok(r);
                }
            }
            let r = call(fa)?;
            if !is_not_implemented(r) {
                return Ok(r);
            }
            // The generic function has tried both sides.
            if fb != 0 && !b_first && fb != fa {
                return call(fb);
            }
            return Ok(not_implemented());
        }
        if fb != 0 { call(fb) } else { Ok(not_implemented()) }
    }

    fn unsupported(&self, symbol: &str, a: Value, b: Value) -> Raised {
        self.type_error(format!(
            "unsupported operand type(s) for {symbol}: '{}' and '{}'",
            a.class().name(),
            b.class().name()
        ))
    }

    fn repeat(&self, f: crate::slots::SizeArg, sequence: Value, n: Value) -> PyResult<Value> {
        if n.class().slots().nb_index.is_none() {
            raise!(self, TypeError, "can't multiply sequence by non-int of type '{}'", n.class().name())
        }
        let i = self.index_value(n)?;
        match self.int_to_i64(i) {
            Some(i) => f(self, sequence, i as isize),
            None => raise!(self, OverflowError, "cannot fit 'int' into an index-sized integer"),
        }
    }

    /// `a op b`
    pub fn binary_op(&self, op: BinaryOp, a: Value, b: Value) -> PyResult<Value> {
        let r = self.binary_slots(op.slot(), a, b)?;
        if !is_not_implemented(r) {
            return Ok(r);
        }
        self.binary_fallback(op, a, b, op.symbol())
    }

    fn binary_fallback(&self, op: BinaryOp, a: Value, b: Value, symbol: &str) -> PyResult<Value> {
        let (sa, sb) = (a.class().slots(), b.class().slots());
        match op {
            BinaryOp::Add => {
                if let Some(concat) = sa.sq_concat {
                    return concat(self, a, b);
                }
            }
            BinaryOp::Mul => {
                if let Some(repeat) = sa.sq_repeat {
                    return self.repeat(repeat, a, b);
                }
                if let Some(repeat) = sb.sq_repeat {
                    return self.repeat(repeat, b, a);
                }
            }
            BinaryOp::RShift if symbol == ">>" && self.is_print(a) => {
                raise!(
                    self,
                    TypeError,
                    "unsupported operand type(s) for >>: '{}' and '{}'. Did you mean \"print(<message>, \
                     file=<output_stream>)\"?",
                    a.class().name(),
                    b.class().name()
                )
            }
            _ => {}
        }
        Err(self.unsupported(symbol, a, b))
    }

    fn is_print(&self, v: Value) -> bool {
        v.exact::<crate::builtins::descr::NativeFunction>().is_some_and(|f| f.def().name == "print")
    }

    /// `a op= b`
    pub fn inplace_op(&self, op: BinaryOp, a: Value, b: Value) -> PyResult<Value> {
        let word = a.class().slots().raw(op.inplace_slot());
        if word != 0 {
            let r = if op == BinaryOp::Pow {
                // SAFETY: the word is from a slot of this type (layout-of-slots).
                let f: crate::slots::Ternary = unsafe { std::mem::transmute(word) };
                f(self, a, b, none())?
            } else {
                // SAFETY: the word is from a slot of this type (layout-of-slots).
                let f: crate::slots::Binary = unsafe { std::mem::transmute(word) };
                f(self, a, b)?
            };
            if !is_not_implemented(r) {
                return Ok(r);
            }
        }
        let r = self.binary_slots(op.slot(), a, b)?;
        if !is_not_implemented(r) {
            return Ok(r);
        }
        let slots = a.class().slots();
        match op {
            BinaryOp::Add => {
                if let Some(f) = slots.sq_inplace_concat.or(slots.sq_concat) {
                    return f(self, a, b);
                }
            }
            BinaryOp::Mul => {
                if let Some(f) = slots.sq_inplace_repeat.or(slots.sq_repeat) {
                    return self.repeat(f, a, b);
                }
            }
            _ => {}
        }
        let symbol = match op {
            BinaryOp::Pow => "**=".to_string(),
            _ => format!("{}=", op.symbol()),
        };
        self.binary_fallback(op, a, b, &symbol)
    }

    /// `pow(a, b, modulus)`
    pub fn power(&self, a: Value, b: Value, modulus: Value) -> PyResult<Value> {
        if modulus.is_none() {
            return self.binary_op(BinaryOp::Pow, a, b);
        }
        // A subclass on the right comes first.
        let swap = a.class() != b.class() && b.class().is_subclass_of(a.class());
        for v in if swap { [b, a, modulus] } else { [a, b, modulus] } {
            if let Some(f) = v.class().slots().nb_power {
                let r = f(self, a, b, modulus)?;
                if !is_not_implemented(r) {
                    return Ok(r);
                }
            }
        }
        raise!(
            self,
            TypeError,
            "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
            a.class().name(),
            b.class().name(),
            modulus.class().name()
        )
    }

    pub fn negative(&self, v: Value) -> PyResult<Value> {
        match v.class().slots().nb_negative {
            Some(f) => f(self, v),
            None => raise!(self, TypeError, "bad operand type for unary -: '{}'", v.class().name()),
        }
    }

    pub fn positive(&self, v: Value) -> PyResult<Value> {
        match v.class().slots().nb_positive {
            Some(f) => f(self, v),
            None => raise!(self, TypeError, "bad operand type for unary +: '{}'", v.class().name()),
        }
    }

    pub fn invert(&self, v: Value) -> PyResult<Value> {
        match v.class().slots().nb_invert {
            Some(f) => f(self, v),
            None => raise!(self, TypeError, "bad operand type for unary ~: '{}'", v.class().name()),
        }
    }

    // ---- comparison, hash, truth ------------------------------------------------------------------

    /// `a op b` for comparison operators: any object.
    pub fn compare(&self, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        self.check_native_stack()?;
        let (ta, tb) = (a.class(), b.class());
        let mut tried_b = false;
        if ta != tb
            && tb.is_subclass_of(ta)
            && let Some(f) = tb.slots().tp_richcompare
        {
            tried_b = true;
            let r = f(self, b, a, op.swapped())?;
            if !is_not_implemented(r) {
                return Ok(r);
            }
        }
        if let Some(f) = ta.slots().tp_richcompare {
            let r = f(self, a, b, op)?;
            if !is_not_implemented(r) {
                return Ok(r);
            }
        }
        if !tried_b && let Some(f) = tb.slots().tp_richcompare {
            let r = f(self, b, a, op.swapped())?;
            if !is_not_implemented(r) {
                return Ok(r);
            }
        }
        match op {
            CompareOp::Eq => Ok(bool_value(a.same(b))),
            CompareOp::Ne => Ok(bool_value(!a.same(b))),
            _ => raise!(
                self,
                TypeError,
                "'{}' not supported between instances of '{}' and '{}'",
                op.symbol(),
                ta.name(),
                tb.name()
            ),
        }
    }

    /// `bool(a op b)`
    pub fn compare_bool(&self, a: Value, b: Value, op: CompareOp) -> PyResult<bool> {
        let r = self.compare(a, b, op)?;
        self.truth(r)
    }

    /// `a is b or a == b`, as containers compare.
    #[inline]
    pub fn eq(&self, a: Value, b: Value) -> PyResult<bool> {
        if a.same(b) {
            return Ok(true);
        }
        if a.is_small() && b.is_small() {
            return Ok(false);
        }
        if let (Some(x), Some(y)) = (a.exact::<Str>(), b.exact::<Str>()) {
            return Ok(x.same_text(&y));
        }
        if let (Some(x), Some(y)) = (a.exact::<Tuple>(), b.exact::<Tuple>()) {
            return self.equal_tuples(x, y);
        }
        self.compare_bool(a, b, CompareOp::Eq)
    }

    /// `x == y` of tuples, which often are keys of dicts and sets.
    #[inline(never)]
    pub fn equal_tuples(&self, x: Ref<Tuple>, y: Ref<Tuple>) -> PyResult<bool> {
        self.check_native_stack()?;
        for (a, b) in x.items().iter().zip(y.items()) {
            if a != b && ((a.is_small() && b.is_small()) || !self.eq(*a, *b)?) {
                return Ok(false);
            }
        }
        Ok(x.len() == y.len())
    }

    /// Comparison of objects that are equal only to themselves.
    pub fn identity_compare(&self, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        match op {
            CompareOp::Eq if a.same(b) => Ok(bool_value(true)),
            CompareOp::Ne => {
                let Some(f) = a.class().slots().tp_richcompare else { return Ok(not_implemented()) };
                let r = f(self, a, b, CompareOp::Eq)?;
                if is_not_implemented(r) { Ok(r) } else { Ok(bool_value(!self.truth(r)?)) }
            }
            _ => Ok(not_implemented()),
        }
    }

    #[inline]
    pub fn hash(&self, v: Value) -> PyResult<i64> {
        if v.is_small() {
            return Ok(adder_text::hash::hash_i64(v.small()));
        }
        if let Some(s) = v.exact::<Str>() {
            return Ok(s.hash());
        }
        match v.class().slots().tp_hash {
            Some(f) => f(self, v),
            None => Err(self.unhashable(v)),
        }
    }

    #[cold]
    pub fn unhashable(&self, v: Value) -> Raised {
        self.type_error(format!("unhashable type: '{}'", v.class().name()))
    }

    /// What `__hash__` returned, as a hash.
    pub fn hash_from_result(&self, r: Value) -> PyResult<i64> {
        let Some(i) = crate::builtins::int::as_int(r) else {
            return Err(self.type_error("__hash__ method should return an integer"));
        };
        let h = match self.int_to_i64(i) {
            Some(h) => h,
            None => crate::hashing::hash_int(i),
        };
        Ok(if h == -1 { -2 } else { h })
    }

    /// `bool(v)`
    #[inline]
    pub fn truth(&self, v: Value) -> PyResult<bool> {
        if let Some(b) = as_bool(v) {
            return Ok(b);
        }
        if v.is_small() {
            return Ok(v.small() != 0);
        }
        if v.is_none() {
            return Ok(false);
        }
        let slots = v.class().slots();
        if let Some(f) = slots.nb_bool {
            return f(self, v);
        }
        if let Some(f) = slots.mp_length.or(slots.sq_length) {
            return Ok(f(self, v)? != 0);
        }
        Ok(true)
    }

    // ---- text -------------------------------------------------------------------------------------

    /// `repr(v)`
    pub fn repr(&self, v: Value) -> PyResult<Value> {
        self.check_native_stack()?;
        let Some(f) = v.class().slots().tp_repr else {
            return Ok(self.new_str(&format!("<{} object at {:#x}>", v.class().name(), self.id(v))));
        };
        let r = f(self, v)?;
        if r.downcast::<Str>().is_none() {
            raise!(self, TypeError, "__repr__ returned non-string (type {})", r.class().name())
        }
        Ok(r)
    }

    /// `repr(v)` for messages; lone surrogates are replaced.
    pub fn repr_string(&self, v: Value) -> PyResult<String> {
        let r = self.repr(v)?;
        Ok(r.downcast::<Str>().expect("checked by repr").to_string())
    }

    /// `str(v)`
    pub fn str(&self, v: Value) -> PyResult<Ref<Str>> {
        if let Some(s) = v.exact::<Str>() {
            return Ok(s);
        }
        self.check_native_stack()?;
        let r = match v.class().slots().tp_str {
            Some(f) => f(self, v)?,
            None => self.repr(v)?,
        };
        match r.downcast::<Str>() {
            Some(s) => Ok(s),
            None => raise!(self, TypeError, "__str__ returned non-string (type {})", r.class().name()),
        }
    }

    /// Whether the repr of `v` is being made already (print `...`); else notes that it is now.
    pub fn repr_enter(&self, v: Value) -> PyResult<bool> {
        let cell = &self.thread().repr_stack;
        // SAFETY: the cell holds a List or 0.
        let list: Ref<List> = match Value::from_bits(cell.get()) {
            Some(l) => unsafe { l.cast() },
            None => {
                let l = List::new(self);
                cell.set(l.value().bits());
                l
            }
        };
        if list.items().contains(&v) {
            return Ok(true);
        }
        list.push(self, v);
        Ok(false)
    }

    pub fn repr_leave(&self, v: Value) {
        // SAFETY: as in `repr_enter`.
        if let Some(list) =
            Value::from_bits(self.thread().repr_stack.get()).map(|l| unsafe { l.cast::<List>() })
            && let Some(at) = list.items().iter().rposition(|x| *x == v)
        {
            list.remove_at(at);
        }
    }

    // ---- containers ---------------------------------------------------------------------------------

    /// `len(v)`
    pub fn len(&self, v: Value) -> PyResult<usize> {
        if let Some(l) = v.exact::<List>() {
            return Ok(l.len());
        }
        if let Some(s) = v.exact::<Str>() {
            return Ok(s.len());
        }
        if let Some(t) = v.exact::<Tuple>() {
            return Ok(t.len());
        }
        if let Some(d) = v.exact::<Dict>() {
            return Ok(d.len());
        }
        let slots = v.class().slots();
        match slots.mp_length.or(slots.sq_length) {
            Some(f) => f(self, v),
            None => raise!(self, TypeError, "object of type '{}' has no len()", v.class().name()),
        }
    }

    /// `obj[key]`
    pub fn get_item(&self, obj: Value, key: Value) -> PyResult<Value> {
        if let Some(d) = obj.exact::<Dict>() {
            return match d.get_item(self, key)? {
                Some(v) => Ok(v),
                None => Err(self.key_error(key)),
            };
        }
        let slots = obj.class().slots();
        if let Some(f) = slots.mp_subscript {
            return f(self, obj, key);
        }
        if let Some(f) = slots.sq_item {
            if key.class().slots().nb_index.is_none() {
                raise!(self, TypeError, "sequence index must be integer, not '{}'", key.class().name())
            }
            let mut i = self.index_isize(key)?;
            if i < 0
                && let Some(len) = slots.sq_length
            {
                i += len(self, obj)? as isize;
            }
            return f(self, obj, i);
        }
        if let Some(class) = obj.downcast::<Type>() {
            if class == Type::class() {
                return crate::builtins::union_::generic_alias(self, obj, key);
            }
            if let Some(f) = self.get_attr_opt(obj, names().__class_getitem__)? {
                return self.call(f, &[key]);
            }
            raise!(self, TypeError, "type '{}' is not subscriptable", class.name())
        }
        raise!(self, TypeError, "'{}' object is not subscriptable", obj.class().name())
    }

    /// `obj[key]`, None for a KeyError.
    pub fn get_item_opt(&self, obj: Value, key: Value) -> PyResult<Option<Value>> {
        if let Some(d) = obj.exact::<Dict>() {
            return d.get_item(self, key);
        }
        match self.get_item(obj, key) {
            Ok(v) => Ok(Some(v)),
            Err(raised) => {
                self.swallow(raised, Exc::KeyError)?;
                Ok(None)
            }
        }
    }

    fn ass_item(&self, obj: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        let slots = obj.class().slots();
        if let Some(f) = slots.mp_ass_subscript {
            return f(self, obj, key, value);
        }
        if let Some(f) = slots.sq_ass_item {
            if key.class().slots().nb_index.is_none() {
                raise!(self, TypeError, "sequence index must be integer, not '{}'", key.class().name())
            }
            let mut i = self.index_isize(key)?;
            if i < 0
                && let Some(len) = slots.sq_length
            {
                i += len(self, obj)? as isize;
            }
            return f(self, obj, i, value);
        }
        let what = if value.is_some() { "assignment" } else { "deletion" };
        raise!(self, TypeError, "'{}' object does not support item {what}", obj.class().name())
    }

    /// `obj[key] = value`
    pub fn set_item(&self, obj: Value, key: Value, value: Value) -> PyResult<()> {
        if let Some(d) = obj.exact::<Dict>() {
            return d.set_item(self, key, value);
        }
        self.ass_item(obj, key, Some(value))
    }

    /// `del obj[key]`
    pub fn del_item(&self, obj: Value, key: Value) -> PyResult<()> {
        self.ass_item(obj, key, None)
    }

    /// `item in container`
    pub fn contains(&self, container: Value, item: Value) -> PyResult<bool> {
        if let Some(d) = container.exact::<Dict>() {
            return d.contains(self, item);
        }
        match container.class().slots().sq_contains {
            Some(f) => f(self, container, item),
            None => self.iter_contains(container, item),
        }
    }

    /// `item in container` by iterating.
    pub fn iter_contains(&self, container: Value, item: Value) -> PyResult<bool> {
        let slots = container.class().slots();
        if slots.tp_iter.is_none() && slots.sq_item.is_none() {
            raise!(
                self,
                TypeError,
                "argument of type '{}' is not a container or iterable",
                container.class().name()
            )
        }
        let it = self.iter(container)?;
        while let Some(v) = self.next(it)? {
            if self.eq(v, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    // ---- iteration ------------------------------------------------------------------------------------

    /// `iter(v)`
    pub fn iter(&self, v: Value) -> PyResult<Value> {
        let slots = v.class().slots();
        if let Some(f) = slots.tp_iter {
            let it = f(self, v)?;
            if it.class().slots().tp_iternext.is_none() {
                raise!(self, TypeError, "iter() returned non-iterator of type '{}'", it.class().name())
            }
            return Ok(it);
        }
        if slots.sq_item.is_some() {
            return self.sequence_iterator(v);
        }
        raise!(self, TypeError, "'{}' object is not iterable", v.class().name())
    }

    /// The next item; None when exhausted.
    #[inline]
    pub fn next(&self, it: Value) -> PyResult<Option<Value>> {
        match self.next_or_stop(it) {
            Err(raised) => {
                // A StopIteration with a value: only `yield from` and the like want to know.
                self.swallow(raised, Exc::StopIteration)?;
                Ok(None)
            }
            found => found,
        }
    }

    /// The next item that `take` does not take (by answering false); None when exhausted. A generator runs
    /// on while its items are taken, so `take` runs no Python code that could notice.
    pub fn next_untaken(&self, it: Value, take: &mut dyn FnMut(Value) -> bool) -> PyResult<Option<Value>> {
        if let Some(g) = it.exact::<crate::builtins::generator::Generator>() {
            return crate::builtins::generator_frames::drain(self, g, take);
        }
        while let Some(v) = self.next(it)? {
            if !take(v) {
                return Ok(Some(v));
            }
        }
        Ok(None)
    }

    /// As `next`, but a generator that returns a value raises StopIteration with it.
    pub fn next_or_stop(&self, it: Value) -> PyResult<Option<Value>> {
        match it.class().slots().tp_iternext {
            Some(f) => f(self, it),
            None => raise!(self, TypeError, "'{}' object is not an iterator", it.class().name()),
        }
    }

    /// Calls `f` for each item.
    pub fn iterate(&self, iterable: Value, f: &mut dyn FnMut(Value) -> PyResult<()>) -> PyResult<()> {
        if let Some(t) = iterable.exact::<Tuple>() {
            for i in 0..t.len() {
                f(t.get(i))?;
            }
            return Ok(());
        }
        if let Some(l) = iterable.exact::<List>() {
            let mut i = 0;
            while let Some(v) = l.try_get(i) {
                f(v)?;
                i += 1;
            }
            return Ok(());
        }
        let it = self.iter(iterable)?;
        while let Some(v) = self.next(it)? {
            f(v)?;
        }
        Ok(())
    }

    /// `operator.length_hint(v, default)`
    pub fn length_hint(&self, v: Value, default: usize) -> PyResult<usize> {
        let slots = v.class().slots();
        if let Some(f) = slots.mp_length.or(slots.sq_length) {
            match f(self, v) {
                Ok(n) => return Ok(n),
                Err(raised) => self.swallow(raised, Exc::TypeError)?,
            }
        }
        let hint = match self.call_special(v, names().__length_hint__, &[]) {
            Ok(Some(h)) => h,
            Ok(None) => return Ok(default),
            Err(raised) => {
                self.swallow(raised, Exc::TypeError)?;
                return Ok(default);
            }
        };
        if is_not_implemented(hint) {
            return Ok(default);
        }
        let Some(i) = crate::builtins::int::as_int(hint) else {
            raise!(self, TypeError, "__length_hint__ must be an integer, not {}", hint.class().name())
        };
        match self.int_to_i64(i) {
            Some(n) if n >= 0 => Ok(n as usize),
            Some(_) => raise!(self, ValueError, "__length_hint__() should return >= 0"),
            None => raise!(self, OverflowError, "Python int too large to convert to C ssize_t"),
        }
    }

    /// StopIteration with a value.
    pub fn stop_iteration(&self, value: Option<Value>) -> Raised {
        match value {
            Some(v) => self.raise_class(Exc::StopIteration.class(), &[v]),
            None => self.raise_class(Exc::StopIteration.class(), &[]),
        }
    }

    // ---- classes ----------------------------------------------------------------------------------------

    /// `isinstance(obj, class_or_tuple)`
    pub fn isinstance(&self, obj: Value, class: Value) -> PyResult<bool> {
        if obj.class().value() == class {
            return Ok(true);
        }
        if class.class() == Type::class() {
            return self.real_isinstance(obj, class);
        }
        if let Some(t) = class.downcast::<Tuple>().or(crate::builtins::union_::members(class)) {
            self.check_native_stack()?;
            for c in t.items() {
                if self.isinstance(obj, *c)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match self.call_special(class, names().__instancecheck__, &[obj])? {
            Some(r) => self.truth(r),
            None => self.real_isinstance(obj, class),
        }
    }

    /// `type.__instancecheck__`
    pub fn real_isinstance(&self, obj: Value, class: Value) -> PyResult<bool> {
        if let Some(c) = class.downcast::<Type>() {
            if obj.class().is_subclass_of(c) {
                return Ok(true);
            }
            // Instances of these have no other class.
            if obj.is_small() || obj.is_none() || obj.is::<Str>() || obj.is::<Tuple>() || obj.is::<List>() {
                return Ok(false);
            }
            let plain = !obj.class().is_generic(SlotId::tp_getattro)
                && obj.class().lookup(self, names().__class__)
                    == crate::builtins::object::Object::class().dict.get().get_name_quiet(names().__class__);
            if plain {
                return Ok(false);
            }
            return match self.get_attr_opt(obj, names().__class__)? {
                Some(k) if k != obj.class().value() => {
                    Ok(k.downcast::<Type>().is_some_and(|k| k.is_subclass_of(c)))
                }
                _ => Ok(false),
            };
        }
        if self.abstract_bases(class)?.is_none() {
            return Err(self.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
        }
        match self.get_attr_opt(obj, names().__class__)? {
            Some(k) => self.abstract_issubclass(k, class),
            None => Ok(false),
        }
    }

    fn abstract_bases(&self, class: Value) -> PyResult<Option<Ref<Tuple>>> {
        Ok(self.get_attr_opt(class, names().__bases__)?.and_then(|b| b.downcast::<Tuple>()))
    }

    fn abstract_issubclass(&self, derived: Value, class: Value) -> PyResult<bool> {
        self.check_native_stack()?;
        if derived == class {
            return Ok(true);
        }
        let Some(bases) = self.abstract_bases(derived)? else { return Ok(false) };
        for b in bases.items() {
            if self.abstract_issubclass(*b, class)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `issubclass(derived, class_or_tuple)`
    pub fn issubclass(&self, derived: Value, class: Value) -> PyResult<bool> {
        if class.class() == Type::class() {
            if derived == class {
                return Ok(true);
            }
            return self.real_issubclass(derived, class);
        }
        if let Some(t) = class.downcast::<Tuple>().or(crate::builtins::union_::members(class)) {
            self.check_native_stack()?;
            for c in t.items() {
                if self.issubclass(derived, *c)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match self.call_special(class, names().__subclasscheck__, &[derived])? {
            Some(r) => self.truth(r),
            None => self.real_issubclass(derived, class),
        }
    }

    /// `type.__subclasscheck__`
    pub fn real_issubclass(&self, derived: Value, class: Value) -> PyResult<bool> {
        if let (Some(d), Some(c)) = (derived.downcast::<Type>(), class.downcast::<Type>()) {
            return Ok(d.is_subclass_of(c));
        }
        if self.abstract_bases(derived)?.is_none() {
            return Err(self.type_error("issubclass() arg 1 must be a class"));
        }
        if self.abstract_bases(class)?.is_none() {
            return Err(self.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
        }
        self.abstract_issubclass(derived, class)
    }

    /// `getattr(f, "__isabstractmethod__", False)`
    pub fn is_abstract_method(&self, f: Value) -> PyResult<bool> {
        match self.get_attr_opt(f, names().__isabstractmethod__)? {
            Some(v) => self.truth(v),
            None => Ok(false),
        }
    }

    // ---- identity -----------------------------------------------------------------------------------------

    /// `id(v)`: stable for the object's life. Ints, floats and their like have the identity of their
    /// value.
    pub fn id(&self, v: Value) -> u64 {
        crate::identity::id(self, v)
    }

    /// Reports an exception that cannot be raised, through `sys.unraisablehook`.
    pub fn unraisable(&self, raised: Raised, message: &str, object: Value) {
        crate::builtins::exceptions::unraisable(self, raised, Some(message), object);
    }

    /// `warnings.warn(message, DeprecationWarning)`
    pub fn warn_deprecated(&self, message: &str) -> PyResult<()> {
        crate::warnings::warn(self, Exc::DeprecationWarning.class(), message, 1)
    }

    /// `warnings.warn(message, category, stack_level)`
    pub fn warn(&self, category: Exc, message: &str) -> PyResult<()> {
        crate::warnings::warn(self, category.class(), message, 1)
    }
}

/// `obj[key] = value` as a residual call.
pub fn set_item_residual(vm: &Vm, obj: Value, key: Value, value: Value) -> PyResult<Value> {
    vm.set_item(obj, key, value)?;
    Ok(none())
}

/// A function object of a method call, for callers that need the Python function.
pub fn python_function(f: Value) -> Option<Ref<Function>> {
    f.exact::<Function>()
}
