/* traceback.h: tracebacks. */

#ifndef Py_TRACEBACK_H
#define Py_TRACEBACK_H
#ifdef __cplusplus
extern "C" {
#endif

/* Here adds an entry for the frame to the traceback of the pending exception. */
PyAPI_FUNC(int) PyTraceBack_Here(PyFrameObject *frame);
PyAPI_FUNC(int) PyTraceBack_Print(PyObject *traceback, PyObject *file);

PyAPI_DATA(PyTypeObject) PyTraceBack_Type;
#define PyTraceBack_Check(v) Py_IS_TYPE((v), &PyTraceBack_Type)

#ifndef Py_LIMITED_API
#include "cpython/traceback.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_TRACEBACK_H */
