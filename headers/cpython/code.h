/* cpython/code.h: code objects. */

#ifndef Py_CODE_H
#define Py_CODE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API

typedef struct {
    PyObject *_co_code;
    PyObject *_co_varnames;
    PyObject *_co_cellvars;
    PyObject *_co_freevars;
} _PyCoCached;

typedef struct {
    int size;
    int capacity;
    struct _PyExecutorObject *executors[1];
} _PyExecutorArray;

/* The fields, with SIZE bytes of bytecode at the end, so that a code object can be static. */
#define _PyCode_DEF_THREAD_LOCAL_BYTECODE()
#define _PyCode_DEF(SIZE) \
    { \
        PyObject_VAR_HEAD \
        PyObject *co_consts; \
        PyObject *co_names; \
        PyObject *co_exceptiontable; \
        int co_flags; \
        int co_argcount; \
        int co_posonlyargcount; \
        int co_kwonlyargcount; \
        int co_stacksize; \
        int co_firstlineno; \
        int co_nlocalsplus; \
        int co_framesize; \
        int co_nlocals; \
        int co_ncellvars; \
        int co_nfreevars; \
        uint32_t co_version; \
        PyObject *co_localsplusnames; \
        PyObject *co_localspluskinds; \
        PyObject *co_filename; \
        PyObject *co_name; \
        PyObject *co_qualname; \
        PyObject *co_linetable; \
        PyObject *co_weakreflist; \
        _PyExecutorArray *co_executors; \
        _PyCoCached *_co_cached; \
        uintptr_t _co_instrumentation_version; \
        struct _PyCoMonitoringData *_co_monitoring; \
        Py_ssize_t _co_unique_id; \
        int _co_firsttraceable; \
        void *co_extra; \
        _PyCode_DEF_THREAD_LOCAL_BYTECODE() \
        char co_code_adaptive[(SIZE)]; \
    }
struct PyCodeObject _PyCode_DEF(1);

/* co_flags. */
#define CO_OPTIMIZED 0x0001
#define CO_NEWLOCALS 0x0002
#define CO_VARARGS 0x0004
#define CO_VARKEYWORDS 0x0008
#define CO_NESTED 0x0010
#define CO_GENERATOR 0x0020
#define CO_COROUTINE 0x0080
#define CO_ITERABLE_COROUTINE 0x0100
#define CO_ASYNC_GENERATOR 0x0200
#define CO_FUTURE_DIVISION 0x20000
#define CO_FUTURE_ABSOLUTE_IMPORT 0x40000
#define CO_FUTURE_WITH_STATEMENT 0x80000
#define CO_FUTURE_PRINT_FUNCTION 0x100000
#define CO_FUTURE_UNICODE_LITERALS 0x200000
#define CO_FUTURE_BARRY_AS_BDFL 0x400000
#define CO_FUTURE_GENERATOR_STOP 0x800000
#define CO_FUTURE_ANNOTATIONS 0x1000000
#define CO_NO_MONITORING_EVENTS 0x2000000
#define CO_HAS_DOCSTRING 0x4000000
#define CO_METHOD 0x8000000
#define CO_MAXBLOCKS 21
#define PY_PARSER_REQUIRES_FUTURE_KEYWORD

PyAPI_DATA(PyTypeObject) PyCode_Type;
#define PyCode_Check(op) Py_IS_TYPE((op), &PyCode_Type)

/* Free variables. */
static inline Py_ssize_t PyCode_GetNumFree(PyCodeObject *op)
{
    assert(PyCode_Check(op));
    return op->co_nfreevars;
}
static inline int PyUnstable_Code_GetFirstFree(PyCodeObject *op)
{
    assert(PyCode_Check(op));
    return op->co_nlocalsplus - op->co_nfreevars;
}
Py_DEPRECATED(3.13) static inline int PyCode_GetFirstFree(PyCodeObject *op)
{
    return PyUnstable_Code_GetFirstFree(op);
}

/* Creation. The arguments follow the bytecode of this very version. */
PyAPI_FUNC(PyCodeObject *) PyUnstable_Code_New(
    int argcount, int kwonlyargcount, int nlocals, int stacksize, int flags, PyObject *code,
    PyObject *consts, PyObject *names, PyObject *varnames, PyObject *freevars, PyObject *cellvars,
    PyObject *filename, PyObject *name, PyObject *qualname, int firstlineno, PyObject *linetable,
    PyObject *exceptiontable);
PyAPI_FUNC(PyCodeObject *) PyUnstable_Code_NewWithPosOnlyArgs(
    int argcount, int posonlyargcount, int kwonlyargcount, int nlocals, int stacksize, int flags,
    PyObject *code, PyObject *consts, PyObject *names, PyObject *varnames, PyObject *freevars,
    PyObject *cellvars, PyObject *filename, PyObject *name, PyObject *qualname, int firstlineno,
    PyObject *linetable, PyObject *exceptiontable);
