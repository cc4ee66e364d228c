/* object.c: text, comparison, attributes, constants and reference counts of any object. */
#include "fixture.h"

WRAP_O(repr, PyObject_Repr)
WRAP_O(str, PyObject_Str)
WRAP_O(ascii, PyObject_ASCII)
WRAP_O(bytes, PyObject_Bytes)
WRAP_O(type, PyObject_Type)
WRAP_O(dir, PyObject_Dir)
WRAP_O_INT(hash, PyObject_Hash)

/* Numbers that are no NaN are hashed without an object. */
NONE(hash_of_number) { return PyLong_FromSsize_t(_Py_HashDouble(NULL, 1.5)); }

WRAP_O_INT(is_true, PyObject_IsTrue)
WRAP_O_INT(not_, PyObject_Not)
WRAP_O_INT(callable, PyCallable_Check)
WRAP_OO(getattr, PyObject_GetAttr)
WRAP_OO(generic_getattr, PyObject_GenericGetAttr)
WRAP_OOO_INT(setattr, PyObject_SetAttr)
WRAP_OOO_INT(generic_setattr, PyObject_GenericSetAttr)
WRAP_OO_INT(delattr, PyObject_DelAttr)
WRAP_OO_INT(hasattr, PyObject_HasAttr)
WRAP_OO_INT(hasattr_with_error, PyObject_HasAttrWithError)

VARARGS(getattr_string)
{
    PyObject *ob;
    const char *name;
    return PyArg_ParseTuple(args, "Os", &ob, &name) ? PyObject_GetAttrString(ob, name) : NULL;
}

VARARGS(setattr_string)
{
    PyObject *ob, *value;
    const char *name;
    if (!PyArg_ParseTuple(args, "OsO", &ob, &name, &value)) {
        return NULL;
    }
    return int_or_error(PyObject_SetAttrString(ob, name, value));
}

VARARGS(delattr_string)
{
    PyObject *ob;
    const char *name;
    if (!PyArg_ParseTuple(args, "Os", &ob, &name)) {
        return NULL;
    }
    return int_or_error(PyObject_DelAttrString(ob, name));
}

/* (code, value or None) */
VARARGS(get_optional_attr)
{
    PyObject *ob, *name, *value;
    int code;
    if (!PyArg_ParseTuple(args, "OO", &ob, &name)) {
        return NULL;
    }
    code = PyObject_GetOptionalAttr(ob, name, &value);
    if (code < 0) {
        return NULL;
    }
    return Py_BuildValue("iN", code, object_or_none(value));
}

VARARGS(rich_compare)
{
    PyObject *a, *b;
    int op;
    return PyArg_ParseTuple(args, "OOi", &a, &b, &op) ? PyObject_RichCompare(a, b, op) : NULL;
}

VARARGS(rich_compare_bool)
{
    PyObject *a, *b;
    int op;
    if (!PyArg_ParseTuple(args, "OOi", &a, &b, &op)) {
        return NULL;
    }
    return int_or_error(PyObject_RichCompareBool(a, b, op));
}

/* Py_RETURN_RICHCOMPARE on two C values. */
VARARGS(compare_longs)
{
    long a, b;
    int op;
    if (!PyArg_ParseTuple(args, "lli", &a, &b, &op)) {
        return NULL;
    }
    Py_RETURN_RICHCOMPARE(a, b, op);
}

/* Identity and type tests through the macros. */
VARARGS(identity)
{
    PyObject *a, *b;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) {
        return NULL;
    }
    return Py_BuildValue("iiiii", Py_Is(a, b), Py_IsNone(a), Py_IsTrue(a), Py_IsFalse(a),
                         Py_IS_TYPE(a, Py_TYPE(b)));
}

/* The constants by number, and whether they are the objects the macros name. */
NONE(constants)
{
    PyObject *list = PyList_New(0);
    unsigned int id;
    if (list == NULL) {
        return NULL;
    }
    for (id = Py_CONSTANT_NONE; id <= Py_CONSTANT_EMPTY_TUPLE; id++) {
        PyObject *strong = Py_GetConstant(id);
        if (strong == NULL || strong != Py_GetConstantBorrowed(id) || PyList_Append(list, strong) < 0) {
            Py_XDECREF(strong);
            Py_DECREF(list);
            return NULL;
        }
        Py_DECREF(strong);
    }
    assert(PyList_GET_ITEM(list, Py_CONSTANT_NONE) == Py_None);
    if (PyList_GET_ITEM(list, Py_CONSTANT_TRUE) != Py_True
        || PyList_GET_ITEM(list, Py_CONSTANT_FALSE) != Py_False
        || PyList_GET_ITEM(list, Py_CONSTANT_ELLIPSIS) != Py_Ellipsis
        || PyList_GET_ITEM(list, Py_CONSTANT_NOT_IMPLEMENTED) != Py_NotImplemented) {
        Py_DECREF(list);
        PyErr_SetString(PyExc_AssertionError, "a constant is not the object of its macro");
        return NULL;
    }
    return list;
}

