//! The Unicode errors: an encoding, an object, and the range in it that is the problem.

use super::BaseException;
use super::fields::{self, UnicodeErrorClass};
use crate::args::Args;
use crate::builtins::bytes::Bytes;
use crate::builtins::singletons::none;
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::object::{Field, Ref, Value, ValueExt};
use crate::raise;
use crate::vm::Vm;
use adder_macros::{pyclass, pymethods};
use std::cell::Cell;

macro_rules! unicode_error {
    ($t:ident, $name:tt, $doc:tt, $count:tt, $init:expr, $str:expr) => {
        #[doc = $doc]
        #[pyclass(name = $name, base = UnicodeErrorClass, flags = def::BASE)]
        #[repr(C)]
        pub struct $t {
            base: BaseException,
            pub encoding: Field<Option<Value>>,
            pub object: Field<Option<Value>>,
            pub reason: Field<Option<Value>>,
            pub start: Cell<i64>,
            pub end: Cell<i64>,
        }

        #[pymethods]
        impl $t {
            #[slot(tp_new)]
            fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
                let tuple = Tuple::from_slice(vm, args.pos());
                let blank = $t {
                    base: BaseException::blank(tuple),
                    encoding: Field::new(None),
                    object: Field::new(None),
                    reason: Field::new(None),
                    start: Cell::new(0),
                    end: Cell::new(0),
                };
                Ok(vm.new_instance(class, blank)?.value())
            }

            #[slot(tp_init)]
            fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
                if args.has_keywords() {
                    raise!(vm, TypeError, "{}() takes no keyword arguments", this.class().short_name())
                }
                fields::set_args(vm, this, args.pos());
                let given = args.pos();
                if given.len() != $count {
                    raise!(
                        vm,
                        TypeError,
                        "function takes exactly {} arguments ({} given)",
                        $count,
                        given.len()
                    )
                }
                // SAFETY: installed as a slot of this class only.
                let e: Ref<$t> = unsafe { this.cast() };
                let init: fn(&Vm, Ref<$t>, &[Value]) -> PyResult<()> = $init;
                init(vm, e, given)
            }

            #[slot(tp_str)]
            fn str(vm: &Vm, this: Value) -> PyResult<Value> {
                // SAFETY: installed as a slot of this class only.
                let e: Ref<$t> = unsafe { this.cast() };
                if e.object.get().is_none() {
                    // `__init__` was not called, or the attribute was deleted.
                    return Ok(vm.new_str(""));
                }
                let reason = vm.str(e.reason.get().unwrap_or(none()))?.value();
                let encoding = vm.str(e.encoding.get().unwrap_or(none()))?.to_string();
                // Those two may have run code that changed the object.
                let Some(object) = e.object.get() else {
                    return Err(vm.type_error("UnicodeError 'object' attribute is not set"));
                };
                let (wanted, right) = match $name {
                    "UnicodeDecodeError" => ("bytes", object.downcast::<Bytes>().is_some()),
                    _ => ("string", object.downcast::<Str>().is_some()),
                };
                if !right {
                    raise!(vm, TypeError, "UnicodeError 'object' attribute must be a {wanted}")
                }
                let show: fn(&Vm, Ref<$t>, Value, String) -> String = $str;
                let front = vm.new_str(&show(vm, e, object, encoding));
                vm.concat_strings(&[front, reason])
            }

            #[getter]
            fn encoding(_vm: &Vm, this: Ref<$t>) -> Option<Value> {
                this.encoding.get()
            }

            #[setter(name = "encoding")]
            fn set_encoding(_vm: &Vm, this: Ref<$t>, value: Option<Value>) -> PyResult<()> {
                this.encoding.set(this, value);
                Ok(())
            }

            #[getter]
            fn object(_vm: &Vm, this: Ref<$t>) -> Option<Value> {
                this.object.get()
            }

            #[setter(name = "object")]
            fn set_object(_vm: &Vm, this: Ref<$t>, value: Option<Value>) -> PyResult<()> {
                this.object.set(this, value);
                Ok(())
            }

            #[getter]
            fn reason(_vm: &Vm, this: Ref<$t>) -> Option<Value> {
                this.reason.get()
            }

            #[setter(name = "reason")]
            fn set_reason(_vm: &Vm, this: Ref<$t>, value: Option<Value>) -> PyResult<()> {
                this.reason.set(this, value);
                Ok(())
            }

            #[getter]
            fn start(_vm: &Vm, this: Ref<$t>) -> i64 {
                this.start.get()
            }

            #[setter(name = "start")]
            fn set_start(vm: &Vm, this: Ref<$t>, value: Option<Value>) -> PyResult<()> {
                this.start.set(position(vm, value)?);
                Ok(())
            }

            #[getter]
            fn end(_vm: &Vm, this: Ref<$t>) -> i64 {
                this.end.get()
            }

            #[setter(name = "end")]
            fn set_end(vm: &Vm, this: Ref<$t>, value: Option<Value>) -> PyResult<()> {
                this.end.set(position(vm, value)?);
                Ok(())
            }
        }
    };
}

