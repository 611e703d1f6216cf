"""Maps of maps and program arrays with initial values, made by our loader: the kernel runs through them."""

from __future__ import annotations

import pytest
from linkage_sources import PRELUDE

from purebpf.compiler.api import compile
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object
from purebpf.runtime.loader import load

pytestmark = pytest.mark.kernel
_MAPS = r"""
struct inner { __uint(type, 2); __uint(max_entries, 1); __type(key, int); __type(value, int); }
    one SEC(".maps"), two SEC(".maps");
struct { __uint(type, 12); __uint(max_entries, 3); __type(key, int); __array(values, struct inner); } array SEC(".maps")
    = { .values = { [0] = &one, [2] = &two } };
struct { __uint(type, 13); __uint(max_entries, 4); __type(key, int); __array(values, struct inner); } hash SEC(".maps")
    = { .values = { [3] = &two } };
static __attribute__((always_inline)) int get(void *maps, int at)
{
    int zero = 0;
    void *map = lookup(maps, &at);
    int *value = map ? lookup(map, &zero) : 0;
    return value ? *value : -1;
}
"""
_SOURCE = PRELUDE + _MAPS + r"""
int found[5];
SEC("socket") int p(struct __sk_buff *s)
{
    found[0] = get(&array, 0);
    found[1] = get(&array, 1);
    found[2] = get(&array, 2);
    found[3] = get(&hash, 3);
    found[4] = get(&hash, 0);
    return 0;
}
SEC("socket") int last(struct __sk_buff *s) { return 77; }
struct { __uint(type, 3); __uint(max_entries, 2); __uint(key_size, 4); __array(values, int (void *)); } jumps SEC(".maps")
    = { .values = { [1] = (void *)&last } };
SEC("socket") int jump(struct __sk_buff *s) { tail_call(s, &jumps, 1); return 5; }
SEC("socket") int nowhere(struct __sk_buff *s) { tail_call(s, &jumps, 0); return 6; }
"""
PACKET = bytes(64)


@pytest.mark.parametrize("through_file", [False, True])
def test_maps_are_found_in_maps_and_programs_in_arrays(through_file: bool) -> None:
    obj = compile(_SOURCE, "x.c")
    with load(read_object(write_object(obj)) if through_file else obj) as loaded:
        loaded.maps["one"][0] = 11
        loaded.maps["two"][0] = 22
        loaded.programs["p"].test_run(PACKET)
        assert loaded.maps[".bss"][0]["found"] == [11, -1, 22, 22, -1]
        assert loaded.programs["jump"].test_run(PACKET).retval == 77
        assert loaded.programs["nowhere"].test_run(PACKET).retval == 6


def test_a_program_that_is_not_loaded_leaves_its_place_empty() -> None:
    with load(compile(_SOURCE, "x.c"), programs=["jump"]) as loaded:
        assert loaded.programs["jump"].test_run(PACKET).retval == 5


def test_hidden_functions_are_verified_where_they_are_called() -> None:
    text = PRELUDE + r"""
        __hidden __noinline int plus(int n, void *p) { return n + *(int *)p; }
        SEC("socket") int p(struct __sk_buff *s) { int x = s->len; return plus(7, &x); }
    """  # the kernel refuses global functions with a pointer to something of unknown size
    with load(compile(text, "x.c")) as loaded:
        assert loaded.programs["p"].test_run(PACKET).retval == 57
