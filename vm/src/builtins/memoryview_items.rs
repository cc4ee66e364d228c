//! The items of memoryviews: conversion by format, indexing, comparison, copying.

use crate::builtins::buffer::{Buffer, Layout, flags};
use crate::builtins::bytes::Bytes;
use crate::builtins::exceptions::Exc;
use crate::builtins::int::as_int;
use crate::builtins::list::List;
use crate::builtins::memoryview::{MemoryView, native_format};
use crate::builtins::singletons::bool_value;
use crate::builtins::tuple::Tuple;
use crate::error::{PyResult, Raised};
use crate::object::{Ref, Value, ValueExt};
use crate::raise;
use crate::slots::CompareOp;
use crate::vm::Vm;
use adder_text::struct_::{self, Format, Scalar};

const BIG: bool = cfg!(target_endian = "big");

fn bytes_at<'a>(p: *mut u8, n: usize) -> &'a [u8] {
    // SAFETY: the callers' item has this size and is held in place by their view (buffer-memory).
    unsafe { std::slice::from_raw_parts(p, n) }
}

fn shown(format: &[u8]) -> String {
    String::from_utf8_lossy(format).into_owned()
}

fn scalar(vm: &Vm, s: Scalar) -> PyResult<Value> {
    Ok(match s {
        Scalar::Int(i) => vm.int(i),
        Scalar::UInt(u) => vm.new_int(u as i128),
        Scalar::Float(f) => vm.float(f),
        Scalar::Complex(re, im) => vm.complex(re, im),
        Scalar::Bool(b) => bool_value(b),
        Scalar::Bytes(b) => vm.new_bytes(b)?,
    })
}

/// `unpack_single`
pub fn load(vm: &Vm, layout: &Layout, p: *mut u8) -> PyResult<Value> {
    let Some((size, code)) = native_format(&layout.format) else {
        return Err(unsupported(vm, &layout));
    };
    if code == b'B' {
        return Ok(Value::from_small(bytes_at(p, 1)[0] as i64));
    }
    scalar(vm, struct_::unpack(code, bytes_at(p, size), BIG))
}

/// `pack_single`; the address is asked for after the value was converted.
pub fn store(
    vm: &Vm,
    view: Ref<MemoryView>,
    layout: &Layout,
    place: &mut dyn FnMut() -> PyResult<*mut u8>,
    v: Value,
) -> PyResult<()> {
    let _ = view;
    let Some((size, code)) = native_format(&layout.format) else {
        return Err(unsupported(vm, &layout));
    };
    // The place must exist before the value is looked at.
    place()?;
    let mut data = [0u8; 16];
    let out = &mut data[..size];
    let converted = pack(vm, code, v, out, &layout.format);
    if let Err(raised) = converted {
        return Err(reword(vm, raised, &layout.format));
    }
    let p = place()?;
    // SAFETY: the item has this size (buffer-memory).
    unsafe { std::ptr::copy_nonoverlapping(out.as_ptr(), p, size) };
    Ok(())
}

/// Conversions fail with "invalid type" and "invalid value", whatever the reason was.
fn reword(vm: &Vm, raised: Raised, format: &[u8]) -> Raised {
    let exc = vm.take_exception(raised);
    let class = exc.value().class();
    if class == Exc::TypeError.class() {
        vm.type_error(format!("memoryview: invalid type for format '{}'", shown(format)))
    } else if class == Exc::OverflowError.class() || class == Exc::ValueError.class() {
        vm.value_error(format!("memoryview: invalid value for format '{}'", shown(format)))
    } else {
        vm.restore(exc)
    }
}

fn pack(vm: &Vm, code: u8, v: Value, out: &mut [u8], format: &[u8]) -> PyResult<()> {
    let invalid = |e: adder_text::error::Error| vm.value_error(e.message);
    match code {
        b'?' => out[0] = vm.truth(v)? as u8,
        b'c' => match v.downcast::<Bytes>() {
            Some(b) if b.len() == 1 => out[0] = b.as_bytes()[0],
            Some(_) => return Err(vm.value_error(shown(format))),
            None => return Err(vm.type_error(shown(format))),
        },
        b'e' | b'f' | b'd' => {
            let f = vm.to_f64(v)?;
            struct_::pack_float(f, out, BIG).map_err(invalid)?;
        }
        b'F' | b'D' => {
            let (re, im) = vm.to_complex(v)?;
            struct_::pack_complex(re, im, out, BIG);
        }
        _ => {
            if as_int(v).is_none() && v.class().slots().nb_index.is_none() {
                return Err(vm.type_error(shown(format)));
            }
            let i = vm.index_i128(v)?;
            struct_::pack_int(code, Some(i), out, BIG).map_err(invalid)?;
        }
    }
    Ok(())
}

/// Only views of one dimension are sequences of items.
pub fn one_dimension(vm: &Vm, layout: &Layout) -> PyResult<()> {
    match layout.ndim() {
        0 => Err(vm.type_error("invalid indexing of 0-dim memory")),
        1 => Ok(()),
        _ => raise!(vm, NotImplementedError, "multi-dimensional sub-views are not implemented"),
    }
}

