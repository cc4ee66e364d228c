/* internal/pycore_list.h: appending to a list that has no room left. Steals item. */

#ifndef Py_INTERNAL_LIST_H
#define Py_INTERNAL_LIST_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) _PyList_AppendTakeRefListResize(PyListObject *list, PyObject *item);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_LIST_H */
