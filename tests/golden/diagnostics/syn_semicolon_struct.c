// The semicolon behind a struct.
struct event { int pid; }
int x;
