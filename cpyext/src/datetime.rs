//! The datetime API: the table behind the capsule `datetime.datetime_CAPI`, and the C structs of dates,
//! times and durations, which are filled when the objects cross.
//!
//! The classes are those of the library's module `_datetime`, which announces itself when it is made.

use crate::ffi::types::*;
use crate::pyobject::{Arg, IntoC, Ptr, make_immortal, to_c, xdecref};
use crate::typeobject::{subtype, type_struct, with_arguments};
use adder_heap::{GilCell, Root};
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::builtins::type_::{Type, TypeExt};
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::vm::Vm;
use std::ffi::c_int;

/// The classes, by their addresses, which do not change: date, datetime, time, timedelta, tzinfo.
static CLASSES: GilCell<[usize; 5]> = GilCell::new([0; 5]);

// SAFETY: a struct of nullable pointers.
static mut TABLE: PyDateTime_CAPI = unsafe { std::mem::zeroed() };

fn classes() -> Option<[Ref<Type>; 5]> {
    let words = *CLASSES.get();
    // SAFETY: the addresses of classes that a root keeps, and which do not move.
    if words[0] == 0 { None } else { Some(words.map(|w| unsafe { Ref::from_ptr(w as *mut Type) })) }
}

/// Makes the table for the module `_datetime`.
pub fn announce(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
    let dict = m.dict();
    let mut words = [0; 5];
    for (word, name) in words.iter_mut().zip(["date", "datetime", "time", "timedelta", "tzinfo"]) {
        let Some(class) = dict.get_name_quiet(vm.intern_str(name)).and_then(|v| v.downcast::<Type>()) else {
            raise!(vm, SystemError, "_datetime has no class {name}")
        };
        Root::new(class.value()).leak();
        *word = class.as_ptr() as usize;
    }
    *CLASSES.get() = words;
    let all = classes().expect("set above");
    let sizes = [
        size_of::<PyDateTime_Date>(),
        size_of::<PyDateTime_DateTime>(),
        size_of::<PyDateTime_Time>(),
        size_of::<PyDateTime_Delta>(),
        size_of::<PyDateTime_TZInfo>(),
    ];
    let zone = dict.get_name_quiet(vm.intern_str("timezone")).unwrap_or(none());
    let utc = vm.get_attr_str(zone, "utc")?;
    // SAFETY: the table is ours; classes and their structs live for ever.
    unsafe {
        for (class, size) in all.iter().zip(sizes) {
            let t = type_struct(*class);
            (*t).tp_basicsize = size as isize;
            make_immortal(t as Ptr);
        }
        let table = &mut *(&raw mut TABLE);
        let [date, datetime, time, delta, tzinfo] = all.map(type_struct);
        (table.DateType, table.DateTimeType, table.TimeType) = (date, datetime, time);
        (table.DeltaType, table.TZInfoType) = (delta, tzinfo);
        table.TimeZone_UTC = to_c(utc);
        table.Date_FromDate = Some(date_from_date);
        table.DateTime_FromDateAndTime = Some(datetime_from_parts);
        table.Time_FromTime = Some(time_from_parts);
        table.Delta_FromDelta = Some(delta_from_parts);
        table.TimeZone_FromTimeZone = Some(timezone);
        table.DateTime_FromTimestamp = Some(datetime_from_timestamp);
        table.Date_FromTimestamp = Some(date_from_timestamp);
        table.DateTime_FromDateAndTimeAndFold = Some(datetime_with_fold);
        table.Time_FromTimeAndFold = Some(time_with_fold);
    }
    let capsule = crate::pycapsule::new((&raw mut TABLE).cast(), c"datetime.datetime_CAPI".as_ptr());
    dict.set_str(vm, "datetime_CAPI", capsule);
    Ok(())
}

// ---- the functions of the table -----------------------------------------------------------------

fn ints<const N: usize>(vm: &Vm, values: [c_int; N]) -> [Value; N] {
    values.map(|n| vm.int(n as i64))
}

fn object(p: Ptr) -> Value {
    Arg(p).value()
}

unsafe extern "C" fn date_from_date(year: c_int, month: c_int, day: c_int, class: *mut PyTypeObject) -> Ptr {
    let vm = Vm::get();
    vm.call(subtype(class).value(), &ints(vm, [year, month, day])).into_c(vm)
}

fn folded(vm: &Vm, class: *mut PyTypeObject, args: &[Value], fold: c_int) -> Ptr {
    let class = subtype(class).value();
    match fold {
        0 => vm.call(class, args),
        n => vm.call_kw(class, args, &[("fold", vm.int(n as i64))]),
    }
    .into_c(vm)
}

unsafe extern "C" fn datetime_with_fold(
    year: c_int,
    month: c_int,
    day: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    tzinfo: Ptr,
    fold: c_int,
    class: *mut PyTypeObject,
) -> Ptr {
    let vm = Vm::get();
    let [y, mo, d, h, mi, s, us] = ints(vm, [year, month, day, hour, minute, second, microsecond]);
    folded(vm, class, &[y, mo, d, h, mi, s, us, object(tzinfo)], fold)
}

unsafe extern "C" fn datetime_from_parts(
    year: c_int,
    month: c_int,
    day: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    tzinfo: Ptr,
    class: *mut PyTypeObject,
) -> Ptr {
    datetime_with_fold(year, month, day, hour, minute, second, microsecond, tzinfo, 0, class)
}

unsafe extern "C" fn time_with_fold(
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    tzinfo: Ptr,
    fold: c_int,
    class: *mut PyTypeObject,
) -> Ptr {
    let vm = Vm::get();
    let [h, mi, s, us] = ints(vm, [hour, minute, second, microsecond]);
    folded(vm, class, &[h, mi, s, us, object(tzinfo)], fold)
}

