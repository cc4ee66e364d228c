//! `Pickler`: the object; `save.rs` and `reduce.rs` do the work.

use super::memo::Index;
use super::op::{self, DEFAULT_PROTOCOL, HIGHEST_PROTOCOL};
use super::save::Save;
use super::state;
use super::writer::Writer;
use crate::arguments::{bind, params};
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use adder_vm::args::{Args, Params};
use adder_vm::builtins::descr::MethodDescriptor;
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::list::List;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::builtins::type_::{Type, TypeExt};
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::cell::{Cell, RefCell};

/// This takes a binary file for writing a pickle data stream.
///
/// The optional *protocol* argument tells the pickler to use the given
/// protocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default
/// protocol is 5. It was introduced in Python 3.8, and is incompatible
/// with previous versions.
///
/// Specifying a negative protocol version selects the highest protocol
/// version supported.  The higher the protocol used, the more recent the
/// version of Python needed to read the pickle produced.
///
/// The *file* argument must have a write() method that accepts a single
/// bytes argument. It can thus be a file object opened for binary
/// writing, an io.BytesIO instance, or any other custom object that meets
/// this interface.
///
/// If *fix_imports* is True and protocol is less than 3, pickle will try
/// to map the new Python 3 names to the old module names used in Python
/// 2, so that the pickle data stream is readable with Python 2.
///
/// If *buffer_callback* is None (the default), buffer views are
/// serialized into *file* as part of the pickle stream.
///
/// If *buffer_callback* is not None, then it can be called any number
/// of times with a buffer view.  If the callback returns a false value
/// (such as None), the given buffer is out-of-band; otherwise the
/// buffer is serialized in-band, i.e. inside the pickle stream.
///
/// It is an error if *buffer_callback* is not None and *protocol*
/// is None or smaller than 5.
#[pyclass(
    name = "Pickler",
    module = "_pickle",
    flags = def::BASE,
    signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)"
)]
#[repr(C)]
pub struct Pickler {
    h: LongHeader,
    /// `file.write`; None: `__init__` was not called.
    pub write: Field<Option<Value>>,
    pub buffer_callback: Field<Option<Value>>,
    dispatch_table: Field<Option<Value>>,
    /// Assigned to the instance.
    persistent_id: Field<Option<Value>>,
    /// The objects of the memo by their numbers.
    pub memo: Field<Ref<List>>,
    pub index: RefCell<Index>,
    pub writer: RefCell<Writer>,
    pub proto: Cell<i64>,
    bin: Cell<i64>,
    pub fast: Cell<i64>,
    pub fix_imports: Cell<bool>,
    running: Cell<bool>,
}

const INIT: Params = params("Pickler", &["file", "protocol", "fix_imports", "buffer_callback"], 0, 4, 1);

/// The number of a protocol that was asked for.
fn protocol(vm: &Vm, v: Option<Value>) -> PyResult<i64> {
    let n = match v.filter(|v| !v.is_none()) {
        None => return Ok(DEFAULT_PROTOCOL),
        Some(v) => vm.index_isize(v)? as i64,
    };
    if n > HIGHEST_PROTOCOL {
        raise!(vm, ValueError, "pickle protocol must be <= {HIGHEST_PROTOCOL}")
    }
    Ok(if n < 0 { HIGHEST_PROTOCOL } else { n })
}

impl Pickler {
    fn blank(vm: &Vm) -> Pickler {
        Pickler {
            h: LongHeader::new(),
            write: Field::new(None),
            buffer_callback: Field::new(None),
            dispatch_table: Field::new(None),
            persistent_id: Field::new(None),
            memo: Field::new(List::new(vm)),
            index: RefCell::default(),
            writer: RefCell::default(),
            proto: Cell::new(0),
            bin: Cell::new(0),
            fast: Cell::new(0),
            fix_imports: Cell::new(false),
            running: Cell::new(false),
        }
    }

