// The address of a local is returned.
// options: -Wall -Wextra
int *f(int a)
{
	int b = a, c[2] = { a, a };
	int *p = &b;
	if (a == 1)
		return &b;
	if (a == 2)
		return c;
	if (a == 3)
		return &a;
	return p;
}
