/* methodobject.c: every calling convention of functions and methods written in C. */
#include "fixture.h"

static PyObject *varargs(PyObject *self, PyObject *args)
{
    return Py_BuildValue("sOO", "varargs", PyModule_Check(self) ? Py_None : self, args);
}

static PyObject *keywords(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return Py_BuildValue("sOOO", "keywords", PyModule_Check(self) ? Py_None : self, args,
                         kwargs != NULL && PyDict_GET_SIZE(kwargs) > 0 ? kwargs : Py_None);
}

static PyObject *noargs(PyObject *self, PyObject *args)
{
    return Py_BuildValue("sOi", "noargs", PyModule_Check(self) ? Py_None : self, args == NULL);
}

static PyObject *one(PyObject *self, PyObject *arg)
{
    return Py_BuildValue("sOO", "one", PyModule_Check(self) ? Py_None : self, arg);
}

static PyObject *from_array(PyObject *const *args, Py_ssize_t n)
{
    PyObject *tuple = PyTuple_New(n);
    Py_ssize_t i;
    for (i = 0; tuple != NULL && i < n; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    }
    return tuple;
}

static PyObject *fast(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    return Py_BuildValue("sON", "fast", PyModule_Check(self) ? Py_None : self, from_array(args, nargs));
}

static PyObject *fast_keywords(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *names)
{
    Py_ssize_t n = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    return Py_BuildValue("sONON", "fast_keywords", PyModule_Check(self) ? Py_None : self,
                         from_array(args, nargs), names ? names : Py_None, from_array(args + nargs, n));
}

static PyObject *defining_class(PyObject *self, PyTypeObject *cls, PyObject *const *args, size_t nargs,
                                PyObject *names)
{
    return Py_BuildValue("sOONO", "defining_class", self, cls,
                         from_array(args, PyVectorcall_NARGS(nargs)), names ? names : Py_None);
}

PyDoc_STRVAR(documented_doc, "documented($module, a, b=1, /)\n--\n\nThe documentation.");

/* Functions created at run time. */
static PyMethodDef made_def = {"made", one, METH_O, "made at run time"};

ONE(make) { return PyCFunction_New(&made_def, arg); }

VARARGS(make_ex)
{
    PyObject *self, *module;
    return PyArg_ParseTuple(args, "OO", &self, &module) ? PyCFunction_NewEx(&made_def, self, module) : NULL;
}

ONE(describe)
{
    PyObject *self;
    if (!PyCFunction_Check(arg)) {
        Py_RETURN_NONE;
    }
    self = PyCFunction_GetSelf(arg);
    return Py_BuildValue("siOiii", ((PyCFunctionObject *)arg)->m_ml->ml_name, PyCFunction_GetFlags(arg),
                         self == NULL ? Py_None : PyModule_Check(self) ? Py_Ellipsis : self,
                         PyCFunction_GET_FUNCTION(arg) == PyCFunction_GetFunction(arg),
                         PyCFunction_GET_FLAGS(arg) == PyCFunction_GetFlags(arg),
                         PyCMethod_CheckExact(arg));
}

/* Calls the C function inside a builtin with one argument, as compiled code does. */
VARARGS(call_inside)
{
    PyObject *function, *arg;
    if (!PyArg_ParseTuple(args, "OO", &function, &arg)) {
        return NULL;
    }
    if (!PyCFunction_Check(function) || PyCFunction_GET_FLAGS(function) != METH_O) {
        PyErr_SetString(PyExc_TypeError, "not a function of one argument");
        return NULL;
    }
    return PyCFunction_GET_FUNCTION(function)(PyCFunction_GET_SELF(function), arg);
}

/* A type with a method of each kind. */
static PyMethodDef type_methods[] = {
    {"varargs", varargs, METH_VARARGS, NULL},
    {"keywords", _PyCFunction_CAST(keywords), METH_VARARGS | METH_KEYWORDS, NULL},
    {"noargs", noargs, METH_NOARGS, NULL},
    {"one", one, METH_O, NULL},
    {"fast", _PyCFunction_CAST(fast), METH_FASTCALL, NULL},
    {"fast_keywords", _PyCFunction_CAST(fast_keywords), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"defining_class", _PyCFunction_CAST(defining_class),
     METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
    {"class_varargs", varargs, METH_VARARGS | METH_CLASS, NULL},
    {"class_one", one, METH_O | METH_CLASS, NULL},
    LAST_ENTRY,
};

static PyObject *static_one(PyObject *self, PyObject *arg)
{
    return Py_BuildValue("siO", "static", self == NULL, arg);
}

static PyObject *static_fast(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    return Py_BuildValue("siN", "static", self == NULL, from_array(args, nargs));
}

static PyMethodDef static_methods[] = {
    {"static_one", static_one, METH_O | METH_STATIC, NULL},
    {"static_fast", _PyCFunction_CAST(static_fast), METH_FASTCALL | METH_STATIC, NULL},
    LAST_ENTRY,
};

static PyType_Slot base_slots[] = {{Py_tp_methods, static_methods}, {0, NULL}};
static PyType_Spec base_spec = {"ext_methodobject.Base", sizeof(PyObject), 0,
                                Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, base_slots};
static PyObject *thing_repr(PyObject *Py_UNUSED(self)) { return PyUnicode_FromString("thing"); }
static PyType_Slot thing_slots[] = {
    {Py_tp_methods, type_methods}, {Py_tp_repr, thing_repr}, {0, NULL}};
static PyType_Spec thing_spec = {"ext_methodobject.Thing", sizeof(PyObject), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, thing_slots};

static int setup(PyObject *module)
{
    PyObject *base = PyType_FromSpec(&base_spec), *thing;
    if (base == NULL) {
        return -1;
    }
    thing = PyType_FromModuleAndSpec(module, &thing_spec, base);
    Py_DECREF(base);
    return PyModule_Add(module, "Thing", thing);
}

static PyMethodDef methods[] = {
    {"varargs", varargs, METH_VARARGS, NULL},
    {"keywords", _PyCFunction_CAST(keywords), METH_VARARGS | METH_KEYWORDS, NULL},
    {"noargs", noargs, METH_NOARGS, NULL},
    {"one", one, METH_O, NULL},
    {"fast", _PyCFunction_CAST(fast), METH_FASTCALL, NULL},
    {"fast_keywords", _PyCFunction_CAST(fast_keywords), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"documented", varargs, METH_VARARGS, documented_doc},
    ONE_ENTRY(make), VARARGS_ENTRY(make_ex), ONE_ENTRY(describe), VARARGS_ENTRY(call_inside),
    LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_methodobject, methods, setup)
