/* unicodeobject.c: formats of text with a variable number of arguments, after printf.
 *
 * The pieces go to a PyUnicodeWriter; modsupport.rs exports the functions under their names. */
#include "shims.h"
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

Py_ssize_t adder_writer_length(PyUnicodeWriter *writer);
void adder_writer_truncate(PyUnicodeWriter *writer, Py_ssize_t n);
void adder_writer_pad(PyUnicodeWriter *writer, Py_UCS4 c, Py_ssize_t n);
int adder_writer_type_name(PyUnicodeWriter *writer, PyObject *object, int of_object, int colon);

/* What stands between % and the conversion. */
typedef struct {
    int left, zero, alternate;
    Py_ssize_t width, precision;
    char size; /* l, q for ll, z, t, j or 0 */
} Spec;

/* A number, or * for the next argument. A negative one says nothing; 0: too large. */
static int read_number(const char **f, Args *a, Py_ssize_t *number, const char *what)
{
    if (**f == '*') {
        ++*f;
        *number = va_arg(a->args, int);
        return 1;
    }
    *number = 0;
    while (Py_ISDIGIT(**f)) {
        if (*number > (PY_SSIZE_T_MAX - 9) / 10) {
            PyErr_Format(PyExc_ValueError, "%s too big", what);
            return 0;
        }
        *number = *number * 10 + (*(*f)++ - '0');
    }
    return 1;
}

static int read_spec(const char **f, Args *a, Spec *spec)
{
    memset(spec, 0, sizeof *spec);
    spec->width = spec->precision = -1;
    for (;; ++*f) {
        if (**f == '-') {
            spec->left = 1;
        }
        else if (**f == '0') {
            spec->zero = 1;
        }
        else if (**f == '#') {
            spec->alternate = 1;
        }
        else {
            break;
        }
    }
    if (**f == '*' || Py_ISDIGIT(**f)) {
        if (!read_number(f, a, &spec->width, "width")) {
            return 0;
        }
        if (spec->width < 0) {
            spec->left = 1;
            spec->width = -spec->width;
        }
    }
    if (**f == '.') {
        ++*f;
        if (!read_number(f, a, &spec->precision, "precision")) {
            return 0;
        }
        if (spec->precision < 0) {
            spec->precision = -2;
        }
    }
    if (**f == 'l') {
        spec->size = *(*f)++;
        if (**f == 'l') {
            spec->size = 'q';
            ++*f;
        }
    }
    else if (**f == 'z' || **f == 't' || **f == 'j') {
        spec->size = *(*f)++;
    }
    return 1;
}

static int write_number(PyUnicodeWriter *writer, const Spec *spec, char conversion, Args *a)
{
    char buffer[64], *digits = buffer;
    int is_signed = conversion == 'd' || conversion == 'i';
    intmax_t value = 0;
    uintmax_t bits = 0;
    Py_ssize_t n, precision = spec->precision, width = spec->width, negative;
    switch (spec->size) {
    case 0:
        if (is_signed) value = va_arg(a->args, int); else bits = va_arg(a->args, unsigned);
        break;
    case 'l':
        if (is_signed) value = va_arg(a->args, long); else bits = va_arg(a->args, unsigned long);
        break;
    case 'q':
        if (is_signed) value = va_arg(a->args, long long); else bits = va_arg(a->args, unsigned long long);
        break;
    case 'z':
        if (is_signed) value = va_arg(a->args, Py_ssize_t); else bits = va_arg(a->args, size_t);
        break;
    case 't':
        if (is_signed) value = va_arg(a->args, ptrdiff_t); else bits = (uintmax_t)va_arg(a->args, ptrdiff_t);
        break;
    default:
        if (is_signed) value = va_arg(a->args, intmax_t); else bits = va_arg(a->args, uintmax_t);
    }
    switch (conversion) {
    case 'd': case 'i': n = snprintf(buffer, sizeof buffer, "%jd", value); break;
    case 'u': n = snprintf(buffer, sizeof buffer, "%ju", bits); break;
    case 'o': n = snprintf(buffer, sizeof buffer, "%jo", bits); break;
    case 'x': n = snprintf(buffer, sizeof buffer, "%jx", bits); break;
    default: n = snprintf(buffer, sizeof buffer, "%jX", bits);
    }
    negative = digits[0] == '-';
    digits += negative;
    n -= negative;
    precision = precision > n ? precision : n;
    width = width > precision + negative ? width : precision + negative;
    if (spec->zero && !spec->left) {
        precision = width - negative;
    }
    if (!spec->left) {
        adder_writer_pad(writer, ' ', width - precision - negative);
    }
    adder_writer_pad(writer, '-', negative);
    adder_writer_pad(writer, '0', precision - n);
    if (PyUnicodeWriter_WriteASCII(writer, digits, n) < 0) {
        return -1;
    }
    if (spec->left) {
        adder_writer_pad(writer, ' ', width - precision - negative);
    }
    return 0;
}

