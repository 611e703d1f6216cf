// An index beyond the end.
int f(void) { int a[4] = {0}; return a[4]; }
