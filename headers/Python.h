/* Python.h: the one header an extension includes. It pulls in the whole C API in dependency order.
 *
 * The API is that of CPython 3.14 for the default (GIL) build on x86-64 Linux, so a module compiled
 * here also loads into CPython 3.14, and the other way round. Define Py_LIMITED_API to a version
 * (0x03020000 to 0x030e0000) to see only the stable ABI as of that version.
 *
 * Layouts, constants and declared symbols are checked by tests/surface.rs.
 * Not here: structmember.h, datetime.h, frameobject.h, marshal.h, osdefs.h, errcode.h, opcode.h,
 * pyexpat.h and internal/, which are included by those who need them.
 * skipped py_curses.h: needs curses, which is not part of this standard library.
 * skipped dynamic_annotations.h, pydtrace.h: for tools that look into CPython itself.
 * skipped pymacconfig.h, pthread_stubs.h, pyatomic_msc.h: for platforms other than Linux. */
#ifndef Py_PYTHON_H
#define Py_PYTHON_H

#include "patchlevel.h"
#include "pyconfig.h"

/* System headers that extensions have come to expect. Newer limited APIs see fewer of them. */
#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wchar.h>
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030b0000
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#endif
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030d0000
#include <ctype.h>
#include <unistd.h>
#endif

/* Foundations: compiler and platform, memory, locks. */
#include "pyport.h"
#include "pymacro.h"
#include "pymath.h"
#include "pymem.h"
#include "pytypedefs.h"
#include "pybuffer.h"
#include "pystats.h"
#include "pyatomic.h"
#include "lock.h"
#include "critical_section.h"

/* Objects in general. */
#include "object.h"
#include "refcount.h"
#include "objimpl.h"
#include "typeslots.h"
#include "pyhash.h"
#include "cpython/pydebug.h"

/* The built-in types. */
#include "bytearrayobject.h"
#include "bytesobject.h"
#include "unicodeobject.h"
#include "pyerrors.h"
#include "longobject.h"
#include "cpython/longintrepr.h"
#include "boolobject.h"
#include "floatobject.h"
#include "complexobject.h"
#include "rangeobject.h"
#include "memoryobject.h"
#include "tupleobject.h"
#include "listobject.h"
#include "dictobject.h"
#include "cpython/odictobject.h"
#include "enumobject.h"
#include "setobject.h"
#include "methodobject.h"
#include "moduleobject.h"
#include "monitoring.h"
#include "cpython/funcobject.h"
#include "cpython/classobject.h"
#include "fileobject.h"
#include "pycapsule.h"
#include "cpython/code.h"
#include "pyframe.h"
#include "traceback.h"
#include "sliceobject.h"
#include "cpython/cellobject.h"
#include "iterobject.h"
#include "cpython/initconfig.h"
#include "pystate.h"
#include "cpython/genobject.h"
#include "descrobject.h"
#include "genericaliasobject.h"
#include "warnings.h"
#include "weakrefobject.h"
#include "structseq.h"
#include "cpython/picklebufobject.h"
#include "cpython/pytime.h"

/* The interpreter and the operations on any object. */
#include "codecs.h"
#include "pythread.h"
#include "cpython/context.h"
#include "modsupport.h"
#include "compile.h"
#include "pythonrun.h"
#include "pylifecycle.h"
#include "ceval.h"
#include "sysmodule.h"
#include "audit.h"
#include "osmodule.h"
#include "intrcheck.h"
#include "import.h"
#include "abstract.h"
#include "bltinmodule.h"
#include "cpython/pyctype.h"
#include "pystrtod.h"
#include "pystrcmp.h"
#include "fileutils.h"
#include "cpython/pyfpe.h"
#include "cpython/tracemalloc.h"

#endif  /* !Py_PYTHON_H */
