/* embed.c: a program that embeds Python. Each part prints what it got; the test compares the text with what
 * the same program prints with CPython. The argument is the directory of the compiled fixtures. */
#include <Python.h>
#include <stdio.h>

static int calls, ended;

static PyObject *host_add(PyObject *self, PyObject *args)
{
    long a, b;
    (void)self;
    if (!PyArg_ParseTuple(args, "ll", &a, &b)) {
        return NULL;
    }
    calls++;
    return PyLong_FromLong(a + b);
}

static PyMethodDef host_methods[] = {
    {"add", host_add, METH_VARARGS, "Adds."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef host = {
    PyModuleDef_HEAD_INIT, "host", "The program.", -1, host_methods, NULL, NULL, NULL, NULL,
};

static PyObject *init_host(void) { return PyModule_Create(&host); }

static int phased_exec(PyObject *module) { return PyModule_AddStringConstant(module, "phase", "second"); }
static PyModuleDef_Slot phased_slots[] = {{Py_mod_exec, phased_exec}, {0, NULL}};
static PyModuleDef phased = {
    PyModuleDef_HEAD_INIT, "phased", NULL, 0, NULL, phased_slots, NULL, NULL, NULL,
};
static PyObject *init_phased(void) { return PyModuleDef_Init(&phased); }

static void at_exit(void) { ended++; }

static void check(PyStatus status)
{
    if (PyStatus_Exception(status)) {
        Py_ExitStatusException(status);
    }
}

int main(int argc, char **argv)
{
    PyConfig config;
    PyObject *main_module, *globals, *result, *module, *exception;
    int i;

    setvbuf(stdout, NULL, _IONBF, 0);
    printf("before: %d\n", Py_IsInitialized());
    PyImport_AppendInittab("host", init_host);
    PyImport_AppendInittab("phased", init_phased);

    PyConfig_InitPythonConfig(&config);
    config.parse_argv = 0;
    config.write_bytecode = 0;
    check(PyConfig_SetBytesString(&config, &config.program_name, argv[0]));
    check(PyConfig_SetBytesArgv(&config, argc, argv));
    check(PyConfig_Read(&config));
    printf("read: %d %d %d\n", config.module_search_paths_set, (int)config.argv.length, config.write_bytecode);
    check(PyWideStringList_Append(&config.module_search_paths, L"/nowhere"));
    check(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
    printf("initialized: %d\n", Py_IsInitialized());

    /* Code, and what it leaves behind. */
    printf("run: %d\n", PyRun_SimpleString("import sys\n"
                                           "print(sys.argv[1:] != [], '/nowhere' in sys.path, sys.flags.dont_write_bytecode)\n"
                                           "def double(x):\n    return x * 2\n"));
    main_module = PyImport_AddModule("__main__");
    globals = PyModule_GetDict(main_module);
    result = PyRun_String("double(21) + 0.5", Py_eval_input, globals, globals);
    printf("eval: %g\n", PyFloat_AsDouble(result));
    Py_DECREF(result);

    /* Calling a function of Python. */
    result = PyObject_CallFunction(PyDict_GetItemString(globals, "double"), "s", "ab");
    printf("call: %s\n", PyUnicode_AsUTF8(result));
    Py_DECREF(result);

    /* Modules of the program. */
    PyRun_SimpleString("import host, phased\n"
                       "print(host.add(2, 3), host.__doc__, phased.phase, 'host' in sys.builtin_module_names)\n"
                       "print(host.__spec__.origin, type(host.__loader__))\n");
    printf("calls: %d\n", calls);

    /* An extension module. */
    PyRun_SimpleString("sys.path.insert(0, sys.argv[1])\n"
                       "import ext_listobject\n"
                       "print(ext_listobject.build(3))\n");
    module = PyImport_ImportModule("ext_listobject");
    result = PyObject_CallMethod(module, "as_tuple", "([iii])", 1, 2, 3);
    printf("extension: %zd\n", result == NULL ? -1 : PyTuple_Size(result));
    Py_XDECREF(result);
    Py_XDECREF(module);

    /* An exception, handled here. */
    result = PyRun_String("double(None)", Py_eval_input, globals, globals);
    if (result == NULL && PyErr_ExceptionMatches(PyExc_TypeError)) {
        exception = PyErr_GetRaisedException();
        result = PyObject_Str(exception);
        printf("exception: %s: %s\n", Py_TYPE(exception)->tp_name, PyUnicode_AsUTF8(result));
        Py_DECREF(result);
        Py_DECREF(exception);
    }
    printf("error: %d\n", PyRun_SimpleString("1 / 0"));

    /* Many objects, held only here, live through collections. */
    result = PyList_New(0);
    for (i = 0; i < 1000; i++) {
        PyObject *item = PyUnicode_FromFormat("item %d", i);
        PyList_Append(result, item);
        Py_DECREF(item);
    }
    PyRun_SimpleString("import gc\njunk = [[i] for i in range(300000)]\ndel junk\ngc.collect()\n");
    printf("kept: %zd %s\n", PyList_Size(result), PyUnicode_AsUTF8(PyList_GetItem(result, 999)));
    Py_DECREF(result);

    Py_AtExit(at_exit);
    PyRun_SimpleString("import atexit\natexit.register(print, 'atexit')\n");
    fflush(stdout);
    printf("finalize: %d\n", Py_FinalizeEx());
    printf("initialized: %d\n", Py_IsInitialized());
    printf("ended: %d\n", ended);
    return 0;
}
