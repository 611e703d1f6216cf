// A struct's name without struct.
struct event { int pid; };
int f(void) { event e; return 0; }
