/* getargs_keywords.c: PyArg_ParseTupleAndKeywords, and the parser of Argument Clinic's code. */
#include "getargs.h"

/* ---- keyword arguments ---- */

/* Passes a unit that has no argument: its pointers are skipped. NULL, or what is wrong. */
static const char *skip_item(const char **format, Args *a)
{
    char c = *(*format)++;
    switch (c) {
    case '(':
        while (**format != ')') {
            const char *message;
            if (**format == 0 || **format == ':' || **format == ';') {
                return "impossible<bad format char>";
            }
            message = skip_item(format, a);
            if (message != NULL) {
                return message;
            }
        }
        ++*format;
        return NULL;
    case ')':
        return "Unmatched right paren in format string";
    case 'e':
        (void)va_arg(a->args, const char *);
        if (**format != 's' && **format != 't') {
            return "impossible<bad format char>";
        }
        ++*format;
        (void)va_arg(a->args, char **);
        if (**format == '#') {
            ++*format;
            (void)va_arg(a->args, Py_ssize_t *);
        }
        return NULL;
    case 's': case 'z': case 'y': case 'w':
        (void)va_arg(a->args, void *);
        if (**format == '#') {
            if (c == 'w') {
                return "impossible<bad format char>";
            }
            ++*format;
            (void)va_arg(a->args, Py_ssize_t *);
        }
        else if (**format == '*') {
            ++*format;
        }
        else if (c == 'w') {
            return "impossible<bad format char>";
        }
        return NULL;
    case 'O':
        (void)va_arg(a->args, void *);
        if (**format == '!' || **format == '&') {
            ++*format;
            (void)va_arg(a->args, void *);
        }
        return NULL;
    default:
        if (c == 0 || strchr("bBhHiIlkLKnfdDcCpSYU", c) == NULL) {
            --*format;
            return "impossible<bad format char>";
        }
        (void)va_arg(a->args, void *);
        return NULL;
    }
}

/* Arguments of a keyword parse: positional ones, and keyword ones in a dict or in an array with names. */
typedef struct {
    PyObject *const *args;
    Py_ssize_t n;
    PyObject *dict;
    PyObject *names;
    Py_ssize_t keywords;
} Given;

static PyObject *name_at(const Given *g, Py_ssize_t i)
{
    return PyTuple_GET_ITEM(g->names, i);
}

/* A borrowed value, or NULL; modsupport.rs. */
PyObject *adder_dict_find(PyObject *dict, const char *name);

/* The value of a keyword, borrowed; NULL if it is not given, or on error. */
static PyObject *find_keyword(const Given *g, const char *name)
{
    if (g->dict != NULL) {
        return adder_dict_find(g->dict, name);
    }
    for (Py_ssize_t i = 0; i < g->keywords; i++) {
        if (PyUnicode_EqualToUTF8(name_at(g, i), name)) {
            return g->args[g->n + i];
        }
    }
    return NULL;
}

static int is_end(char c)
{
    return c == 0 || c == ':' || c == ';';
}

/* Raises for the first keyword that is no parameter. */
static void unexpected_keyword(const Given *g, const Shape *shape, const char *const *list, int first, int n)
{
    PyObject *iter, *key;
    iter = PyObject_GetIter(g->dict ? g->dict : g->names);
    while (iter != NULL && (key = PyIter_Next(iter)) != NULL) {
        int known = 0;
        if (!PyUnicode_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "keywords must be strings");
            Py_DECREF(key);
            break;
        }
        for (int i = first; i < n && !known; i++) {
            known = PyUnicode_EqualToUTF8(key, list[i]);
        }
        if (!known) {
            adder_PyErr_Format(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'", 
                               shape->name ? shape->name : "this function", PARENS(shape), key);
            Py_DECREF(key);
            break;
        }
        Py_DECREF(key);
    }
    Py_XDECREF(iter);
    if (!PyErr_Occurred()) {
        /* A key that looks like a parameter's name and is not equal to it. */
        adder_PyErr_Format(PyExc_TypeError, "invalid keyword argument for %.200s%s",
                           shape->name ? shape->name : "this function", PARENS(shape));
    }
}

