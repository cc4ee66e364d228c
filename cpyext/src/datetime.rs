//! `datetime.h`: the table of functions in the capsule `datetime.datetime_CAPI`, and the structs of dates,
//! times and timedeltas. The classes are the library's, whoever implements them: fields are read as
//! attributes when an object first crosses.
//!
//! The capsule is made when an extension first imports it; only then can C know the types.

use crate::call::call_with_dict;
use crate::ffi::types::*;
use crate::pycapsule;
use crate::pyobject::{Arg, Owned, Ptr};
use crate::typeobject::type_struct;
use adder_heap::{GilCell, StaticRoot};
use adder_macros::capi;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::type_::Type;
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::{c_int, c_void};
use std::mem::offset_of;

/// The heads of the structs; the objects have room for any of them.
#[repr(C)]
struct Delta {
    ob_base: PyObject,
    hashcode: isize,
    days: c_int,
    seconds: c_int,
    microseconds: c_int,
}

#[repr(C)]
struct Date {
    ob_base: PyObject,
    hashcode: isize,
    hastzinfo: u8,
    data: [u8; 4],
}

#[repr(C)]
struct Time {
    ob_base: PyObject,
    hashcode: isize,
    hastzinfo: u8,
    data: [u8; 6],
    fold: u8,
    tzinfo: Ptr,
}

#[repr(C)]
struct DateTime {
    ob_base: PyObject,
    hashcode: isize,
    hastzinfo: u8,
    data: [u8; 10],
    fold: u8,
    tzinfo: Ptr,
}

const _: () = assert!(offset_of!(Delta, days) == 24);
const _: () = assert!(offset_of!(Date, data) == 25 && offset_of!(Time, data) == 25);
const _: () = assert!(offset_of!(DateTime, fold) == 35 && offset_of!(DateTime, tzinfo) == 40);
const _: () = assert!(size_of::<DateTime>() <= size_of::<PyBaseExceptionObject>());

#[repr(C)]
struct Table {
    types: [*mut PyTypeObject; 5],
    utc: Ptr,
    functions: [*const c_void; 9],
}

static TABLE: GilCell<Table> = GilCell::new(Table {
    types: [std::ptr::null_mut(); 5],
    utc: std::ptr::null_mut(),
    functions: [std::ptr::null(); 9],
});

static MODULE: StaticRoot = StaticRoot::new();

const CLASSES: [&str; 5] = ["date", "datetime", "time", "timedelta", "tzinfo"];

fn class(vm: &Vm, name: &str) -> PyResult<Value> {
    match MODULE.get() {
        Some(m) => vm.get_attr_str(m, name),
        None => raise!(vm, SystemError, "datetime_CAPI was not imported"),
    }
}

/// Makes the capsule and stores it in the module.
pub fn capsule(vm: &Vm, module: Value) -> PyResult<Value> {
    let t = TABLE.get();
    for (place, name) in t.types.iter_mut().zip(CLASSES) {
        let Some(class) = vm.get_attr_str(module, name)?.downcast::<Type>() else {
            raise!(vm, TypeError, "datetime.{name} is not a class")
        };
        *place = type_struct(class);
        // The table keeps it.
        // SAFETY: the struct of a class.
        unsafe { crate::pyobject::make_immortal((*place).cast()) };
    }
    // From here on the types are known.
    MODULE.set(Some(module));
    let utc = vm.get_attr_str(class(vm, "timezone")?, "utc")?;
    t.utc = Owned::new(utc).release();
    t.functions = [
        adder_date as *const c_void,
        adder_datetime as *const c_void,
        adder_time as *const c_void,
        adder_timedelta as *const c_void,
        adder_timezone as *const c_void,
        adder_datetime_fromtimestamp as *const c_void,
        adder_date_fromtimestamp as *const c_void,
        adder_datetime_fold as *const c_void,
        adder_time_fold as *const c_void,
    ];
    let table: *mut Table = t;
    let capsule = pycapsule::new(table.cast(), c"datetime.datetime_CAPI");
    if let Some(m) = module.downcast::<Module>() {
        m.dict().set_str(vm, "datetime_CAPI", capsule);
    }
    Ok(capsule)
}

