# structseq.h: struct sequences.
import ext_structseq as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


result = m.make()
print(result, len(result), result[1], result.first, result.hidden, result == (0, 10, 20), m.get(result, 3))
print(type(result).__name__, m.Result.__doc__, m.Result.n_fields, m.Result.n_sequence_fields, m.Result.n_unnamed_fields)
first, *rest = result
print(first, rest, isinstance(result, tuple), hash(result) == hash((0, 10, 20)), result + (1,), result[1:])
print(m.Result((1, 2, 3)), m.Result((1, 2, 3, 4)).hidden, m.Result([1, 2, 3], {"hidden": 9}).hidden, m.Result.first.__doc__)
error(m.Result, (1,))
error(m.Result, 5)
error(setattr, result, "first", 1)
print(result.__replace__(second="new"), result.__reduce__()[1][0])
