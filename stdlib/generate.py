"""Headers written from tables: `python -m purebpf.stdlib.generate` renews them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from .helpers import HELPERS, Helper
from .register_rows import MACHINES, Machine

FOLDER = Path(__file__).parent / "include" / "bpf"
_PARAMETERS, _SYSCALL_PARAMETERS = 8, 7  # how many macros there are for them
_OTHERS = ("RET", "FP", "RC", "SP", "IP")
_MISSING = "this_machine_has_no_such_register"  # a member that no structure has: an error that says why
_FASTCALL = frozenset({"bpf_get_smp_processor_id"})  # .allow_fastcall of its bpf_func_proto (Linux 6.12)


def _remarks(helper: Helper) -> str:
    """What a reader should know of a helper, from its row."""
    parts = [f"{helper.number}, since Linux {helper.since}"]
    if helper.gpl:
        parts.append("GPL only")
    if helper.result.endswith("?"):
        parts.append("test the result for NULL")
    if helper.acquires:
        parts.append("the result must be released")
    if helper.invalidates_packet:
        parts.append("check packet pointers again after it")
    if helper.sleeps:
        parts.append("sleepable programs only")
    return "; ".join(parts)


def helper_definitions() -> str:
    """The text of bpf/bpf_helper_defs.h: each helper as a constant pointer whose value is its number."""
    structs = sorted({name for row in HELPERS.values() for name in re.findall(r"struct (\w+)", row.prototype)})
    lines = [
        "/* The kernel's helpers: each a function pointer whose value is the helper's number.",
        "   Written by `python -m purebpf.stdlib.generate` from stdlib/helper_rows.py: change that, not this.",
        "   SPDX-License-Identifier: Apache-2.0 */",
        "#ifndef __BPF_HELPER_DEFS__",
        "#define __BPF_HELPER_DEFS__",
        "",
        "#ifndef __VMLINUX_H__",
        "#include <linux/types.h>",
        "#endif",
        "",
        "/* keeps the registers that its parameters do not take, where the compiler knows of that */",
        "#ifndef __bpf_fastcall",
        "#if __has_attribute(bpf_fastcall)",
        "#define __bpf_fastcall __attribute__((bpf_fastcall))",
        "#else",
        "#define __bpf_fastcall",
        "#endif",
        "#endif",
        "",
        *(f"struct {name};" for name in structs),
    ]
    for row in HELPERS.values():
        match = re.fullmatch(r"(.*?)(bpf_\w+)(\(.*\))", row.prototype)
        assert match is not None
        result, name, parameters = match.groups()
        how = "__bpf_fastcall " if name in _FASTCALL else ""
        lines += ["", f"/* {_remarks(row)} */", f"static {how}{result}(*const {name}){parameters} = (void *) {row.number};"]
    return "\n".join([*lines, "", "#endif", ""])


def _register_names(machine: Machine, names: Mapping[str, str]) -> list[str]:
    """The registers of one machine as macros; `names`: what some are called there instead."""
    arguments, syscall = machine.arguments.split(), machine.syscall.split()
    rows = [(f"__PT_PARM{i + 1}_REG", register) for i, register in enumerate(arguments)]
    rows += [(f"__PT_PARM{i + 1}_SYSCALL_REG", register.lstrip("^")) for i, register in enumerate(syscall)]
    rows += [(f"__PT_{what}_REG", getattr(machine, what.lower()) or _MISSING) for what in _OTHERS]
    if machine.link:
        rows.append(("__PT_LINK_REG", machine.link))
    return [f"#define {name:<22} {names.get(register, register)}" for name, register in rows]


def _machine_part(machine: Machine) -> list[str]:
    """What one machine has, between #if and #endif."""
    cast = f"((const {machine.type} *)(x))" if machine.type else "(x)"
    lines = [f"#if defined(bpf_target_{machine.name})", f"#define __PT_REGS_CAST(x) {cast}"]
    if machine.kernel:
        lines += ["#if defined(__KERNEL__) || defined(__VMLINUX_H__)", *_register_names(machine, machine.kernel), "#else"]
    lines += _register_names(machine, {})
    if machine.kernel:
        lines.append("#endif")
    if not machine.wrapped:
        lines.append("#define PT_REGS_SYSCALL_REGS(ctx) (ctx)")
    for at, register in enumerate(machine.syscall.split(), 1):
        if register.startswith("^"):  # it comes before the part that user space knows, at a place that varies
            name = register[1:]
            lines += [
                f"struct pt_regs___{machine.name} {{", f"\tunsigned long {name};", "} __attribute__((preserve_access_index));",
                f"#define PT_REGS_PARM{at}_SYSCALL(x) (((const struct pt_regs___{machine.name} *)(x))->{name})",
                f"#define PT_REGS_PARM{at}_CORE_SYSCALL(x) "
                f"BPF_CORE_READ((const struct pt_regs___{machine.name} *)(x), {name})",
            ]  # fmt: skip
    return [*lines, "#endif", ""]


