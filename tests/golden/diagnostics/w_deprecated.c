// A function, a variable and a type that are deprecated.
// options: -Wall -Wextra
int old(void) __attribute__((deprecated));
int older(void) __attribute__((deprecated("use newer()")));
extern int level __attribute__((deprecated));
struct s { int a __attribute__((deprecated)); int b; };
int f(struct s *s)
{
	return old() + older() + level + s->a + s->b;
}
