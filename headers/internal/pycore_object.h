/* internal/pycore_object.h: making an object immortal. */

#ifndef Py_INTERNAL_OBJECT_H
#define Py_INTERNAL_OBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(void) _Py_SetImmortal(PyObject *op);

/* Whether memory looks like a freed object. */
PyAPI_FUNC(int) _PyObject_IsFreed(PyObject *op);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_OBJECT_H */
