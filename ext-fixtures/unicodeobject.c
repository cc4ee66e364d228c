/* unicodeobject.c: str: storage, creation, codecs, methods, builders. */
#include "fixture.h"

/* Storage. */
ONE(describe)
{
    return Py_BuildValue("niiiI", PyUnicode_GET_LENGTH(arg), (int)PyUnicode_KIND(arg),
                         (int)PyUnicode_IS_ASCII(arg), (int)PyUnicode_IS_COMPACT(arg),
                         PyUnicode_MAX_CHAR_VALUE(arg));
}

ONE(check) { return Py_BuildValue("ii", PyUnicode_Check(arg), PyUnicode_CheckExact(arg)); }

/* The code points, read through kind and data. */
ONE(code_points)
{
    int kind = (int)PyUnicode_KIND(arg);
    const void *data = PyUnicode_DATA(arg);
    Py_ssize_t n = PyUnicode_GET_LENGTH(arg), i;
    PyObject *list = PyList_New(n);
    for (i = 0; list != NULL && i < n; i++) {
        Py_UCS4 ch = PyUnicode_READ(kind, data, i);
        assert(ch == PyUnicode_READ_CHAR(arg, i));
        PyList_SET_ITEM(list, i, PyLong_FromUnsignedLong(ch));
    }
    return list;
}

/* n times a character, written through kind and data. */
VARARGS(fill_new)
{
    int ch;
    Py_ssize_t n, i;
    PyObject *text;
    if (!PyArg_ParseTuple(args, "Cn", &ch, &n)) {
        return NULL;
    }
    text = PyUnicode_New(n, (Py_UCS4)ch);
    for (i = 0; text != NULL && i < n; i++) {
        PyUnicode_WRITE(PyUnicode_KIND(text), PyUnicode_DATA(text), i, (Py_UCS4)ch);
    }
    return text;
}

/* "left" + "right" by CopyCharacters, with the last character filled and the first written. */
VARARGS(copy_characters)
{
    PyObject *left, *right, *text;
    Py_ssize_t n, r;
    if (!PyArg_ParseTuple(args, "UU", &left, &right)) {
        return NULL;
    }
    n = PyUnicode_GET_LENGTH(left);
    r = PyUnicode_GET_LENGTH(right);
    text = PyUnicode_New(n + r + 1, 0xFFFF);
    if (text == NULL) {
        return NULL;
    }
    if (PyUnicode_CopyCharacters(text, 0, left, 0, n) < 0
        || PyUnicode_CopyCharacters(text, n, right, 0, r) < 0
        || PyUnicode_Fill(text, n + r, 1, '!') < 0 || PyUnicode_WriteChar(text, 0, 0x20AC) < 0) {
        Py_DECREF(text);
        return NULL;
    }
    return text;
}

VARARGS(read_char)
{
    PyObject *text;
    Py_ssize_t i;
    Py_UCS4 ch;
    if (!PyArg_ParseTuple(args, "On", &text, &i)) {
        return NULL;
    }
    ch = PyUnicode_ReadChar(text, i);
    return ch == (Py_UCS4)-1 && PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(ch);
}

VARARGS(substring)
{
    PyObject *text;
    Py_ssize_t start, end;
    return PyArg_ParseTuple(args, "Onn", &text, &start, &end) ? PyUnicode_Substring(text, start, end)
                                                              : NULL;
}

/* Creation. */
ONE(from_bytes)
{
    return PyUnicode_FromStringAndSize(PyBytes_AS_STRING(arg), PyBytes_GET_SIZE(arg));
}

NONE(from_kinds)
{
    static const Py_UCS1 one[] = {'a', 0xE9};
    static const Py_UCS2 two[] = {'a', 0x20AC};
    static const Py_UCS4 four[] = {'a', 0x1F600};
    static const Py_UCS4 narrow[] = {'a', 'b'};
    return Py_BuildValue("NNNN", PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, one, 2),
                         PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, two, 2),
                         PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, four, 2),
                         PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, narrow, 2));
}

