/* internal/pycore_complexobject.h: arithmetic of a complex and a real number. */

#ifndef Py_INTERNAL_COMPLEXOBJECT_H
#define Py_INTERNAL_COMPLEXOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(Py_complex) _Py_cr_sum(Py_complex a, double b);
PyAPI_FUNC(Py_complex) _Py_cr_diff(Py_complex a, double b);
PyAPI_FUNC(Py_complex) _Py_rc_diff(double a, Py_complex b);
PyAPI_FUNC(Py_complex) _Py_cr_prod(Py_complex a, double b);
PyAPI_FUNC(Py_complex) _Py_cr_quot(Py_complex a, double b);
PyAPI_FUNC(Py_complex) _Py_rc_quot(double a, Py_complex b);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_COMPLEXOBJECT_H */
