// An integer from a pointer.
int f(char *p) { int x = p; return x; }
