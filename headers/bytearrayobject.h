/* bytearrayobject.h: bytearray. Its buffer moves when it is resized, so a char * into it is valid
 * until then; it always ends with a NUL that the size does not count. */

#ifndef Py_BYTEARRAYOBJECT_H
#define Py_BYTEARRAYOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyByteArray_Type;
PyAPI_DATA(PyTypeObject) PyByteArrayIter_Type;

#define PyByteArray_Check(self) PyObject_TypeCheck((self), &PyByteArray_Type)
#define PyByteArray_CheckExact(self) Py_IS_TYPE((self), &PyByteArray_Type)

PyAPI_FUNC(PyObject *) PyByteArray_FromObject(PyObject *ob);
PyAPI_FUNC(PyObject *) PyByteArray_FromStringAndSize(const char *bytes, Py_ssize_t size);
PyAPI_FUNC(PyObject *) PyByteArray_Concat(PyObject *a, PyObject *b);
PyAPI_FUNC(Py_ssize_t) PyByteArray_Size(PyObject *self);
PyAPI_FUNC(char *) PyByteArray_AsString(PyObject *self);
PyAPI_FUNC(int) PyByteArray_Resize(PyObject *self, Py_ssize_t size);

#ifndef Py_LIMITED_API
#include "cpython/bytearrayobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_BYTEARRAYOBJECT_H */
