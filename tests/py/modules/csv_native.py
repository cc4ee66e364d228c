import csv
import io


def write(rows, **kw):
    f = io.StringIO()
    csv.writer(f, **kw).writerows(rows)
    return f.getvalue()


def message(f, *args, **kw):
    try:
        f(*args, **kw)
    except Exception as e:
        return f'{type(e).__name__}: {e}'
    return 'nothing'


def read(*lines, **kw):
    return list(csv.reader(lines, **kw))


assert read('a,b\r\n', '"c ""d""",e\n', '\n', 'x,') == [['a', 'b'], ['c "d"', 'e'], [], ['x', '']]
assert read('"a\n', 'b",c') == [['a\nb', 'c']]
assert read('1,"2"', quoting=csv.QUOTE_NONNUMERIC) == [[1.0, '2']]
assert read(',"",x', quoting=csv.QUOTE_NOTNULL) == [[None, '', 'x']]
assert read(',"",3', quoting=csv.QUOTE_STRINGS) == [[None, '', 3.0]]
assert read('a\\,b;c', delimiter=';', escapechar='\\') == [['a,b', 'c']]
assert read('a, b', skipinitialspace=True) == [['a', 'b']]
assert read('"a"b,c') == [['ab', 'c']]
assert read('a"b",c') == [['a"b"', 'c']]
assert read("'a','b'", quotechar="'") == [['a', 'b']]
assert read('"a",b', quoting=csv.QUOTE_NONE) == [['"a"', 'b']]
assert read('a\tb', dialect='excel-tab') == [['a', 'b']]
assert read('"abc') == [['abc']]
assert message(read, '"a"b', strict=True) == "Error: ',' expected after '\"'"
assert message(read, '"abc', strict=True) == 'Error: unexpected end of data'
assert message(read, b'abc') == \
    'Error: iterator should return strings, not bytes (the file should be opened in text mode)'
assert message(read, 'a\rb') == ("Error: new-line character seen in unquoted field - do you need to open the "
                                 "file with newline=''?")

assert write([['a', 1, None, 'x,y', 'q"q', 'n\nl', 2.5]]) == 'a,1,,"x,y","q""q","n\nl",2.5\r\n'
assert write([['a', 1, None]], quoting=csv.QUOTE_ALL) == '"a","1",""\r\n'
assert write([['a', 1, None, 1.5, 1j]], quoting=csv.QUOTE_NONNUMERIC) == '"a",1,"",1.5,1j\r\n'
assert write([['a', 1, None]], quoting=csv.QUOTE_STRINGS) == '"a",1,\r\n'
assert write([['a', 1, None]], quoting=csv.QUOTE_NOTNULL) == '"a","1",\r\n'
assert write([['']]) == '""\r\n' and write([[None]]) == '""\r\n' and write([[]]) == '\r\n'
assert write([['a"b', 'c']], doublequote=False, escapechar='\\') == 'a\\"b,c\r\n'
assert write([['a,b', 'c']], quoting=csv.QUOTE_NONE, escapechar='\\') == 'a\\,b,c\r\n'
assert write([['a', 'b']], delimiter=';', lineterminator='!') == 'a;b!'
assert message(write, [['a,b']], quoting=csv.QUOTE_NONE) == 'Error: need to escape, but no escapechar set'
assert message(write, [['']], quoting=csv.QUOTE_NONE) == 'Error: single empty field record must be quoted'
assert message(write, [5]) == 'Error: iterable expected, not int'

csv.register_dialect('mine', delimiter='|')
assert 'mine' in csv.list_dialects() and csv.get_dialect('mine').delimiter == '|'
assert read('a|b', dialect='mine') == [['a', 'b']]
csv.unregister_dialect('mine')
assert message(csv.get_dialect, 'mine') == 'Error: unknown dialect'
for kw in (dict(delimiter=''), dict(delimiter=None), dict(delimiter=1), dict(quotechar='ab'), dict(quoting=9),
           dict(quotechar=None, quoting=0), dict(lineterminator=1), dict(delimiter='"'), dict(foo=1),
           dict(delimiter='\n'), dict(quoting='x')):
    print(message(csv.reader, [], **kw))
d = csv.reader([], quotechar=None).dialect
assert (d.quoting, d.quotechar, d.lineterminator, d.strict, d.doublequote) == (3, None, '\r\n', False, True)
r = csv.DictReader(['a,b', '1,2'])
assert list(r) == [{'a': '1', 'b': '2'}] and r.line_num == 2
assert csv.field_size_limit() == 131072
f = io.StringIO()
w = csv.DictWriter(f, ['a', 'b'])
w.writeheader()
w.writerow({'a': 1, 'b': 2})
assert f.getvalue() == 'a,b\r\n1,2\r\n'
assert csv.Sniffer().sniff('a;b\nc;d\n').delimiter == ';'