// ---- structs ------------------------------------------------------------------------------------

fn number(vm: &Vm, v: Value, name: &str) -> PyResult<i64> {
    let n = vm.get_attr_str(v, name)?;
    Ok(vm.int_to_i64(vm.index_value(n)?).unwrap_or(0))
}

/// Fills the struct of a date, time or timedelta; says whether it is one.
///
/// # Safety
/// `p` is the object's fresh struct.
pub unsafe fn fill(v: Value, p: Ptr) -> bool {
    if MODULE.get().is_none() {
        return false;
    }
    let types = &TABLE.get().types;
    let is = |i: usize| {
        // SAFETY: the struct of a class.
        let class: Ref<Type> = unsafe { crate::pyobject::look(types[i].cast()).cast() };
        v.class().is_subclass_of(class)
    };
    let vm = Vm::get();
    let filled = if is(1) {
        fill_datetime(vm, v, p.cast())
    } else if is(0) {
        fill_date(vm, v, p.cast())
    } else if is(2) {
        fill_time(vm, v, p.cast())
    } else if is(3) {
        fill_delta(vm, v, p.cast())
    } else {
        return false;
    };
    if let Err(raised) = filled {
        // A subclass whose attributes fail shows zeros.
        let e = vm.take_exception(raised);
        let raised = vm.restore(e);
        vm.unraisable(raised, "Exception ignored while a date was passed to C", v);
    }
    true
}

unsafe fn fill_delta(vm: &Vm, v: Value, p: *mut Delta) -> PyResult<()> {
    (*p).hashcode = -1;
    (*p).days = number(vm, v, "days")? as c_int;
    (*p).seconds = number(vm, v, "seconds")? as c_int;
    (*p).microseconds = number(vm, v, "microseconds")? as c_int;
    Ok(())
}

fn date_data(vm: &Vm, v: Value) -> PyResult<[u8; 4]> {
    let year = number(vm, v, "year")?;
    Ok([(year >> 8) as u8, year as u8, number(vm, v, "month")? as u8, number(vm, v, "day")? as u8])
}

fn time_data(vm: &Vm, v: Value) -> PyResult<[u8; 6]> {
    let us = number(vm, v, "microsecond")?;
    let (hour, minute) = (number(vm, v, "hour")? as u8, number(vm, v, "minute")? as u8);
    Ok([hour, minute, number(vm, v, "second")? as u8, (us >> 16) as u8, (us >> 8) as u8, us as u8])
}

/// The object keeps its tzinfo, so that the pointer is not counted.
fn tzinfo(vm: &Vm, v: Value) -> PyResult<(u8, Ptr)> {
    let tz = vm.get_attr_str(v, "tzinfo")?;
    Ok(if tz.is_none() { (0, std::ptr::null_mut()) } else { (1, Owned::new(tz).0) })
}

unsafe fn fill_date(vm: &Vm, v: Value, p: *mut Date) -> PyResult<()> {
    (*p).hashcode = -1;
    (*p).data = date_data(vm, v)?;
    Ok(())
}

unsafe fn fill_time(vm: &Vm, v: Value, p: *mut Time) -> PyResult<()> {
    (*p).hashcode = -1;
    (*p).data = time_data(vm, v)?;
    (*p).fold = number(vm, v, "fold")? as u8;
    ((*p).hastzinfo, (*p).tzinfo) = tzinfo(vm, v)?;
    Ok(())
}

unsafe fn fill_datetime(vm: &Vm, v: Value, p: *mut DateTime) -> PyResult<()> {
    (*p).hashcode = -1;
    let mut data = [0; 10];
    data[..4].copy_from_slice(&date_data(vm, v)?);
    data[4..].copy_from_slice(&time_data(vm, v)?);
    (*p).data = data;
    (*p).fold = number(vm, v, "fold")? as u8;
    ((*p).hastzinfo, (*p).tzinfo) = tzinfo(vm, v)?;
    Ok(())
}

