/* setobject.c: set and frozenset. */
#include "fixture.h"

WRAP_O(new, PySet_New)
WRAP_O(new_frozen, PyFrozenSet_New)
WRAP_O_INT(size, PySet_Size)
WRAP_OO_INT(contains, PySet_Contains)
WRAP_OO_INT(add, PySet_Add)
WRAP_OO_INT(discard, PySet_Discard)
WRAP_O(pop, PySet_Pop)
WRAP_O_INT(clear, PySet_Clear)

NONE(new_empty)
{
    return Py_BuildValue("NN", PySet_New(NULL), PyFrozenSet_New(NULL));
}

ONE(check)
{
    return Py_BuildValue("iiiiii", PySet_Check(arg), PySet_CheckExact(arg), PyFrozenSet_Check(arg),
                         PyFrozenSet_CheckExact(arg), PyAnySet_Check(arg), PyAnySet_CheckExact(arg));
}

ONE(get_size) { return PyLong_FromSsize_t(PySet_GET_SIZE(arg)); }

/* A frozenset that nobody else has seen may be filled. */
ONE(fill_frozen)
{
    PyObject *set = PyFrozenSet_New(NULL);
    if (set == NULL || PySet_Add(set, arg) < 0) {
        Py_XDECREF(set);
        return NULL;
    }
    return set;
}

static PyMethodDef methods[] = {
    ONE_ENTRY(new), ONE_ENTRY(new_frozen), NONE_ENTRY(new_empty), ONE_ENTRY(size),
    VARARGS_ENTRY(contains), VARARGS_ENTRY(add), VARARGS_ENTRY(discard), ONE_ENTRY(pop),
    ONE_ENTRY(clear), ONE_ENTRY(check), ONE_ENTRY(get_size), ONE_ENTRY(fill_frozen), LAST_ENTRY,
};

FIXTURE_MODULE(ext_setobject, methods)
