// Variables that are read before they are set: always, on some ways, on none.
// options: -Wall -Wextra
int next(void);
int f(int a)
{
	int x, y, z, w, v = v, u;
	if (a)
		y = 1;
	if (a > 2)
		z = 1;
	else
		z = 2;
	while (next())
		w = 1;
	switch (a) {
	case 1:
		u = 2;
		break;
	default:
		u = 3;
	}
	return x + y + z + w + u;
}
int g(int a)
{
	int x, y;
	if (!a)
		goto out;
	x = 1;
	if (a > 3 || next())
		y = 2;
	else
		return 2;
	return x + y;
out:
	return x;
}
int h(int a)
{
	int x;
	for (int i = 0; i < 3; i++)
		x += a;
	int *p, q;
	p = &q;
	int r[2];
	return q + *p + r[0];
}
