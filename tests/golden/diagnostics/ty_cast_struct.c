// A cast to a struct.
struct s { int a; };
int f(int a) { struct s x = (struct s)a; return x.a; }
