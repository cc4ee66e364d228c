/* cpython/floatobject.h: float's field, and IEEE 754 binary formats. */

#ifndef Py_CPYTHON_FLOATOBJECT_H
#define Py_CPYTHON_FLOATOBJECT_H

typedef struct {
    PyObject_HEAD
    double ob_fval;
} PyFloatObject;

#define _PyFloat_CAST(op) (assert(PyFloat_Check(op)), _Py_CAST(PyFloatObject *, op))

static inline double PyFloat_AS_DOUBLE(PyObject *op) { return _PyFloat_CAST(op)->ob_fval; }
#define PyFloat_AS_DOUBLE(op) PyFloat_AS_DOUBLE(_PyObject_CAST(op))

/* 2, 4 and 8 bytes in the byte order that little_endian says. */
PyAPI_FUNC(int) PyFloat_Pack2(double x, char *p, int little_endian);
PyAPI_FUNC(int) PyFloat_Pack4(double x, char *p, int little_endian);
PyAPI_FUNC(int) PyFloat_Pack8(double x, char *p, int little_endian);
PyAPI_FUNC(double) PyFloat_Unpack2(const char *p, int little_endian);
PyAPI_FUNC(double) PyFloat_Unpack4(const char *p, int little_endian);
PyAPI_FUNC(double) PyFloat_Unpack8(const char *p, int little_endian);
#endif  /* !Py_CPYTHON_FLOATOBJECT_H */
