// alloca.
int f(int a) { char *p = __builtin_alloca(a); return p[0]; }
