/* getargs_convert.c: one argument of PyArg_Parse by its format unit.
 *
 * What a failure must undo is noted in a Cleanup on the caller's stack. Messages are CPython's. */
#include "getargs.h"

/* ---- what a failure undoes ---- */

static int release_buffer(PyObject *Py_UNUSED(unused), void *buffer)
{
    PyBuffer_Release(buffer);
    return 1;
}

void adder_cleanup_init(Cleanup *c)
{
    c->all = c->small;
    c->n = 0;
    c->room = 8;
}

static int cleanup_add(Cleanup *c, void *what, int (*how)(PyObject *, void *))
{
    if (c->n == c->room) {
        Undo *more = PyMem_Malloc(2 * c->room * sizeof(Undo));
        if (more == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        memcpy(more, c->all, c->n * sizeof(Undo));
        if (c->all != c->small) {
            PyMem_Free(c->all);
        }
        c->all = more;
        c->room *= 2;
    }
    c->all[c->n].what = what;
    c->all[c->n++].how = how;
    return 0;
}

int adder_cleanup_end(Cleanup *c, int ok)
{
    if (!ok) {
        for (int i = 0; i < c->n; i++) {
            Undo *u = &c->all[i];
            if (u->how != NULL) {
                u->how(NULL, u->what);
            }
            else {
                char **text = u->what;
                PyMem_Free(*text);
                *text = NULL;
            }
        }
    }
    if (c->all != c->small) {
        PyMem_Free(c->all);
    }
    return ok;
}

/* ---- one simple unit ---- */

const char *adder_type_name(PyObject *o)
{
    return Py_IsNone(o) ? "None" : Py_TYPE(o)->tp_name;
}

/* The message for a wrong type. A message that begins with a parenthesis is about the format. */
static const char *wrong(State *s, const char *expected, int or_none, PyObject *arg)
{
    if (expected[0] == '(') {
        snprintf(s->message, MESSAGE_SIZE, "%.100s", expected);
    }
    else {
        snprintf(s->message, MESSAGE_SIZE, "must be %.50s%s, not %.50s", expected, or_none ? " or None" : "",
                 adder_type_name(arg));
    }
    return s->message;
}

/* An exception is set. */
static const char *raised(State *s)
{
    s->message[0] = 0;
    return s->message;
}

static const char *out_of_range(State *s, const char *what, int low)
{
    adder_PyErr_Format(PyExc_OverflowError, "%s is %s", what, low ? "less than minimum" : "greater than maximum");
    return raised(s);
}

/* The bits of an int of any size, with CPython's warning where some do not fit. */
static const char *mask(State *s, PyObject *arg, void *to, size_t size)
{
    Py_ssize_t needed = PyLong_AsNativeBytes(arg, to, (Py_ssize_t)size,
                                             Py_ASNATIVEBYTES_NATIVE_ENDIAN | Py_ASNATIVEBYTES_ALLOW_INDEX |
                                      Py_ASNATIVEBYTES_UNSIGNED_BUFFER);
    if (needed < 0 || (needed > (Py_ssize_t)size &&
                       PyErr_WarnEx(PyExc_DeprecationWarning, "integer value out of range", 1) < 0)) {
        return raised(s);
    }
    return NULL;
}

/* A contiguous buffer for as long as the caller likes; else what the argument should have been. */
static int get_buffer(PyObject *arg, Py_buffer *view, const char **expected)
{
    if (PyObject_GetBuffer(arg, view, PyBUF_SIMPLE) != 0) {
        *expected = "bytes-like object";
        return -1;
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        *expected = "contiguous buffer";
        return -1;
    }
    return 0;
}

/* Whether views of the object's buffer must be given back; memoryobject.rs. */
int adder_releases_buffer(PyObject *arg);

/* The memory of an object whose buffer stays where it is without being held. */
static Py_ssize_t borrow_buffer(PyObject *arg, const void **to, const char **expected)
{
    Py_buffer view;
    Py_ssize_t n;
    if (adder_releases_buffer(arg)) {
        *expected = "read-only bytes-like object";
        return -1;
    }
    if (get_buffer(arg, &view, expected) < 0) {
        return -1;
    }
    n = view.len;
    *to = view.buf;
    PyBuffer_Release(&view);
    return n;
}

/* s, z and y, with * and #. */
static const char *convert_text(State *s, char c, PyObject *arg, const char **format, Args *a)
{
    int or_none = c == 'z', is_text = c != 'y';
    const char *expected;
    if (**format == '*') {
        Py_buffer *view = va_arg(a->args, Py_buffer *);
        ++*format;
        if (or_none && Py_IsNone(arg)) {
            PyBuffer_FillInfo(view, NULL, NULL, 0, 1, 0);
        }
        else if (is_text && PyUnicode_Check(arg)) {
            Py_ssize_t n;
            const char *text = PyUnicode_AsUTF8AndSize(arg, &n);
            if (text == NULL) {
                return wrong(s, "(unicode conversion error)", 0, arg);
            }
            PyBuffer_FillInfo(view, arg, (void *)text, n, 1, 0);
        }
        else if (get_buffer(arg, view, &expected) < 0) {
            return wrong(s, expected, or_none, arg);
        }
        return cleanup_add(s->cleanup, view, release_buffer) < 0 ? wrong(s, "(cleanup problem)", 0, arg) : NULL;
    }
    if (**format == '#') {
        const char **to = va_arg(a->args, const char **);
        Py_ssize_t *length = va_arg(a->args, Py_ssize_t *);
        ++*format;
        if (or_none && Py_IsNone(arg)) {
            *to = NULL;
            *length = 0;
        }
        else if (is_text && PyUnicode_Check(arg)) {
            *to = PyUnicode_AsUTF8AndSize(arg, length);
            if (*to == NULL) {
                return wrong(s, "(unicode conversion error)", 0, arg);
            }
        }
        else {
            const void *p;
            Py_ssize_t n = borrow_buffer(arg, &p, &expected);
            if (n < 0) {
                return wrong(s, expected, or_none, arg);
            }
            *to = p;
            *length = n;
        }
        return NULL;
    }
    const char **to = va_arg(a->args, const char **);
    Py_ssize_t n;
    if (or_none && Py_IsNone(arg)) {
        *to = NULL;
        return NULL;
    }
    if (!is_text) {
        const void *p;
        n = borrow_buffer(arg, &p, &expected);
        if (n < 0) {
            return wrong(s, expected, 0, arg);
        }
        *to = p;
        if (strlen(*to) != (size_t)n) {
            PyErr_SetString(PyExc_ValueError, "embedded null byte");
            return raised(s);
        }
        return NULL;
    }
    if (!PyUnicode_Check(arg)) {
        return wrong(s, "str", or_none, arg);
    }
    *to = PyUnicode_AsUTF8AndSize(arg, &n);
    if (*to == NULL) {
        return wrong(s, "(unicode conversion error)", 0, arg);
    }
    if (strlen(*to) != (size_t)n) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return raised(s);
    }
    return NULL;
}

