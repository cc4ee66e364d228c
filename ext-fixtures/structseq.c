/* structseq.c: struct sequences. */
#include "fixture.h"

static PyStructSequence_Field fields[] = {
    {"first", "the first"}, {"second", NULL}, {"third", NULL}, {"hidden", "only by name"}, {NULL, NULL}};

static PyStructSequence_Desc desc = {"ext_structseq.Result", "a result", fields, 3};

static PyTypeObject *type;

NONE(make)
{
    PyObject *result = PyStructSequence_New(type);
    int i;
    for (i = 0; result != NULL && i < 4; i++) {
        PyStructSequence_SET_ITEM(result, i, PyLong_FromLong(i * 10));
    }
    return result;
}

VARARGS(get)
{
    PyObject *ob;
    Py_ssize_t i;
    return PyArg_ParseTuple(args, "O!n", type, &ob, &i) ? Py_XNewRef(PyStructSequence_GET_ITEM(ob, i)) : NULL;
}

static int setup(PyObject *module)
{
    type = PyStructSequence_NewType(&desc);
    return type == NULL ? -1 : PyModule_AddType(module, type);
}

static PyMethodDef methods[] = {NONE_ENTRY(make), VARARGS_ENTRY(get), LAST_ENTRY};

FIXTURE_MODULE_WITH(ext_structseq, methods, setup)