/* The name up to a colon's end and the text, without the counts of `measure`. */
static void names_of(const char *format, Shape *shape)
{
    shape->name = strchr(format, ':');
    shape->text = NULL;
    if (shape->name != NULL) {
        shape->name++;
    }
    else {
        shape->text = strchr(format, ';');
        if (shape->text != NULL) {
            shape->text++;
        }
    }
}

static int parse_keywords(const Given *g, const char *format, const char *const *list, Args *a)
{
    int n = 0, positional = 0, min = INT_MAX, max = INT_MAX, skip = 0, i;
    Py_ssize_t left = g->keywords;
    Shape shape;
    State s;
    Cleanup cleanup;
    names_of(format, &shape);
    while (list[positional] != NULL && list[positional][0] == 0) {
        positional++;
    }
    for (n = positional; list[n] != NULL; n++) {
        if (list[n][0] == 0) {
            PyErr_SetString(PyExc_SystemError, "Empty keyword parameter name");
            return 0;
        }
    }
    if (g->n + left > n) {
        /* Without positional arguments the ones that are too many are keywords. */
        adder_PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d %sargument%s (%zd given)", NAME(&shape),
                           PARENS(&shape), "at most", n, g->n == 0 ? "keyword " : "", n == 1 ? "" : "s", g->n + left);
        return 0;
    }
    adder_cleanup_init(&cleanup);
    s.cleanup = &cleanup;
    for (i = 0; i < n; i++) {
        PyObject *arg = NULL;
        const char *message;
        if (*format == '|') {
            if (min != INT_MAX) {
                PyErr_SetString(PyExc_SystemError, "Invalid format string (| specified twice)");
                return adder_cleanup_end(&cleanup, 0);
            }
            min = i;
            format++;
            if (max != INT_MAX) {
                PyErr_SetString(PyExc_SystemError, "Invalid format string ($ before |)");
                return adder_cleanup_end(&cleanup, 0);
            }
        }
        if (*format == '$') {
            if (max != INT_MAX) {
                PyErr_SetString(PyExc_SystemError, "Invalid format string ($ specified twice)");
                return adder_cleanup_end(&cleanup, 0);
            }
            max = i;
            format++;
            if (max < positional) {
                PyErr_SetString(PyExc_SystemError, "Empty parameter name after $");
                return adder_cleanup_end(&cleanup, 0);
            }
            if (skip) {
                /* The number of positional arguments is known to be too small: that is told below. */
                break;
            }
            if (max < g->n) {
                adder_PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)",
                                   NAME(&shape), PARENS(&shape), min != INT_MAX ? "at most" : "exactly", max,
                                   max == 1 ? "" : "s", g->n);
                return adder_cleanup_end(&cleanup, 0);
            }
        }
        if (is_end(*format)) {
            adder_PyErr_Format(PyExc_SystemError, "More keyword list entries (%d) than format specifiers (%d)", n, i);
            return adder_cleanup_end(&cleanup, 0);
        }
        if (!skip) {
            if (i < g->n) {
                arg = g->args[i];
            }
            else if (left > 0 && i >= positional) {
                arg = find_keyword(g, list[i]);
                if (arg != NULL) {
                    left--;
                }
                else if (PyErr_Occurred()) {
                    return adder_cleanup_end(&cleanup, 0);
                }
            }
            if (arg != NULL) {
                message = adder_convert_item(&s, arg, &format, a, 0);
                if (message != NULL) {
                    adder_report(i + 1, s.levels, message, shape.name, shape.text);
                    return adder_cleanup_end(&cleanup, 0);
                }
                continue;
            }
            if (i < min) {
                if (i < positional) {
                    /* The count of all positional ones is needed for the message. */
                    skip = 1;
                }
                else {
                    adder_PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %d)",
                                       NAME(&shape), PARENS(&shape), list[i], i + 1);
                    return adder_cleanup_end(&cleanup, 0);
                }
            }
            else if (left == 0 && g->n <= i && !skip && min != INT_MAX) {
                /* All that was given is converted, and the rest is optional. */
                return adder_cleanup_end(&cleanup, 1);
            }
        }
        message = skip_item(&format, a);
        if (message != NULL) {
            adder_PyErr_Format(PyExc_SystemError, "%s: '%s'", message, format);
            return adder_cleanup_end(&cleanup, 0);
        }
    }
    if (skip) {
        int needed = Py_MIN(positional, min);
        adder_PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", NAME(&shape),
                           PARENS(&shape), needed < i ? "at least" : "exactly", needed, needed == 1 ? "" : "s", g->n);
        return adder_cleanup_end(&cleanup, 0);
    }
    if (!is_end(*format) && *format != '|' && *format != '$') {
        adder_PyErr_Format(PyExc_SystemError,
                           "more argument specifiers than keyword list entries (remaining format:'%s')", format);
        return adder_cleanup_end(&cleanup, 0);
    }
    if (left > 0) {
        /* A keyword repeats a positional argument, or is none of ours. */
        for (i = positional; i < g->n; i++) {
            if (find_keyword(g, list[i]) != NULL) {
                adder_PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                                   NAME(&shape), PARENS(&shape), list[i], i + 1);
                return adder_cleanup_end(&cleanup, 0);
            }
        }
        if (!PyErr_Occurred()) {
            unexpected_keyword(g, &shape, list, positional, n);
        }
        return adder_cleanup_end(&cleanup, 0);
    }
    return adder_cleanup_end(&cleanup, 1);
}

