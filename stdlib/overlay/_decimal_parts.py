"""Decimal arithmetic: the native module _decimal_core with what is rarely used.

Signals, flags and contexts are completed here.  Operations that _decimal_core
does not have are computed by _pydecimal under an equal context.
"""

import numbers as _numbers
from collections import namedtuple as _namedtuple
from collections.abc import MutableMapping as _MutableMapping
from contextvars import ContextVar as _ContextVar

import _decimal_core as _core
from _decimal_core import (
    Decimal, Context, MAX_PREC, MAX_EMAX, MIN_EMIN, MIN_ETINY, getcontext)

__version__ = '1.70'
__libmpdec_version__ = '2.5.1'
HAVE_THREADS = True
HAVE_CONTEXTVAR = True

DecimalTuple = _namedtuple('DecimalTuple', 'sign digits exponent', module='decimal')

ROUND_UP = 'ROUND_UP'
ROUND_DOWN = 'ROUND_DOWN'
ROUND_CEILING = 'ROUND_CEILING'
ROUND_FLOOR = 'ROUND_FLOOR'
ROUND_HALF_UP = 'ROUND_HALF_UP'
ROUND_HALF_DOWN = 'ROUND_HALF_DOWN'
ROUND_HALF_EVEN = 'ROUND_HALF_EVEN'
ROUND_05UP = 'ROUND_05UP'


# Signals and conditions

def _exception(name, *bases):
    return type(name, bases, {'__module__': 'decimal'})

DecimalException = _exception('DecimalException', ArithmeticError)
Clamped = _exception('Clamped', DecimalException)
InvalidOperation = _exception('InvalidOperation', DecimalException)
ConversionSyntax = _exception('ConversionSyntax', InvalidOperation)
DivisionByZero = _exception('DivisionByZero', DecimalException, ZeroDivisionError)
DivisionImpossible = _exception('DivisionImpossible', InvalidOperation)
DivisionUndefined = _exception('DivisionUndefined', InvalidOperation, ZeroDivisionError)
Inexact = _exception('Inexact', DecimalException)
InvalidContext = _exception('InvalidContext', InvalidOperation)
Rounded = _exception('Rounded', DecimalException)
Subnormal = _exception('Subnormal', DecimalException)
Overflow = _exception('Overflow', Inexact, Rounded)
Underflow = _exception('Underflow', Inexact, Rounded, Subnormal)
FloatOperation = _exception('FloatOperation', DecimalException, TypeError)

# The bits of number.rs; a signal is set if one of its bits is.
_INVALID = 0x3ba
_SIGNALS = {
    InvalidOperation: _INVALID,
    FloatOperation: 0x400,
    DivisionByZero: 4,
    Overflow: 0x800,
    Underflow: 0x4000,
    Subnormal: 0x2000,
    Inexact: 0x40,
    Rounded: 0x1000,
    Clamped: 1,
}
_CONDITIONS = {
    InvalidOperation: 0x100,
    ConversionSyntax: 2,
    DivisionImpossible: 8,
    DivisionUndefined: 0x10,
    InvalidContext: 0x80,
}


def _raise_signal(bits):
    found = [c for c, bit in _CONDITIONS.items() if bits & bit]
    found += [s for s, bit in _SIGNALS.items() if s is not InvalidOperation and bits & bit]
    signal = next(s for s, bit in _SIGNALS.items() if bits & bit)
    raise signal(found)


class SignalDict(_MutableMapping):
    """The flags or traps of a context."""

    __slots__ = ('_context', '_name')

    def __init__(self, context, name):
        self._context = context
        self._name = name

    def _bits(self):
        return getattr(self._context, self._name)

    def __getitem__(self, signal):
        return self._bits() & _bit_of(signal) != 0

    def __setitem__(self, signal, value):
        bit = _bit_of(signal)
        bits = self._bits() & ~bit
        setattr(self._context, self._name, bits | bit if value else bits)

    def __delitem__(self, signal):
        raise ValueError('signal keys cannot be deleted')

    def __iter__(self):
        return iter(_SIGNALS)

    def __len__(self):
        return len(_SIGNALS)

    def __repr__(self):
        inner = ', '.join(
            f"<class 'decimal.{s.__name__}'>:{self[s]}" for s in _SIGNALS)
        return '{' + inner + '}'

    def __eq__(self, other):
        if isinstance(other, SignalDict):
            return all(self[s] == other[s] for s in _SIGNALS)
        if isinstance(other, dict):
            return self.copy() == other
        return NotImplemented

    __hash__ = None

    def copy(self):
        return {s: self[s] for s in _SIGNALS}

