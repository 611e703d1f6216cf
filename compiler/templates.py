"""What `records` makes methods of: a function for every number of fields, which are called _0, _1, ... here.

They could be made of text when a class is; but that takes longer than all the rest of making one. For more fields than there are
here it is done so.
"""

# mypy: allow-untyped-defs, allow-untyped-calls, ignore-errors
# ruff: noqa: E501, E702
# fmt: off

from __future__ import annotations

new = tuple.__new__


class Factory:
    """A field's default that is made anew for every object."""

    __slots__ = ("make",)

    def __init__(self, make) -> None:
        self.make = make


# __init__ where no default is a Factory
def keep_0(self): pass
def keep_1(self, _0): self._0 = _0
def keep_2(self, _0, _1): self._0 = _0; self._1 = _1
def keep_3(self, _0, _1, _2): self._0 = _0; self._1 = _1; self._2 = _2
def keep_4(self, _0, _1, _2, _3): self._0 = _0; self._1 = _1; self._2 = _2; self._3 = _3
def keep_5(self, _0, _1, _2, _3, _4): self._0 = _0; self._1 = _1; self._2 = _2; self._3 = _3; self._4 = _4
def keep_6(self, _0, _1, _2, _3, _4, _5): self._0 = _0; self._1 = _1; self._2 = _2; self._3 = _3; self._4 = _4; self._5 = _5
def keep_7(self, _0, _1, _2, _3, _4, _5, _6): self._0 = _0; self._1 = _1; self._2 = _2; self._3 = _3; self._4 = _4; self._5 = _5; self._6 = _6
def keep_8(self, _0, _1, _2, _3, _4, _5, _6, _7): self._0 = _0; self._1 = _1; self._2 = _2; self._3 = _3; self._4 = _4; self._5 = _5; self._6 = _6; self._7 = _7
def keep_9(self, _0, _1, _2, _3, _4, _5, _6, _7, _8): self._0 = _0; self._1 = _1; self._2 = _2; self._3 = _3; self._4 = _4; self._5 = _5; self._6 = _6; self._7 = _7; self._8 = _8
def keep_10(self, _0, _1, _2, _3, _4, _5, _6, _7, _8, _9): self._0 = _0; self._1 = _1; self._2 = _2; self._3 = _3; self._4 = _4; self._5 = _5; self._6 = _6; self._7 = _7; self._8 = _8; self._9 = _9


# __init__ where some are
def make_1(self, _0): self._0 = _0.make() if _0.__class__ is Factory else _0
def make_2(self, _0, _1): self._0 = _0.make() if _0.__class__ is Factory else _0; self._1 = _1.make() if _1.__class__ is Factory else _1
def make_3(self, _0, _1, _2): self._0 = _0.make() if _0.__class__ is Factory else _0; self._1 = _1.make() if _1.__class__ is Factory else _1; self._2 = _2.make() if _2.__class__ is Factory else _2
def make_4(self, _0, _1, _2, _3): self._0 = _0.make() if _0.__class__ is Factory else _0; self._1 = _1.make() if _1.__class__ is Factory else _1; self._2 = _2.make() if _2.__class__ is Factory else _2; self._3 = _3.make() if _3.__class__ is Factory else _3
def make_5(self, _0, _1, _2, _3, _4): self._0 = _0.make() if _0.__class__ is Factory else _0; self._1 = _1.make() if _1.__class__ is Factory else _1; self._2 = _2.make() if _2.__class__ is Factory else _2; self._3 = _3.make() if _3.__class__ is Factory else _3; self._4 = _4.make() if _4.__class__ is Factory else _4
def make_6(self, _0, _1, _2, _3, _4, _5): self._0 = _0.make() if _0.__class__ is Factory else _0; self._1 = _1.make() if _1.__class__ is Factory else _1; self._2 = _2.make() if _2.__class__ is Factory else _2; self._3 = _3.make() if _3.__class__ is Factory else _3; self._4 = _4.make() if _4.__class__ is Factory else _4; self._5 = _5.make() if _5.__class__ is Factory else _5
def make_7(self, _0, _1, _2, _3, _4, _5, _6): self._0 = _0.make() if _0.__class__ is Factory else _0; self._1 = _1.make() if _1.__class__ is Factory else _1; self._2 = _2.make() if _2.__class__ is Factory else _2; self._3 = _3.make() if _3.__class__ is Factory else _3; self._4 = _4.make() if _4.__class__ is Factory else _4; self._5 = _5.make() if _5.__class__ is Factory else _5; self._6 = _6.make() if _6.__class__ is Factory else _6
def make_8(self, _0, _1, _2, _3, _4, _5, _6, _7): self._0 = _0.make() if _0.__class__ is Factory else _0; self._1 = _1.make() if _1.__class__ is Factory else _1; self._2 = _2.make() if _2.__class__ is Factory else _2; self._3 = _3.make() if _3.__class__ is Factory else _3; self._4 = _4.make() if _4.__class__ is Factory else _4; self._5 = _5.make() if _5.__class__ is Factory else _5; self._6 = _6.make() if _6.__class__ is Factory else _6; self._7 = _7.make() if _7.__class__ is Factory else _7
def make_9(self, _0, _1, _2, _3, _4, _5, _6, _7, _8): self._0 = _0.make() if _0.__class__ is Factory else _0; self._1 = _1.make() if _1.__class__ is Factory else _1; self._2 = _2.make() if _2.__class__ is Factory else _2; self._3 = _3.make() if _3.__class__ is Factory else _3; self._4 = _4.make() if _4.__class__ is Factory else _4; self._5 = _5.make() if _5.__class__ is Factory else _5; self._6 = _6.make() if _6.__class__ is Factory else _6; self._7 = _7.make() if _7.__class__ is Factory else _7; self._8 = _8.make() if _8.__class__ is Factory else _8
def make_10(self, _0, _1, _2, _3, _4, _5, _6, _7, _8, _9): self._0 = _0.make() if _0.__class__ is Factory else _0; self._1 = _1.make() if _1.__class__ is Factory else _1; self._2 = _2.make() if _2.__class__ is Factory else _2; self._3 = _3.make() if _3.__class__ is Factory else _3; self._4 = _4.make() if _4.__class__ is Factory else _4; self._5 = _5.make() if _5.__class__ is Factory else _5; self._6 = _6.make() if _6.__class__ is Factory else _6; self._7 = _7.make() if _7.__class__ is Factory else _7; self._8 = _8.make() if _8.__class__ is Factory else _8; self._9 = _9.make() if _9.__class__ is Factory else _9


# __new__ of tuples
def pack_1(self, _0): return new(self, (_0,))
def pack_2(self, _0, _1): return new(self, (_0, _1,))
def pack_3(self, _0, _1, _2): return new(self, (_0, _1, _2,))
def pack_4(self, _0, _1, _2, _3): return new(self, (_0, _1, _2, _3,))
def pack_5(self, _0, _1, _2, _3, _4): return new(self, (_0, _1, _2, _3, _4,))
def pack_6(self, _0, _1, _2, _3, _4, _5): return new(self, (_0, _1, _2, _3, _4, _5,))
def pack_7(self, _0, _1, _2, _3, _4, _5, _6): return new(self, (_0, _1, _2, _3, _4, _5, _6,))
def pack_8(self, _0, _1, _2, _3, _4, _5, _6, _7): return new(self, (_0, _1, _2, _3, _4, _5, _6, _7,))
def pack_9(self, _0, _1, _2, _3, _4, _5, _6, _7, _8): return new(self, (_0, _1, _2, _3, _4, _5, _6, _7, _8,))