/* es, et, with #: text in an encoding, in memory of the caller's or of PyMem_Malloc. */
static const char *convert_encoded(State *s, PyObject *arg, const char **format, Args *a)
{
    const char *encoding = va_arg(a->args, const char *);
    char kind = *(*format)++, **to;
    Py_ssize_t *length = NULL, n;
    const char *from;
    PyObject *encoded;
    if (kind != 's' && kind != 't') {
        return wrong(s, "(unknown parser marker combination)", 0, arg);
    }
    if (encoding == NULL) {
        encoding = "utf-8";
    }
    to = va_arg(a->args, char **);
    if (**format == '#') {
        ++*format;
        length = va_arg(a->args, Py_ssize_t *);
        if (length == NULL) {
            return wrong(s, "(buffer_len is NULL)", 0, arg);
        }
    }
    if (to == NULL) {
        return wrong(s, "(buffer is NULL)", 0, arg);
    }
    if (kind == 't' && PyBytes_Check(arg)) {
        encoded = Py_NewRef(arg);
    }
    else if (kind == 't' && PyByteArray_Check(arg)) {
        encoded = PyBytes_FromStringAndSize(PyByteArray_AsString(arg), PyByteArray_Size(arg));
    }
    else if (PyUnicode_Check(arg)) {
        encoded = PyUnicode_AsEncodedString(arg, encoding, NULL);
    }
    else {
        return wrong(s, kind == 's' ? "str" : "str, bytes or bytearray", 0, arg);
    }
    if (encoded == NULL) {
        return wrong(s, "(encoding failed)", 0, arg);
    }
    n = PyBytes_GET_SIZE(encoded);
    from = PyBytes_AS_STRING(encoded);
    if (length == NULL && strlen(from) != (size_t)n) {
        Py_DECREF(encoded);
        return wrong(s, "encoded string without null bytes", 0, arg);
    }
    if (length != NULL && *to != NULL) {
        if (n + 1 > *length) {
            adder_PyErr_Format(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)", n, *length - 1);
            Py_DECREF(encoded);
            return raised(s);
        }
    }
    else {
        *to = PyMem_Malloc((size_t)n + 1);
        if (*to == NULL) {
            Py_DECREF(encoded);
            PyErr_NoMemory();
            return raised(s);
        }
        if (cleanup_add(s->cleanup, to, NULL) < 0) {
            Py_DECREF(encoded);
            return wrong(s, "(cleanup problem)", 0, arg);
        }
    }
    memcpy(*to, from, (size_t)n + 1);
    if (length != NULL) {
        *length = n;
    }
    Py_DECREF(encoded);
    return NULL;
}

