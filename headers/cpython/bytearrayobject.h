/* cpython/bytearrayobject.h: bytearray's fields. */

#ifndef Py_CPYTHON_BYTEARRAYOBJECT_H
#define Py_CPYTHON_BYTEARRAYOBJECT_H

typedef struct {
    PyObject_VAR_HEAD
    Py_ssize_t ob_alloc;  /* bytes allocated in ob_bytes */
    char *ob_bytes;       /* the allocation */
    char *ob_start;       /* where the contents begin inside it */
    Py_ssize_t ob_exports;
} PyByteArrayObject;

/* What ob_start stands for while nothing is allocated. */
PyAPI_DATA(char) _PyByteArray_empty_string[];

#define _PyByteArray_CAST(op) \
    (assert(PyByteArray_Check(op)), _Py_CAST(PyByteArrayObject *, op))

static inline Py_ssize_t PyByteArray_GET_SIZE(PyObject *op)
{
    return Py_SIZE(_PyByteArray_CAST(op));
}
#define PyByteArray_GET_SIZE(self) PyByteArray_GET_SIZE(_PyObject_CAST(self))

static inline char *PyByteArray_AS_STRING(PyObject *op)
{
    return PyByteArray_GET_SIZE(op) ? _PyByteArray_CAST(op)->ob_start : _PyByteArray_empty_string;
}
#define PyByteArray_AS_STRING(self) PyByteArray_AS_STRING(_PyObject_CAST(self))
#endif  /* !Py_CPYTHON_BYTEARRAYOBJECT_H */
