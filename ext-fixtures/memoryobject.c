/* memoryobject.c: the buffer protocol, as consumer and as exporter. */
#include "fixture.h"
#include <stddef.h>

/* What an object exports. flags is a combination of PyBUF_ values. */
VARARGS(describe)
{
    PyObject *ob, *shape, *strides;
    Py_buffer view;
    int flags, i;
    if (!PyArg_ParseTuple(args, "Oi", &ob, &flags)) {
        return NULL;
    }
    if (PyObject_GetBuffer(ob, &view, flags) < 0) {
        return NULL;
    }
    shape = PyList_New(0);
    strides = PyList_New(0);
    for (i = 0; i < view.ndim; i++) {
        PyObject *n = PyLong_FromSsize_t(view.shape ? view.shape[i] : -1);
        PyList_Append(shape, n);
        Py_SETREF(n, PyLong_FromSsize_t(view.strides ? view.strides[i] : -1));
        PyList_Append(strides, n);
        Py_DECREF(n);
    }
    ob = Py_BuildValue("nniizNNiii", view.len, view.itemsize, view.readonly, view.ndim, view.format,
                       shape, strides, PyBuffer_IsContiguous(&view, 'C'),
                       PyBuffer_IsContiguous(&view, 'F'), view.obj != NULL);
    PyBuffer_Release(&view);
    if (view.obj != NULL) {
        Py_FatalError("a released buffer has no object");
    }
    return ob;
}

WRAP_O_INT(check_buffer, PyObject_CheckBuffer)
WRAP_O(from_object, PyMemoryView_FromObject)
WRAP_OO_INT(copy_data, PyObject_CopyData)

ONE(check) { return PyBool_FromLong(PyMemoryView_Check(arg)); }

static char memory[] = "static memory";

/* Over memory that nobody owns. */
ONE(from_memory)
{
    return PyMemoryView_FromMemory(memory, sizeof memory - 1,
                                   PyObject_IsTrue(arg) ? PyBUF_WRITE : PyBUF_READ);
}

NONE(memory_contents) { return PyBytes_FromString(memory); }

NONE(from_buffer)
{
    static Py_ssize_t shape[] = {2, 3}, strides[] = {3, 1};
    Py_buffer view = {0};
    view.buf = memory;
    view.len = 6;
    view.itemsize = 1;
    view.readonly = 1;
    view.ndim = 2;
    view.format = "B";
    view.shape = shape;
    view.strides = strides;
    return PyMemoryView_FromBuffer(&view);
}

VARARGS(get_contiguous)
{
    PyObject *ob;
    int write, order;
    if (!PyArg_ParseTuple(args, "OiC", &ob, &write, &order)) {
        return NULL;
    }
    return PyMemoryView_GetContiguous(ob, write ? PyBUF_WRITE : PyBUF_READ, (char)order);
}

/* The fields of a memoryview. */
ONE(fields)
{
    Py_buffer *view = PyMemoryView_GET_BUFFER(arg);
    PyObject *base = PyMemoryView_GET_BASE(arg);
    return Py_BuildValue("niO", view->len, view->readonly, base ? base : Py_None);
}

/* The bytes in C or Fortran order. */
VARARGS(to_contiguous)
{
    PyObject *ob, *bytes;
    int order;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "OC", &ob, &order) || PyObject_GetBuffer(ob, &view, PyBUF_FULL_RO) < 0) {
        return NULL;
    }
    bytes = PyBytes_FromStringAndSize(NULL, view.len);
    if (bytes != NULL
        && PyBuffer_ToContiguous(PyBytes_AS_STRING(bytes), &view, view.len, (char)order) < 0) {
        Py_CLEAR(bytes);
    }
    PyBuffer_Release(&view);
    return bytes;
}

NONE(sizes)
{
    Py_ssize_t shape[] = {2, 3, 4}, c[3], f[3];
    PyBuffer_FillContiguousStrides(3, shape, c, 8, 'C');
    PyBuffer_FillContiguousStrides(3, shape, f, 8, 'F');
    return Py_BuildValue("(nnn)(nnn)(nn)", c[0], c[1], c[2], f[0], f[1], f[2],
                         PyBuffer_SizeFromFormat("i"), PyBuffer_SizeFromFormat("d"));
}

/* An exporter: a matrix of 2 rows and 3 columns of int32 that counts its exports. */
typedef struct {
    PyObject_HEAD
    int32_t items[6];
    Py_ssize_t shape[2], strides[2];
    int exports;
} MatrixObject;

static int matrix_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    MatrixObject *matrix = (MatrixObject *)self;
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES) {
        view->obj = NULL;
        PyErr_SetString(PyExc_BufferError, "a matrix has strides");
        return -1;
    }
    view->buf = matrix->items;
    view->obj = Py_NewRef(self);
    view->len = sizeof matrix->items;
    view->itemsize = sizeof(int32_t);
    view->readonly = 0;
    view->ndim = 2;
    view->format = (flags & PyBUF_FORMAT) ? "i" : NULL;
    view->shape = matrix->shape;
    view->strides = matrix->strides;
    view->suboffsets = NULL;
    view->internal = NULL;
    matrix->exports++;
    return 0;
}

static void matrix_releasebuffer(PyObject *self, Py_buffer *Py_UNUSED(view))
{
    ((MatrixObject *)self)->exports--;
}

static PyObject *matrix_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    MatrixObject *matrix = (MatrixObject *)type->tp_alloc(type, 0);
    int i;
    for (i = 0; matrix != NULL && i < 6; i++) {
        matrix->items[i] = i;
    }
    if (matrix != NULL) {
        matrix->shape[0] = 2;
        matrix->shape[1] = 3;
        matrix->strides[0] = 12;
        matrix->strides[1] = 4;
    }
    return (PyObject *)matrix;
}

static PyMemberDef matrix_members[] = {
    {"exports", Py_T_INT, offsetof(MatrixObject, exports), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyBufferProcs matrix_buffer = {matrix_getbuffer, matrix_releasebuffer};

static PyTypeObject MatrixType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_memoryobject.Matrix",
    .tp_basicsize = sizeof(MatrixObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_buffer = &matrix_buffer,
    .tp_members = matrix_members,
    .tp_new = matrix_new,
};

static int setup(PyObject *module) { return PyModule_AddType(module, &MatrixType); }

static PyMethodDef methods[] = {
    VARARGS_ENTRY(describe), ONE_ENTRY(check_buffer), ONE_ENTRY(from_object),
    VARARGS_ENTRY(copy_data), ONE_ENTRY(check), ONE_ENTRY(from_memory), NONE_ENTRY(memory_contents),
    NONE_ENTRY(from_buffer), VARARGS_ENTRY(get_contiguous), ONE_ENTRY(fields),
    VARARGS_ENTRY(to_contiguous), NONE_ENTRY(sizes), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_memoryobject, methods, setup)
