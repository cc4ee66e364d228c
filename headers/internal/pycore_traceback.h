/* internal/pycore_traceback.h: a traceback entry for C code. */

#ifndef Py_INTERNAL_TRACEBACK_H
#define Py_INTERNAL_TRACEBACK_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(void) _PyTraceback_Add(const char *funcname, const char *filename, int lineno);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_TRACEBACK_H */