    /// What `__init__` and `dumps` have in common.
    fn set_up(
        vm: &Vm,
        p: Ref<Pickler>,
        wanted: Option<Value>,
        fix_imports: Option<Value>,
        buffer_callback: Option<Value>,
    ) -> PyResult<()> {
        let proto = protocol(vm, wanted)?;
        let callback = buffer_callback.filter(|c| !c.is_none());
        if callback.is_some() && proto < 5 {
            return Err(vm.value_error("buffer_callback needs protocol >= 5"));
        }
        let fix = match fix_imports {
            Some(v) => vm.truth(v)?,
            None => true,
        };
        p.proto.set(proto);
        p.bin.set((proto > 0) as i64);
        p.fast.set(0);
        p.fix_imports.set(fix && proto < 3);
        p.buffer_callback.set(p, callback);
        p.forget(vm, p);
        Ok(())
    }

    fn forget(&self, vm: &Vm, p: Ref<Pickler>) {
        p.memo.set(p, List::new(vm));
        p.index.borrow_mut().clear();
    }

    /// Adds an object to the memo; gives its number.
    pub fn remember(&self, vm: &Vm, v: Value) -> usize {
        let objects = self.memo.get();
        self.index.borrow_mut().add(v);
        objects.push(vm, v);
        objects.len() - 1
    }

    /// Gives what is complete to the file.
    pub fn flush(&self, vm: &Vm) -> PyResult<()> {
        let Some(write) = self.write.get() else { return Ok(()) };
        let data = std::mem::take(&mut self.writer.borrow_mut().done);
        if !data.is_empty() {
            vm.call(write, &[vm.new_bytes(&data)?])?;
        }
        Ok(())
    }

    /// One run at a time.
    fn check_idle(&self, vm: &Vm) -> PyResult<()> {
        if self.running.get() {
            return Err(vm.runtime_error("Pickler object is already used"));
        }
        Ok(())
    }

    fn dump_object(vm: &Vm, p: Ref<Pickler>, obj: Value) -> PyResult<()> {
        p.check_idle(vm)?;
        p.running.set(true);
        let result = Pickler::run(vm, p, obj);
        p.running.set(false);
        result
    }

    fn run(vm: &Vm, p: Ref<Pickler>, obj: Value) -> PyResult<()> {
        let (proto, save) = (p.proto.get(), Save::new(vm, p)?);
        {
            let mut w = p.writer.borrow_mut();
            w.restart();
            if proto >= 2 {
                w.put(&[op::PROTO, proto as u8]);
            }
            if proto >= 4 {
                w.start_framing();
            }
        }
        save.save(obj)?;
        let mut w = p.writer.borrow_mut();
        w.put_code(op::STOP);
        w.commit();
        Ok(())
    }

    /// `persistent_id`, if it is not the method that does nothing.
    pub fn replaced_persistent_id(vm: &Vm, p: Ref<Pickler>) -> PyResult<Option<Value>> {
        if let Some(f) = p.persistent_id.get() {
            return Ok(Some(f));
        }
        let class = p.value().class();
        if class == Pickler::class() {
            return Ok(None);
        }
        let name = vm.intern_str("persistent_id");
        match class.lookup(vm, name) {
            Some(f) if f.is::<MethodDescriptor>() => Ok(None),
            _ => vm.get_attr(p.value(), name).map(Some),
        }
    }

    pub fn private_table(&self) -> Option<Value> {
        self.dispatch_table.get()
    }
}

/// `pickle.dump(obj, file)`
pub fn dump(
    vm: &Vm,
    obj: Value,
    file: Value,
    proto: Option<Value>,
    fix_imports: Option<Value>,
    callback: Option<Value>,
) -> PyResult<()> {
    let p = heap::new(Pickler::shape(), Pickler::blank(vm));
    set_file(vm, p, file)?;
    Pickler::set_up(vm, p, proto, fix_imports, callback)?;
    Pickler::dump_object(vm, p, obj)?;
    p.flush(vm)
}

