/* varargs.c: the C-variadic functions of the API, which stable Rust cannot define.
 *
 * They are written with the public API only; modsupport.rs exports them under their names. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

PyObject *adder_PyUnicode_FromFormatV(const char *format, va_list args);
PyObject *adder_PyErr_Format(PyObject *type, const char *format, ...);
PyObject *adder_PyUnicode_FromFormat(const char *format, ...);
PyObject *adder_Py_VaBuildValue(const char *format, va_list args);

/* A va_list behind a pointer. */
typedef struct {
    va_list args;
} Args;

/* ---- PyArg_* ---- */

static int wrong_type(const char *wanted, PyObject *got, char *message, size_t size)
{
    snprintf(message, size, "must be %s, not %s", wanted, got == Py_None ? "None" : Py_TYPE(got)->tp_name);
    return 0;
}

/* What a conversion of an int ends with. An error is already set. */
#define FAIL_IF(condition) \
    if (condition) { \
        message[0] = 0; \
        return 0; \
    }

/* Converts one argument. On error either an exception is set and the message empty, or it says what. */
static int convert(PyObject *arg, const char **format, Args *a, char *message, size_t size)
{
    char c = *(*format)++;
    message[0] = 0;
    switch (c) {
    case 'b': case 'h': case 'i': case 'l': {
        long value = PyLong_AsLong(arg);
        FAIL_IF(value == -1 && PyErr_Occurred());
        if (c == 'l') {
            *va_arg(a->args, long *) = value;
        }
        else {
            long low = c == 'b' ? 0 : c == 'h' ? SHRT_MIN : INT_MIN;
            long high = c == 'b' ? UCHAR_MAX : c == 'h' ? SHRT_MAX : INT_MAX;
            const char *name = c == 'b' ? "unsigned byte integer" : c == 'h' ? "signed short integer" : "signed integer";
            if (value < low || value > high) {
                adder_PyErr_Format(PyExc_OverflowError, "%s is %s than %s", name, value < low ? "less" : "greater",
                                   value < low ? "minimum" : "maximum");
                return 0;
            }
            if (c == 'b') {
                *va_arg(a->args, unsigned char *) = (unsigned char)value;
            }
            else if (c == 'h') {
                *va_arg(a->args, short *) = (short)value;
            }
            else {
                *va_arg(a->args, int *) = (int)value;
            }
        }
        return 1;
    }
    case 'L': {
        long long value = PyLong_AsLongLong(arg);
        FAIL_IF(value == -1 && PyErr_Occurred());
        *va_arg(a->args, long long *) = value;
        return 1;
    }
    case 'n': {
        /* With __index__, as the number protocol does. */
        int overflow;
        long value = PyLong_AsLongAndOverflow(arg, &overflow);
        FAIL_IF(value == -1 && PyErr_Occurred());
        if (overflow) {
            PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C ssize_t");
            return 0;
        }
        *va_arg(a->args, Py_ssize_t *) = value;
        return 1;
    }
    case 'f': case 'd': {
        double value = PyFloat_AsDouble(arg);
        FAIL_IF(value == -1.0 && PyErr_Occurred());
        if (c == 'f') {
            *va_arg(a->args, float *) = (float)value;
        }
        else {
            *va_arg(a->args, double *) = value;
        }
        return 1;
    }
    case 'p': {
        int value = PyObject_IsTrue(arg);
        FAIL_IF(value < 0);
        *va_arg(a->args, int *) = value;
        return 1;
    }
    case 's': case 'z': {
        const char **to = va_arg(a->args, const char **);
        Py_ssize_t length = 0, *length_to = NULL;
        if (**format == '#') {
            ++*format;
            length_to = va_arg(a->args, Py_ssize_t *);
        }
        if (c == 'z' && arg == Py_None) {
            *to = NULL;
        }
        else {
            if (!PyUnicode_Check(arg)) {
                return wrong_type(c == 'z' ? "str or None" : "str", arg, message, size);
            }
            *to = PyUnicode_AsUTF8AndSize(arg, &length);
            FAIL_IF(*to == NULL);
            if (length_to == NULL && strlen(*to) != (size_t)length) {
                PyErr_SetString(PyExc_ValueError, "embedded null character");
                return 0;
            }
        }
        if (length_to != NULL) {
            *length_to = length;
        }
        return 1;
    }
    case 'U':
        if (!PyUnicode_Check(arg)) {
            return wrong_type("str", arg, message, size);
        }
        *va_arg(a->args, PyObject **) = arg;
        return 1;
    case 'S':
        if (!PyBytes_Check(arg)) {
            return wrong_type("bytes", arg, message, size);
        }
        *va_arg(a->args, PyObject **) = arg;
        return 1;
    case 'O':
        if (**format == '!') {
            PyTypeObject *type = va_arg(a->args, PyTypeObject *);
            PyObject **to = va_arg(a->args, PyObject **);
            ++*format;
            if (!PyObject_TypeCheck(arg, type)) {
                return wrong_type(type->tp_name, arg, message, size);
            }
            *to = arg;
        }
        else if (**format == '&') {
            int (*converter)(PyObject *, void *) = va_arg(a->args, int (*)(PyObject *, void *));
            void *to = va_arg(a->args, void *);
            ++*format;
            if (!converter(arg, to)) {
                if (!PyErr_Occurred()) {
                    snprintf(message, size, "(unspecified)");
                }
                return 0;
            }
        }
        else {
            *va_arg(a->args, PyObject **) = arg;
        }
        return 1;
    default:
        adder_PyErr_Format(PyExc_SystemError, "PyArg_Parse: the format unit '%c' is not known", c);
        return 0;
    }
}

