// A variable of void.
int f(void) { void x; return 0; }
