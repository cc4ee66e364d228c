/* datetime.c: the datetime API: creation, checks, fields. */
#include "fixture.h"
#include <datetime.h>

VARARGS(date)
{
    int y, m, d;
    return PyArg_ParseTuple(args, "iii", &y, &m, &d) ? PyDate_FromDate(y, m, d) : NULL;
}

VARARGS(datetime)
{
    int y, mo, d, h, mi, s, us, fold = 0;
    if (!PyArg_ParseTuple(args, "iiiiiii|i", &y, &mo, &d, &h, &mi, &s, &us, &fold)) {
        return NULL;
    }
    return fold ? PyDateTime_FromDateAndTimeAndFold(y, mo, d, h, mi, s, us, fold)
                : PyDateTime_FromDateAndTime(y, mo, d, h, mi, s, us);
}

VARARGS(time_)
{
    int h, m, s, us, fold = 0;
    if (!PyArg_ParseTuple(args, "iiii|i", &h, &m, &s, &us, &fold)) {
        return NULL;
    }
    return fold ? PyTime_FromTimeAndFold(h, m, s, us, fold) : PyTime_FromTime(h, m, s, us);
}

VARARGS(delta)
{
    int d, s, us;
    return PyArg_ParseTuple(args, "iii", &d, &s, &us) ? PyDelta_FromDSU(d, s, us) : NULL;
}

VARARGS(timezone_)
{
    PyObject *offset, *name = NULL;
    if (!PyArg_ParseTuple(args, "O|O", &offset, &name)) {
        return NULL;
    }
    return name ? PyTimeZone_FromOffsetAndName(offset, name) : PyTimeZone_FromOffset(offset);
}

NONE(utc) { return Py_NewRef(PyDateTime_TimeZone_UTC); }

ONE(from_timestamp)
{
    PyObject *one = PyTuple_Pack(1, arg), *two = PyTuple_Pack(2, arg, PyDateTime_TimeZone_UTC), *result;
    result = Py_BuildValue("NN", PyDate_FromTimestamp(one), PyDateTime_FromTimestamp(two));
    Py_DECREF(one);
    Py_DECREF(two);
    return result;
}

ONE(check)
{
    return Py_BuildValue("[iiiii][iiiii]", PyDate_Check(arg), PyDateTime_Check(arg), PyTime_Check(arg),
                         PyDelta_Check(arg), PyTZInfo_Check(arg), PyDate_CheckExact(arg),
                         PyDateTime_CheckExact(arg), PyTime_CheckExact(arg), PyDelta_CheckExact(arg),
                         PyTZInfo_CheckExact(arg));
}

ONE(date_fields)
{
    return Py_BuildValue("iii", PyDateTime_GET_YEAR(arg), PyDateTime_GET_MONTH(arg), PyDateTime_GET_DAY(arg));
}

ONE(datetime_fields)
{
    return Py_BuildValue("iiiiiO", PyDateTime_DATE_GET_HOUR(arg), PyDateTime_DATE_GET_MINUTE(arg),
                         PyDateTime_DATE_GET_SECOND(arg), PyDateTime_DATE_GET_MICROSECOND(arg),
                         PyDateTime_DATE_GET_FOLD(arg), PyDateTime_DATE_GET_TZINFO(arg));
}

ONE(time_fields)
{
    return Py_BuildValue("iiiiiO", PyDateTime_TIME_GET_HOUR(arg), PyDateTime_TIME_GET_MINUTE(arg),
                         PyDateTime_TIME_GET_SECOND(arg), PyDateTime_TIME_GET_MICROSECOND(arg),
                         PyDateTime_TIME_GET_FOLD(arg), PyDateTime_TIME_GET_TZINFO(arg));
}

ONE(delta_fields)
{
    return Py_BuildValue("iii", PyDateTime_DELTA_GET_DAYS(arg), PyDateTime_DELTA_GET_SECONDS(arg),
                         PyDateTime_DELTA_GET_MICROSECONDS(arg));
}

static int setup(PyObject *Py_UNUSED(module))
{
    PyDateTime_IMPORT;
    return PyDateTimeAPI == NULL ? -1 : 0;
}

static PyMethodDef methods[] = {
    VARARGS_ENTRY(date), VARARGS_ENTRY(datetime), VARARGS_ENTRY(time_), VARARGS_ENTRY(delta),
    VARARGS_ENTRY(timezone_), NONE_ENTRY(utc), ONE_ENTRY(from_timestamp), ONE_ENTRY(check),
    ONE_ENTRY(date_fields), ONE_ENTRY(datetime_fields), ONE_ENTRY(time_fields),
    ONE_ENTRY(delta_fields), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_datetime, methods, setup)
