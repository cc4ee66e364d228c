//! `memoryview`: a Python object that holds a buffer. This file is the state, views of views, and
//! attributes; items are in `memoryview_items.rs`.
//!
//! All views derived from one buffer share a `Managed`. When the last of them is released, or was
//! found dead, the buffer goes back to its exporter. What keeps the memory in place is in Rust memory
//! (`Buffer::keep`), so a view that is simply forgotten needs no finaliser unless its exporter wants
//! to be told.

use crate::args::Args;
use crate::builtins::buffer::{Base, Buffer, Layout, MAX_DIMS, flags};
use crate::builtins::bytes::Bytes;
use crate::builtins::int::as_int;
use crate::builtins::list::List;
use crate::builtins::memoryview_items as items;
use crate::builtins::singletons::{bool_value, none, not_implemented};
use crate::builtins::str_::Str;
use crate::builtins::tuple::Tuple;
use crate::builtins::type_::Type;
use crate::def;
use crate::error::PyResult;
use crate::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use crate::raise;
use crate::shapes::id;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_heap as heap;
use adder_macros::{pyclass, pymethods};
use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Create a new memoryview object which references the given object.
#[pyclass(
    name = "memoryview",
    fixed = id::MEMORYVIEW,
    flags = def::IMMUTABLE | def::SEQUENCE,
    signature = "(object)"
)]
#[repr(C)]
pub struct MemoryView {
    h: LongHeader,
    /// The exporter; None when released.
    owner: Field<Option<Value>>,
    /// The bytes object whose data is viewed, if it is one.
    inside: Field<Option<Ref<Bytes>>>,
    /// The memoryview that a `__buffer__` written in Python returned.
    via: Field<Option<Value>>,
    /// 0: not computed yet.
    hash: Cell<i64>,
    /// Lent to a `__release_buffer__` written in Python: no other view of the memory may be made.
    restricted: Cell<bool>,
    state: RefCell<Option<State>>,
}

struct State {
    managed: Rc<Managed>,
    layout: Rc<Layout>,
    /// The first item: an address, or an offset into the bytes object's data.
    start: usize,
    /// One more owner for each buffer taken of the view.
    exports: Rc<()>,
}

/// A buffer that several views share.
struct Managed {
    keep: Option<Rc<dyn Any>>,
    internal: usize,
    /// The view that the exporter gave.
    start: usize,
    layout: Layout,
}

/// What one needs to look at the items of a view.
pub struct View {
    pub layout: Rc<Layout>,
    pub base: *mut u8,
}

impl MemoryView {
    /// The view of a buffer, which it takes over.
    pub fn of_buffer(vm: &Vm, mut buffer: Buffer) -> PyResult<Ref<MemoryView>> {
        if buffer.layout.ndim() > MAX_DIMS {
            raise!(vm, ValueError, "memoryview: number of dimensions must not exceed {MAX_DIMS}")
        }
        let owner = buffer.owner.take();
        let (inside, start) = match buffer.base {
            Base::Address(p) => (None, p as usize),
            Base::Inside(b, offset) => (Some(b), offset),
        };
        let tell =
            buffer.keep.is_none() && owner.is_some_and(|o| o.class().slots().bf_releasebuffer.is_some());
        let managed = Managed {
            keep: buffer.keep.take(),
            internal: buffer.internal,
            start,
            layout: buffer.layout.clone(),
        };
        let layout = Rc::new(buffer.layout.clone());
        let state = State { managed: Rc::new(managed), layout, start, exports: Rc::new(()) };
        let view = MemoryView::make(owner, inside, buffer.via.take(), state);
        if tell || view.via.get().is_some() {
            heap::register_finalizer(view.value());
        }
        Ok(view)
    }

    fn make(
        owner: Option<Value>,
        inside: Option<Ref<Bytes>>,
        via: Option<Value>,
        state: State,
    ) -> Ref<MemoryView> {
        heap::new(
            MemoryView::shape(),
            MemoryView {
                h: LongHeader::new(),
                owner: Field::new(owner),
                inside: Field::new(inside),
                via: Field::new(via),
                hash: Cell::new(0),
                restricted: Cell::new(false),
                state: RefCell::new(Some(state)),
            },
        )
    }

