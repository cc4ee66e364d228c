/* cpython/modsupport.h: a parser that remembers the format it has parsed. */

#ifndef Py_CPYTHON_MODSUPPORT_H
#define Py_CPYTHON_MODSUPPORT_H

typedef struct {
    uint8_t v;
} _PyOnceFlag;

typedef struct _PyArg_Parser {
    const char *format;
    const char *const *keywords;
    const char *fname;
    const char *custom_msg;
    _PyOnceFlag once;
    int is_kwtuple_owned;
    int pos;  /* positional-only parameters */
    int min;
    int max;
    PyObject *kwtuple;
    struct _PyArg_Parser *next;
} _PyArg_Parser;

PyAPI_FUNC(int) _PyArg_ParseTupleAndKeywordsFast(
    PyObject *args, PyObject *kwargs, struct _PyArg_Parser *parser, ...);
#endif  /* !Py_CPYTHON_MODSUPPORT_H */
