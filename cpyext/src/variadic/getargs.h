/* getargs.h: what the parts of PyArg_Parse share.
 *
 * getargs_convert.c converts one argument by its format unit, getargs.c parses positional arguments,
 * getargs_keywords.c keyword arguments. */
#ifndef ADDER_GETARGS_H
#define ADDER_GETARGS_H

#include "shims.h"

#define MESSAGE_SIZE 256
#define DEPTH 32

/* What a failure undoes: buffers, memory of encoded strings, converters that ask for it. */
typedef struct {
    void *what;
    /* NULL: memory behind a pointer; else a converter, or release_buffer. */
    int (*how)(PyObject *, void *);
} Undo;

typedef struct {
    Undo small[8], *all;
    int n, room;
} Cleanup;

/* Where a conversion of an argument reports to. */
typedef struct {
    Cleanup *cleanup;
    /* The path of items in nested tuples, counted from 1, ended by 0. */
    int levels[DEPTH];
    char message[MESSAGE_SIZE];
} State;

/* What a format says of the arguments in all. */
typedef struct {
    int min, max;
    /* The function, and a text that replaces all messages; NULL if not given. */
    const char *name, *text;
} Shape;

#define NAME(shape) ((shape)->name ? (shape)->name : "function")
#define PARENS(shape) ((shape)->name ? "()" : "")

static inline int adder_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void adder_cleanup_init(Cleanup *c);
/* Undoes if the parse failed; gives the result back. */
int adder_cleanup_end(Cleanup *c, int ok);
/* The name of an argument's type in messages. */
const char *adder_type_name(PyObject *o);
/* NULL, or what is wrong with the argument. An exception may be set instead. */
const char *adder_convert_item(State *s, PyObject *arg, const char **format, Args *a, int depth);
/* Raises what a conversion said of argument i, or of the only one (0), with the path of items in it. */
void adder_report(Py_ssize_t i, const int *levels, const char *message, const char *name, const char *text);

#endif
