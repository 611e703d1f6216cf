// The null pointer is followed.
// options: -Wall -Wextra
int f(void) { return *(int *)0; }
int g(void) { *(volatile int *)0 = 1; return 2; }
int h(void) { *(int *)0 = 1; return 2; }
