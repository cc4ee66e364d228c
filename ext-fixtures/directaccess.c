/* directaccess.c: fields that Cython, mypyc, pybind11 and NumPy read and write without a call. */
#include "fixture.h"

/* str: the cached hash, and a length that is lowered before anyone has seen the object. */
ONE(cached_hash)
{
    Py_hash_t hash = PyObject_Hash(arg);
    return PyBool_FromLong(hash == ((PyASCIIObject *)arg)->hash);
}

ONE(interned_has_hash)
{
    PyObject *name = PyUnicode_FromFormat("%U_interned", arg);
    Py_hash_t hash;
    int set;
    PyUnicode_InternInPlace(&name);
    hash = ((PyASCIIObject *)name)->hash;
    set = hash != -1 && hash == PyObject_Hash(name);
    Py_DECREF(name);
    return PyBool_FromLong(set);
}

NONE(shortened)
{
    PyObject *text = PyUnicode_New(10, 127);
    if (text != NULL) {
        memcpy(PyUnicode_1BYTE_DATA(text), "abc", 4);
        ((PyASCIIObject *)text)->length = 3;
    }
    return text;
}

/* The stack of handled exceptions: an item of our own on top while function runs. */
VARARGS(push_handled)
{
    PyObject *exc, *function, *result;
    PyThreadState *tstate = PyThreadState_Get();
    _PyErr_StackItem item;
    if (!PyArg_ParseTuple(args, "OO", &exc, &function)) {
        return NULL;
    }
    item.exc_value = Py_NewRef(exc);
    item.previous_item = tstate->exc_info;
    tstate->exc_info = &item;
    result = PyObject_CallNoArgs(function);
    if (tstate->exc_info != &item) {
        Py_FatalError("the stack of handled exceptions is not balanced");
    }
    tstate->exc_info = item.previous_item;
    Py_DECREF(item.exc_value);
    return result;
}

/* The exception that is handled in the caller, found by walking the stack. */
NONE(topmost)
{
    _PyErr_StackItem *item = PyThreadState_Get()->exc_info;
    while ((item->exc_value == NULL || item->exc_value == Py_None) && item->previous_item != NULL) {
        item = item->previous_item;
    }
    return Py_NewRef(item->exc_value ? item->exc_value : Py_None);
}

/* The C function inside an unbound method of a built-in type. */
VARARGS(call_descriptor)
{
    PyObject *descriptor, *self, *arg = NULL;
    PyMethodDef *method;
    if (!PyArg_ParseTuple(args, "OO|O", &descriptor, &self, &arg)) {
        return NULL;
    }
    if (!Py_IS_TYPE(descriptor, &PyMethodDescr_Type)) {
        PyErr_SetString(PyExc_TypeError, "not a method descriptor");
        return NULL;
    }
    method = ((PyMethodDescrObject *)descriptor)->d_method;
    if (method->ml_flags == METH_NOARGS && arg == NULL) {
        return method->ml_meth(self, NULL);
    }
    if (method->ml_flags == METH_O && arg != NULL) {
        return method->ml_meth(self, arg);
    }
    if (method->ml_flags == METH_FASTCALL) {
        return _Py_FUNC_CAST(PyCFunctionFast, method->ml_meth)(self, &arg, arg != NULL);
    }
    Py_RETURN_NOTIMPLEMENTED;
}

/* Whether a type is among the bases, by walking tp_mro as a tuple. */
VARARGS(in_mro)
{
    PyObject *type, *base, *mro;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &type, &PyType_Type, &base)) {
        return NULL;
    }
    mro = ((PyTypeObject *)type)->tp_mro;
    for (i = 0; i < PyTuple_GET_SIZE(mro); i++) {
        if (PyTuple_GET_ITEM(mro, i) == base) {
            Py_RETURN_TRUE;
        }
    }
    Py_RETURN_FALSE;
}

/* Slots of built-in and Python types, called without a check: length, item, subscript, next, bool. */
ONE(through_slots)
{
    PyTypeObject *type = Py_TYPE(arg);
    PyObject *list = PyList_New(0), *item;
#define ADD(condition, value) \
    item = (condition) ? (value) : Py_NewRef(Py_None); \
    if (item == NULL || PyList_Append(list, item) < 0) { \
        Py_XDECREF(item); \
        Py_DECREF(list); \
        return NULL; \
    } \
    Py_DECREF(item);
    ADD(type->tp_as_sequence && type->tp_as_sequence->sq_length,
        PyLong_FromSsize_t(type->tp_as_sequence->sq_length(arg)))
    ADD(type->tp_as_sequence && type->tp_as_sequence->sq_item, type->tp_as_sequence->sq_item(arg, 0))
    ADD(type->tp_as_mapping && type->tp_as_mapping->mp_subscript,
        type->tp_as_mapping->mp_subscript(arg, Py_False))
    ADD(type->tp_as_number && type->tp_as_number->nb_bool,
        PyLong_FromLong(type->tp_as_number->nb_bool(arg)))
    ADD(type->tp_iter, PyLong_FromLong(1))
    ADD(type->tp_repr, type->tp_repr(arg))
    ADD(type->tp_hash && type->tp_hash != PyObject_HashNotImplemented, PyLong_FromLong(1))
#undef ADD
    return list;
}

