/* gc.c: collected types: cycles through tp_traverse, finalisers, resurrection, tracking. */
#include "fixture.h"
#include <stddef.h>

static int alive, finalized, cleared;

/* A node that refers to one other object and has attributes. */
typedef struct {
    PyObject_HEAD
    PyObject *other;
    PyObject *dict;
    PyObject *on_finalize;
} NodeObject;

static int node_traverse(PyObject *op, visitproc visit, void *arg)
{
    NodeObject *self = (NodeObject *)op;
    Py_VISIT(self->other);
    Py_VISIT(self->dict);
    Py_VISIT(self->on_finalize);
    return 0;
}

static int node_clear(PyObject *op)
{
    NodeObject *self = (NodeObject *)op;
    cleared++;
    Py_CLEAR(self->other);
    Py_CLEAR(self->dict);
    Py_CLEAR(self->on_finalize);
    return 0;
}

static void node_finalize(PyObject *op)
{
    NodeObject *self = (NodeObject *)op;
    PyObject *exc = PyErr_GetRaisedException(), *result;
    finalized++;
    if (self->on_finalize != NULL) {
        result = PyObject_CallOneArg(self->on_finalize, op);
        if (result == NULL) {
            PyErr_WriteUnraisable(op);
        }
        Py_XDECREF(result);
    }
    PyErr_SetRaisedException(exc);
}

static void node_dealloc(PyObject *op)
{
    if (PyObject_CallFinalizerFromDealloc(op) < 0) {
        return;
    }
    PyObject_GC_UnTrack(op);
    node_clear(op);
    cleared--;
    alive--;
    Py_TYPE(op)->tp_free(op);
}

static PyObject *node_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    PyObject *other = NULL;
    NodeObject *self;
    if (!PyArg_ParseTuple(args, "|O:Node", &other)) {
        return NULL;
    }
    self = (NodeObject *)type->tp_alloc(type, 0);
    if (self != NULL) {
        alive++;
        self->other = Py_XNewRef(other);
    }
    return (PyObject *)self;
}

static PyMemberDef node_members[] = {
    {"other", _Py_T_OBJECT, offsetof(NodeObject, other), 0, NULL},
    {"on_finalize", _Py_T_OBJECT, offsetof(NodeObject, on_finalize), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject NodeType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_gc.Node",
    .tp_basicsize = sizeof(NodeObject),
    .tp_dealloc = node_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_traverse = node_traverse,
    .tp_clear = node_clear,
    .tp_members = node_members,
    .tp_dictoffset = offsetof(NodeObject, dict),
    .tp_new = node_new,
    .tp_free = PyObject_GC_Del,
    .tp_finalize = node_finalize,
};

NONE(counts) { return Py_BuildValue("iii", alive, finalized, cleared); }

NONE(collect) { return PyLong_FromSsize_t(PyGC_Collect() >= 0); }

NONE(switches)
{
    int was = PyGC_IsEnabled(), off, on;
    PyGC_Disable();
    off = PyGC_IsEnabled();
    PyGC_Enable();
    on = PyGC_IsEnabled();
    if (!was) {
        PyGC_Disable();
    }
    return Py_BuildValue("iii", was, off, on);
}

ONE(is_tracked)
{
    return Py_BuildValue("ii", PyObject_IS_GC(arg), PyObject_IS_GC(arg) && PyObject_GC_IsTracked(arg));
}

/* An object made and tracked step by step: tracked after each. */
NONE(steps)
{
    NodeObject *node = PyObject_GC_New(NodeObject, &NodeType);
    int made, tracked, untracked;
    if (node == NULL) {
        return NULL;
    }
    alive++;
    node->other = node->dict = node->on_finalize = NULL;
    made = PyObject_GC_IsTracked((PyObject *)node);
    PyObject_GC_Track(node);
    tracked = PyObject_GC_IsTracked((PyObject *)node);
    PyObject_GC_UnTrack(node);
    PyObject_GC_UnTrack(node);
    untracked = PyObject_GC_IsTracked((PyObject *)node);
    Py_DECREF(node);
    return Py_BuildValue("iii", made, tracked, untracked);
}

/* What tp_traverse visits. */
static int collect_visited(PyObject *ob, void *list) { return PyList_Append(list, ob); }

ONE(visited)
{
    PyObject *list = PyList_New(0);
    if (list != NULL && Py_TYPE(arg)->tp_traverse(arg, collect_visited, list) < 0) {
        Py_CLEAR(list);
    }
    return list;
}

/* A cycle made of C objects only, dropped here. */
NONE(drop_cycle)
{
    PyObject *a = PyObject_CallNoArgs((PyObject *)&NodeType), *b;
    b = a == NULL ? NULL : PyObject_CallOneArg((PyObject *)&NodeType, a);
    if (b == NULL) {
        Py_XDECREF(a);
        return NULL;
    }
    ((NodeObject *)a)->other = b;
    Py_DECREF(a);
    Py_RETURN_NONE;
}

typedef struct {
    PyObject *wanted;
    int seen;
} Search;

static int look_for(PyObject *ob, void *arg)
{
    Search *search = arg;
    search->seen += ob == search->wanted;
    return 1;
}

/* Whether the collector shows an object that is given, and a list that only C has. */
ONE(visit_objects)
{
    Search given = {arg, 0}, own = {PyList_New(0), 0};
    PyUnstable_GC_VisitObjects(look_for, &given);
    PyUnstable_GC_VisitObjects(look_for, &own);
    Py_DECREF(own.wanted);
    return Py_BuildValue("ii", given.seen, own.seen);
}

static int setup(PyObject *module) { return PyModule_AddType(module, &NodeType); }

static PyMethodDef methods[] = {
    NONE_ENTRY(counts), NONE_ENTRY(collect), NONE_ENTRY(switches), ONE_ENTRY(is_tracked),
    NONE_ENTRY(steps), ONE_ENTRY(visited), NONE_ENTRY(drop_cycle), ONE_ENTRY(visit_objects), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_gc, methods, setup)
