/* internal/pycore_weakref.h: whether the object of a weak reference is gone. */

#ifndef Py_INTERNAL_WEAKREF_H
#define Py_INTERNAL_WEAKREF_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) _PyWeakref_IsDead(PyObject *ref);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_WEAKREF_H */
