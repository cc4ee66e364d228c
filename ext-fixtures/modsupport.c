/* modsupport.c: parsing arguments, building values, filling a module. */
#include "fixture.h"

/* Parses args by a format that Python chooses; each format has its own C variables. */
VARARGS(parse)
{
    PyObject *format, *values;
    const char *f;
    if (!PyArg_ParseTuple(args, "UO!:parse", &format, &PyTuple_Type, &values)) {
        return NULL;
    }
    f = PyUnicode_AsUTF8(format);
#define CASE(text, declarations, pointers, result) \
    if (strcmp(f, text) == 0) { \
        declarations; \
        return PyArg_ParseTuple(values, text ":f", pointers) ? (result) : NULL; \
    }
#define POINTERS(...) __VA_ARGS__
    CASE("b", unsigned char x, &x, PyLong_FromLong(x))
    CASE("B", unsigned char x, &x, PyLong_FromLong(x))
    CASE("h", short x, &x, PyLong_FromLong(x))
    CASE("H", unsigned short x, &x, PyLong_FromLong(x))
    CASE("i", int x, &x, PyLong_FromLong(x))
    CASE("I", unsigned int x, &x, PyLong_FromUnsignedLong(x))
    CASE("l", long x, &x, PyLong_FromLong(x))
    CASE("k", unsigned long x, &x, PyLong_FromUnsignedLong(x))
    CASE("L", long long x, &x, PyLong_FromLongLong(x))
    CASE("K", unsigned long long x, &x, PyLong_FromUnsignedLongLong(x))
    CASE("n", Py_ssize_t x, &x, PyLong_FromSsize_t(x))
    CASE("f", float x, &x, PyFloat_FromDouble(x))
    CASE("d", double x, &x, PyFloat_FromDouble(x))
    CASE("D", Py_complex x, &x, PyComplex_FromCComplex(x))
    CASE("c", char x, &x, PyLong_FromLong(x))
    CASE("C", int x, &x, PyLong_FromLong(x))
    CASE("p", int x, &x, PyLong_FromLong(x))
    CASE("s", const char *x, &x, PyUnicode_FromString(x))
    CASE("z", const char *x, &x, Py_BuildValue("z", x))
    CASE("y", const char *x, &x, PyBytes_FromString(x))
    CASE("S", PyObject *x, &x, Py_NewRef(x))
    CASE("Y", PyObject *x, &x, Py_NewRef(x))
    CASE("U", PyObject *x, &x, Py_NewRef(x))
    CASE("O", PyObject *x, &x, Py_NewRef(x))
    CASE("", int unused = 0, &unused, PyLong_FromLong(unused))
    CASE("ii", int x; int y, POINTERS(&x, &y), Py_BuildValue("ii", x, y))
    CASE("i|ii", int x; int y = 20; int z = 30, POINTERS(&x, &y, &z), Py_BuildValue("iii", x, y, z))
    CASE("(ii)i", int x; int y; int z, POINTERS(&x, &y, &z), Py_BuildValue("iii", x, y, z))
    CASE("s#", const char *x; Py_ssize_t n, POINTERS(&x, &n), Py_BuildValue("y#n", x, n, n))
    CASE("y#", const char *x; Py_ssize_t n, POINTERS(&x, &n), Py_BuildValue("y#n", x, n, n))
    CASE("z#", const char *x; Py_ssize_t n, POINTERS(&x, &n), Py_BuildValue("y#n", x, n, n))
#undef CASE
    PyErr_Format(PyExc_ValueError, "no such format: %s", f);
    return NULL;
}

/* "s*", "y*" and "w*": the contents, and for "w*" every byte plus 1. */
VARARGS(parse_buffer)
{
    const char *which;
    PyObject *ob, *tuple, *result;
    Py_buffer view;
    Py_ssize_t i;
    int ok;
    if (!PyArg_ParseTuple(args, "sO", &which, &ob)) {
        return NULL;
    }
    tuple = PyTuple_Pack(1, ob);
    ok = *which == 's'   ? PyArg_ParseTuple(tuple, "s*", &view)
         : *which == 'y' ? PyArg_ParseTuple(tuple, "y*", &view)
                         : PyArg_ParseTuple(tuple, "w*", &view);
    Py_DECREF(tuple);
    if (!ok) {
        return NULL;
    }
    if (*which == 'w') {
        for (i = 0; i < view.len; i++) {
            ((char *)view.buf)[i]++;
        }
    }
    result = Py_BuildValue("y#i", view.buf, view.len, view.readonly);
    PyBuffer_Release(&view);
    return result;
}

/* "es": text in an encoding, in memory of its own. */
VARARGS(parse_encoded)
{
    const char *encoding;
    PyObject *rest, *result;
    char *text = NULL;
    if (!PyArg_ParseTuple(args, "sO!", &encoding, &PyTuple_Type, &rest)
        || !PyArg_ParseTuple(rest, "es", encoding, &text)) {
        return NULL;
    }
    result = PyBytes_FromString(text);
    PyMem_Free(text);
    return result;
}

static int log_calls;

