/* cpython/monitoring.h: firing sys.monitoring events from code that executes Python-like functions.
 * The caller keeps one PyMonitoringState per event; the inlined test keeps inactive events cheap. */

#ifndef Py_CPYTHON_MONITORING_H
#define Py_CPYTHON_MONITORING_H

/* Events that a code object instruments, which are the local ones. */
#define PY_MONITORING_EVENT_PY_START 0
#define PY_MONITORING_EVENT_PY_RESUME 1
#define PY_MONITORING_EVENT_PY_RETURN 2
#define PY_MONITORING_EVENT_PY_YIELD 3
#define PY_MONITORING_EVENT_CALL 4
#define PY_MONITORING_EVENT_LINE 5
#define PY_MONITORING_EVENT_INSTRUCTION 6
#define PY_MONITORING_EVENT_JUMP 7
#define PY_MONITORING_EVENT_BRANCH_LEFT 8
#define PY_MONITORING_EVENT_BRANCH_RIGHT 9
#define PY_MONITORING_EVENT_STOP_ITERATION 10
#define PY_MONITORING_IS_INSTRUMENTED_EVENT(ev) ((ev) < _PY_MONITORING_LOCAL_EVENTS)

/* Other events, and the ones that stand for several. */
#define PY_MONITORING_EVENT_RAISE 11
#define PY_MONITORING_EVENT_EXCEPTION_HANDLED 12
#define PY_MONITORING_EVENT_PY_UNWIND 13
#define PY_MONITORING_EVENT_PY_THROW 14
#define PY_MONITORING_EVENT_RERAISE 15
#define PY_MONITORING_EVENT_C_RETURN 16
#define PY_MONITORING_EVENT_C_RAISE 17
#define PY_MONITORING_EVENT_BRANCH 18

typedef struct _PyMonitoringState {
    uint8_t active;
    uint8_t opaque;
} PyMonitoringState;

PyAPI_FUNC(int) PyMonitoring_EnterScope(
    PyMonitoringState *state_array, uint64_t *version, const uint8_t *event_types,
    Py_ssize_t length);
PyAPI_FUNC(int) PyMonitoring_ExitScope(void);

/* What the inlined functions below call when the event is active. */
PyAPI_FUNC(int) _PyMonitoring_FirePyStartEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset);
PyAPI_FUNC(int) _PyMonitoring_FirePyResumeEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset);
PyAPI_FUNC(int) _PyMonitoring_FirePyReturnEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *retval);
PyAPI_FUNC(int) _PyMonitoring_FirePyYieldEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *retval);
PyAPI_FUNC(int) _PyMonitoring_FireCallEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *callable,
    PyObject *arg0);
PyAPI_FUNC(int) _PyMonitoring_FireLineEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, int lineno);
PyAPI_FUNC(int) _PyMonitoring_FireJumpEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *target_offset);
Py_DEPRECATED(3.14)
PyAPI_FUNC(int) _PyMonitoring_FireBranchEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *target_offset);
PyAPI_FUNC(int) _PyMonitoring_FireBranchRightEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *target_offset);
PyAPI_FUNC(int) _PyMonitoring_FireBranchLeftEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *target_offset);
PyAPI_FUNC(int) _PyMonitoring_FireCReturnEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *retval);
PyAPI_FUNC(int) _PyMonitoring_FirePyThrowEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset);
PyAPI_FUNC(int) _PyMonitoring_FireRaiseEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset);
PyAPI_FUNC(int) _PyMonitoring_FireReraiseEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset);
PyAPI_FUNC(int) _PyMonitoring_FireExceptionHandledEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset);
PyAPI_FUNC(int) _PyMonitoring_FireCRaiseEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset);
PyAPI_FUNC(int) _PyMonitoring_FirePyUnwindEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset);
PyAPI_FUNC(int) _PyMonitoring_FireStopIterationEvent(
    PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *value);

/* One inlined function per event: 0 when inactive, else what the callback's result says. */
#define _PY_MONITORING_FIRE(name) \
    static inline int PyMonitoring_Fire##name##Event(PyMonitoringState *state, \
                                                     PyObject *codelike, int32_t offset) \
    { \
        return state->active ? _PyMonitoring_Fire##name##Event(state, codelike, offset) : 0; \
    }
#define _PY_MONITORING_FIRE_WITH(name, type) \
    static inline int PyMonitoring_Fire##name##Event(PyMonitoringState *state, \
                                                     PyObject *codelike, int32_t offset, \
                                                     type value) \
    { \
        return state->active ? _PyMonitoring_Fire##name##Event(state, codelike, offset, value) : 0; \
    }
_PY_MONITORING_FIRE(PyStart)
_PY_MONITORING_FIRE(PyResume)
_PY_MONITORING_FIRE(PyThrow)
_PY_MONITORING_FIRE(Raise)
_PY_MONITORING_FIRE(Reraise)
_PY_MONITORING_FIRE(ExceptionHandled)
_PY_MONITORING_FIRE(CRaise)
_PY_MONITORING_FIRE(PyUnwind)
_PY_MONITORING_FIRE_WITH(PyReturn, PyObject *)
_PY_MONITORING_FIRE_WITH(PyYield, PyObject *)
_PY_MONITORING_FIRE_WITH(Line, int)
_PY_MONITORING_FIRE_WITH(Jump, PyObject *)
_PY_MONITORING_FIRE_WITH(BranchRight, PyObject *)
_PY_MONITORING_FIRE_WITH(BranchLeft, PyObject *)
_PY_MONITORING_FIRE_WITH(CReturn, PyObject *)
_PY_MONITORING_FIRE_WITH(StopIteration, PyObject *)
#undef _PY_MONITORING_FIRE
#undef _PY_MONITORING_FIRE_WITH

static inline int PyMonitoring_FireCallEvent(PyMonitoringState *state, PyObject *codelike,
                                             int32_t offset, PyObject *callable, PyObject *arg0)
{
    return state->active
        ? _PyMonitoring_FireCallEvent(state, codelike, offset, callable, arg0) : 0;
}
#endif  /* !Py_CPYTHON_MONITORING_H */
