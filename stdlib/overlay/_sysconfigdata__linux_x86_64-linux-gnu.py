"""What a build of the C interpreter would record; `sysconfig` reads it.

There was no such build: the values are those that tools ask for when they choose wheels or compile
extensions, and they describe the C interface that this interpreter offers.
"""

import sys as _sys

_prefix = _sys.base_prefix
_cflags = "-fno-strict-overflow -Wsign-compare -DNDEBUG -g -O2 -Wall"

build_time_vars = {
    "ABIFLAGS": "",
    "AR": "ar",
    "ARFLAGS": "rcs",
    "BINDIR": f"{_prefix}/bin",
    "CC": "cc",
    "CCSHARED": "-fPIC",
    "CFLAGS": _cflags,
    "CONFIG_ARGS": "",
    "CONFINCLUDEDIR": f"{_prefix}/include",
    "CONFINCLUDEPY": f"{_prefix}/include/python3.14",
    "CXX": "c++",
    "ENABLE_IPV6": 1,
    "EXE": "",
    "EXT_SUFFIX": ".cpython-314-x86_64-linux-gnu.so",
    "HAVE_FORK": 1,
    "HAVE_GETRANDOM": 1,
    "INCLUDEDIR": f"{_prefix}/include",
    "INCLUDEPY": f"{_prefix}/include/python3.14",
    "INSTSONAME": "libpython3.14.so.1.0",
    "LDFLAGS": "",
    "LDLIBRARY": "libpython3.14.so",
    "LDSHARED": "cc -shared",
    "LDVERSION": "3.14",
    "LIBDEST": f"{_prefix}/lib/python3.14",
    "LIBDIR": f"{_prefix}/lib",
    "LIBPL": f"{_prefix}/lib/python3.14/config-3.14-x86_64-linux-gnu",
    "LIBPYTHON": "",
    "LIBS": "-ldl",
    "MACHDEP": "linux",
    "MULTIARCH": "x86_64-linux-gnu",
    "OPT": "-DNDEBUG -g -O2 -Wall",
    "PLATLIBDIR": "lib",
    "PYTHONFRAMEWORK": "",
    "PY_CFLAGS": _cflags,
    "PY_COERCE_C_LOCALE": 1,
    "PY_CORE_CFLAGS": _cflags,
    "PY_STDMODULE_CFLAGS": _cflags,
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 0,
    "SHELL": "/bin/sh",
    "SHLIB_SUFFIX": ".so",
    "SIZEOF_SIZE_T": 8,
    "SIZEOF_TIME_T": 8,
    "SIZEOF_VOID_P": 8,
    "SOABI": "cpython-314-x86_64-linux-gnu",
    "TZPATH": "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    "VERSION": "3.14",
    "WHEEL_PKG_DIR": "",
    "WITH_DOC_STRINGS": 1,
    "exec_prefix": _prefix,
    "prefix": _prefix,
}
