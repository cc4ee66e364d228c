from decimal import *
import copy, pickle
from fractions import Fraction

D = Decimal
big = '12345678901234567890123456789012345678901234567890'
for e in [
    "D('1.1') + D('2.25')", "D(1) / D(3)", "D('1e400') * D('1e-3')", "D('NaN123')", "D('-sNaN7')", "D('-0')", "D('1E+3')", "D('-Infinity')",
    "D('123.4567').quantize(D('0.01'))", "D('2.5').quantize(D(1), rounding=ROUND_HALF_UP)", "D('1e30').quantize(D('0.01'))",
    "D(1) / D(0)", "D('abc')", "D(0) / D(0)", "D(0) // 0", "D(5) // 0", "D(5) % 0", "D('sNaN') + 1", "D('NaN5') + 1", "D('Infinity') - D('Infinity')",
    "D('Infinity') * 0", "D(1) / D('Infinity')", "D('inf') // 3", "D('inf') % 3", "D(3) % D('inf')",
    "D(10) ** 400000000", "D(2) ** D('0.5')", "D(2) ** -2", "D(2) ** 100", "pow(D(3), 5, 7)", "D(2).sqrt()", "D(3).exp()", "D('1.5').ln()", "D(1000).log10()",
    "format(D('1234.567'), ',.2f')", "format(D('0.000001'), 'e')", "format(D('12'), '>8')", "format(D(3), '.3%')", "f'{D(1)!r:>14}|'",
    "hash(D('1.5')) == hash(1.5)", "hash(D(10) ** 20) == hash(10 ** 20)", "hash(D('-1')), hash(D('inf'))", "hash(D('sNaN'))",
    "D('1.5') == 1.5", "D('1.5') < 2", "D(3) >= D('2.99')", "D('1') < float('nan')", "D('NaN') == D('NaN')", "D(1) == 'a'", "D(2) == 2 + 0j",
    "D(7) // D(2), D(-7) % D(3), divmod(D(-7), 3), divmod(7, D(2))", "1 + D(1), 2 - D('0.5'), 3 * D('1.5'), 1 / D(8)",
    "round(D('2.5')), round(D('2.567'), 2), round(D('-3.5'))", "int(D('-3.9')), int(D('1e20'))", "int(D('nan'))", "int(D('inf'))", "float(D('0.1')), float(D('1e400'))",
    "import_floor(D('-1.5'))", "D((1, (1, 2, 3), -2))", "D((0, (), 'F'))", "D((0, (1, 2), 'n'))", "D((0, (1, 2)))", "D((2, (1,), 0))", "D(' 1_000.5\\n')", "D('\u0661.\u0662')", "D('1__0')", "D('1e')", "D('.')", "D('.5')", "D('5.')",
    "D(0.1)", "D(-2.5e-5)", "D(float('-inf'))", "D.from_float(0.5)", "D('0.1').as_tuple()", "D('-inf').as_tuple()", "D('NaN12').as_tuple()",
    "D(1).compare(2), D(2).compare(D('NaN'))", "D(1).max(2), D(1).min(D('nan'))", "Context(prec=5).create_decimal('1.23456789')", "Context(prec=3).create_decimal('NaN12345')",
    "D('1.20').normalize(), D('100').normalize(), D('0.000').normalize()", "D('3.7').to_integral_value(), D('2.5').to_integral_exact(ROUND_UP), D('1e3').to_integral()",
    "D('1e-999999') / 10", "D('9.99e999999') * 10", "D('1e-1000020') * 1", "sum([D('0.1')] * 10)", "D(big) * 3", "-D(big)", "D(big) + D('1e-60')", "D(big) == int(big)", "D(big) / 7",
    "D('0.5').as_integer_ratio(), D('1e3').as_integer_ratio(), D(0).as_integer_ratio()", "D('nan').as_integer_ratio()",
    "D(1).is_normal(), D(5).number_class(), D(5).logb(), D('2').scaleb(3), D('123').shift(1), D('123').rotate(-1)", "D('7').next_plus(), D(1).next_toward(0)",
    "D('12.34').adjusted(), D('12.3').copy_sign(D(-1)), D(-1).copy_abs(), D(1).copy_negate()", "D('1.1').same_quantum(D('2.2')), D('1.1').same_quantum(1)",
    "D('123456789E5').to_eng_string(), D('1E-7').to_eng_string(), str(D('1E-7'))", "D('2').fma(3, 4), D('1').remainder_near(3)", "D('1010').logical_and(D('1100'))",
    "bool(D(0)), bool(D('0.0')), bool(D('nan')), bool(D('1e-5'))", "abs(D('-1.5')), -D(0), +D('-0')", "D('1').compare_total(D('1.0'))", "complex(D('1.5'))",
    "getcontext().divide(1, 3)", "getcontext().power(2, 10), getcontext().sqrt(16), getcontext().divmod(7, 2)", "getcontext().add(1, 'a')", "getcontext().to_sci_string(D('1e9'))",
]:
    if 'import_floor' in e:
        import math
        e = "math.floor(D('-1.5')), math.ceil(D('1.2')), math.trunc(D('-2.7'))"
    try:
        print(ascii(e), '=>', ascii(eval(e)))
    except Exception as x:
        print(ascii(e), '!!', type(x).__name__, x)

print(getcontext())
with localcontext(prec=5, rounding=ROUND_DOWN) as c:
    print(D(2) / 3, c.flags[Inexact], c.prec, getcontext() is c)
    c.traps[Inexact] = True
    try:
        print(D(2) / 3)
    except Inexact as x:
        print(type(x), x)
c = Context(prec=6, Emin=-5, Emax=5, traps=[])
print(c.multiply(D('9.9e5'), D(10)), c.divide(1, 3000000), c.divide(1, 10 ** 12), c.plus(D('1.23456789')))
print(c, c.Etiny(), c.Etop())
c.clear_flags()
print(c.flags[Overflow], list(c.flags.values()), len(c.traps))
for change in ("prec=0", "prec=1.5", "Emin=1", "Emax=-1", "rounding='x'", "capitals=2", "clamp=3"):
    try:
        eval(f"Context({change})")
    except Exception as x:
        print(change, type(x).__name__, x)
for r in (ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP):
    print(r, [str(D(x).quantize(D(1), r)) for x in ('1.5', '-1.5', '2.5', '-2.5', '1.1', '-1.1', '5.1', '0.1')])

class Sub(Decimal):
    pass
x = Sub('1.5')
print(repr(x), type(x), type(x + 1), type(copy.copy(x)), pickle.loads(pickle.dumps(x)), type(pickle.loads(pickle.dumps(x))))
print(pickle.loads(pickle.dumps(D('1.50'))), copy.deepcopy(D(2)), pickle.loads(pickle.dumps(Context(prec=7))).prec)
print(D('0.5') == Fraction(1, 2), D('0.3') < Fraction(1, 3), Fraction(1, 2) == D('0.5'))
print(sorted([D('1.10'), D('-2'), D('1e-5'), D('1.1')]), len({D('1.0'), D(1), 1, 1.0}))

def pi():
    lasts, t, s, n, na, d, da = D(0), D(3), D(3), D(1), D(0), D(0), D(24)
    while s != lasts:
        lasts = s
        n, na = n + na, na + 8
        d, da = d + da, da + 32
        t = (t * n) / d
        s += t
    return s
for prec in (9, 28, 100):
    with localcontext(prec=prec):
        print(pi())
