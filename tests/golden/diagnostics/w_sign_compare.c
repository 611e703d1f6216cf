// A signed and an unsigned integer are compared.
// options: -Wall -Wextra
static inline int f(int a, unsigned b, unsigned char c, long d, unsigned long e, const int k)
{
	int n = 0;
	n += a < b;
	n += b == a;
	n += a > 5u;
	n += b > 5;
	n += c < a;
	n += d < b;
	n += e >= d;
	n += e >= sizeof(a);
	n += a < sizeof(d);
	n += a < (b & 15);
	n += (a & 3) < b;
	n += b != -1;
	n += b > -1;
	n += c == b;
	for (int i = 0; i < b; i++)
		n++;
	n += (a ? b : -1) != 0;
	n += a ? b : a;
	n += k < b;
	return n;
}
int g(void) { return f(1, 2, 3, 4, 5, 6); }
