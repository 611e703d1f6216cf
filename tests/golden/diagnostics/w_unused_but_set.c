// Variables and parameters that are written and never read.
// options: -Wall -Wextra
int f(int n, int m, int *p)
{
	int sum = 0, last, other, *q, shown;
	for (int i = 0; i < 4; i++) {
		sum += i;
		last = i;
	}
	other++;
	q = p;
	*q = 1;
	m = 3;
	shown = n;
	return (shown = 4);
}
