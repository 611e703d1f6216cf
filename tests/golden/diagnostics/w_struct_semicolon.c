// A struct may lack the last semicolon, as with clang and gcc.
struct point { int x, y };
union number { int whole; unsigned low : 8 };
int sum(struct point *p, union number *n) { return p->x + p->y + n->low; }
