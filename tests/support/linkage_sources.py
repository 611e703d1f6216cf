r"""C texts about sections, linkage, externs and addresses in data; each must compile to what clang makes of it.

They include nothing, so that they compile everywhere; `PRELUDE` stands before each. The kernel takes all of them (libbpf 1.x).
"""

PRELUDE = r"""
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long long u64;
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]
#define __ksym __attribute__((section(".ksyms")))
#define __kconfig __attribute__((section(".kconfig")))
#define __weak __attribute__((weak))
#define __hidden __attribute__((visibility("hidden")))
#define __noinline __attribute__((noinline))
#define __arg(tag) __attribute__((btf_decl_tag("arg:" tag)))
struct __sk_buff { u32 len, pkt_type, mark; };
static void *(*const lookup)(void *map, const void *key) = (void *)1;
static long (*const tail_call)(void *ctx, void *programs, u32 index) = (void *)12;
static void *(*const per_cpu_ptr)(const void *ptr, u32 cpu) = (void *)153;
static long (*const for_each)(void *map, void *callback, void *ctx, u64 flags) = (void *)164;
static long (*const loop)(u32 n, void *callback, void *ctx, u64 flags) = (void *)181;
char _license[] SEC("license") = "GPL";
"""

SOURCES = {
    "inline": r"""
void before(int *p);
inline void before(int *p) { *p = 1; }
inline void behind(int *p) { *p = 2; }
void behind(int *p);
extern inline void told(int *p) { *p = 3; }
inline void alone(int *p) { *p = 4; }
inline void told_later(int *p) { *p = 5; }
extern void told_later(int *p);
__hidden inline void hidden(int *p);
void hidden(int *p);
inline void hidden(int *p) { *p = 6; }
extern inline __attribute__((gnu_inline)) void gnu_own(int *p) { *p = 7; }
inline __attribute__((gnu_inline)) void gnu(int *p) { *p = 8; }
extern void libc(int *p);
extern inline __attribute__((gnu_inline)) void libc(int *p) { *p = 7; }
__attribute__((always_inline)) inline void always(int *p) { *p = 9; }
SEC("socket") int prog(void *ctx) { int x = 0; alone(&x); always(&x); before(&x); gnu_own(&x); return x; }
""",
    "kernel symbols that must be there": r"""
extern const void there __ksym;
extern int counter __ksym;
extern int perhaps __ksym __weak;
extern int function(void) __ksym;
extern int unneeded(void) __ksym;
SEC("socket") int a(void *ctx) { return &there != 0; }
SEC("socket") int b(void *ctx) { return &counter ? 1 : 0; }
SEC("socket") int c(void *ctx) { if (!&counter) return unneeded(); return 0; }
SEC("socket") int d(void *ctx) { return function && &perhaps; }
""",
    "kfuncs": r"""
struct task_struct { int pid; };
extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *p) __ksym;
extern void bpf_rcu_read_lock(void) __weak __ksym;
extern void bpf_rcu_read_unlock(void) __weak __ksym;
extern int bpf_nothing_at_all(int x) __weak __ksym;
extern int bpf_not_there_and_not_called(int x) __ksym;
SEC("tp_btf/sched_switch") int p(u64 *ctx)
{
    struct task_struct *t = bpf_task_from_pid(1);
    if (t)
        bpf_task_release(t);
    if (bpf_nothing_at_all)
        return bpf_nothing_at_all(3);
    if (0)
        bpf_not_there_and_not_called(1);
    bpf_rcu_read_lock();
    bpf_rcu_read_unlock();
    return 0;
}
""",
    "kernel_variables": r"""
struct rq { int cpu; };
extern const struct rq runqueues __ksym;
extern const int weak_missing __ksym __weak;
u64 out[4];
SEC("raw_tp/sys_enter") int p(void *ctx)
{
    const struct rq *active = per_cpu_ptr(&runqueues, 0);
    if (active)
        out[0] = active->cpu;
    if (&weak_missing)
        out[3] = 3;
    return 0;
}
""",
    "kernel_addresses": r"""
extern const void __start_BTF __ksym;
extern const void nothing_here __ksym __weak;
u64 out[4];
SEC("raw_tp/sys_enter") int p(void *ctx)
{
    out[1] = (u64)&__start_BTF;
    out[2] = (u64)&nothing_here;
    if (&nothing_here)
        out[3] = 3;
    return 0;
}
""",
    "kconfig": r"""
enum libbpf_tristate { TRI_NO = 0, TRI_YES = 1, TRI_MODULE = 2 };
extern int LINUX_KERNEL_VERSION __kconfig;
extern _Bool CONFIG_NOT_THERE_BOOL __kconfig __weak;
extern char CONFIG_NOT_THERE_CHAR __kconfig __weak;
extern enum libbpf_tristate CONFIG_NOT_THERE_TRI __kconfig __weak;
extern unsigned long CONFIG_NOT_THERE_LONG __kconfig __weak;
extern char CONFIG_NOT_THERE_TEXT[32] __kconfig __weak;
extern int CONFIG_NEVER_READ __kconfig;
u64 out[8];
SEC("raw_tp/sys_enter") int p(void *ctx)
{
    out[0] = LINUX_KERNEL_VERSION;
    out[1] = CONFIG_NOT_THERE_BOOL;
    out[2] = CONFIG_NOT_THERE_CHAR;
    out[3] = CONFIG_NOT_THERE_TRI;
    out[4] = CONFIG_NOT_THERE_LONG + CONFIG_NOT_THERE_TEXT[2];
    return 0;
}
""",
    "maps_of_maps": r"""
struct inner { __uint(type, 2); __uint(max_entries, 1); __type(key, int); __type(value, int); }
    inner1 SEC(".maps"), inner2 SEC(".maps");
struct { __uint(type, 12); __uint(max_entries, 3); __type(key, int); __array(values, struct inner); } array SEC(".maps")
    = { .values = { &inner1, 0, &inner2 } };
struct { __uint(type, 13); __uint(max_entries, 4); __uint(key_size, sizeof(int)); __array(values, struct inner); }
    hash SEC(".maps") = { .values = { [0] = &inner2, [3] = (void *)&inner1 } };
struct { __uint(type, 12); __uint(max_entries, 1); __uint(key_size, sizeof(int)); __uint(value_size, sizeof(int));
    __array(values, struct { __uint(type, 1); __uint(max_entries, 5); __type(key, u64); __type(value, struct { int a; }); });
} unnamed SEC(".maps");
SEC("socket") int p1(struct __sk_buff *s) { return s->len; }
SEC("socket") int p2(struct __sk_buff *s) { return s->len + 1; }
struct { __uint(type, 3); __uint(max_entries, 2); __uint(key_size, 4); __array(values, int (void *)); } jumps SEC(".maps")
    = { .values = { [1] = (void *)&p1, [0] = (void *)&p2 } };
struct { __uint(type, 3); __uint(max_entries, 2); __uint(key_size, 4); __array(values, int (struct __sk_buff *)); }
    typed SEC(".maps") = { .values = { [1] = p1 } };
SEC("socket") int p(struct __sk_buff *s)
{
    int k = 0, *v;
    void *in = lookup(&array, &k);
    if (!in)
        return 0;
    v = lookup(in, &k);
    tail_call(s, &jumps, 1);
    return v ? *v : 0;
}
""",
    "maps": r"""
struct key { int a, b; };
typedef struct { __uint(type, 1); __uint(max_entries, 9); __type(key, struct key); __type(value, u64); __uint(map_flags, 1); }
    map_t;
map_t m1 SEC(".maps");
map_t m2 SEC(".maps");
struct { __uint(type, 2); __uint(max_entries, 1); __type(key, u32); __type(value, u64); } a SEC(".maps"), b SEC(".maps");
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, u64); __type(value, u64); __uint(numa_node, 0);
    __uint(map_flags, 4); } node SEC(".maps");
struct { __uint(type, 2); __uint(max_entries, 1); __type(key, u32); __type(value, char[33]); __uint(pinning, 0); }
    unpinned SEC(".maps");
struct { __uint(type, 27); __uint(max_entries, 4096); } ring SEC(".maps") __weak;
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, u64); __type(value, u64); } own SEC(".maps") __hidden;
SEC("socket") int p(struct __sk_buff *s) { u64 k = 0; long *v = lookup(&own, &k); return v ? *v : 0; }
""",
    "struct_ops": r"""
struct sock;
struct tcp_congestion_ops {
    u32 (*ssthresh)(struct sock *sk);
    void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
    u32 (*undo_cwnd)(struct sock *sk);
    char name[16];
    u32 flags;
};
SEC("struct_ops/ss") u32 my_ssthresh(u64 *ctx) { return 5; }
SEC("struct_ops/ca") void my_cong_avoid(u64 *ctx) { }
SEC("struct_ops") u32 my_undo(u64 *ctx) { return 9; }
SEC(".struct_ops") struct tcp_congestion_ops one = { .ssthresh = (void *)my_ssthresh, .cong_avoid = (void *)my_cong_avoid,
    .undo_cwnd = (void *)my_undo, .name = "purebpf_1" };
SEC(".struct_ops.link") struct tcp_congestion_ops two = { .ssthresh = (void *)my_ssthresh,
    .cong_avoid = (void *)my_cong_avoid, .undo_cwnd = (void *)my_undo, .name = "purebpf_2" };
""",
    "data": r"""
const volatile int limit = 5;
const volatile struct { int a; char b[10]; } limits = { 3, "abc" };
static const volatile char target[16] = "x";
const int fixed SEC(".rodata.fixed") = 4;
int second SEC(".data.second") = 9;
static int local_second SEC(".data.second") = 8;
int zeroed SEC(".bss");
u32 _version SEC("version") = 0x060102;
static volatile int counter;
int weak_one __weak = 7;
int own __hidden = 8;
int own_zero __hidden;
int aligned __attribute__((aligned(16))) = 3;
long numbers[100];
static long local_numbers[4] = { 1, 2 };
SEC("socket") int p(struct __sk_buff *s)
{
    static int inner = 3, zero;
    counter++;
    inner += s->len;
    zero += inner;
    local_numbers[s->len & 3]++;
    return limit + limits.a + target[s->len & 15] + second + local_second + zeroed + counter + weak_one + own + own_zero
        + numbers[s->len & 63] + inner + aligned;
}
""",
    "addresses_in_data": r"""
int number = 4;
static int row[4] = { 1, 2, 3, 4 };
static const char text[] = "literal";
const char *const names[] = { "one", "two", 0, "three" };
const char *name = "nm", *tail = text + 3;
int *to_number = &number, *into_row = &row[2];
struct node { struct node *next; int v; } first, second = { &first, 2 }, first = { &second, 1 };
SEC("socket") int p(struct __sk_buff *s) { return number + row[s->len & 3] + text[s->len & 3]; }
""",
    "callbacks": r"""
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, u64); __type(value, u64); } h SEC(".maps");
static long one(u32 i, void *sum) { *(int *)sum += i; return 0; }
static long two(u32 i, void *sum) { *(int *)sum += 2 * i; return 0; }
static long each(void *map, u64 *key, u64 *value, void *sum) { *(int *)sum += 1; return 0; }
SEC("socket") int p(struct __sk_buff *s)
{
    int sum = 0;
    loop(10, one, &sum, 0);
    loop(10, two, &sum, 0);
    for_each(&h, each, &sum, 0);
    return sum;
}
SEC("socket") int q(struct __sk_buff *s) { int sum = 0; loop(10, one, &sum, 0); return sum; }
""",
    "functions": r"""
struct pair { int a; };
__noinline int tagged(struct pair *s __arg("nonnull"), int x) { return s->a + x; }
__weak int weak_one(void *ctx __arg("ctx")) { return ctx != 0; }
__hidden __noinline int own(int a) { return a + 1; }
static __noinline int local(int a) { return a * a + 7; }
__attribute__((btf_decl_tag("mytag"))) __noinline int named(int a) { return local(a); }
SEC("socket") int p(struct __sk_buff *s)
{
    struct pair pair = { s->len };
    return tagged(&pair, 4) + weak_one(s) + own(2) + named(s->mark) + local(s->len);
}
SEC("socket") int p2(struct __sk_buff *s) { return own(s->len); }
SEC("socket") int p3(struct __sk_buff *s) { return p2(s); }
""",
}

