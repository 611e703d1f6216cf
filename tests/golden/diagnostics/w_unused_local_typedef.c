// A typedef in a function that names nothing.
// options: -Wall -Wextra
int f(void)
{
	typedef int number;
	typedef long wide;
	wide w = 1;
	return w;
}
