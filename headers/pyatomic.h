/* pyatomic.h: atomic operations, for the full API only. */

#ifndef Py_ATOMIC_H
#define Py_ATOMIC_H

#ifndef Py_LIMITED_API
#include "cpython/pyatomic.h"
#endif
#endif  /* !Py_ATOMIC_H */