static int parse_tuple_and_dict(PyObject *args, PyObject *keywords, const char *format, char *const *list, Args *a)
{
    Given g;
    if (args == NULL || !PyTuple_Check(args) || (keywords != NULL && !PyDict_Check(keywords)) || format == NULL ||
        list == NULL) {
        PyErr_BadInternalCall();
        return 0;
    }
    g.args = ((PyTupleObject *)args)->ob_item;
    g.n = PyTuple_GET_SIZE(args);
    g.dict = keywords;
    g.names = NULL;
    g.keywords = keywords ? PyDict_GET_SIZE(keywords) : 0;
    return parse_keywords(&g, format, (const char *const *)list, a);
}

int adder_PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format, char *const *list, ...)
{
    Args a;
    int result;
    va_start(a.args, list);
    result = parse_tuple_and_dict(args, keywords, format, list, &a);
    va_end(a.args);
    return result;
}

int adder_PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format, char *const *list,
                                        va_list values)
{
    Args a;
    int result;
    va_copy(a.args, values);
    result = parse_tuple_and_dict(args, keywords, format, list, &a);
    va_end(a.args);
    return result;
}

/* ---- the parser that Argument Clinic's code uses ---- */

/* A format with the function's name, if only the parser knows that. */
static int parse_with(const Given *g, _PyArg_Parser *parser, Args *a)
{
    char small[256], *format = small;
    size_t n;
    int result;
    if (parser->fname == NULL || strchr(parser->format, ':') || strchr(parser->format, ';')) {
        return parse_keywords(g, parser->format, parser->keywords, a);
    }
    n = strlen(parser->format) + strlen(parser->fname) + 2;
    if (n > sizeof small) {
        format = PyMem_Malloc(n);
        if (format == NULL) {
            PyErr_NoMemory();
            return 0;
        }
    }
    snprintf(format, n, "%s:%s", parser->format, parser->fname);
    result = parse_keywords(g, format, parser->keywords, a);
    if (format != small) {
        PyMem_Free(format);
    }
    return result;
}

