/* sysmodule.c: formatted text on sys.stdout and sys.stderr, and audit events. */
#include "shims.h"
#include <stdio.h>

/* Writes to sys.NAME, or to the C stream if that fails. */
static void write_text(const char *name, FILE *stream, const char *text)
{
    PyObject *error = PyErr_GetRaisedException(), *file = PySys_GetObject(name);
    if (file == NULL || PyFile_WriteString(text, file) < 0) {
        PyErr_Clear();
        fputs(text, stream);
    }
    PyErr_SetRaisedException(error);
}

/* At most 1000 bytes are written, and a mark where that is not all. */
static void write_limited(const char *name, FILE *stream, const char *format, va_list args)
{
    char text[1001];
    int n = vsnprintf(text, sizeof text, format, args);
    write_text(name, stream, text);
    if (n < 0 || (size_t)n >= sizeof text) {
        write_text(name, stream, "... truncated");
    }
}

static void write_object(const char *name, FILE *stream, const char *format, va_list args)
{
    PyObject *error = PyErr_GetRaisedException(), *file = PySys_GetObject(name);
    PyObject *message = adder_PyUnicode_FromFormatV(format, args);
    if (message != NULL) {
        if (file == NULL || PyFile_WriteObject(message, file, Py_PRINT_RAW) < 0) {
            const char *text;
            PyErr_Clear();
            text = PyUnicode_AsUTF8(message);
            if (text != NULL) {
                fputs(text, stream);
            }
        }
        Py_DECREF(message);
    }
    PyErr_Clear();
    PyErr_SetRaisedException(error);
}

void adder_PySys_WriteStdout(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_limited("stdout", stdout, format, args);
    va_end(args);
}

void adder_PySys_WriteStderr(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_limited("stderr", stderr, format, args);
    va_end(args);
}

void adder_PySys_FormatStdout(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_object("stdout", stdout, format, args);
    va_end(args);
}

void adder_PySys_FormatStderr(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_object("stderr", stderr, format, args);
    va_end(args);
}

/* What PySys_AuditTuple ends in too; sysmodule.rs. */
int adder_PySys_Audit(const char *event, const char *format, ...)
{
    Args a;
    PyObject *tuple;
    int result;
    if (format == NULL || *format == 0) {
        return PySys_AuditTuple(event, NULL);
    }
    va_start(a.args, format);
    tuple = adder_build_arguments(format, &a);
    va_end(a.args);
    if (tuple == NULL) {
        return -1;
    }
    result = PySys_AuditTuple(event, tuple);
    Py_DECREF(tuple);
    return result;
}
