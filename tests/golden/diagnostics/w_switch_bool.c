// A truth value in a switch.
// options: -Wall -Wextra
int f(int a)
{
	switch (a == 2) {
	case 1:
		return 1;
	default:
		return 2;
	}
}
