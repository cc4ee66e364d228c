/* weakrefobject.c: weak references, and a C type that supports them. */
#include "fixture.h"
#include <stddef.h>

WRAP_OO(new_ref_with, PyWeakref_NewRef)
WRAP_OO(new_proxy_with, PyWeakref_NewProxy)
WRAP_O_INT(is_dead, PyWeakref_IsDead)

ONE(new_ref) { return PyWeakref_NewRef(arg, NULL); }
ONE(new_proxy) { return PyWeakref_NewProxy(arg, NULL); }

ONE(get_ref)
{
    PyObject *ob;
    int code = PyWeakref_GetRef(arg, &ob);
    return code < 0 ? NULL : Py_BuildValue("iN", code, object_or_none(ob));
}

ONE(check)
{
    return Py_BuildValue("iiii", PyWeakref_Check(arg), PyWeakref_CheckRef(arg),
                         PyWeakref_CheckRefExact(arg), PyWeakref_CheckProxy(arg));
}

/* A reference that dies here: (before, after). */
NONE(life)
{
    PyObject *set = PySet_New(NULL), *ref = PyWeakref_NewRef(set, NULL), *ob;
    int before, after;
    if (ref == NULL) {
        return NULL;
    }
    before = PyWeakref_GetRef(ref, &ob);
    Py_XDECREF(ob);
    Py_DECREF(set);
    after = PyWeakref_GetRef(ref, &ob);
    Py_DECREF(ref);
    return Py_BuildValue("iii", before, after, ob == NULL);
}

/* What the macro PyWeakref_GET_OBJECT reads. */
ONE(field) { return Py_NewRef(((PyWeakReference *)arg)->wr_object); }

/* A type with a list of weak references at a fixed offset. */
typedef struct {
    PyObject_HEAD
    PyObject *weakrefs;
} TargetObject;

static int deallocated;

static void target_dealloc(PyObject *self)
{
    if (((TargetObject *)self)->weakrefs != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    deallocated++;
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject TargetType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_weakrefobject.Target",
    .tp_basicsize = sizeof(TargetObject),
    .tp_dealloc = target_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_weaklistoffset = offsetof(TargetObject, weakrefs),
    .tp_new = PyType_GenericNew,
};

/* A type whose instances are in memory that only the type knows. */
static void own_dealloc(PyObject *self)
{
    if (((TargetObject *)self)->weakrefs != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    memset(self, 0xff, sizeof(TargetObject));
    free(self);
}

static PyTypeObject OwnType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_weakrefobject.Own",
    .tp_basicsize = sizeof(TargetObject),
    .tp_dealloc = own_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_weaklistoffset = offsetof(TargetObject, weakrefs),
};

static PyObject *new_own(void)
{
    TargetObject *own = calloc(1, sizeof(TargetObject));
    return PyObject_Init((PyObject *)own, &OwnType);
}

/* Some that die here; how many references were seen to go. */
ONE(own_lives)
{
    long n = PyLong_AsLong(arg), gone = 0;
    for (long i = 0; i < n; i++) {
        PyObject *own = new_own(), *ref = PyWeakref_NewRef(own, NULL);
        if (ref == NULL || ((PyWeakReference *)ref)->wr_object != own) {
            return NULL;
        }
        Py_DECREF(own);
        gone += PyWeakref_IsDead(ref) && ((PyWeakReference *)ref)->wr_object == Py_None;
        Py_DECREF(ref);
    }
    return PyLong_FromLong(gone);
}

NONE(own) { return new_own(); }

/* A type whose instances collect garbage when they die. */
static void collecting_dealloc(PyObject *self)
{
    PyGC_Collect();
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject CollectingType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_weakrefobject.Collecting",
    .tp_basicsize = sizeof(TargetObject),
    .tp_dealloc = collecting_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
};

/* One that dies here, after the interpreter has looked at it; then objects that may get its memory. */
NONE(collecting_lives)
{
    PyObject *first = PyObject_CallNoArgs((PyObject *)&CollectingType), *list = PyList_New(0);
    if (PyObject_IsTrue(first) != 1 || PyObject_Size(first) != -1) {
        return NULL;
    }
    PyErr_Clear();
    Py_DECREF(first);
    for (int i = 0; i < 10; i++) {
        PyObject *target = PyObject_CallNoArgs((PyObject *)&TargetType);
        PyList_Append(list, target);
        Py_DECREF(target);
    }
    PyGC_Collect();
    return list;
}

NONE(times_deallocated) { return PyLong_FromLong(deallocated); }

static int setup(PyObject *module)
{
    if (PyType_Ready(&OwnType) < 0 || PyModule_AddType(module, &CollectingType) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &TargetType);
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(new_ref_with), VARARGS_ENTRY(new_proxy_with), ONE_ENTRY(is_dead),
    ONE_ENTRY(new_ref), ONE_ENTRY(new_proxy), ONE_ENTRY(get_ref), ONE_ENTRY(check), NONE_ENTRY(life),
    NONE_ENTRY(times_deallocated), ONE_ENTRY(field), ONE_ENTRY(own_lives), NONE_ENTRY(own), NONE_ENTRY(collecting_lives), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_weakrefobject, methods, setup)
