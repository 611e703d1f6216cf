"""Show what a program became: by default its instructions, each beside the C line it comes from.

--stage tokens   the preprocessed tokens          --stage ir       SSA as lowering makes it
--stage ast      the typed tree                   --stage opt      SSA after all passes
                                                  --stage machine  machine code on virtual registers
The stages need C; instructions can be shown of any BPF object. --asm prints all of it, types and data too, as assembly that
`purebpf as` and LLVM make the same object of.
"""

from __future__ import annotations

import argparse

from ...compiler.object.disassemble import disassemble
from ...compiler.object.model import Function, Object
from ...compiler.object.write import image_of
from ...compiler.object.write_asm import print_assembly
from ...compiler.report import OK
from .inputs import add_input, compilation, is_object, open_input, usage_error

STAGES = ("tokens", "ast", "ir", "opt", "machine")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_input(parser)
    parser.add_argument("--prog", metavar="NAME", help="show this function only")
    parser.add_argument("--asm", action="store_true", help="print the object as assembly")
    parser.add_argument("--stage", choices=STAGES, help="show this stage of the compiler instead")


def run(arguments: argparse.Namespace) -> int:
    """Print the dump; gives the exit code."""
    if arguments.stage is None:
        obj = open_input(arguments, arguments.input)
        if arguments.asm:
            print(print_assembly(image_of(obj)), end="")
            return OK
        for text in listing(obj, arguments.prog):
            print(text)
        return OK
    if is_object(arguments.input):
        raise usage_error(
            "E0705", f"--stage {arguments.stage} needs C source, '{arguments.input}' is an object",
            "name the .c file, or leave --stage away to see the instructions",
        )  # fmt: skip
    print(stage(arguments))
    return OK


def stage(arguments: argparse.Namespace) -> str:
    """The text of a compiler stage."""
    compiling = compilation(arguments, arguments.input)
    match arguments.stage:
        case "tokens":
            return "\n".join(
                f"{compiling.sources.place(token.loc)}: {token.kind} {token.text}" for token in compiling.tokens()
            )
        case "ast":
            from ...compiler.sema.printer import print_unit

            return print_unit(compiling.unit(), compiling.sources)
        case "ir" | "opt":
            from ...compiler.ir.printer import print_module

            return print_module(compiling.ir() if arguments.stage == "ir" else compiling.optimized())
        case _:
            from ...compiler.codegen import print_machine

            module = compiling.optimized()
            return "\n".join(
                print_machine(f, compiling.options.target, compiling.sources, compiling.diagnostics)
                for f in module.functions.values()
            )


def listing(obj: Object, only: str | None) -> list[str]:
    """Every function's instructions, each run of them under the C line it comes from."""
    functions = [f for f in obj.functions.values() if only is None or f.name == only]
    if not functions:
        known = ", ".join(obj.functions) or "none"
        raise usage_error("E0704", f"'{obj.name}' has no function '{only}'", f"it has: {known}")
    lines: list[str] = []
    for function in functions:
        lines += [*_function(function), ""]
    return lines[:-1]


def _function(function: Function) -> list[str]:
    lines = [f"{function.name} ({function.section}), {len(function.insns)} slots:"]
    places = {line.at: line.place for line in function.lines}
    references = {reference.at: reference for reference in function.references}
    shown = None
    slot = 0
    for text in disassemble(function.insns):
        place = places.get(slot)
        if place is not None and (place.file, place.line) != shown:
            shown = (place.file, place.line)
            lines.append(f"; {place.file}:{place.line}: {place.text.strip()}")
        reference = references.get(slot)
        note = f"  # {reference.symbol}" if reference else ""
        if reference and reference.addend:
            note += f" + {reference.addend}"
        lines.append(f"{slot:5}: {text}{note}")
        slot += 2 if function.insns[slot].op == 0x18 else 1
    return lines
