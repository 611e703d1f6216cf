"""What a command line asks for."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from ..diagnostics import Diagnostic
from ..preprocess import PreprocessOptions
from ..records import dataclass, field
from ..target import Target
from ..warnings import Levels
from .debug_options import DebugOptions
from .errors import usage_error as usage_error


@dataclass(slots=True)
class Request:
    """A parsed command line."""

    inputs: list[tuple[str, str]] = field(default_factory=list)  # path, language: "c", "i" (preprocessed) or "" by its name
    output: str | None = None
    stage: str = "link"  # "preprocess" -E, "assembly" -S, "object" -c, "syntax" -fsyntax-only; "link" if none is asked for
    language: str = ""  # -x, for the inputs that follow
    preprocess: PreprocessOptions = field(default_factory=PreprocessOptions)
    cpu: str = "v3"
    big_endian: bool = sys.byteorder == "big"
    debug: DebugOptions = field(default_factory=DebugOptions)
    markers: bool = True  # -E with line markers; -P without
    dump: str = ""  # "macros" -dM, "definitions" -dD
    depend: str = ""  # "all" -MD -M, "user" -MMD -MM
    depend_only: bool = False  # -M, -MM
    depend_file: str | None = None
    depend_targets: list[str] = field(default_factory=list)  # ready for make
    phony: bool = False
    nmake: bool = False  # -MV
    show_includes: bool = False  # -H
    keep_steps: str = ""  # "cwd", "obj": -save-temps
    levels: Levels = field(default_factory=Levels)  # of warnings
    unknown: list[Diagnostic] = field(default_factory=list)  # about -W options
    json: bool = False
    sarif: bool = False
    time: bool = False  # --time
    verbose: bool = False
    show_only: bool = False  # -###
    arguments: tuple[str, ...] = ()
    written: list[tuple[str, bytes]] = field(default_factory=list)  # files (path, content)
    ignored: list[str] = field(default_factory=list)
    times: dict[str, float] = field(default_factory=dict)  # seconds that the stages of all inputs took

    def add_times(self, times: Mapping[str, float]) -> None:
        """Count the seconds that stages took."""
        for stage, seconds in times.items():
            self.times[stage] = self.times.get(stage, 0.0) + seconds

    def target(self) -> Target:
        """The target that -mcpu and -target name."""
        return Target(CPUS[self.cpu], self.big_endian)


# -mcpu; "generic" and "probe" mean the default, as clang takes the newest set it knows to be safe
CPUS = {"v1": 1, "v2": 2, "v3": 3, "v4": 4, "generic": 3, "probe": 3}
