// A type without its header.
int f(void) { u32 x = 1; return x; }