/* A static type whose tp_iter is written after PyType_Ready. */
typedef struct {
    PyObject_HEAD
} LateObject;

static PyTypeObject LateType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_directaccess.Late",
    .tp_basicsize = sizeof(LateObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
};

static PyObject *late_iter(PyObject *Py_UNUSED(self))
{
    PyObject *tuple = Py_BuildValue("(ii)", 1, 2), *iter = PyObject_GetIter(tuple);
    Py_DECREF(tuple);
    return iter;
}

NONE(give_iter)
{
    LateType.tp_iter = late_iter;
    PyType_Modified(&LateType);
    Py_RETURN_NONE;
}

/* A heap type filled by hand, as pybind11 makes them. */
ONE(make_type)
{
    PyHeapTypeObject *heap = (PyHeapTypeObject *)PyType_Type.tp_alloc(&PyType_Type, 0);
    PyTypeObject *type = (PyTypeObject *)heap;
    PyObject *module;
    if (heap == NULL) {
        return NULL;
    }
    heap->ht_name = Py_NewRef(arg);
    heap->ht_qualname = Py_NewRef(arg);
    type->tp_name = PyUnicode_AsUTF8(heap->ht_name);
    type->tp_base = (PyTypeObject *)Py_NewRef((PyObject *)&PyBaseObject_Type);
    type->tp_basicsize = sizeof(PyObject);
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE;
    type->tp_as_number = &heap->as_number;
    type->tp_as_sequence = &heap->as_sequence;
    type->tp_as_mapping = &heap->as_mapping;
    type->tp_as_async = &heap->as_async;
    heap->as_number.nb_negative = late_iter;
    if (PyType_Ready(type) < 0) {
        Py_DECREF(type);
        return NULL;
    }
    module = PyUnicode_FromString("made.by.hand");
    if (PyObject_SetAttrString((PyObject *)type, "__module__", module) < 0) {
        Py_CLEAR(type);
    }
    Py_DECREF(module);
    return (PyObject *)type;
}

/* An object on the C stack, as NumPy has one: never freed, its count at most borrowed. */
ONE(on_the_stack)
{
    PyFloatObject box = {PyObject_HEAD_INIT(&PyFloat_Type) 2.5};
    return PyNumber_Add((PyObject *)&box, arg);
}

/* PyFunctionObject, PyCodeObject, PyMethodObject, PyCellObject. */
ONE(function_fields)
{
    PyCodeObject *code;
    if (!PyFunction_Check(arg)) {
        Py_RETURN_NONE;
    }
    code = (PyCodeObject *)PyFunction_GET_CODE(arg);
    return Py_BuildValue("OiiiOOi", code->co_name, code->co_argcount, code->co_flags & CO_VARARGS,
                         (int)PyCode_GetNumFree(code),
                         PyFunction_GET_DEFAULTS(arg) ? PyFunction_GET_DEFAULTS(arg) : Py_None,
                         PyFunction_GET_CLOSURE(arg)
                             ? PyCell_GET(PyTuple_GET_ITEM(PyFunction_GET_CLOSURE(arg), 0)) : Py_None,
                         PyDict_Check(PyFunction_GET_GLOBALS(arg)));
}

ONE(method_fields)
{
    return PyMethod_Check(arg) ? PyTuple_Pack(2, PyMethod_GET_SELF(arg), PyMethod_GET_FUNCTION(arg))
                               : Py_NewRef(Py_None);
}

static int setup(PyObject *module) { return PyModule_AddType(module, &LateType); }

static PyMethodDef methods[] = {
    ONE_ENTRY(cached_hash), ONE_ENTRY(interned_has_hash), NONE_ENTRY(shortened),
    VARARGS_ENTRY(push_handled), NONE_ENTRY(topmost), VARARGS_ENTRY(call_descriptor),
    VARARGS_ENTRY(in_mro), ONE_ENTRY(through_slots), NONE_ENTRY(give_iter), ONE_ENTRY(make_type),
    ONE_ENTRY(on_the_stack), ONE_ENTRY(function_fields), ONE_ENTRY(method_fields), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_directaccess, methods, setup)
