/* cpython/ceval.h: tracing and profiling, and maps for the perf profiler. */

#ifndef Py_CPYTHON_CEVAL_H
#define Py_CPYTHON_CEVAL_H

PyAPI_FUNC(void) PyEval_SetProfile(Py_tracefunc func, PyObject *arg);
PyAPI_FUNC(void) PyEval_SetProfileAllThreads(Py_tracefunc func, PyObject *arg);
PyAPI_FUNC(void) PyEval_SetTrace(Py_tracefunc func, PyObject *arg);
PyAPI_FUNC(void) PyEval_SetTraceAllThreads(Py_tracefunc func, PyObject *arg);

/* Adds the running code's future flags to flags. */
PyAPI_FUNC(int) PyEval_MergeCompilerFlags(PyCompilerFlags *flags);

PyAPI_FUNC(PyObject *) _PyEval_EvalFrameDefault(
    PyThreadState *tstate, struct _PyInterpreterFrame *frame, int exc);

PyAPI_FUNC(Py_ssize_t) PyUnstable_Eval_RequestCodeExtraIndex(freefunc free);
_Py_DEPRECATED_EXTERNALLY(3.12) static inline Py_ssize_t _PyEval_RequestCodeExtraIndex(freefunc f)
{
    return PyUnstable_Eval_RequestCodeExtraIndex(f);
}

/* A slice bound: clips to Py_ssize_t; None leaves *result alone unless NotNone. 0 on error. */
PyAPI_FUNC(int) _PyEval_SliceIndex(PyObject *value, Py_ssize_t *result);
PyAPI_FUNC(int) _PyEval_SliceIndexNotNone(PyObject *value, Py_ssize_t *result);

typedef struct {
    FILE *perf_map;
    PyThread_type_lock map_lock;
} PerfMapState;
PyAPI_FUNC(int) PyUnstable_PerfMapState_Init(void);
PyAPI_FUNC(int) PyUnstable_WritePerfMapEntry(
    const void *code_addr, unsigned int code_size, const char *entry_name);
PyAPI_FUNC(void) PyUnstable_PerfMapState_Fini(void);
PyAPI_FUNC(int) PyUnstable_CopyPerfMapFile(const char *parent_filename);
PyAPI_FUNC(int) PyUnstable_PerfTrampoline_CompileCode(PyCodeObject *code);
PyAPI_FUNC(int) PyUnstable_PerfTrampoline_SetPersistAfterFork(int enable);
#endif  /* !Py_CPYTHON_CEVAL_H */
