"""Macros around asm like those that BPF programs use (loops that may end, compares, tail calls, raw instructions), used."""

from __future__ import annotations

MACROS = r"""
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
typedef __u64 u64; typedef __u32 u32;
char LICENSE[] SEC("license") = "GPL";
struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4);
} progs SEC(".maps");
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, u64);
} numbers SEC(".maps");
#define CALLED "r0", "r1", "r2", "r3", "r4", "r5"

#define may_loop ({ __label__ stop, go_on; bool on = true; \
    asm volatile goto("may_goto %l[stop]" :::: stop); \
    goto go_on; stop: on = false; go_on: on; })
#define may_break ({ __label__ stop, go_on; \
    asm volatile goto("1:.byte 0xe5, 0; .long ((%l[stop] - 1b - 8) / 8) & 0xffff; .short 0" :::: stop); \
    goto go_on; stop: break; go_on:; })
#define holds(l, op, kind, r) ({ __label__ yes; bool result = true; \
    asm volatile goto("if %[left] " #op " %[right] goto %l[yes]" :: [left] "r"(l), [right] kind(r) :: yes); \
    result = false; yes: result; })
#define compare(l, op, r) ({ bool result; \
    if (__builtin_constant_p(r)) result = holds(l, op, "i", r); else result = holds(l, op, "r", r); \
    result; })
#define IN(n) ".ifc %[reg], r" #n "; .byte 0x" #n #n "; .endif;"
// a sign-extending move of 8 bits, written as bytes
#define sign8(x) asm volatile(".byte 0xbf;" IN(0) IN(1) IN(2) IN(3) IN(4) IN(5) IN(6) IN(7) IN(8) IN(9) \
    ".short %[bits]; .long %[none]" : [reg] "+r"(x) : [bits] "i"(8), [none] "i"(0))

static __attribute__((always_inline)) void tail(void *ctx, const void *map, const u32 slot)
{
    asm volatile("r1 = %[ctx]\n\t" "r2 = %[map]\n\t" "r3 = %[slot]\n\t" "call 12"
                 :: [ctx] "r"(ctx), [map] "r"(map), [slot] "i"(slot) : CALLED);
}
SEC("xdp") int tailer(struct xdp_md *ctx) { tail(ctx, &progs, 2); return 2; }
SEC("xdp") int looper(struct xdp_md *ctx)
{
    u64 sum = 0;
    for (u32 i = ctx->rx_queue_index; may_loop; i++) {
        if (i > 1000)
            break;
        sum += i;
    }
    return sum;
}
SEC("xdp") int breaker(struct xdp_md *ctx)
{
    u64 sum = 0;
    for (u32 i = ctx->rx_queue_index;; i++) {
        if (i > 100)
            break;
        sum += i;
        may_break;
    }
    return sum;
}
SEC("xdp") int comparer(struct xdp_md *ctx)
{
    u64 a = ctx->rx_queue_index, b = ctx->ingress_ifindex;

    if (compare(a, s<, -5))
        return 1;
    if (compare(a, >, b) && !compare(a, &, 4))
        return 2;
    return 3;
}
// like clang, which leaves what a cast to short cuts off in the register
SEC("xdp") int wide(struct xdp_md *ctx)
{
    u64 a = ctx->rx_queue_index + 0x10003;

    asm volatile("" : "+r"(a));
    asm volatile goto("if %[a] > 0x10000 goto %l[big]" :: [a] "r"((short)a) :: big);
    return 1;
big:
    return __builtin_strcmp("==", "==") == 0 && __builtin_strncmp("a<", "a>", 2) < 0 ? 2 : 3;
}
SEC("xdp") int extender(struct xdp_md *ctx)
{
    long x = ctx->rx_queue_index + 0x180;

    sign8(x);
    return x;
}
SEC("socket") __attribute__((naked)) int naked_lookup(void)
{
    asm volatile("\
        r2 = r10; r2 += -8;                 \
        r1 = 2; *(u64*)(r2 + 0) = r1;       \
        r1 = %[numbers] ll;                 \
        call %[bpf_map_lookup_elem];        \
        if r0 == 0 goto l0_%=;              \
        r0 = *(u64*)(r0 + %[offset]);       \
        exit;                               \
l0_%=:  r0 = 7;                             \
        exit;                               \
    " :: [bpf_map_lookup_elem] "i"(bpf_map_lookup_elem), [numbers] "i"(&numbers),
         [offset] "i"(__builtin_offsetof(struct xdp_md, data)) : CALLED);
}
static __attribute__((naked, noinline, used)) u64 sum(void)
{
    asm volatile("r0 = r1; r0 += r2; exit" ::: "r0");
}
SEC("socket") __attribute__((naked)) int naked_caller(void)
{
    asm volatile("r1 = 4; r2 = 5; call sum; r0 += 1; exit" ::: CALLED);
}
SEC("socket") int raw(void *ctx)
{
    asm volatile(".8byte %[insn]; exit" :: [insn] "i"(*(long *)&((struct bpf_insn){
        .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 9 })));
    __builtin_unreachable();
}
"""
# what the programs return for rx_queue_index 3 and ingress_ifindex 1; numbers[2] is 0x1234
RESULTS = {
    "tailer": 2, "looper": sum(range(3, 1001)), "breaker": sum(range(3, 101)), "comparer": 2, "wide": 2, "extender": 0xFFFFFF83,
    "naked_lookup": 0x1234, "naked_caller": 10, "raw": 9,
}  # fmt: skip
