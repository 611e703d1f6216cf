// A pointer minus the null pointer.
// options: -Wall -Wextra
long f(char *p) { return p - (char *)0; }
