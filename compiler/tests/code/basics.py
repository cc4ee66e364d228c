"""A module."""
import os.path as p

def outer(a, /, b=1, *args, c, d=2, **kw):
    "doc"
    def inner():
        nonlocal b
        b += a
        return [x for x in args if x]
    try:
        inner()
    except (ValueError, TypeError) as e:
        raise KeyError from e
    finally:
        print(f"{a!r:>{b}}")

class C[T](Base, metaclass=M):
    attr: int = 1
    def method(self, x: T) -> T:
        return super().method(x)

async def coro(x):
    async with x as y:
        await y
    match x:
        case {"k": v, **rest} if v: return v
        case [1, *_]: return None
