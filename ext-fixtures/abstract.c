/* abstract.c: calls, numbers, sequences, mappings and iterators. */
#include "fixture.h"

/* Numbers. */
WRAP_OO(add, PyNumber_Add)
WRAP_OO(subtract, PyNumber_Subtract)
WRAP_OO(multiply, PyNumber_Multiply)
WRAP_OO(matrix_multiply, PyNumber_MatrixMultiply)
WRAP_OO(floor_divide, PyNumber_FloorDivide)
WRAP_OO(true_divide, PyNumber_TrueDivide)
WRAP_OO(remainder_, PyNumber_Remainder)
WRAP_OO(divmod, PyNumber_Divmod)
WRAP_OOO(power, PyNumber_Power)
WRAP_O(negative, PyNumber_Negative)
WRAP_O(positive, PyNumber_Positive)
WRAP_O(absolute, PyNumber_Absolute)
WRAP_O(invert, PyNumber_Invert)
WRAP_OO(lshift, PyNumber_Lshift)
WRAP_OO(rshift, PyNumber_Rshift)
WRAP_OO(and_, PyNumber_And)
WRAP_OO(xor_, PyNumber_Xor)
WRAP_OO(or_, PyNumber_Or)
WRAP_OO(inplace_add, PyNumber_InPlaceAdd)
WRAP_OO(inplace_multiply, PyNumber_InPlaceMultiply)
WRAP_OO(inplace_or, PyNumber_InPlaceOr)
WRAP_OOO(inplace_power, PyNumber_InPlacePower)
WRAP_O_INT(number_check, PyNumber_Check)
WRAP_O_INT(index_check, PyIndex_Check)
WRAP_O(index_, PyNumber_Index)
WRAP_O(long_, PyNumber_Long)
WRAP_O(float_, PyNumber_Float)

VARARGS(to_base)
{
    PyObject *n;
    int base;
    return PyArg_ParseTuple(args, "Oi", &n, &base) ? PyNumber_ToBase(n, base) : NULL;
}

/* exc None: clip. */
VARARGS(as_ssize)
{
    PyObject *n, *exc;
    if (!PyArg_ParseTuple(args, "OO", &n, &exc)) {
        return NULL;
    }
    return int_or_error(PyNumber_AsSsize_t(n, Py_IsNone(exc) ? NULL : exc));
}

/* Any object. */
WRAP_O_INT(size, PyObject_Size)
WRAP_OO(getitem, PyObject_GetItem)
WRAP_OOO_INT(setitem, PyObject_SetItem)
WRAP_OO_INT(delitem, PyObject_DelItem)
WRAP_OO(format, PyObject_Format)
WRAP_OO_INT(isinstance, PyObject_IsInstance)
WRAP_OO_INT(issubclass, PyObject_IsSubclass)

VARARGS(length_hint)
{
    PyObject *o;
    Py_ssize_t default_value;
    if (!PyArg_ParseTuple(args, "On", &o, &default_value)) {
        return NULL;
    }
    return int_or_error(PyObject_LengthHint(o, default_value));
}

/* Sequences. */
WRAP_O_INT(sequence_check, PySequence_Check)
WRAP_O_INT(sequence_size, PySequence_Size)
WRAP_OO(concat, PySequence_Concat)
WRAP_OO(inplace_concat, PySequence_InPlaceConcat)
WRAP_O(tuple, PySequence_Tuple)
WRAP_O(list, PySequence_List)
WRAP_OO_INT(count, PySequence_Count)
WRAP_OO_INT(contains, PySequence_Contains)
WRAP_OO_INT(index_of, PySequence_Index)

VARARGS(repeat)
{
    PyObject *o;
    Py_ssize_t n;
    return PyArg_ParseTuple(args, "On", &o, &n) ? PySequence_Repeat(o, n) : NULL;
}

VARARGS(sequence_getitem)
{
    PyObject *o;
    Py_ssize_t i;
    return PyArg_ParseTuple(args, "On", &o, &i) ? PySequence_GetItem(o, i) : NULL;
}

VARARGS(sequence_setitem)
{
    PyObject *o, *value;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "OnO", &o, &i, &value)) {
        return NULL;
    }
    return int_or_error(PySequence_SetItem(o, i, value));
}

VARARGS(sequence_delitem)
{
    PyObject *o;
    Py_ssize_t i;
    return PyArg_ParseTuple(args, "On", &o, &i) ? int_or_error(PySequence_DelItem(o, i)) : NULL;
}

VARARGS(getslice)
{
    PyObject *o;
    Py_ssize_t start, stop;
    return PyArg_ParseTuple(args, "Onn", &o, &start, &stop) ? PySequence_GetSlice(o, start, stop)
                                                            : NULL;
}

