/* cpython/import.h: tables of built-in and frozen modules. */

#ifndef Py_CPYTHON_IMPORT_H
#define Py_CPYTHON_IMPORT_H

struct _inittab {
    const char *name;
    PyObject *(*initfunc)(void);
};
PyAPI_DATA(struct _inittab *) PyImport_Inittab;
PyAPI_FUNC(int) PyImport_ExtendInittab(struct _inittab *newtab);

struct _frozen {
    const char *name;
    const unsigned char *code;
    int size;
    int is_package;
};
PyAPI_DATA(const struct _frozen *) PyImport_FrozenModules;

/* Imports a module and gets an attribute of it. */
PyAPI_FUNC(PyObject *) PyImport_ImportModuleAttr(PyObject *mod_name, PyObject *attr_name);
PyAPI_FUNC(PyObject *) PyImport_ImportModuleAttrString(const char *mod_name, const char *attr_name);
#endif  /* !Py_CPYTHON_IMPORT_H */
