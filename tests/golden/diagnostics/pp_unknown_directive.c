// A directive's name misspelt.
#inlcude <linux/bpf.h>
int x;
