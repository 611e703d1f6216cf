// A label that no goto names.
// options: -Wall -Wextra
int f(int a)
{
	if (a)
		goto out;
again:
	a++;
out:
	return a;
quiet: __attribute__((unused));
	return 1;
}
