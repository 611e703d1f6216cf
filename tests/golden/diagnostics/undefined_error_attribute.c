// Calls of functions with __attribute__((error)) are an error where the optimizer leaves them, as with clang.
__attribute__((error("sizes differ"))) extern void sizes_differ(void);
__attribute__((warning("slow path"))) extern void slow(void);

int f(int n)
{
	if (sizeof(long) != 8)
		sizes_differ();
	if (n > 3)
		sizes_differ();
	slow();
	return n;
}
