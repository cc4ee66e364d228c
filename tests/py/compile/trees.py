# Checks of trees that programs make, feature versions, type comments.
import ast

for source, version in (("(x := 1)", (3, 7)), ("def f(a, /): pass", (3, 7)), ("match a:\n  case _: pass", (3, 9)),
                        ("try: pass\nexcept* A: pass", (3, 10)), ("type A = int", (3, 11)), ("def f[T](): pass", (3, 11)),
                        ("def f[T = int](): pass", (3, 12)), ("t'x'", (3, 13)), ("try: pass\nexcept A, B: pass", (3, 13)),
                        ("with (a as b): pass", (3, 8)), ("with (a): pass", (3, 9))):
    try:
        ast.parse(source, feature_version=version)
        print("ok")
    except SyntaxError as e:
        print(e.msg)
    ast.parse(source)

for source in ("def x(): pass", "class x: pass", "import x", "import a as x", "try: pass\nexcept A as x: pass",
               "class A[x]: pass", "match a:\n case x: pass", "match a:\n case {1: 2, **x}: pass"):
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if value == "x":
                setattr(node, field, "True")
    try:
        compile(tree, "s", "exec")
    except ValueError as e:
        print(e)


def pattern(p):
    case = ast.match_case(pattern=p, body=[ast.Pass()])
    tree = ast.Module([ast.Match(subject=ast.Name("x", ast.Load()), cases=[case])], [])
    try:
        compile(ast.fix_missing_locations(tree), "s", "exec")
        print("ok")
    except ValueError as e:
        print(e)


pattern(ast.MatchValue(ast.Constant(None)))
pattern(ast.MatchValue(ast.Name("x", ast.Load())))
pattern(ast.MatchStar("x"))
pattern(ast.MatchAs(name="_"))
pattern(ast.MatchOr([ast.MatchStar("x"), ast.MatchAs()]))
pattern(ast.MatchSequence([ast.MatchStar("x")]))
pattern(ast.MatchMapping([ast.Constant(None)], [ast.MatchAs(name="y")]))

tree = ast.parse("a = 1 # type: ignore[x]\nb = 2 # type: ignored\n", type_comments=True)
print([(i.lineno, i.tag) for i in tree.type_ignores])
for optimize in (0, 1):
    print(ast.dump(ast.parse("__debug__", optimize=optimize).body[0].value))
try:
    ast.parse(ast.Constant(1))
except TypeError as e:
    print(e)
