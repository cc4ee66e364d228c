/* pymath.h: mathematical constants and tests on floating point numbers. */

#ifndef Py_PYMATH_H
#define Py_PYMATH_H

#ifndef Py_MATH_PI
#define Py_MATH_PI 3.14159265358979323846
#endif
#define Py_MATH_PIl 3.1415926535897932384626433832795029L
#ifndef Py_MATH_E
#define Py_MATH_E 2.7182818284590452354
#endif
#define Py_MATH_El 2.7182818284590452353602874713526625L
#ifndef Py_MATH_TAU
#define Py_MATH_TAU 6.2831853071795864769252867665590057683943L
#endif

#ifdef __cplusplus
/* <cmath> removes the macros isnan, isinf and isfinite, so the builtins are used. */
#define Py_IS_NAN(x) __builtin_isnan(x)
#define Py_IS_INFINITY(x) __builtin_isinf(x)
#define Py_IS_FINITE(x) __builtin_isfinite(x)
#else
#define Py_IS_NAN(x) isnan(x)
#define Py_IS_INFINITY(x) isinf(x)
#define Py_IS_FINITE(x) isfinite(x)
#endif

#ifndef Py_INFINITY
#define Py_INFINITY ((double)INFINITY)
#endif
#ifndef Py_HUGE_VAL
#define Py_HUGE_VAL HUGE_VAL
#endif
#ifndef Py_NAN
#define Py_NAN ((double)NAN)
#endif
#endif  /* !Py_PYMATH_H */
