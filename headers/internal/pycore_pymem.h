/* internal/pycore_pymem.h: copying text into PyMem memory, and naming the allocator. */

#ifndef Py_INTERNAL_PYMEM_H
#define Py_INTERNAL_PYMEM_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(char *) _PyMem_Strdup(const char *str);
PyAPI_FUNC(const char *) _PyMem_GetCurrentAllocatorName(void);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_PYMEM_H */
