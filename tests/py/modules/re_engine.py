# What the engine of regular expressions does, one line per case.
import re

CASES = [
    # literals, sets, categories
    (r'abc', 'xxabcxx'), (r'[a-c]+', 'xxabcabx'), (r'[^a-c]+', 'abxyzc'), (r'\d+\.\d*', 'v 12.5'),
    (r'\w+', '\u00e9t\u00e9 1'), (r'(?a)\w+', '\u00e9t\u00e9 1'), (r'\s', 'a\u2003b'), (r'.+', 'ab\ncd'), (r'(?s).+', 'ab\ncd'),
    (r'\u0101\u4e00+', 'a\u0101\u4e00\u4e00\U0001f600'), ('\U0001f600', 'x\U0001f600y'), (r'[\u4e00-\u9fff]+', 'ab\u4e00\u4e8cc'),
    # repetition
    (r'a*', 'aaab'), (r'a*?b', 'aaab'), (r'a{2,3}', 'aaaa'), (r'a{2,3}?', 'aaaa'), (r'(?:ab)*c', 'ababc'),
    (r'(?:ab)*?c', 'ababc'), (r'(?:a|ab)(?:c|bcd)(?:d*)', 'abcd'), (r'(a|b)*c', 'ababc'), (r'(?:(a)|b)*', 'ab'),
    (r'(a?)*?b', 'aab'), (r'(?:a?)*y', 'aay'), (r'(?:|a)+b', 'aab'), (r'(?:a?){3}b', 'ab'), (r'(?:){5}x', 'x'),
    (r'(a*)*', 'b'), (r'(a*)+', 'aab'), (r'(?:x*y?)*z', 'xxyxz'), (r'((a)(b)?)+', 'aba'), (r'(?:(x)|(y)|z)+', 'xyz'),
    (r'a++b', 'aaab'), (r'a++a', 'aaa'), (r'(?:ab)++c', 'ababc'), (r'(?:a|ab)++c', 'abc'), (r'(?>a*)a', 'aaa'), (r'(?>a|ab)c', 'abc'),
    (r'(?:ab)?+abc', 'abc'), (r'.*+x', 'aax'), (r'x{0,2}+x', 'xxx'),
    # assertions, anchors
    (r'foo(?=bar)', 'foobaz foobar'), (r'foo(?!bar)', 'foobar foobaz'), (r'(?<=a)b', 'bab'), (r'(?<!a)b', 'abb'),
    (r'(?<=(a))b\1', 'aba'), (r'(?=(a+))a', 'aaa'), (r'(?!(a))b', 'b'), (r'^a', 'ba'), (r'(?m)^a', 'b\na'), (r'a$', 'a\n'),
    (r'a\Z', 'a\n'), (r'(?m)a$', 'a\nb'), (r'\bfoo\b', 'a foo b'), (r'\Boo', 'foo'), (r'\B', ''), (r'\b', ''), (r'\Aab', 'ab'),
    # groups
    (r'(a)(b)?(c)', 'ac'), (r'(?P<x>a+)-(?P=x)', 'aa-aa'), (r'(a)?(?(1)b|c)', 'ab'), (r'(a)?(?(1)b|c)', 'c'), (r'(a)?(?(1)b)$', 'x'),
    (r'(.)\1', 'abccd'), (r'(?i)(a)\1', 'aA'), (r'((((x))))', 'x'),
    # case
    (r'(?i)straSSe', 'STRASSE'), (r'(?i)[\u0130k]', '\u212a'), (r'(?i)\u0101', '\u0100'), (r'(?i)[^a]', 'Ab'), (r'(?i)[a-z]+', 'ABC\u017f'), (r'(?ai)k', '\u212aK'),
    # prefixes and search
    (r'abcabd', 'abcabcabd'), (r'aab(c|d)', 'aaab aabd'), (r'(?:abc|abd)e', 'abcabde'), (r'(?=x)', 'aax'), (r'', 'ab'),
]
for pattern, subject in CASES:
    m = re.search(pattern, subject)
    found = m and (m.span(), m.groups(), m.lastindex, m.regs)
    print(ascii(pattern), ascii(subject), ascii(found), ascii(re.findall(pattern, subject)))
    if subject.isascii() and pattern.isascii() and '\\u' not in pattern:
        b = re.search(pattern.encode(), subject.encode())
        print('   bytes', b and (b.span(), b.groups()))

# positions
p = re.compile('b*')
print([m.span() for m in p.finditer('abbb')], p.search('abb', 1).span(), p.fullmatch('abb', 1).span(), p.match('abb', 1, 2).span())
print(re.compile('^b').search('ab', 1), re.compile('(?<=a)b').search('ab', 1), re.compile('b$').search('abc', 0, 2))
print(re.sub('x*', '-', 'abxd'), re.split('(-)', 'a-b-c'), re.split('x*', 'axbc'), re.subn('[ab]', lambda m: m[0].upper(), 'cabbage', count=3))
print(re.sub(r'(?P<first>.)(.)', r'\2\g<first>\g<0>', 'abcd'))
s = p.scanner('abb')
print(s.match(), s.match(), s.search(), s.search())
print(re.findall(b'[\x80-\xff]+', bytearray(b'a\x80\xffb')), re.findall('a', 'b'), re.match(b'a', memoryview(b'ab')))
for subject in (b'a', 1, None):
    try:
        re.match('a', subject)
    except TypeError as e:
        print(e)
# much to remember, nothing on the native stack
print(re.match('(?:a|b)*', 'ab' * 100000).end(), re.match('(?:ab?)*?$', 'ab' * 20000).end(), re.match('(a|b)*?c', 'ab' * 1000 + 'c').end())
# many steps
print(re.match('(?:a?){22}a{22}$', 'a' * 22).span(), re.match(r'(x+x+)+y', 'x' * 18))
