/* complexobject.c: complex, and arithmetic on Py_complex. */
#include "fixture.h"

VARARGS(from_doubles)
{
    double real, imag;
    return PyArg_ParseTuple(args, "dd", &real, &imag) ? PyComplex_FromDoubles(real, imag) : NULL;
}

ONE(parts)
{
    double real = PyComplex_RealAsDouble(arg), imag;
    if (real == -1.0 && PyErr_Occurred()) {
        return NULL;
    }
    imag = PyComplex_ImagAsDouble(arg);
    return imag == -1.0 && PyErr_Occurred() ? NULL : Py_BuildValue("dd", real, imag);
}

ONE(as_c_complex)
{
    Py_complex value = PyComplex_AsCComplex(arg);
    return PyErr_Occurred() ? NULL : PyComplex_FromCComplex(value);
}

ONE(check) { return Py_BuildValue("ii", PyComplex_Check(arg), PyComplex_CheckExact(arg)); }

/* The conjugate, from the field. */
ONE(conjugate)
{
    Py_complex value = ((PyComplexObject *)arg)->cval;
    return PyComplex_FromDoubles(value.real, -value.imag);
}

VARARGS(arithmetic)
{
    Py_complex a, b, sum, diff, prod, quot, power, neg;
    if (!PyArg_ParseTuple(args, "DD", &a, &b)) {
        return NULL;
    }
    sum = _Py_c_sum(a, b);
    diff = _Py_c_diff(a, b);
    prod = _Py_c_prod(a, b);
    neg = _Py_c_neg(a);
    errno = 0;
    quot = _Py_c_quot(a, b);
    power = _Py_c_pow(a, b);
    return Py_BuildValue("DDDDDDdi", &sum, &diff, &prod, &quot, &power, &neg, _Py_c_abs(a),
                         errno == EDOM);
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(from_doubles), ONE_ENTRY(parts), ONE_ENTRY(as_c_complex), ONE_ENTRY(check),
    ONE_ENTRY(conjugate), VARARGS_ENTRY(arithmetic), LAST_ENTRY,
};

FIXTURE_MODULE(ext_complexobject, methods)
