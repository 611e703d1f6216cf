"""`DebugOptions`: what -g and its kin ask for. BTF is always there, for the maps; -g adds DWARF, -g0 leaves lines out."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ..records import dataclass, field
from ..source import Place
from .errors import usage_error

if TYPE_CHECKING:
    from ..object.image import Image
    from ..object.model import Object

_LINES = ("1", "line-tables-only", "line-directives-only", "mlt")
# split-dwarf: in the object all the same, of which it is a small part
_FULL = re.compile(r"(?:|[23]|dwarf(?:-[2-5]|32)?|gdb[123]?|lldb|sce|dbx|full|split-dwarf(?:=.*)?)\Z")
_NO_MATTER = re.compile(  # how compact it is, or what else is in it
    r"no-|z(?:=.*)?\Z|(?:column-info|strict-dwarf|pubnames|gnu-pubnames|record-command-line|record-gcc-switches|embed-source|"
    r"inline-line-tables|simple-template-names|template-alias|mmodules|modules|dwarf-aranges|key-instructions|omit-unref-methods)\Z"
)


@dataclass(slots=True)
class DebugOptions:
    """The debug information that is wanted."""

    lines: bool = True  # of BTF
    dwarf: str = ""  # "lines", "full", or none
    version: int = 5
    directory: str = ""  # where relative names begin; "" is the current one
    maps: list[tuple[str, str]] = field(default_factory=list)  # beginnings of names, and what is written for them

    def level(self, value: str) -> None:
        """-g`value`; the last one counts."""
        if value in ("0", "gdb0"):
            self.lines, self.dwarf = False, ""
        elif value in _LINES:
            self.lines, self.dwarf = True, "lines"
        elif _FULL.match(value):
            self.lines, self.dwarf = True, "full"
            if value.startswith("dwarf-"):
                self.version = max(int(value[6:]), 4)  # what reads 2 and 3 today reads 4
        elif not _NO_MATTER.match(value):
            raise usage_error("E0702", f"-g{value} is unknown", "use -g, -g0, -g1 (lines only), -gdwarf-4 or -gdwarf-5")

    def map(self, value: str) -> None:
        """-fdebug-prefix-map=, -ffile-prefix-map=: OLD=NEW."""
        old, equals, new = value.partition("=")
        if not equals:
            raise usage_error("E0702", f"-fdebug-prefix-map={value} has no '='", "write -fdebug-prefix-map=OLD=NEW")
        self.maps.append((old, new))

    def mapped(self, path: str) -> str:
        """A name as it is to be written: the last mapping that fits is taken."""
        for old, new in reversed(self.maps):
            if path.startswith(old):
                return new + path[len(old) :]
        return path

    def rename(self, obj: Object) -> None:
        """Map the names of files in the lines of `obj`."""
        if self.maps:
            for function in obj.functions.values():
                for line in function.lines:
                    place = line.place
                    line.place = Place(self.mapped(place.file), place.line, place.column, place.text)

    def add(self, image: Image, obj: Object, name: str) -> None:
        """Give the image of `obj`, which was compiled from the file `name`, the DWARF that is wanted."""
        if self.dwarf:
            from ..object.dwarf import add_dwarf

            directory = self.mapped(self.directory or os.getcwd())
            add_dwarf(image, obj, name=self.mapped(name), directory=directory, version=self.version, types=self.dwarf == "full")
