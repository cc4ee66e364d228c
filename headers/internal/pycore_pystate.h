/* internal/pycore_pystate.h: the current thread state. */

#ifndef Py_INTERNAL_PYSTATE_H
#define Py_INTERNAL_PYSTATE_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyThreadState *) _PyThreadState_GetCurrent(void);
static inline PyThreadState *_PyThreadState_GET(void) { return _PyThreadState_GetCurrent(); }

/* Interpreters and thread states. GetDict borrows. */
PyAPI_FUNC(PyObject *) _PyThreadState_GetDict(PyThreadState *tstate);
PyAPI_FUNC(PyThreadState *) _PyThreadState_NewBound(PyInterpreterState *interp, int whence);
PyAPI_FUNC(PyInterpreterState *) _PyInterpreterState_Main(void);
PyAPI_FUNC(PyObject *) _PyInterpreterState_GetIDObject(PyInterpreterState *interp);
PyAPI_FUNC(int) _PyInterpreterState_SetRunningMain(PyInterpreterState *interp);
PyAPI_FUNC(void) _PyInterpreterState_SetNotRunningMain(PyInterpreterState *interp);
PyAPI_FUNC(int) _PyInterpreterState_IsRunningMain(PyInterpreterState *interp);

/* Pausing all other threads. */
PyAPI_FUNC(void) _PyEval_StopTheWorld(PyInterpreterState *interp);
PyAPI_FUNC(void) _PyEval_StartTheWorld(PyInterpreterState *interp);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_PYSTATE_H */