VARARGS(setslice)
{
    PyObject *o, *value;
    Py_ssize_t start, stop;
    if (!PyArg_ParseTuple(args, "OnnO", &o, &start, &stop, &value)) {
        return NULL;
    }
    return int_or_error(PySequence_SetSlice(o, start, stop, value));
}

VARARGS(delslice)
{
    PyObject *o;
    Py_ssize_t start, stop;
    if (!PyArg_ParseTuple(args, "Onn", &o, &start, &stop)) {
        return NULL;
    }
    return int_or_error(PySequence_DelSlice(o, start, stop));
}

/* Items through the array of PySequence_Fast, in reverse. */
ONE(fast_reversed)
{
    PyObject *fast = PySequence_Fast(arg, "not something to reverse"), *list, **items;
    Py_ssize_t i, n;
    if (fast == NULL) {
        return NULL;
    }
    n = PySequence_Fast_GET_SIZE(fast);
    items = PySequence_Fast_ITEMS(fast);
    list = PyList_New(n);
    for (i = 0; list != NULL && i < n; i++) {
        assert(items[i] == PySequence_Fast_GET_ITEM(fast, i));
        PyList_SET_ITEM(list, n - 1 - i, Py_NewRef(items[i]));
    }
    Py_DECREF(fast);
    return list;
}

/* sq_item read out of the type. */
VARARGS(slot_item)
{
    PyObject *o;
    Py_ssize_t i;
    return PyArg_ParseTuple(args, "On", &o, &i) ? PySequence_ITEM(o, i) : NULL;
}

/* Mappings. */
WRAP_O_INT(mapping_check, PyMapping_Check)
WRAP_O_INT(mapping_size, PyMapping_Size)
WRAP_O(keys, PyMapping_Keys)
WRAP_O(values, PyMapping_Values)
WRAP_O(items, PyMapping_Items)
WRAP_OO_INT(has_key, PyMapping_HasKey)
WRAP_OO_INT(has_key_with_error, PyMapping_HasKeyWithError)

VARARGS(mapping_getitem_string)
{
    PyObject *o;
    const char *key;
    return PyArg_ParseTuple(args, "Os", &o, &key) ? PyMapping_GetItemString(o, key) : NULL;
}

VARARGS(mapping_setitem_string)
{
    PyObject *o, *value;
    const char *key;
    if (!PyArg_ParseTuple(args, "OsO", &o, &key, &value)) {
        return NULL;
    }
    return int_or_error(PyMapping_SetItemString(o, key, value));
}

VARARGS(get_optional_item)
{
    PyObject *o, *key, *value;
    int code;
    if (!PyArg_ParseTuple(args, "OO", &o, &key)) {
        return NULL;
    }
    code = PyMapping_GetOptionalItem(o, key, &value);
    return code < 0 ? NULL : Py_BuildValue("iN", code, object_or_none(value));
}

/* Iterators. */
WRAP_O(iter, PyObject_GetIter)
WRAP_O_INT(iter_check, PyIter_Check)

ONE(next) { return object_or_none(PyIter_Next(arg)); }

ONE(next_item)
{
    PyObject *item;
    int code = PyIter_NextItem(arg, &item);
    return code < 0 ? NULL : Py_BuildValue("iN", code, object_or_none(item));
}

VARARGS(send)
{
    PyObject *iter, *value, *result;
    PySendResult code;
    if (!PyArg_ParseTuple(args, "OO", &iter, &value)) {
        return NULL;
    }
    code = PyIter_Send(iter, value, &result);
    if (code == PYGEN_ERROR) {
        return NULL;
    }
    return Py_BuildValue("sN", code == PYGEN_NEXT ? "next" : "return", result);
}

ONE(sum)
{
    PyObject *iter = PyObject_GetIter(arg), *total, *item;
    if (iter == NULL) {
        return NULL;
    }
    total = PyLong_FromLong(0);
    while (total != NULL && (item = PyIter_Next(iter)) != NULL) {
        Py_SETREF(total, PyNumber_Add(total, item));
        Py_DECREF(item);
    }
    Py_DECREF(iter);
    if (PyErr_Occurred()) {
        Py_CLEAR(total);
    }
    return total;
}

/* Calls: f with each function, arguments 1, "two" and key=3 where they can be passed. */
VARARGS(call)
{
    PyObject *callable, *arguments, *kwargs = NULL;
    if (!PyArg_ParseTuple(args, "OO|O", &callable, &arguments, &kwargs)) {
        return NULL;
    }
    return PyObject_Call(callable, arguments, kwargs);
}

