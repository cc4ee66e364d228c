/* internal.c: functions that only internal headers declare, and those that none declares any more. */
#define Py_BUILD_CORE 1
#include "fixture.h"
#include <internal/pycore_bytesobject.h>
#include <internal/pycore_call.h>
#include <internal/pycore_fileutils.h>
#include <internal/pycore_genobject.h>
#include <internal/pycore_hashtable.h>
#include <internal/pycore_pyerrors.h>
#include <internal/pycore_pystate.h>
#include <internal/pycore_pythread.h>
#include <internal/pycore_strhex.h>
#include <internal/pycore_time.h>
#include <internal/pycore_weakref.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* from_seconds(number, rounding) -> nanoseconds, milliseconds, microseconds */
VARARGS(from_seconds)
{
    PyObject *number;
    int round;
    PyTime_t t;
    if (!PyArg_ParseTuple(args, "Oi", &number, &round) || _PyTime_FromSecondsObject(&t, number, round) < 0) {
        return NULL;
    }
    return Py_BuildValue("LLL", (long long)t, (long long)_PyTime_AsMilliseconds(t, round),
                         (long long)_PyTime_AsMicroseconds(t, round));
}

VARARGS(to_timeval)
{
    PyObject *number;
    int round;
    time_t seconds;
    long micro, nano;
    if (!PyArg_ParseTuple(args, "Oi", &number, &round)
        || _PyTime_ObjectToTimeval(number, &seconds, &micro, round) < 0
        || _PyTime_ObjectToTimespec(number, &seconds, &nano, round) < 0
        || _PyTime_ObjectToTime_t(number, &seconds, round) < 0) {
        return NULL;
    }
    return Py_BuildValue("Lll", (long long)seconds, micro, nano);
}

ONE(from_long)
{
    PyTime_t t;
    struct timeval tv;
    struct timespec ts;
    if (_PyTime_FromLong(&t, arg) < 0) {
        return NULL;
    }
    if (_PyTime_AsTimeval(t, &tv, _PyTime_ROUND_FLOOR) < 0 || _PyTime_AsTimespec(t, &ts) < 0) {
        return NULL;
    }
    return Py_BuildValue("llll", (long)tv.tv_sec, (long)tv.tv_usec, (long)ts.tv_sec, (long)ts.tv_nsec);
}

NONE(deadline)
{
    PyTime_t left = _PyDeadline_Get(_PyDeadline_Init(_PyTime_FromSeconds(100)));
    return PyBool_FromLong(left > 90 * 1000000000LL && left <= 100 * 1000000000LL);
}

VARARGS(timeout)
{
    PyObject *number;
    int blocking;
    PY_TIMEOUT_T t;
    if (!PyArg_ParseTuple(args, "Oi", &number, &blocking)
        || PyThread_ParseTimeoutArg(number, blocking, &t) < 0) {
        return NULL;
    }
    return PyLong_FromLongLong(t);
}

NONE(lock)
{
    PyThread_type_lock lock = PyThread_allocate_lock();
    int a = PyThread_acquire_lock_timed_with_retries(lock, -1);
    int b = PyThread_acquire_lock_timed_with_retries(lock, 1000000);
    PyThread_release_lock(lock);
    PyThread_free_lock(lock);
    return Py_BuildValue("ii", a, b);
}

static int destroyed;
static void destroy(void *Py_UNUSED(value)) { destroyed++; }
static int add_up(_Py_hashtable_t *Py_UNUSED(t), const void *key, const void *value, void *sum)
{
    *(Py_ssize_t *)sum += (Py_ssize_t)key * 1000 + (Py_ssize_t)value;
    return 0;
}

NONE(hashtable)
{
    Py_ssize_t i, sum = 0, found = 0;
    void *stolen;
    _Py_hashtable_t *t = _Py_hashtable_new_full(_Py_hashtable_hash_ptr, _Py_hashtable_compare_direct, NULL,
                                                destroy, NULL);
    for (i = 1; i <= 1000; i++) {
        _Py_hashtable_set(t, (void *)(i * 16), (void *)i);
    }
    for (i = 1; i <= 1000; i++) {
        found += _Py_hashtable_get(t, (void *)(i * 16)) == (void *)i;
    }
    stolen = _Py_hashtable_steal(t, (void *)160);
    _Py_hashtable_foreach(t, add_up, &sum);
    found += _Py_hashtable_get(t, (void *)160) != NULL;
    destroyed = 0;
    _Py_hashtable_destroy(t);
    return Py_BuildValue("nnin", found, sum, destroyed, (Py_ssize_t)stolen);
}

/* find(hay, needle, offset) */
VARARGS(find)
{
    const char *hay, *needle;
    Py_ssize_t n, m, offset;
    if (!PyArg_ParseTuple(args, "y#y#n", &hay, &n, &needle, &m, &offset)) {
        return NULL;
    }
    return Py_BuildValue("nn", _PyBytes_Find(hay, n, needle, m, offset),
                         _PyBytes_ReverseFind(hay, n, needle, m, offset));
}

ONE(strhex)
{
    return PyBytes_Check(arg) ? _Py_strhex(PyBytes_AS_STRING(arg), PyBytes_GET_SIZE(arg)) : NULL;
}

