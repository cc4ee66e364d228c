/* funcobject.c: functions, methods, cells, code, generators and iterators as objects. */
#include "fixture.h"

/* Functions. */
WRAP_OO(new_function, PyFunction_New)
WRAP_OOO(new_function_named, PyFunction_NewWithQualName)
WRAP_OO_INT(set_defaults, PyFunction_SetDefaults)
WRAP_OO_INT(set_kwdefaults, PyFunction_SetKwDefaults)
WRAP_OO_INT(set_annotations, PyFunction_SetAnnotations)
WRAP_O(classmethod, PyClassMethod_New)
WRAP_O(staticmethod, PyStaticMethod_New)

ONE(function_parts)
{
    PyObject *defaults = PyFunction_GetDefaults(arg), *kwdefaults = PyFunction_GetKwDefaults(arg);
    PyObject *module = PyFunction_GetModule(arg);
    if (PyErr_Occurred()) {
        return NULL;
    }
    return Py_BuildValue("OOOi", defaults ? defaults : Py_None, kwdefaults ? kwdefaults : Py_None,
                         module ? module : Py_None,
                         PyFunction_GetCode(arg) == PyFunction_GET_CODE(arg)
                             && PyFunction_GetGlobals(arg) == PyFunction_GET_GLOBALS(arg));
}

/* Methods. */
WRAP_OO(new_method, PyMethod_New)
WRAP_O(new_instance_method, PyInstanceMethod_New)

ONE(function_of_instance_method)
{
    return PyInstanceMethod_Check(arg) ? Py_NewRef(PyInstanceMethod_GET_FUNCTION(arg)) : Py_NewRef(Py_None);
}

ONE(method_parts)
{
    if (!PyMethod_Check(arg)) {
        Py_RETURN_NONE;
    }
    return PyTuple_Pack(2, PyMethod_Function(arg), PyMethod_Self(arg));
}

/* Cells. */
WRAP_O(new_cell, PyCell_New)
WRAP_OO_INT(set_cell, PyCell_Set)

NONE(new_empty_cell) { return PyCell_New(NULL); }
ONE(get_cell) { return object_or_none(PyCell_Get(arg)); }

/* Code. */
VARARGS(new_empty_code)
{
    const char *file, *name;
    int line;
    return PyArg_ParseTuple(args, "ssi", &file, &name, &line)
               ? (PyObject *)PyCode_NewEmpty(file, name, line) : NULL;
}

ONE(code_parts)
{
    PyCodeObject *code = (PyCodeObject *)arg;
    if (!PyCode_Check(arg)) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("OONNNinn", code->co_name, code->co_filename, PyCode_GetVarnames(code),
                         PyCode_GetCellvars(code), PyCode_GetFreevars(code), PyCode_Addr2Line(code, 0),
                         PyCode_GetNumFree(code), (Py_ssize_t)code->co_argcount);
}

/* Iterators and generators. */
WRAP_O(seq_iter, PySeqIter_New)
WRAP_OO(call_iter, PyCallIter_New)

ONE(check)
{
    return Py_BuildValue("iiiiiii", PyFunction_Check(arg), PyMethod_Check(arg), PyCell_Check(arg),
                         PyGen_Check(arg), PyCoro_CheckExact(arg), PyAsyncGen_CheckExact(arg),
                         PyCFunction_Check(arg));
}

/* Descriptors on a type of Python: a computed attribute, a method, a class method. */
static PyObject *get_answer(PyObject *self, void *closure)
{
    return Py_BuildValue("Os", self, (const char *)closure);
}

static PyObject *method_body(PyObject *self, PyObject *arg) { return PyTuple_Pack(2, self, arg); }

static PyGetSetDef answer = {"answer", get_answer, NULL, "the doc", "closure"};
static PyMethodDef method = {"method", method_body, METH_O, NULL};
static PyMethodDef class_method = {"class_method", method_body, METH_O | METH_CLASS, NULL};

ONE(add_descriptors)
{
    PyTypeObject *type = (PyTypeObject *)arg;
    PyObject *descriptors[3];
    const char *names[] = {"answer", "method", "class_method"};
    int i, data = 0;
    descriptors[0] = PyDescr_NewGetSet(type, &answer);
    descriptors[1] = PyDescr_NewMethod(type, &method);
    descriptors[2] = PyDescr_NewClassMethod(type, &class_method);
    for (i = 0; i < 3; i++) {
        if (descriptors[i] == NULL || PyObject_SetAttrString(arg, names[i], descriptors[i]) < 0) {
            return NULL;
        }
        data = data * 10 + PyDescr_IsData(descriptors[i]);
        assert(PyDescr_TYPE(descriptors[i]) == type);
        Py_DECREF(descriptors[i]);
    }
    return PyLong_FromLong(data);
}

WRAP_OO(generic_alias, Py_GenericAlias)

static PyMethodDef methods[] = {
    VARARGS_ENTRY(new_function), VARARGS_ENTRY(new_function_named), VARARGS_ENTRY(set_defaults),
    VARARGS_ENTRY(set_kwdefaults), VARARGS_ENTRY(set_annotations), ONE_ENTRY(classmethod),
    ONE_ENTRY(staticmethod), ONE_ENTRY(function_parts), VARARGS_ENTRY(new_method),
    ONE_ENTRY(new_instance_method), ONE_ENTRY(function_of_instance_method),
    ONE_ENTRY(method_parts), ONE_ENTRY(new_cell),
    VARARGS_ENTRY(set_cell), NONE_ENTRY(new_empty_cell), ONE_ENTRY(get_cell),
    VARARGS_ENTRY(new_empty_code), ONE_ENTRY(code_parts), ONE_ENTRY(seq_iter),
    VARARGS_ENTRY(call_iter), ONE_ENTRY(check), ONE_ENTRY(add_descriptors),
    VARARGS_ENTRY(generic_alias), LAST_ENTRY,
};

FIXTURE_MODULE(ext_funcobject, methods)
