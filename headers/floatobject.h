/* floatobject.h: float. */

#ifndef Py_FLOATOBJECT_H
#define Py_FLOATOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyFloat_Type;

#define PyFloat_Check(op) PyObject_TypeCheck(op, &PyFloat_Type)
#define PyFloat_CheckExact(op) Py_IS_TYPE((op), &PyFloat_Type)

#define Py_RETURN_NAN return PyFloat_FromDouble(Py_NAN)
#define Py_RETURN_INF(sign) \
    do { \
        if (copysign(1., sign) == 1.) { \
            return PyFloat_FromDouble(Py_INFINITY); \
        } \
        return PyFloat_FromDouble(-Py_INFINITY); \
    } while (0)

/* sys.float_info, and two of its fields. */
PyAPI_FUNC(double) PyFloat_GetMax(void);
PyAPI_FUNC(double) PyFloat_GetMin(void);
PyAPI_FUNC(PyObject *) PyFloat_GetInfo(void);

/* AsDouble returns -1.0 on failure, so -1.0 needs a look at PyErr_Occurred. */
PyAPI_FUNC(PyObject *) PyFloat_FromString(PyObject *ob);
PyAPI_FUNC(PyObject *) PyFloat_FromDouble(double value);
PyAPI_FUNC(double) PyFloat_AsDouble(PyObject *ob);

#ifndef Py_LIMITED_API
#include "cpython/floatobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_FLOATOBJECT_H */
