import unicodedata as u

assert u.unidata_version == '16.0.0'
assert u.name('a') == 'LATIN SMALL LETTER A'
assert u.name('\x00', None) is None
assert u.lookup('GREEK SMALL LETTER ALPHA') == '\u03b1'
assert u.lookup(b'SPACE') == ' '
assert u.category('A') == 'Lu' and u.category('\u0378') == 'Cn'
assert u.bidirectional('\u05d0') == 'R'
assert u.combining('\u0301') == 230
assert u.mirrored('(') == 1
assert u.east_asian_width('\u3042') == 'W'
assert u.decomposition('\u00e9') == '0065 0301'
assert u.decimal('7') == 7 and u.digit('\u00b2') == 2 and u.numeric('\u00bd') == 0.5
assert u.decimal('x', 'no') == 'no'
assert u.normalize('NFD', '\u00e9') == 'e\u0301'
assert u.normalize('NFKC', '\ufb01') == 'fi'
assert u.is_normalized('NFC', '\u00e9') and not u.is_normalized('NFD', '\u00e9')
assert u.ucd_3_2_0.unidata_version == '3.2.0'
assert u.ucd_3_2_0.category('\u0221') == 'Cn' and u.category('\u0221') == 'Ll'
assert u.ucd_3_2_0.normalize('NFC', 'e\u0301') == '\u00e9'


def message(f, *args):
    try:
        f(*args)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


for c in [(u.name, '\x00'), (u.lookup, 'NO SUCH'), (u.category, 'ab'), (u.category, 1), (u.decimal, 'x'),
          (u.digit, 'x'), (u.numeric, 'x'), (u.normalize, 'XX', 'a'), (u.name, ''), (u.category,)]:
    print(message(*c))
