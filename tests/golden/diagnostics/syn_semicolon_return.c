// The semicolon behind return.
int f(void) { return 1 }
