/* internal/pycore_unicodeobject.h: comparing and encoding without surprises. */

#ifndef Py_INTERNAL_UNICODEOBJECT_H
#define Py_INTERNAL_UNICODEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

/* UTF-8 without NUL characters inside. */
PyAPI_FUNC(const char *) _PyUnicode_AsUTF8NoNUL(PyObject *unicode);
PyAPI_FUNC(int) _PyUnicode_EqualToASCIIString(PyObject *left, const char *right);

/* All digits and spaces as their ASCII forms, for number parsers. */
PyAPI_FUNC(PyObject *) _PyUnicode_TransformDecimalAndSpaceToASCII(PyObject *unicode);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_UNICODEOBJECT_H */
