// A mistake inside a macro: where it is used, and where it is written.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define LAST(p) ((p)->lenght - 1)
struct s { int length; };
SEC("xdp") int f(struct xdp_md *ctx) { struct s x = { 3 }; return LAST(&x); }
