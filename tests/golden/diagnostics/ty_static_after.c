// static behind an ordinary declaration.
int g(int a);
static int g(int a) { return a; }