/* The counts of a format: units needed and units in all. 0 if it has what is not known here. */
static int measure(const char *format, Py_ssize_t *needed, Py_ssize_t *all, const char **name, const char **text)
{
    *needed = -1;
    *all = 0;
    *name = *text = NULL;
    for (; *format; format++) {
        switch (*format) {
        case '|':
            *needed = *all;
            break;
        case ':':
            *name = format + 1;
            goto end;
        case ';':
            *text = format + 1;
            goto end;
        case '!': case '&': case '#':
            break;
        default:
            if (strchr("bhilLnfdpszUSO", *format) == NULL) {
                adder_PyErr_Format(PyExc_SystemError, "PyArg_Parse: the format unit '%c' is not known", *format);
                return 0;
            }
            ++*all;
        }
    }
end:
    if (*needed < 0) {
        *needed = *all;
    }
    return 1;
}

static int parse_tuple(PyObject *tuple, const char *format, Args *a)
{
    Py_ssize_t needed, all, i, n;
    const char *name, *text;
    char message[256];
    if (!measure(format, &needed, &all, &name, &text)) {
        return 0;
    }
    if (!PyTuple_Check(tuple)) {
        PyErr_SetString(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    n = PyTuple_GET_SIZE(tuple);
    if (n < needed || n > all) {
        Py_ssize_t bound = n < needed ? needed : all;
        if (text != NULL) {
            PyErr_SetString(PyExc_TypeError, text);
        }
        else if (all == 0) {
            adder_PyErr_Format(PyExc_TypeError, "%s%s takes no arguments", name ? name : "function", name ? "()" : "");
        }
        else {
            adder_PyErr_Format(PyExc_TypeError, "%s%s takes %s %zd argument%s (%zd given)", name ? name : "function",
                               name ? "()" : "", needed == all ? "exactly" : n < needed ? "at least" : "at most",
                               bound, bound == 1 ? "" : "s", n);
        }
        return 0;
    }
    for (i = 0; i < n; i++) {
        if (*format == '|') {
            format++;
        }
        if (!convert(PyTuple_GET_ITEM(tuple, i), &format, a, message, sizeof message)) {
            if (message[0] != 0 && text != NULL) {
                PyErr_SetString(PyExc_TypeError, text);
            }
            else if (message[0] != 0) {
                adder_PyErr_Format(PyExc_TypeError, "%s%sargument %zd %s", name ? name : "", name ? "() " : "", i + 1,
                                   message);
            }
            return 0;
        }
    }
    return 1;
}

int adder_PyArg_ParseTuple(PyObject *tuple, const char *format, ...)
{
    Args a;
    int result;
    va_start(a.args, format);
    result = parse_tuple(tuple, format, &a);
    va_end(a.args);
    return result;
}

int adder_PyArg_VaParse(PyObject *tuple, const char *format, va_list args)
{
    Args a;
    int result;
    va_copy(a.args, args);
    result = parse_tuple(tuple, format, &a);
    va_end(a.args);
    return result;
}

int adder_PyArg_Parse(PyObject *arg, const char *format, ...)
{
    Args a;
    int result;
    char message[256];
    va_start(a.args, format);
    result = convert(arg, &format, &a, message, sizeof message);
    va_end(a.args);
    if (!result && message[0] != 0) {
        adder_PyErr_Format(PyExc_TypeError, "argument %s", message);
    }
    return result;
}

int adder_PyArg_UnpackTuple(PyObject *tuple, const char *name, Py_ssize_t min, Py_ssize_t max, ...)
{
    Py_ssize_t i, n;
    va_list args;
    if (!PyTuple_Check(tuple)) {
        PyErr_SetString(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return 0;
    }
    n = PyTuple_GET_SIZE(tuple);
    if (n < min || n > max) {
        Py_ssize_t bound = n < min ? min : max;
        adder_PyErr_Format(PyExc_TypeError, "%s expected %s%zd argument%s, got %zd", name ? name : "unpacked tuple should have",
                           min == max ? "" : n < min ? "at least " : "at most ", bound, bound == 1 ? "" : "s", n);
        return 0;
    }
    va_start(args, max);
    for (i = 0; i < n; i++) {
        *va_arg(args, PyObject **) = PyTuple_GET_ITEM(tuple, i);
    }
    va_end(args);
    return 1;
}

/* ---- Py_BuildValue ---- */

static PyObject *build_one(const char **format, Args *a);

/* Values up to the closing character, as a tuple. */
static PyObject *build_tuple(const char **format, Args *a, char close)
{
    PyObject *items[64], *tuple;
    Py_ssize_t n = 0, i;
    int failed = 0;
    while (**format != close && **format != 0) {
        if (strchr(" ,:\t", **format)) {
            ++*format;
            continue;
        }
        if (n == 64) {
            PyErr_SetString(PyExc_SystemError, "too many items for Py_BuildValue");
            failed = 1;
            break;
        }
        items[n] = build_one(format, a);
        failed |= items[n] == NULL;
        n++;
    }
    if (**format == close && close != 0) {
        ++*format;
    }
    tuple = failed ? NULL : PyTuple_New(n);
    for (i = 0; i < n; i++) {
        if (tuple != NULL) {
            PyTuple_SET_ITEM(tuple, i, items[i]);
        }
        else {
            Py_XDECREF(items[i]);
        }
    }
    return tuple;
}

/* The value of one unit. */
static PyObject *build_one(const char **format, Args *a)
{
    char c = *(*format)++;
    switch (c) {
    case '(':
        return build_tuple(format, a, ')');
    case '[': {
        PyObject *tuple = build_tuple(format, a, ']');
        PyObject *list = tuple ? PyObject_CallOneArg((PyObject *)&PyList_Type, tuple) : NULL;
        Py_XDECREF(tuple);
        return list;
    }
    case '{': {
        PyObject *tuple = build_tuple(format, a, '}'), *dict = NULL;
        Py_ssize_t i;
        if (tuple != NULL) {
            dict = PyDict_New();
            for (i = 0; dict != NULL && i + 1 < PyTuple_GET_SIZE(tuple); i += 2) {
                if (PyDict_SetItem(dict, PyTuple_GET_ITEM(tuple, i), PyTuple_GET_ITEM(tuple, i + 1)) < 0) {
                    Py_CLEAR(dict);
                }
            }
            Py_DECREF(tuple);
        }
        return dict;
    }
    case 'b': case 'B': case 'h': case 'i':
        return PyLong_FromLong(va_arg(a->args, int));
    case 'H': case 'I':
        return PyLong_FromUnsignedLong(va_arg(a->args, unsigned));
    case 'l': case 'n':
        return PyLong_FromLong(va_arg(a->args, long));
    case 'k':
        return PyLong_FromUnsignedLong(va_arg(a->args, unsigned long));
    case 'L':
        return PyLong_FromLongLong(va_arg(a->args, long long));
    case 'K':
        return PyLong_FromUnsignedLongLong(va_arg(a->args, unsigned long long));
    case 'p':
        return PyBool_FromLong(va_arg(a->args, int));
    case 'f': case 'd':
        return PyFloat_FromDouble(va_arg(a->args, double));
    case 's': case 'z': case 'U': {
        const char *text = va_arg(a->args, const char *);
        Py_ssize_t length = -1;
        if (**format == '#') {
            ++*format;
            length = va_arg(a->args, Py_ssize_t);
        }
        if (text == NULL) {
            Py_RETURN_NONE;
        }
        return length < 0 ? PyUnicode_FromString(text) : PyUnicode_FromStringAndSize(text, length);
    }
    case 'O': case 'S': case 'N': {
        PyObject *value;
        if (**format == '&') {
            PyObject *(*converter)(void *) = va_arg(a->args, PyObject * (*)(void *));
            ++*format;
            return converter(va_arg(a->args, void *));
        }
        value = va_arg(a->args, PyObject *);
        if (value == NULL) {
            if (!PyErr_Occurred()) {
                PyErr_SetString(PyExc_SystemError, "NULL object passed to Py_BuildValue");
            }
            return NULL;
        }
        return c == 'N' ? value : Py_NewRef(value);
    }
    default:
        PyErr_SetString(PyExc_SystemError, "bad format char passed to Py_BuildValue");
        return NULL;
    }
}

PyObject *adder_Py_VaBuildValue(const char *format, va_list args)
{
    Args a;
    PyObject *tuple, *only;
    va_copy(a.args, args);
    tuple = build_tuple(&format, &a, 0);
    va_end(a.args);
    if (tuple == NULL || PyTuple_GET_SIZE(tuple) > 1) {
        return tuple;
    }
    only = Py_NewRef(PyTuple_GET_SIZE(tuple) ? PyTuple_GET_ITEM(tuple, 0) : Py_None);
    Py_DECREF(tuple);
    return only;
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

PyObject *adder_PyTuple_Pack(Py_ssize_t n, ...)
{
    PyObject *tuple = PyTuple_New(n);
    Py_ssize_t i;
    va_list args;
    va_start(args, n);
    for (i = 0; tuple != NULL && i < n; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(va_arg(args, PyObject *)));
    }
    va_end(args);
    return tuple;
}

/* ---- errors ---- */

PyObject *adder_PyErr_Format(PyObject *type, const char *format, ...)
{
    va_list args;
    PyObject *message;
    PyErr_Clear();
    va_start(args, format);
    message = adder_PyUnicode_FromFormatV(format, args);
    va_end(args);
    if (message != NULL) {
        PyErr_SetObject(type, message);
        Py_DECREF(message);
    }
    return NULL;
}
