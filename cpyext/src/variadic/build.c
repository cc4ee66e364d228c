/* build.c: Py_BuildValue. */
#include "shims.h"

static PyObject *build_one(const char **format, Args *a);

static int is_space(char c)
{
    return c == ' ' || c == ',' || c == ':' || c == '\t';
}

/* How many values there are up to the closing character; -1 with an error. */
static Py_ssize_t count_values(const char *format, char close)
{
    Py_ssize_t n = 0;
    int level = 0;
    while (level > 0 || *format != close) {
        switch (*format) {
        case 0:
            PyErr_SetString(PyExc_SystemError, "unmatched paren in format");
            return -1;
        case '(': case '[': case '{':
            n += level == 0;
            level++;
            break;
        case ')': case ']': case '}':
            level--;
            break;
        case '#': case '&': case ',': case ':': case ' ': case '\t':
            break;
        default:
            n += level == 0;
        }
        format++;
    }
    return n;
}

/* Builds n values. All are built also after an error, so that references given away are released. */
static int build_values(const char **format, Args *a, char close, Py_ssize_t n, PyObject **to)
{
    Py_ssize_t i;
    int failed = 0;
    for (i = 0; i < n; i++) {
        PyObject *value;
        if (failed) {
            /* A value built while an error is set must not disturb it. */
            PyObject *error = PyErr_GetRaisedException();
            value = build_one(format, a);
            PyErr_SetRaisedException(error);
            Py_XDECREF(value);
            to[i] = NULL;
            continue;
        }
        to[i] = build_one(format, a);
        failed = to[i] == NULL;
    }
    while (is_space(**format)) {
        ++*format;
    }
    if (**format != close) {
        if (!failed) {
            PyErr_SetString(PyExc_SystemError, "Unmatched paren in format");
        }
        return -1;
    }
    if (close != 0) {
        ++*format;
    }
    return failed ? -1 : 0;
}

static PyObject *build_tuple(const char **format, Args *a, char close, Py_ssize_t n)
{
    PyObject *tuple = PyTuple_New(n);
    if (tuple == NULL) {
        return NULL;
    }
    if (n == 0) {
        /* The empty tuple is one object: there is nothing to fill. */
        if (build_values(format, a, close, 0, NULL) < 0) {
            Py_CLEAR(tuple);
        }
        return tuple;
    }
    if (build_values(format, a, close, n, ((PyTupleObject *)tuple)->ob_item) < 0) {
        Py_CLEAR(tuple);
    }
    return tuple;
}

static PyObject *build_list(const char **format, Args *a, Py_ssize_t n)
{
    PyObject *tuple = build_tuple(format, a, ']', n), *list;
    if (tuple == NULL) {
        return NULL;
    }
    list = PySequence_List(tuple);
    Py_DECREF(tuple);
    return list;
}

static PyObject *build_dict(const char **format, Args *a, Py_ssize_t n)
{
    PyObject *tuple, *dict;
    Py_ssize_t i;
    if (n & 1) {
        PyErr_SetString(PyExc_SystemError, "Bad dict format");
        return NULL;
    }
    tuple = build_tuple(format, a, '}', n);
    if (tuple == NULL) {
        return NULL;
    }
    dict = PyDict_New();
    for (i = 0; dict != NULL && i < n; i += 2) {
        if (PyDict_SetItem(dict, PyTuple_GET_ITEM(tuple, i), PyTuple_GET_ITEM(tuple, i + 1)) < 0) {
            Py_CLEAR(dict);
        }
    }
    Py_DECREF(tuple);
    return dict;
}

/* A string unit: NULL is None, # gives the length. */
static PyObject *build_text(char kind, const char **format, Args *a)
{
    const char *text = va_arg(a->args, const char *);
    Py_ssize_t n = -1;
    if (**format == '#') {
        ++*format;
        n = va_arg(a->args, Py_ssize_t);
    }
    if (text == NULL) {
        Py_RETURN_NONE;
    }
    if (n < 0) {
        size_t all = strlen(text);
        if (all > PY_SSIZE_T_MAX) {
            PyErr_SetString(PyExc_OverflowError, "string too long for Python string");
            return NULL;
        }
        n = (Py_ssize_t)all;
    }
    return kind == 'y' ? PyBytes_FromStringAndSize(text, n) : PyUnicode_FromStringAndSize(text, n);
}

