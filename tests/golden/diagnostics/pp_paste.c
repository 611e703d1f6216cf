// ## that makes no token.
#define JOIN(a, b) a ## b
int x = JOIN(1, +);
