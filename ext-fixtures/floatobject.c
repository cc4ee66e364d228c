/* floatobject.c: float. */
#include "fixture.h"

WRAP_O(from_string, PyFloat_FromString)

ONE(as_double)
{
    double value = PyFloat_AsDouble(arg);
    return value == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(value);
}

ONE(check) { return Py_BuildValue("ii", PyFloat_Check(arg), PyFloat_CheckExact(arg)); }

/* Twice the value, read from the field. */
ONE(twice) { return PyFloat_FromDouble(2 * PyFloat_AS_DOUBLE(arg)); }

NONE(limits)
{
    return Py_BuildValue("ddN", PyFloat_GetMax(), PyFloat_GetMin(), PyFloat_GetInfo());
}

NONE(nan_) { Py_RETURN_NAN; }

ONE(infinity)
{
    double sign = PyFloat_AsDouble(arg);
    Py_RETURN_INF(sign);
}

ONE(classify)
{
    double x = PyFloat_AsDouble(arg);
    return Py_BuildValue("iii", !!Py_IS_NAN(x), !!Py_IS_INFINITY(x), !!Py_IS_FINITE(x));
}

/* The value packed into 2, 4 and 8 bytes and unpacked again. */
VARARGS(pack)
{
    double x;
    int little;
    char p2[2], p4[4], p8[8];
    if (!PyArg_ParseTuple(args, "di", &x, &little)) {
        return NULL;
    }
    if (PyFloat_Pack2(x, p2, little) < 0 || PyFloat_Pack4(x, p4, little) < 0
        || PyFloat_Pack8(x, p8, little) < 0) {
        return NULL;
    }
    return Py_BuildValue("y#y#y#ddd", p2, (Py_ssize_t)2, p4, (Py_ssize_t)4, p8, (Py_ssize_t)8,
                         PyFloat_Unpack2(p2, little), PyFloat_Unpack4(p4, little),
                         PyFloat_Unpack8(p8, little));
}

/* Text, through pystrtod.h. */
VARARGS(to_string)
{
    double x;
    int format, precision, flags, type;
    char *text;
    if (!PyArg_ParseTuple(args, "dCii", &x, &format, &precision, &flags)) {
        return NULL;
    }
    text = PyOS_double_to_string(x, (char)format, precision, flags, &type);
    if (text == NULL) {
        return NULL;
    }
    PyObject *result = Py_BuildValue("si", text, type);
    PyMem_Free(text);
    return result;
}

VARARGS(string_to_double)
{
    const char *text;
    char *end;
    double x;
    if (!PyArg_ParseTuple(args, "s", &text)) {
        return NULL;
    }
    x = PyOS_string_to_double(text, &end, PyExc_OverflowError);
    if (x == -1.0 && PyErr_Occurred()) {
        return NULL;
    }
    return Py_BuildValue("ds", x, end);
}

/* A type that is laid out as a float, but whose tp_base is another of its bases. */
static PyTypeObject MixinType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_floatobject.Mixin",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyTypeObject BothType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_floatobject.Both",
    .tp_basicsize = sizeof(PyFloatObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyObject *both_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(keywords))
{
    PyObject *self;
    double value;
    if (!PyArg_ParseTuple(args, "d", &value)) {
        return NULL;
    }
    self = type->tp_alloc(type, 0);
    if (self != NULL) {
        ((PyFloatObject *)self)->ob_fval = value;
    }
    return self;
}

static int setup(PyObject *module)
{
    if (PyType_Ready(&MixinType) < 0) {
        return -1;
    }
    BothType.tp_base = &MixinType;
    BothType.tp_bases = PyTuple_Pack(2, &MixinType, &PyFloat_Type);
    BothType.tp_hash = PyFloat_Type.tp_hash;
    BothType.tp_new = both_new;
    return PyModule_AddType(module, &BothType);
}

static PyMethodDef methods[] = {
    ONE_ENTRY(from_string), ONE_ENTRY(as_double), ONE_ENTRY(check), ONE_ENTRY(twice),
    NONE_ENTRY(limits), NONE_ENTRY(nan_), ONE_ENTRY(infinity), ONE_ENTRY(classify),
    VARARGS_ENTRY(pack), VARARGS_ENTRY(to_string), VARARGS_ENTRY(string_to_double), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_floatobject, methods, setup)