SignalDict.__module__ = 'decimal'


def _bit_of(signal):
    try:
        return _SIGNALS[signal]
    except (KeyError, TypeError):
        raise KeyError('invalid error flag') from None


def _bits_of_dict(given):
    if len(given) != len(_SIGNALS):
        raise KeyError('invalid signal dict')
    bits = 0
    for signal, value in given.items():
        if signal not in _SIGNALS:
            raise KeyError('invalid signal dict')
        if value:
            bits |= _SIGNALS[signal]
    return bits


def _bits_of_list(given):
    bits = 0
    for signal in given:
        if signal in _SIGNALS:
            bits |= _SIGNALS[signal]
        elif signal in _CONDITIONS:
            bits |= _CONDITIONS[signal]
        else:
            raise TypeError('values must be members of decimal.signals')
    return bits


def _bits_given(given):
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if isinstance(given, list):
        return _bits_of_list(given)
    if isinstance(given, SignalDict):
        return given._bits()
    if isinstance(given, dict):
        return _bits_of_dict(given)
    raise TypeError('argument must be a signal dict')


# Contexts

def _signal_property(name):
    def get(self):
        return SignalDict(self, name)

    def set(self, value):
        setattr(self, name, _bits_given(value))

    return property(get, set)


def _init(self, prec=None, rounding=None, Emin=None, Emax=None, capitals=None,
          clamp=None, flags=None, traps=None):
    template = _template
    self.prec = template[0] if prec is None else prec
    self.rounding = template[1] if rounding is None else rounding
    self.Emin = template[2] if Emin is None else Emin
    self.Emax = template[3] if Emax is None else Emax
    self.capitals = template[4] if capitals is None else capitals
    self.clamp = template[5] if clamp is None else clamp
    self._flags = 0 if flags is None else _bits_given(flags)
    self._traps = template[6] if traps is None else _bits_given(traps)


def _copy(self):
    """Return a duplicate of the context with all flags cleared."""
    new = Context.__new__(Context)
    new.prec = self.prec
    new.rounding = self.rounding
    new.Emin = self.Emin
    new.Emax = self.Emax
    new.capitals = self.capitals
    new.clamp = self.clamp
    new._flags = self._flags
    new._traps = self._traps
    return new


def _repr(self):
    def names(bits):
        found = sorted((bit & -bit, s.__name__) for s, bit in _SIGNALS.items() if bits & bit)
        return '[' + ', '.join(name for _, name in found) + ']'
    return (f'Context(prec={self.prec}, rounding={self.rounding}, Emin={self.Emin}, '
            f'Emax={self.Emax}, capitals={self.capitals}, clamp={self.clamp}, '
            f'flags={names(self._flags)}, traps={names(self._traps)})')


def _clear_flags(self):
    """Reset all flags to False."""
    self._flags = 0


def _clear_traps(self):
    """Set all traps to False."""
    self._traps = 0


def _reduce(self):
    def signals(bits):
        return [s for s, bit in _SIGNALS.items() if bits & bit]
    return (type(self), (self.prec, self.rounding, self.Emin, self.Emax, self.capitals,
                         self.clamp, signals(self._flags), signals(self._traps)))


def _create_decimal_from_float(self, f, /):
    """Create a new Decimal instance from float f."""
    return self.create_decimal(Decimal.from_float(f))


def _delattr(self, name):
    raise AttributeError('context attributes cannot be deleted')


# Operations that _pydecimal computes

_python = None


def _pydecimal():
    global _python
    if _python is None:
        import _pydecimal
        _python = _pydecimal
    return _python


def _out(value):
    """A Decimal as one of _pydecimal's."""
    sign, digits, exponent = value._triple()
    return _pydecimal()._dec_from_triple(
        sign, digits, exponent, isinstance(exponent, str))


