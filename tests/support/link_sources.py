"""C texts that belong together: a program whose functions, map and variables are in another file."""

_HEAD = """
typedef unsigned int u32; typedef unsigned long long u64;
#define SEC(name) __attribute__((section(name), used))
#define __weak __attribute__((weak))
#define __hidden __attribute__((visibility("hidden")))
#define __noinline __attribute__((noinline))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
struct xdp_md { u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index; };
static void *(*lookup)(void *map, const void *key) = (void *)1;
struct value { u32 hits; u64 sum; };
"""
_MAP = """struct {
    __uint(type, 2); __uint(max_entries, 4); __type(key, int); __type(value, struct value);
} values SEC(".maps");
"""
# what is alike in both files, and static in each: names that clash
_CLASH = """
static int count = %d;
static const volatile int factor = %d;
static __noinline int bump(int by) { count += by * factor; return count; }
"""
_MAIN = """
SEC("xdp") int entry(struct xdp_md *ctx)
{
    int key = 1;
    struct value *value = lookup(&values, &key);
    if (!value)
        return 0;
    value->hits++;
    value->sum += helper(3) + shared;
    shared += 2;
    names[1]++;
    return bump(1) * 10000 + kind() * 1000 + value->sum + names[1];
}
char _license[] SEC("license") = "GPL";
"""
_OTHER = """
int shared = 40;
char names[4] = { 1, 2, 3, 4 };
__noinline int helper(int x) { return bump(x) + x; }
SEC("xdp") int other(struct xdp_md *ctx)
{
    int key = 1;
    struct value *value = lookup(&values, &key);
    return value ? value->hits * 100 + bump(0) : 0;
}
"""
FIRST = (
    _HEAD + "extern " + _MAP + "extern int shared; extern char names[]; int helper(int x);\n"
    "__weak __noinline int kind(void) { return 1; }\n" + _CLASH % (5, 2) + _MAIN
)  # fmt: skip
SECOND = (
    _HEAD + _MAP + "__noinline int kind(void) { return 2; }\n" + _CLASH % (7, 3) + _OTHER
    + 'char _license[] SEC("license") = "GPL";\n'
)  # fmt: skip
# what `entry` returns in its first two runs: bump is 5 + 2 and 9; helper(3) is 7 + 9 + 3 and 28, shared 40 and 42, kind 2
RETURNS = (7 * 10000 + 2000 + (16 + 3 + 40) + 3, 9 * 10000 + 2000 + (59 + 25 + 3 + 42) + 4)
OTHER_RETURNS = 2 * 100 + 25  # `other` after these
