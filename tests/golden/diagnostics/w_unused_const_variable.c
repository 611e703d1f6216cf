// A static constant that nothing reads.
// options: -Wall -Wextra
static const int limit = 5;
static int count;
static const int used = 1;
int f(void) { return used; }
