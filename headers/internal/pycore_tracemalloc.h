/* internal/pycore_tracemalloc.h: where tracked memory was allocated. */

#ifndef Py_INTERNAL_TRACEMALLOC_H
#define Py_INTERNAL_TRACEMALLOC_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyObject *) _PyTraceMalloc_GetTraceback(unsigned int domain, uintptr_t ptr);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_TRACEMALLOC_H */