ONE(from_ordinal) { return PyUnicode_FromOrdinal((int)PyLong_AsLong(arg)); }

ONE(from_format)
{
    return Py_BuildValue(
        "[NNNN]", PyUnicode_FromFormat("%d %5d|%-5d|%05d %i %u %ld %lu", 1, 2, 3, 4, -5, 6u, -7L, 8UL),
        PyUnicode_FromFormat("%zd %zu %lld %x %#x %c %%", (Py_ssize_t)-1, (size_t)2, -3LL, 255, 254,
                             0x20AC),
        PyUnicode_FromFormat("%s|%.3s|%10s|%-10s|", "text", "truncated", "right", "left"),
        PyUnicode_FromFormat("%S|%R|%A|%U|%V|%T", arg, arg, arg, arg, NULL, "instead", arg));
}

/* UTF-8. */
ONE(as_utf8)
{
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(arg, &size);
    if (text == NULL) {
        return NULL;
    }
    return Py_BuildValue("y#i", text, size, text == PyUnicode_AsUTF8(arg) && text[size] == '\0');
}

ONE(wide)
{
    Py_ssize_t size;
    wchar_t *text = PyUnicode_AsWideCharString(arg, &size);
    PyObject *result;
    if (text == NULL) {
        return NULL;
    }
    result = Py_BuildValue("nN", size, PyUnicode_FromWideChar(text, size));
    PyMem_Free(text);
    return result;
}

ONE(ucs4)
{
    Py_UCS4 *copy = PyUnicode_AsUCS4Copy(arg);
    PyObject *result;
    if (copy == NULL) {
        return NULL;
    }
    result = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, copy, PyUnicode_GetLength(arg));
    PyMem_Free(copy);
    return result;
}

/* Codecs. */
VARARGS(encode)
{
    PyObject *text;
    const char *encoding, *errors = NULL;
    return PyArg_ParseTuple(args, "Oz|z", &text, &encoding, &errors)
               ? PyUnicode_AsEncodedString(text, encoding, errors) : NULL;
}

VARARGS(decode)
{
    const char *bytes, *encoding, *errors = NULL;
    Py_ssize_t size;
    return PyArg_ParseTuple(args, "y#z|z", &bytes, &size, &encoding, &errors)
               ? PyUnicode_Decode(bytes, size, encoding, errors) : NULL;
}

ONE(encode_all)
{
    return Py_BuildValue("[NNNNNN]", PyUnicode_AsUTF8String(arg), PyUnicode_AsUTF16String(arg),
                         PyUnicode_AsUTF32String(arg), PyUnicode_AsUnicodeEscapeString(arg),
                         PyUnicode_AsRawUnicodeEscapeString(arg), PyUnicode_EncodeFSDefault(arg));
}

WRAP_O(as_latin1, PyUnicode_AsLatin1String)
WRAP_O(as_ascii, PyUnicode_AsASCIIString)

/* (text, consumed): an incomplete end is not an error. */
ONE(decode_utf8_stateful)
{
    Py_ssize_t consumed;
    PyObject *text = PyUnicode_DecodeUTF8Stateful(PyBytes_AS_STRING(arg), PyBytes_GET_SIZE(arg),
                                                  NULL, &consumed);
    return text == NULL ? NULL : Py_BuildValue("Nn", text, consumed);
}

ONE(decode_utf16)
{
    int order = 0;
    PyObject *text = PyUnicode_DecodeUTF16(PyBytes_AS_STRING(arg), PyBytes_GET_SIZE(arg), NULL,
                                           &order);
    return text == NULL ? NULL : Py_BuildValue("Ni", text, order);
}

ONE(fs_converter)
{
    PyObject *bytes, *text;
    if (!PyUnicode_FSConverter(arg, &bytes)) {
        return NULL;
    }
    if (!PyUnicode_FSDecoder(bytes, &text)) {
        Py_DECREF(bytes);
        return NULL;
    }
    return Py_BuildValue("NN", bytes, text);
}

