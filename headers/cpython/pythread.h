/* cpython/pythread.h: the storage key's fields. */

#ifndef Py_CPYTHON_PYTHREAD_H
#define Py_CPYTHON_PYTHREAD_H

#include <pthread.h>

#define PYTHREAD_INVALID_THREAD_ID ((unsigned long)-1)

PyAPI_DATA(const long long) PY_TIMEOUT_MAX;

struct _Py_tss_t {
    int _is_initialized;
    pthread_key_t _key;
};
#define Py_tss_NEEDS_INIT {0}
#endif  /* !Py_CPYTHON_PYTHREAD_H */
