/* bytearrayobject.c: bytearray. */
#include "fixture.h"

WRAP_O(from_object, PyByteArray_FromObject)
WRAP_OO(concat, PyByteArray_Concat)
WRAP_O_INT(size, PyByteArray_Size)

VARARGS(from_string_and_size)
{
    const char *bytes;
    Py_ssize_t size;
    return PyArg_ParseTuple(args, "y#", &bytes, &size) ? PyByteArray_FromStringAndSize(bytes, size)
                                                       : NULL;
}

VARARGS(resize)
{
    PyObject *array;
    Py_ssize_t n;
    return PyArg_ParseTuple(args, "On", &array, &n) ? int_or_error(PyByteArray_Resize(array, n))
                                                    : NULL;
}

ONE(check) { return Py_BuildValue("ii", PyByteArray_Check(arg), PyByteArray_CheckExact(arg)); }

/* Adds 1 to each byte through the pointer. */
ONE(increment)
{
    char *bytes = PyByteArray_AS_STRING(arg);
    Py_ssize_t i;
    for (i = 0; i < PyByteArray_GET_SIZE(arg); i++) {
        bytes[i]++;
    }
    return PyBool_FromLong(bytes[i] == '\0' && bytes == PyByteArray_AsString(arg));
}

static PyMethodDef methods[] = {
    ONE_ENTRY(from_object), VARARGS_ENTRY(concat), ONE_ENTRY(size),
    VARARGS_ENTRY(from_string_and_size), VARARGS_ENTRY(resize), ONE_ENTRY(check),
    ONE_ENTRY(increment), LAST_ENTRY,
};

FIXTURE_MODULE(ext_bytearrayobject, methods)
