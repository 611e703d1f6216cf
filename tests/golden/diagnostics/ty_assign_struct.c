// A struct assigned to an int.
struct s { int a; };
int f(struct s *p) { int x = *p; return x; }
