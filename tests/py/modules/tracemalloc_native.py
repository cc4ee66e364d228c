"""tracemalloc: switching it on and off, limits, empty traces."""
import tracemalloc

assert not tracemalloc.is_tracing()
assert tracemalloc.get_traceback_limit() == 1
assert tracemalloc.get_traced_memory() == (0, 0)
for bad in (0, -1, 65536):
    try:
        tracemalloc.start(bad)
    except ValueError as e:
        assert str(e) == "the number of frames must be in range [1; 65535]"
    else:
        raise AssertionError
tracemalloc.start(5)
assert tracemalloc.is_tracing() and tracemalloc.get_traceback_limit() == 5
snapshot = tracemalloc.take_snapshot()
assert snapshot.traceback_limit == 5
assert isinstance(snapshot.compare_to(snapshot, "filename"), list)
tracemalloc.clear_traces()
tracemalloc.reset_peak()
tracemalloc.stop()
assert not tracemalloc.is_tracing() and tracemalloc.get_traced_memory() == (0, 0)