static int converter(PyObject *ob, void *result)
{
    if (ob == NULL) {
        log_calls += 100;
        return 1;
    }
    log_calls++;
    *(long *)result = PyLong_AsLong(ob) * 2;
    return PyErr_Occurred() ? 0 : Py_CLEANUP_SUPPORTED;
}

/* "O&" twice: if the second fails the first is called again to clean up. */
VARARGS(parse_converted)
{
    long a, b;
    log_calls = 0;
    return PyArg_ParseTuple(args, "O&O&", converter, &a, converter, &b)
               ? Py_BuildValue("lli", a, b, log_calls) : NULL;
}

NONE(converter_calls) { return PyLong_FromLong(log_calls); }

static PyObject *parse_keywords(PyObject *Py_UNUSED(self), PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "count", "name", "flag", NULL};
    PyObject *ob;
    int count = -1, flag = -1;
    const char *name = "default";
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|is$p:parse_keywords", names, &ob, &count, &name,
                                     &flag)) {
        return NULL;
    }
    return Py_BuildValue("Oisi", ob, count, name, flag);
}

static PyObject *parse_required_keyword(PyObject *Py_UNUSED(self), PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"a", "b", NULL};
    int a, b;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "ii", names, &a, &b) ? PyLong_FromLong(a - b)
                                                                          : NULL;
}

/* PyArg_Parse on a single object, and PyArg_UnpackTuple. */
ONE(parse_one)
{
    int x;
    return PyArg_Parse(arg, "i;needs one small int", &x) ? PyLong_FromLong(x) : NULL;
}

VARARGS(unpack)
{
    PyObject *a, *b = Py_None, *c = Py_None;
    return PyArg_UnpackTuple(args, "unpack", 1, 3, &a, &b, &c) ? PyTuple_Pack(3, a, b, c) : NULL;
}

static int parse_va(PyObject *args, const char *format, ...)
{
    va_list va;
    int ok;
    va_start(va, format);
    ok = PyArg_VaParse(args, format, va);
    va_end(va);
    return ok;
}

VARARGS(parse_with_va_list)
{
    int x;
    const char *text;
    return parse_va(args, "is", &x, &text) ? Py_BuildValue("si", text, x) : NULL;
}

/* Py_BuildValue: one list of every kind. */
ONE(build)
{
    Py_complex z = {1, -1};
    return Py_BuildValue(
        "[bBhHiIlkLKn](dfD)[cC][szUyu]{s:O,s:N}[s#y#z#]()[][O&]", (char)-1, (unsigned char)255,
        (short)-2, (unsigned short)65535, -3, 4000000000U, -4L, ULONG_MAX, -5LL, ULLONG_MAX,
        (Py_ssize_t)-6, 0.5, 1.5f, &z, 'x', 0x20AC, "text", NULL, "caf\xc3\xa9", "bytes", L"wide",
        "shared", arg, "own", PyList_New(0), "cut here", (Py_ssize_t)3, "a\0b", (Py_ssize_t)3, NULL,
        (Py_ssize_t)0, PyLong_FromVoidPtr, (void *)17);
}

NONE(build_small)
{
    return Py_BuildValue("NNNN", Py_BuildValue(""), Py_BuildValue("i", 1), Py_BuildValue("(i)", 1),
                         Py_BuildValue("ii", 1, 2));
}

/* A NULL for "O" passes on the pending exception. */
NONE(build_null)
{
    PyErr_SetString(PyExc_KeyError, "from before");
    return Py_BuildValue("(iO)", 1, NULL);
}

/* Functions that fill a module, and who owns what. */
ONE(fill)
{
    PyObject *first = PyList_New(0), *second = PyList_New(0), *third = PyList_New(0);
    Py_ssize_t stolen, kept;
    if (PyModule_AddObject(arg, "first", first) < 0 || PyModule_AddObjectRef(arg, "second", second) < 0
        || PyModule_Add(arg, "third", third) < 0) {
        return NULL;
    }
    stolen = Py_REFCNT(first);
    kept = Py_REFCNT(second);
    Py_DECREF(second);
    if (PyModule_AddIntConstant(arg, "answer", 42) < 0 || PyModule_AddStringConstant(arg, "word", "x") < 0
        || PyModule_AddIntMacro(arg, METH_O) < 0 || PyModule_AddType(arg, &PyList_Type) < 0
        || PyModule_SetDocString(arg, "filled") < 0) {
        return NULL;
    }
    return Py_BuildValue("nn", stolen, kept);
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(parse), VARARGS_ENTRY(parse_buffer), VARARGS_ENTRY(parse_encoded),
    VARARGS_ENTRY(parse_converted), NONE_ENTRY(converter_calls),
    {"parse_keywords", _PyCFunction_CAST(parse_keywords), METH_VARARGS | METH_KEYWORDS, NULL},
    {"parse_required_keyword", _PyCFunction_CAST(parse_required_keyword),
     METH_VARARGS | METH_KEYWORDS, NULL},
    ONE_ENTRY(parse_one), VARARGS_ENTRY(unpack), VARARGS_ENTRY(parse_with_va_list), ONE_ENTRY(build),
    NONE_ENTRY(build_small), NONE_ENTRY(build_null), ONE_ENTRY(fill), LAST_ENTRY,
};

FIXTURE_MODULE(ext_modsupport, methods)
