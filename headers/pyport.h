/* pyport.h: compiler attributes, casts, and the integer types that the API is written in.
 *
 * gcc and clang on a 64-bit little-endian Linux are assumed throughout; there is no branch for
 * anything else. Not here: macros on values and text (pymacro.h), floating point (pymath.h). */

#ifndef Py_PYPORT_H
#define Py_PYPORT_H

#if !defined(__x86_64__) || !defined(__LP64__) || !(defined(__GNUC__) || defined(__clang__))
#error "these headers are for gcc or clang on 64-bit x86"
#endif

/* Questions to the compiler that older preprocessors do not know. */
#ifdef __has_builtin
#define _Py__has_builtin(x) __has_builtin(x)
#else
#define _Py__has_builtin(x) 0
#endif
#ifdef __has_attribute
#define _Py__has_attribute(x) __has_attribute(x)
#else
#define _Py__has_attribute(x) 0
#endif

/* Casts. _Py_CAST may do anything, _Py_STATIC_CAST converts between related types only, and
 * _Py_FUNC_CAST goes through void (*)(void) so that -Wcast-function-type stays silent. */
#ifdef __cplusplus
#define _Py_STATIC_CAST(type, expr) static_cast<type>(expr)
#else
#define _Py_STATIC_CAST(type, expr) ((type)(expr))
#endif
#define _Py_CAST(type, expr) ((type)(expr))
#define _Py_FUNC_CAST(type, func) _Py_CAST(type, _Py_CAST(void (*)(void), (func)))

/* A null pointer without warnings in either language. */
#if (defined(__cplusplus) && __cplusplus >= 201103L) \
    || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L)
#define _Py_NULL nullptr
#else
#define _Py_NULL NULL
#endif

#define _Py_TYPEOF(expr) __typeof__(expr)

/* Py_BUILD_CORE gives access to headers/internal. The limited API never has it. */
#if (defined(Py_BUILD_CORE_BUILTIN) || defined(Py_BUILD_CORE_MODULE)) && !defined(Py_BUILD_CORE)
#define Py_BUILD_CORE
#endif
#ifdef Py_LIMITED_API
#undef Py_BUILD_CORE
#undef Py_BUILD_CORE_BUILTIN
#undef Py_BUILD_CORE_MODULE
#endif

#include "exports.h"

/* Integer types. Py_ssize_t counts and indexes, Py_hash_t is what tp_hash returns. */
typedef uintptr_t Py_uintptr_t;
typedef intptr_t Py_intptr_t;
typedef ssize_t Py_ssize_t;
typedef Py_ssize_t Py_ssize_clean_t;
typedef Py_ssize_t Py_hash_t;
typedef size_t Py_uhash_t;
#define PY_SSIZE_T_MAX SSIZE_MAX
#define PY_SSIZE_T_MIN (-PY_SSIZE_T_MAX - 1)
#define PY_SIZE_MAX SIZE_MAX
#define SIZEOF_PY_HASH_T SIZEOF_SIZE_T
#define SIZEOF_PY_UHASH_T SIZEOF_SIZE_T
#ifndef PY_FORMAT_SIZE_T
#define PY_FORMAT_SIZE_T "z"
#endif

/* Names from before C99, still used by extensions. */
#ifndef PY_LONG_LONG
#define PY_LONG_LONG long long
#define PY_LLONG_MIN LLONG_MIN
#define PY_LLONG_MAX LLONG_MAX
#define PY_ULLONG_MAX ULLONG_MAX
#endif
#define PY_UINT32_T uint32_t
#define PY_UINT64_T uint64_t
#define PY_INT32_T int32_t
#define PY_INT64_T int64_t
#ifndef LONG_BIT
#define LONG_BIT (8 * SIZEOF_LONG)
#endif
#define PY_DWORD_MAX 4294967295U
#ifndef Py_LL
#define Py_LL(x) x##LL
#endif
#ifndef Py_ULL
#define Py_ULL(x) Py_LL(x##U)
#endif
#define Py_VA_COPY va_copy
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030b0000
#define Py_MEMCPY memcpy
#endif

/* The digits of an int hold 30 bits each; see cpython/longintrepr.h. */
#ifndef PYLONG_BITS_IN_DIGIT
#define PYLONG_BITS_IN_DIGIT 30
#endif

#define PY_BIG_ENDIAN 0
#define PY_LITTLE_ENDIAN 1

