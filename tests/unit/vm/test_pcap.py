"""Capture files: every format gives the same packets, and a broken one says where it breaks."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purebpf.runtime.vm import MachineError
from purebpf.runtime.vm.pcap import parse_pcap, read_pcap

FRAMES = [bytes(range(60)), b"\xff" * 14]


def classic(order: str, magic: int, link: int = 1) -> bytes:
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for number, frame in enumerate(FRAMES):
        out += struct.pack(order + "IIII", 100 + number, 5, len(frame), len(frame) + 1) + frame
    return out


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def modern(order: str) -> bytes:
    out = block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(order, 1, struct.pack(order + "HHI", 1, 0, 0) + struct.pack(order + "HHB3x", 9, 1, 9) + bytes(4))
    out += block(order, 5, b"statistics!!")
    for number, frame in enumerate(FRAMES):
        time = (100 + number) * 1_000_000_000 + 5
        out += block(order, 6, struct.pack(order + "IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame)) + frame)
    return out + block(order, 3, struct.pack(order + "I", 14) + FRAMES[1])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "unit"), [(0xA1B2C3D4, 1000), (0xA1B23C4D, 1)])
def test_classic_files_of_either_order_and_resolution(order: str, magic: int, unit: int) -> None:
    packets = parse_pcap(classic(order, magic))
    assert [p.data for p in packets] == FRAMES
    assert [p.time for p in packets] == [100 * 10**9 + 5 * unit, 101 * 10**9 + 5 * unit]
    assert packets[0].wire_length == 61


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_of_either_order(order: str) -> None:
    packets = parse_pcap(modern(order))
    assert [p.data for p in packets] == [*FRAMES, FRAMES[1]]
    assert [p.time for p in packets] == [100 * 10**9 + 5, 101 * 10**9 + 5, 0]


def test_a_file_that_is_no_capture_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"hello")
    with pytest.raises(MachineError, match=r"is not a capture file: it starts with 68 65 6c 6c"):
        read_pcap(tmp_path / "x")
    with pytest.raises(MachineError, match=r"cannot read .*No such file"):
        read_pcap(tmp_path / "y")


def test_a_cut_file_says_where() -> None:
    with pytest.raises(MachineError, match=r"broken at byte 100: a packet of 14 bytes, and 13 are left"):
        parse_pcap(classic("<", 0xA1B2C3D4)[:-1])


def test_other_link_types_are_refused() -> None:
    with pytest.raises(MachineError, match=r"link type 113 \(Linux cooked\)"):
        parse_pcap(classic("<", 0xA1B2C3D4, link=113))


@given(st.sampled_from([classic("<", 0xA1B2C3D4), classic(">", 0xA1B23C4D), modern("<"), modern(">")]), st.data())
def test_damaged_files_give_packets_or_a_diagnostic(content: bytes, data: st.DataObject) -> None:
    cut = bytearray(content[: data.draw(st.integers(0, len(content)))])
    for _ in range(data.draw(st.integers(0, 3))):
        if cut:
            cut[data.draw(st.integers(0, len(cut) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(MachineError):
        parse_pcap(bytes(cut))
