/* limited.c: a module of the stable ABI of 3.8: heap types, and functions instead of macros. */
#define Py_LIMITED_API 0x03080000
#include <Python.h>

typedef struct {
    PyObject_HEAD
    long total;
} AdderObject;

static PyObject *adder_add(PyObject *self, PyObject *arg)
{
    long value = PyLong_AsLong(arg);
    if (value == -1 && PyErr_Occurred()) {
        return NULL;
    }
    ((AdderObject *)self)->total += value;
    Py_INCREF(self);
    return self;
}

static PyObject *adder_repr(PyObject *self)
{
    return PyUnicode_FromFormat("Adder(%ld)", ((AdderObject *)self)->total);
}

static PyObject *adder_get(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(((AdderObject *)self)->total);
}

static void adder_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc free_function = (freefunc)PyType_GetSlot(type, Py_tp_free);
    free_function(self);
    Py_DECREF(type);
}

static PyMethodDef adder_methods[] = {{"add", adder_add, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyGetSetDef adder_getset[] = {{"total", adder_get, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot adder_slots[] = {
    {Py_tp_methods, adder_methods},
    {Py_tp_getset, adder_getset},
    {Py_tp_repr, (void *)adder_repr},
    {Py_tp_dealloc, (void *)adder_dealloc},
    {0, NULL},
};
static PyType_Spec adder_spec = {"ext_limited.Adder", sizeof(AdderObject), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, adder_slots};

static PyObject *describe(PyObject *module, PyObject *arg)
{
    (void)module;
    if (PyLong_Check(arg)) {
        return Py_BuildValue("sl", "int", PyLong_AsLong(arg));
    }
    if (PyUnicode_Check(arg)) {
        return Py_BuildValue("sn", "str", PyUnicode_GetLength(arg));
    }
    if (PyList_Check(arg)) {
        return Py_BuildValue("snO", "list", PyList_Size(arg), PyList_GetItem(arg, 0));
    }
    if (PyTuple_Check(arg)) {
        return Py_BuildValue("sn", "tuple", PyTuple_Size(arg));
    }
    if (PyType_Check(arg)) {
        return Py_BuildValue("si", "type", (PyType_GetFlags((PyTypeObject *)arg) & Py_TPFLAGS_HEAPTYPE) != 0);
    }
    if (arg == Py_None || arg == Py_True) {
        Py_RETURN_TRUE;
    }
    Py_RETURN_NONE;
}

/* Makes and drops many objects with the inlined counting of this version. */
static PyObject *churn(PyObject *module, PyObject *arg)
{
    long n = PyLong_AsLong(arg), i;
    PyObject *list = PyList_New(0);
    (void)module;
    for (i = 0; list != NULL && i < n; i++) {
        PyObject *item = PyUnicode_FromFormat("item %ld", i);
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    return list;
}

static PyMethodDef methods[] = {
    {"describe", describe, METH_O, NULL}, {"churn", churn, METH_O, NULL}, {NULL, NULL, 0, NULL}};

static int exec(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&adder_spec);
    if (type == NULL || PyModule_AddObject(module, "Adder", type) < 0) {
        Py_XDECREF(type);
        return -1;
    }
    return PyModule_AddIntConstant(module, "version", Py_LIMITED_API);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)exec}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "ext_limited", NULL, 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_ext_limited(void) { return PyModuleDef_Init(&definition); }
