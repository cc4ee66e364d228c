/* internal/pycore_call.h: calling through tp_call, and checking a result. */

#ifndef Py_INTERNAL_CALL_H
#define Py_INTERNAL_CALL_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyObject *) _Py_CheckFunctionResult(
    PyThreadState *tstate, PyObject *callable, PyObject *result, const char *where);
PyAPI_FUNC(PyObject *) _PyObject_MakeTpCall(
    PyThreadState *tstate, PyObject *callable, PyObject *const *args, Py_ssize_t nargs,
    PyObject *keywords);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_CALL_H */
