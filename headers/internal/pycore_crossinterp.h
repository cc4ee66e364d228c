/* internal/pycore_crossinterp.h: exceptions of subinterpreters. */

#ifndef Py_INTERNAL_CROSSINTERP_H
#define Py_INTERNAL_CROSSINTERP_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyObject *) PyExc_InterpreterError;
PyAPI_DATA(PyObject *) PyExc_InterpreterNotFoundError;

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_CROSSINTERP_H */