// ---- the functions of the table -----------------------------------------------------------------

fn optional(v: Arg) -> Value {
    if v.0.is_null() { none() } else { v.value() }
}

macro_rules! make {
    ($vm:ident, $class:ident; $($n:expr),*) => {
        $vm.call(Arg($class.cast()).value(), &[$($vm.int($n as i64)),*])
    };
    ($vm:ident, $class:ident, tz $tz:expr; $($n:expr),*) => {
        $vm.call(Arg($class.cast()).value(), &[$($vm.int($n as i64)),*, optional($tz)])
    };
    ($vm:ident, $class:ident, tz $tz:expr, fold $fold:expr; $($n:expr),*) => {
        $vm.call_kw(
            Arg($class.cast()).value(),
            &[$($vm.int($n as i64)),*, optional($tz)],
            &[("fold", $vm.int($fold as i64))],
        )
    };
}

#[capi]
pub fn adder_date(vm: &Vm, y: i32, m: i32, d: i32, class: *mut PyTypeObject) -> PyResult<Value> {
    make!(vm, class; y, m, d)
}

#[capi]
#[allow(clippy::too_many_arguments)] // The function is the API's.
pub fn adder_datetime(
    vm: &Vm,
    y: i32,
    m: i32,
    d: i32,
    hour: i32,
    minute: i32,
    second: i32,
    us: i32,
    tz: Arg,
    class: *mut PyTypeObject,
) -> PyResult<Value> {
    make!(vm, class, tz tz; y, m, d, hour, minute, second, us)
}

#[capi]
#[allow(clippy::too_many_arguments)] // The function is the API's.
pub fn adder_datetime_fold(
    vm: &Vm,
    y: i32,
    m: i32,
    d: i32,
    hour: i32,
    minute: i32,
    second: i32,
    us: i32,
    tz: Arg,
    fold: i32,
    class: *mut PyTypeObject,
) -> PyResult<Value> {
    make!(vm, class, tz tz, fold fold; y, m, d, hour, minute, second, us)
}

#[capi]
pub fn adder_time(
    vm: &Vm,
    hour: i32,
    minute: i32,
    second: i32,
    us: i32,
    tz: Arg,
    class: *mut PyTypeObject,
) -> PyResult<Value> {
    make!(vm, class, tz tz; hour, minute, second, us)
}

#[capi]
#[allow(clippy::too_many_arguments)] // The function is the API's.
pub fn adder_time_fold(
    vm: &Vm,
    hour: i32,
    minute: i32,
    second: i32,
    us: i32,
    tz: Arg,
    fold: i32,
    class: *mut PyTypeObject,
) -> PyResult<Value> {
    make!(vm, class, tz tz, fold fold; hour, minute, second, us)
}

#[capi]
pub fn adder_timedelta(
    vm: &Vm,
    days: i32,
    seconds: i32,
    us: i32,
    _normalize: i32,
    class: *mut PyTypeObject,
) -> PyResult<Value> {
    make!(vm, class; days, seconds, us)
}

#[capi]
pub fn adder_timezone(vm: &Vm, offset: Arg, name: Arg) -> PyResult<Value> {
    let timezone = class(vm, "timezone")?;
    let offset = offset.value();
    if name.0.is_null() { vm.call(timezone, &[offset]) } else { vm.call(timezone, &[offset, name.value()]) }
}

fn fromtimestamp(vm: &Vm, class: Arg, args: Arg, keywords: Arg) -> PyResult<Value> {
    let f = vm.get_attr_str(class.value(), "fromtimestamp")?;
    call_with_dict(vm, f, args, keywords)
}

#[capi]
pub fn adder_datetime_fromtimestamp(vm: &Vm, class: Arg, args: Arg, keywords: Arg) -> PyResult<Value> {
    fromtimestamp(vm, class, args, keywords)
}

#[capi]
pub fn adder_date_fromtimestamp(vm: &Vm, class: Arg, args: Arg) -> PyResult<Value> {
    fromtimestamp(vm, class, args, Arg(std::ptr::null_mut()))
}
