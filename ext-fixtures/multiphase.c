/* multiphase.c: multi-phase initialisation: module state, several exec slots, types with a module. */
#include "fixture.h"

typedef struct {
    PyObject *error;
    PyTypeObject *type;
    long counter;
} State;

static State *get_state(PyObject *module) { return (State *)PyModule_GetState(module); }

static struct PyModuleDef definition;

static PyObject *increment(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    return PyLong_FromLong(++get_state(module)->counter);
}

static PyObject *fail(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    PyErr_SetString(get_state(module)->error, "raised through the state");
    return NULL;
}

/* Methods of the type find the state by the defining class or by the definition. */
static PyObject *by_class(PyObject *Py_UNUSED(self), PyTypeObject *cls, PyObject *const *Py_UNUSED(args),
                          size_t Py_UNUSED(nargs), PyObject *Py_UNUSED(names))
{
    State *state = PyType_GetModuleState(cls);
    return state == NULL ? NULL : PyLong_FromLong(state->counter);
}

static PyObject *by_definition(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    PyObject *module = PyType_GetModuleByDef(Py_TYPE(self), &definition);
    return module == NULL ? NULL : PyLong_FromLong(get_state(module)->counter);
}

static PyMethodDef type_methods[] = {
    {"by_class", _PyCFunction_CAST(by_class), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
    {"by_definition", by_definition, METH_NOARGS, NULL},
    LAST_ENTRY,
};
static PyType_Slot type_slots[] = {{Py_tp_methods, type_methods}, {0, NULL}};
static PyType_Spec type_spec = {"ext_multiphase.Type", sizeof(PyObject), 0,
                                Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, type_slots};

static int exec_first(PyObject *module)
{
    State *state = get_state(module);
    if (state->error != NULL || state->counter != 0) {
        PyErr_SetString(PyExc_AssertionError, "the state does not start zeroed");
        return -1;
    }
    state->error = PyErr_NewException("ext_multiphase.Error", NULL, NULL);
    return PyModule_AddObjectRef(module, "Error", state->error);
}

static int exec_second(PyObject *module)
{
    State *state = get_state(module);
    state->type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &type_spec, NULL);
    return state->type == NULL ? -1 : PyModule_AddType(module, state->type);
}

static int traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = get_state(module);
    Py_VISIT(state->error);
    Py_VISIT(state->type);
    return 0;
}

static int clear(PyObject *module)
{
    State *state = get_state(module);
    Py_CLEAR(state->error);
    Py_CLEAR(state->type);
    return 0;
}

static void free_module(void *module) { (void)clear((PyObject *)module); }

static PyMethodDef methods[] = {NONE_ENTRY(increment), NONE_ENTRY(fail), LAST_ENTRY};

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, exec_first},
    {Py_mod_exec, exec_second},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "ext_multiphase", "The doc string.", sizeof(State), methods, slots,
    traverse, clear, free_module,
};

PyMODINIT_FUNC PyInit_ext_multiphase(void) { return PyModuleDef_Init(&definition); }
