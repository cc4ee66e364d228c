/* simple.c: the oldest way: Py_Initialize, with a name and a command line, and Py_Finalize. Then what other
 * ways there are to configure, and what fails. */
#include <Python.h>
#include <signal.h>
#include <stdio.h>

static void names(void)
{
    PyInitConfig *config = PyInitConfig_Create();
    const char *message = NULL;
    int64_t number = -7;
    char *text = NULL, **items = NULL;
    size_t length = 0;
    char *const path[] = {"a", "b"};

    printf("has: %d %d\n", PyInitConfig_HasOption(config, "verbose"), PyInitConfig_HasOption(config, "colour"));
    printf("get: %d %d\n", PyInitConfig_GetInt(config, "isolated", &number), (int)number);
    printf("set: %d\n", PyInitConfig_SetInt(config, "optimization_level", 2));
    PyInitConfig_GetInt(config, "optimization_level", &number);
    printf("set: %d\n", (int)number);
    printf("str: %d\n", PyInitConfig_SetStr(config, "program_name", "caf\303\251"));
    PyInitConfig_GetStr(config, "program_name", &text);
    printf("str: %s\n", text);
    free(text);
    printf("list: %d\n", PyInitConfig_SetStrList(config, "argv", 2, path));
    PyInitConfig_GetStrList(config, "argv", &length, &items);
    printf("list: %d %s %s\n", (int)length, items[0], items[1]);
    PyInitConfig_FreeStrList(length, items);
    printf("unknown: %d", PyInitConfig_SetInt(config, "colour", 1));
    printf(" %d", PyInitConfig_GetError(config, &message));
    printf(" %s\n", message);
    printf("wrong: %d", PyInitConfig_SetStr(config, "verbose", "x"));
    PyInitConfig_GetError(config, &message);
    printf(" %s\n", message);
    PyInitConfig_Free(config);
}

int main(int argc, char **argv)
{
    wchar_t *program = Py_DecodeLocale("embedded", NULL), *arguments[] = {L"script", L"one"};
    PyOS_sighandler_t before = PyOS_getsig(SIGINT);
    char *bytes;
    PyThreadState *state;
    PyGILState_STATE gil;
    (void)argc;
    (void)argv;

    setvbuf(stdout, NULL, _IONBF, 0);
    names();
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    Py_SetProgramName(program);
    Py_QuietFlag = 1;
    Py_InitializeEx(0);
    Py_Initialize();
    bytes = Py_EncodeLocale(program, NULL);
    printf("locale: %s\n", bytes);
    PyMem_Free(bytes);
    PySys_SetArgvEx(2, arguments, 0);
    printf("signals: %d\n", PyOS_getsig(SIGINT) == before);
    PyRun_SimpleString("import sys\n"
                       "print(sys.argv, sys.flags.quiet)\n"
                       "import threading\n");
    /* Another thread of Python runs while this one has let go. */
    PyRun_SimpleString("done = []\n"
                       "t = threading.Thread(target=lambda: done.append(sum(range(1000))))\n"
                       "t.start()\n");
    state = PyEval_SaveThread();
    gil = PyGILState_Ensure();
    PyRun_SimpleString("t.join()\nprint(done)\n");
    PyGILState_Release(gil);
    PyEval_RestoreThread(state);
    printf("exit: %d\n", PyRun_SimpleString("print('unraised', end='\\n', file=sys.stdout)\n"));
    PyMem_RawFree(program);
    fflush(stdout);
    Py_Finalize();
    Py_Finalize();
    printf("initialized: %d\n", Py_IsInitialized());
    return 3;
}