def register_definitions() -> str:
    """The text of bpf/bpf_registers.h: PT_REGS_* for every machine."""
    targets = [f"defined(__TARGET_ARCH_{machine.name})" for machine in MACHINES]
    lines = [
        "/* Registers of traced functions and system calls, by machine: PT_REGS_PARM1(ctx) and so on.",
        "   Written by `python -m purebpf.stdlib.generate` from stdlib/register_rows.py: change that, not this.",
        "   SPDX-License-Identifier: Apache-2.0 */",
        "#ifndef __BPF_REGISTERS_H__",
        "#define __BPF_REGISTERS_H__",
        "",
        "/* The machine: -D__TARGET_ARCH_x86 and so on, else that of a compiler for the host. */",
    ]
    for when, machine in [*zip(targets, MACHINES, strict=True), *((f"defined({m.host})", m) for m in MACHINES)]:
        lines += [f"#{'el' if lines[-1].startswith('#define bpf') else ''}if {when}", f"#define bpf_target_{machine.name}"]
    lines += ["#endif", "", "struct pt_regs;", "#ifndef __VMLINUX_H__", "#include <asm/ptrace.h>", "#endif", ""]
    for machine in MACHINES:
        lines += _machine_part(machine)
    known = " || ".join(f"defined(bpf_target_{machine.name})" for machine in MACHINES)
    lines += [f"#if {known}".replace(" || defined(bpf_target_powerpc)", " || \\\n    defined(bpf_target_powerpc)"),
              "#define bpf_target_defined", "#endif", "", "#ifdef bpf_target_defined", ""]  # fmt: skip
    registers = [f"PARM{i}" for i in range(1, _PARAMETERS + 1)]
    syscalls = [f"PARM{i}_SYSCALL" for i in range(1, _SYSCALL_PARAMETERS + 1)]
    for name in [*registers[3:], *syscalls[6:]]:
        lines += [f"#ifndef __PT_{name}_REG", f"#define __PT_{name}_REG {_MISSING}", "#endif"]
    lines += ["", "/* straight from a context, and from anywhere in the kernel (with bpf/bpf_core_read.h) */"]
    for name in [*registers, *_OTHERS]:
        lines += [f"#define PT_REGS_{name}(x) (__PT_REGS_CAST(x)->__PT_{name}_REG)",
                  f"#define PT_REGS_{name}_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_{name}_REG)"]  # fmt: skip
    for name in syscalls:
        lines += [f"#ifndef PT_REGS_{name}", f"#define PT_REGS_{name}(x) (__PT_REGS_CAST(x)->__PT_{name}_REG)",
                  f"#define PT_REGS_{name.replace('_', '_CORE_')}(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_{name}_REG)",
                  "#endif"]  # fmt: skip
    lines += ["", "#else", "", "#define ___bpf_no_target \\", "\t({ \\",
              '\t\t_Static_assert(0, "name the machine whose registers are read: -D__TARGET_ARCH_x86, ..._arm64"); \\',
              "\t\t0L; \\", "\t})"]  # fmt: skip
    names = [f"{name}{core}" for name in [*registers, *_OTHERS] for core in ("", "_CORE")]
    names += [name.replace("_", core) for name in syscalls for core in ("_", "_CORE_")]
    lines += [f"#define PT_REGS_{name}(x) ___bpf_no_target" for name in names]
    lines += ["", "#endif", "", "#ifndef PT_REGS_SYSCALL_REGS",
              "#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)(unsigned long)PT_REGS_PARM1(ctx))",
              "#endif", "", "#endif", ""]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Write the headers beside the others."""
    (FOLDER / "bpf_helper_defs.h").write_text(helper_definitions())
    (FOLDER / "bpf_registers.h").write_text(register_definitions())


if __name__ == "__main__":
    main()
