// Shifts by too much, by a negative number, and of a negative number.
// options: -Wall -Wextra
int f(int a, long b, unsigned char c)
{
	int n = a << 32;
	n += a >> 40;
	n += a << -1;
	n += b << 63;
	n += c << 20;
	n += -1 << 3;
	n += 1 << 31;
	n += 1 << 32;
	n += 3 << 31;
	a <<= 33;
	a >>= -2;
	return n + a;
}
