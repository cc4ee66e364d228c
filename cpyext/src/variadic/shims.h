/* shims.h: what the C-variadic functions share.
 *
 * The bodies here have the prefix adder_; modsupport.rs exports them under the API's names. */
#ifndef ADDER_SHIMS_H
#define ADDER_SHIMS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

/* A va_list behind a pointer. */
typedef struct {
    va_list args;
} Args;

PyObject *adder_PyErr_Format(PyObject *type, const char *format, ...);
PyObject *adder_PyErr_FormatV(PyObject *type, const char *format, va_list args);
PyObject *adder_PyUnicode_FromFormat(const char *format, ...);
PyObject *adder_PyUnicode_FromFormatV(const char *format, va_list args);
PyObject *adder_Py_VaBuildValue(const char *format, va_list args);
int adder_PyErr_WarnFormat(PyObject *category, Py_ssize_t level, const char *format, ...);

/* A tuple of what the format builds, also for one value. */
PyObject *adder_build_arguments(const char *format, Args *a);

#endif
