// A designated member that is not there.
struct s { int port; };
struct s x = { .prot = 1 };
