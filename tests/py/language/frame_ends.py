# Where a frame that an exception ends is, as its f_lineno says.
import contextlib


@contextlib.contextmanager
def noop():
    yield


def after_with():
    with noop():
        1 / 0
        pass


def in_named_except():
    try:
        1 / 0
    except Exception as ex:
        1 / 0
        pass


def named_reraise():
    try:
        1 / 0
    except Exception as ex:
        raise


def in_finally():
    try:
        1 / 0
    finally:
        x = 1


def other_except():
    try:
        1 / 0
    except TypeError as ex:
        pass


def nested():
    try:
        with noop():
            with noop():
                1 / 0
    finally:
        x = 2


for f in (after_with, in_named_except, named_reraise, in_finally, other_except, nested):
    try:
        f()
    except Exception as e:
        tb = e.__traceback__.tb_next
        lines = []
        while tb:
            frame = tb.tb_frame
            lines.append((frame.f_code.co_name, tb.tb_lineno, frame.f_lineno))
            tb = tb.tb_next
        print(f.__name__, lines)
