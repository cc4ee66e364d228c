/* bytesobject.c: bytes. */
#include "fixture.h"

WRAP_O(from_object, PyBytes_FromObject)
WRAP_O_INT(size, PyBytes_Size)
WRAP_OO(join, PyBytes_Join)

VARARGS(from_string_and_size)
{
    const char *bytes;
    Py_ssize_t size, take;
    if (!PyArg_ParseTuple(args, "y#n", &bytes, &size, &take)) {
        return NULL;
    }
    return PyBytes_FromStringAndSize(bytes, take);
}

VARARGS(from_string)
{
    const char *bytes;
    return PyArg_ParseTuple(args, "y", &bytes) ? PyBytes_FromString(bytes) : NULL;
}

NONE(from_format)
{
    return PyBytes_FromFormat("%s|%d|%u|%ld|%zd|%x|%c|%.2s|%%|%i", "text", -1, 2u, -3L,
                              (Py_ssize_t)4, 255, 'c', "cut off", 7);
}

ONE(as_string)
{
    char *text = PyBytes_AsString(arg);
    return text == NULL ? NULL : PyUnicode_FromString(text);
}

/* (size, ends with NUL), or an error for NULs inside when no size is asked for. */
VARARGS(as_string_and_size)
{
    PyObject *ob;
    int with_size;
    char *text;
    Py_ssize_t size = -1;
    if (!PyArg_ParseTuple(args, "Oi", &ob, &with_size)
        || PyBytes_AsStringAndSize(ob, &text, with_size ? &size : NULL) < 0) {
        return NULL;
    }
    return Py_BuildValue("ni", size, text[with_size ? size : (Py_ssize_t)strlen(text)] == '\0');
}

ONE(check) { return Py_BuildValue("ii", PyBytes_Check(arg), PyBytes_CheckExact(arg)); }

/* A new object filled through the macros, as long as nobody has seen it. */
ONE(alphabet)
{
    Py_ssize_t n = PyLong_AsSsize_t(arg), i;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, n);
    if (bytes == NULL) {
        return NULL;
    }
    for (i = 0; i < PyBytes_GET_SIZE(bytes); i++) {
        PyBytes_AS_STRING(bytes)[i] = (char)('a' + i % 26);
    }
    return bytes;
}

/* "hello" resized. */
ONE(resize)
{
    Py_ssize_t n = PyLong_AsSsize_t(arg);
    PyObject *bytes = PyBytes_FromStringAndSize("hello", 5);
    if (bytes == NULL || _PyBytes_Resize(&bytes, n) < 0) {
        return NULL;
    }
    if (n > 5) {
        memset(PyBytes_AS_STRING(bytes) + 5, '.', (size_t)(n - 5));
    }
    return bytes;
}

VARARGS(concat)
{
    PyObject *a, *b;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) {
        return NULL;
    }
    Py_INCREF(a);
    PyBytes_Concat(&a, b);
    return a;
}

VARARGS(concat_and_del)
{
    PyObject *a, *b;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) {
        return NULL;
    }
    Py_INCREF(a);
    PyBytes_ConcatAndDel(&a, Py_NewRef(b));
    return a;
}

VARARGS(repr)
{
    PyObject *ob;
    int smartquotes;
    return PyArg_ParseTuple(args, "Oi", &ob, &smartquotes) ? PyBytes_Repr(ob, smartquotes) : NULL;
}

VARARGS(decode_escape)
{
    const char *text, *errors = NULL;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "y#|z", &text, &size, &errors)) {
        return NULL;
    }
    return PyBytes_DecodeEscape(text, size, errors, 0, NULL);
}

static PyMethodDef methods[] = {
    ONE_ENTRY(from_object), ONE_ENTRY(size), VARARGS_ENTRY(join),
    VARARGS_ENTRY(from_string_and_size), VARARGS_ENTRY(from_string), NONE_ENTRY(from_format),
    ONE_ENTRY(as_string), VARARGS_ENTRY(as_string_and_size), ONE_ENTRY(check),
    ONE_ENTRY(alphabet), ONE_ENTRY(resize), VARARGS_ENTRY(concat), VARARGS_ENTRY(concat_and_del),
    VARARGS_ENTRY(repr), VARARGS_ENTRY(decode_escape), LAST_ENTRY,
};

FIXTURE_MODULE(ext_bytesobject, methods)
