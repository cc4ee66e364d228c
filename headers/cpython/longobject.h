/* cpython/longobject.h: int outside the limited API. */

#ifndef Py_CPYTHON_LONGOBJECT_H
#define Py_CPYTHON_LONGOBJECT_H

#define _PyLong_CAST(op) (assert(PyLong_Check(op)), _Py_CAST(PyLongObject *, (op)))

PyAPI_FUNC(PyObject *) PyLong_FromUnicodeObject(PyObject *str, int base);

/* Compact ints hold their value in one digit; see cpython/longintrepr.h for the inlined forms. */
PyAPI_FUNC(int) PyUnstable_Long_IsCompact(const PyLongObject *op);
PyAPI_FUNC(Py_ssize_t) PyUnstable_Long_CompactValue(const PyLongObject *op);

/* The sign. GetSign stores -1, 0 or 1; the tests return -1 with TypeError for what is not an int. */
PyAPI_FUNC(int) PyLong_IsPositive(PyObject *obj);
PyAPI_FUNC(int) PyLong_IsNegative(PyObject *obj);
PyAPI_FUNC(int) PyLong_IsZero(PyObject *obj);
PyAPI_FUNC(int) PyLong_GetSign(PyObject *obj, int *sign);
Py_DEPRECATED(3.14) PyAPI_FUNC(int) _PyLong_Sign(PyObject *obj);
PyAPI_FUNC(int64_t) _PyLong_NumBits(PyObject *obj);

/* To and from base 256. */
PyAPI_FUNC(PyObject *) _PyLong_FromByteArray(
    const unsigned char *bytes, size_t n, int little_endian, int is_signed);
PyAPI_FUNC(int) _PyLong_AsByteArray(
    PyLongObject *obj, unsigned char *bytes, size_t n, int little_endian, int is_signed,
    int with_exceptions);

PyAPI_FUNC(PyObject *) _PyLong_GCD(PyObject *a, PyObject *b);
#endif  /* !Py_CPYTHON_LONGOBJECT_H */