/* Methods. */
WRAP_OO(concat, PyUnicode_Concat)
WRAP_OO(join, PyUnicode_Join)
WRAP_OO(partition, PyUnicode_Partition)
WRAP_OO(rpartition, PyUnicode_RPartition)
WRAP_OO(format, PyUnicode_Format)
WRAP_OO_INT(contains, PyUnicode_Contains)
WRAP_OO_INT(compare, PyUnicode_Compare)
WRAP_OO_INT(equal, PyUnicode_Equal)
WRAP_O_INT(is_identifier, PyUnicode_IsIdentifier)

VARARGS(split)
{
    PyObject *text, *sep;
    Py_ssize_t maxsplit;
    if (!PyArg_ParseTuple(args, "OOn", &text, &sep, &maxsplit)) {
        return NULL;
    }
    sep = Py_IsNone(sep) ? NULL : sep;
    return Py_BuildValue("NN", PyUnicode_Split(text, sep, maxsplit),
                         PyUnicode_RSplit(text, sep, maxsplit));
}

VARARGS(splitlines)
{
    PyObject *text;
    int keepends;
    return PyArg_ParseTuple(args, "Oi", &text, &keepends) ? PyUnicode_Splitlines(text, keepends) : NULL;
}

VARARGS(find)
{
    PyObject *text, *part;
    Py_ssize_t start, end;
    if (!PyArg_ParseTuple(args, "OOnn", &text, &part, &start, &end)) {
        return NULL;
    }
    return Py_BuildValue("nnnnii", PyUnicode_Find(text, part, start, end, 1),
                         PyUnicode_Find(text, part, start, end, -1),
                         PyUnicode_FindChar(text, PyUnicode_READ_CHAR(part, 0), start, end, 1),
                         PyUnicode_Count(text, part, start, end),
                         (int)PyUnicode_Tailmatch(text, part, start, end, -1),
                         (int)PyUnicode_Tailmatch(text, part, start, end, 1));
}

VARARGS(replace)
{
    PyObject *text, *from, *to;
    Py_ssize_t maxcount;
    return PyArg_ParseTuple(args, "OOOn", &text, &from, &to, &maxcount)
               ? PyUnicode_Replace(text, from, to, maxcount) : NULL;
}

VARARGS(translate)
{
    PyObject *text, *table;
    return PyArg_ParseTuple(args, "OO", &text, &table) ? PyUnicode_Translate(text, table, NULL) : NULL;
}

VARARGS(compare_with)
{
    PyObject *text;
    const char *other;
    if (!PyArg_ParseTuple(args, "Us", &text, &other)) {
        return NULL;
    }
    return Py_BuildValue("ii", PyUnicode_EqualToUTF8(text, other),
                         PyUnicode_CompareWithASCIIString(text, other));
}

/* Appending in place, to a string of our own and to one that is shared. */
VARARGS(append)
{
    PyObject *text, *part, *copy;
    if (!PyArg_ParseTuple(args, "UU", &text, &part)) {
        return NULL;
    }
    copy = Py_NewRef(text);
    PyUnicode_Append(&copy, part);
    PyUnicode_AppendAndDel(&copy, PyUnicode_FromString("."));
    return copy;
}

