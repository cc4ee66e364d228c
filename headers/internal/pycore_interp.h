/* internal/pycore_interp.h: interpreters by number. */

#ifndef Py_INTERNAL_INTERP_H
#define Py_INTERNAL_INTERP_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyInterpreterState *) _PyInterpreterState_LookUpID(int64_t id);
PyAPI_FUNC(PyInterpreterState *) _PyInterpreterState_LookUpIDObject(PyObject *id);
PyAPI_FUNC(int64_t) _PyInterpreterState_ObjectToID(PyObject *id);
PyAPI_FUNC(int) _PyInterpreterState_IsReady(PyInterpreterState *interp);
PyAPI_FUNC(long) _PyInterpreterState_GetWhence(PyInterpreterState *interp);
PyAPI_FUNC(void) _PyInterpreterState_IDIncref(PyInterpreterState *interp);
PyAPI_FUNC(void) _PyInterpreterState_IDDecref(PyInterpreterState *interp);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_INTERP_H */