fn lookup(vm: &Vm, layout: &Layout, p: *mut u8, dim: usize, index: isize) -> PyResult<*mut u8> {
    let n = layout.shape[dim];
    let i = if index < 0 { index + n } else { index };
    if i < 0 || i >= n {
        raise!(vm, IndexError, "index out of bounds on dimension {}", dim + 1)
    }
    // SAFETY: the index is in bounds (buffer-memory).
    Ok(unsafe { layout.step(p, dim, i) })
}

/// The address of an item of a view of one dimension.
pub fn place(vm: &Vm, view: Ref<MemoryView>, i: isize) -> PyResult<*mut u8> {
    let v = MemoryView::view(vm, view)?;
    lookup(vm, &v.layout, v.base, 0, i)
}

/// `view[i]`
pub fn item(vm: &Vm, view: Ref<MemoryView>, i: isize) -> PyResult<Value> {
    let v = MemoryView::view(vm, view)?;
    if native_format(&v.layout.format).is_none() {
        return Err(unsupported(vm, &v.layout));
    }
    one_dimension(vm, &v.layout)?;
    let p = lookup(vm, &v.layout, v.base, 0, i)?;
    load(vm, &v.layout, p)
}

/// The address of `view[i, j, ...]`; None if the key is something else.
pub fn multi(vm: &Vm, view: Ref<MemoryView>, key: Ref<Tuple>) -> PyResult<Option<*mut u8>> {
    if key.items().iter().any(|k| !k.is_small() && k.class().slots().nb_index.is_none()) {
        return Ok(None);
    }
    let layout = MemoryView::view(vm, view)?.layout;
    if native_format(&layout.format).is_none() {
        return Err(unsupported(vm, &layout));
    }
    if key.len() < layout.ndim() {
        raise!(vm, NotImplementedError, "sub-views are not implemented")
    }
    if key.len() > layout.ndim() {
        raise!(
            vm,
            TypeError,
            "cannot index {}-dimension view with {}-element tuple",
            layout.ndim(),
            key.len()
        )
    }
    let mut indices = vec![];
    for k in key.items() {
        indices.push(vm.index_isize(*k)?);
    }
    let v = MemoryView::view(vm, view)?;
    let mut p = v.base;
    for (dim, i) in indices.into_iter().enumerate() {
        p = lookup(vm, &v.layout, p, dim, i)?;
    }
    Ok(Some(p))
}

pub fn to_list(vm: &Vm, view: Ref<MemoryView>) -> PyResult<Value> {
    let v = MemoryView::view(vm, view)?;
    if native_format(&v.layout.format).is_none() {
        return Err(unsupported(vm, &v.layout));
    }
    nested(vm, view, &v.layout, &mut vec![])
}

/// The list of the items below an index. The address is computed for each item, because bytes move.
fn nested(vm: &Vm, view: Ref<MemoryView>, layout: &Layout, index: &mut Vec<isize>) -> PyResult<Value> {
    if index.len() == layout.ndim() {
        let mut p = MemoryView::view(vm, view)?.base;
        for (dim, i) in index.iter().enumerate() {
            // SAFETY: the indices are below the shape (buffer-memory).
            p = unsafe { layout.step(p, dim, *i) };
        }
        return load(vm, layout, p);
    }
    let list = List::new(vm);
    for i in 0..layout.shape[index.len()] {
        index.push(i);
        let v = nested(vm, view, layout, index)?;
        index.pop();
        list.push(vm, v);
    }
    Ok(list.value())
}

/// How an item of any format becomes values.
enum Reader {
    Native(usize, u8),
    Struct(Format),
}

impl Reader {
    fn of(format: &[u8]) -> Option<Reader> {
        match native_format(format) {
            Some((size, code)) => Some(Reader::Native(size, code)),
            None => Format::parse(format).ok().map(Reader::Struct),
        }
    }

    fn read(&self, vm: &Vm, p: *mut u8) -> PyResult<Value> {
        match self {
            Reader::Native(size, code) => scalar(vm, struct_::unpack(*code, bytes_at(p, *size), BIG)),
            Reader::Struct(f) => {
                let list = List::new(vm);
                for item in &f.items {
                    for k in 0..item.repeat {
                        let at = p.wrapping_add(item.offset + k * item.size);
                        let v =
                            scalar(vm, struct_::unpack(item.code, bytes_at(at, item.size), f.big_endian))?;
                        list.push(vm, v);
                    }
                }
                Ok(if list.len() == 1 { list.get(0) } else { Tuple::from_slice(vm, list.items()).value() })
            }
        }
    }
}

fn same_shape(a: &Layout, b: &Layout) -> bool {
    if a.ndim() != b.ndim() {
        return false;
    }
    for (x, y) in a.shape.iter().zip(&b.shape) {
        if x != y {
            return false;
        }
        if *x == 0 {
            break;
        }
    }
    true
}

