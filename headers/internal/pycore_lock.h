/* internal/pycore_lock.h: an event that is set once. */

#ifndef Py_INTERNAL_LOCK_H
#define Py_INTERNAL_LOCK_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint8_t v;
} PyEvent;

PyAPI_FUNC(void) PyEvent_Wait(PyEvent *evt);
PyAPI_FUNC(int) PyEvent_WaitTimed(PyEvent *evt, PyTime_t timeout_ns, int detach);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_LOCK_H */
