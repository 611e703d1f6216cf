// A statement that only looks as if the if governed it.
// options: -Wall -Wextra
int f(int a)
{
	if (a)
		a++;
		a--;
	while (a < 4)
		a++;
		a--;
	if (a)
		a++;
	else
		a--;
		a = 2;
	for (;;)
		return 3;
	return a;
}
