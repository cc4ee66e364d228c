/* internal/pycore_structseq.h: struct sequence types with flags of their own. */

#ifndef Py_INTERNAL_STRUCTSEQ_H
#define Py_INTERNAL_STRUCTSEQ_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyTypeObject *) _PyStructSequence_NewType(
    PyStructSequence_Desc *desc, unsigned long tp_flags);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_STRUCTSEQ_H */
