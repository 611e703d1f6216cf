// Division and remainder by the constant 0.
// options: -Wall -Wextra
int f(int a)
{
	int n = a / 0;
	n += a % 0;
	n /= 0;
	n %= (1 - 1);
	n += 0 ? a / 0 : 1;
	return n;
}
