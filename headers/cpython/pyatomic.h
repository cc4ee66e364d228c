/* cpython/pyatomic.h: atomic operations on ordinary variables, sequentially consistent unless the
 * name says otherwise. All of them are the compiler's builtins, one family per type.
 *
 * _Py_atomic_compare_exchange_T stores desired and returns 1 when *obj equals *expected, and
 * otherwise loads *obj into *expected and returns 0. add, and, or return the old value. */

#ifndef Py_CPYTHON_PYATOMIC_H
#define Py_CPYTHON_PYATOMIC_H
#ifdef __cplusplus
extern "C" {
#endif

#define _Py_ATOMIC_LOAD(suffix, type, how, order) \
    static inline type _Py_atomic_load_##suffix##how(const type *obj) \
    { \
        type value; \
        __atomic_load(_Py_CAST(type *, obj), &value, order); \
        return value; \
    }
#define _Py_ATOMIC_STORE(suffix, type, how, order) \
    static inline void _Py_atomic_store_##suffix##how(type *obj, type value) \
    { \
        __atomic_store(obj, &value, order); \
    }
#define _Py_ATOMIC_EXCHANGE(suffix, type) \
    static inline type _Py_atomic_exchange_##suffix(type *obj, type value) \
    { \
        return __atomic_exchange_n(obj, value, __ATOMIC_SEQ_CST); \
    } \
    static inline int _Py_atomic_compare_exchange_##suffix(type *obj, type *expected, type desired) \
    { \
        return __atomic_compare_exchange_n(obj, expected, desired, 0, __ATOMIC_SEQ_CST, \
                                           __ATOMIC_SEQ_CST); \
    }
#define _Py_ATOMIC_FETCH(suffix, type, op) \
    static inline type _Py_atomic_##op##_##suffix(type *obj, type value) \
    { \
        return __atomic_fetch_##op(obj, value, __ATOMIC_SEQ_CST); \
    }
#define _Py_ATOMIC_RELAXED(suffix, type) \
    _Py_ATOMIC_LOAD(suffix, type, _relaxed, __ATOMIC_RELAXED) \
    _Py_ATOMIC_STORE(suffix, type, _relaxed, __ATOMIC_RELAXED)
#define _Py_ATOMIC_INTEGER(suffix, type) \
    _Py_ATOMIC_LOAD(suffix, type, , __ATOMIC_SEQ_CST) \
    _Py_ATOMIC_STORE(suffix, type, , __ATOMIC_SEQ_CST) \
    _Py_ATOMIC_RELAXED(suffix, type) \
    _Py_ATOMIC_EXCHANGE(suffix, type) \
    _Py_ATOMIC_FETCH(suffix, type, add)
#define _Py_ATOMIC_BITS(suffix, type) \
    _Py_ATOMIC_INTEGER(suffix, type) \
    _Py_ATOMIC_FETCH(suffix, type, and) \
    _Py_ATOMIC_FETCH(suffix, type, or)

_Py_ATOMIC_INTEGER(int, int)
_Py_ATOMIC_INTEGER(int8, int8_t)
_Py_ATOMIC_INTEGER(int16, int16_t)
_Py_ATOMIC_INTEGER(int32, int32_t)
_Py_ATOMIC_INTEGER(int64, int64_t)
_Py_ATOMIC_INTEGER(intptr, intptr_t)
_Py_ATOMIC_INTEGER(uint, unsigned int)
_Py_ATOMIC_INTEGER(ssize, Py_ssize_t)
_Py_ATOMIC_BITS(uint8, uint8_t)
_Py_ATOMIC_BITS(uint16, uint16_t)
_Py_ATOMIC_BITS(uint32, uint32_t)
_Py_ATOMIC_BITS(uint64, uint64_t)
_Py_ATOMIC_BITS(uintptr, uintptr_t)

_Py_ATOMIC_RELAXED(char, char)
_Py_ATOMIC_RELAXED(uchar, unsigned char)
_Py_ATOMIC_RELAXED(short, short)
_Py_ATOMIC_RELAXED(ushort, unsigned short)
_Py_ATOMIC_RELAXED(long, long)
_Py_ATOMIC_RELAXED(llong, long long)
_Py_ATOMIC_RELAXED(ullong, unsigned long long)
_Py_ATOMIC_RELAXED(double, double)
_Py_ATOMIC_RELAXED(float, float)

_Py_ATOMIC_LOAD(int, int, _acquire, __ATOMIC_ACQUIRE)
_Py_ATOMIC_STORE(int, int, _release, __ATOMIC_RELEASE)
_Py_ATOMIC_STORE(uint, unsigned int, _release, __ATOMIC_RELEASE)
_Py_ATOMIC_LOAD(uint32, uint32_t, _acquire, __ATOMIC_ACQUIRE)
_Py_ATOMIC_STORE(uint32, uint32_t, _release, __ATOMIC_RELEASE)
_Py_ATOMIC_LOAD(uint64, uint64_t, _acquire, __ATOMIC_ACQUIRE)
_Py_ATOMIC_STORE(uint64, uint64_t, _release, __ATOMIC_RELEASE)
_Py_ATOMIC_LOAD(uintptr, uintptr_t, _acquire, __ATOMIC_ACQUIRE)
_Py_ATOMIC_STORE(uintptr, uintptr_t, _release, __ATOMIC_RELEASE)
_Py_ATOMIC_LOAD(ssize, Py_ssize_t, _acquire, __ATOMIC_ACQUIRE)
_Py_ATOMIC_STORE(ssize, Py_ssize_t, _release, __ATOMIC_RELEASE)

#undef _Py_ATOMIC_LOAD
#undef _Py_ATOMIC_STORE
#undef _Py_ATOMIC_EXCHANGE
#undef _Py_ATOMIC_FETCH
#undef _Py_ATOMIC_RELAXED
#undef _Py_ATOMIC_INTEGER
#undef _Py_ATOMIC_BITS

/* Pointers to any type are passed as void *, so these cannot come from the families above. */
static inline void *_Py_atomic_load_ptr(const void *obj)
{
    return __atomic_load_n((void *const *)obj, __ATOMIC_SEQ_CST);
}
static inline void *_Py_atomic_load_ptr_relaxed(const void *obj)
{
    return __atomic_load_n((void *const *)obj, __ATOMIC_RELAXED);
}
static inline void *_Py_atomic_load_ptr_acquire(const void *obj)
{
    return __atomic_load_n((void *const *)obj, __ATOMIC_ACQUIRE);
}
static inline void _Py_atomic_store_ptr(void *obj, void *value)
{
    __atomic_store_n((void **)obj, value, __ATOMIC_SEQ_CST);
}
static inline void _Py_atomic_store_ptr_relaxed(void *obj, void *value)
{
    __atomic_store_n((void **)obj, value, __ATOMIC_RELAXED);
}
static inline void _Py_atomic_store_ptr_release(void *obj, void *value)
{
    __atomic_store_n((void **)obj, value, __ATOMIC_RELEASE);
}
static inline void *_Py_atomic_exchange_ptr(void *obj, void *value)
{
    return __atomic_exchange_n((void **)obj, value, __ATOMIC_SEQ_CST);
}
static inline int _Py_atomic_compare_exchange_ptr(void *obj, void *expected, void *desired)
{
    return __atomic_compare_exchange_n((void **)obj, (void **)expected, desired, 0,
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* unsigned long is uint64_t by another name, and consume is not weaker than relaxed here. */
#define _Py_atomic_load_ulong(p) _Py_atomic_load_uint64((uint64_t *)p)
#define _Py_atomic_load_ulong_relaxed(p) _Py_atomic_load_uint64_relaxed((uint64_t *)p)
#define _Py_atomic_store_ulong(p, v) _Py_atomic_store_uint64((uint64_t *)p, v)
#define _Py_atomic_store_ulong_relaxed(p, v) _Py_atomic_store_uint64_relaxed((uint64_t *)p, v)
#define _Py_atomic_load_ptr_consume _Py_atomic_load_ptr_relaxed

static inline void _Py_atomic_fence_seq_cst(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void _Py_atomic_fence_acquire(void) { __atomic_thread_fence(__ATOMIC_ACQUIRE); }
static inline void _Py_atomic_fence_release(void) { __atomic_thread_fence(__ATOMIC_RELEASE); }

#ifdef __cplusplus
}
#endif
#endif  /* !Py_CPYTHON_PYATOMIC_H */
