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

NONE(times_deallocated) { return PyLong_FromLong(deallocated); }

static int setup(PyObject *module) { return PyModule_AddType(module, &TargetType); }

static PyMethodDef methods[] = {
    VARARGS_ENTRY(new_ref_with), VARARGS_ENTRY(new_proxy_with), ONE_ENTRY(is_dead),
    ONE_ENTRY(new_ref), ONE_ENTRY(new_proxy), ONE_ENTRY(get_ref), ONE_ENTRY(check), NONE_ENTRY(life),
    NONE_ENTRY(times_deallocated), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_weakrefobject, methods, setup)
