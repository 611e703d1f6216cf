// A computed goto.
int f(int a) { void *t[] = { &&x, &&y }; goto *t[a & 1]; x: return 1; y: return 2; }
