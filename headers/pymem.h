/* pymem.h: memory that is not an object.
 *
 * PyMem_ needs the GIL and may use Python's allocator; PyMem_Raw works without the GIL. Memory goes
 * back through the family that gave it. All return NULL on failure without setting an exception,
 * and a request for 0 bytes returns a distinct pointer. Memory of objects: objimpl.h. */

#ifndef Py_PYMEM_H
#define Py_PYMEM_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(void *) PyMem_Malloc(size_t size);
PyAPI_FUNC(void *) PyMem_Calloc(size_t count, size_t size);
PyAPI_FUNC(void *) PyMem_Realloc(void *block, size_t size);
PyAPI_FUNC(void) PyMem_Free(void *block);

#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030d0000
PyAPI_FUNC(void *) PyMem_RawMalloc(size_t size);
PyAPI_FUNC(void *) PyMem_RawCalloc(size_t count, size_t size);
PyAPI_FUNC(void *) PyMem_RawRealloc(void *block, size_t size);
PyAPI_FUNC(void) PyMem_RawFree(void *block);
#endif

/* Arrays of a type, checked against overflow. PyMem_Resize assigns to p, also NULL on failure. */
#define PyMem_New(type, n) \
    (((size_t)(n) > PY_SSIZE_T_MAX / sizeof(type)) \
         ? NULL \
         : ((type *)PyMem_Malloc((n) * sizeof(type))))
#define PyMem_Resize(p, type, n) \
    ((p) = ((size_t)(n) > PY_SSIZE_T_MAX / sizeof(type)) \
         ? NULL \
         : (type *)PyMem_Realloc((p), (n) * sizeof(type)))

/* Old names. */
#define PyMem_MALLOC(n) PyMem_Malloc((n))
#define PyMem_NEW(type, n) PyMem_New(type, (n))
#define PyMem_REALLOC(p, n) PyMem_Realloc((p), (n))
#define PyMem_RESIZE(p, type, n) PyMem_Resize((p), type, (n))
#define PyMem_FREE(p) PyMem_Free((p))
#define PyMem_Del(p) PyMem_Free((p))
#define PyMem_DEL(p) PyMem_Free((p))

#ifndef Py_LIMITED_API
#include "cpython/pymem.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_PYMEM_H */