def _back(value):
    if isinstance(value, _pydecimal().Decimal):
        digits = value._int
        return _core.from_triple(bool(value._sign), digits, value._exp)
    if isinstance(value, tuple):
        return tuple(map(_back, value))
    return value


def _operand(value):
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    raise TypeError(
        f'conversion from {type(value).__name__} to Decimal is not supported')


def _compute(name, context, *operands):
    python = _pydecimal()
    other = python.Context(
        prec=context.prec, rounding=context.rounding, Emin=context.Emin, Emax=context.Emax,
        capitals=context.capitals, clamp=context.clamp, flags=[], traps=[])
    result = _back(getattr(other, name)(*(_out(_operand(x)) for x in operands)))
    bits = 0
    for signal, is_set in other.flags.items():
        if is_set:
            bits |= _NAMED[signal.__name__]
    if bits:
        context._settle(bits)
    return result

_NAMED = {s.__name__: bit for s, bit in _SIGNALS.items()}
_NAMED['InvalidOperation'] = 0x100


def _context_argument(context):
    if context is None:
        return getcontext()
    if not isinstance(context, Context):
        raise TypeError('optional argument must be a context')
    return context


def _unary_method(name):
    def method(self, context=None):
        return _compute(name, _context_argument(context), self)
    return method


def _binary_method(name):
    def method(self, other, context=None):
        return _compute(name, _context_argument(context), self, other)
    return method


def _context_unary(name):
    def method(self, x, /):
        return _compute(name, self, x)
    return method


def _context_binary(name):
    def method(self, x, y, /):
        return _compute(name, self, x, y)
    return method


def _through(name):
    """A context's method that is a Decimal's without a context."""
    def method(self, x, /, *rest):
        return getattr(_operand(x), name)(*map(_operand, rest))
    return method


def _with_context(name):
    """A context's method that is a Decimal's."""
    def method(self, x, /, *rest):
        return getattr(_operand(x), name)(*map(_operand, rest), context=self)
    return method


_UNARY = ['exp', 'ln', 'log10', 'logb', 'logical_invert', 'next_minus', 'next_plus',
          'number_class', 'sqrt', 'is_normal', 'is_subnormal']
_BINARY = ['compare_signal', 'compare_total', 'compare_total_mag', 'logical_and', 'logical_or',
           'logical_xor', 'max', 'max_mag', 'min', 'min_mag', 'next_toward', 'remainder_near',
           'rotate', 'same_quantum', 'scaleb', 'shift']


def _as_tuple(self):
    """Return a tuple representation of the number."""
    sign, digits, exponent = self._triple()
    if exponent == 'F':
        return DecimalTuple(sign, (0,), 'F')
    return DecimalTuple(sign, tuple(map(int, digits)), exponent)


def _tuple_text(value):
    """What Decimal(tuple) reads."""
    if len(value) != 3:
        raise ValueError('argument must be a sequence of length 3')
    sign, digits, exponent = value
    if not isinstance(sign, int) or sign not in (0, 1):
        raise ValueError('sign must be an integer with the value 0 or 1')
    head = '-' if sign else ''
    if isinstance(exponent, str):
        if exponent == 'F':
            return head + 'Infinity'
        if exponent not in ('n', 'N'):
            raise ValueError("string argument in the third position must be 'F', 'n' or 'N'")
        head += 'NaN' if exponent == 'n' else 'sNaN'
        tail = ''
    elif isinstance(exponent, int):
        tail = f'E{exponent:d}'
    else:
        raise ValueError('exponent must be an integer')
    if not isinstance(digits, (tuple, list)):
        raise ValueError('coefficient must be a tuple of digits')
    text = ''
    for digit in digits:
        if not isinstance(digit, int) or not 0 <= digit <= 9:
            raise ValueError('coefficient must be a tuple of digits')
        text += str(int(digit))
    if tail and not text:
        text = '0'
    return head + text + tail


_COMPARE = ['lt', 'le', 'eq', 'ne', 'gt', 'ge']


