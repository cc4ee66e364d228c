/* internal/pycore_pythread.h: threads that can be joined. */

#ifndef Py_INTERNAL_PYTHREAD_H
#define Py_INTERNAL_PYTHREAD_H
#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long long PyThread_ident_t;
typedef Py_uintptr_t PyThread_handle_t;

PyAPI_FUNC(int) PyThread_start_joinable_thread(
    void (*func)(void *), void *arg, PyThread_ident_t *ident, PyThread_handle_t *handle);
PyAPI_FUNC(int) PyThread_join_thread(PyThread_handle_t handle);
PyAPI_FUNC(int) PyThread_detach_thread(PyThread_handle_t handle);
PyAPI_FUNC(PyThread_ident_t) PyThread_get_thread_ident_ex(void);

/* Waiting with signals handled in between. */
PyAPI_FUNC(PyLockStatus) PyThread_acquire_lock_timed_with_retries(
    PyThread_type_lock lock, long long microseconds);
PyAPI_FUNC(int) PyThread_ParseTimeoutArg(PyObject *arg, int blocking, long long *timeout_ptr);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_PYTHREAD_H */
