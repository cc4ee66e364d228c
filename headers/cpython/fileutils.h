/* cpython/fileutils.h: stdio files by Python path. */

#ifndef Py_CPYTHON_FILEUTILS_H
#define Py_CPYTHON_FILEUTILS_H

PyAPI_FUNC(FILE *) Py_fopen(PyObject *path, const char *mode);
Py_DEPRECATED(3.14) static inline FILE *_Py_fopen_obj(PyObject *path, const char *mode)
{
    return Py_fopen(path, mode);
}
PyAPI_FUNC(int) Py_fclose(FILE *file);
#endif  /* !Py_CPYTHON_FILEUTILS_H */
