// ! before a comparison binds to its left side only.
// options: -Wall -Wextra
int f(int a, int b)
{
	if (!a == b)
		return 1;
	if (!a < 3)
		return 2;
	if (!(a) != b)
		return 3;
	if ((!a) == b)
		return 4;
	if (!a == !b)
		return 5;
	if (!a & b)
		return 6;
	return 0;
}
