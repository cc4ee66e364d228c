//! Interned names that Rust code refers to: `names().__init__`.
//!
//! Interned strings are immortal and never move, so a name can be compared by address and kept in
//! Rust tables (shapes, caches).

use crate::builtins::str_::Str;
use crate::object::Ref;
use crate::vm::Vm;
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;

macro_rules! names {
    ($($name:ident)*) => {
        /// The interned names, one field each.
        #[allow(non_snake_case)]
        pub struct Names { $(pub $name: Ref<Str>,)* }

        impl Names {
            fn make(vm: &Vm) -> Names {
                Names { $($name: vm.intern_str(stringify!($name).trim_start_matches("r#")),)* }
            }
        }
    };
}

names! {
    __abs__ __abstractmethods__ __add__ __aenter__ __aexit__ __aiter__ __all__ __and__ __anext__
    __annotate__ __annotate_func__ __annotations__ __annotations_cache__ __args__ __await__ __bases__ __bool__
    __buffer__ __build_class__ __builtins__ __bytes__ __call__ __cantrace__ __cause__ __class__
    __class_getitem__ __classcell__ __classdict__ __classdictcell__ __closure__ __code__ __complex__
    __contains__ __context__ __copy__ __ctypes_from_outparam__ __debug__ __deepcopy__ __defaults__
    __del__ __delattr__ __delete__ __delitem__ __dict__ __dir__ __divmod__ __doc__ __enter__ __eq__
    __exit__ __file__ __firstlineno__ __float__ __floordiv__ __format__ __func__ __ge__ __get__
    __getattr__ __getattribute__ __getitem__ __getnewargs__ __getnewargs_ex__ __getstate__ __globals__
    __gt__ __hash__ __iadd__ __iand__ __ifloordiv__ __ilshift__ __imatmul__ __imod__ __import__
    __imul__ __index__ __init__ __init_subclass__ __instancecheck__ __int__ __invert__ __ior__
    __ipow__ __irshift__ __isabstractmethod__ __isub__ __iter__ __itruediv__ __ixor__ __kwdefaults__
    __le__ __len__ __length_hint__ __loader__ __lshift__ __lt__ __main__ __match_args__ __matmul__
    __missing__ __mod__ __module__ __mro__ __mro_entries__ __mul__ __name__ __ne__ __neg__ __new__
    __next__ __notes__ __objclass__ __or__ __orig_bases__ __orig_class__ __origin__ __package__ __parameters__
    __path__ __pos__ __pow__ __prepare__ __qualname__ __radd__ __rand__ __rdivmod__ __reduce__
    __reduce_ex__ __release_buffer__ __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmatmul__
    __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__
    __rxor__ __self__ __set__ __set_name__ __setattr__ __setitem__ __setstate__ __sizeof__ __slots__
    __slotnames__ __spec__ __static_attributes__ __str__ __sub__ __subclasscheck__ __subclasshook__
    __suppress_context__ __text_signature__ __traceback__ __truediv__ __trunc__ __type_params__
    __typing_is_unpacked_typevartuple__ __typing_prepare_subst__ __typing_subst__ __typing_unpacked_tuple_args__
    __unpacked__ __warningregistry__ __weakref__ __wrapped__ __xor__
    _abc_impl _asyncio_future_blocking _fields _field_types _fix_up_module _find_and_load _handle_fromlist _initializing
    _is_text_encoding _lock_unlock_module _loop _shutdown _uninitialized_submodules
    add add_done_callback append args builtins call_exception_handler call_soon cancel close closed code copy
    copyreg discard displayhook dict decode done encode encoding end errors excepthook fget fset fdel filename
    fileno flush format get get_debug get_event_loop get_loop getvalue is_running items key keys
    metaclass mode modules msg mro name obj object offset open parent path print_file_and_line
    raw read readable readline replace reset result seek send setdefault sort split stderr stdin stdout
    strict sys text throw update value values warnings warn warn_explicit warnoptions write writable
    CANCELLED FINISHED PENDING
}

struct Cell(UnsafeCell<MaybeUninit<Names>>);
// SAFETY: written once at start-up, under the GIL (gil-protected).
unsafe impl Sync for Cell {}
static NAMES: Cell = Cell(UnsafeCell::new(MaybeUninit::uninit()));

/// Interns all names; called once, before anything looks one up.
pub fn init(vm: &Vm) {
    let names = Names::make(vm);
    // SAFETY: start-up is single-threaded.
    unsafe { (*NAMES.0.get()).write(names) };
}

/// The table of names.
#[inline(always)]
pub fn names() -> &'static Names {
    // SAFETY: `init` ran before any Python object existed.
    unsafe { (*NAMES.0.get()).assume_init_ref() }
}
