/* pyerrors.c: raising, catching, replacing and describing exceptions. */
#include "fixture.h"

VARARGS(set_string)
{
    PyObject *type;
    const char *text;
    if (PyArg_ParseTuple(args, "Os", &type, &text)) {
        PyErr_SetString(type, text);
    }
    return NULL;
}

VARARGS(set_object)
{
    PyObject *type, *value;
    if (PyArg_ParseTuple(args, "OO", &type, &value)) {
        PyErr_SetObject(type, value);
    }
    return NULL;
}

ONE(set_none)
{
    PyErr_SetNone(arg);
    return NULL;
}

ONE(format)
{
    return PyErr_Format(PyExc_ValueError, "%s: %d, %R and %.3s", "text", 42, arg, "truncated");
}

NONE(no_memory) { return PyErr_NoMemory(); }

NONE(bad_argument)
{
    PyErr_BadArgument();
    return NULL;
}

/* errno 2 with no, one and two file names. */
ONE(set_errno)
{
    long n = PyLong_AsLong(arg);
    PyObject *one = PyUnicode_FromString("one"), *two = PyUnicode_FromString("two");
    errno = ENOENT;
    if (n == 0) {
        PyErr_SetFromErrno(PyExc_OSError);
    } else if (n == 1) {
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, "name");
    } else {
        PyErr_SetFromErrnoWithFilenameObjects(PyExc_OSError, one, two);
    }
    Py_DECREF(one);
    Py_DECREF(two);
    return NULL;
}

NONE(import_error)
{
    PyObject *msg = PyUnicode_FromString("message"), *name = PyUnicode_FromString("name");
    PyErr_SetImportError(msg, name, NULL);
    Py_DECREF(msg);
    Py_DECREF(name);
    return NULL;
}

/* No exception although NULL is returned, and the other way round. */
NONE(null_without_error) { return NULL; }

NONE(error_with_result)
{
    PyErr_SetString(PyExc_ValueError, "left behind");
    return PyLong_FromLong(1);
}

/* Calls a function and returns what it raised. */
ONE(catch)
{
    PyObject *result = PyObject_CallNoArgs(arg), *exc;
    if (result != NULL) {
        return result;
    }
    exc = PyErr_GetRaisedException();
    if (PyErr_Occurred()) {
        Py_FatalError("the exception is still there");
    }
    return exc;
}

/* The old way: three parts. */
ONE(fetch)
{
    PyObject *result = PyObject_CallNoArgs(arg), *type, *value, *traceback;
    if (result != NULL) {
        return result;
    }
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    result = Py_BuildValue("OOi", type, value, traceback != NULL);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return result;
}

/* Fetches, does something else that raises, and restores. */
ONE(fetch_and_restore)
{
    PyObject *result = PyObject_CallNoArgs(arg), *exc;
    if (result != NULL) {
        return result;
    }
    exc = PyErr_GetRaisedException();
    PyErr_SetString(PyExc_KeyError, "in between");
    PyErr_Clear();
    PyErr_SetRaisedException(exc);
    return NULL;
}

/* The thread state's field is the indicator itself. */
ONE(fetch_directly)
{
    PyObject *result = PyObject_CallNoArgs(arg), *exc;
    PyThreadState *tstate = PyThreadState_GetUnchecked();
    if (result != NULL) {
        return result;
    }
    exc = tstate->current_exception;
    tstate->current_exception = NULL;
    if (PyErr_Occurred()) {
        Py_FatalError("current_exception is not the indicator");
    }
    return exc;
}

ONE(raise_directly)
{
    PyThreadState *tstate = PyThreadState_GetUnchecked();
    tstate->current_exception = Py_NewRef(arg);
    return NULL;
}

/* Whether what a function raises matches a type or tuple of types. */
VARARGS(matches)
{
    PyObject *function, *types, *result;
    int match;
    if (!PyArg_ParseTuple(args, "OO", &function, &types)) {
        return NULL;
    }
    result = PyObject_CallNoArgs(function);
    Py_XDECREF(result);
    if (result != NULL) {
        Py_RETURN_NONE;
    }
    match = PyErr_ExceptionMatches(types);
    PyErr_Clear();
    return PyBool_FromLong(match);
}

WRAP_OO_INT(given_matches, PyErr_GivenExceptionMatches)

/* The exception being handled, as sys.exception() gives it. */
NONE(handled) { return object_or_none(PyErr_GetHandledException()); }

NONE(handled_parts)
{
    PyObject *type, *value, *traceback;
    PyErr_GetExcInfo(&type, &value, &traceback);
    return Py_BuildValue("NN", object_or_none(type), object_or_none(value));
}

/* Calls function while exc is the handled exception. */
VARARGS(call_handling)
{
    PyObject *exc, *function, *old, *result;
    if (!PyArg_ParseTuple(args, "OO", &exc, &function)) {
        return NULL;
    }
    old = PyErr_GetHandledException();
    PyErr_SetHandledException(exc);
    result = PyObject_CallNoArgs(function);
    PyErr_SetHandledException(old);
    Py_XDECREF(old);
    return result;
}

