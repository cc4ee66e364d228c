/* dictobject.c: dict: lookup in all its forms, change, iteration, merging, watchers. */
#include "fixture.h"

WRAP_OOO_INT(setitem, PyDict_SetItem)
WRAP_OO_INT(delitem, PyDict_DelItem)
WRAP_OO_INT(contains, PyDict_Contains)
WRAP_O_INT(size, PyDict_Size)
WRAP_O(copy, PyDict_Copy)
WRAP_O(keys, PyDict_Keys)
WRAP_O(values, PyDict_Values)
WRAP_O(items, PyDict_Items)
WRAP_OO_INT(update, PyDict_Update)
WRAP_O(proxy, PyDictProxy_New)

NONE(new) { return PyDict_New(); }

ONE(check)
{
    return Py_BuildValue("iii", PyDict_Check(arg), PyDict_CheckExact(arg),
                         PyDict_Check(arg) ? (int)PyDict_GET_SIZE(arg) : -1);
}

/* Sizes as macros see them, after the object's own method has changed the dict. */
ONE(size_after_method)
{
    Py_ssize_t before = PyDict_GET_SIZE(arg);
    PyObject *r = PyObject_CallMethod(arg, "update", "{s:i,s:i}", "one", 1, "two", 2);
    Py_XDECREF(r);
    Py_ssize_t after = PyDict_GET_SIZE(arg);
    PyObject *clear = PyObject_GetAttrString((PyObject *)&PyDict_Type, "clear");
    Py_XDECREF(PyObject_CallOneArg(clear, arg));
    Py_XDECREF(clear);
    return Py_BuildValue("nnn", before, after, PyDict_GET_SIZE(arg));
}

/* Borrowed, and hiding errors. */
VARARGS(getitem)
{
    PyObject *dict, *key;
    if (!PyArg_ParseTuple(args, "OO", &dict, &key)) {
        return NULL;
    }
    return object_or_none(Py_XNewRef(PyDict_GetItem(dict, key)));
}

VARARGS(getitem_with_error)
{
    PyObject *dict, *key;
    if (!PyArg_ParseTuple(args, "OO", &dict, &key)) {
        return NULL;
    }
    return object_or_none(Py_XNewRef(PyDict_GetItemWithError(dict, key)));
}

VARARGS(getitem_known_hash)
{
    PyObject *dict, *key;
    if (!PyArg_ParseTuple(args, "OO", &dict, &key)) {
        return NULL;
    }
    return object_or_none(Py_XNewRef(_PyDict_GetItem_KnownHash(dict, key, PyObject_Hash(key))));
}

VARARGS(getitem_ref)
{
    PyObject *dict, *key, *value;
    int code;
    if (!PyArg_ParseTuple(args, "OO", &dict, &key)) {
        return NULL;
    }
    code = PyDict_GetItemRef(dict, key, &value);
    return code < 0 ? NULL : Py_BuildValue("iN", code, object_or_none(value));
}

VARARGS(string_functions)
{
    PyObject *dict, *value;
    const char *key;
    int set, found, contains, deleted;
    if (!PyArg_ParseTuple(args, "OsO", &dict, &key, &value)) {
        return NULL;
    }
    set = PyDict_SetItemString(dict, key, value);
    found = PyDict_GetItemString(dict, key) == value;
    contains = PyDict_ContainsString(dict, key);
    deleted = PyDict_DelItemString(dict, key);
    return Py_BuildValue("iiiii", set, found, contains, deleted, PyDict_ContainsString(dict, key));
}

VARARGS(setdefault)
{
    PyObject *dict, *key, *value;
    if (!PyArg_ParseTuple(args, "OOO", &dict, &key, &value)) {
        return NULL;
    }
    return Py_XNewRef(PyDict_SetDefault(dict, key, value));
}

VARARGS(setdefault_ref)
{
    PyObject *dict, *key, *value, *result;
    int code;
    if (!PyArg_ParseTuple(args, "OOO", &dict, &key, &value)) {
        return NULL;
    }
    code = PyDict_SetDefaultRef(dict, key, value, &result);
    return code < 0 ? NULL : Py_BuildValue("iN", code, result);
}

VARARGS(pop)
{
    PyObject *dict, *key, *value;
    int code;
    if (!PyArg_ParseTuple(args, "OO", &dict, &key)) {
        return NULL;
    }
    code = PyDict_Pop(dict, key, &value);
    return code < 0 ? NULL : Py_BuildValue("iN", code, object_or_none(value));
}

VARARGS(merge)
{
    PyObject *dict, *other;
    int override;
    if (!PyArg_ParseTuple(args, "OOi", &dict, &other, &override)) {
        return NULL;
    }
    return int_or_error(PyDict_Merge(dict, other, override));
}

VARARGS(merge_from_seq2)
{
    PyObject *dict, *seq;
    int override;
    if (!PyArg_ParseTuple(args, "OOi", &dict, &seq, &override)) {
        return NULL;
    }
    return int_or_error(PyDict_MergeFromSeq2(dict, seq, override));
}

ONE(clear)
{
    PyDict_Clear(arg);
    Py_RETURN_NONE;
}

