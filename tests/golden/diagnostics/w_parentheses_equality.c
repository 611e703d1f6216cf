// Two pairs of parentheses around a comparison.
// options: -Wall -Wextra
int f(int a, int b)
{
	if ((a == b))
		return 1;
	if (((a == 3)))
		return 2;
	if ((a < b))
		return 2;
	while ((b == 3))
		return 2;
	return ((a == b)) ? 1 : 0;
}
