// An assignment as a condition.
// options: -Wall -Wextra
int next(void);
int f(int a, int b)
{
	if (a = b)
		return 1;
	while (a = next())
		b++;
	if ((a = b))
		return 2;
	if (a += b)
		return 2;
	if (a |= b)
		return 2;
	for (; b = a;)
		break;
	do
		b++;
	while (a = b);
	if (!(a = b))
		return 3;
	return (a = b) ? 1 : 2;
}
