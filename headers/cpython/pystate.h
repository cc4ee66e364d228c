/* cpython/pystate.h: the fields of a thread state. Compiled code reads and writes
 * current_exception and exc_info directly: they are the state, not a copy of it. */

#ifndef Py_CPYTHON_PYSTATE_H
#define Py_CPYTHON_PYSTATE_H

PyAPI_FUNC(int) _PyInterpreterState_RequiresIDRef(PyInterpreterState *interp);
PyAPI_FUNC(void) _PyInterpreterState_RequireIDRef(PyInterpreterState *interp, int required);

/* Trace and profile functions, and what they are told. */
typedef int (*Py_tracefunc)(PyObject *, PyFrameObject *, int, PyObject *);
#define PyTrace_CALL 0
#define PyTrace_EXCEPTION 1
#define PyTrace_LINE 2
#define PyTrace_RETURN 3
#define PyTrace_C_CALL 4
#define PyTrace_C_EXCEPTION 5
#define PyTrace_C_RETURN 6
#define PyTrace_OPCODE 7

#define _Py_MAX_SCRIPT_PATH_SIZE 512
typedef struct {
    int32_t debugger_pending_call;
    char debugger_script_path[_Py_MAX_SCRIPT_PATH_SIZE];
} _PyRemoteDebuggerSupport;

/* The stack of exceptions being handled; generators push an item of their own. */
typedef struct _err_stackitem {
    PyObject *exc_value;  /* NULL or None: nothing is being handled */
    struct _err_stackitem *previous_item;
} _PyErr_StackItem;

typedef struct _stack_chunk {
    struct _stack_chunk *previous;
    size_t size;
    size_t top;
    PyObject *data[1];
} _PyStackChunk;

#define _PY_DATA_STACK_CHUNK_SIZE (16 * 1024)

struct _ts {
    PyThreadState *prev;
    PyThreadState *next;
    PyInterpreterState *interp;

    uintptr_t eval_breaker;

    struct {
        unsigned int initialized : 1;
        unsigned int bound : 1;
        unsigned int unbound : 1;
        unsigned int bound_gilstate : 1;
        unsigned int active : 1;
        unsigned int finalizing : 1;
        unsigned int cleared : 1;
        unsigned int finalized : 1;
        unsigned int : 24;
    } _status;
    int holds_gil;
    int _whence;
    int state;

    int py_recursion_remaining;
    int py_recursion_limit;
    int recursion_headroom;

    int tracing;
    int what_event;

    struct _PyInterpreterFrame *current_frame;

    Py_tracefunc c_profilefunc;
    Py_tracefunc c_tracefunc;
    PyObject *c_profileobj;
    PyObject *c_traceobj;

    PyObject *current_exception;  /* the pending exception, owned; NULL: none */
    _PyErr_StackItem *exc_info;   /* never NULL */

    PyObject *dict;

    int gilstate_counter;

    PyObject *async_exc;
    unsigned long thread_id;
    unsigned long native_thread_id;

    PyObject *delete_later;
    uintptr_t critical_section;

    int coroutine_origin_tracking_depth;
    PyObject *async_gen_firstiter;
    PyObject *async_gen_finalizer;

    PyObject *context;
    uint64_t context_ver;

    uint64_t id;

    _PyStackChunk *datastack_chunk;
    PyObject **datastack_top;
    PyObject **datastack_limit;

    _PyErr_StackItem exc_state;  /* the bottom of the exc_info stack */

    PyObject *current_executor;

    uint64_t dict_global_version;

    PyObject *threading_local_key;
    PyObject *threading_local_sentinel;

    _PyRemoteDebuggerSupport remote_debugger_support;

    _PyStackChunk *datastack_cached_chunk;
};

/* The current thread state, or NULL without the GIL. */
PyAPI_FUNC(PyThreadState *) PyThreadState_GetUnchecked(void);
static inline PyThreadState *_PyThreadState_UncheckedGet(void)
{
    return PyThreadState_GetUnchecked();
}

PyAPI_FUNC(void) PyThreadState_EnterTracing(PyThreadState *tstate);
PyAPI_FUNC(void) PyThreadState_LeaveTracing(PyThreadState *tstate);

PyAPI_FUNC(int) PyGILState_Check(void);

PyAPI_FUNC(PyObject *) _PyThread_CurrentFrames(void);

/* The bounds of a stack that is not the thread's own, such as a coroutine library's. */
PyAPI_FUNC(int) PyUnstable_ThreadState_SetStackProtection(
    PyThreadState *tstate, void *stack_start_addr, size_t stack_size);
PyAPI_FUNC(void) PyUnstable_ThreadState_ResetStackProtection(PyThreadState *tstate);

/* All interpreters and threads, for debuggers. */
PyAPI_FUNC(PyInterpreterState *) PyInterpreterState_Main(void);
PyAPI_FUNC(PyInterpreterState *) PyInterpreterState_Head(void);
PyAPI_FUNC(PyInterpreterState *) PyInterpreterState_Next(PyInterpreterState *interp);
PyAPI_FUNC(PyThreadState *) PyInterpreterState_ThreadHead(PyInterpreterState *interp);
PyAPI_FUNC(PyThreadState *) PyThreadState_Next(PyThreadState *tstate);
PyAPI_FUNC(void) PyThreadState_DeleteCurrent(void);

/* Replacing what executes frames, PEP 523. */
typedef PyObject *(*_PyFrameEvalFunction)(PyThreadState *tstate, struct _PyInterpreterFrame *,
                                          int);
PyAPI_FUNC(_PyFrameEvalFunction) _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState *interp);
PyAPI_FUNC(void) _PyInterpreterState_SetEvalFrameFunc(
    PyInterpreterState *interp, _PyFrameEvalFunction eval_frame);
#endif  /* !Py_CPYTHON_PYSTATE_H */
