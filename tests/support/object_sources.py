"""C texts of tests of objects: they include nothing, so that they compile everywhere."""

# one program with all that an object can hold; includes nothing, so that it compiles everywhere
EVERYTHING = r"""
typedef unsigned int u32; typedef unsigned long long u64; typedef unsigned char u8;
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __ulong(name, val) enum { unique_##name = val } name
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]
static void *(*lookup)(void *map, const void *key) = (void *)1;
static long (*trace_printk)(const char *fmt, u32 size, ...) = (void *)6;
static long (*loop)(u32 n, void *callback, void *ctx, u64 flags) = (void *)181;
enum color { RED, GREEN = 5 };
struct key { u32 prefixlen; u8 addr[4]; };
struct event { u32 pid; int code : 5; unsigned flag : 3; char comm[16]; enum color color;
               union { u64 whole; u32 half[2]; }; struct key key; const volatile void *where; _Bool on; };
struct xdp_md { u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index; };
struct { __uint(type, 11); __type(key, struct key); __type(value, struct event); __uint(max_entries, 64);
         __uint(map_flags, 1); __uint(pinning, 1); } blocked SEC(".maps");
struct { __uint(type, 27); __uint(max_entries, 4096); } events SEC(".maps");
struct { __uint(type, 6); __uint(key_size, 4); __uint(value_size, 8); __uint(max_entries, 4); __ulong(map_extra, 0); }
    counts SEC(".maps");
struct inner { __uint(type, 2); __type(key, u32); __type(value, u64); __uint(max_entries, 1); } one SEC(".maps");
struct { __uint(type, 12); __type(key, u32); __uint(max_entries, 4); __array(values, struct inner); } outer SEC(".maps")
    = { .values = { [2] = &one } };
volatile const int limit = 5;
int total;
static int hidden = 7;
long numbers[3] = { 1, 2, 3 };
static __attribute__((noinline)) int add(int a, int b) { hidden += a; total++; return a + b + hidden; }
__attribute__((noinline)) int glob(int x) { return x * 3 + add(x, numbers[x & 1]); }
static long callback(u32 i, void *ctx) { *(int *)ctx += i; return 0; }
SEC("xdp") int first(struct xdp_md *ctx)
{
    u32 key = ctx->rx_queue_index;
    int sum = 0;
    u64 *value = lookup(&counts, &key);
    if (value)
        __sync_fetch_and_add(value, 1);
    loop(4, callback, &sum, 0);
    static const char format[] = "hi %d";
    trace_printk(format, sizeof format, sum);
    return add(sum, limit) + glob(key) > 3 ? 2 : 1;
}
SEC("xdp") int second(struct xdp_md *ctx)
{
    struct key key = { 32, { 10, 0, 0, 1 } };
    struct event *event = lookup(&blocked, &key);
    return event ? event->code : glob(ctx->ingress_ifindex);
}
char LICENSE[] SEC("license") = "GPL";
int VERSION SEC("version") = 0x50a00;
"""

# every form of instruction, as LLVM 19 writes it
INSTRUCTIONS = """
 r9 = 1
 r1 = 5
 r1 = -1
 w1 = 5
 w1 = -1
 r1 += 5
 r1 += -5
 w1 -= 7
 r1 *= r2
 w1 /= w2
 r1 /= 3
 r1 s/= 3
 r1 s%= r3
 w1 s/= w3
 w1 s%= -3
 r1 %= r3
 r1 |= 4
 r1 &= 0x7fffffff
 r1 <<= 32
 r1 >>= r2
 r1 s>>= 3
 w1 s>>= w3
 r1 ^= -2147483648
 r1 = -r1
 w1 = -w1
 r1 = r2
 w1 = w2
 r1 = (s8)r2
 r1 = (s16)r2
 r1 = (s32)r2
 w1 = (s8)w2
 w1 = (s16)w2
 r1 = be16 r1
 r1 = be32 r1
 r1 = be64 r1
 r1 = le16 r1
 r1 = le32 r1
 r1 = le64 r1
 r1 = bswap16 r1
 r1 = bswap32 r1
 r1 = bswap64 r1
 r1 = 0x123456789abcdef0 ll
 r1 = -1 ll
 r1 = *(u8 *)(r2 + 4)
 r1 = *(u16 *)(r2 - 4)
 r1 = *(u32 *)(r2 + 0)
 r1 = *(u64 *)(r2 + 32767)
 r1 = *(s8 *)(r2 + 4)
 r1 = *(s16 *)(r2 + 4)
 r1 = *(s32 *)(r2 - 32768)
 w1 = *(u8 *)(r2 + 4)
 *(u8 *)(r2 + 4) = r1
 *(u8 *)(r2 + 4) = w1
 *(u64 *)(r2 - 8) = r1
 *(u8 *)(r2 + 4) = 5
 *(u64 *)(r2 - 8) = -5
 *(u32 *)(r2 - 8) = 0x7fffffff
 lock *(u64 *)(r1 + 8) += r2
 lock *(u32 *)(r1 + 8) += w2
 lock *(u64 *)(r1 + 8) |= r2
 lock *(u64 *)(r1 - 8) &= r2
 lock *(u32 *)(r1 + 8) ^= w2
 r2 = atomic_fetch_add((u64 *)(r1 + 8), r2)
 w2 = atomic_fetch_add((u32 *)(r1 + 8), w2)
 r2 = atomic_fetch_or((u64 *)(r1 - 8), r2)
 r2 = atomic_fetch_and((u64 *)(r1 + 8), r2)
 w2 = atomic_fetch_xor((u32 *)(r1 + 0), w2)
 r2 = xchg_64(r1 + 8, r2)
 w2 = xchg32_32(r1 + 8, w2)
 r0 = cmpxchg_64(r1 + 8, r0, r2)
 w0 = cmpxchg32_32(r1 + 8, w0, w2)
 r0 = *(u8 *)skb[4]
 r0 = *(u16 *)skb[0x10]
 r0 = *(u32 *)skb[r3]
 goto +1
 goto -2
 goto L
 gotol +3
 gotol L
 if r1 == r2 goto +1
 if r1 != 5 goto L
 if r1 > -1 goto L
 if w1 s< 3 goto L
 if w1 s<= w2 goto L
 if r1 & 8 goto L
 if r1 & r3 goto L
 if w1 & 8 goto L
 if r1 s> r2 goto -1
 if r1 s>= r2 goto -1
 if r1 >= r2 goto -1
 if r1 < r2 goto -1
 if r1 <= r2 goto -1
 may_goto +1
L:
 call 1
 call -1
 callx r3
 exit
"""
