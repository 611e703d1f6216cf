// Structs that would take a hundred thousand instructions to copy and to clear.
struct large { char c[1 << 20]; long last; };

int f(struct large *a, struct large *b)
{
	*a = *b;
	__builtin_memset(b, 0, sizeof(*b));
	return 0;
}
