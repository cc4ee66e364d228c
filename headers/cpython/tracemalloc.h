/* cpython/tracemalloc.h: telling tracemalloc, and the collector, of memory from elsewhere. */

#ifndef Py_TRACEMALLOC_H
#define Py_TRACEMALLOC_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API

PyAPI_FUNC(int) PyTraceMalloc_Track(unsigned int domain, uintptr_t ptr, size_t size);
PyAPI_FUNC(int) PyTraceMalloc_Untrack(unsigned int domain, uintptr_t ptr);

#endif  /* !Py_LIMITED_API */

#ifdef __cplusplus
}
#endif
#endif  /* !Py_TRACEMALLOC_H */