/* Threads always exist. */
#ifndef WITH_THREAD
#define WITH_THREAD
#endif
#define Py_CAN_START_THREADS 1

/* Attributes of functions and variables. */
#define Py_GCC_ATTRIBUTE(x) __attribute__(x)
#define Py_ALIGNED(x) __attribute__((aligned(x)))
#define Py_ALWAYS_INLINE __attribute__((always_inline))
#define Py_NO_INLINE __attribute__((noinline))
#define Py_DEPRECATED(version) __attribute__((__deprecated__))
#ifdef Py_BUILD_CORE
#define _Py_DEPRECATED_EXTERNALLY(version)
#else
#define _Py_DEPRECATED_EXTERNALLY(version) Py_DEPRECATED(version)
#endif
#ifndef _Py_NO_RETURN
#define _Py_NO_RETURN __attribute__((__noreturn__))
#endif
#define _Py_HOT_FUNCTION __attribute__((hot))
#if _Py__has_attribute(nonstring)
#define _Py_NONSTRING __attribute__((nonstring))
#else
#define _Py_NONSTRING
#endif
#if _Py__has_attribute(fallthrough)
#define _Py_FALLTHROUGH __attribute__((fallthrough))
#else
#define _Py_FALLTHROUGH do { } while (0)
#endif
#define Py_LOCAL(type) static type
#define Py_LOCAL_INLINE(type) static inline type
#ifndef PY_CXX_CONST
#ifdef __cplusplus
#define PY_CXX_CONST const
#else
#define PY_CXX_CONST
#endif
#endif

/* Silencing a deprecation around code that may use what is deprecated. */
#ifdef __clang__
#define _Py_COMP_DIAG_PUSH _Pragma("clang diagnostic push")
#define _Py_COMP_DIAG_IGNORE_DEPR_DECLS \
    _Pragma("clang diagnostic ignored \"-Wdeprecated-declarations\"")
#define _Py_COMP_DIAG_POP _Pragma("clang diagnostic pop")
#else
#define _Py_COMP_DIAG_PUSH _Pragma("GCC diagnostic push")
#define _Py_COMP_DIAG_IGNORE_DEPR_DECLS \
    _Pragma("GCC diagnostic ignored \"-Wdeprecated-declarations\"")
#define _Py_COMP_DIAG_POP _Pragma("GCC diagnostic pop")
#endif

/* Exempting a function from a sanitizer, and knowing that one is active. */
#ifndef __has_feature
#define _Py_HAS_FEATURE(x) 0
#else
#define _Py_HAS_FEATURE(x) __has_feature(x)
#endif
#if defined(__SANITIZE_ADDRESS__) || _Py_HAS_FEATURE(address_sanitizer)
#define _Py_ADDRESS_SANITIZER
#define _Py_NO_SANITIZE_ADDRESS __attribute__((no_sanitize_address))
#else
#define _Py_NO_SANITIZE_ADDRESS
#endif
#if defined(__SANITIZE_THREAD__) || _Py_HAS_FEATURE(thread_sanitizer)
#define _Py_THREAD_SANITIZER
#define _Py_NO_SANITIZE_THREAD __attribute__((no_sanitize_thread))
#else
#define _Py_NO_SANITIZE_THREAD
#endif
#if _Py_HAS_FEATURE(memory_sanitizer)
#define _Py_MEMORY_SANITIZER
#define _Py_NO_SANITIZE_MEMORY __attribute__((no_sanitize_memory))
#else
#define _Py_NO_SANITIZE_MEMORY
#endif
#ifdef __clang__
#define _Py_NO_SANITIZE_UNDEFINED __attribute__((no_sanitize("undefined")))
#else
#define _Py_NO_SANITIZE_UNDEFINED __attribute__((no_sanitize_undefined))
#endif

/* Arithmetic and preprocessing helpers. Signed right shifts keep the sign on this platform. */
#define Py_ARITHMETIC_RIGHT_SHIFT(type, i, j) ((i) >> (j))
#define Py_FORCE_EXPANSION(x) x
#ifdef Py_DEBUG
#define Py_SAFE_DOWNCAST(value, wide, narrow) \
    (assert(_Py_STATIC_CAST(wide, _Py_STATIC_CAST(narrow, (value))) == (value)), \
     _Py_STATIC_CAST(narrow, (value)))
#else
#define Py_SAFE_DOWNCAST(value, wide, narrow) _Py_STATIC_CAST(narrow, (value))
#endif
#endif  /* !Py_PYPORT_H */
