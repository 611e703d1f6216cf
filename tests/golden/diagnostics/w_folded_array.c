// The size of an array is a variable whose value is known.
static const int all = 2;
int file[all];
int f(int n)
{
	const int size = 4;
	enum { COUNT = 3 };
	int a[size], b[COUNT], c[sizeof(n)], d[size] = {};
	static int e[size];
	a[0] = b[0] = c[0] = d[0] = n;
	return a[0] + b[0] + c[0] + d[0] + e[0] + file[0];
}
