// An arrow behind a struct.
struct s { int a; };
int f(void) { struct s x = {1}; return x->a; }