# the two halves of one program: what each only declares, the other defines
PARTS = {
    "user": r"""
extern int lib_add(int a, int b);
extern int lib_ctx(struct __sk_buff *ctx) __weak;
extern int shared;
extern int shared_weak __weak;
extern volatile int shared_bss;
extern const volatile int fixed;
extern struct { __uint(type, 2); __uint(max_entries, 1); __type(key, int); __type(value, long); } table SEC(".maps");
static int mine = 3;
int both __weak = 1;
__weak int twice(int x) { return x + 1; }
SEC("socket") int p(struct __sk_buff *s)
{
    int k = 0;
    long *v = lookup(&table, &k);
    lib_ctx(s);
    return lib_add(s->len, 1) + shared + shared_weak + shared_bss + fixed + (v ? *v : 0) + mine++ + both + twice(k);
}
""",
    "library": r"""
struct { __uint(type, 2); __uint(max_entries, 1); __type(key, int); __type(value, long); } table SEC(".maps");
int shared = 4, shared_weak = 5;
volatile int shared_bss;
const volatile int fixed = 8;
static int mine = 9;
int both __weak = 2;
__weak int twice(int x) { return x + 2; }
static __noinline int helper(int x) { return x * shared; }
__noinline int lib_add(int a, int b) { return helper(a) + b + mine++; }
__noinline int lib_ctx(struct __sk_buff *ctx) { shared_bss = ctx->len; return 0; }
SEC("socket") int q(struct __sk_buff *s) { return lib_add(2, 3) + twice(1); }
""",
}

# variables of an arena: libbpf takes them from 1.5 on
ARENA = r"""
#define __arena __attribute__((address_space(1)))
struct { __uint(type, 33); __uint(map_flags, 1 << 10); __uint(max_entries, 100); } arena SEC(".maps");
extern void __arena *bpf_arena_alloc_pages(void *map, void __arena *addr, u32 pages, int node, u64 flags) __ksym;
struct node { struct node __arena *next; int v; };
int __arena number = 3;
int __arena zero;
static struct node __arena own;
struct node __arena *head;
SEC("syscall") int p(void *ctx)
{
    struct node __arena *n = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0);
    if (!n)
        return 1;
    n->next = &own;
    own.v = 4;
    head = n;
    return number + zero;
}
"""