/// `pickle.dumps(obj)`
pub fn dumps(
    vm: &Vm,
    obj: Value,
    proto: Option<Value>,
    fix_imports: Option<Value>,
    callback: Option<Value>,
) -> PyResult<Value> {
    let p = heap::new(Pickler::shape(), Pickler::blank(vm));
    Pickler::set_up(vm, p, proto, fix_imports, callback)?;
    Pickler::dump_object(vm, p, obj)?;
    let data = std::mem::take(&mut p.writer.borrow_mut().done);
    vm.new_bytes(&data)
}

fn set_file(vm: &Vm, p: Ref<Pickler>, file: Value) -> PyResult<()> {
    let Some(write) = vm.get_attr_opt(file, vm.intern_str("write"))? else {
        return Err(vm.type_error("file must have a 'write' attribute"));
    };
    p.write.set(p, Some(write));
    Ok(())
}

fn me(v: Value) -> Ref<Pickler> {
    // SAFETY: used in slots of Pickler and its subclasses only.
    unsafe { v.cast() }
}

#[pymethods]
impl Pickler {
    #[slot(tp_new)]
    fn new(vm: &Vm, class: Ref<Type>, _args: Args) -> PyResult<Value> {
        Ok(vm.new_instance(class, Pickler::blank(vm))?.value())
    }

    #[slot(tp_init)]
    fn init(vm: &Vm, this: Value, args: Args) -> PyResult<()> {
        let [file, proto, fix_imports, callback] = bind(vm, &INIT, args)?;
        let p = me(this);
        p.check_idle(vm)?;
        protocol(vm, proto)?;
        set_file(vm, p, file.expect("a required argument"))?;
        Pickler::set_up(vm, p, proto, fix_imports, callback)?;
        let table = vm.get_attr_opt(this, vm.intern_str("dispatch_table"))?;
        p.dispatch_table.set(p, table);
        Ok(())
    }

    #[slot(tp_getattro)]
    fn getattro(vm: &Vm, this: Value, name: Ref<Str>) -> PyResult<Option<Value>> {
        if name.eq_str("persistent_id")
            && let Some(f) = me(this).persistent_id.get()
        {
            return Ok(Some(f));
        }
        vm.generic_getattr(this, name)
    }

    #[slot(tp_setattro)]
    fn setattro(vm: &Vm, this: Value, name: Ref<Str>, value: Option<Value>) -> PyResult<()> {
        let p = me(this);
        if name.eq_str("persistent_id") && (value.is_some() || p.persistent_id.get().is_some()) {
            p.persistent_id.set(p, value);
            return Ok(());
        }
        vm.generic_setattr(this, name, value)
    }

    /// Write a pickled representation of the given object to the open file.
    #[pymethod("($self, obj, /)")]
    fn dump(vm: &Vm, this: Ref<Pickler>, obj: Value) -> PyResult<()> {
        if this.write.get().is_none() {
            let class = this.value().class().name();
            let message = format!("Pickler.__init__() was not called by {class}.__init__()");
            return Err(state::pickling_error(vm, &message));
        }
        Pickler::dump_object(vm, this, obj)?;
        this.flush(vm)
    }

    /// Clears the pickler's "memo".
    ///
    /// The memo is the data structure that remembers which objects the
    /// pickler has already seen, so that shared or recursive objects are
    /// pickled by reference and not by value.  This method is useful when
    /// re-using picklers.
    #[pymethod("($self, /)")]
    fn clear_memo(vm: &Vm, this: Ref<Pickler>) {
        this.forget(vm, this);
    }

    #[pymethod("($self, obj, /)")]
    fn persistent_id(_: &Vm, _this: Ref<Pickler>, _obj: Value) {}

    #[getter]
    fn bin(_: &Vm, this: Ref<Pickler>) -> i64 {
        this.bin.get()
    }

    #[setter(name = "bin")]
    fn set_bin(vm: &Vm, this: Ref<Pickler>, value: Option<Value>) -> PyResult<()> {
        this.bin.set(number(vm, value)?);
        Ok(())
    }

    #[getter]
    fn fast(_: &Vm, this: Ref<Pickler>) -> i64 {
        this.fast.get()
    }

