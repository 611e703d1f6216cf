// Casts between pointers and integers of another size.
// options: -Wall -Wextra
int f(int a, void *p, int *q, unsigned short s)
{
	void *x = (void *)a;
	int *y = (int *)a;
	int b = (int)p;
	unsigned c = (unsigned)q;
	char *z = (char *)s;
	long d = (long)p;
	void *w = (void *)5;
	return b + c + d + !x + !y + !z + !w + (_Bool)p;
}
