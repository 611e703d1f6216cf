// Pointers of two types compared.
int f(char *p, int *q) { return p == q; }
