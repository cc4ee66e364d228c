/* abstract_.c: calls with C-variadic arguments. */
#include "shims.h"

/* Arguments that fit here need no memory of their own. */
#define FEW 8

/* Calls with objects up to a NULL, after the first ones given. Of a method, first[0] is the object. */
static PyObject *call_objects(PyObject *callable, PyObject *name, PyObject *first, va_list args)
{
    PyObject *small[FEW + 1], **all = small, *result;
    Py_ssize_t n = 0, i, start = first != NULL;
    va_list count;
    va_copy(count, args);
    while (va_arg(count, PyObject *) != NULL) {
        n++;
    }
    va_end(count);
    if (n + start > FEW) {
        all = PyMem_Malloc((n + start + 1) * sizeof(PyObject *));
        if (all == NULL) {
            return PyErr_NoMemory();
        }
    }
    /* One place before the arguments is the callee's to use. */
    all++;
    if (first != NULL) {
        all[0] = first;
    }
    for (i = 0; i < n; i++) {
        all[start + i] = va_arg(args, PyObject *);
    }
    if (name != NULL) {
        result = PyObject_VectorcallMethod(name, all, (size_t)(n + start) | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    else {
        result = PyObject_Vectorcall(callable, all, (size_t)(n + start) | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    all--;
    if (all != small) {
        PyMem_Free(all);
    }
    return result;
}

static PyObject *null_error(void)
{
    if (!PyErr_Occurred()) {
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    }
    return NULL;
}

PyObject *adder_PyObject_CallFunctionObjArgs(PyObject *callable, ...)
{
    va_list args;
    PyObject *result;
    if (callable == NULL) {
        return null_error();
    }
    va_start(args, callable);
    result = call_objects(callable, NULL, NULL, args);
    va_end(args);
    return result;
}

PyObject *adder_PyObject_CallMethodObjArgs(PyObject *object, PyObject *name, ...)
{
    va_list args;
    PyObject *result;
    if (object == NULL || name == NULL) {
        return null_error();
    }
    va_start(args, name);
    result = call_objects(NULL, name, object, args);
    va_end(args);
    return result;
}

/* Calls with what a format builds: a format of one tuple means its items. */
static PyObject *call_format(PyObject *callable, const char *format, Args *a)
{
    PyObject *tuple, *result;
    if (format == NULL || *format == 0) {
        return PyObject_CallNoArgs(callable);
    }
    tuple = adder_build_arguments(format, a);
    if (tuple == NULL) {
        return NULL;
    }
    if (PyTuple_GET_SIZE(tuple) == 1 && PyTuple_Check(PyTuple_GET_ITEM(tuple, 0))) {
        Py_SETREF(tuple, Py_NewRef(PyTuple_GET_ITEM(tuple, 0)));
    }
    result = PyObject_Vectorcall(callable, ((PyTupleObject *)tuple)->ob_item, PyTuple_GET_SIZE(tuple), NULL);
    Py_DECREF(tuple);
    return result;
}

PyObject *adder_PyObject_CallFunction(PyObject *callable, const char *format, ...)
{
    Args a;
    PyObject *result;
    if (callable == NULL) {
        return null_error();
    }
    va_start(a.args, format);
    result = call_format(callable, format, &a);
    va_end(a.args);
    return result;
}

static PyObject *call_method(PyObject *object, const char *name, const char *format, Args *a)
{
    PyObject *method, *result;
    if (object == NULL || name == NULL) {
        return null_error();
    }
    method = PyObject_GetAttrString(object, name);
    if (method == NULL) {
        return NULL;
    }
    if (!PyCallable_Check(method)) {
        adder_PyErr_Format(PyExc_TypeError, "attribute of type '%.200s' is not callable", Py_TYPE(method)->tp_name);
        Py_DECREF(method);
        return NULL;
    }
    result = call_format(method, format, a);
    Py_DECREF(method);
    return result;
}

PyObject *adder_PyObject_CallMethod(PyObject *object, const char *name, const char *format, ...)
{
    Args a;
    PyObject *result;
    va_start(a.args, format);
    result = call_method(object, name, format, &a);
    va_end(a.args);
    return result;
}

/* The two old functions of the stable ABI that have no header any more. */
PyObject *adder_PyEval_CallFunction(PyObject *callable, const char *format, ...)
{
    Args a;
    PyObject *tuple, *result = NULL;
    va_start(a.args, format);
    tuple = adder_build_arguments(format, &a);
    va_end(a.args);
    if (tuple != NULL && PyTuple_GET_SIZE(tuple) == 1 && PyTuple_Check(PyTuple_GET_ITEM(tuple, 0))) {
        Py_SETREF(tuple, Py_NewRef(PyTuple_GET_ITEM(tuple, 0)));
    }
    if (tuple != NULL) {
        result = PyObject_Call(callable, tuple, NULL);
        Py_DECREF(tuple);
    }
    return result;
}

PyObject *adder_PyEval_CallMethod(PyObject *object, const char *name, const char *format, ...)
{
    Args a;
    PyObject *result;
    va_start(a.args, format);
    result = call_method(object, name, format, &a);
    va_end(a.args);
    return result;
}
