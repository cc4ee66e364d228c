/* lifetimes.c: when objects of C die, what counts of references C sees, and cycles through C structs. */
#include "fixture.h"
#include <stddef.h>

static int alive, most;

static void born(void)
{
    if (++alive > most) {
        most = alive;
    }
}

/* A number with memory of its own, which other code makes in every way that C has. */
typedef struct {
    PyObject_HEAD
    double value;
    size_t size;
    void *data;
    PyObject *weakrefs;
} BlobObject;

static PyTypeObject BlobType;

static PyObject *new_blob(PyTypeObject *type, double value, size_t size)
{
    BlobObject *blob = (BlobObject *)type->tp_alloc(type, 0);
    if (blob == NULL) {
        return NULL;
    }
    blob->value = value;
    blob->size = size;
    blob->data = PyMem_RawMalloc(size);
    if (blob->data != NULL) {
        memset(blob->data, 1, size);
    }
    born();
    return (PyObject *)blob;
}

static PyObject *blob_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    double value = 0;
    Py_ssize_t size = 0;
    return PyArg_ParseTuple(args, "|dn:Blob", &value, &size) ? new_blob(type, value, size) : NULL;
}

static void blob_dealloc(PyObject *op)
{
    BlobObject *blob = (BlobObject *)op;
    if (blob->weakrefs != NULL) {
        PyObject_ClearWeakRefs(op);
    }
    PyMem_RawFree(blob->data);
    alive--;
    Py_TYPE(op)->tp_free(op);
}