    /// A view for `__release_buffer__`, of a buffer that is on its way back: it gives nothing back itself.
    pub fn restricted(vm: &Vm, buffer: Buffer) -> PyResult<Ref<MemoryView>> {
        let view = MemoryView::of_buffer(vm, buffer)?;
        view.restricted.set(true);
        Ok(view)
    }

    /// ValueError if another view must not be made.
    fn check_restricted(vm: &Vm, view: Ref<MemoryView>) -> PyResult<()> {
        if view.restricted.get() {
            return Err(vm.value_error("cannot create new view on restricted memoryview"));
        }
        Ok(())
    }

    /// `PyMemoryView_FromObject`
    pub fn of_object(vm: &Vm, v: Value) -> PyResult<Ref<MemoryView>> {
        if let Some(view) = v.downcast::<MemoryView>() {
            return MemoryView::derive(vm, view, |_| {});
        }
        if v.class().slots().bf_getbuffer.is_none() {
            raise!(vm, TypeError, "memoryview: a bytes-like object is required, not '{}'", v.class().name())
        }
        let buffer = vm.get_buffer(v, flags::FULL_RO)?;
        MemoryView::of_buffer(vm, buffer)
    }

    /// Another view of the same buffer, with a changed layout.
    fn derive(
        vm: &Vm,
        view: Ref<MemoryView>,
        change: impl FnOnce(&mut (Layout, usize)),
    ) -> PyResult<Ref<MemoryView>> {
        let (managed, layout, start) = {
            let state = view.state.borrow();
            let Some(s) = &*state else { return Err(released(vm)) };
            MemoryView::check_restricted(vm, view)?;
            (s.managed.clone(), s.layout.clone(), s.start)
        };
        let mut changed = ((*layout).clone(), start);
        change(&mut changed);
        let state = State { managed, layout: Rc::new(changed.0), start: changed.1, exports: Rc::new(()) };
        let new = MemoryView::make(view.owner.get(), view.inside.get(), view.via.get(), state);
        let tell = view.via.get().is_some()
            || (new.state.borrow().as_ref().is_some_and(|s| s.managed.keep.is_none())
                && view.owner.get().is_some_and(|o| o.class().slots().bf_releasebuffer.is_some()));
        if tell {
            heap::register_finalizer(new.value());
        }
        Ok(new)
    }

    /// The layout, or ValueError if the view was released.
    fn layout(vm: &Vm, view: Ref<MemoryView>) -> PyResult<Rc<Layout>> {
        match &*view.state.borrow() {
            Some(s) => Ok(s.layout.clone()),
            None => Err(released(vm)),
        }
    }

    /// The items now. Valid while the view is in a local and not released.
    pub fn view(vm: &Vm, view: Ref<MemoryView>) -> PyResult<View> {
        match &*view.state.borrow() {
            Some(s) => Ok(View { layout: s.layout.clone(), base: address(view, s.start) }),
            None => Err(released(vm)),
        }
    }

    /// The exporter and the place of the first item; nothing of a released view.
    pub fn exporter(view: Ref<MemoryView>) -> (Option<Value>, Option<Base>) {
        let base = view.state.borrow().as_ref().map(|s| match view.inside.get() {
            Some(b) => Base::Inside(b, s.start),
            None => Base::Address(s.start as *mut u8),
        });
        (view.owner.get(), base)
    }

    /// `memoryview.release`
    pub fn release_now(vm: &Vm, view: Ref<MemoryView>) -> PyResult<()> {
        let exports = match &*view.state.borrow() {
            Some(s) => Rc::strong_count(&s.exports) - 1,
            None => return Ok(()),
        };
        if exports > 0 {
            let s = if exports == 1 { "" } else { "s" };
            raise!(vm, BufferError, "memoryview has {exports} exported buffer{s}")
        }
        MemoryView::drop_state(vm, view);
        Ok(())
    }

