/* internal/pycore_setobject.h: iterating over and updating sets. */

#ifndef Py_INTERNAL_SETOBJECT_H
#define Py_INTERNAL_SETOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

/* *pos starts at 0; key is borrowed. */
PyAPI_FUNC(int) _PySet_NextEntry(PyObject *set, Py_ssize_t *pos, PyObject **key, Py_hash_t *hash);
PyAPI_FUNC(int) _PySet_Update(PyObject *set, PyObject *iterable);

/* The same with a strong reference to the key. */
PyAPI_FUNC(int) _PySet_NextEntryRef(
    PyObject *set, Py_ssize_t *pos, PyObject **key, Py_hash_t *hash);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_SETOBJECT_H */
