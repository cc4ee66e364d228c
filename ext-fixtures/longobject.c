/* longobject.c: int: conversion to and from every C type, digits, bytes. */
#include "fixture.h"

/* From C. */
VARARGS(from_string)
{
    const char *text;
    int base;
    return PyArg_ParseTuple(args, "si", &text, &base) ? PyLong_FromString(text, NULL, base) : NULL;
}

VARARGS(from_unicode)
{
    PyObject *text;
    int base;
    return PyArg_ParseTuple(args, "Oi", &text, &base) ? PyLong_FromUnicodeObject(text, base) : NULL;
}

VARARGS(from_double)
{
    double value;
    return PyArg_ParseTuple(args, "d", &value) ? PyLong_FromDouble(value) : NULL;
}

/* The limits of the C types. */
NONE(limits)
{
    return Py_BuildValue(
        "[NNNNNNNNNNNNNN]", PyLong_FromLong(LONG_MIN), PyLong_FromLong(LONG_MAX),
        PyLong_FromUnsignedLong(ULONG_MAX), PyLong_FromLongLong(LLONG_MIN),
        PyLong_FromLongLong(LLONG_MAX), PyLong_FromUnsignedLongLong(ULLONG_MAX),
        PyLong_FromSsize_t(PY_SSIZE_T_MIN), PyLong_FromSize_t(SIZE_MAX), PyLong_FromInt32(INT32_MIN),
        PyLong_FromUInt32(UINT32_MAX), PyLong_FromInt64(INT64_MIN), PyLong_FromUInt64(UINT64_MAX),
        PyLong_FromVoidPtr((void *)0x7fffffffffff), PyLong_FromLong(0));
}

/* To C. The converter's result comes back through a function that cannot fail. */
ONE(as_long)
{
    long value = PyLong_AsLong(arg);
    return value == -1 && PyErr_Occurred() ? NULL : PyLong_FromLong(value);
}

ONE(as_int)
{
    int value = PyLong_AsInt(arg);
    return value == -1 && PyErr_Occurred() ? NULL : PyLong_FromLong(value);
}

ONE(as_long_and_overflow)
{
    int overflow;
    long value = PyLong_AsLongAndOverflow(arg, &overflow);
    return value == -1 && PyErr_Occurred() ? NULL : Py_BuildValue("li", value, overflow);
}

ONE(as_unsigned_long)
{
    unsigned long value = PyLong_AsUnsignedLong(arg);
    return value == (unsigned long)-1 && PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(value);
}

ONE(as_unsigned_long_mask)
{
    unsigned long value = PyLong_AsUnsignedLongMask(arg);
    return value == (unsigned long)-1 && PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(value);
}

ONE(as_long_long)
{
    long long value = PyLong_AsLongLong(arg);
    return value == -1 && PyErr_Occurred() ? NULL : PyLong_FromLongLong(value);
}

ONE(as_long_long_and_overflow)
{
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(arg, &overflow);
    return value == -1 && PyErr_Occurred() ? NULL : Py_BuildValue("Li", value, overflow);
}

ONE(as_unsigned_long_long)
{
    unsigned long long value = PyLong_AsUnsignedLongLong(arg);
    return value == (unsigned long long)-1 && PyErr_Occurred() ? NULL
                                                               : PyLong_FromUnsignedLongLong(value);
}

ONE(as_unsigned_long_long_mask)
{
    unsigned long long value = PyLong_AsUnsignedLongLongMask(arg);
    return value == (unsigned long long)-1 && PyErr_Occurred() ? NULL
                                                               : PyLong_FromUnsignedLongLong(value);
}

ONE(as_ssize) { return int_or_error(PyLong_AsSsize_t(arg)); }

ONE(as_size)
{
    size_t value = PyLong_AsSize_t(arg);
    return value == (size_t)-1 && PyErr_Occurred() ? NULL : PyLong_FromSize_t(value);
}

ONE(as_double)
{
    double value = PyLong_AsDouble(arg);
    return value == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(value);
}

ONE(as_int32)
{
    int32_t value;
    return PyLong_AsInt32(arg, &value) < 0 ? NULL : PyLong_FromInt32(value);
}

ONE(as_uint32)
{
    uint32_t value;
    return PyLong_AsUInt32(arg, &value) < 0 ? NULL : PyLong_FromUInt32(value);
}

ONE(as_int64)
{
    int64_t value;
    return PyLong_AsInt64(arg, &value) < 0 ? NULL : PyLong_FromInt64(value);
}

ONE(as_uint64)
{
    uint64_t value;
    return PyLong_AsUInt64(arg, &value) < 0 ? NULL : PyLong_FromUInt64(value);
}

ONE(as_void_ptr)
{
    void *value = PyLong_AsVoidPtr(arg);
    return value == NULL && PyErr_Occurred() ? NULL : PyLong_FromVoidPtr(value);
}

/* Sign and size. */
ONE(sign)
{
    int sign;
    if (PyLong_GetSign(arg, &sign) < 0) {
        return NULL;
    }
    return Py_BuildValue("iiii", sign, PyLong_IsPositive(arg), PyLong_IsNegative(arg),
                         PyLong_IsZero(arg));
}

ONE(num_bits) { return PyLong_FromLongLong(_PyLong_NumBits(arg)); }

