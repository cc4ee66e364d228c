/* internal/pycore_long.h: converters for "O&" to unsigned C types. */

#ifndef Py_INTERNAL_LONG_H
#define Py_INTERNAL_LONG_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) _PyLong_UnsignedInt_Converter(PyObject *obj, void *result);
PyAPI_FUNC(int) _PyLong_UnsignedLong_Converter(PyObject *obj, void *result);
PyAPI_FUNC(int) _PyLong_UnsignedLongLong_Converter(PyObject *obj, void *result);
PyAPI_FUNC(int) _PyLong_UInt32_Converter(PyObject *obj, void *result);
PyAPI_FUNC(int) _PyLong_UInt64_Converter(PyObject *obj, void *result);

PyAPI_FUNC(int) _PyLong_UnsignedShort_Converter(PyObject *obj, void *result);
PyAPI_FUNC(int) _PyLong_Size_t_Converter(PyObject *obj, void *result);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_LONG_H */
