/* varargs.c: the C-variadic functions of the API, which stable Rust cannot define.
 *
 * They are written with the public API only; modsupport.rs exports them under their names. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

PyObject *adder_PyUnicode_FromFormatV(const char *format, va_list args);
PyObject *adder_PyUnicode_FromFormat(const char *format, ...);

/* A va_list behind a pointer. */
typedef struct {
    va_list args;
} Args;

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

/* ---- formats of text ---- */

typedef struct {
    char *text;
    size_t length, room;
    int failed;
} Text;

static void put(Text *t, const char *s, size_t n)
{
    if (t->length + n + 1 > t->room) {
        size_t room = (t->length + n + 1) * 2;
        char *text = realloc(t->text, room);
        if (text == NULL) {
            t->failed = 1;
            return;
        }
        t->text = text;
        t->room = room;
    }
    memcpy(t->text + t->length, s, n);
    t->length += n;
}

static void put_object(Text *t, PyObject *text)
{
    Py_ssize_t n;
    const char *s = text ? PyUnicode_AsUTF8AndSize(text, &n) : NULL;
    if (s == NULL) {
        t->failed = 1;
    }
    else {
        put(t, s, n);
    }
    Py_XDECREF(text);
}

/* The number of bytes of the first n characters of UTF-8. */
static size_t prefix(const char *s, long n)
{
    size_t i = 0;
    while (s[i] && n) {
        i++;
        while ((s[i] & 0xc0) == 0x80) {
            i++;
        }
        n--;
    }
    return i;
}

PyObject *adder_PyUnicode_FromFormatV(const char *format, va_list args_)
{
    Text t = {NULL, 0, 0, 0};
    Args a;
    PyObject *result;
    va_copy(a.args, args_);
    while (*format && !t.failed) {
        char spec[32], buffer[128];
        size_t n = strcspn(format, "%"), s = 0;
        long precision = -1;
        int size = 0;
        put(&t, format, n);
        format += n;
        if (*format == 0) {
            break;
        }
        spec[s++] = *format++;
        while (*format && strchr("-0123456789.*", *format) && s < 20) {
            if (*format == '*') {
                s += snprintf(spec + s, 12, "%d", va_arg(a.args, int));
                format++;
            }
            else {
                spec[s++] = *format++;
            }
        }
        spec[s] = 0;
        if (strchr(spec, '.')) {
            precision = atol(strchr(spec, '.') + 1);
        }
        while (*format && strchr("lzjt", *format)) {
            size = 1;
            format++;
        }
        switch (*format++) {
        case '%':
            put(&t, "%", 1);
            break;
        case 'c': {
            unsigned c = va_arg(a.args, unsigned);
            n = 0;
            if (c < 0x80) {
                buffer[n++] = (char)c;
            }
            else if (c < 0x800) {
                buffer[n++] = (char)(0xc0 | c >> 6);
                buffer[n++] = (char)(0x80 | (c & 63));
            }
            else if (c < 0x10000) {
                buffer[n++] = (char)(0xe0 | c >> 12);
                buffer[n++] = (char)(0x80 | (c >> 6 & 63));
                buffer[n++] = (char)(0x80 | (c & 63));
            }
            else {
                buffer[n++] = (char)(0xf0 | c >> 18);
                buffer[n++] = (char)(0x80 | (c >> 12 & 63));
                buffer[n++] = (char)(0x80 | (c >> 6 & 63));
                buffer[n++] = (char)(0x80 | (c & 63));
            }
            put(&t, buffer, n);
            break;
        }
        case 'd': case 'i': case 'u': case 'x': case 'X': case 'o': {
            char kind = format[-1];
            int is_signed = kind == 'd' || kind == 'i';
            long value = size ? va_arg(a.args, long)
                              : is_signed ? (long)va_arg(a.args, int) : (long)va_arg(a.args, unsigned);
            spec[s++] = 'l';
            spec[s++] = kind;
            spec[s] = 0;
            n = snprintf(buffer, sizeof buffer, spec, value);
            put(&t, buffer, n < sizeof buffer ? n : sizeof buffer - 1);
            break;
        }
        case 'p':
            n = snprintf(buffer, sizeof buffer, "%p", va_arg(a.args, void *));
            put(&t, buffer, n);
            break;
        case 's': {
            const char *text = va_arg(a.args, const char *);
            n = prefix(text, precision);
            put(&t, text, n);
            break;
        }
        case 'A':
            put_object(&t, PyObject_ASCII(va_arg(a.args, PyObject *)));
            break;
        case 'U':
            put_object(&t, Py_NewRef(va_arg(a.args, PyObject *)));
            break;
        case 'V': {
            PyObject *object = va_arg(a.args, PyObject *);
            const char *text = va_arg(a.args, const char *);
            if (object != NULL) {
                put_object(&t, Py_NewRef(object));
            }
            else {
                put(&t, text, prefix(text, precision));
            }
            break;
        }
        case 'S':
            put_object(&t, PyObject_Str(va_arg(a.args, PyObject *)));
            break;
        case 'R':
            put_object(&t, PyObject_Repr(va_arg(a.args, PyObject *)));
            break;
        case 'T': {
            PyObject *object = va_arg(a.args, PyObject *);
            put(&t, Py_TYPE(object)->tp_name, strlen(Py_TYPE(object)->tp_name));
            break;
        }
        default:
            PyErr_SetString(PyExc_SystemError, "invalid format string");
            t.failed = 1;
        }
    }
    va_end(a.args);
    if (t.failed) {
        free(t.text);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    result = PyUnicode_FromStringAndSize(t.text, (Py_ssize_t)t.length);
    free(t.text);
    return result;
}

PyObject *adder_PyUnicode_FromFormat(const char *format, ...)
{
    va_list args;
    PyObject *result;
    va_start(args, format);
    result = adder_PyUnicode_FromFormatV(format, args);
    va_end(args);
    return result;
}
