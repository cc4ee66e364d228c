/* getargs.c: PyArg_Parse, PyArg_ParseTuple and relatives, and checks of arguments without a format. */
#include "getargs.h"
#include <internal/pycore_modsupport.h>

/* ---- positional arguments ---- */

static int measure(const char *format, Shape *shape)
{
    int level = 0;
    shape->min = -1;
    shape->max = 0;
    shape->name = shape->text = NULL;
    for (;; format++) {
        char c = *format;
        if (c == '(') {
            shape->max += level == 0;
            if (++level >= DEPTH) {
                Py_FatalError("too many tuple nesting levels in argument format string");
            }
        }
        else if (c == ')') {
            if (level == 0) {
                Py_FatalError("excess ')' in getargs format");
            }
            level--;
        }
        else if (c == 0) {
            break;
        }
        else if (c == ':') {
            shape->name = format + 1;
            break;
        }
        else if (c == ';') {
            shape->text = format + 1;
            break;
        }
        else if (level == 0) {
            if (adder_is_letter(c)) {
                shape->max++;
            }
            else if (c == '|') {
                shape->min = shape->max;
            }
            /* The second letter of es and et is no unit. */
            if (c == 'e' && (format[1] == 's' || format[1] == 't')) {
                format++;
            }
        }
        else if (c == 'e' && (format[1] == 's' || format[1] == 't')) {
            format++;
        }
    }
    if (level != 0) {
        Py_FatalError("missing ')' in getargs format");
    }
    if (shape->min < 0) {
        shape->min = shape->max;
    }
    return 1;
}

static int parse_array(PyObject *const *args, Py_ssize_t n, const char *format, Args *a)
{
    Shape shape;
    State s;
    Cleanup cleanup;
    measure(format, &shape);
    if (n < shape.min || n > shape.max) {
        int bound = n < shape.min ? shape.min : shape.max;
        if (shape.text != NULL) {
            PyErr_SetString(PyExc_TypeError, shape.text);
        }
        else {
            adder_PyErr_Format(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", NAME(&shape),
                               PARENS(&shape),
                               shape.min == shape.max ? "exactly" : n < shape.min ? "at least" : "at most", bound,
                               bound == 1 ? "" : "s", n);
        }
        return 0;
    }
    adder_cleanup_init(&cleanup);
    s.cleanup = &cleanup;
    for (Py_ssize_t i = 0; i < n; i++) {
        const char *message;
        if (*format == '|') {
            format++;
        }
        message = adder_convert_item(&s, args[i], &format, a, 0);
        if (message != NULL) {
            adder_report(i + 1, s.levels, message, shape.name, shape.text);
            return adder_cleanup_end(&cleanup, 0);
        }
    }
    if (*format != 0 && !adder_is_letter(*format) && *format != '(' && *format != '|' && *format != ':' && *format != ';') {
        adder_PyErr_Format(PyExc_SystemError, "bad format string: %.200s", format);
        return adder_cleanup_end(&cleanup, 0);
    }
    return adder_cleanup_end(&cleanup, 1);
}

static int parse_tuple(PyObject *tuple, const char *format, Args *a)
{
    if (tuple == NULL || !PyTuple_Check(tuple)) {
        PyErr_SetString(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    return parse_array(((PyTupleObject *)tuple)->ob_item, PyTuple_GET_SIZE(tuple), format, a);
}

/* PyArg_Parse: the argument itself, no tuple of arguments. */
static int parse_one(PyObject *arg, const char *format, Args *a)
{
    Shape shape;
    State s;
    Cleanup cleanup;
    const char *message;
    measure(format, &shape);
    if (shape.max == 0) {
        if (arg == NULL) {
            return 1;
        }
        adder_PyErr_Format(PyExc_TypeError, "%.200s%s takes no arguments", NAME(&shape), PARENS(&shape));
        return 0;
    }
    if (shape.min != 1 || shape.max != 1) {
        PyErr_SetString(PyExc_SystemError, "old style getargs format uses new features");
        return 0;
    }
    if (arg == NULL) {
        adder_PyErr_Format(PyExc_TypeError, "%.200s%s takes at least one argument", NAME(&shape), PARENS(&shape));
        return 0;
    }
    adder_cleanup_init(&cleanup);
    s.cleanup = &cleanup;
    message = adder_convert_item(&s, arg, &format, a, 0);
    if (message != NULL) {
        /* The items of a tuple are told as if they were arguments. */
        adder_report(s.levels[0], s.levels + 1, message, shape.name, shape.text);
    }
    return adder_cleanup_end(&cleanup, message == NULL);
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
    va_start(a.args, format);
    result = parse_one(arg, format, &a);
    va_end(a.args);
    return result;
}

int adder__PyArg_ParseStack(PyObject *const *args, Py_ssize_t n, const char *format, ...)
{
    Args a;
    int result;
    va_start(a.args, format);
    result = parse_array(args, n, format, &a);
    va_end(a.args);
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
    if (!_PyArg_CheckPositional(name, n, min, max)) {
        return 0;
    }
    va_start(args, max);
    for (i = 0; i < n; i++) {
        *va_arg(args, PyObject **) = PyTuple_GET_ITEM(tuple, i);
    }
    va_end(args);
    return 1;
}

/* ---- checks without a format ---- */

int adder_PyArg_ValidateKeywordArguments(PyObject *keywords)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    if (!PyDict_Check(keywords)) {
        PyErr_BadInternalCall();
        return 0;
    }
    while (PyDict_Next(keywords, &at, &key, &value)) {
        if (!PyUnicode_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "keywords must be strings");
            return 0;
        }
    }
    return 1;
}

int adder__PyArg_CheckPositional(const char *name, Py_ssize_t n, Py_ssize_t min, Py_ssize_t max)
{
    Py_ssize_t bound = n < min ? min : max;
    if (n >= min && n <= max) {
        return 1;
    }
    if (name != NULL) {
        adder_PyErr_Format(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", name,
                           min == max ? "" : n < min ? "at least " : "at most ", bound, bound == 1 ? "" : "s", n);
    }
    else {
        adder_PyErr_Format(PyExc_TypeError, "unpacked tuple should have %s%zd element%s, but has %zd",
                           min == max ? "" : n < min ? "at least " : "at most ", bound, bound == 1 ? "" : "s", n);
    }
    return 0;
}

int adder__PyArg_NoKeywords(const char *name, PyObject *keywords)
{
    if (keywords == NULL || (PyDict_Check(keywords) && PyDict_GET_SIZE(keywords) == 0)) {
        return 1;
    }
    adder_PyErr_Format(PyExc_TypeError, "%.200s() takes no keyword arguments", name);
    return 0;
}

int adder__PyArg_NoPositional(const char *name, PyObject *args)
{
    if (args == NULL || (PyTuple_Check(args) && PyTuple_GET_SIZE(args) == 0)) {
        return 1;
    }
    adder_PyErr_Format(PyExc_TypeError, "%.200s() takes no positional arguments", name);
    return 0;
}

void adder__PyArg_BadArgument(const char *name, const char *which, const char *expected, PyObject *arg)
{
    adder_PyErr_Format(PyExc_TypeError, "%.200s() %.200s must be %.50s, not %.50s", name, which, expected, adder_type_name(arg));
}
