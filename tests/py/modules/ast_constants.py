# Constants of all types go from a tree into code.
import ast

for v in [1, 2**62, 2**63, 2**70, -1, -(2**70), True, 1.5, 2j, b"x", "s", ..., None, (1, 2.5), frozenset([1])]:
    tree = ast.fix_missing_locations(ast.Expression(ast.Constant(v)))
    assert eval(compile(tree, "x", "eval")) == v, v
for v in [[], {}, object, 1 .__add__]:
    try:
        compile(ast.fix_missing_locations(ast.Expression(ast.Constant(v))), "x", "eval")
    except TypeError as e:
        print(e)
