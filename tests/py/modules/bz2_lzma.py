# bz2 and lzma: round trips, limits on the output, what is wrong with the input.
import bz2
import lzma

text = b"".join(b"line %d of the text\n" % (i % 97) for i in range(4000))


def message(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__module__}.{type(e).__name__}: {e}"


for m in (bz2, lzma):
    packed = m.compress(text)
    print(m.__name__, len(packed) < len(text) // 10, m.decompress(packed) == text)
    print(m.decompress(packed + m.compress(b"more")) == text + b"more")
    print(message(m.decompress, packed[:-5]), message(m.decompress, b"no such stream" * 9))

for make, packed in (
    (bz2.BZ2Decompressor, bz2.compress(text)),
    (lzma.LZMADecompressor, lzma.compress(text)),
):
    d = make()
    out = d.decompress(packed + b"rest", 100)
    print(len(out), d.eof, d.needs_input, d.unused_data)
    while not d.eof:
        out += d.decompress(b"", 1000)
    print(out == text, d.eof, d.needs_input, d.unused_data)
    print(message(d.decompress, b""))
    d = make()
    out = b"".join(d.decompress(packed[i : i + 7]) for i in range(0, len(packed), 7))
    print(out == text, d.eof, d.needs_input)

c = bz2.BZ2Compressor(1)
print(bz2.decompress(c.compress(text) + c.compress(b"") + c.flush()) == text)
print(message(c.compress, b"a"), message(c.flush), message(bz2.BZ2Compressor, 10), message(c.compress, "a"))

raw = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 3, "lc": 2}]
for arguments in (
    dict(format=lzma.FORMAT_ALONE),
    dict(format=lzma.FORMAT_XZ, check=lzma.CHECK_SHA256),
    dict(format=lzma.FORMAT_XZ, filters=raw),
    dict(preset=9 | lzma.PRESET_EXTREME),
):
    packed = lzma.compress(text, **arguments)
    d = lzma.LZMADecompressor()
    print(d.check, d.decompress(packed) == text, d.check)
packed = lzma.compress(text, lzma.FORMAT_RAW, filters=raw)
print(lzma.decompress(packed, lzma.FORMAT_RAW, filters=raw) == text)

for arguments in (
    dict(format=9),
    dict(format=lzma.FORMAT_RAW),
    dict(format=lzma.FORMAT_ALONE, check=1),
    dict(format=lzma.FORMAT_ALONE, filters=raw),
    dict(preset=1, filters=raw),
    dict(preset=20),
    dict(filters=[{"id": 33}] * 5),
    dict(filters=[{"preset": 1}]),
    dict(filters=[{"id": 33, "foo": 1}]),
    dict(filters=[{"id": 3, "preset": 1}]),
    dict(filters=[{"id": 4, "dist": 1}]),
    dict(filters=[{"id": 77}]),
    dict(filters=[5]),
    dict(filters=5),
):
    print(message(lzma.LZMACompressor, **arguments))
print(message(lzma.LZMADecompressor, memlimit=1000).__class__.__name__)
print(message(lzma.LZMADecompressor(memlimit=1000).decompress, lzma.compress(text)))
print(message(lzma.LZMADecompressor, format=3), message(lzma.LZMADecompressor, filters=raw))
print(lzma._encode_filter_properties(raw[1]), lzma._decode_filter_properties(33, b"\x16"))
print(lzma._decode_filter_properties(3, b"\x02"), lzma._decode_filter_properties(4, b""))
print(lzma._decode_filter_properties(lzma.FILTER_LZMA1, b"]\x00\x00\x10\x00"))
print(lzma.is_check_supported(lzma.CHECK_CRC64), lzma.is_check_supported(14))
