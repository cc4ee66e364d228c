/* pyframe.h: frames, without their fields. */

#ifndef Py_PYFRAME_H
#define Py_PYFRAME_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) PyFrame_GetLineNumber(PyFrameObject *frame);
PyAPI_FUNC(PyCodeObject *) PyFrame_GetCode(PyFrameObject *frame);

#ifndef Py_LIMITED_API
#include "cpython/pyframe.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_PYFRAME_H */
