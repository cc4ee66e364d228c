/* cpython/picklebufobject.h: PickleBuffer, PEP 574. */

#ifndef Py_PICKLEBUFOBJECT_H
#define Py_PICKLEBUFOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API

PyAPI_DATA(PyTypeObject) PyPickleBuffer_Type;
#define PyPickleBuffer_Check(op) Py_IS_TYPE((op), &PyPickleBuffer_Type)

/* The Py_buffer belongs to the object and is valid until it is released. */
PyAPI_FUNC(PyObject *) PyPickleBuffer_FromObject(PyObject *base);
PyAPI_FUNC(const Py_buffer *) PyPickleBuffer_GetBuffer(PyObject *obj);
PyAPI_FUNC(int) PyPickleBuffer_Release(PyObject *obj);

#endif  /* !Py_LIMITED_API */

#ifdef __cplusplus
}
#endif
#endif  /* !Py_PICKLEBUFOBJECT_H */
