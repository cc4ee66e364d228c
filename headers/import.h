/* import.h: importing modules. Functions named ...AddModule and GetModuleDict borrow, except
 * AddModuleRef. */

#ifndef Py_IMPORT_H
#define Py_IMPORT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(long) PyImport_GetMagicNumber(void);
PyAPI_FUNC(const char *) PyImport_GetMagicTag(void);

PyAPI_FUNC(PyObject *) PyImport_ImportModule(const char *name);
Py_DEPRECATED(3.13) PyAPI_FUNC(PyObject *) PyImport_ImportModuleNoBlock(const char *name);
PyAPI_FUNC(PyObject *) PyImport_ImportModuleLevel(
    const char *name, PyObject *globals, PyObject *locals, PyObject *fromlist, int level);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03050000
PyAPI_FUNC(PyObject *) PyImport_ImportModuleLevelObject(
    PyObject *name, PyObject *globals, PyObject *locals, PyObject *fromlist, int level);
#endif
#define PyImport_ImportModuleEx(n, g, l, f) PyImport_ImportModuleLevel((n), (g), (l), (f), 0)
PyAPI_FUNC(PyObject *) PyImport_Import(PyObject *name);
PyAPI_FUNC(PyObject *) PyImport_ReloadModule(PyObject *module);
PyAPI_FUNC(PyObject *) PyImport_GetImporter(PyObject *path);

/* sys.modules. */
PyAPI_FUNC(PyObject *) PyImport_GetModuleDict(void);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03070000
PyAPI_FUNC(PyObject *) PyImport_GetModule(PyObject *name);
#endif
PyAPI_FUNC(PyObject *) PyImport_AddModule(const char *name);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03030000
PyAPI_FUNC(PyObject *) PyImport_AddModuleObject(PyObject *name);
#endif
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030d0000
PyAPI_FUNC(PyObject *) PyImport_AddModuleRef(const char *name);
#endif

/* A module from a code object. */
PyAPI_FUNC(PyObject *) PyImport_ExecCodeModule(const char *name, PyObject *code);
PyAPI_FUNC(PyObject *) PyImport_ExecCodeModuleEx(
    const char *name, PyObject *code, const char *pathname);
PyAPI_FUNC(PyObject *) PyImport_ExecCodeModuleWithPathnames(
    const char *name, PyObject *code, const char *pathname, const char *cpathname);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03030000
PyAPI_FUNC(PyObject *) PyImport_ExecCodeModuleObject(
    PyObject *name, PyObject *code, PyObject *pathname, PyObject *cpathname);
#endif

/* Frozen modules: 1 when there was one, 0 when not, -1 on error. */
PyAPI_FUNC(int) PyImport_ImportFrozenModule(const char *name);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03030000
PyAPI_FUNC(int) PyImport_ImportFrozenModuleObject(PyObject *name);
#endif

/* Built-in modules of a program that embeds Python, before it starts. */
PyAPI_FUNC(int) PyImport_AppendInittab(const char *name, PyObject *(*initfunc)(void));

#ifndef Py_LIMITED_API
#include "cpython/import.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_IMPORT_H */
