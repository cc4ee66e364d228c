/* misuse.c: each function does one thing wrong on purpose, for the tests of debug mode. CPython would crash. */
#include "fixture.h"
#include <stddef.h>

/* Releases a reference that the caller owns. */
ONE(over_decrement)
{
    Py_DECREF(arg);
    Py_RETURN_NONE;
}

/* Releases its own reference twice. */
NONE(release_twice)
{
    PyObject *list = PyList_New(0);
    PyObject *volatile again = list;
    if (list == NULL) {
        return NULL;
    }
    Py_DECREF(list);
    Py_DECREF(again);
    Py_RETURN_NONE;
}

/* Releases the reference that a tuple has of its item. */
ONE(rob_tuple)
{
    Py_DECREF(PyTuple_GET_ITEM(arg, 0));
    Py_RETURN_NONE;
}

static PyObject *drop_it(PyObject *object)
{
    Py_DECREF(object);
    return object;
}

/* Passes a dead object to the API. */
NONE(use_after_free)
{
    PyObject *list = PyList_New(0), *text;
    if (list == NULL) {
        return NULL;
    }
    text = PyObject_Repr(drop_it(list));
    Py_XDECREF(text);
    PyErr_Clear();
    Py_RETURN_NONE;
}

/* Calls a slot of a dead object's type. */
NONE(slot_after_free)
{
    PyObject *list = PyList_New(0);
    if (list == NULL) {
        return NULL;
    }
    drop_it(list);
    return Py_TYPE(list)->tp_repr(list);
}

/* Writes into a dead object. */
NONE(write_after_free)
{
    PyObject *volatile list = PyList_New(0);
    if (list == NULL) {
        return NULL;
    }
    drop_it(list);
    ((PyVarObject *)list)->ob_size = 7;
    Py_RETURN_NONE;
}

/* Follows a pointer of a dead object. */
NONE(follow_freed)
{
    PyObject *volatile list = PyList_New(1);
    if (list == NULL) {
        return NULL;
    }
    drop_it(list);
    return Py_NewRef(((PyListObject *)list)->ob_item[0]);
}

NONE(free_twice)
{
    void *memory = PyObject_Malloc(40);
    void *volatile again = memory;
    PyObject_Free(memory);
    PyObject_Free(again);
    Py_RETURN_NONE;
}

/* Objects with one reference, and a tp_traverse that lies about it. */
typedef struct {
    PyObject_HEAD
    PyObject *other;
    PyObject *borrowed;
} Pair;

static int visit_twice(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(((Pair *)op)->other);
    Py_VISIT(((Pair *)op)->other);
    return 0;
}

static int visit_borrowed(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(((Pair *)op)->other);
    Py_VISIT(((Pair *)op)->borrowed);
    return 0;
}

static int visit_nothing(PyObject *Py_UNUSED(op), visitproc Py_UNUSED(visit), void *Py_UNUSED(arg)) { return 0; }

static int visit_properly(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(((Pair *)op)->other);
    return 0;
}

static int pair_clear(PyObject *op)
{
    Py_CLEAR(((Pair *)op)->other);
    return 0;
}

static void pair_dealloc(PyObject *op)
{
    PyObject_GC_UnTrack(op);
    pair_clear(op);
    Py_TYPE(op)->tp_free(op);
}

/* Pair(owned, borrowed) */
static PyObject *pair_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    PyObject *other, *borrowed = NULL;
    Pair *self;
    if (!PyArg_ParseTuple(args, "O|O", &other, &borrowed)) {
        return NULL;
    }
    self = (Pair *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->other = Py_NewRef(other);
        self->borrowed = borrowed;
    }
    return (PyObject *)self;
}

#define PAIR(name, traverse) \
    static PyTypeObject name = { \
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_misuse." #name, \
        .tp_basicsize = sizeof(Pair), \
        .tp_dealloc = pair_dealloc, \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, \
        .tp_traverse = traverse, \
        .tp_clear = pair_clear, \
        .tp_new = pair_new, \
        .tp_free = PyObject_GC_Del, \
    };

PAIR(VisitsTwice, visit_twice)
PAIR(VisitsBorrowed, visit_borrowed)
PAIR(VisitsNothing, visit_nothing)
PAIR(Honest, visit_properly)

/* Forgets as many references of new objects. */
ONE(leak)
{
    long i, n = PyLong_AsLong(arg);
    for (i = 0; i < n; i++) {
        PyObject *args = PyTuple_Pack(1, Py_None);
        PyObject *pair = args == NULL ? NULL : PyObject_Call((PyObject *)&Honest, args, NULL);
        Py_XDECREF(args);
        if (pair == NULL) {
            return NULL;
        }
    }
    Py_RETURN_NONE;
}

/* Forgets a reference of an object. */
ONE(leak_reference)
{
    Py_INCREF(arg);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    ONE_ENTRY(over_decrement),
    NONE_ENTRY(release_twice),
    ONE_ENTRY(rob_tuple),
    NONE_ENTRY(use_after_free),
    NONE_ENTRY(slot_after_free),
    NONE_ENTRY(write_after_free),
    NONE_ENTRY(follow_freed),
    NONE_ENTRY(free_twice),
    ONE_ENTRY(leak),
    ONE_ENTRY(leak_reference),
    LAST_ENTRY,
};

static int setup(PyObject *module)
{
    if (PyModule_AddType(module, &VisitsTwice) < 0 || PyModule_AddType(module, &VisitsBorrowed) < 0
        || PyModule_AddType(module, &VisitsNothing) < 0 || PyModule_AddType(module, &Honest) < 0) {
        return -1;
    }
    return 0;
}

FIXTURE_MODULE_WITH(ext_misuse, methods, setup)
