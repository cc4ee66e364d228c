/* cpython/lock.h: PyMutex, a lock of one byte that starts unlocked when zeroed and needs no
 * destruction. The inlined fast path swaps the byte; contention goes to the function. */

#ifndef Py_CPYTHON_LOCK_H
#define Py_CPYTHON_LOCK_H

#define _Py_UNLOCKED 0
#define _Py_LOCKED 1

typedef struct PyMutex {
    uint8_t _bits;
} PyMutex;

PyAPI_FUNC(void) PyMutex_Lock(PyMutex *m);
PyAPI_FUNC(void) PyMutex_Unlock(PyMutex *m);
PyAPI_FUNC(int) PyMutex_IsLocked(PyMutex *m);

static inline void _PyMutex_Lock(PyMutex *m)
{
    uint8_t unlocked = _Py_UNLOCKED;
    if (!_Py_atomic_compare_exchange_uint8(&m->_bits, &unlocked, _Py_LOCKED)) {
        PyMutex_Lock(m);
    }
}
#define PyMutex_Lock _PyMutex_Lock

static inline void _PyMutex_Unlock(PyMutex *m)
{
    uint8_t locked = _Py_LOCKED;
    if (!_Py_atomic_compare_exchange_uint8(&m->_bits, &locked, _Py_UNLOCKED)) {
        PyMutex_Unlock(m);
    }
}
#define PyMutex_Unlock _PyMutex_Unlock

static inline int _PyMutex_IsLocked(PyMutex *m)
{
    return (_Py_atomic_load_uint8(&m->_bits) & _Py_LOCKED) != 0;
}
#define PyMutex_IsLocked _PyMutex_IsLocked
#endif  /* !Py_CPYTHON_LOCK_H */
