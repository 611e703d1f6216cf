// Expressions whose value goes nowhere.
// options: -Wall -Wextra
struct s { int a; };
int next(void);
int f(int a, int *p, struct s *s)
{
	a;
	a + 1;
	a == 2;
	a < 2;
	*p;
	s->a;
	p[2];
	-a;
	!a;
	(a);
	(long)a;
	(void)a;
	a, next();
	next(), a;
	a ? 1 : 2;
	a ? next() : 0;
	a && next();
	a || 1;
	5;
	"text";
	*p++;
	sizeof(a);
	({ a; });
	({ a + 2; 1; });
	&a;
	for (a; a < 3; a + 1)
		a--;
	return a;
}