ONE(call_variants)
{
    PyObject *one = PyLong_FromLong(1), *two = PyUnicode_FromString("two");
    PyObject *pair = PyTuple_Pack(2, one, two), *result;
    result = Py_BuildValue(
        "[NNNNNNN]", PyObject_CallNoArgs(arg), PyObject_CallOneArg(arg, one),
        PyObject_CallObject(arg, NULL), PyObject_CallObject(arg, pair),
        PyObject_CallFunction(arg, "is", 1, "two"), PyObject_CallFunction(arg, "(is)", 1, "two"),
        PyObject_CallFunctionObjArgs(arg, one, two, NULL));
    Py_DECREF(one);
    Py_DECREF(two);
    Py_DECREF(pair);
    return result;
}

/* The method "method" of an object. */
ONE(call_method_variants)
{
    PyObject *name = PyUnicode_FromString("method"), *one = PyLong_FromLong(1), *result;
    result = Py_BuildValue(
        "[NNNNNN]", PyObject_CallMethod(arg, "method", NULL), PyObject_CallMethod(arg, "method", "i", 1),
        PyObject_CallMethod(arg, "method", "(ii)", 1, 2), PyObject_CallMethodNoArgs(arg, name),
        PyObject_CallMethodOneArg(arg, name, one),
        PyObject_CallMethodObjArgs(arg, name, one, Py_None, NULL));
    Py_DECREF(name);
    Py_DECREF(one);
    return result;
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(add), VARARGS_ENTRY(subtract), VARARGS_ENTRY(multiply),
    VARARGS_ENTRY(matrix_multiply), VARARGS_ENTRY(floor_divide), VARARGS_ENTRY(true_divide),
    VARARGS_ENTRY(remainder_), VARARGS_ENTRY(divmod), VARARGS_ENTRY(power), ONE_ENTRY(negative),
    ONE_ENTRY(positive), ONE_ENTRY(absolute), ONE_ENTRY(invert), VARARGS_ENTRY(lshift),
    VARARGS_ENTRY(rshift), VARARGS_ENTRY(and_), VARARGS_ENTRY(xor_), VARARGS_ENTRY(or_),
    VARARGS_ENTRY(inplace_add), VARARGS_ENTRY(inplace_multiply), VARARGS_ENTRY(inplace_or),
    VARARGS_ENTRY(inplace_power), ONE_ENTRY(number_check), ONE_ENTRY(index_check),
    ONE_ENTRY(index_), ONE_ENTRY(long_), ONE_ENTRY(float_), VARARGS_ENTRY(to_base),
    VARARGS_ENTRY(as_ssize), ONE_ENTRY(size), VARARGS_ENTRY(getitem), VARARGS_ENTRY(setitem),
    VARARGS_ENTRY(delitem), VARARGS_ENTRY(format), VARARGS_ENTRY(isinstance),
    VARARGS_ENTRY(issubclass), VARARGS_ENTRY(length_hint), ONE_ENTRY(sequence_check),
    ONE_ENTRY(sequence_size), VARARGS_ENTRY(concat), VARARGS_ENTRY(inplace_concat),
    ONE_ENTRY(tuple), ONE_ENTRY(list), VARARGS_ENTRY(count), VARARGS_ENTRY(contains),
    VARARGS_ENTRY(index_of), VARARGS_ENTRY(repeat), VARARGS_ENTRY(sequence_getitem),
    VARARGS_ENTRY(sequence_setitem), VARARGS_ENTRY(sequence_delitem), VARARGS_ENTRY(getslice),
    VARARGS_ENTRY(setslice), VARARGS_ENTRY(delslice), ONE_ENTRY(fast_reversed),
    VARARGS_ENTRY(slot_item), ONE_ENTRY(mapping_check), ONE_ENTRY(mapping_size), ONE_ENTRY(keys),
    ONE_ENTRY(values), ONE_ENTRY(items), VARARGS_ENTRY(has_key), VARARGS_ENTRY(has_key_with_error),
    VARARGS_ENTRY(mapping_getitem_string), VARARGS_ENTRY(mapping_setitem_string),
    VARARGS_ENTRY(get_optional_item), ONE_ENTRY(iter), ONE_ENTRY(iter_check), ONE_ENTRY(next),
    ONE_ENTRY(next_item), VARARGS_ENTRY(send), ONE_ENTRY(sum), VARARGS_ENTRY(call),
    ONE_ENTRY(call_variants), ONE_ENTRY(call_method_variants), LAST_ENTRY,
};

FIXTURE_MODULE(ext_abstract, methods)