/* Writes a text of its own that was made in another writer, cut and padded. Steals the string. */
static int write_object(PyUnicodeWriter *writer, const Spec *spec, PyObject *text)
{
    Py_ssize_t n;
    int result;
    if (text == NULL) {
        return -1;
    }
    n = PyUnicode_GET_LENGTH(text);
    if (spec->precision >= 0 && spec->precision < n) {
        n = spec->precision;
    }
    if (!spec->left) {
        adder_writer_pad(writer, ' ', spec->width - n);
    }
    result = PyUnicodeWriter_WriteSubstring(writer, text, 0, n);
    if (spec->left) {
        adder_writer_pad(writer, ' ', spec->width - n);
    }
    Py_DECREF(text);
    return result;
}

/* UTF-8, cut to as many bytes as the precision says; what is broken is replaced. */
static int write_utf8(PyUnicodeWriter *writer, const Spec *spec, const char *text)
{
    Py_ssize_t n = 0, used;
    Spec rest = *spec;
    if (spec->precision < 0) {
        n = (Py_ssize_t)strlen(text);
    }
    else {
        while (n < spec->precision && text[n] != 0) {
            n++;
        }
    }
    rest.precision = -1;
    return write_object(writer, &rest,
                        PyUnicode_DecodeUTF8Stateful(text, n, "replace", n == spec->precision ? &used : NULL));
}

static int write_wide(PyUnicodeWriter *writer, const Spec *spec, const wchar_t *text)
{
    Py_ssize_t n = 0;
    while ((spec->precision < 0 || n < spec->precision) && text[n] != 0) {
        n++;
    }
    return write_object(writer, spec, PyUnicode_FromWideChar(text, n));
}

static int write_type_name(PyUnicodeWriter *writer, const Spec *spec, PyObject *object, int of_object)
{
    PyUnicodeWriter *name = PyUnicodeWriter_Create(0);
    if (name == NULL || adder_writer_type_name(name, object, of_object, spec->alternate) < 0) {
        PyUnicodeWriter_Discard(name);
        return -1;
    }
    return write_object(writer, spec, PyUnicodeWriter_Finish(name));
}

/* One conversion, which begins at %. */
static int write_conversion(PyUnicodeWriter *writer, const char **f, Args *a)
{
    const char *start = (*f)++;
    Spec spec;
    char conversion;
    if (**f == '%') {
        ++*f;
        return PyUnicodeWriter_WriteChar(writer, '%');
    }
    if (!read_spec(f, a, &spec)) {
        return -1;
    }
    conversion = **f;
    if (conversion != 0) {
        ++*f;
    }
    if (spec.size && !strchr("diuoxX", conversion) && !(spec.size == 'l' && strchr("sV", conversion))) {
        conversion = 0;
    }
    if (conversion == 'c' && (spec.width >= 0 || spec.precision != -1)) {
        conversion = 0;
    }
    switch (conversion) {
    case 'c': {
        int c = va_arg(a->args, int);
        if (c < 0 || c > 0x10ffff) {
            PyErr_SetString(PyExc_OverflowError, "character argument not in range(0x110000)");
            return -1;
        }
        return PyUnicodeWriter_WriteChar(writer, (Py_UCS4)c);
    }
    case 'd': case 'i': case 'u': case 'o': case 'x': case 'X':
        return write_number(writer, &spec, conversion, a);
    case 'p': {
        char buffer[32];
        snprintf(buffer, sizeof buffer, "0x%jx", (uintmax_t)(uintptr_t)va_arg(a->args, void *));
        return write_utf8(writer, &spec, buffer);
    }
    case 's':
        return spec.size == 'l' ? write_wide(writer, &spec, va_arg(a->args, const wchar_t *))
                                : write_utf8(writer, &spec, va_arg(a->args, const char *));
    case 'U':
        return write_object(writer, &spec, Py_NewRef(va_arg(a->args, PyObject *)));
    case 'V': {
        PyObject *object = va_arg(a->args, PyObject *);
        const void *text = va_arg(a->args, const void *);
        return object != NULL ? write_object(writer, &spec, Py_NewRef(object))
               : spec.size == 'l' ? write_wide(writer, &spec, text)
                                  : write_utf8(writer, &spec, text);
    }
    case 'S':
        return write_object(writer, &spec, PyObject_Str(va_arg(a->args, PyObject *)));
    case 'R':
        return write_object(writer, &spec, PyObject_Repr(va_arg(a->args, PyObject *)));
    case 'A':
        return write_object(writer, &spec, PyObject_ASCII(va_arg(a->args, PyObject *)));
    case 'T':
        return write_type_name(writer, &spec, va_arg(a->args, PyObject *), 1);
    case 'N':
        return write_type_name(writer, &spec, va_arg(a->args, PyObject *), 0);
    default:
        PyErr_Format(PyExc_SystemError, "invalid format string: %s", start);
        return -1;
    }
}

