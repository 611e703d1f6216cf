// A constant expression that overflows.
// options: -Wall -Wextra
int f(void)
{
	int a = 2147483647 + 1;
	int b = 65536 * 65536;
	unsigned c = 4294967295u + 1;
	long d = 1 << 30 << 3;
	return a + b + c + d - 2147483647 - 2;
}
