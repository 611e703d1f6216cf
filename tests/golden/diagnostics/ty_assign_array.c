// An array is assigned.
int f(void) { char a[4], b[4] = "abc"; a = b; return a[0]; }
