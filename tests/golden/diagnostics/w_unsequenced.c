// A variable is changed twice, or read and changed, without an order.
// options: -Wall -Wextra
int next(int a, int b);
struct s { int m; };
int f(int a, int *p, struct s s)
{
	int n = 0;
	n = n++;
	n = a++ + a;
	n = a++ + a++;
	p[n] = n++;
	n = (a++, a);
	n = a++ && a;
	n = (a = 2) + a;
	n += n++;
	a = a + 1;
	n = a ? a++ : a--;
	n = next(a++, a);
	n = next(a++, n);
	s.m = s.m++;
	n = -a++;
	if (a++ == a)
		return a-- - a;
	*p++ = *p;
	n = (a = 1) + (n = 2);
	return n;
}
