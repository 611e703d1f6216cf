"""Objects for big-endian machines: where bytes and bit-fields lie, and the machine that runs them in that order."""

from __future__ import annotations

import pytest

from purebpf.compiler.api import Options, compile
from purebpf.compiler.object.btf import Struct
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object
from purebpf.compiler.target import Target
from purebpf.runtime.verifier import verify
from purebpf.runtime.vm import Machine

HEAD = """
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long u64;
struct xdp_md { u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex; };
"""
PACKET = bytes(range(1, 65))


def build(text: str) -> Object:
    return read_object(write_object(compile(HEAD + text, options=Options(target=Target(big_endian=True)))))


def run(body: str, before: str = "") -> int:
    """r0 of an XDP program with `body` behind the check of 64 bytes at `p`."""
    text = f"""{before}
    __attribute__((section("xdp"), used)) int prog(struct xdp_md *ctx)
    {{
        u8 *p = (u8 *)(long)ctx->data;
        if (p + 64 > (u8 *)(long)ctx->data_end)
            return 0;
        {body}
    }}"""
    return Machine(build(text)).run("prog", packet=PACKET).retval


# the values are clang 19's for -target bpfeb, and the C rules for bytes of integers on such a machine
@pytest.mark.parametrize(("definition", "data"), [
    ("int x = 0x11223344;", "11223344"),
    ("u16 x[2] = {1, 0x203};", "00010203"),
    ('int x[] = L"hi";', "00000068 00000069 00000000"),
    ("struct { unsigned a : 3; int b : 7; unsigned c : 20; u16 d; } x = {1, -3, 777, 0x1234};", "3f400c24 1234 0000"),
    ("struct { u64 e : 33, f : 12; } __attribute__((packed)) x = {0x123456789, 0x777};", "91a2b3c4bbb8"),
    ("struct { u8 a : 4, b : 4; } x = {4, 5};", "45"),
    ("double x = 1.0;", "3ff0000000000000"),
    ("union { u8 c[4]; u32 i; } x = {.i = 0x01020304};", "01020304"),
])  # fmt: skip
def test_data_lies_with_the_most_significant_byte_first(definition: str, data: str) -> None:
    assert build(definition).data[".data"].data == bytes.fromhex(data)


@pytest.mark.parametrize(("body", "result"), [
    ("return *(u16 *)(p + 12);", 0x0D0E),
    ("return p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];", 0x01020304),
    ("return p[3] << 24 | p[2] << 16 | p[1] << 8 | p[0];", 0x04030201),
    ("return *(u32 *)p == __builtin_bswap32(0x04030201);", 1),
    ("return __builtin_bswap16(*(u16 *)p);", 0x0201),
    ("u32 x = *(u32 *)p; return *((u8 *)&x + 3);", 4),
    ("u32 x = 0x11223344; return ((u8 *)&x)[p[0]];", 0x22),
    ("u8 b[8] = {1, 2, 3, 4, 5}; return *(u32 *)(b + p[1] * 2);", 0x05000000),
    ("static const u8 b[4] = {1, 2, 3, 4}; return *(u16 *)(b + 1);", 0x0203),
    ("struct { u32 a : 4, b : 12, c : 16; } s; *(u32 *)&s = *(u32 *)p; return s.a << 28 | s.b << 16 | s.c;", 0x01020304),
    ("struct { u8 a : 4, b : 4; } *s = (void *)(p + 0x12); s->b = 7; return p[0x12];", 0x17),
    ("struct __attribute__((packed)) { u64 a : 13, b : 59; } *s = (void *)p; return s->b >> 27;", 0x406080A0),
    ("struct __attribute__((packed)) { u64 a : 13, b : 59; } *s = (void *)p; s->b = 5ul << 40; return *(u32 *)p;", 0x01000005),
    ("unsigned __int128 x = *(u64 *)p; x = x << 64; return ((u64 *)&x)[0] >> 32;", 0x01020304),
])  # fmt: skip
def test_bytes_of_words(body: str, result: int) -> None:
    assert run(body) == result


def test_bit_fields_have_the_offsets_in_btf_that_they_have_everywhere() -> None:
    obj = build("struct s { unsigned a : 3, b : 7; u8 c; } x = {1, 2, 3};")
    assert obj.btf is not None
    assert obj.btf.big_endian
    shape = obj.btf[obj.btf.find("s")]
    assert isinstance(shape, Struct)
    assert [(m.name, m.bit_offset, m.bits) for m in shape.members] == [("a", 0, 3), ("b", 3, 7), ("c", 16, 0)]
    assert Machine(obj)["x"] == {"a": 1, "b": 2, "c": 3}


def test_maps_and_variables_have_typed_values() -> None:
    machine = Machine(build("""
    struct { int (*type)[1]; int (*max_entries)[4]; u32 *key; struct { u16 a; u32 b : 9, c : 3; } *value; } m
        __attribute__((section(".maps")));
    static void *(*lookup)(void *map, const void *key) = (void *)1;
    u32 seen;
    __attribute__((section("xdp"), used)) int prog(struct xdp_md *ctx)
    {
        u32 key = 258;
        u16 *value = lookup(&m, &key);
        if (value)
            seen = *value + ctx->ingress_ifindex;
        return 2;
    }"""))
    machine.maps["m"][258] = {"a": 0x1234, "b": 300, "c": 5}
    assert machine.maps["m"].raw.lookup(b"\0\0\1\2") == b"\x12\x34\x96\x50"
    machine.run("prog", packet=PACKET, ctx={"ingress_ifindex": 1})
    assert machine["seen"] == 0x1235
    machine["seen"] = 7
    assert machine.maps[".bss"].raw.lookup(bytes(4)) == b"\0\0\0\7"


def test_conversions_to_big_endian_keep_what_is_there() -> None:
    body = 'u64 x = 0x1122334455667788; __asm__ volatile("%0 = be32 %0" : "+r"(x)); return x;'
    assert run(body) == 0x55667788
    body = 'u64 x = 0x1122334455667788; __asm__ volatile("%0 = le32 %0" : "+r"(x)); return x;'
    assert run(body) == 0x88776655


@pytest.mark.parametrize(("offset", "accepted"), [(4, True), (0, False)])
def test_the_verifier_finds_the_low_half_of_a_saved_number_behind_the_high_one(offset: int, accepted: bool) -> None:
    # an index below 8 is saved in 8 bytes: its low 4 bytes, the last ones here, are bounded
    text = f"""
    u8 table[8];
    __attribute__((section("xdp"), naked)) int prog(struct xdp_md *ctx)
    {{
        __asm__ volatile("r1 = *(u32 *)(r1 + 12); r1 &= 7; *(u64 *)(r10 - 8) = r1; r1 = *(u32 *)(r10 - {8 - offset}); \\
                          r2 = %[table] ll; r2 += r1; r0 = *(u8 *)(r2 + 0); exit" :: [table] "i"(table));
    }}"""
    verdict = verify(build(text), "prog")
    assert verdict.verdict == ("accepted" if accepted else "refused"), [d.render() for d in verdict.findings]


def test_the_verifier_reads_constants_in_their_byte_order() -> None:
    text = """
    const volatile u16 limit[2] = {1, 2};
    int table[2];
    __attribute__((section("xdp"), used)) int prog(struct xdp_md *ctx)
    {
        return *(int *)((u8 *)table + *(const volatile u32 *)limit - 0x10000);
    }"""
    verdict = verify(build(text), "prog")
    assert verdict.verdict == "accepted", [d.render() for d in verdict.findings]
