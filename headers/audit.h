/* audit.h: raising auditing events, PEP 578. */

#ifndef _Py_AUDIT_H
#define _Py_AUDIT_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030d0000
PyAPI_FUNC(int) PySys_Audit(const char *event, const char *arg_format, ...);
PyAPI_FUNC(int) PySys_AuditTuple(const char *event, PyObject *args);
#endif

#ifndef Py_LIMITED_API
#include "cpython/audit.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !_Py_AUDIT_H */
