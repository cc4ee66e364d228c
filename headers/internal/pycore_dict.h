/* internal/pycore_dict.h: storing with a known hash. */

#ifndef Py_INTERNAL_DICT_H
#define Py_INTERNAL_DICT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) _PyDict_SetItem_KnownHash(
    PyObject *dict, PyObject *key, PyObject *item, Py_hash_t hash);
PyAPI_FUNC(int) _PyDict_SetItem_KnownHash_LockHeld(
    PyDictObject *dict, PyObject *key, PyObject *value, Py_hash_t hash);
PyAPI_FUNC(int) _PyDict_DelItem_KnownHash(PyObject *dict, PyObject *key, Py_hash_t hash);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_DICT_H */
