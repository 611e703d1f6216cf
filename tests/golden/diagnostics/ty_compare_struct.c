// Two structs compared.
struct s { int a; };
int f(struct s *p, struct s *q) { return *p == *q; }
