// An else after two ifs without braces.
// options: -Wall -Wextra
int f(int a, int b)
{
	if (a)
		if (b)
			return 1;
		else
			return 2;
	if (a) {
		if (b)
			return 1;
	} else
		return 3;
	if (a)
		for (;;)
			if (b)
				return 2;
			else
				return 3;
	return 4;
}
