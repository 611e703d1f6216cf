// A struct called a union.
struct s { int a; };
union s x;
