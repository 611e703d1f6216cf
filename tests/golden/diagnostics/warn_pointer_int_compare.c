// A pointer compared with a number.
int f(char *p) { return p == 5; }
