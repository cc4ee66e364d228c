/* internal/pycore_genobject.h: the value that a generator returned, as StopIteration carries it. */

#ifndef Py_INTERNAL_GENOBJECT_H
#define Py_INTERNAL_GENOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

/* Fetch stores a new reference and clears the exception when it is StopIteration. */
PyAPI_FUNC(int) _PyGen_SetStopIterationValue(PyObject *value);
PyAPI_FUNC(int) _PyGen_FetchStopIterationValue(PyObject **value);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_GENOBJECT_H */
