/* cpython/dictobject.h: dict's fields, and dict functions outside the limited API. */

#ifndef Py_CPYTHON_DICTOBJECT_H
#define Py_CPYTHON_DICTOBJECT_H

typedef struct _dictkeysobject PyDictKeysObject;
typedef struct _dictvalues PyDictValues;

/* ma_used is true; the table behind the other fields is nobody's business. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t ma_used;
    uint64_t _ma_watcher_tag;
    PyDictKeysObject *ma_keys;
    PyDictValues *ma_values;
} PyDictObject;

static inline Py_ssize_t PyDict_GET_SIZE(PyObject *op)
{
    assert(PyDict_Check(op));
    return _Py_CAST(PyDictObject *, op)->ma_used;
}
#define PyDict_GET_SIZE(op) PyDict_GET_SIZE(_PyObject_CAST(op))

/* Lookup with a known hash, and by C string. Borrowed. */
PyAPI_FUNC(PyObject *) _PyDict_GetItem_KnownHash(PyObject *dict, PyObject *key, Py_hash_t hash);
Py_DEPRECATED(3.14)
PyAPI_FUNC(PyObject *) _PyDict_GetItemStringWithError(PyObject *dict, const char *key);
PyAPI_FUNC(int) PyDict_ContainsString(PyObject *dict, const char *key);

/* SetDefault borrows. SetDefaultRef returns 1 when the key was there; result may be NULL. */
PyAPI_FUNC(PyObject *) PyDict_SetDefault(PyObject *dict, PyObject *key, PyObject *default_value);
PyAPI_FUNC(int) PyDict_SetDefaultRef(
    PyObject *dict, PyObject *key, PyObject *default_value, PyObject **result);

/* Pop stores a new reference and returns 1, or 0 and NULL; result may be NULL. */
PyAPI_FUNC(int) PyDict_Pop(PyObject *dict, PyObject *key, PyObject **result);
PyAPI_FUNC(int) PyDict_PopString(PyObject *dict, const char *key, PyObject **result);
Py_DEPRECATED(3.14)
PyAPI_FUNC(PyObject *) _PyDict_Pop(PyObject *dict, PyObject *key, PyObject *default_value);

PyAPI_FUNC(PyObject *) _PyDict_NewPresized(Py_ssize_t minused);

/* Being told of changes to a dict, before they happen. */
#define PY_FOREACH_DICT_EVENT(V) \
    V(ADDED) V(MODIFIED) V(DELETED) V(CLONED) V(CLEARED) V(DEALLOCATED)
typedef enum {
    PyDict_EVENT_ADDED,
    PyDict_EVENT_MODIFIED,
    PyDict_EVENT_DELETED,
    PyDict_EVENT_CLONED,
    PyDict_EVENT_CLEARED,
    PyDict_EVENT_DEALLOCATED,
} PyDict_WatchEvent;
typedef int (*PyDict_WatchCallback)(PyDict_WatchEvent event, PyObject *dict, PyObject *key,
                                    PyObject *new_value);
PyAPI_FUNC(int) PyDict_AddWatcher(PyDict_WatchCallback callback);
PyAPI_FUNC(int) PyDict_ClearWatcher(int watcher_id);
PyAPI_FUNC(int) PyDict_Watch(int watcher_id, PyObject *dict);
PyAPI_FUNC(int) PyDict_Unwatch(int watcher_id, PyObject *dict);
#endif  /* !Py_CPYTHON_DICTOBJECT_H */
