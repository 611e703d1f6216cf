// Enumerators without a case, and cases that are no enumerators.
// options: -Wall -Wextra
enum color { RED, GREEN, BLUE, WHITE, BLACK };
int f(enum color c, int n)
{
	switch (c) {
	case RED:
		return 1;
	}
	switch (c) {
	case RED:
	case GREEN:
	case BLUE:
	case WHITE:
		return 1;
	}
	switch (c) {
	case RED ... BLACK:
		return 2;
	case 7:
		return 3;
	}
	switch (c) {
	case RED:
		return 1;
	default:
		return 2;
	}
	switch (n == 1) {
	case 0:
		return 4;
	}
	switch (n) {
	}
	return 0;
}
