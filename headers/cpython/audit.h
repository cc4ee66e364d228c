/* cpython/audit.h: auditing hooks. */

#ifndef Py_CPYTHON_AUDIT_H
#define Py_CPYTHON_AUDIT_H

typedef int (*Py_AuditHookFunction)(const char *, PyObject *, void *);
PyAPI_FUNC(int) PySys_AddAuditHook(Py_AuditHookFunction hook, void *userdata);
#endif  /* !Py_CPYTHON_AUDIT_H */
