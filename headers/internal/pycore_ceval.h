/* internal/pycore_ceval.h: profiling a thread, and the slow path of recursion checks. */

#ifndef Py_INTERNAL_CEVAL_H
#define Py_INTERNAL_CEVAL_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) _PyEval_SetProfile(PyThreadState *tstate, Py_tracefunc func, PyObject *arg);
PyAPI_FUNC(int) _Py_CheckRecursiveCall(PyThreadState *tstate, const char *where);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_CEVAL_H */
