"""Helpers do to packets in the machine what they do in the kernel: results, packets, contexts, buffers.

One program per type calls the helper that global `what` selects with the arguments in `a`-`d`; random arguments are drawn
around the limits (packet ends, headroom, checksum fields).
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.runtime.loader.load import load
from purebpf.runtime.loader.syscall import LoadError
from purebpf.runtime.vm import Machine

pytestmark = pytest.mark.kernel

SOURCE = r"""
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
long what, a, b, c, d, result;
char buffer[256];
unsigned length, tci, present, vproto, protocol, family, type, wire, segs, ifindex, in, hash, queue, priority;
SEC("xdp") int on_xdp(struct xdp_md *x)
{
	switch (what) {
	case 0: result = bpf_xdp_adjust_head(x, a); break;
	case 1: result = bpf_xdp_adjust_tail(x, a); break;
	case 2: result = bpf_xdp_adjust_meta(x, a); break;
	case 3:
		result = bpf_xdp_adjust_meta(x, a);
		if (!result) {
			int *m = (int *)(long)x->data_meta;
			if ((void *)(m + 1) <= (void *)(long)x->data)
				*m = 0x12345678;
			result = bpf_xdp_adjust_head(x, b);
		}
		break;
	case 4: result = bpf_xdp_load_bytes(x, a, buffer, (b & 127) + 1); break;
	case 5: result = bpf_xdp_store_bytes(x, a, buffer, (b & 127) + 1); break;
	case 6: return bpf_redirect(a, b);
	case 7: result = bpf_xdp_adjust_tail(x, a); result = bpf_xdp_adjust_tail(x, b); break;
	case 8: result = bpf_xdp_adjust_head(x, a); result = bpf_xdp_adjust_head(x, b); break;
	}
	length = x->data_end - x->data;
	in = x->ingress_ifindex;
	return XDP_PASS;
}
SEC("tc") int on_tc(struct __sk_buff *x)
{
	int verdict = 0;
	switch (what) {
	case 0: result = bpf_skb_load_bytes(x, a, buffer, (b & 127) + 1); break;
	case 1: result = bpf_skb_store_bytes(x, a, buffer, (b & 127) + 1, c); break;
	case 2: result = bpf_l3_csum_replace(x, a, b, c, d); break;
	case 3: result = bpf_l4_csum_replace(x, a, b, c, d); break;
	case 4: result = bpf_skb_change_tail(x, a, b); break;
	case 5: result = bpf_skb_change_head(x, a, b); break;
	case 6: result = bpf_skb_adjust_room(x, a, b, c); break;
	case 7: result = bpf_skb_vlan_push(x, a, b); break;
	case 8: result = bpf_skb_vlan_pop(x); break;
	case 9: result = bpf_skb_vlan_push(x, a, b); result = result * 1000 + bpf_skb_vlan_push(x, c, d); break;
	case 10: result = bpf_skb_vlan_push(x, a, b); result = result * 1000 + bpf_skb_vlan_pop(x); break;
	case 11: result = bpf_skb_pull_data(x, a); break;
	case 12: result = bpf_csum_diff((void *)buffer, a & 60, (void *)buffer + 64, b & 60, c); break;
	case 13: result = bpf_skb_change_type(x, a); break;
	case 14: result = bpf_skb_load_bytes_relative(x, a, buffer, (b & 127) + 1, c); break;
	case 15: verdict = bpf_redirect(a, b); break;
	case 16: result = bpf_csum_update(x, a); break;
	case 17: result = bpf_csum_level(x, a); break;
	case 18: result = bpf_strtol(buffer, 16, a, &b); break;
	case 19: result = bpf_strtoul(buffer, 16, a, (unsigned long *)&b); break;
	}
	length = x->len; present = x->vlan_present; tci = x->vlan_tci; vproto = x->vlan_proto; protocol = x->protocol;
	type = x->pkt_type; wire = x->wire_len; segs = x->gso_segs; ifindex = x->ifindex; in = x->ingress_ifindex;
	hash = x->hash; queue = x->queue_mapping; priority = x->priority;
	return verdict;
}
SEC("cgroup_skb/egress") int cg(struct __sk_buff *x)
{
	result = bpf_skb_load_bytes(x, a, buffer, (b & 127) + 1);
	length = x->len; protocol = x->protocol; family = x->family; type = x->pkt_type; hash = x->hash;
	a = x->remote_ip4; b = x->local_ip4; c = x->remote_ip6[3]; d = x->local_ip6[3];
	in = x->ingress_ifindex; ifindex = x->ifindex;
	return 1;
}
SEC("socket") int sk(struct __sk_buff *x)
{
	result = bpf_skb_load_bytes(x, a, buffer, (b & 127) + 1);
	length = x->len; protocol = x->protocol; type = x->pkt_type;
	return x->len;
}
char LICENSE[] SEC("license") = "GPL";
"""
TEXTS = (b"123 ", b" -17x", b"0x1f", b"077", b"abc", b"-", b"", b"99999999999999", b"+5", b"0x", b"08", b"\t 12")


@pytest.fixture(scope="module")
def obj(tmp_path_factory: pytest.TempPathFactory) -> Object:
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed")
    folder: Path = tmp_path_factory.mktemp("helpers")
    (folder / "h.c").write_text(SOURCE)
    subprocess.run(
        ["clang-19", "-O2", "-g", "-target", "bpf", "-mcpu=v3", "-I/usr/include/x86_64-linux-gnu", "-c", "h.c", "-o", "h.o"],
        cwd=folder, check=True, timeout=60,
    )  # fmt: skip
    return read_object(folder / "h.o")


def frame(rnd: random.Random) -> bytes:
    """IPv4, IPv6, VLAN and other frames, with destinations of each kind."""
    text = rnd.randbytes(rnd.choice([20, 24, 40, 100, 300]))
    link = rnd.choice([b"\0", b"\1", b"\xff"]) * 6 + bytes(6)
    four = bytes([0x45, 0]) + (20 + len(text)).to_bytes(2, "big") + bytes(4) + bytes([64, rnd.choice([6, 17]), 0, 0])
    four += bytes([10, 0, 0, 1, 10, 0, 0, 2]) + text
    six = bytes([0x60, 0, 0, 0]) + len(text).to_bytes(2, "big") + bytes([6, 64]) + bytes(31) + b"\1" + text
    tag = b"\x81\x00\x00\x05"
    return link + rnd.choice([
        b"\x08\x00" + four, b"\x86\xdd" + six, tag + b"\x08\x00" + four, tag + b"\x81\x00\x00\x07\x08\x00" + four,
        bytes([0, rnd.randrange(256)]) + rnd.choices([b"\0", b"\xff"], k=1)[0] * 40, rnd.randbytes(2) + bytes(40),
    ])  # fmt: skip


Arguments = Callable[[random.Random, int], tuple[int, int, int, int]]


def _limits(rnd: random.Random, n: int) -> int:
    return rnd.choice([
        0, 1, 2, 4, 8, -1, -4, -8, 14, 13, 24, 34, n - 1, n, n - 14, n - 13, -n, n + 1, 100, -100, -215, -216, -217, -220,
        -256, 3000, 3520 - n, 3521 - n, 4000, 65535, 65536, -32, 252, 256,
    ])  # fmt: skip


def any_arguments(rnd: random.Random, n: int) -> tuple[int, int, int, int]:
    return _limits(rnd, n), _limits(rnd, n), _limits(rnd, n), _limits(rnd, n)


def _of(*choices: Callable[[random.Random, int], list[int]]) -> Arguments:
    return lambda rnd, n: tuple(rnd.choice(choice(rnd, n)) for choice in choices)  # type: ignore[return-value]


ANY = lambda rnd, n: [_limits(rnd, n)]  # noqa: E731
WORDS = lambda rnd, n: [0, rnd.getrandbits(32), rnd.getrandbits(16)]  # noqa: E731
SPECIAL: dict[int, Arguments] = {
    1:  _of(ANY, ANY, lambda r, n: [0, 1, 2, 3, 4], ANY),
    2:  _of(lambda r, n: [24, 24, 25, n - 1, n - 2], WORDS, WORDS, lambda r, n: [0, 2, 4, 1, 16]),
    3:  _of(lambda r, n: [50, 40, 25, n - 2], WORDS, WORDS, lambda r, n: [s | f for s in (0, 2, 4, 1) for f in (0, 32, 96)]),
    4:  _of(lambda r, n: [0, 13, 14, 20, 34, 54, n, n - 1, n + 100, 16064, 16065, 65536], lambda r, n: [0, 0, 1], ANY, ANY),
    5:  _of(lambda r, n: [0, 4, 14, 100, 256, 1000], lambda r, n: [0, 0, 1], ANY, ANY),
    6:  _of(lambda r, n: [4, 8, 20, -4, -8, -20, n, -n, 5000], lambda r, n: [0, 1, 2], lambda r, n: [0, 1, 64], ANY),
    7:  _of(lambda r, n: [0x81, 0xA888, 8, 0], lambda r, n: [5, 0xFFF, 0x2005, 0x1FFFF], ANY, ANY),
    9:  _of(lambda r, n: [0x81, 0xA888], lambda r, n: [5, 0xFFF], lambda r, n: [0x81, 0xA888], lambda r, n: [7]),
    10: _of(lambda r, n: [0x81, 0xA888], lambda r, n: [5, 0xFFF], ANY, ANY),
    12: _of(ANY, ANY, WORDS, ANY),
    13: _of(lambda r, n: list(range(6)), ANY, ANY, ANY),
    14: _of(ANY, ANY, lambda r, n: [0, 1, 2], ANY),
    15: _of(lambda r, n: [0, 1, 2], lambda r, n: [0, 1, 2], ANY, ANY),
    17: _of(lambda r, n: list(range(6)), ANY, ANY, ANY),
    18: _of(lambda r, n: [0, 8, 10, 16, 1, 32], ANY, ANY, ANY),
    19: _of(lambda r, n: [0, 8, 10, 16, 1, 32], ANY, ANY, ANY),
}  # fmt: skip


@pytest.mark.parametrize(("program", "cases"), [("on_xdp", 9), ("on_tc", 20), ("cg", 1), ("sk", 1)])
def test_helpers_do_what_the_kernels_do(obj: Object, program: str, cases: int) -> None:
    rnd = random.Random(program)
    machine = Machine(obj)
    variables = {name: v for name, v in obj.variables.items() if v.section == ".bss"}

    def both(store: bytes, packet: bytes) -> None:
        for table in (loaded.kernel_maps[".bss"], machine.maps[".bss"].raw):
            table.update(bytes(4), store)
        try:
            theirs = loaded.programs[program].test_run(packet)
        except LoadError:
            return  # the result does not fit the kernel's test run
        ours = machine.run(program, packet=packet)
        assert ours.packet is not None
        assert ours.retval == theirs.retval
        after, wanted = machine.maps[".bss"].raw.lookup(bytes(4)), loaded.kernel_maps[".bss"].lookup(bytes(4))
        assert after is not None
        assert wanted is not None
        assert cut(after) == cut(wanted)
        assert ours.meta + ours.packet == theirs.packet

    def cut(store: bytes) -> dict[str, bytes]:
        return {name: store[v.offset : v.offset + v.size] for name, v in variables.items()}

    with load(obj) as loaded:
        for _ in range(1200):
            what, packet = rnd.randrange(cases), frame(rnd)
            arguments = SPECIAL.get(what, any_arguments) if program == "on_tc" else any_arguments
            store = bytearray(len(obj.data[".bss"].data))
            values = dict(zip("abcd", arguments(rnd, len(packet)), strict=True)) | {"what": what}
            for name, value in values.items():
                at = variables[name].offset
                store[at : at + 8] = (value & (1 << 64) - 1).to_bytes(8, "little")
            text = rnd.choice(TEXTS).ljust(256, b"\0") if program == "on_tc" and what in (18, 19) else rnd.randbytes(256)
            store[variables["buffer"].offset : variables["buffer"].offset + 256] = text
            both(bytes(store), packet)
