/* cpython/pyhash.h: hashing numbers, pointers and buffers. Numbers are hashed modulo the prime
 * 2**61 - 1, so that equal numbers of different types have equal hashes. */

#ifndef Py_CPYTHON_HASH_H
#define Py_CPYTHON_HASH_H

#define PyHASH_MULTIPLIER 1000003UL
#define PyHASH_BITS 61
#define PyHASH_MODULUS (((size_t)1 << _PyHASH_BITS) - 1)
#define PyHASH_INF 314159
#define PyHASH_IMAG PyHASH_MULTIPLIER
#define _PyHASH_MULTIPLIER PyHASH_MULTIPLIER
#define _PyHASH_BITS PyHASH_BITS
#define _PyHASH_MODULUS PyHASH_MODULUS
#define _PyHASH_INF PyHASH_INF
#define _PyHASH_IMAG PyHASH_IMAG

PyAPI_FUNC(Py_hash_t) _Py_HashDouble(PyObject *obj, double value);

typedef struct {
    Py_hash_t (*const hash)(const void *, Py_ssize_t);
    const char *name;
    const int hash_bits;
    const int seed_bits;
} PyHash_FuncDef;

PyAPI_FUNC(PyHash_FuncDef *) PyHash_GetFuncDef(void);

PyAPI_FUNC(Py_hash_t) Py_HashPointer(const void *ptr);
static inline Py_hash_t _Py_HashPointer(const void *ptr) { return Py_HashPointer(ptr); }
PyAPI_FUNC(Py_hash_t) PyObject_GenericHash(PyObject *obj);
PyAPI_FUNC(Py_hash_t) Py_HashBuffer(const void *ptr, Py_ssize_t len);
#endif  /* !Py_CPYTHON_HASH_H */
