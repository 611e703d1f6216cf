// Operators whose order is easily mistaken: & and |, shifts and sums, && and ||, & and ==.
// options: -Wall -Wextra
int f(int a, int b, int c)
{
	int n = 0;
	n += a & b | c;
	n += a | b & c;
	n += (a & b) | c;
	n += a | b ^ c;
	n += a ^ b & c;
	n += a << b + c;
	n += a >> b - 1;
	n += 1 + a << 2;
	n += a << (b + c);
	if (a && b || c)
		n++;
	if (a || b && c)
		n++;
	if (a || (b && c))
		n++;
	if (a || b && 1)
		n++;
	if (a & b == c)
		n++;
	if (a == b & c)
		n++;
	if (a < b < c)
		n++;
	if (a < b == c)
		n++;
	if (a == b == c)
		n++;
	n = a + b ? 1 : 2;
	n = a & b ? 1 : 2;
	return n;
}
