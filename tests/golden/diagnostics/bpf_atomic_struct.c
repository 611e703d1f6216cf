// An atomic on a struct.
struct s { int a[4]; };
int f(struct s *p) { return __sync_fetch_and_add(p, 1); }
