/* cpython/frameobject.h: making frames for tracebacks, and the functions that used to move values
 * between a frame and its locals dict, which do nothing since 3.13. */

#ifndef Py_CPYTHON_FRAMEOBJECT_H
#define Py_CPYTHON_FRAMEOBJECT_H

PyAPI_FUNC(PyFrameObject *) PyFrame_New(
    PyThreadState *tstate, PyCodeObject *code, PyObject *globals, PyObject *locals);

PyAPI_FUNC(void) PyFrame_LocalsToFast(PyFrameObject *frame, int clear);
PyAPI_FUNC(int) PyFrame_FastToLocalsWithError(PyFrameObject *frame);
PyAPI_FUNC(void) PyFrame_FastToLocals(PyFrameObject *frame);

PyAPI_FUNC(int) _PyFrame_IsEntryFrame(PyFrameObject *frame);

typedef struct {
    PyObject_HEAD
    PyFrameObject *frame;
} PyFrameLocalsProxyObject;
#endif  /* !Py_CPYTHON_FRAMEOBJECT_H */