/* The value of one unit. */
static PyObject *build_one(const char **format, Args *a)
{
    for (;;) {
        char c = *(*format)++;
        Py_ssize_t n;
        switch (c) {
        case '(':
            n = count_values(*format, ')');
            return n < 0 ? NULL : build_tuple(format, a, ')', n);
        case '[':
            n = count_values(*format, ']');
            return n < 0 ? NULL : build_list(format, a, n);
        case '{':
            n = count_values(*format, '}');
            return n < 0 ? NULL : build_dict(format, a, n);
        case 'b': case 'B': case 'h': case 'i':
            return PyLong_FromLong(va_arg(a->args, int));
        case 'H':
            return PyLong_FromLong(va_arg(a->args, unsigned));
        case 'I':
            return PyLong_FromUnsignedLong(va_arg(a->args, unsigned));
        case 'n':
            return PyLong_FromSsize_t(va_arg(a->args, Py_ssize_t));
        case 'l':
            return PyLong_FromLong(va_arg(a->args, long));
        case 'k':
            return PyLong_FromUnsignedLong(va_arg(a->args, unsigned long));
        case 'L':
            return PyLong_FromLongLong(va_arg(a->args, long long));
        case 'K':
            return PyLong_FromUnsignedLongLong(va_arg(a->args, unsigned long long));
        case 'p':
            return PyBool_FromLong(va_arg(a->args, int));
        case 'u': {
            const wchar_t *text = va_arg(a->args, const wchar_t *);
            Py_ssize_t length = -1;
            if (**format == '#') {
                ++*format;
                length = va_arg(a->args, Py_ssize_t);
            }
            if (text == NULL) {
                Py_RETURN_NONE;
            }
            return PyUnicode_FromWideChar(text, length);
        }
        case 'f': case 'd':
            return PyFloat_FromDouble(va_arg(a->args, double));
        case 'D': {
            Py_complex *value = va_arg(a->args, Py_complex *);
            return PyComplex_FromDoubles(value->real, value->imag);
        }
        case 'c': {
            char byte = (char)va_arg(a->args, int);
            return PyBytes_FromStringAndSize(&byte, 1);
        }
        case 'C':
            return PyUnicode_FromOrdinal(va_arg(a->args, int));
        case 's': case 'z': case 'U': case 'y':
            return build_text(c, format, a);
        case 'N': case 'S': case 'O':
            if (**format == '&') {
                PyObject *(*converter)(void *) = va_arg(a->args, PyObject * (*)(void *));
                void *argument = va_arg(a->args, void *);
                ++*format;
                return converter(argument);
            }
            else {
                PyObject *value = va_arg(a->args, PyObject *);
                if (value == NULL) {
                    if (!PyErr_Occurred()) {
                        PyErr_SetString(PyExc_SystemError, "NULL object passed to Py_BuildValue");
                    }
                    return NULL;
                }
                return c == 'N' ? value : Py_NewRef(value);
            }
        case ':': case ',': case ' ': case '\t':
            break;
        default:
            PyErr_SetString(PyExc_SystemError, "bad format char passed to Py_BuildValue");
            return NULL;
        }
    }
}

PyObject *adder_build_arguments(const char *format, Args *a)
{
    Py_ssize_t n = count_values(format, 0);
    return n < 0 ? NULL : build_tuple(&format, a, 0, n);
}

PyObject *adder_Py_VaBuildValue(const char *format, va_list args)
{
    Args a;
    PyObject *result;
    Py_ssize_t n = count_values(format, 0);
    if (n < 0) {
        return NULL;
    }
    if (n == 0) {
        Py_RETURN_NONE;
    }
    va_copy(a.args, args);
    result = n == 1 ? build_one(&format, &a) : build_tuple(&format, &a, 0, n);
    va_end(a.args);
    return result;
}

PyObject *adder_Py_BuildValue(const char *format, ...)
{
    va_list args;
    PyObject *result;
    va_start(args, format);
    result = adder_Py_VaBuildValue(format, args);
    va_end(args);
    return result;
}
