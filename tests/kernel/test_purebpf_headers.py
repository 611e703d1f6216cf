"""purebpf/*.h: what programs make of packets in the kernel, for each instruction set, against the same C as gcc compiles it."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.api import Options, compile
from purebpf.compiler.preprocess import PreprocessOptions
from purebpf.compiler.target import Target
from purebpf.runtime.loader import load

INCLUDE = Path(__file__).resolve().parents[2] / "stdlib" / "include"
pytestmark = [pytest.mark.kernel, pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc says what is right")]

# each takes a packet of 64 bytes or more
WORK = {
    "hash_words": "__u32 w[11]; __builtin_memcpy(w, data, 44);"
    " return jhash2(w, 11, 5) ^ jhash2(w, 3, 0) * 3 ^ jhash2(w, 1, 7);",
    "hash_bytes": "char b[40]; __builtin_memcpy(b, data, 40);"
    " return jhash(b, 37, 1) ^ jhash(b, 12, 2) * 3 ^ jhash(b, 5, 3) * 5;",
    "hash_few": "__u32 w[3]; __builtin_memcpy(w, data, 12);"
    " return jhash_1word(w[0], 1) ^ jhash_2words(w[0], w[1], 2) * 3 ^ jhash_3words(w[0], w[1], w[2], 3) * 5;",
    "sums": "__u32 w[8]; __builtin_memcpy(w, data, 32); __wsum s = csum_words(w, 8, 0);"
    " return csum_fold(csum_sub(csum_add(s, w[1]), w[2])) | (__u32)csum_fold(csum_pseudo_ipv6(w, w + 4, 33, 6, w[0])) << 16;",
    "replace": "__u32 w[8]; __builtin_memcpy(w, data, 32); __sum16 f = csum_ipv4(w);"
    " return csum_replace4(f, w[3], w[4]) | (__u32)csum_replace2(f, w[5], w[6]) << 16;",
    "lengths": "char a[16], b[16]; __builtin_memcpy(a, data, 16); __builtin_memcpy(b, data + 16, 16);"
    " return str_length(a, 16) + 31 * str_starts(a, b, 4) + 97 * (unsigned)(str_compare(a, b, 16) + 300)"
    " + 9973 * (str_find(a, 'c', 16) + 1) + 199999 * (str_find_last(a, 'c', 16) + 1);",
    "copies": "char a[16], b[16] = {}; __u64 n = 0; __builtin_memcpy(a, data + 32, 16); __u32 l = str_copy(b, a, 9);"
    " return l + 31 * str_number(a, 16, &n) + 97 * (__u32)n + 193 * str_equal(a, b, 5) + 389 * mem_equal(a, b, l) + b[l];",
    "parse": """
        struct packet_cursor cursor = {data, end};
        struct ethhdr *eth;
        int next = -1, protocol = packet_ethernet(&cursor, &eth);
        if (protocol == bpf_htons(ETH_P_IP)) {
            struct iphdr *ip = packet_ipv4(&cursor);
            if (!ip)
                return 1;
            next = ip->protocol;
        } else if (protocol == bpf_htons(ETH_P_IPV6)) {
            struct ipv6hdr *ip = packet_ipv6(&cursor);
            if (!ip)
                return 2;
            next = packet_ipv6_extensions(&cursor, ip->nexthdr);
        } else {
            return 3;
        }
        if (next == IPPROTO_TCP) {
            struct tcphdr *tcp = packet_tcp(&cursor);
            return tcp ? 1000 + tcp->dest : 4;
        } else if (next == IPPROTO_UDP) {
            struct udphdr *udp = packet_udp(&cursor);
            return udp ? 1000 + udp->dest : 5;
        } else if (next == IPPROTO_ICMP) {
            struct icmphdr *icmp = packet_icmp(&cursor);
            return icmp ? 1000 + icmp->type : 6;
        } else if (next == IPPROTO_ICMPV6) {
            struct icmp6hdr *icmp = packet_icmpv6(&cursor);
            return icmp ? 1000 + icmp->icmp6_type : 7;
        }
        return 8;""",
}  # fmt: skip
SHARED = "".join(f"static __always_inline __u32 {name}(void *data, void *end)\n{{ {body} }}\n" for name, body in WORK.items())
INCLUDES = "".join(f"#include <purebpf/{name}.h>\n" for name in ("packet", "checksum", "jhash", "string"))
PROGRAMS = "".join(f"""
SEC("xdp") int run_{name}(struct xdp_md *ctx)
{{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    return data + 64 > end ? -1 : {name}(data, end);
}}""" for name in WORK)  # fmt: skip
NATIVE = "#include <stdio.h>\n#include <stdint.h>\n" + INCLUDES + SHARED + """
int main(void)
{
    static unsigned char packet[4096];
    unsigned size;
    while (scanf("%u", &size) == 1) {
        for (unsigned i = 0, byte; i < size && scanf("%2x", &byte) == 1; i++)
            packet[i] = byte;
""" + "".join(f'printf("%u ", {name}(packet, packet + size));\n' for name in WORK) + 'puts(""); } return 0; }\n'


def packets() -> list[bytes]:
    """Packets with all that the cursors know, and random ones; each at least 64 bytes."""
    rng = random.Random(5)
    letters = [bytes(rng.choice(b"abc\0") for _ in range(20)) for _ in range(6)]
    made = [b"abcabcab\0c%d" % i + text + b"%d" % rng.getrandbits(66) for i, text in enumerate(letters)]
    made += [bytes(rng.getrandbits(8) for _ in range(rng.randrange(64, 120))) for _ in range(6)]
    for _ in range(60):
        frame = bytes(12)
        for _ in range(rng.choice((0, 0, 1, 2, 3))):
            frame += struct.pack(">HH", rng.choice((0x8100, 0x88A8)), rng.getrandbits(16))
        kind = rng.choice((1, 6, 17, 58, 99))
        if rng.random() < 0.5:
            words = rng.choice((4, 5, 5, 6, 15))
            version = rng.choice((0x40, 0x40, 0x40, 0x60))
            frame += struct.pack(">HBB7xB10x", 0x0800, version | words, 0, kind) + bytes(4 * words)[20:]
        else:
            extensions = [rng.choice((0, 43, 44, 51, 60, 135)) for _ in range(rng.choice((0, 1, 2, 6, 7)))]
            frame += struct.pack(">HIHBB32x", 0x86DD, rng.choice((6, 6, 6, 5)) << 28, 0, [*extensions, kind][0], 64)
            for here, after in zip(extensions, [*extensions, kind][1:], strict=True):
                more = rng.randrange(3)
                offset = rng.choice((0, 0, 0, 8))
                frame += struct.pack(">BBH4x", after, 0 if here == 44 else more, offset if here == 44 else 0)
                frame += b"" if here == 44 else bytes(more * (4 if here == 51 else 8))
        frame += struct.pack(">HHIIBB6x", rng.getrandbits(16), rng.getrandbits(16), 1, 2, rng.choice((4, 5, 8, 15)) << 4, 2)
        cut = len(frame) - rng.choice((0, 0, 0, 1, 12, 19))
        made.append(frame[:cut] + bytes(max(0, rng.choice((0, 40)))))
    return [packet.ljust(64, b"\0") for packet in made]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[list[int]]:
    folder = tmp_path_factory.mktemp("native")
    (folder / "native.c").write_text(NATIVE)
    # behind gcc's and the system's own headers
    build = ["gcc", "-O1", "-fsanitize=undefined", "-fno-sanitize=alignment", "-idirafter", str(INCLUDE)]
    subprocess.run([*build, "-o", str(folder / "native"), str(folder / "native.c")], check=True, timeout=120)
    text = "".join(f"{len(packet)} {packet.hex()}\n" for packet in packets())
    done = subprocess.run([str(folder / "native")], input=text, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return [[int(word) for word in line.split()] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("cpu", [1, 2, 3, 4])
def test_the_kernel_finds_what_gcc_does(cpu: int, expected: list[list[int]]) -> None:
    target = Target(cpu=cpu)
    options = Options(preprocess=PreprocessOptions(host_headers=False, target=target), target=target)
    text = f'#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n{INCLUDES}char LICENSE[] SEC("license") = "GPL";\n'
    with load(compile(text + SHARED + PROGRAMS, "programs.c", options)) as loaded:
        found = [
            [loaded.programs[f"run_{name}"].test_run(packet).retval & 0xFFFFFFFF for name in WORK] for packet in packets()
        ]
    assert found == expected
    parsed = {row[list(WORK).index("parse")] for row in expected}
    assert {1, 2, 3, 8} < parsed  # the packets reach every kind of end
    assert any(value >= 1000 for value in parsed)


def test_the_hash_is_lookup3s(tmp_path: Path) -> None:
    # the values that its author gives
    source = tmp_path / "known.c"
    phrase = "Four score and seven years ago"
    calls = [f'jhash("{phrase}", 30, 0)', f'jhash("{phrase}", 30, 1)', 'jhash("", 0, 0)']
    lines = "".join(f'printf("%x\\n", {call});\n' for call in calls)
    source.write_text(f"#include <stdio.h>\n#include <purebpf/jhash.h>\nint main(void) {{ {lines} return 0; }}\n")
    subprocess.run(["gcc", "-idirafter", str(INCLUDE), "-o", str(tmp_path / "known"), str(source)], check=True, timeout=60)
    done = subprocess.run([str(tmp_path / "known")], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["17770551", "cd628161", "deadbeef"]
