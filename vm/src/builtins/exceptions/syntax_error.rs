//! `SyntaxError`, which `IndentationError` and `TabError` extend.

use super::BaseException;
use super::fields::{self, BaseExceptionAsException, object_fields};
use crate::args::Args;
use crate::builtins::int::as_int;
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

/// Invalid syntax.
#[pyclass(name = "SyntaxError", base = BaseExceptionAsException, flags = def::BASE)]
#[repr(C)]
pub struct SyntaxError {
    base: BaseException,
    pub msg: Field<Option<Value>>,
    pub filename: Field<Option<Value>>,
    pub lineno: Field<Option<Value>>,
    pub offset: Field<Option<Value>>,
    pub end_lineno: Field<Option<Value>>,
    pub end_offset: Field<Option<Value>>,
    pub text: Field<Option<Value>>,
    pub print_file_and_line: Field<Option<Value>>,
    pub metadata: Field<Option<Value>>,
}

object_fields! {
    SyntaxError {
        msg set_msg "msg",
        filename set_filename "filename",
        lineno set_lineno "lineno",
        offset set_offset "offset",
        text set_text "text",
        end_lineno set_end_lineno "end_lineno",
        end_offset set_end_offset "end_offset",
        print_file_and_line set_print_file_and_line "print_file_and_line",
        metadata set_metadata "_metadata",
    }

    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, args: Args) -> PyResult<Value> {
        let tuple = Tuple::from_slice(vm, args.pos());
        let blank = SyntaxError {
            base: BaseException::blank(tuple),
            msg: Field::new(None),
            filename: Field::new(None),
            lineno: Field::new(None),
            offset: Field::new(None),
            end_lineno: Field::new(None),
            end_offset: Field::new(None),
            text: Field::new(None),
            print_file_and_line: Field::new(None),
            metadata: Field::new(None),
        };
        Ok(vm.new_instance(class, blank)?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        if args.has_keywords() {
            raise!(vm, TypeError, "{}() takes no keyword arguments", this.class().short_name())
        }
        fields::set_args(vm, this, args.pos());
        // SAFETY: installed as a slot of SyntaxError only.
        let e: Ref<SyntaxError> = unsafe { this.cast() };
        if let Some(msg) = args.pos().first() {
            e.msg.set(e, Some(*msg));
        }
        let [_, info] = args.pos() else { return Ok(()) };
        let info = vm.sequence_to_tuple(*info)?;
        let n = info.len();
        if n < 4 {
            raise!(vm, TypeError, "function missing required argument '{}' (pos {})", ["filename", "lineno", "offset", "text"][n], n + 1)
        }
        if n > 7 {
            raise!(vm, TypeError, "function takes at most 7 arguments ({n} given)")
        }
        e.filename.set(e, Some(info.get(0)));
        e.lineno.set(e, Some(info.get(1)));
        e.offset.set(e, Some(info.get(2)));
        e.text.set(e, Some(info.get(3)));
        e.end_lineno.set(e, info.items().get(4).copied());
        e.end_offset.set(e, info.items().get(5).copied());
        e.metadata.set(e, info.items().get(6).copied());
        if n == 5 {
            return Err(vm.type_error("end_offset must be provided when end_lineno is provided"));
        }
        Ok(())
    }

    #[slot(tp_str)]
    fn str(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of SyntaxError only.
        let e: Ref<SyntaxError> = unsafe { this.cast() };
        let msg = vm.str(e.msg.get().unwrap_or(none()))?.value();
        let filename = e.filename.get().and_then(|f| f.downcast::<Str>());
        let lineno = e.lineno.get().and_then(as_int).map(|l| vm.int_to_i64(l).unwrap_or(-1));
        let base = |f: Ref<Str>| f.to_string().rsplit('/').next().unwrap_or("").to_string();
        let tail = match (filename, lineno) {
            (Some(f), Some(l)) => format!(" ({}, line {l})", base(f)),
            (Some(f), None) => format!(" ({})", base(f)),
            (None, Some(l)) => format!(" (line {l})"),
            (None, None) => return Ok(msg),
        };
        vm.concat_strings(&[msg, vm.new_str(&tail)])
    }
}
