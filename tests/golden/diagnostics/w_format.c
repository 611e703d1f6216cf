// Arguments that do not fit a format string.
// options: -Wall -Wextra
int print(const char *format, ...) __attribute__((format(printf, 1, 2)));
int trace(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));
int f(int a, long b, char *s, void *p, unsigned char c)
{
	const char *text = s;
	unsigned long long u = a;
	print("%d %ld %s %p", a, b, s, p);
	print("%llu %d\n", u, c);
	print("%d\n", b);
	print("%ld\n", a);
	print("%s\n", a);
	print("%d\n", s);
	print("%d %d\n", a);
	print("%d\n", a, b);
	print("%y\n", a);
	print("%");
	trace(1, "%u %x", a, b);
	print("%llu", b);
	print("%c %5.2d %-8s", a, a, s);
	print("%*d", a, a);
	print("%p", a);
	print("%hhd %hd %zu %lu", a, a, sizeof(a), sizeof(a));
	print(text);
	print(text, a);
	print("%%\n", a);
	print("%s", p);
	print("%x", &a);
	print("%.*s", a, s);
	return 0;
}