    #[setter(name = "fast")]
    fn set_fast(vm: &Vm, this: Ref<Pickler>, value: Option<Value>) -> PyResult<()> {
        this.fast.set(number(vm, value)?);
        Ok(())
    }

    #[getter]
    fn dispatch_table(vm: &Vm, this: Ref<Pickler>) -> PyResult<Value> {
        match this.dispatch_table.get() {
            Some(table) => Ok(table),
            None => Err(vm.error(Exc::AttributeError, "dispatch_table")),
        }
    }

    #[setter(name = "dispatch_table")]
    fn set_dispatch_table(_: &Vm, this: Ref<Pickler>, value: Option<Value>) -> PyResult<()> {
        this.dispatch_table.set(this, value);
        Ok(())
    }

    #[getter]
    fn memo(_: &Vm, this: Ref<Pickler>) -> Value {
        let proxy = PicklerMemoProxy { h: LongHeader::new(), pickler: Field::new(this) };
        heap::new(PicklerMemoProxy::shape(), proxy).value()
    }

    #[setter(name = "memo")]
    fn set_memo(vm: &Vm, this: Ref<Pickler>, value: Option<Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(vm.type_error("attribute deletion is not supported"));
        };
        let objects = List::new(vm);
        if let Some(proxy) = value.exact::<PicklerMemoProxy>() {
            objects.extend_slice(vm, proxy.pickler.get().memo.get().items())?;
        } else if let Some(d) = value.downcast::<Dict>() {
            for i in 0..d.slots() {
                let Some((_, entry)) = d.entry(i) else { continue };
                let Some(pair) = entry.downcast::<Tuple>().filter(|t| t.len() == 2) else {
                    return Err(vm.type_error("'memo' values must be 2-item tuples"));
                };
                let number = vm.index_isize(pair.get(0))?.max(0) as usize;
                const MOST: usize = 1 << 28;
                if number >= MOST {
                    return Err(vm.memory_error());
                }
                while objects.len() <= number {
                    objects.push(vm, none());
                }
                objects.set(number, pair.get(1));
            }
        } else {
            let class = value.class().name().to_string();
            raise!(vm, TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not {class}")
        }
        this.forget(vm, this);
        for i in 0..objects.len() {
            this.remember(vm, objects.get(i));
        }
        Ok(())
    }
}

fn number(vm: &Vm, value: Option<Value>) -> PyResult<i64> {
    let Some(v) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    match vm.int_to_i64(vm.index_value(v)?) {
        Some(n) => Ok(n),
        None => Err(vm.overflow_error("Python int too large to convert to C long")),
    }
}

#[pyclass(name = "PicklerMemoProxy", module = "_pickle")]
#[repr(C)]
pub struct PicklerMemoProxy {
    h: LongHeader,
    pickler: Field<Ref<Pickler>>,
}

#[pymethods]
impl PicklerMemoProxy {
    /// Remove all items from memo.
    #[pymethod("($self, /)")]
    fn clear(vm: &Vm, this: Ref<PicklerMemoProxy>) {
        let p = this.pickler.get();
        p.forget(vm, p);
    }

    /// Copy the memo to a new object.
    #[pymethod("($self, /)")]
    fn copy(vm: &Vm, this: Ref<PicklerMemoProxy>) -> PyResult<Ref<Dict>> {
        let (objects, copy) = (this.pickler.get().memo.get(), Dict::new(vm));
        for i in 0..objects.len() {
            let obj = objects.get(i);
            let entry = Tuple::from_slice(vm, &[vm.int(i as i64), obj]).value();
            copy.set_item(vm, vm.new_int(vm.id(obj) as i128), entry)?;
        }
        Ok(copy)
    }

    /// Implement pickle support.
    #[pymethod("($self, /)")]
    fn __reduce__(vm: &Vm, this: Ref<PicklerMemoProxy>) -> PyResult<Value> {
        let contents = PicklerMemoProxy::copy(vm, this)?.value();
        let args = Tuple::from_slice(vm, &[contents]).value();
        Ok(Tuple::from_slice(vm, &[Dict::class().value(), args]).value())
    }
}
