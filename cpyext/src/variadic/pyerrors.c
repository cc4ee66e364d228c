/* pyerrors.c: exceptions and warnings with formatted messages. */
#include "shims.h"
#include <stdio.h>

PyObject *adder_PyErr_FormatV(PyObject *type, const char *format, va_list args)
{
    PyObject *message;
    /* Formatting with an error set could lose the new one. */
    PyErr_Clear();
    message = adder_PyUnicode_FromFormatV(format, args);
    if (message != NULL) {
        PyErr_SetObject(type, message);
        Py_DECREF(message);
    }
    return NULL;
}

PyObject *adder_PyErr_Format(PyObject *type, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    adder_PyErr_FormatV(type, format, args);
    va_end(args);
    return NULL;
}

/* As PyErr_Format, in the running thread. */
PyObject *adder__PyErr_Format(PyThreadState *Py_UNUSED(state), PyObject *type, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    adder_PyErr_FormatV(type, format, args);
    va_end(args);
    return NULL;
}

/* Raises with the exception that is set as cause and context. */
PyObject *adder__PyErr_FormatFromCause(PyObject *type, const char *format, ...)
{
    va_list args;
    PyObject *cause = PyErr_GetRaisedException(), *raised;
    va_start(args, format);
    adder_PyErr_FormatV(type, format, args);
    va_end(args);
    raised = PyErr_GetRaisedException();
    if (cause != NULL) {
        PyException_SetCause(raised, Py_NewRef(cause));
        PyException_SetContext(raised, cause);
    }
    PyErr_SetRaisedException(raised);
    return NULL;
}

/* Adds a note to the exception that is set. */
void adder__PyErr_FormatNote(const char *format, ...)
{
    va_list args;
    PyObject *raised = PyErr_GetRaisedException(), *note, *done = NULL;
    va_start(args, format);
    note = adder_PyUnicode_FromFormatV(format, args);
    va_end(args);
    if (note != NULL) {
        PyObject *name = PyUnicode_FromString("add_note");
        if (name != NULL) {
            done = PyObject_CallMethodOneArg(raised, name, note);
            Py_DECREF(name);
        }
        Py_DECREF(note);
    }
    if (done == NULL) {
        Py_DECREF(raised);
        return;
    }
    Py_DECREF(done);
    PyErr_SetRaisedException(raised);
}

/* What both unraisable functions end in; pyerrors.rs. */
void adder_write_unraisable(PyObject *message, PyObject *object);

void adder_PyErr_FormatUnraisable(const char *format, ...)
{
    PyObject *error = PyErr_GetRaisedException(), *message = NULL;
    if (format != NULL) {
        va_list args;
        va_start(args, format);
        message = adder_PyUnicode_FromFormatV(format, args);
        va_end(args);
        if (message == NULL) {
            PyErr_Clear();
        }
    }
    PyErr_SetRaisedException(error);
    adder_write_unraisable(message, NULL);
    Py_XDECREF(message);
}

/* What the warning functions end in; warnings.rs. */
int adder_warn(PyObject *category, PyObject *message, Py_ssize_t level, PyObject *source);

static int warn_v(PyObject *category, PyObject *source, Py_ssize_t level, const char *format, va_list args)
{
    PyObject *message = adder_PyUnicode_FromFormatV(format, args);
    int result = -1;
    if (message != NULL) {
        result = adder_warn(category, message, level, source);
        Py_DECREF(message);
    }
    return result;
}

int adder_PyErr_WarnFormat(PyObject *category, Py_ssize_t level, const char *format, ...)
{
    va_list args;
    int result;
    va_start(args, format);
    result = warn_v(category, NULL, level, format, args);
    va_end(args);
    return result;
}

int adder_PyErr_ResourceWarning(PyObject *source, Py_ssize_t level, const char *format, ...)
{
    va_list args;
    int result;
    va_start(args, format);
    result = warn_v(PyExc_ResourceWarning, source, level, format, args);
    va_end(args);
    return result;
}

int adder_PyErr_WarnExplicitFormat(PyObject *category, const char *filename, int line, const char *module,
                                   PyObject *registry, const char *format, ...)
{
    va_list args;
    int result = -1;
    PyObject *message, *file, *name = NULL;
    va_start(args, format);
    message = adder_PyUnicode_FromFormatV(format, args);
    va_end(args);
    file = PyUnicode_DecodeFSDefault(filename);
    if (module != NULL) {
        name = PyUnicode_FromString(module);
    }
    if (message != NULL && file != NULL && (module == NULL || name != NULL)) {
        result = PyErr_WarnExplicitObject(category, message, file, line, name, registry);
    }
    Py_XDECREF(message);
    Py_XDECREF(file);
    Py_XDECREF(name);
    return result;
}

/* ---- text without objects ---- */

int adder_PyOS_vsnprintf(char *text, size_t size, const char *format, va_list args)
{
    int n;
    if (size > INT_MAX - 512) {
        n = -666;
    }
    else {
        n = vsnprintf(text, size, format, args);
    }
    if (size > 0) {
        text[size - 1] = 0;
    }
    return n;
}

int adder_PyOS_snprintf(char *text, size_t size, const char *format, ...)
{
    va_list args;
    int n;
    va_start(args, format);
    n = adder_PyOS_vsnprintf(text, size, format, args);
    va_end(args);
    return n;
}
