/* internal/pycore_typedefs.h: names of interpreter structs. */

#ifndef Py_INTERNAL_TYPEDEFS_H
#define Py_INTERNAL_TYPEDEFS_H

typedef struct _PyInterpreterFrame _PyInterpreterFrame;
#endif  /* !Py_INTERNAL_TYPEDEFS_H */
