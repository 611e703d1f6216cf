// A function that may end without its value.
// options: -Wall -Wextra
int f(int a)
{
	if (a)
		return 1;
}
int g(int a)
{
	a++;
}
int h(int a)
{
	while (1)
		if (a)
			return 1;
}
int i(int a)
{
	switch (a) {
	case 1:
		return 1;
	}
}