NONE(bad_constant) { return Py_GetConstant(1000); }

/* Counts of an object made here, after each step. */
NONE(counts)
{
    PyObject *ob = PyList_New(0), *other, *variable;
    Py_ssize_t fresh, incref, newref, decref, setref, cleared;
    if (ob == NULL) {
        return NULL;
    }
    fresh = Py_REFCNT(ob);
    Py_INCREF(ob);
    incref = Py_REFCNT(ob);
    variable = Py_NewRef(ob);
    newref = Py_REFCNT(ob);
    Py_DECREF(ob);
    decref = Py_REFCNT(ob);
    other = PyDict_New();
    Py_XSETREF(variable, other);
    setref = Py_REFCNT(ob);
    Py_CLEAR(variable);
    Py_CLEAR(variable);
    cleared = Py_REFCNT(ob);
    Py_XINCREF((PyObject *)NULL);
    Py_XDECREF((PyObject *)NULL);
    Py_DECREF(ob);
    return Py_BuildValue("nnnnnni", fresh, incref, newref, decref, setref, cleared,
                         variable == NULL);
}

/* None and True are immortal: counting does nothing that can be seen. */
NONE(immortal)
{
    Py_ssize_t before = Py_REFCNT(Py_None);
    int i;
    for (i = 0; i < 100000; i++) {
        Py_DECREF(Py_None);
    }
    return Py_BuildValue("iiiii", Py_REFCNT(Py_None) == before, PyUnstable_IsImmortal(Py_None),
                         PyUnstable_IsImmortal(Py_True), _Py_IsImmortal(Py_Ellipsis),
                         _Py_IsStaticImmortal((PyObject *)&PyLong_Type));
}

NONE(unique)
{
    PyObject *ob = PyList_New(0);
    int alone, shared;
    if (ob == NULL) {
        return NULL;
    }
    alone = PyUnstable_Object_IsUniquelyReferenced(ob);
    Py_INCREF(ob);
    shared = PyUnstable_Object_IsUniquelyReferenced(ob);
    Py_DECREF(ob);
    Py_DECREF(ob);
    return Py_BuildValue("ii", alone, shared);
}

/* A repr that calls itself. */
ONE(guarded_repr)
{
    PyObject *inner, *result;
    int entered = Py_ReprEnter(arg);
    if (entered != 0) {
        return entered > 0 ? PyUnicode_FromString("...") : NULL;
    }
    inner = guarded_repr(NULL, arg);
    result = inner == NULL ? NULL : PyUnicode_FromFormat("<%U>", inner);
    Py_XDECREF(inner);
    Py_ReprLeave(arg);
    return result;
}

static PyMethodDef methods[] = {
    ONE_ENTRY(repr), ONE_ENTRY(str), ONE_ENTRY(ascii), ONE_ENTRY(bytes), ONE_ENTRY(type),
    ONE_ENTRY(dir), ONE_ENTRY(hash), NONE_ENTRY(hash_of_number),
    ONE_ENTRY(is_true), ONE_ENTRY(not_), ONE_ENTRY(callable),
    VARARGS_ENTRY(getattr), VARARGS_ENTRY(generic_getattr), VARARGS_ENTRY(setattr),
    VARARGS_ENTRY(generic_setattr), VARARGS_ENTRY(delattr), VARARGS_ENTRY(hasattr),
    VARARGS_ENTRY(hasattr_with_error), VARARGS_ENTRY(getattr_string),
    VARARGS_ENTRY(setattr_string), VARARGS_ENTRY(delattr_string),
    VARARGS_ENTRY(get_optional_attr), VARARGS_ENTRY(rich_compare),
    VARARGS_ENTRY(rich_compare_bool), VARARGS_ENTRY(compare_longs), VARARGS_ENTRY(identity),
    NONE_ENTRY(constants), NONE_ENTRY(bad_constant), NONE_ENTRY(counts), NONE_ENTRY(immortal),
    NONE_ENTRY(unique), ONE_ENTRY(guarded_repr), LAST_ENTRY,
};

FIXTURE_MODULE(ext_object, methods)
