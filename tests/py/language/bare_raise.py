# A bare `raise` adds nothing to the traceback.
import traceback
def f():
    try:
        1/0
    except ZeroDivisionError:
        raise
def g(): raise
def h():
    try: 1/0
    except ZeroDivisionError:
        g()
def k():
    try: f()
    except Exception:
        raise
for x in (f,h,k):
    try: x()
    except Exception as e:
        print(x.__name__, [(t.name,t.lineno) for t in traceback.extract_tb(e.__traceback__)])