fn position(vm: &Vm, value: Option<Value>) -> PyResult<i64> {
    match value {
        Some(v) => Ok(vm.index_isize(v)? as i64),
        None => Err(vm.type_error("can't delete numeric/char attribute")),
    }
}

fn text(vm: &Vm, v: Value, i: usize) -> PyResult<Value> {
    match v.downcast::<Str>() {
        Some(_) => Ok(v),
        None if v.is_none() => raise!(vm, TypeError, "argument {i} must be str, not None"),
        None => raise!(vm, TypeError, "argument {i} must be str, not {}", v.class().name()),
    }
}

/// The bad character, if there is just one.
fn single(object: Value, start: i64, end: i64) -> Option<u32> {
    if end != start + 1 || start < 0 {
        return None;
    }
    match (object.downcast::<Str>(), object.downcast::<Bytes>()) {
        (Some(s), _) if (start as usize) < s.len() => Some(s.char_at(start as usize)),
        (_, Some(b)) => b.as_bytes().get(start as usize).map(|c| *c as u32),
        _ => None,
    }
}

fn escaped(c: u32) -> String {
    match c {
        0..0x100 => format!("\\x{c:02x}"),
        0x100..0x10000 => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

unicode_error!(
    UnicodeEncodeError,
    "UnicodeEncodeError",
    "Unicode encoding error.",
    5,
    |vm, e, given| {
        e.encoding.set(e, Some(text(vm, given[0], 1)?));
        e.object.set(e, Some(text(vm, given[1], 2)?));
        e.start.set(vm.index_isize(given[2])? as i64);
        e.end.set(vm.index_isize(given[3])? as i64);
        e.reason.set(e, Some(text(vm, given[4], 5)?));
        Ok(())
    },
    |_vm, e, object, encoding| {
        let (start, end) = (e.start.get(), e.end.get());
        match single(object, start, end) {
            Some(c) => {
                format!("'{encoding}' codec can't encode character '{}' in position {start}: ", escaped(c))
            }
            None => format!("'{encoding}' codec can't encode characters in position {start}-{}: ", end - 1),
        }
    }
);

unicode_error!(
    UnicodeDecodeError,
    "UnicodeDecodeError",
    "Unicode decoding error.",
    5,
    |vm, e, given| {
        e.encoding.set(e, Some(text(vm, given[0], 1)?));
        let object = given[1];
        let object = if object.downcast::<Bytes>().is_some() {
            object
        } else {
            let copy = vm.bytes_like(object)?.to_vec();
            vm.new_bytes(&copy)?
        };
        e.object.set(e, Some(object));
        e.start.set(vm.index_isize(given[2])? as i64);
        e.end.set(vm.index_isize(given[3])? as i64);
        e.reason.set(e, Some(text(vm, given[4], 5)?));
        Ok(())
    },
    |_vm, e, object, encoding| {
        let (start, end) = (e.start.get(), e.end.get());
        match single(object, start, end) {
            Some(c) => format!("'{encoding}' codec can't decode byte 0x{c:02x} in position {start}: "),
            None => format!("'{encoding}' codec can't decode bytes in position {start}-{}: ", end - 1),
        }
    }
);

unicode_error!(
    UnicodeTranslateError,
    "UnicodeTranslateError",
    "Unicode translation error.",
    4,
    |vm, e, given| {
        e.object.set(e, Some(text(vm, given[0], 1)?));
        e.start.set(vm.index_isize(given[1])? as i64);
        e.end.set(vm.index_isize(given[2])? as i64);
        e.reason.set(e, Some(text(vm, given[3], 4)?));
        Ok(())
    },
    |_vm, e, object, _encoding| {
        let (start, end) = (e.start.get(), e.end.get());
        match single(object, start, end) {
            Some(c) => format!("can't translate character '{}' in position {start}: ", escaped(c)),
            None => format!("can't translate characters in position {start}-{}: ", end - 1),
        }
    }
);
