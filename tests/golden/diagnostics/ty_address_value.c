// The address of a value.
int *f(int a) { return &(a + 1); }
