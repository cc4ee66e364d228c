# __float__ that returns a subclass, and NaNs in single and half precision.
import math
import struct
import warnings


class Sub(float):
    pass


class Odd:
    def __float__(self):
        return Sub(4.25)


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(math.sqrt(Odd()) ** 2, struct.pack("<f", Odd()))
for w in caught:
    print(w.category.__name__, w.message)

for code, bits in [("<f", 0x7FA00001), ("<f", 0xFFC00000), ("<e", 0x7D01)]:
    size = struct.calcsize(code)
    data = bits.to_bytes(size, "little")
    (value,) = struct.unpack(code, data)
    print(value, struct.pack(code, value) == data, struct.pack("<d", value).hex())
(low,) = struct.unpack("<d", (0x7FF0000000000001).to_bytes(8, "little"))
print(struct.pack("<f", low).hex(), struct.pack("<e", low).hex())
