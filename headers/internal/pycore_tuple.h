/* internal/pycore_tuple.h: tuples from C arrays. */

#ifndef Py_INTERNAL_TUPLE_H
#define Py_INTERNAL_TUPLE_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyObject *) _PyTuple_FromArray(PyObject *const *src, Py_ssize_t n);
PyAPI_FUNC(PyObject *) _PyTuple_FromArraySteal(PyObject *const *src, Py_ssize_t n);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_TUPLE_H */