/* O, O! and O&. */
static const char *convert_object(State *s, PyObject *arg, const char **format, Args *a)
{
    if (**format == '!') {
        PyTypeObject *type = va_arg(a->args, PyTypeObject *);
        PyObject **to = va_arg(a->args, PyObject **);
        ++*format;
        if (!PyObject_TypeCheck(arg, type)) {
            return wrong(s, type->tp_name, 0, arg);
        }
        *to = arg;
    }
    else if (**format == '&') {
        int (*converter)(PyObject *, void *) = va_arg(a->args, int (*)(PyObject *, void *));
        void *to = va_arg(a->args, void *);
        int result;
        ++*format;
        result = converter(arg, to);
        if (!result) {
            return wrong(s, "(unspecified)", 0, arg);
        }
        if (result == Py_CLEANUP_SUPPORTED && cleanup_add(s->cleanup, to, converter) < 0) {
            return wrong(s, "(cleanup problem)", 0, arg);
        }
    }
    else {
        *va_arg(a->args, PyObject **) = arg;
    }
    return NULL;
}

#define FAIL_IF(condition) \
    if (condition) { \
        return raised(s); \
    }

/* NULL, or what is wrong with the argument. */
static const char *convert_simple(State *s, PyObject *arg, const char **format, Args *a)
{
    char c = *(*format)++;
    switch (c) {
    case 'O':
        return convert_object(s, arg, format, a);
    case 's': case 'z': case 'y':
        return convert_text(s, c, arg, format, a);
    case 'e':
        return convert_encoded(s, arg, format, a);
    case 'i': {
        long value = PyLong_AsLong(arg);
        FAIL_IF(value == -1 && PyErr_Occurred());
        if (value > INT_MAX || value < INT_MIN) {
            return out_of_range(s, "signed integer", value < 0);
        }
        *va_arg(a->args, int *) = (int)value;
        return NULL;
    }
    case 'n': {
        PyObject *index = PyNumber_Index(arg);
        Py_ssize_t value = -1;
        if (index != NULL) {
            value = PyLong_AsSsize_t(index);
            Py_DECREF(index);
        }
        FAIL_IF(value == -1 && PyErr_Occurred());
        *va_arg(a->args, Py_ssize_t *) = value;
        return NULL;
    }
    case 'p': {
        int value = PyObject_IsTrue(arg);
        FAIL_IF(value < 0);
        *va_arg(a->args, int *) = value;
        return NULL;
    }
    case 'd': case 'f': {
        double value = PyFloat_AsDouble(arg);
        FAIL_IF(value == -1.0 && PyErr_Occurred());
        if (c == 'd') {
            *va_arg(a->args, double *) = value;
        }
        else {
            *va_arg(a->args, float *) = (float)value;
        }
        return NULL;
    }
    case 'b': {
        long value = PyLong_AsLong(arg);
        FAIL_IF(value == -1 && PyErr_Occurred());
        if (value < 0 || value > UCHAR_MAX) {
            return out_of_range(s, "unsigned byte integer", value < 0);
        }
        *va_arg(a->args, unsigned char *) = (unsigned char)value;
        return NULL;
    }
    case 'h': {
        long value = PyLong_AsLong(arg);
        FAIL_IF(value == -1 && PyErr_Occurred());
        if (value < SHRT_MIN || value > SHRT_MAX) {
            return out_of_range(s, "signed short integer", value < 0);
        }
        *va_arg(a->args, short *) = (short)value;
        return NULL;
    }
    case 'l': {
        long value = PyLong_AsLong(arg);
        FAIL_IF(value == -1 && PyErr_Occurred());
        *va_arg(a->args, long *) = value;
        return NULL;
    }
    case 'L': {
        long long value = PyLong_AsLongLong(arg);
        FAIL_IF(value == -1 && PyErr_Occurred());
        *va_arg(a->args, long long *) = value;
        return NULL;
    }
    case 'B':
        return mask(s, arg, va_arg(a->args, unsigned char *), sizeof(char));
    case 'H':
        return mask(s, arg, va_arg(a->args, unsigned short *), sizeof(short));
    case 'I':
        return mask(s, arg, va_arg(a->args, unsigned *), sizeof(int));
    case 'k': case 'K':
        if (!PyIndex_Check(arg)) {
            return wrong(s, "int", 0, arg);
        }
        return mask(s, arg, va_arg(a->args, unsigned long *), sizeof(long));
    case 'D': {
        Py_complex value = PyComplex_AsCComplex(arg);
        FAIL_IF(PyErr_Occurred());
        *va_arg(a->args, Py_complex *) = value;
        return NULL;
    }
    case 'c': {
        char *to = va_arg(a->args, char *);
        if (!PyBytes_Check(arg) && !PyByteArray_Check(arg)) {
            return wrong(s, "a byte string of length 1", 0, arg);
        }
        Py_ssize_t n = PyBytes_Check(arg) ? PyBytes_GET_SIZE(arg) : PyByteArray_Size(arg);
        if (n != 1) {
            snprintf(s->message, MESSAGE_SIZE, "must be a byte string of length 1, not a %s object of length %zd",
                     PyBytes_Check(arg) ? "bytes" : "bytearray", n);
            return s->message;
        }
        *to = PyBytes_Check(arg) ? PyBytes_AS_STRING(arg)[0] : PyByteArray_AsString(arg)[0];
        return NULL;
    }
    case 'C': {
        int *to = va_arg(a->args, int *);
        if (!PyUnicode_Check(arg)) {
            return wrong(s, "a unicode character", 0, arg);
        }
        if (PyUnicode_GET_LENGTH(arg) != 1) {
            snprintf(s->message, MESSAGE_SIZE, "must be a unicode character, not a string of length %zd",
                     PyUnicode_GET_LENGTH(arg));
            return s->message;
        }
        *to = (int)PyUnicode_READ_CHAR(arg, 0);
        return NULL;
    }
    case 'S':
        if (!PyBytes_Check(arg)) {
            return wrong(s, "bytes", 0, arg);
        }
        *va_arg(a->args, PyObject **) = arg;
        return NULL;
    case 'Y':
        if (!PyByteArray_Check(arg)) {
            return wrong(s, "bytearray", 0, arg);
        }
        *va_arg(a->args, PyObject **) = arg;
        return NULL;
    case 'U':
        if (!PyUnicode_Check(arg)) {
            return wrong(s, "str", 0, arg);
        }
        *va_arg(a->args, PyObject **) = arg;
        return NULL;
    case 'w': {
        Py_buffer *view = va_arg(a->args, Py_buffer *);
        if (**format != '*') {
            return wrong(s, "(invalid use of 'w' format character)", 0, arg);
        }
        ++*format;
        if (PyObject_GetBuffer(arg, view, PyBUF_WRITABLE) != 0) {
            PyErr_Clear();
            return wrong(s, "read-write bytes-like object", 0, arg);
        }
        if (!PyBuffer_IsContiguous(view, 'C')) {
            PyBuffer_Release(view);
            return wrong(s, "contiguous buffer", 0, arg);
        }
        return cleanup_add(s->cleanup, view, release_buffer) < 0 ? wrong(s, "(cleanup problem)", 0, arg) : NULL;
    }
    default:
        return wrong(s, "(impossible<bad format char>)", 0, arg);
    }
}

