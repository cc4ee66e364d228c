/* internal/pycore_typeobject.h: facts about types. GetBaseByToken_Borrow borrows. */

#ifndef Py_INTERNAL_TYPEOBJECT_H
#define Py_INTERNAL_TYPEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyObject *) _PyStaticType_GetBuiltins(void);
PyAPI_FUNC(PyObject *) _PyType_GetSlotWrapperNames(void);
PyAPI_FUNC(int) _PyType_GetBaseByToken_Borrow(
    PyTypeObject *type, void *token, PyTypeObject **result);
PyAPI_FUNC(void) _PyType_SetVersion(PyTypeObject *type, unsigned int version);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_TYPEOBJECT_H */
