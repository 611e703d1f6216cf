// A pointer to the wrong type.
struct a { int x; }; struct b { int y; };
int g(struct a *p) { return p->x; }
int f(struct b *p) { return g(p); }
