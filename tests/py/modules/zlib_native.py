import zlib
import copy

data = b'hello world ' * 1000
for level in (-1, 0, 1, 6, 9):
    for wbits in (15, -15, 31, 9):
        c = zlib.compress(data, level, wbits)
        assert zlib.decompress(c, wbits) == data
assert zlib.crc32(b'abc') == 891568578 and zlib.crc32(b'c', zlib.crc32(b'ab')) == 891568578
assert zlib.adler32(b'abc') == 38600999 and zlib.adler32(data) == zlib.adler32(data[500:], zlib.adler32(data[:500]))
assert zlib.crc32(b'') == 0 and zlib.adler32(b'') == 1

c = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_FILTERED)
out = c.compress(data[:5000]) + c.flush(zlib.Z_SYNC_FLUSH)
d = zlib.decompressobj()
assert d.decompress(out) == data[:5000] and not d.eof
c2 = copy.copy(c)
rest = c.compress(data[5000:]) + c.flush()
assert rest == c2.compress(data[5000:]) + c2.flush()
d2 = d.copy()
assert d.decompress(rest + b'extra') == data[5000:] and d.eof and d.unused_data == b'extra'
assert d2.decompress(rest) + d2.flush() == data[5000:]

d = zlib.decompressobj()
c = zlib.compress(data)
parts, tail = [], c
while not d.eof:
    parts.append(d.decompress(tail, 1000))
    assert len(parts[-1]) <= 1000
    tail = d.unconsumed_tail
assert b''.join(parts) == data and d.unused_data == b'' and d.flush() == b''

c = zlib.compressobj(zdict=b'hello world')
z = c.compress(b'hello world!') + c.flush()
assert zlib.decompressobj(zdict=b'hello world').decompress(z) == b'hello world!'

d = zlib._ZlibDecompressor()
z = zlib.compress(data)
assert d.decompress(z, 10) == data[:10] and not d.needs_input
assert d.decompress(b'') == data[10:] and d.eof and d.unused_data == b''


def message(f, *args):
    try:
        f(*args)
    except Exception as e:
        return f'{type(e).__name__}: {e}'
    return 'nothing'


assert message(zlib.decompress, b'abc') == 'error: Error -3 while decompressing data: incorrect header check'
assert message(zlib.decompress, z[:-3]) == \
    'error: Error -5 while decompressing data: incomplete or truncated stream'
assert message(zlib.compress, b'', 10) == 'error: Bad compression level'
assert message(zlib.compress, 'x') == "TypeError: a bytes-like object is required, not 'str'"
assert message(zlib.compressobj, 10) == 'ValueError: Invalid initialization option'
assert message(zlib.decompressobj().decompress, b'', -1) == 'ValueError: max_length must be non-negative'
assert message(zlib.decompressobj().flush, 0) == 'ValueError: length must be greater than zero'
assert message(d.decompress, b'x') == 'EOFError: End of stream already reached'
assert zlib.error.__name__ == 'error' and zlib.error.__module__ == 'zlib'

import gzip
assert gzip.decompress(gzip.compress(data)) == data
