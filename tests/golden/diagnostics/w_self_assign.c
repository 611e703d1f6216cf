// Variables and members set to themselves.
// options: -Wall -Wextra
struct s { int a; };
int f(int a, struct s *s)
{
	a = a;
	s->a = s->a;
	a += a;
	a |= a;
	a &= a;
	(a) = a;
	return a;
}
