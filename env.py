class PyPt:
    __slots__ = ('x', 'y')
    def __init__(self, x=0.0, y=0.0): self.x = x; self.y = y
def pyf(): return None
def pyf1(a): return None
def pyf1b(a): return a
class C: pass
cobj = C(); cobj.attr = 1
f0=border.noargs; f1=border.o; ff=border.fast; p=border.Pt(1.0, 2.0); q=border.Pt(1.0, 2.0); obj=object(); L1000=[float(i) for i in range(1000)]; T1000=tuple(float(i) for i in range(1000))
ba=bytearray(100); s='hello'; Pt=border.Pt; d={'k': 1}; kk='k'
