// const thrown away.
int g(char *p) { return *p; }
int f(const char *p) { return g(p); }
