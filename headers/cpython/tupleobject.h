/* cpython/tupleobject.h: tuple's fields. The items are counted references inside the object. */

#ifndef Py_CPYTHON_TUPLEOBJECT_H
#define Py_CPYTHON_TUPLEOBJECT_H

typedef struct {
    PyObject_VAR_HEAD
    Py_hash_t ob_hash;  /* -1: not computed */
    PyObject *ob_item[1];
} PyTupleObject;

/* Resizes a tuple nobody else has seen; on failure *tuple is released and set to NULL. */
PyAPI_FUNC(int) _PyTuple_Resize(PyObject **tuple, Py_ssize_t newsize);

#define _PyTuple_CAST(op) (assert(PyTuple_Check(op)), _Py_CAST(PyTupleObject *, (op)))

static inline Py_ssize_t PyTuple_GET_SIZE(PyObject *op) { return Py_SIZE(_PyTuple_CAST(op)); }
#define PyTuple_GET_SIZE(op) PyTuple_GET_SIZE(_PyObject_CAST(op))

#define PyTuple_GET_ITEM(op, index) (_PyTuple_CAST(op)->ob_item[(index)])

/* Steals value, and does not release what was there: for filling a new tuple. */
static inline void PyTuple_SET_ITEM(PyObject *op, Py_ssize_t index, PyObject *value)
{
    assert(0 <= index);
    assert(index < Py_SIZE(_PyTuple_CAST(op)));
    _PyTuple_CAST(op)->ob_item[index] = value;
}
#define PyTuple_SET_ITEM(op, index, value) \
    PyTuple_SET_ITEM(_PyObject_CAST(op), (index), _PyObject_CAST(value))
#endif  /* !Py_CPYTHON_TUPLEOBJECT_H */
