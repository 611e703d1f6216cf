// Variables that nothing reads or writes; __attribute__((unused)) and (void) are quiet.
// options: -Wall -Wextra
int next(void *ctx);
int f(void *ctx)
{
	int plain;
	int called = next(ctx);
	static int kept;
	int meant __attribute__((unused)), cast, sized;
	(void)cast;
	for (int i = 0;;)
		return sizeof(sized);
}