/* write_old(str...): all of them, and some characters between, with the old writer */
VARARGS(write_old)
{
    _PyUnicodeWriter w;
    Py_ssize_t i;
    _Py_COMP_DIAG_PUSH
    _Py_COMP_DIAG_IGNORE_DEPR_DECLS
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    for (i = 0; i < PyTuple_GET_SIZE(args); i++) {
        PyObject *item = PyTuple_GET_ITEM(args, i);
        if (_PyUnicodeWriter_WriteStr(&w, item) < 0 || _PyUnicodeWriter_WriteChar(&w, '|') < 0
            || _PyUnicodeWriter_WriteASCIIString(&w, "ascii", -1) < 0
            || _PyUnicodeWriter_WriteLatin1String(&w, "L", 1) < 0
            || _PyUnicodeWriter_WriteSubstring(&w, item, 1, PyUnicode_GET_LENGTH(item)) < 0
            || _PyUnicodeWriter_Prepare(&w, 2, 0x7f) < 0) {
            _PyUnicodeWriter_Dealloc(&w);
            return NULL;
        }
        PyUnicode_WRITE(w.kind, w.data, w.pos, '<');
        PyUnicode_WRITE(w.kind, w.data, w.pos + 1, '>');
        w.pos += 2;
    }
    return _PyUnicodeWriter_Finish(&w);
    _Py_COMP_DIAG_POP
}

/* matches(exception class): raises ValueError, asks, takes it, sets it again, clears it */
ONE(matches)
{
    PyThreadState *t = PyThreadState_Get();
    int a;
    PyObject *e;
    _PyErr_Format(t, PyExc_ValueError, "%s %d", "number", 7);
    a = _PyErr_ExceptionMatches(t, arg);
    e = _PyErr_GetRaisedException(t);
    _PyErr_SetRaisedException(t, Py_NewRef(e));
    _PyErr_Clear(t);
    return Py_BuildValue("iNi", a, e, PyErr_Occurred() != NULL);
}

/* checked(callable, what): 0 NULL without, 1 NULL with, 2 an object without, 3 an object with an exception */
VARARGS(checked)
{
    PyObject *callable;
    int what;
    if (!PyArg_ParseTuple(args, "Oi", &callable, &what)) {
        return NULL;
    }
    if (what & 1) {
        PyErr_SetString(PyExc_KeyError, "left");
    }
    return _Py_CheckFunctionResult(PyThreadState_Get(), callable, what & 2 ? PyLong_FromLong(5) : NULL, NULL);
}

ONE(stop_iteration) { return _PyGen_SetStopIterationValue(arg) < 0 ? Py_NewRef(arg) : NULL; }

/* call(f, a, k=...): without vectorcall */
VARARGS(call)
{
    PyObject *f, *a, *names;
    PyObject *array[2];
    if (!PyArg_ParseTuple(args, "OOO", &f, &a, &names)) {
        return NULL;
    }
    array[0] = a;
    array[1] = a;
    return _PyObject_MakeTpCall(PyThreadState_Get(), f, array, 1, names == Py_None ? NULL : names);
}

NONE(descriptors)
{
    struct stat status;
    int works = -1, fd = _Py_open_noraise("/dev/null", O_RDONLY), copy, a, b;
    if (fd < 0 || (copy = _Py_dup(fd)) < 0) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    a = (fcntl(fd, F_GETFD) & FD_CLOEXEC) && (fcntl(copy, F_GETFD) & FD_CLOEXEC);
    if (_Py_set_inheritable(fd, 1, &works) < 0 || _Py_fstat(fd, &status) < 0) {
        return NULL;
    }
    b = !(fcntl(fd, F_GETFD) & FD_CLOEXEC) && S_ISCHR(status.st_mode);
    close(fd);
    close(copy);
    if (_Py_fstat_noraise(-1, &status) != -1 || _Py_dup(-1) != -1) {
        return NULL;
    }
    PyErr_Clear();
    return _Py_fstat(-1, &status) < 0 ? (PyErr_Clear(), Py_BuildValue("ii", a, b)) : NULL;
}

/* Declared nowhere. */
extern PyObject *PyEval_CallObjectWithKeywords(PyObject *, PyObject *, PyObject *);
extern PyObject *PyWrapper_New(PyObject *, PyObject *);
extern void PyUnicode_InternImmortal(PyObject **);
extern int _Py_SwappedOp[];

VARARGS(call_with_keywords)
{
    PyObject *f, *a, *k;
    return PyArg_ParseTuple(args, "OOO", &f, &a, &k)
               ? PyEval_CallObjectWithKeywords(f, a == Py_None ? NULL : a, k == Py_None ? NULL : k)
               : NULL;
}
WRAP_OO(wrapper, PyWrapper_New)

NONE(swapped)
{
    return Py_BuildValue("iiiiii", _Py_SwappedOp[0], _Py_SwappedOp[1], _Py_SwappedOp[2], _Py_SwappedOp[3],
                         _Py_SwappedOp[4], _Py_SwappedOp[5]);
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(from_seconds), VARARGS_ENTRY(to_timeval), ONE_ENTRY(from_long), NONE_ENTRY(deadline),
    VARARGS_ENTRY(timeout), NONE_ENTRY(lock), NONE_ENTRY(hashtable), VARARGS_ENTRY(find), ONE_ENTRY(strhex),
    VARARGS_ENTRY(write_old), ONE_ENTRY(matches), VARARGS_ENTRY(checked), ONE_ENTRY(stop_iteration),
    VARARGS_ENTRY(call), NONE_ENTRY(descriptors), VARARGS_ENTRY(call_with_keywords), VARARGS_ENTRY(wrapper),
    NONE_ENTRY(swapped), LAST_ENTRY,
};

FIXTURE_MODULE(ext_internal, methods)
