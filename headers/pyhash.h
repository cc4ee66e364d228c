/* pyhash.h: which algorithm hashes str and bytes. It is always SipHash-1-3. */

#ifndef Py_HASH_H
#define Py_HASH_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
#include "cpython/pyhash.h"
#endif

/* Buffers shorter than this would use a simpler hash; 0 switches that off. */
#ifndef Py_HASH_CUTOFF
#define Py_HASH_CUTOFF 0
#endif

#define Py_HASH_EXTERNAL 0
#define Py_HASH_SIPHASH24 1
#define Py_HASH_FNV 2
#define Py_HASH_SIPHASH13 3
#define Py_HASH_ALGORITHM Py_HASH_SIPHASH13

#ifdef __cplusplus
}
#endif
#endif  /* !Py_HASH_H */
