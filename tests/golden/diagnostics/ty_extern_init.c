// A block's extern with a value.
int f(void) { extern int x = 1; return x; }
