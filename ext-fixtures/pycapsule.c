/* pycapsule.c: capsules. */
#include "fixture.h"

static int value = 42;
static int other = 43;
static int destroyed;

static void destroy(PyObject *capsule)
{
    if (PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule)) != NULL) {
        destroyed++;
    }
}

NONE(new) { return PyCapsule_New(&value, "ext_pycapsule.value", destroy); }
NONE(new_nameless) { return PyCapsule_New(&value, NULL, NULL); }
NONE(new_null) { return PyCapsule_New(NULL, "x", NULL); }
NONE(times_destroyed) { return PyLong_FromLong(destroyed); }

VARARGS(get)
{
    PyObject *capsule;
    const char *name;
    int *pointer;
    if (!PyArg_ParseTuple(args, "Oz", &capsule, &name)) {
        return NULL;
    }
    pointer = PyCapsule_GetPointer(capsule, name);
    return pointer == NULL ? NULL : PyLong_FromLong(*pointer);
}

VARARGS(is_valid)
{
    PyObject *capsule;
    const char *name;
    return PyArg_ParseTuple(args, "Oz", &capsule, &name)
               ? PyBool_FromLong(PyCapsule_IsValid(capsule, name)) : NULL;
}

ONE(describe)
{
    const char *name;
    if (!PyCapsule_CheckExact(arg)) {
        Py_RETURN_NONE;
    }
    name = PyCapsule_GetName(arg);
    return Py_BuildValue("ziO", name, PyCapsule_GetDestructor(arg) == destroy,
                         PyCapsule_GetContext(arg) ? Py_True : Py_False);
}

/* Changes every part. */
ONE(change)
{
    if (PyCapsule_SetPointer(arg, &other) < 0 || PyCapsule_SetName(arg, "renamed") < 0
        || PyCapsule_SetContext(arg, &value) < 0 || PyCapsule_SetDestructor(arg, NULL) < 0) {
        return NULL;
    }
    return Py_BuildValue("i", *(int *)PyCapsule_GetPointer(arg, "renamed"));
}

ONE(import_)
{
    const char *name = PyUnicode_AsUTF8(arg);
    int *pointer = name == NULL ? NULL : PyCapsule_Import(name, 0);
    return pointer == NULL ? NULL : PyLong_FromLong(*pointer);
}

static int setup(PyObject *module)
{
    return PyModule_Add(module, "value", PyCapsule_New(&value, "ext_pycapsule.value", NULL));
}

static PyMethodDef methods[] = {
    NONE_ENTRY(new), NONE_ENTRY(new_nameless), NONE_ENTRY(new_null), NONE_ENTRY(times_destroyed),
    VARARGS_ENTRY(get), VARARGS_ENTRY(is_valid), ONE_ENTRY(describe), ONE_ENTRY(change),
    ONE_ENTRY(import_), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_pycapsule, methods, setup)