    fn drop_state(vm: &Vm, view: Ref<MemoryView>) {
        let Some(state) = view.state.take() else { return };
        let (owner, inside, via) = (view.owner.get(), view.inside.get(), view.via.get());
        view.owner.set(view, None);
        view.inside.set(view, None);
        view.via.set(view, None);
        if view.restricted.get() {
            return;
        }
        let Some(mut managed) = Rc::into_inner(state.managed) else { return };
        let base = match inside {
            Some(b) => Base::Inside(b, managed.start),
            None => Base::Address(managed.start as *mut u8),
        };
        let mut buffer = Buffer {
            owner,
            base,
            layout: managed.layout.clone(),
            keep: managed.keep.take(),
            via,
            internal: managed.internal,
        };
        buffer.release(vm);
    }
}

fn address(view: Ref<MemoryView>, start: usize) -> *mut u8 {
    match view.inside.get() {
        Some(b) => Base::Inside(b, start).address(),
        None => start as *mut u8,
    }
}

#[cold]
fn released(vm: &Vm) -> crate::error::Raised {
    vm.value_error("operation forbidden on released memoryview object")
}

fn own(this: Value) -> Ref<MemoryView> {
    this.downcast::<MemoryView>().expect("the receiver of a slot")
}

fn ints(vm: &Vm, values: &[isize]) -> Value {
    let t = Tuple::build(vm, values.len(), |i| Ok::<_, crate::error::Raised>(vm.int(values[i] as i64)));
    t.expect("small ints do not fail").value()
}

/// The itemsize and the character of a native format of one character.
pub fn native_format(format: &[u8]) -> Option<(usize, u8)> {
    let c = match format {
        [b'@', c] | [c] => *c,
        _ => return None,
    };
    let size = match c {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    };
    Some((size, c))
}

/// The dimensions of `cast`.
fn shape_argument(vm: &Vm, shape: Value, itemsize: usize, len: usize) -> PyResult<Vec<isize>> {
    let items = match (shape.downcast::<List>(), shape.downcast::<Tuple>()) {
        (Some(l), _) => Tuple::from_slice(vm, l.items()),
        (_, Some(t)) => t,
        _ => return Err(vm.type_error("shape must be a list or a tuple")),
    };
    if items.len() > MAX_DIMS {
        raise!(vm, ValueError, "memoryview: number of dimensions must not exceed {MAX_DIMS}")
    }
    let mut dims = vec![];
    let mut product = itemsize as isize;
    for v in items.items() {
        let Some(n) = as_int(*v) else {
            return Err(vm.type_error("memoryview.cast(): elements of shape must be integers"));
        };
        let n = match isize::try_from(vm.int_to_i128(n)) {
            Ok(n) if n > 0 => n,
            _ => return Err(vm.value_error("memoryview.cast(): elements of shape must be integers > 0")),
        };
        product = match product.checked_mul(n) {
            Some(p) => p,
            None => return Err(vm.value_error("memoryview.cast(): product(shape) > SSIZE_MAX")),
        };
        dims.push(n);
    }
    if product != len as isize {
        return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
    }
    Ok(dims)
}

