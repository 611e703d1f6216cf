// Variables that conditions, cases and results use while they change them.
// options: -Wall -Wextra
int f(int a)
{
	int n = 3, m = 2, k = 4, l = 0, o = 1, p = 5, only = 3;
	do {
		a++;
	} while (--n);
	while (m--)
		a++;
	if (k++)
		a++;
	for (; l++ < 3;)
		a++;
	switch (o++) {
	case 1:
		a++;
	}
	if (a)
		only++;
	else
		only--;
	while (a--)
		only = 4;
	return p++;
}
int g(int a, unsigned char b) { return (+a == a) + ((unsigned char)b == b); }
