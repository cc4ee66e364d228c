"""Decimal arithmetic.

Everything is in _decimal_parts, which is imported once in a process: a second
import of this module gives the same classes and signals again.
"""

import _decimal_parts

globals().update({name: value for name, value in vars(_decimal_parts).items()
                  if not name.startswith('_')})
__version__ = _decimal_parts.__version__
__libmpdec_version__ = _decimal_parts.__libmpdec_version__
del _decimal_parts
