"""What a program can ask about the world around it: time, CPU, task, random numbers. All of it deterministic."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from .errors import refuse


@dataclass(slots=True)
class Environment:
    """The simulated world. Change any of it between runs.

    Times in nanoseconds; each look at a clock moves all clocks on by `clock_step`, so that durations are not zero.
    """

    clock: int = 1_000_000_000_000  # since boot, without suspend (CLOCK_MONOTONIC)
    clock_step: int = 1_000
    suspended: int = 0  # CLOCK_BOOTTIME - CLOCK_MONOTONIC
    epoch: int = 1_700_000_000_000_000_000  # CLOCK_REALTIME at boot
    cpus: int = 4  # possible CPUs: how many values a per-CPU map has
    cpu: int = 0  # the one that runs
    pid: int = 1000  # of the process (tgid to the kernel)
    tid: int = 0  # of the thread (pid to the kernel); 0: the same as pid
    uid: int = 0
    gid: int = 0
    comm: str = "purebpf"
    cgroup: int = 1
    seed: int = 0  # of bpf_get_prandom_u32
    instructions: int = 10_000_000  # a run that executes more is stopped
    strict_stack: bool = True  # False: stack bytes never written read as zero; kernels since 6.3 let privileged programs
    _random: random.Random | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.cpu < self.cpus:
            raise refuse("R2040", f"cpu {self.cpu} does not exist: there are {self.cpus} (cpus={self.cpus})")

    def now(self) -> int:
        """CLOCK_MONOTONIC; moves the clock on."""
        self.clock += self.clock_step
        return self.clock

    def pid_tgid(self) -> int:
        """What bpf_get_current_pid_tgid() gives."""
        return self.pid << 32 | (self.tid or self.pid)

    def prandom(self) -> int:
        """The next 32 random bits of the sequence that `seed` starts."""
        if self._random is None:
            self._random = random.Random(self.seed)
        return self._random.getrandbits(32)


def environment(settings: dict[str, Any]) -> Environment:
    """An `Environment` from keyword settings. Raises `MachineError` naming those that do not exist."""
    known = [name for name in Environment.__dataclass_fields__ if not name.startswith("_")]
    wrong = [name for name in settings if name not in known]
    if wrong:
        raise refuse("R2041", f"the machine has no setting '{wrong[0]}'", f"settings: {', '.join(known)}")
    return Environment(**settings)
