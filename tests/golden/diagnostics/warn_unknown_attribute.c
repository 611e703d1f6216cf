// An attribute misspelt.
__attribute__((alwyas_inline)) static int g(int a) { return a; }
int f(int a) { return g(a); }
