/* vectorcall.c: the vectorcall protocol, as caller and as callee. */
#include "fixture.h"
#include <stddef.h>

/* A callable with a vectorcall function of its own. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    int calls;
} CallableObject;

static PyObject *callable_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *names)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf), k = names == NULL ? 0 : PyTuple_GET_SIZE(names), i;
    PyObject *list = PyList_New(n + k);
    ((CallableObject *)self)->calls++;
    for (i = 0; list != NULL && i < n + k; i++) {
        PyList_SET_ITEM(list, i, Py_NewRef(args[i]));
    }
    return Py_BuildValue("NO", list, names ? names : Py_None);
}

static PyObject *callable_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    CallableObject *self = (CallableObject *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->vectorcall = callable_vectorcall;
    }
    return (PyObject *)self;
}

static PyMemberDef callable_members[] = {
    {"calls", Py_T_INT, offsetof(CallableObject, calls), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject CallableType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_vectorcall.Callable",
    .tp_basicsize = sizeof(CallableObject),
    .tp_vectorcall_offset = offsetof(CallableObject, vectorcall),
    .tp_call = PyVectorcall_Call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE,
    .tp_members = callable_members,
    .tp_new = callable_new,
};

/* A type whose own call is a vectorcall. */
static PyObject *made_vectorcall(PyObject *type, PyObject *const *Py_UNUSED(args), size_t nargsf,
                                 PyObject *names)
{
    return Py_BuildValue("sOnO", "made", type, PyVectorcall_NARGS(nargsf), names ? names : Py_None);
}

static PyTypeObject MadeType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_vectorcall.Made",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_vectorcall = made_vectorcall,
};

/* Calls callable(*args, **kwargs) by vectorcall, with or without room before the arguments. */
VARARGS(call)
{
    PyObject *callable, *arguments, *names, *stack[20], *result;
    int offset;
    Py_ssize_t n, k, i;
    if (!PyArg_ParseTuple(args, "OO!Oi", &callable, &PyTuple_Type, &arguments, &names, &offset)) {
        return NULL;
    }
    names = Py_IsNone(names) ? NULL : names;
    n = PyTuple_GET_SIZE(arguments);
    k = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    stack[0] = NULL;
    for (i = 0; i < n && i < 19; i++) {
        stack[1 + i] = PyTuple_GET_ITEM(arguments, i);
    }
    result = PyObject_Vectorcall(callable, stack + 1,
                                 (size_t)(n - k) | (offset ? PY_VECTORCALL_ARGUMENTS_OFFSET : 0), names);
    if (stack[0] != NULL) {
        PyErr_SetString(PyExc_AssertionError, "the callee did not restore args[-1]");
        Py_CLEAR(result);
    }
    return result;
}

/* Calls the method name of args[0]. */
VARARGS(call_method)
{
    PyObject *name, *arguments;
    if (!PyArg_ParseTuple(args, "UO!", &name, &PyTuple_Type, &arguments)) {
        return NULL;
    }
    return PyObject_VectorcallMethod(name, &PyTuple_GET_ITEM(arguments, 0),
                                     (size_t)PyTuple_GET_SIZE(arguments), NULL);
}

VARARGS(call_dict)
{
    PyObject *callable, *arguments, *kwargs;
    if (!PyArg_ParseTuple(args, "OO!O", &callable, &PyTuple_Type, &arguments, &kwargs)) {
        return NULL;
    }
    return PyObject_VectorcallDict(callable, &PyTuple_GET_ITEM(arguments, 0),
                                   (size_t)PyTuple_GET_SIZE(arguments),
                                   Py_IsNone(kwargs) ? NULL : kwargs);
}

ONE(has_vectorcall) { return PyBool_FromLong(PyVectorcall_Function(arg) != NULL); }

static int setup(PyObject *module)
{
    return PyModule_AddType(module, &CallableType) < 0 ? -1 : PyModule_AddType(module, &MadeType);
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(call), VARARGS_ENTRY(call_method), VARARGS_ENTRY(call_dict),
    ONE_ENTRY(has_vectorcall), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_vectorcall, methods, setup)
