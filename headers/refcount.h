/* refcount.h: reference counting.
 *
 * The count is the low 32 bits of the object's first word. An object is immortal when bit 31 of it
 * is set: then decrements skip. Increments stop at 3 << 30, so an immortal count drifts upwards and
 * never wraps. Static objects start at 3 << 30 and carry two flags in the top 16 bits.
 * Limited API builds since 3.12 call functions instead and know nothing of this. */

#ifndef _Py_REFCOUNT_H
#define _Py_REFCOUNT_H
#ifdef __cplusplus
extern "C" {
#endif

#define _Py_IMMORTAL_FLAGS 1
#define _Py_STATICALLY_ALLOCATED_FLAG 4
#define _Py_IMMORTAL_INITIAL_REFCNT (3ULL << 30)
#define _Py_IMMORTAL_MINIMUM_REFCNT (1ULL << 31)
#define _Py_STATIC_FLAG_BITS ((Py_ssize_t)(_Py_STATICALLY_ALLOCATED_FLAG | _Py_IMMORTAL_FLAGS))
#define _Py_STATIC_IMMORTAL_INITIAL_REFCNT \
    (((Py_ssize_t)_Py_IMMORTAL_INITIAL_REFCNT) | (_Py_STATIC_FLAG_BITS << 48))

/* Reading and setting the count. Setting does nothing to an immortal object. */
PyAPI_FUNC(Py_ssize_t) Py_REFCNT(PyObject *ob);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030e0000
static inline Py_ssize_t _Py_REFCNT(PyObject *ob) { return ob->ob_refcnt; }
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030b0000
#define Py_REFCNT(ob) _Py_REFCNT(_PyObject_CAST(ob))
#else
#define Py_REFCNT(ob) _Py_REFCNT(ob)
#endif
#endif

static inline Py_ALWAYS_INLINE int _Py_IsImmortal(PyObject *op)
{
    return _Py_CAST(int32_t, op->ob_refcnt) < 0;
}
#define _Py_IsImmortal(op) _Py_IsImmortal(_PyObject_CAST(op))

static inline Py_ALWAYS_INLINE int _Py_IsStaticImmortal(PyObject *op)
{
    return (op->ob_flags & _Py_STATICALLY_ALLOCATED_FLAG) != 0;
}
#define _Py_IsStaticImmortal(op) _Py_IsStaticImmortal(_PyObject_CAST(op))

PyAPI_FUNC(void) _Py_SetRefcnt(PyObject *ob, Py_ssize_t refcnt);
static inline void Py_SET_REFCNT(PyObject *ob, Py_ssize_t refcnt)
{
    assert(refcnt >= 0);
#if defined(Py_LIMITED_API) && Py_LIMITED_API+0 >= 0x030d0000
    _Py_SetRefcnt(ob, refcnt);
#else
    if (!_Py_IsImmortal(ob)) {
        ob->ob_refcnt = _Py_CAST(uint32_t, refcnt);
    }
#endif
}
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030b0000
#define Py_SET_REFCNT(ob, refcnt) Py_SET_REFCNT(_PyObject_CAST(ob), (refcnt))
#endif

/* What runs when the count reaches zero. */
PyAPI_FUNC(void) _Py_Dealloc(PyObject *ob);

/* Counting through a function. The underscored ones do not accept NULL. */
PyAPI_FUNC(void) Py_IncRef(PyObject *ob);
PyAPI_FUNC(void) Py_DecRef(PyObject *ob);
PyAPI_FUNC(void) _Py_IncRef(PyObject *ob);
PyAPI_FUNC(void) _Py_DecRef(PyObject *ob);

/* Counting inline. The early returns make compilers lay out the counted case as the straight path. */
static inline Py_ALWAYS_INLINE void Py_INCREF(PyObject *op)
{
#if defined(Py_LIMITED_API) && Py_LIMITED_API+0 >= 0x030c0000
    _Py_IncRef(op);
#else
    uint32_t count = op->ob_refcnt;
    if (count >= _Py_IMMORTAL_INITIAL_REFCNT) {
        return;
    }
    op->ob_refcnt = count + 1;
#endif
}
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030b0000
#define Py_INCREF(op) Py_INCREF(_PyObject_CAST(op))
#endif

static inline Py_ALWAYS_INLINE void Py_DECREF(PyObject *op)
{
#if defined(Py_LIMITED_API) && Py_LIMITED_API+0 >= 0x030c0000
    _Py_DecRef(op);
#else
    if (_Py_IsImmortal(op)) {
        return;
    }
    if (--op->ob_refcnt == 0) {
        _Py_Dealloc(op);
    }
#endif
}
#define Py_DECREF(op) Py_DECREF(_PyObject_CAST(op))

static inline void Py_XINCREF(PyObject *op)
{
    if (op != _Py_NULL) {
        Py_INCREF(op);
    }
}
static inline void Py_XDECREF(PyObject *op)
{
    if (op != _Py_NULL) {
        Py_DECREF(op);
    }
}
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030b0000
#define Py_XINCREF(op) Py_XINCREF(_PyObject_CAST(op))
#define Py_XDECREF(op) Py_XDECREF(_PyObject_CAST(op))
#endif

/* Sets a variable to NULL before it releases the reference that was in it. */
#define Py_CLEAR(op) \
    do { \
        _Py_TYPEOF(op) *_tmp_op_ptr = &(op); \
        _Py_TYPEOF(op) _tmp_old_op = (*_tmp_op_ptr); \
        if (_tmp_old_op != _Py_NULL) { \
            *_tmp_op_ptr = _Py_NULL; \
            Py_DECREF(_tmp_old_op); \
        } \
    } while (0)

/* A new reference to the same object. */
PyAPI_FUNC(PyObject *) Py_NewRef(PyObject *ob);
PyAPI_FUNC(PyObject *) Py_XNewRef(PyObject *ob);
static inline PyObject *_Py_NewRef(PyObject *obj)
{
    Py_INCREF(obj);
    return obj;
}
static inline PyObject *_Py_XNewRef(PyObject *obj)
{
    Py_XINCREF(obj);
    return obj;
}
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030b0000
#define Py_NewRef(obj) _Py_NewRef(_PyObject_CAST(obj))
#define Py_XNewRef(obj) _Py_XNewRef(_PyObject_CAST(obj))
#else
#define Py_NewRef(obj) _Py_NewRef(obj)
#define Py_XNewRef(obj) _Py_XNewRef(obj)
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !_Py_REFCOUNT_H */
