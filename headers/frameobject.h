/* frameobject.h: making frames. Not included by Python.h. */

#ifndef Py_FRAMEOBJECT_H
#define Py_FRAMEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#include "pyframe.h"

#ifndef Py_LIMITED_API
#include "cpython/frameobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_FRAMEOBJECT_H */
