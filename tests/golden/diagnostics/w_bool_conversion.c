// The address of something as a condition; && and || with constants.
// options: -Wall -Wextra
int func(void);
int f(int a)
{
	int arr[2];
	if (func)
		return 1;
	if (&a)
		return 2;
	if (arr)
		return 3;
	if ("text")
		return 3;
	if (a && 4)
		return 4;
	if (a || 8)
		return 5;
	if (a && 1)
		return 6;
	if (!func)
		return 7;
	return arr[0];
}
