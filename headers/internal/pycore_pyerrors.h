/* internal/pycore_pyerrors.h: raising with a thread state at hand, and with a cause. */

#ifndef Py_INTERNAL_PYERRORS_H
#define Py_INTERNAL_PYERRORS_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(void) _PyErr_Clear(PyThreadState *tstate);
PyAPI_FUNC(int) _PyErr_ExceptionMatches(PyThreadState *tstate, PyObject *exc);
PyAPI_FUNC(PyObject *) _PyErr_Format(
    PyThreadState *tstate, PyObject *exception, const char *format, ...);
PyAPI_FUNC(PyObject *) _PyErr_GetRaisedException(PyThreadState *tstate);
PyAPI_FUNC(void) _PyErr_SetRaisedException(PyThreadState *tstate, PyObject *exc);

/* The pending exception becomes the cause of the new one. */
PyAPI_FUNC(PyObject *) _PyErr_FormatFromCause(PyObject *exception, const char *format, ...);

/* KeyError whose argument is the key even if that is a tuple. */
PyAPI_FUNC(void) _PyErr_SetKeyError(PyObject *key);
PyAPI_FUNC(void) _PyErr_SetLocaleString(PyObject *exception, const char *string);

/* The distance of two names, or max_cost + 1 when it is larger. */
PyAPI_FUNC(Py_ssize_t) _Py_UTF8_Edit_Cost(PyObject *str_a, PyObject *str_b, Py_ssize_t max_cost);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_PYERRORS_H */
