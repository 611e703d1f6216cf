// The address of a bit-field.
struct s { int a : 4; };
int *f(struct s *p) { return &p->a; }
