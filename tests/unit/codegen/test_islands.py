"""Programs whose jumps are longer than 16 bits can say: before -mcpu=v4 they go over islands, and do the same."""

from __future__ import annotations

import random

from purebpf.compiler.api import compile
from purebpf.runtime.vm import Machine

STEPS = 13500
EVERY = 1350  # blocks of several thousand instructions in between


def _program(amounts: list[int]) -> str:
    lines = []
    for step, amount in enumerate(amounts):
        lines.append(f"s[{step % 16}] += {amount};")
        if step % EVERY == EVERY - 1:
            lines.append(f"if (n == {step}) {{ r += {step}; goto out; }}")
    lines.insert(len(lines) // 2, "middle: r += 7;")
    return f"""
struct xdp_md {{ unsigned data, data_end; }};
__attribute__((section("xdp"))) int prog(struct xdp_md *ctx) {{
	unsigned n = ctx->data_end - ctx->data, r = 1;
	volatile unsigned s[16] = {{0}};
	for (int i = 0; i < 2; i++) {{
		if (n == 60 + i) goto middle;
		{chr(10).join(lines)}
		r = r * 3 + s[1];
	}}
out:
	for (int i = 0; i < 16; i++) r = r * 31 + s[i];
	return r & 0x7fffffff;
}}
"""


def _expected(amounts: list[int], n: int) -> int:
    s, r, lines = [0] * 16, 1, []
    for step, amount in enumerate(amounts):
        lines.append((step, amount))
        if step % EVERY == EVERY - 1:
            lines.append((step, -1))
    lines.insert(len(lines) // 2, (0, -2))
    at = next(index for index, (_, amount) in enumerate(lines) if amount == -2)
    for i in range(2):
        for step, amount in lines[at if n == 60 + i else 0 :]:
            if amount >= 0:
                s[step % 16] += amount
            elif amount == -2:
                r += 7
            elif n == step:
                r += step
                break
        else:
            r = r * 3 + s[1]
            continue
        break
    for value in s:
        r = r * 31 + value
    return r & 0x7FFFFFFF


def test_a_program_does_the_same_over_islands() -> None:
    draw = random.Random(3)
    amounts = [draw.randrange(1000) for _ in range(STEPS)]
    text = _program(amounts)
    obj = compile(text)
    assert len(obj.functions["prog"].insns) > 1 << 15
    assert all(-0x8000 <= insn.off <= 0x7FFF for insn in obj.functions["prog"].insns)
    machine = Machine(obj)
    for n in (60, 61, 70, EVERY - 1, 3 * EVERY - 1):
        assert machine.run("prog", packet=bytes(n)).retval == _expected(amounts, n)
