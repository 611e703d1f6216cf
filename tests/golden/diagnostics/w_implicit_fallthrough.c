// A case that runs into the next one, when it is asked for.
// options: -Wall -Wextra
// options: -Wimplicit-fallthrough
int f(int a)
{
	switch (a) {
	case 1:
		a++;
	case 2:
		a--;
		__attribute__((fallthrough));
	case 3:
	case 4:
		a = 1;
		break;
	case 5:
		if (a)
			return 1;
	default:
		a = 3;
	}
	return a;
}