/* Interning. */
NONE(intern)
{
    PyObject *a = PyUnicode_InternFromString("ext_unicodeobject_name");
    PyObject *b = PyUnicode_FromString("ext_unicodeobject_name");
    int before = a == b, after;
    PyUnicode_InternInPlace(&b);
    after = a == b;
    PyObject *result = Py_BuildValue("iii", before, after, PyUnicode_CHECK_INTERNED(a) != 0);
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

/* A writer with every kind of piece. */
ONE(write_all)
{
    PyUnicodeWriter *writer = PyUnicodeWriter_Create(0);
    if (writer == NULL) {
        return NULL;
    }
    if (PyUnicodeWriter_WriteChar(writer, 'c') < 0 || PyUnicodeWriter_WriteUTF8(writer, "\xc3\xa9", -1) < 0
        || PyUnicodeWriter_WriteASCII(writer, "ascii", 3) < 0
        || PyUnicodeWriter_WriteWideChar(writer, L"\x20AC", 1) < 0
        || PyUnicodeWriter_WriteStr(writer, arg) < 0 || PyUnicodeWriter_WriteRepr(writer, arg) < 0
        || PyUnicodeWriter_Format(writer, "<%d>", 7) < 0) {
        PyUnicodeWriter_Discard(writer);
        return NULL;
    }
    return PyUnicodeWriter_Finish(writer);
}

/* The character database. */
ONE(classify)
{
    Py_UCS4 ch = PyUnicode_READ_CHAR(arg, 0);
    return Py_BuildValue(
        "[iiiiiiiii]iiid", !!Py_UNICODE_ISSPACE(ch), !!Py_UNICODE_ISALPHA(ch), !!Py_UNICODE_ISDIGIT(ch),
        !!Py_UNICODE_ISDECIMAL(ch), !!Py_UNICODE_ISNUMERIC(ch), !!Py_UNICODE_ISALNUM(ch),
        !!Py_UNICODE_ISUPPER(ch), !!Py_UNICODE_ISPRINTABLE(ch), !!Py_UNICODE_ISLINEBREAK(ch),
        (int)Py_UNICODE_TOLOWER(ch), (int)Py_UNICODE_TOUPPER(ch), (int)Py_UNICODE_TODECIMAL(ch),
        Py_UNICODE_TONUMERIC(ch));
}

NONE(surrogates)
{
    Py_UCS4 ch = 0x1F600, high = Py_UNICODE_HIGH_SURROGATE(ch), low = Py_UNICODE_LOW_SURROGATE(ch);
    return Py_BuildValue("IIIiii", high, low, Py_UNICODE_JOIN_SURROGATES(high, low),
                         Py_UNICODE_IS_HIGH_SURROGATE(high), Py_UNICODE_IS_LOW_SURROGATE(high),
                         Py_UNICODE_IS_SURROGATE('a'));
}

static PyMethodDef methods[] = {
    ONE_ENTRY(describe), ONE_ENTRY(check), ONE_ENTRY(code_points), VARARGS_ENTRY(fill_new),
    VARARGS_ENTRY(copy_characters), VARARGS_ENTRY(read_char), VARARGS_ENTRY(substring),
    ONE_ENTRY(from_bytes), NONE_ENTRY(from_kinds), ONE_ENTRY(from_ordinal), ONE_ENTRY(from_format),
    ONE_ENTRY(as_utf8), ONE_ENTRY(wide), ONE_ENTRY(ucs4), VARARGS_ENTRY(encode),
    VARARGS_ENTRY(decode), ONE_ENTRY(encode_all), ONE_ENTRY(as_latin1), ONE_ENTRY(as_ascii),
    ONE_ENTRY(decode_utf8_stateful), ONE_ENTRY(decode_utf16), ONE_ENTRY(fs_converter),
    VARARGS_ENTRY(concat), VARARGS_ENTRY(join), VARARGS_ENTRY(partition),
    VARARGS_ENTRY(rpartition), VARARGS_ENTRY(format), VARARGS_ENTRY(contains),
    VARARGS_ENTRY(compare), VARARGS_ENTRY(equal), ONE_ENTRY(is_identifier), VARARGS_ENTRY(split),
    VARARGS_ENTRY(splitlines), VARARGS_ENTRY(find), VARARGS_ENTRY(replace),
    VARARGS_ENTRY(translate), VARARGS_ENTRY(compare_with), VARARGS_ENTRY(append),
    NONE_ENTRY(intern), ONE_ENTRY(write_all), ONE_ENTRY(classify), NONE_ENTRY(surrogates), LAST_ENTRY,
};

FIXTURE_MODULE(ext_unicodeobject, methods)