/* ---- nested tuples ---- */

/* Counts the units between parentheses, and says whether one of them borrows from the argument. */
static int measure_tuple(const char *format, int *borrows)
{
    int n = 0, level = 0;
    for (;;) {
        char c = *format++;
        if (c == '(') {
            n += level == 0;
            level++;
        }
        else if (c == ')') {
            if (level-- == 0) {
                return n;
            }
        }
        else if (c == 0 || c == ':' || c == ';') {
            return n;
        }
        else {
            n += level == 0 && adder_is_letter(c);
            if (c == 'e' && (*format == 's' || *format == 't')) {
                format++;
            }
            else if (strchr("ysz", c) ? *format != '*' : c == 'O' ? *format != '&' : strchr("SYU", c) != NULL) {
                *borrows = 1;
            }
        }
    }
}

static const char *convert_tuple(State *s, PyObject *arg, const char **format, Args *a, int depth)
{
    int is_tuple = PyTuple_Check(arg), must_be = is_tuple, n;
    const char *message = NULL;
    PyObject *tuple;
    ++*format;
    n = measure_tuple(*format, &must_be);
    s->levels[depth] = 0;
    if (is_tuple) {
        tuple = Py_NewRef(arg);
    }
    else if (!PySequence_Check(arg) || PyUnicode_Check(arg) || PyBytes_Check(arg) || PyByteArray_Check(arg)) {
        snprintf(s->message, MESSAGE_SIZE, "must be %d-item tuple, not %.50s", n, adder_type_name(arg));
        return s->message;
    }
    else {
        Py_ssize_t length;
        if (must_be && adder_PyErr_WarnFormat(PyExc_DeprecationWarning, 0, "argument must be %d-item tuple, not %T", n, arg)) {
            return raised(s);
        }
        length = PySequence_Size(arg);
        if (length != n) {
            snprintf(s->message, MESSAGE_SIZE, "must be %s of length %d, not %zd", must_be ? "tuple" : "sequence", n, length);
            return s->message;
        }
        tuple = PySequence_Tuple(arg);
        if (tuple == NULL) {
            return raised(s);
        }
    }
    if (PyTuple_GET_SIZE(tuple) != n) {
        snprintf(s->message, MESSAGE_SIZE, "must be tuple of length %d, not %zd", n, PyTuple_GET_SIZE(tuple));
        message = s->message;
    }
    for (int i = 0; i < n && message == NULL; i++) {
        message = adder_convert_item(s, PyTuple_GET_ITEM(tuple, i), format, a, depth + 1);
        if (message != NULL) {
            s->levels[depth] = i + 1;
        }
    }
    if (message == NULL) {
        ++*format;
    }
    Py_DECREF(tuple);
    return message;
}