def _compare_other(self, other, op):
    if isinstance(other, _numbers.Rational):
        if not self.is_finite():
            other = Decimal(0)
        else:
            # self * denominator against numerator, exactly
            left = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[]).multiply(
                self, Decimal(other.denominator))
            self, other = left, Decimal(other.numerator)
    elif isinstance(other, complex) and op in (2, 3) and other.imag == 0:
        getcontext()._flags |= 0x400
        other = Decimal(other.real)
    else:
        return NotImplemented
    return getattr(self, f'__{_COMPARE[op]}__')(other)


def _power(a, b, modulo):
    context = getcontext()
    if modulo is None:
        return _context_power(context, a, b)
    return _context_power(context, a, b, modulo)


def _context_power(self, /, a, b, modulo=None):
    """Compute a**b, or a**b % modulo."""
    if modulo is None:
        return _compute('power', self, a, b)
    return _compute('power', self, a, b, modulo)


def _format(self, specifier, override=None, /):
    if not isinstance(specifier, str):
        raise TypeError('format arg must be str')
    if not specifier:
        return str(self)
    python = _pydecimal()
    context = getcontext()
    other = python.Context(rounding=context.rounding, capitals=context.capitals, traps=[])
    try:
        return _out(self).__format__(specifier, other, override)
    except ValueError:
        raise ValueError('invalid format string') from None


def _round(self, ndigits=None, /):
    if ndigits is not None:
        if not isinstance(ndigits, int):
            raise TypeError('optional arg must be an integer')
        return self.quantize(_core.from_triple(False, '1', -ndigits))
    return _to_int(self, ROUND_HALF_EVEN)


def _to_int(self, rounding):
    if not self.is_finite():
        return int(self)
    return int(self.to_integral_value(rounding))


def _complex(self):
    return complex(float(self))


def _number_part(self):
    return self


def _from_number(cls, number, /):
    """Class method that converts a real number to a decimal number, exactly."""
    if isinstance(number, float):
        return cls.from_float(number)
    if isinstance(number, (int, Decimal)):
        return cls(number)
    raise TypeError(f'Cannot convert {number!r} to Decimal')


def _same_quantum(self, other, context=None):
    """Test whether self and other have the same exponent or whether both are NaN."""
    _context_argument(context)
    a, b = self._triple()[2], _operand(other)._triple()[2]
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and a.lower() == b.lower()
    return a == b


def _install():
    decimal = {name: _unary_method(name) for name in _UNARY}
    decimal |= {name: _binary_method(name) for name in _BINARY}
    decimal |= {
        'as_tuple': _as_tuple,
        'same_quantum': _same_quantum,
        'from_number': classmethod(_from_number),
        'to_integral': Decimal.to_integral_value,
        'canonical': lambda self: self,
        'conjugate': _number_part,
        'is_canonical': lambda self: True,
        'radix': lambda self: Decimal(10),
        '__format__': _format,
        '__round__': _round,
        '__floor__': lambda self: _to_int(self, ROUND_FLOOR),
        '__ceil__': lambda self: _to_int(self, ROUND_CEILING),
        '__trunc__': lambda self: int(self),
        '__complex__': _complex,
    }
    context = {name: _context_unary(name) for name in _UNARY}
    context |= {name: _context_binary(name) for name in _BINARY}
    for name in ('compare', 'normalize', 'to_integral_exact', 'to_integral_value',
                 'to_eng_string'):
        context[name] = _with_context(name)
    for name in ('copy_abs', 'copy_negate', 'copy_sign', 'is_finite', 'is_infinite', 'is_nan',
                 'is_qnan', 'is_snan', 'is_signed', 'is_zero', 'same_quantum'):
        context[name] = _through(name)
    context |= {
        '__init__': _init,
        '__repr__': _repr,
        '__reduce__': _reduce,
        '__copy__': _copy,
        'copy': _copy,
        'flags': _signal_property('_flags'),
        'traps': _signal_property('_traps'),
        'clear_flags': _clear_flags,
        'clear_traps': _clear_traps,
        'Etiny': lambda self: self.Emin - self.prec + 1,
        'Etop': lambda self: self.Emax - self.prec + 1,
        'radix': lambda self: Decimal(10),
        '_apply': lambda self, x, /: self.create_decimal(_a_decimal(x)),
        'power': _context_power,
        'divmod': _context_divmod,
        'to_integral': context['to_integral_value'],
        'to_sci_string': _to_sci_string,
        'canonical': lambda self, x, /: _a_decimal(x),
        'is_canonical': lambda self, x, /: bool(_a_decimal(x)) or True,
        'copy_decimal': lambda self, x, /: _operand(x),
        'create_decimal_from_float': _create_decimal_from_float,
    }
    functions = {
        'raise_signal': _raise_signal,
        'new_context': lambda: DefaultContext.copy(),
        'tuple_text': _tuple_text,
        'compare_other': _compare_other,
        'power': _power,
    }
    for attributes, owner in ((decimal, 'Decimal'), (context, 'Context')):
        for name, value in attributes.items():
            if callable(value) and hasattr(value, '__qualname__') and not isinstance(value, type):
                try:
                    value.__name__ = name
                    value.__qualname__ = f'{owner}.{name}'
                except (AttributeError, TypeError):
                    pass
    _core.extend(decimal, context, functions, _ContextVar('decimal_context'))


