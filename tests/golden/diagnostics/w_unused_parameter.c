// A parameter that the function does not use.
// options: -Wall -Wextra
int f(int a, int b __attribute__((unused)), int c) { return c; }
int g(int a, int);
static int h(void *ctx) { return 0; }
int i(void *ctx) { (void)ctx; return h(0); }
int j(int _, int __) { return 0; }
