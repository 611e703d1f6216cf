// The address of a member that may be unaligned.
// options: -Wall -Wextra
struct s { char a; int b; long c; short d; } __attribute__((packed));
void take(int *p);
void *any(void *p);
long f(struct s *s)
{
	int *p = &s->b;
	take(&s->b);
	any(&s->c);
	void *q = &s->c;
	char *c = &s->a;
	long *l = (long *)&s->c;
	return *p + !q + *c + *l + (long)&s->b;
}
