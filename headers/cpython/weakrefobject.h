/* cpython/weakrefobject.h: a weak reference's fields. */

#ifndef Py_CPYTHON_WEAKREFOBJECT_H
#define Py_CPYTHON_WEAKREFOBJECT_H

struct _PyWeakReference {
    PyObject_HEAD
    PyObject *wr_object;  /* borrowed; None when it is gone */
    PyObject *wr_callback;
    Py_hash_t hash;  /* -1: not computed */
    PyWeakReference *wr_prev;
    PyWeakReference *wr_next;
    vectorcallfunc vectorcall;
};

PyAPI_FUNC(void) _PyWeakref_ClearRef(PyWeakReference *self);
PyAPI_FUNC(int) PyWeakref_IsDead(PyObject *ref);

#define _PyWeakref_CAST(op) (assert(PyWeakref_Check(op)), _Py_CAST(PyWeakReference *, (op)))

/* Borrows. An object whose deallocation has begun counts as gone. */
Py_DEPRECATED(3.13) static inline PyObject *PyWeakref_GET_OBJECT(PyObject *ref_obj)
{
    PyObject *obj = _PyWeakref_CAST(ref_obj)->wr_object;
    return Py_REFCNT(obj) > 0 ? obj : Py_None;
}
#define PyWeakref_GET_OBJECT(ref) PyWeakref_GET_OBJECT(_PyObject_CAST(ref))
#endif  /* !Py_CPYTHON_WEAKREFOBJECT_H */
