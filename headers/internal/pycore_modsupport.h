/* internal/pycore_modsupport.h: parsing the arguments of fast calls, as Argument Clinic's output and
 * mypyc do it. */

#ifndef Py_INTERNAL_MODSUPPORT_H
#define Py_INTERNAL_MODSUPPORT_H
#ifdef __cplusplus
extern "C" {
#endif

/* 1 when there are none, 0 with an exception set. */
PyAPI_FUNC(int) _PyArg_NoKeywords(const char *funcname, PyObject *kwargs);
PyAPI_FUNC(int) _PyArg_NoPositional(const char *funcname, PyObject *args);
#define _PyArg_NoKeywords(funcname, kwargs) \
    ((kwargs) == NULL || _PyArg_NoKeywords((funcname), (kwargs)))
#define _PyArg_NoPositional(funcname, args) \
    ((args) == NULL || _PyArg_NoPositional((funcname), (args)))

PyAPI_FUNC(void) _PyArg_BadArgument(
    const char *fname, const char *displayname, const char *expected, PyObject *arg);
PyAPI_FUNC(int) _PyArg_CheckPositional(
    const char *name, Py_ssize_t nargs, Py_ssize_t min, Py_ssize_t max);

PyAPI_FUNC(int) _PyArg_ParseStack(PyObject *const *args, Py_ssize_t nargs, const char *format, ...);
PyAPI_FUNC(int) _PyArg_ParseStackAndKeywords(
    PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, struct _PyArg_Parser *parser, ...);
PyAPI_FUNC(PyObject *const *) _PyArg_UnpackKeywords(
    PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames,
    struct _PyArg_Parser *parser, int minpos, int maxpos, int minkw, int varpos, PyObject **buf);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_MODSUPPORT_H */
