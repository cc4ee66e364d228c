import hashlib
import _md5, _sha1, _sha2, _sha3, _blake2

known = {
    _md5.md5: '900150983cd24fb0d6963f7d28e17f72',
    _sha1.sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
    _sha2.sha224: '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7',
    _sha2.sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    _sha3.sha3_224: 'e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf',
    _sha3.sha3_256: '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
    _blake2.blake2s: '508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982',
}
for f, digest in known.items():
    h = f(b'a')
    h.update(b'b')
    h2 = h.copy()
    h.update(memoryview(b'c'))
    assert h.hexdigest() == digest and h.digest().hex() == digest, h
    h2.update(b'c')
    assert h2.hexdigest() == digest
    assert f(b'abc', usedforsecurity=False).hexdigest() == digest
    assert h.digest_size == len(digest) // 2
    big = b'x' * 10000
    h3 = f()
    for i in range(0, 10000, 100):
        h3.update(big[i:i + 100])
    assert h3.digest() == f(big).digest()

sizes = [(h.name, h.block_size, h.digest_size) for h in (
    _md5.md5(), _sha1.sha1(), _sha2.sha224(), _sha2.sha256(), _sha2.sha384(), _sha2.sha512(), _sha3.sha3_224(),
    _sha3.sha3_256(), _sha3.sha3_384(), _sha3.sha3_512(), _sha3.shake_128(), _sha3.shake_256(),
    _blake2.blake2b(), _blake2.blake2s())]
assert sizes == [
    ('md5', 64, 16), ('sha1', 64, 20), ('sha224', 64, 28), ('sha256', 64, 32), ('sha384', 128, 48),
    ('sha512', 128, 64), ('sha3_224', 144, 28), ('sha3_256', 136, 32), ('sha3_384', 104, 48), ('sha3_512', 72, 64),
    ('shake_128', 168, 0), ('shake_256', 136, 0), ('blake2b', 128, 64), ('blake2s', 64, 32)], sizes
assert _sha2.sha512(b'abc').hexdigest().startswith('ddaf35a193617abacc417349ae204131')
assert _sha2.sha384(b'abc').hexdigest().startswith('cb00753f45a35e8bb5a03d699ac65007')
assert _sha3.shake_128(b'abc').hexdigest(8) == '5881092dd818bf5c'
assert _sha3.shake_256(b'abc').digest(4).hex() == '483366601360a877'[:8]
assert (_sha3.sha3_224()._capacity_bits, _sha3.sha3_224()._rate_bits, _sha3.sha3_224()._suffix) == (448, 1152, b'\x06')
assert _blake2.blake2b(b'x', digest_size=16, key=b'k', salt=b's', person=b'p', fanout=2, depth=2, leaf_size=5,
                       node_offset=3, node_depth=1, inner_size=16, last_node=True).hexdigest() \
    == hashlib.blake2b(b'x', digest_size=16, key=b'k', salt=b's', person=b'p', fanout=2, depth=2, leaf_size=5,
                       node_offset=3, node_depth=1, inner_size=16, last_node=True).hexdigest() \
    == 'b8f37d70b9d2e619d83865b303a6e513'
assert _blake2.blake2b.SALT_SIZE == 16 and _blake2.BLAKE2S_MAX_KEY_SIZE == 32
assert hashlib.sha256(b'abc').hexdigest() == known[_sha2.sha256]
assert hashlib.new('md5', b'abc').hexdigest() == known[_md5.md5]


def message(f, *args, **kw):
    try:
        f(*args, **kw)
    except Exception as e:
        return f'{type(e).__name__}: {e}'
    return 'nothing'


assert message(_md5.md5, 'x') == 'TypeError: Strings must be encoded before hashing'
assert message(_md5.md5, 1) == 'TypeError: object supporting the buffer API required'
assert message(_blake2.blake2b, digest_size=65) \
    == 'ValueError: digest_size for Blake2b must be between 1 and 64 bytes, here it is 65'
assert message(_blake2.blake2b, key=b'x' * 65) == 'ValueError: maximum key length is 64 bytes'
assert message(_blake2.blake2s, fanout=256) == 'ValueError: fanout must be between 0 and 255'
