//! Descriptors of C types: methods, members, getsets; and `PyDescr_*`.

use crate::ffi::constants::*;
use crate::ffi::types::*;
use crate::methodobject::{self, split_signature, static_text};
use crate::pyobject::{Arg, Done, Owned, Passed, Ptr, from_c, incref, to_c, with_loans, xdecref};
use crate::typeobject::*;
use adder_heap::GilCell;
use adder_macros::capi;
use adder_vm::builtins::descr::{self, MemberDescriptor};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::function::{Cell, Method, StaticMethod};
use adder_vm::builtins::int::as_int;
use adder_vm::builtins::singletons::{as_bool, bool_value, none};
use adder_vm::builtins::type_::Type;
use adder_vm::def::{GetSetDef, MethodKind};
use adder_vm::error::PyResult;
use adder_vm::object::{Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::slots::SlotDef;
use adder_vm::vm::Vm;
use std::ffi::{CStr, CString, c_char, c_void};

/// What the VM knows of a C attribute, with its C definition. Lives for ever, as the definition does.
#[repr(C)]
struct GetSet {
    def: GetSetDef,
    c: *const PyGetSetDef,
}

#[repr(C)]
struct Member {
    def: GetSetDef,
    /// A copy, with an offset from the start of the instance.
    c: PyMemberDef,
}

/// The documentation of a definition made here, as C has it now.
pub fn getset_doc(def: &'static GetSetDef) -> &'static str {
    let is_member = def.get.is_some_and(|g| g as usize == get_member as *const () as usize);
    // SAFETY: definitions marked as an extension's are made here; the strings live for ever.
    let doc = unsafe { static_text(if is_member { member(def).c.doc } else { (*getset(def).c).doc }) };
    split_signature(def.name, doc).1
}

unsafe fn getset(def: &'static GetSetDef) -> &'static GetSet {
    &*(def as *const GetSetDef as *const GetSet)
}

unsafe fn member(def: &'static GetSetDef) -> &'static Member {
    &*(def as *const GetSetDef as *const Member)
}

/// The C definition behind one of the VM's.
///
/// # Safety
/// The definition is an extension's, made from a `PyGetSetDef`.
pub unsafe fn c_getset(def: &'static GetSetDef) -> *mut PyGetSetDef {
    getset(def).c.cast_mut()
}

/// The C definition of a member.
///
/// # Safety
/// The definition is an extension's, made from a `PyMemberDef`.
pub unsafe fn c_member(def: &'static GetSetDef) -> *mut PyMemberDef {
    (&raw const member(def).c).cast_mut()
}

fn get(vm: &Vm, def: &'static GetSetDef, obj: Value) -> PyResult<Value> {
    // SAFETY: the function of definitions made here.
    let c = unsafe { &*getset(def).c };
    let f = c.get.expect("only readable attributes have this function");
    let obj = Passed::new(obj);
    // SAFETY: the attribute's function.
    methodobject::result(vm, def.name, with_loans(|| unsafe { f(obj.p, c.closure) }))
}

fn set(vm: &Vm, def: &'static GetSetDef, obj: Value, value: Option<Value>) -> PyResult<()> {
    // SAFETY: as in `get`.
    let c = unsafe { &*getset(def).c };
    let f = c.set.expect("only writable attributes have this function");
    let (obj, value) = (Passed::new(obj), value.map_or(Passed::NULL, Passed::new));
    // SAFETY: the attribute's function.
    let n = with_loans(|| unsafe { f(obj.p, value.p, c.closure) });
    crate::typeobject::check_status(vm, def.name, n)
}

fn get_member(vm: &Vm, def: &'static GetSetDef, obj: Value) -> PyResult<Value> {
    let obj = Passed::new(obj);
    // SAFETY: an instance of the class whose member it is.
    unsafe { read_member(vm, obj.p.cast(), &member(def).c) }
}

fn set_member(vm: &Vm, def: &'static GetSetDef, obj: Value, value: Option<Value>) -> PyResult<()> {
    let obj = Passed::new(obj);
    // SAFETY: an instance of the class whose member it is.
    unsafe { write_member(vm, obj.p.cast(), &member(def).c, value) }
}

// ---- the tables of a type -----------------------------------------------------------------------

/// Adds the methods to the class's dict. What is there already stays, unless the method says METH_COEXIST.
///
/// # Safety
/// The table is null or ends with a null name, and lives for ever.
pub unsafe fn add_methods(
    vm: &Vm,
    class: Ref<Type>,
    t: *mut PyTypeObject,
    mut m: *const PyMethodDef,
) -> PyResult<()> {
    while !m.is_null() && !(*m).ml_name.is_null() {
        add(vm, class.dict.get(), (*m).ml_name, (*m).ml_flags & METH_COEXIST != 0, || {
            method(vm, class, t, m)
        })?;
        m = m.add(1);
    }
    Ok(())
}

unsafe fn method(vm: &Vm, class: Ref<Type>, t: *mut PyTypeObject, m: *const PyMethodDef) -> PyResult<Value> {
    let flags = (*m).ml_flags;
    if flags & METH_CLASS != 0 {
        if flags & METH_STATIC != 0 {
            return Err(vm.value_error("method cannot be both class and static"));
        }
        let def = methodobject::define(vm, m, MethodKind::Class, t)?;
        return Ok(descr::classmethod_descriptor(vm, class, def));
    }
    if flags & METH_STATIC != 0 {
        let def = methodobject::define(vm, m, MethodKind::Static, t)?;
        let f = descr::native_function(vm, def, Some(class.value()), None);
        return Ok(StaticMethod::new(vm, f).value());
    }
    Ok(descr::method_descriptor(vm, class, methodobject::define(vm, m, MethodKind::Instance, t)?))
}

unsafe fn add(
    vm: &Vm,
    dict: Ref<Dict>,
    name: *const c_char,
    replace: bool,
    make: impl FnOnce() -> PyResult<Value>,
) -> PyResult<()> {
    let name = vm.intern_str(static_text(name));
    if replace || dict.get_name_quiet(name).is_none() {
        dict.set_name(name, make()?);
    }
    Ok(())
}

/// Adds the members to the class's dict.
///
/// # Safety
/// As `add_methods`.
pub unsafe fn add_members(vm: &Vm, class: Ref<Type>, mut m: *const PyMemberDef) -> PyResult<()> {
    while !m.is_null() && !(*m).name.is_null() {
        add(vm, class.dict.get(), (*m).name, false, || Ok(member_descriptor(vm, class, &*m)))?;
        m = m.add(1);
    }
    Ok(())
}

unsafe fn member_descriptor(vm: &Vm, class: Ref<Type>, c: &PyMemberDef) -> Value {
    let name = static_text(c.name);
    let set: Option<adder_vm::def::Setter> = if c.flags & Py_READONLY != 0 { None } else { Some(set_member) };
    let def = GetSetDef { name, get: Some(get_member), set, doc: "", extension: true };
    let m: &'static Member = Box::leak(Box::new(Member { def, c: *c }));
    MemberDescriptor::new_foreign(class, vm.intern_str(name), &m.def)
}

/// Adds the getsets to the class's dict.
///
/// # Safety
/// As `add_methods`.
pub unsafe fn add_getsets(vm: &Vm, class: Ref<Type>, mut g: *const PyGetSetDef) -> PyResult<()> {
    while !g.is_null() && !(*g).name.is_null() {
        add(vm, class.dict.get(), (*g).name, false, || Ok(getset_descriptor(vm, class, g)))?;
        g = g.add(1);
    }
    Ok(())
}

unsafe fn getset_descriptor(vm: &Vm, class: Ref<Type>, c: *const PyGetSetDef) -> Value {
    let def = GetSetDef {
        name: static_text((*c).name),
        get: (*c).get.map(|_| get as adder_vm::def::Getter),
        set: (*c).set.map(|_| set as adder_vm::def::Setter),
        doc: "",
        extension: true,
    };
    let g: &'static GetSet = Box::leak(Box::new(GetSet { def, c }));
    descr::getset_descriptor(vm, class, &g.def)
}

// ---- members ------------------------------------------------------------------------------------

/// The value of a field of a C struct.
///
/// # Safety
/// `base` is an instance of the struct that the definition is about.
pub unsafe fn read_member(vm: &Vm, base: *const u8, m: &PyMemberDef) -> PyResult<Value> {
    let p = base.offset(m.offset);
    macro_rules! int {
        ($t:ty) => {
            Ok(vm.int(p.cast::<$t>().read_unaligned() as i64))
        };
    }
    match m.type_ {
        Py_T_BOOL => Ok(bool_value(*p != 0)),
        Py_T_BYTE => int!(i8),
        Py_T_UBYTE => int!(u8),
        Py_T_SHORT => int!(i16),
        Py_T_USHORT => int!(u16),
        Py_T_INT => int!(i32),
        Py_T_UINT => int!(u32),
        Py_T_LONG | Py_T_LONGLONG | Py_T_PYSSIZET => int!(i64),
        Py_T_ULONG | Py_T_ULONGLONG => {
            Ok(from_c(Owned(crate::longobject::from_u64(p.cast::<u64>().read_unaligned())).0))
        }
        Py_T_FLOAT => Ok(vm.float(p.cast::<f32>().read_unaligned() as f64)),
        Py_T_DOUBLE => Ok(vm.float(p.cast::<f64>().read_unaligned())),
        Py_T_STRING => match *p.cast::<*const c_char>() {
            s if s.is_null() => Ok(none()),
            s => Ok(vm.new_str(&CStr::from_ptr(s).to_string_lossy())),
        },
        Py_T_STRING_INPLACE => Ok(vm.new_str(&CStr::from_ptr(p.cast()).to_string_lossy())),
        Py_T_CHAR => Ok(vm.new_str(&char::from(*p).to_string())),
        _Py_T_OBJECT => Ok(match *p.cast::<Ptr>() {
            o if o.is_null() => none(),
            o => from_c(o),
        }),
        Py_T_OBJECT_EX => match *p.cast::<Ptr>() {
            o if o.is_null() => {
                let obj = from_c(base as Ptr);
                let name = vm.intern_str(static_text(m.name));
                Err(vm.no_attribute(obj, name))
            }
            o => Ok(from_c(o)),
        },
        _Py_T_NONE => Ok(none()),
        _ => Err(vm.system_error("bad memberdescr type")),
    }
}

/// Stores in a field of a C struct; None deletes.
///
/// # Safety
/// As `read_member`.
pub unsafe fn write_member(vm: &Vm, base: *mut u8, m: &PyMemberDef, value: Option<Value>) -> PyResult<()> {
    let p = base.offset(m.offset);
    if m.flags & Py_READONLY != 0 {
        raise!(vm, AttributeError, "readonly attribute")
    }
    let Some(value) = value else {
        let place = p.cast::<Ptr>();
        match m.type_ {
            Py_T_OBJECT_EX if (*place).is_null() => raise!(vm, AttributeError, "{}", static_text(m.name)),
            Py_T_OBJECT_EX | _Py_T_OBJECT => xdecref(std::mem::replace(&mut *place, std::ptr::null_mut())),
            _ => raise!(vm, TypeError, "can't delete numeric/char attribute"),
        }
        return Ok(());
    };
    // What does not fit is stored in part, with a warning, unless it is too large for a C long, or for an
    // unsigned one where the field has its size.
    macro_rules! int {
        ($t:ty, $name:literal) => {
            int!($t, $name, "Python int too large to convert to C long", "")
        };
        ($t:ty, $name:literal, $low:literal, $high:literal) => {{
            const SIGNED: bool = <$t>::MIN != 0;
            const LARGE: bool = !SIGNED && size_of::<$t>() >= 4;
            let n = vm.int_to_i128(vm.index_value(value)?);
            if n < i64::MIN as i128 || !LARGE && n > i64::MAX as i128 {
                raise!(vm, OverflowError, $low)
            }
            if n > u64::MAX as i128 {
                raise!(vm, OverflowError, $high)
            }
            p.cast::<$t>().write_unaligned(n as $t);
            let warning = adder_vm::builtins::exceptions::Exc::RuntimeWarning;
            if LARGE && n < 0 {
                vm.warn(warning, "Writing negative value into unsigned field")?;
            } else if <$t>::try_from(n).is_err() {
                vm.warn(warning, concat!("Truncation of value to ", $name))?;
            }
        }};
    }
    match m.type_ {
        Py_T_BOOL => match as_bool(value) {
            Some(b) => *p = b as u8,
            None => raise!(vm, TypeError, "attribute value type must be bool"),
        },
        Py_T_BYTE => int!(i8, "char"),
        Py_T_UBYTE => int!(u8, "unsigned char"),
        Py_T_SHORT => int!(i16, "short"),
        Py_T_USHORT => int!(u16, "unsigned short"),
        Py_T_INT => int!(i32, "int"),
        Py_T_UINT => int!(
            u32,
            "unsigned int",
            "Python int too large to convert to C long",
            "Python int too large to convert to C unsigned long"
        ),
        Py_T_LONG => int!(i64, "long"),
        Py_T_LONGLONG => int!(i64, "long long", "int too big to convert", ""),
        Py_T_PYSSIZET => match as_int(value) {
            None => return Err(vm.type_error("an integer is required")),
            Some(_) => int!(isize, "ssize_t", "Python int too large to convert to C ssize_t", ""),
        },
        Py_T_ULONG => int!(
            u64,
            "unsigned long",
            "Python int too large to convert to C long",
            "Python int too large to convert to C unsigned long"
        ),
        Py_T_ULONGLONG => int!(
            u64,
            "unsigned long long",
            "Python int too large to convert to C long",
            "int too big to convert"
        ),
        Py_T_FLOAT => p.cast::<f32>().write_unaligned(vm.to_f64(value)? as f32),
        Py_T_DOUBLE => p.cast::<f64>().write_unaligned(vm.to_f64(value)?),
        _Py_T_OBJECT | Py_T_OBJECT_EX => {
            let new = Owned::new(value).release();
            xdecref(std::mem::replace(&mut *p.cast::<Ptr>(), new));
        }
        Py_T_CHAR => match value.downcast::<adder_vm::builtins::str_::Str>() {
            Some(s) if s.len() == 1 && s.is_ascii() => *p = s.to_string().as_bytes()[0],
            _ => return Err(vm.type_error("bad argument type for built-in operation")),
        },
        Py_T_STRING | Py_T_STRING_INPLACE => return Err(vm.type_error("readonly attribute")),
        t => raise!(vm, SystemError, "bad memberdescr type for {} (type {t})", static_text(m.name)),
    }
    Ok(())
}

#[capi]
pub fn PyMember_GetOne(vm: &Vm, base: *const c_char, m: *const PyMemberDef) -> PyResult<Value> {
    // SAFETY: the caller passes an instance and a member of its type.
    unsafe {
        if (*m).flags & Py_RELATIVE_OFFSET != 0 {
            raise!(vm, SystemError, "PyMember_GetOne used with Py_RELATIVE_OFFSET")
        }
        read_member(vm, base.cast(), &*m)
    }
}

#[capi]
pub fn PyMember_SetOne(vm: &Vm, base: *mut c_char, m: *const PyMemberDef, value: Arg) -> PyResult<Done> {
    // SAFETY: the caller passes an instance and a member of its type.
    unsafe {
        if (*m).flags & Py_RELATIVE_OFFSET != 0 {
            raise!(vm, SystemError, "PyMember_SetOne used with Py_RELATIVE_OFFSET")
        }
        let value = if value.0.is_null() { None } else { Some(value.value()) };
        write_member(vm, base.cast(), &*m, value)?;
    }
    Ok(Done)
}

// ---- PyDescr_* ----------------------------------------------------------------------------------

#[capi]
pub fn PyDescr_NewMethod(vm: &Vm, t: *mut PyTypeObject, m: *mut PyMethodDef) -> PyResult<Value> {
    // SAFETY: the caller passes a type and a definition that lives for ever.
    unsafe {
        let def = methodobject::define(vm, m, MethodKind::Instance, t)?;
        Ok(descr::method_descriptor(vm, subtype(t), def))
    }
}

#[capi]
pub fn PyDescr_NewClassMethod(vm: &Vm, t: *mut PyTypeObject, m: *mut PyMethodDef) -> PyResult<Value> {
    // SAFETY: as in PyDescr_NewMethod.
    unsafe {
        let def = methodobject::define(vm, m, MethodKind::Class, t)?;
        Ok(descr::classmethod_descriptor(vm, subtype(t), def))
    }
}

#[capi]
pub fn PyDescr_NewMember(vm: &Vm, t: *mut PyTypeObject, m: *mut PyMemberDef) -> PyResult<Value> {
    // SAFETY: as in PyDescr_NewMethod.
    unsafe {
        if (*m).flags & Py_RELATIVE_OFFSET != 0 {
            raise!(vm, SystemError, "PyDescr_NewMember used with Py_RELATIVE_OFFSET")
        }
        Ok(member_descriptor(vm, subtype(t), &*m))
    }
}

#[capi]
pub fn PyDescr_NewGetSet(vm: &Vm, t: *mut PyTypeObject, g: *mut PyGetSetDef) -> PyResult<Value> {
    // SAFETY: as in PyDescr_NewMethod.
    Ok(unsafe { getset_descriptor(vm, subtype(t), g) })
}

#[capi]
pub fn PyDictProxy_New(vm: &Vm, mapping: Arg) -> PyResult<Value> {
    let v = mapping.value();
    let is_sequence = v.downcast::<adder_vm::builtins::list::List>().is_some()
        || v.downcast::<adder_vm::builtins::tuple::Tuple>().is_some();
    if v.class().slots().mp_subscript.is_none() || is_sequence {
        raise!(vm, TypeError, "mappingproxy() argument must be a mapping, not {}", v.class().name())
    }
    Ok(descr::mapping_proxy(vm, v))
}

// ---- structs of descriptors ---------------------------------------------------------------------

/// The C description of a special method, made when C first asks. Cython copies it and gives the
/// descriptor the copy, with documentation of its own.
fn wrapper_base(def: &'static SlotDef) -> *mut wrapperbase {
    static MADE: GilCell<Vec<(usize, usize)>> = GilCell::new(vec![]);
    let key = def as *const SlotDef as usize;
    if let Some((_, made)) = MADE.get().iter().find(|(k, _)| *k == key) {
        return *made as *mut wrapperbase;
    }
    let text = |s: &str| CString::new(s).unwrap_or_default().into_raw();
    let base = wrapperbase {
        name: text(def.name),
        offset: def.slot as i32,
        function: std::ptr::null_mut(),
        wrapper: None,
        doc: text(def.doc),
        flags: 0,
        name_strobj: to_c(Vm::get().intern_str(def.name).value()),
    };
    let made = Box::into_raw(Box::new(base));
    MADE.get().push((key, made as usize));
    made
}

/// Fills the struct of a descriptor or of a native function. False if the object is none.
///
/// # Safety
/// `p` is the object's struct, zeroed behind the head.
pub unsafe fn fill(v: Value, p: Ptr) -> bool {
    use adder_vm::builtins::descr::{
        ClassMethodDescriptor, GetSetDescriptor, MethodDescriptor, NativeFunction, WrapperDescriptor,
    };
    let vm = Vm::get();
    if let Some(f) = v.exact::<NativeFunction>() {
        let c = p as *mut PyCFunctionObject;
        (*c).m_ml = methodobject::c_method(f.def());
        (*c).m_self = f.receiver().map_or(std::ptr::null_mut(), to_c);
        (*c).m_module = f.module().map_or(std::ptr::null_mut(), to_c);
        (*c).vectorcall = Some(methodobject::call_vector);
        return true;
    }
    if let Some(m) = v.exact::<Method>() {
        let c = p as *mut PyMethodObject;
        (*c).im_func = to_c(m.function.get());
        (*c).im_self = to_c(m.receiver.get());
        (*c).vectorcall = Some(methodobject::call_vector);
        return true;
    }
    if let Some(f) = crate::funcobject::function_of_instance_method(v) {
        (*(p as *mut PyInstanceMethodObject)).func = to_c(f);
        return true;
    }
    if let Some(cell) = v.exact::<Cell>() {
        (*(p as *mut PyCellObject)).ob_ref = cell.get().map_or(std::ptr::null_mut(), to_c);
        return true;
    }
    let (class, name) = if let Some(d) = v.exact::<MethodDescriptor>() {
        (*(p as *mut PyMethodDescrObject)).d_method = methodobject::c_method(d.def());
        (*(p as *mut PyMethodDescrObject)).vectorcall = Some(methodobject::call_vector);
        (d.objclass(), d.def().name.to_string())
    } else if let Some(d) = v.exact::<ClassMethodDescriptor>() {
        (*(p as *mut PyMethodDescrObject)).d_method = methodobject::c_method(d.def());
        (d.objclass(), d.def().name.to_string())
    } else if let Some(d) = v.exact::<GetSetDescriptor>() {
        if d.def().extension {
            (*(p as *mut PyGetSetDescrObject)).d_getset = c_getset(d.def());
        }
        (d.objclass(), d.def().name.to_string())
    } else if let Some(d) = v.exact::<MemberDescriptor>() {
        if let Some(def) = d.foreign() {
            (*(p as *mut PyMemberDescrObject)).d_member = c_member(def);
        }
        (d.objclass(), d.name())
    } else if let Some(d) = v.exact::<WrapperDescriptor>() {
        (*(p as *mut PyWrapperDescrObject)).d_wrapped = d.foreign() as *mut c_void;
        (*(p as *mut PyWrapperDescrObject)).d_base = wrapper_base(d.def());
        (d.objclass(), d.def().name.to_string())
    } else {
        return false;
    };
    let d = p as *mut PyDescrObject;
    (*d).d_type = crate::typeobject::type_struct(class);
    incref((*d).d_type as Ptr);
    (*d).d_name = to_c(vm.intern_str(&name).value());
    true
}

/// Releases what the struct of such an object owns.
///
/// # Safety
/// `p` is an object that dies.
pub unsafe fn release(p: Ptr) {
    let t = (*p).ob_type;
    if t == &raw mut PyCFunction_Type {
        let c = p as *mut PyCFunctionObject;
        xdecref((*c).m_self);
        xdecref((*c).m_module);
        return;
    }
    if t == &raw mut PyMethod_Type {
        xdecref((*(p as *mut PyMethodObject)).im_func);
        xdecref((*(p as *mut PyMethodObject)).im_self);
        return;
    }
    if t == &raw mut PyInstanceMethod_Type {
        xdecref((*(p as *mut PyInstanceMethodObject)).func);
        return;
    }
    if t == &raw mut PyCell_Type {
        xdecref((*(p as *mut PyCellObject)).ob_ref);
        return;
    }
    let descriptors = [
        &raw mut PyMethodDescr_Type,
        &raw mut PyClassMethodDescr_Type,
        &raw mut PyGetSetDescr_Type,
        &raw mut PyMemberDescr_Type,
        &raw mut PyWrapperDescr_Type,
    ];
    if descriptors.contains(&t) {
        let d = p as *mut PyDescrObject;
        xdecref((*d).d_type as Ptr);
        xdecref((*d).d_name);
    }
}

#[capi]
pub fn PyDescr_IsData(_vm: &Vm, v: crate::pyobject::Arg) -> bool {
    v.class().slots().tp_descr_set.is_some()
}
