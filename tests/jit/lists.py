# traces=0 aborts=0 exits=0
# Loops over lists and tuples.
def sieve(n):
    flags = [True] * n
    for i in range(2, n):
        if flags[i]:
            j = i * i
            while j < n:
                flags[j] = False
                j += i
    return [i for i in range(2, n) if flags[i]]


def reverse(items):
    result = []
    i = len(items)
    while i:
        i -= 1
        result.append(items[i])
    return result


def swap(n):
    pairs = [(i, -i) for i in range(n)]
    a = 0
    for x, y in pairs:
        a, x = x + a, a
        pairs[x % 3] = (a, y)
    return a, pairs[:4]


def truths(items):
    count = 0
    for item in items:
        if item:
            count += 1
        elif item is None or item == "":
            count += 100
    return count


print(sieve(60))
print(reverse(list(range(40))))
print(swap(30))
print(truths([[], [1], (), (2,), "", "a", None, 0, 1, 0.0, 2.5, True, False] * 4))
