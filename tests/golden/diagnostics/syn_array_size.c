// An array size that is not there.
int x[];
int f(void) { int y[]; return 0; }
