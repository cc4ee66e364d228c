/* listobject.c: list, through functions and through the fields that macros read and write. */
#include "fixture.h"

WRAP_O_INT(size, PyList_Size)
WRAP_OO_INT(append, PyList_Append)
WRAP_OO_INT(extend, PyList_Extend)
WRAP_O_INT(clear, PyList_Clear)
WRAP_O_INT(sort, PyList_Sort)
WRAP_O_INT(reverse, PyList_Reverse)
WRAP_O(as_tuple, PyList_AsTuple)

ONE(check) { return Py_BuildValue("ii", PyList_Check(arg), PyList_CheckExact(arg)); }

VARARGS(getitem)
{
    PyObject *list;
    Py_ssize_t i;
    return PyArg_ParseTuple(args, "On", &list, &i) ? Py_XNewRef(PyList_GetItem(list, i)) : NULL;
}

VARARGS(getitem_ref)
{
    PyObject *list;
    Py_ssize_t i;
    return PyArg_ParseTuple(args, "On", &list, &i) ? PyList_GetItemRef(list, i) : NULL;
}

/* Steals a new reference, also on failure. */
VARARGS(setitem)
{
    PyObject *list, *value;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "OnO", &list, &i, &value)) {
        return NULL;
    }
    return int_or_error(PyList_SetItem(list, i, Py_NewRef(value)));
}

VARARGS(insert)
{
    PyObject *list, *value;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "OnO", &list, &i, &value)) {
        return NULL;
    }
    return int_or_error(PyList_Insert(list, i, value));
}

VARARGS(getslice)
{
    PyObject *list;
    Py_ssize_t low, high;
    return PyArg_ParseTuple(args, "Onn", &list, &low, &high) ? PyList_GetSlice(list, low, high)
                                                             : NULL;
}

/* Without a value the slice is deleted. */
VARARGS(setslice)
{
    PyObject *list, *value = NULL;
    Py_ssize_t low, high;
    if (!PyArg_ParseTuple(args, "Onn|O", &list, &low, &high, &value)) {
        return NULL;
    }
    return int_or_error(PyList_SetSlice(list, low, high, value));
}

/* 0, 1, ..., n-1 written into the array of a new list. */
ONE(build)
{
    Py_ssize_t n = PyLong_AsSsize_t(arg), i;
    PyObject *list;
    if (n == -1 && PyErr_Occurred()) {
        return NULL;
    }
    list = PyList_New(n);
    if (list == NULL) {
        return NULL;
    }
    for (i = 0; i < n; i++) {
        PyList_SET_ITEM(list, i, PyLong_FromSsize_t(i));
    }
    return list;
}

/* The sum of a list of ints, read from the array. */
ONE(sum_items)
{
    long total = 0;
    Py_ssize_t i;
    for (i = 0; i < PyList_GET_SIZE(arg); i++) {
        total += PyLong_AsLong(PyList_GET_ITEM(arg, i));
    }
    return PyLong_FromLong(total);
}

/* Appends in place while there is room, as compiled Cython code does, and says how often. */
VARARGS(append_in_place)
{
    PyObject *list, *item;
    PyListObject *fields;
    Py_ssize_t i, n, direct = 0;
    if (!PyArg_ParseTuple(args, "OOn", &list, &item, &n)) {
        return NULL;
    }
    fields = (PyListObject *)list;
    for (i = 0; i < n; i++) {
        Py_ssize_t size = Py_SIZE(list);
        if (size < fields->allocated) {
            fields->ob_item[size] = Py_NewRef(item);
            Py_SET_SIZE(fields, size + 1);
            direct++;
        } else if (PyList_Append(list, item) < 0) {
            return NULL;
        }
    }
    return PyBool_FromLong(direct > 0);
}

/* Takes the last item out of the array. */
ONE(pop_in_place)
{
    PyListObject *fields = (PyListObject *)arg;
    Py_ssize_t size = Py_SIZE(arg);
    if (size == 0) {
        PyErr_SetString(PyExc_IndexError, "pop from empty list");
        return NULL;
    }
    Py_SET_SIZE(fields, size - 1);
    return fields->ob_item[size - 1];
}

/* Counts of an item made here: in the list, after GetItem, after it was replaced. */
NONE(counts)
{
    PyObject *list = PyList_New(1), *item = PyDict_New();
    Py_ssize_t stolen, borrowed, appended, replaced;
    if (list == NULL || item == NULL) {
        Py_XDECREF(list);
        Py_XDECREF(item);
        return NULL;
    }
    Py_INCREF(item);
    PyList_SetItem(list, 0, item);
    stolen = Py_REFCNT(item);
    borrowed = PyList_GetItem(list, 0) == item ? Py_REFCNT(item) : -1;
    PyList_Append(list, item);
    appended = Py_REFCNT(item);
    PyList_SetItem(list, 0, Py_NewRef(Py_None));
    PyList_SetItem(list, 1, Py_NewRef(Py_None));
    replaced = Py_REFCNT(item);
    Py_DECREF(item);
    Py_DECREF(list);
    return Py_BuildValue("nnnn", stolen, borrowed, appended, replaced);
}

static PyMethodDef methods[] = {
    ONE_ENTRY(size), VARARGS_ENTRY(append), VARARGS_ENTRY(extend), ONE_ENTRY(clear),
    ONE_ENTRY(sort), ONE_ENTRY(reverse), ONE_ENTRY(as_tuple), ONE_ENTRY(check),
    VARARGS_ENTRY(getitem), VARARGS_ENTRY(getitem_ref), VARARGS_ENTRY(setitem),
    VARARGS_ENTRY(insert), VARARGS_ENTRY(getslice), VARARGS_ENTRY(setslice), ONE_ENTRY(build),
    ONE_ENTRY(sum_items), VARARGS_ENTRY(append_in_place), ONE_ENTRY(pop_in_place),
    NONE_ENTRY(counts), LAST_ENTRY,
};

FIXTURE_MODULE(ext_listobject, methods)
