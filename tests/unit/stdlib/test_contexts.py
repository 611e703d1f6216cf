"""Context layouts: fields, rights, access sizes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from purebpf.stdlib import context_rows, contexts
from purebpf.stdlib.contexts import Kind


def layout(program: str, attach: str = "") -> contexts.Layout:
    found = contexts.layout(program, attach)
    assert found is not None
    return found


def test_xdp_packet_pointers_are_four_byte_loads() -> None:
    xdp = layout("xdp", "xdp")
    data, end = xdp.find(0, 4), xdp.find(4, 4)
    assert data is not None
    assert end is not None
    assert (data.kind, end.kind) == (Kind.PACKET, Kind.PACKET_END)
    assert xdp.find(0, 8) is None
    assert xdp.find(0, 2) is None
    assert xdp.find(0, 4, write=True) is None
    assert xdp.find(20, 4) is None
    assert layout("xdp", "devmap").find(20, 4) is not None


def test_rights_depend_on_the_program_type() -> None:
    assert layout("sched_cls").find(8, 4, write=True) is not None  # mark
    assert layout("socket_filter").find(8, 4, write=True) is None
    assert layout("socket_filter").find(76, 4) is None  # data
    assert layout("sk_skb").find(8, 4) is None


def test_scalars_may_be_read_in_parts_where_the_table_says_so() -> None:
    skb = layout("sched_cls")
    length = skb.field("len")
    assert length is not None
    assert length.narrow
    assert skb.find(2, 2) is length
    assert skb.find(1, 2) is None  # not aligned
    assert skb.find(0, 8) is None  # two fields
    family = layout("cgroup_sock", "create").field("family")
    assert family is not None
    assert family.head_only
    assert family.allows(4, 1, write=False)
    assert not family.allows(5, 1, write=False)


def test_tracepoints_hide_their_first_eight_bytes() -> None:
    tracepoint = layout("tracepoint")
    assert tracepoint.find(0, 8) is None
    assert tracepoint.find(8, 8) is not None
    assert tracepoint.find(16, 4, write=True) is None
    assert tracepoint.find(8192, 8) is None


def test_a_context_that_is_not_tabled_is_absent() -> None:
    assert contexts.layout("lsm") is None
    assert contexts.layout("struct_ops") is None


@pytest.mark.parametrize("struct", list(context_rows.TABLES))
def test_fields_do_not_overlap_and_end_inside(struct: str) -> None:
    size, columns, _ = context_rows.TABLES[struct]
    for group in columns:
        program, _, attach = group.split()[0].partition("/")
        fields = layout(program, attach).fields
        assert all(a.offset + a.size <= b.offset for a, b in pairwise(fields))
        assert all(field.offset + field.size <= size for field in fields)
