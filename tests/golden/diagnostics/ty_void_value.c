// A function that gives nothing is used.
static void g(int a) { }
int f(int a) { return g(a) + 1; }
