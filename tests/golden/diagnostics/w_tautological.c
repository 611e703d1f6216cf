// Comparisons that always have the same result.
// options: -Wall -Wextra
struct s { int arr[4]; };
int f(int a, unsigned b, unsigned char c, int *p, struct s *s)
{
	int n = 0, local;
	n += a == a;
	n += a != a;
	n += a < a;
	n += b >= 0;
	n += b < 0;
	n += 0 > b;
	n += c > 255;
	n += c == 300;
	n += c < 256;
	n += c == -1;
	n += &local == 0;
	n += s->arr != 0;
	n += p == p;
	n += (signed char)a == 200;
	n += b > 4294967295u;
	n += (_Bool)a == 2;
	n += (a == 2) == 3;
	if (b < 0)
		n++;
		n++;
	return n;
}
