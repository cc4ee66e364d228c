/* bytesobject.h: bytes. Immutable, except for an object that PyBytes_FromStringAndSize(NULL, n) made
 * and nobody else has seen. The contents end with a NUL that the size does not count. */

#ifndef Py_BYTESOBJECT_H
#define Py_BYTESOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyBytes_Type;
PyAPI_DATA(PyTypeObject) PyBytesIter_Type;

#define PyBytes_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_BYTES_SUBCLASS)
#define PyBytes_CheckExact(op) Py_IS_TYPE((op), &PyBytes_Type)

/* Creation. */
PyAPI_FUNC(PyObject *) PyBytes_FromStringAndSize(const char *bytes, Py_ssize_t size);
PyAPI_FUNC(PyObject *) PyBytes_FromString(const char *str);
PyAPI_FUNC(PyObject *) PyBytes_FromObject(PyObject *ob);
PyAPI_FUNC(PyObject *) PyBytes_FromFormatV(const char *format, va_list vargs);
PyAPI_FUNC(PyObject *) PyBytes_FromFormat(const char *format, ...);

/* Size and contents. The pointer belongs to the object. */
PyAPI_FUNC(Py_ssize_t) PyBytes_Size(PyObject *ob);
PyAPI_FUNC(char *) PyBytes_AsString(PyObject *ob);
PyAPI_FUNC(int) PyBytes_AsStringAndSize(PyObject *ob, char **buffer, Py_ssize_t *length);

PyAPI_FUNC(PyObject *) PyBytes_Repr(PyObject *ob, int smartquotes);
PyAPI_FUNC(PyObject *) PyBytes_DecodeEscape(
    const char *str, Py_ssize_t len, const char *errors, Py_ssize_t unicode,
    const char *recode_encoding);

/* Concatenation in place: steals *bytes and stores the result, NULL on failure. AndDel also steals
 * newpart. */
PyAPI_FUNC(void) PyBytes_Concat(PyObject **bytes, PyObject *newpart);
PyAPI_FUNC(void) PyBytes_ConcatAndDel(PyObject **bytes, PyObject *newpart);

#ifndef Py_LIMITED_API
#include "cpython/bytesobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_BYTESOBJECT_H */