const char *adder_convert_item(State *s, PyObject *arg, const char **format, Args *a, int depth)
{
    const char *message;
    if (**format == '(') {
        if (depth + 1 >= DEPTH) {
            return wrong(s, "(too many tuple nesting levels in argument format string)", 0, arg);
        }
        return convert_tuple(s, arg, format, a, depth);
    }
    message = convert_simple(s, arg, format, a);
    if (message != NULL) {
        s->levels[depth] = 0;
    }
    return message;
}

void adder_report(Py_ssize_t i, const int *levels, const char *message, const char *name, const char *text)
{
    char buffer[512];
    if (PyErr_Occurred()) {
        return;
    }
    if (text == NULL) {
        size_t n = 0;
        if (name != NULL) {
            n += snprintf(buffer, sizeof buffer, "%.200s() ", name);
        }
        n += snprintf(buffer + n, sizeof buffer - n, i ? "argument %zd" : "argument", i);
        for (int k = 0; i && k < DEPTH && levels[k] > 0 && n < 220; k++) {
            n += snprintf(buffer + n, sizeof buffer - n, ", item %d", levels[k] - 1);
        }
        snprintf(buffer + n, sizeof buffer - n, " %.256s", message);
        text = buffer;
    }
    PyErr_SetString(message[0] == '(' ? PyExc_SystemError : PyExc_TypeError, text);
}

