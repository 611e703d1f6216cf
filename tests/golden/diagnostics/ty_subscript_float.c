// A subscript that is a pointer.
int f(int *a, char *i) { return a[i]; }
