/* internal/pycore_pystate.h: the current thread state. */

#ifndef Py_INTERNAL_PYSTATE_H
#define Py_INTERNAL_PYSTATE_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyThreadState *) _PyThreadState_GetCurrent(void);
static inline PyThreadState *_PyThreadState_GET(void) { return _PyThreadState_GetCurrent(); }

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_PYSTATE_H */
