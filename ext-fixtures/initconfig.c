/* initconfig.c: options of the running interpreter, and places that nobody has filled yet. */
#include "fixture.h"

ONE(get)
{
    const char *name = PyUnicode_AsUTF8(arg);
    return name ? PyConfig_Get(name) : NULL;
}

ONE(get_int)
{
    const char *name = PyUnicode_AsUTF8(arg);
    int n;
    return name && PyConfig_GetInt(name, &n) == 0 ? PyLong_FromLong(n) : NULL;
}

VARARGS(set)
{
    const char *name;
    PyObject *value;
    return PyArg_ParseTuple(args, "sO", &name, &value) ? int_or_error(PyConfig_Set(name, value)) : NULL;
}

NONE(names)
{
    return PyConfig_Names();
}

/* A tuple or list with NULL items, of which the second is filled when Python has seen the object. */
ONE(unfilled_tuple)
{
    PyObject *tuple = PyTuple_New(2);
    if (tuple != NULL) {
        PyTuple_SET_ITEM(tuple, 0, Py_NewRef(arg));
    }
    return tuple;
}

ONE(unfilled_list)
{
    PyObject *list = PyList_New(2);
    if (list != NULL) {
        PyList_SET_ITEM(list, 0, Py_NewRef(arg));
    }
    return list;
}

ONE(second_is_null)
{
    PyObject *item = PyTuple_Check(arg) ? PyTuple_GET_ITEM(arg, 1) : PyList_GET_ITEM(arg, 1);
    return PyBool_FromLong(item == NULL);
}

/* Names that are not UTF-8, and errors with an exception for a reason. */
NONE(bad_key)
{
    PyObject *dict = PyDict_New(), *result = NULL;
    if (dict != NULL && PyDict_SetItemString(dict, "\xff", Py_None) == 0) {
        result = Py_NewRef(dict);
    }
    Py_XDECREF(dict);
    return result;
}

VARARGS(set_object)
{
    PyObject *type, *value;
    if (PyArg_ParseTuple(args, "OO", &type, &value)) {
        PyErr_SetObject(type, value);
    }
    return NULL;
}

static PyMethodDef methods[] = {
    ONE_ENTRY(get), ONE_ENTRY(get_int), VARARGS_ENTRY(set), NONE_ENTRY(names), ONE_ENTRY(unfilled_tuple),
    ONE_ENTRY(unfilled_list), ONE_ENTRY(second_is_null), NONE_ENTRY(bad_key), VARARGS_ENTRY(set_object),
    LAST_ENTRY,
};

FIXTURE_MODULE(ext_initconfig, methods)
