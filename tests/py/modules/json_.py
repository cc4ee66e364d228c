import json


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e, getattr(e, "__notes__", None))


BAD = ['"a\\q"', '"a', '"a\\', '"\\u12"', '"\\u12g4"', '"\x01"', '{"a" 1}', '{"a":1,}', '{"a":1 "b"}', "{1:2}", "[1,]",
       "[1 2]", "[", "{", '{"a":', "nul", "-", "1.", "1e", "01", '"\\ud83d\\u00"', '{"a":1,', "[1,", "[}", ""]
GOOD = ['"\\ud83d\\ude00"', '"\\ud83dx"', "NaN", "-Infinity", '"\\ud834\\u0079x"', "1.5e3", "-0", "123456789012345678901234567890",
        ' { "a" : [ 1 , 2.5 , null , true , { } , [ ] ] } ', '"é\\u00e9€"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"']
for s in BAD + GOOD:
    show(lambda: json.loads(s))
show(lambda: json.loads('{"a":1,"b":2}', object_pairs_hook=list))
show(lambda: json.loads('{"a":{"b":2}}', object_hook=lambda d: sorted(d)))
show(lambda: json.loads("[1.5, 2]", parse_float=str, parse_int=lambda s: s + "!"))
show(lambda: json.loads('"a\tb"', strict=False))


class A:
    pass


class I(int):
    def __repr__(self):
        return "I"


loop, ring = [], {}
loop.append(loop)
ring["x"] = ring
for value in [A(), [1, A()], {"a": [A()]}, {A(): 1}, loop, ring, [float("inf"), -float("inf"), float("nan"), True, None, 1.5, 10**30],
              {1: 2, 2.5: 3, False: 4, None: 5, "a": 6}, I(5), ("t", ["u"]), "é\u2028\U0001f600\"\\\n\x7f\x00"]:
    show(lambda: json.dumps(value))
DATA = {"b": 1, "a": [1, {"c": 2}], "e": [], "f": {}}
show(lambda: json.dumps(DATA, indent=2, sort_keys=True))
show(lambda: json.dumps(DATA, indent="\t"))
show(lambda: json.dumps(DATA, separators=(",", ":")))
show(lambda: json.dumps({A(): 1, "a": 2}, skipkeys=True))
show(lambda: json.dumps(A(), default=lambda o: [1]))
show(lambda: json.dumps(float("nan"), allow_nan=False))
show(lambda: json.dumps("é\U0001f600", ensure_ascii=False))
