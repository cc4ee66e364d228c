/* sliceobject.c: slices and Ellipsis. */
#include "fixture.h"

/* Missing parts are None here and NULL there. */
VARARGS(new)
{
    PyObject *start = NULL, *stop = NULL, *step = NULL;
    return PyArg_ParseTuple(args, "|OOO", &start, &stop, &step) ? PySlice_New(start, stop, step)
                                                                : NULL;
}

ONE(check) { return Py_BuildValue("ii", PySlice_Check(arg), arg == Py_Ellipsis); }

VARARGS(get_indices_ex)
{
    PyObject *slice;
    Py_ssize_t length, start, stop, step, slicelength;
    if (!PyArg_ParseTuple(args, "On", &slice, &length)
        || PySlice_GetIndicesEx(slice, length, &start, &stop, &step, &slicelength) < 0) {
        return NULL;
    }
    return Py_BuildValue("nnnn", start, stop, step, slicelength);
}

ONE(unpack)
{
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(arg, &start, &stop, &step) < 0) {
        return NULL;
    }
    return Py_BuildValue("nnn", start, stop, step);
}

VARARGS(adjust)
{
    Py_ssize_t length, start, stop, step, count;
    if (!PyArg_ParseTuple(args, "nnnn", &length, &start, &stop, &step)) {
        return NULL;
    }
    count = PySlice_AdjustIndices(length, &start, &stop, step);
    return Py_BuildValue("nnn", start, stop, count);
}

/* The fields. */
ONE(parts)
{
    PySliceObject *slice = (PySliceObject *)arg;
    return PyTuple_Pack(3, slice->start, slice->stop, slice->step);
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(new), ONE_ENTRY(check), VARARGS_ENTRY(get_indices_ex), ONE_ENTRY(unpack),
    VARARGS_ENTRY(adjust), ONE_ENTRY(parts), LAST_ENTRY,
};

FIXTURE_MODULE(ext_sliceobject, methods)
