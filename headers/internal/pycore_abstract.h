/* internal/pycore_abstract.h: conversions that Argument Clinic's output calls. */

#ifndef Py_INTERNAL_ABSTRACT_H
#define Py_INTERNAL_ABSTRACT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyObject *) _PyNumber_Index(PyObject *o);
PyAPI_FUNC(int) _Py_convert_optional_to_ssize_t(PyObject *obj, void *result);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_ABSTRACT_H */
