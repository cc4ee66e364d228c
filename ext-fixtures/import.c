/* import.c: importing modules and filling sys.modules. */
#include "fixture.h"

WRAP_O(import_, PyImport_Import)
WRAP_O(reload, PyImport_ReloadModule)
WRAP_OO(import_attr, PyImport_ImportModuleAttr)

VARARGS(import_module)
{
    const char *name;
    return PyArg_ParseTuple(args, "s", &name) ? PyImport_ImportModule(name) : NULL;
}

VARARGS(import_level)
{
    const char *name;
    PyObject *globals, *fromlist;
    int level;
    if (!PyArg_ParseTuple(args, "sOOi", &name, &globals, &fromlist, &level)) {
        return NULL;
    }
    return PyImport_ImportModuleLevel(name, globals, NULL, fromlist, level);
}

ONE(get_module) { return object_or_none(PyImport_GetModule(arg)); }

VARARGS(add_module)
{
    const char *name;
    PyObject *module, *again;
    if (!PyArg_ParseTuple(args, "s", &name)) {
        return NULL;
    }
    module = PyImport_AddModuleRef(name);
    again = PyImport_AddModule(name);
    if (module != again) {
        PyErr_SetString(PyExc_AssertionError, "two modules of one name");
        Py_CLEAR(module);
    }
    return module;
}

NONE(module_dict) { return Py_NewRef(PyImport_GetModuleDict()); }

/* A module from source text. */
VARARGS(exec_code)
{
    const char *name, *source;
    PyObject *code, *module;
    if (!PyArg_ParseTuple(args, "ss", &name, &source)) {
        return NULL;
    }
    code = Py_CompileString(source, "made in C", Py_file_input);
    if (code == NULL) {
        return NULL;
    }
    module = PyImport_ExecCodeModuleEx(name, code, "a path");
    Py_DECREF(code);
    return module;
}

NONE(magic)
{
    return Py_BuildValue("is", PyImport_GetMagicNumber() != 0, PyImport_GetMagicTag());
}

static PyMethodDef methods[] = {
    ONE_ENTRY(import_), ONE_ENTRY(reload), VARARGS_ENTRY(import_attr), VARARGS_ENTRY(import_module),
    VARARGS_ENTRY(import_level), ONE_ENTRY(get_module), VARARGS_ENTRY(add_module),
    NONE_ENTRY(module_dict), VARARGS_ENTRY(exec_code), NONE_ENTRY(magic), LAST_ENTRY,
};

FIXTURE_MODULE(ext_import, methods)
