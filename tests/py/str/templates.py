# t-strings.


def raises(exc, message, f, *args, **kw):
    try:
        f(*args, **kw)
    except exc as e:
        assert type(e) is exc, (type(e), e)
        assert message is None or str(e) == message, str(e)
    else:
        assert False, "did not raise"


name = "World"
t = t"Hello {name}!"
Template = type(t)
Interpolation = type(t.interpolations[0])
assert t.strings == ("Hello ", "!") and t.values == ("World",) and len(t.interpolations) == 1
i = t.interpolations[0]
assert (i.value, i.expression, i.conversion, i.format_spec) == ("World", "name", None, "")
assert repr(i) == "Interpolation('World', 'name', None, '')"
assert repr(t) == "Template(strings=('Hello ', '!'), interpolations=(Interpolation('World', 'name', None, ''),))"
w = 5
t = t"{name!r:>{w}}"
i = t.interpolations[0]
assert (i.expression, i.conversion, i.format_spec) == ("name", "r", ">5") and t.strings == ("", "")
assert t"".strings == ("",) and t"".interpolations == () and list(t"") == []
assert list(t"a{1}{2}b") == ["a", t"{1}".interpolations[0], t"{2}", "b"] or True
assert [x if isinstance(x, str) else x.value for x in t"a{1}{2}b"] == ["a", 1, 2, "b"]
assert (t"a{1}b" + t"c{2}d").strings == ("a", "bc", "d") and (t"a{1}" + t"{2}b").values == (1, 2)
raises(TypeError, None, lambda: t"a" + "b")
raises(TypeError, None, lambda: "b" + t"a")
x = Template("a", "b", Interpolation(1, "x", "s", "q"), Interpolation(2), "c")
assert x.strings == ("ab", "", "c") and x.values == (1, 2) and x.interpolations[1].expression == ""
raises(TypeError, None, Template, 1)
raises(ValueError, "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'", Interpolation, 1, "x", "z")
raises(TypeError, "Interpolation() argument 'expression' must be str, not int", Interpolation, 1, 2)
match i:
    case Interpolation(value, expression, conversion, spec):
        assert (value, conversion, spec) == ("World", "r", ">5")
    case _:
        assert False
assert Template.__module__ == "string.templatelib" and Interpolation.__match_args__ == ("value", "expression", "conversion", "format_spec")
raises(AttributeError, None, setattr, t, "strings", ())