static int write_format(PyUnicodeWriter *writer, const char *f, va_list args)
{
    Py_ssize_t before = adder_writer_length(writer);
    Args a;
    int result = 0;
    va_copy(a.args, args);
    while (*f && result == 0) {
        size_t n = strcspn(f, "%"), i;
        for (i = 0; i < n; i++) {
            if ((signed char)f[i] < 0) {
                PyErr_Format(PyExc_ValueError,
                             "PyUnicode_FromFormatV() expects an ASCII-encoded format string, "
                             "got a non-ASCII byte: 0x%02x", (unsigned char)f[i]);
                result = -1;
                break;
            }
        }
        if (result == 0 && n > 0) {
            result = PyUnicodeWriter_WriteASCII(writer, f, (Py_ssize_t)n);
        }
        f += n;
        if (*f && result == 0) {
            result = write_conversion(writer, &f, &a);
        }
    }
    va_end(a.args);
    if (result < 0) {
        adder_writer_truncate(writer, before);
    }
    return result;
}

PyObject *adder_PyUnicode_FromFormatV(const char *format, va_list args)
{
    PyUnicodeWriter *writer = PyUnicodeWriter_Create(0);
    if (writer == NULL) {
        return NULL;
    }
    if (write_format(writer, format, args) < 0) {
        PyUnicodeWriter_Discard(writer);
        return NULL;
    }
    return PyUnicodeWriter_Finish(writer);
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

int adder_PyUnicodeWriter_Format(PyUnicodeWriter *writer, const char *format, ...)
{
    va_list args;
    int result;
    va_start(args, format);
    result = write_format(writer, format, args);
    va_end(args);
    return result;
}

/* ---- bytes ---- */

typedef struct {
    char *data;
    size_t length, room;
    int failed;
} Bytes;

static void put(Bytes *b, const char *s, size_t n)
{
    if (b->length + n + 1 > b->room) {
        size_t room = (b->length + n + 1) * 2;
        char *data = PyMem_Realloc(b->data, room);
        if (data == NULL) {
            b->failed = 1;
            return;
        }
        b->data = data;
        b->room = room;
    }
    memcpy(b->data + b->length, s, n);
    b->length += n;
}

PyObject *adder_PyBytes_FromFormatV(const char *f, va_list args)
{
    Bytes b = {NULL, 0, 0, 0};
    PyObject *result = NULL;
    Args a;
    va_copy(a.args, args);
    while (*f && !b.failed) {
        char buffer[64];
        const char *start = f;
        size_t n = strcspn(f, "%");
        Spec spec;
        int length;
        put(&b, f, n);
        f += n;
        if (*f == 0) {
            break;
        }
        start = f++;
        /* Width and flags are accepted and without effect. */
        if (!read_spec(&f, &a, &spec)) {
            goto error;
        }
        switch (*f) {
        case 'c': {
            int c = va_arg(a.args, int);
            if (c < 0 || c > 255) {
                PyErr_SetString(PyExc_OverflowError, "PyBytes_FromFormatV(): %c format expects an integer in range [0; 255]");
                goto error;
            }
            buffer[0] = (char)c;
            put(&b, buffer, 1);
            break;
        }
        case 'd': case 'i': {
            long value = spec.size == 'l' ? va_arg(a.args, long)
                         : spec.size == 'z' ? va_arg(a.args, Py_ssize_t) : va_arg(a.args, int);
            length = snprintf(buffer, sizeof buffer, "%ld", value);
            put(&b, buffer, (size_t)length);
            break;
        }
        case 'u': {
            unsigned long value = spec.size == 'l' ? va_arg(a.args, unsigned long)
                                  : spec.size == 'z' ? va_arg(a.args, size_t) : va_arg(a.args, unsigned);
            length = snprintf(buffer, sizeof buffer, "%lu", value);
            put(&b, buffer, (size_t)length);
            break;
        }
        case 'x':
            length = snprintf(buffer, sizeof buffer, "%x", va_arg(a.args, int));
            put(&b, buffer, (size_t)length);
            break;
        case 's': {
            const char *text = va_arg(a.args, const char *);
            for (n = 0; (spec.precision < 0 || n < (size_t)spec.precision) && text[n]; n++) {
            }
            put(&b, text, n);
            break;
        }
        case 'p':
            length = snprintf(buffer, sizeof buffer, "0x%jx", (uintmax_t)(uintptr_t)va_arg(a.args, void *));
            put(&b, buffer, (size_t)length);
            break;
        case '%':
            put(&b, "%", 1);
            break;
        default:
            /* The rest is copied as it is. */
            put(&b, start, strlen(start));
            goto done;
        }
        f++;
    }
done:
    result = b.failed ? PyErr_NoMemory() : PyBytes_FromStringAndSize(b.data, (Py_ssize_t)b.length);
error:
    va_end(a.args);
    PyMem_Free(b.data);
    return result;
}

PyObject *adder_PyBytes_FromFormat(const char *format, ...)
{
    va_list args;
    PyObject *result;
    va_start(args, format);
    result = adder_PyBytes_FromFormatV(format, args);
    va_end(args);
    return result;
}
