"""Map types and kernel versions."""

from __future__ import annotations

import pytest

from purebpf.stdlib import helpers, kernels, maps


def test_maps_are_numbered_without_gaps() -> None:
    assert list(maps.MAPS) == list(range(1, 34))


def test_a_map_is_found_by_number_and_by_both_names() -> None:
    trie = maps.by_number(11)
    assert trie is not None
    assert maps.by_name("BPF_MAP_TYPE_LPM_TRIE") is trie is maps.by_name("lpm_trie")
    assert maps.by_number(99) is None


def test_sizes_are_judged_and_explained() -> None:
    trie, array, stack = maps.MAPS[11], maps.MAPS[2], maps.MAPS[7]
    assert [trie.key.allows(size) for size in (4, 5, 260, 261)] == [False, True, True, False]
    assert array.key.words == "4 bytes"
    assert [stack.value.allows(size) for size in (8, 12, 1016, 1024)] == [True, False, True, False]
    assert maps.MAPS[27].key.words == "0: it has none"


def test_flags_are_named() -> None:
    assert maps.flag_names(maps.MAPS[11].needs) == "BPF_F_NO_PREALLOC"
    assert maps.flag_names(0) == "0"
    assert maps.flag_names(1 << 30) == "0x40000000"


def test_helpers_take_the_maps_they_are_for() -> None:
    assert maps.may_use("bpf_map_lookup_elem", 1)
    assert not maps.may_use("bpf_map_lookup_elem", 27)
    assert maps.may_use("bpf_ringbuf_reserve", 27)
    assert not maps.may_use("bpf_ringbuf_reserve", 1)
    assert maps.may_use("bpf_ktime_get_ns", 27), "takes no map at all"
    assert [row.short for row in maps.map_types_for("bpf_redirect_map")] == ["devmap", "cpumap", "xskmap", "devmap_hash"]


def test_every_helper_of_a_map_type_is_a_helper() -> None:
    for row in maps.MAPS.values():
        for name in row.helpers:
            assert helpers.by_name(name) is not None, (row.short, name)


@pytest.mark.parametrize(
    ("text", "version"), [("6.1", (6, 1)), ("v5.10", (5, 10)), ("6.18.44-cloud-amd64", (6, 18)), ("6.12-rc1", (6, 12))]
)
def test_versions_are_read(text: str, version: tuple[int, int]) -> None:
    assert kernels.parse_version(text) == version


@pytest.mark.parametrize("text", ["", "6", "six.one", "6.x", "-1.2"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a kernel version"):
        kernels.parse_version(text)


def test_kernels_know_what_came_when() -> None:
    old, new = kernels.kernel("5.10"), kernels.kernel("6.18")
    assert (old.cpu, new.cpu) == ("v3", "v4")
    assert not old.has("atomics")
    assert new.has("load_acquire")
    assert not old.has_map(30)
    assert not old.has_program("syscall")
    assert not old.has_attach("BPF_TCX_INGRESS")
    assert new.has_attach("BPF_TCX_INGRESS")
    assert (old.measured, new.measured) == (False, True)
