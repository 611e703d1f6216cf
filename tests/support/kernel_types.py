"""A small kernel: BTF with one of everything that a real kernel's BTF has, for tests of vmlinux.h without vmlinux.h."""

from __future__ import annotations

from purebpf.compiler.object import btf as b


def small_kernel(*, big_endian: bool = False) -> b.Btf:
    """Types as Linux has them, small."""
    btf = b.Btf(big_endian=big_endian)
    add = btf.add
    int_ = add(b.Int("int", 4, b.SIGNED))
    uint = add(b.Int("unsigned int", 4))
    ulong = add(b.Int("long unsigned int", 8))
    char = add(b.Int("char", 1))
    short = add(b.Int("short unsigned int", 2))
    boolean = add(b.Int("_Bool", 1, b.BOOL))
    wide = add(b.Int("__int128", 16, b.SIGNED))
    double = add(b.Float("double", 8))
    u32 = add(b.Typedef("u32", add(b.Typedef("__u32", uint))))
    add(b.Typedef("u64", add(b.Typedef("__u64", add(b.Int("long long unsigned int", 8))))))
    add(b.Typedef("bool", boolean))
    add(b.Typedef("pid_t", int_))
    index = add(b.Int("__ARRAY_SIZE_TYPE__", 4))
    add(b.Enum("", 4, [("false", 0), ("true", 1)]))
    policy = add(b.Enum("policy", 4, [("POLICY_BAD", -1), ("POLICY_OK", 3)], signed=True))
    tiny = add(b.Enum("tiny", 1, [("TINY_A", 0), ("TINY_B", 200)]))
    huge = add(b.Enum64("huge", 8, [("HUGE_LOW", 1), ("HUGE_HIGH", 0xFFFFFFFFFFFFFFFF)]))
    add(b.Enum("later", 4, []))
    comm = add(b.Array(char, index, 16))
    mystery = add(b.Fwd("mystery"))

    task = b.Struct("task_struct", 80)
    task_id = add(task)
    task_pointer = add(b.Ptr(task_id))
    const_task = add(b.Ptr(add(b.Const(task_id))))
    hook_type = add(b.FuncProto(int_, [b.Param("task", task_pointer), b.Param("", 0)]))
    hook = add(b.Typedef("hook_t", add(b.Ptr(hook_type))))
    inner = add(b.Union("", 8, [b.Member("raw", ulong, 0), b.Member("pid", int_, 0)]))
    user = add(b.Ptr(add(b.TypeTag("user", char))))
    task.members += [
        b.Member("flags", uint, 0), b.Member("on_cpu", uint, 32, 1), b.Member("state", uint, 33, 7),
        b.Member("parent", task_pointer, 64), b.Member("", inner, 128), b.Member("comm", comm, 192),
        b.Member("hook", hook, 320), b.Member("policy", policy, 384), b.Member("tiny", tiny, 416),
        b.Member("mystery", add(b.Ptr(mystery)), 448), b.Member("buffer", user, 512), b.Member("huge", huge, 576),
    ]  # fmt: skip
    add(b.Struct("packed_thing", 7, [b.Member("a", char, 0), b.Member("b", int_, 8), b.Member("c", short, 40)]))
    add(b.Struct("odd_size", 6, [b.Member("a", int_, 0), b.Member("b", char, 32)]))
    add(b.Struct("holds_wide", 32, [b.Member("a", char, 0), b.Member("w", wide, 128)]))
    add(b.Struct("floats", 8, [b.Member("d", double, 0)]))
    add(b.Struct("flexible", 4, [b.Member("n", u32, 0), b.Member("data", add(b.Array(char, index, 0)), 32)]))
    old_bits = add(b.Int("unsigned int", 4, 0, 3, 2))  # as kernels before 4.20 wrote bit-fields
    add(b.Struct("old_style", 4, [b.Member("x", old_bits, 8)]))
    add(b.Struct("twice", 4, [b.Member("first", int_, 0)]))
    add(b.Struct("twice", 8, [b.Member("second", ulong, 0)]))
    add(b.Fwd("task_struct"))
    add(b.Union("both", 8, [b.Member("l", ulong, 0), b.Member("c", char, 0)]))
    add(b.Enum("again", 4, [("TINY_A", 7)]))

    release = add(b.Func("bpf_task_release", add(b.FuncProto(0, [b.Param("p", task_pointer)])), b.STATIC))
    add(b.DeclTag("bpf_kfunc", release))
    add(b.Func("schedule", add(b.FuncProto(0, [])), b.STATIC))  # not for programs
    count = add(b.Func("bpf_task_count", add(b.FuncProto(int_, [b.Param("p", const_task)])), b.STATIC))
    add(b.DeclTag("bpf_kfunc", count))
    return btf
