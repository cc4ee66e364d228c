/* internal/pycore_time.h: converting times. PyTime_t counts nanoseconds. */

#ifndef Py_INTERNAL_TIME_H
#define Py_INTERNAL_TIME_H
#ifdef __cplusplus
extern "C" {
#endif

#include <sys/time.h>
#include <time.h>

typedef enum {
    _PyTime_ROUND_FLOOR = 0,
    _PyTime_ROUND_CEILING = 1,
    _PyTime_ROUND_HALF_EVEN = 2,
    _PyTime_ROUND_UP = 3,
    _PyTime_ROUND_TIMEOUT = _PyTime_ROUND_UP
} _PyTime_round_t;

/* From and to Python numbers, which count seconds unless the name says Long. */
PyAPI_FUNC(PyObject *) _PyLong_FromTime_t(time_t t);
PyAPI_FUNC(int) _PyTime_ObjectToTime_t(PyObject *obj, time_t *sec, _PyTime_round_t round);
PyAPI_FUNC(int) _PyTime_ObjectToTimeval(
    PyObject *obj, time_t *sec, long *usec, _PyTime_round_t round);
PyAPI_FUNC(int) _PyTime_ObjectToTimespec(
    PyObject *obj, time_t *sec, long *nsec, _PyTime_round_t round);
PyAPI_FUNC(PyTime_t) _PyTime_FromSeconds(int seconds);
PyAPI_FUNC(int) _PyTime_FromSecondsObject(PyTime_t *t, PyObject *obj, _PyTime_round_t round);
PyAPI_FUNC(int) _PyTime_FromLong(PyTime_t *t, PyObject *obj);
PyAPI_FUNC(PyObject *) _PyTime_AsLong(PyTime_t t);

/* To other units; the clamped forms do not fail. */
PyAPI_FUNC(PyTime_t) _PyTime_AsMilliseconds(PyTime_t t, _PyTime_round_t round);
PyAPI_FUNC(PyTime_t) _PyTime_AsMicroseconds(PyTime_t t, _PyTime_round_t round);
PyAPI_FUNC(int) _PyTime_AsTimeval(PyTime_t t, struct timeval *tv, _PyTime_round_t round);
PyAPI_FUNC(void) _PyTime_AsTimeval_clamp(PyTime_t t, struct timeval *tv, _PyTime_round_t round);
PyAPI_FUNC(int) _PyTime_AsTimespec(PyTime_t t, struct timespec *ts);
PyAPI_FUNC(void) _PyTime_AsTimespec_clamp(PyTime_t t, struct timespec *ts);

/* A point in time after a timeout, and what remains until it. */
PyAPI_FUNC(PyTime_t) _PyDeadline_Init(PyTime_t timeout);
PyAPI_FUNC(PyTime_t) _PyDeadline_Get(PyTime_t deadline);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_TIME_H */
