/* internal/pycore_strhex.h: bytes as hexadecimal digits. */

#ifndef Py_INTERNAL_STRHEX_H
#define Py_INTERNAL_STRHEX_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyObject *) _Py_strhex(const char *argbuf, Py_ssize_t arglen);
PyAPI_FUNC(PyObject *) _Py_strhex_bytes_with_sep(
    const char *argbuf, Py_ssize_t arglen, PyObject *sep, int bytes_per_group);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_STRHEX_H */