/* A list of pairs, by PyDict_Next. */
ONE(walk)
{
    PyObject *list = PyList_New(0), *key, *value;
    Py_ssize_t pos = 0;
    while (list != NULL && PyDict_Next(arg, &pos, &key, &value)) {
        PyObject *pair = PyTuple_Pack(2, key, value);
        if (pair == NULL || PyList_Append(list, pair) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(pair);
    }
    return list;
}

/* Adds 1 to each value while walking: changing values is allowed. */
ONE(increment_all)
{
    PyObject *key, *value, *one = PyLong_FromLong(1);
    Py_ssize_t pos = 0;
    while (PyDict_Next(arg, &pos, &key, &value)) {
        PyObject *sum = PyNumber_Add(value, one);
        int failed = sum == NULL || PyDict_SetItem(arg, key, sum) < 0;
        Py_XDECREF(sum);
        if (failed) {
            Py_DECREF(one);
            return NULL;
        }
    }
    Py_DECREF(one);
    Py_RETURN_NONE;
}

/* Counts of a value that is stored, borrowed and got; last, whether less than that are left when it is
 * removed: how soon the reference of the dict goes depends on the interpreter. */
NONE(counts)
{
    PyObject *dict = PyDict_New(), *value = PyList_New(0), *found;
    Py_ssize_t stored, borrowed, strong, removed;
    PyDict_SetItemString(dict, "k", value);
    stored = Py_REFCNT(value);
    PyDict_GetItemString(dict, "k");
    borrowed = Py_REFCNT(value);
    PyDict_GetItemStringRef(dict, "k", &found);
    strong = Py_REFCNT(value);
    Py_DECREF(found);
    PyDict_DelItemString(dict, "k");
    removed = Py_REFCNT(value);
    Py_DECREF(value);
    Py_DECREF(dict);
    return Py_BuildValue("nnni", stored, borrowed, strong, (int)(removed < strong));
}

/* Watching: the events are recorded as text. */
static PyObject *events;

static int record(PyDict_WatchEvent event, PyObject *Py_UNUSED(dict), PyObject *key, PyObject *value)
{
    static const char *const names[] = {
#define NAME(event) #event,
        PY_FOREACH_DICT_EVENT(NAME)
#undef NAME
    };
    PyObject *text;
    if (event == PyDict_EVENT_DEALLOCATED) {
        return 0;
    }
    text = PyUnicode_FromFormat("%s %R %R", names[event], key ? key : Py_Ellipsis,
                                value ? value : Py_Ellipsis);
    if (text == NULL || PyList_Append(events, text) < 0) {
        Py_XDECREF(text);
        return -1;
    }
    Py_DECREF(text);
    return 0;
}

ONE(watch)
{
    int id = PyDict_AddWatcher(record);
    PyObject *result;
    if (id < 0 || PyDict_Watch(id, arg) < 0) {
        return NULL;
    }
    events = PyList_New(0);
    PyDict_SetItemString(arg, "new", Py_True);
    PyDict_SetItemString(arg, "new", Py_False);
    PyDict_DelItemString(arg, "new");
    PyDict_Clear(arg);
    if (PyDict_Unwatch(id, arg) < 0 || PyDict_ClearWatcher(id) < 0) {
        return NULL;
    }
    PyDict_SetItemString(arg, "unseen", Py_None);
    result = events;
    events = NULL;
    return result;
}

/* Numbers that are borrowed from the dict right after they were stored there. */
ONE(borrow_stored)
{
    PyObject *whole = PyLong_FromLong(123456789), *real = PyFloat_FromDouble(2.5), *name, *result;
    name = PyUnicode_FromString("name");
    PyDict_SetItemString(arg, "whole", whole);
    PyDict_SetItem(arg, name, real);
    Py_DECREF(whole);
    Py_DECREF(real);
    result = Py_BuildValue("OO", whole, real);
    Py_DECREF(name);
    Py_INCREF(whole);
    return Py_BuildValue("NN", result, whole);
}

static PyMethodDef methods[] = {
    NONE_ENTRY(new), VARARGS_ENTRY(setitem), VARARGS_ENTRY(delitem), VARARGS_ENTRY(contains),
    ONE_ENTRY(size), ONE_ENTRY(copy), ONE_ENTRY(keys), ONE_ENTRY(values), ONE_ENTRY(items),
    VARARGS_ENTRY(update), ONE_ENTRY(proxy), ONE_ENTRY(check), VARARGS_ENTRY(getitem),
    VARARGS_ENTRY(getitem_with_error), VARARGS_ENTRY(getitem_known_hash),
    VARARGS_ENTRY(getitem_ref), VARARGS_ENTRY(string_functions), VARARGS_ENTRY(setdefault),
    VARARGS_ENTRY(setdefault_ref), VARARGS_ENTRY(pop), VARARGS_ENTRY(merge),
    VARARGS_ENTRY(merge_from_seq2), ONE_ENTRY(clear), ONE_ENTRY(walk), ONE_ENTRY(increment_all),
    NONE_ENTRY(counts), ONE_ENTRY(watch), ONE_ENTRY(size_after_method), ONE_ENTRY(borrow_stored), LAST_ENTRY,
};

FIXTURE_MODULE(ext_dictobject, methods)
