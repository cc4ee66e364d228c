/* fileobject.h: Python file objects as extensions use them. */

#ifndef Py_FILEOBJECT_H
#define Py_FILEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#define PY_STDIOTEXTMODE "b"

PyAPI_FUNC(PyObject *) PyFile_FromFd(
    int fd, const char *name, const char *mode, int buffering, const char *encoding,
    const char *errors, const char *newline, int closefd);
PyAPI_FUNC(PyObject *) PyFile_GetLine(PyObject *f, int n);
PyAPI_FUNC(int) PyFile_WriteObject(PyObject *ob, PyObject *f, int flags);
PyAPI_FUNC(int) PyFile_WriteString(const char *str, PyObject *f);
PyAPI_FUNC(int) PyObject_AsFileDescriptor(PyObject *ob);

/* Encoding of file names, as C strings that are read once at start-up. */
_Py_COMP_DIAG_PUSH
_Py_COMP_DIAG_IGNORE_DEPR_DECLS
Py_DEPRECATED(3.12) PyAPI_DATA(const char *) Py_FileSystemDefaultEncoding;
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03060000
Py_DEPRECATED(3.12) PyAPI_DATA(const char *) Py_FileSystemDefaultEncodeErrors;
#endif
Py_DEPRECATED(3.12) PyAPI_DATA(int) Py_HasFileSystemDefaultEncoding;
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03070000
Py_DEPRECATED(3.12) PyAPI_DATA(int) Py_UTF8Mode;
#endif
_Py_COMP_DIAG_POP

#ifndef Py_LIMITED_API
#include "cpython/fileobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_FILEOBJECT_H */
