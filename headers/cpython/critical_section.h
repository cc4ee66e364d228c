/* cpython/critical_section.h: per-object locking for builds without a GIL. With the GIL, which is
 * the only build here, the macros are plain blocks and the structs stay opaque. */

#ifndef Py_CPYTHON_CRITICAL_SECTION_H
#define Py_CPYTHON_CRITICAL_SECTION_H

typedef struct PyCriticalSection PyCriticalSection;
typedef struct PyCriticalSection2 PyCriticalSection2;

PyAPI_FUNC(void) PyCriticalSection_Begin(PyCriticalSection *section, PyObject *op);
PyAPI_FUNC(void) PyCriticalSection_BeginMutex(PyCriticalSection *section, PyMutex *mutex);
PyAPI_FUNC(void) PyCriticalSection_End(PyCriticalSection *section);
PyAPI_FUNC(void) PyCriticalSection2_Begin(PyCriticalSection2 *section, PyObject *a, PyObject *b);
PyAPI_FUNC(void) PyCriticalSection2_BeginMutex(
    PyCriticalSection2 *section, PyMutex *m1, PyMutex *m2);
PyAPI_FUNC(void) PyCriticalSection2_End(PyCriticalSection2 *section);

#define Py_BEGIN_CRITICAL_SECTION(op) {
#define Py_BEGIN_CRITICAL_SECTION_MUTEX(mutex) {
#define Py_END_CRITICAL_SECTION() }
#define Py_BEGIN_CRITICAL_SECTION2(a, b) {
#define Py_BEGIN_CRITICAL_SECTION2_MUTEX(m1, m2) {
#define Py_END_CRITICAL_SECTION2() }
#endif  /* !Py_CPYTHON_CRITICAL_SECTION_H */
