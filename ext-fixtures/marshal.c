/* marshal.c: marshal.h, and small headers: clocks, counts as functions, allocators, audit events. */
#include "fixture.h"
#include <marshal.h>

ONE(dumps) { return PyMarshal_WriteObjectToString(arg, Py_MARSHAL_VERSION); }

ONE(loads)
{
    char *data;
    Py_ssize_t n;
    return PyBytes_AsStringAndSize(arg, &data, &n) < 0 ? NULL : PyMarshal_ReadObjectFromString(data, n);
}

/* A number and an object through a file. */
ONE(through_file)
{
    FILE *file = tmpfile();
    long number;
    PyObject *object;
    if (file == NULL) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyMarshal_WriteLongToFile(-123456, file, Py_MARSHAL_VERSION);
    PyMarshal_WriteObjectToFile(arg, file, Py_MARSHAL_VERSION);
    rewind(file);
    number = PyMarshal_ReadLongFromFile(file);
    object = PyErr_Occurred() ? NULL : PyMarshal_ReadLastObjectFromFile(file);
    fclose(file);
    return object == NULL ? NULL : Py_BuildValue("lN", number, object);
}

NONE(clocks)
{
    PyTime_t a, b, wall;
    if (PyTime_Monotonic(&a) < 0 || PyTime_PerfCounter(&b) < 0 || PyTime_Time(&wall) < 0) {
        return NULL;
    }
    return Py_BuildValue("iid", a > 0 && b > 0, wall > 1600000000LL * 1000000000, PyTime_AsSecondsDouble(1500000000));
}

/* Counts before and after, and of an immortal object. */
NONE(counts)
{
    PyObject *list = PyList_New(0);
    Py_ssize_t one = Py_REFCNT(list), two, none = Py_REFCNT(Py_None);
    _Py_IncRef(list);
    Py_IncRef(list);
    Py_IncRef(NULL);
    two = Py_REFCNT(list);
    _Py_DecRef(list);
    Py_DecRef(list);
    Py_DecRef(NULL);
    Py_IncRef(Py_None);
    one = one == 1 && Py_REFCNT(list) == 1;
    Py_DECREF(list);
    return Py_BuildValue("nni", one, two, none == Py_REFCNT(Py_None));
}

NONE(allocators)
{
    PyMemAllocatorEx a;
    char *p;
    int same;
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &a);
    p = a.calloc(a.ctx, 4, 4);
    p = a.realloc(a.ctx, p, 100);
    same = p[15] == 0;
    a.free(a.ctx, p);
    p = PyMem_RawMalloc(0);
    same = same && p != NULL;
    PyMem_RawFree(p);
    return PyLong_FromLong(same);
}

static PyObject *heard;

static int hook(const char *event, PyObject *args, void *data)
{
    if (heard == NULL || strncmp(event, "ext_marshal.", 12) != 0) {
        return 0;
    }
    if (strcmp(event, "ext_marshal.refused") == 0) {
        PyErr_SetString(PyExc_PermissionError, "refused");
        return -1;
    }
    PyObject *item = Py_BuildValue("sOi", event, args, *(int *)data);
    int failed = item == NULL || PyList_Append(heard, item) < 0;
    Py_XDECREF(item);
    return -failed;
}

/* What a hook of C hears of an event with arguments, with none, and of one that it refuses. */
NONE(audit)
{
    static int data = 7;
    PyObject *result;
    heard = PyList_New(0);
    if (PySys_AddAuditHook(hook, &data) < 0 || PySys_Audit("ext_marshal.one", "is", 1, "two") < 0
        || PySys_Audit("ext_marshal.none", NULL) < 0) {
        return NULL;
    }
    result = heard;
    heard = NULL;
    return result;
}

NONE(refused)
{
    int code;
    heard = PyList_New(0);
    code = PySys_Audit("ext_marshal.refused", "i", 1);
    Py_CLEAR(heard);
    return code < 0 ? NULL : Py_NewRef(Py_None);
}

static PyMethodDef methods[] = {
    ONE_ENTRY(dumps), ONE_ENTRY(loads), ONE_ENTRY(through_file), NONE_ENTRY(clocks), NONE_ENTRY(counts),
    NONE_ENTRY(allocators), NONE_ENTRY(audit), NONE_ENTRY(refused), LAST_ENTRY,
};

FIXTURE_MODULE(ext_marshal, methods)
