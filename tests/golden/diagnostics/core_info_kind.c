// A CO-RE question that does not exist.
struct s { int a; };
int f(struct s *p) { return __builtin_preserve_field_info(p->a, 9); }
