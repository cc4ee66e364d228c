# What a generator returns is no error for those that only iterate over it.
def a():
    yield 1
    return 5
def b():
    yield 1
    return (1,2)
for f in (a,b):
    for g in (list, tuple, set, sorted, sum, lambda it: [x for x in it], lambda it: {**dict.fromkeys(it)}, lambda it: list(map(int,it)), lambda it: ','.join(map(str,it)), lambda it: next(it)+next(it,7), lambda it: (lambda *a:a)(*it), lambda it: [*it], lambda it: list(zip(it,'ab')), lambda it: max(it), lambda it: list(enumerate(it)), lambda it: any(x>1 for x in it)):
        try: print(g(f()), end=' ')
        except BaseException as e: print(repr(e), end=' ')
    print()
