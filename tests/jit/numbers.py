# traces=0 aborts=0 exits=0
# Loops over ints and floats.
def ints(n):
    i = total = product = 0
    bits = 1
    while i < n:
        total += i * i - (i // 3) + (i % 5)
        bits ^= (i & 12) | (total >> 2)
        product = -product + 7
        i += 1
    return total, bits, product


def floats(n):
    x = 0.5
    for i in range(n):
        x = x * 1.25 - i / 4
        if x > 1e6:
            x = -x
    return x


def overflow(n):
    # Leaves the 63 bits: a guard fails, and the interpreter makes a big int.
    x = 1
    for i in range(n):
        x = x * 3
    return x


def mixed(n):
    # The type changes in the middle.
    x = 0
    for i in range(n):
        if i == n // 2:
            x += 0.5
        x += i
    return x


print(ints(100))
print(floats(60))
print(overflow(70))
print(mixed(40))
print(not 0, ints(0))
