/* internal/pycore_capsule.h: capsules that take part in garbage collection. */

#ifndef Py_INTERNAL_PYCAPSULE_H
#define Py_INTERNAL_PYCAPSULE_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) _PyCapsule_SetTraverse(PyObject *op, traverseproc traverse, inquiry clear);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_PYCAPSULE_H */
