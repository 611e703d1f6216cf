// A conditional of a struct and an int.
struct s { int a; };
int f(int c, struct s *p) { return c ? *p : 1; }
