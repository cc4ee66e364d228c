/* pymacro.h: small macros on values, arrays, text and alignment, and those for doc strings. */

#ifndef Py_PYMACRO_H
#define Py_PYMACRO_H

/* static_assert before C23. */
#if !defined(__cplusplus) && !defined(static_assert) \
    && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L)
#define static_assert _Static_assert
#endif

/* Values. Arguments may be evaluated twice. */
#define Py_MIN(x, y) (((x) > (y)) ? (y) : (x))
#define Py_MAX(x, y) (((x) > (y)) ? (x) : (y))
#define Py_ABS(x) ((x) < 0 ? -(x) : (x))
/* The magnitude of a signed integer as unsigned type T, right also for the smallest one. */
#define _Py_ABS_CAST(T, x) ((x) >= 0 ? ((T)(x)) : ((T)(((T) - ((x) + 1)) + 1u)))
#define Py_CHARMASK(c) ((unsigned char)((c) & 0xff))
#define _Py_IS_TYPE_SIGNED(type) ((type)(-1) <= 0)
/* Makes an expression that cannot be assigned to. */
#define _Py_RVALUE(expr) ((void)0, (expr))

/* Text of a macro's value. */
#define _Py_XSTRINGIFY(x) #x
#define Py_STRINGIFY(x) _Py_XSTRINGIFY(x)

/* Assertions at compile time, as a statement and inside an expression. */
#define Py_BUILD_ASSERT(cond) do { static_assert((cond), #cond); } while (0)
#ifdef __cplusplus
#define Py_BUILD_ASSERT_EXPR(cond) (sizeof(char[1 - 2 * !(cond)]) - 1)
#else
#define Py_BUILD_ASSERT_EXPR(cond) \
    ((void)sizeof(struct { int dummy; _Static_assert(cond, #cond); }), 0)
#endif

/* Structs and arrays. Py_ARRAY_LENGTH refuses a pointer in C. */
#define Py_MEMBER_SIZE(type, member) sizeof(((type *)0)->member)
#define _Py_CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#ifdef __cplusplus
#define Py_ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#else
#define Py_ARRAY_LENGTH(array) \
    (sizeof(array) / sizeof((array)[0]) \
     + Py_BUILD_ASSERT_EXPR( \
         !__builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0]))))
#endif

/* Alignment: sizes and pointers rounded to a multiple of a, which is a power of two. */
#define _Py_SIZE_ROUND_DOWN(n, a) ((size_t)(n) & ~(size_t)((a) - 1))
#define _Py_SIZE_ROUND_UP(n, a) (((size_t)(n) + (size_t)((a) - 1)) & ~(size_t)((a) - 1))
#define _Py_ALIGN_DOWN(p, a) ((void *)((uintptr_t)(p) & ~(uintptr_t)((a) - 1)))
#define _Py_ALIGN_UP(p, a) \
    ((void *)(((uintptr_t)(p) + (uintptr_t)((a) - 1)) & ~(uintptr_t)((a) - 1)))
#define _Py_IS_ALIGNED(p, a) (!((uintptr_t)(p) & (uintptr_t)((a) - 1)))
/* Declares something of type T, aligned to at least N bytes. */
#if defined(__cplusplus) && __cplusplus >= 201103L
#define _Py_ALIGNED_DEF(N, T) alignas(N) alignas(T) T
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define _Py_ALIGNED_DEF(N, T) _Alignas(N) _Alignas(T) T
#else
#define _Py_ALIGNED_DEF(N, T) __attribute__((aligned(N))) __attribute__((aligned(__alignof__(T)))) T
#endif

/* An unused parameter, and a place that cannot be reached. */
#define Py_UNUSED(name) _unused_##name __attribute__((unused))
#define Py_UNREACHABLE() __builtin_unreachable()

/* Doc strings: PyDoc_STRVAR(f_doc, "text"). Without WITH_DOC_STRINGS they are empty. */
#define PyDoc_VAR(name) static const char name[]
#define PyDoc_STRVAR(name, str) PyDoc_VAR(name) = PyDoc_STR(str)
#ifdef WITH_DOC_STRINGS
#define PyDoc_STR(str) str
#else
#define PyDoc_STR(str) ""
#endif

/* Version numbers like PY_VERSION_HEX. Macros in C; functions for those who cannot use macros. */
#ifdef __cplusplus
extern "C" {
#endif
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030e0000
PyAPI_FUNC(uint32_t) Py_PACK_FULL_VERSION(int major, int minor, int micro, int level, int serial);
PyAPI_FUNC(uint32_t) Py_PACK_VERSION(int major, int minor);
#endif
#ifdef __cplusplus
}
#endif
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030e0000
#define Py_PACK_FULL_VERSION _Py_PACK_FULL_VERSION
#define Py_PACK_VERSION(X, Y) Py_PACK_FULL_VERSION(X, Y, 0, 0, 0)
#endif
#endif  /* !Py_PYMACRO_H */