/// `==`; None if the other object is not comparable.
pub fn equal(vm: &Vm, a: Ref<MemoryView>, b: Value) -> PyResult<Option<bool>> {
    let Ok(x) = MemoryView::view(vm, a).map_err(|r| vm.take_exception(r)) else {
        return Ok(Some(a.value() == b));
    };
    let other = match b.downcast::<MemoryView>() {
        Some(v) => match MemoryView::of_object(vm, v.value()) {
            Ok(v) => v,
            Err(raised) => {
                vm.take_exception(raised);
                return Ok(Some(a.value() == b));
            }
        },
        None => {
            if !vm.has_buffer(b) {
                return Ok(None);
            }
            match vm.get_buffer(b, flags::FULL_RO).and_then(|buffer| MemoryView::of_buffer(vm, buffer)) {
                Ok(v) => v,
                Err(raised) => {
                    vm.take_exception(raised);
                    return Ok(None);
                }
            }
        }
    };
    let result = compare(vm, a, &x.layout, other);
    MemoryView::release_now(vm, other)?;
    result.map(Some)
}

fn compare(vm: &Vm, a: Ref<MemoryView>, x: &Layout, b: Ref<MemoryView>) -> PyResult<bool> {
    let y = MemoryView::view(vm, b)?.layout;
    if !same_shape(x, &y) {
        return Ok(false);
    }
    let (Some(read_x), Some(read_y)) = (Reader::of(&x.format), Reader::of(&y.format)) else {
        return Ok(false);
    };
    if let (Reader::Native(size, c), Reader::Native(_, d)) = (&read_x, &read_y)
        && c == d
        && !matches!(c, b'e' | b'f' | b'd' | b'F' | b'D' | b'?')
        && x.is_c_contiguous()
        && y.is_c_contiguous()
    {
        let n = x.shape.iter().product::<isize>() as usize * size;
        let (p, q) = (MemoryView::view(vm, a)?.base, MemoryView::view(vm, b)?.base);
        return Ok(bytes_at(p, n) == bytes_at(q, n));
    }
    if x.shape.contains(&0) {
        return Ok(true);
    }
    // Items are compared as Python values, one by one: comparing may run code.
    let n = x.ndim();
    let mut index = vec![0isize; n];
    loop {
        let mut p = MemoryView::view(vm, a)?.base;
        for (dim, i) in index.iter().enumerate() {
            // SAFETY: the indices are below the shape (buffer-memory).
            p = unsafe { x.step(p, dim, *i) };
        }
        let u = read_x.read(vm, p)?;
        let mut q = MemoryView::view(vm, b)?.base;
        for (dim, i) in index.iter().enumerate() {
            // SAFETY: as above; the shapes are equal.
            q = unsafe { y.step(q, dim, *i) };
        }
        let v = read_y.read(vm, q)?;
        if !equal_items(vm, u, v)? {
            return Ok(false);
        }
        let mut dim = n;
        loop {
            if dim == 0 {
                return Ok(true);
            }
            dim -= 1;
            index[dim] += 1;
            if index[dim] < x.shape[dim] {
                break;
            }
            index[dim] = 0;
        }
    }
}

/// Whether two items are equal. Those of structures are compared one by one: a NaN is not equal to itself.
fn equal_items(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    let (Some(x), Some(y)) = (a.exact::<Tuple>(), b.exact::<Tuple>()) else {
        return vm.truth(vm.compare(a, b, CompareOp::Eq)?);
    };
    if x.len() != y.len() {
        return Ok(false);
    }
    for i in 0..x.len() {
        if !vm.truth(vm.compare(x.get(i), y.get(i), CompareOp::Eq)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `copy_single`: assigns the items of a buffer to a view of one dimension.
pub fn copy(vm: &Vm, to: Ref<MemoryView>, from: &Buffer) -> PyResult<()> {
    let v = MemoryView::view(vm, to)?;
    let strip = |f: &[u8]| f.strip_prefix(b"@").unwrap_or(f).to_vec();
    let same = strip(&v.layout.format) == strip(&from.layout.format)
        && v.layout.itemsize == from.layout.itemsize
        && same_shape(&v.layout, &from.layout);
    if !same {
        return Err(vm.value_error("memoryview assignment: lvalue and rvalue have different structures"));
    }
    // The source may overlap the target.
    let mut items = vec![];
    from.copy_to(&mut items);
    let (mut at, size) = (0, v.layout.itemsize);
    v.layout.each(v.base, false, &mut |p| {
        // SAFETY: as many items of this size were gathered (buffer-memory).
        unsafe { std::ptr::copy_nonoverlapping(items[at..].as_ptr(), p, size) };
        at += size;
    });
    Ok(())
}

/// The items of a format that the struct module would read, or of no format at all.
pub fn unsupported(vm: &Vm, layout: &Layout) -> Raised {
    let shown = shown(&layout.format);
    vm.error(
        Exc::NotImplementedError,
        match shown.strip_prefix('@').unwrap_or(&shown).len() {
            1 => format!("memoryview: format {shown} not supported"),
            _ => format!("memoryview: unsupported format {shown}"),
        },
    )
}
