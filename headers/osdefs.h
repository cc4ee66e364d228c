/* osdefs.h: how paths are written. Not included by Python.h. */

#ifndef Py_OSDEFS_H
#define Py_OSDEFS_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif
#ifndef MAXPATHLEN
#define MAXPATHLEN PATH_MAX
#endif
#ifndef DELIM
#define DELIM L':'
#endif
#ifndef SEP
#define SEP L'/'
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_OSDEFS_H */
