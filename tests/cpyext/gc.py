# Collected types: what is unreachable goes, what is reachable stays.
import weakref

import ext_gc as m

Node = m.Node


def deep(n):
    # Calls of native code from native code: what earlier calls left on the stack is overwritten.
    return sorted([n], key=lambda _: n and deep(n - 1))


def counts():
    deep(5)
    m.collect()
    m.collect()
    return m.counts()[:2]


print(m.switches(), m.steps(), counts())

# No cycle: gone at once.
node = Node()
print(m.is_tracked(node), m.is_tracked(5), m.is_tracked([]), m.visited(node))
node.other = [1]
print(m.visited(node))
del node
print(counts()[0])

# Cycles: of one C object, of two, through Python objects, through a closure.
node = Node()
node.other = node
del node
print(counts())
m.drop_cycle()
print(counts()[0])
node = Node()
holder = [node]
node.other = holder
del node, holder
print(counts()[0])


class Python:
    pass


python = Python()
node = Node(python)
python.node = node
node.attribute = node
ref = weakref.ref(python)
del node, python
print(counts()[0], ref())
node = Node()
node.other = lambda: node
del node
print(counts()[0])
nodes = [Node() for _ in range(100)]
for i, node in enumerate(nodes):
    node.other = nodes[i - 1]
    node.extra = {"all": nodes}
kept = nodes[50]
del nodes, node
print(counts()[0])
print(len(kept.extra["all"]), kept.other.other is kept.extra["all"][48])
del kept
print(counts()[0])

# A subclass in Python.


class Sub(Node):
    def __init__(self, *args):
        self.me = self


sub = Sub()
print(sub.me is sub, counts()[0])
ref = weakref.ref(sub)
del sub
print(counts()[0], ref())

# Finalisers run once, before anything is cleared; a resurrected object lives on.
log = []
a = Node()
b = Node(a)
a.other = b
a.name = "a"
a.on_finalize = lambda self: log.append((self.name, self.other is not None, self.other.other is self))
del a, b
print(counts()[0], log)
saved = []
node = Node()
node.other = node
node.on_finalize = saved.append
del node
print(counts()[0], len(saved), saved[0].other is saved[0])
saved.clear()
print(counts()[0])
node = Node()
node.on_finalize = saved.append
del node
print(counts()[0], len(saved))
saved.clear()
print(counts()[0])

# Reachable only from C: stays.
outer = Node([Node(Node())])
print(counts()[0], outer.other[0].other is not None)
del outer
print(counts()[0])