fn cast(vm: &Vm, view: Ref<MemoryView>, format: Value, shape: Option<Value>) -> PyResult<Ref<MemoryView>> {
    let layout = MemoryView::layout(vm, view)?;
    if !layout.is_c_contiguous() {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || layout.ndim() != 1) && (layout.shape.contains(&0) || layout.strides.contains(&0)) {
        return Err(vm.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    if let Some(s) = shape
        && (s.downcast::<List>().map(|l| l.len()))
            .or(s.downcast::<Tuple>().map(|t| t.len()))
            .is_some_and(|n| n != 1)
        && layout.ndim() != 1
    {
        return Err(vm.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    let Some(format) = format.downcast::<Str>() else {
        return Err(vm.type_error("memoryview: format argument must be a string"));
    };
    let format = vm.utf8_of(format)?.into_bytes();
    // What is not a native format is a view of no bytes.
    let from = native_format(&layout.format).map_or(0, |(_, code)| code);
    let Some((itemsize, to)) = native_format(&format) else {
        return Err(vm.value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let is_byte = |c: u8| matches!(c, b'b' | b'B' | b'c');
    if !is_byte(from) && !is_byte(to) {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    if !layout.len.is_multiple_of(itemsize) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let dims = match shape {
        Some(s) => shape_argument(vm, s, itemsize, layout.len)?,
        None => vec![(layout.len / itemsize) as isize],
    };
    MemoryView::derive(vm, view, |(l, _)| {
        l.itemsize = itemsize;
        l.format = Cow::Owned(format);
        l.strides = Layout::c_strides(&dims, itemsize);
        l.shape = dims;
    })
}

/// The view of a slice along the first dimension.
fn slice(vm: &Vm, view: Ref<MemoryView>, key: Value) -> PyResult<Option<Ref<MemoryView>>> {
    let Some(bounds) = vm.slice_bounds(key)? else { return Ok(None) };
    let layout = MemoryView::layout(vm, view)?;
    let (start, step, count) = bounds.of(layout.shape[0].max(0) as usize);
    MemoryView::derive(vm, view, |(l, at)| {
        // Pointers are followed after the step along the first dimension.
        *at = at.wrapping_add_signed(l.strides[0] * start);
        l.shape[0] = count as isize;
        l.strides[0] *= step;
        l.len = l.shape.iter().product::<isize>() as usize * l.itemsize;
    })
    .map(Some)
}

#[pymethods]
impl MemoryView {
    #[slot(tp_new)]
    fn new(vm: &Vm, _: Ref<Type>, args: Args) -> PyResult<Value> {
        const PARAMS: crate::args::Params = crate::args::Params {
            owner: "",
            function: "memoryview",
            names: &["object"],
            pos_only: 0,
            positional: 1,
            required: 1,
            kw_only: 0,
            kw_required: 0,
            varargs: false,
            varkw: false,
        };
        let mut bound = [None];
        PARAMS.bind(vm, args, &mut bound)?;
        match bound[0] {
            Some(v) => Ok(MemoryView::of_object(vm, v)?.value()),
            None => Err(vm.type_error("memoryview() missing required argument 'object' (pos 1)")),
        }
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        let what = if own(this).state.borrow().is_some() { "memory" } else { "released memory" };
        Ok(vm.new_str(&format!("<{what} at {:#x}>", vm.id(this))))
    }

    #[slot(tp_hash)]
    fn hash(vm: &Vm, this: Value) -> PyResult<i64> {
        let view = own(this);
        if view.hash.get() != 0 {
            return Ok(view.hash.get());
        }
        let layout = MemoryView::layout(vm, view)?;
        if !layout.readonly {
            return Err(vm.value_error("cannot hash writable memoryview object"));
        }
        if !matches!(native_format(&layout.format), Some((_, b'B' | b'b' | b'c'))) {
            return Err(vm.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        if let Some(owner) = view.owner.get() {
            vm.hash(owner)?;
        }
        let v = MemoryView::view(vm, view)?;
        let mut bytes = vec![];
        v.layout.gather(v.base, false, &mut bytes);
        let h = crate::hashing::secret().hash_bytes(&bytes);
        view.hash.set(h);
        Ok(h)
    }

    #[slot(tp_richcompare)]
    fn compare(vm: &Vm, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        match items::equal(vm, own(a), b)? {
            Some(equal) => Ok(bool_value(equal == (op == CompareOp::Eq))),
            None => Ok(not_implemented()),
        }
    }

    #[slot(tp_iter)]
    fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
        let layout = MemoryView::layout(vm, own(this))?;
        items::one_dimension(vm, &layout)?;
        Ok(MemoryIterator::new(own(this), layout.shape[0]).value())
    }

    #[slot(sq_length, mp_length)]
    fn length(vm: &Vm, this: Value) -> PyResult<usize> {
        match MemoryView::layout(vm, own(this))?.shape.first() {
            Some(n) => Ok(*n as usize),
            None => Err(vm.type_error("0-dim memory has no length")),
        }
    }

    #[slot(sq_item)]
    fn item(vm: &Vm, this: Value, i: isize) -> PyResult<Value> {
        items::item(vm, own(this), i)
    }

    #[slot(mp_subscript)]
    fn subscript(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
        let view = own(this);
        let layout = MemoryView::layout(vm, view)?;
        if layout.ndim() == 0 {
            if key.downcast::<Tuple>().is_some_and(|t| t.is_empty()) {
                let v = MemoryView::view(vm, view)?;
                return items::load(vm, &v.layout, v.base);
            }
            if key == crate::builtins::singletons::ellipsis() {
                return Ok(this);
            }
            return Err(vm.type_error("invalid indexing of 0-dim memory"));
        }
        if key.is_small() || key.class().slots().nb_index.is_some() {
            let i = vm.index_isize(key)?;
            return items::item(vm, view, i);
        }
        if let Some(part) = slice(vm, view, key)? {
            return Ok(part.value());
        }
        if let Some(t) = key.downcast::<Tuple>() {
            if let Some(p) = items::multi(vm, view, t)? {
                return items::load(vm, &layout, p);
            }
            if vm.is_multi_slice(t) {
                raise!(vm, NotImplementedError, "multi-dimensional slicing is not implemented")
            }
        }
        Err(vm.type_error("memoryview: invalid slice key"))
    }

    #[slot(mp_ass_subscript)]
    fn set_subscript(vm: &Vm, this: Value, key: Value, value: Option<Value>) -> PyResult<()> {
        let view = own(this);
        let layout = MemoryView::layout(vm, view)?;
        if native_format(&layout.format).is_none() {
            return Err(items::unsupported(vm, &layout));
        }
        if layout.readonly {
            return Err(vm.type_error("cannot modify read-only memory"));
        }
        let Some(value) = value else { return Err(vm.type_error("cannot delete memory")) };
        if layout.ndim() == 0 {
            let empty = key.downcast::<Tuple>().is_some_and(|t| t.is_empty());
            if empty || key == crate::builtins::singletons::ellipsis() {
                return items::store(vm, view, &layout, &mut || Ok(MemoryView::view(vm, view)?.base), value);
            }
            return Err(vm.type_error("invalid indexing of 0-dim memory"));
        }
        if key.is_small() || key.class().slots().nb_index.is_some() {
            if layout.ndim() > 1 {
                raise!(vm, NotImplementedError, "sub-views are not implemented")
            }
            let i = vm.index_isize(key)?;
            return items::store(vm, view, &layout, &mut || items::place(vm, view, i), value);
        }
        if vm.is_slice(key) && layout.ndim() == 1 {
            let source = match vm.get_buffer(value, flags::FULL_RO) {
                Ok(b) => b,
                Err(raised) => return Err(raised),
            };
            let Some(part) = slice(vm, view, key)? else { return Ok(()) };
            return items::copy(vm, part, &source);
        }
        if let Some(t) = key.downcast::<Tuple>() {
            if items::multi(vm, view, t)?.is_some() {
                let place = &mut || match items::multi(vm, view, t)? {
                    Some(p) => Ok(p),
                    None => Err(vm.type_error("memoryview: invalid slice key")),
                };
                return items::store(vm, view, &layout, place, value);
            }
            if vm.is_multi_slice(t) {
                raise!(
                    vm,
                    NotImplementedError,
                    "memoryview slice assignments are currently restricted to ndim = 1"
                )
            }
        }
        if vm.is_slice(key) {
            raise!(
                vm,
                NotImplementedError,
                "memoryview slice assignments are currently restricted to ndim = 1"
            )
        }
        Err(vm.type_error("memoryview: invalid slice key"))
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(vm: &Vm, this: Value, wanted: i32) -> PyResult<Buffer> {
        let view = own(this);
        let state = view.state.borrow();
        let Some(s) = &*state else { return Err(released(vm)) };
        MemoryView::check_restricted(vm, view)?;
        let mut layout = (*s.layout).clone();
        let refuse = |what: &str| Err(vm.buffer_error(&format!("memoryview: underlying buffer {what}")));
        if flags::wants(wanted, flags::WRITABLE) && layout.readonly {
            return refuse("is not writable");
        }
        if flags::wants(wanted, flags::C_CONTIGUOUS) && !layout.is_c_contiguous() {
            return refuse("is not C-contiguous");
        }
        if flags::wants(wanted, flags::F_CONTIGUOUS) && !layout.is_f_contiguous() {
            return refuse("is not Fortran contiguous");
        }
        if flags::wants(wanted, flags::ANY_CONTIGUOUS)
            && !layout.is_c_contiguous()
            && !layout.is_f_contiguous()
        {
            return refuse("is not contiguous");
        }
        if !flags::wants(wanted, flags::INDIRECT) && !layout.suboffsets.is_empty() {
            return refuse("requires suboffsets");
        }
        if !flags::wants(wanted, flags::STRIDES) && !layout.is_c_contiguous() {
            return refuse("is not C-contiguous");
        }
        if !flags::wants(wanted, flags::ND) {
            if flags::wants(wanted, flags::FORMAT) {
                return Err(vm.buffer_error(
                    "memoryview: cannot cast to unsigned bytes if the format flag is present",
                ));
            }
            layout = Layout::of_bytes(layout.len, layout.readonly);
        }
        let base = match view.inside.get() {
            Some(b) => Base::Inside(b, s.start),
            None => Base::Address(s.start as *mut u8),
        };
        let keep: Rc<dyn Any> = Rc::new((s.exports.clone(), s.managed.clone()));
        Ok(Buffer { owner: Some(this), base, layout, keep: Some(keep), via: None, internal: 0 })
    }

    #[slot(bf_releasebuffer)]
    fn releasebuffer(_: &Vm, _: Value, buffer: &mut Buffer) {
        buffer.keep = None;
    }

    #[slot(tp_finalize)]
    fn finalize(vm: &Vm, this: Value) {
        MemoryView::drop_state(vm, own(this));
    }

    /// The underlying object of the memoryview.
    #[getter]
    fn obj(vm: &Vm, this: Ref<MemoryView>) -> PyResult<Value> {
        MemoryView::layout(vm, this)?;
        Ok(this.owner.get().unwrap_or(none()))
    }

    /// The amount of space in bytes that the array would use in
    /// a contiguous representation.
    #[getter]
    fn nbytes(vm: &Vm, this: Ref<MemoryView>) -> PyResult<usize> {
        Ok(MemoryView::layout(vm, this)?.len)
    }

    /// A bool indicating whether the memory is read only.
    #[getter]
    fn readonly(vm: &Vm, this: Ref<MemoryView>) -> PyResult<bool> {
        Ok(MemoryView::layout(vm, this)?.readonly)
    }

    /// The size in bytes of each element of the memoryview.
    #[getter]
    fn itemsize(vm: &Vm, this: Ref<MemoryView>) -> PyResult<usize> {
        Ok(MemoryView::layout(vm, this)?.itemsize)
    }

    /// A string containing the format (in struct module style)
    /// for each element in the view.
    #[getter]
    fn format(vm: &Vm, this: Ref<MemoryView>) -> PyResult<Value> {
        let layout = MemoryView::layout(vm, this)?;
        Ok(vm.new_str(&String::from_utf8_lossy(&layout.format)))
    }

    /// An integer indicating how many dimensions of a multi-dimensional
    /// array the memory represents.
    #[getter]
    fn ndim(vm: &Vm, this: Ref<MemoryView>) -> PyResult<usize> {
        Ok(MemoryView::layout(vm, this)?.ndim())
    }

    /// A tuple of ndim integers giving the shape of the memory
    /// as an N-dimensional array.
    #[getter]
    fn get_shape(vm: &Vm, this: Ref<MemoryView>) -> PyResult<Value> {
        Ok(ints(vm, &MemoryView::layout(vm, this)?.shape))
    }

    /// A tuple of ndim integers giving the size in bytes to access
    /// each element for each dimension of the array.
    #[getter]
    fn strides(vm: &Vm, this: Ref<MemoryView>) -> PyResult<Value> {
        Ok(ints(vm, &MemoryView::layout(vm, this)?.strides))
    }

    /// A tuple of integers used internally for PIL-style arrays.
    #[getter]
    fn suboffsets(vm: &Vm, this: Ref<MemoryView>) -> PyResult<Value> {
        Ok(ints(vm, &MemoryView::layout(vm, this)?.suboffsets))
    }

    /// A bool indicating whether the memory is C contiguous.
    #[getter]
    fn c_contiguous(vm: &Vm, this: Ref<MemoryView>) -> PyResult<bool> {
        Ok(MemoryView::layout(vm, this)?.is_c_contiguous())
    }

    /// A bool indicating whether the memory is Fortran contiguous.
    #[getter]
    fn f_contiguous(vm: &Vm, this: Ref<MemoryView>) -> PyResult<bool> {
        Ok(MemoryView::layout(vm, this)?.is_f_contiguous())
    }

    /// A bool indicating whether the memory is contiguous.
    #[getter]
    fn contiguous(vm: &Vm, this: Ref<MemoryView>) -> PyResult<bool> {
        let layout = MemoryView::layout(vm, this)?;
        Ok(layout.is_c_contiguous() || layout.is_f_contiguous())
    }

    /// Release the underlying buffer exposed by the memoryview object.
    #[pymethod("($self, /)")]
    fn release(vm: &Vm, this: Ref<MemoryView>) -> PyResult<()> {
        MemoryView::release_now(vm, this)
    }

    /// Return the data in the buffer as a byte string.
    ///
    /// Order can be {'C', 'F', 'A'}. When order is 'C' or 'F', the data of the
    /// original array is converted to C or Fortran order. For contiguous views,
    /// 'A' returns an exact copy of the physical memory. In particular, in-memory
    /// Fortran order is preserved. For non-contiguous views, the data is converted
    /// to C first. order=None is the same as order='C'.
    #[pymethod("($self, /, order='C')")]
    fn tobytes(vm: &Vm, this: Ref<MemoryView>, order: Option<Value>) -> PyResult<Value> {
        let order = match order.filter(|o| !o.is_none()) {
            None => b'C',
            Some(v) => match v.downcast::<Str>() {
                Some(s) if s.eq_str("C") => b'C',
                Some(s) if s.eq_str("F") => b'F',
                Some(s) if s.eq_str("A") => b'A',
                Some(_) => return Err(vm.value_error("order must be 'C', 'F' or 'A'")),
                None => {
                    raise!(
                        vm,
                        TypeError,
                        "tobytes() argument 'order' must be str or None, not {}",
                        v.class().name()
                    )
                }
            },
        };
        let v = MemoryView::view(vm, this)?;
        let fortran =
            order == b'F' || (order == b'A' && !v.layout.is_c_contiguous() && v.layout.is_f_contiguous());
        let mut out = Vec::with_capacity(v.layout.len);
        v.layout.gather(v.base, fortran, &mut out);
        vm.new_bytes(&out)
    }

    /// Return the data in the buffer as a string of hexadecimal numbers.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    #[pymethod("($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(
        vm: &Vm,
        this: Ref<MemoryView>,
        sep: Option<Value>,
        bytes_per_sep: Option<i32>,
    ) -> PyResult<Value> {
        let v = MemoryView::view(vm, this)?;
        let mut out = vec![];
        v.layout.gather(v.base, false, &mut out);
        crate::builtins::bytes_methods::hex(vm, &out, sep, bytes_per_sep.map(|n| n as isize))
    }

    /// Return the data in the buffer as a list of elements.
    #[pymethod("($self, /)")]
    fn tolist(vm: &Vm, this: Ref<MemoryView>) -> PyResult<Value> {
        items::to_list(vm, this)
    }

    /// Cast a memoryview to a new format or shape.
    #[pymethod("($self, /, format, shape=<unrepresentable>)")]
    fn cast(vm: &Vm, this: Ref<MemoryView>, format: Value, shape: Option<Value>) -> PyResult<Value> {
        Ok(cast(vm, this, format, shape)?.value())
    }

    /// Return a readonly version of the memoryview.
    #[pymethod("($self, /)")]
    fn toreadonly(vm: &Vm, this: Ref<MemoryView>) -> PyResult<Value> {
        Ok(MemoryView::derive(vm, this, |(l, _)| l.readonly = true)?.value())
    }

    /// Count the number of occurrences of a value.
    #[pymethod("($self, value, /)")]
    fn count(vm: &Vm, this: Ref<MemoryView>, value: Value) -> PyResult<i64> {
        let iter = MemoryView::iter(vm, this.value())?;
        let mut n = 0;
        while let Some(v) = vm.next(iter)? {
            if v.same(value) || vm.eq(v, value)? {
                n += 1;
            }
        }
        Ok(n)
    }

    /// Return the index of the first occurrence of a value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod("($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &Vm,
        this: Ref<MemoryView>,
        value: Value,
        start: Option<Value>,
        stop: Option<Value>,
    ) -> PyResult<i64> {
        let start = vm.slice_bound(start, 0)?;
        let stop = vm.slice_bound(stop, isize::MAX)?;
        let layout = MemoryView::layout(vm, this)?;
        match layout.ndim() {
            0 => return Err(vm.type_error("invalid lookup on 0-dim memory")),
            1 => {}
            _ => raise!(vm, NotImplementedError, "multi-dimensional lookup is not implemented"),
        }
        let n = layout.shape[0];
        let start = if start < 0 { (start + n).max(0) } else { start };
        let stop = if stop < 0 { (stop + n).max(0) } else { stop.min(n) };
        for i in start..stop {
            let v = items::item(vm, this, i)?;
            if v.same(value) || vm.eq(v, value)? {
                return Ok(i as i64);
            }
        }
        Err(vm.value_error("memoryview.index(x): x not found"))
    }

    #[pymethod("($self, /)")]
    fn __enter__(vm: &Vm, this: Ref<MemoryView>) -> PyResult<Value> {
        MemoryView::layout(vm, this)?;
        Ok(this.value())
    }

    /// Release the underlying buffer exposed by the memoryview object.
    #[pymethod("($self, /, *args)")]
    fn __exit__(vm: &Vm, this: Ref<MemoryView>, _args: Value) -> PyResult<()> {
        MemoryView::release_now(vm, this)
    }

    #[classmethod("($type, /, object, flags)")]
    fn _from_flags(vm: &Vm, _class: Ref<Type>, object: Value, flags: i32) -> PyResult<Value> {
        let buffer = vm.get_buffer(object, flags)?;
        Ok(MemoryView::of_buffer(vm, buffer)?.value())
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Ref<Type>, object: Value) -> PyResult<Value> {
        crate::builtins::union_::generic_alias(vm, class.value(), object)
    }
}

#[pyclass(name = "memory_iterator", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct MemoryIterator {
    h: LongHeader,
    view: Field<Option<Ref<MemoryView>>>,
    index: Cell<isize>,
    len: isize,
}

impl MemoryIterator {
    pub fn new(view: Ref<MemoryView>, len: isize) -> Ref<MemoryIterator> {
        heap::new(
            MemoryIterator::shape(),
            MemoryIterator { h: LongHeader::new(), view: Field::new(Some(view)), index: Cell::new(0), len },
        )
    }
}

#[pymethods]
impl MemoryIterator {
    #[slot(tp_iter)]
    fn iter(_: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        let it = this.exact::<MemoryIterator>().expect("the receiver of a slot");
        let Some(view) = it.view.get() else { return Ok(None) };
        let i = it.index.get();
        if i < it.len {
            it.index.set(i + 1);
            return items::item(vm, view, i).map(Some);
        }
        it.view.set(it, None);
        Ok(None)
    }
}
