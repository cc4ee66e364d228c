# datetime.h. This script has the module's name, so its own folder leaves the path first.
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != here]

import datetime as dt

import ext_datetime as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


class SubDate(dt.date):
    pass


class SubDateTime(dt.datetime):
    pass


print(m.date(2024, 2, 29), m.datetime(1999, 12, 31, 23, 59, 59, 999999), m.time_(1, 2, 3, 4), m.delta(1, 86400, -1))
print(m.datetime(2020, 1, 1, 0, 0, 0, 0, 1).fold, m.time_(1, 0, 0, 0, 1).fold, repr(m.delta(0, 0, 1500000)))
error(m.date, 2023, 2, 29)
error(m.datetime, 2023, 1, 1, 24, 0, 0, 0)
error(m.time_, 0, 0, 0, 10**6)
error(m.delta, 10**9, 0, 0)
zone = m.timezone_(dt.timedelta(hours=2))
print(zone, m.timezone_(dt.timedelta(hours=-1), "name"), m.utc() is dt.timezone.utc, m.timezone_(dt.timedelta(0)) is dt.timezone.utc)
error(m.timezone_, dt.timedelta(days=2))
error(m.timezone_, 5)
print(m.from_timestamp(86400 * 365)[1])
for value in (dt.date(2000, 1, 2), dt.datetime(2000, 1, 2), SubDate(1, 1, 1), SubDateTime(1, 1, 1), dt.time(1), dt.timedelta(1), zone, 5):
    print(type(value).__name__, m.check(value))
print(m.date_fields(dt.date(2024, 3, 15)), m.date_fields(SubDateTime(9999, 12, 31)), m.date_fields(m.date(1, 1, 1)))
stamp = dt.datetime(2024, 3, 15, 13, 14, 15, 161718, tzinfo=zone, fold=1)
print(m.datetime_fields(stamp), m.datetime_fields(stamp.replace(tzinfo=None)), m.date_fields(stamp))
print(m.time_fields(dt.time(1, 2, 3, 4)), m.time_fields(stamp.timetz()), m.delta_fields(dt.timedelta(-1, 5, 6)))
print(m.delta_fields(m.delta(-1, -1, -1)), m.datetime_fields(m.datetime(1, 1, 1, 1, 1, 1, 1)))
