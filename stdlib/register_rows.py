"""Where each machine keeps arguments and results of functions and system calls, as rows: a row a machine.

The names are those of the kernel's register structures: arch/*/include/uapi/asm/ptrace.h, and for x86-64 the kernel's own
arch/x86/include/asm/ptrace.h (`kernel`). Which register has which argument: the machine's calling convention (psABI) and
the kernel's entry code (for system calls also syscall(2)).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Machine(NamedTuple):
    """A machine's registers, by the names of members of `type`. Empty: there is none."""

    name: str  # as in -D__TARGET_ARCH_name
    host: str  # what a native compiler for it defines
    type: str  # what a context is read as; "": as it comes
    arguments: str  # of functions, in order
    syscall: str  # of system calls, in order; ^name: in the kernel's pt_regs only
    ret: str  # the return address; on x86 where it is
    fp: str  # frame pointer
    rc: str  # result
    sp: str  # stack pointer
    ip: str  # instruction pointer
    wrapped: bool = True  # system calls take a pointer to their caller's registers (ARCH_HAS_SYSCALL_WRAPPER)
    kernel: Mapping[str, str] = {}  # members that the kernel's own structure, so vmlinux.h, calls otherwise
    link: str = ""  # the register with the return address when a function begins; "": it is on the stack


_R4_11 = "regs[4] regs[5] regs[6] regs[7] regs[8] regs[9] regs[10] regs[11]"
_R0_7 = "regs[0] regs[1] regs[2] regs[3] regs[4] regs[5] regs[6] regs[7]"
_GPR = "gpr[3] gpr[4] gpr[5] gpr[6] gpr[7] gpr[8] gpr[9] gpr[10]"
_GPRS = "gprs[2] gprs[3] gprs[4] gprs[5] gprs[6]"
_X86 = {"rdi": "di", "rsi": "si", "rdx": "dx", "rcx": "cx", "rsp": "sp", "rbp": "bp", "rax": "ax", "rip": "ip"}
_SCRATCH = "scratch.r0 scratch.r1 scratch.r2 scratch.r3 scratch.r4 scratch.r5"

# fmt: off
MACHINES = (
    Machine("x86", "__x86_64__", "", "rdi rsi rdx rcx r8 r9", "rdi rsi rdx r10 r8 r9",
            "rsp", "rbp", "rax", "rsp", "rip", kernel=_X86),
    Machine("arm64", "__aarch64__", "struct user_pt_regs", _R0_7, "^orig_x0 regs[1] regs[2] regs[3] regs[4] regs[5]",
            "regs[30]", "regs[29]", "regs[0]", "sp", "pc", link="regs[30]"),
    Machine("arm", "__arm__", "", "uregs[0] uregs[1] uregs[2] uregs[3]",
            "uregs[0] uregs[1] uregs[2] uregs[3] uregs[4] uregs[5] uregs[6]",
            "uregs[14]", "uregs[11]", "uregs[0]", "uregs[13]", "uregs[15]", link="uregs[14]"),
    Machine("riscv", "__riscv", "struct user_regs_struct", "a0 a1 a2 a3 a4 a5 a6 a7", "^orig_a0 a1 a2 a3 a4 a5",
            "ra", "s0", "a0", "sp", "pc", link="ra"),
    Machine("s390", "__s390__", "user_pt_regs", _GPRS, "^orig_gpr2 gprs[3] gprs[4] gprs[5] gprs[6] gprs[7]",
            "gprs[14]", "gprs[11]", "gprs[2]", "gprs[15]", "psw.addr", link="gprs[14]"),
    Machine("powerpc", "__powerpc__", "", _GPR, "orig_gpr3 gpr[4] gpr[5] gpr[6] gpr[7] gpr[8]",
            "link", "", "gpr[3]", "gpr[1]", "nip", wrapped=False, link="link"),
    Machine("mips", "__mips__", "", _R4_11, " ".join(_R4_11.split()[:6]),
            "regs[31]", "regs[30]", "regs[2]", "regs[29]", "cp0_epc", link="regs[31]"),
    Machine("loongarch", "__loongarch__", "struct user_pt_regs", _R4_11, " ".join(_R4_11.split()[:6]),
            "regs[1]", "regs[22]", "regs[4]", "regs[3]", "csr_era", wrapped=False, link="regs[1]"),
    Machine("arc", "__arc__", "struct user_regs_struct", f"{_SCRATCH} scratch.r6 scratch.r7", _SCRATCH,
            "scratch.blink", "scratch.fp", "scratch.r0", "scratch.sp", "scratch.ret", wrapped=False, link="scratch.blink"),
)
# fmt: on
