# Searches in subjects that are long enough for a filter: patterns of all kinds, with their matches.
import random
import re

rng = random.Random(5)
atoms = ["a", "b", "c", "[ab]", "[^a]", ".", "a*", "b+", "c?", "(?:ab|c)", "(a|bc|ca)", "a{2}", "b{1,3}", "(?:ab){0,2}",
         "(?=a)", "(?!b)", "(?<=c)", "\\b", "^", "$", "a*?", "(?>a+)", "b++", "(?:|a)", "\\w", "\\s", "(?i:A)", "\u20ac", "(?:a|b|c|ab|ba|ca|ac|bb|cc)"]


def subjects():
    for letters in ("abc", "ab ", "abc\n", "aB\u20acc", "b\U0001f600a"):
        yield "".join(rng.choice(letters) for _ in range(450))


texts = list(subjects())
total = 0
for n in range(60):
    pattern = "".join(rng.choice(atoms) for _ in range(rng.randint(1, 4)))
    if n % 5 == 0:
        pattern += "|" + rng.choice(atoms) + rng.choice(atoms)
    try:
        compiled = re.compile(pattern, rng.choice([0, re.M, re.I, re.S, re.A]))
    except re.error as e:
        print(pattern, e)
        continue
    for text in texts:
        for _ in range(2):
            spans = [m.span() for m in compiled.finditer(text)]
            total += len(spans)
        m = compiled.search(text, 300)
        end = compiled.search(text[-3:])
        print(ascii(pattern), compiled.flags & 26, len(spans), hash(tuple(spans)) % 9973, m and m.span(), end and end.span(), end="; ")
    print(len(compiled.sub("-", texts[0])), len(compiled.split(texts[1])))
for pattern in (b"agg|tcc", b"[cgt]ggtaaa|tttacc[acg]", b"a.c"):
    data = bytes(rng.choice(b"acgt") for _ in range(3000))
    print(pattern, [m.start() for m in re.finditer(pattern, data)][:20])
print(total)
