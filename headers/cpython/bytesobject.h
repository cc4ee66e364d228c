/* cpython/bytesobject.h: bytes' fields. */

#ifndef Py_CPYTHON_BYTESOBJECT_H
#define Py_CPYTHON_BYTESOBJECT_H

typedef struct {
    PyObject_VAR_HEAD
    Py_DEPRECATED(3.11) Py_hash_t ob_shash;  /* -1: not computed */
    char ob_sval[1];
} PyBytesObject;

/* Resizes an object nobody else has seen; on failure *bytes is released and set to NULL. */
PyAPI_FUNC(int) _PyBytes_Resize(PyObject **bytes, Py_ssize_t newsize);

#define _PyBytes_CAST(op) (assert(PyBytes_Check(op)), _Py_CAST(PyBytesObject *, op))

static inline char *PyBytes_AS_STRING(PyObject *op) { return _PyBytes_CAST(op)->ob_sval; }
#define PyBytes_AS_STRING(op) PyBytes_AS_STRING(_PyObject_CAST(op))

static inline Py_ssize_t PyBytes_GET_SIZE(PyObject *op) { return Py_SIZE(_PyBytes_CAST(op)); }
#define PyBytes_GET_SIZE(self) PyBytes_GET_SIZE(_PyObject_CAST(self))

PyAPI_FUNC(PyObject *) PyBytes_Join(PyObject *sep, PyObject *iterable);
Py_DEPRECATED(3.14) static inline PyObject *_PyBytes_Join(PyObject *sep, PyObject *iterable)
{
    return PyBytes_Join(sep, iterable);
}
#endif  /* !Py_CPYTHON_BYTESOBJECT_H */
