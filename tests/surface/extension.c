/* extension.c: a small module that compiles as C and C++, with the full API and with every limited
 * one. surface.rs compiles it; nothing runs it. */
#include <Python.h>

static PyObject *add(PyObject *self, PyObject *args)
{
    long a, b;
    (void)self;
    if (!PyArg_ParseTuple(args, "ll", &a, &b)) {
        return NULL;
    }
    return PyLong_FromLong(a + b);
}

static PyObject *pair(PyObject *self, PyObject *arg)
{
    PyObject *result = PyTuple_New(2);
    PyObject *none = Py_None;
    (void)self;
    if (result == NULL) {
        return NULL;
    }
    Py_INCREF(arg);
    PyTuple_SetItem(result, 0, arg);
    Py_XINCREF(none);
    PyTuple_SetItem(result, 1, none);
    return result;
}

static PyObject *kind_of(PyObject *self, PyObject *arg)
{
    (void)self;
    if (PyLong_Check(arg)) {
        Py_RETURN_TRUE;
    }
    if (PyUnicode_CheckExact(arg)) {
        Py_RETURN_FALSE;
    }
    if (PyType_Check(arg)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_RETURN_NONE;
}

static PyObject *slow(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    int i, total = 0;
    (void)self;
    Py_BEGIN_ALLOW_THREADS
    for (i = 0; i < 1000; i++) {
        total += i;
    }
    Py_END_ALLOW_THREADS
    return Py_BuildValue("(in)", total, (Py_ssize_t)Py_MIN(total, 3));
}

#ifndef Py_LIMITED_API
typedef struct {
    PyObject_HEAD
    PyObject *item;
    PyMutex mutex;
} BoxObject;

static void box_dealloc(PyObject *self)
{
    BoxObject *box = (BoxObject *)self;
    PyObject_GC_UnTrack(self);
    Py_CLEAR(box->item);
    Py_TYPE(self)->tp_free(self);
}

static int box_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((BoxObject *)self)->item);
    return 0;
}

static PyObject *fast(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    BoxObject *box = (BoxObject *)self;
    PyObject *list = PyList_New(nargs);
    Py_ssize_t i;
    if (list == NULL) {
        return NULL;
    }
    PyMutex_Lock(&box->mutex);
    Py_BEGIN_CRITICAL_SECTION(self);
    for (i = 0; i < nargs; i++) {
        PyList_SET_ITEM(list, i, Py_NewRef(args[i]));
    }
    Py_XSETREF(box->item, Py_NewRef(list));
    Py_END_CRITICAL_SECTION();
    PyMutex_Unlock(&box->mutex);
    if (nargs > 0 && PyUnicode_Check(PyList_GET_ITEM(list, 0))) {
        PyObject *text = PyList_GET_ITEM(list, 0);
        if (PyUnicode_GET_LENGTH(text) > 0
            && Py_UNICODE_ISSPACE(PyUnicode_READ(PyUnicode_KIND(text), PyUnicode_DATA(text), 0))) {
            Py_SETREF(list, PyUnicode_FromString("space"));
        }
    }
    return list;
}

static PyMethodDef box_methods[] = {
    {"fast", _PyCFunction_CAST(fast), METH_FASTCALL, PyDoc_STR("Returns its arguments.")},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject BoxType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    "extension.Box",   /* tp_name */
    sizeof(BoxObject), /* tp_basicsize */
    0, box_dealloc, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, /* tp_flags */
    NULL, box_traverse, NULL, NULL, 0, NULL, NULL, box_methods, NULL, NULL, NULL, NULL, NULL, NULL,
    0, NULL, NULL, PyType_GenericNew, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL,
    0, 0,
};
#endif

static PyMethodDef methods[] = {
    {"add", add, METH_VARARGS, NULL},
    {"pair", pair, METH_O, NULL},
    {"kind_of", kind_of, METH_O, NULL},
    {"slow", slow, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "extension", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_extension(void)
{
    PyObject *module = PyModule_Create(&definition);
#ifndef Py_LIMITED_API
    if (module != NULL && PyModule_AddType(module, &BoxType) < 0) {
        Py_CLEAR(module);
    }
#endif
    return module;
}