static PyObject *blob_add(PyObject *a, PyObject *b)
{
    BlobObject *left = (BlobObject *)a;
    if (!PyObject_TypeCheck(a, &BlobType)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    if (PyFloat_Check(b)) {
        return new_blob(&BlobType, left->value + PyFloat_AS_DOUBLE(b), left->size);
    }
    if (!PyObject_TypeCheck(b, &BlobType)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    return new_blob(&BlobType, left->value + ((BlobObject *)b)->value, left->size);
}

static PyObject *blob_inplace_add(PyObject *a, PyObject *b)
{
    if (!PyObject_TypeCheck(b, &BlobType)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    ((BlobObject *)a)->value += ((BlobObject *)b)->value;
    return Py_NewRef(a);
}

static PyObject *blob_negative(PyObject *a)
{
    return new_blob(&BlobType, -((BlobObject *)a)->value, ((BlobObject *)a)->size);
}

static PyObject *blob_item(PyObject *a, PyObject *key)
{
    if (PyErr_Occurred()) {
        return NULL;
    }
    return PyLong_Check(key) ? new_blob(&BlobType, PyLong_AsDouble(key), ((BlobObject *)a)->size) : Py_NewRef(a);
}

static PyObject *blob_float(PyObject *a) { return PyFloat_FromDouble(((BlobObject *)a)->value); }

static PyObject *blob_repr(PyObject *a)
{
    PyObject *value = blob_float(a), *text = value == NULL ? NULL : PyUnicode_FromFormat("Blob(%R)", value);
    Py_XDECREF(value);
    return text;
}

static PyObject *blob_copy(PyObject *a, PyObject *Py_UNUSED(ignored))
{
    return new_blob(&BlobType, ((BlobObject *)a)->value, ((BlobObject *)a)->size);
}

static PyObject *blob_same(PyObject *a, PyObject *Py_UNUSED(ignored)) { return Py_NewRef(a); }

static PyObject *blob_twin(PyObject *a, void *Py_UNUSED(closure)) { return blob_copy(a, NULL); }

static PyMethodDef blob_methods[] = {
    {"copy", blob_copy, METH_NOARGS, NULL},
    {"same", blob_same, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef blob_getset[] = {{"twin", blob_twin, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};

static PyNumberMethods blob_number = {
    .nb_add = blob_add,
    .nb_inplace_add = blob_inplace_add,
    .nb_negative = blob_negative,
    .nb_float = blob_float,
};

static PyMappingMethods blob_mapping = {.mp_subscript = blob_item};

static PyTypeObject BlobType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_lifetimes.Blob",
    .tp_basicsize = sizeof(BlobObject),
    .tp_dealloc = blob_dealloc,
    .tp_repr = blob_repr,
    .tp_as_number = &blob_number,
    .tp_as_mapping = &blob_mapping,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_weaklistoffset = offsetof(BlobObject, weakrefs),
    .tp_methods = blob_methods,
    .tp_getset = blob_getset,
    .tp_new = blob_new,
};

/* A collected object; `hides` makes it claim that it refers to nothing. */
typedef struct {
    PyObject_HEAD
    PyObject *other;
    PyObject *again;
    PyObject *on_finalize;
    char hides;
} LinkObject;

static int link_traverse(PyObject *op, visitproc visit, void *arg)
{
    LinkObject *self = (LinkObject *)op;
    if (!self->hides) {
        Py_VISIT(self->other);
        Py_VISIT(self->again);
        Py_VISIT(self->on_finalize);
    }
    return 0;
}

static int link_clear(PyObject *op)
{
    LinkObject *self = (LinkObject *)op;
    Py_CLEAR(self->other);
    Py_CLEAR(self->again);
    Py_CLEAR(self->on_finalize);
    return 0;
}

static void link_finalize(PyObject *op)
{
    LinkObject *self = (LinkObject *)op;
    PyObject *exc = PyErr_GetRaisedException(), *result;
    if (self->on_finalize != NULL) {
        result = PyObject_CallOneArg(self->on_finalize, op);
        if (result == NULL) {
            PyErr_WriteUnraisable(op);
        }
        Py_XDECREF(result);
    }
    PyErr_SetRaisedException(exc);
}

static void link_dealloc(PyObject *op)
{
    if (PyObject_CallFinalizerFromDealloc(op) < 0) {
        return;
    }
    PyObject_GC_UnTrack(op);
    link_clear(op);
    alive--;
    Py_TYPE(op)->tp_free(op);
}

static PyObject *link_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    PyObject *op = type->tp_alloc(type, 0);
    if (op != NULL) {
        born();
    }
    return op;
}

static PyMemberDef link_members[] = {
    {"other", _Py_T_OBJECT, offsetof(LinkObject, other), 0, NULL},
    {"again", _Py_T_OBJECT, offsetof(LinkObject, again), 0, NULL},
    {"on_finalize", _Py_T_OBJECT, offsetof(LinkObject, on_finalize), 0, NULL},
    {"hides", Py_T_BOOL, offsetof(LinkObject, hides), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject LinkType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_lifetimes.Link",
    .tp_basicsize = sizeof(LinkObject),
    .tp_dealloc = link_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_traverse = link_traverse,
    .tp_clear = link_clear,
    .tp_members = link_members,
    .tp_new = link_new,
    .tp_free = PyObject_GC_Del,
    .tp_finalize = link_finalize,
};

/* How many there are, and were at most since the last question. */
NONE(living) { return PyLong_FromLong(alive); }

NONE(peak)
{
    int was = most;
    most = alive;
    return PyLong_FromLong(was);
}

ONE(count) { return PyLong_FromSsize_t(Py_REFCNT(arg)); }

ONE(is_temporary) { return PyBool_FromLong(PyUnstable_Object_IsUniqueReferencedTemporary(arg)); }

ONE(is_unique) { return PyBool_FromLong(PyUnstable_Object_IsUniquelyReferenced(arg)); }

static PyObject *last;

/* Keeps a reference until the next call. */
ONE(remember)
{
    Py_XSETREF(last, Py_NewRef(arg));
    return Py_NewRef(arg);
}

/* A list that C makes of new objects. */
ONE(make_list)
{
    Py_ssize_t n = PyLong_AsSsize_t(arg), i;
    PyObject *list = n < 0 ? NULL : PyList_New(n);
    for (i = 0; list != NULL && i < n; i++) {
        PyObject *blob = new_blob(&BlobType, (double)i, 0);
        if (blob == NULL) {
            Py_CLEAR(list);
            break;
        }
        PyList_SET_ITEM(list, i, blob);
    }
    return list;
}

static int setup(PyObject *module)
{
    return PyModule_AddType(module, &BlobType) < 0 || PyModule_AddType(module, &LinkType) < 0 ? -1 : 0;
}

static PyMethodDef methods[] = {
    NONE_ENTRY(living), NONE_ENTRY(peak), ONE_ENTRY(count), ONE_ENTRY(is_temporary), ONE_ENTRY(is_unique),
    ONE_ENTRY(remember), ONE_ENTRY(make_list), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_lifetimes, methods, setup)
