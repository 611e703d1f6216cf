// Several arrays that together are too much.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
extern void g(char *, char *, char *) __ksym;
SEC("xdp") int f(struct xdp_md *ctx) { char a[200], b[200], c[200]; g(a, b, c); return a[0]; }
