"""`Unfolded`: what large macros of headers make, kept as text between compiles.

    enum bpf_func_id {
        __BPF_FUNC_MAPPER(__BPF_ENUM_FN)        ->      enum bpf_func_id { BPF_FUNC_unspec = 0,
        __BPF_FUNC_MAX_ID,                              BPF_FUNC_map_lookup_elem = 1, ...
    };

linux/bpf.h lists the helpers so, in a macro of 15,000 characters, and few programs need them. The text stays one until somebody
wants its tokens, as other text of headers does (see chunks.py).
"""

from __future__ import annotations

import re
import zlib

from ..cache import Cache
from ..source import Expansion
from .chunks import is_plain
from .macros import Macro
from .tokens import Token, spell

FILE = "<expansion of "  # how the names of such texts begin
_LARGE = 2000  # characters of a definition that is worth it
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Unfolded:
    """The text that a stretch of tokens, `[segment]`, expands to with the macros as they are now."""

    def __init__(self, tokens: list[Token], macros: dict[str, Macro], cache: Cache) -> None:
        self._macros = macros
        self._cache = cache
        self._used: dict[str, str] = {}
        self.name = next((word for _, word, *_ in tokens if word in macros and macros[word].length > _LARGE), "")
        self._entry = ""
        if self.name and cache.directory is not None and self._follow([token[1] for token in tokens]):
            data = "\0".join((spell(tokens), *(part for pair in sorted(self._used.items()) for part in pair)))
            coded = data.encode("utf-8", "surrogateescape")
            self._entry = f"unfolded-1-{len(coded):x}-{zlib.crc32(coded):08x}"

    def _follow(self, words: list[str]) -> bool:
        """Find all macros that the expansion can name; False if one of them is not the same each time."""
        todo = list(words)
        while todo:
            name = todo.pop()
            macro = self._macros.get(name)
            if macro is None or name in self._used:
                continue
            if macro.builtin is not None:
                return False
            self._used[name] = source = macro.source()
            todo += _WORD.findall(source)
        return True

    def text(self) -> str | None:
        """The text, if it is known and no macro has come since that it names."""
        kept = self._cache.get(self._entry) if self._entry else None
        if kept is None:
            return None
        text = kept.decode("utf-8", "surrogateescape")
        return text if self._macros.keys().isdisjoint(_WORD.findall(text)) else None

    def keep(self, tokens: list[Token], expansions: list[Expansion]) -> None:
        """`tokens` is what came of it, by way of `expansions`."""
        if not self._entry or not {expansion.macro for expansion in expansions} <= self._used.keys():
            return  # a name that ## made is one of a macro
        text = spell(tokens).replace(",", ",\n")
        data = text.encode("utf-8", "surrogateescape")
        if is_plain(data) and self._macros.keys().isdisjoint(_WORD.findall(text)):
            self._cache.put(self._entry, data)
