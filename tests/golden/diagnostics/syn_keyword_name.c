// A keyword as a name.
int f(void) { int switch = 1; return switch; }
