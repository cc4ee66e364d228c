# sys.setprofile: calls and returns of Python and native functions.
import sys

events = []


def profile(frame, event, arg):
    if event.startswith("c_"):
        arg = arg.__name__
    events.append((event, frame.f_code.co_name, arg))


def numbers():
    yield 1
    yield 2


def work(text):
    parts = text.split(",")
    parts.append(str(len(parts)))
    return sum(numbers())


def fails():
    int("x")


sys.setprofile(profile)
work("a,b")
try:
    fails()
except ValueError:
    pass
sys.setprofile(None)
for e in events:
    print(*e)
print(sys.getprofile())
