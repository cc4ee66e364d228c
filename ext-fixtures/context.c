/* context.c: context variables. */
#include "fixture.h"

VARARGS(new_var)
{
    const char *name;
    PyObject *default_value = NULL;
    return PyArg_ParseTuple(args, "s|O", &name, &default_value) ? PyContextVar_New(name, default_value) : NULL;
}

/* (found, value): the default only if the variable has none. */
VARARGS(get)
{
    PyObject *var, *default_value = NULL, *value;
    if (!PyArg_ParseTuple(args, "O|O", &var, &default_value)
        || PyContextVar_Get(var, default_value, &value) < 0) {
        return NULL;
    }
    return Py_BuildValue("iN", value != NULL, object_or_none(value));
}

WRAP_OO(set, PyContextVar_Set)
WRAP_OO_INT(reset, PyContextVar_Reset)
WRAP_O(copy, PyContext_Copy)

NONE(new_context) { return PyContext_New(); }
NONE(copy_current) { return PyContext_CopyCurrent(); }

ONE(check)
{
    return Py_BuildValue("iii", PyContext_CheckExact(arg), PyContextVar_CheckExact(arg),
                         PyContextToken_CheckExact(arg));
}

/* Calls function inside context. */
VARARGS(run)
{
    PyObject *context, *function, *result;
    if (!PyArg_ParseTuple(args, "OO", &context, &function) || PyContext_Enter(context) < 0) {
        return NULL;
    }
    result = PyObject_CallNoArgs(function);
    if (PyContext_Exit(context) < 0) {
        Py_CLEAR(result);
    }
    return result;
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(new_var), VARARGS_ENTRY(get), VARARGS_ENTRY(set), VARARGS_ENTRY(reset),
    ONE_ENTRY(copy), NONE_ENTRY(new_context), NONE_ENTRY(copy_current), ONE_ENTRY(check),
    VARARGS_ENTRY(run), LAST_ENTRY,
};

FIXTURE_MODULE(ext_context, methods)
