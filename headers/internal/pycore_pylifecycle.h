/* internal/pycore_pylifecycle.h: whether an interpreter is ending. */

#ifndef Py_INTERNAL_LIFECYCLE_H
#define Py_INTERNAL_LIFECYCLE_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) _Py_IsInterpreterFinalizing(PyInterpreterState *interp);

/* The locale's name, after setting it from the environment. */
PyAPI_FUNC(char *) _Py_SetLocaleFromEnv(int category);

/* Interpreter configurations as dicts and SimpleNamespaces. */
PyAPI_FUNC(PyObject *) _PyInterpreterConfig_AsDict(PyInterpreterConfig *config);
PyAPI_FUNC(int) _PyInterpreterConfig_InitFromDict(PyInterpreterConfig *config, PyObject *dict);
PyAPI_FUNC(int) _PyInterpreterConfig_UpdateFromDict(PyInterpreterConfig *config, PyObject *dict);
PyAPI_FUNC(int) _PyInterpreterConfig_InitFromState(
    PyInterpreterConfig *config, PyInterpreterState *interp);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_LIFECYCLE_H */
