/* fixture.h: what the modules in this folder share: tables of functions, and thin wrappers that turn
 * an API function into a function Python can call.
 *
 * A module is one file, X.c, that becomes the module ext_X; tests/cpyext/X.py uses it. */
#ifndef ADDER_FIXTURE_H
#define ADDER_FIXTURE_H

#include <Python.h>

/* The head of a function with positional arguments, with one, or with none. */
#define VARARGS(name) static PyObject *name(PyObject *Py_UNUSED(self), PyObject *args)
#define ONE(name) static PyObject *name(PyObject *Py_UNUSED(self), PyObject *arg)
#define NONE(name) static PyObject *name(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(ignored))

/* Entries of the table of functions. */
#define VARARGS_ENTRY(name) {#name, name, METH_VARARGS, NULL}
#define ONE_ENTRY(name) {#name, name, METH_O, NULL}
#define NONE_ENTRY(name) {#name, name, METH_NOARGS, NULL}
#define LAST_ENTRY {NULL, NULL, 0, NULL}

/* An int of which -1 means an exception, and one for which it does not. */
static inline PyObject *int_or_error(Py_ssize_t result)
{
    return result == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(result);
}

/* An object, with None for NULL without an exception. Steals. */
static inline PyObject *object_or_none(PyObject *result)
{
    if (result == NULL && !PyErr_Occurred()) {
        Py_RETURN_NONE;
    }
    return result;
}

/* Functions of one to three objects that return an object, or an int with -1 for errors. */
#define WRAP_O(name, function) \
    ONE(name) { return function(arg); }
#define WRAP_OO(name, function) \
    VARARGS(name) \
    { \
        PyObject *a, *b; \
        return PyArg_ParseTuple(args, "OO", &a, &b) ? function(a, b) : NULL; \
    }
#define WRAP_OOO(name, function) \
    VARARGS(name) \
    { \
        PyObject *a, *b, *c; \
        return PyArg_ParseTuple(args, "OOO", &a, &b, &c) ? function(a, b, c) : NULL; \
    }
#define WRAP_O_INT(name, function) \
    ONE(name) { return int_or_error(function(arg)); }
#define WRAP_OO_INT(name, function) \
    VARARGS(name) \
    { \
        PyObject *a, *b; \
        return PyArg_ParseTuple(args, "OO", &a, &b) ? int_or_error(function(a, b)) : NULL; \
    }
#define WRAP_OOO_INT(name, function) \
    VARARGS(name) \
    { \
        PyObject *a, *b, *c; \
        return PyArg_ParseTuple(args, "OOO", &a, &b, &c) ? int_or_error(function(a, b, c)) : NULL; \
    }

/* A module with single-phase initialisation. setup(module) returns 0, or -1 on error. */
#define FIXTURE_MODULE_WITH(name, methods, setup) \
    static struct PyModuleDef name##_definition = { \
        PyModuleDef_HEAD_INIT, #name, NULL, -1, methods, NULL, NULL, NULL, NULL, \
    }; \
    PyMODINIT_FUNC PyInit_##name(void) \
    { \
        PyObject *module = PyModule_Create(&name##_definition); \
        if (module != NULL && setup(module) < 0) { \
            Py_CLEAR(module); \
        } \
        return module; \
    }
static inline int no_setup(PyObject *Py_UNUSED(module)) { return 0; }
#define FIXTURE_MODULE(name, methods) FIXTURE_MODULE_WITH(name, methods, no_setup)

#endif
