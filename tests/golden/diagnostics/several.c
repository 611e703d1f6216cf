// Several mistakes in one file: all are told.
struct event { int pid }
int f(struct evnt *e) { return e->pid; }
int g(int a) { return a + b; }
int h(int a) { if (a { return 1; } return 0; }
int i(void) { char *s = 5; return s[0] }