ONE(check) { return Py_BuildValue("ii", PyLong_Check(arg), PyLong_CheckExact(arg)); }

/* (compact, value), read inline from the tag and the first digit. */
ONE(compact)
{
    PyLongObject *number = (PyLongObject *)arg;
    if (!PyUnstable_Long_IsCompact(number)) {
        Py_RETURN_NONE;
    }
    return PyLong_FromSsize_t(PyUnstable_Long_CompactValue(number));
}

/* The fields: tag and digits. */
ONE(digits)
{
    PyLongObject *number = (PyLongObject *)arg;
    uintptr_t tag = number->long_value.lv_tag;
    Py_ssize_t n = (Py_ssize_t)(tag >> _PyLong_NON_SIZE_BITS), i;
    PyObject *list = PyList_New(n);
    for (i = 0; list != NULL && i < n; i++) {
        PyList_SET_ITEM(list, i, PyLong_FromUnsignedLong(number->long_value.ob_digit[i]));
    }
    return Py_BuildValue("kN", (unsigned long)tag & _PyLong_SIGN_MASK, list);
}

/* Export: None and the value, or the digits. */
ONE(export)
{
    PyLongExport exported;
    PyObject *result;
    if (PyLong_Export(arg, &exported) < 0) {
        return NULL;
    }
    if (exported.digits == NULL) {
        result = Py_BuildValue("OL", Py_None, (long long)exported.value);
    } else {
        result = Py_BuildValue("iy#", exported.negative, (const char *)exported.digits,
                               exported.ndigits * (Py_ssize_t)sizeof(digit));
    }
    PyLong_FreeExport(&exported);
    return result;
}

/* 2**n - 1 or its negative, through a writer. */
VARARGS(write_ones)
{
    int negative;
    Py_ssize_t ndigits, i;
    void *digits;
    PyLongWriter *writer;
    if (!PyArg_ParseTuple(args, "in", &negative, &ndigits)) {
        return NULL;
    }
    writer = PyLongWriter_Create(negative, ndigits, &digits);
    if (writer == NULL) {
        return NULL;
    }
    for (i = 0; i < ndigits; i++) {
        ((digit *)digits)[i] = PyLong_MASK;
    }
    return PyLongWriter_Finish(writer);
}

NONE(native_layout)
{
    const PyLongLayout *layout = PyLong_GetNativeLayout();
    return Py_BuildValue("iiii", layout->bits_per_digit, layout->digit_size, layout->digits_order,
                         layout->digit_endianness);
}

/* Bytes: (needed size, the first n bytes). */
VARARGS(as_native_bytes)
{
    PyObject *number;
    Py_ssize_t n, needed;
    int flags;
    unsigned char buffer[32];
    if (!PyArg_ParseTuple(args, "Oni", &number, &n, &flags)) {
        return NULL;
    }
    memset(buffer, 0xEE, sizeof buffer);
    needed = PyLong_AsNativeBytes(number, buffer, n, flags);
    return needed < 0 ? NULL : Py_BuildValue("ny#", needed, (char *)buffer, n);
}

VARARGS(from_native_bytes)
{
    const char *bytes;
    Py_ssize_t n;
    int flags, is_signed;
    if (!PyArg_ParseTuple(args, "y#ii", &bytes, &n, &flags, &is_signed)) {
        return NULL;
    }
    return is_signed ? PyLong_FromNativeBytes(bytes, (size_t)n, flags)
                     : PyLong_FromUnsignedNativeBytes(bytes, (size_t)n, flags);
}

NONE(info) { return PyLong_GetInfo(); }

/* Small ints are shared. */
NONE(small_is_shared)
{
    PyObject *a = PyLong_FromLong(256), *b = PyLong_FromString("256", NULL, 10);
    int same = a == b;
    Py_DECREF(a);
    Py_DECREF(b);
    return PyBool_FromLong(same);
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(from_string), VARARGS_ENTRY(from_unicode), VARARGS_ENTRY(from_double),
    NONE_ENTRY(limits), ONE_ENTRY(as_long), ONE_ENTRY(as_int), ONE_ENTRY(as_long_and_overflow),
    ONE_ENTRY(as_unsigned_long), ONE_ENTRY(as_unsigned_long_mask), ONE_ENTRY(as_long_long),
    ONE_ENTRY(as_long_long_and_overflow), ONE_ENTRY(as_unsigned_long_long),
    ONE_ENTRY(as_unsigned_long_long_mask), ONE_ENTRY(as_ssize), ONE_ENTRY(as_size),
    ONE_ENTRY(as_double), ONE_ENTRY(as_int32), ONE_ENTRY(as_uint32), ONE_ENTRY(as_int64),
    ONE_ENTRY(as_uint64), ONE_ENTRY(as_void_ptr), ONE_ENTRY(sign), ONE_ENTRY(num_bits),
    ONE_ENTRY(check), ONE_ENTRY(compact), ONE_ENTRY(digits), ONE_ENTRY(export),
    VARARGS_ENTRY(write_ones), NONE_ENTRY(native_layout), VARARGS_ENTRY(as_native_bytes),
    VARARGS_ENTRY(from_native_bytes), NONE_ENTRY(info), NONE_ENTRY(small_is_shared), LAST_ENTRY,
};

FIXTURE_MODULE(ext_longobject, methods)