/* Parts of an exception. */
ONE(parts)
{
    return Py_BuildValue("NNNN", object_or_none(PyException_GetCause(arg)),
                         object_or_none(PyException_GetContext(arg)), PyException_GetArgs(arg),
                         PyBool_FromLong(((PyBaseExceptionObject *)arg)->suppress_context));
}

VARARGS(set_parts)
{
    PyObject *exc, *cause, *context, *arguments;
    if (!PyArg_ParseTuple(args, "OOOO", &exc, &cause, &context, &arguments)) {
        return NULL;
    }
    PyException_SetCause(exc, Py_NewRef(cause));
    PyException_SetContext(exc, Py_NewRef(context));
    PyException_SetArgs(exc, arguments);
    Py_RETURN_NONE;
}

ONE(has_traceback)
{
    PyObject *traceback = PyException_GetTraceback(arg);
    int has = traceback != NULL && PyTraceBack_Check(traceback);
    Py_XDECREF(traceback);
    return PyBool_FromLong(has && ((PyBaseExceptionObject *)arg)->traceback == traceback);
}

ONE(check)
{
    return Py_BuildValue("iis", PyExceptionClass_Check(arg), PyExceptionInstance_Check(arg),
                         PyExceptionClass_Check(arg) ? PyExceptionClass_Name(arg) : NULL);
}

VARARGS(new_exception)
{
    const char *name, *doc;
    PyObject *base;
    if (!PyArg_ParseTuple(args, "szO", &name, &doc, &base)) {
        return NULL;
    }
    return PyErr_NewExceptionWithDoc(name, doc, Py_IsNone(base) ? NULL : base, NULL);
}

/* Fields of built-in exceptions. */
ONE(stop_iteration_value) { return Py_NewRef(((PyStopIterationObject *)arg)->value); }

ONE(os_error)
{
    PyOSErrorObject *exc = (PyOSErrorObject *)arg;
    return Py_BuildValue("OOO", exc->myerrno, exc->strerror, exc->filename ? exc->filename : Py_None);
}

ONE(unicode_error)
{
    Py_ssize_t start, end;
    if (PyUnicodeDecodeError_GetStart(arg, &start) < 0 || PyUnicodeDecodeError_GetEnd(arg, &end) < 0) {
        return NULL;
    }
    return Py_BuildValue("NNnnN", PyUnicodeDecodeError_GetEncoding(arg),
                         PyUnicodeDecodeError_GetObject(arg), start, end,
                         PyUnicodeDecodeError_GetReason(arg));
}

NONE(make_unicode_error)
{
    return PyUnicodeDecodeError_Create("codec", "bytes", 5, 1, 3, "no reason");
}

/* Warnings. */
VARARGS(warn)
{
    PyObject *category;
    const char *text;
    if (!PyArg_ParseTuple(args, "Os", &category, &text)) {
        return NULL;
    }
    return PyErr_WarnEx(category, text, 1) < 0 ? NULL : Py_NewRef(Py_None);
}

NONE(warn_format)
{
    return PyErr_WarnFormat(PyExc_RuntimeWarning, 1, "%d of %s", 3, "them") < 0 ? NULL
                                                                               : Py_NewRef(Py_None);
}

NONE(check_signals) { return PyLong_FromLong(PyErr_CheckSignals()); }

static PyMethodDef methods[] = {
    VARARGS_ENTRY(set_string), VARARGS_ENTRY(set_object), ONE_ENTRY(set_none), ONE_ENTRY(format),
    NONE_ENTRY(no_memory), NONE_ENTRY(bad_argument), ONE_ENTRY(set_errno), NONE_ENTRY(import_error),
    NONE_ENTRY(null_without_error), NONE_ENTRY(error_with_result), ONE_ENTRY(catch),
    ONE_ENTRY(fetch), ONE_ENTRY(fetch_and_restore), ONE_ENTRY(fetch_directly),
    ONE_ENTRY(raise_directly), VARARGS_ENTRY(matches), VARARGS_ENTRY(given_matches),
    NONE_ENTRY(handled), NONE_ENTRY(handled_parts), VARARGS_ENTRY(call_handling), ONE_ENTRY(parts),
    VARARGS_ENTRY(set_parts), ONE_ENTRY(has_traceback), ONE_ENTRY(check),
    VARARGS_ENTRY(new_exception), ONE_ENTRY(stop_iteration_value), ONE_ENTRY(os_error),
    ONE_ENTRY(unicode_error), NONE_ENTRY(make_unicode_error), VARARGS_ENTRY(warn),
    NONE_ENTRY(warn_format), NONE_ENTRY(check_signals), LAST_ENTRY,
};

FIXTURE_MODULE(ext_pyerrors, methods)
