import copy
import io
from array import array, typecodes

assert typecodes == 'bBuwhHiIlLqQfd'
for code in 'bBhHiIlLqQ':
    a = array(code, [1, 2, 3])
    assert a.tolist() == [1, 2, 3] and array(code, a.tobytes()) == a and len(a) == 3
a = array('i', range(5))
assert repr(a) == "array('i', [0, 1, 2, 3, 4])" and repr(array('d')) == "array('d')"
assert a[1:4] == array('i', [1, 2, 3]) and a[::-2].tolist() == [4, 2, 0] and a[-1] == 4
a[0] = 9
a[1:3] = array('i', [7])
del a[-1]
assert a.tolist() == [9, 7, 3]
a.append(1)
a.extend([2])
a.insert(0, 5)
assert a.pop() == 2 and a.pop(0) == 5 and a.index(7) == 1 and a.count(3) == 1 and 3 in a
a.remove(7)
a.reverse()
assert a.tolist() == [1, 3, 9]
assert (a + a).tolist() == [1, 3, 9, 1, 3, 9] and (a * 2) == a + a and a < array('i', [2])
a.byteswap()
assert a[0] == 1 << 24
m = memoryview(array('h', [1, -2]))
assert m.tolist() == [1, -2] and m.format == 'h'
b = array('b', [1])
m = memoryview(b)
m[0] = 5
assert b[0] == 5
w = array('w', 'h\u00e9')
assert w.tounicode() == 'h\u00e9' and repr(w) == "array('w', 'h\u00e9')"
assert copy.copy(b) == b and copy.deepcopy(b) == b
f = io.BytesIO()
array('H', [1, 2]).tofile(f)
f.seek(0)
c = array('H')
c.fromfile(f, 2)
assert c.tolist() == [1, 2] and list(c) == [1, 2]


def message(f, *args):
    try:
        f(*args)
    except Exception as e:
        return f'{type(e).__name__}: {e}'
    return 'nothing'


assert message(b.append, 2) == 'BufferError: cannot resize an array that is exporting buffers'
assert message(c.append, 70000) == 'OverflowError: unsigned short is greater than maximum'
assert message(array, 'x') == 'ValueError: bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)'
assert message(lambda: c[9]) == 'IndexError: array index out of range'
assert message(c.remove, 9) == 'ValueError: array.remove(x): x not in array'
assert message(c.frombytes, b'x') == 'ValueError: bytes length not a multiple of item size'

# Iterators.
import array as array_module

a = array_module.array("i", [1, 2, 3])
it = iter(a)
assert type(it).__name__ == "arrayiterator" and hasattr(a, "__iter__")
assert next(it) == 1 and it.__reduce__() == (iter, (a,), 1)
a.append(4)
assert list(it) == [2, 3, 4] and it.__reduce__() == (iter, ((),))
it = iter(a)
it.__setstate__(2)
assert list(it) == [3, 4]
it = iter(a)
try:
    it.__setstate__("x")
except TypeError as e:
    assert str(e) == "an integer is required"
else:
    raise AssertionError
