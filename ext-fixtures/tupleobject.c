/* tupleobject.c: tuple, through functions and through the fields that macros read and write. */
#include "fixture.h"

WRAP_O_INT(size, PyTuple_Size)

ONE(check) { return Py_BuildValue("ii", PyTuple_Check(arg), PyTuple_CheckExact(arg)); }

VARARGS(getitem)
{
    PyObject *tuple;
    Py_ssize_t i;
    return PyArg_ParseTuple(args, "On", &tuple, &i) ? Py_XNewRef(PyTuple_GetItem(tuple, i)) : NULL;
}

/* On a tuple somebody else holds too, which is an error. */
VARARGS(setitem)
{
    PyObject *tuple, *value;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "OnO", &tuple, &i, &value)) {
        return NULL;
    }
    return int_or_error(PyTuple_SetItem(tuple, i, Py_NewRef(value)));
}

VARARGS(getslice)
{
    PyObject *tuple;
    Py_ssize_t low, high;
    return PyArg_ParseTuple(args, "Onn", &tuple, &low, &high) ? PyTuple_GetSlice(tuple, low, high)
                                                              : NULL;
}

/* (0, 1, ..., n-1), every other item set by function and by macro. */
ONE(build)
{
    Py_ssize_t n = PyLong_AsSsize_t(arg), i;
    PyObject *tuple;
    if (n == -1 && PyErr_Occurred()) {
        return NULL;
    }
    tuple = PyTuple_New(n);
    if (tuple == NULL) {
        return NULL;
    }
    for (i = 0; i < n; i++) {
        PyObject *item = PyLong_FromSsize_t(i);
        if (i % 2) {
            PyTuple_SET_ITEM(tuple, i, item);
        } else if (PyTuple_SetItem(tuple, i, item) < 0) {
            Py_DECREF(tuple);
            return NULL;
        }
    }
    return tuple;
}

ONE(sum_items)
{
    PyObject **items = &PyTuple_GET_ITEM(arg, 0);
    long total = 0;
    Py_ssize_t i;
    for (i = 0; i < PyTuple_GET_SIZE(arg); i++) {
        total += PyLong_AsLong(items[i]);
    }
    return PyLong_FromLong(total);
}

VARARGS(pack)
{
    PyObject *a, *b;
    return PyArg_ParseTuple(args, "OO", &a, &b) ? PyTuple_Pack(3, a, b, a) : NULL;
}

/* A tuple of 3 resized to n, filled with None where it grew. */
ONE(resize)
{
    Py_ssize_t n = PyLong_AsSsize_t(arg), i;
    PyObject *tuple = Py_BuildValue("(iii)", 1, 2, 3);
    if (tuple == NULL || _PyTuple_Resize(&tuple, n) < 0) {
        return NULL;
    }
    for (i = 3; i < n; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(Py_None));
    }
    return tuple;
}

/* There is one empty tuple. */
NONE(empty_is_shared)
{
    PyObject *a = PyTuple_New(0), *b = PyTuple_New(0);
    PyObject *result = Py_BuildValue("ii", a == b, Py_REFCNT(a) == Py_REFCNT(b));
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

NONE(counts)
{
    PyObject *item = PyDict_New(), *packed, *built;
    Py_ssize_t alone, in_pack, in_new, after;
    alone = Py_REFCNT(item);
    packed = PyTuple_Pack(1, item);
    in_pack = Py_REFCNT(item);
    built = PyTuple_New(1);
    PyTuple_SET_ITEM(built, 0, Py_NewRef(item));
    in_new = Py_REFCNT(item);
    Py_DECREF(packed);
    Py_DECREF(built);
    after = Py_REFCNT(item);
    Py_DECREF(item);
    return Py_BuildValue("nnnn", alone, in_pack, in_new, after);
}

static PyMethodDef methods[] = {
    ONE_ENTRY(size), ONE_ENTRY(check), VARARGS_ENTRY(getitem), VARARGS_ENTRY(setitem),
    VARARGS_ENTRY(getslice), ONE_ENTRY(build), ONE_ENTRY(sum_items), VARARGS_ENTRY(pack),
    ONE_ENTRY(resize), NONE_ENTRY(empty_is_shared), NONE_ENTRY(counts), LAST_ENTRY,
};

FIXTURE_MODULE(ext_tupleobject, methods)
