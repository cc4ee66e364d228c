/* patchlevel.h: the version of the Python language and C API, and the version of Adder itself. */

#ifndef _Py_PATCHLEVEL_H
#define _Py_PATCHLEVEL_H

/* A version as one number, for comparisons: 3.14.8 final is 0x030E08F0. */
#define _Py_PACK_FULL_VERSION(major, minor, micro, level, serial) \
    ((((major) & 0xff) << 24) | (((minor) & 0xff) << 16) | (((micro) & 0xff) << 8) \
     | (((level) & 0xf) << 4) | (((serial) & 0xf) << 0))

#define PY_RELEASE_LEVEL_ALPHA 0xA
#define PY_RELEASE_LEVEL_BETA 0xB
#define PY_RELEASE_LEVEL_GAMMA 0xC
#define PY_RELEASE_LEVEL_FINAL 0xF

/* The C API and language level: what extensions compare against. */
#define PY_MAJOR_VERSION 3
#define PY_MINOR_VERSION 14
#define PY_MICRO_VERSION 8
#define PY_RELEASE_LEVEL PY_RELEASE_LEVEL_FINAL
#define PY_RELEASE_SERIAL 0
#define PY_VERSION "3.14.8"
#define PY_VERSION_HEX \
    _Py_PACK_FULL_VERSION(PY_MAJOR_VERSION, PY_MINOR_VERSION, PY_MICRO_VERSION, \
                          PY_RELEASE_LEVEL, PY_RELEASE_SERIAL)

/* The implementation. Code that has to know whether it is compiled for Adder tests ADDER_VERSION_HEX. */
#define ADDER_VERSION "0.1.0"
#define ADDER_VERSION_HEX 0x000100F0
#endif  /* !_Py_PATCHLEVEL_H */