def _a_decimal(x):
    if not isinstance(x, Decimal):
        raise TypeError('argument must be a Decimal')
    return x


def _context_divmod(self, x, y, /):
    """Return quotient and remainder of the division x / y."""
    return _compute('divmod', self, x, y)


def _to_sci_string(self, x, /):
    """Convert a number to a string using scientific notation."""
    text = str(_operand(x))
    return text.upper() if self.capitals and _operand(x).is_finite() else (
        text.replace('E', 'e') if _operand(x).is_finite() else text)


_template = (28, ROUND_HALF_EVEN, -999999, 999999, 1, 0, _INVALID | 4 | 0x800)
_install()
_numbers.Number.register(Decimal)

DefaultContext = Context()
BasicContext = Context(prec=9, rounding=ROUND_HALF_UP,
                       traps=[InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped])
ExtendedContext = Context(prec=9, rounding=ROUND_HALF_EVEN, traps=[])


def setcontext(context, /):
    """Set a new default context."""
    if not isinstance(context, Context):
        raise TypeError('argument must be a context')
    if context in (DefaultContext, BasicContext, ExtendedContext):
        context = context.copy()
        context.clear_flags()
    _core.setcontext(context)


class _ContextManager:
    """The object of a with statement that localcontext() gives."""

    def __init__(self, context):
        self.new_context = context

    def __enter__(self):
        self.saved_context = getcontext()
        setcontext(self.new_context)
        return self.new_context

    def __exit__(self, *details):
        setcontext(self.saved_context)

_ContextManager.__name__ = _ContextManager.__qualname__ = 'ContextManager'
_ContextManager.__module__ = 'decimal'


def localcontext(ctx=None, *, prec=None, rounding=None, Emin=None, Emax=None, capitals=None,
                 clamp=None, flags=None, traps=None):
    """Return a context manager that sets the default context to a copy of ctx on
    entry to the with-statement and restores the previous default context when
    exiting the with-statement. If no context is supplied, a copy of the current
    default context is used."""
    if ctx is None:
        ctx = getcontext()
    elif not isinstance(ctx, Context):
        raise TypeError('optional argument must be a context')
    new = ctx.copy()
    given = dict(prec=prec, rounding=rounding, Emin=Emin, Emax=Emax, capitals=capitals,
                 clamp=clamp, flags=flags, traps=traps)
    for name, value in given.items():
        if value is not None:
            setattr(new, name, value)
    return _ContextManager(new)


def IEEEContext(bits, /):
    """Return a context object initialized to the proper values for one of the
    IEEE interchange formats.  The argument must be a multiple of 32 and less
    than IEEE_CONTEXT_MAX_BITS."""
    if bits <= 0 or bits > IEEE_CONTEXT_MAX_BITS or bits % 32:
        raise ValueError(
            f'argument must be a multiple of 32, with a maximum of {IEEE_CONTEXT_MAX_BITS}')
    new = Context()
    new.prec = 9 * (bits // 32) - 2
    new.Emax = 3 * (1 << (bits // 16 + 3))
    new.Emin = 1 - new.Emax
    new.rounding = ROUND_HALF_EVEN
    new.clamp = 1
    new._traps = 0
    return new

IEEE_CONTEXT_MAX_BITS = 512
