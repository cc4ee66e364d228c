# BytesIO and StringIO keep their contents and positions when they are copied.
import copy
import io
import pickle

for stream in (io.BytesIO(b"abc"), io.StringIO("one\ntwo")):
    stream.read(1)
    stream.mark = "x"
    for copied in (copy.copy(stream), copy.deepcopy(stream), pickle.loads(pickle.dumps(stream))):
        print(type(copied).__name__, copied.tell(), copied.getvalue(), copied.mark)


class Plain:
    def __getstate__(self):
        return {"a": 1}


print(copy.copy(Plain()).a)
for v in (iter([]), open(__file__)):
    try:
        print(pickle.dumps(v) and type(v).__name__)
    except TypeError as e:
        print(e)
