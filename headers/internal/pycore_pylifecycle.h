/* internal/pycore_pylifecycle.h: whether an interpreter is ending. */

#ifndef Py_INTERNAL_LIFECYCLE_H
#define Py_INTERNAL_LIFECYCLE_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) _Py_IsInterpreterFinalizing(PyInterpreterState *interp);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_LIFECYCLE_H */
