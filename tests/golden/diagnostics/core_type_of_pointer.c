// A CO-RE question about a pointer type.
struct s { int a; };
int f(void) { return __builtin_preserve_type_info(*(struct s **)0, 0); }
