// A struct that a parameter list declares for itself.
// options: -Wall -Wextra
int f(struct unknown *p);
int g(enum what *p);
struct known { int a; };
int h(struct known *p);
