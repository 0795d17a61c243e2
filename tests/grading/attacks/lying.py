"""Lying objects: nothing of theirs comes out of the box, so none is ever asked."""

from . import answer, value

_NUMBER = """class Liar({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __bool__(self): return True
    def __len__(self): return 15
    def __getitem__(self, at): return self
    def __iter__(self): return iter([self] * 4)
    def __contains__(self, each): return True
    def get(self, *a): return self
    def keys(self): return ["entries", "table", "all", "wider"]
    def items(self): return [(k, self) for k in self.keys()]
    def __float__(self): return 3.0
    def __index__(self): return 1
    def __repr__(self): return "3.0"
    def __reduce__(self): return (eval, ("__import__('os').system('touch OUTSIDE/harmed')",))
    def __class_getitem__(cls, at): return cls
    {more}
"""


def _liar(base: str = "object", more: str = "pass") -> str:
    return _NUMBER.format(base=base, more=more)


ATTACKS = [
    value("equal to everything", _liar() + "weights = Liar()"),
    value(
        "a number equal to everything",
        _liar("int") + "weights = dict.fromkeys(('entries', 'table', 'all', 'wider'), Liar(-5))",
    ),
    value(
        "a string equal to everything",
        _liar("str") + "weights = dict.fromkeys(('entries', 'table', 'all', 'wider'), Liar('x'))",
    ),
    value(
        "a float equal to everything",
        _liar("float")
        + "weights = dict.fromkeys(('entries', 'table', 'all', 'wider'), Liar(-1.5))",
    ),
    value("a dict with every key", _liar("dict") + "weights = Liar()"),
    value(
        "a dict that grows when it is read",
        """class Grows(dict):
    def __missing__(self, key): return 7
    def items(self):
        while True: yield 'entries', 7
weights = Grows()""",
    ),
    value(
        "keys that are code",
        """class Key(str):
    def __eq__(self, o): return True
    def __hash__(self): return hash('entries')
weights = {Key('x'): -1}""",
    ),
    answer(
        "a function that is no function",
        _liar()
        + """class Call(Liar):
    def __call__(self, *a): return self
entry_bytes = Call()""",
    ),
    answer(
        "pretends to be an int",
        _liar(more="__class__ = int") + "def entry_bytes(*a): return Liar()",
    ),
    answer(
        "a metaclass that lies",
        """class M(type):
    __module__ = property(lambda c: 1 / 0)
    __name__ = property(lambda c: '<script>')
    def __instancecheck__(c, o): return True
    def __eq__(c, o): return True
    def __hash__(c): return hash(int)
class V(metaclass=M): pass
def entry_bytes(*a): return V()""",
    ),
    answer(
        "an exception that lies",
        """class E(BaseException):
    def __str__(self): return 1 / 0
    def __repr__(self):
        while True: pass
    args = property(lambda s: 1 / 0)
def entry_bytes(*a): raise E""",
    ),
    answer("half a character", "def entry_bytes(*a): raise ValueError('\\ud800' * 10)"),
    answer(
        "a name that is code",
        """class N(str):
    def isidentifier(self): raise RuntimeError
    def __str__(self): return '3.0'
def entry_bytes(*a): return -1
entry_bytes.__name__ = N('f')""",
    ),
    answer(
        "an array that lies",
        """import numpy
class A(numpy.ndarray):
    def tolist(self): return 1
    def item(self): return 1
    def __eq__(self, o): return True
def entry_bytes(*a): return numpy.array([-1]).view(A)""",
    ),
    answer("true for one", "def entry_bytes(*a): return '1'"),
    answer(
        "something that unpickles",
        """import pickle
class P:
    def __reduce__(self): return (open, ('OUTSIDE/harmed', 'w'))
def entry_bytes(*a): return pickle.dumps(P())""",
    ),
]
