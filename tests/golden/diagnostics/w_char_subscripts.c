// A char as an index.
// options: -Wall -Wextra
int a[256];
int f(char c, unsigned char d, const char *p) { return a[c] + a[d] + a[*p] + a['x']; }