int adder__PyArg_ParseTupleAndKeywordsFast(PyObject *args, PyObject *keywords, _PyArg_Parser *parser, ...)
{
    Args a;
    Given g = {((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args), keywords, NULL,
               keywords ? PyDict_GET_SIZE(keywords) : 0};
    int result;
    va_start(a.args, parser);
    result = parse_with(&g, parser, &a);
    va_end(a.args);
    return result;
}

int adder__PyArg_ParseStackAndKeywords(PyObject *const *args, Py_ssize_t n, PyObject *names, _PyArg_Parser *parser, ...)
{
    Args a;
    Given g = {args, n, NULL, names, names ? PyTuple_GET_SIZE(names) : 0};
    int result;
    va_start(a.args, parser);
    result = parse_with(&g, parser, &a);
    va_end(a.args);
    return result;
}

/* Puts arguments into the places of their parameters. Optional ones that are not given are NULL. */
PyObject *const *adder__PyArg_UnpackKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames,
                                       _PyArg_Parser *parser, int minpos, int maxpos, int minkw, int varpos,
                                       PyObject **buf)
{
    Given g = {args, nargs, kwargs, kwnames, kwargs ? PyDict_GET_SIZE(kwargs) : kwnames ? PyTuple_GET_SIZE(kwnames) : 0};
    const char *const *list = parser->keywords;
    Shape shape = {0, 0, parser->fname, NULL};
    int n = 0, positional = 0, required = minkw ? maxpos + minkw : minpos;
    Py_ssize_t left = g.keywords;
    if (parser->fname == NULL && parser->format != NULL) {
        names_of(parser->format, &shape);
    }
    while (list[n] != NULL) {
        positional += list[n][0] == 0;
        n++;
    }
    if (varpos && g.n > maxpos) {
        g.n = maxpos;
    }
    if (left == 0 && nargs >= minpos && minkw == 0 && !varpos && nargs == n && maxpos >= n) {
        return args;
    }
    if (g.n + left > n) {
        adder_PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d %sargument%s (%zd given)", NAME(&shape), PARENS(&shape),
                           n == required ? "exactly" : "at most", n, g.n == 0 ? "keyword " : "", n == 1 ? "" : "s",
                           g.n + left);
        return NULL;
    }
    if (g.n > maxpos) {
        if (maxpos == 0) {
            adder_PyErr_Format(PyExc_TypeError, "%.200s%s takes no positional arguments", NAME(&shape), PARENS(&shape));
        }
        else {
            adder_PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", NAME(&shape),
                               PARENS(&shape), minpos < maxpos ? "at most" : "exactly", maxpos, maxpos == 1 ? "" : "s",
                               nargs);
        }
        return NULL;
    }
    if (g.n < Py_MIN(minpos, positional)) {
        int bound = Py_MIN(minpos, positional);
        adder_PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", NAME(&shape),
                           PARENS(&shape), minpos < maxpos ? "at least" : "exactly", bound, bound == 1 ? "" : "s", nargs);
        return NULL;
    }
    /* Keyword values stand after all positional ones, also those that are not our parameters. */
    Given keywords = g;
    keywords.n = nargs;
    for (int i = 0; i < n; i++) {
        PyObject *arg = NULL;
        if (i < g.n) {
            arg = args[i];
        }
        else if (left > 0 && i >= positional) {
            arg = find_keyword(&keywords, list[i]);
            if (arg == NULL && PyErr_Occurred()) {
                return NULL;
            }
            left -= arg != NULL;
        }
        if (arg == NULL && (i < minpos || (i >= maxpos && i < maxpos + minkw))) {
            adder_PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %d)", NAME(&shape),
                               PARENS(&shape), list[i], i + 1);
            return NULL;
        }
        buf[i] = arg;
    }
    if (left > 0) {
        for (int i = positional; i < g.n; i++) {
            if (find_keyword(&keywords, list[i]) != NULL) {
                adder_PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                                   NAME(&shape), PARENS(&shape), list[i], i + 1);
                return NULL;
            }
        }
        if (!PyErr_Occurred()) {
            unexpected_keyword(&g, &shape, list, positional, n);
        }
        return NULL;
    }
    return buf;
}

