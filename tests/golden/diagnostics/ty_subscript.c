// A subscript of an integer.
int f(int a) { return a[1]; }
