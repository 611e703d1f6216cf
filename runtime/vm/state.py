"""What helpers see of the machine: memory, maps, the environment, and the run that is going on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .environment import Environment
from .errors import Fault
from .memory import Memory, Opaque, Region

if TYPE_CHECKING:
    from .contexts import Context
    from .maps import MachineMap

HelperFunction = Callable[..., int]


@dataclass(slots=True)
class State:
    """One machine's state. What is below the line lives for one run."""

    memory: Memory
    env: Environment
    maps: dict[str, MachineMap] = field(default_factory=dict)
    helpers: dict[int, HelperFunction] = field(default_factory=dict)  # by number, the user's included
    call: Callable[..., int] = lambda *_: 0  # runs the subprogram at an address: call(address, *arguments)
    # ----
    program: str = ""
    context: Context | None = None
    printk: list[str] = field(default_factory=list)
    steps: int = 0
    tail_calls: int = 0
    calling: Any = None  # the call that runs: its code and slot
    held: dict[int, tuple[str, Any]] = field(default_factory=dict)  # what must be given back: address -> (what, call)
    leaving: list[Region] = field(default_factory=list)  # regions that end with the run
    redirect: tuple[str, int] | None = None  # where bpf_redirect*() sent the packet: (what, index)

    def start(self, program: str) -> None:
        """Begin a run."""
        self.program = program
        self.context = None
        self.printk = []
        self.steps = 0
        self.tail_calls = 0
        self.held = {}
        self.redirect = None

    def finish(self) -> None:
        """End a run: what lived for it leaves the address space."""
        for region in self.leaving:
            self.memory.drop(region)
        for region in self.memory.retired:
            self.memory.drop(region)
        self.leaving.clear()
        self.memory.retired.clear()
        self.memory.reset_user()

    def hold(self, address: int, what: str) -> None:
        """The program must give this back before it ends; `what` names it."""
        self.held[address] = what, self.calling

    def borrow(self, region: Region) -> int:
        """Give a region an address until the end of the run."""
        self.leaving.append(region)
        return self.memory.add(region)

    def map_at(self, address: int) -> MachineMap:
        """The map a helper was given. Raises `Fault` if it is none."""
        from .maps import MachineMap

        region = self.memory.find(address)
        if isinstance(region, Opaque) and isinstance(region.subject, MachineMap):
            return region.subject
        raise Fault("R2021", f"the helper wants a map and got {address:#x}", "pass the map's address: &map")

    def ctx(self) -> Context:
        """The context of the run."""
        if self.context is None:
            raise Fault("R2021", "the helper wants the program's context, and this run has none")
        return self.context