_Py_DEPRECATED_EXTERNALLY(3.13) static inline PyCodeObject *PyCode_New(
    int argcount, int kwonlyargcount, int nlocals, int stacksize, int flags, PyObject *code,
    PyObject *consts, PyObject *names, PyObject *varnames, PyObject *freevars, PyObject *cellvars,
    PyObject *filename, PyObject *name, PyObject *qualname, int firstlineno, PyObject *linetable,
    PyObject *exceptiontable)
{
    return PyUnstable_Code_New(argcount, kwonlyargcount, nlocals, stacksize, flags, code, consts,
                               names, varnames, freevars, cellvars, filename, name, qualname,
                               firstlineno, linetable, exceptiontable);
}
_Py_DEPRECATED_EXTERNALLY(3.13) static inline PyCodeObject *PyCode_NewWithPosOnlyArgs(
    int argcount, int posonlyargcount, int kwonlyargcount, int nlocals, int stacksize, int flags,
    PyObject *code, PyObject *consts, PyObject *names, PyObject *varnames, PyObject *freevars,
    PyObject *cellvars, PyObject *filename, PyObject *name, PyObject *qualname, int firstlineno,
    PyObject *linetable, PyObject *exceptiontable)
{
    return PyUnstable_Code_NewWithPosOnlyArgs(
        argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, code, consts, names,
        varnames, freevars, cellvars, filename, name, qualname, firstlineno, linetable,
        exceptiontable);
}

/* A code object without code, for tracebacks of functions written in C. */
PyAPI_FUNC(PyCodeObject *) PyCode_NewEmpty(
    const char *filename, const char *funcname, int firstlineno);

/* Positions in the source. -1 and 0 mean unknown. */
PyAPI_FUNC(int) PyCode_Addr2Line(PyCodeObject *code, int byte_offset);
PyAPI_FUNC(int) PyCode_Addr2Location(
    PyCodeObject *code, int byte_offset, int *start_line, int *start_column, int *end_line,
    int *end_column);

/* Being told of code objects made and destroyed. */
#define PY_FOREACH_CODE_EVENT(V) V(CREATE) V(DESTROY)
typedef enum {
    PY_CODE_EVENT_CREATE,
    PY_CODE_EVENT_DESTROY,
} PyCodeEvent;
typedef int (*PyCode_WatchCallback)(PyCodeEvent event, PyCodeObject *code);
PyAPI_FUNC(int) PyCode_AddWatcher(PyCode_WatchCallback callback);
PyAPI_FUNC(int) PyCode_ClearWatcher(int watcher_id);

/* Walking the line table. */
struct _opaque {
    int computed_line;
    const uint8_t *lo_next;
    const uint8_t *limit;
};
typedef struct _line_offsets {
    int ar_start;
    int ar_end;
    int ar_line;
    struct _opaque opaque;
} PyCodeAddressRange;
PyAPI_FUNC(int) _PyCode_CheckLineNumber(int lasti, PyCodeAddressRange *bounds);

/* A key that tells constants apart which compare equal, such as 1 and 1.0. */
PyAPI_FUNC(PyObject *) _PyCode_ConstantKey(PyObject *obj);

/* Returns code, with a new reference. */
PyAPI_FUNC(PyObject *) PyCode_Optimize(
    PyObject *code, PyObject *consts, PyObject *names, PyObject *lnotab);

/* Data of tools, by an index from PyUnstable_Eval_RequestCodeExtraIndex. */
PyAPI_FUNC(int) PyUnstable_Code_GetExtra(PyObject *code, Py_ssize_t index, void **extra);
PyAPI_FUNC(int) PyUnstable_Code_SetExtra(PyObject *code, Py_ssize_t index, void *extra);
_Py_DEPRECATED_EXTERNALLY(3.12) static inline int _PyCode_GetExtra(PyObject *code, Py_ssize_t index,
                                                                   void **extra)
{
    return PyUnstable_Code_GetExtra(code, index, extra);
}
_Py_DEPRECATED_EXTERNALLY(3.12) static inline int _PyCode_SetExtra(PyObject *code, Py_ssize_t index,
                                                                   void *extra)
{
    return PyUnstable_Code_SetExtra(code, index, extra);
}

/* What Python sees as co_code, co_varnames, co_cellvars and co_freevars. */
PyAPI_FUNC(PyObject *) PyCode_GetCode(PyCodeObject *code);
PyAPI_FUNC(PyObject *) PyCode_GetVarnames(PyCodeObject *code);
PyAPI_FUNC(PyObject *) PyCode_GetCellvars(PyCodeObject *code);
PyAPI_FUNC(PyObject *) PyCode_GetFreevars(PyCodeObject *code);

/* How an entry of the location table is encoded. */
typedef enum _PyCodeLocationInfoKind {
    PY_CODE_LOCATION_INFO_SHORT0 = 0,
    PY_CODE_LOCATION_INFO_ONE_LINE0 = 10,
    PY_CODE_LOCATION_INFO_ONE_LINE1 = 11,
    PY_CODE_LOCATION_INFO_ONE_LINE2 = 12,
    PY_CODE_LOCATION_INFO_NO_COLUMNS = 13,
    PY_CODE_LOCATION_INFO_LONG = 14,
    PY_CODE_LOCATION_INFO_NONE = 15
} _PyCodeLocationInfoKind;

#endif  /* !Py_LIMITED_API */

#ifdef __cplusplus
}
#endif
#endif  /* !Py_CODE_H */
