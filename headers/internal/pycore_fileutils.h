/* internal/pycore_fileutils.h: file descriptors and paths. What ends in noraise sets errno only. */

#ifndef Py_INTERNAL_FILEUTILS_H
#define Py_INTERNAL_FILEUTILS_H
#ifdef __cplusplus
extern "C" {
#endif

#include <sys/stat.h>

PyAPI_FUNC(int) _Py_fstat(int fd, struct stat *status);
PyAPI_FUNC(int) _Py_fstat_noraise(int fd, struct stat *status);
PyAPI_FUNC(int) _Py_open_noraise(const char *pathname, int flags);
PyAPI_FUNC(int) _Py_dup(int fd);
PyAPI_FUNC(int) _Py_set_inheritable(int fd, int inheritable, int *atomic_flag_works);
PyAPI_FUNC(int) _Py_IsValidFD(int fd);

/* Removes "." and ".." in place and returns the path. */
PyAPI_FUNC(wchar_t *) _Py_normpath(wchar_t *path, Py_ssize_t size);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_FILEUTILS_H */
