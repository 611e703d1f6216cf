// sizeof and members of a type that is not defined.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct opaque;
SEC("xdp") int f(struct xdp_md *ctx) { struct opaque *p = 0; return sizeof(struct opaque) + p->a; }
