/* ceval.c: threads, the GIL, evaluation, recursion, sys, codecs and files. */
#include "fixture.h"
#include <frameobject.h>

/* Runs a while without the GIL. */
ONE(without_gil)
{
    long n = PyLong_AsLong(arg), i;
    volatile long total = 0;
    Py_BEGIN_ALLOW_THREADS
    for (i = 0; i < n; i++) {
        total += i;
    }
    Py_BLOCK_THREADS
    if (PyErr_Occurred()) {
        return NULL;
    }
    Py_UNBLOCK_THREADS
    Py_END_ALLOW_THREADS
    return PyLong_FromLong(total);
}

/* A thread that Python did not start calls back. */
typedef struct {
    PyObject *function;
    PyObject *result;
    PyThread_type_lock done;
} Job;

static void run_job(void *argument)
{
    Job *job = argument;
    PyGILState_STATE state = PyGILState_Ensure();
    PyGILState_STATE nested = PyGILState_Ensure();
    job->result = PyObject_CallNoArgs(job->function);
    if (job->result == NULL) {
        PyErr_Clear();
    }
    PyGILState_Release(nested);
    PyGILState_Release(state);
    PyThread_release_lock(job->done);
}

ONE(call_in_thread)
{
    Job job = {arg, NULL, PyThread_allocate_lock()};
    PyThread_acquire_lock(job.done, WAIT_LOCK);
    if (PyThread_start_new_thread(run_job, &job) == PYTHREAD_INVALID_THREAD_ID) {
        PyErr_SetString(PyExc_RuntimeError, "no thread");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    PyThread_acquire_lock(job.done, WAIT_LOCK);
    Py_END_ALLOW_THREADS
    PyThread_free_lock(job.done);
    return job.result == NULL ? PyUnicode_FromString("failed") : job.result;
}

NONE(states)
{
    PyThreadState *tstate = PyThreadState_Get();
    return Py_BuildValue("iiiii", tstate == PyThreadState_GetUnchecked(),
                         tstate == PyGILState_GetThisThreadState(), PyGILState_Check(),
                         PyThreadState_GetInterpreter(tstate) == PyInterpreterState_Get(),
                         tstate->interp == PyInterpreterState_Main());
}

/* A mutex and thread-local storage. */
NONE(locks)
{
    static PyMutex mutex;
    static Py_tss_t key = Py_tss_NEEDS_INIT;
    int locked, unlocked, value = 5, found;
    PyMutex_Lock(&mutex);
    locked = PyMutex_IsLocked(&mutex);
    PyMutex_Unlock(&mutex);
    unlocked = PyMutex_IsLocked(&mutex);
    if (PyThread_tss_create(&key) != 0 || PyThread_tss_set(&key, &value) != 0) {
        return PyErr_NoMemory();
    }
    found = *(int *)PyThread_tss_get(&key);
    PyThread_tss_delete(&key);
    return Py_BuildValue("iiii", locked, unlocked, found, PyThread_tss_is_created(&key));
}

/* Evaluation. */
VARARGS(run_string)
{
    const char *source;
    PyObject *globals;
    int start;
    if (!PyArg_ParseTuple(args, "sOi", &source, &globals, &start)) {
        return NULL;
    }
    return PyRun_String(source, start, globals, globals);
}

VARARGS(eval_code)
{
    PyObject *code, *globals;
    return PyArg_ParseTuple(args, "OO", &code, &globals) ? PyEval_EvalCode(code, globals, globals) : NULL;
}

/* What the caller's frame sees. */
NONE(frame)
{
    PyFrameObject *frame = PyEval_GetFrame();
    PyCodeObject *code = PyFrame_GetCode(frame);
    PyObject *result = Py_BuildValue(
        "OiON", code->co_name, PyFrame_GetLineNumber(frame) > 0,
        PyDict_GetItemString(PyEval_GetGlobals(), "__name__"), PyEval_GetFrameLocals());
    Py_DECREF(code);
    return result;
}

NONE(has_builtins) { return PyBool_FromLong(PyDict_Contains(PyEval_GetBuiltins(), Py_None) == 0); }

/* Recursion through C. */
ONE(recurse)
{
    PyObject *result;
    if (Py_EnterRecursiveCall(" in ext_ceval")) {
        return NULL;
    }
    result = PyObject_CallOneArg(arg, arg);
    Py_LeaveRecursiveCall();
    return result;
}

static int pending(void *list)
{
    int result = PyList_Append(list, Py_True);
    Py_DECREF((PyObject *)list);
    return result;
}

ONE(add_pending) { return PyLong_FromLong(Py_AddPendingCall(pending, Py_NewRef(arg))); }

/* A traceback entry of its own, as Cython makes them. */
VARARGS(raise_from)
{
    const char *file, *function;
    int line;
    PyCodeObject *code;
    PyFrameObject *frame;
    PyObject *globals;
    if (!PyArg_ParseTuple(args, "ssi", &file, &function, &line)) {
        return NULL;
    }
    PyErr_SetString(PyExc_ValueError, "raised in C");
    PyObject *exc = PyErr_GetRaisedException();
    code = PyCode_NewEmpty(file, function, line);
    globals = PyDict_New();
    frame = PyFrame_New(PyThreadState_Get(), code, globals, NULL);
    PyErr_SetRaisedException(exc);
    if (frame != NULL) {
        PyTraceBack_Here(frame);
    }
    Py_XDECREF(frame);
    Py_XDECREF(code);
    Py_XDECREF(globals);
    return NULL;
}

/* sys. */
VARARGS(sys_object)
{
    const char *name;
    return PyArg_ParseTuple(args, "s", &name) ? object_or_none(Py_XNewRef(PySys_GetObject(name))) : NULL;
}

VARARGS(set_sys_object)
{
    const char *name;
    PyObject *value;
    return PyArg_ParseTuple(args, "sO", &name, &value) ? int_or_error(PySys_SetObject(name, value)) : NULL;
}

NONE(write_stdout)
{
    PySys_WriteStdout("written by %s %d\n", "C", 42);
    PySys_FormatStdout("formatted %R\n", Py_None);
    Py_RETURN_NONE;
}

/* Python files. */
VARARGS(write_to)
{
    PyObject *ob, *file;
    if (!PyArg_ParseTuple(args, "OO", &ob, &file) || PyFile_WriteObject(ob, file, 0) < 0
        || PyFile_WriteObject(ob, file, Py_PRINT_RAW) < 0 || PyFile_WriteString("!\n", file) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

VARARGS(get_line)
{
    PyObject *file;
    int n;
    return PyArg_ParseTuple(args, "Oi", &file, &n) ? PyFile_GetLine(file, n) : NULL;
}

/* Codecs. */
VARARGS(codec)
{
    PyObject *object;
    const char *encoding;
    int known;
    if (!PyArg_ParseTuple(args, "Os", &object, &encoding)) {
        return NULL;
    }
    known = PyCodec_KnownEncoding(encoding);
    return Py_BuildValue("iN", known, PyCodec_Encode(object, encoding, "strict"));
}

static PyMethodDef methods[] = {
    ONE_ENTRY(without_gil), ONE_ENTRY(call_in_thread), NONE_ENTRY(states), NONE_ENTRY(locks),
    VARARGS_ENTRY(run_string), VARARGS_ENTRY(eval_code), NONE_ENTRY(frame), NONE_ENTRY(has_builtins),
    ONE_ENTRY(recurse), ONE_ENTRY(add_pending), VARARGS_ENTRY(raise_from), VARARGS_ENTRY(sys_object),
    VARARGS_ENTRY(set_sys_object), NONE_ENTRY(write_stdout), VARARGS_ENTRY(write_to),
    VARARGS_ENTRY(get_line), VARARGS_ENTRY(codec), LAST_ENTRY,
};

FIXTURE_MODULE(ext_ceval, methods)
