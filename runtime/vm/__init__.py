"""The bundled machine that runs BPF programs: `Machine(obj).run(program, packet=...)`."""

from __future__ import annotations

from .environment import Environment
from .errors import MachineError, Trap
from .machine import Machine, Run

__all__ = ["Environment", "Machine", "MachineError", "Run", "Trap"]
