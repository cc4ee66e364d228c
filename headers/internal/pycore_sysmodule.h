/* internal/pycore_sysmodule.h: attributes of sys, as new references. */

#ifndef Py_INTERNAL_SYSMODULE_H
#define Py_INTERNAL_SYSMODULE_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) _PySys_GetOptionalAttr(PyObject *name, PyObject **value);
PyAPI_FUNC(int) _PySys_GetOptionalAttrString(const char *name, PyObject **value);
PyAPI_FUNC(PyObject *) _PySys_GetRequiredAttr(PyObject *name);
PyAPI_FUNC(PyObject *) _PySys_GetRequiredAttrString(const char *name);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_SYSMODULE_H */
