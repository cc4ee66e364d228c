import ast

# Words in comments are no code, also for the checks that look for misspelt code.
SOURCE = """
def f(r, s=0):
    return r

x = f(
    r=True,  # a for b in c
    s=1  # True for official releases
    )
y = [1,  # for = x
     2]
if x:  # if a = b:
    z = 1  # print "x"
"""
space = {}
exec(compile(SOURCE, "s", "exec"), space)
print(space["x"], space["y"], space["z"], len(ast.parse(SOURCE).body))
try:
    compile("f(a=1 for b in c)  # x", "s", "exec")
except SyntaxError as e:
    print(e)
