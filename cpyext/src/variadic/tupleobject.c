/* tupleobject.c: a tuple of the given objects. */
#include "shims.h"

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
