"""What stands in front of a random program: the same names for native gcc and for BPF, without any header."""

from __future__ import annotations

# Natively, maps are tables that are searched from the front; as in the kernel, what is deleted is gone.
COMMON = """\
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef short s16;
typedef unsigned int u32; typedef int s32; typedef unsigned long u64; typedef long s64;
#define NOINLINE __attribute__((noinline))
#define PACKED __attribute__((packed))
struct PACKED head { u8 a; s8 b; u16 c; s16 d; u32 e; s32 f; u64 g; s64 h; };
enum sign { MINUS = -1, ZERO, PLUS, MANY = 100 };
enum size { SMALL, LARGE = 0x80000000 };
"""

BPF = COMMON + """\
#define INLINE inline __attribute__((always_inline))
#define SEC(name) __attribute__((section(name), used))
struct xdp_md { u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex; };
static void *(*lookup)(void *map, const void *key) = (void *)1;
static long (*update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*delete)(void *map, const void *key) = (void *)3;
static long (*repeat)(u32 rounds, void *step, void *context, u64 flags) = (void *)181;
#define MAP(name, kind, count, K, V) \\
    struct { int (*type)[kind]; int (*max_entries)[count]; K *key; V *value; } name SEC(".maps")
char LICENSE[] SEC("license") = "GPL";
#define ENTRY(name, compute) \\
    SEC("xdp") int prog(struct xdp_md *ctx) \\
    { \\
        u8 *data = (u8 *)(long)ctx->data, *data_end = (u8 *)(long)ctx->data_end; \\
        if (data + 64 > data_end) \\
            return 1; \\
        u64 result = compute(data, data_end); \\
        __builtin_memcpy(data, &result, 8); \\
        return 2; \\
    }
"""

NATIVE = """\
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
""" + COMMON + """\
#define INLINE inline
struct map { int kind; u32 keys, values, count; u8 *data, *key, *used; };
static void *lookup(void *any, const void *key)
{
    struct map *m = any;
    if (m->kind == 2)
        return *(u32 *)key < m->count ? m->data + *(u32 *)key * m->values : 0;
    for (u32 i = 0; i < m->count; i++)
        if (m->used[i] && !memcmp(m->key + i * m->keys, key, m->keys))
            return m->data + i * m->values;
    return 0;
}
static long update(void *any, const void *key, const void *value, u64 flags)
{
    struct map *m = any;
    u8 *at = lookup(m, key);
    if (m->kind == 2 && !at)
        return -7;
    if (flags == 1 && at)
        return -17;
    if (flags == 2 && !at)
        return -2;
    for (u32 i = 0; !at; i++)
        if (!m->used[i]) {
            m->used[i] = 1;
            memcpy(m->key + i * m->keys, key, m->keys);
            at = m->data + i * m->values;
        }
    memcpy(at, value, m->values);
    return 0;
}
static long delete(void *any, const void *key)
{
    struct map *m = any;
    u8 *at = lookup(m, key);
    if (m->kind == 2)
        return -22;
    if (!at)
        return -2;
    m->used[(at - m->data) / m->values] = 0;
    return 0;
}
static long repeat(u32 rounds, void *step, void *context, u64 flags)
{
    for (u32 i = 0; i < rounds; i++)
        if (((long (*)(u32, void *))step)(i, context))
            return i + 1;
    return rounds;
}
#define MAP(name, kind, count, K, V) \\
    static V name##_values[count]; static K name##_keys[count]; static u8 name##_used[count]; \\
    static struct map name = { kind, sizeof(K), sizeof(V), count, (u8 *)name##_values, (u8 *)name##_keys, name##_used }
#define ENTRY(name, compute) \\
    static int name(u8 *data, u8 *data_end) \\
    { \\
        u64 result = compute(data, data_end); \\
        memcpy(data, &result, 8); \\
        return 2; \\
    }
"""

# Reads, on standard input, records of "number of the program, bytes, packet", and writes each packet back.
MAIN = """\
int main(void)
{
    u32 head[2];
    while (fread(head, 4, 2, stdin) == 2) {
        u8 *packet = malloc(head[1]);
        if (fread(packet, 1, head[1], stdin) != head[1])
            return 1;
        programs[head[0]](packet, packet + head[1]);
        fwrite(packet, 1, head[1], stdout);
        free(packet);
    }
    return 0;
}
"""