unsafe extern "C" fn time_from_parts(
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    tzinfo: Ptr,
    class: *mut PyTypeObject,
) -> Ptr {
    time_with_fold(hour, minute, second, microsecond, tzinfo, 0, class)
}

unsafe extern "C" fn delta_from_parts(
    days: c_int,
    seconds: c_int,
    microseconds: c_int,
    _normalize: c_int,
    class: *mut PyTypeObject,
) -> Ptr {
    let vm = Vm::get();
    vm.call(subtype(class).value(), &ints(vm, [days, seconds, microseconds])).into_c(vm)
}

/// `timezone(offset, name)`; the UTC object itself for an offset of zero without a name.
unsafe extern "C" fn timezone(offset: Ptr, name: Ptr) -> Ptr {
    let vm = Vm::get();
    let result = (|| {
        let utc = object((*(&raw const TABLE)).TimeZone_UTC);
        let (class, offset) = (utc.class().value(), object(offset));
        if !offset.class().is_subclass_of(classes().expect("the table exists")[3]) {
            raise!(
                vm,
                ValueError,
                "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}",
                vm.repr_string(offset)?
            )
        }
        if !name.is_null() {
            return vm.call(class, &[offset, object(name)]);
        }
        if !vm.truth(offset)? {
            return Ok(utc);
        }
        vm.call(class, &[offset])
    })();
    result.into_c(vm)
}

fn from_timestamp(class: Ptr, args: Ptr, keywords: Ptr) -> Ptr {
    let vm = Vm::get();
    let result = (|| {
        let f = vm.get_attr_str(object(class), "fromtimestamp")?;
        with_arguments(vm, args, keywords, |args| vm.call_args(f, args))
    })();
    result.into_c(vm)
}

unsafe extern "C" fn datetime_from_timestamp(class: Ptr, args: Ptr, keywords: Ptr) -> Ptr {
    from_timestamp(class, args, keywords)
}

unsafe extern "C" fn date_from_timestamp(class: Ptr, args: Ptr) -> Ptr {
    from_timestamp(class, args, std::ptr::null_mut())
}

// ---- the structs --------------------------------------------------------------------------------

/// A field of the class's own, whatever a subclass makes of the name.
fn field(vm: &Vm, class: Ref<Type>, v: Value, name: &str) -> i64 {
    let found = class.lookup(vm, vm.intern_str(name)).and_then(|d| {
        let get = d.class().slots().tp_descr_get?;
        get(vm, d, Some(v), class.value()).ok()
    });
    found.filter(|n| n.is_small()).map_or(0, |n| n.small())
}

fn zone(vm: &Vm, class: Ref<Type>, v: Value) -> Value {
    let found = class.lookup(vm, vm.intern_str("tzinfo")).and_then(|d| {
        let get = d.class().slots().tp_descr_get?;
        get(vm, d, Some(v), class.value()).ok()
    });
    found.unwrap_or(none())
}

/// Fills the struct of a date, time, datetime or timedelta. False if the object is none.
///
/// # Safety
/// `p` is the object's struct, zeroed behind the head.
pub unsafe fn fill(v: Value, p: Ptr) -> bool {
    let Some([date, datetime, time, delta, _]) = classes() else { return false };
    let (vm, class) = (Vm::get(), v.class());
    let get = |of: Ref<Type>, name: &str| field(vm, of, v, name);
    let clock = |of: Ref<Type>, to: &mut [u8]| {
        let us = get(of, "microsecond");
        to[0] = get(of, "hour") as u8;
        to[1] = get(of, "minute") as u8;
        to[2] = get(of, "second") as u8;
        to[3..6].copy_from_slice(&(us as u32).to_be_bytes()[1..]);
    };
    if class.is_subclass_of(date) {
        let c = p as *mut PyDateTime_Date;
        (*c).hashcode = -1;
        let year = (get(date, "year") as u16).to_be_bytes();
        (*c).data = [year[0], year[1], get(date, "month") as u8, get(date, "day") as u8];
    }
    if class.is_subclass_of(datetime) {
        let c = p as *mut PyDateTime_DateTime;
        clock(datetime, &mut (&mut (*c).data)[4..]);
        (*c).fold = get(datetime, "fold") as u8;
        let tz = zone(vm, datetime, v);
        (*c).hastzinfo = !tz.is_none() as i8;
        (*c).tzinfo = to_c(tz);
    } else if class.is_subclass_of(time) {
        let c = p as *mut PyDateTime_Time;
        (*c).hashcode = -1;
        clock(time, &mut (*c).data);
        (*c).fold = get(time, "fold") as u8;
        let tz = zone(vm, time, v);
        (*c).hastzinfo = !tz.is_none() as i8;
        (*c).tzinfo = to_c(tz);
    } else if class.is_subclass_of(delta) {
        let c = p as *mut PyDateTime_Delta;
        (*c).hashcode = -1;
        (*c).days = get(delta, "days") as c_int;
        (*c).seconds = get(delta, "seconds") as c_int;
        (*c).microseconds = get(delta, "microseconds") as c_int;
    } else {
        return class.is_subclass_of(date);
    }
    true
}

/// Releases what such a struct owns.
///
/// # Safety
/// `p` is an object that dies.
pub unsafe fn release(p: Ptr) {
    let Some([_, datetime, time, ..]) = classes() else { return };
    let class = subtype((*p).ob_type);
    if class.is_subclass_of(datetime) {
        xdecref((*(p as *mut PyDateTime_DateTime)).tzinfo);
    } else if class.is_subclass_of(time) {
        xdecref((*(p as *mut PyDateTime_Time)).tzinfo);
    }
}
