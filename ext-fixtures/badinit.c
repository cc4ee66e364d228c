/* badinit.c: init functions that do what they must not. Each is a module of its own name in this one file;
 * tests/cpyext/badinit.py loads them with a loader of that name. */
#include "fixture.h"

/* NULL without an exception. */
PyMODINIT_FUNC PyInit_null_result(void) { return NULL; }

PyMODINIT_FUNC PyInit_raises(void)
{
    PyErr_SetString(PyExc_ValueError, "not today");
    return NULL;
}

static PyModuleDef plain = {PyModuleDef_HEAD_INIT, "plain", NULL, -1, NULL, NULL, NULL, NULL, NULL};

/* A module and an exception. */
PyMODINIT_FUNC PyInit_both(void)
{
    PyObject *module = PyModule_Create(&plain);
    PyErr_SetString(PyExc_ValueError, "not reported");
    return module;
}

/* A definition that PyModuleDef_Init has not seen. */
static PyModuleDef raw = {PyModuleDef_HEAD_INIT, "raw", NULL, 0, NULL, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_raw(void) { return (PyObject *)&raw; }

/* Something that is no module, and a module without a definition. */
PyMODINIT_FUNC PyInit_no_module(void) { return PyLong_FromLong(7); }
PyMODINIT_FUNC PyInit_no_definition(void) { return PyModule_New("no_definition"); }

/* Definitions with slots that cannot be. */
#define DEFINITION(name, size, ...) \
    static PyModuleDef_Slot name##_slots[] = {__VA_ARGS__, {0, NULL}}; \
    static PyModuleDef name##_definition = { \
        PyModuleDef_HEAD_INIT, #name, NULL, size, NULL, name##_slots, NULL, NULL, NULL}; \
    PyMODINIT_FUNC PyInit_##name(void) { return PyModuleDef_Init(&name##_definition); }

static PyObject *create_null(PyObject *Py_UNUSED(spec), PyModuleDef *Py_UNUSED(def)) { return NULL; }
static PyObject *create_raises(PyObject *Py_UNUSED(spec), PyModuleDef *Py_UNUSED(def))
{
    PyErr_SetString(PyExc_KeyError, "create");
    return NULL;
}
static PyObject *create_both(PyObject *Py_UNUSED(spec), PyModuleDef *Py_UNUSED(def))
{
    PyErr_SetString(PyExc_KeyError, "create");
    return PyModule_New("create_both");
}
static PyObject *create_int(PyObject *Py_UNUSED(spec), PyModuleDef *Py_UNUSED(def))
{
    return PyLong_FromLong(7);
}
static int exec_fails(PyObject *Py_UNUSED(module)) { return -1; }
static int exec_raises(PyObject *Py_UNUSED(module))
{
    PyErr_SetString(PyExc_KeyError, "exec");
    return -1;
}
static int exec_both(PyObject *Py_UNUSED(module))
{
    PyErr_SetString(PyExc_KeyError, "exec");
    return 0;
}
static int exec_fine(PyObject *module) { return PyModule_AddIntConstant(module, "x", 1); }

DEFINITION(create_nothing, 0, {Py_mod_create, create_null})
DEFINITION(create_raising, 0, {Py_mod_create, create_raises})
DEFINITION(create_unreported, 0, {Py_mod_create, create_both})
DEFINITION(create_number, 0, {Py_mod_create, create_int})
DEFINITION(create_with_state, 8, {Py_mod_create, create_int})
DEFINITION(create_with_exec, 0, {Py_mod_create, create_int}, {Py_mod_exec, exec_fine})
DEFINITION(create_twice, 0, {Py_mod_create, create_int}, {Py_mod_create, create_int})
DEFINITION(execute_failing, 0, {Py_mod_exec, exec_fails})
DEFINITION(execute_raising, 0, {Py_mod_exec, exec_raises})
DEFINITION(execute_unreported, 0, {Py_mod_exec, exec_both})
DEFINITION(negative_size, -1, {Py_mod_exec, exec_fine})
DEFINITION(unknown_slot, 0, {99, exec_fine})
DEFINITION(fine, 8, {Py_mod_exec, exec_fine})
